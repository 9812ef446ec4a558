package platform_test

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/alania-go/alania/server/servertest"
)

// walk reads a list to its end, calling between before each further page.
func walk(t *testing.T, i *servertest.Instance, r servertest.Request, between func()) []object {
	t.Helper()
	var out []object
	for pages := 0; ; pages++ {
		if pages > 50 {
			t.Fatal("the list does not end")
		}
		body := i.Want(t, 200, r).Object(t)
		for _, item := range body["data"].([]any) {
			out = append(out, item.(object))
		}
		next, more := body["next_cursor"].(string)
		if !more {
			return out
		}
		q := url.Values{}
		maps.Copy(q, r.Query)
		q.Set("cursor", next)
		r.Query = q
		if between != nil {
			between()
		}
	}
}

func TestListsAreStableWhileRowsAreInserted(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		made := 0
		create := func() {
			made++
			i.Want(t, 201, servertest.Request{
				Operation: "createWorkspace", Path: orgPath(tn), Bearer: tn.Key,
				JSON: object{"name": fmt.Sprintf("W %03d", (made*37)%100)},
			})
		}
		for range 9 {
			create()
		}
		for _, sort := range []string{"created_at", "-created_at", "name", "-name"} {
			before := walk(t, i,
				servertest.Request{
					Operation: "listWorkspaces", Path: orgPath(tn), Bearer: tn.Key,
					Query: url.Values{"limit": {"100"}, "sort": {sort}},
				}, nil)
			during := walk(t, i,
				servertest.Request{
					Operation: "listWorkspaces", Path: orgPath(tn), Bearer: tn.Key, Query: url.Values{"limit": {"2"}, "sort": {sort}},
				}, create)
			seen := map[any]int{}
			for _, w := range during {
				seen[w["id"]]++
			}
			for _, w := range before {
				if seen[w["id"]] != 1 {
					t.Errorf("sort %s: %v was seen %d times", sort, w["name"], seen[w["id"]])
				}
			}
			field := strings.TrimPrefix(sort, "-")
			if !slices.IsSortedFunc(during, func(a, b object) int {
				n := strings.Compare(a[field].(string), b[field].(string))
				if strings.HasPrefix(sort, "-") {
					n = -n
				}
				return n
			}) && field == "name" {
				t.Errorf("sort %s: not in order", sort)
			}
		}
	})
}

func TestCursors(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		for range 3 {
			key(t, i, tn)
		}
		list := func(op string, q url.Values) servertest.Request {
			return servertest.Request{Operation: op, Path: orgPath(tn), Bearer: tn.Key, Query: q}
		}
		cursor := i.Want(t, 200, list("listKeys", url.Values{"limit": {"1"}})).Object(t)["next_cursor"].(string)
		i.Want(t, 200, list("listKeys", url.Values{"limit": {"2"}, "cursor": {cursor}})) // another page size is fine
		flipped := []byte(cursor)
		flipped[20] ^= 1
		for name, r := range map[string]servertest.Request{
			"tampered":       list("listKeys", url.Values{"cursor": {string(flipped)}}),
			"cut":            list("listKeys", url.Values{"cursor": {cursor[:len(cursor)-2]}}),
			"not ours":       list("listKeys", url.Values{"cursor": {"AAAA"}}),
			"another sort":   list("listKeys", url.Values{"cursor": {cursor}, "sort": {"name"}}),
			"another filter": list("listKeys", url.Values{"cursor": {cursor}, "filter[status]": {"active"}}),
			"another list":   list("listAuditEntries", url.Values{"cursor": {cursor}}),
		} {
			got := i.Want(t, 422, r).Object(t)
			errs, _ := got["errors"].([]any)
			if got["code"] != "invalid_cursor" || len(errs) != 1 || errs[0].(object)["pointer"] != "/cursor" {
				t.Errorf("%s: %v", name, got)
			}
		}
		for _, q := range []url.Values{
			{"limit": {"0"}}, {"limit": {"101"}}, {"limit": {"x"}}, {"sort": {"secret"}}, {"filter[tier]": {"gold"}},
			{"filter[x]": {"1"}}, {"limit": {"1", "2"}},
		} {
			i.Want(t, 422, list("listKeys", q))
		}
	})
}

func TestFilters(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		i.Want(t, 201, servertest.Request{
			Operation: "createWorkspace", Path: orgPath(tn), Bearer: tn.Key, JSON: object{"name": "O'Neil; --", "slug": "odd"},
		})
		member(t, i, tn, "viewer")
		made := key(t, i, tn)
		path := orgPath(tn)
		path["key_id"] = made["id"].(string)
		i.Want(t, 204, servertest.Request{Operation: "revokeKey", Path: path, Bearer: tn.Key})
		for _, c := range []struct {
			op, filter, value string
			want              int
		}{
			{"listWorkspaces", "slug", "odd", 1}, {"listWorkspaces", "name", "O'Neil; --", 1}, {
				"listWorkspaces", "name", "o'neil; --", 0,
			},
			{"listWorkspaces", "status", "active", 2}, {"listWorkspaces", "status", "suspended", 0},
			{"listMembers", "role", "viewer", 1}, {"listMembers", "status", "invited", 1}, {
				"listMembers", "email", strings.ToUpper(tn.Owner.Email), 1,
			},
			{"listKeys", "status", "revoked", 1}, {"listKeys", "status", "active", 1}, {"listKeys", "status", "expired", 0},
			{"listKeys", "tier", "enterprise", 2},
			{"listAuditEntries", "action", "key.revoked", 1}, {"listAuditEntries", "target_id", made["id"].(string), 2},
			{"listAuditEntries", "target_id", "nothing", 0}, {"listAuditEntries", "since", "2999-01-01T00:00:00Z", 0},
			{"listAuditEntries", "until", "2000-01-01T00:00:00Z", 0},
		} {
			got := walk(t, i,
				servertest.Request{
					Operation: c.op, Path: orgPath(tn), Bearer: tn.Key,
					Query: url.Values{"filter[" + c.filter + "]": {c.value}, "limit": {"1"}},
				}, nil)
			if len(got) != c.want {
				t.Errorf("%s filter[%s]=%s gives %d, want %d", c.op, c.filter, c.value, len(got), c.want)
			}
		}
	})
}

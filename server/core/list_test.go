package core

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/alania-go/alania/openapi"
)

var word = regexp.MustCompile("`([a-z_]+)`")

// What the bundle says of a list's parameters is what the list knows.
func TestListsKnowWhatTheBundleSays(t *testing.T) {
	bundle, _ := openapi.JSON(Name)
	doc, err := openapi3.NewLoader().LoadFromData(bundle)
	if err != nil {
		t.Fatal(err)
	}
	lists := map[string]listing{
		"listWorkspaces": workspaceList, "listApiKeys": keyList, "listWebhooks": webhookList, "listWebhookDeliveries": deliveryList, "listSeoIssues": issueList,
		"listPixelDomains": domainList, "listPixelEvents": hitList, "listMcpCalls": callList,
	}
	for _, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			sort := op.Parameters.GetByInAndName("query", "sort")
			if sort == nil {
				continue
			}
			l, ok := lists[op.OperationID]
			if !ok {
				t.Errorf("%s is not compared", op.OperationID)
				continue
			}
			delete(lists, op.OperationID)
			said := func(name, behind string) []string {
				p := op.Parameters.GetByInAndName("query", name)
				if p == nil {
					return nil
				}
				_, text, found := strings.Cut(p.Description, behind)
				if !found {
					t.Errorf("%s: the description of %s has no %q", op.OperationID, name, behind)
				}
				text, _, _ = strings.Cut(text, ".")
				var out []string
				for _, m := range word.FindAllStringSubmatch(text, -1) {
					out = append(out, m[1])
				}
				return out
			}
			for name, c := range map[string]struct{ said, known []string }{
				"sort": {said("sort", "Keys: "), l.sorts}, "fields": {said("fields", "Members: "), l.fields}, "include": {said("include", "by commas: "), l.includes},
			} {
				if !slices.Equal(c.said, c.known) {
					t.Errorf("%s: the bundle says of %s %v, known are %v", op.OperationID, name, c.said, c.known)
				}
			}
		}
	}
	for name := range lists {
		t.Errorf("%s is no list of the bundle", name)
	}
}

func FuzzMoment(f *testing.F) {
	for _, s := range []string{"2026-01-15", "2026-01-15T10:30:00Z", "2026-01-15T10:30:00.5+02:00", "", "2026-13-01"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		at, err := moment(s)
		if err == nil && at.Location().String() != "UTC" {
			t.Errorf("%q is read in %s", s, at.Location())
		}
	})
}

package storetest

import (
	"context"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/store"
	workspacestore "github.com/alania-go/alania/store/workspace"
)

// searched are parts of names: letters of two cases, what LIKE and groups of three letters could trip over, and little.
var searched = []string{
	"Growth team", "GROWTH", "100% sure", "a_b", `back\slash`, "Ärger", "ÄRGER", "名前と", "x", "o'brien", "  two", "é",
}

// A search finds what contains the text in either case of the letters of ASCII: before the index has the row and after,
// by the texts and in the organization that the row has now.
func TestSearchesFindWhatContainsTheText(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		s, d := connect(t, url, clock.System), raw(t, url)
		orgID, other := newOrg(t, s, plan.Free), newOrg(t, s, plan.Free)
		names := map[id.ID]map[id.ID]string{orgID: {}, other: {}}
		for _, part := range searched {
			for _, name := range []string{part, strings.ToUpper(part) + " and more", "before " + strings.ToLower(part)} {
				w := newWorkspace(t, s, orgID, noon)
				change(t, d, "UPDATE workspaces SET name = $1, slug = $2 WHERE id = $3", name, short(), w.UUID())
				names[orgID][w] = name
			}
		}
		// So many others have other names that an index is better than a look at each.
		Fill(t, url, "workspaces", 1, 5000, Row{
			"org_id": sqlID(e, newOrg(t, s, plan.Free)), "regions": "'[]'", "feature_flags": "'{}'",
		})
		finds := func() {
			t.Helper()
			for _, scope := range []id.ID{orgID, other} {
				for _, text := range append(searched, "%", "_", `\`, "nowhere", "rowth", "%sure", "b_", `"`, "' OR", "* AND ^") {
					findsWorkspaces(t, s, scope, text, names[scope])
				}
			}
		}
		finds()
		must(t, s.IndexSearches(t.Context()))
		finds()
		change := func(query string, args ...any) { t.Helper(); change(t, d, query, args...) }
		n := 0
		for w, name := range names[orgID] { // a fourth of each
			switch n++; n % 4 {
			case 0:
				change("DELETE FROM workspaces WHERE id = $1", w.UUID())
				delete(names[orgID], w)
			case 1:
				_, err := s.DeleteWorkspace(t.Context(), workspace.Workspace{ID: w, Slug: short()}, noon)
				must(t, err)
				delete(names[orgID], w)
			case 2:
				change("UPDATE workspaces SET org_id = $1 WHERE id = $2", other.UUID(), w.UUID())
				names[other][w] = name
				delete(names[orgID], w)
			case 3:
				change("UPDATE workspaces SET name = $1 WHERE id = $2", "growthier nowhere", w.UUID())
				names[orgID][w] = "growthier nowhere"
			}
		}
		finds()
		must(t, s.IndexSearches(t.Context()))
		finds()
		if e == store.SQLite {
			if left := read[int](t, d, "SELECT count(*) FROM search_queue"); left != 0 {
				t.Errorf("%d rows wait for the index", left)
			}
		}
	})
}

// findsWorkspaces compares what a search finds in an organization with the names that contain the text.
func findsWorkspaces(t *testing.T, s *Store, orgID id.ID, text string, names map[id.ID]string) {
	t.Helper()
	want := 0
	for _, name := range names {
		if strings.Contains(lowerASCII(name), lowerASCII(text)) {
			want++
		}
	}
	p, err := s.ListWorkspaces(t.Context(), orgID, id.ID{}, page.Query{
		Limit: 100, Total: true, Sort: page.Sort{Field: "name"},
		Filters: []page.Filter{{Field: "search", Op: page.Has, Value: text}},
	})
	must(t, err)
	found := 0
	for _, w := range p.Items {
		if names[w.ID] == w.Name && strings.Contains(lowerASCII(w.Name), lowerASCII(text)) {
			found++
		}
	}
	if found != want || len(p.Items) != want || p.Total != want {
		t.Errorf("%q: found %d of %d; %d on the page, %d in all", text, found, want, len(p.Items), p.Total)
	}
}

// short is a slug that contains no text of searched.
func short() string { return strings.ReplaceAll(unique(), "x", "-") }

// sqlID is an id as Fill takes it.
func sqlID(e store.Engine, v id.ID) string {
	if e == store.Postgres {
		return "'" + v.UUID() + "'::uuid"
	}
	return "'" + v.UUID() + "'"
}

// A search reads nothing of what other organizations have, however much of it contains the text.
func TestSearchesReadOneOrganization(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		s, d := connect(t, url, clock.System), raw(t, url)
		large, small := newOrg(t, s, plan.Free), newOrg(t, s, plan.Free)
		for n, orgID := range map[int]id.ID{1: large, 20_001: small} {
			rows := map[id.ID]int{large: 20_000, small: 400}[orgID]
			Fill(t, url, "workspaces", n, n+rows, Row{
				"org_id": sqlID(e, orgID), "regions": "'[]'", "feature_flags": "'{}'",
				"name": "CASE WHEN i % 100 = 0 THEN 'Common name ' || i ELSE 'x' || i END",
			})
		}
		must(t, s.IndexSearches(t.Context()))
		q := page.Query{
			Limit: 25, Sort: page.Sort{Field: "created_at"},
			Filters: []page.Filter{{Field: "search", Op: page.Has, Value: "common"}},
		}
		p, err := s.ListWorkspaces(t.Context(), small, id.ID{}, q)
		must(t, err)
		if len(p.Items) != 4 {
			t.Errorf("%d found rather than 4", len(p.Items))
		}
		query, args, err := workspacestore.Lists["workspaces"].Statement(t.Context(), s.DB, q, small)
		must(t, err)
		for i, a := range args {
			if v, ok := a.(id.ID); ok {
				args[i] = v.UUID()
			}
		}
		if e == store.SQLite {
			match := regexp.MustCompile(`\(SELECT rowid FROM \w+_grams WHERE \w+_grams MATCH \$2 `).FindString(query)
			if match == "" {
				t.Fatalf("no index is asked: %s", query)
			}
			if n := read[int](t, d, "SELECT count(*) FROM "+strings.ReplaceAll(match, "$2", "$1)"), args[1]); n != 4 {
				t.Errorf("the index has %d rows with the text, of one organization with 4", n)
			}
			return
		}
		nothing := page.Filter{Field: "search", Op: page.Has, Value: "nowhere"}
		q.Filters = []page.Filter{nothing}
		plan, err := s.ListPlan(t.Context(), "workspaces", q, large)
		must(t, err)
		if !strings.Contains(plan, "workspaces_text_of_org") || !strings.Contains(plan, "(org_id = ") {
			t.Errorf("a search does without its index: %s", plan)
		}
		rows, err := d.Query("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) "+query, args...)
		must(t, err)
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var line string
			must(t, rows.Scan(&line))
			for _, m := range regexp.MustCompile(`rows=(\d+)|Removed by .*: (\d+)`).FindAllStringSubmatch(line, -1) {
				if n, _ := strconv.Atoi(m[1] + m[2]); n > 400 {
					t.Errorf("%d rows are read for an organization with 400: %s", n, line)
				}
			}
		}
		must(t, rows.Err())
	})
}

func lowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// A user who may not make the extension has a database without the index, and no failure.
func TestMigrationsWithoutTheExtension(t *testing.T) {
	c, err := cluster()
	must(t, err)
	role := "plain_" + unique()
	must(t, c.exec("CREATE ROLE "+role+" LOGIN"))
	t.Cleanup(func() { _ = c.exec("DROP ROLE " + role) })
	address := Empty(t, store.Postgres)
	change(t, raw(t, address), "GRANT ALL ON SCHEMA public TO "+role)
	u, err := url.Parse(address)
	must(t, err)
	u.User = url.User(role)
	s, err := store.Open(context.Background(), u.String(), clock.System)
	must(t, err)
	defer s.Close()
	_, err = s.Migrate(context.Background())
	must(t, err)
	for database, want := range map[string]int{address: 0, database(t, store.Postgres): 2} {
		var n int
		must(t, raw(t, database).QueryRow(
			"SELECT count(*) FROM pg_indexes WHERE indexname IN ('workspaces_text_of_org', 'api_keys_text_of_org')").Scan(&n))
		if n != want {
			t.Errorf("%d indexes for searches rather than %d", n, want)
		}
	}
}

package storetest

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/store"
)

// searched are parts of names: letters of two cases, what LIKE and groups of three letters could trip over, and little.
var searched = []string{
	"Growth team", "GROWTH", "100% sure", "a_b", `back\slash`, "Ärger", "ÄRGER", "名前と", "x", "o'brien", "  two", "é",
}

// A search finds what contains the text in either case of the letters of ASCII, with an index and without.
func TestSearchesFindWhatContainsTheText(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		s := connect(t, url, clock.System)
		orgID, other := newOrg(t, s, plan.Free), newOrg(t, s, plan.Free)
		names := map[id.ID]string{}
		for _, part := range searched {
			for _, name := range []string{part, strings.ToUpper(part) + " and more", "before " + strings.ToLower(part)} {
				w := newWorkspace(t, s, orgID, noon)
				change(t, raw(t, url), "UPDATE workspaces SET name = $1, slug = $2 WHERE id = $3", name, unique(), w.UUID())
				names[w] = name
			}
		}
		of := "'" + other.UUID() + "'"
		if e == store.Postgres {
			of += "::uuid"
		}
		// So many others have other names that an index is better than a look at each.
		Fill(t, url, "workspaces", 1, 5000, Row{"org_id": of, "regions": "'[]'", "feature_flags": "'{}'"})
		for _, text := range append(searched, "%", "_", `\`, "nowhere", "rowth", "%sure", "b_") {
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
				if strings.Contains(lowerASCII(w.Name), lowerASCII(text)) {
					found++
				}
			}
			if found != want || p.Total < want {
				t.Errorf("%q: %d of %d in %d", text, found, want, p.Total)
			}
		}
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
			"SELECT count(*) FROM pg_indexes WHERE indexname IN ('workspaces_text', 'api_keys_text')").Scan(&n))
		if n != want {
			t.Errorf("%d indexes for searches rather than %d", n, want)
		}
	}
}

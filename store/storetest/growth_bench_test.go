package storetest

import (
	"database/sql"
	"flag"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/migrations"
)

var growthRows = flag.String("growth", "1000,100000", "how many rows BenchmarkGrowth has, in turn")

// BenchmarkGrowth reads lists of one organization that has more and more rows: what docs/benchmarks.md says of growth.
// -growth=1000,100000,1000000 has the last of its rows too, which take minutes to insert.
func BenchmarkGrowth(b *testing.B) {
	for _, e := range Engines {
		b.Run(string(e), func(b *testing.B) {
			url := URL(b, e)
			s := OpenURL(b, url)
			orgID := id.New()
			d := raw(b, url)
			change(b, d, "INSERT INTO orgs (id, name, slug, tier, created_at, updated_at) VALUES ($1, 'o', 'o', $2, $3, $3)",
				orgID.UUID(), string(plan.Enterprise), noon)
			of := "'" + orgID.UUID() + "'"
			if e == store.Postgres {
				of += "::uuid"
			}
			row := Row{
				"org_id": of, "regions": "'[]'", "feature_flags": "'{}'",
				"name":   "CASE WHEN i <= 25 THEN 'Rare workspace ' ELSE 'Workspace ' END || i",
				"status": "CASE WHEN i % 5000 = 0 THEN 'suspended' ELSE 'active' END",
			}
			from := 1
			for text := range strings.SplitSeq(*growthRows, ",") {
				rows, err := strconv.Atoi(text)
				must(b, err)
				Fill(b, url, "workspaces", from, rows+1, row)
				from = rows + 1
				if e == store.Postgres { // Fill switches the triggers off
					change(b, d, "DELETE FROM row_counts")
					change(b, d, "INSERT INTO row_counts SELECT org_id, 'workspaces', count(*) FROM workspaces GROUP BY org_id")
					countBlocks(b, d)
				}
				begun := time.Now()
				for waiting := e == store.SQLite; waiting; waiting = read[int](b, d, "SELECT count(*) FROM search_queue") > 0 {
					must(b, s.IndexSearches(b.Context()))
				}
				must(b, s.SumRowCounts(b.Context()))
				b.Logf("%d rows: searches are indexed and blocks divided after %v", rows, time.Since(begun))
				growth(b, s, orgID, rows)
			}
		})
	}
}

// countBlocks counts the rows of blocks as the migration did.
func countBlocks(b *testing.B, d *sql.DB) {
	b.Helper()
	change(b, d, "DELETE FROM row_blocks")
	migration, err := migrations.Files.ReadFile("00033_row_blocks.postgres.sql")
	must(b, err)
	for line := range strings.Lines(string(migration)) {
		if strings.HasPrefix(line, "INSERT INTO row_blocks") {
			change(b, d, line)
		}
	}
}

func growth(b *testing.B, s *Store, orgID id.ID, rows int) {
	numbered := func(offset int, filters ...page.Filter) page.Query {
		return page.Query{
			Limit: 25, Offset: offset, Total: true, Sort: page.Sort{Field: "created_at", Desc: true}, Filters: filters,
		}
	}
	by := func(field string, q page.Query) page.Query {
		q.Sort = page.Sort{Field: field}
		return q
	}
	search := func(text string) page.Query {
		return numbered(0, page.Filter{Field: "search", Op: page.Has, Value: text})
	}
	for _, c := range []struct {
		name string
		q    page.Query
	}{
		{"by cursor", page.Query{Limit: 25, Sort: page.Sort{Field: "name"}}},
		{"page 1", numbered(0)},
		{"a quarter", numbered(rows / 4)},
		{"the middle", numbered(rows/2 - 50)},
		{"the middle by name", by("name", numbered(rows/2-50))},
		{"the last page", numbered(rows - 25)},
		{"a filter that few have", numbered(0, eq("status", "suspended"))},
		{"a filter that nothing has", numbered(0, eq("status", "none"))},
		{"a filter that most have", numbered(0, eq("status", "active"))},
		{"a search that 25 rows have", search("rare work")},
		{"a search that one row in 900 has", search("space 999")},
		{"a search that nothing has", search("nowhere")},
	} {
		b.Run(fmt.Sprintf("%d/%s", rows, c.name), func(b *testing.B) {
			for b.Loop() {
				if _, err := s.ListWorkspaces(b.Context(), orgID, id.ID{}, c.q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run(fmt.Sprintf("%d/the counts of a plan", rows), func(b *testing.B) {
		for b.Loop() {
			if _, err := s.CountLive(b.Context(), orgID, "workspaces", noon); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkUpkeep makes workspaces with what keeps their totals, blocks and searches, and without: the triggers of the
// table and PostgreSQL's index of texts. What SQLite's task writes later is told for each row.
func BenchmarkUpkeep(b *testing.B) {
	for _, e := range Engines {
		url := URL(b, e)
		s, d := OpenURL(b, url), raw(b, url)
		orgID := id.New()
		change(b, d, "INSERT INTO orgs (id, name, slug, tier, created_at, updated_at) VALUES ($1, 'o', 'o', $2, $3, $3)",
			orgID.UUID(), string(plan.Enterprise), noon)
		create := func(b *testing.B) {
			for b.Loop() {
				newWorkspaceOn(b, s, orgID, plan.Enterprise, time.Now())
			}
		}
		b.Run(string(e)+"/with", create)
		if e == store.SQLite {
			waiting, begun := read[int](b, d, "SELECT count(*) FROM search_queue"), time.Now()
			must(b, s.IndexSearches(b.Context()))
			b.Logf("the index of searches takes %v for a row", time.Since(begun)/time.Duration(max(waiting, 1)))
		}
		names := "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'workspaces'"
		from := ""
		if e == store.Postgres {
			names = "SELECT tgname FROM pg_trigger WHERE tgrelid = 'workspaces'::regclass AND NOT tgisinternal"
			from = " ON workspaces"
			change(b, d, "DROP INDEX workspaces_text_of_org")
		}
		for _, name := range pluck[string](b, d, names) {
			change(b, d, "DROP TRIGGER "+name+from)
		}
		b.Run(string(e)+"/without", create)
	}
}

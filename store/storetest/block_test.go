package storetest

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/db"
)

// blockedTables are the tables whose rows are counted in blocks.
var blockedTables = []db.Blocked{
	{
		Table: "workspaces", Scope: "org_id", Live: "deleted_at IS NULL",
		Times: []string{"created_at", "updated_at"}, Texts: []string{"name", "slug"},
	},
	{Table: "api_keys", Scope: "org_id", Times: []string{"created_at"}, Texts: []string{"name"}},
	{Table: "webhook_deliveries", Scope: "endpoint_id", Times: []string{"created_at"}},
	{Table: "seo_issues", Scope: "workspace_id", Times: []string{"created_at"}, Texts: []string{"url"}},
	{Table: "pixel_events", Scope: "workspace_id", Times: []string{"created_at"}},
	{Table: "mcp_calls", Scope: "workspace_id", Times: []string{"created_at"}},
}

// blocksAreExact compares each block with the rows between its beginning and the next one's.
func blocksAreExact(t *testing.T, d *sql.DB, e store.Engine) {
	t.Helper()
	for _, b := range blockedTables {
		for _, column := range slices.Concat(b.Times, b.Texts) {
			key := "substr(" + column + ", 1, 200)"
			if slices.Contains(b.Times, column) {
				key = "substr(" + column + ", 1, 19)"
				if e == store.Postgres {
					key = "to_char(" + column + " AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')"
				}
			}
			live := b.Live
			if live == "" {
				live = "true"
			}
			of := strings.NewReplacer("{key}", key, "{table}", b.Table, "{scope}", b.Scope, "{live}", live,
				"{kind}", "'"+b.Table+" by "+column+"'")
			wrong := read[int](t, d, of.Replace(`WITH b AS (SELECT scope, first, n,
					lead(first) OVER (PARTITION BY scope ORDER BY first) AS next FROM row_blocks WHERE kind = {kind})
				SELECT count(*) FROM b WHERE n + COALESCE((SELECT sum(d.n) FROM row_block_deltas d WHERE d.scope = b.scope
						AND d.kind = {kind} AND d.key >= b.first AND (b.next IS NULL OR d.key < b.next)), 0)
					<> (SELECT count(*) FROM {table} WHERE {scope} = b.scope AND {live} AND {key} >= b.first
						AND (b.next IS NULL OR {key} < b.next))`))
			missing := read[int](t, d, of.Replace(`SELECT (SELECT count(*) FROM {table} WHERE {live})
				- (SELECT COALESCE(sum(n), 0) FROM row_blocks WHERE kind = {kind})
				- (SELECT COALESCE(sum(n), 0) FROM row_block_deltas WHERE kind = {kind})`))
			if wrong != 0 || missing != 0 {
				t.Errorf("%s by %s: %d blocks have another number, %d rows are in none", b.Table, column, wrong, missing)
			}
		}
	}
}

// divide has blocks divided that are large for db.InBlocks(512); a new one waits for 8,192 rows.
func divide(t *testing.T, s *Store, d *sql.DB) {
	t.Helper()
	must(t, s.SumRowCounts(t.Context()))
	change(t, d, "UPDATE row_blocks SET split_at = 1024")
	must(t, s.SumRowCounts(t.Context()))
}

// A page by its number has the rows that the order says, in the middle of many rows and after changes of all kinds.
func TestPagesByNumberAreExact(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		s, d := connect(t, url, clock.System, db.InBlocks(512)), raw(t, url)
		orgID, other := newOrg(t, s, plan.Free), newOrg(t, s, plan.Free)
		insertMany(t, d, e, "workspaces", 1, 5200, Row{
			"org_id": sqlID(e, orgID), "regions": "'[]'", "feature_flags": "'{}'", "created_at": "{at i / 3}",
			"name": "CASE WHEN i % 3 = 0 THEN 'Same' ELSE 'n' || i % 977 END", "updated_at": "{at 9000 - i}",
		})
		insertMany(t, d, e, "workspaces", 6000, 6400, Row{
			"org_id": sqlID(e, other), "regions": "'[]'", "feature_flags": "'{}'",
		})
		check := func(when string) {
			t.Helper()
			blocksAreExact(t, d, e)
			for _, sort := range []string{
				"created_at", "-created_at", "updated_at", "-name", "name", "slug", "-name,-created_at", "name,slug",
			} {
				pagesAreExact(t, s, d, orgID, sort, when)
			}
		}
		check("before blocks are divided")
		divide(t, s, d)
		if n := read[int](t, d, "SELECT count(*) FROM row_blocks WHERE kind = 'workspaces by created_at'"); n < 8 {
			t.Errorf("only %d blocks", n)
		}
		check("after blocks are divided")
		statements := []string{
			"UPDATE workspaces SET name = 'renamed ' || slug WHERE seq = $1",
			"UPDATE workspaces SET updated_at = created_at, slug = 'a-' || slug WHERE seq = $1",
			"UPDATE workspaces SET deleted_at = created_at WHERE seq = $1",
			"DELETE FROM workspaces WHERE seq = $1",
		}
		random := rand.New(rand.NewPCG(1, 2))
		seqs := pluck[int64](t, d, "SELECT seq FROM workspaces ORDER BY seq")
		for n := range 400 {
			change(t, d, statements[n%len(statements)], seqs[random.IntN(len(seqs))])
		}
		change(t, d, "UPDATE workspaces SET deleted_at = NULL WHERE seq % 5 = 0")
		insertMany(t, d, e, "workspaces", 7000, 7300, Row{
			"org_id": sqlID(e, orgID), "regions": "'[]'", "feature_flags": "'{}'", "created_at": "{at i - 6800}",
			"name": "'m' || i",
		})
		check("after changes")
		must(t, s.SumRowCounts(t.Context()))
		check("after changes were added up")
		change(t, d, "DELETE FROM workspaces WHERE seq % 20 > 0")
		must(t, s.SumRowCounts(t.Context()))
		check("when few are left")
	})
}

// pagesAreExact compares pages with the rows that one statement has in the same order.
func pagesAreExact(t *testing.T, s *Store, d *sql.DB, orgID id.ID, sort, when string) {
	t.Helper()
	q := page.Query{Limit: 50, Total: true}
	var order []string
	for i, key := range strings.Split(sort, ",") {
		by := page.ParseSort(key)
		direction := map[bool]string{false: " ASC", true: " DESC"}[by.Desc]
		order = append(order, by.Field+direction)
		if i == 0 {
			q.Sort = by
		} else {
			q.Then = append(q.Then, by)
		}
	}
	order = append(order, "id"+map[bool]string{false: " ASC", true: " DESC"}[q.Sort.Desc])
	want := pluck[string](t, d, "SELECT CAST(id AS TEXT) FROM workspaces WHERE org_id = "+
		"'"+orgID.UUID()+"' AND deleted_at IS NULL ORDER BY "+strings.Join(order, ", "))
	for _, offset := range []int{0, 700, 1024, 1500, len(want) / 2, len(want) - 1100, len(want) - 30, len(want)} {
		if q.Offset = offset; offset < 0 {
			continue
		}
		p, err := s.ListWorkspaces(t.Context(), orgID, id.ID{}, q)
		must(t, err)
		var got []string
		for _, w := range p.Items {
			got = append(got, w.ID.UUID())
		}
		if rest := want[min(offset, len(want)):min(offset+50, len(want))]; !slices.Equal(got, rest) || p.Total != len(want) {
			t.Errorf("%s, by %s: the page at %d of %d (%d) has other rows", when, sort, offset, len(want), p.Total)
		}
	}
}

// pluck reads one column.
func pluck[T any](t testing.TB, d *sql.DB, query string) []T {
	t.Helper()
	rows, err := d.Query(query)
	must(t, err)
	defer func() { _ = rows.Close() }()
	var all []T
	for rows.Next() {
		var v T
		must(t, rows.Scan(&v))
		all = append(all, v)
	}
	must(t, rows.Err())
	return all
}

// insertMany inserts rows as Fill does, with the triggers of the table.
func insertMany(t *testing.T, d *sql.DB, e store.Engine, table string, from, to int, row Row) {
	t.Helper()
	series := fmt.Sprintf("generate_series(%d, %d) AS s(i)", from, to-1)
	if e == store.SQLite {
		series = fmt.Sprintf("(WITH RECURSIVE s(i) AS (SELECT %d UNION ALL SELECT i + 1 FROM s WHERE i < %d)"+
			" SELECT i FROM s)", from, to-1)
	}
	change(t, d, filling(t, d, e, table, row)+series)
}

// Addresses are longer than an index of PostgreSQL takes: a block begins with 200 letters of one.
func TestBlocksOfLongAddresses(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		s, d := connect(t, url, clock.System, db.InBlocks(512)), raw(t, url)
		w := newWorkspace(t, s, newOrg(t, s, plan.Free), noon)
		long := strings.Repeat("Ж", 5000)
		insertMany(t, d, e, "seo_issues", 1, 1400, Row{
			"workspace_id": sqlID(e, w), "url": "'https://example.com/' || (i % 700) || '" + long + "' || i",
		})
		divide(t, s, d)
		blocksAreExact(t, d, e)
		if n := read[int](t, d, "SELECT count(*) FROM row_blocks WHERE kind = 'seo_issues by url'"); n < 2 {
			t.Errorf("only %d blocks", n)
		}
	})
}

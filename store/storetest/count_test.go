package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/entitlement"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/store"
)

// countedRows are the kinds of row_counts, with the statement that counts the same rows.
var countedRows = map[string]string{
	"workspaces":     "SELECT count(*) FROM workspaces WHERE org_id = $1 AND deleted_at IS NULL",
	"keys":           "SELECT count(*) FROM api_keys WHERE org_id = $1",
	"unrevoked keys": "SELECT count(*) FROM api_keys WHERE org_id = $1 AND revoked_at IS NULL",
	"members":        "SELECT count(*) FROM members WHERE org_id = $1",
	"bindings":       "SELECT count(*) FROM bindings WHERE org_id = $1",
	"deliveries":     "SELECT count(*) FROM webhook_deliveries WHERE endpoint_id = $1",
	"seo issues":     "SELECT count(*) FROM seo_issues WHERE workspace_id = $1",
	"pixel domains":  "SELECT count(*) FROM pixel_domains WHERE workspace_id = $1",
	"pixel events":   "SELECT count(*) FROM pixel_events WHERE workspace_id = $1",
	"mcp calls":      "SELECT count(*) FROM mcp_calls WHERE workspace_id = $1",
}

// Whatever several writers do at the same time, and whatever they take back, the numbers are those that counting
// finds.
func TestRowCountsAreExact(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		clock := newHands()
		s := connect(t, url, clock.now)
		other := connect(t, url, clock.now)
		d := raw(t, url)
		scopes := []id.ID{newOrg(t, s, plan.Free), newOrg(t, s, plan.Free)}
		for _, orgID := range scopes {
			must(t, insertWorkspace(s, t.Context(), workspace.Workspace{
				ID: orgID, OrgID: orgID, Name: "w", Slug: "w", Status: workspace.Active, Settings: workspace.Defaults(),
				Version: 1, CreatedAt: noon, UpdatedAt: noon,
			}))
		}
		Fill(t, url, "users", 1, 9, nil)
		statements := changes(t, d, e)
		var numbers atomic.Int64
		refused := errors.New("taken back")
		work := func(s *Store, random *rand.Rand) error {
			for n := range 60 {
				scope := scopes[random.IntN(len(scopes))]
				var end error
				if random.IntN(4) == 0 {
					end = refused
				}
				err := s.InTx(t.Context(), func(ctx context.Context) error {
					for range 1 + random.IntN(4) {
						query := statements[random.IntN(len(statements))]
						if _, err := s.Exec(ctx, query, scope, numbers.Add(2)); err != nil {
							return fmt.Errorf("%s: %w", query, err)
						}
					}
					return end
				})
				if err != nil && !errors.Is(err, refused) {
					return err
				}
				if n%10 == 0 {
					if err := s.SumRowCounts(t.Context()); err != nil {
						return err
					}
				}
			}
			return nil
		}
		var writers sync.WaitGroup
		for n := range 6 {
			writers.Go(func() {
				on := map[bool]*Store{true: s, false: other}[n%2 == 0]
				if err := work(on, rand.New(rand.NewPCG(uint64(n), 1))); err != nil {
					t.Error(err)
				}
			})
		}
		writers.Wait()
		check := func() {
			t.Helper()
			blocksAreExact(t, d, e)
			rows := 0
			for _, scope := range scopes {
				for kind, counting := range countedRows {
					var want int
					must(t, d.QueryRow(counting, scope.UUID()).Scan(&want))
					rows += want
					if got, err := s.RowCount(t.Context(), scope, kind); err != nil || got != want {
						t.Errorf("%d %s, and there are %d: %v", got, kind, want, err)
					}
				}
				for range 3 { // at any time of a day
					var want int64
					must(t, d.QueryRow(
						"SELECT count(*) FROM api_keys WHERE org_id = $1 AND revoked_at IS NULL AND "+
							"(expires_at IS NULL OR expires_at > $2)", scope.UUID(), clock.now()).Scan(&want))
					got, err := s.CountLive(t.Context(), scope, entitlement.APIKeys, clock.now())
					if err != nil || got != want {
						t.Errorf("%d keys live, and there are %d: %v", got, want, err)
					}
					clock.forward(29 * time.Hour)
				}
			}
			if rows < 50 {
				t.Errorf("only %d rows were counted", rows)
			}
		}
		check()
		must(t, s.SumRowCounts(t.Context()))
		check()
		var left int
		must(t, d.QueryRow("SELECT count(*) FROM row_count_deltas").Scan(&left))
		if left != 0 {
			t.Errorf("%d differences are left", left)
		}
		for _, table := range []string{"webhook_deliveries", "seo_issues", "pixel_events", "mcp_calls"} {
			change(t, d, "DELETE FROM "+table)
		}
		check()
	})
}

// changes are statements that insert two rows into each table whose rows are counted, change or delete one.
// $1 is the scope, and $2 a number that no other row has.
func changes(t *testing.T, d *sql.DB, e store.Engine) []string {
	var out []string
	for table, scope := range map[string]string{
		"workspaces": "org_id", "api_keys": "org_id", "members": "org_id", "bindings": "org_id", "seo_issues": "workspace_id",
		"webhook_deliveries": "endpoint_id", "pixel_domains": "workspace_id", "pixel_events": "workspace_id",
		"mcp_calls": "workspace_id",
	} {
		row := Row{scope: "CAST(CAST($1 AS TEXT) AS UUID)"}
		if e == store.SQLite {
			row[scope] = "$1"
		}
		for _, also := range []string{"org_id", "workspace_id"} { // the ids of both are the same here
			if columns := columnsOf(t, d, e, table); columns[also] != "" {
				row[also] = row[scope]
			}
		}
		two := "(SELECT CAST($2 AS BIGINT) AS i UNION ALL SELECT CAST($2 AS BIGINT) + 1) s ON CONFLICT DO NOTHING"
		if e == store.SQLite {
			two = "(SELECT $2 AS i UNION ALL SELECT $2 + 1) s WHERE true ON CONFLICT DO NOTHING"
		}
		one := " WHERE id = (SELECT id FROM " + table + " WHERE " + scope +
			" = $1 AND id <> $1 AND $2 > 0 ORDER BY id LIMIT 1)"
		if e == store.Postgres {
			one = strings.ReplaceAll(one, "$2", "CAST($2 AS BIGINT)")
		}
		switch table {
		case "members": // a person is one member of an org
			row["user_id"] = "{id i % 7 + 1}"
		case "api_keys":
			row["expires_at"] = fmt.Sprintf("CASE WHEN i %% 3 > 0 THEN {at %d + i %% 90 * 1700} END", noon.Unix()-Filled)
			for _, set := range []string{
				"revoked_at = created_at", "revoked_at = NULL", "expires_at = NULL",
				"revoked_at = created_at, expires_at = created_at",
				written(e, fmt.Sprintf("expires_at = {at %d}", noon.Unix()-Filled+40_000)),
			} {
				out = append(out, "UPDATE api_keys SET "+set+one)
			}
		case "workspaces":
			out = append(out, "UPDATE workspaces SET deleted_at = created_at"+one, "UPDATE workspaces SET deleted_at = NULL"+one)
		}
		insert := filling(t, d, e, table, row) + two
		out = append(out, insert, insert, "DELETE FROM "+table+one)
	}
	slices.Sort(out)
	return out
}

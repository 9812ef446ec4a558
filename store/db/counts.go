package db

import (
	"context"
	"time"

	"github.com/alania-go/alania/domain/id"
)

// Counted is the statement of how many rows of a kind the scope $1 has. Triggers of the migrations keep the number in
// the transaction that changes the rows: on SQLite in row_counts, on PostgreSQL by adding the difference to
// row_count_deltas, so that writers do not wait for each other.
func Counted(kind string) string {
	return CountedWhere("kind = " + kind)
}

// CountedWhere adds up the kinds that a condition is for.
func CountedWhere(kinds string) string {
	where := " WHERE scope = $1 AND " + kinds
	return "SELECT CAST(COALESCE(sum(n), 0) AS BIGINT) FROM (SELECT n FROM row_counts" + where +
		" UNION ALL SELECT n FROM row_count_deltas" + where + ") c"
}

// LiveKeys is the statement of how many keys an org, $1, has that live at the time $2: those that are not revoked,
// without those that ended on days before its day, $3, and since its midnight, $4.
var LiveKeys = "SELECT (" + Counted("'unrevoked keys'") + ") - (" +
	CountedWhere("kind >= 'keys end ' AND kind < $3") + ") - (SELECT count(*) FROM api_keys WHERE org_id = $1" +
	" AND revoked_at IS NULL AND expires_at >= $4 AND expires_at <= $2)"

// LiveKeysArgs are the values of LiveKeys.
func LiveKeysArgs(orgID id.ID, at time.Time) []any {
	day := at.UTC().Truncate(24 * time.Hour)
	return []any{orgID, at, "keys end " + day.Format(time.DateOnly), day}
}

// RowCount returns how many rows of a kind an organization, a workspace or an endpoint has.
func (d *DB) RowCount(ctx context.Context, scope id.ID, kind string) (int, error) {
	return One[int](ctx, d, Counted("$2"), scope, kind)
}

// SumRowCounts adds up the differences in row_counts, and forgets the scopes that have nothing. It is the only one
// who writes to row_counts on PostgreSQL.
func (d *DB) SumRowCounts(ctx context.Context) error {
	due, err := One[bool](ctx, d, "SELECT EXISTS (SELECT 1 FROM row_count_deltas) OR "+
		"EXISTS (SELECT 1 FROM row_counts WHERE n = 0)")
	if err != nil || !due {
		return err
	}
	return d.InTx(ctx, func(ctx context.Context) error {
		summed := "WITH gone AS (DELETE FROM row_count_deltas RETURNING scope, kind, n)" +
			" INSERT INTO row_counts (scope, kind, n) SELECT scope, kind, sum(n) FROM gone GROUP BY scope, kind" +
			" ORDER BY scope, kind ON CONFLICT (scope, kind) DO UPDATE SET n = row_counts.n + excluded.n"
		if d.Engine == Postgres {
			if _, err := d.Exec(ctx, summed); err != nil {
				return err
			}
		}
		_, err := d.Exec(ctx, "DELETE FROM row_counts WHERE n = 0")
		return err
	})
}

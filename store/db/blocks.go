package db

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alania-go/alania/domain/id"
)

// Blocked is a table whose rows are counted in blocks of row_blocks, for each of some columns that its list is sorted
// by. Triggers keep the numbers in the transaction that changes the rows: on SQLite in row_blocks, on PostgreSQL
// by adding the difference to row_block_deltas. So a page by its number is read from the beginning of a block.
type Blocked struct {
	Table string
	Scope string   // the column that says whose rows these are
	Live  string   // which rows are listed, or "" for all
	Times []string // the columns of times: a block has whole seconds
	Texts []string // the other columns: a block begins with 200 letters, which an index takes
}

// usualBlock is the number of rows of a block that was divided. Smaller ones are more numbers to add up, of larger ones
// more rows are left out.
const usualBlock = 4096

// InBlocks has lists counted in blocks of another size, for tests.
func InBlocks(rows int) Option { return func(d *DB) { d.blockRows = rows } }

// nearby is how many rows before a page are read rather than counted.
func (d *DB) nearby() int { return d.blockRows / 2 }

func (b Blocked) kind(column string) string { return b.Table + " by " + column }

func (b Blocked) has(column string) bool {
	return slices.Contains(b.Times, column) || slices.Contains(b.Texts, column)
}

// bound is the value of a column at which a block begins.
func (b Blocked) bound(column, first string) (any, error) {
	if slices.Contains(b.Times, column) {
		return time.Parse(time.DateTime, first)
	}
	return first, nil
}

// blockAt finds the block that has the row at a position in ascending order, and how many rows are before it.
func blockAt(
	ctx context.Context, d *DB, scope id.ID, kind string, position int,
) (first string, before int, err error) {
	counts := "SELECT first, 0 AS follows, n FROM row_blocks WHERE scope = $1 AND kind = $2"
	if d.Engine == Postgres {
		counts += " UNION ALL SELECT key, 1, n FROM row_block_deltas WHERE scope = $1 AND kind = $2"
	}
	// At the beginning of a block, all blocks and differences with a smaller value are of rows before it.
	found, err := All[struct {
		First  string `db:"first"`
		Before int    `db:"before"`
	}](ctx, d, "SELECT first, before FROM (SELECT first, follows, CAST(COALESCE(sum(n) OVER (ORDER BY first, follows"+
		" ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS BIGINT) AS before FROM ("+counts+") c) b"+
		" WHERE follows = 0 AND before <= $3 ORDER BY first DESC LIMIT 1", scope, kind, position)
	if err != nil || len(found) == 0 {
		return "", 0, err
	}
	return found[0].First, found[0].Before, nil
}

// SumBlocks adds up the differences in row_blocks, forgets blocks without rows, and divides those that have become
// large. It is the only one who writes to row_blocks on PostgreSQL.
func SumBlocks(ctx context.Context, d *DB, tables ...Blocked) error {
	due, err := One[bool](ctx, d, "SELECT EXISTS (SELECT 1 FROM row_block_deltas) OR "+
		"EXISTS (SELECT 1 FROM row_blocks WHERE n = 0)")
	if err != nil {
		return err
	}
	if due {
		if err := changeBlocks(ctx, d, func(ctx context.Context) error { return sumBlocks(ctx, d) }); err != nil {
			return err
		}
	}
	for _, t := range tables {
		for _, column := range slices.Concat(t.Times, t.Texts) {
			if err := divideBlocks(ctx, d, t, column); err != nil {
				return err
			}
		}
	}
	return nil
}

// changeBlocks runs fn in a transaction that is the only one to change row_blocks, and sees what the last one did.
func changeBlocks(ctx context.Context, d *DB, fn func(ctx context.Context) error) error {
	return d.InTx(ctx, func(ctx context.Context) error {
		if d.Engine == Postgres {
			if _, err := d.Exec(ctx, "LOCK TABLE row_blocks IN SHARE ROW EXCLUSIVE MODE"); err != nil {
				return err
			}
		}
		return fn(ctx)
	})
}

func sumBlocks(ctx context.Context, d *DB) error {
	if d.Engine == Postgres {
		_, err := d.Exec(ctx, "WITH gone AS (DELETE FROM row_block_deltas RETURNING scope, kind, key, n), placed AS ("+
			"SELECT scope, kind, COALESCE((SELECT max(b.first) FROM row_blocks b WHERE b.scope = gone.scope"+
			" AND b.kind = gone.kind AND b.first <= gone.key), '') AS first, n FROM gone)"+
			" INSERT INTO row_blocks (scope, kind, first, n) SELECT scope, kind, first, sum(n) FROM placed"+
			" GROUP BY scope, kind, first ON CONFLICT (scope, kind, first) DO UPDATE SET n = row_blocks.n + excluded.n")
		if err != nil {
			return err
		}
	}
	_, err := d.Exec(ctx, "DELETE FROM row_blocks WHERE n = 0")
	return err
}

// divideBlocks divides the large blocks of a column. A block of one value stays whole, and is looked at again when it
// has twice as many rows.
func divideBlocks(ctx context.Context, d *DB, t Blocked, column string) error {
	large, err := All[struct {
		Scope id.ID  `db:"scope"`
		First string `db:"first"`
	}](ctx, d, "SELECT scope, first FROM row_blocks WHERE n >= split_at AND kind = $1", t.kind(column))
	if err != nil {
		return err
	}
	for _, b := range large {
		err := changeBlocks(ctx, d, func(ctx context.Context) error {
			return divideBlock(ctx, d, t, column, b.Scope, b.First)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func divideBlock(ctx context.Context, d *DB, t Blocked, column string, scope id.ID, first string) error {
	next, err := One[Text](ctx, d, "SELECT min(first) FROM row_blocks WHERE scope = $1 AND kind = $2 AND first > $3",
		scope, t.kind(column), first)
	if err != nil {
		return err
	}
	args := []any{scope, first, string(next)}
	where := t.Scope + " = $1"
	if t.Live != "" {
		where += " AND " + t.Live
	}
	for _, end := range []struct{ beyond, at string }{{" >= $", first}, {" < $", string(next)}} {
		if end.at == "" {
			continue
		}
		bound, err := t.bound(column, end.at)
		if err != nil {
			return err
		}
		args = append(args, bound)
		where += " AND " + column + end.beyond + strconv.Itoa(len(args))
	}
	_, err = d.Exec(ctx, t.dividing(d, column, where), args...)
	return err
}

// dividing counts the rows of a block in one statement, so that rows and differences are those of one moment.
func (t Blocked) dividing(d *DB, column, where string) string {
	key := "substr(" + column + ", 1, 200)"
	if slices.Contains(t.Times, column) {
		key = map[Engine]string{
			SQLite:   "substr(" + column + ", 1, 19)",
			Postgres: "to_char(" + column + " AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')",
		}[d.Engine]
	}
	return strings.NewReplacer("{key}", key, "{table}", t.Table, "{scope}", t.Scope, "{where}", where,
		"{kind}", "'"+t.kind(column)+"'", "{rows}", strconv.Itoa(d.blockRows)).Replace(
		`WITH listed AS (SELECT {scope} AS scope, {key} AS key, (rank() OVER (ORDER BY {key}) - 1) / {rows} AS part
				FROM {table} WHERE {where}),
			parts AS (SELECT scope, CASE WHEN part = 0 THEN CAST($2 AS TEXT) ELSE min(key) END AS first, count(*) AS n
				FROM listed GROUP BY scope, part),
			blocks AS (SELECT scope, first, lead(first, 1, CAST($3 AS TEXT)) OVER (ORDER BY first) AS next, n FROM parts)
		INSERT INTO row_blocks (scope, kind, first, n, split_at)
		SELECT scope, {kind}, first, n - COALESCE((SELECT sum(d.n) FROM row_block_deltas d WHERE d.scope = blocks.scope
				AND d.kind = {kind} AND d.key >= blocks.first AND (blocks.next = '' OR d.key < blocks.next)), 0),
			CASE WHEN n > {rows} THEN 2 * n ELSE 2 * {rows} END
		FROM blocks WHERE true
		ON CONFLICT (scope, kind, first) DO UPDATE SET n = excluded.n, split_at = excluded.split_at`)
}

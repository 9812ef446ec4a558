package db

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
)

// The types of the values of rows, as PostgreSQL names them.
const (
	UUIDType    = "UUID"
	TextType    = "TEXT"
	IntType     = "BIGINT"
	TimeType    = "TIMESTAMPTZ"
	BoolType    = "BOOLEAN"
	BytesType   = "BYTEA"
	JSONType    = "JSONB"
	maxRowBatch = 100 // rows of one statement: SQLite takes 32,766 parameters, a page of pq's buffer fewer
)

// Values writes rows as a VALUES list, and their values after args. PostgreSQL learns the
// types from the first row; SQLite asks for none.
func (d *DB) Values(types []string, rows [][]any, args []any) (string, []any) {
	var b strings.Builder
	for i, row := range rows {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		for k, v := range row {
			if k > 0 {
				b.WriteByte(',')
			}
			args = append(args, v)
			n := "$" + strconv.Itoa(len(args))
			if i == 0 && d.Engine == Postgres {
				b.WriteString("CAST(" + n + " AS " + types[k] + ")")
			} else {
				b.WriteString(n)
			}
		}
		b.WriteByte(')')
	}
	return b.String(), args
}

// Padded repeats the last of the values for an `IN (?)` until they are as many as a power of
// two: the text of a statement that is kept prepared has a few lengths rather than any.
func Padded[T any](list []T) []T {
	n := 1
	for n < len(list) {
		n *= 2
	}
	out := slices.Clip(list)
	for len(list) > 0 && len(out) < n {
		out = append(out, list[len(list)-1])
	}
	return out
}

// slice is how many rows one statement of a long work changes: others write between two.
const slice = 1000

// ExecSlices runs a statement that changes at most slice rows until it changes fewer. Its last
// argument is the limit. It is for work that may stop between two, outside a transaction.
func (d *DB) ExecSlices(ctx context.Context, query string, args ...any) error {
	args = append(args, slice)
	for {
		if n, err := d.execAlone(ctx, query, args); err != nil || n < slice {
			return err
		}
	}
}

// Batches calls fn with at most maxRowBatch rows at a time.
func Batches(rows [][]any, fn func(rows [][]any) error) error {
	for start := 0; start < len(rows); start += maxRowBatch {
		if err := fn(rows[start:min(start+maxRowBatch, len(rows))]); err != nil {
			return err
		}
	}
	return nil
}

// ExecRows runs a statement for rows, maxRowBatch of them at a time. Their VALUES list stands between
// its two parts.
func (d *DB) ExecRows(ctx context.Context, before string, types []string, rows [][]any, after string) error {
	return Batches(rows, func(rows [][]any) error {
		values, args := d.Values(types, rows, nil)
		_, err := d.Exec(ctx, before+values+after, args...)
		return err
	})
}

// ExecRowsLater is ExecRows for an INSERT of which nobody wants to know anything: see ExecLater.
func (d *DB) ExecRowsLater(ctx context.Context, before string, types []string, rows [][]any) error {
	return Batches(rows, func(rows [][]any) error {
		values, args := d.Values(types, rows, nil)
		return d.ExecLater(ctx, before+values, args...)
	})
}

// Convert converts rows.
func Convert[R, T any](rows []R, convert func(R) T) []T {
	out := make([]T, len(rows))
	for i, r := range rows {
		out[i] = convert(r)
	}
	return out
}

// IDRows makes a row of each id, for Values.
func IDRows(ids []id.ID) [][]any {
	rows := make([][]any, len(ids))
	for i, v := range ids {
		rows[i] = []any{v}
	}
	return rows
}

// Freed is a row that was deleted, for what its workspace gets back.
type Freed struct {
	WorkspaceID id.ID `db:"workspace_id"`
	Items       int64 `db:"items"`
	Size        int64 `db:"size"`
}

// SumFreed adds up deleted rows by workspace.
func SumFreed(rows []Freed) map[id.ID]plan.Amount {
	out := map[id.ID]plan.Amount{}
	for _, r := range rows {
		out[r.WorkspaceID] = out[r.WorkspaceID].Plus(plan.Amount{Items: r.Items, Bytes: r.Size})
	}
	return out
}

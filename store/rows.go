package store

import (
	"context"
	"slices"
	"strconv"
	"strings"
)

// The types of the values of rows, as PostgreSQL names them.
const (
	uuidType    = "UUID"
	textType    = "TEXT"
	intType     = "BIGINT"
	timeType    = "TIMESTAMPTZ"
	boolType    = "BOOLEAN"
	bytesType   = "BYTEA"
	jsonType    = "JSONB"
	maxRowBatch = 100 // rows of one statement: SQLite takes 32,766 parameters, a page of pq's buffer fewer
)

// values writes rows as a VALUES list, and their values behind args. PostgreSQL learns the
// types from the first row; SQLite asks for none.
func (s *Store) values(types []string, rows [][]any, args []any) (string, []any) {
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
			if i == 0 && s.Engine == Postgres {
				b.WriteString("CAST(" + n + " AS " + types[k] + ")")
			} else {
				b.WriteString(n)
			}
		}
		b.WriteByte(')')
	}
	return b.String(), args
}

// padded repeats the last of the values for an `IN (?)` until they are as many as a power of
// two: the text of a statement that is kept prepared has a few lengths rather than any.
func padded[T any](list []T) []T {
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

// slices runs a statement that changes at most slice rows until it changes fewer. Its last
// argument is the limit. It is for work that may stop between two, outside a transaction.
func (s *Store) slices(ctx context.Context, query string, args ...any) error {
	args = append(args, slice)
	for {
		if n, err := s.exec(ctx, query, args...); err != nil || n < slice {
			return err
		}
	}
}

// batches calls fn with at most maxRowBatch rows at a time.
func batches(rows [][]any, fn func(rows [][]any) error) error {
	for start := 0; start < len(rows); start += maxRowBatch {
		if err := fn(rows[start:min(start+maxRowBatch, len(rows))]); err != nil {
			return err
		}
	}
	return nil
}

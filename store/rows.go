package store

import (
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

// batches calls fn with at most maxRowBatch rows at a time.
func batches(rows [][]any, fn func(rows [][]any) error) error {
	for start := 0; start < len(rows); start += maxRowBatch {
		if err := fn(rows[start:min(start+maxRowBatch, len(rows))]); err != nil {
			return err
		}
	}
	return nil
}

package documents

import (
	"context"
	"strings"

	"github.com/alania-go/alania/domain/data/documents/embedded"
	"github.com/alania-go/alania/domain/data/documents/key"
	"github.com/alania-go/alania/store/db"
)

// afterAll is a key after every key of an index: no encoding begins with its first byte.
var afterAll = []byte{0xff, 0xff}

// statement is a query of documents.
type statement struct {
	from, where, order string
	args               []any
}

// statementOf makes the query of what is read. Several ranges are rows that the keys are joined with, so that each is
// looked up by itself.
func (s *Store) statementOf(r embedded.Read) statement {
	var st statement
	keys, ends := "d.id_key", ""
	switch r.Through {
	case embedded.BySeq:
		st.from, st.order = "documents d", " ORDER BY d.seq"
		st.where = "d.collection = " + argument(&st.args, r.Collection)
		if r.After > 0 {
			st.where += " AND d.seq > " + argument(&st.args, r.After)
		}
	case embedded.ByID:
		st.from, ends = "documents d", ""
		st.where = "d.collection = " + argument(&st.args, r.Collection)
		st.order = " ORDER BY d.id_key"
	case embedded.ByIndex:
		keys, ends = "e.key", ", e.document"
		st.from = "document_entries e JOIN documents d ON d.seq = e.document"
		st.where = "e.in_index = " + argument(&st.args, r.Index)
		st.order = " ORDER BY e.key"
	}
	if r.Down {
		st.order = strings.TrimSuffix(st.order, " ") + " DESC"
		ends = strings.ReplaceAll(ends, "e.document", "e.document DESC")
	}
	st.order += ends
	switch len(r.Ranges) {
	case 0:
	case 1:
		from, to := bounds(r.Ranges[0])
		st.where += " AND " + keys + " >= " + argument(&st.args, from) + " AND " + keys + " < " + argument(&st.args, to)
	default:
		rows := make([][]any, 0, 2*len(r.Ranges))
		for _, one := range r.Ranges {
			from, to := bounds(one)
			rows = append(rows, []any{from, to})
		}
		for n := len(rows); n&(n-1) != 0; n++ { // a few lengths of statements rather than any; these have no keys
			rows = append(rows, []any{afterAll, afterAll})
		}
		var values string
		values, st.args = s.Values([]string{db.BytesType, db.BytesType}, rows, st.args)
		st.from = "(SELECT column1 AS low, column2 AS high FROM (VALUES " + values + ") v) r CROSS JOIN " + st.from
		st.where += " AND " + keys + " >= r.low AND " + keys + " < r.high"
	}
	find := "strpos"
	if s.Engine == db.SQLite {
		find = "instr"
	}
	for _, texts := range r.Contains {
		any := make([]string, len(texts))
		for i, t := range texts {
			any[i] = find + "(d.body, " + argument(&st.args, t) + ") > 0"
		}
		st.where += " AND (" + strings.Join(any, " OR ") + ")"
	}
	if r.Version != 0 {
		st.where += " AND EXISTS (SELECT 1 FROM document_collections c WHERE c.seq = " + argument(&st.args, r.Collection) +
			" AND c.version = " + argument(&st.args, r.Version) + ")"
	}
	return st
}

func bounds(r key.Range) (from, to []byte) {
	if from = r.From; from == nil {
		from = []byte{}
	}
	if to = r.To; to == nil {
		to = afterAll
	}
	return from, to
}

// Scan implements embedded.Repository.
func (s *Store) Scan(ctx context.Context, r embedded.Read, begin func(), each func(embedded.Row) bool) error {
	st := s.statementOf(r)
	query := "SELECT d.seq, d.body FROM " + st.from + " WHERE " + st.where + st.order
	if r.Limit > 0 {
		zero := "" // SQLite plans a statement again each time that a limit is bound which is a parameter alone
		if s.Engine == db.SQLite {
			zero = " + 0"
		}
		query += " LIMIT " + argument(&st.args, r.Limit) + zero
		if r.Skip > 0 {
			query += " OFFSET " + argument(&st.args, r.Skip) + zero
		}
	}
	return db.Each(ctx, s.DB, begin, func(r *documentRow) bool { return each(embedded.Row(*r)) }, query, st.args...)
}

// CountEntries implements embedded.Repository.
func (s *Store) CountEntries(ctx context.Context, r embedded.Read) (int64, error) {
	st := s.statementOf(r)
	if r.Through == embedded.ByIndex && len(r.Contains) == 0 {
		st.from = strings.Replace(st.from, " JOIN documents d ON d.seq = e.document", "", 1)
	}
	return db.One[int64](ctx, s.DB, "SELECT count(*) FROM "+st.from+" WHERE "+st.where, st.args...)
}

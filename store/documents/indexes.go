package documents

import (
	"context"

	"github.com/alania-go/alania/domain/data/documents/embedded"
	"github.com/alania-go/alania/store/db"
)

type indexRow struct {
	Seq       int64   `db:"seq"`
	Name      string  `db:"name"`
	Spec      string  `db:"spec"`
	Multikey  bool    `db:"multikey"`
	Cut       bool    `db:"cut"`
	CreatedAt db.Time `db:"created_at"`
}

// Indexes implements embedded.Repository.
func (s *Store) Indexes(ctx context.Context, collection int64) ([]embedded.Index, error) {
	rows, err := db.All[indexRow](ctx, s.DB, "SELECT i.seq, i.name, i.spec, i.multikey, i.cut, i.created_at"+
		" FROM document_indexes i WHERE i.collection = $1 ORDER BY i.seq", collection)
	return db.Convert(rows, func(r indexRow) embedded.Index {
		return embedded.Index{
			Seq: r.Seq, Name: r.Name, Spec: r.Spec, Multikey: r.Multikey, Cut: r.Cut, CreatedAt: r.CreatedAt.Time,
		}
	}), err
}

// changed has what is remembered of a collection noticed to be old.
func (s *Store) changed(ctx context.Context, collection int64) error {
	_, err := s.Exec(ctx, "UPDATE document_collections SET version = version + 1 WHERE seq = $1", collection)
	return err
}

// InsertIndex implements embedded.Repository.
func (s *Store) InsertIndex(ctx context.Context, collection int64, in embedded.Index) (int64, error) {
	seqs, err := db.Returning[int64](ctx, s.DB, "INSERT INTO document_indexes (collection, name, spec, multikey, cut,"+
		" created_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING seq", collection, in.Name, in.Spec, in.Multikey, in.Cut,
		in.CreatedAt)
	if err != nil {
		return 0, err
	}
	return seqs[0], s.changed(ctx, collection)
}

// DeleteIndex implements embedded.Repository.
func (s *Store) DeleteIndex(ctx context.Context, collection, index int64) error {
	if _, err := s.Exec(ctx, "DELETE FROM document_indexes WHERE seq = $1", index); err != nil {
		return err
	}
	if _, err := s.Exec(ctx, "INSERT INTO document_leftovers (kind, number) VALUES ('index', $1)", index); err != nil {
		return err
	}
	return s.changed(ctx, collection)
}

// MarkIndex implements embedded.Repository.
func (s *Store) MarkIndex(ctx context.Context, collection, index int64, multikey, cut bool) error {
	_, err := s.Exec(ctx, "UPDATE document_indexes SET multikey = $2, cut = $3 WHERE seq = $1", index, multikey, cut)
	if err != nil {
		return err
	}
	return s.changed(ctx, collection)
}

// InsertEntries implements embedded.Repository.
func (s *Store) InsertEntries(ctx context.Context, entries []embedded.Entry) (int, error) {
	rows := make([][]any, len(entries))
	for i, e := range entries {
		rows[i] = []any{e.Index, e.Key, e.Document, e.Unique}
	}
	inserted := 0
	err := db.Batches(rows, func(rows [][]any) error {
		values, args := s.Values([]string{db.IntType, db.BytesType, db.IntType, db.BoolType}, rows, nil)
		n, err := s.Exec(ctx, "INSERT INTO document_entries (in_index, key, document, is_only) VALUES "+values+
			" ON CONFLICT DO NOTHING", args...)
		inserted += n
		return err
	})
	return inserted, err
}

// DeleteEntries implements embedded.Repository.
func (s *Store) DeleteEntries(ctx context.Context, entries []embedded.Entry) error {
	rows := make([][]any, len(entries))
	for i, e := range entries {
		rows[i] = []any{e.Index, e.Key, e.Document}
	}
	return s.ExecRows(ctx, "DELETE FROM document_entries WHERE (in_index, key, document) IN (VALUES ",
		[]string{db.IntType, db.BytesType, db.IntType}, rows, ")")
}

// Sweep implements embedded.Repository.
func (s *Store) Sweep(ctx context.Context) error {
	for {
		found, err := db.All[leftoverRow](ctx, s.DB,
			"SELECT kind, number FROM document_leftovers ORDER BY kind, number LIMIT 1")
		if err != nil || len(found) == 0 {
			return err
		}
		query := "DELETE FROM documents WHERE seq IN (SELECT d.seq FROM documents d WHERE d.collection = $1 LIMIT $2)"
		if found[0].Kind == "index" {
			query = "DELETE FROM document_entries WHERE (in_index, key, document) IN (SELECT e.in_index, e.key, e.document" +
				" FROM document_entries e WHERE e.in_index = $1 LIMIT $2)"
		}
		if err := s.ExecSlices(ctx, query, found[0].Number); err != nil {
			return err
		}
		if _, err := s.Exec(ctx, "DELETE FROM document_leftovers WHERE kind = $1 AND number = $2", found[0].Kind,
			found[0].Number); err != nil {
			return err
		}
	}
}

type leftoverRow struct {
	Kind   string `db:"kind"`
	Number int64  `db:"number"`
}

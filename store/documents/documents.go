// Package documents is the SQL of domain/data/documents/embedded.
package documents

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/alania-go/alania/domain/data/documents"
	"github.com/alania-go/alania/domain/data/documents/embedded"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/store/db"
)

// Store implements the repository of the domain package.
type Store struct{ *db.DB }

// New returns the area's part of a database.
func New(d *db.DB) *Store { return &Store{d} }

var _ embedded.Repository = (*Store)(nil)

const inWorkspace = " JOIN document_collections c ON c.seq = "

// WorkspaceTables are deleted with a workspace, in this order.
var WorkspaceTables = []db.WorkspaceTable{
	{
		Name: "document_entries", Key: "in_index, key, document", From: "document_entries t" +
			" JOIN document_indexes i ON i.seq = t.in_index" + inWorkspace + "i.collection WHERE c.workspace_id = $1",
	},
	{Name: "documents", Key: "seq", From: "documents t" + inWorkspace + "t.collection WHERE c.workspace_id = $1"},
	{
		Name: "document_indexes", Key: "seq",
		From: "document_indexes t" + inWorkspace + "t.collection WHERE c.workspace_id = $1",
	},
	{
		Name: "row_count_deltas", Key: "scope, kind",
		From: "row_count_deltas t JOIN document_collections c ON c.id = t.scope WHERE c.workspace_id = $1",
	},
	{
		Name: "row_counts", Key: "scope, kind",
		From: "row_counts t JOIN document_collections c ON c.id = t.scope WHERE c.workspace_id = $1",
	},
	{Name: "document_collections", Key: "seq"},
}

// locked is the end of a query of rows that the transaction is about to change. On SQLite it is alone.
func (s *Store) locked(how string) string {
	if s.Engine == db.Postgres {
		return how
	}
	return ""
}

type collectionRow struct {
	Seq         int64   `db:"seq"`
	ID          id.ID   `db:"id"`
	WorkspaceID id.ID   `db:"workspace_id"`
	Name        string  `db:"name"`
	Version     int64   `db:"version"`
	CreatedAt   db.Time `db:"created_at"`
}

func (s *Store) collection(
	ctx context.Context, workspaceID id.ID, name, lock string,
) (embedded.Collection, error) {
	r, err := db.One[collectionRow](ctx, s.DB, "SELECT c.seq, c.id, c.workspace_id, c.name, c.version, c.created_at"+
		" FROM document_collections c WHERE c.workspace_id = $1 AND c.name = $2"+lock, workspaceID, name)
	return embedded.Collection{
		Seq: r.Seq, ID: r.ID, WorkspaceID: r.WorkspaceID, Name: r.Name, Version: r.Version, CreatedAt: r.CreatedAt.Time,
	}, db.NoRow(err, fault.NewNotFound("collection"))
}

// Collection implements embedded.Repository.
func (s *Store) Collection(ctx context.Context, workspaceID id.ID, name string) (embedded.Collection, error) {
	return s.collection(ctx, workspaceID, name, "")
}

// LockCollection implements embedded.Repository.
func (s *Store) LockCollection(
	ctx context.Context, workspaceID id.ID, name string, alone bool,
) (embedded.Collection, error) {
	if alone {
		return s.collection(ctx, workspaceID, name, s.locked(" FOR UPDATE"))
	}
	return s.collection(ctx, workspaceID, name, s.locked(" FOR KEY SHARE"))
}

type listedRow struct {
	Name      string  `db:"name"`
	Documents int64   `db:"documents"`
	Bytes     int64   `db:"bytes"`
	CreatedAt db.Time `db:"created_at"`
}

// ListCollections implements embedded.Repository.
func (s *Store) ListCollections(
	ctx context.Context, workspaceID id.ID, after string, limit int,
) ([]documents.Collection, error) {
	of := func(kind string) string { return "(" + strings.ReplaceAll(db.Counted(kind), "$1", "c.id") + ")" }
	rows, err := db.All[listedRow](ctx, s.DB, "SELECT c.name, c.created_at, "+of("'documents'")+" AS documents, "+
		of("'document bytes'")+" AS bytes FROM document_collections c WHERE c.workspace_id = $1 AND c.name > $2"+
		" ORDER BY c.name LIMIT $3", workspaceID, after, limit)
	return db.Convert(rows, func(r listedRow) documents.Collection {
		return documents.Collection{Name: r.Name, Documents: r.Documents, Bytes: r.Bytes, CreatedAt: r.CreatedAt.Time}
	}), err
}

// InsertCollection implements embedded.Repository.
func (s *Store) InsertCollection(ctx context.Context, c embedded.Collection) (bool, error) {
	n, err := s.Exec(ctx, "INSERT INTO document_collections (id, workspace_id, name, version, created_at)"+
		" VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING", c.ID, c.WorkspaceID, c.Name, c.Version, c.CreatedAt)
	return n > 0, err
}

// DeleteCollection implements embedded.Repository.
func (s *Store) DeleteCollection(ctx context.Context, c embedded.Collection) error {
	for _, query := range []string{
		"INSERT INTO document_leftovers (kind, number) SELECT 'index', i.seq FROM document_indexes i WHERE i.collection = $1",
		"DELETE FROM document_indexes WHERE collection = $1",
		"INSERT INTO document_leftovers (kind, number) VALUES ('collection', $1)",
		"DELETE FROM document_collections WHERE seq = $1",
	} {
		if _, err := s.Exec(ctx, query, c.Seq); err != nil {
			return err
		}
	}
	return nil
}

type countedRow struct {
	Documents int64 `db:"documents"`
	Bytes     int64 `db:"bytes"`
}

// Counted implements embedded.Repository.
func (s *Store) Counted(ctx context.Context, collectionID id.ID) (documents, bytes int64, err error) {
	r, err := db.One[countedRow](ctx, s.DB, "SELECT ("+db.Counted("'documents'")+") AS documents, ("+
		db.Counted("'document bytes'")+") AS bytes", collectionID)
	return r.Documents, r.Bytes, err
}

// Count implements embedded.Repository: in row_counts on SQLite, where one transaction writes at a time, and in
// row_count_deltas on PostgreSQL, as the triggers of other tables do.
func (s *Store) Count(ctx context.Context, collectionID id.ID, documents, bytes int64) error {
	query := "INSERT INTO row_count_deltas (scope, kind, n) VALUES ($1, 'documents', $2), ($1, 'document bytes', $3)"
	if s.Engine == db.SQLite {
		query = "INSERT INTO row_counts (scope, kind, n) VALUES ($1, 'documents', $2), ($1, 'document bytes', $3)" +
			" ON CONFLICT (scope, kind) DO UPDATE SET n = n + excluded.n"
	}
	_, err := s.Exec(ctx, query, collectionID, documents, bytes)
	return err
}

type documentRow struct {
	Seq  int64  `db:"seq"`
	Body string `db:"body"`
}

func (r documentRow) row() embedded.Row { return embedded.Row(r) }

func (s *Store) document(ctx context.Context, collection int64, key []byte, lock string) (embedded.Row, error) {
	r, err := db.One[documentRow](ctx, s.DB,
		"SELECT d.seq, d.body FROM documents d WHERE d.collection = $1 AND d.id_key = $2"+lock, collection, key)
	return r.row(), db.NoRow(err, fault.NewNotFound("document"))
}

// Document implements embedded.Repository. What is left of a deleted collection is not found.
func (s *Store) Document(ctx context.Context, collection int64, key []byte) (embedded.Row, error) {
	return s.document(ctx, collection, key,
		" AND EXISTS (SELECT 1 FROM document_collections c WHERE c.seq = d.collection)")
}

// LockDocument implements embedded.Repository.
func (s *Store) LockDocument(ctx context.Context, collection int64, key []byte) (embedded.Row, error) {
	return s.document(ctx, collection, key, s.locked(" FOR UPDATE"))
}

// seqBatch is how many documents one statement names.
const seqBatch = 512

// LockDocuments implements embedded.Repository.
func (s *Store) LockDocuments(ctx context.Context, collection int64, seqs []int64) ([]embedded.Row, error) {
	seqs = slices.Sorted(slices.Values(seqs))
	var out []embedded.Row
	for batch := range slices.Chunk(seqs, seqBatch) {
		values, args := s.Values([]string{db.IntType}, numbers(db.Padded(batch)), []any{collection})
		rows, err := db.All[documentRow](ctx, s.DB, "SELECT d.seq, d.body FROM documents d WHERE d.collection = $1"+
			" AND d.seq IN (VALUES "+values+") ORDER BY d.seq"+s.locked(" FOR UPDATE"), args...)
		if err != nil {
			return nil, err
		}
		out = append(out, db.Convert(rows, documentRow.row)...)
	}
	return out, nil
}

func numbers(list []int64) [][]any {
	rows := make([][]any, len(list))
	for i, n := range list {
		rows[i] = []any{n}
	}
	return rows
}

type insertedRow struct {
	Seq int64  `db:"seq"`
	Key []byte `db:"id_key"`
}

// InsertDocuments implements embedded.Repository.
func (s *Store) InsertDocuments(ctx context.Context, collection int64, docs []embedded.Inserted) ([]int64, error) {
	rows := make([][]any, len(docs))
	for i, d := range docs {
		rows[i] = []any{collection, d.Key, d.Body}
	}
	stored := make(map[string]int64, len(docs))
	err := db.Batches(rows, func(rows [][]any) error {
		values, args := s.Values([]string{db.IntType, db.BytesType, db.TextType}, rows, nil)
		found, err := db.Returning[insertedRow](ctx, s.DB, "INSERT INTO documents (collection, id_key, body) VALUES "+values+
			" ON CONFLICT (collection, id_key) DO NOTHING RETURNING seq, id_key", args...)
		for _, r := range found {
			stored[string(r.Key)] = r.Seq
		}
		return err
	})
	out := make([]int64, len(docs))
	for i, d := range docs {
		out[i] = stored[string(d.Key)]
		delete(stored, string(d.Key)) // of two with one key, one is stored
	}
	return out, err
}

// UpdateDocument implements embedded.Repository.
func (s *Store) UpdateDocument(ctx context.Context, seq int64, body string) error {
	_, err := s.Exec(ctx, "UPDATE documents SET body = $2 WHERE seq = $1", seq, body)
	return err
}

// DeleteDocuments implements embedded.Repository.
func (s *Store) DeleteDocuments(ctx context.Context, seqs []int64) error {
	for batch := range slices.Chunk(seqs, seqBatch) {
		values, args := s.Values([]string{db.IntType}, numbers(db.Padded(batch)), nil)
		if _, err := s.Exec(ctx, "DELETE FROM documents WHERE seq IN (VALUES "+values+")", args...); err != nil {
			return err
		}
	}
	return nil
}

// Turn implements embedded.Repository.
func (s *Store) Turn(ctx context.Context) (done func(), err error) {
	permit, err := db.Turn(ctx, s.DB)
	return permit.Release, err
}

// argument adds a value and returns how a statement names it.
func argument(args *[]any, v any) string {
	*args = append(*args, v)
	return "$" + strconv.Itoa(len(*args))
}

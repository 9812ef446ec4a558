// Package objects is the SQL of domain/data/objects.
package objects

import (
	"context"
	"time"

	"github.com/alania-go/alania/domain/data/objects"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/store/db"
)

// Store implements the repository of the domain package.
type Store struct{ *db.DB }

// New returns the area's part of a database.
func New(d *db.DB) *Store { return &Store{d} }

var _ objects.Repository = (*Store)(nil)

// WorkspaceTables are deleted with a workspace, in this order. The rows of blobs stay until their bytes are deleted.
var WorkspaceTables = []db.WorkspaceTable{
	{Name: "objects", Key: "id"},
	{Name: "object_contents", Key: "id"},
	{Name: "object_uploads", Key: "id"},
}

// EndLeases has what dead processes were writing deleted. Its values are a time and their owners.
const EndLeases = "UPDATE object_blobs SET expires_at = ? WHERE state = 'writing' AND owner IN (?)"

// lock is the end of a query of rows that the transaction is about to change. On SQLite it is alone.
func (s *Store) lock(of string) string {
	if s.Engine == db.Postgres {
		return " FOR UPDATE OF " + of
	}
	return ""
}

// OrgOf implements objects.Repository.
func (s *Store) OrgOf(ctx context.Context, workspaceID id.ID) (id.ID, error) {
	orgID, err := db.One[id.ID](ctx, s.DB, "SELECT org_id FROM workspaces WHERE id = $1 AND deleted_at IS NULL",
		workspaceID)
	return orgID, db.NoRow(err, fault.NewNotFound("workspace"))
}

// LockWorkspaceUploads implements objects.Repository.
func (s *Store) LockWorkspaceUploads(ctx context.Context, workspaceID id.ID) error {
	return db.SerializeWorkspace(ctx, s.DB, workspaceID)
}

type objectRow struct {
	ID          id.ID   `db:"id"`
	WorkspaceID id.ID   `db:"workspace_id"`
	Key         string  `db:"key"`
	ContentType string  `db:"content_type"`
	CreatedAt   db.Time `db:"created_at"`
	UpdatedAt   db.Time `db:"updated_at"`
	ContentID   id.ID   `db:"content_id"`
	Size        int64   `db:"size"`
	ETag        string  `db:"etag"`
	Checksum    string  `db:"checksum"`
	Pieces      int64   `db:"pieces"`
}

func (r objectRow) object() objects.Object {
	return objects.Object{
		ID: r.ID, WorkspaceID: r.WorkspaceID, Key: r.Key, ContentType: r.ContentType, CreatedAt: r.CreatedAt.Time,
		UpdatedAt: r.UpdatedAt.Time,
		Content: objects.Content{
			ContentID: r.ContentID, Size: r.Size, ETag: r.ETag, Checksum: r.Checksum, Pieces: r.Pieces,
		},
	}
}

const selectObject = "SELECT o.id, o.workspace_id, o.key, o.content_type, o.created_at, o.updated_at, o.content_id, " +
	"c.size, c.etag, c.checksum, c.pieces FROM objects o JOIN object_contents c ON c.id = o.content_id"

// Object implements objects.Repository.
func (s *Store) Object(ctx context.Context, workspaceID id.ID, key string) (objects.Object, error) {
	r, err := db.One[objectRow](ctx, s.DB, selectObject+" WHERE o.workspace_id = $1 AND o.key = $2", workspaceID, key)
	return r.object(), db.NoRow(err, fault.NewNotFound("object"))
}

// LockObject implements objects.Repository. A row that another transaction has just changed refers to a content that
// this statement does not see yet, so the row is locked first.
func (s *Store) LockObject(ctx context.Context, workspaceID id.ID, key string) (objects.Object, error) {
	if s.Engine == db.Postgres {
		_, err := db.One[id.ID](ctx, s.DB, "SELECT o.id FROM objects o WHERE o.workspace_id = $1 AND o.key = $2"+s.lock("o"),
			workspaceID, key)
		if err != nil {
			return objects.Object{}, db.NoRow(err, fault.NewNotFound("object"))
		}
	}
	return s.Object(ctx, workspaceID, key)
}

// InsertObject implements objects.Repository.
func (s *Store) InsertObject(ctx context.Context, o objects.Object) (bool, error) {
	n, err := s.Exec(ctx,
		"INSERT INTO objects (id, workspace_id, key, content_id, content_type, created_at, updated_at)"+
			" VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (workspace_id, key) DO NOTHING",
		o.ID, o.WorkspaceID, o.Key, o.ContentID, o.ContentType, o.CreatedAt, o.UpdatedAt)
	return n > 0, err
}

// UpdateObject implements objects.Repository.
func (s *Store) UpdateObject(ctx context.Context, o objects.Object) error {
	_, err := s.Exec(ctx, "UPDATE objects SET content_id = $2, content_type = $3, updated_at = $4 WHERE id = $1",
		o.ID, o.ContentID, o.ContentType, o.UpdatedAt)
	return err
}

// DeleteObject implements objects.Repository.
func (s *Store) DeleteObject(ctx context.Context, objectID id.ID) error {
	_, err := s.Exec(ctx, "DELETE FROM objects WHERE id = $1", objectID)
	return err
}

// HasObjects implements objects.Repository.
func (s *Store) HasObjects(ctx context.Context, workspaceID id.ID) (bool, error) {
	n, err := db.One[int](ctx, s.DB, "SELECT CASE WHEN EXISTS (SELECT 1 FROM objects WHERE workspace_id = $1)"+
		" OR EXISTS (SELECT 1 FROM object_uploads WHERE workspace_id = $1) THEN 1 ELSE 0 END", workspaceID)
	return n > 0, err
}

// InsertContent implements objects.Repository.
func (s *Store) InsertContent(ctx context.Context, workspaceID id.ID, c objects.Content) error {
	_, err := s.Exec(ctx, "INSERT INTO object_contents (id, workspace_id, refs, size, etag, checksum, pieces)"+
		" VALUES ($1, $2, 1, $3, $4, $5, $6)", c.ContentID, workspaceID, c.Size, c.ETag, c.Checksum, c.Pieces)
	return err
}

// ShareContent implements objects.Repository.
func (s *Store) ShareContent(ctx context.Context, contentID id.ID) (bool, error) {
	n, err := s.Exec(ctx, "UPDATE object_contents SET refs = refs + 1 WHERE id = $1", contentID)
	return n > 0, err
}

// DropContent implements objects.Repository.
func (s *Store) DropContent(ctx context.Context, contentID id.ID, at time.Time) error {
	refs, err := db.Returning[int64](ctx, s.DB, "UPDATE object_contents SET refs = refs - 1 WHERE id = $1 RETURNING refs",
		contentID)
	if err != nil || len(refs) == 0 || refs[0] > 0 {
		return err
	}
	if _, err := s.Exec(ctx, "DELETE FROM object_contents WHERE id = $1", contentID); err != nil {
		return err
	}
	_, err = s.Exec(ctx, "UPDATE object_blobs SET state = 'unused', expires_at = $2"+
		" WHERE content_id = $1 AND state = 'kept'", contentID, at)
	return err
}

type pieceRow struct {
	ID   id.ID `db:"id"`
	Size int64 `db:"size"`
}

// Pieces implements objects.Repository. Those of a content that was dropped stay readable for a while.
func (s *Store) Pieces(ctx context.Context, contentID id.ID) ([]objects.Piece, error) {
	rows, err := db.All[pieceRow](ctx, s.DB, "SELECT id, size FROM object_blobs WHERE content_id = $1 ORDER BY position",
		contentID)
	return db.Convert(rows, func(r pieceRow) objects.Piece { return objects.Piece{BlobID: r.ID, Size: r.Size} }), err
}

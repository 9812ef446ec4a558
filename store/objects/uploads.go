package objects

import (
	"context"
	"time"

	"github.com/alania-go/alania/domain/data/objects"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/store/db"
)

type uploadRow struct {
	ID          id.ID   `db:"id"`
	WorkspaceID id.ID   `db:"workspace_id"`
	Key         string  `db:"key"`
	ContentType string  `db:"content_type"`
	CreatedAt   db.Time `db:"created_at"`
	ExpiresAt   db.Time `db:"expires_at"`
}

func (r uploadRow) upload() objects.Upload {
	return objects.Upload{
		ID: r.ID, WorkspaceID: r.WorkspaceID, Key: r.Key, ContentType: r.ContentType, CreatedAt: r.CreatedAt.Time,
		ExpiresAt: r.ExpiresAt.Time,
	}
}

const selectUpload = "SELECT u.id, u.workspace_id, u.key, u.content_type, u.created_at, u.expires_at " +
	"FROM object_uploads u"

// CountUploads implements objects.Repository.
func (s *Store) CountUploads(ctx context.Context, workspaceID id.ID) (int, error) {
	return db.One[int](ctx, s.DB, "SELECT count(*) FROM object_uploads WHERE workspace_id = $1", workspaceID)
}

// InsertUpload implements objects.Repository.
func (s *Store) InsertUpload(ctx context.Context, u objects.Upload) error {
	_, err := s.Exec(ctx, "INSERT INTO object_uploads (id, workspace_id, key, content_type, created_at, expires_at)"+
		" VALUES ($1, $2, $3, $4, $5, $6)", u.ID, u.WorkspaceID, u.Key, u.ContentType, u.CreatedAt, u.ExpiresAt)
	return err
}

// Upload implements objects.Repository.
func (s *Store) Upload(ctx context.Context, workspaceID, uploadID id.ID) (objects.Upload, error) {
	return s.upload(ctx, workspaceID, uploadID, "")
}

// LockUpload implements objects.Repository.
func (s *Store) LockUpload(ctx context.Context, workspaceID, uploadID id.ID) (objects.Upload, error) {
	return s.upload(ctx, workspaceID, uploadID, s.lock("u"))
}

func (s *Store) upload(ctx context.Context, workspaceID, uploadID id.ID, lock string) (objects.Upload, error) {
	r, err := db.One[uploadRow](ctx, s.DB, selectUpload+" WHERE u.id = $1 AND u.workspace_id = $2"+lock, uploadID,
		workspaceID)
	return r.upload(), db.NoRow(err, fault.NewNotFound("upload"))
}

// ListUploads implements objects.Repository.
func (s *Store) ListUploads(ctx context.Context, workspaceID, after id.ID, limit int) ([]objects.Upload, error) {
	if after.IsZero() {
		rows, err := db.All[uploadRow](ctx, s.DB, selectUpload+" WHERE u.workspace_id = $1 ORDER BY u.id LIMIT $2",
			workspaceID, limit)
		return db.Convert(rows, uploadRow.upload), err
	}
	rows, err := db.All[uploadRow](ctx, s.DB,
		selectUpload+" WHERE u.workspace_id = $1 AND u.id > $2 ORDER BY u.id LIMIT $3", workspaceID, after, limit)
	return db.Convert(rows, uploadRow.upload), err
}

// DeleteUpload implements objects.Repository.
func (s *Store) DeleteUpload(ctx context.Context, uploadID id.ID) error {
	_, err := s.Exec(ctx, "DELETE FROM object_uploads WHERE id = $1", uploadID)
	return err
}

// ExpiredUploads implements objects.Repository.
func (s *Store) ExpiredUploads(ctx context.Context, now time.Time, limit int) ([]objects.Upload, error) {
	rows, err := db.All[uploadRow](ctx, s.DB, selectUpload+" WHERE u.expires_at <= $1 ORDER BY u.expires_at LIMIT $2", now,
		limit)
	return db.Convert(rows, uploadRow.upload), err
}

type partRow struct {
	ID        id.ID   `db:"id"`
	Position  int     `db:"position"`
	Size      int64   `db:"size"`
	Sum       []byte  `db:"sum"`
	WrittenAt db.Time `db:"written_at"`
}

func (r partRow) part() objects.Part {
	return objects.Part{Number: r.Position, BlobID: r.ID, Size: r.Size, Sum: r.Sum, UpdatedAt: r.WrittenAt.Time}
}

// Parts implements objects.Repository.
func (s *Store) Parts(ctx context.Context, uploadID id.ID) ([]objects.Part, error) {
	rows, err := db.All[partRow](ctx, s.DB, "SELECT id, position, size, sum, written_at FROM object_blobs"+
		" WHERE content_id = $1 AND state = 'kept' ORDER BY position", uploadID)
	return db.Convert(rows, partRow.part), err
}

// DropParts implements objects.Repository. At most MaxParts are to keep.
func (s *Store) DropParts(ctx context.Context, uploadID id.ID, keep []id.ID, at time.Time) error {
	query := "UPDATE object_blobs SET state = 'unused', content_id = NULL, expires_at = $2" +
		" WHERE content_id = $1 AND state = 'kept'"
	args := []any{uploadID, at}
	if len(keep) > 0 {
		var values string
		values, args = s.Values([]string{db.UUIDType}, db.IDRows(db.Padded(keep)), args)
		query += " AND id NOT IN (VALUES " + values + ")"
	}
	_, err := s.Exec(ctx, query, args...)
	return err
}

package objects

import (
	"context"
	"time"

	"github.com/alania-go/alania/domain/data/objects"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/store/db"
)

// InsertBlob implements objects.Repository.
func (s *Store) InsertBlob(ctx context.Context, b objects.Blob) error {
	_, err := s.Exec(ctx,
		"INSERT INTO object_blobs (id, workspace_id, state, owner, reserved_items, reserved_bytes, size, expires_at)"+
			" VALUES ($1, $2, 'writing', $3, $4, $5, 0, $6)",
		b.ID, b.WorkspaceID, b.Owner, b.Reserved.Items, b.Reserved.Bytes, b.ExpiresAt)
	return err
}

// ReserveBlob implements objects.Repository.
func (s *Store) ReserveBlob(ctx context.Context, blobID id.ID, reserved plan.Amount) (bool, error) {
	n, err := s.Exec(ctx,
		"UPDATE object_blobs SET reserved_items = $2, reserved_bytes = $3 WHERE id = $1 AND state = 'writing'",
		blobID, reserved.Items, reserved.Bytes)
	return n > 0, err
}

// KeepBlob implements objects.Repository.
func (s *Store) KeepBlob(
	ctx context.Context, blobID, contentID id.ID, position int, size int64, sum []byte, at time.Time,
) (bool, error) {
	n, err := s.Exec(ctx,
		"UPDATE object_blobs SET state = 'kept', owner = NULL, reserved_items = 0, reserved_bytes = 0, content_id = $2, "+
			"position = $3, size = $4, sum = $5, written_at = $6, expires_at = NULL WHERE id = $1 AND state = 'writing'",
		blobID, contentID, position, size, sum, at)
	return n > 0, err
}

// DropBlob implements objects.Repository.
func (s *Store) DropBlob(ctx context.Context, blobID id.ID, at time.Time) error {
	_, err := s.Exec(ctx, "UPDATE object_blobs SET state = 'unused', content_id = NULL, expires_at = $2"+
		" WHERE id = $1 AND state = 'kept'", blobID, at)
	return err
}

type leftoverRow struct {
	ID          id.ID `db:"id"`
	WorkspaceID id.ID `db:"workspace_id"`
	Owner       id.ID `db:"owner"`
	Items       int64 `db:"reserved_items"`
	Bytes       int64 `db:"reserved_bytes"`
}

func (r leftoverRow) leftover() objects.Leftover {
	return objects.Leftover{
		BlobID: r.ID, WorkspaceID: r.WorkspaceID, Unfinished: !r.Owner.IsZero(),
		Reserved: plan.Amount{Items: r.Items, Bytes: r.Bytes},
	}
}

const returningLeftover = " RETURNING id, workspace_id, owner, reserved_items, reserved_bytes"

// Leftovers implements objects.Repository. The row of a blob that was being written keeps its owner: that is how
// the next sweep knows it, if this one fails.
func (s *Store) Leftovers(ctx context.Context, now, again time.Time, limit int) ([]objects.Leftover, error) {
	rows, err := db.Returning[leftoverRow](ctx, s.DB,
		"UPDATE object_blobs SET state = 'unused', expires_at = $2 WHERE id IN (SELECT id FROM object_blobs"+
			" WHERE expires_at <= $1 ORDER BY expires_at LIMIT $3)"+returningLeftover, now, again, limit)
	return db.Convert(rows, leftoverRow.leftover), err
}

// TakeBlob implements objects.Repository. A blob without a row was swept, and its bytes may have come later.
func (s *Store) TakeBlob(ctx context.Context, blobID id.ID, again time.Time) (objects.Leftover, bool, error) {
	rows, err := db.Returning[leftoverRow](ctx, s.DB,
		"UPDATE object_blobs SET state = 'unused', expires_at = $2 WHERE id = $1 AND content_id IS NULL"+returningLeftover,
		blobID, again)
	if err != nil {
		return objects.Leftover{}, false, err
	}
	if len(rows) > 0 {
		return rows[0].leftover(), true, nil
	}
	n, err := db.One[int](ctx, s.DB, "SELECT count(*) FROM object_blobs WHERE id = $1", blobID)
	return objects.Leftover{BlobID: blobID, Unfinished: true}, n == 0, err
}

// ForgetBlobs implements objects.Repository.
func (s *Store) ForgetBlobs(ctx context.Context, blobIDs []id.ID) ([]id.ID, error) {
	var gone []id.ID
	err := db.Batches(db.IDRows(db.Padded(blobIDs)), func(rows [][]any) error {
		values, args := s.Values([]string{db.UUIDType}, rows, nil)
		found, err := db.Returning[id.ID](ctx, s.DB,
			"DELETE FROM object_blobs WHERE id IN (VALUES "+values+") RETURNING id", args...)
		gone = append(gone, found...)
		return err
	})
	return gone, err
}

// DropWorkspaceBlobs implements objects.Repository.
func (s *Store) DropWorkspaceBlobs(ctx context.Context, workspaceID id.ID, at time.Time, limit int) (int, error) {
	return s.Exec(ctx, "UPDATE object_blobs SET state = 'unused', expires_at = $2"+
		" WHERE id IN (SELECT id FROM object_blobs"+
		" WHERE workspace_id = $1 AND state IN ('writing', 'kept') LIMIT $3)", workspaceID, at, limit)
}

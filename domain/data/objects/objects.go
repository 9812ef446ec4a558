// Package objects keeps the objects of workspaces: bytes of any length under a key.
//
// The bytes are blobs in the object storage, each written once under an id of its own. The rows say which
// object has which blobs. So a key may be any text, an object is replaced by one transaction, and readers see the old
// bytes or the new ones.
//
// A row of a blob is there before its bytes are, with the process that writes them. What a killed process leaves
// is found by these rows (Sweep); the storage is never listed. A blob that nothing refers to any more has a row that
// says when to delete it.
//
// The contents of an object are one blob, or one for each part of an upload in parts. Copies have the contents in
// common. Everything counts in the plan of the workspace: the bytes of objects, of parts, and of what is being
// written.
package objects

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
)

// Limits.
const (
	MaxKey         = 1024 // bytes of a key in UTF-8
	MaxContentType = 255  // printable ASCII characters
	MaxList        = 1000 // entries of a page
	MaxParts       = 1000 // parts of an upload
	MaxUploads     = 100  // open uploads of a workspace
	MaxDelimiter   = 32   // bytes

	// UploadLife is how long an upload in parts stays open.
	UploadLife = 7 * 24 * time.Hour
	// DefaultContentType is that of objects that were put without one.
	DefaultContentType = "application/octet-stream"
)

// Object is an object of a workspace.
type Object struct {
	ID          id.ID
	WorkspaceID id.ID
	Key         string
	ContentType string
	CreatedAt   time.Time // when the key was first written
	UpdatedAt   time.Time // when the contents or the content type were written last
	Content
}

// Content is what objects that are copies of each other have in common.
type Content struct {
	ContentID id.ID
	Size      int64 // bytes
	ETag      string
	Checksum  string
	Pieces    int64 // blobs; what the object counts for in the number of objects
}

// amount is what the content counts for in the plan.
func (c Content) amount() plan.Amount { return plan.Amount{Items: c.Pieces, Bytes: c.Size} }

// whole makes the content of one blob. The entity tag is the first half of the SHA-256, the checksum all of it.
func whole(contentID id.ID, size int64, sum []byte) Content {
	return Content{
		ContentID: contentID, Size: size, ETag: tagOf(sum), Checksum: checksumOf(sum), Pieces: 1,
	}
}

func tagOf(sum []byte) string      { return hex.EncodeToString(sum[:len(sum)/2]) }
func checksumOf(sum []byte) string { return base64.StdEncoding.EncodeToString(sum) }

// composed makes the content of parts: its checksum is the SHA-256 of theirs, and their number, as S3's composite
// checksums are.
func composed(contentID id.ID, parts []Part) Content {
	c := Content{ContentID: contentID, Pieces: int64(len(parts))}
	sums := sha256.New()
	for _, p := range parts {
		c.Size += p.Size
		sums.Write(p.Sum)
	}
	sum, n := sums.Sum(nil), "-"+strconv.Itoa(len(parts))
	c.ETag, c.Checksum = tagOf(sum)+n, checksumOf(sum)+n
	return c
}

// Blob is what is known of bytes that are written now.
type Blob struct {
	ID          id.ID
	WorkspaceID id.ID
	Owner       id.ID       // the process that writes
	Reserved    plan.Amount // what is counted for it already
	ExpiresAt   time.Time   // when it counts as left over
}

// blobKey is the name of a blob in the object storage: folders of a few hundred entries at most, for a long time.
func blobKey(blobID id.ID) string {
	name := blobID.UUID()
	return "storage/" + name[len(name)-2:] + "/" + name
}

// Piece is a blob of a content.
type Piece struct {
	BlobID id.ID
	Size   int64
}

// Upload is an upload in parts that is open.
type Upload struct {
	ID          id.ID
	WorkspaceID id.ID
	Key         string
	ContentType string
	CreatedAt   time.Time
	ExpiresAt   time.Time
}

// Part is one part of an upload.
type Part struct {
	Number    int
	BlobID    id.ID
	Size      int64
	Sum       []byte // SHA-256
	UpdatedAt time.Time
}

// ETag returns the entity tag of the part.
func (p Part) ETag() string { return tagOf(p.Sum) }

// Checksum returns the SHA-256 of the part in base64.
func (p Part) Checksum() string { return checksumOf(p.Sum) }

// Leftover is a blob that is to be deleted.
type Leftover struct {
	BlobID      id.ID
	WorkspaceID id.ID
	Unfinished  bool        // nobody knows whether its bytes are there
	Reserved    plan.Amount // what is counted for it
}

// Span is the keys from First, up to but without End; an empty End is no bound.
type Span struct{ First, End string }

// Entry is an object of a list, or what several keys begin with.
type Entry struct {
	Prefix string // of several keys; empty: Object is one
	Object Object
}

// Name is the key or the prefix, by which entries are in order.
func (e Entry) Name() string {
	if e.Prefix != "" {
		return e.Prefix
	}
	return e.Object.Key
}

// Repository keeps the rows. Methods that change are called inside a transaction.
type Repository interface {
	// HoldWorkspace keeps the workspace from being deleted until the transaction ends; NotFound when it is deleted.
	HoldWorkspace(ctx context.Context, workspaceID id.ID) error
	// OrgOf returns the org of a workspace; NotFound when it is deleted.
	OrgOf(ctx context.Context, workspaceID id.ID) (id.ID, error)
	// LockWorkspaceUploads has those who count the uploads of a workspace wait for each other.
	LockWorkspaceUploads(ctx context.Context, workspaceID id.ID) error

	// Object returns NotFound when there is none.
	Object(ctx context.Context, workspaceID id.ID, key string) (Object, error)
	// LockObject is Object, and locks the row until the transaction ends.
	LockObject(ctx context.Context, workspaceID id.ID, key string) (Object, error)
	// InsertObject returns false when the key was taken meanwhile; the transaction can go on.
	InsertObject(ctx context.Context, o Object) (bool, error)
	// UpdateObject writes content, content type and time over the row of o.ID.
	UpdateObject(ctx context.Context, o Object) error
	DeleteObject(ctx context.Context, objectID id.ID) error
	// ListObjects returns up to limit entries of a span in the order of their keys. With a delimiter, keys that have it
	// after the prefix are one entry, which ends with the first delimiter.
	ListObjects(ctx context.Context, workspaceID id.ID, prefix, delimiter string, in Span, limit int) ([]Entry, error)
	// HasObjects reports whether the workspace has any object or upload.
	HasObjects(ctx context.Context, workspaceID id.ID) (bool, error)

	InsertContent(ctx context.Context, workspaceID id.ID, c Content) error
	// ShareContent adds one to those who refer to a content; false when nobody does any more.
	ShareContent(ctx context.Context, contentID id.ID) (bool, error)
	// DropContent takes one away; after the last, its blobs are to be deleted from a time on.
	DropContent(ctx context.Context, contentID id.ID, at time.Time) error
	// Pieces returns the blobs of a content in their order.
	Pieces(ctx context.Context, contentID id.ID) ([]Piece, error)

	InsertBlob(ctx context.Context, b Blob) error
	// ReserveBlob sets what is counted for a blob that is being written; false when it counts as left over.
	ReserveBlob(ctx context.Context, blobID id.ID, reserved plan.Amount) (bool, error)
	// KeepBlob makes a blob that was written one of a content, with what was reserved for it no longer its own. It is
	// false when the blob counts as left over by now.
	KeepBlob(
		ctx context.Context, blobID, contentID id.ID, position int, size int64, sum []byte, at time.Time,
	) (bool, error)
	// DropBlob has a blob that is kept deleted from a time on.
	DropBlob(ctx context.Context, blobID id.ID, at time.Time) error
	// Leftovers takes up to limit blobs that are to be deleted by now: from then on no write can keep them. It returns a
	// blob again when it is still there at the time again.
	Leftovers(ctx context.Context, now, again time.Time, limit int) ([]Leftover, error)
	// TakeBlob is Leftovers for one blob, whose write has failed; false when it is kept all the same.
	TakeBlob(ctx context.Context, blobID id.ID, again time.Time) (Leftover, bool, error)
	// ForgetBlobs deletes the rows of blobs whose bytes are gone, and returns those that were still there.
	ForgetBlobs(ctx context.Context, blobIDs []id.ID) ([]id.ID, error)
	// DropWorkspaceBlobs has up to limit blobs of a workspace deleted from a time on, and returns how many.
	DropWorkspaceBlobs(ctx context.Context, workspaceID id.ID, at time.Time, limit int) (int, error)

	CountUploads(ctx context.Context, workspaceID id.ID) (int, error)
	InsertUpload(ctx context.Context, u Upload) error
	// Upload returns NotFound when there is none.
	Upload(ctx context.Context, workspaceID, uploadID id.ID) (Upload, error)
	// LockUpload is Upload, and locks the row until the transaction ends.
	LockUpload(ctx context.Context, workspaceID, uploadID id.ID) (Upload, error)
	// ListUploads returns up to limit uploads after one, in the order of their ids.
	ListUploads(ctx context.Context, workspaceID, after id.ID, limit int) ([]Upload, error)
	DeleteUpload(ctx context.Context, uploadID id.ID) error
	// ExpiredUploads returns some uploads whose time has ended.
	ExpiredUploads(ctx context.Context, now time.Time, limit int) ([]Upload, error)
	// Parts returns the parts of an upload in their order.
	Parts(ctx context.Context, uploadID id.ID) ([]Part, error)
	// DropParts has all parts of an upload deleted from a time on, but those to keep.
	DropParts(ctx context.Context, uploadID id.ID, keep []id.ID, at time.Time) error
}

// CheckKey returns what is wrong with a key; empty when nothing is. A key is 1 to MaxKey bytes of UTF-8 without
// U+0000, of which no segment between slashes is "..": clients and proxies would change such a path on its way.
func CheckKey(key string) string {
	switch {
	case key == "":
		return "must not be empty"
	case len(key) > MaxKey:
		return "must have at most 1024 bytes in UTF-8"
	case !utf8.ValidString(key) || strings.IndexByte(key, 0) >= 0:
		return "must be valid UTF-8 without the character U+0000"
	}
	for segment := range strings.SplitSeq(key, "/") {
		if segment == ".." {
			return "must not have a segment .."
		}
	}
	return ""
}

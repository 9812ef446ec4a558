// Package embedded is the engine of documents that needs nothing installed: it keeps them in the platform's database.
// One evaluator in Go decides what a document is and which ones match; the database finds by the keys of indexes, keeps
// order and transactions, and leaves out what cannot match.
package embedded

import (
	"context"
	"time"

	"github.com/alania-go/alania/domain/data/documents"
	"github.com/alania-go/alania/domain/data/documents/key"
	"github.com/alania-go/alania/domain/id"
)

// Collection is the row of a collection.
type Collection struct {
	Seq         int64
	ID          id.ID
	WorkspaceID id.ID
	Name        string
	Version     int64 // changes with what is known besides the documents
	CreatedAt   time.Time
}

// Index is the row of an index.
type Index struct {
	Seq       int64
	Name      string
	Spec      string // JSON
	Multikey  bool
	Cut       bool
	CreatedAt time.Time
}

// Row is a document as it is stored.
type Row struct {
	Seq  int64
	Body string
}

// Inserted is a document that is stored now.
type Inserted struct {
	Key  []byte // of its _id
	Body string
}

// Entry is a key that a document has in an index.
type Entry struct {
	Index    int64
	Key      []byte
	Document int64
	Unique   bool
}

// Through says by what documents are read.
type Through uint8

// What documents are read by.
const (
	BySeq   Through = iota // in the order in which they were inserted
	ByID                   // by the keys of their _id
	ByIndex                // by the entries of an index
)

// Read is what is read of a collection.
type Read struct {
	Collection int64
	Version    int64 // nothing is read when the collection has another one; zero: whatever it has
	Through    Through
	Index      int64
	Ranges     []key.Range // of keys; none: all
	Down       bool        // from the last one on
	// Contains has texts of which the JSON of a document must have one, for each list.
	Contains [][]string
	// Several reports that an index may have several entries of one document, so that it may be read more than once.
	Several bool
	After   int64 // BySeq: only what comes after
	Skip    int64
	Limit   int // 0: all
}

// Repository keeps the rows. Methods that change are called inside a transaction.
type Repository interface {
	HoldWorkspace(ctx context.Context, workspaceID id.ID) error

	// Collection returns NotFound when there is none.
	Collection(ctx context.Context, workspaceID id.ID, name string) (Collection, error)
	// LockCollection is Collection, and keeps it from being deleted until the transaction ends; alone: nobody else
	// writes to it meanwhile.
	LockCollection(ctx context.Context, workspaceID id.ID, name string, alone bool) (Collection, error)
	ListCollections(ctx context.Context, workspaceID id.ID, after string, limit int) ([]documents.Collection, error)
	// InsertCollection returns false when the name was taken meanwhile; the transaction can go on.
	InsertCollection(ctx context.Context, c Collection) (bool, error)
	// DeleteCollection deletes a collection with its indexes, and has its documents deleted later.
	DeleteCollection(ctx context.Context, c Collection) error
	// Counted returns how many documents a collection has, and how many bytes.
	Counted(ctx context.Context, collectionID id.ID) (documents, bytes int64, err error)
	// Count adds to that.
	Count(ctx context.Context, collectionID id.ID, documents, bytes int64) error

	// Indexes returns the indexes of a collection in the order in which they were made.
	Indexes(ctx context.Context, collection int64) ([]Index, error)
	InsertIndex(ctx context.Context, collection int64, in Index) (seq int64, err error)
	// DeleteIndex deletes an index, and has its entries deleted later.
	DeleteIndex(ctx context.Context, collection, index int64) error
	// MarkIndex notes what the entries of an index are like.
	MarkIndex(ctx context.Context, collection, index int64, multikey, cut bool) error

	// InsertDocuments returns the seq of each document; zero for one whose key was taken.
	InsertDocuments(ctx context.Context, collection int64, docs []Inserted) ([]int64, error)
	// LockDocument returns the document with a key, which nobody else changes until the transaction ends; NotFound when
	// there is none.
	LockDocument(ctx context.Context, collection int64, key []byte) (Row, error)
	// LockDocuments returns those of the documents that are still there, in the order of seq.
	LockDocuments(ctx context.Context, collection int64, seqs []int64) ([]Row, error)
	Document(ctx context.Context, collection int64, key []byte) (Row, error)
	UpdateDocument(ctx context.Context, seq int64, body string) error
	DeleteDocuments(ctx context.Context, seqs []int64) error
	// InsertEntries returns how many were inserted: those of unique indexes whose keys are taken are not.
	InsertEntries(ctx context.Context, entries []Entry) (int, error)
	DeleteEntries(ctx context.Context, entries []Entry) error

	// Scan reads documents and calls each with every one until it returns false. It calls begin before, and once more
	// when it begins again.
	Scan(ctx context.Context, r Read, begin func(), each func(Row) bool) error
	// CountEntries counts what Scan reads, without Skip and Limit.
	CountEntries(ctx context.Context, r Read) (int64, error)
	// Turn waits for the org's turn to read what may take long.
	Turn(ctx context.Context) (done func(), err error)

	// Sweep deletes the rows of what was deleted.
	Sweep(ctx context.Context) error
}

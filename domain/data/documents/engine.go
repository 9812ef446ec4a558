// Package documents keeps the documents of workspaces, in collections, in MongoDB's manner. The rules of all engines
// are here: who may, what is bounded, what is counted in the plan, what the audit trail has. An engine keeps
// the documents: our own in the platform's database (package embedded), or a MongoDB server.
package documents

import (
	"context"
	"crypto/sha256"
	"time"

	"github.com/alania-go/alania/domain/data"
	"github.com/alania-go/alania/domain/data/documents/value"
	"github.com/alania-go/alania/domain/id"
)

// Limits.
const (
	MaxInsert     = 1000             // documents of an insert
	MaxLimit      = 1000             // documents of a page
	MaxOperations = 100              // of a bulk
	MaxStages     = 12               // of a pipeline
	MaxLookups    = 1                // $lookup, $graphLookup and $unionWith of a pipeline
	MaxIndexes    = 32               // of a collection, besides that of _id
	MaxFields     = 8                // of an index
	MaxName       = 120              // bytes of the name of a collection
	MaxID         = 900              // bytes that the key of an _id may have
	MaxChanged    = 10_000           // documents that a bulk changes
	MaxMemory     = 64 << 20         // bytes that a query or a bulk keeps, about
	MaxResult     = 16 << 20         // bytes of an answer
	MaxTime       = 29 * time.Second // of a query or an aggregation, before the request itself ends
)

// Collection is a collection of a workspace.
type Collection struct {
	Name      string
	Documents int64
	Bytes     int64 // of all documents as JSON
	CreatedAt time.Time
}

// CollectionID returns the id by which the audit trail knows a collection. It follows from the name.
func CollectionID(workspaceID id.ID, name string) id.ID {
	sum := sha256.Sum256(append(workspaceID[:], name...))
	return id.ID(sum[:16])
}

// Index is an index of a collection.
type Index struct {
	Name      string
	Keys      value.Value // members with 1 or -1, in their order
	Unique    bool
	Partial   value.Value // the filter of the documents that it has; missing: it has all
	CreatedAt time.Time
}

// Query is what is asked for of a collection. Everything in it has been compiled once by the service, so that it is
// known to be served.
type Query struct {
	Filter value.Value // missing: all documents
	Sort   value.Value // missing: as they were inserted
	Skip   int64
	Limit  int // 1 to MaxLimit
}

// Page is what a query finds.
type Page struct {
	Documents []value.Value
	Total     int64 // that match
}

// Update is a change of documents.
type Update struct {
	Update       value.Value // operators, a pipeline, or a replacement
	ArrayFilters value.Value // missing: none
	Replace      bool        // Update is a document
	Upsert       bool
}

// Kind names an operation of a bulk.
type Kind string

// The operations of a bulk.
const (
	InsertOne  Kind = "insertOne"
	UpdateOne  Kind = "updateOne"
	UpdateMany Kind = "updateMany"
	ReplaceOne Kind = "replaceOne"
	DeleteOne  Kind = "deleteOne"
	DeleteMany Kind = "deleteMany"
)

// Operation is one of a bulk.
type Operation struct {
	Kind     Kind
	Document value.Value // of InsertOne, with its _id
	Filter   value.Value // of all others
	Update   Update      // of UpdateOne, UpdateMany and ReplaceOne
}

// Changes are what operations together did.
type Changes struct {
	Inserted, Matched, Modified, Deleted, Upserted int
	InsertedIDs, UpsertedIDs                       map[int]value.Value // by the place of the operation
	Last                                           value.Value         // what the last operation changed or made
}

// Usage is by how much a change lets what a workspace stores grow; negative: by how much it shrinks.
type Usage struct{ Collections, Documents, Bytes int64 }

// Before is asked before a change is committed, in the engine's transaction where there is one, with what it does.
// Its error undoes the change.
type Before func(ctx context.Context, u Usage, c Changes) error

// Plan is how an engine reads what a query asks for.
type Plan struct {
	Stage      string // StageID, StageIndex or StageCollection
	Index      string // empty: none
	Conditions []string
	Sort       string // SortNone, SortIndex or SortMemory
}

// What a Plan says.
const (
	StageID         = "id"
	StageIndex      = "index"
	StageCollection = "collection"
	SortNone        = "none"
	SortIndex       = "index"
	SortMemory      = "memory"
)

// Engine keeps documents. Names of collections have been checked. A collection that is not there is empty for those who
// read documents, and comes into being with the first.
type Engine interface {
	// Name is what explain tells of the engine.
	Name() string
	// Collections lists up to limit collections after a name, in the order of their bytes.
	Collections(ctx context.Context, s data.Space, after string, limit int) ([]Collection, error)
	// DropCollection deletes a collection; NotFound when there is none.
	DropCollection(ctx context.Context, s data.Space, collection string, before Before) error
	// Purge deletes all that a deleted workspace has.
	Purge(ctx context.Context, workspaceID id.ID) error

	Find(ctx context.Context, s data.Space, collection string, q Query) (Page, error)
	// Get returns NotFound when there is no document with the id.
	Get(ctx context.Context, s data.Space, collection string, documentID value.Value) (value.Value, error)
	// Write runs operations one after the other: all or none. An error of one of them is a fault of At.
	Write(ctx context.Context, s data.Space, collection string, ops []Operation, before Before) (Changes, error)
	// Aggregate runs a pipeline and calls emit with each document of its result.
	Aggregate(ctx context.Context, s data.Space, collection string, pipeline value.Value,
		emit func(value.Value) error) error

	// Indexes returns NotFound when there is no collection.
	Indexes(ctx context.Context, s data.Space, collection string) ([]Index, error)
	// CreateIndex is Conflict when there is another one of the name. One that is the same is returned as it is.
	CreateIndex(ctx context.Context, s data.Space, collection string, in Index, before Before) (Index, error)
	DropIndex(ctx context.Context, s data.Space, collection, name string, before Before) error

	// Explain says how Find would read, or Aggregate what its leading $match asks for.
	Explain(ctx context.Context, s data.Space, collection string, q Query) (Plan, error)
	ExplainPipeline(ctx context.Context, s data.Space, collection string, pipeline value.Value) (Plan, error)
}

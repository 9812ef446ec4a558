// Package mongo is the engine of documents on a MongoDB server: a database for each workspace. What is bounded and
// refused has been checked by the service before anything is sent.
package mongo

import (
	"context"
	"errors"
	"net"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/data"
	"github.com/alania-go/alania/domain/data/documents"
	"github.com/alania-go/alania/domain/data/documents/value"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/health"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/txn"
	"github.com/alania-go/alania/engine/guard"
)

const (
	clientName = "documents"
	// patience is how long the server may take to be reached, and to answer what is not asked for documents.
	patience = 10 * time.Second
	poolSize = 32
	// marks has what MongoDB does not keep of a collection: when it was made, and how many bytes it has. No name of a
	// collection of a workspace begins so.
	marks = "0_alania"
)

// Engine keeps documents on a server.
type Engine struct {
	client *driver.Client
	now    clock.Clock
	wait   time.Duration
}

var _ documents.Engine = (*Engine)(nil)

// dialer connects through a guard.
type dialer struct{ *guard.Guard }

// DialContext implements options.ContextDialer.
func (d dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	return d.Dial(ctx, clientName, network, address)
}

// Open makes the engine of a URL. It reaches the server when it is asked for something.
func Open(url string, g *guard.Guard, now clock.Clock) (*Engine, error) {
	return open(url, g, now, patience)
}

func open(url string, g *guard.Guard, now clock.Clock, wait time.Duration) (*Engine, error) {
	o := options.Client().ApplyURI(url).SetDialer(dialer{g}).SetMaxPoolSize(poolSize).SetAppName("alania").
		SetServerSelectionTimeout(wait).SetConnectTimeout(wait).SetRetryReads(true).SetRetryWrites(false)
	c, err := driver.Connect(o)
	if err != nil {
		return nil, errors.New("is not a URL that the MongoDB driver reads")
	}
	return &Engine{client: c, now: now, wait: wait}, nil
}

// Close ends the connections.
func (e *Engine) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), e.wait)
	defer cancel()
	return e.client.Disconnect(ctx)
}

// Name implements documents.Engine.
func (e *Engine) Name() string { return "mongodb" }

// Probe tells the server's health.
func (e *Engine) Probe(ctx context.Context) health.Check {
	txn.Outside(ctx, clientName)
	ctx, cancel := context.WithTimeout(ctx, e.wait)
	defer cancel()
	if err := e.client.Ping(ctx, nil); err != nil {
		return health.Check{State: health.Down, Message: "The MongoDB server does not answer.", Cause: err}
	}
	return health.Check{State: health.Up}
}

// database returns that of a workspace.
func (e *Engine) database(ctx context.Context, workspaceID id.ID) *driver.Database {
	txn.Outside(ctx, clientName)
	return e.client.Database("alania_" + strings.ReplaceAll(workspaceID.UUID(), "-", ""))
}

func (e *Engine) in(ctx context.Context, s data.Space, collection string) *driver.Collection {
	return e.database(ctx, s.WorkspaceID).Collection(collection)
}

// within bounds what is asked of the server.
func within(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, documents.MaxTime)
}

// Codes of the server.
const (
	indexOptionsConflict  = 85
	indexKeySpecsConflict = 86
	duplicateKey          = 11000
	namespaceNotFound     = 26
	indexNotFound         = 27
	exceededTimeLimit     = 50
)

// worded turns an error of the driver into one of ours, which has none of its text.
func worded(ctx context.Context, err error) error {
	var f *fault.Error
	switch {
	case err == nil, errors.As(err, &f):
		return err
	case errors.Is(err, driver.ErrNoDocuments):
		return fault.NewNotFound("document")
	case driver.IsDuplicateKeyError(err):
		if strings.Contains(err.Error(), "_id_") || strings.Contains(err.Error(), "_id:") {
			return documents.TakenID()
		}
		return documents.TakenValue("of the collection")
	case driver.IsTimeout(err), errors.Is(err, context.DeadlineExceeded):
		if ctx.Err() == nil {
			return unreachable(err)
		}
		return documents.TooSlow()
	}
	var server driver.ServerError
	if driver.IsNetworkError(err) || !errors.As(err, &server) {
		return unreachable(err)
	}
	switch {
	case server.HasErrorCode(namespaceNotFound):
		return fault.NewNotFound("collection")
	case server.HasErrorCode(indexNotFound):
		return fault.NewNotFound("index")
	case server.HasErrorCode(indexOptionsConflict), server.HasErrorCode(indexKeySpecsConflict):
		return documents.TakenIndex()
	case server.HasErrorCode(exceededTimeLimit):
		return documents.TooSlow()
	}
	return refusedBy(err)
}

func unreachable(err error) error {
	return documents.Busy("The documents cannot be reached at the moment. Try again.").WithCause(err)
}

func refusedBy(err error) error {
	return documents.Unsupported("The engine of the documents does not do this with the documents as they are.").
		WithCause(err)
}

// all reads the documents of a cursor, of up to so many bytes.
func all(ctx context.Context, c *driver.Cursor, emit func(value.Value) error) error {
	defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
	for c.Next(ctx) {
		v, err := fromRaw(c.Current)
		if err != nil {
			return err
		}
		if err := emit(v); err != nil {
			return err
		}
	}
	return c.Err()
}

// Find implements documents.Engine.
func (e *Engine) Find(
	ctx context.Context, s data.Space, collection string, q documents.Query,
) (documents.Page, error) {
	ctx, cancel := within(ctx)
	defer cancel()
	in := e.in(ctx, s, collection)
	o := options.Find().SetSkip(q.Skip).SetLimit(int64(q.Limit))
	if !q.Sort.IsMissing() {
		o.SetSort(document(q.Sort))
	}
	page := documents.Page{}
	c, err := in.Find(ctx, document(q.Filter), o)
	if err != nil {
		return page, worded(ctx, err)
	}
	size := 0
	err = all(ctx, c, func(v value.Value) error {
		if size += v.Size(); size > documents.MaxMemory {
			return documents.TooLong()
		}
		page.Documents = append(page.Documents, v)
		return nil
	})
	if err != nil {
		return page, worded(ctx, err)
	}
	found := int64(len(page.Documents))
	if found < int64(q.Limit) && (found > 0 || q.Skip == 0) {
		page.Total = q.Skip + found
		return page, nil
	}
	page.Total, err = in.CountDocuments(ctx, document(q.Filter))
	return page, worded(ctx, err)
}

// Get implements documents.Engine.
func (e *Engine) Get(
	ctx context.Context, s data.Space, collection string, documentID value.Value,
) (value.Value, error) {
	ctx, cancel := within(ctx)
	defer cancel()
	raw, err := e.in(ctx, s, collection).FindOne(ctx, byID(documentID)).Raw()
	if err != nil {
		return value.Value{}, worded(ctx, err)
	}
	return fromRaw(raw)
}

func byID(documentID value.Value) bson.D {
	return bson.D{{Key: "_id", Value: bson.D{{Key: "$eq", Value: toBSON(documentID)}}}}
}

// Aggregate implements documents.Engine.
func (e *Engine) Aggregate(
	ctx context.Context, s data.Space, collection string, stages value.Value, emit func(value.Value) error,
) error {
	ctx, cancel := within(ctx)
	defer cancel()
	list := bson.A{}
	for _, stage := range stages.Slice() {
		list = append(list, document(stage))
	}
	c, err := e.in(ctx, s, collection).Aggregate(ctx, list)
	if err != nil {
		return worded(ctx, err)
	}
	return worded(ctx, all(ctx, c, emit))
}

package mongo

import (
	"context"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/data"
	"github.com/alania-go/alania/domain/data/documents"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/engine/outbound"
)

// Clients lists the clients of this package.
func Clients() []outbound.Client {
	use := func(name string, fn func(ctx context.Context, e *Engine) error) outbound.Client {
		return outbound.Client{Name: name, Promise: documents.MaxTime,
			Try: func(ctx context.Context, at outbound.Address) error {
				e, err := open("mongodb://"+at.Host, at.Guard(), clock.System, at.Within)
				if err != nil {
					return err
				}
				defer func() { _ = e.Close() }()
				ctx, cancel := context.WithTimeout(ctx, at.Within)
				defer cancel()
				return fn(ctx, e)
			}}
	}
	space := data.Space{WorkspaceID: id.New(), OrgID: id.New()}
	return []outbound.Client{
		use(clientName, func(ctx context.Context, e *Engine) error { return e.Probe(ctx).Cause }),
		use(clientName+" of a query", func(ctx context.Context, e *Engine) error {
			_, err := e.Find(ctx, space, "orders", documents.Query{Limit: 1})
			return err
		}),
	}
}

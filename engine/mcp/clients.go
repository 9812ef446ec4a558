package mcp

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/mcp"
	"github.com/alania-go/alania/engine/outbound"
)

// Clients lists the clients of this package. The callers of the engine bound what they wait for;
// the engine bounds what they leave behind.
func Clients() []outbound.Client {
	use := func(name string, fn func(ctx context.Context, e *Engine, t mcp.Target) error) outbound.Client {
		return outbound.Client{Name: clientName + " " + name, Promise: exchangeTimeout,
			Try: func(_ context.Context, at outbound.Address) error {
				e := New(Options{Guard: at.Guard(), AllowHTTP: true, Now: clock.System})
				e.web, e.connectTimeout = newWeb(e.ctx, at.Guard(), at.Within), at.Within
				// Without the caller's patience: what is promised holds without it.
				err := fn(context.Background(), e,
					mcp.Target{Server: mcp.Server{Transport: mcp.HTTP, URL: at.URL}, Session: "test"})
				return errors.Join(err, e.Close())
			}}
	}
	return []outbound.Client{
		use("tools", func(ctx context.Context, e *Engine, t mcp.Target) error {
			_, err := e.Tools(ctx, t, false)
			return err
		}),
		use("resources", func(ctx context.Context, e *Engine, t mcp.Target) error {
			_, err := e.Offers(ctx, t, "x://y")
			return err
		}),
		use("calls", func(ctx context.Context, e *Engine, t mcp.Target) error {
			_, err := e.Call(ctx, t, "t", json.RawMessage("{}"))
			return err
		}),
	}
}

package delivery

import (
	"context"
	"errors"

	"github.com/alania-go/alania/domain/webhook"
	"github.com/alania-go/alania/engine/outbound"
)

// Clients lists the clients of this package.
func Clients() []outbound.Client {
	return []outbound.Client{{Name: name, Promise: webhook.AttemptTimeout,
		Try: func(ctx context.Context, at outbound.Address) error {
			s := within(at.Within, at.Guard(), "test")
			defer s.client.CloseIdleConnections()
			a := s.Send(ctx, webhook.Request{URL: at.URL, Body: []byte(`{}`)})
			if a.Status < 200 || a.Status > 299 {
				return errors.New(a.Error)
			}
			return nil
		}}}
}

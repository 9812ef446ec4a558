package oidc

import (
	"context"
	"time"

	"github.com/alania-go/alania/engine/outbound"
)

// Clients lists the clients of this package.
func Clients() []outbound.Client {
	return []outbound.Client{{
		Name: clientName, Promise: timeout, Try: func(ctx context.Context, at outbound.Address) error {
			v := open(at.URL, "test", at.Within, time.Now)
			defer v.client.CloseIdleConnections()
			_, err := v.Verify(ctx, "e30.e30.e30")
			return err
		},
	}}
}

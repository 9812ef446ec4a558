package keycloak

import (
	"context"
	"net/url"
	"time"

	"github.com/alania-go/alania/engine/outbound"
)

// Clients lists the clients of this package.
func Clients() []outbound.Client {
	return []outbound.Client{{
		// A grant of the administrator and the request itself, each twice when the first token does not work.
		Name: clientName, Promise: 4 * timeout, Try: func(ctx context.Context, at outbound.Address) error {
			base, err := url.Parse(at.URL)
			if err != nil {
				return err
			}
			base.User = url.UserPassword("test", "test")
			c := newClient(base, at.Within, time.Now)
			defer c.http.CloseIdleConnections()
			_, err = c.admin(ctx, "GET", "/test", nil, nil)
			return err
		},
	}}
}

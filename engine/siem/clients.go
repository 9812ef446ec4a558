package siem

import (
	"context"
	"net/url"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/engine/outbound"
)

// Clients lists the clients of this package.
func Clients() []outbound.Client {
	entries := []audit.Entry{{Action: "test"}}
	return []outbound.Client{
		{Name: httpClient, Promise: timeout, Try: func(ctx context.Context, at outbound.Address) error {
			u, err := url.Parse(at.URL)
			if err != nil {
				return err
			}
			s := newHTTP(u, at.Within)
			defer s.client.CloseIdleConnections()
			return s.Send(ctx, entries)
		}},
		{Name: syslogClient, Promise: timeout, TLS: true, Try: func(ctx context.Context, at outbound.Address) error {
			s, err := open("syslog+tls://"+at.Host+"?ca="+url.QueryEscape(at.CA), at.Within)
			if err != nil {
				return err
			}
			return s.Send(ctx, entries)
		}},
	}
}

package connector

import (
	"context"
	"encoding/json"
	"net"
	"time"

	domain "github.com/alania-go/alania/domain/connector"
	"github.com/alania-go/alania/engine/outbound"
)

// Clients lists the clients of this package: each connector, as it checks a configuration and as
// it reads a page.
func Clients() []outbound.Client {
	file := func(at outbound.Address) any {
		return map[string]any{
			"source": map[string]any{"url": at.URL}, "entity": "x", "id_column": "id", "header": false,
			"columns": []string{"id"},
		}
	}
	list := func(pagination map[string]any) func(at outbound.Address) any {
		return func(at outbound.Address) any {
			return map[string]any{"url": at.URL, "entity": "x", "pagination": pagination}
		}
	}
	table := func(at outbound.Address) any {
		host, port, _ := net.SplitHostPort(at.Host)
		return map[string]any{
			"host": host, "port": json.Number(port), "database": "d", "user": "u", "password": "p", "sslmode": "disable",
			"tables": []any{map[string]any{"table": "t", "id_column": "id", "watermark_column": "w"}},
		}
	}
	bucket := func(at outbound.Address) any {
		return map[string]any{
			"endpoint": "http://" + at.Host, "region": "us-east-1", "bucket": "bucket", "access_key_id": "a",
			"secret_access_key": "b", "path_style": true,
		}
	}
	csv := func(e environment) domain.Connector { return csvConnector{e} }
	rest := func(e environment) domain.Connector { return httpConnector{e} }
	postgres := func(e environment) domain.Connector { return postgresConnector{e} }
	s3 := func(e environment) domain.Connector { return s3Connector{e} }
	var out []outbound.Client
	for _, c := range []struct {
		name, greeting string
		of             func(environment) domain.Connector
		config         func(outbound.Address) any
	}{
		{csvClient, "", csv, file},
		{httpClient, "", rest, list(map[string]any{"type": "none"})},
		{
			httpClient + " by cursors", "", rest,
			list(map[string]any{"type": "cursor", "cursor_param": "c", "next_cursor_path": "/next"}),
		},
		{postgresClient, "", postgres, table},
		{postgresClient + " in the middle of a message", "N\x00\x10\x00\x00", postgres, table},
		{postgresClient + " after the sign-in", "R\x00\x00\x00\x08\x00\x00\x00\x00Z\x00\x00\x00\x05I", postgres, table},
		{s3Client, "", s3, bucket},
	} {
		connector := func(at outbound.Address) (domain.Connector, domain.Config) {
			config, _ := json.Marshal(c.config(at))
			return c.of(environment{guard: at.Guard(), allowHTTP: true, now: time.Now, check: at.Within, read: at.Within}),
				config
		}
		out = append(out, outbound.Client{Name: c.name + " check", Promise: checkTimeout, Greeting: c.greeting,
			Try: func(ctx context.Context, at outbound.Address) error {
				connector, config := connector(at)
				return connector.Check(ctx, config)
			}}, outbound.Client{Name: c.name + " read", Promise: checkTimeout + readTimeout, Greeting: c.greeting,
			Try: func(ctx context.Context, at outbound.Address) error {
				at.Within /= 2 // to open it, and to read
				connector, config := connector(at)
				source, err := connector.Open(ctx, config)
				if err != nil {
					return err
				}
				defer func() { _ = source.Close() }()
				_, err = source.Read(ctx, source.Entities()[0], nil, 500)
				return err
			}})
	}
	return out
}

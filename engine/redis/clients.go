package redis

import (
	"context"
	"time"

	"github.com/alania-go/alania/engine/outbound"
)

// Clients lists the clients of this package.
func Clients() []outbound.Client {
	use := func(name, greeting string, fn func(ctx context.Context, c *Client) error) outbound.Client {
		return outbound.Client{Name: name, Promise: patience, Greeting: greeting,
			Try: func(ctx context.Context, at outbound.Address) error {
				opt, err := parse("redis://" + at.Host)
				if err != nil {
					return err
				}
				opt.dial, opt.read, opt.write, opt.wait = at.Within, at.Within, at.Within, at.Within
				c := newClient(opt)
				c.timeout = at.Within
				defer func() { _ = c.Close() }()
				return fn(ctx, c)
			}}
	}
	publish := func(ctx context.Context, c *Client) error { return c.Bus().Publish(ctx, "test", []byte("x")) }
	return []outbound.Client{
		use(clientName, "", func(ctx context.Context, c *Client) error { return c.ping(ctx) }),
		use(clientName+" in the middle of an answer", "$1000000\r\n", publish),
		use(clientName+" in the middle of a list", "*1000000\r\n", publish),
		use(clientName+" while it listens", "", func(ctx context.Context, c *Client) error {
			ctx, cancel := context.WithTimeout(ctx, c.timeout)
			defer cancel()
			c.Bus().Subscribe(ctx, "test", func([]byte) { time.Sleep(time.Millisecond) })
			return ctx.Err()
		}),
	}
}

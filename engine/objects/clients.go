package objects

import (
	"context"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/alania-go/alania/domain/object"
	"github.com/alania-go/alania/engine/outbound"
)

// Clients lists the clients of this package.
func Clients() []outbound.Client {
	use := func(name string, promise time.Duration, fn func(ctx context.Context, b *Bucket) error) outbound.Client {
		return outbound.Client{Name: clientName + " " + name, Promise: promise,
			Try: func(ctx context.Context, at outbound.Address) error {
				u, err := url.Parse("s3://bucket?region=us-east-1&path_style=true&endpoint=http://" + at.Host)
				if err != nil {
					return err
				}
				s, _, err := newS3(u, times{call: at.Within, stream: at.Within, silence: at.Within})
				if err != nil {
					return err
				}
				b := &Bucket{engine: s}
				defer func() { _ = b.Close() }()
				return fn(ctx, b)
			}}
	}
	return []outbound.Client{
		use("stat", usual.call, func(ctx context.Context, b *Bucket) error {
			_, err := b.Stat(ctx, "key")
			return err
		}),
		use("list", usual.call, func(ctx context.Context, b *Bucket) error {
			_, err := b.List(ctx, "", "", object.MaxList)
			return err
		}),
		use("abandon", usual.call, func(ctx context.Context, b *Bucket) error { return b.Abandon(ctx, "key") }),
		use("delete", usual.call, func(ctx context.Context, b *Bucket) error { return b.Delete(ctx, "key") }),
		use("put", usual.stream, func(ctx context.Context, b *Bucket) error {
			_, err := b.Put(ctx, "key", strings.NewReader("content"), 7, "text/plain")
			return err
		}),
		use("get", usual.stream, func(ctx context.Context, b *Bucket) error {
			body, _, err := b.Get(ctx, "key", 0, -1)
			if err != nil {
				return err
			}
			defer func() { _ = body.Close() }()
			_, err = io.Copy(io.Discard, body)
			return err
		}),
	}
}

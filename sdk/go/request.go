package alania

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/alania-go/alania/sdk/go/internal/transport"
	"github.com/alania-go/alania/sdk/go/option"
)

// Auth says which credentials a request takes.
type Auth int

// The credentials of a request.
const (
	AuthBearer Auth = iota // the token or the API key
	AuthBasic              // the id and the secret of the OAuth client, unless the body is a form that names one
	AuthNone
)

// APIRequest is a request that no method makes, for [Client.Request].
type APIRequest struct {
	Method string
	// Path is below the base URL and begins with a slash. What it holds is escaped already, and has no query.
	Path    string
	Query   url.Values
	Headers http.Header
	// Body is encoded by the Type; an io.Reader or a []byte is sent as it is. A reader is sent
	// again from where it began when it is an io.Seeker, and otherwise the request is not tried again.
	Body any
	// Type is the media type of the body; JSON when it is empty.
	Type string
	Auth Auth
	// Keyed says that the operation takes an Idempotency-Key: one is made, and the request is tried again.
	Keyed bool
	// Repeatable says that the request may be tried again, although it is a POST or PATCH without a key.
	Repeatable bool
}

// Request sends a request that no method makes, with the credentials, retries and errors of all others. The
// answer is decoded from JSON into what into points to; a *[]byte is given the bytes, and nil none.
func (c *Client) Request(ctx context.Context, r APIRequest, into any, opts ...option.RequestOption) error {
	o := &transport.Operation{
		ID: r.Method + " " + r.Path, Method: r.Method, Path: r.Path, IdempotencyKey: r.Keyed, ContentType: r.Type,
	}
	// Without the slash, the path would change the host that the credentials are sent to.
	if !strings.HasPrefix(r.Path, "/") || strings.ContainsAny(r.Path, "?#") {
		return fmt.Errorf("alania: %s: the path must begin with a slash and have no query", o.ID)
	}
	switch r.Auth {
	case AuthBearer:
		o.Security = transport.Bearer
	case AuthBasic:
		o.Security = transport.Client
	case AuthNone:
		o.Security = transport.Public
	default:
		return fmt.Errorf("alania: %s: unknown credentials %d", o.ID, r.Auth)
	}
	if o.ContentType == "" {
		o.ContentType = "application/json"
	}
	raw, isRaw := into.(*[]byte)
	if isRaw {
		o.Accept = "*/*"
	}
	b, err := transport.Read(ctx, c.options, opts, &transport.Request{
		Operation: o, Query: r.Query, Header: r.Headers, Body: r.Body, Repeatable: r.Repeatable,
	})
	switch {
	case err != nil:
		return err
	case isRaw:
		*raw = b
	case into != nil && len(b) > 0:
		if err := json.Unmarshal(b, into); err != nil {
			return fmt.Errorf("alania: %s: the answer is not what was expected: %w", o.ID, err)
		}
	}
	return nil
}

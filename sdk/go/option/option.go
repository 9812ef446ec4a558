// Package option has what can be set for a client, and for one call of it: every option
// is accepted by alania.NewClient and by every method, where it counts for that call alone.
package option

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/alania-go/alania/sdk/go/internal/transport"
)

// RequestOption is a setting of a client or a call.
type RequestOption = transport.Option

// WithClientCredentials signs in as an OAuth client, for all of its scopes or those that
// are named. The token is fetched with the first call, shared by all calls that are given
// this option, and fetched anew before it ends and when the server refuses it.
func WithClientCredentials(clientID, clientSecret string, scopes ...string) RequestOption {
	credentials := transport.NewClientCredentials(clientID, clientSecret, scopes)
	return func(c *transport.Config) error {
		if clientID == "" || clientSecret == "" {
			return errors.New("a client needs an id and a secret")
		}
		c.Credentials = credentials
		return nil
	}
}

// WithAPIKey uses an API key, such as sk_live_….
func WithAPIKey(key string) RequestOption {
	return func(c *transport.Config) error {
		if key == "" {
			return errors.New("the API key is empty")
		}
		c.Credentials = transport.APIKey(key)
		return nil
	}
}

// WithBaseURL sets where the API is served, such as https://api.example.com.
func WithBaseURL(base string) RequestOption {
	return func(c *transport.Config) error {
		c.BaseURL = base
		return nil
	}
}

// WithHTTPClient sets what sends the requests, instead of http.DefaultClient: a proxy, a
// certificate authority, a limit of connections. It sends the requests for tokens, too.
func WithHTTPClient(client *http.Client) RequestOption {
	return func(c *transport.Config) error {
		if client == nil {
			return errors.New("the HTTP client is nil")
		}
		c.HTTPClient = client
		return nil
	}
}

// Middleware stands around each request that is sent: it may look at it, change it, and
// look at the answer, or answer by itself without next. Every try passes it, as do the
// requests for tokens. The Authorization header that it sees holds a credential.
type Middleware = transport.Middleware

// MiddlewareNext sends the request, through the middleware that is left.
type MiddlewareNext = transport.Next

// WithMiddleware adds middleware, for tracing, logs, headers or tests. The first is the
// outermost, and those of the client are outside of those of a call.
func WithMiddleware(middleware ...Middleware) RequestOption {
	return func(c *transport.Config) error {
		if slices.ContainsFunc(middleware, func(m Middleware) bool { return m == nil }) {
			return errors.New("a middleware is nil")
		}
		c.Middleware = append(slices.Clip(c.Middleware), middleware...)
		return nil
	}
}

// WithMaxRetries sets how often a call is tried again, 2 by default: after 408, 429, 5xx,
// 409 while the same idempotency key is in flight, and errors of the connection other than
// those of TLS; only calls that may be repeated. Retry-After is obeyed up to a minute; when it is longer, the error
// is returned.
func WithMaxRetries(n int) RequestOption {
	return func(c *transport.Config) error {
		if n < 0 {
			return fmt.Errorf("%d retries", n)
		}
		c.MaxRetries = n
		return nil
	}
}

// WithRequestTimeout bounds each try, a minute by default; 0 is no bound. The context of
// the call bounds all tries together.
func WithRequestTimeout(d time.Duration) RequestOption {
	return func(c *transport.Config) error {
		c.Timeout = d
		return nil
	}
}

// WithHeader sets a header of the request.
func WithHeader(name, value string) RequestOption {
	return func(c *transport.Config) error {
		c.Header.Set(name, value)
		return nil
	}
}

// WithQuery adds a parameter to the query, for operations that take parameters of names that only their callers know,
// such as the columns of a table: WithQuery("price", "gte.10"). It may be given several times, also for one name.
func WithQuery(name, value string) RequestOption {
	return func(c *transport.Config) error {
		c.Query.Add(name, value)
		return nil
	}
}

// WithWorkspace sets the workspace that calls are about, where it is not in the path: the
// header X-Workspace-ID.
func WithWorkspace[ID ~string | ~int | ~int64](id ID) RequestOption {
	return WithHeader("X-Workspace-ID", fmt.Sprint(id))
}

// WithIdempotencyKey sets the idempotency key of one call, so that it is performed once
// even when the program that makes it is started again. Without it a key is made for each
// call that takes one, which holds over its retries. A call that takes none is an error.
func WithIdempotencyKey(key string) RequestOption {
	return func(c *transport.Config) error {
		if key == "" {
			return errors.New("the idempotency key is empty")
		}
		c.IdempotencyKey = key
		return nil
	}
}

// WithResponseInto returns the last answer that the call had, also with an error. Its body
// can be read again, and need not be closed.
func WithResponseInto(res **http.Response) RequestOption {
	return func(c *transport.Config) error {
		c.ResponseInto = res
		return nil
	}
}

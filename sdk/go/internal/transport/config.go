// Package transport carries the calls of the generated services: credentials, retries,
// idempotency keys, pages and the reading of answers.
package transport

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"
)

// Config is what applies to one call: the defaults, changed by the options of the client
// and then by those of the call.
type Config struct {
	BaseURL        string
	HTTPClient     *http.Client
	Middleware     []Middleware  // the first is the outermost
	MaxRetries     int           // tries after the first
	Timeout        time.Duration // of one try; 0 is none
	Header         http.Header
	Query          url.Values // besides what the call has
	Credentials    Credentials
	IdempotencyKey string
	ResponseInto   **http.Response

	// Wait pauses between tries; tests replace it.
	Wait func(context.Context, time.Duration) error
	Now  func() time.Time
}

// Option changes a Config.
type Option func(*Config) error

// Middleware stands around the sending of each try.
type Middleware func(r *http.Request, next Next) (*http.Response, error)

// Next sends a request, through the middleware that is left.
type Next func(r *http.Request) (*http.Response, error)

// roundTrip sends one try.
func (c *Config) roundTrip(r *http.Request) (*http.Response, error) {
	next := Next(c.HTTPClient.Do)
	for _, m := range slices.Backward(c.Middleware) {
		inner := next
		next = func(r *http.Request) (*http.Response, error) {
			res, err := m(r, inner)
			if err == nil && (res == nil || res.Body == nil) {
				err = errors.New("a middleware returned neither an answer nor an error")
			}
			return res, err
		}
	}
	return next(r)
}

// Credentials sign requests.
type Credentials interface {
	// authorization returns the value of the header for a call.
	authorization(ctx context.Context, c *Config) (string, error)
	// refused is told that the server did not accept the value; it reports whether another
	// can be had.
	refused(c *Config, value string) bool
}

// FromEnvironment reads the variables ALANIA_BASE_URL, ALANIA_CLIENT_ID and
// ALANIA_CLIENT_SECRET, and ALANIA_API_KEY.
func FromEnvironment() Option {
	var credentials Credentials
	if id, secret := os.Getenv("ALANIA_CLIENT_ID"), os.Getenv("ALANIA_CLIENT_SECRET"); id != "" && secret != "" {
		credentials = NewClientCredentials(id, secret, nil)
	} else if key := os.Getenv("ALANIA_API_KEY"); key != "" {
		credentials = APIKey(key)
	}
	base := os.Getenv("ALANIA_BASE_URL")
	return func(c *Config) error {
		if base != "" {
			c.BaseURL = base
		}
		if credentials != nil {
			c.Credentials = credentials
		}
		return nil
	}
}

// ErrNoCredentials is returned, before anything is sent, by a call that needs credentials
// of a client that has none.
var ErrNoCredentials = errors.New("alania: no credentials: use option.WithClientCredentials or option.WithAPIKey, or " +
	"set ALANIA_CLIENT_ID and ALANIA_CLIENT_SECRET, or ALANIA_API_KEY")

func newConfig(lists ...[]Option) (*Config, error) {
	c := &Config{
		BaseURL: DefaultBaseURL, HTTPClient: http.DefaultClient, MaxRetries: 2, Timeout: time.Minute, Header: http.Header{},
		Query: url.Values{},
		Wait:  wait, Now: time.Now,
	}
	for _, options := range lists {
		for _, o := range options {
			if err := o(c); err != nil {
				return nil, fmt.Errorf("alania: %w", err)
			}
		}
	}
	u, err := url.Parse(c.BaseURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "" ||
		u.User != nil {
		return nil, errors.New("alania: the base URL must be like https://api.example.com")
	}
	c.BaseURL = strings.TrimRight(c.BaseURL, "/")
	return c, nil
}

// bare returns a Config for a call of our own, such as that for a token.
func (c *Config) bare() *Config {
	own := *c
	own.Header, own.Credentials, own.IdempotencyKey, own.ResponseInto = http.Header{}, nil, "", nil
	own.Query = nil
	return &own
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

func (c *Config) header() http.Header {
	h := http.Header{"User-Agent": {"alania-go/" + Version}}
	maps.Copy(h, c.Header)
	return h
}

package mcp

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/alania-go/alania/domain/mcp"
	"github.com/alania-go/alania/domain/weburl"
	"github.com/alania-go/alania/engine/guard"
)

// web reaches servers over the network, behind the guard, until ctx ends.
type web struct {
	ctx         context.Context
	transportOf http.RoundTripper
}

func newWeb(ctx context.Context, g *guard.Guard, most time.Duration) *web {
	// The carrier bounds the size, and remembers who was over it.
	return &web{ctx, g.Transport(guard.Limits{Client: clientName, Total: most, Body: guard.Stream})}
}

const (
	// exchangeTimeout is above what any call may take: it ends what a caller has left behind.
	exchangeTimeout = time.Minute
	// farewellTimeout is how long a server may take to hear that a session has ended.
	farewellTimeout = 2 * time.Second
)

func (w *web) transport(s *session, t mcp.Target, allowHTTP bool) (sdk.Transport, error) {
	u, err := url.Parse(t.URL)
	if err != nil {
		return nil, err
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !allowHTTP) {
		return nil, errors.New("the scheme of the URL is not allowed")
	}
	client := &http.Client{
		Transport:     &carrier{ctx: w.ctx, next: w.transportOf, url: u, headers: t.Headers, large: &s.large},
		CheckRedirect: guard.NoRedirect,
	}
	return &sdk.StreamableClientTransport{
		// Errors quote the endpoint, and end in logs: the rest of the URL may hold a secret.
		Endpoint: weburl.Origin(t.URL), HTTPClient: client, MaxRetries: -1, MaxEventSize: maxAnswer,
		// Nothing is listened to but answers.
		DisableStandaloneSSE: true,
	}, nil
}

// carrier adds the rest of the server's URL and its headers to requests, and bounds the answers.
type carrier struct {
	ctx     context.Context // the engine's: with it ends what is under way
	next    http.RoundTripper
	url     *url.URL
	headers map[string]string
	large   *atomic.Bool
}

func (c *carrier) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host != c.url.Host {
		return nil, errors.New("a request to another host")
	}
	ctx, cancel := c.during(r.Context())
	if r.Method == http.MethodDelete {
		cancel()
		ctx, cancel = context.WithTimeout(r.Context(), farewellTimeout)
	}
	r = r.Clone(ctx)
	r.URL = c.url
	for name, v := range c.headers {
		r.Header.Set(name, v)
	}
	res, err := c.next.RoundTrip(r)
	if err != nil {
		cancel()
		return nil, err
	}
	res.Body = &bounded{ReadCloser: res.Body, left: maxAnswer, large: c.large, done: cancel}
	return res, nil
}

// during returns a context that ends with the engine, too: soon after it, as servers are told
// of the calls that end with it.
func (c *carrier) during(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(c.ctx, func() { time.AfterFunc(farewellTimeout, cancel) })
	return ctx, func() {
		stop()
		cancel()
	}
}

var errLarge = errors.New("the answer is too large")

// bounded ends an answer that is too large with an error, and remembers that.
type bounded struct {
	io.ReadCloser
	left  int64
	large *atomic.Bool
	done  func()
}

func (b *bounded) Close() error {
	defer b.done()
	return b.ReadCloser.Close()
}

func (b *bounded) Read(p []byte) (int, error) {
	// One byte more than may be reports whether there is more.
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		b.large.Store(true)
		return n, errLarge
	}
	return n, err
}

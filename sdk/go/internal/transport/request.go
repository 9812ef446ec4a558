package transport

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/alania-go/alania/sdk/go/internal/apierror"
)

// Security is what an operation asks of its caller.
type Security int

const (
	Public Security = iota // nothing, so nothing is sent
	Bearer                 // a token or key
	Client                 // the OAuth client itself: Basic, unless the form names it
)

// Operation is what the bundle says of an operation.
type Operation struct {
	ID             string
	Method         string
	Path           string // with {names}
	Security       Security
	IdempotencyKey bool      // documented
	RequestID      string    // the header that names the request, when there is one; each call has a new id
	Version        [2]string // the header with the version of the API, and the version; empty when there is none
	ContentType    string    // of the request's body; empty for none
	Accept         string
	// Sends and Opens say that the request, or the answer, is a stream: it has no time-out, and its
	// answer is left to the caller.
	Sends, Opens bool
}

// Request is one call of an operation.
type Request struct {
	*Operation
	Params []string // the path's, in its order
	Query  url.Values
	Header http.Header
	Body   any // what is encoded by ContentType; nil for none

	Repeatable bool // whatever the method says
}

// Values of a Retry-After that is longer are not waited for.
const longestWait = time.Minute

// Call performs a call whose answer is JSON.
func Call[T any](ctx context.Context, client, call []Option, r *Request) (T, error) {
	var v T
	res, err := do(ctx, client, call, r)
	if err != nil {
		return v, err
	}
	if err := json.Unmarshal(res.body, &v); err != nil {
		return v, fmt.Errorf("alania: %s: the answer is not what is documented: %w", r.ID, err)
	}
	return v, nil
}

// Exec performs a call whose answer has no body.
func Exec(ctx context.Context, client, call []Option, r *Request) error {
	_, err := do(ctx, client, call, r)
	return err
}

// Read performs a call whose answer is not JSON, and returns its body.
func Read(ctx context.Context, client, call []Option, r *Request) ([]byte, error) {
	res, err := do(ctx, client, call, r)
	if err != nil {
		return nil, err
	}
	return res.body, nil
}

// response is an answer that was read to its end, unless it is a stream.
type response struct {
	*http.Response
	body []byte
}

func do(ctx context.Context, client, call []Option, r *Request) (*response, error) {
	c, err := newConfig(client, call)
	if err != nil {
		return nil, err
	}
	if c.IdempotencyKey != "" && !r.IdempotencyKey {
		return nil, fmt.Errorf("alania: %s does not document an idempotency key", r.ID)
	}
	if r.IdempotencyKey && c.IdempotencyKey == "" {
		c.IdempotencyKey = rand.Text()
	}
	c.introduce(r)
	for name, values := range c.Query {
		if r.Query == nil {
			r.Query = url.Values{}
		}
		r.Query[name] = append(r.Query[name], values...)
	}
	return c.send(ctx, r)
}

// introduce adds what the contract asks of every request, unless the caller has set it. All tries of a call have one
// id.
func (c *Config) introduce(r *Request) {
	if name := r.Version[0]; name != "" && c.Header.Get(name) == "" {
		c.Header.Set(name, r.Version[1])
	}
	if r.RequestID != "" && c.Header.Get(r.RequestID) == "" {
		c.Header.Set(r.RequestID, rand.Text())
	}
}

// send tries until there is a success, or an error that another try would not mend.
func (c *Config) send(ctx context.Context, r *Request) (*response, error) {
	target, err := r.url(c.BaseURL)
	if err != nil {
		return nil, err
	}
	body, err := r.encode()
	if err != nil {
		return nil, err
	}
	source := r.source()
	renewed := false
	for try := 0; ; try++ {
		authorization, err := c.authorize(ctx, r)
		if err != nil {
			return nil, err
		}
		res, err := c.once(ctx, r, target, body, source, authorization)
		if err == nil && res.StatusCode/100 == 2 {
			return res, nil
		}
		var failure *apierror.Error
		if err == nil {
			failure = apierror.New(r.ID, res.Response, res.body, c.Now())
			err = failure
		}
		if failure != nil && failure.StatusCode == http.StatusUnauthorized && !renewed && r.Security == Bearer &&
			c.Credentials.refused(c, authorization) && !source.once() {
			renewed = true // the call was not performed, so it may be sent again whatever it does
			try--
			continue
		}
		last := try >= c.MaxRetries || source.once() || !r.mayRepeat(c)
		if last || failure != nil && !passing(failure) || failure == nil && (lasting(err) || ctx.Err() != nil) {
			return nil, err
		}
		pause := backoff(try)
		if failure != nil && failure.RetryAfter > 0 {
			pause = failure.RetryAfter + mathrand.N(failure.RetryAfter/10+1) // not all at once
			if failure.RetryAfter > longestWait {
				return nil, err
			}
		}
		if end, ok := ctx.Deadline(); ok && c.Now().Add(pause).After(end) {
			return nil, err // it says more than a deadline does
		}
		if waited := c.Wait(ctx, pause); waited != nil {
			return nil, fmt.Errorf("%w (after %w)", waited, err)
		}
	}
}

// backoff is full jitter: any time up to half a second, doubled with each try to eight.
func backoff(try int) time.Duration {
	most := time.Duration(math.Min(float64(500*time.Millisecond)*math.Exp2(float64(try)), float64(8*time.Second)))
	return mathrand.N(most)
}

// mayRepeat reports whether performing the call twice is like performing it once.
func (r *Request) mayRepeat(c *Config) bool {
	return r.Repeatable || r.IdempotencyKey && c.IdempotencyKey != "" ||
		slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPut, http.MethodDelete},
			r.Method)
}

// streams reports whether the body is read as it is sent.
func (r *Request) streams() bool {
	_, ok := r.Body.(io.Reader)
	return ok
}

// lasting reports whether an error without an answer would be the same at another try: the
// other end is not who it should be, does not speak TLS with us, or is no server of HTTP.
func lasting(err error) bool {
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	if errors.As(err, &certificate) || errors.As(err, &record) || errors.Is(err, http.ErrSchemeMismatch) {
		return true
	}
	var op *net.OpError
	if errors.As(err, &op) && (op.Op == "remote error" || op.Op == "local error") { // what crypto/tls calls its alerts
		return true
	}
	var failed *url.Error // names the URL that a redirect led to
	if errors.As(err, &failed) {
		u, err := url.Parse(failed.URL)
		return err != nil || u.Scheme != "http" && u.Scheme != "https"
	}
	return false
}

// passing reports whether another try may succeed after an answer.
func passing(e *apierror.Error) bool {
	switch e.StatusCode {
	case http.StatusRequestTimeout, http.StatusTooManyRequests:
		return true
	case http.StatusConflict:
		return strings.EqualFold(e.Code, "idempotency_in_flight")
	}
	return e.StatusCode >= 500 && e.StatusCode != http.StatusNotImplemented
}

func (c *Config) authorize(ctx context.Context, r *Request) (string, error) {
	switch r.Security {
	case Bearer:
		if c.Credentials == nil {
			return "", ErrNoCredentials
		}
		return c.Credentials.authorization(ctx, c)
	case Client:
		// Never both: a body that names its client is sent as it is, and so is a grant of a person.
		cc, ok := c.Credentials.(*ClientCredentials)
		if form, err := r.form(); ok && err == nil && !form.Has("client_id") && ofClient(form.Get("grant_type")) {
			return cc.basic(), nil
		}
	}
	return "", nil
}

// ofClient reports whether a client asks for itself with a grant; "": with none, as when it revokes a token.
func ofClient(grant string) bool { return grant == "" || grant == "client_credentials" }

// once sends the request and reads the answer.
func (c *Config) once(
	ctx context.Context, r *Request, target string, body []byte, source *source, authorization string,
) (*response, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	kept := false
	defer func() {
		if !kept {
			cancel(nil)
		}
	}()
	if c.Timeout > 0 && !r.Sends {
		late := time.AfterFunc(c.Timeout, func() { cancel(context.DeadlineExceeded) })
		defer late.Stop() // when the answer is a stream, its head came in time
	}
	var reader io.Reader
	if source != nil {
		var err error
		if reader, err = source.rewind(); err != nil {
			return nil, fmt.Errorf("alania: %s: %w", r.ID, err)
		}
	} else if body != nil {
		reader = bytes.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, target, reader)
	if err != nil {
		return nil, fmt.Errorf("alania: %s: %w", r.ID, err)
	}
	if source != nil && source.size >= 0 {
		if req.ContentLength = source.size; source.size == 0 {
			req.Body = http.NoBody
		}
	}
	req.Header = c.header()
	if reader != nil {
		r.setContentType(req.Header)
	}
	req.Header.Set("Accept", "application/json, application/problem+json")
	if r.Accept != "" {
		req.Header.Set("Accept", r.Accept)
	}
	for name, values := range r.Header {
		req.Header[name] = values
	}
	if c.IdempotencyKey != "" && r.IdempotencyKey {
		req.Header.Set("Idempotency-Key", c.IdempotencyKey)
	}
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	res, err := c.roundTrip(req)
	if err != nil {
		return nil, fmt.Errorf("alania: %s: %w", r.ID, because(ctx, err))
	}
	if r.Opens && res.StatusCode/100 == 2 {
		kept = true
		res.Body = &opened{res.Body, func() { cancel(nil) }}
		if c.ResponseInto != nil {
			head := *res
			head.Body = http.NoBody
			*c.ResponseInto = &head
		}
		return &response{Response: res}, nil
	}
	defer res.Body.Close()
	limit := int64(math.MaxInt64)
	if res.StatusCode/100 != 2 {
		limit = 1 << 20 // an error of a proxy may be anything
	}
	b, err := io.ReadAll(io.LimitReader(res.Body, limit))
	if err != nil {
		return nil, fmt.Errorf("alania: %s: read the answer: %w", r.ID, because(ctx, err))
	}
	if c.ResponseInto != nil {
		res.Body = io.NopCloser(bytes.NewReader(b))
		*c.ResponseInto = res
	}
	return &response{Response: res, body: b}, nil
}

// because names the time-out, where an error only says that the context has ended.
func because(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil && ctx.Err() != nil && !errors.Is(err, cause) {
		return fmt.Errorf("%w: %w", cause, err)
	}
	return err
}

// url puts the parameters into the path. A path must not change its meaning by what is put
// into it: what is empty, or would be read as a step, is refused.
func (r *Request) url(base string) (string, error) {
	var b strings.Builder
	b.WriteString(base)
	rest := r.Path
	for _, v := range r.Params {
		before, after, _ := strings.Cut(rest, "{")
		name, after, _ := strings.Cut(after, "}")
		if v == "" || v == "." || v == ".." {
			return "", fmt.Errorf("alania: %s: %s must not be %q", r.ID, name, v)
		}
		b.WriteString(before + url.PathEscape(v))
		rest = after
	}
	b.WriteString(rest)
	if len(r.Query) > 0 {
		b.WriteString("?" + r.Query.Encode())
	}
	return b.String(), nil
}

func (r *Request) encode() ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	if r.streams() {
		return nil, nil
	}
	if b, ok := r.Body.([]byte); ok {
		return b, nil
	}
	if r.ContentType == "application/x-www-form-urlencoded" {
		form, err := r.form()
		return []byte(form.Encode()), err
	}
	b, err := json.Marshal(r.Body)
	if err != nil {
		return nil, fmt.Errorf("alania: %s: encode the body: %w", r.ID, err)
	}
	return b, nil
}

// form returns the body by the names of its JSON.
func (r *Request) form() (url.Values, error) {
	if form, ok := r.Body.(url.Values); ok {
		return form, nil
	}
	b, err := json.Marshal(r.Body)
	if err != nil {
		return nil, fmt.Errorf("alania: %s: encode the body: %w", r.ID, err)
	}
	var m map[string]json.RawMessage
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, errors.New("alania: " + r.ID + ": the body is no form")
	}
	form := url.Values{}
	for name, raw := range m {
		var s string
		switch {
		case string(raw) == "null":
			continue
		case json.Unmarshal(raw, &s) != nil:
			s = string(raw)
		}
		form.Set(name, s)
	}
	return form, nil
}

// anyType is the content type of a body that may have any. The caller says which with a header.
const anyType = "*/*"

func (r *Request) setContentType(h http.Header) {
	switch {
	case r.ContentType != anyType:
		h.Set("Content-Type", r.ContentType)
	case h.Get("Content-Type") == "":
		h.Set("Content-Type", "application/octet-stream")
	}
}

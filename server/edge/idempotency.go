package edge

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/domain/detach"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/idempotency"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/stream"
)

// answer is a stored response. Headers that belong to one request alone, such as its id
// and its rate limit, are not among them: the edge sets them before the handler runs.
type answer struct {
	Status int         `json:"status"`
	Header http.Header `json:"header"`
	Body   []byte      `json:"body"`
	// Request is the digest of a body that was a stream: it is known when the work is done.
	Request []byte `json:"request,omitempty"`
}

// recorder keeps a response until it is known whether it is the one.
type recorder struct {
	answer
	wrote bool
}

func newRecorder() *recorder {
	return &recorder{answer: answer{Status: http.StatusOK, Header: http.Header{}}}
}

func (r *recorder) Header() http.Header { return r.answer.Header }

func (r *recorder) WriteHeader(status int) {
	if !r.wrote {
		r.wrote, r.Status = true, status
	}
}

func (r *recorder) Write(b []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	r.Body = append(r.Body, b...)
	return len(b), nil
}

// once runs a request that carries an Idempotency-Key at most once. The handler's
// transaction and the one that stores its answer are the same, except for operations
// whose work reaches outside.
func (e *Edge) once(op *contract.Operation, next echo.HandlerFunc) echo.HandlerFunc {
	if !op.Idempotent {
		return next
	}
	return func(c echo.Context) error {
		r := c.Request()
		key := r.Header.Get("Idempotency-Key")
		if key == "" {
			return next(c)
		}
		ctx := r.Context()
		x := contract.From(ctx)
		who := "ip:" + x.From.String()
		var org id.ID
		if x.Principal != nil {
			org = x.Principal.OrgID
			who = string(x.Principal.Kind) + ":" + x.Principal.ID.UUID()
		}
		k := idempotency.NewKey(x.Body, meaning(x.Operation, r), who, r.Method, r.URL.Path, r.URL.RawQuery, key)
		k.OrgID = org
		claim, stored, err := e.Idempotency.Begin(ctx, k)
		var taken *fault.Error
		if errors.As(err, &taken) {
			err = x.Operation.Contract.KeyTaken.Of(taken)
		}
		if err != nil {
			return err
		}
		res := c.Response()
		if stored != nil {
			var a answer
			if err := json.Unmarshal(stored, &a); err != nil {
				return err
			}
			if err := repeated(ctx, a); err != nil {
				return err
			}
			res.Header().Set("X-Idempotency-Replayed", "true")
			return send(res, a)
		}
		a, err := e.execute(ctx, c, next, claim)
		if err != nil {
			return err
		}
		return send(res, a)
	}
}

// repeated refuses a request whose body is a stream, and not that of the first request. It reads
// the body for that, and does nothing with it.
func repeated(ctx context.Context, a answer) error {
	s := stream.From(ctx)
	if s == nil || s.Body == nil {
		return nil
	}
	digest, err := s.Body.Finish()
	if err == nil && !bytes.Equal(digest, a.Request) {
		err = idempotency.Mismatch()
	}
	return err
}

// meaning is what decides, besides the body, what a request asks for: how the body is to be
// read, and the headers that the operation knows. A form's boundary and the like are of one try.
func meaning(op *contract.Operation, r *http.Request) []string {
	mediaType, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	parts := []string{strings.ToLower(strings.TrimSpace(mediaType))}
	for _, name := range op.Meaning {
		if lines := r.Header[name]; lines != nil {
			parts = append(parts, name, strings.Join(lines, ", "))
		}
	}
	return parts
}

// execute runs the handler under the claim. It returns the answer that is stored, or the
// error of a request that did nothing and whose key is free again.
func (e *Edge) execute(
	ctx context.Context, c echo.Context, next echo.HandlerFunc, claim *idempotency.Claim,
) (answer, error) {
	r, res := c.Request(), c.Response()
	writer := res.Writer
	finished := false
	defer func() {
		res.Writer = writer
		res.Committed, res.Status, res.Size = false, 0, 0
		c.SetRequest(r)
		if !finished { // an error, or a panic on its way up
			e.release(ctx, claim)
		}
	}()
	var rec *recorder
	fresh := func() {
		rec = newRecorder()
		res.Writer, res.Committed, res.Status, res.Size = rec, false, 0, 0
	}
	run := e.Tx.InTx
	if contract.From(ctx).Operation.NoTransaction {
		run = func(ctx context.Context, fn func(context.Context) error) error { return fn(ctx) }
	}
	body := e.hold(ctx, claim)
	defer body.stop()
	err := run(ctx, func(ctx context.Context) error {
		fresh()
		c.SetRequest(r.WithContext(ctx))
		if err := next(c); err != nil {
			return err
		}
		var err error
		if rec.Request, err = body.digest(); err != nil {
			return err
		}
		if contract.From(ctx).Operation.NoTransaction {
			// The work cannot be undone: its answer is kept although the client may have gone.
			var cancel context.CancelFunc
			ctx, cancel = detach.CleanUp(ctx)
			defer cancel()
		}
		return e.complete(ctx, claim, rec)
	})
	if err != nil && keep(err) && body.Body == nil {
		// The work was rolled back, but what it found would be found again.
		fresh()
		c.SetRequest(r)
		e.Error(err, c)
		err = e.complete(ctx, claim, rec)
	}
	if err != nil {
		return answer{}, err
	}
	finished = true
	return rec.answer, nil
}

// held is the body of a request under a claim; its Body is nil when it is no stream.
type held struct {
	*stream.Body
	stop func()
}

// hold keeps the claim for as long as the body of a stream takes.
func (e *Edge) hold(ctx context.Context, claim *idempotency.Claim) held {
	s := stream.From(ctx)
	if s == nil || s.Body == nil {
		return held{stop: func() {}}
	}
	return held{s.Body, e.Idempotency.Hold(ctx, claim, s.End)}
}

// digest is that of the body of a stream, which is read to its end first; nil of any other.
func (h held) digest() ([]byte, error) {
	if h.Body == nil {
		return nil, nil
	}
	return h.Finish()
}

func (e *Edge) complete(ctx context.Context, claim *idempotency.Claim, rec *recorder) error {
	text, err := json.Marshal(rec.answer)
	if err != nil {
		return err
	}
	return e.Idempotency.Complete(ctx, claim, text)
}

func (e *Edge) release(ctx context.Context, claim *idempotency.Claim) {
	if err := e.Idempotency.Release(ctx, claim); err != nil {
		e.Log.Warn("release an idempotency key", "error", err, "request_id", contract.From(ctx).RequestID)
	}
}

// keep reports whether a refusal is an answer to store: a conflict that the work itself ran
// into. Not stored are what the caller mends in the request, and what passes by itself.
func keep(err error) bool {
	var f *fault.Error
	if !errors.As(err, &f) {
		return false
	}
	return f.Code == fault.Conflict
}

func send(res *echo.Response, a answer) error {
	for name, values := range a.Header {
		res.Header()[name] = values
	}
	res.WriteHeader(a.Status)
	_, err := res.Write(a.Body)
	return err
}

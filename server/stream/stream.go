// Package stream carries the bodies that are too large, or last too long, to be held in
// memory. It reads a request and writes a response piece by piece. Each piece has a time, so
// that a sender or a reader that stands still ends its own request and holds up nobody else.
// The package knows HTTP; it knows neither contracts nor services.
package stream

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/alania-go/alania/domain/fault"
)

// Patience is how long a client may take for a piece, unless Options say something else.
const Patience = 30 * time.Second

// piece is the least that a client sends or reads in the time that it is given: with
// Patience, about 500 bytes a second.
const piece = 16 << 10

// Options say how the bodies of one request are carried.
type Options struct {
	Request, Response bool // which of the bodies is a stream
	MaxBody           int64
	Patience          time.Duration // zero: Patience
	Heartbeat         time.Duration // of server-sent events
	// Work is how long a handler may take before the first piece, and after the last of a request:
	// that is work as of any request, such as to ask a database. Zero: as long as the stream.
	Work time.Duration
	Head bool // the client asks for the head of the response alone
}

// Stream is a request of which a body is a stream, or both are.
type Stream struct {
	Body   *Body   // what the handler reads; nil when the request is no stream
	Writer *Writer // on the way to the client

	options  Options
	ctx      context.Context
	end      context.CancelCauseFunc // of ctx
	request  *http.Request
	response http.ResponseWriter // the one that handlers write to
	events   *Events
	work     *time.Timer // nil when there is no bound
	answers  atomic.Bool // the response has begun
}

// New makes the stream of a request whose connection is w. ctx ends when the stream is to end,
// and end ends it. out is what handlers write to; the caller puts the Writer of the stream
// beneath it.
func New(
	ctx context.Context, end context.CancelCauseFunc, r *http.Request, w, out http.ResponseWriter, o Options,
) *Stream {
	if o.Patience <= 0 {
		o.Patience = Patience
	}
	s := &Stream{options: o, ctx: ctx, end: end, request: r, response: out}
	control := http.NewResponseController(w)
	if o.Work > 0 {
		s.work = time.AfterFunc(o.Work, func() { end(fault.Wrap(context.DeadlineExceeded)) })
	}
	s.Writer = &Writer{
		ResponseWriter: w, control: control, stream: s, patience: o.Patience,
		head: o.Head && o.Response, clear: r.ProtoMajor > 1,
	}
	// The times for a request as a whole do not end a stream. Without this the
	// end of the time for reading would look as if the client had hung up.
	_ = control.SetReadDeadline(time.Time{})
	_ = control.SetWriteDeadline(time.Time{})
	if o.Request {
		s.Body = newBody(s, r, control)
		if o.Response { // otherwise net/http reads the rest of the body when the response begins
			_ = control.EnableFullDuplex()
		}
	}
	return s
}

type contextKey struct{}

// With puts the stream into the context.
func With(ctx context.Context, s *Stream) context.Context {
	return context.WithValue(ctx, contextKey{}, s)
}

// From returns the stream of a request. It is nil when the operation has none.
func From(ctx context.Context) *Stream {
	s, _ := ctx.Value(contextKey{}).(*Stream)
	return s
}

// Head reports whether the client asks for the head of the response alone, so that no body is needed.
func (s *Stream) Head() bool { return s.options.Head }

// Response returns what a handler writes to when it does so itself.
func (s *Stream) Response() http.ResponseWriter { return s.response }

// End ends the stream: reads, writes and the context of the handler fail with the cause.
func (s *Stream) End(cause error) { s.end(cause) }

// flows says that pieces are carried from now on.
func (s *Stream) flows() {
	if s.work != nil {
		s.work.Stop()
	}
}

// works says that the request has been read, and what is left is work.
func (s *Stream) works() {
	if s.work != nil && !s.answers.Load() {
		s.work.Reset(s.options.Work)
	}
}

// ErrHead ends a response of which the client wants no more than the head. It is no failure.
var ErrHead = errors.New("the client asked for the head alone")

// Close ends what the stream runs next to the handler. Nothing may be read or written after it
// but what the edge answers itself.
func (s *Stream) Close() {
	if s.events != nil {
		s.events.close()
	}
	s.flows()
	if s.Body != nil {
		s.Body.stop()
	}
	s.Writer.Arm()
}

// Writer is the way of a response to the client. It writes in pieces, and each piece is to
// be taken in time.
type Writer struct {
	http.ResponseWriter
	control  *http.ResponseController
	stream   *Stream
	patience time.Duration
	head     bool
	clear    bool // a deadline that passes between two pieces ends the request
}

// Unwrap is for http.ResponseController.
func (w *Writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader implements http.ResponseWriter.
func (w *Writer) WriteHeader(status int) {
	w.stream.answers.Store(true)
	w.stream.flows()
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter. It fails when the stream is to end.
func (w *Writer) Write(p []byte) (int, error) {
	if w.head {
		return 0, ErrHead
	}
	written := 0
	for {
		if err := ended(w.stream.ctx); err != nil {
			return written, err
		}
		w.Arm()
		n, err := w.ResponseWriter.Write(p[:min(len(p), piece)])
		w.disarm()
		written += n
		if p = p[n:]; err != nil || len(p) == 0 {
			return written, err
		}
	}
}

// FlushError is for http.ResponseController: it sends what was written.
func (w *Writer) FlushError() error {
	w.Arm()
	defer w.disarm()
	return w.control.Flush()
}

// Arm begins the time of the client anew, for what the server itself writes at the end.
func (w *Writer) Arm() { _ = w.control.SetWriteDeadline(time.Now().Add(w.patience)) }

func (w *Writer) disarm() {
	if w.clear {
		_ = w.control.SetWriteDeadline(time.Time{})
	}
}

// ended returns why a context has ended; nil while it has not.
func ended(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	return context.Cause(ctx)
}

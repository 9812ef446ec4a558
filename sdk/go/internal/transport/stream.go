package transport

import (
	"context"
	"errors"
	"io"
	"iter"
	"maps"
	mathrand "math/rand/v2"
	"net/http"
	"time"

	"github.com/alania-go/alania/sdk/go/sse"
)

// Open performs a call whose answer is a stream, and returns its body. It fails with
// io.ErrUnexpectedEOF when it ends before its end. The caller closes it.
func Open(ctx context.Context, client, call []Option, r *Request) (io.ReadCloser, error) {
	res, err := do(ctx, client, call, r)
	if err != nil {
		return nil, err
	}
	return res.Body, nil
}

// opened is the body of an answer that the caller reads.
type opened struct {
	io.ReadCloser
	cancel context.CancelFunc
}

// Close implements io.Closer. It ends a read that waits.
func (o *opened) Close() error {
	o.cancel()
	return o.ReadCloser.Close()
}

// How events are read: silence is how long nothing may come, not even a comment, and reconnect
// is the pause before the next connection when the server names none.
const (
	silence   = time.Minute
	reconnect = time.Second
)

// Events performs a call that is answered with server-sent events. It connects again when the
// stream ends, and goes on after the last event that had an id.
func Events(ctx context.Context, client, call []Option, r *Request) iter.Seq2[sse.Event, error] {
	return func(yield func(sse.Event, error) bool) {
		c, err := newConfig(client, call)
		if err != nil {
			yield(sse.Event{}, err)
			return
		}
		for pause := reconnect; ; {
			res, err := do(ctx, client, call, r)
			if err != nil {
				yield(sse.Event{}, err)
				return
			}
			if res.StatusCode == http.StatusNoContent { // there is nothing more
				_ = res.Body.Close()
				return
			}
			events := sse.NewReader(watched(res.Body))
			for {
				e, err := events.Next()
				if err != nil {
					break
				}
				if e.ID != "" {
					next := *r
					next.Header = maps.Clone(r.Header)
					if next.Header == nil {
						next.Header = http.Header{}
					}
					next.Header.Set("Last-Event-ID", e.ID)
					r = &next
				}
				if !yield(e, nil) {
					_ = res.Body.Close()
					return
				}
			}
			_ = res.Body.Close()
			if asked := events.Retry(); asked > 0 {
				pause = asked
			}
			if err := c.Wait(ctx, pause/2+mathrand.N(pause)); err != nil { // not all clients at once
				yield(sse.Event{}, err)
				return
			}
		}
	}
}

// watched closes a body from which nothing comes.
func watched(body io.ReadCloser) io.Reader {
	return &watch{body: body, timer: time.AfterFunc(silence, func() { _ = body.Close() })}
}

type watch struct {
	body  io.Reader
	timer *time.Timer
}

func (w *watch) Read(p []byte) (int, error) {
	w.timer.Reset(silence)
	n, err := w.body.Read(p)
	if err != nil {
		w.timer.Stop()
	}
	return n, err
}

// source is a body that is read as it is sent.
type source struct {
	reader io.Reader
	seeker io.Seeker // nil: it can be sent once
	start  int64
	size   int64 // -1: not known
}

// source returns how the body is read; nil when it is in memory.
func (r *Request) source() *source {
	reader, ok := r.Body.(io.Reader)
	if !ok {
		return nil
	}
	s := &source{reader: reader, size: -1}
	seeker, ok := reader.(io.Seeker)
	if !ok {
		return s
	}
	start, err := seeker.Seek(0, io.SeekCurrent)
	if err != nil { // such as that of a terminal
		return s
	}
	end, err := seeker.Seek(0, io.SeekEnd)
	if err != nil {
		return s
	}
	s.seeker, s.start, s.size = seeker, start, end-start
	return s
}

// once reports whether the body can be sent once only.
func (s *source) once() bool { return s != nil && s.seeker == nil }

// rewind returns what the next try sends.
func (s *source) rewind() (io.Reader, error) {
	if s.seeker == nil {
		return s.reader, nil
	}
	if _, err := s.seeker.Seek(s.start, io.SeekStart); err != nil {
		return nil, errors.Join(errors.New("go back to the beginning of the body"), err)
	}
	return io.NopCloser(s.reader), nil // it is the caller's to close
}

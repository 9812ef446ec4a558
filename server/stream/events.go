package stream

import (
	"bytes"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/alania-go/alania/domain/task"
)

// Event is one of server-sent events
// (https://html.spec.whatwg.org/multipage/server-sent-events.html).
type Event struct {
	ID    string // what a client that connects again sends as Last-Event-ID; empty: as before
	Type  string // empty: message
	Data  []byte // any number of lines
	Retry time.Duration
}

// Events writes server-sent events. It is safe for concurrent use.
type Events struct {
	stream *Stream
	last   string

	mu   sync.Mutex
	buf  bytes.Buffer
	sent time.Time
	stop chan struct{}
	done chan struct{}
	err  error
}

// Events begins a response of server-sent events. The handler sends events until its context
// ends, which it takes for no failure. Comments are sent when there are none, so that the
// client and what is between see that the connection lives.
func (s *Stream) Events() (*Events, error) {
	h := s.response.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // for nginx in between
	e := &Events{
		stream: s, last: s.request.Header.Get("Last-Event-ID"), sent: time.Now(),
		stop: make(chan struct{}), done: make(chan struct{}),
	}
	s.response.WriteHeader(http.StatusOK)
	if s.options.Head {
		return nil, ErrHead
	}
	if err := s.Writer.FlushError(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return nil, err
	}
	s.events = e
	task.Go("keep an event stream alive", e.beat)
	return e, nil
}

// LastID returns the id of the last event that the client has; empty when it has none.
func (e *Events) LastID() string { return e.last }

var errLine = errors.New("the id or the type of an event has more than one line")

// Send sends an event at once. It waits while the client does not read, for a time. An error
// says that the stream has ended.
func (e *Events) Send(v Event) error {
	if strings.ContainsAny(v.ID+v.Type, "\r\n\x00") {
		return errLine
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	field := func(name, value string) {
		e.buf.WriteString(name)
		e.buf.WriteString(": ")
		e.buf.WriteString(value)
		e.buf.WriteByte('\n')
	}
	if v.ID != "" {
		field("id", v.ID)
	}
	if v.Type != "" {
		field("event", v.Type)
	}
	if v.Retry > 0 {
		field("retry", strconv.FormatInt(v.Retry.Milliseconds(), 10))
	}
	for line := range lines(v.Data) {
		e.buf.WriteString("data: ")
		e.buf.Write(line)
		e.buf.WriteByte('\n')
	}
	return e.write()
}

// lines goes through the lines of a text, whatever ends them.
func lines(text []byte) func(func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for {
			i := bytes.IndexAny(text, "\r\n")
			if i < 0 {
				yield(text)
				return
			}
			line, rest := text[:i], text[i+1:]
			if text[i] == '\r' && len(rest) > 0 && rest[0] == '\n' {
				rest = rest[1:]
			}
			if text = rest; !yield(line) {
				return
			}
		}
	}
}

// largest is the most that is kept of the memory that an event took.
const largest = 64 << 10

// write sends what is in the buffer, which an empty line ends.
func (e *Events) write() error {
	defer func() {
		if e.buf.Reset(); e.buf.Cap() > largest {
			e.buf = bytes.Buffer{}
		}
	}()
	if e.err != nil {
		return e.err
	}
	e.buf.WriteByte('\n')
	if _, err := e.stream.response.Write(e.buf.Bytes()); err != nil {
		e.err = err
		return err
	}
	if err := e.stream.Writer.FlushError(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		e.err = err
		return err
	}
	e.sent = time.Now()
	return nil
}

// beat sends a comment when nothing else was sent for a while. A client that takes none has
// gone, and the handler is told.
func (e *Events) beat() {
	defer close(e.done)
	pause := e.stream.options.Heartbeat
	if pause <= 0 {
		return
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	for {
		select {
		case <-e.stop:
			return
		case <-timer.C:
		}
		e.mu.Lock()
		wait := time.Until(e.sent.Add(pause))
		if wait <= 0 {
			e.buf.WriteString(":\n")
			if err := e.write(); err != nil {
				e.mu.Unlock()
				e.stream.end(err)
				return
			}
			wait = pause
		}
		e.mu.Unlock()
		timer.Reset(wait)
	}
}

// close ends the comments, and what is sent later fails.
func (e *Events) close() {
	close(e.stop)
	<-e.done
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.err == nil {
		e.err = http.ErrBodyNotAllowed
	}
}

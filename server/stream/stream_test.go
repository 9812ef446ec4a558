package stream

import (
	"bytes"
	"context"
	"crypto/md5" //nolint:gosec // of Content-MD5
	"io"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/fault"
)

// open makes the stream of a request with a body.
func open(t *testing.T, body string, o Options) (*Stream, *httptest.ResponseRecorder) {
	t.Helper()
	ctx, end := context.WithCancelCause(t.Context())
	w := httptest.NewRecorder()
	s := New(ctx, end, httptest.NewRequest("POST", "/", strings.NewReader(body)), w, w, o)
	t.Cleanup(s.Close)
	return s, w
}

func TestLines(t *testing.T) {
	for text, want := range map[string][]string{
		"": {""}, "a": {"a"}, "a\nb": {"a", "b"}, "a\r\nb\rc\n": {"a", "b", "c", ""}, "\n\r": {"", "", ""},
	} {
		var got []string
		for line := range lines([]byte(text)) {
			got = append(got, string(line))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// Nothing that an event has can begin another field or another event.
func TestAnEventHasItsOwnLinesOnly(t *testing.T) {
	s, w := open(t, "", Options{Response: true, Heartbeat: time.Hour})
	events, err := s.Events()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range []Event{{ID: "1\nevent: x"}, {Type: "a\rdata: x"}, {ID: "\x00"}} {
		if err := events.Send(e); err == nil {
			t.Errorf("%q was sent", e)
		}
	}
	if err := events.Send(Event{Data: []byte("a\n\nid: 7\r\revent: x")}); err != nil {
		t.Fatal(err)
	}
	if got := w.Body.String(); got != "data: a\ndata: \ndata: id: 7\ndata: \ndata: event: x\n\n" {
		t.Errorf("%q", got)
	}
	s.Close()
	if err := events.Send(Event{}); err == nil {
		t.Error("an event was sent after the end")
	}
	s.events = nil // it is closed
}

// A contract may ask for digests of its own.
func TestExpect(t *testing.T) {
	sum := md5.Sum([]byte("hello")) //nolint:gosec // as above
	for _, c := range []struct {
		body string
		ok   bool
	}{{"hello", true}, {"hullo", false}} {
		s, _ := open(t, c.body, Options{Request: true, MaxBody: 5})
		s.Body.Expect("Content-MD5", md5.New(), sum[:]) //nolint:gosec // as above
		got, err := io.ReadAll(s.Body)
		if c.ok && (err != nil || string(got) != c.body || s.Body.Size() != 5) {
			t.Errorf("%s: %q %v", c.body, got, err)
		}
		if !c.ok && !fault.IsCode(err, fault.ValidationFailed) {
			t.Errorf("%s: %v", c.body, err)
		}
	}
}

// However it is read, a body ends with io.EOF at its limit, and with an error beyond it.
func TestTheLimitOfABody(t *testing.T) {
	for _, n := range []int{0, 1, 9, 10, 11, 12, 100} {
		for _, size := range []int{1, 3, 10, 11, 512} {
			s, _ := open(t, strings.Repeat("x", n), Options{Request: true, MaxBody: 10})
			var out bytes.Buffer
			_, err := io.CopyBuffer(struct{ io.Writer }{&out}, struct{ io.Reader }{s.Body}, make([]byte, size))
			whole, refused := err == nil && out.Len() == n, fault.IsCode(err, fault.PayloadTooLarge) && out.Len() <= 10
			if n <= 10 && !whole || n > 10 && !refused {
				t.Errorf("%d bytes, %d at a time: %d, %v", n, size, out.Len(), err)
			}
		}
	}
}

package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alania-go/alania/sdk/go/internal/apierror"
)

var (
	put  = &Operation{ID: "put", Method: "PUT", Path: "/thing", ContentType: "application/zip", Sends: true}
	get  = &Operation{ID: "get", Method: "GET", Path: "/thing", Accept: "application/zip", Opens: true}
	news = &Operation{ID: "news", Method: "GET", Path: "/news", Accept: "text/event-stream", Opens: true}
)

// to sets the server, and does not wait between tries.
func to(t *testing.T, h http.HandlerFunc) []Option {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return []Option{func(c *Config) error {
		c.BaseURL = s.URL
		c.Wait = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
		return nil
	}}
}

// A body that can be read again is sent again, with its length; another is sent once.
func TestSends(t *testing.T) {
	var tries atomic.Int64
	options := to(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if tries.Add(1) == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Seen", fmt.Sprintf("%d %s", r.ContentLength, body))
	})
	var res *http.Response
	options = append(options, func(c *Config) error { c.ResponseInto = &res; return nil })
	file := strings.NewReader("--hello")
	if _, err := file.Seek(2, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if err := Exec(t.Context(), options, nil, &Request{Operation: put, Body: file}); err != nil {
		t.Fatal(err)
	}
	if seen := res.Header.Get("Seen"); seen != "5 hello" || tries.Load() != 2 {
		t.Errorf("%q after %d tries", seen, tries.Load())
	}
	tries.Store(0)
	err := Exec(t.Context(), options, nil, &Request{Operation: put, Body: io.MultiReader(strings.NewReader("hello"))})
	var failure *apierror.Error
	if !errors.As(err, &failure) || failure.StatusCode != 503 || tries.Load() != 1 {
		t.Errorf("%v after %d tries", err, tries.Load())
	}
	if err := Exec(t.Context(), options, nil, &Request{Operation: put, Body: strings.NewReader("")}); err != nil {
		t.Errorf("an empty body: %v", err)
	}
	if seen := res.Header.Get("Seen"); seen != "0" {
		t.Errorf("an empty body: %q", seen)
	}
}

// The answer is read as it comes, for longer than the time-out of a call; one that is cut off is
// an error.
func TestOpens(t *testing.T) {
	more := make(chan struct{})
	options := to(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "one ")
		_ = http.NewResponseController(w).Flush()
		<-more
		_, _ = io.WriteString(w, "two")
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
	options = append(options, func(c *Config) error { c.Timeout = 200 * time.Millisecond; return nil })
	body, err := Open(t.Context(), options, nil, &Request{Operation: get})
	if err != nil {
		t.Fatal(err)
	}
	first := make([]byte, 4)
	if _, err := io.ReadFull(body, first); err != nil || string(first) != "one " {
		t.Errorf("%q %v", first, err)
	}
	time.Sleep(300 * time.Millisecond)
	close(more)
	rest, err := io.ReadAll(body)
	if string(rest) != "two" || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%q %v", rest, err)
	}
	_ = body.Close()
	late := make(chan struct{})
	options = append(to(t, func(http.ResponseWriter, *http.Request) { <-late }), options[1:]...)
	options = append(options, func(c *Config) error { c.MaxRetries = 0; return nil })
	if _, err := Open(t.Context(), options, nil, &Request{Operation: get}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a head that does not come: %v", err)
	}
	close(late)
}

// Events go on after the last one when the connection ends, until the server has no more.
func TestEventsConnectAgain(t *testing.T) {
	var asked []string
	options := to(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Header.Get("Last-Event-ID"))
		switch len(asked) {
		case 1:
			_, _ = io.WriteString(w, ": hello\n\nid: 1\ndata: a\n\ndata: without an id\n\n")
		case 2:
			w.WriteHeader(http.StatusServiceUnavailable) // is tried again
		case 3:
			_, _ = io.WriteString(w, "id: 2\ndata: b\n\ndata: cut")
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		default:
			w.WriteHeader(http.StatusNoContent)
		}
	})
	var got []string
	from := &Request{Operation: news, Header: http.Header{"Last-Event-Id": {"0"}}}
	for e, err := range Events(t.Context(), options, nil, from) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, e.ID+" "+string(e.Data))
	}
	want := []string{"1 a", "1 without an id", "2 b"}
	if !slices.Equal(got, want) || !slices.Equal(asked, []string{"0", "1", "1", "2"}) {
		t.Errorf("%q after %q", got, asked)
	}
	refused := to(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	n := 0
	for _, err := range Events(t.Context(), refused, nil, &Request{Operation: news}) {
		var failure *apierror.Error
		if n++; !errors.As(err, &failure) || failure.StatusCode != 403 {
			t.Errorf("%v", err)
		}
	}
	if n != 1 {
		t.Errorf("%d errors", n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	endless := to(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "data: a\n\n")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	for _, err := range Events(ctx, endless, nil, &Request{Operation: news}) {
		if err != nil {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%v", err)
			}
			break
		}
		cancel()
	}
	for range Events(t.Context(), endless, nil, &Request{Operation: news}) {
		break // closes the connection, or the server would not stop
	}
}

package mcp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/mcp"
	"github.com/alania-go/alania/engine/guard"
)

// remote is a server on the network, with what it was asked.
type remote struct {
	*httptest.Server
	mu      sync.Mutex
	headers []http.Header
	lists   atomic.Int32
}

func (r *remote) target() mcp.Target {
	return mcp.Target{
		Server: mcp.Server{ID: "remote", Key: id.New(), Transport: mcp.HTTP, URL: r.URL + "/mcp?tenant=1"}, Session: r.URL,
	}
}

// startRemote runs a server with sessions, as older ones have them, or without.
func startRemote(t *testing.T, stateless bool) *remote {
	t.Helper()
	r := &remote{}
	s := sdk.NewServer(&sdk.Implementation{Name: "remote", Version: "1"}, nil)
	s.AddReceivingMiddleware(func(next sdk.MethodHandler) sdk.MethodHandler {
		return func(ctx context.Context, method string, req sdk.Request) (sdk.Result, error) {
			if method == "tools/list" {
				r.lists.Add(1)
			}
			return next(ctx, method, req)
		}
	})
	tool := func(name string, res *sdk.CallToolResult, err error) {
		s.AddTool(&sdk.Tool{Name: name, InputSchema: anything},
			func(context.Context, *sdk.CallToolRequest) (*sdk.CallToolResult, error) { return res, err })
	}
	text := func(s string) []sdk.Content { return []sdk.Content{&sdk.TextContent{Text: s}} }
	tool("object", &sdk.CallToolResult{StructuredContent: map[string]any{"a": 1}, Content: text("something else")}, nil)
	tool("exact",
		&sdk.CallToolResult{
			StructuredContent: json.RawMessage(`{"n":12345678901234567890}`), Content: text(`{"n":12345678901234567890}`),
		}, nil)
	tool("array", &sdk.CallToolResult{StructuredContent: []int{1, 2}}, nil)
	tool("text", &sdk.CallToolResult{Content: text("hello")}, nil)
	tool("blocks",
		&sdk.CallToolResult{Content: append(text("a"), &sdk.ImageContent{Data: []byte{1}, MIMEType: "image/png"})}, nil)
	tool("image", &sdk.CallToolResult{Content: []sdk.Content{&sdk.ImageContent{Data: []byte{1}, MIMEType: "image/png"}}},
		nil)
	tool("nothing", &sdk.CallToolResult{}, nil)
	tool("failure", &sdk.CallToolResult{IsError: true, Content: text("no")}, nil)
	tool("fault", nil, errors.New("stack trace with S3CR3T"))
	s.AddTool(&sdk.Tool{Name: "large", InputSchema: anything}, large)
	s.AddTool(&sdk.Tool{Name: "slow", InputSchema: anything}, func(ctx context.Context,
		_ *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	})
	s.AddTool(&sdk.Tool{
		Name: "described", Description: "What it does",
		Annotations: &sdk.ToolAnnotations{Title: "A title", ReadOnlyHint: true},
		InputSchema: json.RawMessage(`{"type":"object","required":["n"],"properties":{"n":{"type":"integer"}}}`),
	}, nil)
	s.AddResource(&sdk.Resource{URI: "note://one", Name: "one"}, func(context.Context,
		*sdk.ReadResourceRequest) (*sdk.ReadResourceResult, error) {
		return &sdk.ReadResourceResult{
			Contents: []*sdk.ResourceContents{
				{URI: "note://one", MIMEType: "text/plain", Text: "1"}, {URI: "note://one/image", Blob: []byte{2}},
			},
		}, nil
	})
	s.AddResourceTemplate(&sdk.ResourceTemplate{URITemplate: "page://{+path}", Name: "pages"}, func(_ context.Context,
		r *sdk.ReadResourceRequest) (*sdk.ReadResourceResult, error) {
		return nil, sdk.ResourceNotFoundError(r.Params.URI)
	})
	handler := sdk.NewStreamableHTTPHandler(func(*http.Request) *sdk.Server { return s },
		&sdk.StreamableHTTPOptions{Stateless: stateless, PropagateRequestCancellation: true})
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.mu.Lock()
		r.headers = append(r.headers, req.Header.Clone())
		r.mu.Unlock()
		if req.URL.RequestURI() != "/mcp?tenant=1" {
			t.Errorf("%s", req.URL)
		}
		handler.ServeHTTP(w, req)
	}))
	t.Cleanup(func() {
		r.CloseClientConnections()
		r.Close()
	})
	return r
}

func TestRemote(t *testing.T) {
	for _, stateless := range []bool{true, false} {
		t.Run(fmt.Sprintf("stateless %v", stateless), func(t *testing.T) {
			t.Parallel()
			r := startRemote(t, stateless)
			e := engine(t, Options{})
			target := r.target()
			target.Headers = map[string]string{"Authorization": "Bearer S3CR3T", "x-team": "a"}
			for name, c := range map[string]struct {
				want   string
				failed bool
			}{
				"object": {`{"a":1}`, false},
				"exact":  {`{"n":12345678901234567890}`, false},
				"array":  {`{"content":[1,2]}`, false},
				"text":   {`{"content":"hello"}`, false},
				"blocks": {
					`{"content":[{"type":"text","text":"a"},{"type":"image","mimeType":"image/png","data":"AQ=="}]}`, false,
				},
				"image":   {`{"content":[{"type":"image","mimeType":"image/png","data":"AQ=="}]}`, false},
				"nothing": {`{"content":[]}`, false},
				"failure": {`{"content":"no"}`, true},
			} {
				if got := call(t, e, target, name, `{}`); string(got.Value) != c.want || got.Failed != c.failed {
					t.Errorf("%s: %s, failed: %v", name, got.Value, got.Failed)
				}
			}
			_, err := e.Call(t.Context(), target, "fault", json.RawMessage("{}"))
			wants(t, err, "refused")
			if f := fault.Wrap(err); strings.Contains(f.Message, "S3CR3T") || !strings.Contains(f.Error(), "S3CR3T") {
				t.Errorf("the cause is for the log alone: %v", f)
			}
			_, err = e.Call(t.Context(), target, "unknown", json.RawMessage("{}"))
			wants(t, err, "refused")
			_, err = e.Call(t.Context(), target, "large", json.RawMessage("{}"))
			wants(t, err, "larger than 1 MiB")
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			if _, err := e.Call(ctx, target, "slow", json.RawMessage("{}")); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("slow: %v", err)
			}
			call(t, e, target, "text", `{}`) // and it goes on
			r.mu.Lock()
			defer r.mu.Unlock()
			for _, h := range r.headers {
				if h.Get("Authorization") != "Bearer S3CR3T" || h.Get("X-Team") != "a" {
					t.Errorf("headers %v", h)
				}
			}
		})
	}
}

func TestToolsAreKeptForAMinute(t *testing.T) {
	now := time.Now()
	r := startRemote(t, true)
	e := engine(t, Options{Now: func() time.Time { return now }})
	target := r.target()
	see := func(fresh bool, lists int32) {
		t.Helper()
		tools := must[[]mcp.Tool](t)(e.Tools(t.Context(), target, fresh))
		if r.lists.Load() != lists || len(tools) != 12 {
			t.Errorf("%d tools, listed %d times", len(tools), r.lists.Load())
		}
		for _, tool := range tools {
			if tool.Name != "described" {
				continue
			}
			p := tool.Parameters()["n"]
			if tool.Title != "A title" || tool.Description != "What it does" || !tool.ReadOnly || p.Type != "integer" ||
				!p.Required || string(p.Schema) != `{"type":"integer"}` {
				t.Errorf("%+v %+v", tool, p)
			}
			if v, err := tool.Schema.Check(json.RawMessage(`{"n":"1"}`)); len(v) != 1 || err != nil {
				t.Errorf("%v, %v", v, err)
			}
		}
	}
	see(false, 1)
	now = now.Add(fresh - 1)
	see(false, 1)
	see(true, 2)
	now = now.Add(fresh)
	see(false, 3)
}

// A server that has forgotten the session, such as after a restart, is met anew.
func TestASessionThatIsGoneIsOpenedAgain(t *testing.T) {
	var mu sync.Mutex
	var handler http.Handler
	calls := atomic.Int32{}
	start := func() {
		s := sdk.NewServer(&sdk.Implementation{Name: "remote", Version: "1"}, nil)
		s.AddTool(&sdk.Tool{Name: "count", InputSchema: anything}, func(context.Context,
			*sdk.CallToolRequest) (*sdk.CallToolResult, error) {
			return &sdk.CallToolResult{StructuredContent: map[string]any{"n": calls.Add(1)}}, nil
		})
		mu.Lock()
		defer mu.Unlock()
		handler = sdk.NewStreamableHTTPHandler(func(*http.Request) *sdk.Server { return s }, nil)
	}
	start()
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		h := handler
		mu.Unlock()
		h.ServeHTTP(w, r)
	}))
	defer web.Close()
	e := engine(t, Options{})
	target := mcp.Target{Server: mcp.Server{Transport: mcp.HTTP, URL: web.URL}, Session: "x"}
	for want := range 3 {
		if got := call(t, e, target, "count", "{}"); string(got.Value) != fmt.Sprintf(`{"n":%d}`, want+1) {
			t.Errorf("%s", got.Value)
		}
		start()
	}
	// What is gone for good is not tried for ever.
	web.Close()
	if _, err := e.Call(t.Context(), target, "count", json.RawMessage("{}")); err == nil {
		t.Error("a server that is gone answers")
	}
}

func TestResources(t *testing.T) {
	e := engine(t, Options{})
	r := startRemote(t, true)
	target := r.target()
	for uri, want := range map[string]bool{
		"note://one": true, "note://two": false, "page://a/b": true, "other://a": false,
	} {
		if got, err := e.Offers(t.Context(), target, uri); got != want || err != nil {
			t.Errorf("%s: %v, %v", uri, got, err)
		}
	}
	got := must[[]mcp.Content](t)(e.Read(t.Context(), target, "note://one"))
	if len(got) != 2 || got[0].Text != "1" || got[0].MIMEType != "text/plain" || got[0].Blob != nil ||
		string(got[1].Blob) != "\x02" || got[1].URI != "note://one/image" {
		t.Errorf("%+v", got)
	}
	for _, uri := range []string{"page://a", "note://two"} {
		if _, err := e.Read(t.Context(), target, uri); !fault.IsCode(err, fault.NotFound) {
			t.Errorf("%s: %v", uri, err)
		}
	}
	// A server without resources offers none.
	if got, err := e.Offers(t.Context(), commandTarget(t, e), "note://one"); got || err != nil {
		t.Errorf("%v, %v", got, err)
	}
}

func commandTarget(t *testing.T, e *Engine) mcp.Target {
	t.Helper()
	e.opts.Commands = commands()
	return command(id.New())
}

func TestWhatTheGuardRefuses(t *testing.T) {
	reached := atomic.Bool{}
	web := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Store(true) }))
	defer web.Close()
	target := mcp.Target{Server: mcp.Server{Transport: mcp.HTTP, URL: web.URL}, Session: "x"}
	if _, err := engine(t, Options{Guard: guard.New(nil)}).Tools(t.Context(), target, false); !guard.IsRefused(err) {
		t.Errorf("loopback: %v", err)
	}
	e := engine(t, Options{})
	e.opts.AllowHTTP = false
	if _, err := e.Tools(t.Context(), target, false); err == nil {
		t.Error("plain http")
	}
	if reached.Load() {
		t.Error("the server was reached")
	}
}

// Credentials do not follow a redirect.
func TestRedirectsAreNotFollowed(t *testing.T) {
	reached := atomic.Bool{}
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Store(true) }))
	defer elsewhere.Close()
	web := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	defer web.Close()
	target := mcp.Target{
		Server: mcp.Server{Transport: mcp.HTTP, URL: web.URL}, Session: "x",
		Headers: map[string]string{"Authorization": "S3CR3T"},
	}
	if _, err := engine(t, Options{}).Tools(t.Context(), target, false); err == nil || reached.Load() {
		t.Errorf("%v, reached: %v", err, reached.Load())
	}
}

func TestWhatIsNoServer(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"a page": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>S3CR3T</html>") },
		"an error": func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "S3CR3T", http.StatusInternalServerError)
		},
		"no credentials": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "S3CR3T", http.StatusUnauthorized) },
		"too busy":       func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) },
		"JSON of its own": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"a":1}`)
		},
		"an endless page": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			endless(w)
		},
		"an endless event": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			endless(w)
		},
		"a cut answer": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "9")
			panic(http.ErrAbortHandler)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			web := httptest.NewServer(h)
			defer web.Close()
			e := engine(t, Options{})
			_, err := e.Tools(t.Context(), mcp.Target{Server: mcp.Server{Transport: mcp.HTTP, URL: web.URL}, Session: "x"},
				false)
			var f *fault.Error
			if err == nil || errors.As(err, &f) && strings.Contains(f.Message, "S3CR3T") {
				t.Errorf("%v", err)
			}
			if len(e.sessions) != 0 {
				t.Error("a session that did not open is kept")
			}
		})
	}
}

func endless(w io.Writer) {
	line := []byte("data: " + strings.Repeat("x", 1000))
	for {
		if _, err := w.Write(line); err != nil {
			return
		}
	}
}

// Package mcp offers the API as a server of the Model Context Protocol (streamable HTTP,
// without sessions): every operation of every contract is a tool. A call becomes a request
// to the operation that travels the whole way of one, with the caller's credentials, so
// scopes, limits, validation and errors are the API's own.
package mcp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/server/contract"
)

// Path is where the server is found.
const Path = "/mcp"

// Server answers the protocol's messages.
type Server struct {
	tools     map[string]*tool
	endpoints map[string]*endpoint // by path
	api       http.Handler
	transport http.Handler
	maxBody   int64
	// ready makes the tools, once: most processes are never asked for them, and none should start later for them.
	ready func() error
}

// endpoint is what one path offers: the tools of some contracts.
type endpoint struct {
	title     string
	contracts []*contract.Contract
	server    *sdk.Server
	toolsets  map[string]bool // that its tools are in
}

// choice is what a request is about: an endpoint, and the toolsets of it that the client chose, nil for all.
type choice struct {
	*endpoint
	chosen []string
}

type choiceKey struct{}

// has reports whether a tool is among those that the client chose.
func (c *choice) has(t *tool) bool {
	return c == nil || c.chosen == nil ||
		t != nil && slices.ContainsFunc(t.toolsets, func(s string) bool { return slices.Contains(c.chosen, s) })
}

// New makes a server of the contracts' operations, whose tools are made with its first message. Their calls are
// answered by api, which is the whole server: router and edge.
func New(contracts []*contract.Contract, api http.Handler, version string) *Server {
	s := &Server{tools: map[string]*tool{}, endpoints: map[string]*endpoint{}, api: api, maxBody: contract.MaxBody}
	s.newEndpoint(Path, "Alania", version, contracts...)
	for _, c := range contracts {
		s.newEndpoint(Path+"/"+c.Name, c.Document().Info.Title, version, c)
	}
	s.ready = sync.OnceValue(func() error { return s.addTools(contracts) })
	return s
}

// addTools sets the tools of each endpoint.
func (s *Server) addTools(contracts []*contract.Contract) error {
	all := s.endpoints[Path]
	for _, c := range contracts {
		own := s.endpoints[Path+"/"+c.Name]
		tools, err := toolsOnce(c)
		if err != nil {
			return fmt.Errorf("mcp: contract %s: %w", c.Name, err)
		}
		for _, t := range tools {
			s.tools[t.definition.Name] = t
			s.maxBody = max(s.maxBody, t.op.MaxBody)
			for _, v := range []*endpoint{all, own} {
				for _, name := range t.toolsets {
					v.toolsets[name] = true
				}
				v.server.AddTool(t.definition, func(ctx context.Context, r *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
					return s.call(ctx, t, r.Params.Arguments)
				})
			}
		}
	}
	// A body in JSON within JSON, or in base64, grows; so does what stands around it.
	s.maxBody = s.maxBody*3/2 + 64<<10
	s.transport = sdk.NewStreamableHTTPHandler(func(r *http.Request) *sdk.Server { return chosen(r.Context()).server },
		&sdk.StreamableHTTPOptions{
			Stateless: true, JSONResponse: true, PropagateRequestCancellation: true, MaxRequestBodyBytes: s.maxBody,
			// Browsers do not send the credentials that every request needs, so there is nothing
			// to gain from a rebound name; and behind a proxy on the same machine the check would
			// refuse everybody.
			DisableLocalhostProtection: true,
		})
	return nil
}

// newEndpoint makes the MCP server of one path.
func (s *Server) newEndpoint(path, title, version string, contracts ...*contract.Contract) *endpoint {
	v := &endpoint{title: title, contracts: contracts, toolsets: map[string]bool{}}
	v.server = sdk.NewServer(&sdk.Implementation{Name: "alania", Title: title, Version: version}, &sdk.ServerOptions{
		Instructions: "Each tool is an operation of the API and takes its parameters, and its body as \"body\". " +
			"A result has the HTTP status and the body of the answer; from 400 on it is an error, and the body says what to " +
			"change.",
		Capabilities: &sdk.ServerCapabilities{Tools: &sdk.ToolCapabilities{}},
		// What is listed depends on the caller.
		SetCacheable: func(_ context.Context, _ sdk.Request, c *sdk.Cacheable) { c.CacheScope = "private" },
	})
	v.server.AddReceivingMiddleware(s.middleware)
	s.endpoints[path] = v
	return v
}

func chosen(ctx context.Context) *choice {
	c, _ := ctx.Value(choiceKey{}).(*choice)
	return c
}

// choose reads which toolsets a client wants: all, or those that the query names.
func (v *endpoint) choose(query url.Values) (*choice, error) {
	c := &choice{endpoint: v}
	for _, names := range query["toolsets"] {
		for name := range strings.SplitSeq(names, ",") {
			if !v.toolsets[name] {
				return nil, fault.Invalid(fault.Violation{
					In: fault.InQuery, Pointer: "/toolsets", Code: "enum",
					Message: "must be names of toolsets, with commas: " + strings.Join(slices.Sorted(maps.Keys(v.toolsets)), ", "),
				})
			}
			c.chosen = append(c.chosen, name)
		}
	}
	return c, nil
}

// middleware lists to a caller what it may call, and refuses what needs a session.
func (s *Server) middleware(next sdk.MethodHandler) sdk.MethodHandler {
	return func(ctx context.Context, method string, r sdk.Request) (sdk.Result, error) {
		if method == "subscriptions/listen" {
			return nil, &jsonrpc.Error{
				Code: jsonrpc.CodeMethodNotFound, Message: "The list of tools does not change while the server runs.",
			}
		}
		choice := chosen(ctx)
		if p, ok := r.GetParams().(*sdk.CallToolParamsRaw); ok && !choice.has(s.tools[p.Name]) {
			return nil, &jsonrpc.Error{Code: jsonrpc.CodeInvalidParams, Message: fmt.Sprintf("unknown tool %q", p.Name)}
		}
		res, err := next(ctx, method, r)
		if list, ok := res.(*sdk.ListToolsResult); ok && err == nil {
			var p *identity.Principal
			if x := contract.From(ctx); x != nil {
				p = x.Principal
			}
			list.Tools = slices.DeleteFunc(list.Tools, func(t *sdk.Tool) bool {
				return !s.tools[t.Name].covered(p) || !choice.has(s.tools[t.Name])
			})
		}
		return res, err
	}
}

// covered reports whether the caller's credentials have what the operation needs.
func (t *tool) covered(p *identity.Principal) bool {
	return t.op.Covers(p)
}

// handle answers the messages that are sent to an endpoint. edge.Edge.Authenticated has to come before it.
func (s *Server) handle(v *endpoint) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := s.ready(); err != nil {
			return err
		}
		choice, err := v.choose(c.QueryParams())
		if err != nil {
			return err
		}
		return s.answer(c, choice)
	}
}

func (s *Server) answer(c echo.Context, choice *choice) error {
	r := c.Request()
	if mediaType, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); !strings.EqualFold(strings.TrimSpace(mediaType),
		"application/json") {
		return fault.New(fault.UnsupportedMediaType, "The server takes messages as application/json.")
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Response(), r.Body, s.maxBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return fault.New(fault.PayloadTooLarge, "The message is larger than the server takes.")
	case err != nil:
		return fault.New(fault.Malformed, "The body could not be read.").WithCause(err)
	case bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("[")):
		// A request was taken from the caller's bucket for one message.
		return fault.New(fault.Malformed, "The server takes one message in a request, and no batches.")
	}
	ctx, cancel := patient(r.Context())
	defer cancel()
	ctx = context.WithValue(context.WithValue(ctx, requestKey{}, r), choiceKey{}, choice)
	r = r.Clone(ctx)
	r.Body = io.NopCloser(bytes.NewReader(body))
	// Answers are always JSON, whatever else a client would take.
	r.Header.Set("Accept", "application/json, text/event-stream")
	s.transport.ServeHTTP(c.Response(), r)
	return nil
}

// patient returns a context that ends when the client goes, but not with the time-out of the
// exchange: the call has one of its own, and its answer is still to be sent.
func patient(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(parent))
	stop := context.AfterFunc(parent, func() {
		if !errors.Is(parent.Err(), context.DeadlineExceeded) {
			cancel()
		}
	})
	return ctx, func() { stop(); cancel() }
}

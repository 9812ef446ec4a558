// Package mcp speaks the Model Context Protocol as a client: to servers on the network, to
// commands that the operator has configured, and to the servers that are part of this
// program. Sessions are opened on demand, kept while they are used, and closed when they
// have been idle for a while.
package mcp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/yosida95/uritemplate/v3"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/mcp"
	"github.com/alania-go/alania/domain/share"
	"github.com/alania-go/alania/domain/task"
	"github.com/alania-go/alania/domain/txn"
	"github.com/alania-go/alania/engine/guard"
)

// Options say what the engine stands on.
type Options struct {
	Guard     *guard.Guard
	AllowHTTP bool
	Commands  map[string][]string // name → program and its arguments
	Root      string              // the folder of the files of all workspaces
	Files     mcp.Stock           // counts them; nil: nobody does
	Now       clock.Clock
	Idle      time.Duration // how long a session that nobody uses stays open; zero: 5 minutes
	Sessions  int           // the most that are open at a time; zero: 256
}

// version is what servers are told of the client, and clients of the built-in servers.
const version = "1"

const (
	clientName     = "mcp"
	connectTimeout = 10 * time.Second
	fresh          = time.Minute // how long a list is good for
	maxListed      = 500         // tools, resources or templates of a server
	maxAnswer      = 1 << 20     // bytes of an answer, and of one message of a command
	maxCalls       = 512         // at once
	callPatience   = 5 * time.Second
	writers        = 256 // locks that the workspaces share among them
)

// Engine implements mcp.Engine.
type Engine struct {
	opts   Options
	client *sdk.Client
	web    *web
	share  *share.Pool     // open sessions
	calls  *share.Pool     // calls that run
	ctx    context.Context // ends with the engine
	stop   context.CancelFunc

	connectTimeout time.Duration
	writing        [writers]sync.Mutex // of the files of workspaces

	mu       sync.Mutex
	counts   map[id.ID]time.Time // when the files of a workspace were counted here
	sessions map[string]*session
	closed   bool
	running  sync.WaitGroup // what opens, watches and closes sessions
}

var _ mcp.Engine = (*Engine)(nil)

// New makes the engine. Nothing is connected to yet.
func New(o Options) *Engine {
	if o.Idle == 0 {
		o.Idle = 5 * time.Minute
	}
	if o.Sessions == 0 {
		o.Sessions = 256
	}
	ctx, stop := context.WithCancel(context.Background())
	e := &Engine{
		share: share.New("mcp_sessions", o.Sessions, share.Options{}),
		calls: share.New("mcp_calls", maxCalls, share.Options{Patience: callPatience}),
		opts:  o, ctx: ctx, stop: stop, sessions: map[string]*session{}, counts: map[id.ID]time.Time{},
		web: newWeb(ctx, o.Guard, exchangeTimeout), connectTimeout: connectTimeout,
		client: sdk.NewClient(&sdk.Implementation{Name: "alania", Title: "Alania", Version: version}, &sdk.ClientOptions{
			// This client has neither files, models nor people: servers can ask it nothing.
			Capabilities: &sdk.ClientCapabilities{}, MultiRoundTrip: &sdk.MultiRoundTripOptions{Disabled: true},
		}),
	}
	e.client.AddReceivingMiddleware(recovering)
	return e
}

// recovering keeps what a server says by itself from ending the process: the SDK handles it on
// goroutines of its own, and takes it for granted that there are params.
func recovering(next sdk.MethodHandler) sdk.MethodHandler {
	return func(ctx context.Context, method string, req sdk.Request) (res sdk.Result, err error) {
		failed := task.Run("hear an MCP server", func() error {
			res, err = next(ctx, method, req)
			return nil
		})
		if failed != nil {
			return nil, &jsonrpc.Error{Code: jsonrpc.CodeInvalidParams, Message: "invalid params"}
		}
		return res, err
	}
}

// Builtin implements mcp.Engine.
func (e *Engine) Builtin() []mcp.Server { return []mcp.Server{filesystem} }

// Commands implements mcp.Engine.
func (e *Engine) Commands() []string { return slices.Sorted(maps.Keys(e.opts.Commands)) }

// Tools implements mcp.Engine.
func (e *Engine) Tools(ctx context.Context, t mcp.Target, now bool) ([]mcp.Tool, error) {
	return with(ctx, e, t, func(ctx context.Context, s *session) ([]mcp.Tool, error) {
		if tools, ok := s.tools.get(e.opts.Now()); ok && !now {
			return tools, nil
		}
		tools := []mcp.Tool{}
		if c := capabilities(s.client); c.Tools == nil {
			return tools, nil
		}
		for tool, err := range s.client.Tools(ctx, nil) {
			if err != nil {
				return nil, err
			}
			if len(tools) == maxListed {
				break
			}
			if tool == nil || tool.Name == "" {
				continue // nothing that could be called
			}
			d, err := describe(tool)
			if err != nil {
				return nil, err
			}
			tools = append(tools, d)
		}
		s.tools.set(tools, e.opts.Now())
		return tools, nil
	})
}

// capabilities are what a server says that it has: nothing, when it does not say.
func capabilities(client *sdk.ClientSession) sdk.ServerCapabilities {
	if r := client.InitializeResult(); r != nil && r.Capabilities != nil {
		return *r.Capabilities
	}
	return sdk.ServerCapabilities{}
}

func describe(t *sdk.Tool) (mcp.Tool, error) {
	schema, err := json.Marshal(t.InputSchema)
	if err != nil {
		return mcp.Tool{}, err
	}
	out := mcp.Tool{
		Name: t.Name, Title: t.Title, Description: t.Description, InputSchema: schema, Schema: &schemaOf{text: schema},
	}
	if t.Annotations != nil {
		out.ReadOnly = t.Annotations.ReadOnlyHint
		if out.Title == "" {
			out.Title = t.Annotations.Title
		}
	}
	return out, nil
}

// Call implements mcp.Engine.
func (e *Engine) Call(ctx context.Context, t mcp.Target, tool string, arguments json.RawMessage) (mcp.Result, error) {
	return with(ctx, e, t, func(ctx context.Context, s *session) (mcp.Result, error) {
		res, err := s.client.CallTool(ctx, &sdk.CallToolParams{Name: tool, Arguments: arguments})
		if err != nil {
			return mcp.Result{}, err
		}
		if res.NeedsInput() {
			return mcp.Result{}, refused(errors.New("the server asks for input"))
		}
		v, err := value(res)
		return mcp.Result{Value: v, Failed: res.IsError}, err
	})
}

// value returns the structured result of a tool, or its content.
func value(res *sdk.CallToolResult) (json.RawMessage, error) {
	var text string
	only := false
	if len(res.Content) == 1 {
		if t, ok := res.Content[0].(*sdk.TextContent); ok {
			text, only = t.Text, true
		}
	}
	if res.StructuredContent != nil {
		structured, err := json.Marshal(res.StructuredContent)
		// Servers send the same as text, where large integers have all their digits.
		var same any
		if only && json.Unmarshal([]byte(text), &same) == nil && reflect.DeepEqual(same, res.StructuredContent) {
			structured = json.RawMessage(text)
		}
		if _, object := res.StructuredContent.(map[string]any); object || err != nil {
			return structured, err
		}
		return json.Marshal(map[string]json.RawMessage{"content": structured})
	}
	if only {
		return json.Marshal(map[string]string{"content": text})
	}
	blocks := res.Content
	if blocks == nil {
		blocks = []sdk.Content{}
	}
	return json.Marshal(map[string][]sdk.Content{"content": blocks})
}

// resources is what a server lists of them.
type resources struct {
	uris      map[string]bool
	templates []*uritemplate.Template
}

// Offers implements mcp.Engine.
func (e *Engine) Offers(ctx context.Context, t mcp.Target, uri string) (bool, error) {
	return with(ctx, e, t, func(ctx context.Context, s *session) (bool, error) {
		listed, ok := s.resources.get(e.opts.Now())
		if !ok {
			var err error
			if listed, err = list(ctx, s.client); err != nil {
				return false, err
			}
			s.resources.set(listed, e.opts.Now())
		}
		return listed.uris[uri] ||
			slices.ContainsFunc(listed.templates, func(t *uritemplate.Template) bool { return t.Regexp().MatchString(uri) }), nil
	})
}

func list(ctx context.Context, client *sdk.ClientSession) (resources, error) {
	out := resources{uris: map[string]bool{}}
	if c := capabilities(client); c.Resources == nil {
		return out, nil
	}
	for r, err := range client.Resources(ctx, nil) {
		if err != nil {
			return out, err
		}
		if len(out.uris) == maxListed {
			break
		}
		if r != nil {
			out.uris[r.URI] = true
		}
	}
	for r, err := range client.ResourceTemplates(ctx, nil) {
		var refusal *jsonrpc.Error
		if errors.As(err, &refusal) && refusal.Code == jsonrpc.CodeMethodNotFound {
			break // resources without templates
		}
		if err != nil {
			return out, err
		}
		if len(out.templates) == maxListed {
			break
		}
		if r == nil {
			continue
		}
		if t, err := uritemplate.New(r.URITemplate); err == nil {
			out.templates = append(out.templates, t)
		}
	}
	return out, nil
}

// notFound is the code for an unknown resource in older versions of the protocol; newer
// ones have CodeInvalidParams.
const notFound = -32002

// Read implements mcp.Engine.
func (e *Engine) Read(ctx context.Context, t mcp.Target, uri string) ([]mcp.Content, error) {
	return with(ctx, e, t, func(ctx context.Context, s *session) ([]mcp.Content, error) {
		res, err := s.client.ReadResource(ctx, &sdk.ReadResourceParams{URI: uri})
		var refusal *jsonrpc.Error
		if errors.As(err, &refusal) && (refusal.Code == notFound || refusal.Code == jsonrpc.CodeInvalidParams) {
			return nil, fault.NewNotFound("resource").WithCause(err)
		}
		if err != nil {
			return nil, err
		}
		out := make([]mcp.Content, len(res.Contents))
		for i, c := range res.Contents {
			if c == nil {
				return nil, broken(errors.New("a content of the resource is null"))
			}
			out[i] = mcp.Content{URI: c.URI, MIMEType: c.MIMEType, Text: c.Text, Blob: c.Blob}
		}
		return out, nil
	})
}

func refused(cause error) error {
	return mcp.Upstream("The MCP server refused the request.", cause)
}

func broken(cause error) error {
	return mcp.Upstream("The MCP server does not answer as the protocol has it.", cause)
}

func tooLarge(cause error) error {
	return mcp.Upstream(fmt.Sprintf("The answer of the MCP server is larger than %d MiB.", maxAnswer>>20), cause)
}

// with runs fn in a session of the server. One that turns out to have ended before fn
// could say anything is opened once more; what may have arrived is not said again.
func with[T any](
	ctx context.Context, e *Engine, t mcp.Target, fn func(context.Context, *session) (T, error),
) (T, error) {
	txn.Outside(ctx, clientName)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(e.ctx, cancel)()
	permit, err := e.calls.Acquire(ctx, t.OrgID, share.Host(t.URL))
	if err != nil {
		var none T
		return none, err
	}
	defer permit.Release()
	for again := false; ; again = true {
		s, opened, err := e.acquire(ctx, t)
		if err != nil {
			var none T
			return none, err
		}
		var v T
		err = task.Run("speak to an MCP server", func() (err error) {
			v, err = fn(ctx, s)
			return err
		})
		var refusal *jsonrpc.Error
		var known *fault.Error
		gone := errors.Is(err, sdk.ErrConnectionClosed) || errors.Is(err, sdk.ErrSessionMissing)
		large := s.large.Load()
		switch {
		case err == nil:
		case gone || large:
			e.drop(s)
		case errors.Is(err, context.DeadlineExceeded) && t.Transport != mcp.HTTP:
			// It may hang: whoever comes next is given a new one, unless others go on with it.
			e.dropIdle(s, 1)
		}
		e.release(s)
		switch {
		case err == nil || errors.As(err, &known):
			return v, err
		case large:
			return v, tooLarge(err)
		case gone && !opened && !again:
			continue
		case errors.As(err, &refusal):
			return v, refused(err)
		}
		return v, err
	}
}

// Package mcp keeps the MCP servers of workspaces (Model Context Protocol) and calls their
// tools. A call's arguments are checked against the tool's schema before they are sent, and
// every call leaves a line in the log. What a server says when it fails is for our log:
// callers are told in words of our own.
package mcp

import (
	"context"
	"encoding/json"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/workspace"
)

// Transport is how a server is spoken to.
type Transport string

// The transports.
const (
	HTTP    Transport = "streamable_http" // at a URL, on the public internet unless the operator allows other networks
	Stdio   Transport = "stdio"           // a command that the operator has configured, by its name
	Builtin Transport = "builtin"         // part of this program, and in every workspace
)

// Server is an MCP server of a workspace.
type Server struct {
	ID            string // a slug, unique in the workspace
	Key           id.ID  // of its row; zero for a built-in one
	OrgID         id.ID
	WorkspaceID   id.ID
	Name          string
	Description   string
	Transport     Transport
	URL           string // of an HTTP server
	Command       string // of a stdio server: the name of a configured command
	SealedHeaders []byte // what an HTTP server is sent with every request, never shown
	CreatedAt     time.Time
	UpdatedAt     time.Time
}

// Tool is a tool of a server.
type Tool struct {
	Name        string
	Title       string
	Description string
	InputSchema json.RawMessage // a JSON Schema, an object
	ReadOnly    bool            // says the server
	Schema      Schema          // the same, to check arguments with
}

// Schema checks the arguments of a tool.
type Schema interface {
	// Check returns the violations with pointers into the arguments. The error is
	// an Upstream: the server's schema cannot be used.
	Check(arguments json.RawMessage) ([]fault.Violation, error)
}

// Parameter is one argument of a tool, as far as a flat list can tell.
type Parameter struct {
	Type        string // of JSON; empty when the schema does not name one
	Description string
	Required    bool
	Schema      json.RawMessage // all that is said of it
}

// Parameters returns the tool's arguments by name.
func (t Tool) Parameters() map[string]Parameter {
	var schema struct {
		Properties map[string]json.RawMessage `json:"properties"`
		Required   []string                   `json:"required"`
	}
	if json.Unmarshal(t.InputSchema, &schema) != nil {
		return map[string]Parameter{}
	}
	out := make(map[string]Parameter, len(schema.Properties))
	for name, raw := range schema.Properties {
		var p struct {
			Type        any    `json:"type"`
			Description string `json:"description"`
		}
		_ = json.Unmarshal(raw, &p) // true and false are schemas too, and tell nothing
		out[name] = Parameter{
			Type: typeName(p.Type), Description: p.Description, Required: slices.Contains(schema.Required, name), Schema: raw,
		}
	}
	return out
}

// typeName returns the type that a value may have besides null.
func typeName(v any) string {
	if list, ok := v.([]any); ok {
		for _, t := range list {
			if s, ok := t.(string); ok && s != "null" {
				return s
			}
		}
	}
	s, _ := v.(string)
	return s
}

// Listed is a server with its tools, or with the reason why they are not known.
type Listed struct {
	Server
	Tools   []Tool
	Problem *fault.Error // nil when the server answered
}

// Result is what a tool returned.
type Result struct {
	// Value is an object: the structured result when it is one; otherwise one whose "content"
	// is the structured result, or the text when that is all, or the list of content blocks
	// as the protocol has them.
	Value json.RawMessage
	// Failed says that the tool itself reports an error, such as a file that is not there;
	// Value tells of it.
	Failed bool
}

// Content is (a part of) a resource: text or bytes.
type Content struct {
	URI      string
	MIMEType string
	Text     string
	Blob     []byte // not nil when the resource is no text
}

// Status is how a call ended.
type Status string

// The states of a call in the log.
const (
	Succeeded Status = "success"
	Failed    Status = "error" // the tool reports an error, or the server did not answer as it should
)

// Call is a line of the log. Calls that were refused before anything was sent have none.
type Call struct {
	ID          id.ID
	Seq         int64 // its number, for contracts that show integers
	OrgID       id.ID
	WorkspaceID id.ID
	ServerID    string
	Tool        string
	ActorKind   identity.Kind
	ActorID     id.ID
	ActorName   string
	RequestID   string
	Status      Status
	Code        string // why it failed, such as mcp_timeout or tool_error; empty otherwise
	Message     string // the same in words that the caller may see
	Duration    time.Duration
	CreatedAt   time.Time
}

// Target is a server to speak to, with its secrets.
type Target struct {
	Server
	// Session tells apart what must not share a connection: each server of each workspace
	// has one.
	Session string
	Headers map[string]string
}

// Engine speaks the protocol. Its errors are faults in public words, or what
// the service takes for a server that cannot be reached.
type Engine interface {
	// Builtin returns the servers that are part of the program.
	Builtin() []Server
	// Commands returns the names of the configured commands.
	Commands() []string
	// Tools lists the tools of a server; what it said may be a minute old unless fresh.
	Tools(ctx context.Context, t Target, fresh bool) ([]Tool, error)
	// Call calls a tool. Arguments are an object.
	Call(ctx context.Context, t Target, tool string, arguments json.RawMessage) (Result, error)
	// Offers reports whether the server lists the resource, or a template that it matches.
	Offers(ctx context.Context, t Target, uri string) (bool, error)
	Read(ctx context.Context, t Target, uri string) ([]Content, error)
	// Forget closes what is open to a server that is no more.
	Forget(session string)
}

// Stock counts what the built-in file server keeps for a workspace: files and folders, and
// bytes of files.
type Stock interface {
	// Change counts a write before it is done, and a deletion after it. More than the plan
	// allows is FeatureLimit.
	Change(ctx context.Context, workspaceID id.ID, change plan.Amount) error
	// Set says what there is, where it was counted anew.
	Set(ctx context.Context, workspaceID id.ID, amount plan.Amount) error
}

// Repository keeps servers and the log of calls.
type Repository interface {
	// InsertMCPServer returns a Conflict for an id in use; the transaction can go on.
	InsertMCPServer(ctx context.Context, s Server) error
	MCPServer(ctx context.Context, workspaceID id.ID, serverID string) (Server, error)
	// MCPServers returns all of a workspace.
	MCPServers(ctx context.Context, workspaceID id.ID) ([]Server, error)
	DeleteMCPServer(ctx context.Context, key id.ID) (bool, error)
	// LockServers has other transactions that call it for the workspace wait for this one: the servers that it
	// counts then are those that are there.
	LockServers(ctx context.Context, workspaceID id.ID) error

	InsertMCPCall(ctx context.Context, c Call) error
	ListMCPCalls(ctx context.Context, workspaceID id.ID, q page.Query) (page.Page[Call], error)
	// DeleteMCPCalls deletes at most limit calls from before a time, and says how many.
	DeleteMCPCalls(ctx context.Context, before time.Time, limit int) (int, error)
	// TrimMCPCalls deletes the oldest calls of each workspace, some at a time, until it has so
	// many, and those of the same moment as the last of these.
	TrimMCPCalls(ctx context.Context, keep int) error
}

// Allowance refuses with FeatureLimit what a workspace's plan does not allow.
type Allowance interface {
	Take(ctx context.Context, workspaceID id.ID, n int) error
}

// Workspaces says whose a workspace is.
type Workspaces interface {
	Get(ctx context.Context, workspaceID id.ID) (workspace.Workspace, error)
}

// Policy is what an operator decides.
type Policy struct {
	AllowHTTP bool
	// Address reports whether an address may be connected to. It is asked early, for a URL
	// that names one, as a kindness; what counts is the guard at connect time.
	Address func(netip.Addr) error
	// How long a server may take to connect and list its tools, and a call in all. Both are
	// below what a request may take, so that the caller is told who was slow.
	ListTimeout, CallTimeout time.Duration
}

// Timeouts returns the time-outs that fit into a request's.
func Timeouts(request time.Duration) (list, call time.Duration) {
	most := request * 9 / 10
	return min(10*time.Second, most), min(30*time.Second, most)
}

// The reasons of Upstream and UpstreamTimeout.
const (
	Unreachable = "mcp_unreachable"
	TimedOut    = "mcp_timeout"
)

// Upstream is the error of a server that does not do what it should; the message says what, in
// words of ours.
func Upstream(message string, cause error) error {
	return &fault.Error{Code: fault.Upstream, Reason: Unreachable, Message: message, Cause: cause}
}

const (
	MaxServers = 50                  // of a workspace, besides the built-in ones
	Retention  = 30 * 24 * time.Hour // of the log
	MaxCalls   = 200_000             // of a workspace in the log
	maxHeaders = 20
)

// normalURI returns a URI in the form that servers list. Proxies make one slash of several,
// and take escapes out, which the URI of a file survives.
func normalURI(uri string) (string, bool) {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme == "" {
		return "", false
	}
	if u.Scheme != "file" || u.Host != "" || u.Opaque != "" {
		return uri, true
	}
	return (&url.URL{Scheme: "file", Path: "/" + strings.TrimLeft(u.Path, "/")}).String(), true
}

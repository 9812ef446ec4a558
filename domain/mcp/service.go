package mcp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/netip"
	"net/textproto"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/secret"
	"github.com/alania-go/alania/domain/task"
	"github.com/alania-go/alania/domain/txn"
	"github.com/alania-go/alania/domain/weburl"
	"github.com/alania-go/alania/domain/workspace"
)

// Service holds the rules of servers and calls.
type Service struct {
	tx         txn.Runner
	repo       Repository
	workspaces Workspaces
	allowance  Allowance
	audit      *audit.Service
	box        *secret.Box
	engine     Engine
	policy     Policy
	log        *slog.Logger
	now        clock.Clock
}

// NewService makes the service. What the workspaces call counts against the allowance.
func NewService(
	tx txn.Runner, repo Repository, workspaces Workspaces, allowance Allowance, audit *audit.Service, box *secret.Box,
	engine Engine, policy Policy, log *slog.Logger, now clock.Clock,
) *Service {
	return &Service{
		tx: tx, repo: repo, workspaces: workspaces, allowance: allowance, audit: audit, box: box, engine: engine,
		policy: policy, log: log, now: now,
	}
}

var sealedFor = secret.NewUse("mcp headers")

// servers returns all servers of a workspace, by id.
func (s *Service) servers(ctx context.Context, w workspace.Workspace) ([]Server, error) {
	rows, err := s.repo.MCPServers(ctx, w.ID)
	if err != nil {
		return nil, err
	}
	all := append(s.builtin(w), rows...)
	slices.SortFunc(all, func(a, b Server) int { return strings.Compare(a.ID, b.ID) })
	return all, nil
}

func (s *Service) builtin(w workspace.Workspace) []Server {
	out := s.engine.Builtin()
	for i := range out {
		out[i].OrgID, out[i].WorkspaceID, out[i].CreatedAt, out[i].UpdatedAt = w.OrgID, w.ID, w.CreatedAt, w.CreatedAt
	}
	return out
}

// server returns one server of a workspace of the caller's org.
func (s *Service) server(ctx context.Context, workspaceID id.ID, serverID string) (Server, error) {
	w, err := s.workspaces.Get(ctx, workspaceID)
	if err != nil {
		return Server{}, err
	}
	for _, b := range s.builtin(w) {
		if b.ID == serverID {
			return b, nil
		}
	}
	return s.repo.MCPServer(ctx, w.ID, serverID)
}

// target opens what the engine needs of a server.
func (s *Service) target(v Server) (Target, error) {
	t := Target{Server: v, Session: session(v)}
	if v.SealedHeaders == nil {
		return t, nil
	}
	plain, err := s.box.Open(v.SealedHeaders, sealedFor)
	if err == nil {
		err = json.Unmarshal(plain, &t.Headers)
	}
	if err != nil { // ours, not the server's
		return t, fault.Wrap(err)
	}
	return t, nil
}

func session(v Server) string {
	if v.Transport == Builtin {
		return v.WorkspaceID.UUID() + "/" + v.ID
	}
	return v.Key.UUID()
}

// List returns the servers of a workspace of the caller's org, with their tools as far as they
// answer in time.
func (s *Service) List(ctx context.Context, workspaceID id.ID) ([]Listed, error) {
	w, err := s.workspaces.Get(ctx, workspaceID)
	if err != nil {
		return nil, err
	}
	all, err := s.servers(ctx, w)
	if err != nil {
		return nil, err
	}
	out := make([]Listed, len(all))
	var wg sync.WaitGroup
	for i, v := range all {
		task.In(&wg, "list the tools of an MCP server", func() { out[i] = s.listed(ctx, v) })
	}
	wg.Wait()
	return out, ctx.Err()
}

func (s *Service) listed(ctx context.Context, v Server) Listed {
	tools, err := s.tools(ctx, v, false)
	out := Listed{Server: v, Tools: tools}
	if err != nil {
		out.Problem = fault.Wrap(err)
	}
	return out
}

// Get returns one server of a workspace of the caller's org, with its tools as List does.
func (s *Service) Get(ctx context.Context, workspaceID id.ID, serverID string) (Listed, error) {
	v, err := s.server(ctx, workspaceID, serverID)
	if err != nil {
		return Listed{}, err
	}
	return s.listed(ctx, v), ctx.Err()
}

// Tools returns the tools of a server of a workspace of the caller's org. A server that does
// not answer is Upstream or UpstreamTimeout.
func (s *Service) Tools(ctx context.Context, workspaceID id.ID, serverID string) ([]Tool, error) {
	v, err := s.server(ctx, workspaceID, serverID)
	if err != nil {
		return nil, err
	}
	return s.tools(ctx, v, false)
}

func (s *Service) tools(ctx context.Context, v Server, fresh bool) ([]Tool, error) {
	t, err := s.target(v)
	if err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, s.policy.ListTimeout)
	defer cancel()
	var tools []Tool
	err = task.Run("list the tools of an MCP server", func() (err error) {
		tools, err = s.engine.Tools(limited, t, fresh)
		return err
	})
	return tools, upstream(ctx, err)
}

// upstream words what a server did wrong. ctx is the caller's: when it has ended, the
// server is not to blame.
func upstream(ctx context.Context, err error) error {
	var known *fault.Error
	switch {
	case err == nil || errors.As(err, &known):
		return err
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, context.DeadlineExceeded):
		return &fault.Error{
			Code: fault.UpstreamTimeout, Reason: TimedOut, Message: "The MCP server did not answer in time.", Cause: err,
		}
	}
	return Upstream("The MCP server cannot be reached.", err)
}

// Call calls a tool of a server of a workspace of the caller's org. Arguments that do
// not meet the tool's schema are ValidationFailed, with pointers that begin with /arguments;
// a tool that is not there is NotFound, a server that cannot be reached Upstream, one that is slow
// UpstreamTimeout, a call beyond the plan FeatureLimit. An error that the tool itself reports is a Result. No
// transaction should be open: a call takes long, and its line in the log must stay when it fails.
func (s *Service) Call(
	ctx context.Context, workspaceID id.ID, serverID, tool string, arguments json.RawMessage,
) (Result, error) {
	v, err := s.server(ctx, workspaceID, serverID)
	if err != nil {
		return Result{}, err
	}
	began := s.now()
	limited, cancel := context.WithTimeout(ctx, s.policy.CallTimeout)
	defer cancel()
	res, err := s.call(limited, v, tool, arguments)
	err = upstream(ctx, err)
	if !slices.ContainsFunc(notMade, func(c fault.Code) bool { return fault.IsCode(err, c) }) {
		s.record(ctx, v, tool, began, res, err)
	}
	return res, err
}

// notMade are the errors of a call that did not reach the server.
var notMade = []fault.Code{fault.ValidationFailed, fault.NotFound, fault.FeatureLimit}

func (s *Service) call(ctx context.Context, v Server, name string, arguments json.RawMessage) (Result, error) {
	tool, err := s.tool(ctx, v, name)
	if err != nil {
		return Result{}, err
	}
	if trimmed := bytes.TrimSpace(arguments); len(trimmed) == 0 || bytes.Equal(trimmed, []byte("null")) {
		arguments = json.RawMessage("{}")
	}
	violations, err := tool.Schema.Check(arguments)
	if err != nil {
		return Result{}, err
	}
	if len(violations) > 0 {
		for i := range violations {
			violations[i].Pointer = "/arguments" + violations[i].Pointer
		}
		return Result{}, fault.Invalid(violations...)
	}
	t, err := s.target(v)
	if err != nil {
		return Result{}, err
	}
	if err := s.allowance.Take(ctx, v.WorkspaceID, 1); err != nil {
		return Result{}, err
	}
	return s.engine.Call(ctx, t, name, arguments)
}

// tool finds a tool by name. One that the server has only just got is asked for.
func (s *Service) tool(ctx context.Context, v Server, name string) (Tool, error) {
	for _, fresh := range []bool{false, true} {
		tools, err := s.tools(ctx, v, fresh)
		if err != nil {
			return Tool{}, err
		}
		if i := slices.IndexFunc(tools, func(t Tool) bool { return t.Name == name }); i >= 0 {
			return tools[i], nil
		}
		if v.Transport == Builtin {
			break
		}
	}
	return Tool{}, fault.NewNotFound("tool")
}

// record writes the line of the log. The call has happened, so its answer is given even if
// the line cannot be written.
func (s *Service) record(ctx context.Context, v Server, tool string, began time.Time, res Result, err error) {
	p := identity.From(ctx)
	c := Call{
		ID: id.New(), OrgID: v.OrgID, WorkspaceID: v.WorkspaceID, ServerID: v.ID, Tool: tool, ActorKind: p.Kind,
		ActorID: p.ID, ActorName: p.Name,
		RequestID: identity.RequestID(ctx), Status: Succeeded, Duration: s.now().Sub(began), CreatedAt: began,
	}
	switch {
	case err != nil:
		f := fault.Wrap(err)
		if c.Status, c.Code, c.Message = Failed, f.Reason, f.Message; c.Code == "" {
			c.Code = string(f.Code)
		}
	case res.Failed:
		c.Status, c.Code, c.Message = Failed, "tool_error", "The tool reported an error."
	}
	// A caller who went away has called all the same.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := s.repo.InsertMCPCall(ctx, c); err != nil {
		s.log.Error("write the log of MCP calls", "error", err, "request_id", c.RequestID, "server", c.ServerID)
	}
}

// Resource reads a resource by its URI from the first server of a workspace of the caller's
// org that offers it. NotFound when none does, Upstream when none of those that answer
// does and others do not answer.
func (s *Service) Resource(ctx context.Context, workspaceID id.ID, uri string) ([]Content, error) {
	w, err := s.workspaces.Get(ctx, workspaceID)
	if err != nil {
		return nil, err
	}
	uri, ok := normalURI(uri)
	if !ok {
		return nil, fault.Invalid(fault.Violation{
			In: fault.InPath, Pointer: "/uri", Code: "format", Message: "must be an absolute URI",
		})
	}
	all, err := s.servers(ctx, w)
	if err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, s.policy.CallTimeout)
	defer cancel()
	targets, offers, errs := make([]Target, len(all)), make([]bool, len(all)), make([]error, len(all))
	var wg sync.WaitGroup
	for i, v := range all {
		if targets[i], err = s.target(v); err != nil {
			return nil, err
		}
		task.In(&wg, "list the resources of an MCP server", func() {
			listing, cancel := context.WithTimeout(limited, s.policy.ListTimeout)
			defer cancel()
			errs[i] = task.Run("list the resources of an MCP server", func() (err error) {
				offers[i], err = s.engine.Offers(listing, targets[i], uri)
				return err
			})
		})
	}
	wg.Wait()
	for i, t := range targets {
		if !offers[i] {
			continue
		}
		contents, err := s.engine.Read(limited, t, uri)
		if !fault.IsCode(err, fault.NotFound) { // a template matches more than there is
			return contents, upstream(ctx, err)
		}
	}
	for _, err := range errs {
		if err := upstream(ctx, err); err != nil {
			return nil, err
		}
	}
	return nil, fault.NewNotFound("resource")
}

// Create is what a new server is made of. An empty id is derived from the name.
type Create struct {
	ID          string
	Name        string
	Description string
	Transport   Transport         // HTTP or Stdio
	URL         string            // for HTTP
	Command     string            // for Stdio: the name of a configured command
	Headers     map[string]string // for HTTP: credentials, sent with every request
}

// Create adds a server to a workspace of the caller's org. It is not connected to yet. An
// id in use is ValidationFailed.
func (s *Service) Create(ctx context.Context, workspaceID id.ID, in Create) (Server, error) {
	w, err := s.workspaces.Get(ctx, workspaceID)
	if err != nil {
		return Server{}, err
	}
	in.Name = strings.TrimSpace(in.Name)
	if in.ID == "" {
		in.ID = workspace.Slug(in.Name)
	}
	if v := s.check(in); len(v) > 0 {
		return Server{}, fault.Invalid(v...)
	}
	now := s.now()
	v := Server{
		ID: in.ID, Key: id.New(), OrgID: w.OrgID, WorkspaceID: w.ID, Name: in.Name, Description: in.Description,
		Transport: in.Transport,
		URL:       in.URL, Command: in.Command, CreatedAt: now, UpdatedAt: now,
	}
	if len(in.Headers) > 0 {
		plain, err := json.Marshal(in.Headers)
		if err != nil {
			return Server{}, err
		}
		v.SealedHeaders = s.box.Seal(plain, sealedFor)
	}
	taken := fault.Invalid(fault.Body("/id", "unique", "must not be the id of another MCP server of the workspace"))
	for _, b := range s.engine.Builtin() {
		if b.ID == v.ID {
			return Server{}, taken
		}
	}
	err = s.tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.repo.LockServers(ctx, w.ID); err != nil {
			return err
		}
		rows, err := s.repo.MCPServers(ctx, w.ID)
		if err != nil {
			return err
		}
		if len(rows) >= MaxServers {
			return &fault.Error{
				Code: fault.Conflict, Reason: "too_many_mcp_servers",
				Message: "The workspace has the most MCP servers it can have, " + strconv.Itoa(MaxServers) + ". Delete one first.",
			}
		}
		err = s.repo.InsertMCPServer(ctx, v)
		if fault.IsCode(err, fault.Conflict) {
			return taken
		}
		if err != nil {
			return err
		}
		return s.audit.Record(ctx, v.OrgID, "mcp.server_created", audit.MCPServer, v.Key, nil, fields(v))
	})
	return v, err
}

// Delete removes a server from a workspace of the caller's org; a built-in one is
// AccessDenied. The log of its calls stays.
func (s *Service) Delete(ctx context.Context, workspaceID id.ID, serverID string) error {
	return s.tx.InTx(ctx, func(ctx context.Context) error {
		v, err := s.server(ctx, workspaceID, serverID)
		if err != nil {
			return err
		}
		if v.Transport == Builtin {
			return fault.New(fault.AccessDenied, "A built-in MCP server cannot be deleted.")
		}
		ok, err := s.repo.DeleteMCPServer(ctx, v.Key)
		if err != nil {
			return err
		}
		if !ok { // somebody else was first
			return fault.NewNotFound("MCP server")
		}
		s.tx.AfterCommit(ctx, func() { s.engine.Forget(session(v)) })
		return s.audit.Record(ctx, v.OrgID, "mcp.server_deleted", audit.MCPServer, v.Key, fields(v), nil)
	})
}

// HandleWorkspaceDelete deletes the servers of a workspace that is being deleted.
func (s *Service) HandleWorkspaceDelete(ctx context.Context, w workspace.Workspace) error {
	rows, err := s.repo.MCPServers(ctx, w.ID)
	if err != nil {
		return err
	}
	for _, v := range rows {
		if err := s.Delete(ctx, w.ID, v.ID); err != nil {
			return err
		}
	}
	for _, v := range s.builtin(w) {
		s.tx.AfterCommit(ctx, func() { s.engine.Forget(session(v)) })
	}
	return nil
}

// Calls lists the log of a workspace of the caller's org.
func (s *Service) Calls(ctx context.Context, workspaceID id.ID, q page.Query) (page.Page[Call], error) {
	w, err := s.workspaces.Get(ctx, workspaceID)
	if err != nil {
		return page.Page[Call]{}, err
	}
	return s.repo.ListMCPCalls(ctx, w.ID, q)
}

// Clean deletes what the log has kept for long enough.
func (s *Service) Clean(ctx context.Context) error {
	for {
		n, err := s.repo.DeleteMCPCalls(ctx, s.now().Add(-Retention), 1000)
		if err != nil {
			return err
		}
		if n == 0 {
			return s.repo.TrimMCPCalls(ctx, MaxCalls)
		}
	}
}

// fields are those of the audit trail: of the URL only what names no secret.
func fields(v Server) audit.Fields {
	f := audit.Fields{"id": v.ID, "name": v.Name, "transport": string(v.Transport)}
	if v.Transport == Stdio {
		f["command"] = v.Command
	} else {
		f["url"] = weburl.Origin(v.URL)
	}
	return f
}

var slug = regexp.MustCompile(`^[a-z][a-z0-9-]{0,62}$`)

func (s *Service) check(in Create) []fault.Violation {
	var v []fault.Violation
	if in.Name == "" {
		v = append(v, fault.Body("/name", "min_length", "must have a character that is not white space"))
	}
	if !slug.MatchString(in.ID) {
		v = append(v,
			fault.Body("/id", "pattern", "must have 1 to 63 lower-case letters, digits and hyphens, and begin with a letter"))
	}
	switch in.Transport {
	case HTTP:
		v = append(v, s.checkURL(in.URL)...)
		v = append(v, checkHeaders(in.Headers)...)
		if in.Command != "" {
			v = append(v, fault.Body("/command", "unknown_field", "is for servers with the transport stdio"))
		}
	case Stdio:
		if !slices.Contains(s.engine.Commands(), in.Command) {
			v = append(v, fault.Body("/command", "enum", "must be the name of a command that the operator has configured"))
		}
		if in.URL != "" {
			v = append(v, fault.Body("/url", "unknown_field", "is for servers with the transport streamable_http"))
		}
		if len(in.Headers) > 0 {
			v = append(v, fault.Body("/headers", "unknown_field", "are for servers with the transport streamable_http"))
		}
	default:
		v = append(v, fault.Body("/transport", "enum", "must be streamable_http or stdio"))
	}
	return v
}

func (s *Service) checkURL(target string) []fault.Violation {
	u, err := url.Parse(target)
	switch {
	case err != nil || u.Host == "" || u.Opaque != "":
		return []fault.Violation{fault.Body("/url", "format", "must be an absolute URL")}
	case u.Scheme != "https" && (u.Scheme != "http" || !s.policy.AllowHTTP):
		return []fault.Violation{fault.Body("/url", "scheme", "must be an https URL")}
	case u.User != nil:
		return []fault.Violation{fault.Body("/url", "userinfo", "must not carry credentials; send them as headers")}
	case u.Fragment != "":
		return []fault.Violation{fault.Body("/url", "fragment", "must not have a fragment")}
	}
	if a, err := netip.ParseAddr(u.Hostname()); err == nil && s.policy.Address != nil && s.policy.Address(a) != nil {
		return []fault.Violation{fault.Body("/url", "address", "must be a public address")}
	}
	return nil
}

var headerName = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$")

// Headers that belong to the transport or to the protocol.
var reserved = []string{
	"Accept", "Accept-Encoding", "Connection", "Content-Length", "Content-Type", "Host", "Last-Event-Id", "Te", "Trailer",
	"Transfer-Encoding", "Upgrade",
}

func checkHeaders(headers map[string]string) []fault.Violation {
	if len(headers) > maxHeaders {
		return []fault.Violation{
			fault.Body("/headers", "max_properties", "must have "+strconv.Itoa(maxHeaders)+" members at most"),
		}
	}
	var v []fault.Violation
	seen := map[string]bool{}
	for name, value := range headers {
		canonical := textproto.CanonicalMIMEHeaderKey(name)
		twice := seen[canonical]
		seen[canonical] = true
		switch {
		case twice:
			v = append(v, fault.Body("/headers", "unique", "must not have a header twice, in another case"))
		case !headerName.MatchString(name):
			v = append(v, fault.Body("/headers", "property_names", "must have names of headers as names of members"))
		case slices.Contains(reserved, canonical) || strings.HasPrefix(canonical, "Mcp-") ||
			strings.HasPrefix(canonical, "Proxy-"):
			v = append(v, fault.Body("/headers/"+pointerToken(name), "reserved", "is a header of the protocol"))
		case len(value) > 4096 ||
			strings.ContainsFunc(value, func(r rune) bool { return r < 0x20 && r != '\t' || r >= 0x7f }):
			v = append(v,
				fault.Body("/headers/"+pointerToken(name), "format", "must have 4,096 printable ASCII characters at most"))
		}
	}
	slices.SortFunc(v, func(a, b fault.Violation) int { return strings.Compare(a.Pointer, b.Pointer) })
	return v
}

// pointerToken escapes a name for a JSON pointer (RFC 6901).
func pointerToken(s string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(s) }

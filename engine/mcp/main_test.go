package mcp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/mcp"
	"github.com/alania-go/alania/engine/guard"
)

// The test binary is also the command that tests start, and a server that is killed.
func TestMain(m *testing.M) {
	switch os.Getenv("MCP_TEST_ROLE") {
	case "server":
		runCommand()
	case "attached": // a process that a command has started
		attach("attached", func() { _, _ = fmt.Println("here") })
	case "parent":
		runParent()
	default:
		os.Exit(m.Run())
	}
}

// attach holds a connection to the test open for as long as this process lives, which is not
// longer than the test does.
func attach(role string, here func()) {
	c, err := net.Dial("unix", os.Getenv("MCP_TEST_SOCKET"))
	if err != nil {
		os.Exit(3)
	}
	_, _ = fmt.Fprintln(c, role)
	here()
	_, _ = io.Copy(io.Discard, c)
	os.Exit(0)
}

// runCommand is an MCP server on standard input and output. It has a process of its own
// that ignores the end of it all, and both tell the test that they live.
func runCommand() {
	if os.Getenv("MCP_TEST_SOCKET") != "" {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), "MCP_TEST_ROLE=attached")
		out, err := child.StdoutPipe()
		if err != nil || child.Start() != nil {
			os.Exit(2)
		}
		// Both are known to the test before the end may come.
		_, _ = out.Read(make([]byte, 1))
		here := make(chan struct{})
		go attach("server", func() { close(here) })
		<-here
	}
	s := sdk.NewServer(&sdk.Implementation{Name: "command", Version: "1"}, nil)
	s.AddTool(&sdk.Tool{Name: "environment", InputSchema: anything}, func(context.Context,
		*sdk.CallToolRequest) (*sdk.CallToolResult, error) {
		dir, err := os.Getwd()
		return &sdk.CallToolResult{
			StructuredContent: map[string]any{
				"dir": dir, "environment": os.Environ(), "arguments": os.Args[1:], "pid": os.Getpid(),
			},
		}, err
	})
	s.AddTool(&sdk.Tool{Name: "die", InputSchema: anything}, func(context.Context,
		*sdk.CallToolRequest) (*sdk.CallToolResult, error) {
		os.Exit(0)
		return nil, nil
	})
	s.AddTool(&sdk.Tool{Name: "large", InputSchema: anything}, large)
	s.AddTool(&sdk.Tool{Name: "hang", InputSchema: anything}, func(ctx context.Context,
		_ *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	})
	if err := s.Run(context.Background(), &sdk.StdioTransport{}); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	if os.Getenv("MCP_TEST_STUBBORN") != "" {
		select {}
	}
}

// runParent is a server of ours that has started a command and is killed.
func runParent() {
	e := engineOf(Options{
		Root: os.Getenv("MCP_TEST_ROOT"), Commands: map[string][]string{
			"test": {"/usr/bin/env", "MCP_TEST_ROLE=server", "MCP_TEST_SOCKET=" + os.Getenv("MCP_TEST_SOCKET"), os.Args[0]},
		},
	})
	if _, err := e.Tools(context.Background(), command(id.New()), false); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	select {}
}

var anything = json.RawMessage(`{"type":"object"}`)

func large(context.Context, *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
	return &sdk.CallToolResult{Content: []sdk.Content{&sdk.TextContent{Text: strings.Repeat("x", maxAnswer)}}}, nil
}

func engineOf(o Options) *Engine {
	if o.Guard == nil {
		o.Guard = guard.New([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")})
	}
	if o.Now == nil {
		o.Now = clock.System
	}
	return New(o)
}

// engine returns an engine that is closed with the test.
func engine(t *testing.T, o Options) *Engine {
	t.Helper()
	if o.Root == "" {
		o.Root = t.TempDir()
	}
	o.AllowHTTP = true
	e := engineOf(o)
	t.Cleanup(func() { _ = e.Close() })
	return e
}

func command(workspaceID id.ID) mcp.Target {
	return mcp.Target{
		Server:  mcp.Server{ID: "command", WorkspaceID: workspaceID, Transport: mcp.Stdio, Command: "test"},
		Session: "command/" + workspaceID.UUID(),
	}
}

func filesOf(workspaceID id.ID) mcp.Target {
	v := filesystem
	v.WorkspaceID = workspaceID
	return mcp.Target{Server: v, Session: "files/" + workspaceID.UUID()}
}

func must[T any](t *testing.T) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func call(t *testing.T, e *Engine, target mcp.Target, tool, arguments string) mcp.Result {
	t.Helper()
	return must[mcp.Result](t)(e.Call(t.Context(), target, tool, json.RawMessage(arguments)))
}

// wants fails unless err is an Upstream with the message.
func wants(t *testing.T, err error, message string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != fault.Upstream || f.Reason != mcp.Unreachable ||
		!strings.Contains(f.Message, message) {
		t.Errorf("want %q, got %v", message, err)
	}
}

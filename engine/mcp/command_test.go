package mcp

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/mcp"
)

// commands configures the test binary as the command "test".
func commands(variables ...string) map[string][]string {
	line := append([]string{"/usr/bin/env", "MCP_TEST_ROLE=server"}, variables...)
	return map[string][]string{"test": append(line, os.Args[0], "an argument")}
}

func TestCommand(t *testing.T) {
	t.Setenv("ALANIA_SECRET_KEY", "not for commands")
	root := t.TempDir()
	e := engine(t, Options{Root: root, Commands: commands()})
	target := command(id.New())
	var got struct {
		Dir         string
		Environment []string
		Arguments   []string
		PID         int
	}
	see := func() {
		t.Helper()
		if err := json.Unmarshal(call(t, e, target, "environment", "{}").Value, &got); err != nil {
			t.Fatal(err)
		}
	}
	see()
	want := must[string](t)(filepath.EvalSymlinks(filepath.Join(root, target.WorkspaceID.UUID())))
	if got.Dir != want || !slices.Equal(got.Arguments, []string{"an argument"}) {
		t.Errorf("in %s with %q", got.Dir, got.Arguments)
	}
	for _, v := range got.Environment {
		if name, _, _ := strings.Cut(v, "="); !slices.Contains([]string{
			"PATH", "LANG", "HOME", "TMPDIR", "PWD", "MCP_TEST_ROLE",
		}, name) {
			t.Errorf("the command sees %s", name)
		}
	}
	// The same process answers again; one that has died is started again for the next call.
	first := got.PID
	if see(); got.PID != first {
		t.Errorf("process %d, then %d", first, got.PID)
	}
	if _, err := e.Call(t.Context(), target, "die", json.RawMessage("{}")); err == nil {
		t.Error("a call during which the command dies succeeds")
	}
	if see(); got.PID == first {
		t.Errorf("process %d is dead, and answers", first)
	}
	// Another workspace has a process of its own.
	first = got.PID
	target = command(id.New())
	if see(); got.PID == first {
		t.Errorf("process %d is shared", first)
	}
	_, err := e.Call(t.Context(), target, "large", json.RawMessage("{}"))
	wants(t, err, "larger than 1 MiB")
	see()
}

func TestCommandsThatDoNotWork(t *testing.T) {
	e := engine(t, Options{Commands: map[string][]string{"test": {"/does/not/exist"}, "silent": {"/bin/true"}}})
	target := command(id.New())
	for _, name := range []string{"test", "silent", "removed since"} {
		target.Command = name
		if _, err := e.Tools(t.Context(), target, false); err == nil {
			t.Errorf("%s has tools", name)
		}
	}
	// Who does not wait is not kept.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	target.Command = "test"
	if _, err := e.Tools(ctx, target, false); err == nil {
		t.Error("tools without waiting")
	}
}

// living waits for a command and for what it has started to say that they live, and returns
// a function that waits for the end of one.
func living(t *testing.T) (socket string, here func(), gone func(role string)) {
	t.Helper()
	dir, err := os.MkdirTemp("", "mcp") // the path of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	socket = filepath.Join(dir, "s")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	connections := map[string]net.Conn{}
	deadline := time.Now().Add(time.Minute)
	here = func() {
		t.Helper()
		_ = l.(*net.UnixListener).SetDeadline(deadline)
		for range 2 {
			c, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = c.Close() })
			_ = c.SetDeadline(deadline)
			line, err := bufio.NewReader(c).ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			connections[strings.TrimSpace(line)] = c
		}
	}
	gone = func(role string) {
		t.Helper()
		if _, err := connections[role].Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Errorf("the %s lives on: %v", role, err)
		}
	}
	return socket, here, gone
}

// A command ends with its session, and with it what it has started, even when it
// does not care for the end of its input or for being told.
func TestProcessesEndWithTheEngine(t *testing.T) {
	for name, variables := range map[string][]string{"willing": nil, "stubborn": {"MCP_TEST_STUBBORN=1"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			socket, here, gone := living(t)
			e := engine(t, Options{Commands: commands(append(variables, "MCP_TEST_SOCKET="+socket)...)})
			call(t, e, command(id.New()), "environment", "{}")
			here()
			if err := e.Close(); err != nil {
				t.Error(err)
			}
			gone("server")
			gone("attached")
		})
	}
	t.Run("forgotten", func(t *testing.T) {
		t.Parallel()
		socket, here, gone := living(t)
		e := engine(t, Options{Commands: commands("MCP_TEST_SOCKET=" + socket)})
		target := command(id.New())
		call(t, e, target, "environment", "{}")
		here()
		e.Forget(target.Session)
		gone("server")
		gone("attached")
	})
	t.Run("idle", func(t *testing.T) {
		t.Parallel()
		socket, here, gone := living(t)
		e := engine(t, Options{Commands: commands("MCP_TEST_SOCKET=" + socket), Idle: time.Second})
		call(t, e, command(id.New()), "environment", "{}")
		here()
		gone("server")
		gone("attached")
	})
	t.Run("in the middle of a call", func(t *testing.T) {
		t.Parallel()
		socket, here, gone := living(t)
		e := engine(t, Options{Commands: commands("MCP_TEST_SOCKET=" + socket)})
		failed := make(chan error)
		go func() {
			_, err := e.Call(context.Background(), command(id.New()), "hang", json.RawMessage("{}"))
			failed <- err
		}()
		here()
		if err := e.Close(); err != nil {
			t.Error(err)
		}
		if <-failed == nil {
			t.Error("the call succeeds")
		}
		gone("server")
		gone("attached")
		if _, err := e.Tools(t.Context(), command(id.New()), false); err == nil {
			t.Error("a closed engine opens sessions")
		}
	})
}

// A server that is killed takes its commands with it; what those have started is theirs
// to end.
func TestProcessesEndWithAKilledServer(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux ties a process to its parent")
	}
	socket, here, gone := living(t)
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), "MCP_TEST_ROLE=parent", "MCP_TEST_SOCKET="+socket, "MCP_TEST_ROOT="+t.TempDir())
	out := must[io.ReadCloser](t)(parent.StderrPipe())
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	here()
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_, _ = io.ReadAll(out)
	_ = parent.Wait()
	gone("server")
}

func TestSessionsAreBounded(t *testing.T) {
	e := engine(t, Options{Sessions: 1})
	one, two := filesOf(id.New()), filesOf(id.New())
	must[[]mcp.Tool](t)(e.Tools(t.Context(), one, false))
	first := e.sessions[one.Session]
	// The one that nobody uses makes room.
	must[[]mcp.Tool](t)(e.Tools(t.Context(), two, false))
	if len(e.sessions) != 1 || e.sessions[two.Session] == nil {
		t.Errorf("%d sessions", len(e.sessions))
	}
	if err := first.client.Wait(); err != nil && !errors.Is(err, sdk.ErrConnectionClosed) {
		t.Errorf("the other ends with %v", err)
	}
	// One that is in use does not.
	s, _, err := e.acquire(t.Context(), two)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Tools(t.Context(), one, false); err == nil || !strings.Contains(err.Error(), "Too many") {
		t.Errorf("%v", err)
	}
	e.release(s)
	must[[]mcp.Tool](t)(e.Tools(t.Context(), one, false))
}

// Package cmdtest builds the program as operators run it, and starts, calls, stops and kills it in tests.
package cmdtest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/task/tasktest"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

// Main is the TestMain of a package that runs the program: it removes what the tests have in common.
func Main(m *testing.M) {
	code := m.Run()
	storetest.Stop()
	if built != "" {
		_ = os.RemoveAll(filepath.Dir(built))
	}
	os.Exit(code)
}

var built string

// Binary returns the path of the program, which is built once: what these tests start,
// stop and kill is what operators run. The flags are those of `make build`, so that the
// build cache serves both.
var Binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "alania-build-")
	if err != nil {
		return "", err
	}
	built = filepath.Join(dir, "alania")
	c := exec.Command("go", "build", "-buildvcs=false", "-trimpath", "-gcflags=all=-dwarf=false", "-ldflags",
		"-s -w -X main.version=v0.0.0-test", "-o", built, "github.com/alania-go/alania/cmd/alania")
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return built, nil
})

// The credentials of the first organization, and the key that secrets are sealed with.
const (
	Key       = "sk_live_killtest1_0123456789abcdef0123456789abcdef"
	ClientID  = "cli_test"
	Secret    = "a-client-secret-of-32-characters-or-more"
	SecretKey = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
)

// Settings returns the environment of a server of the test's own on a database of its own.
func Settings(t testing.TB, e store.Engine) map[string]string {
	t.Helper()
	return map[string]string{
		"ALANIA_ADDR": "127.0.0.1:0", "ALANIA_METRICS_ADDR": "off", "ALANIA_LOG_LEVEL": "warn", "ALANIA_DRAIN_DELAY": "0s",
		"ALANIA_DATABASE_URL": storetest.URL(t, e), "ALANIA_OBJECTS_URL": "file://" + filepath.Join(t.TempDir(), "objects"),
		"ALANIA_SECRET_KEY": SecretKey, "ALANIA_BOOTSTRAP_API_KEY": Key,
		"ALANIA_BOOTSTRAP_CLIENT_ID": ClientID, "ALANIA_BOOTSTRAP_CLIENT_SECRET": Secret,
	}
}

// Process is a running server.
type Process struct {
	*exec.Cmd
	URL    string
	Stdout *Output
	Stderr *Output
	Ended  chan struct{}
	err    error // of Wait, once Ended is closed
}

// Output collects what a process writes.
type Output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write implements io.Writer.
func (o *Output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *Output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// Command returns a command of the program, in a folder and with an environment of its own.
func Command(t testing.TB, dir string, env map[string]string, args ...string) *exec.Cmd {
	t.Helper()
	program, err := Binary()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(program, args...)
	c.Dir, c.Env = dir, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir}
	for name, v := range env {
		c.Env = append(c.Env, name+"="+v)
	}
	return c
}

// Run runs a command of the program and returns what it printed. Its error has what it printed as one.
func Run(t testing.TB, env map[string]string, args ...string) (string, error) {
	t.Helper()
	c := Command(t, t.TempDir(), env, args...)
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	err := c.Run()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		err = fmt.Errorf("%w: %s", err, errs.String())
	}
	return out.String(), err
}

// Start runs the server in a folder, and returns it when it is ready. It is killed with the
// test when it still runs then.
func Start(t testing.TB, dir string, env map[string]string) *Process {
	t.Helper()
	p := &Process{Cmd: Command(t, dir, env), Stdout: &Output{}, Stderr: &Output{}, Ended: make(chan struct{})}
	stdout, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.Cmd.Stderr = p.Stderr
	if err := p.Cmd.Start(); err != nil {
		t.Fatal(err)
	}
	serving := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(stdout)
		for lines.Scan() {
			fmt.Fprintln(p.Stdout, lines.Text())
			if _, at, ok := strings.Cut(lines.Text(), " serves "); ok {
				serving <- at
			}
		}
		p.err = p.Cmd.Wait()
		close(p.Ended)
	}()
	t.Cleanup(func() {
		_ = p.Process.Kill()
		<-p.Ended
	})
	select {
	case p.URL = <-serving:
	case <-p.Ended:
		t.Fatalf("the server ended: %v\n%s%s", p.err, p.Stdout, p.Stderr)
	case <-time.After(tasktest.Patience):
		t.Fatalf("the server does not start\n%s%s", p.Stdout, p.Stderr)
	}
	// It is ready when its worker has looked for jobs.
	var answer Object
	tasktest.Until(t, "the server is ready", func() bool {
		var status int
		status, _, answer = Call(http.MethodGet, p.URL+"/readyz", "", nil, nil)
		return status == http.StatusOK
	}, func() string { return fmt.Sprint(answer) }, p.Stderr.String)
	return p
}

// Exit waits for the end of the server and returns its exit status.
func (p *Process) Exit(t testing.TB) int {
	t.Helper()
	select {
	case <-p.Ended:
	case <-time.After(tasktest.Patience):
		t.Fatal("the server does not end")
	}
	return p.ProcessState.ExitCode()
}

// Kill ends it as a power failure would: nothing of the program runs any more.
func (p *Process) Kill(t testing.TB) {
	t.Helper()
	if err := p.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	p.Exit(t)
}

// Stop stops it in order and returns its exit status.
func (p *Process) Stop(t testing.TB) int {
	t.Helper()
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	return p.Exit(t)
}

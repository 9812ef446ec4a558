package mcp

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/mcp"
	"github.com/alania-go/alania/domain/task"
)

// command starts a configured command. It works in the folder of the workspace's files.
func (e *Engine) command(s *session, t mcp.Target) (sdk.Transport, error) {
	args := e.opts.Commands[t.Command]
	if len(args) == 0 {
		return nil, errors.New("the command is no longer configured")
	}
	dir, err := e.folder(t.WorkspaceID)
	if err != nil {
		return nil, err
	}
	p, err := start(args, dir)
	if err != nil {
		return nil, err
	}
	s.end = p.end
	// The messages are bounded here, where it is seen that one was too large.
	return &sdk.IOTransport{Reader: &lines{ReadCloser: p.stdout, large: &s.large}, Writer: p.stdin, MaxLineLength: -1}, nil
}

// folder returns the folder of a workspace's files, which it makes the first time.
func (e *Engine) folder(workspaceID id.ID) (string, error) {
	dir, err := filepath.Abs(filepath.Join(e.opts.Root, workspaceID.UUID()))
	if err != nil {
		return "", err
	}
	return dir, os.MkdirAll(dir, 0o700)
}

// Remove deletes the files of a workspace that is no more.
func (e *Engine) Remove(_ context.Context, workspaceID id.ID) error {
	return os.RemoveAll(filepath.Join(e.opts.Root, workspaceID.UUID()))
}

// process is a command that runs, in a process group of its own.
type process struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stdout io.ReadCloser
	gone   chan struct{} // closed when it has ended
	once   sync.Once
}

// grace is how long a command is given to end by itself, first when its input has ended
// and then when it was told to.
const grace = 2 * time.Second

func start(args []string, dir string) (*process, error) {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = dir
	// Nothing of our own environment, which holds our secrets.
	cmd.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "HOME=" + dir, "TMPDIR=" + os.TempDir()}
	attributes(cmd)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	// A pipe of our own: that of exec.Cmd would be closed before the last message is read.
	stdout, theirs, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd.Stdout = theirs
	p := &process{cmd: cmd, stdin: stdin, stdout: stdout, gone: make(chan struct{})}
	started := make(chan error)
	task.Go("run an MCP command", func() {
		// The system ends the command with the thread that started it, not with the process;
		// so the thread is kept for as long as the command runs.
		runtime.LockOSThread()
		err := cmd.Start()
		_ = theirs.Close()
		started <- err
		if err == nil {
			_ = cmd.Wait()
		}
		close(p.gone)
	})
	if err := <-started; err != nil {
		_ = stdin.Close()
		_ = stdout.Close()
		return nil, err
	}
	return p, nil
}

// end ends the command and everything it has started that is still in its group.
func (p *process) end() {
	p.once.Do(func() {
		_ = p.stdin.Close()
		if !p.within(grace) {
			terminate(p.cmd.Process.Pid)
			p.within(grace)
		}
		kill(p.cmd.Process.Pid)
		<-p.gone
		_ = p.stdout.Close()
	})
}

func (p *process) within(d time.Duration) bool {
	select {
	case <-p.gone:
		return true
	case <-time.After(d):
		return false
	}
}

// lines ends the output of a command that writes too large a message.
type lines struct {
	io.ReadCloser
	length int
	large  *atomic.Bool
}

func (l *lines) Read(p []byte) (int, error) {
	n, err := l.ReadCloser.Read(p)
	rest := p[:n]
	for {
		i := bytes.IndexByte(rest, '\n')
		if i < 0 {
			break
		}
		if l.length+i > maxAnswer {
			return l.tooLarge()
		}
		l.length, rest = 0, rest[i+1:]
	}
	if l.length += len(rest); l.length > maxAnswer {
		return l.tooLarge()
	}
	return n, err
}

func (l *lines) tooLarge() (int, error) {
	l.large.Store(true)
	return 0, errLarge
}

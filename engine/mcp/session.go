package mcp

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/mcp"
	"github.com/alania-go/alania/domain/share"
	"github.com/alania-go/alania/domain/task"
)

// session is an open connection to a server.
type session struct {
	name   string
	org    id.ID
	permit share.Permit
	ready  chan struct{} // closed when it is open, or has failed to open
	client *sdk.ClientSession
	err    error
	end    func() // what is to be done when the connection has been closed
	large  atomic.Bool

	tools     kept[[]mcp.Tool]
	resources kept[resources]

	// Under the engine's lock.
	users   int
	used    time.Time
	dropped bool // not for anybody new
	timer   *time.Timer
}

// kept is a list and when it was asked for.
type kept[T any] struct {
	mu sync.Mutex
	v  T
	at time.Time
}

func (k *kept[T]) get(now time.Time) (T, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	age := now.Sub(k.at) // negative when the clock was set back
	return k.v, !k.at.IsZero() && age >= 0 && age < fresh
}

func (k *kept[T]) set(v T, now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.v, k.at = v, now
}

// closeTimeout is above what farewells, and the ends of commands, may take.
const closeTimeout = 10 * time.Second

var errClosed = errors.New("the engine is closed")

// acquire returns a session, and whether it was opened for this call. It is to be
// released.
func (e *Engine) acquire(ctx context.Context, t mcp.Target) (s *session, opened bool, err error) {
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return nil, false, errClosed
	}
	s = e.sessions[t.Session]
	if s == nil {
		permit, ok := e.admit(t)
		if !ok {
			e.mu.Unlock()
			return nil, false, &fault.Error{
				Code: fault.Unavailable, Message: "Too many MCP servers of your organization are in use. Try again.",
				RetryAfter: time.Second,
			}
		}
		another := &session{name: t.Session, org: t.OrgID, permit: permit, ready: make(chan struct{}), end: func() {}}
		s, opened, e.sessions[t.Session] = another, true, another
		task.In(&e.running, "open an MCP session", func() { e.open(another, t) })
	}
	e.running.Add(1) // until it is released
	s.users++
	if s.timer != nil {
		s.timer.Stop()
		s.timer = nil
	}
	e.mu.Unlock()
	select {
	case <-s.ready:
		err = s.err
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		e.release(s)
		return nil, false, err
	}
	return s, opened, nil
}

// admit takes a permit for a session. Where the org may have no more, a session that nobody
// uses ends for it. Call it under the lock.
func (e *Engine) admit(t mcp.Target) (share.Permit, bool) {
	host := share.Host(t.URL)
	for {
		permit, ok := e.share.TryAcquire(t.OrgID, host)
		if ok || !e.evict(t.OrgID) {
			return permit, ok
		}
	}
}

// evict makes room by ending the session that was not used for the longest time: one of the org
// itself, or of an org that has more. Call it under the lock.
func (e *Engine) evict(org id.ID) bool {
	held := e.share.Held(org)
	var oldest *session
	for _, s := range e.sessions {
		if s.users == 0 && (oldest == nil || s.used.Before(oldest.used)) && (s.org == org || e.share.Held(s.org) > held) {
			oldest = s
		}
	}
	if oldest == nil {
		return false
	}
	oldest.permit.Release() // it has no part in the number from now on; to say farewell is short
	oldest.permit = share.Permit{}
	e.dropLocked(oldest)
	return true
}

func (e *Engine) release(s *session) {
	defer e.running.Done()
	e.mu.Lock()
	defer e.mu.Unlock()
	s.users--
	s.used = time.Now()
	switch {
	case s.users > 0:
	case s.dropped:
		task.In(&e.running, "close an MCP session", s.close)
	default:
		s.timer = time.AfterFunc(e.opts.Idle, func() { e.dropIdle(s, 0) })
	}
}

// drop has nobody new use the session; it is closed when the last user is done.
func (e *Engine) drop(s *session) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.dropLocked(s)
}

// dropIdle drops the session unless more than so many use it.
func (e *Engine) dropIdle(s *session, most int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if s.users <= most {
		e.dropLocked(s)
	}
}

func (e *Engine) dropLocked(s *session) {
	if s.dropped {
		return
	}
	s.dropped = true
	if e.sessions[s.name] == s {
		delete(e.sessions, s.name)
	}
	if s.timer != nil {
		s.timer.Stop()
		s.timer = nil
	}
	if s.users == 0 {
		task.In(&e.running, "close an MCP session", s.close)
	}
}

// open connects, independent of the caller's patience: others may wait for it, too.
func (e *Engine) open(s *session, t mcp.Target) {
	ctx, cancel := context.WithTimeout(e.ctx, e.connectTimeout)
	defer cancel()
	err := task.Run("connect to an MCP server", func() error {
		transport, err := e.transport(ctx, s, t)
		if err == nil {
			s.client, err = e.client.Connect(ctx, transport, nil)
		}
		return err
	})
	if err != nil {
		s.end()
	}
	if s.err = err; err != nil {
		e.drop(s)
		close(s.ready)
		return
	}
	close(s.ready)
	task.In(&e.running, "watch an MCP session", func() { // until it ends, whoever ends it
		defer e.drop(s)
		_ = s.client.Wait()
	})
}

// transport returns the way to the server.
func (e *Engine) transport(ctx context.Context, s *session, t mcp.Target) (sdk.Transport, error) {
	switch t.Transport {
	case mcp.Builtin:
		return e.builtin(ctx, s, t)
	case mcp.Stdio:
		return e.command(s, t)
	}
	return e.web.transport(s, t, e.opts.AllowHTTP)
}

// close ends a session that nobody uses.
func (s *session) close() {
	<-s.ready
	defer s.permit.Release()
	if s.err != nil {
		return
	}
	_ = s.client.Close()
	s.end()
}

// Forget implements mcp.Engine.
func (e *Engine) Forget(name string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if s := e.sessions[name]; s != nil {
		e.dropLocked(s)
	}
}

// Close ends all sessions, and their commands with everything they have started.
// Calls that run fail.
func (e *Engine) Close() error {
	e.mu.Lock()
	e.closed = true
	for _, s := range e.sessions {
		e.dropLocked(s)
	}
	e.mu.Unlock()
	e.stop()
	ended := make(chan struct{})
	task.Go("close MCP sessions", func() { defer close(ended); e.running.Wait() })
	select {
	case <-ended:
		return nil
	case <-time.After(closeTimeout):
		return errors.New("some MCP sessions do not end")
	}
}

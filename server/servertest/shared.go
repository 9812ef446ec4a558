package servertest

import (
	"fmt"
	"net/netip"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/alania-go/alania/server"
	"github.com/alania-go/alania/store"
)

// process stands for a test that ends with the process: what it makes is there for every test.
type process struct {
	testing.TB // the test that asks first: it fails when something cannot be made

	mu       sync.Mutex
	servers  map[store.Engine]*Instance
	cleanups []func()
}

var lasting = &process{servers: map[store.Engine]*Instance{}}

// Cleanup has something done when the process ends.
func (p *process) Cleanup(f func()) { p.cleanups = append(p.cleanups, f) }

// TempDir makes a folder that is there until the process ends.
func (p *process) TempDir() string {
	dir, err := os.MkdirTemp("", "alania-test-")
	if err != nil {
		p.Fatal(err)
	}
	p.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// end undoes all that was made, the last first.
func (p *process) end() {
	for _, f := range slices.Backward(p.cleanups) {
		f()
	}
}

// addresses counts the client addresses that were given to tests.
var addresses atomic.Uint32

// share returns a server that the tests of the package have in common, since a start takes longer than
// most tests. A test sees it with another system of its own, and from a client address of its own, as
// some limits are counted by address.
func share(t testing.TB, e store.Engine, options ...server.Option) *Instance {
	t.Helper()
	lasting.mu.Lock()
	defer lasting.mu.Unlock()
	i := lasting.servers[e]
	if i == nil {
		lasting.TB = t
		cfg := Config(lasting, e)
		cfg.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} // the tests, which tell the address
		i = Run(lasting, e, cfg, options...)
		lasting.servers[e] = i
	}
	view := *i
	view.Other = elsewhere(t)
	n := addresses.Add(1)
	view.from = fmt.Sprintf("10.%d.%d.1", n>>8, n&255)
	view.stop = func() { panic("this server is not the test's own") }
	return &view
}

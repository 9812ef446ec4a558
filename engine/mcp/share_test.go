package mcp

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/mcp"
)

// TestSilentServersLeaveSessionsForOthers: one org opens as many sessions as it can with servers
// that never answer; the built-in server of another is served all the same.
func TestSilentServersLeaveSessionsForOthers(t *testing.T) {
	over := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-over }))
	defer silent.Close()
	e := engine(t, Options{Sessions: 8})
	ctx, cancel := context.WithCancel(t.Context())
	greedy := id.New()
	var wg sync.WaitGroup
	var mu sync.Mutex
	refused := 0
	for i := range 20 {
		key := id.New()
		target := mcp.Target{Session: key.UUID(), Server: mcp.Server{
			ID: "s", Key: key, OrgID: greedy, WorkspaceID: id.New(), Transport: mcp.HTTP,
			URL: silent.URL + "/" + strconv.Itoa(i),
		}}
		wg.Go(func() {
			if _, err := e.Tools(ctx, target, false); fault.IsCode(err, fault.Unavailable) {
				mu.Lock()
				refused++
				mu.Unlock()
			}
		})
	}
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		mu.Lock()
		n := refused
		mu.Unlock()
		if n+e.share.Held(greedy) == 20 {
			break
		}
	}
	if n := e.share.Held(greedy); n == 0 || n >= 8 {
		t.Errorf("one org holds %d of 8 sessions", n)
	}
	for range 3 {
		target := filesOf(id.New())
		target.OrgID = id.New()
		must[[]mcp.Tool](t)(e.Tools(t.Context(), target, false))
	}
	cancel()
	wg.Wait()
	close(over)
	for end := time.Now().Add(30 * time.Second); e.share.Held(greedy) > 0 &&
		time.Now().Before(end); time.Sleep(time.Millisecond) {
	}
	if st := e.calls.Stats(); st.InUse != 0 || e.share.Held(greedy) != 0 {
		t.Errorf("what is left: %+v, %d sessions", st, e.share.Held(greedy))
	}
}

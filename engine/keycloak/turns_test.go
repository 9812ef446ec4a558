package keycloak

import (
	"context"
	"runtime"
	"sync"
	"testing"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/task"
)

func TestTurns(t *testing.T) {
	var turns turns
	var wg sync.WaitGroup
	var mu sync.Mutex
	acting := map[string]int{}
	for n := range 40 {
		key := []string{"a", "b"}[n%2]
		task.In(&wg, "a test", func() {
			end, err := turns.take(t.Context(), key)
			if err != nil {
				t.Error(err)
				return
			}
			defer end()
			change := func(by int) int {
				mu.Lock()
				defer mu.Unlock()
				acting[key] += by
				return acting[key]
			}
			if now := change(1); now != 1 {
				t.Errorf("%d act with %q", now, key)
			}
			runtime.Gosched()
			change(-1)
		})
	}
	wg.Wait()

	end, err := turns.take(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	given, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := turns.take(given, "a"); !fault.IsCode(err, fault.Unavailable) {
		t.Errorf("%v", err)
	}
	end()
	if len(turns.held) != 0 {
		t.Errorf("%d are kept", len(turns.held))
	}
}

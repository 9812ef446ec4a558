package rows

import (
	"context"
	"sync"

	"github.com/alania-go/alania/domain/id"
)

// turns has those who change the tables of a workspace in this process come one after the other, so that they need
// not begin again because of each other.
type turns struct {
	mu  sync.Mutex
	now map[id.ID]*waiting
}

// waiting are those who have or want the turn of a workspace.
type waiting struct {
	turn chan struct{} // holds a value while somebody has the turn
	n    int
}

// take waits for the turn of a workspace, and returns what ends it.
func (t *turns) take(ctx context.Context, workspaceID id.ID) (func(), error) {
	t.mu.Lock()
	w := t.now[workspaceID]
	if w == nil {
		w = &waiting{turn: make(chan struct{}, 1)}
		t.now[workspaceID] = w
	}
	w.n++
	t.mu.Unlock()
	leave := func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if w.n--; w.n == 0 {
			delete(t.now, workspaceID)
		}
	}
	select {
	case w.turn <- struct{}{}:
		return func() { <-w.turn; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}

package redis

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/alicebob/miniredis/v2"

	"github.com/alania-go/alania/domain/task/tasktest"
)

// listener collects the messages of one subscription.
type listener struct {
	mu     sync.Mutex
	got    []string
	ended  chan struct{}
	cancel context.CancelFunc
}

func listen(t *testing.T, b *Bus, topic string) *listener {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	l := &listener{ended: make(chan struct{}), cancel: cancel}
	go func() {
		defer close(l.ended)
		b.Subscribe(ctx, topic, func(msg []byte) {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.got = append(l.got, string(msg))
		})
	}()
	t.Cleanup(func() {
		cancel()
		<-l.ended
	})
	return l
}

func (l *listener) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.got)
}

func subscribed(t *testing.T, m *miniredis.Miniredis, channel string, n int) {
	t.Helper()
	tasktest.Until(t, fmt.Sprintf("%d subscribed to %s", n, channel), func() bool {
		return m.PubSubNumSub(channel)[channel] == n
	})
}

func publish(t *testing.T, b *Bus, topic, msg string) {
	t.Helper()
	if err := b.Publish(context.Background(), topic, []byte(msg)); err != nil {
		t.Fatal(err)
	}
}

func TestBusReachesEveryReplica(t *testing.T) {
	t.Parallel()
	m := miniredis.RunT(t)
	one, two := open(t, "redis://"+m.Addr()+generous).Bus(), open(t, "redis://"+m.Addr()+generous).Bus()
	elsewhere := open(t, "redis://"+m.Addr()+"/5"+generous).Bus()
	a, b := listen(t, one, "revoked"), listen(t, two, "revoked")
	topic, database := listen(t, one, "other"), listen(t, elsewhere, "revoked")
	subscribed(t, m, "alania:0:revoked", 2)
	subscribed(t, m, "alania:0:other", 1)
	subscribed(t, m, "alania:5:revoked", 1)
	want := []string{}
	for i := range 20 {
		msg := fmt.Sprintf("%d \x00\xff", i)
		want = append(want, msg)
		publish(t, one, "revoked", msg)
	}
	publish(t, one, "other", "x")
	publish(t, elsewhere, "revoked", "y")
	for name, tc := range map[string]struct {
		l    *listener
		want []string
	}{
		"the same replica": {a, want}, "another": {b, want}, "another topic": {topic, []string{"x"}},
		"another database": {database, []string{"y"}},
	} {
		tasktest.Until(t, name, func() bool { return len(tc.l.all()) >= len(tc.want) })
		if got := tc.l.all(); !slices.Equal(got, tc.want) {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}

func TestBusReconnects(t *testing.T) {
	t.Parallel()
	m := miniredis.RunT(t)
	g := newGate(t, m.Addr())
	// It is not there at first.
	bus := open(t, g.url(generous)).Bus()
	l := listen(t, bus, "revoked")
	if err := bus.Publish(context.Background(), "revoked", []byte("lost")); err == nil {
		t.Error("Publish without Redis succeeds")
	}
	for i := range 3 {
		g.set(true)
		subscribed(t, m, "alania:0:revoked", 1)
		tasktest.Until(t, "publishing", func() bool { // an old connection may fail first
			return bus.Publish(context.Background(), "revoked", []byte(fmt.Sprint(i+1))) == nil
		})
		tasktest.Until(t, "a message", func() bool { return len(l.all()) == i+1 })
		g.set(false)
		subscribed(t, m, "alania:0:revoked", 0)
	}
	if got := l.all(); !slices.Equal(got, []string{"1", "2", "3"}) {
		t.Errorf("got %q", got)
	}
}

func TestSubscribeEnds(t *testing.T) {
	t.Parallel()
	m := miniredis.RunT(t)
	c := open(t, "redis://"+m.Addr()+generous)
	l := listen(t, c.Bus(), "revoked")
	subscribed(t, m, "alania:0:revoked", 1)
	l.cancel()
	<-l.ended
	subscribed(t, m, "alania:0:revoked", 0)

	l = listen(t, c.Bus(), "revoked")
	subscribed(t, m, "alania:0:revoked", 1)
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	<-l.ended

	// Also when there was never a connection.
	l = listen(t, open(t, newGate(t, "").url("")).Bus(), "revoked")
	l.cancel()
	<-l.ended
	done, cancel := context.WithCancel(context.Background())
	cancel()
	open(t, "redis://"+m.Addr()+generous).Bus().Subscribe(done, "revoked", func([]byte) { t.Error("called") })
}

func TestPublishFails(t *testing.T) {
	t.Parallel()
	bus := open(t, "redis://"+silent(t)).Bus()
	if err := bus.Publish(context.Background(), "revoked", []byte("x")); err == nil {
		t.Error("Publish to a Redis that does not answer succeeds")
	}
}

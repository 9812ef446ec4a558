package idempotency

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
)

func TestKeyTellsRequestsApart(t *testing.T) {
	base := NewKey([]byte("body"), nil, "who", "POST", "/v2/things", "key")
	if again := NewKey([]byte("body"), nil, "who", "POST", "/v2/things", "key"); again != base {
		t.Error("the same request has another key")
	}
	if other := NewKey([]byte("Body"), nil, "who", "POST", "/v2/things", "key"); other.Scope != base.Scope ||
		other.Request == base.Request {
		t.Error("a payload is not told from another under the same key")
	}
	for _, payload := range [][]string{{"json"}, {""}, {"json", ""}, {"j", "son"}} {
		if other := NewKey([]byte("body"), payload, "who", "POST", "/v2/things", "key"); other.Scope != base.Scope ||
			other.Request == base.Request {
			t.Errorf("the payload %q is not told from another under the same key", payload)
		}
	}
	seen := map[[32]byte][]string{base.Scope: {"base"}}
	for _, where := range [][]string{
		{"other", "POST", "/v2/things", "key"}, {"who", "PUT", "/v2/things", "key"}, {"who", "POST", "/v2/thing", "skey"},
		{"who", "POST", "/v2/things", "Key"},
		{"whoPOST", "/v2/things", "key"}, {"who", "POST", "/v2/thingskey"}, {"who", "POST", "/v2/things", "key", ""},
		{"", "who", "POST", "/v2/things", "key"},
		{"whoPOST/v2/thingskey"}, {}, {""}, {"", ""}, {"a\x00\x00\x00\x01b"}, {"a", "b"},
	} {
		k := NewKey([]byte("body"), nil, where...)
		if former, ok := seen[k.Scope]; ok {
			t.Errorf("%q and %q are one", where, former)
		}
		seen[k.Scope] = where
		if k.Request != base.Request {
			t.Errorf("%q changes the payload", where)
		}
	}
}

// renewed counts how often a claim is renewed, and fails or loses it then.
type renewed struct {
	Repository
	times atomic.Int64
	fails atomic.Bool
	lost  atomic.Bool
}

func (r *renewed) TakeOverClaim(_ context.Context, _ []byte, was, owner id.ID, until time.Time) (bool, error) {
	r.times.Add(1)
	if r.fails.Load() {
		return false, errors.New("the database is down")
	}
	return was == owner && until.After(time.Now()) && !r.lost.Load(), nil
}

// Work of any length keeps its key, also while the database is down, until somebody else has it.
func TestHold(t *testing.T) {
	r := &renewed{}
	s := NewService(r, nil, time.Now)
	s.renewal = time.Millisecond
	told := make(chan error, 1)
	more := func() {
		t.Helper()
		n := r.times.Load()
		for end := time.Now().Add(time.Minute); r.times.Load() < n+3; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("the claim is not renewed")
			}
		}
	}
	stop := s.Hold(t.Context(), &Claim{owner: id.New()}, func(err error) { told <- err })
	more()
	r.fails.Store(true)
	more()
	r.fails.Store(false)
	more()
	if len(told) > 0 {
		t.Errorf("it is lost: %v", <-told)
	}
	r.lost.Store(true)
	if err := <-told; !fault.IsCode(err, fault.IdempotencyInFlight) {
		t.Errorf("it is told %v", err)
	}
	stop() // waits for what renews it
	n := r.times.Load()
	time.Sleep(10 * time.Millisecond)
	if r.times.Load() != n {
		t.Error("it is renewed after its end")
	}
}

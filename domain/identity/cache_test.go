package identity

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
)

var (
	noon       = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	errRefused = errors.New("refused")
)

// loader counts how often it is asked.
type loader struct {
	calls     atomic.Int64
	principal *Principal
	until     time.Time
	err       error
}

func (l *loader) load(context.Context) (*Principal, time.Time, error) {
	l.calls.Add(1)
	return l.principal, l.until, l.err
}

// get asks for a credential and fails unless so many loads have been made by now.
func get(t *testing.T, c *Cache, credential string, now time.Time, l *loader, loads int64) {
	t.Helper()
	p, err := c.Get(t.Context(), credential, now, l.load)
	if !errors.Is(err, l.err) || p != l.principal {
		t.Fatalf("%v, %v", p, err)
	}
	if n := l.calls.Load(); n != loads {
		t.Fatalf("%d loads, want %d", n, loads)
	}
}

func TestCacheRemembers(t *testing.T) {
	c := NewCache(nil)
	a := &loader{principal: &Principal{OrgStatus: OrgActive, ID: id.New()}}
	b := &loader{principal: &Principal{OrgStatus: OrgActive, ID: id.New()}}
	for range 3 {
		get(t, c, "a", noon, a, 1)
		get(t, c, "b", noon, b, 1)
	}
	refused := &loader{err: errRefused}
	for n := range int64(3) {
		get(t, c, "c", noon, refused, n+1) // a refusal is not kept
	}
}

func TestCacheObeysTheCredentialsEnd(t *testing.T) {
	c := NewCache(nil)
	l := &loader{principal: &Principal{OrgStatus: OrgActive, ID: id.New()}, until: noon}
	get(t, c, "a", noon.Add(-CacheTTL/2), l, 1)
	get(t, c, "a", noon.Add(-time.Microsecond), l, 1)
	get(t, c, "a", noon, l, 2)
	get(t, c, "a", noon.Add(time.Hour), l, 3)
	forever := &loader{principal: &Principal{OrgStatus: OrgActive, ID: id.New()}}
	get(t, c, "b", noon, forever, 1)
	get(t, c, "b", noon.Add(CacheTTL-time.Nanosecond), forever, 1)
	get(t, c, "b", noon.Add(CacheTTL), forever, 2) // by the caller's clock as well
}

// What a replica has not been told of, it forgets by itself.
func TestCacheForgetsAfterItsTTL(t *testing.T) {
	c := NewCache(nil) // outside: it has a goroutine that does not end
	synctest.Test(t, func(t *testing.T) {
		l := &loader{principal: &Principal{OrgStatus: OrgActive, ID: id.New()}}
		get(t, c, "a", time.Now(), l, 1)
		time.Sleep(CacheTTL - time.Second)
		get(t, c, "a", time.Now(), l, 1) // being used does not make it live longer
		time.Sleep(time.Second + time.Nanosecond)
		get(t, c, "a", time.Now(), l, 2)
	})
	if CacheTTL >= time.Minute {
		t.Error("the contract promises that a revocation is effective everywhere within 60 s")
	}
}

func TestConcurrentLoadsAreOne(t *testing.T) {
	c := NewCache(nil) // outside: it has a goroutine that does not end
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int64
		release := make(chan struct{})
		p := &Principal{OrgStatus: OrgActive, ID: id.New()}
		load := func(context.Context) (*Principal, time.Time, error) {
			calls.Add(1)
			<-release
			return p, time.Time{}, nil
		}
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				if got, err := c.Get(t.Context(), "a", noon, load); err != nil || got != p {
					t.Errorf("%v, %v", got, err)
				}
			})
		}
		wg.Go(func() { // another credential does not wait for them
			get(t, c, "b", noon, &loader{principal: p}, 1)
		})
		synctest.Wait()
		if n := calls.Load(); n != 1 {
			t.Errorf("%d loads are under way", n)
		}
		close(release)
		wg.Wait()
		if n := calls.Load(); n != 1 {
			t.Errorf("%d loads", n)
		}
	})
}

// The caller who happens to load for others may go away.
func TestLoadOutlivesItsCaller(t *testing.T) {
	c := NewCache(nil)
	ctx, cancel := context.WithCancel(With(t.Context(), Operator(id.New())))
	cancel()
	p := &Principal{OrgStatus: OrgActive, ID: id.New()}
	got, err := c.Get(ctx, "a", noon, func(ctx context.Context) (*Principal, time.Time, error) {
		if From(ctx) == nil {
			t.Error("the context's values are gone")
		}
		return p, time.Time{}, ctx.Err()
	})
	if err != nil || got != p {
		t.Fatalf("%v, %v", got, err)
	}
}

func TestDrops(t *testing.T) {
	told := func([]byte) {}
	other := NewCache(func(m []byte) { told(m) })
	c := NewCache(other.Apply)
	one := &Principal{OrgStatus: OrgActive, ID: id.New(), OrgID: id.New()}
	two := &Principal{OrgStatus: OrgActive, ID: id.New(), OrgID: id.New()}
	a, a2, b := &loader{principal: one}, &loader{principal: one}, &loader{principal: two}
	var loads [3]int64
	all := func(cache *Cache, fresh ...int) {
		t.Helper()
		for i, l := range []*loader{a, a2, b} {
			if slices.Contains(fresh, i) {
				loads[i]++
			}
			get(t, cache, string(rune('a'+i)), noon, l, loads[i])
		}
	}
	all(c, 0, 1, 2)
	all(c)
	all(other, 0, 1, 2)
	c.DropCredential("a")
	all(c, 0)
	all(other, 0)
	c.DropPrincipal(one.ID)
	all(c, 0, 1)
	all(other, 0, 1)
	c.DropOrg(one.OrgID)
	all(c, 0, 1)
	all(other, 0, 1)
	c.DropOrg(id.New())
	c.DropPrincipal(id.New())
	c.DropCredential("unknown")
	all(c)
	all(other)
	// Nothing is told back: two replicas would never stop.
	told = func([]byte) { t.Error("a drop that came from elsewhere is announced") }
	c.DropPrincipal(two.ID)
	all(c, 2)
	all(other, 2)
}

func TestApplyIgnoresWhatItDoesNotKnow(t *testing.T) {
	var kept [][]byte
	c := NewCache(func(m []byte) { kept = append(kept, m) })
	p := &Principal{OrgStatus: OrgActive, ID: id.New()}
	l := &loader{principal: p}
	get(t, c, "a", noon, l, 1)
	c.DropCredential("other")
	c.DropPrincipal(id.New())
	c.DropOrg(id.New())
	for _, m := range kept {
		for _, bad := range [][]byte{m[:len(m)-1], append(slices.Clone(m), 0), append([]byte{'x'}, m[1:]...)} {
			c.Apply(bad)
		}
	}
	c.Apply(nil)
	c.Apply([]byte{})
	c.Apply([]byte("hello"))
	c.Apply(append([]byte{dropPrincipal}, make([]byte, 32)...))
	c.Apply(append([]byte{dropCredential}, p.ID[:]...))
	get(t, c, "a", noon, l, 1)
	c.Apply(append([]byte{dropPrincipal}, p.ID[:]...))
	get(t, c, "a", noon, l, 2)
}

// A load that was under way during a drop may have read what was before it: it is not
// kept, and whoever comes after the drop does not get it.
func TestDropDuringALoad(t *testing.T) {
	for name, drop := range map[string]func(c *Cache, p *Principal){
		"of the credential": func(c *Cache, _ *Principal) { c.DropCredential("a") },
		"of the principal":  func(c *Cache, p *Principal) { c.DropPrincipal(p.ID) },
		"of the org":        func(c *Cache, p *Principal) { c.DropOrg(p.OrgID) },
	} {
		t.Run(name, func(t *testing.T) {
			c := NewCache(nil)
			synctest.Test(t, func(t *testing.T) {
				stale, fresh := &Principal{OrgStatus: OrgActive, ID: id.New()}, &loader{err: errRefused}
				reading, release := make(chan struct{}), make(chan struct{})
				var wg sync.WaitGroup
				wg.Go(func() {
					p, err := c.Get(t.Context(), "a", noon, func(context.Context) (*Principal, time.Time, error) {
						close(reading)
						<-release
						return stale, time.Time{}, nil
					})
					if err != nil || p != stale {
						t.Errorf("who came before the drop gets %v, %v", p, err)
					}
				})
				<-reading
				drop(c, stale)
				wg.Go(func() {
					if p, err := c.Get(t.Context(), "a", noon, fresh.load); p != nil || !errors.Is(err, errRefused) {
						t.Errorf("who came behind the drop gets %v, %v", p, err)
					}
				})
				synctest.Wait()
				close(release)
				wg.Wait()
				get(t, c, "a", noon, fresh, 2)
			})
		})
	}
}

// Under any interleaving: once Drop has returned, a revoked credential is never accepted.
func TestRevocationIsInstant(t *testing.T) {
	c := NewCache(nil)
	p := &Principal{OrgStatus: OrgActive, ID: id.New()}
	var revoked atomic.Bool
	var wg sync.WaitGroup
	load := func(context.Context) (*Principal, time.Time, error) {
		if revoked.Load() {
			return nil, time.Time{}, errRefused
		}
		return p, time.Time{}, nil
	}
	for round := range 200 {
		credential := fmt.Sprint(round)
		revoked.Store(false)
		var dropped atomic.Bool
		begin := make(chan struct{})
		for range 4 {
			wg.Go(func() {
				<-begin
				for range 5 {
					late := dropped.Load()
					if _, err := c.Get(t.Context(), credential, noon, load); err == nil && late {
						t.Error("accepted behind its revocation")
					}
				}
			})
		}
		wg.Go(func() {
			<-begin
			revoked.Store(true)
			if round%2 == 0 {
				c.DropCredential(credential)
			} else {
				c.DropPrincipal(p.ID)
			}
			dropped.Store(true)
		})
		close(begin)
		wg.Wait()
	}
}

func TestUses(t *testing.T) {
	type batch struct {
		keys, clients, members []id.ID
		at                     time.Time
	}
	var batches []batch
	var fails error
	u := NewUses(func(_ context.Context, keys, clients, members []id.ID, at time.Time) error {
		batches = append(batches, batch{keys, clients, members, at})
		return fails
	})
	flush := func(want error) {
		t.Helper()
		if err := u.Flush(t.Context(), noon); !errors.Is(err, want) {
			t.Fatal(err)
		}
	}
	expect := func(keys, clients, members []id.ID) {
		t.Helper()
		if len(batches) != 1 {
			t.Fatalf("%d batches", len(batches))
		}
		b := batches[0]
		batches = nil
		for i, pair := range [][2][]id.ID{{b.keys, keys}, {b.clients, clients}, {b.members, members}} {
			byID := func(a, b id.ID) int { return slices.Compare(a[:], b[:]) }
			slices.SortFunc(pair[0], byID)
			slices.SortFunc(pair[1], byID)
			if !slices.Equal(pair[0], pair[1]) || b.at != noon {
				t.Fatalf("%d: %v, want %v", i, pair[0], pair[1])
			}
		}
	}
	flush(nil)
	if len(batches) != 0 {
		t.Fatal("nothing was seen, something is written")
	}
	key, keyOfMember := &Principal{Kind: Key, ID: id.New()}, &Principal{Kind: Key, ID: id.New(), MemberID: id.New()}
	client := &Principal{Kind: Client, ID: id.New(), MemberID: keyOfMember.MemberID}
	for range 3 {
		u.Note(key)
		u.Note(keyOfMember)
		u.Note(client)
	}
	u.Note(Operator(id.New()))
	fails = errRefused
	flush(errRefused)
	expect([]id.ID{key.ID, keyOfMember.ID}, []id.ID{client.ID}, []id.ID{client.MemberID})
	// It is written with what is seen since.
	fails = nil
	late := &Principal{Kind: Client, ID: id.New()}
	u.Note(late)
	u.Note(key)
	flush(nil)
	expect([]id.ID{key.ID, keyOfMember.ID}, []id.ID{client.ID, late.ID}, []id.ID{client.MemberID})
	flush(nil)
	if len(batches) != 0 {
		t.Fatal("what is written is written again")
	}
}

// No use is lost between a note and a flush.
func TestUsesConcurrently(t *testing.T) {
	var mu sync.Mutex
	seen := map[id.ID]bool{}
	var n atomic.Int64
	u := NewUses(func(_ context.Context, keys, _, _ []id.ID, _ time.Time) error {
		if n.Add(1)%3 == 0 {
			return errRefused
		}
		mu.Lock()
		defer mu.Unlock()
		for _, k := range keys {
			seen[k] = true
		}
		return nil
	})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 250 {
				u.Note(&Principal{Kind: Key, ID: id.New()})
			}
		})
		wg.Go(func() {
			for range 50 {
				_ = u.Flush(t.Context(), noon)
			}
		})
	}
	wg.Wait()
	for u.Flush(t.Context(), noon) != nil {
	}
	if len(seen) != 1000 {
		t.Fatalf("%d of 1000 uses are written", len(seen))
	}
}

// One who has guessed too often costs no look-up, and locks nobody out who was let in.
func TestGate(t *testing.T) {
	errFull := errors.New("too many guesses")
	open, asked := true, 0
	ctx := context.WithValue(t.Context(), gateKey{}, func(context.Context) error {
		if asked++; open {
			return nil
		}
		return errFull
	})
	c := NewCache(nil)
	good := &loader{principal: &Principal{OrgStatus: OrgActive, ID: id.New()}}
	bad := &loader{err: fault.New(fault.Unauthenticated, "no")}
	try := func(credential string, l *loader, want error, loads int64) {
		t.Helper()
		if _, err := c.Get(ctx, credential, noon, l.load); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", credential, err, want)
		}
		if n := l.calls.Load(); n != loads {
			t.Errorf("%s: %d loads, want %d", credential, n, loads)
		}
	}
	try("good", good, nil, 1)
	try("bad", bad, bad.err, 1)
	open = false
	try("bad", bad, errFull, 1)
	try("good", good, nil, 1) // from the cache
	c.DropPrincipal(good.principal.ID)
	try("good", good, nil, 2) // it was let in before
	c.DropPrincipal(good.principal.ID)
	revoked := &loader{err: bad.err}
	try("good", revoked, bad.err, 1)
	try("good", revoked, errFull, 1) // it counts as a guess from now on
	if asked != 4 {
		t.Errorf("the gate was asked %d times", asked)
	}
}

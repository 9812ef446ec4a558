package storetest

import (
	"bytes"
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/idempotency"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/store"
)

func aKey(body string, where ...string) idempotency.Key {
	return idempotency.NewKey([]byte(body), nil, append([]string{"client:1", "POST", "/v2/things"}, where...)...)
}

// begun counts what fifty requests with one key at once are told.
func begun(
	t *testing.T, v []*services, k idempotency.Key,
) (claims []*idempotency.Claim, answers []string, running int) {
	t.Helper()
	const n = 50
	got, replays := make([]*idempotency.Claim, n), make([][]byte, n)
	for i, err := range together(n, func(i int) (err error) {
		got[i], replays[i], err = v[i%len(v)].idem.Begin(t.Context(), k)
		return err
	}) {
		switch {
		case fault.IsCode(err, fault.IdempotencyInFlight):
			if fault.Wrap(err).RetryAfter != time.Second || got[i] != nil || replays[i] != nil {
				t.Errorf("%v, %v, %s", err, got[i], replays[i])
			}
			running++
		case err != nil:
			t.Error(err)
		case replays[i] != nil:
			answers = append(answers, string(replays[i]))
		case got[i] != nil:
			claims = append(claims, got[i])
		default:
			t.Error("neither a claim nor an answer nor an error")
		}
	}
	return claims, answers, running
}

func TestOneOfFiftyClaims(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		clock := newHands()
		url := database(t, e)
		v := []*services{serve(connect(t, url, clock.now), clock.now), serve(connect(t, url, clock.now), clock.now)}
		ctx := t.Context()
		k := aKey("body", "key-1")
		claims, answers, running := begun(t, v, k)
		if len(claims) != 1 || len(answers) != 0 || running != 49 {
			t.Fatalf("%d claims, %d answers, %d still running", len(claims), len(answers), running)
		}
		// Another key, and the same one elsewhere, are others.
		for _, other := range []idempotency.Key{
			aKey("body", "key-2"), idempotency.NewKey([]byte("body"), nil, "client:2", "POST", "/v2/things", "key-1"),
		} {
			if c, answer, err := v[0].idem.Begin(ctx, other); err != nil || c == nil || answer != nil {
				t.Fatalf("%v, %s, %v", c, answer, err)
			}
		}
		_, _, err := v[1].idem.Begin(ctx, aKey("another body", "key-1"))
		wants(t, err, fault.IdempotencyMismatch)

		const text = `{"secret":"sk_live_hush"}`
		must(t, v[0].idem.Complete(ctx, claims[0], []byte(text)))
		claims, answers, running = begun(t, v, k)
		if len(claims) != 0 || len(answers) != 50 || running != 0 {
			t.Fatalf("%d claims, %d answers, %d still running", len(claims), len(answers), running)
		}
		for _, a := range answers {
			if a != text {
				t.Fatalf("the answer is %s", a)
			}
		}
		_, _, err = v[1].idem.Begin(ctx, aKey("another body", "key-1"))
		wants(t, err, fault.IdempotencyMismatch)
		// An answer may hold what its caller saw once.
		if kept := read[[]byte](t, raw(t, url),
			"SELECT answer FROM idempotency_keys WHERE done"); bytes.Contains(kept, []byte("hush")) {
			t.Error("the answer is readable at rest")
		}
	})
}

func TestClaimOfADeadRequestIsTakenOver(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		clock := newHands()
		url := database(t, e)
		v := []*services{serve(connect(t, url, clock.now), clock.now), serve(connect(t, url, clock.now), clock.now)}
		ctx := t.Context()
		k := aKey("body", "key-1")
		dead, _, err := v[0].idem.Begin(ctx, k)
		must(t, err)
		clock.forward(idempotency.Lease - time.Microsecond)
		if claims, _, running := begun(t, v, k); len(claims) != 0 || running != 50 {
			t.Fatalf("%d claims within the lease", len(claims))
		}
		clock.forward(time.Microsecond)
		_, _, err = v[1].idem.Begin(ctx, aKey("another body", "key-1"))
		wants(t, err, fault.IdempotencyMismatch)
		claims, _, running := begun(t, v, k)
		if len(claims) != 1 || running != 49 {
			t.Fatalf("%d take over", len(claims))
		}
		// The first request was not dead, only slow: its work does not happen.
		o := anOrg()
		err = v[0].InTx(ctx, func(ctx context.Context) error {
			if err := v[0].InsertOrg(ctx, o); err != nil {
				return err
			}
			return v[0].idem.Complete(ctx, dead, []byte("late"))
		})
		wants(t, err, fault.IdempotencyInFlight)
		if n := orgsIn(t, v[0].Store); n != 0 {
			t.Fatal("the work of a request that lost its claim stays")
		}
		must(t, v[0].idem.Release(ctx, dead)) // nor does it release what is another's
		_, _, err = v[0].idem.Begin(ctx, k)
		wants(t, err, fault.IdempotencyInFlight)

		must(t, v[1].InTx(ctx, func(ctx context.Context) error {
			if err := v[1].InsertOrg(ctx, o); err != nil {
				return err
			}
			return v[1].idem.Complete(ctx, claims[0], []byte("answer"))
		}))
		if _, answer, err := v[0].idem.Begin(ctx, k); err != nil || string(answer) != "answer" || orgsIn(t, v[0].Store) != 1 {
			t.Fatalf("%s, %v", answer, err)
		}
		// An answer stays, whoever comes late.
		wants(t, v[0].idem.Complete(ctx, dead, []byte("later")), fault.IdempotencyInFlight)
		wants(t, v[1].idem.Complete(ctx, claims[0], []byte("twice")), fault.IdempotencyInFlight)
		must(t, v[1].idem.Release(ctx, claims[0]))
		if _, answer, err := v[0].idem.Begin(ctx, k); err != nil || string(answer) != "answer" {
			t.Fatalf("%s, %v", answer, err)
		}
	})
}

// Whether the work commits and whether the answer is kept are one question.
func TestAnswerAndWorkAreOne(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		clock := newHands()
		v := serve(connect(t, database(t, e), clock.now), clock.now)
		ctx := t.Context()
		k := aKey("body", "key-1")
		c, _, err := v.idem.Begin(ctx, k)
		must(t, err)
		_ = v.InTx(ctx, func(ctx context.Context) error {
			must(t, v.InsertOrg(ctx, anOrg()), v.idem.Complete(ctx, c, []byte("never")))
			return errRefused
		})
		_, _, err = v.idem.Begin(ctx, k)
		wants(t, err, fault.IdempotencyInFlight)
		// It did nothing, so the key is released.
		must(t, v.idem.Release(ctx, c))
		wants(t, v.idem.Complete(ctx, c, []byte("never")), fault.IdempotencyInFlight)
		again, _, err := v.idem.Begin(ctx, aKey("a mended body", "key-1"))
		if err != nil || again == nil {
			t.Fatalf("%v, %v", again, err)
		}
		must(t, v.idem.Complete(ctx, again, []byte{}))
		if _, answer, err := v.idem.Begin(ctx, aKey("a mended body", "key-1")); err != nil || len(answer) != 0 {
			t.Fatalf("%q, %v", answer, err)
		}
	})
}

// An org has the newest answers that its plan keeps. What still runs stays, and so does what others have.
func TestAnswersBeyondThePlan(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		clock := newHands()
		v := serve(connect(t, database(t, e), clock.now), clock.now)
		ctx := t.Context()
		greedy, neighbour, larger := anOrg(), anOrg(), anOrg()
		larger.Tier = plan.Pro
		must(t, v.InsertOrg(ctx, greedy), v.InsertOrg(ctx, neighbour), v.InsertOrg(ctx, larger))
		key := func(o org.Org, name string) idempotency.Key {
			k := aKey("body", o.Slug, name)
			k.OrgID = o.ID
			return k
		}
		begin := func(k idempotency.Key) *idempotency.Claim {
			t.Helper()
			c, _, err := v.idem.Begin(ctx, k)
			must(t, err)
			clock.forward(time.Second)
			return c
		}
		answer := func(k idempotency.Key) {
			t.Helper()
			must(t, v.idem.Complete(ctx, begin(k), []byte("answer")))
		}
		running := key(greedy, "runs")
		begin(running)
		for _, name := range []string{"1", "2", "3", "4", "5"} {
			answer(key(greedy, name))
			answer(key(larger, name))
		}
		answer(key(neighbour, "1"))
		answer(aKey("body", "of nobody"))
		deleted, err := v.DeleteOldestAnswers(ctx, greedy.Tier, 3)
		must(t, err)
		if len(deleted) != 1 || deleted[greedy.ID] != 3 { // of six, the oldest of which runs
			t.Errorf("deleted: %v", deleted)
		}
		must(t, v.idem.Clean(ctx)) // nobody has as many as a plan keeps
		for k, there := range map[idempotency.Key]bool{
			key(greedy, "1"): false, key(greedy, "3"): false, key(greedy, "4"): true, key(greedy, "5"): true,
			key(larger, "1"): true, key(neighbour, "1"): true, aKey("body", "of nobody"): true,
		} {
			_, err := v.Claim(ctx, k.Scope[:])
			if !there {
				wants(t, err, fault.NotFound)
			} else if _, answer, err := v.idem.Begin(ctx, k); err != nil || string(answer) != "answer" {
				t.Errorf("%q, %v", answer, err)
			}
		}
		_, _, err = v.idem.Begin(ctx, running)
		wants(t, err, fault.IdempotencyInFlight)
		// Nothing that may go is left.
		deleted, err = v.DeleteOldestAnswers(ctx, greedy.Tier, 0)
		must(t, err)
		if deleted[greedy.ID] != 2 || deleted[neighbour.ID] != 1 || deleted[larger.ID] != 0 {
			t.Errorf("deleted: %v", deleted)
		}
		if _, err := v.Claim(ctx, running.Scope[:]); err != nil {
			t.Errorf("what runs: %v", err)
		}
	})
}

// Retries that come while the first request ends find either that it runs or its answer,
// and the work is done once.
func TestRequestsRaceWithTheFirst(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		clock := newHands()
		v := []*services{serve(connect(t, url, clock.now), clock.now), serve(connect(t, url, clock.now), clock.now)}
		k := aKey("body", "key-1")
		var worked atomic.Int64
		must(t, together(24, func(i int) error {
			s := v[i%2]
			for {
				c, answer, err := s.idem.Begin(t.Context(), k)
				switch {
				case fault.IsCode(err, fault.IdempotencyInFlight):
					continue
				case err != nil:
					return err
				case answer != nil:
					if string(answer) != "done" {
						t.Errorf("the answer is %q", answer)
					}
					return nil
				}
				if i%5 == 0 && worked.Load() == 0 { // fails before it has done anything
					if err := s.idem.Release(t.Context(), c); err != nil {
						return err
					}
					i++
					continue
				}
				err = s.InTx(t.Context(), func(ctx context.Context) error {
					if err := s.InsertOrg(ctx, anOrg()); err != nil {
						return err
					}
					return s.idem.Complete(ctx, c, []byte("done"))
				})
				if err != nil {
					return err
				}
				worked.Add(1)
				return nil
			}
		})...)
		if n := orgsIn(t, v[0].Store); n != 1 || worked.Load() != 1 {
			t.Fatalf("the work was done %d times, by %d requests", n, worked.Load())
		}
	})
}

func TestKeysExpire(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		clock := newHands()
		url := database(t, e)
		v := []*services{serve(connect(t, url, clock.now), clock.now), serve(connect(t, url, clock.now), clock.now)}
		ctx := t.Context()
		db := raw(t, url)
		kept := func() int { return read[int](t, db, "SELECT count(*) FROM idempotency_keys") }
		k := aKey("body", "key-1")
		c, _, err := v[0].idem.Begin(ctx, k)
		must(t, err, v[0].idem.Complete(ctx, c, []byte("yesterday")))
		clock.forward(idempotency.Lifetime - time.Microsecond)
		must(t, v[0].idem.Clean(ctx))
		if _, answer, err := v[0].idem.Begin(ctx, k); err != nil || string(answer) != "yesterday" {
			t.Fatalf("%s, %v", answer, err)
		}
		clock.forward(time.Microsecond)
		// Whether or not it has been cleaned up, the key is as good as new.
		claims, answers, running := begun(t, v, aKey("another body", "key-1"))
		if len(claims) != 1 || len(answers) != 0 || running != 49 {
			t.Fatalf("%d claims, %d answers, %d still running", len(claims), len(answers), running)
		}
		r, err := v[0].Claim(ctx, k.Scope[:])
		if err != nil || r.Done || len(r.Answer) != 0 || r.CreatedAt != clock.now() ||
			r.ExpiresAt != clock.now().Add(idempotency.Lifetime) || r.LockedUntil != clock.now().Add(idempotency.Lease) {
			t.Fatalf("%+v, %v", r, err)
		}
		// The one who had it before does not have it now.
		wants(t, v[0].idem.Complete(ctx, c, []byte("late")), fault.IdempotencyInFlight)

		if _, _, err := v[0].idem.Begin(ctx, aKey("body", "key-2")); err != nil {
			t.Fatal(err)
		}
		clock.forward(time.Hour)
		if _, _, err := v[0].idem.Begin(ctx, aKey("body", "key-3")); err != nil {
			t.Fatal(err)
		}
		clock.forward(idempotency.Lifetime - time.Hour)
		must(t, v[0].idem.Clean(ctx))
		if n := kept(); n != 3 {
			t.Fatalf("%d are kept at their end", n)
		}
		clock.forward(time.Microsecond)
		must(t, v[0].idem.Clean(ctx))
		if n := kept(); n != 1 {
			t.Fatalf("%d are kept, one has not expired", n)
		}
	})
}

// hasty is a store whose caller goes away while a claim is made: the claim is there, and
// the caller learns nothing of it.
type hasty struct {
	*Store
	leave context.CancelFunc
}

func (h hasty) InsertClaim(ctx context.Context, r idempotency.Record) (bool, error) {
	if _, err := h.Store.InsertClaim(ctx, r); err != nil {
		return false, err
	}
	h.leave()
	return false, ctx.Err()
}

func (h hasty) TakeOverClaim(ctx context.Context, scope []byte, was, owner id.ID, until time.Time) (bool, error) {
	if _, err := h.Store.TakeOverClaim(ctx, scope, was, owner, until); err != nil {
		return false, err
	}
	h.leave()
	return false, ctx.Err()
}

// A request that is cut off releases its key at once, wherever it was.
func TestCutRequestGivesItsKeyBack(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		clock := newHands()
		s := connect(t, database(t, e), clock.now)
		v := serve(s, clock.now)
		k := aKey("body", "cut")
		cut := func() {
			t.Helper()
			ctx, leave := context.WithCancel(t.Context())
			defer leave()
			if c, _, err := idempotency.NewService(hasty{s, leave}, box(), clock.now).Begin(ctx, k); c != nil ||
				!errors.Is(err, context.Canceled) {
				t.Fatalf("%v, %v", c, err)
			}
		}
		begin := func(ctx context.Context) *idempotency.Claim {
			t.Helper()
			c, answer, err := v.idem.Begin(ctx, k)
			must(t, err)
			if c == nil || answer != nil {
				t.Fatalf("%v, %s", c, answer)
			}
			return c
		}
		cut()
		ctx, leave := context.WithCancel(t.Context())
		c := begin(ctx)
		leave()
		must(t, v.idem.Release(ctx, c))
		begin(t.Context()) // dies
		clock.forward(idempotency.Lease)
		cut() // while it takes over
		must(t, v.idem.Complete(t.Context(), begin(t.Context()), []byte("{}")))
	})
}

// Package idempotency makes retries of a mutation safe, as
// draft-ietf-httpapi-idempotency-key-header-07 describes: the first request with a key
// executes, later ones get its stored answer.
//
// The claim of a key is committed before the work begins, so a concurrent duplicate
// sees it. The answer is stored in the transaction of the work itself: a crash leaves
// either both or neither, and a claim without an answer can be taken over once its
// lease has passed.
package idempotency

import (
	"context"
	"crypto/sha256"
	"errors"
	"log/slog"
	"time"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/detach"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/secret"
	"github.com/alania-go/alania/domain/task"
)

// Lifetime is how long an answer is kept.
const Lifetime = 24 * time.Hour

// Lease is how long a claim without an answer is honoured. It is longer than any
// operation may run.
const Lease = 60 * time.Second

// Key identifies a request: who sent what, where, under which key.
type Key struct {
	Scope   [32]byte // of principal, operation, path and the caller's key
	Request [32]byte // of the payload, and of what else decides what it means
	OrgID   id.ID    // of the caller, whose plan bounds how many answers are kept; zero: of nobody
}

// NewKey makes the Key of a request. Besides the body, the payload has whatever else decides
// what the request does, such as the workspace it is for. The parts of payload and where are
// joined unambiguously.
func NewKey(body []byte, payload []string, where ...string) Key {
	request := sha256.Sum256(body)
	return Key{Scope: [32]byte(sum(nil, where)), Request: [32]byte(sum(request[:], payload))}
}

func sum(first []byte, parts []string) []byte {
	h := sha256.New()
	h.Write(first)
	for _, p := range parts {
		n := len(p)
		h.Write([]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
		h.Write([]byte(p))
	}
	return h.Sum(nil)
}

// Record is a claim, with its answer once there is one.
type Record struct {
	Scope       []byte
	Request     []byte
	OrgID       id.ID
	Owner       id.ID // who holds the claim
	LockedUntil time.Time
	Done        bool
	Answer      []byte // sealed
	CreatedAt   time.Time
	ExpiresAt   time.Time
}

// Repository keeps records.
type Repository interface {
	// InsertClaim inserts the record unless its scope is taken by one that has not
	// expired; false when it is.
	InsertClaim(ctx context.Context, r Record) (bool, error)
	Claim(ctx context.Context, scope []byte) (Record, error)
	// TakeOverClaim passes a claim to another owner; false when was no longer holds it.
	TakeOverClaim(ctx context.Context, scope []byte, was, owner id.ID, until time.Time) (bool, error)
	// CompleteClaim stores the answer; false when the owner no longer holds the claim.
	CompleteClaim(ctx context.Context, scope []byte, owner id.ID, answer []byte) (bool, error)
	ReleaseClaim(ctx context.Context, scope []byte, owner id.ID) error
	DeleteExpiredClaims(ctx context.Context, now time.Time) error
	// DeleteOldestAnswers deletes the oldest answers of each org of a tier that has more claims and answers
	// than keep, down to that. It returns how many it deleted, by org.
	DeleteOldestAnswers(ctx context.Context, tier plan.Tier, keep int) (map[id.ID]int, error)
}

// Service claims keys and stores answers.
type Service struct {
	repo Repository
	box  *secret.Box
	now  clock.Clock
	// renewal is how often Hold renews a claim.
	renewal time.Duration
}

// NewService makes the service. Answers are sealed with the box: one may hold a secret
// that the caller sees once.
func NewService(repo Repository, box *secret.Box, now clock.Clock) *Service {
	return &Service{repo: repo, box: box, now: now, renewal: Lease / 4}
}

// Claim is a key that this request holds.
type Claim struct {
	scope []byte
	owner id.ID
}

var sealedFor = secret.NewUse("idempotent answer")

// Begin claims the key. It returns either a claim, or the stored answer of the first
// request. A request that is still running is IdempotencyInFlight, another payload
// under the same key IdempotencyMismatch.
func (s *Service) Begin(ctx context.Context, k Key) (*Claim, []byte, error) {
	c := &Claim{scope: k.Scope[:], owner: id.New()}
	// Most repeats find an answer or a running request: that takes a read, which waits for
	// no writer.
	r, err := s.repo.Claim(ctx, k.Scope[:])
	if fault.IsCode(err, fault.NotFound) || err == nil && !s.now().Before(r.ExpiresAt) {
		now := s.now()
		won, err := s.repo.InsertClaim(ctx, Record{
			Scope: k.Scope[:], Request: k.Request[:], OrgID: k.OrgID, Owner: c.owner,
			LockedUntil: now.Add(Lease), CreatedAt: now, ExpiresAt: now.Add(Lifetime),
		})
		if err != nil {
			return nil, nil, s.abandon(ctx, c, err)
		}
		if won {
			return c, nil, nil
		}
		r, err = s.repo.Claim(ctx, k.Scope[:])
		if fault.IsCode(err, fault.NotFound) { // released between the two looks
			return nil, nil, inFlight()
		}
		if err != nil {
			return nil, nil, err
		}
	} else if err != nil {
		return nil, nil, err
	}
	now := s.now()
	switch {
	case [32]byte(r.Request) != k.Request:
		return nil, nil, Mismatch()
	case r.Done:
		answer, err := s.box.Open(r.Answer, sealedFor)
		return nil, answer, err
	case now.Before(r.LockedUntil):
		return nil, nil, inFlight()
	}
	won, err := s.repo.TakeOverClaim(ctx, k.Scope[:], r.Owner, c.owner, now.Add(Lease))
	if err != nil {
		return nil, nil, s.abandon(ctx, c, err)
	}
	if !won {
		return nil, nil, inFlight()
	}
	return c, nil, nil
}

// Complete stores the answer. Call it in the transaction of the work: when the claim
// was lost to another request it fails, and the work is rolled back with it.
func (s *Service) Complete(ctx context.Context, c *Claim, answer []byte) error {
	ok, err := s.repo.CompleteClaim(ctx, c.scope, c.owner, s.box.Seal(answer, sealedFor))
	if err == nil && !ok {
		return inFlight()
	}
	return err
}

// Release releases the claim, for a request that did nothing: the key can be used again.
// It does so, too, when the request's context has ended.
func (s *Service) Release(ctx context.Context, c *Claim) error {
	ctx, cancel := detach.CleanUp(ctx)
	defer cancel()
	return s.repo.ReleaseClaim(ctx, c.scope, c.owner)
}

// Hold renews the claim until stop is called, for work that may take longer than the lease. When
// another request has the claim, lost is called with what the caller is told.
func (s *Service) Hold(ctx context.Context, c *Claim, lost func(error)) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	task.Go("hold an idempotency key", func() {
		defer close(ended)
		tick := time.NewTicker(s.renewal)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			// When the database fails, the next try may be in time.
			ok, err := s.repo.TakeOverClaim(ctx, c.scope, c.owner, c.owner, s.now().Add(Lease))
			if err == nil && !ok {
				lost(inFlight())
				return
			}
		}
	})
	return func() {
		cancel()
		<-ended
	}
}

// Mismatch is the answer to another payload under the key of an earlier request.
func Mismatch() error {
	return &fault.Error{
		Code:    fault.IdempotencyMismatch,
		Message: "This Idempotency-Key was used with another payload. Use a new key for a new request.",
		Violations: []fault.Violation{
			{
				In: fault.InHeader, Pointer: "/Idempotency-Key", Code: "reused",
				Message: "must not be used again with another payload",
			},
		},
	}
}

// abandon releases a claim that was asked for with an error: the store may have made it
// before the caller went away.
func (s *Service) abandon(ctx context.Context, c *Claim, err error) error {
	if released := s.Release(ctx, c); released != nil {
		return errors.Join(err, released)
	}
	return err
}

// Clean deletes what has expired, and the oldest answers of orgs that have more than their plan keeps. A
// request that is still running stays, and what others have stays.
func (s *Service) Clean(ctx context.Context) error {
	if err := s.repo.DeleteExpiredClaims(ctx, s.now()); err != nil {
		return err
	}
	for _, tier := range plan.Tiers() {
		deleted, err := s.repo.DeleteOldestAnswers(ctx, tier, tier.KeyedAnswers())
		if err != nil {
			return err
		}
		for org, n := range deleted {
			slog.WarnContext(ctx, "an organization had more answers to keyed requests than its plan keeps",
				"org", org.UUID(), "tier", string(tier), "deleted", n)
		}
	}
	return nil
}

func inFlight() error {
	return &fault.Error{
		Code:       fault.IdempotencyInFlight,
		Message:    "The first request with this Idempotency-Key is still running. Try again in a moment.",
		RetryAfter: time.Second,
	}
}

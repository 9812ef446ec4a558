package identity

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/golang-lru/v2/expirable"
	"golang.org/x/sync/singleflight"

	"github.com/alania-go/alania/domain/detach"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
)

// CacheTTL bounds how long a replica may go on accepting a credential that another one
// has revoked. The contract promises 60 s.
const CacheTTL = 30 * time.Second

const cacheSize = 65_536

// Cache remembers which credential is whose, so that a request with a known one needs
// no store. Only accepted credentials are kept, under their SHA-256.
type Cache struct {
	lru *expirable.LRU[[32]byte, cached]
	// accepted are credentials that were valid when they were looked up last.
	accepted *expirable.LRU[[32]byte, struct{}]
	group    singleflight.Group
	// generation tells a load that was under way during a Drop that what it read may
	// be from before it.
	generation atomic.Uint64
	mu         sync.Mutex
	announce   func(message []byte)
}

// acceptedFor is how long a credential that was accepted is looked up again without asking the
// gate.
const acceptedFor = time.Hour

type gateKey struct{}

// IsGate reports whether a context is asked for its gate, a func(context.Context) error. Credentials that are not
// known are looked up only when it returns no error: one who guesses credentials should not cost a look-up each time.
// Those that were accepted within the last hour pass, so that a guesser locks nobody out who shares its address.
func IsGate(key any) bool { return key == gateKey{} }

type cached struct {
	principal *Principal
	until     time.Time // zero: no end of its own
	fresh     time.Time // until when it is not looked up again
}

// NewCache makes an empty cache. announce tells other replicas of every drop, by a message for their Apply; nil
// when there are none.
func NewCache(announce func(message []byte)) *Cache {
	return &Cache{
		announce: announce,
		lru:      expirable.NewLRU[[32]byte, cached](cacheSize, nil, CacheTTL),
		accepted: expirable.NewLRU[[32]byte, struct{}](cacheSize, nil, acceptedFor),
	}
}

// Get returns the principal of a credential, from load when it is not known; load also
// says when the credential ends (zero: never). Concurrent loads of one are one.
func (c *Cache) Get(
	ctx context.Context, credential string, now time.Time, load func(context.Context) (*Principal, time.Time, error),
) (*Principal, error) {
	sum := sha256.Sum256([]byte(credential))
	// The clock of the caller is obeyed as well as the time of the process.
	if e, ok := c.lru.Get(sum); ok && now.Before(e.fresh) && (e.until.IsZero() || now.Before(e.until)) {
		return e.principal, nil
	}
	if gate, _ := ctx.Value(gateKey{}).(func(context.Context) error); gate != nil {
		if _, ok := c.accepted.Peek(sum); !ok {
			if err := gate(ctx); err != nil {
				return nil, err
			}
		}
	}
	// Who comes after a drop must not join a load from before it.
	gen := c.generation.Load()
	v, err, _ := c.group.Do(string(binary.BigEndian.AppendUint64(sum[:], gen)), func() (any, error) {
		// One caller's cancellation must not fail the others that wait for the load.
		ctx, cancel := detach.Shared(ctx)
		defer cancel()
		p, until, err := load(ctx)
		if err != nil {
			if fault.IsCode(err, fault.Unauthenticated) {
				c.accepted.Remove(sum)
			}
			return nil, err
		}
		if err := admit(p); err != nil {
			c.accepted.Remove(sum)
			return nil, err
		}
		c.accepted.Add(sum, struct{}{})
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.generation.Load() == gen {
			c.lru.Add(sum, cached{p, until, now.Add(CacheTTL)})
		}
		return p, nil
	})
	if err != nil {
		return nil, err
	}
	return v.(*Principal), nil
}

const (
	dropCredential = 'c'
	dropPrincipal  = 'p'
	dropMember     = 'm'
	dropOrg        = 'o'
)

// DropCredential forgets one credential.
func (c *Cache) DropCredential(credential string) {
	sum := sha256.Sum256([]byte(credential))
	c.drop(append([]byte{dropCredential}, sum[:]...))
}

// DropPrincipal forgets every credential of a client or key.
func (c *Cache) DropPrincipal(principal id.ID) {
	c.drop(append([]byte{dropPrincipal}, principal[:]...))
}

// DropMember forgets every credential of a person in the org of the membership.
func (c *Cache) DropMember(member id.ID) {
	c.drop(append([]byte{dropMember}, member[:]...))
}

// DropOrg forgets every credential of an org.
func (c *Cache) DropOrg(org id.ID) {
	c.drop(append([]byte{dropOrg}, org[:]...))
}

func (c *Cache) drop(message []byte) {
	c.Apply(message)
	if c.announce != nil {
		c.announce(message)
	}
}

// DropTokens forgets every access token in this process, whose keys are no longer what they were.
func (c *Cache) DropTokens() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.remove(func(p *Principal) bool { return p.Source == FromToken })
}

// Apply forgets what another replica's drop says. What is no such message is ignored.
func (c *Cache) Apply(message []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case len(message) == 1+32 && message[0] == dropCredential:
		c.generation.Add(1)
		c.lru.Remove([32]byte(message[1:]))
	case len(message) == 1+16 && message[0] == dropPrincipal:
		principal := id.ID(message[1:])
		c.remove(func(p *Principal) bool { return p.ID == principal })
	case len(message) == 1+16 && message[0] == dropMember:
		member := id.ID(message[1:])
		c.remove(func(p *Principal) bool { return p.MemberID == member })
	case len(message) == 1+16 && message[0] == dropOrg:
		org := id.ID(message[1:])
		c.remove(func(p *Principal) bool { return p.OrgID == org })
	}
}

// remove forgets the credentials of the principals that match. The lock is held.
func (c *Cache) remove(match func(*Principal) bool) {
	c.generation.Add(1)
	for _, k := range c.lru.Keys() {
		if e, ok := c.lru.Peek(k); ok && match(e.principal) {
			c.lru.Remove(k)
		}
	}
}

// Uses collects which credentials were used, to be written in batches: the request
// that uses one does not wait for a write.
type Uses struct {
	mu    sync.Mutex
	seen  map[useKey]struct{}
	store func(ctx context.Context, keys, clients, members []id.ID, at time.Time) error
}

type useKey struct {
	kind Kind
	id   id.ID
}

// NewUses makes a collector that hands each batch to store.
func NewUses(store func(ctx context.Context, keys, clients, members []id.ID, at time.Time) error) *Uses {
	return &Uses{seen: map[useKey]struct{}{}, store: store}
}

// Note remembers that the principal was seen.
func (u *Uses) Note(p *Principal) {
	u.mu.Lock()
	if p.Kind != User { // of a person, the membership is what is used
		u.seen[useKey{p.Kind, p.ID}] = struct{}{}
	}
	if !p.MemberID.IsZero() {
		u.seen[useKey{User, p.MemberID}] = struct{}{}
	}
	u.mu.Unlock()
}

// Flush writes what was seen since the last time; on an error it is kept for the next.
func (u *Uses) Flush(ctx context.Context, at time.Time) error {
	u.mu.Lock()
	seen := u.seen
	u.seen = make(map[useKey]struct{}, len(seen))
	u.mu.Unlock()
	if len(seen) == 0 {
		return nil
	}
	by := map[Kind][]id.ID{}
	for k := range seen {
		by[k.kind] = append(by[k.kind], k.id)
	}
	err := u.store(ctx, by[Key], by[Client], by[User], at)
	if err != nil {
		u.mu.Lock()
		for k := range seen {
			u.seen[k] = struct{}{}
		}
		u.mu.Unlock()
	}
	return err
}

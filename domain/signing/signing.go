// Package signing keeps the keys that sign tokens: it makes them, has them published before they sign and until the
// last token that they signed has ended, and replaces them.
package signing

import (
	"context"
	"crypto"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/secret"
	"github.com/alania-go/alania/domain/txn"
)

// The life of a key that signs tokens. It is published first, so that every replica, and everybody who
// verifies tokens with the published keys, has it when the first token comes; then it signs; and it stays
// until the last token that it signed has ended.
const (
	// KeyAge is how old a key is when the next is made.
	KeyAge = 30 * 24 * time.Hour
	// KeyNotice is how long a key is published before it signs.
	KeyNotice = 15 * time.Minute
	// KeyReload is how often a replica looks for keys. Many looks fit into the notice.
	KeyReload = time.Minute
	// MaxToken is the longest life of a token that a key signs.
	MaxToken = time.Hour
	// KeyRest is how long a key is kept after the next began to sign.
	KeyRest = MaxToken + KeyNotice
)

// Key is a key that signs tokens. Private is sealed.
type Key struct {
	ID        id.ID
	Ordinal   int64 // they are counted from 1
	Public    []byte
	Private   []byte
	CreatedAt time.Time
}

// signs is when the key begins to sign. The first has nothing to wait for.
func (k Key) signs() time.Time {
	if k.Ordinal == 1 {
		return k.CreatedAt
	}
	return k.CreatedAt.Add(KeyNotice)
}

// Repository keeps keys.
type Repository interface {
	// SigningKeys returns all keys, oldest first.
	SigningKeys(ctx context.Context) ([]Key, error)
	// InsertSigningKey keeps the key unless there is one with its ordinal: replicas that make one at once end up with one.
	InsertSigningKey(ctx context.Context, k Key) error
	// DeleteSigningKeys deletes the keys up to an ordinal.
	DeleteSigningKeys(ctx context.Context, upTo int64) error
}

// Algorithm makes keys and reads what is kept of them.
type Algorithm struct {
	Generate func() (public, private []byte, err error)
	Read     func(private []byte) (crypto.Signer, error)
}

// Options are what a ring is made of.
type Options struct {
	Tx         txn.Runner
	Repository Repository
	Box        *secret.Box
	Use        secret.Use // that private keys are sealed for
	Algorithm  Algorithm
	Gone       func() // is called when a key is there no longer; nil: nobody asks
	Now        clock.Clock
}

// Ring has the keys of a process.
type Ring struct {
	Options

	mu     sync.RWMutex
	keys   []Signer // oldest first
	loaded time.Time
}

// Signer is a key that is ready to sign.
type Signer struct {
	KeyID   string
	Private crypto.Signer

	from time.Time // when it begins to sign
}

// Public returns the key that tokens are checked with.
func (s Signer) Public() crypto.PublicKey { return s.Private.Public() }

// NewRing makes a ring without keys.
func NewRing(o Options) *Ring { return &Ring{Options: o} }

// Signer returns the newest key whose time to sign has come. The first time it reads the keys.
func (r *Ring) Signer(ctx context.Context) (Signer, error) {
	if k, ok := r.signer(r.Now()); ok {
		return k, nil
	}
	if err := r.Load(ctx); err != nil {
		return Signer{}, err
	}
	k, _ := r.signer(r.Now())
	return k, nil
}

func (r *Ring) signer(now time.Time) (Signer, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if len(r.keys) == 0 {
		return Signer{}, false
	}
	for i := len(r.keys) - 1; i > 0; i-- {
		if !now.Before(r.keys[i].from) {
			return r.keys[i], true
		}
	}
	return r.keys[0], true
}

// Keys returns the keys that tokens can be checked with, oldest first. The first time it reads them.
func (r *Ring) Keys(ctx context.Context) ([]Signer, error) {
	if keys := r.Loaded(); len(keys) > 0 {
		return keys, nil
	}
	err := r.Load(ctx)
	return r.Loaded(), err
}

// Loaded returns the keys that the process has read, oldest first.
func (r *Ring) Loaded() []Signer {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return slices.Clone(r.keys)
}

func (r *Ring) verifier(kid string) (crypto.PublicKey, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, k := range r.keys {
		if k.KeyID == kid {
			return k.Public(), true
		}
	}
	return nil, false
}

// set replaces the keys, and reports whether one of the former is gone.
func (r *Ring) set(keys []Signer, now time.Time) (gone bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, was := range r.keys {
		gone = gone || !slices.ContainsFunc(keys, func(k Signer) bool { return k.KeyID == was.KeyID })
	}
	r.keys, r.loaded = keys, now
	return gone
}

// Load reads the keys, and makes the first one on an empty store.
func (r *Ring) Load(ctx context.Context) error {
	_, err := r.load(ctx)
	return err
}

func (r *Ring) load(ctx context.Context) ([]Key, error) {
	keys, err := r.Repository.SigningKeys(ctx)
	if err != nil {
		return nil, err
	}
	if len(keys) == 0 {
		if keys, err = r.make(ctx, 1); err != nil {
			return nil, err
		}
	}
	signers := make([]Signer, len(keys))
	for i, k := range keys {
		private, err := r.Box.Open(k.Private, r.Use)
		if err != nil {
			return nil, err
		}
		key, err := r.Algorithm.Read(private)
		if err != nil {
			return nil, err
		}
		signers[i] = Signer{k.ID.ULID(), key, k.signs()}
	}
	if r.set(signers, r.Now()) && r.Gone != nil {
		r.Gone()
	}
	return keys, nil
}

// make makes the key with an ordinal, unless another replica has, and returns the keys that there are then.
func (r *Ring) make(ctx context.Context, ordinal int64) ([]Key, error) {
	public, private, err := r.Algorithm.Generate()
	if err != nil {
		return nil, err
	}
	k := Key{ID: id.New(), Ordinal: ordinal, Public: public, Private: r.Box.Seal(private, r.Use), CreatedAt: r.Now()}
	if err := r.Repository.InsertSigningKey(ctx, k); err != nil {
		return nil, err
	}
	return r.Repository.SigningKeys(ctx)
}

// Keep takes up the keys that others have made, makes the next when the newest is old, and
// deletes those whose last token has ended. Every replica calls it each KeyReload.
func (r *Ring) Keep(ctx context.Context) error {
	keys, err := r.load(ctx)
	if err != nil {
		return err
	}
	now, ended := r.Now(), int64(0)
	for i := 1; i < len(keys); i++ {
		if !now.Before(keys[i].signs().Add(KeyRest)) {
			ended = keys[i-1].Ordinal
		}
	}
	if ended > 0 {
		if err := r.Repository.DeleteSigningKeys(ctx, ended); err != nil {
			return err
		}
	}
	newest := keys[len(keys)-1]
	if now.Before(newest.CreatedAt.Add(KeyAge)) && ended == 0 {
		return nil
	}
	if !now.Before(newest.CreatedAt.Add(KeyAge)) {
		if _, err := r.make(ctx, newest.Ordinal+1); err != nil {
			return err
		}
	}
	return r.Load(ctx)
}

// KeepLoaded is Keep for keys that nobody may need: when the process has read none, it does nothing.
func (r *Ring) KeepLoaded(ctx context.Context) error {
	if len(r.Loaded()) == 0 {
		return nil
	}
	return r.Keep(ctx)
}

// Rotate makes the next key before its time. One that is published and does not sign yet is the next already.
func (r *Ring) Rotate(ctx context.Context) (Key, error) {
	keys, err := r.load(ctx)
	if err != nil {
		return Key{}, err
	}
	newest := keys[len(keys)-1]
	if r.Now().Before(newest.signs()) {
		return newest, nil
	}
	if keys, err = r.make(ctx, newest.Ordinal+1); err != nil {
		return Key{}, err
	}
	return keys[len(keys)-1], r.Load(ctx)
}

// Replace makes a key that signs at once, and ends all others, because somebody else may have
// one. Tokens that they signed are refused from now on: by other replicas when they look for keys.
func (r *Ring) Replace(ctx context.Context) (Key, error) {
	keys, err := r.load(ctx)
	if err != nil {
		return Key{}, err
	}
	last := keys[len(keys)-1].Ordinal
	err = r.Tx.InTx(ctx, func(ctx context.Context) error {
		if keys, err = r.make(ctx, last+1); err != nil {
			return err
		}
		return r.Repository.DeleteSigningKeys(ctx, last)
	})
	if err != nil {
		return Key{}, err
	}
	return keys[len(keys)-1], r.Load(ctx)
}

// Verifier finds the key of a token by kid; another replica may have made it since the last
// look, but unknown kids must not become a way to load the store.
func (r *Ring) Verifier(ctx context.Context, kid string) (crypto.PublicKey, error) {
	if k, ok := r.verifier(kid); ok {
		return k, nil
	}
	r.mu.RLock()
	age := r.Now().Sub(r.loaded)
	fresh := age >= 0 && age < 10*time.Second // a clock that was set back makes it negative
	r.mu.RUnlock()
	if !fresh {
		if err := r.Load(ctx); err != nil {
			return nil, err
		}
		if k, ok := r.verifier(kid); ok {
			return k, nil
		}
	}
	return nil, errors.New("unknown key id")
}

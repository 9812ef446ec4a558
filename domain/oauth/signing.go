package oauth

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/secret"
)

// The life of a key that signs tokens. It is published first, so that every replica, and everybody who
// verifies tokens with the published keys, has it when the first token comes; then it signs; and it stays
// until the last token that it signed has ended.
const (
	// SigningKeyAge is how old a key is when the next is made.
	SigningKeyAge = 30 * 24 * time.Hour
	// SigningKeyNotice is how long a key is published before it signs.
	SigningKeyNotice = 15 * time.Minute
	// SigningKeyReload is how often a replica looks for keys. Many looks fit into the notice.
	SigningKeyReload = time.Minute
	// SigningKeyRest is how long a key is kept after the next began to sign.
	SigningKeyRest = TokenLifetime + SigningKeyNotice
)

// SigningKey is an Ed25519 key that signs tokens. Private is sealed.
type SigningKey struct {
	ID        id.ID
	Ordinal   int64 // they are counted from 1
	Public    []byte
	Private   []byte
	CreatedAt time.Time
}

// signs is when the key begins to sign. The first has nothing to wait for.
func (k SigningKey) signs() time.Time {
	if k.Ordinal == 1 {
		return k.CreatedAt
	}
	return k.CreatedAt.Add(SigningKeyNotice)
}

var sealedFor = secret.NewUse("oauth signing key")

// keyring are the keys of a process, oldest first.
type keyring struct {
	mu     sync.RWMutex
	keys   []ringKey
	loaded time.Time
}

type ringKey struct {
	kid     string
	from    time.Time // when it begins to sign
	public  ed25519.PublicKey
	private ed25519.PrivateKey
}

// signer is the newest key whose time to sign has come.
func (r *keyring) signer(now time.Time) ringKey {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for i := len(r.keys) - 1; i > 0; i-- {
		if !now.Before(r.keys[i].from) {
			return r.keys[i]
		}
	}
	return r.keys[0]
}

func (r *keyring) verifier(kid string) (ed25519.PublicKey, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, k := range r.keys {
		if k.kid == kid {
			return k.public, true
		}
	}
	return nil, false
}

// set replaces the keys, and reports whether one of the former is gone.
func (r *keyring) set(keys []ringKey, now time.Time) (gone bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, was := range r.keys {
		gone = gone || !slices.ContainsFunc(keys, func(k ringKey) bool { return k.kid == was.kid })
	}
	r.keys, r.loaded = keys, now
	return gone
}

// LoadKeys reads the signing keys, and makes the first one on an empty store.
func (s *Service) LoadKeys(ctx context.Context) error {
	_, err := s.loadKeys(ctx)
	return err
}

func (s *Service) loadKeys(ctx context.Context) ([]SigningKey, error) {
	keys, err := s.repo.SigningKeys(ctx)
	if err != nil {
		return nil, err
	}
	if len(keys) == 0 {
		if keys, err = s.makeSigningKey(ctx, 1); err != nil {
			return nil, err
		}
	}
	ring := make([]ringKey, len(keys))
	for i, k := range keys {
		seed, err := s.box.Open(k.Private, sealedFor)
		if err != nil {
			return nil, err
		}
		ring[i] = ringKey{k.ID.ULID(), k.signs(), ed25519.PublicKey(k.Public), ed25519.NewKeyFromSeed(seed)}
	}
	if s.keys.set(ring, s.now()) {
		s.cache.DropTokens() // those of a key that was ended early must be looked at again
	}
	return keys, nil
}

// makeSigningKey makes the key with an ordinal, unless another replica has, and returns the keys that there are then.
func (s *Service) makeSigningKey(ctx context.Context, ordinal int64) ([]SigningKey, error) {
	pub, priv, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, err
	}
	k := SigningKey{
		ID: id.New(), Ordinal: ordinal, Public: pub, Private: s.box.Seal(priv.Seed(), sealedFor), CreatedAt: s.now(),
	}
	if err := s.repo.InsertSigningKey(ctx, k); err != nil {
		return nil, err
	}
	return s.repo.SigningKeys(ctx)
}

// KeepSigningKeys takes up the keys that others have made, makes the next when the newest is old, and
// deletes those whose last token has ended. Every replica calls it each SigningKeyReload.
func (s *Service) KeepSigningKeys(ctx context.Context) error {
	keys, err := s.loadKeys(ctx)
	if err != nil {
		return err
	}
	now, ended := s.now(), int64(0)
	for i := 1; i < len(keys); i++ {
		if !now.Before(keys[i].signs().Add(SigningKeyRest)) {
			ended = keys[i-1].Ordinal
		}
	}
	if ended > 0 {
		if err := s.repo.DeleteSigningKeys(ctx, ended); err != nil {
			return err
		}
	}
	newest := keys[len(keys)-1]
	if now.Before(newest.CreatedAt.Add(SigningKeyAge)) && ended == 0 {
		return nil
	}
	if !now.Before(newest.CreatedAt.Add(SigningKeyAge)) {
		if _, err := s.makeSigningKey(ctx, newest.Ordinal+1); err != nil {
			return err
		}
	}
	_, err = s.loadKeys(ctx)
	return err
}

// RotateSigningKey makes the next key before its time. One that is published and does not sign yet is the next already.
func (s *Service) RotateSigningKey(ctx context.Context) (SigningKey, error) {
	keys, err := s.loadKeys(ctx)
	if err != nil {
		return SigningKey{}, err
	}
	newest := keys[len(keys)-1]
	if s.now().Before(newest.signs()) {
		return newest, nil
	}
	if keys, err = s.makeSigningKey(ctx, newest.Ordinal+1); err != nil {
		return SigningKey{}, err
	}
	return keys[len(keys)-1], s.LoadKeys(ctx)
}

// ReplaceSigningKeys makes a key that signs at once, and ends all others, because somebody else may have
// one. Tokens that they signed are refused from now on: by other replicas when they look for keys.
func (s *Service) ReplaceSigningKeys(ctx context.Context) (SigningKey, error) {
	keys, err := s.loadKeys(ctx)
	if err != nil {
		return SigningKey{}, err
	}
	last := keys[len(keys)-1].Ordinal
	err = s.tx.InTx(ctx, func(ctx context.Context) error {
		if keys, err = s.makeSigningKey(ctx, last+1); err != nil {
			return err
		}
		return s.repo.DeleteSigningKeys(ctx, last)
	})
	if err != nil {
		return SigningKey{}, err
	}
	return keys[len(keys)-1], s.LoadKeys(ctx)
}

// PublicKey is one published key.
type PublicKey struct {
	KeyID string
	X     string // the key in base64url (RFC 8037)
}

// PublicKeys returns the keys that tokens can be checked with, oldest first.
func (s *Service) PublicKeys() []PublicKey {
	s.keys.mu.RLock()
	defer s.keys.mu.RUnlock()
	out := make([]PublicKey, len(s.keys.keys))
	for i, k := range s.keys.keys {
		out[i] = PublicKey{KeyID: k.kid, X: base64.RawURLEncoding.EncodeToString(k.public)}
	}
	return out
}

// verificationKey finds a key by kid; another replica may have made it since the last
// look, but unknown kids must not become a way to load the store.
func (s *Service) verificationKey(ctx context.Context, kid string) (ed25519.PublicKey, error) {
	if k, ok := s.keys.verifier(kid); ok {
		return k, nil
	}
	s.keys.mu.RLock()
	age := s.now().Sub(s.keys.loaded)
	fresh := age >= 0 && age < 10*time.Second // a clock that was set back makes it negative
	s.keys.mu.RUnlock()
	if !fresh {
		if err := s.LoadKeys(ctx); err != nil {
			return nil, err
		}
		if k, ok := s.keys.verifier(kid); ok {
			return k, nil
		}
	}
	return nil, errors.New("unknown key id")
}

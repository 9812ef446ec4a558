package oauth

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"

	"github.com/alania-go/alania/domain/secret"
	"github.com/alania-go/alania/domain/signing"
)

// SigningKey is an Ed25519 key that signs tokens.
type SigningKey = signing.Key

// The life of a key; see domain/signing.
const (
	SigningKeyAge    = signing.KeyAge
	SigningKeyNotice = signing.KeyNotice
	SigningKeyReload = signing.KeyReload
	SigningKeyRest   = signing.KeyRest
)

var sealedFor = secret.NewUse("oauth signing key")

// LoadKeys reads the signing keys, and makes the first one on an empty store.
func (s *Service) LoadKeys(ctx context.Context) error { return s.keys.Load(ctx) }

// KeepSigningKeys takes up the keys that others have made, makes the next when the newest is old, and
// deletes those whose last token has ended. Every replica calls it each SigningKeyReload.
func (s *Service) KeepSigningKeys(ctx context.Context) error { return s.keys.Keep(ctx) }

// RotateSigningKey makes the next key before its time. One that is published and does not sign yet is the next already.
func (s *Service) RotateSigningKey(ctx context.Context) (SigningKey, error) {
	return s.keys.Rotate(ctx)
}

// ReplaceSigningKeys makes a key that signs at once, and ends all others, because somebody else may have
// one. Tokens that they signed are refused from now on: by other replicas when they look for keys.
func (s *Service) ReplaceSigningKeys(ctx context.Context) (SigningKey, error) {
	return s.keys.Replace(ctx)
}

// PublicKey is one published key.
type PublicKey struct {
	KeyID string
	X     string // the key in base64url (RFC 8037)
}

// PublicKeys returns the keys that tokens can be checked with, oldest first.
func (s *Service) PublicKeys() []PublicKey {
	keys := s.keys.Loaded()
	out := make([]PublicKey, len(keys))
	for i, k := range keys {
		x, _ := k.Public().(ed25519.PublicKey)
		out[i] = PublicKey{KeyID: k.KeyID, X: base64.RawURLEncoding.EncodeToString(x)}
	}
	return out
}

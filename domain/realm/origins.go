package realm

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"math/big"
	"slices"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/signing"
)

// AllowsOrigin reports whether the pages of an origin may read what a client is answered. An unknown client has
// nothing to hide.
func (i *Issuer) AllowsOrigin(ctx context.Context, realm, clientID, origin string) (bool, error) {
	r, err := i.Repository.Realm(ctx, realm)
	if err != nil {
		return false, err
	}
	c, _, err := i.Repository.ClientNamed(ctx, r.ID, clientID)
	if fault.IsCode(err, fault.NotFound) {
		return true, nil
	}
	return slices.Contains(c.WebOrigins, origin), err
}

// PartyOf returns the client that an access token claims to be issued to; empty: it is no token. Nothing is verified.
func (i *Issuer) PartyOf(token string) string {
	var cl claims
	if _, _, err := i.parser.ParseUnverified(token, &cl); err != nil {
		return ""
	}
	return cl.Party
}

// PublicKey is a published key (RFC 7517), with the modulus and the exponent in base64url.
type PublicKey struct {
	KeyID, N, E string
	DER         []byte // in PKIX form
}

// PublicKeys returns the keys that the tokens of all realms can be checked with, newest first.
func (i *Issuer) PublicKeys(ctx context.Context) ([]PublicKey, error) {
	keys, err := i.keys.Keys(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]PublicKey, 0, len(keys))
	for _, k := range slices.Backward(keys) {
		public, err := published(k)
		if err != nil {
			return nil, err
		}
		out = append(out, public)
	}
	return out, nil
}

// PublicKey returns the key that signs now. The newest may be published only.
func (i *Issuer) PublicKey(ctx context.Context) (PublicKey, error) {
	k, err := i.keys.Signer(ctx)
	if err != nil {
		return PublicKey{}, err
	}
	return published(k)
}

func published(k signing.Signer) (PublicKey, error) {
	public, ok := k.Public().(*rsa.PublicKey)
	if !ok {
		return PublicKey{}, errors.New("realm: a signing key is not an RSA key")
	}
	der, err := x509.MarshalPKIXPublicKey(public)
	return PublicKey{
		KeyID: k.KeyID, N: base64.RawURLEncoding.EncodeToString(public.N.Bytes()),
		E: base64.RawURLEncoding.EncodeToString(big.NewInt(int64(public.E)).Bytes()), DER: der,
	}, err
}

package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"golang.org/x/sync/singleflight"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/detach"
)

// RefetchAfter is how old the keys of an issuer must be before a token with an unknown key has them fetched again.
const RefetchAfter = time.Minute

// keepFor is how long keys are used without a look at whether the issuer still publishes them.
const keepFor = time.Hour

// Algorithms are those of signatures that are taken: asymmetric ones. Neither "none" nor one with a shared secret is.
var Algorithms = []jose.SignatureAlgorithm{
	jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512, jose.ES256, jose.ES384, jose.ES512, jose.EdDSA,
}

var (
	// errUnverified says that no published key made the signature.
	errUnverified = errors.New("oidc: no published key made the signature")
	// errFetch says that there are no keys to verify with.
	errFetch = errors.New("oidc: the keys cannot be fetched")
)

// KeySet has the published keys of an issuer (RFC 7517). It fetches them at first use, when they are an hour old, and
// when a token names one that it does not know, but at most once a minute.
type KeySet struct {
	client *http.Client
	url    string
	now    clock.Clock

	one     singleflight.Group // many tokens cause one fetch
	mu      sync.RWMutex
	keys    []jose.JSONWebKey
	fetched time.Time // when keys came last
	tried   time.Time // when the last fetch ended
}

// NewKeySet makes a set of the keys at a URL.
func NewKeySet(client *http.Client, url string, now clock.Clock) *KeySet {
	return &KeySet{client: client, url: url, now: now}
}

// VerifySignature returns the payload of a signed token (go-oidc's KeySet).
func (s *KeySet) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	signed, err := jose.ParseSignedCompact(token, Algorithms)
	if err != nil {
		return nil, fmt.Errorf("oidc: %w", err)
	}
	kid := signed.Signatures[0].Header.KeyID
	keys, err := s.named(ctx, kid)
	if err != nil {
		return nil, err
	}
	for i := range keys {
		if payload, err := signed.Verify(&keys[i]); err == nil {
			return payload, nil
		}
	}
	return nil, errUnverified
}

// named returns the keys that a token may be signed with: those with the id, all for a token that names none. Who has
// a key that is known waits for nobody.
func (s *KeySet) named(ctx context.Context, kid string) ([]jose.JSONWebKey, error) {
	now := s.now()
	s.mu.RLock()
	found, fetched, tried := s.matching(kid), s.fetched, s.tried
	s.mu.RUnlock()
	if len(found) > 0 && now.Sub(fetched) < keepFor {
		return found, nil
	}
	err := errors.New("they could not be a moment ago")
	if tried.IsZero() || now.Sub(tried) >= RefetchAfter {
		_, err, _ = s.one.Do("", func() (any, error) { return nil, s.fetch(ctx) })
		s.mu.RLock()
		found = s.matching(kid)
		s.mu.RUnlock()
	} else if !fetched.IsZero() {
		err = nil
	}
	if len(found) == 0 && err != nil {
		return nil, fmt.Errorf("%w: %w", errFetch, err)
	}
	return found, nil // an issuer that is down for a while takes nobody with it
}

func (s *KeySet) matching(kid string) []jose.JSONWebKey {
	if kid == "" {
		return s.keys
	}
	var found []jose.JSONWebKey
	for _, k := range s.keys {
		if k.KeyID == kid {
			found = append(found, k)
		}
	}
	return found
}

// fetch reads the keys. One caller's cancellation must not fail the others, who wait for it.
func (s *KeySet) fetch(ctx context.Context) error {
	ctx, cancel := detach.Shared(ctx)
	defer cancel()
	keys, err := s.read(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tried = s.now()
	if err == nil {
		s.keys, s.fetched = keys, s.tried
	}
	return err
}

func (s *KeySet) read(ctx context.Context) ([]jose.JSONWebKey, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := getJSON(ctx, s.client, s.url, &set); err != nil {
		return nil, err
	}
	keys := make([]jose.JSONWebKey, 0, len(set.Keys))
	for _, text := range set.Keys {
		var k jose.JSONWebKey
		// Keys of kinds that we do not know, and those that encrypt, are others' affair.
		if json.Unmarshal(text, &k) == nil && k.Valid() && k.IsPublic() && (k.Use == "" || k.Use == "sig") {
			keys = append(keys, k)
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("none of them signs")
	}
	return keys, nil
}

// getJSON reads a JSON document. Its errors name the host at most.
func getJSON(ctx context.Context, client *http.Client, url string, v any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "application/json")
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("answered with status %d", res.StatusCode)
	}
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, v)
}

package oidc

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"

	"github.com/alania-go/alania/domain/fault"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// issuer is one as the web has them.
type issuer struct {
	*httptest.Server
	mu      sync.Mutex
	keys    map[string]any // public, by their ids
	named   string         // in the discovery document; empty: itself
	down    bool
	fetches atomic.Int64 // of keys
	looks   atomic.Int64 // at the discovery document
	now     time.Time
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	i := &issuer{keys: map[string]any{}, now: noon}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		i.looks.Add(1)
		i.mu.Lock()
		defer i.mu.Unlock()
		if i.down {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		name := i.named
		if name == "" {
			name = i.URL
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"issuer": name, "jwks_uri": i.URL + "/keys"})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		i.fetches.Add(1)
		i.mu.Lock()
		defer i.mu.Unlock()
		if i.down {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		set := jose.JSONWebKeySet{}
		for _, kid := range slices.Sorted(maps.Keys(i.keys)) {
			set.Keys = append(set.Keys, jose.JSONWebKey{Key: i.keys[kid], KeyID: kid, Use: "sig"})
		}
		text, _ := json.Marshal(set)
		// Among its keys is one of a kind that nobody knows.
		text = append([]byte(`{"keys":[{"kty":"new","kid":"x"},`), text[len(`{"keys":[`):]...)
		_, _ = w.Write(text)
	})
	i.Server = httptest.NewServer(mux)
	t.Cleanup(i.Close)
	return i
}

func (i *issuer) set(fn func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	fn()
}

func (i *issuer) clock() time.Time {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.now
}

func (i *issuer) publish(t *testing.T, kid string) *rsa.PrivateKey {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	i.set(func() { i.keys[kid] = &k.PublicKey })
	return k
}

func (i *issuer) claims(change ...func(jwt.MapClaims)) jwt.MapClaims {
	c := jwt.MapClaims{
		"iss": i.URL, "sub": "ada", "aud": []string{"alania", "other"}, "iat": noon.Unix(),
		"exp": noon.Add(5 * time.Minute).Unix(), "tenant_id": "tnt_1", "workspace_id": "wks_1", "name": "Ada",
		"realm_access": map[string]any{"roles": []string{"tenant_admin"}}, "scope": "openid postgres:read",
	}
	for _, fn := range change {
		fn(c)
	}
	return c
}

func sign(t *testing.T, method jwt.SigningMethod, kid string, key any, c jwt.MapClaims) string {
	t.Helper()
	token := jwt.NewWithClaims(method, c)
	if kid != "" {
		token.Header["kid"] = kid
	}
	s, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestVerify(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	key := i.publish(t, "one")
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	i.set(func() { i.keys["curve"] = &curve.PublicKey })
	v := New(i.URL, "alania", i.clock)
	c, err := v.Verify(t.Context(), sign(t, jwt.SigningMethodRS256, "one", key, i.claims()))
	if err != nil {
		t.Fatal(err)
	}
	if c.Subject != "ada" || c.TenantID != "tnt_1" || c.WorkspaceID != "wks_1" || c.Name != "Ada" || c.Issuer != i.URL ||
		!slices.Equal(c.Roles, []string{"tenant_admin"}) || c.Scope != "openid postgres:read" ||
		!c.ExpiresAt.Equal(noon.Add(5*time.Minute)) {
		t.Errorf("claims: %+v", c)
	}
	for name, token := range map[string]string{
		"ES256":  sign(t, jwt.SigningMethodES256, "curve", curve, i.claims()),
		"no kid": sign(t, jwt.SigningMethodRS256, "", key, i.claims()),
	} {
		if _, err := v.Verify(t.Context(), token); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	with := func(name string, value any) jwt.MapClaims {
		return i.claims(func(c jwt.MapClaims) { c[name] = value })
	}
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	rs := jwt.SigningMethodRS256
	for name, token := range map[string]string{
		"another audience":  sign(t, rs, "one", key, with("aud", "other")),
		"no audience":       sign(t, rs, "one", key, with("aud", nil)),
		"another issuer":    sign(t, rs, "one", key, with("iss", "https://example.com")),
		"expired":           sign(t, rs, "one", key, with("exp", noon.Add(-time.Second).Unix())),
		"not yet":           sign(t, rs, "one", key, with("nbf", noon.Add(time.Hour).Unix())),
		"another key":       sign(t, rs, "one", other, i.claims()),
		"another key, bare": sign(t, rs, "", other, i.claims()),
		"none":              sign(t, jwt.SigningMethodNone, "one", jwt.UnsafeAllowNoneSignatureType, i.claims()),
		"HS256":             sign(t, jwt.SigningMethodHS256, "one", key.PublicKey.N.Bytes(), i.claims()),
		"roles of a kind":   sign(t, rs, "one", key, with("realm_access", map[string]any{"roles": "tenant_admin"})),
		"no token":          "e30.e30.e30",
		"nothing":           "",
	} {
		if c, err := v.Verify(t.Context(), token); !fault.IsCode(err, fault.Unauthenticated) {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
}

// A key that is not known is looked for once a minute, however many tokens name it, and one that the issuer no longer
// publishes stops to count.
func TestKeysAreFetchedRarely(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	first := i.publish(t, "one")
	v := New(i.URL, "alania", i.clock)
	verify := func(kid string, key *rsa.PrivateKey) error {
		c := i.claims(func(c jwt.MapClaims) { c["exp"] = noon.Add(24 * time.Hour).Unix() })
		_, err := v.Verify(t.Context(), sign(t, jwt.SigningMethodRS256, kid, key, c))
		return err
	}
	if err := verify("one", first); err != nil {
		t.Fatal(err)
	}
	second := i.publish(t, "two")
	for range 20 {
		if err := verify("two", second); !fault.IsCode(err, fault.Unauthenticated) {
			t.Fatalf("a key that nobody has looked for yet: %v", err)
		}
	}
	if n := i.fetches.Load(); n != 1 {
		t.Fatalf("%d fetches", n)
	}
	i.set(func() { i.now = noon.Add(RefetchAfter) })
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if err := verify("two", second); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := i.fetches.Load(); n != 2 {
		t.Errorf("%d fetches after a minute", n)
	}
	if n := i.looks.Load(); n != 1 {
		t.Errorf("%d looks at the discovery document", n)
	}
	i.set(func() { delete(i.keys, "one") })
	if err := verify("one", first); err != nil {
		t.Errorf("a key that was published a while ago: %v", err)
	}
	i.set(func() { i.now = noon.Add(2 * keepFor) })
	if err := verify("one", first); !fault.IsCode(err, fault.Unauthenticated) {
		t.Errorf("a stale key: %v", err)
	}
}

// An issuer that is down takes nobody with it whose key is known; others are told to come back.
func TestIssuerIsDown(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	key := i.publish(t, "one")
	i.set(func() { i.down = true })
	v := New(i.URL, "alania", i.clock)
	long := i.claims(func(c jwt.MapClaims) { c["exp"] = noon.Add(24 * time.Hour).Unix() })
	token := sign(t, jwt.SigningMethodRS256, "one", key, long)
	for range 3 {
		if _, err := v.Verify(t.Context(), token); !fault.IsCode(err, fault.Unavailable) {
			t.Fatalf("an issuer that was never reached: %v", err)
		}
	}
	if n := i.looks.Load(); n != 1 {
		t.Errorf("%d looks within a minute", n)
	}
	i.set(func() { i.down, i.now = false, i.now.Add(RefetchAfter) })
	if _, err := v.Verify(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	i.set(func() { i.down, i.now = true, i.now.Add(2*keepFor) })
	if _, err := v.Verify(t.Context(), token); err != nil {
		t.Errorf("a key that is known: %v", err)
	}
	_, err := v.Verify(t.Context(), sign(t, jwt.SigningMethodRS256, "two", key, long))
	if !fault.IsCode(err, fault.Unauthenticated) {
		t.Errorf("a key that is not: %v", err)
	}
}

func TestDiscoveryOfAnotherIssuer(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	key := i.publish(t, "one")
	i.set(func() { i.named = "https://example.com" })
	v := New(i.URL, "alania", i.clock)
	_, err := v.Verify(context.Background(), sign(t, jwt.SigningMethodRS256, "one", key, i.claims()))
	if !fault.IsCode(err, fault.Unavailable) {
		t.Errorf("%v", err)
	}
}

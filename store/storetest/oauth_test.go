package storetest

import (
	"crypto/ed25519"
	"encoding/base64"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/oauth"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/secret"
	"github.com/alania-go/alania/store"
)

// authority is an authorization server over a database of the test's own.
type authority struct {
	*services
	url   string
	clock *hands
	org   id.ID
	owner org.Member
}

func newAuthority(t *testing.T, e store.Engine) *authority {
	t.Helper()
	a := newAuthorityWithoutKeys(t, e)
	must(t, a.oauth.LoadKeys(t.Context()))
	return a
}

// replica is another process on the same database, with a cache of its own.
func (a *authority) replica(t *testing.T) *services {
	t.Helper()
	v := serve(connect(t, a.url, a.clock.now), a.clock.now)
	must(t, v.oauth.LoadKeys(t.Context()))
	return v
}

func (a *authority) client(t *testing.T, scopes ...string) (oauth.Client, oauth.Credentials) {
	t.Helper()
	c, s, err := a.oauth.CreateClient(operatorOf(t, a.org),
		oauth.NewClient{OrgID: a.org, Name: "C", Scopes: scopes, UserID: a.owner.UserID})
	must(t, err)
	return c, oauth.Credentials{ID: c.ClientID, Secret: s}
}

func (a *authority) token(t *testing.T, c oauth.Credentials, scope string) string {
	t.Helper()
	tok, err := a.oauth.Issue(t.Context(), oauth.Grant{GrantType: "client_credentials", Client: c, Scope: scope})
	must(t, err)
	return tok.AccessToken
}

func accepts(t *testing.T, v *services, token string) *identity.Principal {
	t.Helper()
	p, err := v.oauth.Authenticate(t.Context(), token)
	if err != nil {
		t.Helper()
		t.Fatalf("refused: %v", err)
	}
	return p
}

func refuses(t *testing.T, v *services, token string) {
	t.Helper()
	p, err := v.oauth.Authenticate(t.Context(), token)
	if p != nil {
		t.Fatalf("accepted as %+v", p)
	}
	wants(t, err, fault.Unauthenticated)
	if f := fault.Wrap(err); f.Message != "The credentials are missing, unknown, expired or revoked." || f.Cause == nil {
		t.Fatalf("the refusal differs: %v", f)
	}
}

func TestClientRoundTrip(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		ctx := t.Context()
		orgID := newOrg(t, s, plan.Agency)
		m := newMember(t, s, orgID, identity.Owner, org.Active)
		full := oauth.Client{
			ID: id.New(), OrgID: orgID, ClientID: unique(), Name: `Ü "1"`, SecretHash: []byte{0, 0xff}, Scopes: []string{"*"},
			UserID: m.UserID, CreatedAt: noon,
		}
		bare := oauth.Client{
			ID: id.New(), OrgID: orgID, ClientID: unique(), SecretHash: []byte{1}, Scopes: []string{},
			CreatedAt: noon.Add(time.Microsecond),
		}
		for _, c := range []*oauth.Client{&full, &bare} {
			c.Kind, c.RedirectURIs, c.AllowedOrigins = oauth.General, []string{}, []string{}
		}
		must(t, s.InsertClient(ctx, bare), s.InsertClient(ctx, full))
		for want, member := range map[*oauth.Client]id.ID{&full: m.ID, &bare: {}} {
			for _, read := range []func() (oauth.Credential, error){
				func() (oauth.Credential, error) { return s.Client(ctx, want.ClientID) },
				func() (oauth.Credential, error) { return s.ClientByID(ctx, want.ID) },
			} {
				cred := oauth.Credential{
					Client: *want, OrgTier: plan.Agency, OrgStatus: identity.OrgActive, MemberID: member,
				}
				if got, err := read(); err != nil || !reflect.DeepEqual(got, cred) {
					t.Errorf("%+v, %v", got, err)
				}
			}
		}
		if got, err := s.ListClients(ctx, orgID); err != nil || !reflect.DeepEqual(got, []oauth.Client{full, bare}) {
			t.Errorf("%+v, %v", got, err)
		}
		if got, err := s.ListClients(ctx, newOrg(t, s, plan.Free)); err != nil || got == nil || len(got) != 0 {
			t.Errorf("%#v, %v", got, err)
		}
		for i, want := range []bool{true, false} {
			if first, err := s.RevokeClient(ctx, full.ID, noon.Add(time.Duration(i))); err != nil || first != want {
				t.Errorf("%v, %v", first, err)
			}
		}
		if got, err := s.Client(ctx, full.ClientID); err != nil || !sameTime(got.RevokedAt, ptr(noon)) {
			t.Errorf("%v, %v", got.RevokedAt, err)
		}
	})
}

func TestRevocationsOfTheStore(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		ctx := t.Context()
		is := func(token id.ID) bool {
			t.Helper()
			revoked, err := s.Revoked(ctx, token)
			must(t, err)
			return revoked
		}
		before, at, after := id.New(), id.New(), id.New()
		if is(before) {
			t.Error("revoked before it is")
		}
		must(t, s.InsertRevocation(ctx, before, noon.Add(-time.Microsecond), noon), s.InsertRevocation(ctx, before,
			noon.Add(time.Hour), noon),
			s.InsertRevocation(ctx, at, noon, noon), s.InsertRevocation(ctx, after, noon.Add(time.Microsecond), noon))
		if !is(before) || !is(at) || !is(after) || is(id.New()) {
			t.Error("revocations are not found")
		}
		must(t, s.DeleteExpiredRevocations(ctx, noon))
		if is(before) || !is(at) || !is(after) {
			t.Error("only what has expired goes")
		}
	})
}

func TestTokens(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		a := newAuthority(t, e)
		c, cred := a.client(t, "keys:*", "members:read")
		for _, g := range []struct {
			scope, granted string
		}{
			{"", "keys:* members:read"}, {"keys:read", "keys:read"}, {" members:read  keys:write ", "members:read keys:write"},
			{"keys:read keys:read", "keys:read"},
		} {
			tok, err := a.oauth.Issue(t.Context(), oauth.Grant{GrantType: "client_credentials", Client: cred, Scope: g.scope})
			if err != nil || tok.Scope != g.granted || tok.ExpiresIn != time.Hour {
				t.Fatalf("%+v, %v", tok, err)
			}
			for _, v := range []*services{a.services, a.replica(t)} {
				for range 2 {
					p := accepts(t, v, tok.AccessToken)
					want := admitted(t, identity.Principal{
						Source: identity.FromToken, Subject: c.ID.Prefixed("cli"),
						Kind: identity.Client, ID: c.ID, Name: "C", OrgID: a.org, OrgStatus: identity.OrgActive,
						Tier: plan.Pro, Scopes: p.Scopes,
						UserID: a.owner.UserID, MemberID: a.owner.ID,
					})
					if !reflect.DeepEqual(*p, want) || p.Scopes.String() != g.granted {
						t.Fatalf("%+v", p)
					}
				}
			}
		}
		for code, g := range map[fault.Code][]oauth.Grant{
			fault.OAuthInvalidRequest: {{Client: cred}},
			fault.OAuthUnsupportedGrantType: {
				{GrantType: "password", Client: cred}, {GrantType: "Client_Credentials", Client: cred},
			},
			fault.OAuthInvalidScope: {
				{GrantType: "client_credentials", Client: cred, Scope: "members:write"}, {
					GrantType: "client_credentials", Client: cred, Scope: "*",
				},
				{GrantType: "client_credentials", Client: cred, Scope: "keys:read nonsense"}, {
					GrantType: "client_credentials", Client: cred, Scope: "*:read",
				},
			},
			fault.OAuthInvalidClient: {
				{GrantType: "client_credentials"}, {GrantType: "client_credentials", Client: oauth.Credentials{ID: cred.ID}},
				{GrantType: "client_credentials", Client: oauth.Credentials{ID: cred.ID, Secret: cred.Secret + "x"}},
				{GrantType: "client_credentials", Client: oauth.Credentials{ID: strings.ToLower(cred.ID), Secret: cred.Secret}},
				{GrantType: "client_credentials", Client: oauth.Credentials{ID: "nobody", Secret: cred.Secret}},
			},
		} {
			for _, g := range g {
				tok, err := a.oauth.Issue(t.Context(), g)
				wants(t, err, code)
				if tok != (oauth.Token{}) {
					t.Errorf("%+v gives %+v", g, tok)
				}
			}
		}
		// What the client, its org or its person loses, its tokens lose as soon as the
		// cache forgets them.
		token := a.token(t, cred, "")
		db := raw(t, a.url)
		change(t, db, "UPDATE oauth_clients SET scopes = $1", `["keys:read", "members:read"]`)
		change(t, db, "UPDATE orgs SET tier = 'free'")
		if p := accepts(t, a.replica(t), token); p.Scopes.String() != "members:read" || p.Tier != plan.Free ||
			p.MemberID != a.owner.ID {
			t.Errorf("%+v", p)
		}
		must(t, a.DeleteMember(t.Context(), a.owner.ID))
		_, err := a.replica(t).oauth.Authenticate(t.Context(), token)
		wants(t, err, fault.Unauthenticated)
		must(t, a.uses.Flush(t.Context(), noon))
		if got, err := a.Client(t.Context(), c.ClientID); err != nil || !sameTime(got.LastUsedAt, ptr(noon)) {
			t.Errorf("last used at %v, %v", got.LastUsedAt, err)
		}
	})
}

func TestTokensExpire(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		a := newAuthority(t, e)
		_, cred := a.client(t, "*")
		token := a.token(t, cred, "")
		accepts(t, a.services, token)
		a.clock.forward(time.Hour - time.Second)
		accepts(t, a.services, token)
		accepts(t, a.replica(t), token)
		a.clock.forward(time.Second)
		refuses(t, a.services, token) // whose cache has it
		refuses(t, a.replica(t), token)
		accepts(t, a.services, a.token(t, cred, ""))
	})
}

func TestRevokedTokens(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		a := newAuthority(t, e)
		_, mine := a.client(t, "*")
		_, other := a.client(t, "*")
		replica, listening := a.replica(t), a.replica(t)
		a.announced = listening.cache.Apply
		token, kept := a.token(t, mine, ""), a.token(t, mine, "")
		everywhere := func(f func(*testing.T, *services, string) *identity.Principal, token string) {
			t.Helper()
			for _, v := range []*services{a.services, replica, listening, a.replica(t)} {
				f(t, v, token)
			}
		}
		everywhere(accepts, token)

		// Neither another client's, nor what is no token, nor one that has expired.
		must(t, a.oauth.Revoke(t.Context(), other, token), a.oauth.Revoke(t.Context(), mine, "nonsense"),
			a.oauth.Revoke(t.Context(), mine, ""))
		everywhere(accepts, token)
		wants(t, a.oauth.Revoke(t.Context(), oauth.Credentials{ID: mine.ID, Secret: "wrong"}, token),
			fault.OAuthInvalidClient)
		everywhere(accepts, token)

		must(t, a.oauth.Revoke(t.Context(), mine, token), a.oauth.Revoke(t.Context(), mine, token))
		refuses(t, a.services, token)
		refuses(t, listening, token)
		accepts(t, replica, token) // until its cache forgets
		replica.cache.DropCredential(token)
		refuses(t, replica, token)
		refuses(t, a.replica(t), token)
		everywhere(accepts, kept)

		db := raw(t, a.url)
		if n := read[int](t, db, "SELECT count(*) FROM revocations"); n != 1 {
			t.Errorf("%d revocations", n)
		}
		a.clock.forward(2 * time.Hour)
		must(t, a.oauth.Revoke(t.Context(), mine, kept))
		if n := read[int](t, db, "SELECT count(*) FROM revocations"); n != 1 {
			t.Error("an expired token is put on the list")
		}
	})
}

func TestRevokedClient(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		a := newAuthority(t, e)
		c, cred := a.client(t, "*")
		_, other := a.client(t, "*")
		token, another := a.token(t, cred, ""), a.token(t, other, "")
		accepts(t, a.services, token)
		accepts(t, a.services, another)
		ctx := as(t, a.org)
		must(t, a.oauth.RevokeClient(ctx, c.ClientID), a.oauth.RevokeClient(ctx, c.ClientID))
		refuses(t, a.services, token)
		refuses(t, a.replica(t), token)
		accepts(t, a.services, another)
		_, err := a.oauth.Issue(t.Context(), oauth.Grant{GrantType: "client_credentials", Client: cred})
		wants(t, err, fault.OAuthInvalidClient)
		wants(t, a.oauth.Revoke(t.Context(), cred, token), fault.OAuthInvalidClient)
		wants(t, a.oauth.RevokeClient(ctx, "nobody"), fault.NotFound)
		if n := read[int](t, raw(t, a.url), "SELECT count(*) FROM audit_entries WHERE action = 'client.revoked'"); n != 1 {
			t.Errorf("%d audit entries", n)
		}
		// An id that is taken.
		_, _, err = a.oauth.CreateClient(ctx,
			oauth.NewClient{OrgID: a.org, Name: "C", ClientID: c.ClientID, Scopes: []string{"*"}})
		wants(t, err, fault.Conflict, "client_id_taken")
		_, _, err = a.oauth.CreateClient(ctx,
			oauth.NewClient{OrgID: a.org, Name: "C", Secret: strings.Repeat("x", 31), Scopes: []string{"*", "nonsense"}})
		wants(t, err, fault.ValidationFailed)
		if n := len(fault.Wrap(err).Violations); n != 2 {
			t.Errorf("%d violations", n)
		}
	})
}

// Tokens that somebody else made, or that are not access tokens.
func TestForgedTokens(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		a := newAuthority(t, e)
		c, cred := a.client(t, "*")
		good := a.token(t, cred, "")
		accepts(t, a.services, good)
		kid := a.oauth.PublicKeys()[0].KeyID
		public, err := base64.RawURLEncoding.DecodeString(a.oauth.PublicKeys()[0].X)
		must(t, err)
		keys, err := a.SigningKeys(t.Context())
		must(t, err)
		seed, err := box().Open(keys[0].Private, "oauth signing key")
		must(t, err)
		ours := ed25519.NewKeyFromSeed(seed)
		_, foreign, err := ed25519.GenerateKey(nil)
		must(t, err)

		claims := func(change func(jwt.MapClaims)) jwt.MapClaims {
			m := jwt.MapClaims{
				"iss": issuer, "aud": issuer, "sub": c.ID.Prefixed("cli"), "jti": id.New().ULID(), "client_id": c.ClientID,
				"scope": "*",
				"iat":   noon.Unix(), "exp": noon.Add(time.Hour).Unix(),
			}
			if change != nil {
				change(m)
			}
			return m
		}
		sign := func(method jwt.SigningMethod, key any, header map[string]any, c jwt.MapClaims) string {
			t.Helper()
			tok := jwt.NewWithClaims(method, c)
			tok.Header["typ"], tok.Header["kid"] = "at+jwt", kid
			for k, v := range header {
				tok.Header[k] = v
			}
			s, err := tok.SignedString(key)
			must(t, err)
			return s
		}
		accepts(t, a.services, sign(jwt.SigningMethodEdDSA, ours, nil, claims(nil))) // what follows differs in one thing

		parts := strings.Split(good, ".")
		flip := func(part, at int) string {
			p := slices.Clone(parts)
			b := []byte(p[part])
			b[at] ^= 1
			p[part] = string(b)
			return strings.Join(p, ".")
		}
		without := func(name string) jwt.MapClaims { return claims(func(m jwt.MapClaims) { delete(m, name) }) }
		with := func(name string, v any) jwt.MapClaims { return claims(func(m jwt.MapClaims) { m[name] = v }) }
		for what, token := range map[string]string{
			"another key": sign(jwt.SigningMethodEdDSA, foreign, nil, claims(nil)),
			"another key, unknown id": sign(jwt.SigningMethodEdDSA, foreign, map[string]any{"kid": id.New().ULID()},
				claims(nil)),
			"no key id": sign(jwt.SigningMethodEdDSA, ours, map[string]any{"kid": nil}, claims(nil)),
			"alg none":  sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil, claims(nil)),
			"alg none, signed": sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil, claims(nil)) +
				parts[2],
			"HMAC with the public key": sign(jwt.SigningMethodHS256, public, nil, claims(nil)),
			"typ JWT":                  sign(jwt.SigningMethodEdDSA, ours, map[string]any{"typ": "JWT"}, claims(nil)),
			"no typ":                   sign(jwt.SigningMethodEdDSA, ours, map[string]any{"typ": nil}, claims(nil)),
			"another issuer":           sign(jwt.SigningMethodEdDSA, ours, nil, with("iss", "https://evil.example.com")),
			"no issuer":                sign(jwt.SigningMethodEdDSA, ours, nil, without("iss")),
			"another audience":         sign(jwt.SigningMethodEdDSA, ours, nil, with("aud", "https://other.example.com")),
			"no audience":              sign(jwt.SigningMethodEdDSA, ours, nil, without("aud")),
			"no expiry":                sign(jwt.SigningMethodEdDSA, ours, nil, without("exp")),
			"over":                     sign(jwt.SigningMethodEdDSA, ours, nil, with("exp", noon.Unix())),
			"not yet":                  sign(jwt.SigningMethodEdDSA, ours, nil, with("nbf", noon.Add(time.Minute).Unix())),
			"no id":                    sign(jwt.SigningMethodEdDSA, ours, nil, without("jti")),
			"no client":                sign(jwt.SigningMethodEdDSA, ours, nil, without("sub")),
			"an unknown client":        sign(jwt.SigningMethodEdDSA, ours, nil, with("sub", id.New().Prefixed("cli"))),
			"something else's id":      sign(jwt.SigningMethodEdDSA, ours, nil, with("sub", c.ID.Prefixed("key"))),
			"a changed header":         flip(0, 10),
			"a changed claim":          flip(1, 20),
			"a changed signature":      flip(2, 5),
			"another spelling":         respelt(good),
			"no signature":             parts[0] + "." + parts[1] + ".",
			"two parts":                parts[0] + "." + parts[1],
			"white space":              good + " ",
			"nothing":                  "",
		} {
			for range 2 {
				p, err := a.oauth.Authenticate(t.Context(), token)
				if p != nil || !fault.IsCode(err, fault.Unauthenticated) {
					t.Errorf("%s: %+v, %v", what, p, err)
				}
			}
		}
		if strings.Contains(string(keys[0].Private), string(seed)) {
			t.Error("the private key is kept as it is")
		}
	})
}

// respelt changes the bits of the last character that stand for nothing.
func respelt(token string) string {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(digits, token[len(token)-1])
	return token[:len(token)-1] + string(digits[last^1])
}

// Replicas that start at once on an empty database end up with one key.
func TestFirstSigningKeyIsOne(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		a := newAuthorityWithoutKeys(t, e)
		replicas := make([]*services, 8)
		for i := range replicas {
			replicas[i] = serve(connect(t, a.url, a.clock.now), a.clock.now)
		}
		must(t, together(8, func(i int) error { return replicas[i].oauth.LoadKeys(t.Context()) })...)
		if keys, err := a.SigningKeys(t.Context()); err != nil || len(keys) != 1 || keys[0].CreatedAt != noon {
			t.Fatalf("%d keys, %v", len(keys), err)
		}
		want := replicas[0].oauth.PublicKeys()
		for _, r := range replicas {
			if got := r.oauth.PublicKeys(); len(got) != 1 || got[0] != want[0] {
				t.Fatalf("%v and %v", got, want)
			}
		}
		a.services = replicas[0]
		_, cred := a.client(t, "*")
		token := a.token(t, cred, "")
		for _, r := range replicas {
			accepts(t, r, token)
		}
	})
}

func newAuthorityWithoutKeys(t *testing.T, e store.Engine) *authority {
	t.Helper()
	a := &authority{url: database(t, e), clock: newHands()}
	a.services = serve(connect(t, a.url, a.clock.now), a.clock.now)
	a.org = newOrg(t, a.Store, plan.Pro)
	a.owner = newMember(t, a.Store, a.org, identity.Owner, org.Active)
	return a
}

// A key that another replica has begun to sign with is found, but unknown ids are not
// looked for more than once in ten seconds.
func TestNewSigningKeyIsFound(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		a := newAuthority(t, e)
		_, cred := a.client(t, "*")
		old := a.token(t, cred, "")
		pub, priv, err := ed25519.GenerateKey(nil)
		must(t, err)
		k := oauth.SigningKey{
			ID: id.New(), Ordinal: 1, Public: pub, Private: box().Seal(priv.Seed(), "oauth signing key"),
			CreatedAt: noon.Add(-oauth.SigningKeyNotice),
		}
		// A first key is there: the store does not take another as the first.
		must(t, a.InsertSigningKey(t.Context(), k))
		if keys, err := a.SigningKeys(t.Context()); err != nil || len(keys) != 1 || keys[0].ID == k.ID {
			t.Fatalf("%+v, %v", keys, err)
		}
		change(t, raw(t, a.url),
			"INSERT INTO signing_keys (id, ordinal, public_key, private_key, created_at) VALUES ($1, 2, $2, $3, $4)",
			k.ID.UUID(), k.Public, k.Private, k.CreatedAt)

		rotated := a.replica(t)
		tok, err := rotated.oauth.Issue(t.Context(), oauth.Grant{GrantType: "client_credentials", Client: cred})
		must(t, err)
		accepts(t, rotated, tok.AccessToken)
		accepts(t, rotated, old)
		refuses(t, a.services, tok.AccessToken)
		a.clock.forward(10 * time.Second)
		accepts(t, a.services, tok.AccessToken)
		accepts(t, a.services, old)
		if got := a.oauth.PublicKeys(); len(got) != 2 || got[1].KeyID != k.ID.ULID() {
			t.Fatalf("%v", got)
		}
		// With another secret key the service does not start, and does not sign with what it cannot open.
		strange, err := secret.NewBox(base64.StdEncoding.EncodeToString(secret.Random(32)))
		must(t, err)
		if err := oauth.NewService(a.Store, a.Store, a.audit, a.cache, a.uses, strange, issuer,
			a.clock.now).LoadKeys(t.Context()); err == nil {
			t.Fatal("a foreign secret key opens the signing key")
		}
	})
}

// The life of signing keys: the next is published before it signs, on every replica, and the former one
// verifies until its last token has ended.
func TestSigningKeysRotate(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		a := newAuthority(t, e)
		other := a.replica(t)
		_, cred := a.client(t, "*")
		replicas := []*services{a.services, other}
		keep := func() {
			t.Helper()
			must(t, together(len(replicas), func(i int) error { return replicas[i].oauth.KeepSigningKeys(t.Context()) })...)
		}
		published := func() int {
			t.Helper()
			n, m := len(a.oauth.PublicKeys()), len(other.oauth.PublicKeys())
			if n != m {
				t.Fatalf("one replica publishes %d keys, another %d", n, m)
			}
			return n
		}
		signer := func() string {
			t.Helper()
			kids := map[string]bool{}
			for _, r := range replicas {
				issued, err := r.oauth.Issue(t.Context(), oauth.Grant{GrantType: "client_credentials", Client: cred})
				must(t, err)
				tok, _, err := jwt.NewParser().ParseUnverified(issued.AccessToken, jwt.MapClaims{})
				must(t, err)
				kids[tok.Header["kid"].(string)] = true
				for _, other := range replicas {
					accepts(t, other, issued.AccessToken)
				}
			}
			if len(kids) != 1 {
				t.Fatalf("the replicas sign with %v", kids)
			}
			for kid := range kids {
				return kid
			}
			return ""
		}
		first := signer()
		a.clock.forward(oauth.SigningKeyAge - time.Minute)
		if keep(); published() != 1 {
			t.Fatal("a key was made before its time")
		}
		// By age. Both replicas make the next at once, and there is one.
		a.clock.forward(time.Minute)
		keep()
		if keep(); published() != 2 || signer() != first {
			t.Fatal("the next key is not published, or signs already")
		}
		a.clock.forward(oauth.SigningKeyNotice - time.Minute)
		old := a.token(t, cred, "")
		if signer() != first {
			t.Fatal("the next key signs before its notice is over")
		}
		a.clock.forward(time.Minute)
		second := signer() // without a look at the store
		if second == first {
			t.Fatal("the next key does not sign")
		}
		a.clock.forward(oauth.TokenLifetime - 2*time.Minute)
		keep()
		accepts(t, other, old)
		a.clock.forward(oauth.SigningKeyRest)
		keep()
		if keep(); published() != 1 || signer() != second {
			t.Fatal("the former key is still published")
		}
		// By command, which a running replica takes up.
		k, err := a.replica(t).oauth.RotateSigningKey(t.Context())
		must(t, err)
		if again, err := a.oauth.RotateSigningKey(t.Context()); err != nil || again.ID != k.ID {
			t.Fatalf("a key is waiting, and another was made: %v", err)
		}
		if keep(); published() != 2 || signer() != second {
			t.Fatal("the command's key is not published, or signs already")
		}
		a.clock.forward(oauth.SigningKeyNotice)
		if signer() != k.ID.ULID() {
			t.Fatal("the command's key does not sign")
		}
	})
}

// A key that somebody else may have is ended at once, with every token that it signed.
func TestSigningKeysThatLeaked(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		a := newAuthority(t, e)
		other := a.replica(t)
		_, cred := a.client(t, "*")
		waiting, err := a.oauth.RotateSigningKey(t.Context()) // may have leaked as well
		must(t, err)
		old := a.token(t, cred, "")
		accepts(t, a.services, old)
		accepts(t, other, old)
		k, err := a.replica(t).oauth.ReplaceSigningKeys(t.Context()) // by command
		must(t, err)
		if k.ID == waiting.ID {
			t.Fatal("the key that waited signs now")
		}
		for _, running := range []*services{a.services, other} {
			must(t, running.oauth.KeepSigningKeys(t.Context()))
			refuses(t, running, old)
			if keys := running.oauth.PublicKeys(); len(keys) != 1 || keys[0].KeyID != k.ID.ULID() {
				t.Errorf("published: %v, want %s alone", keys, k.ID.ULID())
			}
		}
		accepts(t, other, a.token(t, cred, ""))
	})
}

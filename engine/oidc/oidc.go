// Package oidc verifies tokens of outside issuers by OpenID Connect: it finds an issuer by its discovery document,
// fetches its keys, and checks signature, issuer, audience and times of a token.
package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/realm"
	"github.com/alania-go/alania/engine/guard"
)

const (
	clientName = "oidc issuer"
	timeout    = 5 * time.Second // of a discovery document or of keys
	maxBody    = 1 << 20
)

// Verifier verifies tokens of one issuer. The discovery document is read when the first token comes.
type Verifier struct {
	issuer   string
	audience string
	now      clock.Clock
	client   *http.Client

	mu    sync.Mutex
	keys  *KeySet
	tried time.Time
}

// New makes a verifier of tokens that an issuer made for an audience. The issuer is the URL as tokens name it.
func New(issuer, audience string, now clock.Clock) *Verifier {
	return open(issuer, audience, timeout, now)
}

func open(issuer, audience string, within time.Duration, now clock.Clock) *Verifier {
	return &Verifier{issuer: issuer, audience: audience, now: now, client: Client(within)}
}

// Client is what discovery documents and keys are read with.
func Client(within time.Duration) *http.Client {
	return guard.Operator().Client(guard.Limits{Client: clientName, Total: within, Body: maxBody})
}

// Verify returns the claims of a token. A token that is not to be trusted is Unauthenticated; an issuer that cannot be
// asked is Unavailable.
func (v *Verifier) Verify(ctx context.Context, token string) (realm.Claims, error) {
	keys, err := v.discover(ctx)
	if err != nil {
		return realm.Claims{}, unavailable(err)
	}
	return Verify(ctx, keys, v.issuer, v.audience, v.now, token)
}

// Verify returns the claims of a token that an issuer made for an audience (empty: for whomever), by its keys.
func Verify(
	ctx context.Context, keys *KeySet, issuer, audience string, now clock.Clock, token string,
) (realm.Claims, error) {
	algorithms := make([]string, len(Algorithms))
	for i, a := range Algorithms {
		algorithms[i] = string(a)
	}
	noted := &noting{KeySet: keys}
	verified, err := oidc.NewVerifier(issuer, noted, &oidc.Config{
		ClientID: audience, SkipClientIDCheck: audience == "", SupportedSigningAlgs: algorithms, Now: now,
	}).Verify(ctx, token)
	switch {
	case noted.unreachable != nil:
		return realm.Claims{}, unavailable(noted.unreachable)
	case err != nil:
		return realm.Claims{}, identity.Refused(err)
	}
	var c claims
	if err := verified.Claims(&c); err != nil {
		return realm.Claims{}, identity.Refused(err)
	}
	return realm.Claims{
		Issuer: verified.Issuer, Subject: verified.Subject, Name: c.name(), Type: c.Type, TenantID: c.TenantID,
		WorkspaceID: c.WorkspaceID, Roles: c.Access.Roles, Scope: c.Scope, PersonID: c.PersonID, SessionID: c.SessionID,
		IssuedAt: verified.IssuedAt, ExpiresAt: verified.Expiry,
	}, nil
}

// claims are those that mean something here.
type claims struct {
	Type        string          `json:"typ"`
	TenantID    string          `json:"tenant_id"`
	WorkspaceID string          `json:"workspace_id"`
	PersonID    string          `json:"alania_person_id"`
	SessionID   string          `json:"sid"`
	Scope       string          `json:"scope"`
	Username    string          `json:"preferred_username"`
	FullName    json.RawMessage `json:"name"`
	Access      struct {
		Roles []string `json:"roles"`
	} `json:"realm_access"`
}

func (c claims) name() string {
	var s string
	if json.Unmarshal(c.FullName, &s) == nil && s != "" {
		return s
	}
	return c.Username
}

// noting remembers that the keys could not be asked, which go-oidc's errors do not tell.
type noting struct {
	*KeySet
	unreachable error
}

// VerifySignature implements oidc.KeySet.
func (n *noting) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	payload, err := n.KeySet.VerifySignature(ctx, token)
	if errors.Is(err, errFetch) {
		n.unreachable = err
	}
	return payload, err
}

// discover returns the keys of the issuer. Its document is asked for at most once a minute until it is read.
func (v *Verifier) discover(ctx context.Context) (*KeySet, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.keys != nil {
		return v.keys, nil
	}
	now := v.now()
	if !v.tried.IsZero() && now.Sub(v.tried) < RefetchAfter {
		return nil, errors.New("oidc: the discovery document could not be read a moment ago")
	}
	v.tried = now
	var document struct {
		Issuer string `json:"issuer"`
		Keys   string `json:"jwks_uri"`
	}
	if err := getJSON(ctx, v.client, v.issuer+"/.well-known/openid-configuration", &document); err != nil {
		return nil, fmt.Errorf("oidc: discovery: %w", err)
	}
	if document.Issuer != v.issuer || document.Keys == "" {
		return nil, errors.New("oidc: the discovery document is of another issuer, or names no keys")
	}
	v.keys = NewKeySet(v.client, document.Keys, v.now)
	return v.keys, nil
}

func unavailable(cause error) error {
	return &fault.Error{
		Code: fault.Unavailable, Message: "The issuer of the token cannot be asked for its keys now. Try again.",
		RetryAfter: RefetchAfter, Cause: cause,
	}
}

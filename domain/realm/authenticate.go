package realm

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/identity"
)

// Recognizes reports whether a bearer token claims to be from a realm at an address. Nothing is verified.
func Recognizes(base, issuer string) bool {
	prefix := IssuerOf(base, "")
	return len(issuer) > len(prefix) && issuer[:len(prefix)] == prefix
}

// Authenticate implements Directory. What the user has lost since the token was made is lost to the token too; what
// was gained comes with the next token.
func (i *Issuer) Authenticate(ctx context.Context, token string) (*identity.Principal, error) {
	return i.Cache.Get(ctx, token, i.Now(), func(ctx context.Context) (*identity.Principal, time.Time, error) {
		cl, h, err := i.holder(ctx, token)
		if err != nil {
			return nil, time.Time{}, err
		}
		if cl.Type != typBearer || !slices.Contains(cl.Audience, i.PublicURL) {
			return nil, time.Time{}, identity.Refused(errors.New("not an access token for this server"))
		}
		if h.WorkspaceGone {
			return nil, time.Time{}, identity.Refused(errors.New("the workspace of the user is deleted"))
		}
		return h.Principal(cl.Access.Roles), cl.ExpiresAt.Time, nil
	})
}

// RealmOf implements Directory.
func (i *Issuer) RealmOf(refreshToken string) string { return NameIn(i.PublicURL, refreshToken) }

// NameIn returns the name of the realm at an address that a token claims to be from; empty: none. Nothing is verified.
func NameIn(base, token string) string {
	name, ok := strings.CutPrefix(IssuerIn(token), IssuerOf(base, ""))
	if !ok || strings.Contains(name, "/") {
		return ""
	}
	return name
}

// IssuerIn returns the issuer that a token claims to be from; empty: the text is no JWT. Nothing is verified.
func IssuerIn(token string) string {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return ""
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return ""
	}
	var claims struct {
		Issuer string `json:"iss"`
	}
	if json.Unmarshal(text, &claims) != nil {
		return ""
	}
	return claims.Issuer
}

// holder verifies a token of any kind, and finds who it is of. It refuses with Unauthenticated.
func (i *Issuer) holder(ctx context.Context, token string) (claims, Holder, error) {
	cl, err := i.parse(ctx, token)
	if err != nil {
		return cl, Holder{}, identity.Refused(err)
	}
	h, err := i.Repository.Holder(ctx, cl.realm, cl.user)
	if fault.IsCode(err, fault.NotFound) {
		return cl, h, identity.Refused(errors.New("the user is gone"))
	}
	if err != nil {
		return cl, h, err
	}
	if err := i.ended(ctx, cl, h); err != nil {
		return cl, h, err
	}
	return cl, h, nil
}

// ended refuses a token that ended early.
func (i *Issuer) ended(ctx context.Context, cl claims, h Holder) error {
	switch {
	case h.Status != Active, !h.ClientEnabled:
		return identity.Refused(errors.New("the user or the client is disabled"))
	case cl.stale(h.Realm):
		return identity.Refused(errors.New("the realm has ended its tokens"))
	}
	if !cl.session.IsZero() {
		s, err := i.Repository.Session(ctx, cl.session)
		if fault.IsCode(err, fault.NotFound) {
			return identity.Refused(errors.New("the session has ended"))
		}
		if err != nil {
			return err
		}
		if refresh := cl.Type == typRefresh || cl.Type == typOffline; refresh && s.Generation != cl.Generation {
			return identity.Refused(errors.New("a former refresh token"))
		}
	}
	revoked, err := i.Revocations.Revoked(ctx, cl.token)
	if err == nil && revoked {
		return identity.Refused(errors.New("revoked token"))
	}
	return err
}

// Principal is who calls with a token that has roles.
func (h Holder) Principal(roles []string) *identity.Principal {
	roles = slices.DeleteFunc(slices.Clone(h.Roles), func(r string) bool { return !slices.Contains(roles, r) })
	rights := RightsOf(h.Realm.Platform(), h.WorkspaceID, roles)
	p := &identity.Principal{
		Source: identity.FromToken, Subject: h.ID.UUID(), Kind: identity.User, ID: h.ID, Name: h.Name, OrgID: h.Realm.OrgID,
		OrgStatus: h.OrgStatus, Tier: h.OrgTier, Scopes: rights.Scopes, WorkspaceID: rights.WorkspaceID,
		SuperAdmin: rights.SuperAdmin, Platform: rights.Platform,
	}
	if !h.ClientID.IsZero() { // a client that acts for itself belongs to the organization
		p.Kind, p.ID, p.Name = identity.Client, h.ClientID, h.Username
		return p
	}
	if h.acts() {
		p.UserID, p.MemberID = h.ID, h.MemberID
	}
	return p
}

// acts reports whether the user is a person who acts in our APIs: one with a role of ours.
func (u User) acts() bool {
	return u.ClientID.IsZero() && slices.ContainsFunc(u.Roles, func(r string) bool {
		_, own := ownRole(r)
		return own
	})
}

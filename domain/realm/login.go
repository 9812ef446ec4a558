package realm

import (
	"context"
	"slices"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
)

// Programs issues tokens to the OAuth clients of the platform, which belong to no realm.
type Programs interface {
	Issue(ctx context.Context, c ClientCredentials, scope string) (Token, error)
}

// Login is a request for tokens by somebody who does not name a realm.
type Login struct {
	TokenRequest
	TenantID id.ID // which tenant, when a name or a client stands for several; zero: not said
}

// Login finds the realm and asks it for tokens. Without a client it is Console's. A client acts for itself as one of
// the platform, or in the realm of the tenant that is named.
func (s *Service) Login(ctx context.Context, in Login) (Token, error) {
	if in.Client.ID == "" && in.GrantType != "client_credentials" {
		in.Client.ID = Console
	}
	switch in.GrantType {
	case "password":
		return s.loginByPassword(ctx, in)
	case "refresh_token":
		return s.loginByRefreshToken(ctx, in.TokenRequest)
	case "client_credentials":
		return s.loginByItself(ctx, in)
	}
	return Token{}, fault.New(fault.OAuthUnsupportedGrantType,
		"The grant types are password, client_credentials and refresh_token.")
}

// Refresh continues a session of the client Console.
func (s *Service) Refresh(ctx context.Context, refreshToken string) (Token, error) {
	return s.Login(ctx, Login{TokenRequest: TokenRequest{GrantType: "refresh_token", RefreshToken: &refreshToken}})
}

// maxRealms is how many realms of one name are looked at.
const maxRealms = 10

func (s *Service) loginByPassword(ctx context.Context, in Login) (Token, error) {
	if in.Username == nil || *in.Username == "" {
		return Token{}, fault.Invalid(fault.Body("/username", "required", "must be given"))
	}
	realm, err := s.realmOf(ctx, in)
	if err != nil {
		return Token{}, err
	}
	if realm == "" {
		// Nobody, or several: as much work as a wrong password, for a name that nobody has.
		realm, in.Username = Platform, pointer("nobody's "+*in.Username)
	}
	t, err := s.Directory.Token(ctx, realm, in.TokenRequest)
	if fault.IsCode(err, fault.OAuthInvalidGrant) || fault.IsCode(err, fault.NotFound) || disabled(err) {
		err = fault.New(fault.OAuthInvalidGrant, "The user name or the password is wrong. When the account is one of "+
			"several tenants, tenantId says of which.").WithCause(err)
	}
	return t, err
}

// realmOf returns the realm in which a user signs in; empty: none, or one of several. A client that is not in every
// realm needs its tenant, so that the answer does not tell who is a user of which.
func (s *Service) realmOf(ctx context.Context, in Login) (string, error) {
	if in.TenantID.IsZero() && in.Client.ID != Console {
		return "", fault.Invalid(fault.Body("/tenantId", "required", "must be given with client_id"))
	}
	names, err := s.Directory.RealmsWith(ctx, *in.Username, maxRealms)
	if err != nil {
		return "", err
	}
	if !in.TenantID.IsZero() {
		of, err := s.Directory.RealmsOf(ctx, in.TenantID)
		if err != nil || len(of) == 0 {
			return "", err
		}
		names = slices.DeleteFunc(names, func(name string) bool {
			return !slices.ContainsFunc(of, func(r Realm) bool { return r.Name == name })
		})
		if len(names) != 1 {
			return of[0].Name, nil
		}
	}
	if len(names) != 1 {
		return "", nil
	}
	return names[0], nil
}

func (s *Service) loginByRefreshToken(ctx context.Context, in TokenRequest) (Token, error) {
	invalid := refused("The refresh token does not work: it is unknown, was used before, or has expired. Sign in again.")
	if in.RefreshToken == nil || *in.RefreshToken == "" {
		return Token{}, fault.Invalid(fault.Body("/refresh_token", "required", "must be given"))
	}
	name := s.Directory.RealmOf(*in.RefreshToken)
	if name == "" {
		return Token{}, invalid
	}
	t, err := s.Directory.Token(ctx, name, in)
	if fault.IsCode(err, fault.OAuthInvalidGrant) || fault.IsCode(err, fault.NotFound) || disabled(err) {
		return Token{}, fault.Wrap(invalid).WithCause(err)
	}
	return t, err
}

func (s *Service) loginByItself(ctx context.Context, in Login) (Token, error) {
	if in.TenantID.IsZero() {
		scope := ""
		if in.Scope != nil {
			scope = *in.Scope
		}
		return s.Programs.Issue(ctx, in.Client, scope)
	}
	wrong := fault.New(fault.OAuthInvalidClient, "Client authentication failed.")
	of, err := s.Directory.RealmsOf(ctx, in.TenantID)
	if err != nil {
		return Token{}, err
	}
	i := slices.IndexFunc(of, func(r Realm) bool { return !r.Platform() })
	if i < 0 {
		return Token{}, wrong
	}
	t, err := s.Directory.Token(ctx, of[i].Name, in.TokenRequest)
	if disabled(err) {
		return Token{}, wrong.WithCause(err)
	}
	return t, err
}

func disabled(err error) bool {
	return fault.IsCode(err, fault.AccessDenied) && fault.Wrap(err).Reason == ReasonRealm
}

func pointer[T any](v T) *T { return &v }

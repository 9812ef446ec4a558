package control

import (
	"context"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/realm"
	"github.com/alania-go/alania/gen/control"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/convert"
)

// CreateToken answers a grant (RFC 6749), which is sent as a form or as JSON.
func (a *API) CreateToken(
	ctx context.Context, r control.CreateTokenRequestObject,
) (control.CreateTokenResponseObject, error) {
	body := r.JSONBody
	if r.FormdataBody != nil {
		body = r.FormdataBody
	}
	client, err := contract.ClientFrom(ctx, body.ClientID, body.ClientSecret)
	if err != nil {
		return nil, err
	}
	in, err := toLogin(body, client)
	if err != nil {
		return nil, err
	}
	t, err := a.Realms.Login(ctx, in)
	if err != nil {
		return nil, err
	}
	return control.CreateToken200JSONResponse{
		Body: FromToken(t), Headers: control.CreateToken200ResponseHeaders{CacheControl: noStore},
	}, nil
}

// RefreshToken continues a session.
func (a *API) RefreshToken(
	ctx context.Context, r control.RefreshTokenRequestObject,
) (control.RefreshTokenResponseObject, error) {
	t, err := a.Realms.Refresh(ctx, r.Body.RefreshToken)
	if err != nil {
		return nil, err
	}
	return control.RefreshToken200JSONResponse{
		Body: FromToken(t), Headers: control.RefreshToken200ResponseHeaders{CacheControl: noStore},
	}, nil
}

// GetSignupPolicy returns how one becomes a user of this server.
func (a *API) GetSignupPolicy(
	context.Context, control.GetSignupPolicyRequestObject,
) (control.GetSignupPolicyResponseObject, error) {
	p := a.Realms.Policy
	mode := control.SignupPolicyModeInvitation
	if p.SelfService {
		mode = control.SignupPolicyModeSelfService
	}
	return control.GetSignupPolicy200JSONResponse{
		SelfServiceEnabled: p.SelfService, Mode: mode, Message: p.Message,
		PasswordPolicy: control.PasswordPolicy{MinLength: max(p.MinPassword, 1)},
	}, nil
}

// AcceptInvitation sets the password of an invited user.
func (a *API) AcceptInvitation(
	ctx context.Context, r control.AcceptInvitationRequestObject,
) (control.AcceptInvitationResponseObject, error) {
	u, in, err := a.Realms.AcceptInvitation(ctx, r.Token, r.Body.Password, r.Body.Name)
	if err != nil {
		return nil, err
	}
	return control.AcceptInvitation200JSONResponse{
		UserID: u.ID.Prefixed(id.UserPrefix), TenantID: showTenant(in.OrgID), RealmID: in.Name, Username: u.Username,
	}, nil
}

const noStore = "no-store"

func toLogin(b *control.TokenRequest, client contract.ClientCredentials) (realm.Login, error) {
	in := realm.Login{TokenRequest: realm.TokenRequest{
		GrantType: string(b.GrantType), Username: b.Username, Password: convert.Value(b.Password),
		RefreshToken: b.RefreshToken, Scope: b.Scope,
		Client: realm.ClientCredentials{ID: client.ID, Secret: client.Secret},
	}}
	if b.TenantID == nil {
		return in, nil
	}
	var err error
	if in.TenantID, err = id.ParsePrefixed(id.TenantPrefix, *b.TenantID); err != nil {
		return in, fault.Invalid(fault.Body("/tenantId", "unknown_tenant", "must be the id of a tenant"))
	}
	return in, nil
}

// FromToken shows tokens as Keycloak does.
func FromToken(t realm.Token) control.Token {
	out := control.Token{
		AccessToken: t.AccessToken, TokenType: control.TokenTokenTypeBearer, ExpiresIn: int(t.ExpiresIn.Seconds()),
		RefreshToken: given(t.RefreshToken), RefreshExpiresIn: int(t.RefreshExpiresIn.Seconds()),
		IDToken: given(t.IDToken), Scope: t.Scope,
	}
	if !t.SessionID.IsZero() {
		out.SessionState = given(t.SessionID.UUID())
	}
	if !t.NotBefore.IsZero() {
		out.NotBeforePolicy = int(t.NotBefore.Unix())
	}
	return out
}

// given is a text that is left out when it is empty.
func given(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

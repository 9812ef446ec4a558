package platform

import (
	"context"

	"github.com/alania-go/alania/domain/oauth"
	"github.com/alania-go/alania/gen/platform"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/convert"
)

// CreateToken answers a client-credentials grant (RFC 6749 section 4.4).
func (a *API) CreateToken(
	ctx context.Context, r platform.CreateTokenRequestObject,
) (platform.CreateTokenResponseObject, error) {
	client, err := contract.ClientFrom(ctx, r.Body.ClientID, r.Body.ClientSecret)
	if err != nil {
		return nil, err
	}
	t, err := a.OAuth.Issue(ctx, oauth.Grant{
		GrantType: r.Body.GrantType, Client: oauth.Credentials(client), Scope: convert.Value(r.Body.Scope),
		Resource: convert.Value(r.Body.Resource),
	})
	if err != nil {
		return nil, err
	}
	return platform.CreateToken200JSONResponse{
		Body: platform.Token{
			AccessToken: t.AccessToken, TokenType: platform.TokenTokenTypeBearer, ExpiresIn: int(t.ExpiresIn.Seconds()),
			Scope: t.Scope,
		},
		Headers: platform.CreateToken200ResponseHeaders{CacheControl: "no-store", Pragma: "no-cache"},
	}, nil
}

// RevokeToken ends an access token (RFC 7009).
func (a *API) RevokeToken(
	ctx context.Context, r platform.RevokeTokenRequestObject,
) (platform.RevokeTokenResponseObject, error) {
	client, err := contract.ClientFrom(ctx, r.Body.ClientID, r.Body.ClientSecret)
	if err != nil {
		return nil, err
	}
	if err := a.OAuth.Revoke(ctx, oauth.Credentials(client), r.Body.Token); err != nil {
		return nil, err
	}
	return platform.RevokeToken200Response{}, nil
}

// GetJwks returns the keys that access tokens are verified with (RFC 7517).
func (a *API) GetJwks(context.Context, platform.GetJwksRequestObject) (platform.GetJwksResponseObject, error) {
	return platform.GetJwks200JSONResponse{Keys: convert.Each(a.OAuth.PublicKeys(), func(k oauth.PublicKey) platform.Jwk {
		return platform.Jwk{
			Kty: platform.JwkKtyOKP, Crv: platform.JwkCrvEd25519, Alg: platform.JwkAlgEdDSA, Use: platform.JwkUseSig,
			Kid: k.KeyID, X: k.X,
		}
	})}, nil
}

// GetOAuthServerMetadata returns the authorization server's metadata (RFC 8414).
func (a *API) GetOAuthServerMetadata(
	context.Context, platform.GetOAuthServerMetadataRequestObject,
) (platform.GetOAuthServerMetadataResponseObject, error) {
	issuer := a.OAuth.Issuer()
	methods := []string{"client_secret_basic", "client_secret_post"}
	docs := issuer + "/docs"
	return platform.GetOAuthServerMetadata200JSONResponse{
		Issuer: issuer, AuthorizationEndpoint: issuer + "/v2/auth/authorize", TokenEndpoint: issuer + "/v2/auth/token",
		RevocationEndpoint: issuer + "/v2/auth/token/revoke", JwksURI: issuer + "/.well-known/jwks.json",
		GrantTypesSupported: []string{"client_credentials"}, ResponseTypesSupported: []string{}, ScopesSupported: a.Scopes(),
		TokenEndpointAuthMethodsSupported: methods, RevocationEndpointAuthMethodsSupported: methods,
		ServiceDocumentation: &docs,
	}, nil
}

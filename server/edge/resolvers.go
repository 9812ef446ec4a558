package edge

import (
	"context"
	"strings"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/oauth"
	"github.com/alania-go/alania/domain/realm"
	"github.com/alania-go/alania/server/contract"
)

// Realm is the resolver of the access tokens that a directory issues in its realms, below an address. It comes before
// Own, which takes any bearer credential for a token of the platform.
func Realm(directory realm.Directory, base string) contract.Resolver {
	return contract.Resolver{
		Source:     identity.FromToken,
		Recognizes: func(cr *contract.Credentials) bool { return realm.Recognizes(base, cr.Issuer()) },
		Resolve: func(ctx context.Context, cr *contract.Credentials) (*identity.Principal, error) {
			return directory.Authenticate(ctx, cr.Bearer)
		},
	}
}

// Trusted is the resolver of tokens of outside issuers. It comes before those of our own tokens.
func Trusted(issuers *realm.Trusted) contract.Resolver {
	return contract.Resolver{
		Source: identity.FromIssuer,
		Recognizes: func(cr *contract.Credentials) bool {
			return !issuers.None() && cr.Bearer != "" && issuers.Recognizes(cr.Issuer())
		},
		Resolve: func(ctx context.Context, cr *contract.Credentials) (*identity.Principal, error) {
			return issuers.Authenticate(ctx, cr.Issuer(), cr.Bearer)
		},
	}
}

// Own are the resolvers of the platform's own credentials, in their order: whatever is a bearer
// credential and no key is taken for a token, so that resolvers of other tokens come before these.
func Own(keys *apikey.Service, tokens *oauth.Service) []contract.Resolver {
	return []contract.Resolver{
		{
			Source:     identity.FromKey,
			Recognizes: func(cr *contract.Credentials) bool { return apikey.Looks(cr.Bearer) },
			Resolve: func(ctx context.Context, cr *contract.Credentials) (*identity.Principal, error) {
				return keys.Authenticate(ctx, cr.Bearer, cr.From)
			},
		},
		{
			Source:     identity.FromToken,
			Recognizes: func(cr *contract.Credentials) bool { return cr.Bearer != "" },
			Resolve: func(ctx context.Context, cr *contract.Credentials) (*identity.Principal, error) {
				return tokens.Authenticate(ctx, cr.Bearer)
			},
		},
		{
			// As the tools of programmers send it: with an API key or an access token as the
			// password of any user, or with the id and the secret of an OAuth client.
			Source:     identity.FromBasic,
			Recognizes: func(cr *contract.Credentials) bool { return cr.Basic },
			Resolve: func(ctx context.Context, cr *contract.Credentials) (*identity.Principal, error) {
				switch {
				case apikey.Looks(cr.Password):
					return keys.Authenticate(ctx, cr.Password, cr.From)
				case strings.Count(cr.Password, ".") == 2: // a JWT
					return tokens.Authenticate(ctx, cr.Password)
				}
				return tokens.AuthenticateClient(ctx, oauth.Credentials{ID: cr.Username, Secret: cr.Password, Basic: true})
			},
		},
	}
}

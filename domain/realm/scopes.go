package realm

import (
	"slices"
	"strconv"
	"strings"

	"github.com/alania-go/alania/domain/fault"
)

// Scopes of OpenID Connect that a client may ask for, besides openid.
const (
	scopeOpenID  = "openid"
	scopeProfile = "profile"
	scopeEmail   = "email"
	scopeOffline = "offline_access"
)

// ClientScopes are those that a client can be given.
func ClientScopes() []string {
	return []string{scopeProfile, scopeEmail, "phone", "address", scopeOffline}
}

// DefaultScopes are those of a client that says nothing.
func DefaultScopes() []string { return ClientScopes() }

// silent are scopes of Keycloak's that every client has and no answer names.
var silent = []string{"basic", "roles", "web-origins", "acr"}

// granted returns the scopes of a token: profile and e-mail are granted whether they are asked for or not, as Keycloak
// does it. Nil asks for nothing else.
func (c Client) granted(asked *string) (string, error) {
	var out []string
	if asked != nil {
		words := strings.Fields(*asked)
		if len(words) == 0 {
			return "", fault.New(fault.OAuthInvalidScope, "Invalid scopes: none is named.")
		}
		for _, w := range words {
			switch {
			case slices.Contains(silent, w):
			case w != scopeOpenID && !slices.Contains(c.Scopes, w):
				return "", fault.New(fault.OAuthInvalidScope, "Invalid scopes: the client cannot ask for one of them.")
			case !slices.Contains(out, w):
				out = append(out, w)
			}
		}
	}
	for _, w := range []string{scopeProfile, scopeEmail} {
		if slices.Contains(c.Scopes, w) && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return strings.Join(out, " "), nil
}

func has(scope, word string) bool { return slices.Contains(strings.Fields(scope), word) }

func plural(n int) string {
	if n == 1 {
		return "1 character"
	}
	return strconv.Itoa(n) + " characters"
}

package platform_test

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/server/servertest"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

// golang.org/x/oauth2 is a client that is not ours.
func TestClientCredentialsOfAnIndependentClient(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		clientID, secret := client(t, i, tn, "orgs:read", "workspaces:*")
		for _, style := range []oauth2.AuthStyle{oauth2.AuthStyleInHeader, oauth2.AuthStyleInParams} {
			cfg := clientcredentials.Config{
				ClientID: clientID, ClientSecret: secret, TokenURL: i.URL + "/v2/auth/token",
				Scopes: []string{"workspaces:read", "orgs:read"}, AuthStyle: style,
			}
			tok, err := cfg.Token(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if tok.TokenType != "Bearer" || tok.Extra("scope") != "workspaces:read orgs:read" {
				t.Errorf("token type %s, scope %v", tok.TokenType, tok.Extra("scope"))
			}
			res, err := cfg.Client(context.Background()).Get(i.URL + "/v2/orgs")
			if err != nil {
				t.Fatal(err)
			}
			b, _ := io.ReadAll(res.Body)
			_ = res.Body.Close()
			if res.StatusCode != 200 || !strings.Contains(string(b), tn.Org.ID.Prefixed("org")) {
				t.Errorf("%d %s", res.StatusCode, b)
			}
			i.Want(t, 403, servertest.Request{Operation: "listKeys", Path: orgPath(tn), Bearer: tok.AccessToken})
		}
		bad := clientcredentials.Config{
			ClientID: clientID, ClientSecret: "wrong", TokenURL: i.URL + "/v2/auth/token", AuthStyle: oauth2.AuthStyleInHeader,
		}
		_, err := bad.Token(context.Background())
		if re, ok := err.(*oauth2.RetrieveError); !ok || re.ErrorCode != "invalid_client" || re.Response.StatusCode != 401 {
			t.Errorf("wrong secret: %v", err)
		}
	})
}

func TestTokenErrors(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		clientID, secret := client(t, i, tn, "orgs:read")
		form := func(pairs ...string) url.Values {
			v := url.Values{"grant_type": {"client_credentials"}, "client_id": {clientID}, "client_secret": {secret}}
			for n := 0; n < len(pairs); n += 2 {
				if pairs[n+1] == "" {
					v.Del(pairs[n])
				} else {
					v.Set(pairs[n], pairs[n+1])
				}
			}
			return v
		}
		twice := form()
		twice["scope"] = []string{"orgs:read", "orgs:read"}
		for name, c := range map[string]struct {
			form   url.Values
			basic  [2]string
			header string
			status int
			code   string
		}{
			"no grant type":      {form: form("grant_type", ""), status: 400, code: "invalid_request"},
			"another grant type": {form: form("grant_type", "password"), status: 400, code: "unsupported_grant_type"},
			"no client":          {form: form("client_id", "", "client_secret", ""), status: 401, code: "invalid_client"},
			"unknown client":     {form: form("client_id", "cli_nobody"), status: 401, code: "invalid_client"},
			"wrong secret":       {form: form("client_secret", "no"), status: 401, code: "invalid_client"},
			"scope it has not":   {form: form("scope", "orgs:read keys:write"), status: 400, code: "invalid_scope"},
			"scope that is none": {form: form("scope", "ORGS"), status: 400, code: "invalid_scope"},
			"parameter twice":    {form: twice, status: 400, code: "invalid_request"},
			"credentials twice":  {form: form(), basic: [2]string{clientID, secret}, status: 400, code: "invalid_request"},
			"wrong basic": {
				form: form("client_id", "", "client_secret", ""), basic: [2]string{clientID, "no"}, status: 401,
				code: "invalid_client",
			},
			"a scheme but basic": {
				form: form("client_id", "", "client_secret", ""), header: "Bearer x", status: 401, code: "invalid_client",
			},
			"basic that is no form": {
				form: form("client_id", "", "client_secret", ""), header: "Basic JXp6OiV6eg==", status: 401, code: "invalid_client",
			},
		} {
			r := servertest.Request{Operation: "createToken", Form: c.form, Basic: c.basic}
			if c.header != "" {
				r.Header = map[string]string{"Authorization": c.header}
			}
			res := i.Want(t, c.status, r)
			if got := res.Object(t)["error"]; got != c.code {
				t.Errorf("%s: %s", name, res.Body)
			}
			if res.Status == 401 && !strings.HasPrefix(res.Header.Get("WWW-Authenticate"), "Basic ") {
				t.Errorf("%s: challenge %q", name, res.Header.Get("WWW-Authenticate"))
			}
			if res.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: may be cached", name)
			}
		}
		i.Want(t, 401, servertest.Request{
			Operation: "revokeToken", Form: url.Values{"token": {"x"}, "client_id": {clientID}, "client_secret": {"no"}},
		})
		i.Want(t, 200, servertest.Request{
			Operation: "revokeToken",
			Form:      url.Values{"token": {"no-token"}, "client_id": {clientID}, "client_secret": {secret}},
		})
		// A client id in addition to Basic is allowed when it is the same.
		f := form("client_secret", "")
		i.Want(t, 200, servertest.Request{Operation: "createToken", Form: f, Basic: [2]string{clientID, secret}})
	})
}

func TestRevokedCredentialsAreRefusedAtOnce(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		clientID, secret := client(t, i, tn)
		bearer := token(t, i, clientID, secret)
		use := servertest.Request{Operation: "listOrgs", Bearer: bearer}
		i.Want(t, 200, use) // now it is cached
		otherID, otherSecret := client(t, i, tn)
		i.Want(t, 200, servertest.Request{
			Operation: "revokeToken", Basic: [2]string{otherID, otherSecret}, Form: url.Values{"token": {bearer}},
		})
		i.Want(t, 200, use) // another client's revocation changes nothing
		i.Want(t, 200, servertest.Request{
			Operation: "revokeToken", Basic: [2]string{clientID, secret}, Form: url.Values{"token": {bearer}},
		})
		if res := i.Want(t, 401, use); !strings.Contains(res.Header.Get("WWW-Authenticate"), `error="invalid_token"`) {
			t.Errorf("challenge %q", res.Header.Get("WWW-Authenticate"))
		}

		made := key(t, i, tn)
		use = servertest.Request{Operation: "listOrgs", Bearer: made["key"].(string)}
		i.Want(t, 200, use)
		path := orgPath(tn)
		path["key_id"] = made["id"].(string)
		i.Want(t, 204, servertest.Request{Operation: "revokeKey", Path: path, Bearer: tn.Key})
		i.Want(t, 401, use)
		i.Want(t, 204, servertest.Request{Operation: "revokeKey", Path: path, Bearer: tn.Key}) // again: nothing changes
		if got := i.Want(t, 200,
			servertest.Request{Operation: "getKey", Path: path, Bearer: tn.Key}).Object(t); got["status"] != "revoked" ||
			got["key"] != nil {
			t.Errorf("the revoked key reads %v", got)
		}
		entries := i.Want(t, 200, servertest.Request{
			Operation: "listAuditEntries", Path: orgPath(tn), Bearer: tn.Key,
			Query: url.Values{"filter[action]": {"key.revoked"}, "filter[target_id]": {made["id"].(string)}},
		}).Object(t)["data"].([]any)
		if len(entries) != 1 || strings.Contains(i.Log.String(), made["key"].(string)) {
			t.Errorf("%d entries of the revocation, or the key is in the log", len(entries))
		}

		if err := i.OAuth.RevokeClient(tn.As(), clientID); err != nil {
			t.Fatal(err)
		}
		res := i.Want(t, 401, servertest.Request{
			Operation: "createToken", Basic: [2]string{clientID, secret}, Form: url.Values{"grant_type": {"client_credentials"}},
		})
		if res.Object(t)["error"] != "invalid_client" {
			t.Errorf("%s", res.Body)
		}
	})
}

// A replica that has not cached the credential asks the store. One that has is told over
// Redis, or forgets it within identity.CacheTTL, which the tests of that package show.
func TestRevocationReachesAnotherReplica(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		cfg := servertest.Config(t, e)
		first, second := servertest.Run(t, e, cfg), servertest.Run(t, e, cfg)
		tn := first.Tenant(t, plan.Pro)
		made := key(t, first, tn)
		use := servertest.Request{Operation: "listOrgs", Bearer: made["key"].(string)}
		second.Want(t, 200, use)
		path := orgPath(tn)
		path["key_id"] = made["id"].(string)
		first.Want(t, 204, servertest.Request{Operation: "revokeKey", Path: path, Bearer: tn.Key})
		third := servertest.Run(t, e, cfg)
		third.Want(t, 401, use)
	})
}

// Who has only the published keys can verify a token.
func TestPublishedKeysVerifyTokens(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		clientID, secret := client(t, i, tn)
		raw := token(t, i, clientID, secret)
		meta := i.Want(t, 200, servertest.Request{Operation: "getOAuthServerMetadata"}).Object(t)
		if meta["issuer"] != i.Config.PublicURL && meta["issuer"] != i.URL {
			t.Errorf("issuer %v", meta["issuer"])
		}
		res, err := http.Get(meta["jwks_uri"].(string))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		var set struct {
			Keys []struct{ Kid, X, Kty, Crv string }
		}
		if err := json.NewDecoder(res.Body).Decode(&set); err != nil {
			t.Fatal(err)
		}
		tok, err := jwt.Parse(raw, func(tk *jwt.Token) (any, error) {
			for _, k := range set.Keys {
				if k.Kid == tk.Header["kid"] && k.Kty == "OKP" && k.Crv == "Ed25519" {
					return publicKey(t, k.X), nil
				}
			}
			return nil, jwt.ErrTokenUnverifiable
		}, jwt.WithIssuer(meta["issuer"].(string)), jwt.WithValidMethods([]string{"EdDSA"}), jwt.WithExpirationRequired())
		if err != nil || tok.Header["typ"] != "at+jwt" {
			t.Errorf("%v %v", tok.Header, err)
		}
	})
}

func publicKey(t *testing.T, x string) ed25519.PublicKey {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(x)
	if err != nil || len(b) != ed25519.PublicKeySize {
		t.Fatalf("not an Ed25519 key: %v", err)
	}
	return b
}

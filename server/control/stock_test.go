package control_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/golang-jwt/jwt/v5"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/realm"
	"github.com/alania-go/alania/server/servertest"
)

// issuerOf returns the issuer of a tenant's realm, of the server or of the Keycloak server that keeps its realms.
func issuerOf(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) string {
	t.Helper()
	base := i.Config.PublicURL
	if i.Config.Keycloak != nil {
		own := *i.Config.Keycloak
		own.User = nil
		base = own.String()
	}
	return realm.IssuerOf(base, realmOf(t, i, tn))
}

// Stock libraries, go-oidc and oauth2, work with a realm as with any OpenID provider.
func TestStockClients(t *testing.T) { suite.Each(t, worksWithStockClients) }

func worksWithStockClients(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
	ctx := t.Context()
	user := newUser(t, i, tn, "tenant_operator")
	provider, err := oidc.NewProvider(ctx, issuerOf(t, i, tn))
	if err != nil {
		t.Fatal(err)
	}
	person := oauth2.Config{
		ClientID: realm.Console, Endpoint: provider.Endpoint(), Scopes: []string{oidc.ScopeOpenID, "email", "profile"},
	}
	token, err := person.PasswordCredentialsToken(ctx, user["email"].(string), goodPassword)
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := token.Extra("id_token").(string)
	idToken, err := provider.Verifier(&oidc.Config{ClientID: realm.Console}).Verify(ctx, raw)
	if err != nil {
		t.Fatal(err)
	}
	var claims struct {
		Email string
		Name  string `json:"preferred_username"`
	}
	if err := idToken.Claims(&claims); err != nil || claims.Email != user["email"] || claims.Name != user["username"] {
		t.Errorf("%+v, %v", claims, err)
	}
	if err := idToken.VerifyAccessToken(token.AccessToken); err != nil {
		t.Error(err)
	}
	verified, err := provider.Verifier(&oidc.Config{ClientID: i.Config.PublicURL}).Verify(ctx, token.AccessToken)
	if err != nil || verified.Subject != idToken.Subject {
		t.Errorf("the access token: %v", err)
	}
	info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil || info.Subject != idToken.Subject || info.Email != user["email"] {
		t.Errorf("%+v, %v", info, err)
	}
	refreshes(t, &person, token)

	made := makeInRealm(t, i, tn, "createRealmClient", clientBody())
	program := clientcredentials.Config{
		ClientID: made["clientId"].(string), ClientSecret: made["clientSecret"].(string),
		TokenURL: provider.Endpoint().TokenURL,
	}
	for name, style := range map[string]oauth2.AuthStyle{
		"itself": oauth2.AuthStyleAutoDetect, "header": oauth2.AuthStyleInHeader, "form": oauth2.AuthStyleInParams,
	} {
		program.AuthStyle = style
		own, err := program.Token(ctx)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := provider.Verifier(&oidc.Config{ClientID: i.Config.PublicURL}).Verify(ctx, own.AccessToken); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		i.Want(t, http.StatusOK, servertest.Request{Operation: "listWorkspaces", Bearer: own.AccessToken})
	}
	refusesTokens(t, i, tn, provider, token)
}

// refreshes renews a token as the library does by itself, and tries the old refresh token once more.
func refreshes(t *testing.T, c *oauth2.Config, token *oauth2.Token) {
	t.Helper()
	ended := *token
	ended.Expiry = time.Now().Add(-time.Minute)
	next, err := c.TokenSource(t.Context(), &ended).Token()
	if err != nil || next.AccessToken == token.AccessToken || next.RefreshToken == token.RefreshToken {
		t.Fatalf("%+v, %v", next, err)
	}
	_, err = c.TokenSource(t.Context(), &ended).Token()
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) || refused.ErrorCode != "invalid_grant" {
		t.Errorf("an old refresh token: %v", err)
	}
}

// refusesTokens shows a library the tokens that it must not take.
func refusesTokens(
	t *testing.T, i *servertest.Instance, tn *servertest.Tenant, provider *oidc.Provider, good *oauth2.Token,
) {
	t.Helper()
	verify := func(c oidc.Config, token string) error {
		_, err := provider.Verifier(&c).Verify(t.Context(), token)
		return err
	}
	later := oidc.Config{ClientID: i.Config.PublicURL, Now: func() time.Time { return time.Now().Add(24 * time.Hour) }}
	var expired *oidc.TokenExpiredError
	if err := verify(later, good.AccessToken); !errors.As(err, &expired) {
		t.Errorf("an expired token: %v", err)
	}
	refused := func(name string, err error, words string) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v", name, err)
		}
	}
	own := oidc.Config{ClientID: i.Config.PublicURL}
	refused("another audience", verify(oidc.Config{ClientID: "somebody"}, good.AccessToken), "audience")

	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	var claims jwt.MapClaims
	parsed, _, err := jwt.NewParser().ParseUnverified(good.AccessToken, &claims)
	if err != nil {
		t.Fatal(err)
	}
	forged := func(kid any) string {
		token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
		token.Header["kid"] = kid
		s, err := token.SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for name, kid := range map[string]any{"an unknown kid": "unknown", "another key": parsed.Header["kid"]} {
		refused(name, verify(own, forged(kid)), "failed to verify signature")
		i.Want(t, http.StatusUnauthorized, servertest.Request{Operation: "listWorkspaces", Bearer: forged(kid)})
	}
	elsewhere := i.Tenant(t, plan.Enterprise)
	another := newUser(t, i, elsewhere)["username"].(string)
	other := i.Want(t, http.StatusOK, signIn(another, goodPassword, "tenantId", elsewhere.Org.ID.Prefixed("tnt")))
	refused("of another realm", verify(own, other.Object(t)["access_token"].(string)), "") // by its issuer, or by its key
	if issuerOf(t, i, tn) == issuerOf(t, i, elsewhere) {
		t.Error("two tenants have one issuer")
	}
}

// The same with openid-client, of npm.
func TestOpenIDClient(t *testing.T) { suite.Each(t, worksWithOpenIDClient) }

func worksWithOpenIDClient(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("Node is not installed")
	}
	if _, err := os.Stat("../../node_modules/openid-client"); err != nil {
		t.Skip("make test installs openid-client")
	}
	user, made := newUser(t, i, tn), makeInRealm(t, i, tn, "createRealmClient", clientBody())
	given, err := json.Marshal(object{
		"issuer": issuerOf(t, i, tn), "audience": i.Config.PublicURL, "username": user["username"], "password": goodPassword,
		"client_id": made["clientId"], "client_secret": made["clientSecret"],
	})
	if err != nil {
		t.Fatal(err)
	}
	program := exec.CommandContext(t.Context(), "node", "testdata/openid-client.mjs", string(given))
	if out, err := program.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

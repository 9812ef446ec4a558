package control_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/realm"
	"github.com/alania-go/alania/server/servertest"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

// outsider is an issuer that has nothing to do with us.
type outsider struct {
	*httptest.Server
	key *rsa.PrivateKey
}

func newOutsider(t *testing.T) *outsider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	o := &outsider{key: key}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{"issuer": o.URL, "jwks_uri": o.URL + "/keys"})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(jose.JSONWebKeySet{
			Keys: []jose.JSONWebKey{{Key: &key.PublicKey, KeyID: "one", Use: "sig", Algorithm: "RS256"}},
		})
	})
	o.Server = httptest.NewServer(mux)
	t.Cleanup(o.Close)
	return o
}

func (o *outsider) token(t *testing.T, method jwt.SigningMethod, key any, change jwt.MapClaims) string {
	t.Helper()
	c := jwt.MapClaims{
		"iss": o.URL, "sub": "ada", "aud": "alania", "iat": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix(),
		"realm_access": map[string]any{"roles": []string{realm.TenantOperator}},
	}
	for name, v := range change {
		c[name] = v
	}
	token := jwt.NewWithClaims(method, c)
	token.Header["kid"] = "one"
	s, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A token of an issuer outside works for the tenant that the issuer speaks for, and for nobody else.
func TestTokensOfOutsideIssuers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		o := newOutsider(t)
		cfg := servertest.Config(t, e)
		cfg.Issuers = []realm.External{{Issuer: o.URL, Audience: "alania", Tenant: "acme-outside"}}
		i := servertest.Run(t, e, cfg)
		_, admin := administrator(t, i)
		body := tenantBody("pro")
		body["slug"] = "acme-outside"
		acme := i.Want(t, 201, servertest.Request{Operation: "createTenant", Bearer: admin, JSON: body}).Object(t)
		other := i.Tenant(t, plan.Pro)
		look := servertest.Request{Operation: "getTenant", Path: tenantPath(acme["id"])}
		as := func(bearer string) servertest.Request {
			r := look
			r.Bearer = bearer
			return r
		}
		rs, otherKey := jwt.SigningMethodRS256, newOutsider(t).key
		for name, claims := range map[string]jwt.MapClaims{"no tenant": nil, "its tenant": {"tenant_id": acme["id"]}} {
			if got := i.Want(t, 200, as(o.token(t, rs, o.key, claims))).Object(t); got["id"] != acme["id"] {
				t.Errorf("%s: %v", name, got)
			}
		}
		theirs := as(o.token(t, rs, o.key, nil))
		theirs.Path = tenantPath(other.Org.ID.Prefixed("tnt"))
		i.Want(t, 404, theirs)
		i.Want(t, 403, servertest.Request{
			Operation: "updateTenant", Bearer: o.token(t, rs, o.key, nil), Path: look.Path,
			JSON: object{"displayName": "Mine"},
		})
		for name, token := range map[string]string{
			"another audience": o.token(t, rs, o.key, jwt.MapClaims{"aud": "somebody"}),
			"expired":          o.token(t, rs, o.key, jwt.MapClaims{"exp": time.Now().Add(-time.Minute).Unix()}),
			"another key":      o.token(t, rs, otherKey, nil),
			"none":             o.token(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil),
			"HS256":            o.token(t, jwt.SigningMethodHS256, o.key.N.Bytes(), nil),
			"another tenant":   o.token(t, rs, o.key, jwt.MapClaims{"tenant_id": other.Org.ID.Prefixed("tnt")}),
			"no such tenant":   o.token(t, rs, o.key, jwt.MapClaims{"tenant_id": id.New().Prefixed("tnt")}),
			"a foreign workspace": o.token(t, rs, o.key, jwt.MapClaims{
				"workspace_id": other.Workspace.ID.Prefixed("wks"),
			}),
			"another issuer": o.token(t, rs, o.key, jwt.MapClaims{"iss": "https://example.com"}),
		} {
			if c := code(t, i.Want(t, 401, as(token))); c != "UNAUTHORIZED" && c != "UNAUTHENTICATED" {
				t.Errorf("%s: %s", name, c)
			}
		}
	})
}

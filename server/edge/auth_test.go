package edge_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/limit"
	"github.com/alania-go/alania/domain/scope"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/edge"
)

// guarded has an operation for each way in which schemes can be asked for.
const guarded = `{
	"openapi": "3.1.0", "info": {"title": "Guarded", "version": "1", "x-contract": "guarded"},
	"components": {"securitySchemes": {
		"token": {"type": "http", "scheme": "bearer"}, "pair": {"type": "http", "scheme": "basic"},
		"header": {"type": "apiKey", "in": "header", "name": "X-Key"}, "session": {"type": "apiKey", "in": "cookie", "name": "session"},
		"csrf": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token"},
		"elsewhere": {"type": "openIdConnect", "openIdConnectUrl": "https://issuer.example/.well-known/openid-configuration"}
	}},
	"paths": {
		"/either": {"get": {"operationId": "either", "security": [{"token": ["a:read"]}, {"session": [], "csrf": []}], "responses": {"200": {"description": "ok"}}}},
		"/both": {"get": {"operationId": "both", "security": [{"header": ["a:read"], "pair": ["b:read"]}], "responses": {"200": {"description": "ok"}}}},
		"/included": {"get": {"operationId": "included", "x-capability": "sso", "security": [{"token": ["a:read"]}], "responses": {"200": {"description": "ok"}}}},
		"/maybe": {"get": {"operationId": "maybe", "security": [{}, {"session": []}], "responses": {"200": {"description": "ok"}}}},
		"/elsewhere": {"get": {"operationId": "elsewhere", "security": [{"elsewhere": ["a:read"]}], "responses": {"200": {"description": "ok"}}}}
	}
}`

// access is a dialect that shows the code alone.
type access struct{}

func (access) Render(_ *contract.Operation, e *fault.Error, _, _ string) contract.Failure {
	status := map[fault.Code]int{
		fault.Unauthenticated: 401, fault.InsufficientScope: 403, fault.AccessDenied: 403, fault.FeatureLimit: 403,
	}[e.Code]
	if status == 0 {
		status = 500
	}
	return contract.Failure{Status: status, ContentType: "text/plain", Body: []byte(e.Code)}
}

var orgA, orgB, personA, personB = id.New(), id.New(), id.New(), id.New()

// people are those whom the resolvers of these tests know, by credential.
var people = map[string]*identity.Principal{
	"full":       {OrgID: orgA, Scopes: scope.Fields("*"), UserID: personA, Admitted: true},
	"poor":       {OrgID: orgA, Scopes: scope.Fields("c:read"), UserID: personA, Admitted: true},
	"colleague":  {OrgID: orgA, Scopes: scope.Fields("*"), UserID: personB, Admitted: true},
	"nobody":     {OrgID: orgA, Scopes: scope.Fields("*"), Admitted: true},
	"foreign":    {OrgID: orgB, Scopes: scope.Fields("*"), Admitted: true},
	"unadmitted": {OrgID: orgA, Scopes: scope.Fields("*"), UserID: personA},
	"bound": {
		OrgID: orgA, Scopes: scope.Fields("*"), Admitted: true,
		AllowedNets: []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")},
	},
}

func known(
	of func(cr *contract.Credentials) string,
) func(context.Context, *contract.Credentials) (*identity.Principal, error) {
	return func(_ context.Context, cr *contract.Credentials) (*identity.Principal, error) {
		if p := people[of(cr)]; p != nil {
			return p, nil
		}
		return nil, identity.Refused(errors.New("unknown"))
	}
}

func bearerOf(cr *contract.Credentials) string { return cr.Bearer }
func keyOf(cr *contract.Credentials) string    { return cr.Request.Header.Get("X-Key") }

func sessionOf(cr *contract.Credentials) string {
	if c, err := cr.Request.Cookie("session"); err == nil {
		return c.Value
	}
	return ""
}

func guardedModule(bundle string) contract.Module {
	has := func(of func(*contract.Credentials) string) func(*contract.Credentials) bool {
		return func(cr *contract.Credentials) bool { return of(cr) != "" }
	}
	return contract.Module{
		Name: "guarded", Bundle: []byte(bundle), Dialect: access{},
		Schemes: map[string]contract.Scheme{
			"token": {Source: "token"}, "pair": {Source: "pair"}, "header": {Source: "header"}, "session": {Source: "session"},
			"elsewhere": {Source: "issuer"},
			"csrf": {Check: func(cr *contract.Credentials, caller *identity.Principal) error {
				if cr.Request.Header.Get("X-CSRF-Token") != "for "+caller.UserID.UUID() {
					return fault.New(fault.AccessDenied, "The CSRF token is missing or wrong.")
				}
				return nil
			}},
		},
		Resolvers: []contract.Resolver{
			// last, wherever it stands
			{Source: "session", Ambient: true, Recognizes: has(sessionOf), Resolve: known(sessionOf)},
			{
				Source:     "issuer",
				Recognizes: func(cr *contract.Credentials) bool { return cr.Issuer() == "https://issuer.example" },
				Resolve:    known(func(*contract.Credentials) string { return "full" }),
			},
			{Source: "header", Recognizes: has(keyOf), Resolve: known(keyOf)},
		},
	}
}

func guardedServer(t *testing.T) http.Handler {
	t.Helper()
	c, err := contract.Load(guardedModule(guarded))
	if err != nil {
		t.Fatal(err)
	}
	e := &edge.Edge{
		Contracts: []*contract.Contract{c}, Limiter: limit.NewLocal(time.Now),
		Metrics: edge.NewMetrics(prometheus.NewRegistry()),
		Log:     slog.New(slog.DiscardHandler), Now: time.Now, Timeout: time.Minute, Uses: identity.NewUses(nil),
		Plans: onlyOrg(orgA),
		Resolvers: []contract.Resolver{
			{
				Source: "token", Recognizes: func(cr *contract.Credentials) bool { return cr.Bearer != "" },
				Resolve: known(bearerOf),
			},
			{
				Source: "pair", Recognizes: func(cr *contract.Credentials) bool { return cr.Basic },
				Resolve: known(func(cr *contract.Credentials) string { return cr.Password }),
			},
		},
	}
	if err := c.Connect(e.Resolvers); err != nil {
		t.Fatal(err)
	}
	router := echo.New()
	e.Install(router)
	for _, op := range c.Operations {
		router.Add(op.Method, op.Route(), func(c echo.Context) error { return c.NoContent(http.StatusOK) }, e.Operation(op))
	}
	return router
}

func TestWhoCalls(t *testing.T) {
	router := guardedServer(t)
	bearer := func(v string) http.Header { return http.Header{"Authorization": {"Bearer " + v}} }
	basic := func(v string) http.Header {
		r := &http.Request{Header: http.Header{}}
		r.SetBasicAuth("anybody", v)
		return r.Header
	}
	cookie := func(v string) http.Header { return http.Header{"Cookie": {"session=" + v}} }
	key := func(v string) http.Header { return http.Header{"X-Key": {v}} }
	csrf := func(user id.ID) http.Header { return http.Header{"X-Csrf-Token": {"for " + user.UUID()}} }
	// {"iss":"https://issuer.example"} and {"iss":"https://other.example"}
	issued, other := "e30.eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIn0.e30",
		"e30.eyJpc3MiOiJodHRwczovL290aGVyLmV4YW1wbGUifQ.e30"
	for name, test := range map[string]struct {
		path    string
		headers []http.Header
		status  int
	}{
		"nothing":                       {"/either", nil, 401},
		"a token":                       {"/either", []http.Header{bearer("full")}, 200},
		"a token without the scope":     {"/either", []http.Header{bearer("poor")}, 403},
		"an unknown token":              {"/either", []http.Header{bearer("what")}, 401},
		"two tokens":                    {"/either", []http.Header{bearer("full"), bearer("full")}, 401},
		"an empty token":                {"/either", []http.Header{bearer("")}, 401},
		"a cookie with its token":       {"/either", []http.Header{cookie("full"), csrf(personA)}, 200},
		"a cookie alone":                {"/either", []http.Header{cookie("full")}, 403},
		"a cookie with another's token": {"/either", []http.Header{cookie("full"), csrf(personB)}, 403},
		"a cookie without the scope that tokens need": {"/either", []http.Header{cookie("poor"), csrf(personA)}, 403},
		"a CSRF token alone":                          {"/either", []http.Header{csrf(personA)}, 401},
		"an unknown cookie":                           {"/either", []http.Header{cookie("what"), csrf(personA)}, 401},
		"the token counts before the cookie":          {"/either", []http.Header{bearer("full"), cookie("what")}, 200},
		"a bad token is not saved by a cookie": {
			"/either", []http.Header{bearer("what"), cookie("full"), csrf(personA)}, 401,
		},
		"nor is what nobody knows": {
			"/either", []http.Header{{"Authorization": {"Digest x"}}, cookie("full"), csrf(personA)}, 401,
		},
		"a kind that the operation does not take":   {"/either", []http.Header{key("full")}, 401},
		"who was not admitted is a mistake of ours": {"/either", []http.Header{bearer("unadmitted")}, 500},
		"an address that is not allowed":            {"/either", []http.Header{bearer("bound")}, 401},
		"both":                                      {"/both", []http.Header{key("full"), basic("full")}, 200},
		"one of both":                               {"/both", []http.Header{key("full")}, 401},
		"the other of both":                         {"/both", []http.Header{basic("full")}, 401},
		"the second is unknown":                     {"/both", []http.Header{key("full"), basic("what")}, 401},
		"the first is unknown":                      {"/both", []http.Header{key("what"), basic("full")}, 401},
		"the first lacks its scope":                 {"/both", []http.Header{key("poor"), basic("full")}, 403},
		"the second lacks its scope":                {"/both", []http.Header{key("full"), basic("poor")}, 403},
		"of another org":                            {"/both", []http.Header{key("full"), basic("foreign")}, 401},
		"of another person":                         {"/both", []http.Header{key("full"), basic("colleague")}, 401},
		"of no person":                              {"/both", []http.Header{key("full"), basic("nobody")}, 200},
		"nobody, where one may be":                  {"/maybe", nil, 200},
		"somebody, where one may be":                {"/maybe", []http.Header{cookie("full")}, 200},
		"an unknown one, where one may be":          {"/maybe", []http.Header{cookie("what")}, 401},
		"what nobody knows, where one may be":       {"/maybe", []http.Header{{"Authorization": {"Digest x"}}}, 401},
		"a token of the other issuer":               {"/elsewhere", []http.Header{bearer(issued)}, 200},
		"a token of a third issuer":                 {"/elsewhere", []http.Header{bearer(other)}, 401},
		"a token that names no issuer":              {"/elsewhere", []http.Header{bearer("full")}, 401},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, test.path, nil)
			r.RemoteAddr = "192.0.2.1:1234"
			for _, h := range test.headers {
				for name, values := range h {
					r.Header[name] = append(r.Header[name], values...)
				}
			}
			w := httptest.NewRecorder()
			router.ServeHTTP(w, r)
			if w.Code != test.status {
				t.Errorf("%d %s, want %d", w.Code, w.Body, test.status)
			}
		})
	}
}

// What cannot be enforced is refused at start.
func TestAccessThatIsNotSupported(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{`{"session": [], "csrf": []}`, `{"csrf": []}`, "says nobody who calls"},
		{
			`{"session": [], "csrf": []}`, `{"session": [], "csrf": ["a:read"]}`,
			"has no caller whose scopes could be looked at",
		},
		{`{"session": [], "csrf": []}`, `{"strange": []}`, "the security scheme strange is not supported"},
	} {
		_, err := contract.Load(guardedModule(strings.Replace(guarded, c.old, c.new, 1)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.new, err)
		}
	}
	c, err := contract.Load(guardedModule(guarded))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Connect(nil); err == nil || !strings.Contains(err.Error(), "no resolver for the scheme token") {
		t.Errorf("a scheme that nobody resolves: %v", err)
	}
}

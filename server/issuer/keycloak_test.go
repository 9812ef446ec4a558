package issuer_test

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/limit"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/realm"
	"github.com/alania-go/alania/domain/secret"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/edge"
	"github.com/alania-go/alania/server/issuer"
	"github.com/alania-go/alania/store"
)

// recording is a request to Keycloak 26.4 with its answer.
type recording struct {
	ID    string
	Given []call
	call
	Status          int
	ResponseHeaders [][2]string `json:"response_headers"`
	Expect          any
	ExpectKind      string `json:"expect_kind"`
}

type call struct {
	Method, Path string
	Headers      [][2]string
	Body         *string
	Save         map[string]string
	Wait         float64
}

// imported is a realm in Keycloak's form.
type imported struct {
	Realm                 string
	Enabled               bool
	AccessTokenLifespan   int
	SSOSessionIdleTimeout int `json:"ssoSessionIdleTimeout"`
	SSOSessionMaxLifespan int `json:"ssoSessionMaxLifespan"`
	Roles                 struct {
		Realm []struct {
			Name, Description string
			Composites        struct{ Realm []string }
		}
	}
	Clients []struct {
		ClientID                  string
		PublicClient, BearerOnly  bool
		Secret                    string
		DirectAccessGrantsEnabled bool
		ServiceAccountsEnabled    bool
		WebOrigins                []string
		Enabled                   *bool
		Attributes                map[string]string
	}
	Users []struct {
		Username, Email, FirstName, LastName string
		Enabled                              bool
		Credentials                          []struct{ Type, Value string }
		RealmRoles                           []string
	}
}

// provider is an issuer with the realms that Keycloak had.
type provider struct {
	*realm.Issuer
	url     string
	clock   atomic.Int64
	secrets map[string]string
	users   map[string]id.ID
}

func (p *provider) now() time.Time { return time.UnixMicro(p.clock.Load()).UTC() }

func read[T any](t *testing.T, name string) T {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	must(t, err)
	var v T
	must(t, json.Unmarshal(b, &v))
	return v
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// passwords are made ready once: that is slow on purpose.
var passwords = map[string]realm.Password{}

func newProvider(t *testing.T) *provider {
	t.Helper()
	p := &provider{secrets: map[string]string{}, users: map[string]id.ID{}}
	p.clock.Store(time.Now().Truncate(time.Second).UnixMicro())
	st, err := store.Open(t.Context(), "sqlite://"+filepath.Join(t.TempDir(), "alania.db"), p.now)
	must(t, err)
	t.Cleanup(func() { _ = st.Close() })
	_, err = st.Migrate(t.Context())
	must(t, err)
	box, err := secret.NewBox(base64.StdEncoding.EncodeToString(make([]byte, 32)))
	must(t, err)
	router := echo.New()
	server := httptest.NewUnstartedServer(edge.Head(router))
	p.url = "http://" + server.Listener.Addr().String()
	p.Issuer = realm.NewIssuer(realm.Options{
		Tx: st, Repository: st.Realms, Revocations: st.OAuth, Cache: identity.NewCache(nil), Box: box,
		Limiter: limit.NewLocal(p.now), PublicURL: p.url, Now: p.now,
	})
	(&issuer.API{Issuer: p.Issuer}).Register(router, func(*contract.Operation) echo.MiddlewareFunc {
		return func(next echo.HandlerFunc) echo.HandlerFunc { return next }
	})
	server.Start()
	t.Cleanup(server.Close)
	for _, r := range read[[]imported](t, "realms.json") {
		p.load(t, st, r)
	}
	return p
}

func (p *provider) load(t *testing.T, st *store.Stores, r imported) {
	t.Helper()
	ctx := t.Context()
	o := org.Org{ID: id.New(), Name: r.Realm, Slug: r.Realm, Tier: plan.Pro, CreatedAt: p.now(), UpdatedAt: p.now()}
	must(t, st.Orgs.InsertOrg(ctx, o))
	made, err := p.Ensure(ctx, o.ID, r.Realm, r.Realm)
	must(t, err)
	or := func(n, usual int) int {
		if n == 0 {
			return usual
		}
		return n
	}
	_, err = st.Exec(ctx, "UPDATE realms SET enabled = $2, access_seconds = $3, idle_seconds = $4, session_seconds = $5"+
		" WHERE id = $1", made.ID, r.Enabled, or(r.AccessTokenLifespan, 60), or(r.SSOSessionIdleTimeout, 1800),
		or(r.SSOSessionMaxLifespan, 36000))
	must(t, err)
	for _, role := range r.Roles.Realm {
		_, err := p.CreateRole(ctx, r.Realm,
			realm.Role{Name: role.Name, Description: role.Description, Composites: role.Composites.Realm})
		must(t, err)
	}
	for _, c := range r.Clients {
		p.loadClient(t, st, r.Realm, c.ClientID, realm.Client{
			ClientID: c.ClientID, Access: access(c.PublicClient, c.BearerOnly), Enabled: c.Enabled == nil || *c.Enabled,
			WebOrigins: c.WebOrigins, Scopes: realm.DefaultScopes(), Password: c.DirectAccessGrantsEnabled,
			Service: c.ServiceAccountsEnabled,
			Lives: realm.Lives{
				Access:  duration(c.Attributes["access.token.lifespan"]),
				Idle:    duration(c.Attributes["client.session.idle.timeout"]),
				Session: duration(c.Attributes["client.session.max.lifespan"]),
			},
		}, c.Secret)
	}
	for _, u := range r.Users {
		if len(u.Credentials) == 0 {
			continue // accounts of clients
		}
		p.loadUser(t, r.Realm, realm.NewUser{
			Username: u.Username, Email: u.Email, Name: strings.TrimSpace(u.FirstName + " " + u.LastName),
			Roles: slices.DeleteFunc(u.RealmRoles, func(r string) bool { return strings.HasPrefix(r, "default-roles") }),
		}, u.Credentials[0].Value, u.Enabled)
	}
}

func (p *provider) loadClient(t *testing.T, st *store.Stores, name, clientID string, c realm.Client, given string) {
	t.Helper()
	p.secrets[clientID] = given
	if clientID == realm.Console {
		origins, err := json.Marshal(c.WebOrigins)
		must(t, err)
		_, err = st.Exec(t.Context(), "UPDATE realm_clients SET web_origins = $1 WHERE client_id = $2 AND realm_id ="+
			" (SELECT id FROM realms WHERE name = $3)", string(origins), clientID, name)
		must(t, err)
		return
	}
	_, _, err := p.CreateClient(t.Context(), name, c, given)
	must(t, err)
}

func (p *provider) loadUser(t *testing.T, name string, u realm.NewUser, word string, enabled bool) {
	t.Helper()
	ready, ok := passwords[word]
	if !ok {
		var err error
		ready, err = p.Prepare(t.Context(), word)
		must(t, err)
		passwords[word] = ready
	}
	u.Password = ready
	made, err := p.CreateUser(t.Context(), name, u)
	must(t, err)
	p.users[name+"/"+u.Username] = made.ID
	if !enabled {
		_, err := p.UpdateUser(t.Context(), name, made.ID, realm.UserPatch{Enabled: &enabled})
		must(t, err)
	}
}

func access(public, bearerOnly bool) realm.AccessType {
	switch {
	case public:
		return realm.Public
	case bearerOnly:
		return realm.BearerOnly
	}
	return realm.Confidential
}

func duration(seconds string) time.Duration {
	if seconds == "" {
		return 0
	}
	d, err := time.ParseDuration(seconds + "s")
	if err != nil {
		panic(err)
	}
	return d
}

var variable = regexp.MustCompile(`\{\{([^}]+)\}\}`)

// fill replaces the variables of a recording.
func (p *provider) fill(text string, saved map[string]string) string {
	return variable.ReplaceAllStringFunc(text, func(m string) string {
		name := m[2 : len(m)-2]
		if v, ok := saved[name]; ok {
			return v
		}
		kind, of, _ := strings.Cut(name, ":")
		switch kind {
		case "basic":
			return "Basic " + base64.StdEncoding.EncodeToString([]byte(of+":"+p.secrets[of]))
		case "secret":
			return p.secrets[of]
		case "user":
			return p.users["conf/"+of].UUID()
		case "now":
			return fmt.Sprint(p.now().Unix())
		}
		return ""
	})
}

type reply struct {
	status int
	header http.Header
	body   []byte
}

func (p *provider) send(t *testing.T, c call, saved map[string]string) reply {
	t.Helper()
	var body io.Reader
	if c.Body != nil {
		body = strings.NewReader(p.fill(*c.Body, saved))
	}
	r, err := http.NewRequestWithContext(t.Context(), c.Method, p.url+p.fill(c.Path, saved), body)
	must(t, err)
	for _, h := range c.Headers {
		r.Header.Add(h[0], p.fill(h[1], saved))
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	must(t, err)
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	must(t, err)
	var members map[string]any
	_ = json.Unmarshal(text, &members) // a page is saved as nothing
	for name, from := range c.Save {
		saved[name], _ = members[strings.TrimPrefix(from, "json:")].(string)
	}
	return reply{res.StatusCode, res.Header, text}
}

// administer does what a recording asks Keycloak's own administration for.
func (p *provider) administer(t *testing.T, c call, saved map[string]string) {
	t.Helper()
	ctx, name := t.Context(), "conf"
	path := strings.TrimPrefix(p.fill(c.Path, saved), "/admin/realms/conf")
	var user id.ID
	if rest, ok := strings.CutPrefix(path, "/users/"); ok {
		first, action, _ := strings.Cut(rest, "/")
		var err error
		user, err = id.ParseUUID(first)
		must(t, err)
		path = "/users/" + action
	}
	off := false
	switch c.Method + " " + path {
	case "PUT ":
		must(t, p.SetNotBefore(ctx, name, p.now().Truncate(time.Second)))
	case "PUT /users/":
		_, err := p.UpdateUser(ctx, name, user, realm.UserPatch{Enabled: &off})
		must(t, err)
	case "DELETE /users/":
		must(t, p.DeleteUser(ctx, name, user))
	case "POST /users/logout":
		must(t, p.EndSessions(ctx, name, user))
	case "PUT /users/reset-password":
		ready, err := p.Prepare(ctx, "Other-word-1")
		must(t, err)
		must(t, p.SetPassword(ctx, name, user, ready))
	case "POST /components":
		_, err := p.Keys().Rotate(ctx)
		must(t, err)
	default:
		t.Fatalf("nothing does %s %s", c.Method, c.Path)
	}
}

func (p *provider) replay(t *testing.T, c recording) []string {
	t.Helper()
	saved := map[string]string{}
	for _, g := range c.Given {
		switch {
		case g.Wait > 0:
			p.clock.Add(time.Duration(g.Wait * float64(time.Second)).Microseconds())
		case strings.HasPrefix(g.Path, "/admin/"):
			p.administer(t, g, saved)
		default:
			p.send(t, g, saved)
		}
	}
	return c.differs(p.send(t, c.call, saved))
}

var errorCode = regexp.MustCompile(`error="(\w+)"`)

// differs says in what an answer is not alike: status, media type, error code, members.
func (c recording) differs(got reply) (why []string) {
	if got.status != c.Status {
		why = append(why, fmt.Sprintf("status %d, not %d", got.status, c.Status))
	}
	for _, h := range c.ResponseHeaders {
		has := got.header.Get(h[0])
		switch {
		case h[0] == "content-type":
			a, _, _ := mime.ParseMediaType(has)
			if b, _, _ := mime.ParseMediaType(h[1]); a != b {
				why = append(why, "media type "+a+", not "+b)
			}
		case h[0] == "www-authenticate":
			if fmt.Sprint(errorCode.FindStringSubmatch(has)) != fmt.Sprint(errorCode.FindStringSubmatch(h[1])) || has == "" {
				why = append(why, "challenge "+has+", not "+h[1])
			}
		case strings.HasPrefix(h[0], "access-control-"), h[0] == "allow":
			if has != h[1] {
				why = append(why, h[0]+" "+has+", not "+h[1])
			}
		}
	}
	want, ok := c.Expect.(map[string]any)
	if c.ExpectKind != "json" || !ok {
		return why
	}
	var members map[string]any
	if err := json.Unmarshal(got.body, &members); err != nil {
		return append(why, "no JSON object")
	}
	if want["error"] != nil {
		if members["error"] != want["error"] {
			why = append(why, fmt.Sprintf("error %v, not %v", members["error"], want["error"]))
		}
		return why
	}
	for name := range want {
		if _, ok := members[name]; !ok && name != "account-service" { // that is a page of Keycloak's
			why = append(why, "no member "+name)
		}
	}
	return why
}

// recordings are those of testdata. Of a discovery document they have the members that clients need; the others are an
// issuer's own.
func recordings(t *testing.T) []recording {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "keycloak.jsonl"))
	must(t, err)
	defer func() { _ = f.Close() }()
	var all []recording
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c recording
		must(t, json.Unmarshal(lines.Bytes(), &c))
		all = append(all, c)
	}
	must(t, lines.Err())
	return all
}

// What Keycloak answered, the issuer answers alike, but for what testdata/exceptions.json has a reason for.
func TestAnswersAreKeycloaks(t *testing.T) {
	exceptions := read[map[string]string](t, "exceptions.json")
	all := recordings(t)
	p, changed := newProvider(t), false
	alike := 0
	for _, c := range all {
		if changed {
			p = newProvider(t)
		}
		changed = slices.ContainsFunc(c.Given, func(g call) bool { return strings.HasPrefix(g.Path, "/admin/") })
		p.clock.Add(time.Hour.Microseconds()) // forget wrong passwords
		why := p.replay(t, c)
		switch {
		case len(why) == 0 && exceptions[c.ID] != "":
			t.Errorf("%s is alike; testdata/exceptions.json says otherwise", c.ID)
		case len(why) == 0:
			alike++
		case exceptions[c.ID] == "":
			t.Errorf("%s: %s", c.ID, strings.Join(why, "; "))
		}
	}
	if share := float64(alike) / float64(len(all)); share < 0.95 {
		t.Errorf("only %d of %d answers are alike", alike, len(all))
	}
	t.Logf("%d of %d answers are alike", alike, len(all))
}

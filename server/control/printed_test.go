package control_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/alania-go/alania/server/servertest"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

// printed is one request of the published page with its answer, as testdata/printed.json keeps them. What differs
// from run to run has a name between < and >.
type printed struct {
	Request string          `json:"request"`
	Sent    json.RawMessage `json:"sent,omitempty"`
	Status  int             `json:"status"`
	Headers http.Header     `json:"headers"`
	Answer  json.RawMessage `json:"answer,omitempty"`
}

// page plays the requests of the page, with the headers that it says are required of all.
type page struct {
	*servertest.Instance
	bearer string
	seen   []printed
}

// shown are the headers of answers that the page, or a standard, promises.
var shown = []string{
	"Content-Type", "X-Correlation-Id", "X-Idempotency-Replayed", "Www-Authenticate", "Cache-Control", "Location",
	"Content-Disposition", "Accept-Ranges",
}

// unsteady matches what differs from run to run: ids, times of the form that the page shows, tokens and what the
// program was built with.
var unsteady = []struct {
	what *regexp.Regexp
	name string
}{
	{regexp.MustCompile(`([a-z]{3})_[0-7][0-9A-HJKMNP-TV-Z]{25}`), "<$1>"},
	{regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`), "<uuid>"},
	{regexp.MustCompile(`"20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z"`), `"<time>"`},
	{regexp.MustCompile(`ey[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+`), "<jwt>"},
	{regexp.MustCompile(`"(clientSecret|token)": ?"[^"<]{20,}"`), `"$1":"<secret>"`},
	{regexp.MustCompile(`/invitations/[A-Za-z0-9_-]{20,}`), "/invitations/<secret>"},
	{regexp.MustCompile(`"refresh_expires_in": ?(1800|1799)\b`), `"refresh_expires_in":1800`},
	{regexp.MustCompile(`"latencyMs": ?[0-9.e-]+`), `"latencyMs":0`},
	{
		regexp.MustCompile(`\{"engine":"[^"]*","name":"[a-z]+"\}(,\{"engine":"[^"]*","name":"[a-z]+"\})*`),
		`{"engine":"<engine>","name":"<capability>"}`,
	},
	{regexp.MustCompile(`"(goVersion|os|arch)": ?"[^"]*"`), `"$1":"<$1>"`},
	{regexp.MustCompile(`http://127\.0\.0\.1:[0-9]+`), "<url>"},
}

func steady(b []byte) []byte {
	for _, u := range unsteady {
		b = u.what.ReplaceAll(b, []byte(u.name))
	}
	return b
}

// asJSON returns a body as it stands, or as a string when it is no JSON.
func asJSON(t *testing.T, b []byte) json.RawMessage {
	t.Helper()
	if len(b) == 0 || json.Valid(b) {
		return bytes.TrimSpace(b)
	}
	text, err := json.Marshal(string(b))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// ask sends "METHOD /path" with a body as the page prints it, and keeps the answer. A mutation has the key.
func (p *page) ask(t *testing.T, line, body, key string) []byte {
	t.Helper()
	method, path, _ := strings.Cut(line, " ")
	req, err := http.NewRequestWithContext(t.Context(), method, p.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if p.bearer != "" {
		req.Header.Set("Authorization", "Bearer "+p.bearer)
	}
	req.Header.Set("X-API-Version", "2024-01-01")
	req.Header.Set("X-Correlation-ID", "corr-abc-123")
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
		if !json.Valid([]byte(body)) {
			req.Header.Set("Content-Type", "text/csv")
		}
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	got := servertest.Read(t, res)
	kept := http.Header{}
	for _, name := range shown {
		for _, value := range got.Header[name] {
			kept.Add(name, string(steady([]byte(value))))
		}
	}
	p.seen = append(p.seen, printed{
		Request: string(steady([]byte(line))), Sent: asJSON(t, steady([]byte(body))), Status: got.Status, Headers: kept,
		Answer: asJSON(t, steady(got.Body)),
	})
	return got.Body
}

// member asks, and returns a member of the answer that others need.
func (p *page) member(t *testing.T, name, line, body, key string) string {
	t.Helper()
	answer := p.ask(t, line, body, key)
	var told object
	if err := json.Unmarshal(answer, &told); err != nil {
		t.Fatalf("%s: %v in %s", line, err, answer)
	}
	inner, _, _ := strings.Cut(name, ".")
	if o, nested := told[inner].(object); nested {
		told = o
	}
	value, _ := told[name[strings.LastIndexByte(name, '.')+1:]].(string)
	if value == "" {
		t.Fatalf("%s: no %s in %s", line, name, answer)
	}
	return value
}

// The bodies that the page shows.
const (
	printedTenant = `{
  "slug": "acme-corp",
  "displayName": "Acme Corporation",
  "plan": "starter",
  "adminEmail": "admin@acme.example.com"
}`
	printedWorkspace = `{
  "tenantId": "tnt_01HXXX",
  "slug": "dev-environment",
  "displayName": "Development Environment",
  "capabilities": ["postgres", "mongo", "kafka", "storage"]
}`
)

// The requests of the published page work as they are printed, and their answers are those of testdata/printed.json.
func TestPrintedRequests(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		i := servertest.Start(t, e)
		p := &page{Instance: i}
		p.ask(t, "GET /v1/platform/health", "", "")
		p.ask(t, "GET /v1/auth/signups/policy", "", "")
		p.ask(t, "GET /v1/tenants", "", "")
		signIn, err := json.Marshal(object{
			"grant_type": "password", "username": i.FirstRun.Email, "password": i.FirstRun.Password,
		})
		if err != nil {
			t.Fatal(err)
		}
		old := p.member(t, "refresh_token", "POST /v1/auth/token", string(signIn), "")
		p.seen[len(p.seen)-1].Sent = json.RawMessage(`{"grant_type":"password","username":"…","password":"…"}`)
		p.bearer = p.member(t, "access_token", "POST /v1/auth/refresh", `{"refreshToken": "`+old+`"}`, "")
		p.ask(t, "GET /v1/platform/info", "", "")

		invitation := p.member(t, "invitation.token", "POST /v1/tenants", printedTenant, "acme-corp-tenant")
		tenant := p.member(t, "id", "POST /v1/tenants", printedTenant, "acme-corp-tenant") // the first answer again
		p.ask(t, "POST /v1/tenants", printedTenant, "acme-corp-another")
		p.ask(t, "GET /v1/tenants?status=active&plan=starter&limit=20", "", "")
		p.ask(t, "GET /v1/tenants/"+tenant, "", "")
		admin := p.bearer
		owned(t, p, tenant, invitation)
		p.bearer = admin
		p.ask(t, "PATCH /v1/tenants/"+tenant, `{"plan": "pro", "displayName": "Acme"}`, "acme-corp-change")
		p.bearer = p.member(t, "access_token", "POST /v1/auth/token", ownersSignIn, "")
		administered(t, p)
		p.bearer = admin
		p.ask(t, "DELETE /v1/tenants/"+tenant, "", "acme-corp-deletion")
		p.ask(t, "GET /v1/tenants/"+tenant, "", "")

		got, err := json.MarshalIndent(p.seen, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		servertest.File(t, "printed", append(got, '\n'))
	})
}

const ownersSignIn = `{
  "grant_type": "password", "username": "admin@acme.example.com", "password": "correct horse battery"
}`

// owned is what the owner of the tenant does, who is invited.
func owned(t *testing.T, p *page, tenant, invitation string) {
	t.Helper()
	p.bearer = ""
	p.ask(t, "POST /v1/auth/invitations/"+invitation, `{"password": "correct horse battery", "name": "Ada Lovelace"}`, "")
	p.bearer = p.member(t, "access_token", "POST /v1/auth/token", ownersSignIn, "")

	create := strings.Replace(printedWorkspace, "tnt_01HXXX", tenant, 1)
	workspace := p.member(t, "id", "POST /v1/workspaces", create, "dev-environment-1")
	p.ask(t, "POST /v1/workspaces", create, "dev-environment-1")
	p.ask(t, "POST /v1/workspaces", strings.Replace(create, "dev-", "test-", 1), "dev-environment-1")
	p.ask(t, "POST /v1/workspaces", create, "")
	p.ask(t, "POST /v1/workspaces", `{"tenantId": "`+tenant+`", "slug": "Dev", "more": 1}`, "dev-environment-2")
	p.ask(t, "GET /v1/workspaces?limit=20", "", "")
	p.ask(t, "GET /v1/workspaces/"+workspace, "", "")
	p.ask(t, "PATCH /v1/workspaces/"+workspace, `{"capabilities": ["postgres", "storage"]}`, "dev-environment-3")

	objects := "/v1/storage/" + workspace + "/objects"
	p.ask(t, "PUT "+objects+"/reports/january.csv", "day,visits\n1,198\n", "january-1")
	p.ask(t, "GET "+objects+"/reports/january.csv", "", "")
	p.ask(t, "GET "+objects+"?prefix=reports/&limit=50", "", "")
	p.ask(t, "DELETE "+objects+"/reports/january.csv", "", "january-2")
	p.ask(t, "GET "+objects+"/reports/january.csv", "", "")

	p.ask(t, "DELETE /v1/workspaces/"+workspace, "", "dev-environment-4")
	p.ask(t, "GET /v1/workspaces/"+workspace, "", "")
	p.ask(t, "GET /v1/workspaces/wks_01HXXX", "", "") // the example of an error, to the letter
	p.ask(t, "GET /v1/iam/realms", "", "")            // the plan does not have it
}

// administered is what the owner does with the realm when the plan has it.
func administered(t *testing.T, p *page) {
	t.Helper()
	p.ask(t, "GET /v1/iam/realms", "", "")
	p.ask(t, "POST /v1/iam/realms/acme-corp/clients", `{"clientId": "storefront", "accessType": "confidential"}`,
		"storefront-1")
	p.ask(t, "GET /v1/iam/realms/acme-corp/roles", "", "")
}

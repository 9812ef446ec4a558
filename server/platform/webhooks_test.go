package platform_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/event"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/task/tasktest"
	"github.com/alania-go/alania/domain/webhook"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/openapi"
	"github.com/alania-go/alania/server/servertest"
	"github.com/alania-go/alania/server/validate"
	"github.com/getkin/kin-openapi/openapi3"
)

// memo makes one thing of a kind for a tenant, however often it is asked for.
type memo struct {
	mu   sync.Mutex
	made map[string]object
}

var once = memo{made: map[string]object{}}

func (m *memo) get(tn *servertest.Tenant, kind string, make func() object) object {
	k := tn.Org.ID.UUID() + kind
	m.mu.Lock()
	v := m.made[k]
	m.mu.Unlock()
	if v == nil { // one tenant is one test's: nobody else makes it meanwhile
		v = make()
		m.mu.Lock()
		m.made[k] = v
		m.mu.Unlock()
	}
	return v
}

func (m *memo) drop(tn *servertest.Tenant, kind string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.made, tn.Org.ID.UUID()+kind)
}

func newEndpoint(t testing.TB, i *servertest.Instance, tn *servertest.Tenant, target string, events ...string) object {
	t.Helper()
	if len(events) == 0 {
		events = []string{"webhook.test"}
	}
	return i.Want(t, 201, servertest.Request{
		Operation: "createWebhookEndpoint", Bearer: tn.Key, JSON: object{"url": target, "events": events},
	}).Object(t)
}

func endpoint(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) string {
	return once.get(tn, "endpoint", func() object { return newEndpoint(t, i, tn, i.Other+"/hook") })["id"].(string)
}

// delivered returns a delivery that has ended.
func delivered(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) string {
	t.Helper()
	d := once.get(tn, "delivery", func() object {
		return i.Want(t, 202, servertest.Request{
			Operation: "testWebhookEndpoint", Bearer: tn.Key, Path: map[string]string{"endpoint_id": endpoint(t, i, tn)},
		}).Object(t)
	})["id"].(string)
	tasktest.Until(t, "the delivery ends", func() bool { return delivery(t, i, tn, d)["state"] != "pending" })
	return d
}

func delivery(t testing.TB, i *servertest.Instance, tn *servertest.Tenant, d string) object {
	t.Helper()
	return i.Want(t, 200, servertest.Request{
		Operation: "getWebhookDelivery", Bearer: tn.Key, Path: map[string]string{"delivery_id": d},
	}).Object(t)
}

var webhookRequests = func() map[string]servertest.Valid {
	mine := func(name string) servertest.Valid {
		return func(_ testing.TB, _ *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			return servertest.Request{Operation: name, Bearer: tn.Key}
		}
	}
	onEndpoint := func(name string, body any) servertest.Valid {
		return func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			return servertest.Request{
				Operation: name, Bearer: tn.Key, Path: map[string]string{"endpoint_id": endpoint(t, i, tn)}, JSON: body,
			}
		}
	}
	onDelivery := func(name string) servertest.Valid {
		return func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			return servertest.Request{
				Operation: name, Bearer: tn.Key, Path: map[string]string{"delivery_id": delivered(t, i, tn)},
			}
		}
	}
	return map[string]servertest.Valid{
		"listWebhookEventTypes": mine("listWebhookEventTypes"), "listWebhookEndpoints": mine("listWebhookEndpoints"),
		"listWebhookDeliveries": mine("listWebhookDeliveries"),
		"createWebhookEndpoint": func(_ testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			return servertest.Request{
				Operation: "createWebhookEndpoint", Bearer: tn.Key,
				JSON: object{"url": i.Other + "/hook", "events": []string{"webhook.test"}},
			}
		},
		"getWebhookEndpoint":       onEndpoint("getWebhookEndpoint", nil),
		"updateWebhookEndpoint":    onEndpoint("updateWebhookEndpoint", object{"description": "changed"}),
		"rotateWebhookSecret":      onEndpoint("rotateWebhookSecret", nil),
		"testWebhookEndpoint":      onEndpoint("testWebhookEndpoint", nil),
		"recoverWebhookDeliveries": onEndpoint("recoverWebhookDeliveries", object{"since": "2026-01-01T00:00:00Z"}),
		"deleteWebhookEndpoint": func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			return servertest.Request{
				Operation: "deleteWebhookEndpoint", Bearer: tn.Key,
				Path: map[string]string{"endpoint_id": newEndpoint(t, i, tn, i.Other+"/hook")["id"].(string)},
			}
		},
		"getWebhookDelivery": onDelivery("getWebhookDelivery"), "retryWebhookDelivery": onDelivery("retryWebhookDelivery"),
	}
}()

func TestWebhookEndpoints(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		made := newEndpoint(t, i, tn, i.Other+"/hook", "workspace.*")
		if s := made["signing_secret"].(string); !strings.HasPrefix(s, "whsec_") {
			t.Errorf("secret %s", s)
		}
		path := map[string]string{"endpoint_id": made["id"].(string)}
		got := i.Want(t, 200, servertest.Request{Operation: "getWebhookEndpoint", Bearer: tn.Key, Path: path})
		if strings.Contains(string(got.Body), "whsec_") {
			t.Errorf("the secret is shown again: %s", got.Body)
		}
		update := func(status int, body object) object {
			return i.Want(t, status,
				servertest.Request{Operation: "updateWebhookEndpoint", Bearer: tn.Key, Path: path, JSON: body}).Object(t)
		}
		if off := update(200, object{"status": "disabled"}); off["disabled_reason"] != "manual" {
			t.Errorf("%v", off)
		}
		// A disabled endpoint still takes a test; what is real is not retried to it.
		d := i.Want(t, 202,
			servertest.Request{Operation: "testWebhookEndpoint", Bearer: tn.Key, Path: path}).Object(t)["id"].(string)
		tasktest.Until(t, "the test arrives", func() bool { return delivery(t, i, tn, d)["state"] == "succeeded" })
		retry := servertest.Request{
			Operation: "retryWebhookDelivery", Bearer: tn.Key, Path: map[string]string{"delivery_id": d},
		}
		if got := i.Want(t, 409, retry).Object(t)["code"]; got != "endpoint_disabled" {
			t.Errorf("code %v", got)
		}
		recover := servertest.Request{
			Operation: "recoverWebhookDeliveries", Bearer: tn.Key, Path: path, JSON: object{"since": "2026-01-01T00:00:00Z"},
		}
		if got := i.Want(t, 409, recover).Object(t)["code"]; got != "endpoint_disabled" {
			t.Errorf("code %v", got)
		}
		update(200, object{"status": "enabled", "events": []string{"*"}, "url": i.Other + "/hook?x=1"})
		for _, body := range []object{
			{}, {"url": "ftp://example.com"}, {"url": "https://user:pw@example.com/"}, {"url": "http://10.0.0.1/"},
			{"events": []string{"Nope!"}}, {"events": []string{}}, {"status": "gone"}, {"secret": "x"},
		} {
			update(422, body)
		}
		for _, target := range []string{
			"not a url", "https://", "http://169.254.169.254/latest", "https://[::1]/", "https://example.com/#x",
		} {
			i.Want(t, 422, servertest.Request{
				Operation: "createWebhookEndpoint", Bearer: tn.Key, JSON: object{"url": target, "events": []string{"*"}},
			})
		}
		i.Want(t, 404, servertest.Request{
			Operation: "createWebhookEndpoint", Bearer: tn.Key,
			JSON: object{"url": i.Other + "/hook", "events": []string{"*"}, "workspace_id": servertest.UnknownID("wks")},
		})
		i.Want(t, 204, servertest.Request{Operation: "deleteWebhookEndpoint", Bearer: tn.Key, Path: path})
		i.Want(t, 404, servertest.Request{Operation: "getWebhookEndpoint", Bearer: tn.Key, Path: path})

		// The most an org can have.
		for range 100 {
			newEndpoint(t, i, tn, i.Other+"/hook")
		}
		full := servertest.Request{
			Operation: "createWebhookEndpoint", Bearer: tn.Key, JSON: object{"url": i.Other + "/hook", "events": []string{"*"}},
		}
		if got := i.Want(t, 409, full).Object(t)["code"]; got != "too_many_endpoints" {
			t.Errorf("code %v", got)
		}
	})
}

func TestDeliveriesAreFound(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		good, bad := newEndpoint(t, i, tn, i.Other+"/hook", "key.*"), newEndpoint(t, i, tn, i.Other+"/fail", "*")
		key(t, i, tn)
		find := func(filters ...string) []object {
			q := url.Values{}
			for n := 0; n < len(filters); n += 2 {
				q.Set("filter["+filters[n]+"]", filters[n+1])
			}
			return walk(t, i, servertest.Request{Operation: "listWebhookDeliveries", Bearer: tn.Key, Query: q}, nil)
		}
		tasktest.Until(t, "both were tried", func() bool {
			return len(find("status_code", "500")) == 1 && len(find("state", "succeeded")) == 1
		})
		for _, c := range []struct {
			want    int
			filters []string
		}{
			{1, []string{"status_code", "200"}}, {0, []string{"status_code", "404"}}, {2, []string{"event_type", "key.created"}},
			{0, []string{"event_type", "key.revoked"}},
			{1, []string{"endpoint_id", good["id"].(string)}},
			{1, []string{"endpoint_id", bad["id"].(string), "state", "pending"}}, {0, []string{"since", "2999-01-01T00:00:00Z"}},
		} {
			if got := find(c.filters...); len(got) != c.want {
				t.Errorf("%v finds %d, want %d", c.filters, len(got), c.want)
			}
		}
		failed := find("status_code", "500")[0]
		attempt := failed["attempts"].([]any)[0].(object)
		if failed["state"] != "pending" || failed["next_attempt_at"] == nil || attempt["status_code"] != 500.0 ||
			attempt["error"] == nil || attempt["request_id"] == "" {
			t.Errorf("%v", failed)
		}
		retry := servertest.Request{
			Operation: "retryWebhookDelivery", Bearer: tn.Key, Path: map[string]string{"delivery_id": failed["id"].(string)},
		}
		if got := i.Want(t, 409, retry).Object(t)["code"]; got != "delivery_in_progress" {
			t.Errorf("code %v", got)
		}
		payload := delivery(t, i, tn, failed["id"].(string))["payload"].(object)
		if payload["id"] != failed["event_id"] || payload["type"] != "key.created" || payload["data"].(object)["key"] != nil {
			t.Errorf("payload %v", payload)
		}
	})
}

// lifeOfATenant has a super admin of tn create, change and delete another tenant.
func lifeOfATenant(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) {
	t.Helper()
	p := *identity.From(tn.As())
	p.SuperAdmin = true
	admin := identity.With(tn.As(), &p)
	made, err := i.Tenants.Create(admin,
		org.NewTenant{Slug: strings.ToLower(id.New().ULID()), Name: "Acme", Tier: plan.Free, OwnerEmail: "a@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	name, suspended, active := "Acme 2", identity.OrgSuspended, identity.OrgActive
	for _, in := range []org.TenantUpdate{{Name: &name}, {Status: &suspended}, {Status: &active}} {
		if _, err := i.Tenants.Update(admin, made.Org.ID, in); err != nil {
			t.Fatal(err)
		}
	}
	if err := i.Tenants.Delete(admin, made.Org.ID); err != nil {
		t.Fatal(err)
	}
}

// Every event of the catalogue is documented, is emitted for real, and meets its schema.
func TestEveryEventIsEmittedAsDocumented(t *testing.T) {
	bundle, _ := openapi.JSON("platform")
	doc, err := openapi3.NewLoader().LoadFromData(bundle)
	if err != nil {
		t.Fatal(err)
	}
	schemas := map[string]*validate.Schema{}
	for name, item := range doc.Webhooks {
		s, err := validate.CompileSchema(item.Post.RequestBody.Value.Content["application/json"].Schema.Value)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		schemas[name] = s
	}
	for _, d := range event.Catalogue() {
		if schemas[string(d.Type)] == nil {
			t.Errorf("%s is not documented under webhooks", d.Type)
		}
	}
	if len(schemas) != len(event.Catalogue()) {
		t.Errorf("%d events are documented, %d exist", len(schemas), len(event.Catalogue()))
	}
	each(t, func(t *testing.T, i *servertest.Instance, _ *servertest.Tenant) {
		tn := i.Tenant(t, plan.Enterprise)
		gone := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusGone)
		}))
		defer gone.Close()
		newEndpoint(t, i, tn, i.Other+"/hook", "*")
		dead := newEndpoint(t, i, tn, gone.URL, "webhook.test")
		call := func(op string) *servertest.Response {
			return i.Want(t, success(i.Contract("platform").Operations[op]), valid[op](t, i, tn))
		}
		for _, op := range []string{"createWorkspace", "updateWorkspaceSettings", "inviteMember", "changeMemberRole",
			"removeMember", "createKey", "revokeKey",
			"testWebhookEndpoint", "updateBinding", "deleteBinding", "startSyncRun", "cancelSyncRun"} {
			call(op)
		}
		second, err := i.Workspaces.Create(tn.As(), tn.Org.ID,
			workspace.Create{Name: "Second", Settings: workspace.Defaults()})
		if err != nil {
			t.Fatal(err)
		}
		if err := i.Workspaces.Delete(tn.As(), second.ID); err != nil { // another contract has the operation
			t.Fatal(err)
		}
		i.Want(t, 202, servertest.Request{
			Operation: "testWebhookEndpoint", Bearer: tn.Key, Path: map[string]string{"endpoint_id": dead["id"].(string)},
		})
		lifeOfATenant(t, i, tn)
		newBinding(t, i, tn, i.Other+"/missing")
		failing(t, i, tn)
		seen := map[string]bool{}
		tasktest.Until(t, fmt.Sprint("every event; seen ", seen), func() bool {
			for _, d := range event.Catalogue() {
				if !seen[string(d.Type)] {
					found := i.Want(t, 200, servertest.Request{
						Operation: "listWebhookDeliveries", Bearer: tn.Key,
						Query: url.Values{"filter[event_type]": {string(d.Type)}, "limit": {"1"}},
					}).Object(t)["data"].([]any)
					if len(found) == 0 {
						continue
					}
					seen[string(d.Type)] = true
					full := i.Want(t, 200, servertest.Request{
						Operation: "getWebhookDelivery", Bearer: tn.Key,
						Path: map[string]string{"delivery_id": found[0].(object)["id"].(string)},
					})
					var body struct{ Payload jsonText }
					full.Decode(t, &body)
					v, err := schemas[string(d.Type)].Validate(body.Payload)
					if err != nil || len(v) > 0 {
						t.Errorf("%s: %v %v\n%s", d.Type, v, err, body.Payload)
					}
				}
			}
			return len(seen) == len(event.Catalogue())
		})
	})
}

type jsonText []byte

func (j *jsonText) UnmarshalJSON(b []byte) error {
	*j = append((*j)[:0], b...)
	return nil
}

// The rules of delivery are told in the bundle in words; the words follow the constants.
func TestTheDocumentedRulesAreTheRules(t *testing.T) {
	bundle, _ := openapi.JSON("platform")
	text := strings.Join(strings.Fields(string(bundle)), " ")
	wait := func(d time.Duration) string {
		switch {
		case d < time.Minute:
			return fmt.Sprintf("%d seconds", d/time.Second)
		case d < time.Hour:
			return fmt.Sprintf("%d minutes", d/time.Minute)
		}
		return fmt.Sprint(int(d / time.Hour))
	}
	s := webhook.Schedule
	for _, want := range []string{
		fmt.Sprintf("Answer 2xx within %d seconds", webhook.AttemptTimeout/time.Second),
		fmt.Sprintf("after about %s, %s, %s, and %s, %s, %s and %s hours", wait(s[1]), wait(s[2]), wait(s[3]), wait(s[4]),
			wait(s[5]), wait(s[6]), wait(s[7])),
		fmt.Sprintf("For %d hours deliveries carry a signature of each secret", webhook.RotationGrace/time.Hour),
		fmt.Sprintf("A delivery is kept for %d days", webhook.Retention/(24*time.Hour)),
	} {
		if !strings.Contains(strings.ReplaceAll(text, `\n`, " "), want) {
			t.Errorf("the bundle does not say %q", want)
		}
	}
	if webhook.DisableAfter != 5*24*time.Hour || len(s) != 8 {
		t.Error("the bundle speaks of five days and seven retries")
	}
}

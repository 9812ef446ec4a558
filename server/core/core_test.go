package core_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/openapi"
	"github.com/alania-go/alania/server"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/core"
	"github.com/alania-go/alania/server/servertest"
)

func TestMain(m *testing.M) {
	bundle, _ := openapi.JSON(core.Name)
	module := core.Module(contract.Services{Now: clock.System})
	module.Bundle = bundle
	c, err := contract.Load(module)
	if err != nil {
		panic(err)
	}
	servertest.Main(m, core.Name, c.Document())
}

type object = map[string]any

func number(v any) string { return strconv.FormatInt(int64(v.(float64)), 10) }

// on asks for one resource that is made for it.
func on(
	operation, parameter string, make func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) string,
) servertest.Valid {
	return func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
		return servertest.Request{Operation: operation, Bearer: tn.Key, Path: map[string]string{parameter: make(t, i, tn)}}
	}
}

func plain(operation string) servertest.Valid {
	return func(_ testing.TB, _ *servertest.Instance, tn *servertest.Tenant) servertest.Request {
		return servertest.Request{Operation: operation, Bearer: tn.Key}
	}
}

// with adds a body to a request. It may depend on the instance.
func with(v servertest.Valid, body func(i *servertest.Instance) object) servertest.Valid {
	return func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
		r := v(t, i, tn)
		r.JSON = body(i)
		return r
	}
}

func data(r *servertest.Response, t testing.TB) object {
	t.Helper()
	return r.Object(t)["data"].(object)
}

func newWorkspace(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) string {
	t.Helper()
	return number(data(i.Want(t, 201,
		servertest.Request{Operation: "createWorkspace", Bearer: tn.Key, JSON: object{"name": "Made"}}), t)["id"])
}

func newKey(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) string {
	t.Helper()
	return number(data(i.Want(t, 201, servertest.Request{
		Operation: "createApiKey", Bearer: tn.Key, JSON: object{"name": "Made", "scopes": []string{"posts:read"}},
	}), t)["id"])
}

func newWebhook(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) string {
	t.Helper()
	return number(data(i.Want(t, 201, servertest.Request{
		Operation: "createWebhook", Bearer: tn.Key, JSON: object{"url": i.Other + "/hook", "events": []string{"post.*"}},
	}), t)["id"])
}

// failedDelivery returns an endpoint and a delivery to it that failed.
func failedDelivery(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) (endpoint, delivery string) {
	t.Helper()
	endpoint = number(data(i.Want(t, 201, servertest.Request{
		Operation: "createWebhook", Bearer: tn.Key, JSON: object{"url": i.Other + "/fail", "events": []string{"post.*"}},
	}), t)["id"])
	i.Want(t, 200, servertest.Request{Operation: "testWebhook", Bearer: tn.Key, Path: map[string]string{"id": endpoint}})
	list := i.Want(t, 200, servertest.Request{
		Operation: "listWebhookDeliveries", Bearer: tn.Key, Path: map[string]string{"id": endpoint},
	}).Object(t)["data"].([]any)
	return endpoint, number(list[0].(object)["id"])
}

// valid has a request that succeeds for every operation.
var valid = map[string]servertest.Valid{
	"listWorkspaces": plain("listWorkspaces"),
	"createWorkspace": with(plain("createWorkspace"), func(*servertest.Instance) object {
		return object{"name": "New Workspace", "tier": "pro"}
	}),
	"getWorkspace": on("getWorkspace", "id", newWorkspace),
	"updateWorkspace": with(on("updateWorkspace", "id", newWorkspace), func(*servertest.Instance) object {
		return object{"name": "Updated Name", "settings": object{"timezone": "Europe/London"}}
	}),
	"deleteWorkspace": on("deleteWorkspace", "id", newWorkspace),

	"listApiKeys": plain("listApiKeys"),
	"createApiKey": with(plain("createApiKey"), func(*servertest.Instance) object {
		return object{
			"name": "Mobile App Key", "scopes": []string{"posts:read", "users:read"}, "rate_limit_tier": "pro",
			"expires_at": "2127-01-01T00:00:00Z",
		}
	}),
	"getApiKey": on("getApiKey", "id", newKey),
	"rotateApiKey": with(on("rotateApiKey", "id", newKey), func(*servertest.Instance) object {
		return object{"grace_period_hours": 24}
	}),
	"revokeApiKey": on("revokeApiKey", "id", newKey),

	"listWebhooks": plain("listWebhooks"),
	"createWebhook": with(plain("createWebhook"), func(i *servertest.Instance) object {
		return object{"url": i.Other + "/hook", "events": []string{"post.created", "post.updated", "post.deleted"}}
	}),
	"getWebhook": on("getWebhook", "id", newWebhook),
	"updateWebhook": with(on("updateWebhook", "id", newWebhook), func(i *servertest.Instance) object {
		return object{"url": i.Other + "/hook?new", "events": []string{"post.*"}, "is_active": true}
	}),
	"deleteWebhook": on("deleteWebhook", "id", newWebhook), "testWebhook": on("testWebhook", "id", newWebhook),
	"rotateWebhookSecret":   on("rotateWebhookSecret", "id", newWebhook),
	"listWebhookDeliveries": on("listWebhookDeliveries", "id", newWebhook),
	"retryWebhookDelivery": func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
		endpoint, delivery := failedDelivery(t, i, tn)
		return servertest.Request{
			Operation: "retryWebhookDelivery", Bearer: tn.Key,
			Path: map[string]string{"webhook_id": endpoint, "delivery_id": delivery},
		}
	},
}

func init() {
	for name, v := range usageRequests {
		valid[name] = v
	}
	for name, v := range mcpRequests {
		valid[name] = v
	}
}

var requestIDs = regexp.MustCompile(`"request_id":"[^"]*"`)

var suite = servertest.Suite{
	Contract: core.Name, Valid: valid, Schema: http.StatusUnprocessableEntity,
	UnknownID: func(op *contract.Operation, parameter string) string {
		switch parameter {
		case "id", "webhook_id", "delivery_id", "workspace_id":
			if strings.Contains(op.Path, "/mcp/") {
				return "nobody"
			}
			return "9007199254740991"
		case "domain":
			return "nobody.example"
		case "uri":
			return "file:///nothing.txt"
		case "X-Workspace-ID":
			return "9007199254740991"
		case "project_id":
			return id.New().UUID()
		}
		return ""
	},
	Own: map[string]func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) string{
		"X-Workspace-ID": newWorkspace,
		"project_id": func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) string {
			list := i.Want(t, 200,
				servertest.Request{Operation: "listWorkspaces", Bearer: tn.Key, Query: url.Values{"include": {"projects"}}})
			p := list.Object(t)["data"].([]any)[0].(object)["projects"].([]any)[0].(object)
			return fmt.Sprint(p["id"])
		},
	},
	Normalize: func(body string) string { return requestIDs.ReplaceAllString(body, "ID") },
	// A domain is one workspace's: all others get a 409, and may take it over with a proof.
	CreatesByName: []string{"putPixelDomain", "verifyPixelDomain"},
}

func TestContract(t *testing.T) { suite.Run(t) }

// each runs a test on both engines with a server and a tenant.
func each(
	t *testing.T, test func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant), options ...server.Option,
) {
	suite.Each(t, test, options...)
}

func TestDialect(t *testing.T) {
	servertest.Golden(t, "core", core.Dialect{}, nil)
}

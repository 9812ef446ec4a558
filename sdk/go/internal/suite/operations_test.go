package suite

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	alania "github.com/alania-go/alania/sdk/go"
	"github.com/alania-go/alania/sdk/go/control"
	"github.com/alania-go/alania/sdk/go/core"
	"github.com/alania-go/alania/sdk/go/keys"
	"github.com/alania-go/alania/sdk/go/option"
	"github.com/alania-go/alania/sdk/go/platform"
)

// TestOperations calls the operations of the bundles, and looks at what they answer. What
// it does not call is called with the examples of its bundle, by TestExamples.
func TestOperations(t *testing.T) {
	rec := newRecorder(t)
	c := newClient(option.WithHTTPClient(&http.Client{Transport: rec}))
	org := firstOrg(t, c)
	o := newOutside(t)
	workspace := must(c.Platform.Workspaces.Create(t.Context(), org, platform.WorkspaceCreate{Name: "Suite"}))(t)

	t.Run("Public", func(t *testing.T) { public(t, c) })
	t.Run("Token", func(t *testing.T) { token(t, c) })
	t.Run("Workspaces", func(t *testing.T) { workspaces(t, c, org, workspace) })
	t.Run("Members", func(t *testing.T) { members(t, c, org) })
	t.Run("Keys", func(t *testing.T) { platformKeys(t, c, org) })
	t.Run("Webhooks", func(t *testing.T) { webhooks(t, c, o) })
	t.Run("Integrations", func(t *testing.T) { integrations(t, c, o, workspace.ID) })
	t.Run("Core", func(t *testing.T) {
		t.Run("Workspaces", func(t *testing.T) { coreWorkspaces(t, c) })
		t.Run("Keys", func(t *testing.T) { coreKeys(t, c) })
		t.Run("Webhooks", func(t *testing.T) { coreWebhooks(t, c, o) })
		t.Run("Usage", func(t *testing.T) { usage(t, c) })
		t.Run("MCP", func(t *testing.T) { mcpServers(t, c, o) })
	})
	t.Run("Storage", func(t *testing.T) { storage(t, c, control.WorkspaceID(workspace.ID)) })
	t.Run("Tenants", func(t *testing.T) { tenants(t, c) })
	t.Run("UserKeys", func(t *testing.T) { userKeys(t, c, org) })

	if n := rec.succeeded(); n < 95 && !t.Failed() {
		t.Errorf("only %d operations were called with success", n)
	}
	if missing := rec.missing("control"); len(missing) > 0 && !t.Failed() {
		t.Errorf("these operations were not called with success: %s", strings.Join(missing, ", "))
	}
}

// storage sends and receives objects as streams.
func storage(t *testing.T, c *alania.Client, w control.WorkspaceID) {
	ctx := t.Context()
	text := strings.Repeat("a line\n", 300_000)
	o := must(c.Control.Storage.Put(ctx, w, "größe/a b.txt", strings.NewReader(text), control.PutObjectParams{},
		option.WithHeader("Content-Type", "text/plain")))(t)
	if o.Size != int64(len(text)) || o.ContentType != "text/plain" {
		t.Errorf("%+v", o)
	}
	// One that can be read once only, of no known length and type.
	o = must(c.Control.Storage.Put(ctx, w, "b", io.MultiReader(strings.NewReader(text)), control.PutObjectParams{}))(t)
	if o.Size != int64(len(text)) || o.ContentType != "application/octet-stream" {
		t.Errorf("%+v", o)
	}
	read := func(params control.GetObjectParams) string {
		t.Helper()
		body := must(c.Control.Storage.Get(ctx, w, "größe/a b.txt", params))(t)
		b, err := io.ReadAll(body)
		ok(t, errors.Join(err, body.Close()))
		return string(b)
	}
	if got := read(control.GetObjectParams{}); got != text {
		t.Errorf("%d bytes come back", len(got))
	}
	if got := read(control.GetObjectParams{Range: alania.Ptr("bytes=2-5")}); got != "line" {
		t.Errorf("a range: %q", got)
	}
	u := must(c.Control.Storage.CreateUpload(ctx, w, control.UploadCreate{Key: "parts"}))(t)
	must(c.Control.Storage.PutPart(ctx, w, u.ID, 1, strings.NewReader(text), control.PutUploadPartParams{}))(t)
	must(c.Control.Storage.CompleteUpload(ctx, w, u.ID, control.UploadComplete{}, control.CompleteUploadParams{}))(t)
	n := 0
	for o, err := range c.Control.Storage.ListAutoPaging(ctx, w, control.ListObjectsParams{Limit: alania.Ptr(2)}) {
		if err != nil || o.Size != int64(len(text)) {
			t.Errorf("%+v %v", o, err)
		}
		n++
	}
	if n != 3 {
		t.Errorf("%d objects are listed", n)
	}
	ok(t, c.Control.Storage.Delete(ctx, w, "b", control.DeleteObjectParams{}))
}

func public(t *testing.T, c *alania.Client) {
	ctx := t.Context()
	if h := must(c.Platform.Health.Get(ctx))(t); h.Version != "v0.0.0-test" {
		t.Errorf("version %q", h.Version)
	}
	must(c.Platform.Health.GetLiveness(ctx))(t)
	must(c.Platform.Health.GetReadiness(ctx))(t)
	if k := must(c.Platform.Authentication.GetJwks(ctx))(t); len(k.Keys) == 0 {
		t.Error("no public keys")
	}
	if m := must(c.Platform.Authentication.GetOAuthServerMetadata(ctx))(t); m.TokenEndpoint == "" {
		t.Error("no token endpoint")
	}
}

func token(t *testing.T, c *alania.Client) {
	ctx := t.Context()
	// Once as the client that signs in, once as one that the form names.
	tok := must(c.Platform.Authentication.CreateToken(ctx,
		platform.TokenRequest{GrantType: "client_credentials", Scope: alania.Ptr("orgs:read")}))(t)
	key := option.WithAPIKey(tok.AccessToken)
	must(c.Platform.Organizations.List(ctx, platform.ListOrgsParams{}, key))(t)
	ok(t, c.Platform.Authentication.RevokeToken(ctx, platform.RevocationRequest{
		Token: tok.AccessToken, ClientID: alania.Ptr(clientID), ClientSecret: alania.Ptr(clientSecret),
	}))
	if _, err := c.Platform.Organizations.List(ctx, platform.ListOrgsParams{}, key); !alania.IsUnauthorized(err) {
		t.Errorf("with a revoked token: %v", err)
	}
}

func workspaces(t *testing.T, c *alania.Client, org platform.OrgID, w *platform.Workspace) {
	ctx := t.Context()
	list := must(c.Platform.Workspaces.List(ctx, org, platform.ListWorkspacesParams{FilterSlug: &w.Slug}))(t)
	if len(list.Data) != 1 || list.Data[0].ID != w.ID {
		t.Errorf("%+v", list)
	}
	var res *http.Response
	got := must(c.Platform.Workspaces.Get(ctx, w.ID, platform.GetWorkspaceParams{}, option.WithResponseInto(&res)))(t)
	tag := res.Header.Get("ETag")
	if got.Name != "Suite" || tag == "" {
		t.Errorf("%+v, ETag %q", got, tag)
	}
	if _, err := c.Platform.Workspaces.Get(ctx, w.ID,
		platform.GetWorkspaceParams{IfNoneMatch: &tag}); !alania.IsNotModified(err) {
		t.Errorf("with its own tag: %v", err)
	}
	var update platform.WorkspaceSettingsUpdate
	update.RetentionDays.Set(90)
	settings := must(c.Platform.Workspaces.UpdateSettings(ctx, w.ID, update,
		platform.UpdateWorkspaceSettingsParams{IfMatch: &tag}))(t)
	if settings.RetentionDays != 90 {
		t.Errorf("%+v", settings)
	}
	update.RetentionDays.SetNull() // back to the default
	must(c.Platform.Workspaces.UpdateSettings(ctx, w.ID, update, platform.UpdateWorkspaceSettingsParams{}))(t)
	if s := must(c.Platform.Workspaces.GetSettings(ctx, w.ID,
		platform.GetWorkspaceSettingsParams{}))(t); s.RetentionDays != 30 {
		t.Errorf("%+v", s)
	}
	must(c.Platform.Records.List(ctx, w.ID, platform.ListRecordsParams{}))(t)
	if a := must(c.Platform.Audit.ListEntries(ctx, org,
		platform.ListAuditEntriesParams{FilterTargetID: &w.ID}))(t); len(a.Data) == 0 {
		t.Error("no audit entry of the workspace")
	}
}

func members(t *testing.T, c *alania.Client, org platform.OrgID) {
	ctx := t.Context()
	email := unique("ada") + "@example.com"
	m := must(c.Platform.Members.Invite(ctx, org, platform.MemberInvite{Email: email, Role: platform.RoleViewer}))(t)
	if got := must(c.Platform.Members.ChangeRole(ctx, org, m.ID,
		platform.MemberUpdate{Role: platform.RoleMember}))(t); got.Role != platform.RoleMember {
		t.Errorf("%+v", got)
	}
	if got := must(c.Platform.Members.Get(ctx, org, m.ID))(t); got.Email != email {
		t.Errorf("%+v", got)
	}
	must(c.Platform.Members.List(ctx, org, platform.ListMembersParams{}))(t)
	ok(t, c.Platform.Members.Remove(ctx, org, m.ID))
	if _, err := c.Platform.Members.Get(ctx, org, m.ID); !alania.IsNotFound(err) {
		t.Errorf("a member that was removed: %v", err)
	}
}

func platformKeys(t *testing.T, c *alania.Client, org platform.OrgID) {
	ctx := t.Context()
	k := must(c.Platform.APIKeys.Create(ctx, org,
		platform.KeyCreate{Name: "CI", Scopes: []platform.Scope{"orgs:read"}}))(t)
	must(c.Platform.Organizations.List(ctx, platform.ListOrgsParams{}, option.WithAPIKey(k.Key)))(t)
	if got := must(c.Platform.APIKeys.Get(ctx, org, k.ID))(t); got.Name != "CI" {
		t.Errorf("%+v", got)
	}
	must(c.Platform.APIKeys.List(ctx, org, platform.ListKeysParams{}))(t)
	ok(t, c.Platform.APIKeys.Revoke(ctx, org, k.ID))
	if _, err := c.Platform.Organizations.List(ctx, platform.ListOrgsParams{},
		option.WithAPIKey(k.Key)); !alania.IsUnauthorized(err) {
		t.Errorf("with a revoked key: %v", err)
	}
}

func webhooks(t *testing.T, c *alania.Client, o *outside) {
	ctx := t.Context()
	if l := must(c.Platform.Webhooks.ListEventTypes(ctx))(t); len(l.Data) == 0 {
		t.Error("no event types")
	}
	e := must(c.Platform.Webhooks.CreateEndpoint(ctx,
		platform.WebhookEndpointCreate{URL: o.URL + "/hook", Events: []platform.WebhookEventGlob{"webhook.test"}}))(t)
	must(c.Platform.Webhooks.ListEndpoints(ctx, platform.ListWebhookEndpointsParams{}))(t)
	must(c.Platform.Webhooks.GetEndpoint(ctx, e.ID))(t)
	if got := must(c.Platform.Webhooks.UpdateEndpoint(ctx, e.ID,
		platform.WebhookEndpointUpdate{Description: alania.Ptr("changed")}))(t); got.Description != "changed" {
		t.Errorf("%+v", got)
	}
	d := must(c.Platform.Webhooks.TestEndpoint(ctx, e.ID))(t)
	eventually(t, "the test arrives", func() bool {
		got := must(c.Platform.Webhooks.GetDelivery(ctx, d.ID))(t)
		return got.State == "succeeded" && got.Payload["type"] == "webhook.test"
	})
	if l := must(c.Platform.Webhooks.ListDeliveries(ctx,
		platform.ListWebhookDeliveriesParams{FilterEndpointID: &e.ID}))(t); len(l.Data) == 0 {
		t.Error("no deliveries")
	}
	must(c.Platform.Webhooks.RetryDelivery(ctx, d.ID))(t)
	must(c.Platform.Webhooks.RecoverDeliveries(ctx, e.ID, platform.WebhookRecover{Since: time.Now().Add(-time.Hour)}))(t)
	if r := must(c.Platform.Webhooks.RotateSecret(ctx, e.ID))(t); r.SigningSecret == e.SigningSecret {
		t.Error("the secret is the same")
	}
	ok(t, c.Platform.Webhooks.DeleteEndpoint(ctx, e.ID))
}

func integrations(t *testing.T, c *alania.Client, o *outside, workspace platform.WorkspaceID) {
	ctx := t.Context()
	must(c.Platform.Integrations.ListConnectors(ctx))(t)
	bind := func(name, path string) platform.BindingID {
		b := must(c.Platform.Integrations.CreateBinding(ctx, "http_json", platform.BindingCreate{
			WorkspaceID: workspace, Name: name, Config: map[string]any{
				"url": o.URL + path, "entity": "items", "items_path": "/items",
				"pagination": map[string]any{"type": "cursor", "cursor_param": "cursor", "next_cursor_path": "/next"},
			},
		}))(t)
		eventually(t, "the binding is validated", func() bool {
			got := must(c.Platform.Integrations.GetBinding(ctx, b.Binding.ID))(t)
			if got.State == "invalid" {
				t.Fatalf("%+v", got)
			}
			return got.State == "ready"
		})
		return b.Binding.ID
	}
	items := bind("items", "/items")
	must(c.Platform.Integrations.UpdateBinding(ctx, items, platform.BindingUpdate{Name: alania.Ptr("things")}))(t)
	must(c.Platform.Integrations.ListBindings(ctx, platform.ListBindingsParams{FilterWorkspaceID: &workspace}))(t)
	run := must(c.Platform.Integrations.StartSyncRun(ctx, items, nil))(t)
	eventually(t, "the run ends", func() bool {
		got := must(c.Platform.Integrations.GetSyncRun(ctx, run.ID))(t)
		return !got.FinishedAt.IsNull()
	})
	//lint:ignore SA1019 it is served until its sunset
	if got := must(c.Platform.Integrations.GetSyncRunV1(ctx, run.ID))(t); got.State != "succeeded" {
		t.Errorf("%+v", got)
	}
	must(c.Platform.Integrations.ListSyncRuns(ctx, platform.ListSyncRunsParams{FilterBindingID: &items}))(t)
	if r := must(c.Platform.Records.List(ctx, workspace,
		platform.ListRecordsParams{FilterBindingID: &items}))(t); len(r.Data) != 2 {
		t.Errorf("%d records", len(r.Data))
	}
	if j := must(c.Platform.Jobs.Get(ctx, run.JobID))(t); j.ID != run.JobID {
		t.Errorf("%+v", j)
	}
	must(c.Platform.Integrations.ValidateBinding(ctx, items))(t)
	ok(t, c.Platform.Integrations.DeleteBinding(ctx, items))

	// Runs that do not end by themselves: one is cancelled as such, one as a job.
	endless := bind("endless", "/endless")
	run = must(c.Platform.Integrations.StartSyncRun(ctx, endless, &platform.SyncRunStart{Full: alania.Ptr(true)}))(t)
	must(c.Platform.Integrations.CancelSyncRun(ctx, run.ID))(t)
	eventually(t, "the run ends", func() bool {
		return !must(c.Platform.Integrations.GetSyncRun(ctx, run.ID))(t).FinishedAt.IsNull()
	})
	run = must(c.Platform.Integrations.StartSyncRun(ctx, endless, nil))(t)
	must(c.Platform.Jobs.Cancel(ctx, run.JobID))(t)
}

func coreWorkspaces(t *testing.T, c *alania.Client) {
	ctx := t.Context()
	w := must(c.Core.Workspaces.Create(ctx, core.WorkspaceCreate{Name: "Core"}))(t).Data
	if got := must(c.Core.Workspaces.Update(ctx, w.ID,
		core.WorkspaceUpdate{Name: alania.Ptr("Kern")}))(t).Data; got.Name != "Kern" {
		t.Errorf("%+v", got)
	}
	if got := must(c.Core.Workspaces.Get(ctx, w.ID,
		core.GetWorkspaceParams{Include: alania.Ptr("owner,projects")}))(t).Data; got.Name != "Kern" {
		t.Errorf("%+v", got)
	}
	if l := must(c.Core.Workspaces.List(ctx,
		core.ListWorkspacesParams{Search: alania.Ptr("kern"), Fields: alania.Ptr("id,name")}))(t); len(l.Data) != 1 ||
		l.Meta.Total != 1 {
		t.Errorf("%+v", l)
	}
	ok(t, c.Core.Workspaces.Delete(ctx, w.ID))
	if _, err := c.Core.Workspaces.Get(ctx, w.ID, core.GetWorkspaceParams{}); !alania.IsNotFound(err) {
		t.Errorf("a workspace that was deleted: %v", err)
	}
}

func coreKeys(t *testing.T, c *alania.Client) {
	ctx := t.Context()
	k := must(c.Core.APIKeys.Create(ctx,
		core.APIKeyCreate{Name: "Mobile", Scopes: []core.Scope{"workspaces:read"}}))(t).Data
	must(c.Core.Workspaces.List(ctx, core.ListWorkspacesParams{}, option.WithAPIKey(k.Key)))(t)
	must(c.Core.APIKeys.List(ctx, core.ListAPIKeysParams{}))(t)
	must(c.Core.APIKeys.Get(ctx, k.ID, core.GetAPIKeyParams{}))(t)
	rotated := must(c.Core.APIKeys.Rotate(ctx, k.ID, &core.APIKeyRotate{GracePeriodHours: alania.Ptr(1)}))(t).Data
	if rotated.Key == k.Key {
		t.Error("the key is the same")
	}
	rotated = must(c.Core.APIKeys.Rotate(ctx, rotated.ID, nil))(t).Data
	ok(t, c.Core.APIKeys.Revoke(ctx, rotated.ID))
}

func coreWebhooks(t *testing.T, c *alania.Client, o *outside) {
	ctx := t.Context()
	make := func(path string) core.WebhookWithSecret {
		return must(c.Core.Webhooks.Create(ctx,
			core.WebhookCreate{URL: o.URL + path, Events: []core.WebhookEventPattern{"key.*"}}))(t).Data
	}
	w := make("/hook")
	must(c.Core.Webhooks.List(ctx, core.ListWebhooksParams{}))(t)
	must(c.Core.Webhooks.Get(ctx, w.ID, core.GetWebhookParams{}))(t)
	must(c.Core.Webhooks.Update(ctx, w.ID, core.WebhookUpdate{Description: alania.Ptr("changed")}))(t)
	must(c.Core.Webhooks.Test(ctx, w.ID))(t)
	if r := must(c.Core.Webhooks.RotateSecret(ctx, w.ID))(t).Data; r.Secret == w.Secret {
		t.Error("the secret is the same")
	}
	// A delivery that failed is sent again.
	failing := make("/fail")
	must(c.Core.Webhooks.Test(ctx, failing.ID))(t)
	var list *core.WebhookDeliveryList
	eventually(t, "a delivery is made", func() bool {
		list = must(c.Core.Webhooks.ListDeliveries(ctx, failing.ID, core.ListWebhookDeliveriesParams{}))(t)
		return len(list.Data) > 0 && list.Data[0].ResponseCode != nil
	})
	must(c.Core.Webhooks.RetryDelivery(ctx, failing.ID, list.Data[0].ID))(t)
	for _, id := range []core.WebhookEndpointID{w.ID, failing.ID} {
		ok(t, c.Core.Webhooks.Delete(ctx, id))
	}
}

func usage(t *testing.T, c *alania.Client) {
	ctx := t.Context()
	w := must(c.Core.Workspaces.Create(ctx, core.WorkspaceCreate{Name: "Usage"}))(t).Data.ID
	in := option.WithWorkspace(w)
	if e := must(c.Core.Entitlements.Check(ctx, core.CheckEntitlementParams{Feature: "posts"}, in))(t); !e.Allowed {
		t.Errorf("%+v", e)
	}
	must(c.Core.Entitlements.RecordUsage(ctx, core.UsageRecord{Feature: "posts", Quantity: alania.Ptr(int64(2))}, in))(t)
	must(c.Core.Entitlements.GetUsageSummary(ctx, in))(t)
	must(c.Core.SEOReports.Submit(ctx, core.SEOReportSubmit{
		URL: "https://example.com/page", Scores: &core.SEOScoresInput{SEO: alania.Ptr(95.0)},
		Issues: []core.SEOIssueInput{{Type: "missing_alt", Severity: core.SEOSeverityWarning, Element: alania.Ptr("img")}},
	}, in))(t)
	if l := must(c.Core.SEOReports.ListIssues(ctx, w, core.ListSEOIssuesParams{}))(t); len(l.Data) != 1 {
		t.Errorf("%+v", l)
	}
	const domain = "suite.example.com"
	must(c.Core.PixelTracking.PutDomain(ctx, domain, core.PixelDomainPut{Enabled: alania.Ptr(true)}, in))(t)
	must(c.Core.PixelTracking.GetConfig(ctx, core.GetPixelConfigParams{Domain: alania.Ptr(domain)}))(t)
	if p := must(c.Core.PixelTracking.TrackEvent(ctx,
		core.PixelTrack{Event: "pageview", URL: "https://" + domain + "/"}))(t); !p.Tracked {
		t.Errorf("%+v", p)
	}
	if l := must(c.Core.PixelTracking.ListDomains(ctx, core.ListPixelDomainsParams{}, in))(t); len(l.Data) != 1 {
		t.Errorf("%+v", l)
	}
	if l := must(c.Core.PixelTracking.ListEvents(ctx, core.ListPixelEventsParams{}, in))(t); len(l.Data) != 1 {
		t.Errorf("%+v", l)
	}
	ok(t, c.Core.PixelTracking.DeleteDomain(ctx, domain, in))
}

func mcpServers(t *testing.T, c *alania.Client, o *outside) {
	ctx := t.Context()
	w := must(c.Core.Workspaces.Create(ctx, core.WorkspaceCreate{Name: "MCP"}))(t).Data.ID
	in := option.WithWorkspace(w)
	s := must(c.Core.MCP.CreateServer(ctx, core.MCPServerCreate{
		ID: "suite", Name: "Suite", Transport: core.MCPTransportStreamableHTTP, URL: alania.Ptr(o.URL + "/mcp"),
	}, in))(t).Data
	if l := must(c.Core.MCP.ListServers(ctx, in))(t); !slices.ContainsFunc(l.Data, func(x core.MCPServer) bool {
		return x.ID == s.ID
	}) {
		t.Errorf("%+v", l)
	}
	must(c.Core.MCP.GetServer(ctx, s.ID, in))(t)
	if l := must(c.Core.MCP.ListServerTools(ctx, s.ID, in))(t); len(l.Data) != 1 || l.Data[0].Name != "echo" {
		t.Errorf("%+v", l)
	}
	must(c.Core.MCP.CallTool(ctx, core.MCPToolCall{Server: s.ID, Tool: "echo", Arguments: map[string]any{"text": "x"}},
		in))(t)
	if l := must(c.Core.MCP.ListCalls(ctx, core.ListMCPCallsParams{}, in))(t); len(l.Data) != 1 {
		t.Errorf("%+v", l)
	}
	if r := must(c.Core.MCP.GetResource(ctx, resource, in))(t); len(r.Contents) != 1 {
		t.Errorf("%+v", r)
	}
	ok(t, c.Core.MCP.DeleteServer(ctx, s.ID, in))
}

func userKeys(t *testing.T, c *alania.Client, org platform.OrgID) {
	ctx := t.Context()
	user := must(c.Platform.Members.Invite(ctx, org,
		platform.MemberInvite{Email: unique("eve") + "@example.com", Role: platform.RoleMember}))(t).UserID
	// Keys of people are made by a key of a person: that of the first organization's owner.
	mine := option.WithAPIKey(apiKey)
	k := must(c.Keys.APIKey.CreateUserAPIKey(ctx, keys.APIKeyCreate{
		DaysTillExpiration: 1, Name: alania.Ptr("CI"),
		Permissions: keys.PermissionsInput{CrmPermissions: []keys.CrmPermission{"READ_LEADS"}},
	}, mine))(t)
	list := must(c.Keys.APIKey.ListMyAPIKeys(ctx, mine))(t)
	at := slices.IndexFunc(list, func(x keys.APIKey) bool { return x.TruncatedKey == k.TruncatedKey })
	if at < 0 {
		t.Fatalf("%+v", list)
	}
	ok(t, c.Keys.APIKey.Rename(ctx, list[at].ID, keys.APIKeyRename{"name": "CI deploys"}, mine))
	ok(t, c.Keys.APIKey.Delete(ctx, list[at].ID, mine))
	must(c.Keys.APIKey.ListUserAPIKeys(ctx, user, mine))(t)
	ok(t, c.Keys.APIKey.DeleteUserAPIKeys(ctx, user, mine))
	must(c.Keys.APIKey.GetValidPermissions(ctx, keys.GetValidPermissionsParams{IsAPIKey: alania.Ptr(true)}, mine))(t)
	if err := c.Keys.APIKey.Delete(ctx, list[at].ID, mine); !alania.IsNotFound(err) {
		t.Errorf("a key that was deleted: %v", err)
	}
}

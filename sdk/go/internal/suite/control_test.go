package suite

import (
	"encoding/json"
	"io"
	"net/url"
	"strconv"
	"strings"
	"testing"

	alania "github.com/alania-go/alania/sdk/go"
	"github.com/alania-go/alania/sdk/go/control"
	"github.com/alania-go/alania/sdk/go/option"
)

// signIn returns an option with a person's token.
func signIn(t *testing.T, c *alania.Client, username, word string) option.RequestOption {
	t.Helper()
	first := must(c.Control.Auth.CreateToken(t.Context(), control.TokenRequest{
		GrantType: control.TokenRequestGrantTypePassword, Username: &username, Password: &word,
	}))(t)
	next := must(c.Control.Auth.RefreshToken(t.Context(), control.TokenRefresh{RefreshToken: *first.RefreshToken}))(t)
	return option.WithAPIKey(next.AccessToken)
}

// tenants is what who runs the platform does: a tenant is made, its owner accepts the invitation, and it is deleted.
func tenants(t *testing.T, c *alania.Client) {
	ctx := t.Context()
	admin := signIn(t, c, adminEmail, password)
	if h := must(c.Control.Platform.GetHealth(ctx))(t); h.Status != control.PlatformHealthStatusOk {
		t.Errorf("%+v", h)
	}
	if i := must(c.Control.Platform.GetInfo(ctx, admin))(t); len(i.APIVersions) == 0 {
		t.Errorf("%+v", i)
	}
	if p := must(c.Control.Auth.GetSignupPolicy(ctx))(t); p.SelfServiceEnabled {
		t.Errorf("%+v", p)
	}
	slug := unique("acme-")
	address := slug + "@example.com"
	made := must(c.Control.Tenants.Create(ctx, control.TenantCreate{
		Slug: slug, DisplayName: "Acme", Plan: control.PlanPro, AdminEmail: address,
	}, admin))(t)
	var invited struct{ Token string }
	ok(t, json.Unmarshal(made.Invitation.MustGet(), &invited))
	accepted := must(c.Control.Auth.AcceptInvitation(ctx, invited.Token, control.InvitationAccept{Password: password}))(t)
	owner := signIn(t, c, address, password)
	if l := must(c.Control.Tenants.List(ctx, control.ListTenantsParams{}, owner))(t); len(l.Items) != 1 {
		t.Errorf("%+v", l)
	}
	changed := must(c.Control.Tenants.Update(ctx, made.ID, control.TenantUpdate{
		DisplayName: alania.Ptr("Acme Corporation"),
	}, admin))(t)
	if got := must(c.Control.Tenants.Get(ctx, made.ID, owner))(t); got.DisplayName != changed.DisplayName {
		t.Errorf("%+v", got)
	}
	t.Run("Workspaces", func(t *testing.T) { controlWorkspaces(t, c, owner, made.ID) })
	t.Run("Realm", func(t *testing.T) { realm(t, c, owner, accepted.RealmID) })
	ok(t, c.Control.Tenants.Delete(ctx, made.ID, admin))
	if _, err := c.Control.Tenants.Get(ctx, made.ID, owner); !alania.IsUnauthorized(err) {
		t.Errorf("the owner of a deleted tenant: %v", err)
	}
}

func controlWorkspaces(t *testing.T, c *alania.Client, owner option.RequestOption, tenant control.TenantID) {
	ctx := t.Context()
	all := control.Capabilities{
		control.CapabilityPostgres, control.CapabilityMongo, control.CapabilityStorage, control.CapabilityKafka,
	}
	w := must(c.Control.Workspaces.Create(ctx, control.WorkspaceCreate{
		TenantID: tenant, Slug: "dev-environment", DisplayName: "Development", Capabilities: &all,
	}, owner))(t)
	n := 0
	one := control.ListWorkspacesParams{Limit: alania.Ptr(1)}
	for _, err := range c.Control.Workspaces.ListAutoPaging(ctx, one, owner) {
		ok(t, err)
		n++
	}
	if n != 2 {
		t.Errorf("%d workspaces", n)
	}
	must(c.Control.Workspaces.Update(ctx, w.ID, control.WorkspaceUpdate{DisplayName: alania.Ptr("Dev")}, owner))(t)
	if got := must(c.Control.Workspaces.Get(ctx, w.ID, owner))(t); got.DisplayName != "Dev" || got.TenantID != tenant {
		t.Errorf("%+v", got)
	}

	made := must(c.Control.ServiceAccounts.Create(ctx, w.ID, control.ServiceAccountCreate{
		Slug: "worker", DisplayName: "Worker", Scopes: []string{"storage:*", "postgres:*", "mongo:*", "events:*"},
	}, owner))(t)
	must(c.Control.ServiceAccounts.Get(ctx, w.ID, made.ID, owner))(t)
	next := must(c.Control.ServiceAccounts.RotateSecret(ctx, w.ID, made.ID, owner))(t)
	worker := option.WithClientCredentials(made.ClientID, next.ClientSecret)
	t.Run("Objects", func(t *testing.T) { objects(t, c, worker, w.ID) })
	t.Run("Tables", func(t *testing.T) { tables(t, c, worker, w.ID) })
	t.Run("Documents", func(t *testing.T) { documents(t, c, worker, w.ID) })
	t.Run("Events", func(t *testing.T) { events(t, c, worker, w.ID) })
	t.Run("Queries", func(t *testing.T) { queries(t, c, worker, w.ID) })
	accounts := must(c.Control.ServiceAccounts.List(ctx, w.ID, control.ListServiceAccountsParams{}, owner))(t)
	if len(accounts.Items) != 1 {
		t.Errorf("%+v", accounts)
	}
	ok(t, c.Control.ServiceAccounts.Delete(ctx, w.ID, made.ID, owner))

	app := must(c.Control.Applications.Create(ctx, w.ID, control.ApplicationCreate{
		Slug: "shop", DisplayName: "Shop", RedirectUris: []string{"https://shop.example.com/callback"},
		AccessType: alania.Ptr(control.ApplicationCreateAccessTypeConfidential),
	}, owner))(t)
	must(c.Control.Applications.Get(ctx, w.ID, app.ID, owner))(t)
	must(c.Control.Applications.RotateSecret(ctx, w.ID, app.ID, owner))(t)
	if l := must(c.Control.Applications.List(ctx, w.ID, control.ListApplicationsParams{}, owner))(t); len(l.Items) != 1 {
		t.Errorf("%+v", l)
	}
	ok(t, c.Control.Applications.Delete(ctx, w.ID, app.ID, owner))
	ok(t, c.Control.Workspaces.Delete(ctx, w.ID, owner))
	if _, err := c.Control.Workspaces.Get(ctx, w.ID, owner); !alania.HasCode(err, "WORKSPACE_NOT_FOUND") {
		t.Errorf("a deleted workspace: %v", err)
	}
}

// objects are copied, shared by links and uploaded in parts. TestOperations sends and receives large ones.
func objects(t *testing.T, c *alania.Client, worker option.RequestOption, w control.WorkspaceID) {
	ctx, s := t.Context(), c.Control.Storage
	must(s.Put(ctx, w, "a/b", strings.NewReader("text"), control.PutObjectParams{}, worker))(t)
	must(s.Copy(ctx, w, control.ObjectCopy{From: "a/b", To: "a/c"}, control.CopyObjectParams{}, worker))(t)
	link := func(method control.ObjectLinkCreateMethod) (expires int64, signature string) {
		t.Helper()
		made := must(s.CreateLink(ctx, w, control.ObjectLinkCreate{Key: "a/c", Method: method}, worker))(t)
		at := must(url.Parse(made.URL))(t).Query()
		expires = must(strconv.ParseInt(at.Get("expires"), 10, 64))(t)
		return expires, at.Get("signature")
	}
	var put control.PutLinkedObjectParams
	put.Expires, put.Signature = link(control.ObjectLinkCreateMethodPUT)
	must(s.PutLinked(ctx, w, "a/c", strings.NewReader("linked"), put))(t)
	var get control.GetLinkedObjectParams
	get.Expires, get.Signature = link(control.ObjectLinkCreateMethodGET)
	body := must(s.GetLinked(ctx, w, "a/c", get))(t)
	if b, err := io.ReadAll(body); err != nil || string(b) != "linked" {
		t.Errorf("%q, %v", b, err)
	}
	ok(t, body.Close())

	u := must(s.CreateUpload(ctx, w, control.UploadCreate{Key: "a/d"}, worker))(t)
	must(s.PutPart(ctx, w, u.ID, 1, strings.NewReader("part"), control.PutUploadPartParams{}, worker))(t)
	if got := must(s.GetUpload(ctx, w, u.ID, worker))(t); len(got.Parts) != 1 {
		t.Errorf("%+v", got)
	}
	if l := must(s.ListUploads(ctx, w, control.ListUploadsParams{}, worker))(t); len(l.Items) != 1 {
		t.Errorf("%+v", l)
	}
	ok(t, s.AbortUpload(ctx, w, u.ID, worker))
	for _, key := range []string{"a/b", "a/c"} {
		ok(t, s.Delete(ctx, w, key, control.DeleteObjectParams{}, worker))
	}
}

// tables are made, filled, read with filters by the names of their columns, and deleted.
func tables(t *testing.T, c *alania.Client, worker option.RequestOption, w control.WorkspaceID) {
	ctx := t.Context()
	var create control.TableCreate
	ok(t, json.Unmarshal([]byte(`{"name": "products", "columns": [{"name": "id", "type": "bigserial", "primaryKey": true},
		{"name": "name", "type": "text"}, {"name": "price", "type": "integer"}]}`), &create))
	must(c.Control.Tables.Create(ctx, w, create, worker))(t)
	if l := must(c.Control.Tables.List(ctx, w, control.ListTablesParams{}, worker))(t); len(l.Items) != 1 {
		t.Errorf("%+v", l)
	}
	var change control.TableUpdate
	ok(t, json.Unmarshal([]byte(`{"addColumns": [{"name": "stock", "type": "integer"}]}`), &change))
	must(c.Control.Tables.Update(ctx, w, "products", change, worker))(t)
	if got := must(c.Control.Tables.Get(ctx, w, "products", worker))(t); len(got.Columns) != 4 {
		t.Errorf("%+v", got)
	}

	rows := c.Control.Rows
	in := json.RawMessage(`[{"name": "Chair", "price": 49}, {"name": "Desk", "price": 199}]`)
	if made := must(rows.Insert(ctx, w, "products", in, control.InsertRowsParams{}, worker))(t); made.Inserted != 2 {
		t.Errorf("%+v", made)
	}
	dear := option.WithQuery("price", "gt.100")
	page := must(rows.List(ctx, w, "products", control.ListRowsParams{}, dear, worker))(t)
	if len(page.Data) != 1 || page.Data[0]["name"] != "Desk" {
		t.Errorf("%+v", page)
	}
	more := control.Row{"stock": 3}
	if n := must(rows.UpdateAll(ctx, w, "products", more, control.UpdateRowsParams{}, dear, worker))(t); n.Updated != 1 {
		t.Errorf("%+v", n)
	}
	must(rows.Update(ctx, w, "products", "1", control.Row{"stock": 4}, control.UpdateRowParams{}, worker))(t)
	if got := must(rows.Get(ctx, w, "products", "1", control.GetRowParams{}, worker))(t); got.Data["stock"] != 4.0 {
		t.Errorf("%+v", got)
	}
	must(rows.Delete(ctx, w, "products", "1", worker))(t)
	if n := must(rows.DeleteAll(ctx, w, "products", control.DeleteRowsParams{}, dear, worker))(t); n.Deleted != 1 {
		t.Errorf("%+v", n)
	}

	rest, whole := c.Control.Postgrest, option.WithHeader("Prefer", "return=representation")
	kind := option.WithHeader("Content-Type", "application/json")
	one, first := strings.NewReader, option.WithQuery("id", "eq.7")
	must(rest.Insert(ctx, w, "products", one(`[{"id": 7, "name": "Lamp"}]`), control.RestInsertParams{}, kind, whole,
		worker))(t)
	must(rest.Put(ctx, w, "products", one(`[{"id": 7, "name": "Lamp", "price": 9}]`), control.RestPutParams{}, first, kind,
		whole, worker))(t)
	must(rest.Update(ctx, w, "products", one(`{"price": 8}`), control.RestUpdateParams{}, first, kind, whole, worker))(t)
	if got := must(rest.Read(ctx, w, "products", control.RestReadParams{}, first, worker))(t); got[0]["price"] != 8.0 {
		t.Errorf("%+v", got)
	}
	must(rest.Delete(ctx, w, "products", control.RestDeleteParams{}, first, whole, worker))(t)
	ok(t, c.Control.Tables.Delete(ctx, w, "products", worker))
}

func documents(t *testing.T, c *alania.Client, worker option.RequestOption, w control.WorkspaceID) {
	ctx, d := t.Context(), c.Control.Documents
	for _, text := range []string{
		`{"_id": "a", "status": "paid", "total": 10}`,
		`[{"_id": "b", "status": "paid", "total": 20}, {"_id": "c", "status": "new"}]`,
	} {
		must(d.Insert(ctx, w, "orders", json.RawMessage(text), worker))(t)
	}
	paid := option.WithQuery("filter.status", "paid")
	if page := must(d.List(ctx, w, "orders", control.ListDocumentsParams{}, paid, worker))(t); len(page.Data) != 2 {
		t.Errorf("%+v", page)
	}
	must(d.Get(ctx, w, "orders", "a", control.GetDocumentParams{}, worker))(t)
	update := json.RawMessage(`{"$inc": {"total": 5}}`)
	must(d.Update(ctx, w, "orders", "a", update, control.UpdateDocumentParams{}, worker))(t)
	document := control.Document{}
	ok(t, json.Unmarshal([]byte(`{"status": "new"}`), &document))
	must(d.Replace(ctx, w, "orders", "b", document, control.ReplaceDocumentParams{}, worker))(t)
	var bulk control.DocumentBulk
	ok(t, json.Unmarshal([]byte(`{"operations": [{"insertOne": {"document": {"_id": "d", "status": "paid"}}}]}`), &bulk))
	must(d.Bulk(ctx, w, "orders", bulk, worker))(t)
	var pipeline control.DocumentPipeline
	ok(t, json.Unmarshal([]byte(`{"pipeline": [{"$group": {"_id": "$status", "n": {"$sum": 1}}}]}`), &pipeline))
	if got := must(d.Aggregate(ctx, w, "orders", pipeline, worker))(t); len(got.Data) != 2 {
		t.Errorf("%+v", got)
	}
	byStatus := control.DocumentIndexCreate{Keys: map[string]any{"status": 1}}
	index := must(d.CreateIndex(ctx, w, "orders", byStatus, worker))(t)
	must(d.ListIndexes(ctx, w, "orders", worker))(t)
	must(d.ExplainQuery(ctx, w, "orders", control.ExplainQueryParams{}, paid, worker))(t)
	must(d.ExplainPipeline(ctx, w, "orders", pipeline, worker))(t)
	ok(t, d.DeleteIndex(ctx, w, "orders", index.Name, worker))
	ok(t, d.Delete(ctx, w, "orders", "a", worker))
	if l := must(d.ListCollections(ctx, w, control.ListCollectionsParams{}, worker))(t); len(l.Items) != 1 {
		t.Errorf("%+v", l)
	}
	ok(t, d.DeleteCollection(ctx, w, "orders", worker))
}

func realm(t *testing.T, c *alania.Client, owner option.RequestOption, name string) {
	ctx := t.Context()
	if l := must(c.Control.Realms.List(ctx, control.ListRealmsParams{}, owner))(t); l.Items[0].RealmID != name {
		t.Errorf("%+v", l)
	}
	role := must(c.Control.RealmRoles.Create(ctx, name, control.RealmRoleCreate{RoleName: "bookkeeper"}, owner))(t)
	must(c.Control.RealmRoles.List(ctx, name, control.ListRealmRolesParams{}, owner))(t)
	ok(t, c.Control.RealmRoles.Delete(ctx, name, role.RoleName, owner))

	client := must(c.Control.RealmClients.Create(ctx, name, control.RealmClientCreate{ClientID: "storefront"}, owner))(t)
	must(c.Control.RealmClients.Get(ctx, name, client.ID, owner))(t)
	must(c.Control.RealmClients.RotateSecret(ctx, name, client.ID, owner))(t)
	if l := must(c.Control.RealmClients.List(ctx, name, control.ListRealmClientsParams{}, owner))(t); len(l.Items) != 2 {
		t.Errorf("%+v", l) // console is there from the start
	}
	ok(t, c.Control.RealmClients.Delete(ctx, name, client.ID, owner))

	user := must(c.Control.RealmUsers.Create(ctx, name, control.RealmUserCreate{Email: "grace@example.com"}, owner))(t)
	must(c.Control.RealmUsers.Get(ctx, name, user.ID, owner))(t)
	ok(t, c.Control.RealmUsers.SetPassword(ctx, name, user.ID, control.RealmPassword{Password: password}, owner))
	must(c.Control.RealmUsers.AssignRoles(ctx, name, user.ID, control.RealmUserRoles{
		Roles: []string{"tenant_operator"},
	}, owner))(t)
	must(c.Control.RealmUsers.Update(ctx, name, user.ID, control.RealmUserUpdate{
		DisplayName: alania.Ptr("Grace Hopper"),
	}, owner))(t)
	if l := must(c.Control.RealmUsers.List(ctx, name, control.ListRealmUsersParams{}, owner))(t); len(l.Items) != 2 {
		t.Errorf("%+v", l)
	}
	ok(t, c.Control.RealmUsers.Delete(ctx, name, user.ID, owner))
}

func events(t *testing.T, c *alania.Client, worker option.RequestOption, w control.WorkspaceID) {
	ctx, e := t.Context(), c.Control.Events
	topic := control.TopicCreate{Name: "user.actions", Partitions: alania.Ptr(int32(2))}
	must(e.CreateTopic(ctx, w, topic, worker))(t)
	for _, text := range []string{
		`{"topic": "user.actions", "key": "usr_123", "payload": {"amount": 198.95}}`,
		`[{"topic": "user.actions", "key": "usr_123", "payload": 2}, {"topic": "user.actions", "payload": 3}]`,
	} {
		must(e.Publish(ctx, w, control.EventPublish(text), worker))(t)
	}
	keep := control.TopicUpdate{RetentionSeconds: alania.Ptr(int64(3600))}
	if got := must(e.UpdateTopic(ctx, w, "user.actions", keep, worker))(t); got.Events != 3 {
		t.Errorf("%+v", got)
	}
	must(e.GetTopic(ctx, w, "user.actions", worker))(t)
	n := 0
	for _, err := range e.ListMessagesAutoPaging(ctx, w, "user.actions",
		control.ListMessagesParams{Limit: alania.Ptr(1)}, worker) {
		ok(t, err)
		n++
	}
	if n != 3 {
		t.Errorf("%d messages", n)
	}
	if l := must(e.ListTopics(ctx, w, control.ListTopicsParams{}, worker))(t); len(l.Items) != 1 {
		t.Errorf("%+v", l)
	}
	poll := control.GroupPoll{Member: "worker-1", Max: alania.Ptr(int32(10))}
	got := must(e.Poll(ctx, w, "user.actions", "mailer", poll, worker))(t)
	if len(got.Items) != 3 {
		t.Errorf("%+v", got)
	}
	done := control.GroupCommit{Member: "worker-1", Offsets: got.Offsets}
	ok(t, e.Commit(ctx, w, "user.actions", "mailer", done, worker))
	if g := must(e.GetGroup(ctx, w, "user.actions", "mailer", worker))(t); g.Lag != 0 {
		t.Errorf("%+v", g)
	}
	must(e.ListGroups(ctx, w, "user.actions", worker))(t)
	ok(t, e.DeleteGroup(ctx, w, "user.actions", "mailer", worker))
	ok(t, e.DeleteTopic(ctx, w, "user.actions", worker))
}

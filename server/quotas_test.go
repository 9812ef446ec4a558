package server_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/data/documents"
	"github.com/alania-go/alania/domain/data/events"
	"github.com/alania-go/alania/domain/data/objects"
	"github.com/alania-go/alania/domain/entitlement"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/integration"
	"github.com/alania-go/alania/domain/mcp"
	"github.com/alania-go/alania/domain/oauth"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/pixel"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/realm"
	"github.com/alania-go/alania/domain/webhook"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/server/servertest"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

// bound is a number of things that an organization or a workspace may have.
type bound struct {
	tier  plan.Tier
	limit int // on that tier
	has   int // that a new tenant has already
	make  func(c *chores, tn *servertest.Tenant, name string) error
}

// bounds has a line for each quota of the registry of features, and for each reason of the catalogue of errors that
// begins with too_many.
var bounds = map[string]bound{
	string(entitlement.Workspaces): {plan.Starter, 10, 1, func(c *chores, tn *servertest.Tenant, name string) error {
		_, err := c.Workspaces.Create(tn.As(), tn.Org.ID, workspace.Create{Name: name, Settings: workspace.Defaults()})
		return err
	}},
	string(entitlement.APIKeys): {plan.Starter, 20, 1, func(c *chores, tn *servertest.Tenant, name string) error {
		_, _, err := c.Keys.Create(tn.As(), tn.Org.ID, apikey.Create{Name: name})
		return err
	}},
	string(entitlement.Members): {plan.Free, 50, 1, func(c *chores, tn *servertest.Tenant, name string) error {
		in := org.Invite{Email: name + "@example.com", Name: name, Role: identity.Viewer}
		_, err := c.Orgs.Invite(tn.As(), tn.Org.ID, in)
		return err
	}},
	string(entitlement.RealmUsers): {plan.Free, 500, 0, func(c *chores, tn *servertest.Tenant, name string) error {
		_, err := c.Issuer.CreateUser(tn.As(), c.realmOf(tn), realm.NewUser{Username: name})
		return err
	}},
	"too_many_clients": {plan.Free, realm.MaxClients, 1, func(c *chores, tn *servertest.Tenant, name string) error {
		_, _, err := c.Realms.CreateClient(tn.As(), c.realmOf(tn), realm.Client{ClientID: name, Access: realm.Public})
		return err
	}},
	"too_many_roles": {plan.Free, realm.MaxRoles, 0, func(c *chores, tn *servertest.Tenant, name string) error {
		_, err := c.Realms.CreateRole(tn.As(), c.realmOf(tn), realm.Role{Name: name})
		return err
	}},
	string(entitlement.Webhooks): {plan.Starter, 10, 0, (*chores).endpoint},
	string(entitlement.Bindings): {plan.Free, 50, 0, func(c *chores, tn *servertest.Tenant, name string) error {
		_, _, err := c.Sync.Create(tn.As(), integration.Create{
			ConnectorID: "http_json", WorkspaceID: tn.Workspace.ID, Name: name,
			Config: []byte(`{"url":"` + c.Other + `/items","entity":"e","items_path":"/items"}`),
		})
		return err
	}},
	"too_many_endpoints": {plan.Enterprise, webhook.MaxEndpoints, 0, (*chores).endpoint},
	"too_many_domains": {plan.Free, pixel.MaxDomains, 0, func(c *chores, tn *servertest.Tenant, name string) error {
		_, err := c.Pixel.Put(tn.As(), tn.Workspace.ID, name+".example", pixel.Defaults())
		return err
	}},
	"too_many_uploads": {plan.Free, objects.MaxUploads, 0, func(c *chores, tn *servertest.Tenant, name string) error {
		_, err := c.Objects.CreateUpload(tn.As(), tn.Workspace.ID, name, "")
		return err
	}},
	"too_many_service_accounts": {plan.Free, oauth.MaxInWorkspace, 0,
		func(c *chores, tn *servertest.Tenant, name string) error {
			in := oauth.NewInWorkspace{Kind: oauth.ServiceAccount, Slug: name, Name: name, Scopes: []string{"*"}}
			_, _, err := c.Accounts.Create(tn.As(), tn.Workspace.ID, in)
			return err
		}},
	"too_many_applications": {plan.Free, oauth.MaxInWorkspace, 0,
		func(c *chores, tn *servertest.Tenant, name string) error {
			in := oauth.NewInWorkspace{Kind: oauth.Application, Slug: name, Name: name, Public: true}
			_, _, err := c.Accounts.Create(tn.As(), tn.Workspace.ID, in)
			return err
		}},
	"too_many_indexes": {plan.Free, documents.MaxIndexes, 0, func(c *chores, tn *servertest.Tenant, name string) error {
		in := documents.IndexCreate{Keys: `{"` + name + `":1}`}
		_, err := c.Documents.CreateIndex(tn.As(), tn.Workspace.ID, "c", in)
		return err
	}},
	"too_many_groups": {plan.Free, events.MaxGroups, 0, func(c *chores, tn *servertest.Tenant, name string) error {
		_, err := c.Events.Publish(tn.As(), tn.Workspace.ID, []byte(`{"topic":"t","payload":1}`))
		if err == nil {
			in := events.Poll{Group: name, Member: "m", Limit: 1}
			_, err = c.Events.Poll(tn.As(), tn.Workspace.ID, "t", in, 0)
		}
		return err
	}},
	"too_many_mcp_servers": {plan.Free, mcp.MaxServers, 0, func(c *chores, tn *servertest.Tenant, name string) error {
		in := mcp.Create{ID: name, Name: name, Transport: mcp.HTTP, URL: c.Other + "/mcp"}
		_, err := c.MCP.Create(tn.As(), tn.Workspace.ID, in)
		return err
	}},
}

func (c *chores) endpoint(tn *servertest.Tenant, _ string) error {
	in := webhook.Create{Contract: "platform", URL: c.Other + "/hook", Events: []string{"*"}}
	_, _, err := c.Webhooks.Create(tn.As(), in)
	return err
}

const atOnce, room = 12, 4

// Of twelve that are made at once where there is room for four, four are made.
func TestQuotasAreExact(t *testing.T) {
	names := map[string]bool{}
	for _, f := range entitlement.Rows() {
		names[string(f)] = true
	}
	for _, r := range fault.Reasons() {
		if strings.HasPrefix(r.Name, "too_many_") {
			names[r.Name] = true
		}
	}
	for name := range names {
		if _, ok := bounds[name]; !ok {
			t.Errorf("%s has no line in this test", name)
		}
	}
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		c := &chores{T: t, Instance: servertest.Start(t, e)}
		for name, b := range bounds {
			if !names[name] {
				t.Errorf("there is no bound %s", name)
			}
			t.Run(name, func(t *testing.T) {
				tn := c.Tenant(t, b.tier)
				one := func() error { return b.make(c, tn, "n"+strings.ToLower(id.New().ULID())) }
				for n := b.has; n < b.limit-room; n++ {
					if err := one(); err != nil {
						t.Fatalf("number %d: %v", n+1, err)
					}
				}
				c.exact(t, one, name)
			})
		}
	})
}

// exact does something that there is room for four times, twelve times at once.
func (c *chores) exact(t *testing.T, one func() error, reason string) {
	t.Helper()
	errs := make([]error, atOnce)
	var wg sync.WaitGroup
	begin := make(chan struct{})
	for i := range errs {
		wg.Go(func() { <-begin; errs[i] = one() })
	}
	close(begin)
	wg.Wait()
	made := 0
	for _, err := range append(errs, one()) {
		f := fault.Wrap(err)
		switch {
		case err == nil:
			made++
		case f.Code == fault.FeatureLimit && f.Details["feature"] == reason:
		case (f.Code == fault.Conflict || f.Code == fault.RuleBroken) && f.Reason == reason:
		default:
			t.Errorf("refused for another reason: %v", err)
		}
	}
	if made != room {
		t.Errorf("%d were made where there was room for %d", made, room)
	}
}

// What is used and what is stored is counted exactly: of twelve at once that there is room for four of, four are taken.
func TestAllowancesAndStocksAreExact(t *testing.T) {
	allowances := []entitlement.Feature{
		entitlement.Posts, entitlement.Storage, entitlement.MCPCalls, entitlement.PixelEvents, entitlement.SEOReports,
	}
	stocks := [][2]entitlement.Feature{
		{entitlement.MCPFiles, entitlement.MCPFileBytes}, {entitlement.Records, entitlement.RecordBytes},
		{entitlement.UsageRecords, entitlement.UsageRecordBytes}, {entitlement.SEOEntries, entitlement.SEOBytes},
		{entitlement.PixelEntries, entitlement.PixelBytes}, {entitlement.Objects, entitlement.ObjectBytes},
		{entitlement.Topics, ""}, {entitlement.Events, entitlement.EventBytes},
		{entitlement.Collections, ""}, {entitlement.Documents, entitlement.DocumentBytes},
		{entitlement.Tables, ""}, {entitlement.TableRows, entitlement.RowBytes},
	}
	seen := append(slices.Clone(allowances), entitlement.APICalls) // which is counted and not refused
	seen = append(seen, entitlement.Rows()...)
	for _, s := range stocks {
		seen = append(seen, s[:]...)
	}
	for _, f := range entitlement.Features() {
		if !slices.Contains(seen, f) && !entitlement.IsCapability(f) {
			t.Errorf("%s is not in this test", f)
		}
	}
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		c := &chores{T: t, Instance: servertest.Start(t, e)}
		plans := entitlement.NewService(c.Store, c.Store.Entitlements, c.Audit, "", c.Store.Now)
		test := func(f entitlement.Feature, take func(tn *servertest.Tenant, n int64) error) {
			t.Run(string(f), func(t *testing.T) {
				tn := c.Tenant(t, plan.Free)
				c.must(take(tn, c.entitled(tn, f)-room))
				c.exact(t, func() error { return take(tn, 1) }, string(f))
				if left := c.entitled(tn, f); left != 0 {
					t.Errorf("%d are left", left)
				}
			})
		}
		for _, f := range allowances {
			a := plans.Allowance(f)
			test(f, func(tn *servertest.Tenant, n int64) error { return a.Take(tn.As(), tn.Workspace.ID, int(n)) })
		}
		for _, f := range stocks {
			k := plans.Stock(f[0], f[1])
			test(f[0], func(tn *servertest.Tenant, n int64) error {
				return k.Change(tn.As(), tn.Workspace.ID, plan.Amount{Items: n})
			})
			if f[1] == "" {
				continue
			}
			test(f[1], func(tn *servertest.Tenant, n int64) error {
				return k.Change(tn.As(), tn.Workspace.ID, plan.Amount{Bytes: n})
			})
		}
	})
}

// entitled returns how much of a feature the tenant's workspace may still use.
func (c *chores) entitled(tn *servertest.Tenant, f entitlement.Feature) int64 {
	c.Helper()
	sum, err := c.Entitlements.Summary(tn.As(), tn.Workspace.ID)
	c.must(err)
	for _, e := range sum.Entitlements {
		if e.Feature == f && e.Available() != nil {
			return *e.Available()
		}
	}
	panic(fmt.Sprintf("%s has no limit", f))
}

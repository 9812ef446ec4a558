package storetest

import (
	"slices"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/store"
)

// Every table with an org_id loses the rows of an org that is purged, those of its workspaces as well as others, and
// keeps those of other orgs. A new table fails here until its area names it.
func TestPurgedOrgLeavesNothing(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		clock := newHands()
		url := database(t, e)
		v := meter(connect(t, url, clock.now), clock.now).services
		db := raw(t, url)
		admin := superAdmin(t, newOrg(t, v.Store, plan.Enterprise))
		doomed, other := tenantOf(t, v, admin, plan.Pro), tenantOf(t, v, admin, plan.Pro)
		insert, all := unchecked(t, e, db), tables(t, e, db)
		has := func(columns []tableColumn, name string) (required, ok bool) {
			i := slices.IndexFunc(columns, func(c tableColumn) bool { return c.name == name })
			return i >= 0 && columns[i].required, i >= 0
		}
		var found []string
		for table, columns := range all {
			if _, ok := has(columns, "org_id"); !ok {
				continue
			}
			if found = append(found, table); table == "workspaces" {
				continue // each has one
			}
			for _, o := range []org.Org{doomed, other} {
				w, err := v.workspaces.Default(as(t, o.ID))
				must(t, err)
				row := map[string]any{"org_id": o.ID.UUID()}
				inWorkspace, bindable := has(columns, "workspace_id")
				if !inWorkspace {
					insert(table, columns, row)
				}
				if bindable {
					row["workspace_id"] = w.ID.UUID()
					insert(table, columns, row)
				}
			}
		}
		for _, table := range []string{"members", "workspaces", "api_keys", "audit_entries", "jobs", "records"} {
			if !slices.Contains(found, table) {
				t.Errorf("%s is not among %v", table, found)
			}
		}
		d := id.New()
		insert("webhook_deliveries", all["webhook_deliveries"], map[string]any{"id": d.UUID(),
			"org_id": doomed.ID.UUID()})
		insert("webhook_attempts", all["webhook_attempts"], map[string]any{"delivery_id": d.UUID()})
		alone, elsewhere := newMember(t, v.Store, doomed.ID, identity.Admin, org.Active), id.New()
		insert("users", all["users"], map[string]any{"id": elsewhere.UUID()})
		for _, o := range []org.Org{doomed, other} {
			insert("members", all["members"], map[string]any{"org_id": o.ID.UUID(), "user_id": elsewhere.UUID()})
		}
		change(t, db, "DELETE FROM audit_sinks")

		_, err := v.PurgeOrg(t.Context(), doomed.ID, 1)
		wants(t, err, fault.Conflict) // it lives
		must(t, v.tenants.Delete(admin, doomed.ID))
		rows := func(table string, o org.Org) int {
			return read[int](t, db, "SELECT count(*) FROM "+table+" WHERE org_id = $1", o.ID.UUID())
		}
		clock.forward(org.PurgeAfter - time.Second)
		must(t, v.tenants.Purge(t.Context()))
		if rows("members", doomed) == 0 {
			t.Error("it is purged too early")
		}

		// What the operator's sink has not had yet stays, and keeps nobody else's rows.
		clock.forward(2 * time.Second)
		insert("audit_sinks", all["audit_sinks"], map[string]any{"cursor_tx": -1, "cursor_seq": -1})
		must(t, v.tenants.Purge(t.Context()))
		if rows("audit_entries", doomed) == 0 || rows("members", doomed) != 0 {
			t.Errorf("%d entries wait for the sink, %d members", rows("audit_entries", doomed), rows("members", doomed))
		}
		if _, err := v.tenants.Get(admin, doomed.ID); err != nil {
			t.Errorf("it is there until all is deleted: %v", err)
		}
		change(t, db, "DELETE FROM audit_sinks")
		must(t, v.tenants.Purge(t.Context()))
		for _, table := range found {
			if n := rows(table, doomed); n != 0 {
				t.Errorf("%s has %d rows of the purged organization", table, n)
			}
			if table != "audit_sinks" && rows(table, other) == 0 {
				t.Errorf("%s lost the rows of the other organization", table)
			}
		}
		if n := read[int](t, db, "SELECT count(*) FROM webhook_attempts"); n != 0 {
			t.Errorf("%d attempts", n)
		}
		if n := read[int](t, db, "SELECT count(*) FROM users WHERE id IN ($1, $2)", alone.UserID.UUID(),
			elsewhere.UUID()); n != 1 {
			t.Errorf("%d people, want the one who is in another organization", n)
		}

		_, err = v.tenants.Get(admin, doomed.ID)
		wants(t, err, fault.NotFound)
		if list, err := v.tenants.List(admin, byTime); err != nil || len(list.Items) != 2 {
			t.Errorf("%d tenants, %v", len(list.Items), err)
		}
		_, err = v.tenants.Create(admin, org.NewTenant{Slug: doomed.Slug, Name: "X", Tier: plan.Free,
			OwnerEmail: "a@example.com"})
		wants(t, err, fault.Conflict, "tenant_slug_taken")
		if name := read[string](t, db, "SELECT name FROM orgs WHERE id = $1", doomed.ID.UUID()); name != "" {
			t.Errorf("its name is kept: %q", name)
		}
		must(t, v.tenants.Purge(t.Context()))
	})
}

package storetest

import (
	"log/slog"
	"net/url"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/data/objects"
	"github.com/alania-go/alania/domain/data/objects/objectstest"
	"github.com/alania-go/alania/domain/entitlement"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/pixel"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/workspace"
	engine "github.com/alania-go/alania/engine/objects"
	"github.com/alania-go/alania/engine/objects/s3test"
	"github.com/alania-go/alania/store"
)

// storages are where the bytes of objects may be.
var storages = map[string]func(t *testing.T) string{
	"folder": func(t *testing.T) string { return "file://" + t.TempDir() + "/objects" },
	"s3": func(t *testing.T) string {
		return "s3://bucket/prefix?path_style=true&endpoint=" + url.QueryEscape(s3test.New(t).URL)
	},
}

// The conformance suite of objects, on both databases and both storages.
func TestObjects(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", s3test.AccessKeyID)
	t.Setenv("AWS_SECRET_ACCESS_KEY", s3test.SecretAccessKey)
	for _, e := range Engines {
		for name, storage := range storages {
			t.Run(string(e)+" and "+name, func(t *testing.T) {
				objectstest.Run(t, func(t *testing.T) *objectstest.Setup { return storing(t, e, storage(t)) })
			})
		}
	}
}

// storing makes the service of objects over a database and a storage of its own.
func storing(t *testing.T, e store.Engine, files string) *objectstest.Setup {
	t.Helper()
	clock := newHands()
	bucket, err := engine.Open(t.Context(), files)
	must(t, err)
	t.Cleanup(func() { _ = bucket.Close() })
	m := meterWith(connect(t, database(t, e), clock.now), clock.now, pixel.Options{})
	orgID := newOrg(t, m.Store, plan.Agency)
	stock := m.entitlements.Stock(entitlement.Objects, entitlement.ObjectBytes)
	s := &objectstest.Setup{
		Ctx: as(t, orgID), Stranger: as(t, newOrg(t, m.Store, plan.Agency)),
		Workspace: newWorkspaceOn(t, m.Store, orgID, plan.Agency, noon, workspace.Storage),
		Other:     newWorkspaceOn(t, m.Store, orgID, plan.Agency, noon, workspace.Storage),
		Files:     &objectstest.Files{Store: bucket}, Forward: clock.forward,
	}
	s.Service = objects.NewService(objects.Options{
		Tx: m.Store, Repository: m.objectStore, Files: s.Files, Workspaces: m.workspaces, Orgs: m.orgStore, Stock: stock,
		Audit: m.audit, Owner: id.New(), LinkKey: []byte("key"), Log: slog.New(slog.DiscardHandler), Now: clock.now,
	})
	boosted := plan.Amount{}
	stored := func() plan.Amount {
		return plan.Amount{
			Items: m.find(t, s.Ctx, s.Workspace, entitlement.Objects).Used,
			Bytes: m.find(t, s.Ctx, s.Workspace, entitlement.ObjectBytes).Used,
		}
	}
	s.Used = func() plan.Amount { return stored().Minus(boosted) }
	// The plan of an agency is large: what it is to have left is made by counting as much as is too much.
	s.Leave = func(left plan.Amount) {
		must(t, stock.Add(t.Context(), map[id.ID]plan.Amount{s.Workspace: plan.Amount{}.Minus(boosted)}))
		boosted = plan.Amount{}
		if left.Items < 0 {
			return
		}
		room, err := stock.Left(t.Context(), []id.ID{s.Workspace})
		must(t, err)
		boosted = room[s.Workspace].Minus(left)
		must(t, stock.Add(t.Context(), map[id.ID]plan.Amount{s.Workspace: boosted}))
	}
	s.Suspend = func(suspended bool) {
		operator := identity.With(t.Context(), identity.Operator(orgID))
		_, err := m.orgs.Resume(operator, orgID)
		if suspended {
			_, err = m.orgs.Suspend(operator, orgID, "")
		}
		must(t, err)
	}
	s.Delete = func(workspaceID id.ID) {
		must(t, m.workspaces.Delete(s.Ctx, workspaceID))
		for n := 1; n > 0; {
			var err error
			n, err = m.PurgeWorkspace(t.Context(), workspaceID, 1000)
			must(t, err)
		}
		must(t, s.Service.PurgeWorkspace(t.Context(), workspaceID))
	}
	return s
}

// What a killed process was writing is deleted as soon as the process is known to be dead.
func TestWritesOfDeadProcesses(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := connect(t, database(t, e), newHands().now)
		w := newWorkspace(t, s, newOrg(t, s, plan.Free), noon)
		dead, alive := id.New(), id.New()
		for _, owner := range []id.ID{dead, alive} {
			must(t, s.InsertBlob(t.Context(), objects.Blob{
				ID: id.New(), WorkspaceID: w, Owner: owner, ExpiresAt: noon.Add(time.Hour),
				Reserved: plan.Amount{Items: 1, Bytes: 5},
			}))
		}
		left := func() []objects.Leftover {
			found, err := s.Leftovers(t.Context(), noon, noon.Add(time.Minute), 10)
			must(t, err)
			return found
		}
		if n := len(left()); n != 0 {
			t.Errorf("%d are left over", n)
		}
		must(t, s.Gone(t.Context(), []id.ID{dead}, noon))
		if found := left(); len(found) != 1 || !found[0].Unfinished || found[0].Reserved.Bytes != 5 {
			t.Errorf("%+v", found)
		}
	})
}

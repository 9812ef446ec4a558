package assembly

import (
	"github.com/alania-go/alania/domain/data/objects"
	"github.com/alania-go/alania/domain/entitlement"
)

// objects makes the objects of workspaces.
func (p parts) objects(s *Services) *objects.Service {
	return objects.NewService(objects.Options{
		Tx: p.store, Repository: p.store.Objects, Files: p.options.Files, Workspaces: s.Workspaces, Orgs: p.store.Orgs,
		Stock: s.Entitlements.Stock(entitlement.Objects, entitlement.ObjectBytes), Audit: s.Audit, Owner: s.Queue.Owner(),
		LinkKey: p.box.Derive("links to objects"), Log: p.log, Now: p.now,
	})
}

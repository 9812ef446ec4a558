package assembly

import (
	"github.com/alania-go/alania/domain/data/events"
	"github.com/alania-go/alania/domain/entitlement"
)

// events makes the events of workspaces.
func (p parts) events(s *Services) *events.Service {
	return events.NewService(events.Options{
		Engine: p.store.Events, Workspaces: s.Workspaces, Topics: s.Entitlements.Stock(entitlement.Topics, ""),
		Stock: s.Entitlements.Stock(entitlement.Events, entitlement.EventBytes), Audit: s.Audit, Now: p.now,
	})
}

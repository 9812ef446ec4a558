package assembly

import (
	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/entitlement"
)

// entitlements makes what knows the plans, and counts the calls of the API.
func (p parts) entitlements(audit *audit.Service) (*entitlement.Service, *entitlement.Calls) {
	upgrade := p.cfg.UpgradeURL
	if upgrade == "" {
		upgrade = p.cfg.PublicURL + "/upgrade"
	}
	s := entitlement.NewService(p.store, p.store.Entitlements, audit, upgrade, p.now)
	return s, s.NewCalls()
}

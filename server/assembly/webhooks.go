package assembly

import (
	"github.com/alania-go/alania/domain/entitlement"
	"github.com/alania-go/alania/domain/webhook"
	"github.com/alania-go/alania/engine/guard"
)

// webhooks makes the endpoints, and what publishes events to them.
func (p parts) webhooks(s *Services) *webhook.Service {
	return webhook.NewService(p.store, p.store.Webhooks, p.store.Projects, s.Audit, p.box, webhook.Options{
		Policy:    webhook.Policy{AllowHTTP: p.cfg.WebhookAllowHTTP, Address: guard.New(p.cfg.WebhookAllowNets).Address},
		Renderers: p.options.Renderers,
		Quota:     s.Entitlements.Quota(entitlement.Webhooks),
		Queue:     s.Queue,
	}, p.now)
}

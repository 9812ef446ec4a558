package assembly

import (
	"context"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/entitlement"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/oauth"
	"github.com/alania-go/alania/domain/org"
)

// access makes what knows who may call: keys, clients, and the members of organizations.
func (p parts) access(s *Services) {
	s.Cache, s.Uses = identity.NewCache(p.options.Announce), identity.NewUses(p.store.Touch)
	s.Keys = apikey.NewService(p.store, p.store.Keys, p.store.Projects, s.Audit, s.Webhooks, s.Cache,
		s.Entitlements.Quota(entitlement.APIKeys), p.now)
	s.OAuth = oauth.NewService(p.store, p.store.OAuth, s.Audit, s.Cache, s.Uses, p.box, p.cfg.PublicURL, p.now)
	s.Orgs = org.NewService(p.store, p.store.Orgs, s.Audit, s.Webhooks, s.Cache, s.Entitlements.Quota(entitlement.Members),
		p.now, s.Keys.HandleMemberRemoval, s.OAuth.HandleMemberRemoval,
		func(ctx context.Context, orgID, userID id.ID) error {
			return s.Realms.HandleMemberRemoval(ctx, orgID, userID)
		})
}

package assembly

import (
	"github.com/alania-go/alania/domain/data/documents"
	"github.com/alania-go/alania/domain/data/documents/embedded"
	"github.com/alania-go/alania/domain/entitlement"
)

// documents makes the documents of workspaces.
func (p parts) documents(s *Services) *documents.Service {
	engine := p.options.Documents
	if engine == nil {
		engine = embedded.New(p.store, p.store.Documents, string(p.store.Engine), p.now)
	}
	return documents.NewService(documents.Options{
		Engine: engine, Workspaces: s.Workspaces, Collections: s.Entitlements.Stock(entitlement.Collections, ""),
		Stock: s.Entitlements.Stock(entitlement.Documents, entitlement.DocumentBytes), Audit: s.Audit, Now: p.now,
	})
}

package assembly

import (
	"math/rand/v2"

	"github.com/alania-go/alania/domain/entitlement"
	"github.com/alania-go/alania/domain/pixel"
	"github.com/alania-go/alania/domain/seo"
	"github.com/alania-go/alania/engine/guard"
	"github.com/alania-go/alania/engine/proof"
)

// sites makes what knows the sites of workspaces: pixel tracking and reports on their pages.
func (p parts) sites(s *Services) {
	s.SEO = seo.NewService(p.store, p.store.SEO, s.Workspaces, s.Entitlements.Allowance(entitlement.SEOReports),
		s.Entitlements.Stock(entitlement.SEOEntries, entitlement.SEOBytes), p.now)
	options := pixel.Options{Prover: p.options.Prover, RequireProof: p.cfg.PixelRequireProof, Random: rand.Float64}
	if options.Prover == nil {
		options.Prover = proof.New(guard.New(p.cfg.ConnectorAllowNets))
	}
	s.Pixel = pixel.NewService(p.store, p.store.Pixel, s.Workspaces, s.Audit,
		s.Entitlements.Allowance(entitlement.PixelEvents),
		s.Entitlements.Stock(entitlement.PixelEntries, entitlement.PixelBytes), options, p.now)
}

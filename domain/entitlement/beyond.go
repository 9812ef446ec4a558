package entitlement

import (
	"context"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
)

// Beyond returns what an org holds that a tier does not allow: rows, what is stored, and allowances that never begin
// again. What is used in a period is left out: less is allowed from then on, and nothing has to be removed for it. It
// is called while the org is locked, so that no row is added meanwhile.
func (s *Service) Beyond(ctx context.Context, orgID id.ID, tier plan.Tier) ([]plan.Excess, error) {
	held, err := s.repo.Held(ctx, orgID, noPeriod, s.now())
	if err != nil {
		return nil, err
	}
	var out []plan.Excess
	for _, d := range registry {
		if d.class == capability || d.monthly || d.window > 0 {
			continue
		}
		if limit := d.limit(tier, 0); limit != Unlimited && held[d.feature] > limit {
			out = append(out, plan.Excess{Feature: string(d.feature), Used: held[d.feature], Limit: limit})
		}
	}
	return out, nil
}

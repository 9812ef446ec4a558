package entitlement

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
)

// enforce notes that something is given a feature to enforce. It panics on one of another class: that is a mistake
// in the program.
func (s *Service) enforce(f Feature, c class) definition {
	d, ok := define(f)
	if !ok || d.class != c {
		panic("entitlement: " + string(f) + " is no " + string(c))
	}
	s.enforcing.Lock()
	defer s.enforcing.Unlock()
	s.enforced[f] = true
	return d
}

// CheckPromises returns an error when the plans promise something that nothing enforces and that is not deprecated
// with its sunset, or when something is enforced whose promise ends. gated are the capabilities that operations need.
func (s *Service) CheckPromises(gated []Feature) error {
	s.enforcing.Lock()
	defer s.enforcing.Unlock()
	var errs []error
	for _, d := range registry {
		enforced := s.enforced[d.feature] || d.reported || slices.Contains(gated, d.feature)
		switch {
		case !enforced && d.sunset == "":
			errs = append(errs, fmt.Errorf("the plans promise %s, and nothing enforces it", d.feature))
		case enforced && d.sunset != "":
			errs = append(errs, fmt.Errorf("%s is enforced, and its promise ends", d.feature))
		}
	}
	return errors.Join(errs...)
}

// Require refuses with FeatureLimit when the plan does not include a capability: that of a workspace of an org, or,
// with the zero id, that of the org. It trusts that the caller may act there.
func (s *Service) Require(ctx context.Context, orgID, workspaceID id.ID, f Feature) error {
	d, ok := define(f)
	if !ok || d.class != capability {
		panic("entitlement: " + string(f) + " is no capability")
	}
	tier, err := s.tierOf(ctx, d, orgID, workspaceID)
	if err != nil {
		return err
	}
	if !d.enabled(tier) {
		return s.refusal(d, notIncluded(d.label))
	}
	return nil
}

// tierOf returns the plan that a capability goes by.
func (s *Service) tierOf(ctx context.Context, d definition, orgID, workspaceID id.ID) (plan.Tier, error) {
	if workspaceID.IsZero() {
		a, err := s.repo.OrgAccount(ctx, orgID, d.feature, s.now())
		return a.OrgTier, err
	}
	accounts, err := s.repo.Accounts(ctx, []id.ID{workspaceID}, d.feature, s.now())
	switch {
	case err != nil:
		return "", err
	case len(accounts) == 0 || accounts[0].OrgID != orgID:
		return "", fault.NewNotFound("workspace")
	}
	return accounts[0].tier(d), nil
}

func notIncluded(label string) string { return label + " is not included in the plan." }

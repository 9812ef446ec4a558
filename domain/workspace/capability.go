package workspace

import (
	"context"
	"slices"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
)

// Capability is something that a workspace offers, such as a database.
type Capability string

// The capabilities.
const (
	Postgres      Capability = "postgres"
	Mongo         Capability = "mongo"
	Kafka         Capability = "kafka"
	Storage       Capability = "storage"
	Functions     Capability = "functions"
	IdentityUsers Capability = "identity"
	Observability Capability = "observability"
	AuditTrail    Capability = "audit"
)

// capabilities are all of them, with the smallest plan that includes each.
var capabilities = []struct {
	name Capability
	from plan.Tier
}{
	{Postgres, plan.Free},
	{Mongo, plan.Free},
	{Kafka, plan.Free},
	{Storage, plan.Free},
	{Functions, plan.Free},
	{IdentityUsers, plan.Pro},
	{Observability, plan.Free},
	{AuditTrail, plan.Free},
}

// Included reports whether a plan includes the capability.
func (c Capability) Included(tier plan.Tier) bool {
	return slices.Contains(DefaultCapabilities(tier), c)
}

// DefaultCapabilities are those that a plan includes, which a workspace has for which none are chosen: one that is made
// through a contract without capabilities, and the first one of an org.
func DefaultCapabilities(tier plan.Tier) []Capability {
	var out []Capability
	for _, c := range capabilities {
		if c.from.Within(tier) {
			out = append(out, c.name)
		}
	}
	return out
}

// Support is what a capability needs in a workspace. It is made by the area that offers the capability.
type Support struct {
	// Provision prepares a workspace, outside of transactions; nil: there is nothing to prepare. It is repeated until it
	// succeeds, also after it has.
	Provision func(ctx context.Context, w Workspace) error
	// Holds reports whether a workspace has data of the capability; nil: it never has. It is asked in the
	// transaction that takes the capability away.
	Holds func(ctx context.Context, workspaceID id.ID) (bool, error)
}

// Supports are those of the capabilities that need any.
type Supports map[Capability]Support

// State is how a workspace stands for those who ask about its capabilities.
func (w Workspace) State() Status {
	if w.Status == Active && len(w.Pending) > 0 {
		return Provisioning
	}
	return w.Status
}

// ListByState lists the workspaces of the caller's org, by the status that State returns.
func (s *Service) ListByState(ctx context.Context, q page.Query) (page.Page[Workspace], error) {
	p := identity.From(ctx)
	return s.repo.ListByState(ctx, p.OrgID, p.WorkspaceID, q)
}

// given says which capabilities a new workspace has.
func (s *Service) given(wanted []Capability, tier plan.Tier) ([]Capability, error) {
	if wanted == nil {
		return DefaultCapabilities(tier), nil
	}
	return inOrder(wanted), s.included(wanted, tier)
}

// included refuses capabilities that the plan does not include.
func (s *Service) included(list []Capability, tier plan.Tier) error {
	for _, c := range list {
		if !c.Included(tier) {
			return s.Refused(c, PlanRestriction, tier)
		}
	}
	return nil
}

// inOrder returns each capability of a list once, in the order of the catalogue.
func inOrder(list []Capability) []Capability {
	out := []Capability{}
	for _, c := range capabilities {
		if slices.Contains(list, c.name) {
			out = append(out, c.name)
		}
	}
	return out
}

// toProvision returns those of the capabilities that have something to prepare.
func (s *Service) toProvision(list []Capability) []Capability {
	out := []Capability{}
	for _, c := range list {
		if s.others.Supports[c].Provision != nil {
			out = append(out, c)
		}
	}
	return out
}

// setCapabilities changes the capabilities of a workspace in the transaction of ctx. One that holds data stays.
func (s *Service) setCapabilities(ctx context.Context, w *Workspace, wanted []Capability) error {
	wanted = inOrder(wanted)
	added, removed := without(wanted, w.Capabilities), without(w.Capabilities, wanted)
	orgTier, err := s.repo.OrgTier(ctx, w.OrgID)
	if err != nil {
		return err
	}
	if err := s.included(added, w.Tier.AtMost(orgTier)); err != nil {
		return err
	}
	if len(removed) > 0 { // what is being made in the workspace is committed before it is asked for
		if err := s.repo.LockWorkspace(ctx, w.ID); err != nil {
			return err
		}
	}
	for _, c := range removed {
		if err := s.mayTakeAway(ctx, w.ID, c); err != nil {
			return err
		}
	}
	w.Capabilities = wanted
	w.Pending = append(without(w.Pending, removed), s.toProvision(added)...)
	return s.enqueueProvision(ctx, *w)
}

func (s *Service) mayTakeAway(ctx context.Context, workspaceID id.ID, c Capability) error {
	holds := s.others.Supports[c].Holds
	if holds == nil {
		return nil
	}
	yes, err := holds(ctx, workspaceID)
	if err != nil || !yes {
		return err
	}
	return &fault.Error{
		Code: fault.RuleBroken, Reason: "capability_in_use",
		Message: "The workspace has data of the capability " + string(c) + ". Delete the data first.",
		Details: map[string]any{"capability": string(c)},
	}
}

// without returns what is in a list and not in another.
func without(list, other []Capability) []Capability {
	out := []Capability{}
	for _, c := range list {
		if !slices.Contains(other, c) {
			out = append(out, c)
		}
	}
	return out
}

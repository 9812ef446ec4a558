package workspace

import (
	"context"
	"slices"
	"sync"

	"github.com/hashicorp/golang-lru/v2/expirable"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/plan"
)

// Why a capability cannot be used in a workspace.
const (
	PlanRestriction = "plan_restriction"       // the plan does not include it
	NotEnabled      = "capability_not_enabled" // the workspace does not have it
	NotProvisioned  = "provisioning"           // it is being prepared
	NotActive       = "workspace_suspended"    // nothing of the workspace can be used
)

// Access is what decides whether a capability of a workspace can be used.
type Access struct {
	OrgID        id.ID
	State        Status
	Tier         plan.Tier // the smaller one of the workspace's and the org's
	Capabilities []Capability
	Pending      []Capability // those that are being prepared
}

// Refusal returns why a capability cannot be used; empty: it can.
func (a Access) Refusal(c Capability) string {
	switch {
	case !c.Included(a.Tier):
		return PlanRestriction
	case a.State == Suspended:
		return NotActive
	case !slices.Contains(a.Capabilities, c):
		return NotEnabled
	case slices.Contains(a.Pending, c):
		return NotProvisioned
	}
	return ""
}

// Refused returns the error of a capability that cannot be used, for one of the reasons above: FeatureLimit, with
// where to get a larger plan.
func (s *Service) Refused(c Capability, reason string, tier plan.Tier) error {
	why := map[string]string{
		PlanRestriction: "is not included in the plan.",
		NotEnabled:      "is not enabled in the workspace.",
		NotProvisioned:  "is being prepared in the workspace. Try again in a moment.",
		NotActive:       "cannot be used, because the workspace is suspended.",
	}
	return &fault.Error{
		Code: fault.FeatureLimit, Reason: "capability_unavailable",
		Message: "The capability " + string(c) + " " + why[reason],
		Details: map[string]any{
			"capability": string(c), "reason": reason, "plan": string(tier), "upgrade_url": s.upgradeURL,
		},
	}
}

// PlanOf returns the plan of an org.
func (s *Service) PlanOf(ctx context.Context, orgID id.ID) (plan.Tier, error) {
	return s.repo.OrgTier(ctx, orgID)
}

// Access returns what the caller may use in a workspace. A change is seen at once in the process that makes it, and
// within identity.CacheTTL in others.
func (s *Service) Access(ctx context.Context, workspaceID id.ID) (Access, error) {
	a, err := s.access.get(workspaceID, func() (Access, error) { return s.repo.Access(ctx, workspaceID) })
	if err != nil {
		return Access{}, err
	}
	if p := identity.From(ctx); p.InOrg(a.OrgID) != nil || !p.InWorkspace(workspaceID) {
		return Access{}, fault.NewNotFound("workspace")
	}
	return a, nil
}

const accessCacheSize = 16_384

// accessCache remembers the access of workspaces, for the hot path.
type accessCache struct {
	mu  sync.Mutex
	lru *expirable.LRU[id.ID, Access]
	// generation tells a load that was under way during a drop that what it read may be from before it.
	generation uint64
}

func newAccessCache() *accessCache {
	return &accessCache{lru: expirable.NewLRU[id.ID, Access](accessCacheSize, nil, identity.CacheTTL)}
}

func (c *accessCache) get(workspaceID id.ID, load func() (Access, error)) (Access, error) {
	if a, ok := c.lru.Get(workspaceID); ok {
		return a, nil
	}
	c.mu.Lock()
	generation := c.generation
	c.mu.Unlock()
	a, err := load()
	if err != nil {
		return a, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.generation == generation {
		c.lru.Add(workspaceID, a)
	}
	return a, nil
}

func (c *accessCache) drop(workspaceID id.ID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	c.lru.Remove(workspaceID)
}

func (c *accessCache) dropOrg(orgID id.ID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	for _, k := range c.lru.Keys() {
		if a, ok := c.lru.Peek(k); ok && a.OrgID == orgID {
			c.lru.Remove(k)
		}
	}
}

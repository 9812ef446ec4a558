package entitlement

import (
	"context"
	"sync"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
)

// Quota limits the rows of an org, such as its API keys. It is what the services that make
// such rows are given.
type Quota struct {
	service    *Service
	definition definition
}

// Quota returns the quota of a feature that is counted from rows. It is called before the service is used, as are
// Allowance and Stock.
func (s *Service) Quota(f Feature) Quota { return Quota{s, s.enforce(f, quota)} }

// Take refuses with FeatureLimit when the org has as many as its plan allows. It is called
// in the transaction of the insert, before it: the org stays locked until that ends, so that
// two at once are not both the last.
func (q Quota) Take(ctx context.Context, orgID id.ID) error {
	_, err := q.TakeInTier(ctx, orgID)
	return err
}

// TakeInTier is Take, and returns the tier of the org, which it reads anyway.
func (q Quota) TakeInTier(ctx context.Context, orgID id.ID) (plan.Tier, error) {
	s, d := q.service, q.definition
	now := s.now()
	a, err := s.repo.OrgAccount(ctx, orgID, d.feature, now)
	if err != nil {
		return "", err
	}
	limit := d.limit(a.OrgTier, a.Boost)
	if limit == Unlimited {
		return a.OrgTier, nil
	}
	if err := s.repo.LockOrg(ctx, orgID); err != nil {
		return "", err
	}
	// The plan may have become smaller while this transaction waited for the lock.
	if a, err = s.repo.OrgAccount(ctx, orgID, d.feature, now); err != nil {
		return "", err
	}
	limit = d.limit(a.OrgTier, a.Boost)
	n, err := s.repo.CountLive(ctx, orgID, d.feature, now)
	if err != nil {
		return "", err
	}
	if n >= ceiling(limit) {
		return "", s.reached(d)
	}
	if t := crossed(n, n+1, limit); t > 0 {
		err = s.recordThreshold(ctx, orgID, audit.Org, orgID, d, t, n+1, limit)
	}
	return a.OrgTier, err
}

// Allowance is what a workspace may use of a feature whose usage is recorded. It is what
// the services that use it are given.
type Allowance struct {
	service    *Service
	definition definition
}

// Allowance returns the allowance of a feature whose usage is recorded.
func (s *Service) Allowance(f Feature) Allowance { return Allowance{s, s.enforce(f, allowance)} }

// Take records n of the feature, in the transaction of ctx when there is one, or refuses
// with FeatureLimit. It trusts that the caller may act in the workspace.
func (a Allowance) Take(ctx context.Context, workspaceID id.ID, n int) error {
	d := a.definition
	out, err := a.service.take(ctx, d, allOrNothing, []Charge{{workspaceID, int64(n)}})
	switch {
	case err != nil:
		return err
	case len(out) == 0:
		return fault.NewNotFound("workspace")
	case out[0].granted < int64(n):
		return a.service.reached(d)
	}
	return nil
}

// Admit records as much of each workspace's number as fits below its limit and returns how
// much that is. A workspace that does not exist is not among the answers.
func (a Allowance) Admit(ctx context.Context, wanted map[id.ID]int) (map[id.ID]int, error) {
	out, err := a.service.take(ctx, a.definition, upToLimit, charges(wanted))
	if err != nil {
		return nil, err
	}
	admitted := make(map[id.ID]int, len(out))
	for _, o := range out {
		admitted[o.WorkspaceID] = int(o.granted)
	}
	return admitted, nil
}

func charges(n map[id.ID]int) []Charge {
	out := make([]Charge, 0, len(n))
	for workspaceID, quantity := range n {
		out = append(out, Charge{workspaceID, int64(quantity)})
	}
	return out
}

// Calls counts the calls of the API, to be written in batches: a request does not wait for
// a write. What was counted since the last Flush is lost when the process is killed. The
// calls are counted and not refused at the limit: what protects the platform is the rate
// limit, and a caller that is shut out could not even read why. The limit has a sunset.
type Calls struct {
	service *Service
	mu      sync.Mutex
	noted   map[call]int
}

type call struct{ org, workspace id.ID }

// NewCalls makes a counter of calls.
func (s *Service) NewCalls() *Calls { return &Calls{service: s, noted: map[call]int{}} }

// Note counts a call of an org that acts in a workspace; the zero id: in its default one,
// the oldest.
func (c *Calls) Note(orgID, workspaceID id.ID) {
	c.mu.Lock()
	c.noted[call{orgID, workspaceID}]++
	c.mu.Unlock()
}

// Flush writes what was counted since the last time; on an error it is kept for the next.
// Calls of an org without a workspace, or in one that is gone, are nobody's.
func (c *Calls) Flush(ctx context.Context) error {
	c.mu.Lock()
	noted := c.noted
	c.noted = make(map[call]int, len(noted))
	c.mu.Unlock()
	if len(noted) == 0 {
		return nil
	}
	err := c.write(ctx, noted)
	if err != nil {
		c.mu.Lock()
		for k, n := range noted {
			c.noted[k] += n
		}
		c.mu.Unlock()
	}
	return err
}

func (c *Calls) write(ctx context.Context, noted map[call]int) error {
	var orgs []id.ID
	for k := range noted {
		if k.workspace.IsZero() {
			orgs = append(orgs, k.org)
		}
	}
	var defaults map[id.ID]id.ID
	if len(orgs) > 0 {
		var err error
		if defaults, err = c.service.repo.DefaultWorkspaces(ctx, orgs); err != nil {
			return err
		}
	}
	in := map[id.ID]int{}
	for k, n := range noted {
		if k.workspace.IsZero() {
			k.workspace = defaults[k.org]
		}
		if !k.workspace.IsZero() {
			in[k.workspace] += n
		}
	}
	if len(in) == 0 {
		return nil
	}
	d, _ := define(APICalls)
	_, err := c.service.take(ctx, d, pastLimit, charges(in))
	return err
}

package org

import (
	"context"
	"strings"
	"time"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/event"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
)

// TenantRepository keeps orgs as those who administer all of them need it.
type TenantRepository interface {
	// ListTenants lists all orgs that are not purged, or of them the one that only names.
	ListTenants(ctx context.Context, only id.ID, q page.Query) (page.Page[Org], error)
	// UpdateOrg writes the name, the tier and the time of a change.
	UpdateOrg(ctx context.Context, o Org) error
	// DeactivateOrg returns false when the org was deactivated before.
	DeactivateOrg(ctx context.Context, orgID id.ID, at time.Time) (bool, error)

	PurgeRepository
}

// Hook does what belongs to a change of an org elsewhere, in its transaction.
type Hook func(ctx context.Context, o Org) error

// ChangeHook does what belongs to a change of an org elsewhere, in its transaction. It runs after the change.
type ChangeHook func(ctx context.Context, before, after Org) error

// Listeners are the hooks of other areas, which run in their order. The list is made before the service, because
// some of these areas are made later; it is complete before the service is used.
type Listeners struct {
	Created []Hook       // they run after the insert of an org and of its first owner
	Changed []ChangeHook // they run after a change of the plan or of the status
	Deleted []Hook       // they run before the deactivation of an org
}

// Invitation is the one-time proof with which an invited person accepts a membership.
type Invitation struct {
	Token     string // shown once
	ExpiresAt time.Time
}

// Inviter makes invitations. It is called in the transaction that makes the membership.
type Inviter interface {
	Invite(ctx context.Context, m Member) (Invitation, error)
}

// Plans tells what an org uses beyond a plan. It is called while the org is locked.
type Plans interface {
	Beyond(ctx context.Context, orgID id.ID, tier plan.Tier) ([]plan.Excess, error)
}

// Tenants makes, changes and deletes orgs. Those who administer the platform see all of them, everybody else their
// own.
type Tenants struct {
	orgs     *Service
	repo     TenantRepository
	plans    Plans
	others   *Listeners
	contents Contents
	inviter  Inviter // nil: nobody can accept an invitation
}

// NewTenants makes the service. Without an inviter owners are invited, and nothing proves who they are.
func NewTenants(
	orgs *Service, repo TenantRepository, plans Plans, others *Listeners, contents Contents, inviter Inviter,
) *Tenants {
	return &Tenants{orgs: orgs, repo: repo, plans: plans, others: others, contents: contents, inviter: inviter}
}

// NewTenant is what a tenant is made of.
type NewTenant struct {
	Slug       string
	Name       string
	Tier       plan.Tier
	OwnerEmail string
}

// CreatedTenant is a tenant with the invitation of its owner, which cannot be read again.
type CreatedTenant struct {
	Org        Org
	Invitation *Invitation // nil: there is no inviter
}

// Create makes an org, with the person of the address as its owner, who is invited, and with what other areas add,
// such as its first workspace. A slug that is in use, or was, is a Conflict.
func (s *Tenants) Create(ctx context.Context, in NewTenant) (CreatedTenant, error) {
	if !identity.From(ctx).AcrossOrgs() {
		return CreatedTenant{}, fault.New(fault.AccessDenied, "Only the roles of the platform can create a tenant.")
	}
	name, err := tenantName(in.Name)
	if err != nil {
		return CreatedTenant{}, err
	}
	now := s.orgs.now()
	out := CreatedTenant{Org: Org{
		ID: id.New(), Name: name, Slug: in.Slug, Tier: in.Tier, Status: identity.OrgActive, CreatedAt: now,
		UpdatedAt: now,
	}}
	err = s.orgs.tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.orgs.repo.InsertOrg(ctx, out.Org); err != nil {
			if fault.IsCode(err, fault.Conflict) {
				return SlugTaken(err)
			}
			return err
		}
		owner, err := s.orgs.insertInvited(ctx, out.Org.ID, Invite{Email: in.OwnerEmail, Role: identity.Owner})
		if err != nil {
			return err
		}
		if s.inviter != nil {
			invitation, err := s.inviter.Invite(ctx, owner)
			if err != nil {
				return err
			}
			out.Invitation = &invitation
		}
		if err := call(ctx, s.others.Created, out.Org); err != nil {
			return err
		}
		return s.tell(ctx, event.OrgCreated, out.Org, nil, tenantFields(out.Org))
	})
	return out, err
}

// SlugTaken is the refusal of a slug that is in use or reserved. A hook that reserves slugs returns it, too.
func SlugTaken(cause error) error {
	return &fault.Error{
		Code: fault.Conflict, Reason: "tenant_slug_taken", Cause: cause,
		Message: "Another tenant has this slug, or had it: the slugs of deleted tenants stay reserved.",
	}
}

// Get returns an org that the caller may see.
func (s *Tenants) Get(ctx context.Context, orgID id.ID) (Org, error) {
	if err := visible(ctx, orgID); err != nil {
		return Org{}, err
	}
	return s.orgs.repo.Org(ctx, orgID)
}

func visible(ctx context.Context, orgID id.ID) error {
	p := identity.From(ctx)
	if p.AcrossOrgs() {
		return nil
	}
	return p.InOrg(orgID)
}

// List lists the orgs that the caller may see.
func (s *Tenants) List(ctx context.Context, q page.Query) (page.Page[Org], error) {
	p := identity.From(ctx)
	if p.AcrossOrgs() {
		return s.repo.ListTenants(ctx, id.ID{}, q)
	}
	return s.repo.ListTenants(ctx, p.OrgID, q)
}

// TenantUpdate changes what is not nil.
type TenantUpdate struct {
	Name   *string
	Tier   *plan.Tier
	Status *identity.OrgStatus // active or suspended
}

// Update changes an org that the caller may see. Plan and status are for those who administer the platform. What is
// in use and does not fit a smaller plan is RuleBroken with the list of it, and so is a change of the status other
// than from active to suspended and back.
func (s *Tenants) Update(ctx context.Context, orgID id.ID, in TenantUpdate) (Org, error) {
	if err := visible(ctx, orgID); err != nil {
		return Org{}, err
	}
	p := identity.From(ctx)
	if (in.Tier != nil || in.Status != nil) && !p.AcrossOrgs() {
		return Org{}, fault.New(fault.AccessDenied,
			"Only the roles of the platform can change the plan or the status of a tenant.")
	}
	var o Org
	err := s.orgs.tx.InTx(ctx, func(ctx context.Context) error {
		var err error
		if o, err = s.locked(ctx, orgID); err != nil {
			return err
		}
		if o.Status == identity.OrgDeactivated {
			return &fault.Error{
				Code: fault.RuleBroken, Reason: "tenant_deactivated",
				Message: "The tenant is deleted, and cannot be changed or restored.",
			}
		}
		if err := s.change(ctx, &o, in); err != nil {
			return err
		}
		if in.Status == nil || *in.Status == o.Status {
			return nil
		}
		return s.changeStatus(ctx, &o, *in.Status)
	})
	return o, err
}

// locked reads an org while no other transaction changes it.
func (s *Tenants) locked(ctx context.Context, orgID id.ID) (Org, error) {
	if err := s.orgs.repo.LockOrg(ctx, orgID); err != nil {
		return Org{}, err
	}
	return s.orgs.repo.Org(ctx, orgID)
}

// change changes the name and the plan.
func (s *Tenants) change(ctx context.Context, o *Org, in TenantUpdate) error {
	before := *o
	if in.Name != nil {
		name, err := tenantName(*in.Name)
		if err != nil {
			return err
		}
		o.Name = name
	}
	if in.Tier != nil && *in.Tier != o.Tier {
		if !o.Tier.Within(*in.Tier) {
			if err := s.fits(ctx, o.ID, *in.Tier); err != nil {
				return err
			}
		}
		o.Tier = *in.Tier
	}
	if *o == before {
		return nil
	}
	o.UpdatedAt = s.orgs.now()
	if err := s.repo.UpdateOrg(ctx, *o); err != nil {
		return err
	}
	if o.Tier != before.Tier { // credentials have the limits of the plan with them
		s.orgs.tx.AfterCommit(ctx, func() { s.orgs.cache.DropOrg(o.ID) })
		if err := s.changed(ctx, before, *o); err != nil {
			return err
		}
	}
	return s.tell(ctx, event.OrgUpdated, *o, tenantFields(before), tenantFields(*o))
}

// fits refuses a plan that does not allow what the org uses.
func (s *Tenants) fits(ctx context.Context, orgID id.ID, tier plan.Tier) error {
	beyond, err := s.plans.Beyond(ctx, orgID, tier)
	if err != nil || len(beyond) == 0 {
		return err
	}
	blocked := make([]map[string]any, len(beyond))
	for i, e := range beyond {
		blocked[i] = map[string]any{"feature": e.Feature, "used": e.Used, "limit": e.Limit}
	}
	return &fault.Error{
		Code: fault.RuleBroken, Reason: "plan_in_use",
		Message: "The tenant uses more than the plan " + string(tier) + " allows. Reduce what the details name first.",
		Details: map[string]any{"plan": string(tier), "blockedBy": blocked},
	}
}

// changeStatus suspends or resumes.
func (s *Tenants) changeStatus(ctx context.Context, o *Org, status identity.OrgStatus) error {
	switch {
	case status != identity.OrgActive && status != identity.OrgSuspended:
		return &fault.Error{
			Code: fault.RuleBroken, Reason: "status_not_allowed",
			Message: "The status can be changed to suspended, and back to active. Delete the tenant to deactivate it.",
		}
	case identity.From(ctx).OrgID == o.ID:
		return ownTenant()
	}
	if _, err := s.orgs.switchStatus(ctx, o.ID, status, ""); err != nil {
		return err
	}
	before := *o
	var err error
	if *o, err = s.orgs.repo.Org(ctx, o.ID); err != nil {
		return err
	}
	return s.changed(ctx, before, *o)
}

func (s *Tenants) changed(ctx context.Context, before, after Org) error {
	for _, hook := range s.others.Changed {
		if err := hook(ctx, before, after); err != nil {
			return err
		}
	}
	return nil
}

// Delete deactivates an org: its credentials are refused and its workspaces are deleted at once, and Purge deletes
// its rows later. Its slug stays reserved. Deleting it once more changes nothing.
func (s *Tenants) Delete(ctx context.Context, orgID id.ID) error {
	if err := visible(ctx, orgID); err != nil {
		return err
	}
	switch p := identity.From(ctx); {
	case !p.AcrossOrgs():
		return fault.New(fault.AccessDenied, "Only the roles of the platform can delete a tenant.")
	case p.Kind != identity.System && p.OrgID == orgID:
		return ownTenant()
	}
	return s.orgs.tx.InTx(ctx, func(ctx context.Context) error {
		o, err := s.locked(ctx, orgID)
		if err != nil || o.Status == identity.OrgDeactivated {
			return err
		}
		if err := call(ctx, s.others.Deleted, o); err != nil {
			return err
		}
		before := tenantFields(o)
		o.Status, o.UpdatedAt = identity.OrgDeactivated, s.orgs.now()
		if _, err := s.repo.DeactivateOrg(ctx, orgID, o.UpdatedAt); err != nil {
			return err
		}
		s.orgs.tx.AfterCommit(ctx, func() { s.orgs.cache.DropOrg(orgID) })
		return s.tell(ctx, event.OrgDeleted, o, before, tenantFields(o))
	})
}

// tell records and publishes what happened to an org; both have the same name.
func (s *Tenants) tell(ctx context.Context, what event.Type, o Org, before, after audit.Fields) error {
	if err := s.orgs.audit.Record(ctx, o.ID, string(what), audit.Org, o.ID, before, after); err != nil {
		return err
	}
	return s.orgs.publish(ctx, what, o)
}

func call(ctx context.Context, hooks []Hook, o Org) error {
	for _, hook := range hooks {
		if err := hook(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

func tenantName(name string) (string, error) {
	if name = strings.TrimSpace(name); name == "" {
		return "", fault.Invalid(fault.Body("/displayName", "min_length",
			"must have a character that is not white space"))
	}
	return name, nil
}

func tenantFields(o Org) audit.Fields {
	return audit.Fields{"name": o.Name, "slug": o.Slug, "tier": string(o.Tier), "status": string(o.Status)}
}

func ownTenant() error {
	return &fault.Error{
		Code: fault.RuleBroken, Reason: "own_tenant",
		Message: "The credentials belong to this tenant. Use those of another one to suspend, resume or delete it.",
	}
}

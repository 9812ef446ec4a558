// Package org holds organizations, the tenants of the platform, and their members.
package org

import (
	"context"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/event"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/scope"
	"github.com/alania-go/alania/domain/storable"
	"github.com/alania-go/alania/domain/txn"
)

// Org is a tenant.
type Org struct {
	ID        id.ID
	Name      string
	Slug      string
	Tier      plan.Tier
	CreatedAt time.Time
	UpdatedAt time.Time

	VerifiedAt *time.Time // since when it is a verified partner; nil: it is none

	Status          identity.OrgStatus // a new org is active
	SuspendedAt     *time.Time         // nil: it is active
	SuspendedReason string             // what the operator wrote down about it
	DeactivatedAt   *time.Time         // nil: it is not deleted
}

// Status is where a membership stands.
type Status string

// The states of a membership.
const (
	Invited Status = "invited"
	Active  Status = "active"
)

// Member is a person's membership in an org. The address and the name are what the org
// knows: other orgs that the person is a member of do not see them.
type Member struct {
	ID           id.ID
	OrgID        id.ID
	UserID       id.ID
	Email        string
	Name         string
	Role         identity.Role
	Status       Status
	LastActiveAt *time.Time
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// User is a person.
type User struct {
	ID           id.ID
	Email        string // empty for an invited person, whose address is not proved
	Name         string
	PasswordHash string // argon2id in PHC form; empty for an invited person
	SuperAdmin   bool   // may act on other orgs, where an operation says so
	CreatedAt    time.Time
}

// Repository keeps orgs, people and memberships.
type Repository interface {
	// InsertOrg returns a Conflict for a slug in use; the transaction can go on.
	InsertOrg(ctx context.Context, o Org) error
	Org(ctx context.Context, orgID id.ID) (Org, error)
	OrgBySlug(ctx context.Context, slug string) (Org, error)
	CountOrgs(ctx context.Context) (int, error)
	// SetVerified returns false when nothing changes; nil takes the verification away.
	SetVerified(ctx context.Context, orgID id.ID, at *time.Time) (bool, error)
	// SetStatus returns false when the org has the status already, or is deactivated. Of one that is active, the
	// time and the reason of a suspension are deleted.
	SetStatus(ctx context.Context, orgID id.ID, status identity.OrgStatus, at time.Time, reason string) (bool, error)
	// OrgsIn returns all orgs that have a status (empty: any), by their slugs.
	OrgsIn(ctx context.Context, status identity.OrgStatus) ([]Org, error)
	ListOrgs(ctx context.Context, only []id.ID, q page.Query) (page.Page[Org], error)

	// LockOrg makes other transactions that lock the org wait for this one.
	LockOrg(ctx context.Context, orgID id.ID) error
	// InsertUser returns a Conflict for an address in use; the transaction can go on.
	InsertUser(ctx context.Context, u User) error
	// SetSuperAdmin returns false when it was so before.
	SetSuperAdmin(ctx context.Context, userID id.ID, on bool) (bool, error)
	// InsertMember returns a Conflict for an address that another member of the org has.
	InsertMember(ctx context.Context, m Member) error
	MemberByEmail(ctx context.Context, orgID id.ID, email string) (Member, error)
	Member(ctx context.Context, orgID, memberID id.ID) (Member, error)
	// MemberOf returns the membership of a person in an org.
	MemberOf(ctx context.Context, orgID, userID id.ID) (Member, error)
	// SetMember writes name, role and status.
	SetMember(ctx context.Context, m Member) error
	// InsertPerson keeps a person without an address, unless there is one with the id.
	InsertPerson(ctx context.Context, u User) error
	ListMembers(ctx context.Context, orgID id.ID, q page.Query) (page.Page[Member], error)
	SetMemberRole(ctx context.Context, memberID id.ID, role identity.Role, at time.Time) error
	DeleteMember(ctx context.Context, memberID id.ID) error
	CountOwners(ctx context.Context, orgID id.ID) (int, error)
	TouchMembers(ctx context.Context, memberIDs []id.ID, at time.Time) error
	// FirstOwner returns the longest standing owner of an org.
	FirstOwner(ctx context.Context, orgID id.ID) (Actor, error)
	// Actors returns those of an org that have one of the ids.
	Actors(ctx context.Context, orgID id.ID, ids []id.ID) ([]Actor, error)
}

// Actor is a person, a client or a key in a few words.
type Actor struct {
	Kind  identity.Kind
	ID    id.ID
	Seq   int64 // its number among its kind
	Name  string
	Email string // of a person
}

// Service holds the rules of orgs and members.
type Service struct {
	tx     txn.Runner
	repo   Repository
	audit  *audit.Service
	events event.Publisher
	cache  *identity.Cache
	now    clock.Clock
	leave  []Leave
	quota  Quota // nil: no limit
}

// Quota refuses with FeatureLimit, in the transaction of an insert and before it, when the
// plan of an org allows no member more.
type Quota interface {
	Take(ctx context.Context, orgID id.ID) error
}

// Leave ends what a person has in an org, in the transaction that ends the membership.
type Leave func(ctx context.Context, orgID, userID id.ID) error

// NewService makes the service. Without a quota there is no limit. When a membership ends, leave ends
// what the person made to act for them, such as keys.
func NewService(
	tx txn.Runner, repo Repository, audit *audit.Service, events event.Publisher, cache *identity.Cache,
	quota Quota, now clock.Clock, leave ...Leave,
) *Service {
	return &Service{tx: tx, repo: repo, audit: audit, events: events, cache: cache, quota: quota, now: now, leave: leave}
}

// List returns the orgs the caller can act in.
func (s *Service) List(ctx context.Context, q page.Query) (page.Page[Org], error) {
	return s.repo.ListOrgs(ctx, []id.ID{identity.From(ctx).OrgID}, q)
}

// Org returns the caller's org.
func (s *Service) Org(ctx context.Context, orgID id.ID) (Org, error) {
	if err := identity.From(ctx).InOrg(orgID); err != nil {
		return Org{}, err
	}
	return s.repo.Org(ctx, orgID)
}

// Owner returns the longest standing owner of the caller's org.
func (s *Service) Owner(ctx context.Context) (Actor, error) {
	return s.repo.FirstOwner(ctx, identity.From(ctx).OrgID)
}

// Actors returns those of the caller's org that have one of the ids.
func (s *Service) Actors(ctx context.Context, ids []id.ID) (map[id.ID]Actor, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	all, err := s.repo.Actors(ctx, identity.From(ctx).OrgID, ids)
	out := make(map[id.ID]Actor, len(all))
	for _, a := range all {
		out[a.ID] = a
	}
	return out, err
}

// Members lists the members of the caller's org.
func (s *Service) Members(ctx context.Context, orgID id.ID, q page.Query) (page.Page[Member], error) {
	if err := identity.From(ctx).InOrg(orgID); err != nil {
		return page.Page[Member]{}, err
	}
	return s.repo.ListMembers(ctx, orgID, q)
}

// Member returns one member of the caller's org.
func (s *Service) Member(ctx context.Context, orgID, memberID id.ID) (Member, error) {
	if err := identity.From(ctx).InOrg(orgID); err != nil {
		return Member{}, err
	}
	return s.repo.Member(ctx, orgID, memberID)
}

// Invite makes a person a member, in the state invited. The e-mail address names the
// person, whatever its case.
type Invite struct {
	Email string
	Name  string
	Role  identity.Role
}

// Invite adds a member; a second one with the same address is a Conflict. Nobody has
// proved to be the person yet: to other orgs that know the address, this is somebody else.
func (s *Service) Invite(ctx context.Context, orgID id.ID, in Invite) (Member, error) {
	if err := identity.From(ctx).InOrg(orgID); err != nil {
		return Member{}, err
	}
	if err := s.mayGrant(ctx, in.Role); err != nil {
		return Member{}, err
	}
	var m Member
	err := s.tx.InTx(ctx, func(ctx context.Context) (err error) {
		m, err = s.insertInvited(ctx, orgID, in)
		return err
	})
	return m, err
}

// insertInvited inserts a person and the membership, in the state invited, in the transaction of ctx.
func (s *Service) insertInvited(ctx context.Context, orgID id.ID, in Invite) (Member, error) {
	now := s.now()
	u := User{ID: id.New(), Name: in.Name, CreatedAt: now}
	if err := s.repo.InsertUser(ctx, u); err != nil {
		return Member{}, err
	}
	if s.quota != nil {
		if err := s.quota.Take(ctx, orgID); err != nil {
			return Member{}, err
		}
	}
	m := Member{
		ID: id.New(), OrgID: orgID, UserID: u.ID, Email: NormalEmail(in.Email), Name: in.Name,
		Role: in.Role, Status: Invited, CreatedAt: now, UpdatedAt: now,
	}
	err := s.repo.InsertMember(ctx, m)
	if fault.IsCode(err, fault.Conflict) {
		return m, alreadyMember(err)
	}
	if err != nil {
		return m, err
	}
	return m, s.recordAndPublish(ctx, event.MemberInvited, m, nil, memberFields(m))
}

// ChangeRole changes the role of a member. The last owner keeps theirs.
func (s *Service) ChangeRole(ctx context.Context, orgID, memberID id.ID, role identity.Role) (Member, error) {
	if err := identity.From(ctx).InOrg(orgID); err != nil {
		return Member{}, err
	}
	var m Member
	err := s.tx.InTx(ctx, func(ctx context.Context) error {
		var err error
		if m, err = s.lockedMember(ctx, orgID, memberID); err != nil {
			return err
		}
		if err := s.mayGrant(ctx, role); err != nil {
			return err
		}
		if m.Role == role {
			return nil
		}
		if err := s.mayLose(ctx, m,
			"The last owner cannot be given another role. Make somebody else an owner first."); err != nil {
			return err
		}
		before := memberFields(m)
		m.Role, m.UpdatedAt = role, s.now()
		if err := s.repo.SetMemberRole(ctx, m.ID, role, m.UpdatedAt); err != nil {
			return err
		}
		return s.recordAndPublish(ctx, event.MemberRoleChanged, m, before, memberFields(m))
	})
	return m, err
}

// Remove ends a membership, and with it the keys and clients that act for the person: at
// once here, within identity.CacheTTL on other replicas. The last owner stays.
func (s *Service) Remove(ctx context.Context, orgID, memberID id.ID) error {
	if err := identity.From(ctx).InOrg(orgID); err != nil {
		return err
	}
	return s.tx.InTx(ctx, func(ctx context.Context) error {
		m, err := s.lockedMember(ctx, orgID, memberID)
		if err != nil {
			return err
		}
		if err := s.mayLose(ctx, m, "The last owner cannot be removed. Make somebody else an owner first."); err != nil {
			return err
		}
		for _, leave := range s.leave {
			if err := leave(ctx, orgID, m.UserID); err != nil {
				return err
			}
		}
		if err := s.repo.DeleteMember(ctx, m.ID); err != nil {
			return err
		}
		s.tx.AfterCommit(ctx, func() { s.cache.DropMember(m.ID) })
		return s.recordAndPublish(ctx, event.MemberRemoved, m, memberFields(m), nil)
	})
}

// SetSuperAdmin makes a member of an org a super admin, or takes that away. Only the
// operator of the platform can; the entry is in the trail of that org. It returns false when
// it was so before. Cached credentials know within identity.CacheTTL.
func (s *Service) SetSuperAdmin(ctx context.Context, orgID id.ID, email string, on bool) (changed bool, err error) {
	if p := identity.From(ctx); p == nil || p.Kind != identity.System {
		return false, fault.New(fault.AccessDenied, "Only the operator of the platform can make a super admin.")
	}
	err = s.tx.InTx(ctx, func(ctx context.Context) error {
		m, err := s.repo.MemberByEmail(ctx, orgID, NormalEmail(email))
		if err != nil {
			return err
		}
		if changed, err = s.repo.SetSuperAdmin(ctx, m.UserID, on); err != nil || !changed {
			return err
		}
		action := "user.super_admin_granted"
		if !on {
			action = "user.super_admin_revoked"
		}
		fields := func(on bool) audit.Fields { return audit.Fields{"email": m.Email, "super_admin": on} }
		return s.audit.Record(ctx, orgID, action, audit.User, m.UserID, fields(!on), fields(on))
	})
	return changed, err
}

// SetVerified makes an org a verified partner, or takes that away. Only the operator of the
// platform can; the entry is in the trail of the org. It returns false when it was so before.
func (s *Service) SetVerified(ctx context.Context, orgID id.ID, on bool) (changed bool, err error) {
	if p := identity.From(ctx); p == nil || p.Kind != identity.System {
		return false, fault.New(fault.AccessDenied, "Only the operator of the platform can verify an organization.")
	}
	err = s.tx.InTx(ctx, func(ctx context.Context) error {
		var at *time.Time
		action := "org.unverified"
		if on {
			now := s.now()
			at, action = &now, "org.verified"
		}
		if changed, err = s.repo.SetVerified(ctx, orgID, at); err != nil || !changed {
			return err
		}
		return s.audit.Record(ctx, orgID, action, audit.Org, orgID, audit.Fields{"verified": !on},
			audit.Fields{"verified": on})
	})
	return changed, err
}

// MaxSuspendedReason is how many characters the reason of a suspension may have.
const MaxSuspendedReason = 500

// Suspend has all credentials of an org refused until Resume: at once here, within
// identity.CacheTTL on other replicas. Its schedules, sync runs, checks and deliveries wait as well; what is
// under way ends by itself. Nothing is deleted. The reason is for the operator and for the audit trail
// of the org. It returns false when the org was suspended before.
func (s *Service) Suspend(ctx context.Context, orgID id.ID, reason string) (changed bool, err error) {
	reason = strings.TrimSpace(reason)
	if utf8.RuneCountInString(reason) > MaxSuspendedReason || !storable.Text(reason) {
		return false, fault.Invalid(fault.Body("/reason", "max_length",
			"must be valid UTF-8 of "+strconv.Itoa(MaxSuspendedReason)+" characters at most, without the character U+0000"))
	}
	return s.setStatus(ctx, orgID, identity.OrgSuspended, reason)
}

// Resume ends the suspension of an org. Its credentials work again at once, everywhere, as refusals
// are not cached, and what waited goes on. It returns false when the org was not suspended.
func (s *Service) Resume(ctx context.Context, orgID id.ID) (changed bool, err error) {
	return s.setStatus(ctx, orgID, identity.OrgActive, "")
}

func (s *Service) setStatus(
	ctx context.Context, orgID id.ID, status identity.OrgStatus, reason string,
) (changed bool, err error) {
	// Nobody locks themselves out.
	if p := identity.From(ctx); !p.AcrossOrgs() || p.Kind != identity.System && p.OrgID == orgID {
		return false, fault.New(fault.AccessDenied,
			"Only the operator of the platform, or a super admin of another organization, can suspend or resume one.")
	}
	err = s.tx.InTx(ctx, func(ctx context.Context) (err error) {
		if err = s.repo.LockOrg(ctx, orgID); err != nil {
			return err
		}
		changed, err = s.switchStatus(ctx, orgID, status, reason)
		return err
	})
	return changed, err
}

// switchStatus suspends or resumes an org that is locked, in the transaction of ctx.
func (s *Service) switchStatus(
	ctx context.Context, orgID id.ID, status identity.OrgStatus, reason string,
) (changed bool, err error) {
	now := s.now()
	if changed, err = s.repo.SetStatus(ctx, orgID, status, now, reason); err != nil || !changed {
		return changed, err
	}
	what, before := event.OrgResumed, identity.OrgSuspended
	after := audit.Fields{"status": string(status)}
	if status == identity.OrgSuspended {
		what, before = event.OrgSuspended, identity.OrgActive
		if reason != "" {
			after["reason"] = reason
		}
		s.tx.AfterCommit(ctx, func() { s.cache.DropOrg(orgID) })
	}
	o, err := s.repo.Org(ctx, orgID)
	if err != nil {
		return changed, err
	}
	err = s.audit.Record(ctx, orgID, string(what), audit.Org, orgID, audit.Fields{"status": string(before)}, after)
	if err != nil {
		return changed, err
	}
	return changed, s.publish(ctx, what, o)
}

// publish tells an org what happened to it, and the org of who did it when that is another one: a new org has nobody
// yet who listens, and a deleted one nobody any more.
func (s *Service) publish(ctx context.Context, what event.Type, o Org) error {
	if err := s.events.Publish(ctx, event.New(what, o.ID, id.ID{}, s.now(), o)); err != nil {
		return err
	}
	actor := identity.From(ctx).OrgID
	if actor == o.ID || actor.IsZero() {
		return nil
	}
	return s.events.Publish(ctx, event.New(what, actor, id.ID{}, s.now(), o))
}

// All returns all orgs that have a status (empty: any), by their slugs. Only the operator of the platform
// and super admins see them.
func (s *Service) All(ctx context.Context, status identity.OrgStatus) ([]Org, error) {
	if p := identity.From(ctx); !p.AcrossOrgs() {
		return nil, fault.New(fault.AccessDenied, "Only the operator of the platform and super admins see all organizations.")
	}
	return s.repo.OrgsIn(ctx, status)
}

// recordAndPublish records and publishes what happened to a member; both have the same name.
func (s *Service) recordAndPublish(ctx context.Context, what event.Type, m Member, before, after audit.Fields) error {
	if err := s.audit.Record(ctx, m.OrgID, string(what), audit.Member, m.ID, before, after); err != nil {
		return err
	}
	return s.events.Publish(ctx, event.New(what, m.OrgID, id.ID{}, s.now(), m))
}

// lockedMember reads a member while no other transaction changes the org's owners:
// otherwise two owners who remove each other at once would both succeed.
func (s *Service) lockedMember(ctx context.Context, orgID, memberID id.ID) (Member, error) {
	if err := s.repo.LockOrg(ctx, orgID); err != nil {
		return Member{}, err
	}
	return s.repo.Member(ctx, orgID, memberID)
}

// mayGrant refuses to set a role through credentials that have less: members:write
// alone must not be a way to take an org over, nor credentials that end or are bound to an
// address. A member is one of the whole org, which credentials of one workspace are not.
func (s *Service) mayGrant(ctx context.Context, role identity.Role) error {
	maker := identity.From(ctx).Grant()
	want := maker
	want.WorkspaceID, want.ProjectID = id.ID{}, id.ID{}
	if role == identity.Owner {
		want = identity.Grant{Scopes: scope.Fields("*"), Tier: maker.Tier}
	}
	switch excess := maker.Beyond(want); {
	case excess.None():
		return nil
	case len(excess.Scopes) > 0:
		return fault.New(fault.AccessDenied, "Only credentials with the scope * can make somebody an owner.")
	case excess.Workspace || excess.Project:
		return fault.New(fault.AccessDenied, "The credentials are bound to one workspace.")
	}
	return fault.New(fault.AccessDenied, "Credentials that end, or are bound to addresses, cannot make somebody an owner.")
}

func (s *Service) mayLose(ctx context.Context, m Member, message string) error {
	if m.Role != identity.Owner {
		return nil
	}
	if !identity.From(ctx).Scopes.Allows("*") {
		return fault.New(fault.AccessDenied, "Only credentials with the scope * can change or remove an owner.")
	}
	n, err := s.repo.CountOwners(ctx, m.OrgID)
	if err != nil {
		return err
	}
	if n <= 1 && m.Status == Active {
		return &fault.Error{Code: fault.Conflict, Reason: "last_owner", Message: message}
	}
	return nil
}

// NormalEmail is the form in which addresses are kept and compared.
func NormalEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

func memberFields(m Member) audit.Fields {
	return audit.Fields{"email": m.Email, "role": string(m.Role), "status": string(m.Status)}
}

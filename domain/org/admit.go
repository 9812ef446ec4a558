package org

import (
	"context"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/event"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
)

// Person is somebody whom a directory knows, and who acts in an org.
type Person struct {
	ID    id.ID // that of the directory
	Email string
	Name  string
	Role  identity.Role
	// Status is Invited for a person who has not chosen a password yet.
	Status Status
}

// Admit makes a person of a directory a member of the caller's org, or sets the role and the status of the member. The
// last owner keeps theirs.
func (s *Service) Admit(ctx context.Context, orgID id.ID, p Person) error {
	if err := identity.From(ctx).InOrg(orgID); err != nil {
		return err
	}
	return s.tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.repo.LockOrg(ctx, orgID); err != nil {
			return err
		}
		m, err := s.repo.MemberOf(ctx, orgID, p.ID)
		if fault.IsCode(err, fault.NotFound) {
			return s.admit(ctx, orgID, p)
		}
		if err != nil || m.Role == p.Role && m.Status == p.Status {
			return err
		}
		return s.readmit(ctx, m, p)
	})
}

// MemberOf returns the membership of a person in the caller's org.
func (s *Service) MemberOf(ctx context.Context, orgID, userID id.ID) (Member, error) {
	if err := identity.From(ctx).InOrg(orgID); err != nil {
		return Member{}, err
	}
	return s.repo.MemberOf(ctx, orgID, userID)
}

func (s *Service) admit(ctx context.Context, orgID id.ID, p Person) error {
	if err := s.mayGrant(ctx, p.Role); err != nil {
		return err
	}
	now := s.now()
	if err := s.repo.InsertPerson(ctx, User{ID: p.ID, Name: p.Name, CreatedAt: now}); err != nil {
		return err
	}
	if s.quota != nil {
		if err := s.quota.Take(ctx, orgID); err != nil {
			return err
		}
	}
	m := Member{
		ID: id.New(), OrgID: orgID, UserID: p.ID, Email: NormalEmail(p.Email), Name: p.Name, Role: p.Role,
		Status: p.Status, CreatedAt: now, UpdatedAt: now,
	}
	err := s.repo.InsertMember(ctx, m)
	if fault.IsCode(err, fault.Conflict) {
		return alreadyMember(err)
	}
	if err != nil {
		return err
	}
	return s.recordAndPublish(ctx, event.MemberInvited, m, nil, memberFields(m))
}

func (s *Service) readmit(ctx context.Context, m Member, p Person) error {
	before := memberFields(m)
	if m.Role != p.Role {
		if err := s.mayGrant(ctx, p.Role); err != nil {
			return err
		}
		if err := s.mayLose(ctx, m,
			"The last owner cannot be given another role. Make somebody else an owner first."); err != nil {
			return err
		}
	}
	m.Role, m.Status, m.UpdatedAt = p.Role, p.Status, s.now()
	if err := s.repo.SetMember(ctx, m); err != nil {
		return err
	}
	s.tx.AfterCommit(ctx, func() { s.cache.DropMember(m.ID) })
	return s.recordAndPublish(ctx, event.MemberRoleChanged, m, before, memberFields(m))
}

// Accept makes an invited member active. The caller is the person, who has proved to have the invitation.
func (s *Service) Accept(ctx context.Context, orgID, userID id.ID, name string) error {
	return s.tx.InTx(ctx, func(ctx context.Context) error {
		m, err := s.repo.MemberOf(ctx, orgID, userID)
		if err != nil || m.Status == Active {
			return err
		}
		before := memberFields(m)
		m.Status, m.UpdatedAt = Active, s.now()
		if name != "" {
			m.Name = name
		}
		if err := s.repo.SetMember(ctx, m); err != nil {
			return err
		}
		return s.audit.Record(ctx, orgID, "member.accepted", audit.Member, m.ID, before, memberFields(m))
	})
}

// Dismiss ends the membership of a person, as Remove does; one who is no member is no error.
func (s *Service) Dismiss(ctx context.Context, orgID, userID id.ID) error {
	m, err := s.repo.MemberOf(ctx, orgID, userID)
	if fault.IsCode(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.Remove(ctx, orgID, m.ID)
}

func alreadyMember(cause error) error {
	return &fault.Error{
		Code: fault.Conflict, Reason: "already_member", Message: "This person already is a member of the organization.",
		Cause: cause,
	}
}

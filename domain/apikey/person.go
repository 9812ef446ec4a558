package apikey

import (
	"context"
	"strings"
	"time"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/permission"
	"github.com/alania-go/alania/domain/workspace"
)

// Of says whose keys are meant. A zero org or workspace is any.
type Of struct {
	UserID      id.ID
	OrgID       id.ID
	WorkspaceID id.ID
}

// Permitted is what a new key of chosen permissions is made of.
type Permitted struct {
	Name        string // empty: made of the key's prefix
	Permissions []permission.Permission
	Lifetime    time.Duration // from now; zero: as long as the credentials that create it
}

// PermissionsExceeded is the Reason of the ValidationFailed that refuses a key
// permissions which it cannot be given; the message names each.
const PermissionsExceeded = "permissions_exceeded"

// Grantable returns the permissions that the caller has, in the order of the catalogue;
// forKey leaves out those that no key is given.
func (s *Service) Grantable(ctx context.Context, forKey bool) []permission.Permission {
	var out []permission.Permission
	for _, p := range permission.Covered(identity.From(ctx).Scopes) {
		if p.ForKeys() || !forKey {
			out = append(out, p)
		}
	}
	return out
}

// CreatePermitted makes a key in the caller's org, for the caller's person when there is
// one, and returns the full key, which cannot be read again.
func (s *Service) CreatePermitted(ctx context.Context, in Permitted) (Key, string, error) {
	p := identity.From(ctx)
	if err := grantable(p, in.Permissions); err != nil {
		return Key{}, "", err
	}
	full := generate(Key{ProjectID: p.ProjectID})
	create := Create{Name: in.Name, Scopes: permission.Scopes(in.Permissions), Full: full}
	if in.Name == "" {
		prefix, _ := Split(full)
		create.Name = "API key " + prefix
	}
	if in.Lifetime > 0 {
		at := s.now().Add(in.Lifetime)
		if p.Grant().Beyond(identity.Grant{ExpiresAt: at}).End {
			return Key{}, "", fault.New(fault.ValidationFailed,
				"A key cannot work for longer than the credentials that create it.")
		}
		create.ExpiresAt = &at
	}
	return s.Create(ctx, p.OrgID, create)
}

// grantable refuses what the creator has not, and what no key is given. The names may be
// told: they are of the catalogue.
func grantable(creator *identity.Principal, asked []permission.Permission) error {
	var excess, never []string
	for _, p := range asked {
		switch {
		case !creator.Scopes.Allows(p.Scope):
			excess = append(excess, p.Name)
		case !p.ForKeys():
			never = append(never, p.Name)
		}
	}
	var text []string
	if len(excess) > 0 {
		text = append(text, "A key cannot have permissions that its creator does not have: "+strings.Join(excess, ", ")+".")
	}
	if len(never) > 0 {
		text = append(text, "A key is never given permissions to administer people: "+strings.Join(never, ", ")+".")
	}
	if text == nil {
		return nil
	}
	return &fault.Error{Code: fault.ValidationFailed, Reason: PermissionsExceeded, Message: strings.Join(text, " ")}
}

// Mine returns the keys of the caller's person in the caller's org that are not revoked,
// the newest first; none when the credentials are no person's.
func (s *Service) Mine(ctx context.Context) ([]Key, error) {
	p := identity.From(ctx)
	if p.UserID.IsZero() {
		return nil, nil
	}
	return s.repo.KeysOf(ctx, Of{UserID: p.UserID, OrgID: p.OrgID, WorkspaceID: p.WorkspaceID})
}

// OfUser returns the keys of a person that are not revoked, the newest first: those in the
// caller's org when the person is a member of it, all of them to a super admin. Anybody
// else does not exist.
func (s *Service) OfUser(ctx context.Context, userID id.ID) ([]Key, error) {
	of, err := s.of(ctx, userID)
	if err != nil {
		return nil, err
	}
	return s.repo.KeysOf(ctx, of)
}

// RevokeOfUser ends the keys that OfUser returns. All or none are revoked; a person without
// keys is no error.
func (s *Service) RevokeOfUser(ctx context.Context, userID id.ID) error {
	return s.tx.InTx(ctx, func(ctx context.Context) error {
		of, err := s.of(ctx, userID)
		if err != nil {
			return err
		}
		return s.revokeAll(ctx, of)
	})
}

// HandleMemberRemoval revokes the keys that act for a person in an org. It is called in the
// transaction that ends the membership.
func (s *Service) HandleMemberRemoval(ctx context.Context, orgID, userID id.ID) error {
	return s.revokeAll(ctx, Of{UserID: userID, OrgID: orgID})
}

// HandleWorkspaceDelete revokes the keys that are bound to a workspace. It is called in the
// transaction that deletes the workspace.
func (s *Service) HandleWorkspaceDelete(ctx context.Context, w workspace.Workspace) error {
	keys, err := s.repo.RevokeKeysIn(ctx, w.ID, s.now())
	if err != nil {
		return err
	}
	return s.allRevoked(ctx, keys)
}

func (s *Service) revokeAll(ctx context.Context, of Of) error {
	keys, err := s.repo.RevokeKeysOf(ctx, of, s.now())
	if err != nil {
		return err
	}
	return s.allRevoked(ctx, keys)
}

func (s *Service) allRevoked(ctx context.Context, keys []Key) error {
	for _, k := range keys { // each has an entry and an event of its own, in its own org
		if err := s.revoked(ctx, k); err != nil {
			return err
		}
	}
	return nil
}

// of says which keys of a person the caller may deal with.
func (s *Service) of(ctx context.Context, userID id.ID) (Of, error) {
	p := identity.From(ctx)
	of := Of{UserID: userID, OrgID: p.OrgID, WorkspaceID: p.WorkspaceID}
	// Credentials that are bound to a workspace stay in it, whoever uses them.
	if p.SuperAdmin && p.WorkspaceID.IsZero() {
		of.OrgID = id.ID{}
	}
	return of, s.repo.UserIn(ctx, of.OrgID, userID)
}

// Rename changes the name of a key of the caller's org.
func (s *Service) Rename(ctx context.Context, keyID id.ID, name string) error {
	if name = strings.TrimSpace(name); name == "" {
		return fault.Invalid(fault.Body("/name", "min_length", "must have a character that is not white space"))
	}
	return s.tx.InTx(ctx, func(ctx context.Context) error {
		k, err := s.unrevoked(ctx, keyID)
		if err != nil || k.Name == name {
			return err
		}
		before := keyFields(k)
		k.Name = name
		if err := s.repo.RenameKey(ctx, k.ID, name); err != nil {
			return err
		}
		s.tx.AfterCommit(ctx, func() { s.cache.DropPrincipal(k.ID) }) // the audit trail names who acts
		return s.audit.Record(ctx, k.OrgID, "key.renamed", audit.Key, k.ID, before, keyFields(k))
	})
}

// Delete ends a key of the caller's org as Revoke does. To who calls it a revoked key is
// no more.
func (s *Service) Delete(ctx context.Context, keyID id.ID) error {
	return s.tx.InTx(ctx, func(ctx context.Context) error {
		k, err := s.unrevoked(ctx, keyID)
		if err != nil {
			return err
		}
		first, err := s.revoke(ctx, k)
		if err == nil && !first { // another call was
			err = fault.NewNotFound("key")
		}
		return err
	})
}

// unrevoked returns a key of the caller's org that is not revoked.
func (s *Service) unrevoked(ctx context.Context, keyID id.ID) (Key, error) {
	k, err := s.get(ctx, identity.From(ctx).OrgID, keyID)
	if err == nil && k.RevokedAt != nil {
		return Key{}, fault.NewNotFound("key")
	}
	return k, err
}

package realm

import (
	"context"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/health"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/job"
)

// Register is what the platform itself keeps of realms whose Directory is another system: whose they are, and what
// became of their users here. No password is in it.
type Register interface {
	// InsertRealm keeps a realm unless there is one of its name.
	InsertRealm(ctx context.Context, r Realm) error
	Realm(ctx context.Context, name string) (Realm, error)
	RealmsOf(ctx context.Context, orgID id.ID) ([]Realm, error)
	SetNotBefore(ctx context.Context, realmID id.ID, at time.Time) error
	// Standing returns what decides, besides roles, what a user of a realm may do here: Realm, OrgTier, OrgStatus,
	// MemberID and WorkspaceGone of a Holder. A realm that is disabled by itself is NotFound.
	Standing(ctx context.Context, realm string, user, workspaceID id.ID) (Holder, error)
	// RealmsOfMember returns the names of the realms whose organizations have a member with the address, at most limit.
	RealmsOfMember(ctx context.Context, email string, limit int) ([]string, error)
}

// EnsureJob makes a realm in a directory outside. Its unique value is the name of the realm.
const EnsureJob job.Kind = "realm.ensure"

// Outside makes the realms of a directory outside: a row in the transaction that makes the organization, and the realm
// itself by a job.
type Outside struct {
	Directory Directory
	Check     func(ctx context.Context) error // whether the directory is there
	// Remove deletes the realm of an organization from the directory; one that is not there, or is another's, stays so.
	Remove   func(ctx context.Context, r Realm) error
	Probe    health.Probe
	Register Register
	Queue    *job.Queue
	Now      func() time.Time
}

// Handle registers the job.
func (o Outside) Handle() {
	o.Queue.Handle(EnsureJob, func(ctx context.Context, j job.Job) error {
		r, err := o.Register.Realm(ctx, j.Unique)
		if fault.IsCode(err, fault.NotFound) { // purged meanwhile
			return nil
		}
		if err == nil {
			_, err = o.Directory.Ensure(ctx, r.OrgID, r.Name, r.DisplayName)
		}
		return err
	})
}

// Insert keeps a realm in the transaction of ctx, and asks for the realm itself.
func (o Outside) Insert(ctx context.Context, orgID id.ID, name, displayName string) error {
	err := o.Register.InsertRealm(ctx, Realm{
		ID: id.New(), OrgID: orgID, Name: name, DisplayName: displayName, Enabled: true, Lives: DefaultLives,
		CreatedAt: o.Now(),
	})
	if err != nil {
		return err
	}
	return o.Queue.Add(ctx, job.Job{ID: id.New(), Kind: EnsureJob, Unique: name, OrgID: orgID})
}

// Purge deletes the realms of an organization that is being purged from the directory.
func (o Outside) Purge(ctx context.Context, orgID id.ID) error {
	realms, err := o.Register.RealmsOf(ctx, orgID)
	if err != nil {
		return err
	}
	for _, r := range realms {
		if err := o.Remove(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// First makes the realm of the platform with the first admin, who is a person here already, unless that was done. It
// returns false when it was.
func (o Outside) First(ctx context.Context, u NewUser) (bool, error) {
	r, err := o.Register.Realm(ctx, Platform)
	if err != nil {
		return false, err
	}
	if _, err := o.Directory.Ensure(ctx, r.OrgID, r.Name, r.DisplayName); err != nil {
		return false, err
	}
	if _, err := o.Directory.User(ctx, Platform, u.ID); !fault.IsCode(err, fault.NotFound) {
		return false, err
	}
	u.Roles = []string{SuperAdmin, PlatformAdmin}
	_, err = o.Directory.CreateUser(ctx, Platform, u)
	return true, err
}

// enroll makes the user of a membership in a directory outside with the password, in a realm that may not be made yet.
func (s *Service) enroll(
	ctx context.Context, r Realm, v KeptInvitation, ready Password, name *string,
) (User, error) {
	if _, err := s.Directory.Ensure(ctx, r.OrgID, r.Name, r.DisplayName); err != nil {
		return User{}, err
	}
	_, err := s.Directory.User(ctx, r.Name, v.UserID)
	if fault.IsCode(err, fault.NotFound) {
		m, err := s.People.MemberOf(identity.With(ctx, identity.Operator(r.OrgID)), r.OrgID, v.UserID)
		if err != nil {
			return User{}, err
		}
		if _, err := s.Directory.CreateUser(ctx, r.Name, owner(m)); err != nil {
			return User{}, err
		}
	} else if err != nil {
		return User{}, err
	}
	return s.activate(ctx, r, v.UserID, ready, name)
}

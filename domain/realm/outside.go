package realm

import (
	"context"
	"time"

	"github.com/alania-go/alania/domain/id"
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

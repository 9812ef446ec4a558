package realm

import (
	"context"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/realm"
	"github.com/alania-go/alania/store/db"
)

var _ realm.Register = (*Store)(nil)

type standingRow struct {
	realmRow
	OrgTier       plan.Tier `db:"org_tier"`
	MemberID      id.ID     `db:"member_id"`
	WorkspaceLive id.ID     `db:"workspace_live"`
}

// Standing implements realm.Register.
func (s realms) Standing(ctx context.Context, name string, user, workspaceID id.ID) (realm.Holder, error) {
	r, err := db.One[standingRow](ctx, s.DB, "SELECT "+realmColumns+", o.tier AS org_tier,"+
		" m.id AS member_id, w.id AS workspace_live FROM realms r JOIN orgs o ON o.id = r.org_id"+
		" LEFT JOIN members m ON m.org_id = r.org_id AND m.user_id = $2 AND m.status = 'active'"+
		" LEFT JOIN workspaces w ON w.id = $3 AND w.org_id = r.org_id AND w.deleted_at IS NULL"+
		" WHERE r.name = $1 AND r.enabled", name, user, workspaceID)
	return realm.Holder{
		Realm: r.realm(), OrgTier: r.OrgTier, OrgStatus: r.OrgStatus, MemberID: r.MemberID,
		WorkspaceGone: !workspaceID.IsZero() && r.WorkspaceLive.IsZero(),
	}, db.NoRow(err, fault.NewNotFound("realm"))
}

// RealmsOfMember implements realm.Register.
func (s realms) RealmsOfMember(ctx context.Context, email string, limit int) ([]string, error) {
	return db.All[string](ctx, s.DB, "SELECT r.name FROM realms r WHERE r.org_id IN"+
		" (SELECT org_id FROM members WHERE email = $1 AND status = $2) ORDER BY r.name LIMIT $3",
		email, org.Active, limit)
}

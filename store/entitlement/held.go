package entitlement

import (
	"context"
	"time"

	"github.com/alania-go/alania/domain/entitlement"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/store/db"
)

// Held implements entitlement.Repository.
func (s *Store) Held(
	ctx context.Context, orgID id.ID, period, at time.Time,
) (map[entitlement.Feature]int64, error) {
	type row struct {
		Feature entitlement.Feature `db:"feature"`
		N       int64               `db:"n"`
	}
	held := map[entitlement.Feature]int64{}
	rows, err := db.All[row](ctx, s.DB, liveCounts, db.LiveKeysArgs(orgID, at)...)
	if err != nil {
		return nil, err
	}
	boosted, err := db.All[row](ctx, s.DB, "SELECT feature, CAST(sum(amount) AS BIGINT) AS n FROM entitlement_boosts"+
		" WHERE org_id = $1 AND (expires_at IS NULL OR expires_at > $2) GROUP BY feature", orgID, at)
	if err != nil {
		return nil, err
	}
	extra := map[entitlement.Feature]int64{}
	for _, b := range boosted {
		extra[b.Feature] = b.N
	}
	for _, r := range rows {
		held[r.Feature] = r.N - extra[r.Feature]
	}
	stored, err := db.All[row](ctx, s.DB, "SELECT c.feature, max(c.used - COALESCE((SELECT CAST(sum(b.amount) AS BIGINT)"+
		" FROM entitlement_boosts b WHERE b.workspace_id = c.workspace_id AND b.feature = c.feature"+
		" AND (b.expires_at IS NULL OR b.expires_at > $3)), 0)) AS n"+
		" FROM usage_counters c JOIN workspaces w ON w.id = c.workspace_id"+
		" WHERE w.org_id = $1 AND w.deleted_at IS NULL AND c.period = $2 GROUP BY c.feature", orgID, period, at)
	for _, r := range stored {
		held[r.Feature] = r.N
	}
	return held, err
}

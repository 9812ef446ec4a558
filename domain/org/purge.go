package org

import (
	"context"
	"errors"
	"time"

	"github.com/alania-go/alania/domain/id"
)

// PurgeAfter is how long the rows of a deleted org are kept.
const PurgeAfter = 30 * 24 * time.Hour

const (
	purgeSlice = 1000 // rows of one transaction
	purgePage  = 100  // orgs that are read at once
)

// PurgeRepository deletes what deleted orgs had.
type PurgeRepository interface {
	// OrgsToPurge returns orgs that were deactivated before a time and are not purged, in the order of their ids and
	// after one of them.
	OrgsToPurge(ctx context.Context, before time.Time, after id.ID, limit int) ([]id.ID, error)
	// PurgeOrg deletes up to limit rows of a deactivated org and returns how many; none is left that may be
	// deleted when it is zero.
	PurgeOrg(ctx context.Context, orgID id.ID, limit int) (int, error)
	// BuryOrg notes that a deactivated org has no rows left, and deletes its name. The row itself stays: it
	// reserves the slug. It returns false while something is left.
	BuryOrg(ctx context.Context, orgID id.ID, at time.Time) (bool, error)
}

// Contents deletes up to limit rows of what a deactivated org has in its workspaces, and the workspaces, and returns
// how many; none is left when it is zero.
type Contents func(ctx context.Context, orgID id.ID, limit int) (int, error)

// Purge deletes the rows of orgs that were deleted more than PurgeAfter ago, some at a time. One that cannot be
// purged yet does not keep others from it.
func (s *Tenants) Purge(ctx context.Context) error {
	var errs []error
	for after := (id.ID{}); ; {
		orgs, err := s.repo.OrgsToPurge(ctx, s.orgs.now().Add(-PurgeAfter), after, purgePage)
		if err != nil {
			return errors.Join(append(errs, err)...)
		}
		for _, orgID := range orgs {
			if err := s.purge(ctx, orgID); err != nil {
				errs = append(errs, err)
			}
			if ctx.Err() != nil {
				return errors.Join(append(errs, ctx.Err())...)
			}
			after = orgID
		}
		if len(orgs) < purgePage {
			return errors.Join(errs...)
		}
	}
}

func (s *Tenants) purge(ctx context.Context, orgID id.ID) error {
	for _, remove := range []Contents{s.contents, s.repo.PurgeOrg} {
		for {
			n, err := remove(ctx, orgID, purgeSlice)
			if err != nil {
				return err
			}
			if n == 0 {
				break
			}
		}
	}
	_, err := s.repo.BuryOrg(ctx, orgID, s.orgs.now())
	return err
}

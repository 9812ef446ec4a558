package entitlement

import (
	"bytes"
	"context"
	"slices"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
)

// Stock counts what workspaces store of one kind, in number and in bytes. Whoever writes or
// deletes tells it in the same transaction, so that it is exact at any time and nothing is
// ever counted again. It is what the services that store are given.
type Stock struct {
	service      *Service
	items, bytes definition
}

// Stock returns the stock whose number and bytes two features limit. Of what has no bytes, bytes is empty.
func (s *Service) Stock(items, bytes Feature) Stock {
	k := Stock{service: s, items: s.enforce(items, stock)}
	if bytes != "" {
		k.bytes = s.enforce(bytes, stock)
	}
	return k
}

// Holding is what a workspace stores of a feature, or what is added to that.
type Holding struct {
	WorkspaceID id.ID
	Feature     Feature
	Amount      int64
}

// StockAccount is an account with the boosts of what it stores.
type StockAccount struct {
	Account
	Boosts plan.Amount
}

// Change adds to what a workspace stores, or takes from it, in the transaction of the write,
// which has to fail when it fails. Growth beyond the plan is FeatureLimit. It trusts that the
// caller may act in the workspace.
func (k Stock) Change(ctx context.Context, workspaceID id.ID, change plan.Amount) error {
	if change == (plan.Amount{}) {
		return nil
	}
	s := k.service
	return s.tx.InTx(ctx, func(ctx context.Context) error {
		now := s.now()
		change := map[id.ID]plan.Amount{workspaceID: change}
		if grows := change[workspaceID]; grows.Items <= 0 && grows.Bytes <= 0 {
			_, err := k.add(ctx, change)
			return err
		}
		accounts, err := s.repo.StockAccounts(ctx, []id.ID{workspaceID}, k.items.feature, k.bytes.feature, now)
		if err != nil {
			return err
		}
		if len(accounts) == 0 {
			return fault.NewNotFound("workspace")
		}
		totals, err := k.add(ctx, change)
		if err != nil {
			return err
		}
		return k.checkGrowth(ctx, accounts[0], totals[workspaceID].Minus(change[workspaceID]), change[workspaceID], now)
	})
}

// checkGrowth refuses growth beyond the limits, and tells when a threshold is reached.
func (k Stock) checkGrowth(ctx context.Context, a StockAccount, before, change plan.Amount, now time.Time) error {
	limits := k.limits(a)
	for _, part := range []struct {
		definition
		before, change, limit int64
	}{
		{k.items, before.Items, change.Items, limits.Items}, {k.bytes, before.Bytes, change.Bytes, limits.Bytes},
	} {
		if part.change <= 0 {
			continue
		}
		if part.before+part.change > ceiling(part.limit) {
			return k.service.reached(part.definition)
		}
		o := outcome{Account: a.Account, limit: part.limit, before: part.before, granted: part.change}
		if err := k.service.alert(ctx, part.definition, o, now); err != nil {
			return err
		}
	}
	return nil
}

func (k Stock) limits(a StockAccount) plan.Amount {
	return plan.Amount{
		Items: k.items.limit(a.tier(k.items), a.Boosts.Items), Bytes: k.bytes.limit(a.tier(k.bytes), a.Boosts.Bytes),
	}
}

// Used returns what a workspace stores. It holds the counter until the end of the transaction.
func (k Stock) Used(ctx context.Context, workspaceID id.ID) (used plan.Amount, err error) {
	err = k.service.tx.InTx(ctx, func(ctx context.Context) error {
		totals, err := k.add(ctx, map[id.ID]plan.Amount{workspaceID: {}})
		used = totals[workspaceID]
		return err
	})
	return used, err
}

// Left returns how much more workspaces may store. It holds their counters until the end of
// the transaction: what is stored up to then with Add stays within the plans. A workspace
// that does not exist is not among the answers.
func (k Stock) Left(ctx context.Context, workspaces []id.ID) (map[id.ID]plan.Amount, error) {
	s := k.service
	accounts, err := s.repo.StockAccounts(ctx, workspaces, k.items.feature, k.bytes.feature, s.now())
	if err != nil {
		return nil, err
	}
	nothing := make(map[id.ID]plan.Amount, len(accounts))
	for _, a := range accounts {
		nothing[a.WorkspaceID] = plan.Amount{}
	}
	used, err := k.add(ctx, nothing)
	if err != nil {
		return nil, err
	}
	left := make(map[id.ID]plan.Amount, len(accounts))
	for _, a := range accounts {
		limits, used := k.limits(a), used[a.WorkspaceID]
		left[a.WorkspaceID] = plan.Amount{
			Items: max(ceiling(limits.Items)-used.Items, 0), Bytes: max(ceiling(limits.Bytes)-used.Bytes, 0),
		}
	}
	return left, nil
}

// Add adds to what workspaces store, or takes from it, whatever their plans: in the
// transaction of what is deleted, or of what Left has room for.
func (k Stock) Add(ctx context.Context, changes map[id.ID]plan.Amount) error {
	_, err := k.add(ctx, changes)
	return err
}

// Set says what a workspace stores, where that was counted anew.
func (k Stock) Set(ctx context.Context, workspaceID id.ID, amount plan.Amount) error {
	return k.service.tx.InTx(ctx, func(ctx context.Context) error {
		used, err := k.add(ctx, map[id.ID]plan.Amount{workspaceID: {}})
		if err != nil {
			return err
		}
		_, err = k.add(ctx, map[id.ID]plan.Amount{workspaceID: amount.Minus(used[workspaceID])})
		return err
	})
}

// Become is Change for who knows what a workspace stores then: it is counted anew with the change. Growth beyond the
// plan is FeatureLimit.
func (k Stock) Become(ctx context.Context, workspaceID id.ID, amount plan.Amount) error {
	s := k.service
	return s.tx.InTx(ctx, func(ctx context.Context) error {
		now := s.now()
		accounts, err := s.repo.StockAccounts(ctx, []id.ID{workspaceID}, k.items.feature, k.bytes.feature, now)
		if err != nil {
			return err
		}
		if len(accounts) == 0 {
			return fault.NewNotFound("workspace")
		}
		used, err := k.add(ctx, map[id.ID]plan.Amount{workspaceID: {}})
		if err != nil {
			return err
		}
		change := amount.Minus(used[workspaceID])
		if change == (plan.Amount{}) {
			return nil
		}
		if _, err := k.add(ctx, map[id.ID]plan.Amount{workspaceID: change}); err != nil {
			return err
		}
		return k.checkGrowth(ctx, accounts[0], used[workspaceID], change, now)
	})
}

// cleanBatch is how many rows one transaction of a cleaning deletes: others write between two.
const cleanBatch = 1000

// Purge has remove delete up to a limit of rows, slice by slice, until nothing is left, and takes what that
// frees from the stock, each slice with its counters in one transaction.
func (k Stock) Purge(
	ctx context.Context, remove func(ctx context.Context, limit int) (map[id.ID]plan.Amount, error),
) error {
	for more := true; more; {
		err := k.service.tx.InTx(ctx, func(ctx context.Context) error {
			freed, err := remove(ctx, cleanBatch)
			if err != nil {
				return err
			}
			more = len(freed) > 0
			for workspaceID, a := range freed {
				freed[workspaceID] = plan.Amount{}.Minus(a)
			}
			return k.Add(ctx, freed)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Expire has remove delete what is older than the workspaces keep it. retentions are the different times, in days,
// that workspaces have; none keeps anything for more than most days. remove gets the retention of the workspaces
// that it deletes from, and the time before which their data ends.
func (k Stock) Expire(
	ctx context.Context, retentions []int, most int,
	remove func(ctx context.Context, retention int, before time.Time, limit int) (map[id.ID]plan.Amount, error),
) error {
	for _, days := range retentions {
		before := k.service.now().AddDate(0, 0, -min(days, most))
		err := k.Purge(ctx, func(ctx context.Context, limit int) (map[id.ID]plan.Amount, error) {
			return remove(ctx, days, before, limit)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// add changes counters and returns what they hold then. The counters are locked in one order
// everywhere: two that change the same ones do not wait for each other.
func (k Stock) add(ctx context.Context, changes map[id.ID]plan.Amount) (map[id.ID]plan.Amount, error) {
	if len(changes) == 0 {
		return nil, nil
	}
	rows := make([]Holding, 0, 2*len(changes))
	for workspaceID, c := range changes {
		rows = append(rows, Holding{workspaceID, k.items.feature, c.Items})
		if k.bytes.feature != "" {
			rows = append(rows, Holding{workspaceID, k.bytes.feature, c.Bytes})
		}
	}
	slices.SortFunc(rows, func(a, b Holding) int {
		if c := bytes.Compare(a.WorkspaceID[:], b.WorkspaceID[:]); c != 0 {
			return c
		}
		if a.Feature < b.Feature {
			return -1
		}
		return 1
	})
	found, err := k.service.repo.AddStored(ctx, noPeriod, rows)
	totals := make(map[id.ID]plan.Amount, len(changes))
	for _, h := range found {
		t := totals[h.WorkspaceID]
		if h.Feature == k.items.feature {
			t.Items = h.Amount
		} else {
			t.Bytes = h.Amount
		}
		totals[h.WorkspaceID] = t
	}
	return totals, err
}

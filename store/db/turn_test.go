package db_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/share"
	"github.com/alania-go/alania/store/db"
	"github.com/alania-go/alania/store/storetest"
)

// However many lists one org reads, and however long they take, another's are read, and so
// is what is asked for by its key.
func TestListsOfOneOrgLeaveRoomForOthers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e db.Engine) {
		s := storetest.Open(t, e)
		greedy, modest := id.New(), id.New()
		list := func(org id.ID, most time.Duration) error {
			ctx, cancel := context.WithTimeout(identity.With(t.Context(),
				&identity.Principal{Kind: identity.Client, OrgID: org}), most)
			defer cancel()
			_, err := s.ListKeys(ctx, org, page.Query{Limit: 1, Sort: page.Sort{Field: "created_at"}})
			return err
		}
		if err := errors.Join(list(greedy, time.Minute), list(modest, time.Minute)); err != nil { // prepares
			t.Fatal(err)
		}
		var held []share.Permit
		for {
			p, ok := s.Lists().TryAcquire(greedy, "")
			if !ok {
				break
			}
			held = append(held, p)
		}
		if len(held) == 0 {
			t.Fatal("an org alone may read no list")
		}
		if err := list(greedy, 50*time.Millisecond); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("one list more: %v", err)
		}
		for range 3 {
			if err := list(modest, time.Minute); err != nil {
				t.Errorf("another's list: %v", err)
			}
		}
		if _, err := s.CountOrgs(t.Context()); err != nil {
			t.Error(err)
		}
		for _, p := range held {
			p.Release()
		}
		if err := list(greedy, time.Minute); err != nil {
			t.Errorf("when the others have been read: %v", err)
		}
	})
}

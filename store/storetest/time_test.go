package storetest

import (
	"slices"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/job"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/store"
)

// widths are times in their order whose fractions of a second have every width: SQLite
// keeps them as text, which must not sort 12:00:00.5 before 12:00:00 or after 12:00:00.51.
var widths = []time.Time{
	noon.AddDate(-1, 0, 0),
	noon.Add(-time.Microsecond), // 11:59:59.999999
	noon,
	noon.Add(time.Microsecond),
	noon.Add(10 * time.Microsecond),
	noon.Add(99_999 * time.Microsecond),
	noon.Add(100 * time.Millisecond),
	noon.Add(499_999 * time.Microsecond),
	noon.Add(500 * time.Millisecond),
	noon.Add(500*time.Millisecond + time.Microsecond),
	noon.Add(510 * time.Millisecond),
	noon.Add(999_999 * time.Microsecond),
	noon.Add(time.Second),
	noon.Add(10 * time.Second),
	noon.AddDate(8000-2026, 0, 0),
}

func TestTimesSurviveAsUTC(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		ctx := t.Context()
		east := time.FixedZone("east", 5*3600+1800)
		for _, at := range widths {
			for _, sent := range []time.Time{at, at.In(east), at.In(time.Local)} {
				o := anOrg()
				o.CreatedAt, o.UpdatedAt = sent, sent
				must(t, s.InsertOrg(ctx, o))
				got, err := s.Org(ctx, o.ID)
				must(t, err)
				if got.CreatedAt != at || got.UpdatedAt != at {
					t.Errorf("%v comes back as %v", sent, got.CreatedAt)
				}
			}
		}
	})
}

func TestTimesCompare(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		ctx := t.Context()
		orgID := newOrg(t, s, plan.Free)
		for _, at := range shuffled(widths) {
			must(t, s.InsertAudit(ctx, audit.Entry{
				ID: id.New(), OrgID: orgID, Action: "a", ActorKind: identity.System, TargetKind: audit.Org, TargetID: orgID,
				CreatedAt: at,
			}))
		}
		list := func(desc bool, filters ...page.Filter) []time.Time {
			t.Helper()
			var out []time.Time
			q := page.Query{Limit: 2, Sort: page.Sort{Field: "created_at", Desc: desc}, Filters: filters}
			for {
				p, err := s.ListAudit(ctx, orgID, q)
				must(t, err)
				for _, x := range p.Items {
					out = append(out, x.CreatedAt)
				}
				if q.After = p.Next; p.Next == nil {
					return out
				}
			}
		}
		if got := list(false); !slices.Equal(got, widths) {
			t.Errorf("ascending: %v", got)
		}
		backwards := slices.Clone(widths)
		slices.Reverse(backwards)
		if got := list(true); !slices.Equal(got, backwards) {
			t.Errorf("descending: %v", got)
		}
		for i, at := range widths {
			since, until := page.Filter{Field: "created_at", Op: page.Since, Value: at.In(time.FixedZone("", -7200))},
				page.Filter{Field: "created_at", Op: page.Until, Value: at}
			if got := list(false, since); !slices.Equal(got, widths[i:]) {
				t.Errorf("since %v: %v", at, got)
			}
			if got := list(false, until); !slices.Equal(got, widths[:i]) {
				t.Errorf("until %v: %v", at, got)
			}
			if got := list(false, page.Filter{Field: "created_at", Op: page.Eq, Value: at}); !slices.Equal(got, widths[i:i+1]) {
				t.Errorf("at %v: %v", at, got)
			}
		}
	})
}

// What is due is due to the microsecond, on either engine.
func TestTimesInStatements(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		ctx := t.Context()
		for i, at := range widths {
			must(t,
				second(s.InsertJob(ctx,
					job.Job{ID: id.New(), Kind: "k", Unique: name("%d", i), State: job.Queued, RunAt: at, CreatedAt: noon})))
		}
		for i, at := range widths {
			st, err := s.JobStats(ctx, at)
			must(t, err)
			if st.Due != i+1 || !sameTime(st.OldestDue, &widths[0]) {
				t.Errorf("at %v %d are due, the oldest since %v", at, st.Due, st.OldestDue)
			}
			// After RETURNING SQLite does not know that it is a time.
			if st, err = s.JobStats(ctx, at.Add(-time.Microsecond)); err != nil || st.Due != i {
				t.Errorf("just before %v %d are due, %v", at, st.Due, err)
			}
		}
		for _, at := range widths {
			jobs, err := s.ClaimJobs(ctx, job.Class{Kind: "k"}, []id.ID{{}}, 100, id.New(), at, at.AddDate(1, 0, 0))
			must(t, err)
			if len(jobs) != 1 || jobs[0].RunAt != at || jobs[0].LeaseUntil != at.AddDate(1, 0, 0) || jobs[0].CreatedAt != noon {
				t.Fatalf("at %v: %+v", at, jobs)
			}
			must(t, s.FinishJob(ctx, jobs[0].ID, jobs[0].Owner, job.Done, "", at))
		}
		if st, err := s.JobStats(ctx, noon); err != nil || st.Due != 0 || st.OldestDue != nil {
			t.Errorf("%+v, %v", st, err)
		}
	})
}

func TestNullTimes(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		ctx := t.Context()
		orgID := newOrg(t, s, plan.Free)
		m := newMember(t, s, orgID, identity.Owner, org.Active)
		at := noon.Add(510 * time.Millisecond)
		for _, expires := range []*time.Time{nil, &at} {
			k := apikey.Key{
				ID: id.New(), OrgID: orgID, Name: "K", Prefix: unique(), Hash: []byte{1}, Tier: plan.Free, ExpiresAt: expires,
				CreatorKind: identity.System, CreatedAt: noon,
			}
			must(t, insertKey(s, ctx, k))
			got, err := s.Key(ctx, orgID, k.ID)
			must(t, err)
			if !sameTime(got.ExpiresAt, expires) || got.LastUsedAt != nil || got.RevokedAt != nil {
				t.Errorf("a new key: %+v", got)
			}
			must(t, s.Touch(ctx, []id.ID{k.ID}, nil, []id.ID{m.ID}, at))
			if _, err := s.RevokeKey(ctx, k.ID, at); err != nil {
				t.Fatal(err)
			}
			if got, err = s.Key(ctx, orgID, k.ID); err != nil || !sameTime(got.LastUsedAt, &at) ||
				!sameTime(got.RevokedAt, &at) {
				t.Errorf("a used and revoked key: %+v, %v", got, err)
			}
		}
		if got, err := s.Member(ctx, orgID, m.ID); err != nil || !sameTime(got.LastActiveAt, &at) {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

package storetest

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/store"
)

// item is a row of any list, by what lists are ordered by.
type item struct {
	id   id.ID
	name string
	at   time.Time
}

func (i item) compare(o item, sort page.Sort) int {
	c := cmp.Compare(i.name, o.name) // bytes, whatever the language
	if sort.Field == "created_at" {
		c = i.at.Compare(o.at)
	}
	if c == 0 {
		c = bytes.Compare(i.id[:], o.id[:])
	}
	if sort.Desc {
		return -c
	}
	return c
}

// listed is a list of the store, with a way to put rows into its table.
type listed struct {
	table  string
	sorts  []string
	insert func(t *testing.T, s *Store, orgID id.ID, i item)
	page   func(t *testing.T, s *Store, orgID id.ID, q page.Query) page.Page[item]
}

func items[T any](t *testing.T, p page.Page[T], err error, of func(T) item) page.Page[item] {
	t.Helper()
	must(t, err)
	out := page.Page[item]{Next: p.Next}
	for _, x := range p.Items {
		out.Items = append(out.Items, of(x))
	}
	return out
}

var lists = []listed{
	{
		table: "workspaces", sorts: []string{"name", "created_at"},
		insert: func(t *testing.T, s *Store, orgID id.ID, i item) {
			must(t, insertWorkspace(s, t.Context(), workspace.Workspace{
				ID: i.id, OrgID: orgID, Name: i.name, Slug: unique(), Status: workspace.Active,
				Settings: workspace.Defaults(), Version: 1, CreatedAt: i.at, UpdatedAt: i.at,
			}))
		},
		page: func(t *testing.T, s *Store, orgID id.ID, q page.Query) page.Page[item] {
			p, err := s.ListWorkspaces(t.Context(), orgID, id.ID{}, q)
			return items(t, p, err, func(w workspace.Workspace) item { return item{w.ID, w.Name, w.CreatedAt} })
		},
	},
	{
		table: "api_keys", sorts: []string{"name", "created_at"},
		insert: func(t *testing.T, s *Store, orgID id.ID, i item) {
			must(t, insertKey(s, t.Context(), apikey.Key{
				ID: i.id, OrgID: orgID, Name: i.name, Prefix: unique(), Hash: []byte{1}, Tier: plan.Free,
				CreatorKind: identity.System, CreatedAt: i.at,
			}))
		},
		page: func(t *testing.T, s *Store, orgID id.ID, q page.Query) page.Page[item] {
			p, err := s.ListKeys(t.Context(), orgID, q)
			return items(t, p, err, func(k apikey.Key) item { return item{k.ID, k.Name, k.CreatedAt} })
		},
	},
	{
		table: "members", sorts: []string{"name", "created_at"},
		insert: func(t *testing.T, s *Store, orgID id.ID, i item) {
			u := org.User{ID: id.New(), Email: unique() + "@example.com", Name: i.name, CreatedAt: noon}
			must(t, s.InsertUser(t.Context(), u), s.InsertMember(t.Context(), org.Member{
				ID: i.id, OrgID: orgID, UserID: u.ID, Role: identity.Viewer, Status: org.Active, CreatedAt: i.at, UpdatedAt: i.at,
			}))
		},
		page: func(t *testing.T, s *Store, orgID id.ID, q page.Query) page.Page[item] {
			p, err := s.ListMembers(t.Context(), orgID, q)
			return items(t, p, err, func(m org.Member) item { return item{m.ID, m.Name, m.CreatedAt} })
		},
	},
	{
		table: "audit_entries", sorts: []string{"created_at"},
		insert: func(t *testing.T, s *Store, orgID id.ID, i item) {
			must(t, s.InsertAudit(t.Context(), audit.Entry{
				ID: i.id, OrgID: orgID, Action: "a", ActorKind: identity.System, ActorName: i.name, TargetKind: audit.Org,
				TargetID: orgID, CreatedAt: i.at,
			}))
		},
		page: func(t *testing.T, s *Store, orgID id.ID, q page.Query) page.Page[item] {
			p, err := s.ListAudit(t.Context(), orgID, q)
			return items(t, p, err, func(e audit.Entry) item { return item{e.ID, e.ActorName, e.CreatedAt} })
		},
	},
}

// names sort by their bytes; several have what an SQL or a cursor could trip over.
var names = []string{
	"Zeta", "alpha", "Alpha", "Ärger", "_x", "10", "9", "tie", "tie", "tie", `O'Brien "the" \ one`, "100%", "a_b", "a",
	"a ", "é", "e\u0301",
	"名前", "😀", "\t", "z\u00a0", strings.Repeat("长", 80),
}

func rows() []item {
	out := make([]item, len(names))
	for i, n := range names {
		// Five at a time have one time of creation, with ids that do not follow it.
		at := noon.Add(time.Duration(len(names)-i) / 5 * 510 * time.Millisecond)
		out[i] = item{id.NewV4(), n, at}
		if i%3 == 0 {
			out[i].id = id.New()
		}
	}
	return out
}

func sorted(list []item, sort page.Sort) []item {
	out := slices.Clone(list)
	slices.SortFunc(out, func(a, b item) int { return a.compare(b, sort) })
	return out
}

// eachOrder runs f for every list, sort and direction.
func eachOrder(t *testing.T, e store.Engine, f func(t *testing.T, l listed, s *Store, sort page.Sort)) {
	s := open(t, e)
	for _, l := range lists {
		for _, field := range l.sorts {
			for _, desc := range []bool{false, true} {
				direction := map[bool]string{false: " ascending", true: " descending"}[desc]
				t.Run(l.table+" by "+field+direction, func(t *testing.T) { f(t, l, s, page.Sort{Field: field, Desc: desc}) })
			}
		}
	}
}

// The order is that of the bytes, on both engines: it is compared with Go's.
func TestListOrder(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		eachOrder(t, e, func(t *testing.T, l listed, s *Store, sort page.Sort) {
			orgID, other := newOrg(t, s, plan.Free), newOrg(t, s, plan.Free)
			all := rows()
			for _, i := range shuffled(all) {
				l.insert(t, s, orgID, i)
			}
			l.insert(t, s, other, item{id.New(), "m", noon.Add(time.Second)})
			want := sorted(all, sort)
			cursors := page.NewCursors([]byte("0123456789abcdef0123456789abcdef"))
			for _, limit := range []int{1, 3, len(all) - 1, len(all), page.MaxLimit} {
				var got []item
				cursor := "" // through the codec, as a caller has it
				for {
					q, err := cursors.Query("list", cursor, limit, sort)
					must(t, err)
					p := l.page(t, s, orgID, q)
					got = append(got, p.Items...)
					if len(p.Items) > limit || p.Next != nil && len(p.Items) < limit {
						t.Fatalf("limit %d: a page of %d, more: %v", limit, len(p.Items), p.Next != nil)
					}
					if p.Next == nil {
						break
					}
					if len(got) > len(want) {
						t.Fatalf("limit %d: the list does not end", limit)
					}
					cursor = *cursors.Next(q, p.Next)
				}
				if !slices.Equal(got, want) {
					t.Fatalf("limit %d:\n got %v\nwant %v", limit, got, want)
				}
			}
		})
	})
}

// Between two pages rows come and go everywhere. Each row that stays is seen once and in
// its place; what is inserted after the position is seen, what is inserted before it not.
func TestListIsStableWhileRowsChange(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		s := connect(t, url, func() time.Time { return noon })
		db := raw(t, url)
		for _, l := range lists {
			for _, field := range l.sorts {
				for _, desc := range []bool{false, true} {
					sort := page.Sort{Field: field, Desc: desc}
					orgID := newOrg(t, s, plan.Free)
					all := rows()
					for _, i := range all {
						l.insert(t, s, orgID, i)
					}
					expected := sorted(all, sort)
					var got []item
					q := page.Query{Limit: 3, Sort: sort}
					for step := 0; ; step++ {
						p := l.page(t, s, orgID, q)
						got = append(got, p.Items...)
						if q.After = p.Next; p.Next == nil {
							break
						}
						last := got[len(got)-1]
						place := slices.Index(expected, last)
						// One goes on each side: the row of the position itself too.
						gone := []item{last}
						if place+2 < len(expected) {
							gone = append(gone, expected[place+2])
						}
						for _, g := range gone {
							change(t, db, "DELETE FROM "+l.table+" WHERE id = $1", g.id.UUID())
						}
						if place+2 < len(expected) {
							expected = slices.Delete(expected, place+2, place+3)
						}
						// And one comes on each side; ties with the position included.
						for n := range 2 {
							fresh := item{id.NewV4(), last.name, last.at}
							if n == 1 && step < 4 {
								fresh = item{id.NewV4(), names[(step*5+3)%len(names)], noon.Add(time.Duration(step) * 510 * time.Millisecond)}
							}
							if step < 6 {
								l.insert(t, s, orgID, fresh)
								if fresh.compare(last, sort) > 0 {
									expected = sorted(append(expected, fresh), sort)
								}
							}
						}
						if step > 50 {
							t.Fatal("the list does not end")
						}
					}
					if !slices.Equal(got, expected) {
						t.Errorf("%s by %+v:\n got %v\nwant %v", l.table, sort, got, expected)
					}
				}
			}
		}
	})
}

func TestListLimits(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		for _, l := range lists {
			orgID := newOrg(t, s, plan.Free)
			q := page.Query{Limit: 3, Sort: page.Sort{Field: "created_at"}}
			for n := range 5 {
				p := l.page(t, s, orgID, q)
				if len(p.Items) != min(n, 3) || (p.Next != nil) != (n > 3) {
					t.Errorf("%s: of %d rows a page of %d, more: %v", l.table, n, len(p.Items), p.Next != nil)
				}
				l.insert(t, s, orgID, item{id.New(), "n", noon})
			}
			// A position after the last row is an empty page, no error.
			q.After = &page.Position{Key: page.TimeKey(noon.AddDate(1, 0, 0)), ID: id.New()}
			if p := l.page(t, s, orgID, q); len(p.Items) != 0 || p.Next != nil {
				t.Errorf("%s: behind the end: %+v", l.table, p)
			}
		}
		p, err := s.ListWorkspaces(t.Context(), id.New(), id.ID{}, page.Query{Limit: 3, Sort: page.Sort{Field: "name"}})
		if err != nil || p.Items == nil || len(p.Items) != 0 {
			t.Errorf("an empty list is %#v, %v", p.Items, err)
		}
	})
}

func TestListOfOrgsIsTheCallersOwn(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		v := serve(open(t, e), clockAt(noon))
		mine, other := newOrg(t, v.Store, plan.Free), newOrg(t, v.Store, plan.Free)
		for _, field := range []string{"name", "created_at"} {
			p, err := v.orgs.List(as(t, mine), page.Query{Limit: 1, Sort: page.Sort{Field: field}})
			if err != nil || len(p.Items) != 1 || p.Items[0].ID != mine || p.Next != nil {
				t.Fatalf("%+v, %v", p, err)
			}
		}
		for _, only := range [][]id.ID{nil, {mine, other}} {
			if p, err := v.ListOrgs(t.Context(), only, page.Query{Limit: 10, Sort: page.Sort{Field: "name"}}); err == nil {
				t.Fatalf("a list of %d orgs: %+v", len(only), p)
			}
		}
	})
}

func clockAt(at time.Time) func() time.Time { return func() time.Time { return at } }

func eq(field string, value any) page.Filter {
	return page.Filter{Field: field, Op: page.Eq, Value: value}
}

// filtered lists by one row a page and returns the names, so that a filter and a position
// are always together.
func filtered(t *testing.T, l func(q page.Query) page.Page[item], filters ...page.Filter) []string {
	t.Helper()
	var got []string
	q := page.Query{Limit: 1, Sort: page.Sort{Field: "created_at"}, Filters: filters}
	for {
		p := l(q)
		for _, i := range p.Items {
			got = append(got, i.name)
		}
		if q.After = p.Next; p.Next == nil {
			return got
		}
	}
}

func TestFiltersOfWorkspacesAndMembers(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		orgID := newOrg(t, s, plan.Free)
		for i, w := range []workspace.Workspace{
			{Name: "One", Slug: "one", Status: workspace.Active}, {Name: "Two", Slug: "two", Status: workspace.Suspended},
			{Name: "O'ne %", Slug: "one-2", Status: workspace.Active},
		} {
			w.ID, w.OrgID, w.Settings, w.Version = id.New(), orgID, workspace.Defaults(), 1
			w.CreatedAt, w.UpdatedAt = noon.Add(time.Duration(i)*time.Second), noon
			must(t, insertWorkspace(s, t.Context(), w))
		}
		workspaces := func(q page.Query) page.Page[item] { return lists[0].page(t, s, orgID, q) }
		for _, c := range []struct {
			filters []page.Filter
			want    []string
		}{
			{nil, []string{"One", "Two", "O'ne %"}},
			{[]page.Filter{eq("status", "active")}, []string{"One", "O'ne %"}},
			{[]page.Filter{eq("status", "suspended")}, []string{"Two"}},
			{[]page.Filter{eq("slug", "one")}, []string{"One"}},
			{[]page.Filter{eq("name", "O'ne %")}, []string{"O'ne %"}},
			{[]page.Filter{eq("name", "one")}, nil},
			{[]page.Filter{eq("name", "O%")}, nil},
			{[]page.Filter{eq("status", "active"), eq("slug", "two")}, nil},
			{[]page.Filter{eq("status", "active"), eq("slug", "one"), eq("name", "One")}, []string{"One"}},
		} {
			if got := filtered(t, workspaces, c.filters...); !slices.Equal(got, c.want) {
				t.Errorf("workspaces with %v: %q", c.filters, got)
			}
		}

		owner := newMember(t, s, orgID, identity.Owner, org.Active)
		viewer := newMember(t, s, orgID, identity.Viewer, org.Invited)
		members := func(filters ...page.Filter) (ids []id.ID) {
			p, err := s.ListMembers(t.Context(), orgID,
				page.Query{Limit: 9, Sort: page.Sort{Field: "created_at"}, Filters: filters})
			must(t, err)
			for _, m := range p.Items {
				ids = append(ids, m.ID)
			}
			return ids
		}
		for _, c := range []struct {
			filter page.Filter
			want   id.ID
		}{
			{eq("role", "owner"), owner.ID}, {eq("role", "viewer"), viewer.ID}, {eq("status", "active"), owner.ID},
			{eq("status", "invited"), viewer.ID}, {eq("email", owner.Email), owner.ID}, {eq("email", viewer.Email), viewer.ID},
		} {
			if got := members(c.filter); len(got) != 1 || got[0] != c.want {
				t.Errorf("members with %v: %v", c.filter, got)
			}
		}
	})
}

// A key's status is not a column: it depends on the time.
func TestFiltersOfKeys(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		clock := newHands()
		s := connect(t, database(t, e), clock.now)
		orgID := newOrg(t, s, plan.Free)
		in := func(d time.Duration) *time.Time { at := noon.Add(d); return &at }
		all := []struct {
			name    string
			expires *time.Time
			tier    plan.Tier
			revoked bool
		}{
			{"forever", nil, plan.Free, false},
			{"later", in(time.Microsecond), plan.Pro, false},
			{"now", in(0), plan.Free, false}, // at its end it is over
			{"before", in(-time.Microsecond), plan.Pro, false},
			{"revoked", nil, plan.Free, true},
			{"revoked and over", in(-time.Hour), plan.Free, true},
		}
		for i, k := range all {
			row := apikey.Key{
				ID: id.New(), OrgID: orgID, Name: k.name, Prefix: name("p%d", i), Hash: []byte{1}, Tier: k.tier,
				ExpiresAt:   k.expires,
				CreatorKind: identity.System, CreatedAt: noon.Add(time.Duration(i) * time.Second),
			}
			must(t, insertKey(s, t.Context(), row))
			if k.revoked {
				if _, err := s.RevokeKey(t.Context(), row.ID, noon); err != nil {
					t.Fatal(err)
				}
			}
		}
		keys := func(q page.Query) page.Page[item] { return lists[1].page(t, s, orgID, q) }
		expect := func(want []string, filters ...page.Filter) {
			t.Helper()
			if got := filtered(t, keys, filters...); !slices.Equal(got, want) {
				t.Errorf("with %v: %q", filters, got)
			}
		}
		expect([]string{"forever", "later"}, eq("status", "active"))
		expect([]string{"now", "before"}, eq("status", "expired"))
		expect([]string{"revoked", "revoked and over"}, eq("status", "revoked"))
		expect([]string{"later", "before"}, eq("tier", "pro"))
		expect([]string{"before"}, eq("tier", "pro"), eq("status", "expired"))
		expect([]string{"before"}, eq("status", "expired"), eq("tier", "pro"))
		clock.forward(time.Microsecond)
		expect([]string{"forever"}, eq("status", "active"))
		expect([]string{"later", "now", "before"}, eq("status", "expired"))
		// The domain, which is asked about one key, says the same.
		for _, status := range []apikey.Status{apikey.Active, apikey.Expired, apikey.Revoked} {
			p, err := s.ListKeys(t.Context(), orgID,
				page.Query{Limit: 100, Sort: page.Sort{Field: "name"}, Filters: []page.Filter{eq("status", string(status))}})
			must(t, err)
			for _, k := range p.Items {
				if got := k.Status(clock.now()); got != status {
					t.Errorf("%s is listed as %s and is %s", k.Name, status, got)
				}
			}
		}
	})
}

func TestFiltersOfAudit(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		orgID := newOrg(t, s, plan.Free)
		actor, target := id.New(), id.New()
		for i, x := range []audit.Entry{
			{ActorName: "0", Action: "key.created", ActorID: actor, TargetID: target},
			{ActorName: "1", Action: "key.revoked", ActorID: actor, TargetID: id.New()},
			{ActorName: "2", Action: "key.created", ActorID: id.New(), TargetID: target},
			{ActorName: "3", Action: "key.created", TargetID: id.New()}, // the operator has no id
		} {
			x.ID, x.OrgID, x.ActorKind, x.TargetKind, x.CreatedAt = id.New(), orgID, identity.Client, audit.Key,
				noon.Add(time.Duration(i)*time.Second)
			must(t, s.InsertAudit(t.Context(), x))
		}
		entries := func(q page.Query) page.Page[item] { return lists[3].page(t, s, orgID, q) }
		since := func(n int) page.Filter {
			return page.Filter{Field: "created_at", Op: page.Since, Value: noon.Add(time.Duration(n) * time.Second)}
		}
		until := func(n int) page.Filter {
			return page.Filter{Field: "created_at", Op: page.Until, Value: noon.Add(time.Duration(n) * time.Second)}
		}
		for _, c := range []struct {
			filters []page.Filter
			want    []string
		}{
			{[]page.Filter{eq("action", "key.created")}, []string{"0", "2", "3"}},
			{[]page.Filter{eq("actor_id", actor)}, []string{"0", "1"}},
			{[]page.Filter{eq("target_id", target)}, []string{"0", "2"}},
			{[]page.Filter{eq("target_id", target), eq("actor_id", actor)}, []string{"0"}},
			{[]page.Filter{since(1)}, []string{"1", "2", "3"}},
			{[]page.Filter{until(1)}, []string{"0"}},
			{[]page.Filter{since(1), until(3)}, []string{"1", "2"}},
			{[]page.Filter{since(1), until(1)}, nil},
			{[]page.Filter{since(1), until(3), eq("action", "key.created"), eq("target_id", target)}, []string{"2"}},
			{[]page.Filter{eq("action", "key")}, nil},
		} {
			if got := filtered(t, entries, c.filters...); !slices.Equal(got, c.want) {
				t.Errorf("with %v: %q", c.filters, got)
			}
		}
	})
}

func TestListRefusesWhatItDoesNotKnow(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		orgID := newOrg(t, s, plan.Free)
		ask := func(q page.Query) error {
			_, err := s.ListWorkspaces(t.Context(), orgID, id.ID{}, q)
			return err
		}
		for _, field := range []string{"", "org_id", "slug; DROP TABLE jobs", "version"} {
			if err := ask(page.Query{Limit: 1, Sort: page.Sort{Field: field}}); fault.Wrap(err).Code != fault.Internal ||
				err == nil {
				t.Errorf("sorted by %q: %v", field, err)
			}
			if err := ask(page.Query{
				Limit: 1, Sort: page.Sort{Field: "name"}, Filters: []page.Filter{eq(field, "x")},
			}); fault.Wrap(err).Code != fault.Internal || err == nil {
				t.Errorf("filtered by %q: %v", field, err)
			}
		}
		// A cursor that another version of the list made, when it sorted by something else.
		err := ask(page.Query{
			Limit: 1, Sort: page.Sort{Field: "created_at"}, After: &page.Position{Key: "Zeta", ID: id.New()},
		})
		wants(t, err, fault.InvalidCursor)
	})
}

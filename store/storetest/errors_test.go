package storetest

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/health"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/job"
	"github.com/alania-go/alania/domain/oauth"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/store"
)

// discreet fails when what the caller reads shows that there is a database.
func discreet(t *testing.T, what string, err error) *fault.Error {
	t.Helper()
	f := fault.Wrap(err)
	for _, word := range []string{
		"sql", "SQL", "pq", "constraint", "UNIQUE", "FOREIGN", "_key", "closed", "terminating", "alania_", "duplicate",
	} {
		if strings.Contains(f.Message, word) {
			t.Errorf("%s: the message shows %q: %s", what, word, f.Message)
		}
	}
	if f.Cause == nil {
		t.Errorf("%s: the log does not learn the cause: %v", what, f)
	}
	return f
}

func TestDuplicatesAndMissingParents(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		ctx := t.Context()
		orgID := newOrg(t, s, plan.Free)
		m := newMember(t, s, orgID, identity.Owner, org.Active)
		w := workspace.Workspace{
			ID: id.New(), OrgID: orgID, Name: "W", Slug: "w", Status: workspace.Active, Settings: workspace.Defaults(),
			Version: 1, CreatedAt: noon, UpdatedAt: noon,
		}
		k := apikey.Key{
			ID: id.New(), OrgID: orgID, Name: "K", Prefix: unique(), Hash: []byte{1}, Tier: plan.Free,
			CreatorKind: identity.System, CreatedAt: noon,
		}
		c := oauth.Client{ID: id.New(), OrgID: orgID, ClientID: unique(), Name: "C", SecretHash: []byte{1}, CreatedAt: noon}
		a := audit.Entry{
			ID: id.New(), OrgID: orgID, Action: "a", ActorKind: identity.System, TargetKind: audit.Org, TargetID: orgID,
			CreatedAt: noon,
		}
		must(t, insertWorkspace(s, ctx, w), insertKey(s, ctx, k), s.InsertClient(ctx, c), s.InsertAudit(ctx, a))
		o, err := s.Org(ctx, orgID)
		must(t, err)

		fresh := func(v any) any { // the same again under another id
			switch v := v.(type) {
			case workspace.Workspace:
				v.ID = id.New()
				return v
			case apikey.Key:
				v.ID = id.New()
				return v
			case oauth.Client:
				v.ID = id.New()
				return v
			case org.Member:
				v.ID = id.New()
				return v
			case org.Org:
				v.ID = id.New()
				return v
			}
			return v
		}
		for name, err := range map[string]error{
			"id of an org":         s.InsertOrg(ctx, func() org.Org { o := o; o.Slug = unique(); return o }()),
			"member":               s.InsertMember(ctx, fresh(m).(org.Member)),
			"prefix of a key":      insertKey(s, ctx, fresh(k).(apikey.Key)),
			"client id":            s.InsertClient(ctx, fresh(c).(oauth.Client)),
			"id of an audit entry": s.InsertAudit(ctx, a),
		} {
			if f := discreet(t, name, err); f.Code != fault.Conflict {
				t.Errorf("%s: %v", name, err)
			}
		}
		// After these a transaction goes on, on PostgreSQL too.
		must(t, s.InTx(ctx, func(ctx context.Context) error {
			wants(t, s.InsertUser(ctx, org.User{ID: id.New(), Email: m.Email, Name: "Other", CreatedAt: noon}), fault.Conflict)
			wants(t, insertWorkspace(s, ctx, fresh(w).(workspace.Workspace)), fault.Conflict)
			wants(t, s.InsertOrg(ctx, fresh(o).(org.Org)), fault.Conflict)
			_, err := s.Workspace(ctx, w.ID)
			return err
		}))

		w.ID, w.OrgID = id.New(), id.New()
		k.ID, k.Prefix, k.OrgID = id.New(), unique(), id.New()
		c.ID, c.ClientID, c.UserID = id.New(), unique(), id.New()
		a.ID, a.OrgID = id.New(), id.New()
		stranger := m
		stranger.ID, stranger.UserID, stranger.Email = id.New(), id.New(), ""
		for name, err := range map[string]error{
			"workspace of no org":   insertWorkspace(s, ctx, w),
			"key of no org":         insertKey(s, ctx, k),
			"client of no person":   s.InsertClient(ctx, c),
			"member of no person":   s.InsertMember(ctx, stranger),
			"audit entry of no org": s.InsertAudit(ctx, a),
		} {
			if f := discreet(t, name, err); f.Code != fault.NotFound {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// What does not exist is the domain's own NotFound, which names it, and not sql.ErrNoRows.
func TestMissingRows(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		ctx, none := t.Context(), id.New()
		orgID := newOrg(t, s, plan.Free)
		for what, err := range map[string]error{
			"organization": second(s.Org(ctx, none)),
			"workspace":    second(s.Workspace(ctx, none)),
			"member":       second(s.Member(ctx, orgID, none)),
			"user":         s.UserIn(ctx, id.ID{}, none),
			"key":          second(s.Key(ctx, orgID, none)),
			"client":       second(s.ClientByID(ctx, none)),
			"claim":        second(s.Claim(ctx, []byte("none"))),
		} {
			if errors.Is(err, sql.ErrNoRows) || !fault.IsCode(err, fault.NotFound) ||
				fault.Wrap(err).Message != "The "+what+" does not exist." {
				t.Errorf("%s: %v", what, err)
			}
		}
		for what, err := range map[string]error{
			"member by address": second(s.MemberByEmail(ctx, orgID, "nobody@example.com")),
			"org by slug":       second(s.OrgBySlug(ctx, "none")), "org's tier": second(s.OrgTier(ctx, none)),
			"org to lock":         s.LockOrg(ctx, none),
			"client by client id": second(s.Client(ctx, "none")),
			"key by prefix":       second(s.CredentialByPrefix(ctx, "sk_live_none")),
		} {
			wants(t, err, fault.NotFound)
			_ = what
		}
		// The zero id is NULL, which equals nothing.
		wants(t, second(s.Workspace(ctx, id.ID{})), fault.NotFound)
	})
}

func TestClosedDatabase(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		ctx := t.Context()
		o := anOrg()
		must(t, s.InsertOrg(ctx, o))
		must(t, s.Close())
		list := func() error {
			_, err := s.ListOrgs(ctx, []id.ID{o.ID}, page.Query{Limit: 1, Sort: page.Sort{Field: "name"}})
			return err
		}
		_, known := s.Org(ctx, o.ID)
		_, claimed := s.ClaimJobs(ctx, job.Class{}, nil, 1, id.New(), noon, noon)
		if claimed != nil {
			t.Errorf("a claim of nothing asks the database: %v", claimed)
		}
		for what, err := range map[string]error{
			"a statement that was prepared": s.InsertOrg(ctx, anOrg()),
			"a new statement":               known,
			"a list":                        list(),
			"a batch":                       s.TouchMembers(ctx, []id.ID{id.New()}, noon),
			"a transaction":                 s.InTx(ctx, func(context.Context) error { return nil }),
		} {
			if err == nil {
				t.Errorf("%s succeeds", what)
				continue
			}
			discreet(t, what, err)
			if fault.IsCode(err, fault.NotFound) || fault.IsCode(err, fault.Conflict) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if c := s.Probe(ctx); c.State != health.Down || c.Cause == nil || strings.Contains(c.Message, "closed") {
			t.Errorf("the probe says %+v", c)
		}
	})
}

func TestProbe(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		if c := open(t, e).Probe(t.Context()); c.State != health.Up || c.Cause != nil {
			t.Fatalf("%+v", c)
		}
	})
}

// The server ends the session of a transaction, as it does when it restarts: the caller
// may try again, the store goes on with another session.
func TestLostSession(t *testing.T) {
	t.Parallel()
	url := database(t, store.Postgres)
	s, db := connect(t, url, clock.System), raw(t, url)
	err := s.InTx(t.Context(), func(ctx context.Context) error {
		must(t, s.InsertOrg(ctx, anOrg()))
		change(t, db,
			"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "+
				"pg_backend_pid()")
		return s.InsertOrg(ctx, anOrg())
	})
	if f := discreet(t, "lost session", err); f.Code != fault.Unavailable {
		t.Fatal(err)
	}
	if n := orgsIn(t, s); n != 0 {
		t.Fatalf("%d orgs", n)
	}
	must(t, s.InTx(t.Context(), func(ctx context.Context) error { return s.InsertOrg(ctx, anOrg()) }))
}

// PostgreSQL keeps no NUL and nothing that is not UTF-8, and so SQLite must not either; a
// caller who sends it is told that it is theirs to mend. A job's error is whatever somebody wrote, and is kept without.
func TestTextThatCannotBeKept(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		orgID := newOrg(t, s, plan.Free)
		for _, text := range []string{"a\x00b", "a\xffb"} {
			o := anOrg()
			o.Name = text
			wants(t, s.InsertOrg(t.Context(), o), fault.ValidationFailed)
			_, err := s.ListWorkspaces(t.Context(), orgID, id.ID{}, page.Query{
				Limit: 1, Sort: page.Sort{Field: "name"}, Filters: []page.Filter{{Field: "name", Op: page.Eq, Value: text}},
			})
			wants(t, err, fault.ValidationFailed)
		}
		a := audit.Entry{
			ID: id.New(), OrgID: orgID, Action: "a", ActorKind: identity.System, TargetKind: audit.Org, TargetID: orgID,
			CreatedAt: noon, After: audit.Fields{"name": "a\x00b"},
		}
		wants(t, s.InsertAudit(t.Context(), a), fault.ValidationFailed)
	})
}

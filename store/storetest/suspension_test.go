package storetest

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/integration"
	"github.com/alania-go/alania/domain/job"
	"github.com/alania-go/alania/domain/oauth"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/pixel"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/webhook"
	"github.com/alania-go/alania/store"
)

// superAdmin is a context in which a super admin of an org acts.
func superAdmin(t testing.TB, orgID id.ID) context.Context {
	p := *identity.From(as(t, orgID))
	p.SuperAdmin = true
	return identity.With(t.Context(), &p)
}

func TestSuspension(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		clock := newHands()
		v := serve(connect(t, database(t, e), clock.now), clock.now)
		orgID, other := newOrg(t, v.Store, plan.Pro), newOrg(t, v.Store, plan.Free)
		operator := operatorOf(t, orgID)
		slugs := func(status identity.OrgStatus) []string {
			t.Helper()
			list, err := v.orgs.All(operator, status)
			must(t, err)
			var out []string
			for _, o := range list {
				out = append(out, o.Slug)
			}
			return out
		}
		was, err := v.Org(t.Context(), orgID)
		must(t, err)
		if all := slugs(""); len(all) != 2 || len(slugs(identity.OrgActive)) != 2 || slugs(identity.OrgSuspended) != nil {
			t.Fatalf("at first: %v", all)
		}
		for i, step := range []struct {
			do      func() (bool, error)
			changed bool
			status  identity.OrgStatus
			reason  string
		}{
			{func() (bool, error) { return v.orgs.Resume(operator, orgID) }, false, identity.OrgActive, ""},
			{func() (bool, error) { return v.orgs.Suspend(operator, orgID, " unpaid ") }, true, identity.OrgSuspended, "unpaid"},
			{func() (bool, error) { return v.orgs.Suspend(operator, orgID, "again") }, false, identity.OrgSuspended, "unpaid"},
			{func() (bool, error) { return v.orgs.Resume(superAdmin(t, other), orgID) }, true, identity.OrgActive, ""},
			{func() (bool, error) { return v.orgs.Suspend(superAdmin(t, other), orgID, "") }, true, identity.OrgSuspended, ""},
			{func() (bool, error) { return v.orgs.Resume(operator, orgID) }, true, identity.OrgActive, ""},
		} {
			clock.forward(time.Second)
			changed, err := step.do()
			got, readErr := v.Org(t.Context(), orgID)
			must(t, err, readErr)
			if changed != step.changed || got.Status != step.status || got.SuspendedReason != step.reason ||
				(got.SuspendedAt != nil) != (step.status == identity.OrgSuspended) {
				t.Errorf("step %d: %v, %+v", i, changed, got)
			}
			if step.changed && got.SuspendedAt != nil && !got.SuspendedAt.Equal(clock.now()) {
				t.Errorf("step %d: since %v", i, got.SuspendedAt)
			}
			of := slugs(identity.OrgSuspended)
			if (len(of) == 1 && of[0] == was.Slug) != (step.status == identity.OrgSuspended) {
				t.Errorf("step %d: suspended are %v", i, of)
			}
		}
		if got, err := v.Org(t.Context(), orgID); err != nil || got != was {
			t.Errorf("at last %+v, %v", got, err)
		}

		trail, err := v.ListAudit(t.Context(), orgID, page.Query{Limit: 10, Sort: page.Sort{Field: "created_at"}})
		must(t, err)
		var told []string
		for _, entry := range trail.Items {
			what := entry.Action + " " + entry.Before["status"].(string) + ">" + entry.After["status"].(string)
			if reason, ok := entry.After["reason"]; ok {
				what += " " + reason.(string)
			}
			told = append(told, what)
			if entry.Target() != orgID.Prefixed(id.OrgPrefix) {
				t.Errorf("the entry %+v", entry)
			}
		}
		want := []string{
			"org.suspended active>suspended unpaid", "org.resumed suspended>active", "org.suspended active>suspended",
			"org.resumed suspended>active",
		}
		if !reflect.DeepEqual(told, want) {
			t.Errorf("the trail tells %q", told)
		}
	})
}

func TestWhoSuspends(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		v := serve(open(t, e), time.Now)
		orgID := newOrg(t, v.Store, plan.Pro)
		for name, ctx := range map[string]context.Context{
			"nobody": t.Context(), "the org's own credentials": as(t, orgID),
			"another org's":                         as(t, newOrg(t, v.Store, plan.Pro)),
			"a super admin, whom it would lock out": superAdmin(t, orgID),
		} {
			for _, do := range []func() (bool, error){
				func() (bool, error) { return v.orgs.Suspend(ctx, orgID, "") },
				func() (bool, error) { return v.orgs.Resume(ctx, orgID) },
			} {
				changed, err := do()
				if changed {
					t.Errorf("%s suspends", name)
				}
				wants(t, err, fault.AccessDenied)
			}
		}
		for _, ctx := range []context.Context{t.Context(), as(t, orgID)} {
			_, err := v.orgs.All(ctx, "")
			wants(t, err, fault.AccessDenied)
		}
		operator := operatorOf(t, orgID)
		for _, reason := range []string{strings.Repeat("ä", org.MaxSuspendedReason+1), "a\x00b", "a\xffb"} {
			_, err := v.orgs.Suspend(operator, orgID, reason)
			wants(t, err, fault.ValidationFailed)
		}
		_, err := v.orgs.Suspend(operator, id.New(), "")
		wants(t, err, fault.NotFound)
		_, err = v.orgs.Resume(operator, id.New())
		wants(t, err, fault.NotFound)
		if o, err := v.Org(t.Context(), orgID); err != nil || o.Status != identity.OrgActive {
			t.Errorf("%+v, %v", o, err)
		}
		long := strings.Repeat("ä", org.MaxSuspendedReason)
		if changed, err := v.orgs.Suspend(operator, orgID, long); err != nil || !changed {
			t.Errorf("a long reason: %v", err)
		}
	})
}

// What an org has of credentials ends when it is suspended, whether they act for somebody or not: at once in the
// process that suspends it and in those that are told, in others within identity.CacheTTL. They work again after it.
func TestCredentialsEndWithTheOrg(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		clock, url := newHands(), database(t, e)
		replica := func() *services {
			v := serve(connect(t, url, clock.now), clock.now)
			must(t, v.oauth.LoadKeys(t.Context()))
			return v
		}
		v, told, untold := replica(), replica(), replica()
		v.announced = told.cache.Apply
		orgID := newOrg(t, v.Store, plan.Pro)
		m := newMember(t, v.Store, orgID, identity.Member, org.Active)
		var keys []string
		var clients []oauth.Credentials
		for _, userID := range []id.ID{{}, m.UserID} {
			ctx := operatorOf(t, orgID)
			if !userID.IsZero() {
				ctx = person(t, orgID, userID)
			}
			_, full, err := v.keys.Create(ctx, orgID, apikey.Create{Name: "K", Scopes: []string{"*"}})
			must(t, err)
			c, secret, err := v.oauth.CreateClient(ctx,
				oauth.NewClient{OrgID: orgID, Name: "C", Scopes: []string{"*"}, UserID: userID})
			must(t, err)
			keys, clients = append(keys, full), append(clients, oauth.Credentials{ID: c.ClientID, Secret: secret})
		}
		grant := func(i int) oauth.Grant { return oauth.Grant{GrantType: "client_credentials", Client: clients[i]} }
		var tokens []string
		for i := range clients {
			tok, err := v.oauth.Issue(t.Context(), grant(i))
			must(t, err)
			tokens = append(tokens, tok.AccessToken)
		}
		all := func(v *services) (errs []error) {
			for i := range keys {
				_, key := v.keys.Authenticate(t.Context(), keys[i], local)
				_, token := v.oauth.Authenticate(t.Context(), tokens[i])
				_, basic := v.oauth.AuthenticateClient(t.Context(), clients[i])
				errs = append(errs, key, token, basic)
			}
			return errs
		}
		work := func(where string, v *services) {
			t.Helper()
			if err := errors.Join(all(v)...); err != nil {
				t.Fatalf("%s: %v", where, err)
			}
		}
		refused := func(where string, v *services) {
			t.Helper()
			for i, err := range all(v) {
				f := fault.Wrap(err)
				if err == nil || f.Code != fault.Unauthenticated || f.Reason != identity.ReasonOrgSuspended ||
					!strings.Contains(f.Message, "suspended") {
					t.Errorf("%s: credential %d: %v", where, i, err)
				}
			}
			for i := range clients {
				_, err := v.oauth.Issue(t.Context(), grant(i))
				wants(t, err, fault.OAuthInvalidClient, identity.ReasonOrgSuspended)
				wants(t, v.oauth.Revoke(t.Context(), clients[i], tokens[i]), fault.OAuthInvalidClient, identity.ReasonOrgSuspended)
			}
		}
		for range 2 {
			work("before", v)
			work("before, told", told)
			work("before, untold", untold)
			changed, err := v.orgs.Suspend(operatorOf(t, orgID), orgID, "")
			if err != nil || !changed {
				t.Fatal(changed, err)
			}
			refused("at once", v)
			refused("told", told)
			clock.forward(identity.CacheTTL)
			refused("after the time", untold)

			// Whoever has not the secret is told nothing.
			_, err = v.keys.Authenticate(t.Context(), keys[0][:len(keys[0])-1]+"_", local)
			wants(t, err, fault.Unauthenticated, "")
			_, err = v.oauth.Issue(t.Context(), oauth.Grant{
				GrantType: "client_credentials", Client: oauth.Credentials{ID: clients[0].ID, Secret: "wrong"},
			})
			wants(t, err, fault.OAuthInvalidClient, "")

			_, err = v.orgs.Resume(operatorOf(t, orgID), orgID)
			must(t, err)
		}
		work("after", untold) // at once: a refusal is not kept
	})
}

// What reaches outside for a suspended org waits, and is not lost. What only finishes a change goes on.
func TestWorkOfASuspendedOrgWaits(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		s, db := connect(t, url, func() time.Time { return noon }), raw(t, url)
		v := serve(s, func() time.Time { return noon })
		ctx := t.Context()
		suspended, active := aWorkspace(t, s), aWorkspace(t, s)
		sites, endpoints := map[id.ID]string{}, map[id.ID]id.ID{}
		insertJob(t, s, job.Job{}) // the platform's own
		for _, w := range []struct{ org, workspace id.ID }{
			{suspended.OrgID, suspended.ID}, {active.OrgID, active.ID},
		} {
			insertJob(t, s, job.Job{OrgID: w.org, RunAt: noon.Add(-time.Minute)})
			b := integration.Binding{
				ID: id.New(), OrgID: w.org, WorkspaceID: w.workspace, ConnectorID: "c", SchemaVersion: "1.0.0", Name: "b",
				Config: []byte("{}"), SealedConfig: []byte{1}, State: integration.Ready, CreatedAt: noon, UpdatedAt: noon,
			}
			must(t, s.InsertBinding(ctx, b))
			change(t, db, "UPDATE bindings SET next_run_at = $1 WHERE id = $2", noon, b.ID.UUID())
			ep := webhook.Endpoint{
				ID: id.New(), OrgID: w.org, WorkspaceID: w.workspace, Contract: "platform", URL: "https://example.com/",
				Events: []string{"*"}, Status: webhook.Enabled, Secret: []byte{1}, CreatedAt: noon, UpdatedAt: noon,
			}
			endpoints[ep.ID] = w.org
			must(t, second(s.InsertEndpoint(ctx, ep)))
			ev := webhook.Event{
				ID: id.New(), Contract: "platform", OrgID: w.org, Type: "x", Payload: []byte("{}"), CreatedAt: noon,
			}
			must(t, s.InsertEvent(ctx, ev), s.InsertDeliveries(ctx, id.New(), []bool{false}, []webhook.Delivery{{
				ID: id.New(), OrgID: w.org, EndpointID: ep.ID, EventID: ev.ID, EventType: ev.Type, Contract: ev.Contract,
				State: webhook.Pending, DueAt: noon, CreatedAt: noon,
			}}))
			sites[w.org] = w.org.UUID() + ".example.com"
			must(t, second(s.PutPixelDomain(ctx, pixel.Domain{
				ID: id.New(), OrgID: w.org, WorkspaceID: w.workspace, Name: sites[w.org], Config: pixel.Defaults(),
				CreatedAt: noon, UpdatedAt: noon,
			})))
		}
		// waits compares what there is to do, and for whom, with what is expected.
		waits := func(when string, is bool) {
			t.Helper()
			todo := map[string]map[id.ID]bool{"jobs": {}, "jobs that finish a change": {}, "runs": {}, "deliveries": {}}
			for name, c := range map[string]job.Class{
				"jobs": {Kind: work, Pauses: true}, "jobs that finish a change": {Kind: work},
			} {
				orgs, err := s.DueOrgs(ctx, c, id.ID{}, noon, 10)
				must(t, err)
				for _, o := range orgs {
					todo[name][o] = true
				}
				if !todo[name][id.ID{}] {
					t.Errorf("%s: the platform's own job is not among the %s", when, name)
				}
			}
			bindings, err := s.DueBindings(ctx, noon, 10)
			must(t, err)
			for _, b := range bindings {
				todo["runs"][b.OrgID] = true
			}
			due, err := s.DueEndpoints(ctx, noon, id.ID{}, 10)
			must(t, err)
			for _, d := range due {
				if endpoints[d.EndpointID] != d.OrgID {
					t.Errorf("%s: %+v is due", when, d)
				}
				todo["deliveries"][d.OrgID] = true
			}
			for name, of := range todo {
				if !of[active.OrgID] || of[suspended.OrgID] == (is && name != "jobs that finish a change") {
					t.Errorf("%s: the %s are due of %v", when, name, of)
				}
			}
			st, err := s.JobStats(ctx, noon)
			must(t, err)
			// What waits on purpose is no backlog.
			if want := map[bool]int{true: 2, false: 3}[is]; st.Due != want {
				t.Errorf("%s: %d jobs are due, want %d", when, st.Due, want)
			}
			for orgID, name := range sites {
				if d, err := s.PixelDomain(ctx, name); err != nil || d.OrgSuspended != (is && orgID == suspended.OrgID) {
					t.Errorf("%s: the site %+v, %v", when, d, err)
				}
			}
		}
		waits("before", false)
		operator := operatorOf(t, suspended.OrgID)
		must(t, second(v.orgs.Suspend(operator, suspended.OrgID, "")))
		waits("suspended", true)
		must(t, second(v.orgs.Resume(operator, suspended.OrgID)))
		waits("resumed", false)
	})
}

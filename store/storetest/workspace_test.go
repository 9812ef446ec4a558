package storetest

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/store"
)

func TestWorkspaceRoundTrip(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		orgID := newOrg(t, s, plan.Free)
		for i, settings := range []workspace.Settings{
			workspace.Defaults(),
			{
				RetentionDays: 3650, Regions: []string{"us-east", "eu-central", "ap-south"},
				FeatureFlags: map[string]bool{"a": true, "b": false, `<"ü">&`: true}, Timezone: "Asia/Tokyo", Locale: "ja_JP",
			},
			{RetentionDays: 1, Regions: []string{}, FeatureFlags: map[string]bool{}},
		} {
			w := workspace.Workspace{
				ID: id.New(), OrgID: orgID, Name: `Größe "1" <b>`, Slug: name("s%d", i), Status: workspace.Suspended,
				Tier:     plan.Pro,
				Settings: settings, Version: 7, CreatedAt: noon, UpdatedAt: noon.Add(time.Microsecond),
				Capabilities: []workspace.Capability{workspace.Kafka, workspace.Storage}, Pending: []workspace.Capability{},
			}
			var err error
			w.Seq, err = s.InsertWorkspace(t.Context(), w)
			must(t, err)
			if got, err := s.Workspace(t.Context(), w.ID); err != nil || !reflect.DeepEqual(got, w) {
				t.Errorf("%+v, %v", got, err)
			}
			if got, err := s.WorkspaceBySeq(t.Context(), orgID, w.Seq); err != nil || got.ID != w.ID {
				t.Errorf("%+v, %v", got, err)
			}
			_, err = s.WorkspaceBySeq(t.Context(), id.New(), w.Seq)
			wants(t, err, fault.NotFound)
		}
	})
}

func TestUpdateOfAStaleVersionChangesNothing(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		ctx := t.Context()
		v := serve(s, clockAt(noon))
		orgID := newOrg(t, s, plan.Free)
		w, err := v.workspaces.Create(as(t, orgID), orgID, workspace.Create{Name: "One", Settings: workspace.Defaults()})
		must(t, err)
		next := w
		next.Name, next.Version, next.Status, next.UpdatedAt = "Two", 2, workspace.Suspended, noon.Add(time.Second)
		next.Settings = workspace.Settings{
			RetentionDays: 9, Regions: []string{"us-east"}, FeatureFlags: map[string]bool{"a": true},
		}
		for was, want := range map[int]bool{0: false, 2: false, -1: false} {
			if ok, err := s.UpdateWorkspace(ctx, next, was); err != nil || ok != want {
				t.Errorf("over version %d: %v, %v", was, ok, err)
			}
		}
		if got, err := s.Workspace(ctx, w.ID); err != nil || !reflect.DeepEqual(got, w) {
			t.Errorf("%+v, %v", got, err)
		}
		if ok, err := s.UpdateWorkspace(ctx, next, 1); err != nil || !ok {
			t.Fatalf("%v, %v", ok, err)
		}
		if got, err := s.Workspace(ctx, w.ID); err != nil || !reflect.DeepEqual(got, next) {
			t.Errorf("%+v, %v", got, err)
		}
		if ok, err := s.UpdateWorkspace(ctx, next, 1); err != nil || ok {
			t.Errorf("a second time: %v, %v", ok, err)
		}
	})
}

func set[T any](v T) workspace.Change[T] { return workspace.Change[T]{Set: true, Value: &v} }

// Changes without a condition all arrive: each goes on top of the one before.
func TestSettingsUpdatesAreNotLost(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		replicas := []*services{
			serve(connect(t, url, clock.System), clock.System), serve(connect(t, url, clock.System), clock.System),
		}
		orgID := newOrg(t, replicas[0].Store, plan.Free)
		ctx := as(t, orgID)
		w, err := replicas[0].workspaces.Create(ctx, orgID, workspace.Create{Name: "W", Settings: workspace.Defaults()})
		must(t, err)
		must(t, together(writers, func(i int) error {
			v := replicas[i%2]
			for n := range rounds {
				// Each writer has two flags of its own.
				on := n%4 < 2
				flags := map[string]*bool{name("w%d_%d", i, n%2): &on}
				if _, err := v.workspaces.UpdateSettings(ctx, w.ID, workspace.Patch{FeatureFlags: set(flags)}, nil); err != nil {
					return err
				}
			}
			return nil
		})...)
		got, err := replicas[0].workspaces.Get(ctx, w.ID)
		must(t, err)
		if got.Version != 1+writers*rounds {
			t.Errorf("version %d", got.Version)
		}
		want := map[string]bool{}
		for i := range writers {
			for n := range rounds {
				want[name("w%d_%d", i, n%2)] = n%4 < 2
			}
		}
		if !maps.Equal(got.Settings.FeatureFlags, want) {
			t.Errorf("%v", got.Settings.FeatureFlags)
		}
		if n := read[int](t, raw(t, url),
			"SELECT count(*) FROM audit_entries WHERE action = 'workspace.settings_updated'"); n != writers*rounds {
			t.Errorf("%d audit entries", n)
		}
	})
}

// A counter in the settings, with the version that was read as the condition.
func TestConditionalUpdatesAreNotLost(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		v := serve(open(t, e), clock.System)
		orgID := newOrg(t, v.Store, plan.Free)
		ctx := as(t, orgID)
		start := workspace.Defaults()
		start.RetentionDays = 0
		w, err := v.workspaces.Create(ctx, orgID, workspace.Create{Name: "W", Settings: start})
		must(t, err)
		must(t, together(8, func(int) error {
			for done := 0; done < 10; {
				seen, err := v.workspaces.Get(ctx, w.ID)
				if err != nil {
					return err
				}
				_, err = v.workspaces.UpdateSettings(ctx, w.ID, workspace.Patch{
					RetentionDays: set(seen.Settings.RetentionDays + 1),
				},
					func(version int) bool { return version == seen.Version })
				switch {
				case err == nil:
					done++
				case !fault.IsCode(err, fault.PreconditionFailed):
					return err
				}
			}
			return nil
		})...)
		if got, err := v.workspaces.Get(ctx, w.ID); err != nil || got.Settings.RetentionDays != 80 || got.Version != 81 {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestTakenSlugs(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		orgID, other := newOrg(t, s, plan.Free), newOrg(t, s, plan.Free)
		insert := func(orgID id.ID, slug string) error {
			return insertWorkspace(s, t.Context(), workspace.Workspace{
				ID: id.New(), OrgID: orgID, Name: slug, Slug: slug, Status: workspace.Active, Settings: workspace.Defaults(),
				Version: 1, CreatedAt: noon, UpdatedAt: noon,
			})
		}
		for _, slug := range []string{
			"alpha", "alpha-2", "alpha-10", "alphabet", "alphazz", "alpha9", "alph", "beta", "b", "a",
		} {
			must(t, insert(orgID, slug))
		}
		must(t, insert(other, "alpha"), insert(other, "alpha-3")) // another org's is free here
		for prefix, want := range map[string][]string{
			"alpha":   {"alpha", "alpha-10", "alpha-2", "alpha9", "alphabet", "alphazz"},
			"alpha-2": {"alpha-2"},
			"beta":    {"beta"},
			"gamma":   {},
			"al":      {"alph", "alpha", "alpha-10", "alpha-2", "alpha9", "alphabet", "alphazz"},
		} {
			got, err := s.TakenSlugs(t.Context(), orgID, prefix)
			must(t, err)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("%s: %v", prefix, got)
			}
		}
	})
}

func TestSlugsAreDerivedAndNumbered(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		v := serve(open(t, e), clock.System)
		orgID := newOrg(t, v.Store, plan.Free)
		ctx := as(t, orgID)
		create := func(in workspace.Create) (string, error) {
			in.Settings = workspace.Defaults()
			w, err := v.workspaces.Create(ctx, orgID, in)
			return w.Slug, err
		}
		for _, c := range []struct{ name, slug string }{
			{"Alpha", "alpha"}, {" alpha ", "alpha-2"}, {"ALPHA!", "alpha-3"}, {"Alpha 2", "alpha-2-2"},
			{"Alphabet", "alphabet"}, {"名前", "workspace"}, {"長", "workspace-2"},
		} {
			if got, err := create(workspace.Create{Name: c.name}); err != nil || got != c.slug {
				t.Errorf("%q becomes %q, %v", c.name, got, err)
			}
		}
		_, err := create(workspace.Create{Name: "Other", Slug: "alpha"})
		wants(t, err, fault.Conflict, "slug_taken")
		_, err = create(workspace.Create{Name: " \t\u00a0"})
		wants(t, err, fault.ValidationFailed)
		for i := 4; i <= 100; i++ {
			if got, err := create(workspace.Create{Name: "alpha"}); err != nil || got != "alpha-"+strconv.Itoa(i) {
				t.Fatalf("number %d is %q, %v", i, got, err)
			}
		}
		seen := map[string]bool{}
		for range 3 { // after a hundred of one name
			got, err := create(workspace.Create{Name: "alpha"})
			if err != nil || len(got) != len("alpha-")+8 || seen[got] {
				t.Fatalf("%q, %v", got, err)
			}
			seen[got] = true
		}
		foreign := as(t, newOrg(t, v.Store, plan.Free))
		_, err = v.workspaces.Create(foreign, orgID, workspace.Create{Name: "x"})
		wants(t, err, fault.NotFound)
	})
}

// Creates of one name at once each get a slug of their own: nobody asked for one that is
// taken. It holds inside an outer transaction too, as requests with an Idempotency-Key are.
func TestCreatesOfOneNameAtOnce(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		replicas := []*services{
			serve(connect(t, url, clock.System), clock.System), serve(connect(t, url, clock.System), clock.System),
		}
		orgID := newOrg(t, replicas[0].Store, plan.Free)
		ctx := as(t, orgID)
		slugs := make([]string, 12)
		must(t, together(len(slugs), func(i int) error {
			v := replicas[i%2]
			create := func(ctx context.Context) error {
				w, err := v.workspaces.Create(ctx, orgID, workspace.Create{Name: "Alpha", Settings: workspace.Defaults()})
				slugs[i] = w.Slug
				return err
			}
			if i%3 == 0 {
				return v.InTx(ctx, create)
			}
			return create(ctx)
		})...)
		slices.Sort(slugs)
		if len(slices.Compact(slugs)) != 12 || slugs[0] != "alpha" {
			t.Fatalf("%q", slugs)
		}
		// One slug that is asked for goes to one.
		errs := together(8, func(i int) error {
			_, err := replicas[i%2].workspaces.Create(ctx, orgID,
				workspace.Create{Name: "Beta", Slug: "beta", Settings: workspace.Defaults()})
			return err
		})
		if n := count(errs, succeeded); n != 1 {
			t.Fatalf("%d succeed: %v", n, errs)
		}
		for _, err := range errs {
			if err != nil {
				wants(t, err, fault.Conflict, "slug_taken")
			}
		}
		if n := read[int](t, raw(t, url), "SELECT count(*) FROM audit_entries"); n != 13 {
			t.Errorf("%d audit entries of 13 creations", n)
		}
	})
}

func TestSettingsService(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		clock := newHands()
		v := serve(open(t, e), clock.now)
		orgID := newOrg(t, v.Store, plan.Free)
		ctx := as(t, orgID)
		w, err := v.workspaces.Create(ctx, orgID, workspace.Create{Name: "W", Settings: workspace.Defaults()})
		must(t, err)
		clock.forward(time.Minute)
		seen := func(want int) func(int) bool { return func(version int) bool { return version == want } }
		_, err = v.workspaces.UpdateSettings(ctx, w.ID, workspace.Patch{RetentionDays: set(60)}, seen(2))
		wants(t, err, fault.PreconditionFailed)
		got, err := v.workspaces.UpdateSettings(ctx, w.ID, workspace.Patch{RetentionDays: set(60)}, seen(1))
		if err != nil || got.Version != 2 || got.Settings.RetentionDays != 60 || got.UpdatedAt != clock.now() ||
			got.CreatedAt != w.CreatedAt {
			t.Fatalf("%+v, %v", got, err)
		}
		if read, err := v.workspaces.Get(ctx, w.ID); err != nil || !reflect.DeepEqual(read, got) {
			t.Fatalf("%+v, %v", read, err)
		}
		on, tooMany := true, map[string]*bool{}
		for i := range workspace.MaxFeatureFlags + 1 {
			tooMany[name("f%d", i)] = &on
		}
		_, err = v.workspaces.UpdateSettings(ctx, w.ID, workspace.Patch{FeatureFlags: set(tooMany)}, nil)
		wants(t, err, fault.ValidationFailed)

		foreign := as(t, newOrg(t, v.Store, plan.Free))
		for _, err := range []error{
			second(v.workspaces.Get(foreign, w.ID)), second(v.workspaces.Get(ctx, id.New())),
			second(v.workspaces.Get(t.Context(),
				w.ID)),
			second(v.workspaces.UpdateSettings(foreign, w.ID, workspace.Patch{}, nil)),
		} {
			if f := fault.Wrap(err); f.Code != fault.NotFound || f.Message != "The workspace does not exist." {
				t.Errorf("%v", err)
			}
		}
		_, err = v.workspaces.List(foreign, orgID, page.Query{Limit: 1, Sort: page.Sort{Field: "name"}})
		wants(t, err, fault.NotFound)
		if read, err := v.workspaces.Get(ctx, w.ID); err != nil || read.Version != 2 {
			t.Fatalf("a refusal changes it: %+v, %v", read, err)
		}
	})
}

func second[T any](_ T, err error) error { return err }

// The change and its audit entry are one: when the entry cannot be written, nothing is.
func TestChangeWithoutItsEntryIsNotMade(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		v := serve(s, clock.System)
		orgID := newOrg(t, s, plan.Free)
		ctx := as(t, orgID)
		w, err := v.workspaces.Create(ctx, orgID, workspace.Create{Name: "W", Settings: workspace.Defaults()})
		must(t, err)
		err = s.InTx(ctx, func(ctx context.Context) error {
			if _, err := v.workspaces.UpdateSettings(ctx, w.ID, workspace.Patch{RetentionDays: set(9)}, nil); err != nil {
				return err
			}
			return errRefused
		})
		if !errors.Is(err, errRefused) {
			t.Fatal(err)
		}
		if got, err := v.workspaces.Get(ctx, w.ID); err != nil || got.Version != 1 {
			t.Errorf("%+v, %v", got, err)
		}
		if p, err := s.ListAudit(ctx, orgID, page.Query{Limit: 9, Sort: page.Sort{Field: "created_at"}}); err != nil ||
			len(p.Items) != 1 {
			t.Errorf("%d entries, %v", len(p.Items), err)
		}
	})
}

// insertWorkspace inserts a workspace whose number does not matter.
func insertWorkspace(s *Store, ctx context.Context, w workspace.Workspace) error {
	_, err := s.InsertWorkspace(ctx, w)
	return err
}

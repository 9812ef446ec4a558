package storetest

import (
	"reflect"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/integration"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/store"
)

// TestDueBindingsByTurnsOfOrgs: the first of each org comes before the second of any.
func TestDueBindingsByTurnsOfOrgs(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		s, db := connect(t, url, clock.System), raw(t, url)
		ctx := t.Context()
		bind := func(w workspace.Workspace, name string, at time.Time) {
			t.Helper()
			b := integration.Binding{
				ID: id.New(), OrgID: w.OrgID, WorkspaceID: w.ID, ConnectorID: "c", SchemaVersion: "1.0.0", Name: name,
				Config:       []byte("{}"),
				SealedConfig: []byte{1}, State: integration.Ready, CreatedAt: noon, UpdatedAt: noon,
			}
			must(t, s.InsertBinding(ctx, b))
			change(t, db, "UPDATE bindings SET next_run_at = $1 WHERE id = $2", at.UTC(), b.ID.UUID())
		}
		many, other := aWorkspace(t, s), aWorkspace(t, s)
		for i := range 20 {
			bind(many, name("many %02d", i), noon.Add(time.Duration(i-100)*time.Minute))
		}
		bind(other, "other 1", noon.Add(-time.Minute))
		bind(other, "other 2", noon)
		bind(other, "not due", noon.Add(time.Minute))
		due, err := s.DueBindings(ctx, noon, 6)
		must(t, err)
		var got []string
		for _, b := range due {
			got = append(got, b.Name)
		}
		if want := []string{"many 00", "other 1", "many 01", "other 2", "many 02", "many 03"}; !reflect.DeepEqual(got, want) {
			t.Errorf("due are %v, want %v", got, want)
		}
	})
}

// aWorkspace inserts an org with a workspace.
func aWorkspace(t testing.TB, s *Store) workspace.Workspace {
	t.Helper()
	o := anOrg()
	must(t, s.InsertOrg(t.Context(), o))
	return workspace.Workspace{ID: newWorkspaceOn(t, s, o.ID, o.Tier, noon), OrgID: o.ID}
}

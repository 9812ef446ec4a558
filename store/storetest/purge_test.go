package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/integration"
	"github.com/alania-go/alania/domain/job"
	"github.com/alania-go/alania/domain/mcp"
	"github.com/alania-go/alania/domain/pixel"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/webhook"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/store"
)

// tableColumn is a column as the database describes it.
type tableColumn struct {
	name, kind string
	required   bool // not null, and without a default
}

// tables describes every table of a database.
func tables(t *testing.T, e store.Engine, db *sql.DB) map[string][]tableColumn {
	t.Helper()
	query := `SELECT m.name, c.name, c.type, c."notnull" = 1 AND c.dflt_value IS NULL AND (c.pk = 0 OR c.type <> 'INTEGER')
		FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'`
	if e == store.Postgres {
		query = `SELECT table_name, column_name, data_type, is_nullable = 'NO' AND column_default IS NULL
			FROM information_schema.columns WHERE table_schema = 'public'`
	}
	rows, err := db.Query(query)
	must(t, err)
	defer func() { _ = rows.Close() }()
	out := map[string][]tableColumn{}
	for rows.Next() {
		var table string
		var c tableColumn
		must(t, rows.Scan(&table, &c.name, &c.kind, &c.required))
		out[table] = append(out[table], c)
	}
	must(t, rows.Err())
	return out
}

// sample is a value for a column that must have one.
func sample(c tableColumn) any {
	switch kind := strings.ToLower(c.kind); {
	case kind == "uuid":
		return id.New().UUID()
	case strings.HasPrefix(kind, "timestamp"):
		return noon
	case kind == "bigint" || kind == "integer" || strings.HasPrefix(kind, "double"):
		return 1
	case kind == "boolean":
		return false
	case kind == "jsonb":
		return "{}"
	case kind == "bytea" || kind == "blob":
		return []byte(unique())
	}
	return id.New().UUID() // text, which on SQLite ids are too
}

// unchecked returns what inserts a row with values for some columns, and with samples for others that must have one.
// The rows need not refer to anything that is there.
func unchecked(
	t *testing.T, e store.Engine, db *sql.DB,
) func(table string, columns []tableColumn, fixed map[string]any) {
	t.Helper()
	conn, err := db.Conn(t.Context())
	must(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	off := "PRAGMA foreign_keys = OFF"
	if e == store.Postgres {
		off = "SET session_replication_role = replica"
	}
	_, err = conn.ExecContext(t.Context(), off)
	must(t, err)
	return func(table string, columns []tableColumn, fixed map[string]any) {
		t.Helper()
		var names, marks []string
		var args []any
		for _, c := range columns {
			v, ok := fixed[c.name]
			if !ok && c.required {
				v, ok = sample(c), true
			}
			if ok {
				names, args = append(names, c.name), append(args, v)
				marks = append(marks, fmt.Sprintf("$%d", len(args)))
			}
		}
		query := "INSERT INTO " + table + " (" + strings.Join(names, ", ") + ") VALUES (" + strings.Join(marks, ", ") +
			")"
		if _, err := conn.ExecContext(t.Context(), query, args...); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
}

// Every table with a workspace_id loses the rows of a workspace that is purged, and keeps those
// of others; what is kept says why. A new table fails here until it is in one of the lists.
func TestPurgeLeavesNothing(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		s, db := connect(t, url, clock.System), raw(t, url)
		orgID := newOrg(t, s, plan.Pro)
		doomed, other := newWorkspace(t, s, orgID, noon), newWorkspace(t, s, orgID, noon)
		insert := unchecked(t, e, db)
		const each = 5
		var found []string
		all := tables(t, e, db)
		for table, columns := range all {
			if !slices.ContainsFunc(columns, func(c tableColumn) bool { return c.name == "workspace_id" }) {
				continue
			}
			found = append(found, table)
			for _, w := range []id.ID{doomed, other} {
				for range each {
					insert(table, columns, map[string]any{"workspace_id": w.UUID()})
				}
			}
		}
		for _, table := range []string{
			"bindings", "records", "pixel_events", "seo_reports", "usage_counters", "mcp_servers", "webhook_endpoints",
			"api_keys", "projects",
		} {
			if !slices.Contains(found, table) {
				t.Errorf("%s is not among %v", table, found)
			}
		}
		// What belongs to an endpoint has no workspace_id of its own.
		for _, w := range []id.ID{doomed, other} {
			e := read[string](t, db, "SELECT max(CAST(id AS TEXT)) FROM webhook_endpoints WHERE workspace_id = $1",
				w.UUID())
			d := id.New()
			insert("webhook_deliveries", all["webhook_deliveries"], map[string]any{"id": d.UUID(), "endpoint_id": e})
			insert("webhook_attempts", all["webhook_attempts"], map[string]any{"delivery_id": d.UUID()})
		}

		_, err := s.PurgeWorkspace(t.Context(), doomed, each-1)
		wants(t, err, fault.Conflict) // it lives
		change(t, db, "UPDATE workspaces SET deleted_at = $2 WHERE id = $1", doomed.UUID(), noon)
		for n := -1; n != 0; {
			n, err = s.PurgeWorkspace(t.Context(), doomed, each-1)
			if must(t, err); n > each-1 {
				t.Fatalf("%d rows at once", n)
			}
		}
		for _, table := range found {
			count := func(w id.ID) int {
				return read[int](t, db, "SELECT count(*) FROM "+table+" WHERE workspace_id = $1", w.UUID())
			}
			want := 0
			if store.KeptOfWorkspaces[table] != "" {
				want = each
			}
			if n := count(doomed); n != want {
				t.Errorf("%s has %d rows of the deleted workspace, want %d", table, n, want)
			}
			if n := count(other); n < each {
				t.Errorf("%s has %d rows of the other workspace", table, n)
			}
		}
		for _, table := range []string{"webhook_deliveries", "webhook_attempts"} {
			if n := read[int](t, db, "SELECT count(*) FROM "+table); n != 1 {
				t.Errorf("%d rows in %s, want that of the other workspace", n, table)
			}
		}
	})
}

// Whatever is made in a workspace waits for its deletion, and is refused; what is being made is
// waited for.
func TestNothingIsMadeInADeletedWorkspace(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		s := connect(t, url, clock.System)
		orgID := newOrg(t, s, plan.Pro)
		ctx := patience(t)
		inserts := map[string]func(ctx context.Context, w id.ID) error{
			"endpoint": func(ctx context.Context, w id.ID) error {
				_, err := s.InsertEndpoint(ctx, webhook.Endpoint{
					ID: id.New(), OrgID: orgID, WorkspaceID: w, Contract: "platform", URL: "https://example.com",
					Status: webhook.Enabled, Secret: []byte{1}, CreatedAt: noon, UpdatedAt: noon,
				})
				return err
			},
			"key": func(ctx context.Context, w id.ID) error {
				return insertKey(s, ctx, apikey.Key{
					ID: id.New(), OrgID: orgID, WorkspaceID: w, Name: "K", Prefix: "sk_live_" + unique(), Hash: []byte{1},
					Tier: plan.Free, CreatedAt: noon,
				})
			},
			"binding": func(ctx context.Context, w id.ID) error {
				return s.InsertBinding(ctx, integration.Binding{
					ID: id.New(), OrgID: orgID, WorkspaceID: w, ConnectorID: "c", Name: unique(), Config: []byte("{}"),
					SealedConfig: []byte{1}, State: integration.Ready, CreatedAt: noon, UpdatedAt: noon,
				})
			},
			"run": func(ctx context.Context, w id.ID) error {
				return s.InsertRun(ctx, integration.Run{
					ID: id.New(), OrgID: orgID, WorkspaceID: w, BindingID: id.New(), State: integration.Queued, JobID: id.New(),
					CreatedAt: noon,
				})
			},
			"MCP server": func(ctx context.Context, w id.ID) error {
				return s.InsertMCPServer(ctx, mcp.Server{
					ID: "web", Key: id.New(), OrgID: orgID, WorkspaceID: w, Name: "Web", Transport: mcp.HTTP,
					CreatedAt: noon, UpdatedAt: noon,
				})
			},
			"MCP call": func(ctx context.Context, w id.ID) error {
				return s.InsertMCPCall(ctx, mcp.Call{
					ID: id.New(), OrgID: orgID, WorkspaceID: w, ServerID: "web", Tool: "t", Status: mcp.Succeeded,
					CreatedAt: noon,
				})
			},
			"pixel domain": func(ctx context.Context, w id.ID) error {
				_, err := s.PutPixelDomain(ctx, pixel.Domain{
					ID: id.New(), OrgID: orgID, WorkspaceID: w, Name: unique() + ".example", CreatedAt: noon, UpdatedAt: noon,
				})
				return err
			},
			"usage": func(ctx context.Context, w id.ID) error {
				found, err := s.Accounts(ctx, []id.ID{w}, "posts", noon)
				if err == nil && len(found) == 0 {
					err = fault.NewNotFound("workspace")
				}
				return err
			},
		}
		for name, insert := range inserts {
			w := newWorkspace(t, s, orgID, noon)
			// Committed before the deletion, which waits for it.
			held, going := make(chan struct{}), make(chan struct{})
			deleted := make(chan error, 1)
			go func() {
				<-held
				close(going)
				deleted <- s.InTx(ctx, func(ctx context.Context) error {
					if err := s.LockWorkspace(ctx, w); err != nil {
						return err
					}
					_, err := s.DeleteWorkspace(ctx, workspace.Workspace{ID: w, Slug: unique()}, noon)
					return err
				})
			}()
			err := s.InTx(ctx, func(ctx context.Context) error {
				err := insert(ctx, w)
				close(held)
				<-going
				if e == store.Postgres {
					blocked(t, raw(t, url))
				}
				select {
				case err := <-deleted:
					t.Errorf("%s: deleted in the middle of an insert: %v", name, err)
				default:
				}
				return err
			})
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			must(t, <-deleted)
			err = s.InTx(ctx, func(ctx context.Context) error { return insert(ctx, w) })
			if !fault.IsCode(err, fault.NotFound) {
				t.Errorf("%s in a deleted workspace: %v", name, err)
			}
		}
		// A change of the settings waits for nobody who makes something.
		w := newWorkspace(t, s, orgID, noon)
		must(t, s.InTx(ctx, func(inner context.Context) error {
			if err := s.HoldWorkspace(inner, w); err != nil || e != store.Postgres {
				return err
			}
			got, err := s.Workspace(ctx, w)
			must(t, err)
			got.Version++
			_, err = s.UpdateWorkspace(ctx, got, got.Version-1)
			return err
		}))
	})
}

// The purge is a job, and takes what is in the database and what is not.
func TestPurgeIsAJob(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		v := serve(connect(t, url, clock.System), clock.System)
		orgID := newOrg(t, v.Store, plan.Pro)
		ctx := as(t, orgID)
		first := newWorkspace(t, v.Store, orgID, noon)
		doomed := newWorkspace(t, v.Store, orgID, noon)
		q := job.NewQueue(v, v, quiet, clock.System)
		removed := make(chan id.ID, 1)
		purger := workspace.NewPurger(v, q, func(_ context.Context, w id.ID) error {
			removed <- w
			return nil
		})
		v.listeners.Deleted = []workspace.Hook{v.keys.HandleWorkspaceDelete, purger.HandleWorkspaceDelete}
		k, full, err := v.keys.Create(having(ctx, bound(doomed)), orgID, apikey.Create{Name: "K", Scopes: []string{"*"}})
		must(t, err)
		if p, err := v.keys.Authenticate(t.Context(), full, local); err != nil || p.WorkspaceID != doomed {
			t.Fatalf("%+v, %v", p, err)
		}
		must(t, v.workspaces.Delete(ctx, doomed))
		_, err = v.keys.Authenticate(t.Context(), full, local) // at once, though it was cached
		wants(t, err, fault.Unauthenticated)
		running, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { q.Run(running); close(done) }()
		select {
		case w := <-removed:
			if w != doomed {
				t.Errorf("the files of %v", w)
			}
		case <-time.After(time.Minute):
			t.Error("the purge does not run")
		}
		stop()
		<-done
		_, err = v.Key(t.Context(), orgID, k.ID)
		wants(t, err, fault.NotFound)
		if _, err := v.Workspace(t.Context(), first); err != nil {
			t.Error(err)
		}
	})
}

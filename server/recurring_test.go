package server_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/data/documents"
	"github.com/alania-go/alania/domain/data/objects"
	"github.com/alania-go/alania/domain/event"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/idempotency"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/integration"
	"github.com/alania-go/alania/domain/job"
	"github.com/alania-go/alania/domain/oauth"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/pixel"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/realm"
	"github.com/alania-go/alania/domain/recurring"
	"github.com/alania-go/alania/domain/seo"
	"github.com/alania-go/alania/domain/task/tasktest"
	"github.com/alania-go/alania/domain/webhook"
	"github.com/alania-go/alania/server/servertest"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/db"
	"github.com/alania-go/alania/store/storetest"
)

// chore makes something that a task has to do, and returns what reports whether it is done.
type chore func(c *chores) (done func() bool)

// due has a line for each task of the registry. A new task needs one: without it nobody knows whether the
// server does what the task is there for.
var due = map[string]chore{
	"write_last_used":          (*chores).useAKey,
	"write_api_calls":          (*chores).callTheAPI,
	"keep_signing_keys":        (*chores).ageTheSigningKey,
	"keep_realm_signing_keys":  (*chores).ageTheRealmsKey,
	"clean_realm_sessions":     (*chores).endASession,
	"clean_realm_invitations":  (*chores).letAnInvitationExpire,
	"start_due_syncs":          (*chores).scheduleARun,
	"sum_row_counts":           (*chores).changeARowCount,
	"index_searches":           (*chores).nameAWorkspace,
	"clean_audit_entries":      (*chores).recordLongAgo,
	"clean_documents":          (*chores).deleteACollection,
	"clean_events":             (*chores).deleteATopic,
	"clean_idempotency_keys":   (*chores).claimAKey,
	"clean_jobs":               (*chores).endAJob,
	"clean_mcp_calls":          (*chores).callATool,
	"clean_objects":            (*chores).replaceAnObject,
	"clean_pixel_events":       (*chores).trackAnEvent,
	"purge_deleted_orgs":       (*chores).deleteAnOrg,
	"clean_revocations":        (*chores).revokeAToken,
	"clean_seo_reports":        (*chores).submitReports,
	"clean_sync_runs":          (*chores).runTwice,
	"clean_usage":              (*chores).recordUsage,
	"clean_webhook_deliveries": (*chores).deliver,
	"measure_webhook_backlogs": (*chores).catchUp,
}

type chores struct {
	*testing.T
	*servertest.Instance
	tenant *servertest.Tenant
	db     *sql.DB
}

// Every task of the registry does what it is there for.
func TestEveryRecurringTask(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		c := &chores{T: t, Instance: servertest.Start(t, e)}
		c.tenant = c.Tenant(t, plan.Enterprise)
		engine, dsn, _, err := db.ParseURL(c.Config.DatabaseURL)
		c.must(err)
		c.db, err = sql.Open(string(engine), dsn)
		c.must(err)
		t.Cleanup(func() { _ = c.db.Close() })
		known := map[string]bool{}
		for _, task := range c.Recurring.Tasks() {
			known[task.Name] = true
			prepare := due[task.Name]
			if prepare == nil {
				t.Errorf("the task %s has no line in this test", task.Name)
				continue
			}
			t.Run(task.Name, func(t *testing.T) {
				c := *c
				c.T = t
				done := prepare(&c)
				ctx, cancel := context.WithTimeout(t.Context(), task.Timeout)
				defer cancel()
				c.must(task.Run(ctx))
				c.until(task.Name, done) // what the server's own runner has begun may take a moment
			})
		}
		for name := range due {
			if !known[name] {
				t.Errorf("there is no task %s", name)
			}
		}
		c.byItself()
	})
}

// byItself sees the server run what is due, and tell of it.
func (c *chores) byItself() {
	const name = "clean_revocations"
	done := c.revokeAToken()
	c.until("the task is known", func() bool { return c.count("recurring_work WHERE name = $1", name) == 1 })
	c.change("UPDATE recurring_work SET due_at = $1, version = version + 1 WHERE name = $2", longAgo, name)
	c.Instance.Recurring.Wake()
	c.until("the server runs it", func() bool {
		return done() && c.count("recurring_work WHERE name = $1 AND succeeded_at IS NOT NULL AND owner IS NULL", name) == 1
	})
	answer := httptest.NewRecorder()
	c.Metrics().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	gathered := answer.Body.String()
	for _, metric := range []string{
		"last_success_timestamp_seconds", "duration_seconds", "consecutive_failures", "failures_total",
	} {
		if !strings.Contains(gathered, "alania_recurring_"+metric+`{task="`+name+`"}`) {
			c.Errorf("no metric %s", metric)
		}
	}
}

const longAgo = "2001-02-03 04:05:06+00:00"

func (c *chores) must(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

func (c *chores) until(what string, ok func() bool) {
	c.Helper()
	tasktest.Until(c.T, what, ok)
}

func (c *chores) change(query string, args ...any) {
	c.Helper()
	_, err := c.db.Exec(query, args...)
	c.must(err)
}

// age makes all rows of a table old, and returns what reports whether just so many old ones are left.
func (c *chores) age(table, column string, left int) func() bool {
	c.Helper()
	if c.count(table) <= left {
		c.Fatalf("%s has too few rows", table)
	}
	c.change("UPDATE "+table+" SET "+column+" = $1", longAgo)
	return func() bool { return c.count(table+" WHERE "+column+" < $1", "2002-01-01 00:00:00+00:00") == left }
}

func (c *chores) count(from string, args ...any) (n int) {
	c.Helper()
	c.must(c.db.QueryRow("SELECT count(*) FROM "+from, args...).Scan(&n))
	return n
}

func (c *chores) call() {
	c.Want(c.T, http.StatusOK, servertest.Request{Operation: "platform.listOrgs", Bearer: c.tenant.Key})
}

func (c *chores) useAKey() func() bool {
	c.call()
	return func() bool { return c.count("api_keys WHERE last_used_at IS NOT NULL") > 0 }
}

func (c *chores) callTheAPI() func() bool {
	c.call()
	return func() bool { return c.count("usage_counters WHERE feature = 'api_calls' AND used > 0") > 0 }
}

func (c *chores) ageTheSigningKey() func() bool {
	was := c.count("signing_keys")
	c.change("UPDATE signing_keys SET created_at = $1", longAgo)
	return func() bool { return c.count("signing_keys") == was+1 }
}

func (c *chores) ageTheRealmsKey() func() bool {
	_, err := c.Issuer.Keys().Keys(c.Context())
	c.must(err)
	was := c.count("realm_signing_keys")
	c.change("UPDATE realm_signing_keys SET created_at = $1", longAgo)
	return func() bool { return c.count("realm_signing_keys") == was+1 }
}

func (c *chores) realmOf(tn *servertest.Tenant) string {
	r, err := c.Issuer.Ensure(tn.As(), tn.Org.ID, tn.Org.Slug, tn.Org.Name)
	c.must(err)
	return r.Name
}

func (c *chores) endASession() func() bool {
	name := c.realmOf(c.tenant)
	_, _, err := c.Realms.CreateUser(c.tenant.As(), name,
		realm.CreateUser{Username: "ada", Email: "ada@example.com", Password: "a long password"})
	c.must(err)
	ada := "ada"
	login := realm.TokenRequest{
		GrantType: "password", Client: realm.ClientCredentials{ID: realm.Console}, Username: &ada,
		Password: "a long password",
	}
	_, err = c.Issuer.Token(c.Context(), name, login)
	c.must(err)
	return c.age("realm_sessions", "expires_at", 0)
}

func (c *chores) letAnInvitationExpire() func() bool {
	_, _, err := c.Realms.CreateUser(c.tenant.As(), c.realmOf(c.tenant),
		realm.CreateUser{Username: "eve", Email: "eve@example.com"})
	c.must(err)
	return c.age("realm_invitations", "expires_at", 0)
}

func (c *chores) bind(schedule string) integration.Binding {
	b, _, err := c.Sync.Create(c.tenant.As(), integration.Create{
		ConnectorID: "http_json", WorkspaceID: c.tenant.Workspace.ID, Name: id.New().UUID(), Schedule: schedule,
		Config: json.RawMessage(`{"url":"` + c.Other + `/items","entity":"e","items_path":"/items"}`),
	})
	c.must(err)
	c.until("the binding is ready", func() bool {
		b, err = c.Sync.Get(c.tenant.As(), b.ID)
		c.must(err)
		return b.State == integration.Ready
	})
	return b
}

func (c *chores) scheduleARun() func() bool {
	b := c.bind("0 0 29 2 *")
	c.change("UPDATE bindings SET next_run_at = $1 WHERE id = $2", longAgo, b.ID.UUID())
	return func() bool { return c.count("sync_runs WHERE binding_id = $1", b.ID.UUID()) == 1 }
}

func (c *chores) changeARowCount() func() bool {
	c.change("INSERT INTO row_counts (scope, kind, n) VALUES ($1, 'nothing', 0)", id.New().UUID())
	c.change("INSERT INTO row_blocks (scope, kind, first, n) VALUES ($1, 'nothing', '', 0)", id.New().UUID())
	return func() bool {
		return c.count("row_counts WHERE n = 0") == 0 && c.count("row_count_deltas") == 0 &&
			c.count("row_blocks WHERE n = 0") == 0 && c.count("row_block_deltas") == 0
	}
}

// nameAWorkspace leaves the index of searches something to do on SQLite; PostgreSQL keeps its own.
func (c *chores) nameAWorkspace() func() bool {
	c.change("UPDATE workspaces SET name = 'A name to be found'")
	if !strings.HasPrefix(c.Config.DatabaseURL, "sqlite:") {
		return func() bool { return true }
	}
	return func() bool { return c.count("search_queue") == 0 && c.count("workspaces_grams") > 0 }
}

func (c *chores) recordLongAgo() func() bool { return c.age("audit_entries", "created_at", 0) }

func (c *chores) claimAKey() func() bool {
	_, _, err := c.Idempotency.Begin(c.Context(), idempotency.NewKey(nil, nil, id.New().UUID()))
	c.must(err)
	return c.age("idempotency_keys", "expires_at", 0)
}

func (c *chores) endAJob() func() bool {
	j := job.Job{ID: id.New(), Kind: "binding.purge", OrgID: c.tenant.Org.ID}
	binding := id.New()
	j.Payload = binding[:]
	c.must(c.Queue.Add(c.tenant.As(), j))
	of := "jobs WHERE id = '" + j.ID.UUID() + "'"
	c.until("the job is done", func() bool { return c.count(of+" AND finished_at IS NOT NULL") == 1 })
	c.change("UPDATE jobs SET finished_at = $1 WHERE id = $2", longAgo, j.ID.UUID())
	return func() bool { return c.count(of) == 0 }
}

func (c *chores) callATool() func() bool {
	_, err := c.MCP.Call(c.tenant.As(), c.tenant.Workspace.ID, "filesystem", "list_directory",
		json.RawMessage(`{"path":"/"}`))
	c.must(err)
	return c.age("mcp_calls", "created_at", 0)
}

func (c *chores) trackAnEvent() func() bool {
	ctx := c.tenant.As()
	d, err := c.Pixel.Put(ctx, c.tenant.Workspace.ID, id.New().UUID()+".example", pixel.Defaults())
	c.must(err)
	kept, err := c.Pixel.Track(ctx, pixel.Hit{Name: "pageview", URL: "https://" + d.Name + "/"})
	if err != nil || !kept {
		c.Fatalf("%v, %v", kept, err)
	}
	left := c.age("pixel_events", "created_at", 0)
	return func() bool { return left() && c.used("pixel_entries") == 0 && c.used("pixel_bytes") == 0 }
}

// used returns what the tenant's workspace uses of a feature.
func (c *chores) used(feature string) int {
	return c.count("usage_counters WHERE feature = $1 AND used > 0 AND workspace_id = $2", feature,
		c.tenant.Workspace.ID.UUID())
}

func (c *chores) revokeAToken() func() bool {
	client, secret, err := c.OAuth.CreateClient(c.tenant.As(),
		oauth.NewClient{OrgID: c.tenant.Org.ID, Name: "test", Scopes: []string{"*"}})
	c.must(err)
	credentials := oauth.Credentials{ID: client.ClientID, Secret: secret}
	token, err := c.OAuth.Issue(c.Context(), oauth.Grant{GrantType: "client_credentials", Client: credentials})
	c.must(err)
	c.must(c.OAuth.Revoke(c.Context(), credentials, token.AccessToken))
	return c.age("revocations", "expires_at", 0)
}

// deleteAnOrg deletes a tenant long ago, all of which was still there.
func (c *chores) deleteAnOrg() func() bool {
	operator := identity.With(c.Context(), identity.Operator(id.ID{}))
	made, err := c.Tenants.Create(operator,
		org.NewTenant{Slug: "gone", Name: "Gone", Tier: plan.Free, OwnerEmail: "owner@example.com"})
	c.must(err)
	c.must(c.Tenants.Delete(operator, made.Org.ID))
	c.change("UPDATE orgs SET deactivated_at = $1 WHERE id = $2", longAgo, made.Org.ID.UUID())
	return func() bool { return c.count("orgs WHERE id = $1 AND purged_at IS NOT NULL", made.Org.ID.UUID()) == 1 }
}

func (c *chores) submitReports() func() bool {
	for range 3 {
		in := seo.Submission{URL: "https://example.com/", Issues: []seo.Finding{{Type: "slow", Severity: seo.Info}}}
		_, err := c.SEO.Submit(c.tenant.As(), c.tenant.Workspace.ID, in)
		c.must(err)
	}
	left := c.age("seo_reports", "created_at", 1) // the newest of the page
	return func() bool {
		return left() && c.count("usage_counters WHERE feature = 'seo_entries' AND used = 2") == 1 // with its issue
	}
}

func (c *chores) replaceAnObject() func() bool {
	for range 2 {
		_, _, err := c.Objects.Put(c.tenant.As(), c.tenant.Workspace.ID, "a", objects.Put{
			Bytes: objects.Bytes{Body: strings.NewReader("content"), Size: -1},
		})
		c.must(err)
	}
	c.change("UPDATE object_blobs SET expires_at = $1 WHERE expires_at IS NOT NULL", longAgo)
	return func() bool { return c.count("object_blobs") == 1 }
}

func (c *chores) runTwice() func() bool {
	b := c.bind("")
	var ended string
	for n := range 2 {
		_, err := c.Sync.Start(c.tenant.As(), b.ID, false)
		c.must(err)
		ended = "sync_runs WHERE binding_id = '" + b.ID.UUID() + "' AND finished_at IS NOT NULL"
		c.until("the run ends", func() bool { return c.count(ended) == n+1 })
	}
	c.change("UPDATE sync_runs SET finished_at = $1 WHERE binding_id = $2", longAgo, b.ID.UUID())
	return func() bool { return c.count(ended) == 1 } // the last
}

func (c *chores) recordUsage() func() bool {
	_, err := c.Entitlements.Record(c.tenant.As(), c.tenant.Workspace.ID, "posts", 1, nil)
	c.must(err)
	left := c.age("usage_records", "created_at", 0)
	return func() bool { return left() && c.used("usage_records") == 0 }
}

func (c *chores) deliver() func() bool {
	ctx := c.tenant.As()
	in := webhook.Create{Contract: "platform", URL: c.Other + "/hook", Events: []string{"webhook.test"}}
	_, _, err := c.Webhooks.Create(ctx, in)
	c.must(err)
	c.must(c.Store.InTx(ctx, func(ctx context.Context) error {
		e := event.New(event.Test, c.tenant.Org.ID, c.tenant.Workspace.ID, time.Now(), webhook.Message{Text: "test"})
		return c.Webhooks.Publish(ctx, e)
	}))
	c.until("the event is delivered", func() bool {
		return c.count("webhook_deliveries WHERE finished_at IS NOT NULL") == 1
	})
	left := c.age("webhook_deliveries", "finished_at", 0)
	return func() bool { return left() && c.count("webhook_events") == 0 && c.count("webhook_attempts") == 0 }
}

// catchUp has an endpoint that nothing waits for any more.
func (c *chores) catchUp() func() bool {
	in := webhook.Create{Contract: "platform", URL: c.Other + "/hook", Events: []string{"post.*"}}
	e, _, err := c.Webhooks.Create(c.tenant.As(), in)
	c.must(err)
	c.change("UPDATE webhook_endpoints SET backlog_full = $1 WHERE id = $2", true, e.ID.UUID())
	return func() bool { return c.count("webhook_endpoints WHERE id = $1 AND NOT backlog_full", e.ID.UUID()) == 1 }
}

// The table of docs/recurring.md is that of the registry.
func TestTheDocsListTheRecurringWork(t *testing.T) {
	page, err := os.ReadFile("../docs/recurring.md")
	if err != nil {
		t.Fatal(err)
	}
	s := servertest.Start(t, store.SQLite)
	var want strings.Builder
	for _, task := range s.Recurring.Tasks() {
		in := "each process"
		if task.Scope == recurring.PerCluster {
			in = "the cluster"
		}
		if task.AtEnd {
			in += ", and at its end"
		}
		fmt.Fprintf(&want, "| `%s` | %s | %s | %s | %s |\n", task.Name, task.About, in, inWords(task.Every),
			inWords(task.Timeout))
	}
	_, table, _ := strings.Cut(string(page), "|---|---|---|---|---|\n")
	if table = regexp.MustCompile(`(?s)\n[^|].*`).ReplaceAllString(table, "\n"); table != want.String() {
		t.Errorf("the table is not that of the registry, which is\n%s", want.String())
	}
}

func inWords(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%d s", d/time.Second)
	}
	return fmt.Sprintf("%d min", d/time.Minute)
}

func (c *chores) deleteACollection() func() bool {
	_, err := c.Documents.CreateIndex(c.tenant.As(), c.tenant.Workspace.ID, "orders",
		documents.IndexCreate{Keys: `{"a": 1}`})
	c.must(err)
	_, _, err = c.Documents.Insert(c.tenant.As(), c.tenant.Workspace.ID, "orders", `{"a": 1}`)
	c.must(err)
	c.must(c.Documents.DeleteCollection(c.tenant.As(), c.tenant.Workspace.ID, "orders"))
	return func() bool {
		return c.count("documents")+c.count("document_entries")+c.count("document_leftovers") == 0
	}
}

func (c *chores) deleteATopic() func() bool {
	_, err := c.Events.Publish(c.tenant.As(), c.tenant.Workspace.ID, []byte(`{"topic": "orders", "payload": 1}`))
	c.must(err)
	c.must(c.Events.DeleteTopic(c.tenant.As(), c.tenant.Workspace.ID, "orders"))
	return func() bool { return c.count("event_messages")+c.count("event_leftovers") == 0 }
}

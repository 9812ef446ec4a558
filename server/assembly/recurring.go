package assembly

import (
	"context"
	"time"

	"github.com/alania-go/alania/domain/oauth"
	"github.com/alania-go/alania/domain/recurring"
	"github.com/alania-go/alania/domain/signing"
	"github.com/alania-go/alania/domain/webhook"
)

// How often what has expired is deleted, and how long one run may take.
const (
	cleanEvery   = 10 * time.Minute
	cleanTimeout = 5 * time.Minute
)

// recurring makes what runs the work that recurs.
func (p parts) recurring(s *Services) *recurring.Runner {
	r := recurring.NewRunner(p.store.Recurring, s.Queue.Owner(), p.log, p.now)
	r.Add(s.recurringWork()...)
	return r
}

// recurringWork lists the work that recurs. A new task is an entry here, one in TestEveryRecurringTask and a row in
// docs/recurring.md.
func (s *Services) recurringWork() []recurring.Task {
	clean := func(name, about string, run func(ctx context.Context) error) recurring.Task {
		return recurring.Task{
			Name: name, About: about, Scope: recurring.PerCluster, Every: cleanEvery, Timeout: cleanTimeout, Run: run,
		}
	}
	return []recurring.Task{
		{
			Name: "write_last_used", About: "writes when credentials and members were last seen",
			Scope: recurring.PerProcess, Every: 15 * time.Second, Timeout: 10 * time.Second, AtEnd: true,
			Run: func(ctx context.Context) error { return s.Uses.Flush(ctx, s.Store.Now()) },
		},
		{
			Name: "write_api_calls", About: "writes how many calls of the API were made",
			Scope: recurring.PerProcess, Every: 5 * time.Second, Timeout: 10 * time.Second, AtEnd: true, Run: s.Calls.Flush,
		},
		{
			Name:  "keep_signing_keys",
			About: "reads the keys that sign tokens, makes the next, deletes those whose tokens have ended",
			Scope: recurring.PerProcess, Every: oauth.SigningKeyReload, Timeout: 30 * time.Second, Run: s.OAuth.KeepSigningKeys,
		},
		{
			Name:  "keep_realm_signing_keys",
			About: "does the same for the keys of realms, once the process has read them",
			Scope: recurring.PerProcess, Every: signing.KeyReload, Timeout: 30 * time.Second, Run: s.Issuer.Keys().KeepLoaded,
		},
		{
			Name: "start_due_syncs", About: "starts the sync runs whose schedule says so",
			Scope: recurring.PerCluster, Every: 5 * time.Second, Timeout: 20 * time.Second, Run: s.Sync.Schedule,
		},
		{
			Name: "measure_webhook_backlogs", About: "finds endpoints for which more waits than the plan keeps",
			Scope: recurring.PerCluster, Every: webhook.BacklogEvery, Timeout: 30 * time.Second,
			Run: s.Webhooks.MeasureBacklogs,
		},
		{
			Name:  "sum_row_counts",
			About: "adds up by how many rows lists and their blocks have changed, and divides large blocks",
			Scope: recurring.PerCluster, Every: 10 * time.Second, Timeout: time.Minute, Run: s.Store.SumRowCounts,
		},
		{
			Name: "index_searches", About: "writes what is new into the indexes of searches, on SQLite",
			Scope: recurring.PerCluster, Every: 5 * time.Second, Timeout: 5 * time.Minute, Run: s.Store.IndexSearches,
		},
		{
			Name: "clean_objects", About: "deletes the bytes of objects that were replaced or deleted, or not stored in the end",
			Scope: recurring.PerCluster, Every: time.Minute, Timeout: cleanTimeout, Run: s.Objects.Sweep,
		},
		clean("clean_documents", "deletes the documents of collections, and the entries of indexes, that were deleted",
			s.Store.Documents.Sweep),
		clean("clean_events", "deletes events that topics no longer keep, and those of topics that were deleted",
			s.Events.Clean),
		clean("clean_audit_entries", "deletes audit entries that are older than the plan keeps them", s.Audit.Clean),
		clean("clean_idempotency_keys",
			"deletes answers to requests with an Idempotency-Key after 24 hours, and those beyond the plan",
			s.Idempotency.Clean),
		clean("clean_jobs", "deletes jobs 7 days after their end", s.Queue.Clean),
		clean("clean_mcp_calls", "deletes logged calls of MCP tools after 30 days, and all but the newest 200,000",
			s.MCP.Clean),
		clean("clean_pixel_events", "deletes pixel events after the retention of their workspace", s.Pixel.Clean),
		clean("purge_deleted_orgs", "deletes what organizations had 30 days after their deletion", s.Tenants.Purge),
		clean("clean_realm_invitations", "deletes invitations that were not accepted in 7 days", s.Realms.CleanInvitations),
		clean("clean_realm_sessions", "deletes sessions of realms an hour after their end", s.Issuer.Clean),
		clean("clean_revocations", "deletes revocations of tokens that have ended", s.OAuth.Clean),
		clean("clean_seo_reports", "deletes SEO reports after the retention of their workspace", s.SEO.Clean),
		clean("clean_sync_runs", "deletes sync runs 90 days after their end", s.Sync.Clean),
		clean("clean_usage", "deletes records of usage after 90 days and counters after 400", s.Entitlements.Clean),
		clean("clean_webhook_deliveries", "deletes deliveries and events 30 days after their end", s.Webhooks.Clean),
	}
}

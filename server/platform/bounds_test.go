package platform_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/entitlement"
	"github.com/alania-go/alania/domain/event"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/integration"
	"github.com/alania-go/alania/domain/job"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/task/tasktest"
	"github.com/alania-go/alania/server/servertest"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/db"
	"github.com/alania-go/alania/store/storetest"
)

// numbered serves a list of so many pages with one row each.
func numbered(t *testing.T, pages int) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.URL.Query().Get("cursor"))
		next := "null"
		if n < pages-1 {
			next = strconv.Quote(strconv.Itoa(n + 1))
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"items":[{"id":"%d","text":"%s"}],"next":%s}`, n, strings.Repeat("x", 100), next)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// TestARunHasAnEnd: what reaches a bound fails with the reason, and the next run goes on from
// there, until all is read.
func TestARunHasAnEnd(t *testing.T) {
	for name, bounds := range map[string]integration.Bounds{
		"pages": {Pages: 3}, "rows": {Rows: 3}, "bytes": {Bytes: 300}, "duration": {Duration: time.Nanosecond},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, e store.Engine) {
				cfg := servertest.Config(t, e)
				cfg.SyncBounds = bounds
				i := servertest.Run(t, e, cfg)
				tn := i.Tenant(t, plan.Pro)
				b := ready(t, i, tn, numbered(t, 7))
				var created float64
				for n := range 3 {
					run := ended(t, i, tn, startRun(t, i, tn, b)["id"].(string))
					created += run["totals"].(object)["created"].(float64)
					if name == "duration" || n < 2 {
						if run["state"] != "failed" || run["problem_code"] != "run_limit_reached" {
							t.Fatalf("run %d: %v", n, run)
						}
						continue
					}
					if run["state"] != "succeeded" {
						t.Fatalf("run %d: %v", n, run)
					}
				}
				if name != "duration" && created != 7 {
					t.Errorf("%v of 7 rows were read", created)
				}
			})
		})
	}
}

// TestEventsThatAContractDoesNotHave are delivered to nobody, and fail nothing.
func TestEventsThatAContractDoesNotHave(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		i.Want(t, 201, servertest.Request{
			Operation: "createWebhookEndpoint", Bearer: tn.Key, JSON: object{"url": i.Other + "/hook", "events": []string{"*"}},
		})
		err := i.Store.InTx(tn.As(), func(ctx context.Context) error {
			e := event.New("planet.landed_on", tn.Org.ID, tn.Workspace.ID, time.Now(), struct{ Name string }{"Mars"})
			return i.Webhooks.Publish(ctx, e)
		})
		if err != nil {
			t.Fatal(err)
		}
		got := i.Want(t, 200, servertest.Request{Operation: "listWebhookDeliveries", Bearer: tn.Key}).Object(t)
		if n := len(got["data"].([]any)); n != 0 {
			t.Errorf("%d deliveries", n)
		}
	})
}

// TestARunWhoseJobIsSetAside ends, so that its binding can sync again, and an operator can have
// it done again.
func TestARunWhoseJobIsSetAside(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		run := active(t, i, tn)
		runID := run["id"].(string)
		tasktest.Until(t, "the first page is there", func() bool {
			return getRun(t, i, tn, runID)["totals"].(object)["created"] == 1.0
		})
		jobID, err := id.ParsePrefixed(id.JobPrefix, run["job_id"].(string))
		if err != nil {
			t.Fatal(err)
		}
		// As if the processes of four workers had ended with it.
		engine, dsn, _, err := db.ParseURL(i.Config.DatabaseURL)
		if err != nil {
			t.Fatal(err)
		}
		db, err := sql.Open(string(engine), dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = db.Close() }()
		_, err = db.Exec("UPDATE jobs SET owner = $1, lease_until = $2, takeovers = $3 WHERE id = $4",
			id.New().UUID(), time.Now().Add(-time.Hour).UTC(), job.MaxTakeovers, jobID.UUID())
		if err != nil {
			t.Fatal(err)
		}
		got := ended(t, i, tn, runID)
		if got["state"] != "failed" || got["problem_code"] != job.SetAside {
			t.Fatalf("%v", got)
		}
		failed, err := i.Queue.List(t.Context(), job.Failed, 100)
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, j := range failed {
			found = found || j.ID == jobID && j.Problem.Code == job.SetAside
		}
		if !found {
			t.Fatal("the job is not among those that failed")
		}
		if ok, err := i.Queue.Retry(t.Context(), jobID); !ok || err != nil {
			t.Fatalf("the job is not retried: %v", err)
		}
		i.Queue.Wake()
		binding := map[string]string{"binding_id": run["binding_id"].(string)}
		tasktest.Until(t, "another run is started in its place", func() bool {
			b := i.Want(t, 200, servertest.Request{Operation: "getBinding", Bearer: tn.Key, Path: binding}).Object(t)
			last, _ := b["last_run_id"].(string)
			return last != "" && last != runID
		})
	})
}

// A run whose workspace stores all that its plan allows fails with the reason, keeps its place,
// and goes on from there once there is room. What is deleted makes room.
func TestARunEndsWhereThePlanDoes(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, _ *servertest.Tenant) {
		tn := i.Tenant(t, plan.Free)
		used := func(feature string) float64 {
			t.Helper()
			res := i.Want(t, 200,
				servertest.Request{Operation: "core.checkEntitlement", Bearer: tn.Key, Query: url.Values{"feature": {feature}}})
			return res.Object(t)["current_usage"].(float64)
		}
		kept := entitlement.NewService(i.Store, i.Store.Entitlements, audit.NewService(i.Store.Audit, clock.System, nil), "",
			clock.System).Stock(entitlement.Records, entitlement.RecordBytes)
		fill := plan.Amount{Items: 50_000 - 3}
		if err := kept.Change(t.Context(), tn.Workspace.ID, fill); err != nil {
			t.Fatal(err)
		}
		b := ready(t, i, tn, numbered(t, 7))
		for range 2 {
			run := ended(t, i, tn, startRun(t, i, tn, b)["id"].(string))
			if run["state"] != "failed" || run["problem_code"] != "feature_limit_reached" {
				t.Fatalf("%v", run)
			}
		}
		if used("records") != 50_000 || used("record_bytes") < 300 {
			t.Errorf("%v records, %v bytes", used("records"), used("record_bytes"))
		}
		if err := kept.Change(t.Context(), tn.Workspace.ID, plan.Amount{}.Minus(fill)); err != nil {
			t.Fatal(err)
		}
		if run := ended(t, i, tn, startRun(t, i, tn, b)["id"].(string)); run["state"] != "succeeded" ||
			run["totals"].(object)["created"] != 4.0 {
			t.Errorf("%v", run)
		}
		i.Want(t, 204,
			servertest.Request{Operation: "deleteBinding", Bearer: tn.Key, Path: map[string]string{"binding_id": b}})
		tasktest.Until(t, "the records are gone", func() bool { return used("records") == 0 && used("record_bytes") == 0 })
	})
}

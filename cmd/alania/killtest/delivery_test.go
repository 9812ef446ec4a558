package killtest

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/alania-go/alania/cmd/alania/cmdtest"
	"github.com/alania-go/alania/domain/task/tasktest"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/db"
	"github.com/alania-go/alania/store/storetest"
)

func onLoopback(t *testing.T, e store.Engine) map[string]string {
	env := cmdtest.Settings(t, e)
	for _, kind := range []string{"WEBHOOK", "CONNECTOR"} {
		env["ALANIA_"+kind+"_ALLOW_NETS"], env["ALANIA_"+kind+"_ALLOW_HTTP"] = "127.0.0.0/8", "true"
	}
	env["ALANIA_HEARTBEAT"] = "100ms" // what a killed process worked on is taken over soon
	return env
}

// TestKillWhileDelivering kills the server while events are published and delivered. Every
// event whose request was acknowledged reaches the receiver, always under one id.
func TestKillWhileDelivering(t *testing.T) {
	rounds := kills(t, 10)
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		var mu sync.Mutex
		secret := ""
		got := map[string]map[string]bool{} // workspace → webhook-ids
		var problems []string
		receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return // the server was killed while it sent: it sends it again
			}
			var m struct {
				ID   string
				Data struct{ ID string }
			}
			_ = json.Unmarshal(body, &m)
			mu.Lock()
			defer mu.Unlock()
			if wh, err := standardwebhooks.NewWebhook(secret); err != nil || wh.Verify(body, r.Header) != nil ||
				m.ID != r.Header.Get("webhook-id") {
				problems = append(problems, m.ID)
			}
			if got[m.Data.ID] == nil {
				got[m.Data.ID] = map[string]bool{}
			}
			got[m.Data.ID][m.ID] = true
			if rand.IntN(50) == 0 { // some are answered too late to be known by the one that is killed
				time.Sleep(20 * time.Millisecond)
			}
		}))
		defer receiver.Close()

		env := onLoopback(t, e)
		p := cmdtest.Start(t, t.TempDir(), env)
		mu.Lock()
		secret = cmdtest.Must(t, 201, http.MethodPost, p.URL+"/v2/webhooks/endpoints",
			cmdtest.Object{"url": receiver.URL, "events": []string{"workspace.created"}})["signing_secret"].(string)
		mu.Unlock()
		workspaces := "/v2/orgs/" + cmdtest.FirstOrg(t, p) + "/workspaces"
		var acknowledged []attempt
		for round := 0; round < rounds || len(acknowledged) < 2000; round++ {
			done, _ := hammer(t, p, p.URL+workspaces, round, 150+rand.IntN(100))
			acknowledged = append(acknowledged, done...)
			p = cmdtest.Start(t, t.TempDir(), env)
		}
		missing := func() int {
			mu.Lock()
			defer mu.Unlock()
			n := 0
			for _, a := range acknowledged {
				if len(got[a.id]) == 0 {
					n++
				}
			}
			return n
		}
		tasktest.Until(t, "every acknowledged event arrives", func() bool { return missing() == 0 })
		found := map[string]bool{}
		for _, w := range cmdtest.Pages(t, p.URL+workspaces) {
			found[w["id"].(string)] = true
		}
		mu.Lock()
		defer mu.Unlock()
		for _, a := range acknowledged {
			if !found[a.id] {
				t.Errorf("the acknowledged workspace %s is not there", a.id)
			}
			if len(got[a.id]) != 1 {
				t.Errorf("the event of %s has the ids %v", a.id, got[a.id])
			}
		}
		for w := range got {
			if !found[w] {
				t.Errorf("an event of %s, which is not there", w)
			}
		}
		if len(problems) > 0 {
			t.Errorf("%d deliveries were not verified, such as %s", len(problems), problems[0])
		}
		t.Logf("%d acknowledged, %d events arrived", len(acknowledged), len(got))
	})
}

// TestKillWhileSyncing kills the server in the middle of a run. It goes on at the last page
// that was committed, and ends with exact counts.
func TestKillWhileSyncing(t *testing.T) {
	const perPage = 200
	rounds := kills(t, 10)
	pageCount := 12 * rounds
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		source := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			page, _ := strconv.Atoi(r.URL.Query().Get("page"))
			time.Sleep(10 * time.Millisecond)
			var b strings.Builder
			b.WriteByte('[')
			for n := 0; n < perPage && page <= pageCount; n++ {
				if n > 0 {
					b.WriteByte(',')
				}
				fmt.Fprintf(&b, `{"id":%d,"name":"row"}`, (page-1)*perPage+n)
			}
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, b.String()+"]")
		}))
		defer source.Close()
		env := onLoopback(t, e)
		p := cmdtest.Start(t, t.TempDir(), env)
		b := binding(t, p, "http_json",
			cmdtest.Object{
				"url": source.URL, "entity": "rows", "pagination": cmdtest.Object{"type": "page", "page_param": "page"},
			})
		run := cmdtest.Must(t, 202, http.MethodPost, p.URL+"/v2/bindings/"+b+"/sync-runs", cmdtest.Object{})["id"].(string)
		read := func() (cmdtest.Object, float64) {
			r := cmdtest.Must(t, 200, http.MethodGet, p.URL+"/v2/integrations/sync/runs/"+run, nil)
			return r, r["totals"].(cmdtest.Object)["read"].(float64)
		}
		for range rounds {
			// Killed while it works: some pages further than where it was.
			_, before := read()
			tasktest.Until(t, "the run goes on", func() bool { r, n := read(); return n > before || r["finished_at"] != nil })
			time.Sleep(time.Duration(rand.Int64N(int64(60 * time.Millisecond))))
			p.Kill(t)
			p = cmdtest.Start(t, t.TempDir(), env)
		}
		r, n := read()
		if r["finished_at"] != nil {
			t.Logf("the run ended before the last kill, at %v", n)
		}
		tasktest.Until(t, "the run ends", func() bool { r, _ = read(); return r["finished_at"] != nil })
		want := float64(pageCount * perPage)
		if c := r["totals"].(cmdtest.Object); r["state"] != "succeeded" || c["read"] != want || c["created"] != want ||
			c["updated"] != 0.0 || c["skipped"] != 0.0 || c["failed"] != 0.0 {
			t.Errorf("%v", r)
		}
		if n := count(t, e, env["ALANIA_DATABASE_URL"], "SELECT count(*) FROM records"); n != pageCount*perPage {
			t.Errorf("%d records, want %d", n, pageCount*perPage)
		}
	})
}

// binding attaches a connector and waits until it is ready.
func binding(t *testing.T, p *cmdtest.Process, connector string, config cmdtest.Object) string {
	t.Helper()
	org := cmdtest.FirstOrg(t, p)
	w := cmdtest.Must(t, 200, http.MethodGet, p.URL+"/v2/orgs/"+org+"/workspaces?limit=1",
		nil)["data"].([]any)[0].(cmdtest.Object)["id"].(string)
	b := cmdtest.Must(t, 202, http.MethodPost, p.URL+"/v2/integrations/"+connector+"/bindings",
		cmdtest.Object{"workspace_id": w, "name": "source", "config": config})["binding"].(cmdtest.Object)["id"].(string)
	tasktest.Until(t, "the binding is ready", func() bool {
		got := cmdtest.Must(t, 200, http.MethodGet, p.URL+"/v2/bindings/"+b, nil)
		if got["state"] == "invalid" {
			t.Fatalf("%v", got)
		}
		return got["state"] == "ready"
	})
	return b
}

func count(t *testing.T, e store.Engine, databaseURL, query string) int {
	t.Helper()
	_, write, _, err := db.ParseURL(databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open(map[store.Engine]string{store.SQLite: "sqlite", store.Postgres: "postgres"}[e], write)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	n := 0
	if err := db.QueryRow(query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestSyncFromPostgreSQL syncs 100,000 rows of a real PostgreSQL, is killed on the way, and
// reads only what changed the second time.
func TestSyncFromPostgreSQL(t *testing.T) {
	const rows = 100_000
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		host, port, database, db := sourceDatabase(t)
		if _, err := db.Exec("CREATE TABLE customers (id bigint PRIMARY KEY, name text NOT NULL, updated_at timestamptz " +
			"NOT NULL)"); err != nil {
			t.Fatal(err)
		}
		// Watermarks that many rows share, so that pages end between equal ones.
		if _, err := db.Exec("INSERT INTO customers SELECT n, 'customer ' || n || repeat('x', 100), timestamptz "+
			"'2026-01-01' + (n / 700) * interval '1 second' FROM generate_series(1, $1) n", rows); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec("CREATE INDEX ON customers (updated_at, id); ANALYZE customers"); err != nil {
			t.Fatal(err)
		}
		env := onLoopback(t, e)
		p := cmdtest.Start(t, t.TempDir(), env)
		b := binding(t, p, "postgres", cmdtest.Object{
			"host": host, "port": port, "database": database, "user": "postgres", "password": "not-asked-for",
			"sslmode": "disable",
			"tables":  []cmdtest.Object{{"table": "customers", "id_column": "id", "watermark_column": "updated_at"}},
		})
		run := func() cmdtest.Object {
			r := cmdtest.Must(t, 202, http.MethodPost, p.URL+"/v2/bindings/"+b+"/sync-runs", cmdtest.Object{})
			return r
		}
		read := func(id string) cmdtest.Object {
			return cmdtest.Must(t, 200, http.MethodGet, p.URL+"/v2/integrations/sync/runs/"+id, nil)
		}
		first := run()["id"].(string)
		tasktest.Until(t, "it is a third through", func() bool {
			return read(first)["totals"].(cmdtest.Object)["read"].(float64) > rows/3
		})
		p.Kill(t)
		p = cmdtest.Start(t, t.TempDir(), env)
		var r cmdtest.Object
		peak := 0
		tasktest.Until(t, "the first run ends", func() bool {
			peak = max(peak, resident(t, p))
			r = read(first)
			return r["finished_at"] != nil
		})
		if c := r["totals"].(cmdtest.Object); r["state"] != "succeeded" || c["created"] != float64(rows) ||
			c["read"] != float64(rows) || c["failed"] != 0.0 {
			t.Errorf("the first run: %v", r)
		}
		if n := count(t, e, env["ALANIA_DATABASE_URL"], "SELECT count(*) FROM records"); n != rows {
			t.Errorf("%d records", n)
		}
		t.Logf("peak memory %d MiB", peak>>20)
		if peak > 400<<20 {
			t.Errorf("%d MiB of memory for %d rows", peak>>20, rows)
		}
		if _, err := db.Exec("UPDATE customers SET name = 'changed', updated_at = now() WHERE id % 10000 = 0; INSERT INTO " +
			"customers VALUES (200001, 'new', now())"); err != nil {
			t.Fatal(err)
		}
		second := run()["id"].(string)
		tasktest.Until(t, "the second run ends", func() bool { r = read(second); return r["finished_at"] != nil })
		// It begins with the last watermark, which 600 rows share that nobody has changed: a row that was
		// written within the same second would have it too.
		c := r["totals"].(cmdtest.Object)
		if r["state"] != "succeeded" || c["read"] != 611.0 || c["skipped"] != 600.0 || c["created"] != 1.0 ||
			c["updated"] != 10.0 {
			t.Errorf("the second run: %v", r)
		}
	})
}

// sourceDatabase makes a database to read from, on a port of loopback: the test
// cluster itself listens on a socket file only.
func sourceDatabase(t *testing.T) (host string, port int, database string, db *sql.DB) {
	t.Helper()
	raw := storetest.Empty(t, store.Postgres)
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	if db, err = sql.Open("postgres", raw); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	network, address := "unix", u.Query().Get("host")+"/.s.PGSQL.5432"
	if u.Host != "" {
		network, address = "tcp", u.Host
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	go func() {
		for {
			in, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = in.Close() }()
				out, err := (&net.Dialer{}).DialContext(context.Background(), network, address)
				if err != nil {
					return
				}
				defer func() { _ = out.Close() }()
				go func() { _, _ = io.Copy(out, in); _ = out.Close() }()
				_, _ = io.Copy(in, out)
			}()
		}
	}()
	at := ln.Addr().(*net.TCPAddr)
	return "127.0.0.1", at.Port, strings.TrimPrefix(u.Path, "/"), db
}

// resident returns the memory of a process in bytes, where the system tells.
func resident(t *testing.T, p *cmdtest.Process) int {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", p.Process.Pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(b))
	n, err := strconv.Atoi(fields[1])
	if err != nil {
		t.Fatal(err)
	}
	return n * os.Getpagesize()
}

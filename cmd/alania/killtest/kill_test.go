package killtest

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alania-go/alania/cmd/alania/cmdtest"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/db"
	"github.com/alania-go/alania/store/storetest"
)

// attempt is one createWorkspace of the test, and what became of it.
type attempt struct {
	name, key string // the Idempotency-Key; empty: without one
	id        string // of the workspace; empty: not acknowledged
}

func (a attempt) header() map[string]string {
	if a.key == "" {
		return nil
	}
	return map[string]string{"Idempotency-Key": a.key}
}

// create calls createWorkspace.
func create(target string, a attempt) (int, http.Header, cmdtest.Object) {
	return cmdtest.Call(http.MethodPost, target, cmdtest.Key, a.header(), cmdtest.Object{"name": a.name})
}

// kills returns how often a test kills the server on each database: the test's own number, or
// the one of ALANIA_TEST_KILLS, which `make test-kills` sets.
func kills(t *testing.T, usual int) int {
	t.Helper()
	value := os.Getenv("ALANIA_TEST_KILLS")
	if value == "" {
		return usual
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 {
		t.Fatalf("ALANIA_TEST_KILLS must be a number of kills, not %q", value)
	}
	return n
}

// TestKill kills the server at random moments while many requests create workspaces.
// Whatever it acknowledged must be there after the restart, with its audit entry; a
// keyed request that was cut off can be repeated, and makes one workspace in all.
func TestKill(t *testing.T) {
	rounds := kills(t, 3)
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		env := cmdtest.Settings(t, e)
		p := cmdtest.Start(t, t.TempDir(), env)
		workspaces := "/v2/orgs/" + cmdtest.FirstOrg(t, p) + "/workspaces"
		var acknowledged []attempt // of all rounds: a later crash must not lose them either
		for round := range rounds {
			done, cut := hammer(t, p, p.URL+workspaces, round, 20+rand.IntN(100))
			p = cmdtest.Start(t, t.TempDir(), env)
			acknowledged = append(acknowledged, done...)
			t.Logf("round %d: %d acknowledged, %d cut off", round, len(done), len(cut))
			found := cmdtest.ByName(t, p.URL+workspaces)
			for _, a := range acknowledged {
				if ids := found[a.name]; len(ids) != 1 || ids[0] != a.id {
					t.Errorf("acknowledged %s as %s; found %v", a.name, a.id, ids)
				}
			}
			recorded(t, p, workspaces, found)
			for i := 0; i < len(done); i += 1 + len(done)/20 {
				if a := done[i]; a.key != "" {
					status, h, answer := create(p.URL+workspaces, a)
					if status != http.StatusCreated || answer["id"] != a.id || h.Get("X-Idempotency-Replayed") != "true" {
						t.Errorf("repeat of the acknowledged %s: status %d, %v", a.name, status, answer)
					}
				}
			}

			// A claim that the crash left holds until its lease ends.
			for _, a := range cut {
				if a.key == "" {
					continue
				}
				status, h, answer := create(p.URL+workspaces, a)
				waits := status == http.StatusConflict && answer["code"] == "idempotency_in_flight" && h.Get("Retry-After") != ""
				if status != http.StatusCreated && !waits {
					t.Errorf("repeat of %s before its lease ended: status %d, %v", a.name, status, answer)
				}
			}
			endLeases(t, e, env["ALANIA_DATABASE_URL"])
			for _, a := range cut {
				if a.key == "" {
					continue
				}
				status, _, answer := create(p.URL+workspaces, a)
				if status != http.StatusCreated {
					t.Errorf("repeat of %s: status %d, %v", a.name, status, answer)
					continue
				}
				a.id = answer["id"].(string)
				acknowledged = append(acknowledged, a)
			}
			found = cmdtest.ByName(t, p.URL+workspaces)
			for _, a := range cut {
				if ids := found[a.name]; a.key != "" && len(ids) != 1 || len(ids) > 1 {
					t.Errorf("cut off and repeated %s: found %v", a.name, ids)
				}
			}
			recorded(t, p, workspaces, found)
		}
	})
}

// hammer creates workspaces from several goroutines, every other one with a key, until so many are
// acknowledged. Then it kills the server, at a random moment of those that follow: the number is that of
// the work, and not of the time, so that a slow machine has no more rounds than a fast one. It returns
// what was acknowledged and what was cut off.
func hammer(t *testing.T, p *cmdtest.Process, target string, round, enough int) (done, cut []attempt) {
	const workers = 8
	var mu sync.Mutex
	var wg sync.WaitGroup
	reached, ended := make(chan struct{}), make(chan struct{})
	for w := range workers {
		wg.Go(func() {
			for n := 0; ; n++ {
				a := attempt{name: fmt.Sprintf("R%d W%d N%d", round, w, n)}
				if n%2 == 0 {
					a.key = fmt.Sprintf("key-%d-%d-%d", round, w, n)
				}
				status, _, answer := create(target, a)
				mu.Lock()
				switch status {
				case http.StatusCreated:
					a.id = answer["id"].(string)
					if done = append(done, a); len(done) == enough {
						close(reached)
					}
				case 0:
					cut = append(cut, a)
				default:
					t.Errorf("%s: status %d, %v", a.name, status, answer)
				}
				mu.Unlock()
				if status != http.StatusCreated {
					return
				}
			}
		})
	}
	go func() { wg.Wait(); close(ended) }()
	select {
	case <-reached:
		time.Sleep(time.Duration(rand.Int64N(int64(30 * time.Millisecond))))
	case <-ended:
		t.Error("the server ended before it was killed")
	}
	p.Kill(t)
	<-ended
	return done, cut
}

// recorded checks that every workspace has exactly one entry, and every entry a workspace.
func recorded(t *testing.T, p *cmdtest.Process, workspaces string, found map[string][]string) {
	t.Helper()
	entries := map[string]int{}
	for _, e := range cmdtest.Pages(t,
		p.URL+strings.TrimSuffix(workspaces, "workspaces")+"audit?filter%5Baction%5D=workspace.created") {
		entries[e["target"].(cmdtest.Object)["id"].(string)]++
	}
	for name, ids := range found {
		for _, id := range ids {
			if entries[id] != 1 {
				t.Errorf("%s (%s) has %d audit entries", name, id, entries[id])
			}
			delete(entries, id)
		}
	}
	for id := range entries {
		t.Errorf("an audit entry tells of a workspace %s that is not there", id)
	}
}

// endLeases does what a minute of waiting would.
func endLeases(t *testing.T, e store.Engine, databaseURL string) {
	t.Helper()
	_, source, _, err := db.ParseURL(databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open(string(e), source)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.Exec("UPDATE idempotency_keys SET locked_until = created_at WHERE NOT done"); err != nil {
		t.Fatal(err)
	}
}

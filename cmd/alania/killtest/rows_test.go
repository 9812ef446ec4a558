package killtest

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/alania-go/alania/cmd/alania/cmdtest"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

// bulk is how many rows one request writes.
const bulk = 200

// TestKillWhileWritingRows kills the server while requests insert and merge many rows each. Of each request all rows
// are there or none, and all of those that were acknowledged.
func TestKillWhileWritingRows(t *testing.T) {
	rounds := kills(t, 2)
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		env := cmdtest.Settings(t, e)
		p := cmdtest.Start(t, t.TempDir(), env)
		org := cmdtest.FirstOrg(t, p)
		workspace := cmdtest.Must(t, http.StatusCreated, http.MethodPost, p.URL+"/v2/orgs/"+org+"/workspaces",
			cmdtest.Object{"name": "Rows"})["id"].(string)
		base := "/v1/postgres/" + workspace
		status, _, answer := change(p.URL+base+"/tables", "", cmdtest.Object{"name": "t", "columns": []cmdtest.Object{
			{"name": "id", "type": "text", "primaryKey": true}, {"name": "batch", "type": "text"},
			{"name": "n", "type": "int"},
		}})
		if status != http.StatusCreated {
			t.Fatal(status, answer)
		}
		acknowledged := map[string]bool{}
		for round := range rounds {
			var mu sync.Mutex
			var wg sync.WaitGroup
			enough, ended := make(chan struct{}), make(chan struct{})
			now := 0
			for w := range 4 {
				wg.Go(func() {
					for n := 0; ; n++ {
						batch := fmt.Sprintf("%d-%d-%d", round, w, n)
						prefer := ""
						if n%2 == 1 {
							prefer = "resolution=merge-duplicates"
						}
						status, _, answer := change(p.URL+base+"/rest/t", prefer, batchOf(batch))
						if status == 0 {
							return
						}
						if status != http.StatusCreated {
							t.Errorf("%s: %d %v", batch, status, answer)
							return
						}
						mu.Lock()
						acknowledged[batch] = true
						if now++; now == 12 { // of this round: the last one may have had more
							close(enough)
						}
						mu.Unlock()
					}
				})
			}
			go func() { wg.Wait(); close(ended) }()
			select {
			case <-enough:
				time.Sleep(time.Duration(rand.Int64N(int64(30 * time.Millisecond))))
			case <-ended:
				t.Error("the server ended before it was killed")
			}
			p.Kill(t)
			<-ended
			p = cmdtest.Start(t, t.TempDir(), env)
			found := map[string]float64{}
			list := p.URL + base + "/rows/t?select=batch,count()&limit=1000"
			status, _, answer := cmdtest.Call(http.MethodGet, list, cmdtest.Key, headers(""), nil)
			if status != http.StatusOK {
				t.Fatal(status, answer)
			}
			for _, row := range answer["data"].([]any) {
				row := row.(map[string]any)
				found[row["batch"].(string)] = row["count"].(float64)
			}
			for batch := range acknowledged {
				if found[batch] != bulk {
					t.Errorf("round %d: of the acknowledged %s there are %v rows", round, batch, found[batch])
				}
			}
			for batch, n := range found {
				if n != bulk {
					t.Errorf("round %d: of %s there are %v rows", round, batch, n)
				}
			}
			t.Logf("round %d: %d acknowledged, %d found", round, len(acknowledged), len(found))
		}
	})
}

func headers(prefer string) map[string]string {
	h := map[string]string{
		"X-API-Version": "2024-01-01", "X-Correlation-Id": id.New().UUID(), "Idempotency-Key": id.New().UUID(),
	}
	if prefer != "" {
		h["Prefer"] = prefer
	}
	return h
}

func change(target, prefer string, body any) (int, http.Header, cmdtest.Object) {
	return cmdtest.Call(http.MethodPost, target, cmdtest.Key, headers(prefer), body)
}

func batchOf(batch string) []cmdtest.Object {
	out := make([]cmdtest.Object, bulk)
	for n := range out {
		out[n] = cmdtest.Object{"id": fmt.Sprintf("%s/%d", batch, n), "batch": batch, "n": n}
	}
	return out
}

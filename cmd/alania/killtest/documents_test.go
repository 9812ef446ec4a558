package killtest

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/alania-go/alania/cmd/alania/cmdtest"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

// operations is how many operations one bulk has; the last changes what the others have inserted.
const operations = 100

// TestKillWhileWritingDocuments kills the server while bulks insert and change documents. Of each bulk all is there or
// nothing, and all of those that were acknowledged; the index and the kept numbers agree with the documents.
func TestKillWhileWritingDocuments(t *testing.T) {
	rounds := kills(t, 2)
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		env := cmdtest.Settings(t, e)
		p := cmdtest.Start(t, t.TempDir(), env)
		org := cmdtest.FirstOrg(t, p)
		workspace := cmdtest.Must(t, http.StatusCreated, http.MethodPost, p.URL+"/v2/orgs/"+org+"/workspaces",
			cmdtest.Object{"name": "Documents"})["id"].(string)
		base := "/v1/mongo/" + workspace + "/collections/c"
		for _, index := range []cmdtest.Object{
			{"keys": cmdtest.Object{"batch": 1}}, {"keys": cmdtest.Object{"key": 1}, "unique": true},
		} {
			if status, _, answer := change(p.URL+base+"/indexes", "", index); status != http.StatusCreated {
				t.Fatal(status, answer)
			}
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
						status, _, answer := change(p.URL+base+"/bulk", "", cmdtest.Object{"operations": bulkOf(batch)})
						if status == 0 {
							return
						}
						if status != http.StatusOK {
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
			found := batches(t, p.URL+base)
			all := 0
			for batch := range acknowledged {
				if !found[batch] {
					t.Errorf("round %d: the acknowledged %s is not there", round, batch)
				}
			}
			for batch := range found {
				all += operations - 1
				if n := total(t, p.URL+base+"/documents?limit=1&filter.batch="+batch); n != operations-1 {
					t.Errorf("round %d: the index has %d documents of %s", round, n, batch)
				}
			}
			if n := total(t, p.URL+base+"/documents?limit=1"); n != all {
				t.Errorf("round %d: %d documents are counted, and %d are there", round, n, all)
			}
			t.Logf("round %d: %d acknowledged, %d found", round, len(acknowledged), len(found))
		}
	})
}

// batches are the bulks of which anything is there. Each must be there as a whole.
func batches(t *testing.T, base string) map[string]bool {
	t.Helper()
	status, _, answer := change(base+"/aggregate", "", cmdtest.Object{"pipeline": []cmdtest.Object{
		{"$group": cmdtest.Object{
			"_id": "$batch", "n": cmdtest.Object{"$sum": 1}, "done": cmdtest.Object{"$sum": "$done"},
		}},
	}})
	if status != http.StatusOK {
		t.Fatal(status, answer)
	}
	out := map[string]bool{}
	for _, d := range answer["data"].([]any) {
		d := d.(map[string]any)
		out[d["_id"].(string)] = true
		if d["n"] != float64(operations-1) || d["done"] != float64(operations-1) {
			t.Errorf("of %v there are %v documents, of which %v are changed", d["_id"], d["n"], d["done"])
		}
	}
	return out
}

// total is how many documents a query finds.
func total(t *testing.T, target string) int {
	t.Helper()
	status, _, answer := cmdtest.Call(http.MethodGet, target, cmdtest.Key, headers(""), nil)
	if status != http.StatusOK {
		t.Fatal(status, answer)
	}
	return int(answer["pagination"].(map[string]any)["total"].(float64))
}

func bulkOf(batch string) []cmdtest.Object {
	out := make([]cmdtest.Object, operations)
	for n := range out {
		out[n] = cmdtest.Object{"insertOne": cmdtest.Object{"document": cmdtest.Object{
			"batch": batch, "key": fmt.Sprintf("%s/%d", batch, n), "tags": []int{n, n + 1},
		}}}
	}
	out[operations-1] = cmdtest.Object{"updateMany": cmdtest.Object{
		"filter": cmdtest.Object{"batch": batch}, "update": cmdtest.Object{"$inc": cmdtest.Object{"done": 1}},
	}}
	return out
}

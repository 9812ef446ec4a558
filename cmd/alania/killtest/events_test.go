package killtest

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alania-go/alania/cmd/alania/cmdtest"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

// ledger is what was published and seen in a test of events.
type ledger struct {
	mu        sync.Mutex
	published map[string]bool // acknowledged, by key and number
	given     map[string]bool // answered to a poll
	committed map[string]int  // the last number of a key whose commit was acknowledged
}

// TestKillWhilePublishing kills the server while events are published and three members of a group consume them.
// Nothing acknowledged is lost, keys keep their order, and a commit is never further than what was delivered.
func TestKillWhilePublishing(t *testing.T) {
	rounds := kills(t, 2)
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		env := cmdtest.Settings(t, e)
		p := cmdtest.Start(t, t.TempDir(), env)
		org := cmdtest.FirstOrg(t, p)
		workspace := cmdtest.Must(t, http.StatusCreated, http.MethodPost, p.URL+"/v2/orgs/"+org+"/workspaces",
			cmdtest.Object{"name": "Events"})["id"].(string)
		base := "/v1/events/" + workspace
		status, _, answer := change(p.URL+base+"/topics", "", cmdtest.Object{"name": "t", "partitions": 6})
		if status != http.StatusCreated {
			t.Fatal(status, answer)
		}
		l := &ledger{published: map[string]bool{}, given: map[string]bool{}, committed: map[string]int{}}
		numbers := make([]int, 4) // of the publishers' keys
		for round := range rounds {
			var wg sync.WaitGroup
			enough, ended := make(chan struct{}), make(chan struct{})
			want := len(l.published) + 400
			for w := range numbers {
				wg.Go(func() { l.publish(t, p.URL+base, w, &numbers[w], want, enough) })
			}
			for m := range 3 {
				wg.Go(func() { l.consume(t, p.URL+base+"/topics/t/groups/g", fmt.Sprint("m", m), false) })
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
			t.Logf("round %d: %d acknowledged, %d consumed", round, len(l.published), len(l.given))
			l.check(t, p.URL+base)
		}
		for m := range 3 {
			l.consume(t, p.URL+base+"/topics/t/groups/g", fmt.Sprint("m", m), true)
		}
		for name := range l.published {
			if !l.given[name] {
				t.Errorf("the acknowledged %s was delivered to nobody", name)
			}
		}
	})
}

// publish publishes events of one key until the server is gone.
func (l *ledger) publish(t *testing.T, base string, w int, number *int, want int, enough chan struct{}) {
	for {
		*number += 2
		first, second := *number-1, *number
		key := fmt.Sprintf("k%d", w)
		status, _, answer := change(base+"/publish", "", []cmdtest.Object{
			{"topic": "t", "key": key, "payload": first}, {"topic": "t", "key": key, "payload": second},
		})
		if status == 0 {
			return
		}
		if status != http.StatusAccepted {
			t.Errorf("%d %v", status, answer)
			return
		}
		l.mu.Lock()
		before := len(l.published)
		l.published[fmt.Sprint(key, "/", first)], l.published[fmt.Sprint(key, "/", second)] = true, true
		if before < want && len(l.published) >= want {
			close(enough)
		}
		l.mu.Unlock()
	}
}

// consume polls and commits as a member until the server is gone, or until nothing is left.
func (l *ledger) consume(t *testing.T, group, member string, toTheEnd bool) {
	for {
		status, _, got := change(group+"/poll", "", cmdtest.Object{"member": member, "max": 50})
		if status == 0 {
			return
		}
		if status != http.StatusOK {
			t.Errorf("%d %v", status, got)
			return
		}
		last := map[string]int{}
		for _, m := range got["items"].([]any) {
			m := m.(map[string]any)
			key, n := m["key"].(string), int(m["payload"].(float64))
			if before, ok := last[key]; ok && n <= before {
				t.Errorf("%s has %d after %d", key, n, before)
			}
			last[key] = n
			l.mu.Lock()
			if done := l.committed[key]; n <= done {
				t.Errorf("%s has %d, and %d is committed", key, n, done)
			}
			l.given[fmt.Sprint(key, "/", n)] = true
			l.mu.Unlock()
		}
		if len(last) == 0 && toTheEnd {
			return
		}
		if len(last) == 0 {
			time.Sleep(5 * time.Millisecond)
			continue
		}
		status, _, answer := change(group+"/commit", "", cmdtest.Object{"member": member, "offsets": got["offsets"]})
		if status == 0 {
			return
		}
		if status == http.StatusConflict { // another member has the partition by now
			continue
		}
		if status != http.StatusNoContent {
			t.Errorf("%d %v", status, answer)
			return
		}
		l.mu.Lock()
		for key, n := range last {
			l.committed[key] = n
		}
		l.mu.Unlock()
	}
}

// check compares what is there with what was acknowledged.
func (l *ledger) check(t *testing.T, base string) {
	t.Helper()
	last, found, cursor := map[string]int{}, map[string]bool{}, ""
	for {
		target := base + "/topics/t/messages?limit=100"
		if cursor != "" {
			target += "&cursor=" + cursor
		}
		status, _, answer := cmdtest.Call(http.MethodGet, target, cmdtest.Key, headers(""), nil)
		if status != http.StatusOK {
			t.Fatal(status, answer)
		}
		for _, m := range answer["items"].([]any) {
			m := m.(map[string]any)
			key, n := m["key"].(string), int(m["payload"].(float64))
			if n <= last[key] {
				t.Errorf("%s has %d after %d", key, n, last[key])
			}
			last[key] = n
			found[fmt.Sprint(key, "/", n)] = true
		}
		if cursor, _ = answer["page"].(map[string]any)["nextCursor"].(string); cursor == "" {
			break
		}
	}
	for name := range l.published {
		if !found[name] {
			t.Errorf("the acknowledged %s is not there", name)
		}
	}
	for name := range found { // an array is there as a whole
		var n int
		key, text, _ := strings.Cut(name, "/")
		if _, err := fmt.Sscan(text, &n); err != nil {
			t.Fatal(err)
		}
		other := n + 1
		if n%2 == 0 {
			other = n - 1
		}
		if !found[fmt.Sprint(key, "/", other)] {
			t.Errorf("of an array %s is there alone", name)
		}
	}
	for name := range l.given {
		if !found[name] {
			t.Errorf("%s was delivered and is not there", name)
		}
	}
}

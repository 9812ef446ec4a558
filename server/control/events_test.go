package control_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/data/events"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/server/servertest"
)

// ofTopic is a request about a topic of the tenant's workspace.
func ofTopic(tn *servertest.Tenant, operation, topic string) servertest.Request {
	return inStorage(tn, operation, "topic", topic)
}

func init() {
	type (
		tenant   = servertest.Tenant
		instance = servertest.Instance
		request  = servertest.Request
	)
	checkout := object{"topic": "user.actions", "key": "usr_123",
		"payload": object{"action": "checkout_completed", "amount": 198.95}}
	published := func(t testing.TB, i *instance, tn *tenant) {
		text, _ := json.Marshal(checkout)
		if _, err := i.Events.Publish(tn.As(), tn.Workspace.ID, text); err != nil {
			t.Fatal(err)
		}
	}
	of := func(operation string, body any) servertest.Valid {
		return func(t testing.TB, i *instance, tn *tenant) request {
			published(t, i, tn)
			r := ofTopic(tn, operation, "user.actions")
			r.JSON = body
			return r
		}
	}
	for operation, more := range map[string]servertest.Valid{
		"publishEvents": func(_ testing.TB, _ *instance, tn *tenant) request {
			r := inStorage(tn, "publishEvents")
			r.JSON = checkout
			return r
		},
		"listTopics": func(t testing.TB, i *instance, tn *tenant) request {
			published(t, i, tn)
			return inStorage(tn, "listTopics")
		},
		"createTopic": func(_ testing.TB, _ *instance, tn *tenant) request {
			r := inStorage(tn, "createTopic")
			r.JSON = object{"name": "t" + id.New().UUID(), "partitions": 2}
			return r
		},
		"getTopic":     of("getTopic", nil),
		"updateTopic":  of("updateTopic", object{"retentionSeconds": 3600}),
		"deleteTopic":  of("deleteTopic", nil),
		"listMessages": of("listMessages", nil),
	} {
		valid[operation] = more
	}
	grouped := func(operation string, body any) servertest.Valid {
		return func(t testing.TB, i *instance, tn *tenant) request {
			published(t, i, tn)
			polled(t, i, tn, "user.actions", "worker-1")
			r := inGroup(tn, operation, "user.actions")
			r.JSON = body
			return r
		}
	}
	for operation, more := range map[string]servertest.Valid{
		"listGroups":  of("listGroups", nil),
		"getGroup":    grouped("getGroup", nil),
		"deleteGroup": grouped("deleteGroup", nil),
		"pollGroup":   grouped("pollGroup", object{"member": "worker-1", "max": 5}),
		"commitGroup": grouped("commitGroup", object{"member": "worker-1",
			"offsets": []any{object{"partition": 0, "offset": 1}}}),
	} {
		valid[operation] = more
	}
}

// inGroup is a request about the group mailer of a topic of the tenant's workspace.
func inGroup(tn *servertest.Tenant, operation, topic string) servertest.Request {
	return inStorage(tn, operation, "topic", topic, "group", "mailer")
}

// polled has a member of the group mailer poll.
func polled(t testing.TB, i *servertest.Instance, tn *servertest.Tenant, topic, member string) events.Polled {
	t.Helper()
	in := events.Poll{Group: "mailer", Member: member, Limit: 100}
	got, err := i.Events.Poll(tn.As(), tn.Workspace.ID, topic, in, 0)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// payloads are the payloads of messages, separated by spaces.
func payloads(found object) string {
	var out []string
	for _, m := range found["items"].([]any) {
		out = append(out, fmt.Sprint(m.(object)["payload"]))
	}
	return strings.Join(out, " ")
}

// What is published is there in its order, by partition, by offset, by time, and page by page.
func TestEvents(t *testing.T) { each(t, publishes) }

func publishes(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
	publish := inStorage(tn, "publishEvents")
	one := answered(t, i, 202, publish, object{"topic": "user.actions", "key": "usr_123", "payload": 0})
	if one["topic"] != "user.actions" || one["partition"] != 0.0 || one["offset"] != 0.0 || one["items"] != nil ||
		!strings.HasPrefix(one["publicationId"].(string), "pub_") {
		t.Errorf("%v", one)
	}
	got := answered(t, i, 200, ofTopic(tn, "getTopic", "user.actions"), nil)
	if got["partitions"] != 1.0 || got["events"] != 1.0 || got["bytes"] != 8.0 || got["retentionSeconds"] != 604800.0 {
		t.Errorf("%v", got)
	}
	made := answered(t, i, 201, inStorage(tn, "createTopic"), object{"name": "orders", "partitions": 4,
		"retentionBytes": 1 << 20})
	if made["partitions"] != 4.0 || made["retentionBytes"] != float64(1<<20) {
		t.Errorf("%v", made)
	}
	wantCode(t, answered(t, i, 409, inStorage(tn, "createTopic"), object{"name": "orders"}), "TOPIC_EXISTS")
	wantCode(t, answered(t, i, 422, ofTopic(tn, "updateTopic", "orders"), object{"partitions": 3}), "PARTITIONS_DECREASED")
	changed := answered(t, i, 200, ofTopic(tn, "updateTopic", "orders"), object{"partitions": 5, "retentionBytes": nil})
	if changed["partitions"] != 5.0 || changed["retentionBytes"] != nil {
		t.Errorf("%v", changed)
	}
	var batch []any
	for n := range 20 {
		batch = append(batch, object{"topic": "orders", "key": fmt.Sprint("k", n%3), "payload": n})
	}
	batch = append(batch, object{"topic": "orders", "payload": object{"a": nil}})
	many := answered(t, i, 202, publish, batch)["items"].([]any)
	if len(many) != 21 {
		t.Fatalf("%v", many)
	}
	at := map[string]float64{} // the partition of each key
	for n, m := range many[:20] {
		key, p := fmt.Sprint("k", n%3), m.(object)["partition"].(float64)
		if was, ok := at[key]; ok && was != p {
			t.Errorf("%s is in %v and in %v", key, was, p)
		}
		at[key] = p
		if want := events.PartitionOf(key, 5); float64(want) != p {
			t.Errorf("%s is in %v, not in %d", key, p, want)
		}
	}
	read := func(query ...string) object {
		t.Helper()
		return answered(t, i, 200, ofTopic(tn, "listMessages", "orders"), nil, query...)
	}
	all := read("limit", "100")
	if len(all["items"].([]any)) != 21 || all["page"].(object)["nextCursor"] != nil {
		t.Errorf("%v", all)
	}
	last := map[any]float64{}
	var paged []any
	for cursor := ""; ; {
		q := []string{"limit", "4"}
		if cursor != "" {
			q = append(q, "cursor", cursor)
		}
		p := read(q...)
		paged = append(paged, p["items"].([]any)...)
		next, _ := p["page"].(object)["nextCursor"].(string)
		if cursor = next; cursor == "" {
			break
		}
	}
	if fmt.Sprint(paged) != fmt.Sprint(all["items"]) {
		t.Errorf("%v\n%v", paged, all["items"])
	}
	for _, m := range paged {
		m := m.(object)
		if n, ok := m["payload"].(float64); ok {
			if before, ok := last[m["key"]]; ok && n < before {
				t.Errorf("%v behind %v", n, before)
			}
			last[m["key"]] = n
		}
	}
	in := fmt.Sprint(at["k1"])
	if got := read("partition", in, "from", "1", "limit", "1"); !strings.Contains(payloads(read("partition", in)),
		" "+payloads(got)+" ") {
		t.Errorf("%v", got)
	}
	if got := read("from", time.Now().Add(time.Hour).UTC().Format(time.RFC3339)); payloads(got) != "" {
		t.Errorf("%v", got)
	}
	if got := read("from", "2020-01-01T00:00:00Z", "limit", "100"); len(got["items"].([]any)) != 21 {
		t.Errorf("%v", got)
	}
	answered(t, i, 400, ofTopic(tn, "listMessages", "orders"), nil, "from", "yesterday")
	answered(t, i, 404, ofTopic(tn, "listMessages", "orders"), nil, "partition", "30")
	answered(t, i, 204, ofTopic(tn, "deleteTopic", "orders"), nil)
	answered(t, i, 404, ofTopic(tn, "getTopic", "orders"), nil)
	again := answered(t, i, 202, publish, object{"topic": "orders", "payload": "new"})
	if again["offset"] != 0.0 || payloads(read()) != "new" {
		t.Errorf("%v %v", again, read())
	}
}

// A publication of which one event is refused stores none, and pointers lead to what is wrong.
func TestEventsAreRefused(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		publish := inStorage(tn, "publishEvents")
		large := strings.Repeat("x", events.MaxPayload)
		said := answered(t, i, 400, publish,
			[]any{object{"topic": "a", "payload": 1}, object{"topic": "a", "payload": large}})
		if text := fmt.Sprint(said); !strings.Contains(text, "/1/payload") || strings.Contains(text, "xxx") {
			t.Errorf("%.300s", text)
		}
		answered(t, i, 404, ofTopic(tn, "getTopic", "a"), nil)
		answered(t, i, 202, publish, object{"topic": "a", "payload": large[2:]})
		for _, name := range []string{
			"", ".", "..", "-a", "a b", "a/b", "$platform", "ä", strings.Repeat("a", 121), "'", "a\x00",
		} {
			answered(t, i, 400, publish, object{"topic": name, "payload": 1})
			answered(t, i, 400, inStorage(tn, "createTopic"), object{"name": name})
			if r := ofTopic(tn, "getTopic", name); name != "" && name != "." && name != ".." {
				if res := i.Do(t, r); res.Status != 400 && res.Status != 404 {
					t.Errorf("%q: %d %s", name, res.Status, res.Body)
				}
			}
		}
		for _, key := range []string{"'", "a\nb", "💥", "';DROP TABLE event_topics;--", "null", ""} {
			answered(t, i, 202, publish, object{"topic": "keys", "key": key, "payload": key})
		}
		answered(t, i, 400, publish, object{"topic": "keys", "key": "a\x00", "payload": 1})
		answered(t, i, 400, publish, object{"topic": "keys", "key": strings.Repeat("k", 257), "payload": 1})
		for _, raw := range []string{`1e999`, `"\u0000"`, `{"a":1,"a":2}`, `-0`, `9007199254740993`} {
			r := publish
			r.Raw, r.Type = []byte(`{"topic":"raw","payload":`+raw+`}`), "application/json"
			if res := i.Do(t, r); res.Status != 202 && res.Status != 400 {
				t.Errorf("%s: %d %s", raw, res.Status, res.Body)
			}
		}
		i.Want(t, 200, ofTopic(tn, "listMessages", "raw"))
	})
}

// Topics of the same name in two workspaces have nothing in common, and cursors are those of one list.
func TestEventsAreApart(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		other := i.Tenant(t, plan.Free)
		for range 3 {
			answered(t, i, 202, inStorage(other, "publishEvents"), object{"topic": "shared", "payload": "theirs"})
		}
		answered(t, i, 404, ofTopic(tn, "getTopic", "shared"), nil)
		answered(t, i, 404, ofTopic(tn, "deleteTopic", "shared"), nil)
		answered(t, i, 404, ofTopic(tn, "updateTopic", "shared"), object{"partitions": 3})
		answered(t, i, 404, ofTopic(tn, "listMessages", "shared"), nil)
		answered(t, i, 202, inStorage(tn, "publishEvents"), object{"topic": "shared", "payload": "mine"})
		if got := payloads(answered(t, i, 200, ofTopic(tn, "listMessages", "shared"), nil)); got != "mine" {
			t.Errorf("%s", got)
		}
		r := ofTopic(other, "listMessages", "shared")
		r.Query = url.Values{"limit": {"1"}}
		cursor := i.Want(t, 200, r).Object(t)["page"].(object)["nextCursor"].(string)
		wantCode(t, answered(t, i, 400, ofTopic(tn, "listMessages", "shared"), nil, "limit", "1", "cursor", cursor),
			"INVALID_CURSOR")
		answered(t, i, 404, func() servertest.Request {
			r := ofTopic(tn, "listMessages", "shared")
			r.Path["workspaceId"] = other.Workspace.ID.Prefixed("wks")
			return r
		}(), nil)
		answered(t, i, 204, ofTopic(tn, "deleteTopic", "shared"), nil)
		left := payloads(answered(t, i, 200, ofTopic(other, "listMessages", "shared"), nil))
		if left != "theirs theirs theirs" {
			t.Errorf("%s", left)
		}
	})
}

// What the plan allows is exact, whoever else publishes at the same time, and offsets have no gaps.
func TestEventQuota(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, _ *servertest.Tenant) {
		tn := i.Tenant(t, plan.Free)
		var wg sync.WaitGroup
		made := make([]bool, 100)
		for n := range made {
			wg.Go(func() {
				_, err := i.Events.Publish(tn.As(), tn.Workspace.ID, fmt.Appendf(nil, `{"topic":"t%d","payload":1}`, n))
				made[n] = err == nil
				if err != nil && !fault.IsCode(err, fault.FeatureLimit) {
					t.Error(err)
				}
				if _, err := i.Events.Publish(tn.As(), tn.Workspace.ID, fmt.Appendf(nil,
					`[{"topic":"t0","payload":%d},{"topic":"t1","payload":1}]`, n)); err != nil &&
					!fault.IsCode(err, fault.FeatureLimit) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		list, err := i.Events.Topics(tn.As(), tn.Workspace.ID, "", 200)
		if err != nil || len(list) != 20 {
			t.Errorf("%d topics: %v", len(list), err)
		}
		for _, topic := range list {
			found, _, err := i.Events.Messages(tn.As(), tn.Workspace.ID, topic.Name, events.Asked{Limit: 1000})
			if err != nil || int64(len(found)) != topic.Events {
				t.Errorf("%s: %d of %d: %v", topic.Name, len(found), topic.Events, err)
			}
			for n, m := range found {
				if m.Offset != int64(n) {
					t.Errorf("%s: %d at %d", topic.Name, m.Offset, n)
				}
			}
		}
		wantCode(t, answered(t, i, 403, inStorage(tn, "publishEvents"), object{"topic": "more", "payload": 1}),
			"FEATURE_LIMIT_REACHED")
		answered(t, i, 202, inStorage(tn, "publishEvents"), object{"topic": list[0].Name, "payload": 1})
	})
}

// Members of a group divide the partitions, what is not committed is delivered again, and commits are no further than
// what was delivered.
func TestEventGroups(t *testing.T) { each(t, consumes) }

func consumes(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
	answered(t, i, 201, inStorage(tn, "createTopic"), object{"name": "jobs", "partitions": 4})
	publish := func(from, to int) {
		t.Helper()
		var list []any
		for n := from; n < to; n++ {
			list = append(list, object{"topic": "jobs", "key": fmt.Sprint("k", n%7), "payload": n})
		}
		answered(t, i, 202, inStorage(tn, "publishEvents"), list)
	}
	publish(0, 40)
	poll := func(member string) object {
		t.Helper()
		return answered(t, i, 200, inGroup(tn, "pollGroup", "jobs"), object{"member": member, "max": 100})
	}
	commit := func(status int, member string, offsets any) object {
		t.Helper()
		return answered(t, i, status, inGroup(tn, "commitGroup", "jobs"), object{"member": member, "offsets": offsets})
	}
	first := poll("a")
	if len(first["items"].([]any)) != 40 || len(first["offsets"].([]any)) != 4 {
		t.Fatalf("%v", first)
	}
	if again := poll("a"); payloads(again) != payloads(first) {
		t.Errorf("%v", again)
	}
	if other := poll("b"); len(other["items"].([]any)) != 0 { // a has all of them, and loses two with its next poll
		t.Errorf("%v", other)
	}
	half := poll("a")
	rest := poll("b")
	if len(half["offsets"].([]any)) != 2 || len(rest["offsets"].([]any)) != 2 ||
		len(half["items"].([]any))+len(rest["items"].([]any)) != 40 {
		t.Errorf("%v\n%v", half, rest)
	}
	wantCode(t, commit(409, "a", rest["offsets"]), "PARTITION_LOST")
	own := half["offsets"].([]any)[0].(object)
	wantCode(t, commit(422, "a", []any{object{"partition": own["partition"], "offset": own["offset"].(float64) + 1}}),
		"OFFSET_NOT_DELIVERED")
	commit(400, "a", []any{own, own})
	commit(204, "a", half["offsets"])
	commit(204, "a", []any{object{"partition": own["partition"], "offset": 0}})
	g := answered(t, i, 200, inGroup(tn, "getGroup", "jobs"), nil)
	if g["lag"] != float64(len(rest["items"].([]any))) || len(g["members"].([]any)) != 2 {
		t.Errorf("%v", g)
	}
	commit(204, "b", rest["offsets"])
	publish(40, 50)
	if n := len(poll("a")["items"].([]any)) + len(poll("b")["items"].([]any)); n != 10 {
		t.Errorf("%d events", n)
	}
	if l := answered(t, i, 200, ofTopic(tn, "listGroups", "jobs"), nil)["items"].([]any); len(l) != 1 {
		t.Errorf("%v", l)
	}
	answered(t, i, 204, inGroup(tn, "deleteGroup", "jobs"), nil)
	answered(t, i, 404, inGroup(tn, "getGroup", "jobs"), nil)
	answered(t, i, 404, inGroup(tn, "commitGroup", "jobs"), object{"member": "a", "offsets": []any{own}})
	if again := poll("b"); len(again["items"].([]any)) != 50 {
		t.Errorf("%v", again)
	}
	for _, name := range []string{"-", "a b", "'", "$all", "..x"} {
		r := inGroup(tn, "pollGroup", "jobs")
		r.Path["group"] = name
		answered(t, i, 400, r, object{"member": "a"})
	}
	for _, name := range []string{"", "-", "a b", "'", "a\x00"} {
		answered(t, i, 400, inGroup(tn, "pollGroup", "jobs"), object{"member": name})
	}
	other := i.Tenant(t, plan.Free)
	answered(t, i, 202, inStorage(other, "publishEvents"), object{"topic": "jobs", "payload": "theirs"})
	if got := polled(t, i, other, "jobs", "b"); len(got.Messages) != 1 {
		t.Errorf("%v", got)
	}
}

// A poll that waits is answered when there is an event.
func TestPollsWait(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		answered(t, i, 201, inStorage(tn, "createTopic"), object{"name": "slow"})
		var wg sync.WaitGroup
		wg.Go(func() {
			time.Sleep(200 * time.Millisecond)
			answered(t, i, 202, inStorage(tn, "publishEvents"), object{"topic": "slow", "payload": "now"})
		})
		got := answered(t, i, 200, inGroup(tn, "pollGroup", "slow"), object{"member": "a", "waitSeconds": 20})
		if payloads(got) != "now" {
			t.Errorf("%v", got)
		}
		wg.Wait()
	})
}

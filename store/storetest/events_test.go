package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/data/events"
	"github.com/alania-go/alania/domain/entitlement"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/pixel"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/store"
)

// eventful makes a workspace with the capability of events in a database of its own.
func eventful(t testing.TB, e store.Engine) (m *metered, clock *hands, ctx context.Context, in id.ID) {
	t.Helper()
	clock = newHands()
	m = meterWith(connect(t, database(t, e), clock.now), clock.now, pixel.Options{})
	orgID := newOrg(t, m.Store, plan.Enterprise)
	return m, clock, as(t, orgID), newWorkspaceOn(t, m.Store, orgID, plan.Enterprise, noon, workspace.Kafka)
}

// eventsOf makes the service of events.
func eventsOf(m *metered, clock *hands) *events.Service {
	return events.NewService(events.Options{
		Engine: m.stores.Events, Workspaces: m.workspaces, Topics: m.entitlements.Stock(entitlement.Topics, ""),
		Stock: m.entitlements.Stock(entitlement.Events, entitlement.EventBytes), Audit: m.audit, Now: clock.now,
	})
}

// Topics keep what their retention says, slice by slice, and the plan gets back what is deleted.
func TestEventsAreKeptForTheirTime(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		m, clock, ctx, in := eventful(t, e)
		stock := m.entitlements.Stock(entitlement.Events, entitlement.EventBytes)
		s := eventsOf(m, clock)
		hour, bytes := time.Hour, int64(1<<20)
		for name, keep := range map[string]events.TopicUpdate{"short": {Keep: &hour}, "small": {KeepBytes: &bytes}} {
			_, err := s.CreateTopic(ctx, in, name, keep)
			must(t, err)
		}
		publish := func(topic string, n, size int) {
			t.Helper()
			for start := 0; start < n; start += 100 {
				body := []byte("[")
				for i := range min(100, n-start) {
					if i > 0 {
						body = append(body, ',')
					}
					body = fmt.Appendf(body, `{"topic":%q,"payload":"%0*d"}`, topic, size-2, start+i)
				}
				_, err := s.Publish(ctx, in, append(body, ']'))
				must(t, err)
			}
		}
		publish("short", 2500, 10)
		publish("small", 200, 10_000)
		clock.forward(2 * time.Hour)
		publish("short", 3, 10)
		must(t, s.Clean(ctx))
		short, err := s.Topic(ctx, in, "short")
		must(t, err)
		small, err := s.Topic(ctx, in, "small")
		must(t, err)
		if short.Events != 3 || short.Bytes != 30 || small.Events != 104 || small.Bytes != 1_040_000 {
			t.Errorf("%+v %+v", short, small)
		}
		found, _, err := s.Messages(ctx, in, "short", events.Asked{Limit: 10})
		if err != nil || len(found) != 3 || found[0].Offset != 2500 {
			t.Errorf("%+v %v", found, err)
		}
		poll := func(member string) events.Polled {
			t.Helper()
			got, err := s.Poll(ctx, in, "small", events.Poll{Group: "g", Member: member, Limit: 5}, 0)
			must(t, err)
			return got
		}
		one := poll("a") // begins where the topic does by now
		if len(one.Messages) != 5 || one.Messages[0].Offset != 96 || len(poll("b").Own) != 0 {
			t.Errorf("%+v", one)
		}
		clock.forward(20 * time.Second)
		poll("b")
		clock.forward(events.Silence - 10*time.Second)
		if got := poll("b"); len(got.Own) != 1 || got.Messages[0].Offset != 96 {
			t.Errorf("a silent member has %+v", got)
		}
		err = s.Commit(ctx, in, "small", "g", "a", one.Own)
		if !fault.IsCode(err, fault.Conflict) {
			t.Errorf("%v", err)
		}
		must(t, s.DeleteTopic(ctx, in, "short"))
		must(t, s.Clean(ctx))
		if used, err := stock.Used(ctx, in); err != nil || used != (plan.Amount{Items: 104, Bytes: 1_040_000}) {
			t.Errorf("%+v %v", used, err)
		}
	})
}

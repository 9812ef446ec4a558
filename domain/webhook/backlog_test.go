package webhook

import (
	"testing"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
)

// An org that has more waiting than its plan keeps is told of nothing more where most of it waits. Its
// other endpoints, and other orgs, are.
func TestFullBacklogs(t *testing.T) {
	keeps := plan.Free.WebhookBacklog()
	items := func(n int64) plan.Amount { return plan.Amount{Items: n, Bytes: n} }
	for name, c := range map[string]struct {
		waiting []plan.Amount
		full    []bool
	}{
		"nothing waits":               {[]plan.Amount{{}}, []bool{false}},
		"as much as the plan keeps":   {[]plan.Amount{keeps}, []bool{false}},
		"one more":                    {[]plan.Amount{items(keeps.Items + 1)}, []bool{true}},
		"a byte more":                 {[]plan.Amount{{Items: 1, Bytes: keeps.Bytes + 1}}, []bool{true}},
		"one of two does not keep up": {[]plan.Amount{items(keeps.Items), items(1)}, []bool{true, false}},
		"both do not":                 {[]plan.Amount{items(keeps.Items), items(keeps.Items)}, []bool{true, true}},
		"both together, within": {
			[]plan.Amount{items(keeps.Items / 2), items(keeps.Items / 2)}, []bool{false, false},
		},
		"many small and one of many bytes": {
			[]plan.Amount{items(keeps.Items - 1), {Items: 1, Bytes: keeps.Bytes}}, []bool{false, true},
		},
	} {
		neighbour := Backlog{OrgID: id.New(), EndpointID: id.New(), Tier: plan.Free, Waiting: keeps}
		larger := Backlog{
			OrgID: id.New(), EndpointID: id.New(), Tier: plan.Starter, Waiting: items(keeps.Items + 1),
		}
		backlogs := []Backlog{neighbour, larger}
		org := id.New()
		for _, w := range c.waiting {
			backlogs = append(backlogs, Backlog{OrgID: org, EndpointID: id.New(), Tier: plan.Free, Waiting: w})
		}
		got := full(backlogs)
		if got[neighbour.EndpointID] || got[larger.EndpointID] {
			t.Errorf("%s: another org is told of nothing more", name)
		}
		for i, want := range c.full {
			if is := got[backlogs[2+i].EndpointID]; is != want {
				t.Errorf("%s: endpoint %d full: %v, want %v", name, i, is, want)
			}
		}
	}
}

package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/connector"
	"github.com/alania-go/alania/domain/event"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/integration"
	"github.com/alania-go/alania/domain/job"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/store"
)

// poisoned is a connector whose pages have rows that cannot be kept among good ones.
type poisoned struct{ pages []connector.Page }

func (p *poisoned) Definition() connector.Definition {
	return connector.Definition{
		ID: "poisoned", Name: "Poisoned", SchemaVersion: "1.0.0", ConfigSchema: json.RawMessage(`{}`),
	}
}
func (p *poisoned) Check(context.Context, connector.Config) error { return nil }
func (p *poisoned) Open(context.Context, connector.Config) (connector.Source, error) {
	return p, nil
}
func (p *poisoned) Entities() []string { return []string{"rows"} }
func (p *poisoned) Close() error       { return nil }
func (p *poisoned) Read(_ context.Context, _ string, after connector.Checkpoint, _ int) (connector.Page, error) {
	n := 0
	_ = json.Unmarshal(after, &n)
	return p.pages[n], nil
}

// anyConfig takes every configuration.
type anyConfig struct{}

func (anyConfig) Check(json.RawMessage) ([]fault.Violation, error)      { return nil, nil }
func (anyConfig) Public(c json.RawMessage) (json.RawMessage, error)     { return c, nil }
func (anyConfig) Keep(next, _ json.RawMessage) (json.RawMessage, error) { return next, nil }
func (anyConfig) Take(context.Context, id.ID) error                     { return nil }
func (anyConfig) Change(context.Context, id.ID, plan.Amount) error      { return nil }
func (anyConfig) Add(context.Context, map[id.ID]plan.Amount) error      { return nil }

// Values of JSON that can be kept, and those that cannot; and those that may be refused or kept.
var (
	goodValues = []string{
		`1`, `-0.5e3`, `9007199254740993`, `1e300`, `"\\u0000"`, `"ä\ud83d\ude00"`, `null`, `{"a":[{"b":"\\\\u0000"}]}`,
		`"9999-12-31T23:59:59-05:00"`, `"1e999999"`,
	}
	badValues = []string{
		`"\u0000"`, `"a\\\u0000b"`, `{"\u0000":1}`, `[1,[2,{"a":"\u0000"}]]`, `1e999999`, `-1E+131073`, `1e-99999`,
		`1e99999999999999999999`, "\"\xff\"", "{\"\xc3\":1}",
	}
	oddValues = []string{
		`"\ud800"`, `"\udc00\ud800"`, `{"\udfff":1}`, strings.Repeat("[", 9000) + strings.Repeat("]", 9000),
		strings.Repeat(`{"a":`, 5000) + `1` + strings.Repeat("}", 5000),
	}
	badTimes = []time.Time{
		time.Date(10000, 1, 1, 4, 59, 59, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 0,
			time.FixedZone("west", -5*3600)),
		time.Date(1, 1, 1, 0, 0, 0, 0, time.FixedZone("east", 5*3600)), time.Date(0, 6, 1, 0, 0, 0, 0, time.UTC),
		time.Date(-43, 3, 15, 0, 0, 0, 0, time.UTC),
	}
	badIDs = []string{"", "a\x00b", "\xff", strings.Repeat("x", 513), "\x00" + strings.Repeat("y", 600)}
)

// poisonPage returns a page of random rows, and the ids of the good ones.
func poisonPage(r *rand.Rand, number, rows int) (p connector.Page, good []string) {
	pick := func(from []string) string { return from[r.IntN(len(from))] }
	for i := range rows {
		row := connector.Record{ExternalID: fmt.Sprintf("%d-%d", number, i)}
		value := pick(goodValues)
		if r.IntN(2) == 0 {
			at := noon.Add(time.Duration(r.IntN(1000)) * time.Hour)
			row.UpdatedAt = &at
		}
		switch r.IntN(8) {
		case 0:
			value = pick(badValues)
		case 1:
			value = pick(oddValues)
		case 2:
			at := badTimes[r.IntN(len(badTimes))]
			row.UpdatedAt = &at
		case 3:
			row.ExternalID = pick(badIDs)
		case 4:
			p.Failed = append(p.Failed, connector.RowError{ExternalID: pick(badIDs), Code: "missing_id", Message: "No id."})
			continue
		default:
			good = append(good, row.ExternalID)
		}
		row.Data = json.RawMessage(`{"v":` + value + `}`)
		p.Records = append(p.Records, row)
	}
	return p, good
}

// TestPoisonRecords: a run keeps the good rows of a source on either engine, whatever is among
// them, counts the others as failed, and what it kept can be listed.
func TestPoisonRecords(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		seed := rand.Uint64()
		t.Logf("the seed is %d", seed)
		r := rand.New(rand.NewPCG(seed, 1))
		s := open(t, e)
		v, w := serve(s, clock.System), aWorkspace(t, s)
		source := &poisoned{}
		var want []string
		const pages = 6
		for n := range pages {
			p, good := poisonPage(r, n, 60)
			p.Next, p.Done = json.RawMessage(fmt.Sprint(n+1)), n == pages-1
			source.pages, want = append(source.pages, p), append(want, good...)
		}
		run := syncOnce(t, v, w.OrgID, w.ID, source)
		total := run.Totals()
		if run.State != integration.Succeeded || total.Read != pages*60 || total.Failed == 0 ||
			total.Created+total.Failed != total.Read {
			t.Errorf("the run is %s with %+v, %+v", run.State, total, run.Problem)
		}
		listed := map[string]bool{}
		q := page.Query{Limit: 50, Sort: page.Sort{Field: "created_at"}}
		for {
			p, err := s.ListRecords(t.Context(), w.ID, q)
			must(t, err)
			for _, rec := range p.Items {
				listed[rec.ExternalID] = true
				if _, err := json.Marshal(rec); err != nil {
					t.Errorf("%s cannot be shown: %v", rec.ExternalID, err)
				}
			}
			if q.After = p.Next; p.Next == nil {
				break
			}
		}
		for _, name := range want {
			if !listed[name] {
				t.Errorf("the good row %s was lost", name)
			}
		}
		if int64(len(listed)) != total.Created {
			t.Errorf("%d are listed, %d were created", len(listed), total.Created)
		}
	})
}

// TestPoisonPlace: a place to read on from that cannot be kept ends the run with a reason. It
// is not tried again for ever.
func TestPoisonPlace(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		v, w := serve(s, clock.System), aWorkspace(t, s)
		run := syncOnce(t, v, w.OrgID, w.ID, &poisoned{[]connector.Page{{Next: json.RawMessage(`"\u0000"`)}}})
		if run.State != integration.Failed || run.Problem == nil || run.Problem.Code != string(connector.BadResponse) {
			t.Errorf("the run is %s, %+v", run.State, run.Problem)
		}
	})
}

// syncOnce binds a connector and returns its run when that has ended.
func syncOnce(t *testing.T, v *services, orgID, workspaceID id.ID, c connector.Connector) integration.Run {
	t.Helper()
	queue := job.NewQueue(v.Store, v.Store, quiet, clock.System)
	syncs := integration.NewService(v.Store, v.Store, v.workspaces, v.audit, event.Nobody{}, queue, box(), clock.System,
		integration.Bounds{},
		integration.Limits{Bindings: anyConfig{}, Records: anyConfig{}}, []integration.Plugin{
			{Connector: c, Schema: anyConfig{}},
		})
	ctx, cancel := context.WithTimeout(as(t, orgID), time.Minute) // a run that is tried for ever fails the test
	done := make(chan struct{})
	go func() { queue.Run(ctx); close(done) }()
	defer func() { cancel(); <-done }()
	b, _, err := syncs.Create(ctx, integration.Create{
		ConnectorID: c.Definition().ID, WorkspaceID: workspaceID, Name: "b", Config: json.RawMessage(`{}`),
	})
	must(t, err)
	for b.State != integration.Ready {
		time.Sleep(10 * time.Millisecond)
		b, err = syncs.Get(ctx, b.ID)
		must(t, err)
	}
	run, err := syncs.Start(ctx, b.ID, false)
	must(t, err)
	for run.State.Active() {
		time.Sleep(10 * time.Millisecond)
		run, err = syncs.Run(ctx, run.ID)
		must(t, err)
	}
	return run
}

// TestPoisonTimesThatWereKept: rows from before times beyond the calendar were refused do not
// break a list.
func TestPoisonTimesThatWereKept(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		s, db := connect(t, url, clock.System), raw(t, url)
		w := aWorkspace(t, s)
		kept := map[string]string{"late": "10000-01-01 04:59:59+00:00", "early": "0002-12-31 19:00:00+00:00 BC"}
		if e == store.SQLite {
			kept["early"] = "-001-12-31 19:00:00+00:00"
			kept["zero"] = "0000-12-31 19:00:00+00:00"
		}
		for name, at := range kept {
			rec := integration.Record{
				ID: id.New(), OrgID: w.OrgID, WorkspaceID: w.ID, BindingID: id.New(), Entity: "rows", ExternalID: name,
				Data: json.RawMessage(`{}`), Hash: []byte{1},
				RunID: id.New(), CreatedAt: noon, UpdatedAt: noon,
			}
			must(t, s.UpsertRecords(t.Context(), []integration.Record{rec}))
			change(t, db, "UPDATE records SET source_updated_at = $1 WHERE external_id = $2", at, name)
			beyond := time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
			rec.SourceUpdatedAt = &beyond
			wants(t, s.UpsertRecords(t.Context(), []integration.Record{rec}), fault.ValidationFailed)
		}
		p, err := s.ListRecords(t.Context(), w.ID, page.Query{Limit: 50, Sort: page.Sort{Field: "created_at"}})
		must(t, err)
		if len(p.Items) != len(kept) {
			t.Errorf("%d are listed, want %d", len(p.Items), len(kept))
		}
		for _, rec := range p.Items {
			if _, err := json.Marshal(rec.SourceUpdatedAt); err != nil {
				t.Errorf("%s cannot be shown: %v", rec.ExternalID, err)
			}
			if early := rec.SourceUpdatedAt.Year() == 1; early != (rec.ExternalID != "late") {
				t.Errorf("%s is read as %v", rec.ExternalID, rec.SourceUpdatedAt)
			}
		}
	})
}

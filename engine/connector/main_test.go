package connector

import (
	"context"
	"encoding/json"
	"errors"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	domain "github.com/alania-go/alania/domain/connector"
	"github.com/alania-go/alania/engine/guard"
	"github.com/alania-go/alania/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

const secret = "hunter2-is-a-secret"

// loopback admits the machine itself; nothing else in these tests is asked.
func loopback() *guard.Guard { return guard.New([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}) }

func local() environment { return environment{guard: loopback(), allowHTTP: true, now: time.Now} }

func public() environment { return environment{guard: guard.New(nil), allowHTTP: true, now: time.Now} }

// object is a JSON object in the making.
type obj = map[string]any

func config(t testing.TB, v any) domain.Config {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// with returns a copy of an object with another member; a nil removes it.
func with(o obj, name string, value any) obj {
	out := obj{}
	for k, v := range o {
		out[k] = v
	}
	if out[name] = value; value == nil {
		delete(out, name)
	}
	return out
}

func open(t testing.TB, c domain.Connector, cfg any) domain.Source {
	t.Helper()
	s, err := c.Open(context.Background(), config(t, cfg))
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// problem wants an error to be a Problem of a code that discloses no secret.
func problem(t testing.TB, err error, code domain.Code) *domain.Problem {
	t.Helper()
	var p *domain.Problem
	if !errors.As(err, &p) {
		t.Fatalf("the error is %v, no Problem; want %s", err, code)
	}
	if p.Code != code || p.Message == "" {
		t.Errorf("the Problem is %s, %q, cause %v; want %s", p.Code, p.Message, p.Cause, code)
	}
	if strings.Contains(p.Message+p.Error(), secret) {
		t.Errorf("the Problem gives the secret away: %q", p.Error())
	}
	for _, foreign := range []string{"pq:", "dial tcp", "EOF", "x509", "127.0.0.1"} {
		if strings.Contains(p.Message, foreign) {
			t.Errorf("the Problem speaks as a driver does: %q", p.Message)
		}
	}
	return p
}

// result is what a run returned.
type result struct {
	records []domain.Record
	failed  []domain.RowError
	next    domain.Checkpoint
	pages   int
}

func (r result) ids() string {
	ids := make([]string, len(r.records))
	for i, rec := range r.records {
		ids[i] = rec.ExternalID
	}
	return strings.Join(ids, " ")
}

func (r result) codes() string {
	codes := make([]string, len(r.failed))
	for i, f := range r.failed {
		codes[i] = f.Code
	}
	return strings.Join(codes, " ")
}

// run reads to the end of a run.
func run(t testing.TB, s domain.Source, after domain.Checkpoint, limit int) result {
	t.Helper()
	return runFrom(t, func(int) domain.Source { return s }, after, limit)
}

// runFrom reads each page from the source that it is given for it.
func runFrom(t testing.TB, source func(page int) domain.Source, after domain.Checkpoint, limit int) result {
	t.Helper()
	r := result{next: after}
	for {
		s := source(r.pages)
		p, err := s.Read(context.Background(), s.Entities()[0], r.next, limit)
		if err != nil {
			t.Fatalf("page %d: %v", r.pages, err)
		}
		if r.pages++; r.pages > 100_000 {
			t.Fatal("it does not end")
		}
		if len(p.Records)+len(p.Failed) > limit {
			t.Fatalf("a page of %d has %d records and %d failures", limit, len(p.Records), len(p.Failed))
		}
		for _, rec := range p.Records {
			if rec.ExternalID == "" || !json.Valid(rec.Data) || rec.Data[0] != '{' {
				t.Fatalf("a record is %q, %s", rec.ExternalID, rec.Data)
			}
		}
		if len(p.Next) > 8<<10 || !json.Valid(p.Next) {
			t.Fatalf("a checkpoint has %d bytes", len(p.Next))
		}
		r.records, r.failed, r.next = append(r.records, p.Records...), append(r.failed, p.Failed...), p.Next
		if p.Done {
			return r
		}
	}
}

// afresh opens the source anew for every page, as after a crash.
func afresh(t testing.TB, c domain.Connector, cfg any) func(int) domain.Source {
	var former domain.Source
	t.Cleanup(func() {
		if former != nil {
			_ = former.Close()
		}
	})
	return func(int) domain.Source {
		if former != nil {
			_ = former.Close()
		}
		var err error
		if former, err = c.Open(context.Background(), config(t, cfg)); err != nil {
			t.Fatalf("Open: %v", err)
		}
		return former
	}
}

// leaks wants no goroutine to be left that was not there before. It is for tests that are
// not parallel.
func leaks(t *testing.T) func() {
	before := runtime.NumGoroutine()
	return func() {
		t.Helper()
		for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
			if runtime.NumGoroutine() <= before {
				return
			}
			if time.Now().After(deadline) {
				stacks := make([]byte, 64<<10)
				t.Errorf("%d goroutines, %d before\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
				return
			}
		}
	}
}

func heap() uint64 {
	runtime.GC()
	runtime.GC() // what finalizers held
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

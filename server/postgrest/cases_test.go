package postgrest_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/data/rows"
)

// The answers are read before they are kept.
var update = flag.Bool("update", false, "write the answers of PostgreSQL into testdata/cases.jsonl")

// example is a request, and what PostgreSQL answers. SQLite answers the same, or what Other says.
type example struct {
	Method  string          `json:"method"`
	Target  string          `json:"target"`
	Headers [][2]string     `json:"headers,omitempty"`
	Body    *string         `json:"body,omitempty"`
	Status  int             `json:"status"`
	Answer  json.RawMessage `json:"answer,omitempty"`
	Text    string          `json:"text,omitempty"`
	Shown   []string        `json:"shown,omitempty"` // headers of the answer
	// Other is the code of the error that SQLite answers with, or the reason why it has another answer.
	Other string `json:"sqlite,omitempty"`
}

var shown = []string{"Content-Range", "Content-Type", "Location", "Preference-Applied"}

// Requests of our own are answered alike by both engines, so that a clone without recorded cases is tested.
func TestCases(t *testing.T) {
	const path = "testdata/cases.jsonl"
	text, err := os.ReadFile("testdata/fixture.sql")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var cases []example
	for line := range bytes.SplitSeq(bytes.TrimSpace(raw), []byte("\n")) {
		var e example
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		cases = append(cases, e)
	}
	f := parseFixture(string(text))
	postgres := f.onPostgres(t)
	if *update {
		var out bytes.Buffer
		for _, e := range cases {
			e.Answer, e.Text, e.Shown = nil, "", nil
			e.answer(postgres)
			encoder := json.NewEncoder(&out)
			encoder.SetEscapeHTML(false)
			if err := encoder.Encode(e); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	for _, e := range cases {
		if problem := e.compare(postgres, false); problem != "" {
			t.Errorf("postgres: %s %s %v: %s", e.Method, e.Target, e.Headers, problem)
		}
	}
	sqlite := f.onSQLite(t)
	for _, s := range sqlite.skipped {
		t.Error("not on SQLite: " + s)
	}
	for _, e := range cases {
		if problem := e.compare(sqlite, true); problem != "" {
			t.Errorf("sqlite: %s %s %v: %s", e.Method, e.Target, e.Headers, problem)
		}
	}
}

func (e *example) answer(x *target) {
	r := httptest.NewRequest(e.Method, e.Target, nil)
	for _, h := range e.Headers {
		r.Header.Add(h[0], h[1])
	}
	var body []byte
	if e.Body != nil {
		body = []byte(*e.Body)
	}
	res := x.serve(r, body, rows.Limits{Max: 100, Aggregates: true})
	e.Status = res.Status
	if json.Valid(res.Body) {
		e.Answer = res.Body
	} else {
		e.Text = string(res.Body)
	}
	for _, name := range shown {
		if v := res.Header.Get(name); v != "" && v != "application/json; charset=utf-8" {
			e.Shown = append(e.Shown, name+": "+v)
		}
	}
}

func (e *example) compare(x *target, sqlite bool) string {
	got := *e
	got.Answer, got.Text, got.Shown = nil, "", nil
	got.answer(x)
	if sqlite && e.Other != "" {
		var body struct{ Code string }
		_ = json.Unmarshal(got.Answer, &body)
		if strings.Contains(e.Other, " ") && got.Status == e.Status && reflect.DeepEqual(value(got.Answer), value(e.Answer)) {
			return "answers as PostgreSQL does"
		}
		if !strings.Contains(e.Other, " ") && body.Code != e.Other {
			return fmt.Sprintf("%d %s", got.Status, got.Answer)
		}
		return ""
	}
	if got.Status != e.Status || got.Text != e.Text || !reflect.DeepEqual(got.Shown, e.Shown) ||
		!reflect.DeepEqual(value(got.Answer), value(e.Answer)) {
		return fmt.Sprintf("%d %s%s %q\nnot %d %s%s %q", got.Status, got.Answer, got.Text, got.Shown,
			e.Status, e.Answer, e.Text, e.Shown)
	}
	return ""
}

func value(raw []byte) any {
	var v any
	_ = json.Unmarshal(raw, &v)
	return v
}

// Package documentstest runs cases of what documents mean: a collection, one operation, and what must come out. A case
// is a line of JSON, and whoever stores documents is driven by the same cases.
package documentstest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/data/documents/value"
)

// Case is one case. Its members are described in the README of the cases.
type Case struct {
	ID         string                       `json:"id"`
	Area       string                       `json:"area"`
	Collection string                       `json:"collection"`
	Given      map[string][]json.RawMessage `json:"given"`
	Operation  Operation                    `json:"operation"`
	Expect     Expect                       `json:"expect"`
	Ordered    bool                         `json:"ordered"`
	Sets       bool                         `json:"sets"`
	Needs      []string                     `json:"needs"`
}

// Operation is one request of the document API. Members that the case does not have are nil.
type Operation struct {
	Kind        string          `json:"kind"` // find, insert, update, replace, bulk or aggregate
	Filter      json.RawMessage `json:"filter"`
	Projection  json.RawMessage `json:"projection"`
	Sort        json.RawMessage `json:"sort"`
	Limit       *int            `json:"limit"`
	Skip        *int            `json:"skip"`
	Documents   json.RawMessage `json:"documents"`
	ID          json.RawMessage `json:"id"`
	Update      json.RawMessage `json:"update"`
	Replacement json.RawMessage `json:"replacement"`
	Operations  json.RawMessage `json:"operations"`
	Pipeline    json.RawMessage `json:"pipeline"`
}

// Expect is what must come out.
type Expect struct {
	Result      *[]json.RawMessage           `json:"result"`
	Then        map[string][]json.RawMessage `json:"then"`
	Total       *int                         `json:"total"`
	Error       bool                         `json:"error"`
	GeneratedID bool                         `json:"generated_id"`
}

// Answer is what a Driver's operation answered.
type Answer struct {
	Refused bool     // with a 4xx
	Reason  string   // of a refusal, for reports
	Data    []string // documents as JSON
	Total   *int     // of a find; nil when it was not told
}

// Driver is who stores documents: a new one, with nothing in it, for each case.
type Driver interface {
	// Load inserts documents as they are.
	Load(collection string, docs []string) error
	// Do sends an operation.
	Do(collection string, op Operation) (Answer, error)
	// All returns every document of a collection.
	All(collection string) ([]string, error)
}

// Read reads cases from a file, one a line.
func Read(file string) ([]Case, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []Case
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		if line := strings.TrimSpace(lines.Text()); line == "" || strings.HasPrefix(line, "//") {
			continue
		}
		var c Case
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		out = append(out, c)
	}
	return out, lines.Err()
}

// Exceptions reads the list of cases that fail, with the reason of each: an id, a tab, a reason a line.
func Exceptions(file string) (map[string]string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for i, line := range strings.Split(string(text), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		id, reason, ok := strings.Cut(line, "\t")
		if !ok || strings.TrimSpace(reason) == "" || out[id] != "" {
			return nil, fmt.Errorf("%s:%d: not an id and a reason, or twice", file, i+1)
		}
		out[id] = reason
	}
	return out, nil
}

// Run runs cases. A case of the exceptions must fail, each other one must not. It logs the shares that pass.
func Run(t *testing.T, cases []Case, exceptions map[string]string, driver func() Driver) {
	t.Helper()
	passed, all := map[bool]int{}, map[bool]int{}
	known := map[string]bool{}
	for _, c := range cases {
		known[c.ID] = true
		core := len(c.Needs) == 0
		all[core]++
		problem := c.problem(driver())
		if problem == "" {
			passed[core]++
		}
		switch reason := exceptions[c.ID]; {
		case problem != "" && reason == "":
			t.Errorf("%s (%s): %s", c.ID, c.Area, problem)
		case problem == "" && reason != "":
			t.Errorf("%s passes, and is in the list of exceptions", c.ID)
		}
	}
	for id := range exceptions {
		if !known[id] {
			t.Errorf("the exception %s is no case", id)
		}
	}
	t.Logf("%d of %d cases pass; of those with needs %d of %d", passed[true], all[true], passed[false], all[false])
}

// problem runs one case and says what is wrong; nothing when it passes.
func (c Case) problem(d Driver) string {
	for name, docs := range c.Given {
		texts := make([]string, len(docs))
		for i, doc := range docs {
			texts[i] = string(doc)
		}
		if err := d.Load(name, texts); err != nil {
			return "loading " + name + ": " + err.Error()
		}
	}
	a, err := d.Do(c.Collection, c.Operation)
	switch {
	case err != nil:
		return "error: " + err.Error()
	case a.Refused != c.Expect.Error:
		if a.Refused {
			return "refused: " + a.Reason
		}
		return fmt.Sprintf("not refused: %s", strings.Join(a.Data, " "))
	}
	if c.Expect.Result != nil && !c.Expect.Error {
		if what := c.differ(a.Data, *c.Expect.Result, false, c.Ordered); what != "" {
			return "result " + what
		}
	}
	if c.Expect.Total != nil && a.Total != nil && *a.Total != *c.Expect.Total {
		return fmt.Sprintf("total is %d, not %d", *a.Total, *c.Expect.Total)
	}
	for name, want := range c.Expect.Then {
		got, err := d.All(name)
		if err != nil {
			return "reading " + name + ": " + err.Error()
		}
		if what := c.differ(got, want, c.Expect.GeneratedID, false); what != "" {
			return name + " afterwards " + what
		}
	}
	return ""
}

// differ compares documents and shows both when they are not the same.
func (c Case) differ(got []string, want []json.RawMessage, noID, ordered bool) string {
	shown := fmt.Sprintf("is\n\t%s\nnot\n\t%s", strings.Join(got, "\n\t"), join(want))
	if len(got) != len(want) {
		return shown
	}
	left := make([]value.Value, len(got))
	for i, text := range got {
		v, err := value.Parse(text)
		if err != nil {
			return "is no Extended JSON: " + err.Error()
		}
		left[i] = v
		if noID {
			left[i] = value.Set(v, "_id", value.Value{})
		}
	}
	for i, text := range want {
		w, err := value.Parse(string(text))
		if err != nil {
			return "expects no Extended JSON: " + err.Error()
		}
		if noID {
			w = value.Set(w, "_id", value.Value{})
		}
		at := 0
		if !ordered {
			at = slices.IndexFunc(left, func(v value.Value) bool { return Same(v, w, c.Sets) })
		}
		if at < 0 || at >= len(left) || !Same(left[at], w, c.Sets) {
			_ = i
			return shown
		}
		left = slices.Delete(left, at, at+1)
	}
	return ""
}

func join(texts []json.RawMessage) string {
	var out []string
	for _, t := range texts {
		out = append(out, string(t))
	}
	return strings.Join(out, "\n\t")
}

// Same reports whether two values are the same to a case: numbers by value, members in any order, with sets the
// elements of arrays, too.
func Same(a, b value.Value, sets bool) bool {
	switch {
	case a.IsNumber() && b.IsNumber():
		x, y := a.Float(), b.Float()
		if a.Kind() == value.Decimal && b.Kind() == value.Decimal {
			return value.Equal(a, b)
		}
		return x == y || math.IsNaN(x) && math.IsNaN(y) || math.Abs(x-y) <= 1e-9*max(math.Abs(x), math.Abs(y))
	case a.Kind() != b.Kind():
		return false
	case a.Kind() == value.Object:
		if a.Len() != b.Len() {
			return false
		}
		for _, f := range a.Fields() {
			if w := b.Get(f.Name); w.IsMissing() || !Same(f.Value, w, sets) {
				return false
			}
		}
		return true
	case a.Kind() == value.Array:
		if a.Len() != b.Len() {
			return false
		}
		left := slices.Clone(b.Slice())
		for _, v := range a.Slice() {
			at := 0
			if sets {
				at = slices.IndexFunc(left, func(w value.Value) bool { return Same(v, w, sets) })
			}
			if at < 0 || !Same(v, left[at], sets) {
				return false
			}
			left = slices.Delete(left, at, at+1)
		}
		return true
	}
	return value.Equal(a, b)
}

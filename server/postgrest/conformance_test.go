package postgrest_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/data/rows"
	"github.com/alania-go/alania/engine/rows/statement"
	"github.com/alania-go/alania/server/postgrest"
	"github.com/alania-go/alania/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// conformanceCase is one line of cases.jsonl.
type conformanceCase struct {
	ID              string          `json:"id"`
	Area            string          `json:"area"`
	Method          string          `json:"method"`
	Target          string          `json:"target"`
	Headers         [][2]string     `json:"headers"`
	Body            *string         `json:"body"`
	Status          int             `json:"status"`
	Expect          json.RawMessage `json:"expect"`
	ExpectKind      *string         `json:"expect_kind"`
	Match           *string         `json:"match"`
	Ordered         bool            `json:"ordered"`
	ResponseHeaders [][2]*string    `json:"response_headers"`
	Config          *string         `json:"config"`
	Needs           []string        `json:"needs"`
}

// serve does what the handlers of a contract do, and rolls everything back.
func (x *target) serve(r *http.Request, body []byte, limits rows.Limits) postgrest.Response {
	res, err := x.try(r, body, limits)
	if err != nil {
		return postgrest.Error(err)
	}
	return res
}

func (x *target) try(r *http.Request, body []byte, limits rows.Limits) (postgrest.Response, error) {
	table, err := url.PathUnescape(strings.TrimPrefix(r.URL.EscapedPath(), "/"))
	if err != nil {
		return postgrest.Response{}, err
	}
	req, err := postgrest.Read(r, table, body)
	if err != nil {
		return postgrest.Response{}, err
	}
	p, err := rows.NewPlan(x.catalogue, req.Query, limits)
	if err != nil {
		return postgrest.Response{}, err
	}
	s, err := statement.New(x.d, p)
	if err != nil {
		return postgrest.Response{}, err
	}
	ctx := context.Background()
	if err := s.Prepare(ctx, x.cache); err != nil {
		return postgrest.Response{}, err
	}
	defer s.Close()
	tx, err := x.db.BeginTx(ctx, nil)
	if err != nil {
		return postgrest.Response{}, err
	}
	defer func() { _ = tx.Rollback() }()
	res, err := s.Run(ctx, tx)
	if err != nil {
		return postgrest.Response{}, err
	}
	return req.Answer(p, res), nil
}

// Requests of PostgREST's own specification get its answers. CONFORMANCE names a folder that has them.
func TestConformance(t *testing.T) {
	folder := os.Getenv("CONFORMANCE")
	if folder == "" {
		t.Skip("CONFORMANCE names no folder with cases")
	}
	folder = filepath.Join(folder, "postgrest")
	text, err := os.ReadFile(filepath.Join(folder, "fixture.sql"))
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("the folder of CONFORMANCE has no cases of PostgREST")
	}
	if err != nil {
		t.Fatal(err)
	}
	f := parseFixture(string(text))
	cases := readCases(t, filepath.Join(folder, "cases.jsonl"))
	t.Run("postgres", func(t *testing.T) {
		conform(t, f.onPostgres(t), cases, "testdata/exceptions-postgres.txt", 98, func(conformanceCase) bool { return true })
	})
	t.Run("sqlite", func(t *testing.T) {
		x := f.onSQLite(t)
		for _, s := range x.skipped {
			t.Log("not on SQLite: " + s)
		}
		conform(t, x, cases, "testdata/exceptions-sqlite.txt", 90,
			func(c conformanceCase) bool { return len(c.Needs) == 0 })
	})
}

func readCases(t *testing.T, path string) []conformanceCase {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	var out []conformanceCase
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c conformanceCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	return out
}

// conform runs the cases, and compares the failures with a list of those that have a reason.
func conform(t *testing.T, x *target, cases []conformanceCase, exceptions string, share int,
	counts func(conformanceCase) bool) {
	t.Helper()
	reasons := map[string]string{}
	raw, err := os.ReadFile(exceptions)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(string(raw), "\n") {
		id, reason, _ := strings.Cut(line, " ")
		if line != "" && !strings.HasPrefix(line, "#") {
			if reasons[id] = reason; reason == "" {
				t.Errorf("%s has no reason", id)
			}
		}
	}
	passed, all := 0, 0
	for _, c := range cases {
		if c.Config != nil && strings.HasPrefix(*c.Config, "max rows") || !counts(c) {
			continue
		}
		all++
		failure := x.run(c)
		if failure == "" {
			passed++
			if reasons[c.ID] != "" {
				t.Errorf("%s passes, and is in the list of exceptions", c.ID)
			}
		} else if reasons[c.ID] == "" {
			t.Errorf("%s %s %s %v: %s", c.ID, c.Method, c.Target, c.Headers, failure)
		}
	}
	t.Logf("%d of %d pass", passed, all)
	if passed*100 < share*all {
		t.Errorf("%d of %d pass, which are less than %d %%", passed, all, share)
	}
}

func (x *target) run(c conformanceCase) string {
	var body []byte
	if c.Body != nil {
		body = []byte(*c.Body)
	}
	r := httptest.NewRequest(c.Method, c.Target, nil)
	for _, h := range c.Headers {
		r.Header.Add(h[0], h[1])
	}
	res := x.serve(r, body, rows.Limits{Aggregates: c.Config != nil && *c.Config == "aggregates on"})
	if res.Status == http.StatusBadRequest && bytes.Contains(res.Body, []byte("all=true")) {
		return "" // a change of every row is refused
	}
	if res.Status != c.Status {
		return fmt.Sprintf("status %d, not %d: %.300s", res.Status, c.Status, res.Body)
	}
	for _, h := range c.ResponseHeaders {
		got := res.Header.Get(*h[0])
		if h[1] == nil && got != "" || h[1] != nil && got != *h[1] {
			return fmt.Sprintf("%s is %q: %.300s", *h[0], got, res.Body)
		}
	}
	if c.ExpectKind == nil {
		return ""
	}
	if c.Match != nil && *c.Match != "exact" {
		var got, want map[string]any
		_ = json.Unmarshal(res.Body, &got)
		_ = json.Unmarshal(c.Expect, &want)
		for member := range strings.SplitSeq(*c.Match, "+") {
			if !reflect.DeepEqual(got[member], want[member]) {
				return fmt.Sprintf("%s differs: %s", member, res.Body)
			}
		}
		return ""
	}
	if *c.ExpectKind == "text" {
		var want string
		_ = json.Unmarshal(c.Expect, &want)
		if string(res.Body) != want {
			return fmt.Sprintf("%q, not %q", res.Body, want)
		}
		return ""
	}
	var got, want any
	if err := json.Unmarshal(res.Body, &got); err != nil {
		return fmt.Sprintf("%v: %.300s", err, res.Body)
	}
	_ = json.Unmarshal(c.Expect, &want)
	if !c.Ordered {
		sorted(got)
		sorted(want)
	}
	if !reflect.DeepEqual(got, want) {
		return fmt.Sprintf("%.1500s\nnot %.1500s", res.Body, c.Expect)
	}
	return ""
}

// sorted puts the rows of an answer into one order.
func sorted(v any) {
	list, ok := v.([]any)
	if !ok {
		return
	}
	key := func(v any) string { raw, _ := json.Marshal(v); return string(raw) }
	sort.Slice(list, func(i, j int) bool { return key(list[i]) < key(list[j]) })
}

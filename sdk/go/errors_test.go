package alania_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	alania "github.com/alania-go/alania/sdk/go"
	"github.com/alania-go/alania/sdk/go/internal/apierror"
)

func parse(status int, contentType, body string) *alania.Error {
	res := &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {contentType}}}
	return apierror.New("op", res, []byte(body), time.Now())
}

// TestGoldenErrors reads every body that the server's tests hold its dialects to.
func TestGoldenErrors(t *testing.T) {
	files, err := filepath.Glob("../../server/*/testdata/errors_*.json")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip("the server's source is not here: this runs in Alania's repository")
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var rows []struct {
			Code, Reason string
			Status       int
			ContentType  string `json:"content_type"`
			Body         map[string]any
		}
		if err := json.Unmarshal(raw, &rows); err != nil {
			t.Fatal(err)
		}
		dialect := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "errors_"), ".json")
		for i, row := range rows {
			b, err := json.Marshal(row.Body)
			if err != nil {
				t.Fatal(err)
			}
			e := parse(row.Status, row.ContentType, string(b))
			if e.Dialect == alania.DialectUnknown || e.Message == "" || e.Code == "" {
				t.Errorf("%s %d: %s is read as %+v", dialect, i, b, e)
			}
			want, nested := row.Code, map[string]any{}
			switch dialect {
			case "problem":
				want = row.Body["code"].(string)
			case "core", "oauth":
				want = row.Body["error"].(string)
			case "control":
				nested = row.Body["error"].(map[string]any)
				want = nested["code"].(string)
			}
			if e.Code != want {
				t.Errorf("%s %d: the code %s, not %s", dialect, i, e.Code, want)
			}
			n := 0
			if list, ok := nested["details"].([]any); ok {
				n = len(list)
			}
			switch list := row.Body["errors"].(type) {
			case []any:
				n = len(list)
			case map[string]any:
				for _, sentences := range list {
					n += len(sentences.([]any))
				}
			}
			if len(e.Violations) != n {
				t.Errorf("%s %d: %d violations of %d", dialect, i, len(e.Violations), n)
			}
			for _, v := range e.Violations {
				if v.Field == "" || v.Pointer == "" || v.Message == "" {
					t.Errorf("%s %d: violation %+v", dialect, i, v)
				}
			}
		}
	}
}

func TestDialects(t *testing.T) {
	for _, c := range []struct {
		name, contentType, body string
		want                    alania.Error // Dialect, Code, Message, RequestID, Violations
	}{
		{"problem", "application/problem+json",
			`{"type":"/errors/x","title":"T","detail":"D","code":"validation_failed","request_id":"r","errors":[{"in":"body",` +
				`"pointer":"/a~1b/0","code":"enum","detail":"m"}]}`,
			alania.Error{
				Dialect: alania.DialectProblem, Code: "validation_failed", Message: "D", RequestID: "r",
				Violations: []alania.Violation{{In: "body", Pointer: "/a~1b/0", Field: "a/b.0", Code: "enum", Message: "m"}},
			}},
		{"a problem of others", "application/problem+json", `{"type":"about:blank","title":"Gone fishing","status":503}`,
			alania.Error{Dialect: alania.DialectProblem, Message: "Gone fishing"}},
		{"a problem without a code", "application/problem+json", `{"type":"https://x/errors/slug_taken","title":"T"}`,
			alania.Error{Dialect: alania.DialectProblem, Code: "slug_taken", Message: "T"}},
		{"core", "application/json",
			`{"error":"rate_limited","message":"Slow down.","retry_after":7,"errors":{"b":["2"],"a.0":["1","3"]}}`,
			alania.Error{Dialect: alania.DialectCore, Code: "rate_limited", Message: "Slow down.", RetryAfter: 7 * time.Second,
				Violations: []alania.Violation{
					{Pointer: "/a/0", Field: "a.0", Message: "1"}, {Pointer: "/a/0", Field: "a.0", Message: "3"}, {
						Pointer: "/b", Field: "b", Message: "2",
					}}}},
		{"keys", "application/json", `{"title":"Request in progress","detail":"Wait.","time":"2026-01-02T03:04:05Z"}`,
			alania.Error{Dialect: alania.DialectKeys, Code: "idempotency_in_flight", Message: "Wait."}},
		{"oauth", "application/json", `{"error":"invalid_scope","error_description":"No."}`,
			alania.Error{Dialect: alania.DialectOAuth, Code: "invalid_scope", Message: "No."}},
		{"nested", "application/json", `{"error":{"code":"tenant_not_found","message":"No tenant.","correlationId":"c1"}}`,
			alania.Error{Dialect: alania.DialectNested, Code: "tenant_not_found", Message: "No tenant.", RequestID: "c1"}},
		{
			"a detail", "application/json", `{"detail":"Not found"}`,
			alania.Error{Dialect: alania.DialectDetail, Message: "Not found"},
		},
		{"details", "application/json",
			`{"detail":[{"loc":["body","items",0,"na/me"],"msg":"field required","type":"value_error.missing"}]}`,
			alania.Error{Dialect: alania.DialectDetail, Message: "The request does not meet the documented schema.",
				Violations: []alania.Violation{
					{
						In: "body", Pointer: "/items/0/na~1me", Field: "items.0.na/me", Code: "value_error.missing",
						Message: "field required",
					}}}},
		{
			"text", "text/plain", " upstream timed out\n",
			alania.Error{Dialect: alania.DialectUnknown, Message: "upstream timed out"},
		},
		{"a page", "text/html", "<html>nginx</html>", alania.Error{Dialect: alania.DialectUnknown, Message: "Bad Gateway"}},
		{"nothing", "", "", alania.Error{Dialect: alania.DialectUnknown, Message: "Bad Gateway"}},
		{"other JSON", "application/json", `[1]`, alania.Error{Dialect: alania.DialectUnknown, Message: "[1]"}},
		{
			"types that are wrong", "application/json",
			`{"error":17,"errors":"x","retry_after":"soon","message":"m","request_id":{}}`,
			alania.Error{Dialect: alania.DialectUnknown, Message: "m"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := parse(502, c.contentType, c.body)
			got, err := json.Marshal([]any{e.Dialect, e.Code, e.Message, e.RequestID, e.RetryAfter, e.Violations})
			if err != nil {
				t.Fatal(err)
			}
			want, err := json.Marshal([]any{
				c.want.Dialect, c.want.Code, c.want.Message, c.want.RequestID, c.want.RetryAfter, c.want.Violations,
			})
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != string(want) {
				t.Errorf("\n%s, not\n%s", got, want)
			}
			if string(e.Raw) != c.body || e.StatusCode != 502 {
				t.Errorf("%d, %q", e.StatusCode, e.Raw)
			}
		})
	}
}

func TestPredicates(t *testing.T) {
	for status, is := range map[int]func(error) bool{
		304: alania.IsNotModified, 400: alania.IsInvalid, 401: alania.IsUnauthorized, 403: alania.IsForbidden,
		404: alania.IsNotFound,
		409: alania.IsConflict, 422: alania.IsInvalid, 429: alania.IsRateLimited, 500: alania.IsServerError,
	} {
		e := parse(status, "", "")
		if !is(errors.Join(errors.New("while"), e)) || is(parse(418, "", "")) || is(errors.New("x")) || is(nil) {
			t.Errorf("%d", status)
		}
	}
	e := parse(409, "application/json", `{"error":"slug_taken","message":"Taken."}`)
	if !alania.HasCode(e, "other", "slug_taken") || alania.HasCode(e, "other") || alania.HasCode(nil, "slug_taken") {
		t.Error("HasCode")
	}
	if got := e.Error(); got != "alania: op: 409 slug_taken: Taken." {
		t.Error(got)
	}
	if !errors.Is(e, alania.ErrConflict) || errors.Is(e, alania.ErrNotFound) {
		t.Error("errors.Is")
	}
}

// No body makes the reading fail.
func FuzzError(f *testing.F) {
	for _, s := range []string{
		`{"error":{"code":1}}`, `{"detail":[{"loc":[{}]}]}`, `{"title":"a","time":1}`, `null`, "\xff",
	} {
		f.Add(400, "application/json", s)
	}
	f.Fuzz(func(t *testing.T, status int, contentType, body string) {
		if e := parse(status, contentType, body); e.Error() == "" || string(e.Raw) != body {
			t.Error("lost")
		}
	})
}

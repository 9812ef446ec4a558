package core_test

import (
	"io"
	"net/http"
	"regexp"
	"testing"

	"github.com/alania-go/alania/server/servertest"
)

// HEAD is GET without the content, on every operation and every page.
func TestHeadOnEveryRoute(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		ask := func(method, path string) *http.Response {
			t.Helper()
			req, err := http.NewRequest(method, i.URL+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", "Bearer "+tn.Key)
			res, err := http.DefaultTransport.RoundTrip(req)
			if err != nil {
				t.Fatalf("%s %s: %v", method, path, err)
			}
			b, _ := io.ReadAll(res.Body)
			_ = res.Body.Close()
			if method == http.MethodHead && len(b) > 0 {
				t.Errorf("HEAD %s has content", path)
			}
			return res
		}
		paths := []string{"/", "/docs", "/status", "/errors", "/openapi/platform.json", "/registry/openapi", "/livez"}
		parameter := regexp.MustCompile(`\{[^}]*\}`)
		for _, c := range i.Contracts {
			for _, op := range c.Operations {
				if op.Method == http.MethodGet {
					paths = append(paths, parameter.ReplaceAllString(op.Path, "x"))
				}
			}
		}
		for _, path := range paths {
			get, head := ask(http.MethodGet, path), ask(http.MethodHead, path)
			if get.StatusCode != head.StatusCode || get.Header.Get("Content-Type") != head.Header.Get("Content-Type") {
				t.Errorf("%s: GET %d, HEAD %d %v", path, get.StatusCode, head.StatusCode, head.Header)
			}
		}
	})
}

// The lines of If-Match are one list.
func TestFieldLinesAreOneList(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		path := "/v2/workspaces/" + tn.Workspace.ID.Prefixed("wks") + "/settings"
		ask := func(method, name string, lines ...string) int {
			t.Helper()
			req, err := http.NewRequest(method, i.URL+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", "Bearer "+tn.Key)
			req.Header[name] = lines
			res, err := http.DefaultTransport.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			_ = res.Body.Close()
			return res.StatusCode
		}
		res, err := http.DefaultTransport.RoundTrip(func() *http.Request {
			req, _ := http.NewRequest(http.MethodGet, i.URL+path, nil)
			req.Header.Set("Authorization", "Bearer "+tn.Key)
			return req
		}())
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		tag := res.Header.Get("ETag")
		if got := ask(http.MethodGet, "If-None-Match", `"999"`, tag); got != 304 {
			t.Errorf("If-None-Match in two lines: %d", got)
		}
		if got := ask(http.MethodGet, "If-None-Match", `"999"`, `"998"`); got != 200 {
			t.Errorf("If-None-Match in two lines, neither of which is the tag: %d", got)
		}
	})
}

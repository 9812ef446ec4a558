package docs

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/alania-go/alania/openapi"
	"github.com/labstack/echo/v4"
)

func newServer(t *testing.T, opts Options) *echo.Echo {
	t.Helper()
	e := echo.New()
	if err := Register(e, opts); err != nil {
		t.Fatal(err)
	}
	return e
}

// send makes a request with the headers "Name: value".
func send(e *echo.Echo, method, target string, headers ...string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(method, target, nil)
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Add(name, value)
	}
	rec := httptest.NewRecorder()
	e.ServeHTTP(rec, req)
	return rec
}

func unzip(t *testing.T, b []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// paths are all that is served but the redirect, with the content type.
func paths() map[string]string {
	const text, js, css = "text/plain; charset=utf-8", "text/javascript; charset=utf-8", "text/css; charset=utf-8"
	m := map[string]string{
		"/docs":                             "text/html; charset=utf-8",
		"/docs/assets/swagger-ui-bundle.js": js,
		"/docs/assets/swagger-ui-bundle.js.LICENSE.txt":            text,
		"/docs/assets/swagger-ui-standalone-preset.js":             js,
		"/docs/assets/swagger-ui-standalone-preset.js.LICENSE.txt": text,
		"/docs/assets/page.js":                                     js,
		"/docs/assets/page.css":                                    css,
		"/docs/assets/swagger-ui.css":                              css,
		"/docs/assets/favicon-16x16.png":                           "image/png",
		"/docs/assets/favicon-32x32.png":                           "image/png",
		"/docs/assets/LICENSE":                                     text,
		"/docs/assets/NOTICE":                                      text,
		"/openapi.json":                                            "application/json",
		"/openapi.yaml":                                            "application/yaml",
	}
	for _, name := range openapi.Contracts() {
		m["/openapi/"+name+".json"] = "application/json"
		m["/openapi/"+name+".yaml"] = "application/yaml"
	}
	return m
}

func TestServe(t *testing.T) {
	e := newServer(t, Options{PublicURL: here})
	for path, contentType := range paths() {
		t.Run(path, func(t *testing.T) {
			plain := send(e, http.MethodGet, path)
			zipped := send(e, http.MethodGet, path, "Accept-Encoding: br, gzip")
			for name, rec := range map[string]*httptest.ResponseRecorder{"plain": plain, "zipped": zipped} {
				h := rec.Header()
				if rec.Code != http.StatusOK || h.Get("Content-Type") != contentType {
					t.Errorf("%s: %d %s", name, rec.Code, h.Get("Content-Type"))
				}
				if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" ||
					h.Get("Vary") != "Accept-Encoding" {
					t.Errorf("%s: headers %v", name, h)
				}
				document := strings.HasPrefix(path, "/openapi")
				if got := h.Get("Access-Control-Allow-Origin"); document && got != "*" || !document && got != "" {
					t.Errorf("%s: Access-Control-Allow-Origin = %q", name, got)
				}
				if h.Get("Cache-Control") != "no-cache" {
					t.Errorf("%s: Cache-Control = %q", name, h.Get("Cache-Control"))
				}

				var accept []string
				if name == "zipped" {
					accept = []string{"Accept-Encoding: gzip"}
				}
				head := send(e, http.MethodHead, path, accept...)
				if head.Code != http.StatusOK || head.Body.Len() != 0 {
					t.Errorf("%s: HEAD is %d with %d bytes", name, head.Code, head.Body.Len())
				}
				for key := range h {
					if head.Header().Get(key) != h.Get(key) {
						t.Errorf("%s: HEAD has %s %q, GET %q", name, key, head.Header().Get(key), h.Get(key))
					}
				}

				tag := h.Get("ETag")
				if !regexp.MustCompile(`^"[\w-]+"$`).MatchString(tag) {
					t.Errorf("%s: ETag = %s", name, tag)
				}
				for _, match := range []string{tag, `"other", ` + tag, "W/" + tag, "*"} {
					rec := send(e, http.MethodGet, path, append(accept, "If-None-Match: "+match)...)
					if rec.Code != http.StatusNotModified || rec.Body.Len() != 0 || rec.Header().Get("ETag") != tag {
						t.Errorf("%s: If-None-Match %s: %d, %d bytes, %v", name, match, rec.Code, rec.Body.Len(), rec.Header())
					}
				}
				if rec := send(e, http.MethodGet, path, append(accept, `If-None-Match: "other"`)...); rec.Code != http.StatusOK {
					t.Errorf("%s: If-None-Match of another tag: %d", name, rec.Code)
				}
			}
			if plain.Header().Get("Content-Encoding") != "" || zipped.Header().Get("Content-Encoding") != "gzip" {
				t.Errorf("encodings %q, %q", plain.Header().Get("Content-Encoding"), zipped.Header().Get("Content-Encoding"))
			}
			if plain.Header().Get("ETag") == zipped.Header().Get("ETag") {
				t.Error("one strong tag for two forms")
			}
			if !bytes.Equal(unzip(t, zipped.Body.Bytes()), plain.Body.Bytes()) {
				t.Error("the two forms differ")
			}
		})
	}
}

func TestDocuments(t *testing.T) {
	e := newServer(t, Options{PublicURL: here + "/"})
	names := map[string]string{"/openapi": openapi.Joined}
	for _, name := range openapi.Contracts() {
		names["/openapi/"+name] = name
	}
	for path, name := range names {
		j, _ := openapi.JSON(name)
		want, err := jsonWithServer(j, here)
		if err != nil {
			t.Fatal(err)
		}
		if got := send(e, http.MethodGet, path+".json").Body.String(); got != string(want) {
			t.Errorf("%s.json is not the bundle of %s", path, name)
		}
		y, _ := openapi.YAML(name)
		if want, err = yamlWithServer(y, here); err != nil {
			t.Fatal(err)
		}
		if got := send(e, http.MethodGet, path+".yaml").Body.String(); got != string(want) {
			t.Errorf("%s.yaml is not the bundle of %s", path, name)
		}
	}
}

func TestUnknown(t *testing.T) {
	e := newServer(t, Options{PublicURL: here})
	var got error
	e.HTTPErrorHandler = func(err error, c echo.Context) { got = err; e.DefaultHTTPErrorHandler(err, c) }
	for _, path := range []string{
		"/openapi/nope.json", "/openapi/platform", "/openapi/platform.xml", "/openapi/openapi.json", "/openapi/",
		"/openapi/..%2fopenapi.json", "/docs/assets/", "/docs/assets/nope.js", "/docs/assets/index.html", "/docs/index.html",
	} {
		got = nil
		if rec := send(e, http.MethodGet, path); rec.Code != http.StatusNotFound || got != echo.ErrNotFound {
			t.Errorf("GET %s: %d, %v", path, rec.Code, got)
		}
	}
	if rec := send(e, http.MethodPost, "/openapi.json"); rec.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST /openapi.json: %d", rec.Code)
	}
}

func TestRedirect(t *testing.T) {
	e := newServer(t, Options{PublicURL: here})
	for from, to := range map[string]string{
		"/docs/":                           "/docs",
		"/docs/?urls.primaryName=platform": "/docs?urls.primaryName=platform",
	} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			rec := send(e, method, from)
			if rec.Code != http.StatusMovedPermanently || rec.Header().Get("Location") != to {
				t.Errorf("%s %s: %d to %q", method, from, rec.Code, rec.Header().Get("Location"))
			}
		}
	}
}

func TestPage(t *testing.T) {
	e := newServer(t, Options{PublicURL: here, First: "platform"})
	rec := send(e, http.MethodGet, "/docs")
	body := rec.Body.String()
	if !strings.Contains(body, "<title>Alania API</title>") {
		t.Error("no title")
	}

	policy := rec.Header().Get("Content-Security-Policy")
	for _, want := range []string{
		"default-src 'none'", "script-src 'self'", "connect-src 'self' https://api.example.test",
		"frame-ancestors 'none'", "base-uri 'none'",
	} {
		if !strings.Contains("; "+policy+";", "; "+want+";") {
			t.Errorf("no %s in %s", want, policy)
		}
	}
	if strings.Contains(policy, "unsafe") {
		t.Errorf("unsafe: %s", policy)
	}

	// Every file is asked for by its content, and may be kept.
	links := regexp.MustCompile(`(?:src|href)="([^"]*)"`).FindAllStringSubmatch(body, -1)
	assets := 0
	for _, link := range links {
		if strings.HasPrefix(link[1], here) {
			continue
		}
		rec := send(e, http.MethodGet, html.UnescapeString(link[1]))
		if rec.Code != http.StatusOK {
			t.Errorf("%s: %d", link[1], rec.Code)
		}
		if strings.HasPrefix(link[1], "/docs/assets/") {
			assets++
			if rec.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" {
				t.Errorf("%s: Cache-Control %q", link[1], rec.Header().Get("Cache-Control"))
			}
		}
	}
	if assets != 7 {
		t.Errorf("%d assets", assets)
	}
	if rec := send(e, http.MethodGet, "/docs/assets/page.js?v=old"); rec.Header().Get("Cache-Control") != "no-cache" {
		t.Errorf("an old version: %q", rec.Header().Get("Cache-Control"))
	}

	data := regexp.MustCompile(`data-documents="([^"]*)"`).FindStringSubmatch(body)
	if data == nil {
		t.Fatal("no documents")
	}
	var documents []struct{ Name, URL string }
	if err := json.Unmarshal([]byte(html.UnescapeString(data[1])), &documents); err != nil {
		t.Fatal(err)
	}
	want := openapi.Contracts()
	if !strings.Contains(body, `All contracts: <a href="/openapi.json">`) {
		t.Error("the joined description is not there to download")
	}
	for i, d := range documents {
		if i >= len(want) || d.Name != want[i] {
			t.Errorf("document %d is %s of %q", i, d.Name, want)
		}
		if rec := send(e, http.MethodGet, d.URL); rec.Code != http.StatusOK {
			t.Errorf("%s: %d", d.URL, rec.Code)
		}
	}
	if len(documents) != len(want) || !strings.Contains(body, `data-first="platform"`) {
		t.Errorf("%d documents; %s", len(documents), body)
	}
	if body := send(newServer(t, Options{PublicURL: here}), http.MethodGet,
		"/docs").Body.String(); !strings.Contains(body, `data-first="`+want[0]+`"`) {
		t.Error("without First the first contract is not first")
	}
}

func TestRegisterErrors(t *testing.T) {
	for name, opts := range map[string]Options{
		"no URL":           {},
		"relative":         {PublicURL: "/api"},
		"no host":          {PublicURL: "https://"},
		"only a port":      {PublicURL: "http://:18080"},
		"other scheme":     {PublicURL: "ftp://example.test"},
		"credentials":      {PublicURL: "https://user:secret@example.test"},
		"path":             {PublicURL: "https://example.test/base"},
		"query":            {PublicURL: "https://example.test/?a=b"},
		"empty query":      {PublicURL: "https://example.test/?"},
		"fragment":         {PublicURL: "https://example.test/#a"},
		"header in host":   {PublicURL: "https://example.test;script-src"},
		"no ASCII":         {PublicURL: "https://алания.test"},
		"unparsable":       {PublicURL: "https://user:secret@example.test:port"},
		"unknown contract": {PublicURL: here, First: "nope"},
	} {
		e := echo.New()
		err := Register(e, opts)
		if err == nil || len(e.Routes()) != 0 {
			t.Errorf("%s: %v, %d routes", name, err, len(e.Routes()))
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error tells a secret: %v", name, err)
		}
	}
	for _, url := range []string{"http://localhost:18080", "http://[::1]:18080/", "https://xn--80aa2a1b.test"} {
		if err := Register(echo.New(), Options{PublicURL: url}); err != nil {
			t.Error(err)
		}
	}
}

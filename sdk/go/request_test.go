package alania_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	alania "github.com/alania-go/alania/sdk/go"
	"github.com/alania-go/alania/sdk/go/core"
	"github.com/alania-go/alania/sdk/go/option"
	"github.com/alania-go/alania/sdk/go/platform"
)

// TestLastingErrorsAreNotRetried: what another try would meet again is told at once.
func TestLastingErrorsAreNotRetried(t *testing.T) {
	certificate := httptest.NewTLSServer(answer(201, workspace))
	t.Cleanup(certificate.Close)
	plain := httptest.NewServer(answer(201, workspace))
	t.Cleanup(plain.Close)
	demanding := httptest.NewUnstartedServer(answer(201, workspace))
	demanding.TLS = &tls.Config{MinVersion: tls.VersionTLS13}
	demanding.StartTLS()
	t.Cleanup(demanding.Close)
	old := demanding.Client()
	old.Transport.(*http.Transport).TLSClientConfig.MaxVersion = tls.VersionTLS12
	elsewhere := httptest.NewServer(http.RedirectHandler("ftp://example.com/", http.StatusTemporaryRedirect))
	t.Cleanup(elsewhere.Close)
	for name, o := range map[string][]option.RequestOption{
		"a certificate of an unknown authority": {option.WithBaseURL(certificate.URL)},
		"a server without TLS":                  {option.WithBaseURL(strings.Replace(plain.URL, "http", "https", 1))},
		"no version of TLS in common":           {option.WithBaseURL(demanding.URL), option.WithHTTPClient(old)},
		"another scheme":                        {option.WithBaseURL(elsewhere.URL)},
	} {
		c, pauses := client(&server{Server: plain}, o...)
		if _, err := create(t.Context(), c); err == nil || len(*pauses) > 0 {
			t.Errorf("%s: %v after pauses of %v", name, err, *pauses)
		}
	}
	// A connection that nobody takes may be taken later.
	gone := httptest.NewServer(answer(201, workspace))
	gone.Close()
	c, pauses := client(&server{Server: gone})
	if _, err := create(t.Context(), c); err == nil || len(*pauses) != 2 {
		t.Errorf("nobody there: %v after pauses of %v", err, *pauses)
	}
}

func TestEmptyListsAndMaps(t *testing.T) {
	for want, v := range map[string]any{
		`{"name":"A"}`: core.APIKeyCreate{Name: "A"}, `{"allowed_ips":[],"name":"A","scopes":[]}`: core.APIKeyCreate{
			Name: "A", AllowedIps: []string{}, Scopes: []core.Scope{},
		},
		`{}`: platform.BindingUpdate{}, `{"config":{}}`: platform.BindingUpdate{Config: map[string]any{}},
	} {
		if got, err := json.Marshal(v); err != nil || string(got) != want {
			t.Errorf("%T: %s, %v; want %s", v, got, err, want)
		}
	}
}

func TestMiddleware(t *testing.T) {
	s := serve(t, answer(503, ""), answer(201, workspace))
	var order []string
	layer := func(name string) option.Middleware {
		return func(r *http.Request, next option.MiddlewareNext) (*http.Response, error) {
			order = append(order, name)
			r.Header.Add("X-Layer", name)
			res, err := next(r)
			if err == nil {
				res.Header.Add("X-Layer", name)
			}
			return res, err
		}
	}
	var res *http.Response
	c, _ := client(s, option.WithMiddleware(layer("1"), layer("2")))
	if _, err := create(t.Context(), c, option.WithMiddleware(layer("3")), option.WithResponseInto(&res)); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(order, ""); got != "123123" { // both tries
		t.Errorf("called in the order %s", got)
	}
	if got := strings.Join(s.requests()[1].Header.Values("X-Layer"), ""); got != "123" {
		t.Errorf("the request passed %s", got)
	}
	if got := strings.Join(res.Header.Values("X-Layer"), ""); got != "321" {
		t.Errorf("the answer passed %s", got)
	}
	// One may answer by itself; one that returns nothing is an error, not a panic.
	alone := func(_ *http.Request, _ option.MiddlewareNext) (*http.Response, error) { return nil, context.Canceled }
	if _, err := create(t.Context(), c, option.WithMiddleware(alone),
		option.WithMaxRetries(0)); !errors.Is(err, context.Canceled) {
		t.Errorf("the error of a middleware: %v", err)
	}
	empty := func(_ *http.Request, _ option.MiddlewareNext) (*http.Response, error) { return nil, nil }
	for _, o := range []option.RequestOption{option.WithMiddleware(empty), option.WithMiddleware(nil)} {
		if _, err := create(t.Context(), c, o, option.WithMaxRetries(0)); err == nil ||
			!strings.Contains(err.Error(), "middleware") {
			t.Errorf("no answer and no error: %v", err)
		}
	}
	if n := len(s.requests()); n != 2 {
		t.Errorf("%d requests", n)
	}
}

func TestRequest(t *testing.T) {
	s := serve(t, answer(503, ""), answer(200, `{"status":"fine"}`))
	c, _ := client(s)
	var v struct{ Status string }
	r := alania.APIRequest{
		Method: "POST", Path: "/v2/next", Query: url.Values{"limit": {"5"}}, Headers: http.Header{"X-A": {"b"}},
		Body: map[string]int{"n": 1}, Keyed: true,
	}
	if err := c.Request(t.Context(), r, &v); err != nil || v.Status != "fine" {
		t.Fatalf("%+v, %v", v, err)
	}
	first, second := s.requests()[0], s.requests()[1]
	if second.URL.String() != "/v2/next?limit=5" || second.Header.Get("X-A") != "b" || second.body != `{"n":1}` ||
		second.Header.Get("Authorization") != "Bearer sk_test_1" || second.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%v %v %s", second.URL, second.Header, second.body)
	}
	if k := first.Header.Get("Idempotency-Key"); k == "" || k != second.Header.Get("Idempotency-Key") {
		t.Errorf("keys %q and %q", k, second.Header.Get("Idempotency-Key"))
	}
	// The bytes as they came, without credentials, and a body as it is.
	var raw []byte
	r = alania.APIRequest{Method: "PUT", Path: "/x", Body: []byte("a,b"), Type: "text/csv", Auth: alania.AuthNone}
	if err := c.Request(t.Context(), r, &raw); err != nil || string(raw) != `{"status":"fine"}` {
		t.Errorf("%s, %v", raw, err)
	}
	if last := s.requests()[2]; last.body != "a,b" || last.Header.Get("Content-Type") != "text/csv" ||
		last.Header.Get("Authorization") != "" {
		t.Errorf("%v %s", last.Header, last.body)
	}
	// An answer that is no success is an Error; a POST without a key is sent once.
	s = serve(t, answer(503, `{"code":"unavailable","title":"t"}`))
	c, _ = client(s)
	if err := c.Request(t.Context(), alania.APIRequest{Method: "POST", Path: "/v2/next"},
		nil); !errors.Is(err, alania.ErrUnavailable) || len(s.requests()) != 1 {
		t.Errorf("%v after %d requests", err, len(s.requests()))
	}
	if err := c.Request(t.Context(), alania.APIRequest{Method: "POST", Path: "/v2/next", Repeatable: true},
		nil); err == nil || len(s.requests()) != 4 {
		t.Errorf("%v after %d requests", err, len(s.requests()))
	}
}

// TestRequestStaysAtTheHost: a path must not say whom the credentials are sent to.
func TestRequestStaysAtTheHost(t *testing.T) {
	s := serve(t, answer(200, `{}`))
	c, _ := client(s)
	for _, path := range []string{"", "x", "@example.com/", ".example.com/", ":1/", "/x?a=1", "/x#a"} {
		if err := c.Request(t.Context(), alania.APIRequest{Method: "GET", Path: path}, nil); err == nil ||
			len(s.requests()) > 0 {
			t.Errorf("%q: %v", path, err)
		}
	}
	if err := c.Request(t.Context(), alania.APIRequest{Method: "GET", Path: "//example.com/"}, nil); err != nil ||
		len(s.requests()) != 1 {
		t.Errorf("two slashes: %v, %d requests", err, len(s.requests()))
	}
}

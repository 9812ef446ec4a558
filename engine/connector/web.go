package connector

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	domain "github.com/alania-go/alania/domain/connector"
	"github.com/alania-go/alania/engine/guard"
)

const (
	maxRedirects  = 5
	maxRetryAfter = 24 * time.Hour
	maxURL        = 4096
)

// auth is how a server is told who asks.
type auth struct {
	Type     string `json:"type"`
	Token    string `json:"token"`
	Username string `json:"username"`
	Password string `json:"password"`
	Name     string `json:"name"`
	Value    string `json:"value"`
}

// reserved headers are the client's own affair.
var reserved = map[string]bool{
	"Accept-Encoding": true, "Connection": true, "Content-Length": true, "Content-Type": true, "Expect": true,
	"Host":              true,
	"If-Modified-Since": true, "If-None-Match": true, "If-Range": true, "Keep-Alive": true, "Proxy-Authorization": true,
	"Proxy-Connection": true, "Range": true, "Te": true, "Trailer": true, "Transfer-Encoding": true, "Upgrade": true,
}

// web asks one server; it is one source's own.
type web struct {
	client    http.Client
	transport *guard.Transport
	origin    *url.URL
	header    http.Header
}

const theServer = "The server"

var errRedirect = errors.New("redirected to another host")

func newWeb(env *environment, limits guard.Limits, raw string, headers map[string]string, a *auth) (*web, error) {
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Hostname() == "" || u.Opaque != "" || len(raw) > maxURL:
		return nil, invalid("The url is not well-formed.")
	case u.User != nil:
		return nil, invalid("The url must not hold credentials: use auth.")
	case u.Scheme != "https" && (u.Scheme != "http" || !env.allowHTTP):
		return nil, invalid("The url must begin with https://.")
	}
	u.Fragment = ""
	w := &web{origin: u, header: http.Header{"User-Agent": {"alania"}}}
	if len(headers) > 50 {
		return nil, invalid("There are more than 50 headers.")
	}
	for name, value := range headers {
		if err := w.set(name, value); err != nil {
			return nil, err
		}
	}
	if err := w.authorize(a); err != nil {
		return nil, err
	}
	w.transport = env.guard.Transport(limits)
	w.client = http.Client{Transport: w.transport, CheckRedirect: func(req *http.Request, via []*http.Request) error {
		if len(via) > maxRedirects || !sameOrigin(req.URL, w.origin) {
			return errRedirect
		}
		return nil
	}}
	return w, nil
}

func (w *web) set(name, value string) error {
	canonical := http.CanonicalHeaderKey(name)
	if !token(name) || reserved[canonical] || strings.HasPrefix(canonical, "Proxy-") {
		return invalid("A header has a name that cannot be set: names are tokens, and those of the connection itself are " +
			"reserved.")
	}
	if len(value) > 8192 || strings.ContainsFunc(value, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }) {
		return invalid("A header has a value that cannot be sent: it is too long, or has control characters.")
	}
	if w.header.Get(name) != "" && canonical != "User-Agent" {
		return invalid("A header is given twice.")
	}
	w.header.Set(name, value)
	return nil
}

// token reports whether s is a name of a header.
func token(s string) bool {
	return s != "" && len(s) <= 128 &&
		strings.Trim(s, "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

func (w *web) authorize(a *auth) error {
	if a == nil {
		return nil
	}
	given := *a
	given.Type = ""
	var left auth
	switch a.Type {
	case "none":
	case "bearer":
		left.Token = a.Token
		if a.Token == "" {
			return invalid("The bearer token is missing.")
		}
		if err := w.set("Authorization", "Bearer "+a.Token); err != nil {
			return err
		}
	case "basic":
		left.Username, left.Password = a.Username, a.Password
		if a.Username == "" || strings.Contains(a.Username, ":") || w.header.Get("Authorization") != "" {
			return invalid("The user name for basic is missing or has a colon, or there is an Authorization header beside it.")
		}
		req := http.Request{Header: w.header}
		req.SetBasicAuth(a.Username, a.Password)
	case "header":
		left.Name, left.Value = a.Name, a.Value
		if a.Value == "" {
			return invalid("The value of the auth header is missing.")
		}
		if err := w.set(a.Name, a.Value); err != nil {
			return err
		}
	default:
		return invalid("The type of auth is none, bearer, basic or header.")
	}
	if left != given {
		return invalid("The auth has a value that its type does not use.")
	}
	return nil
}

// sameOrigin compares scheme, host and port.
func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && a.User == nil && strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	if u.Scheme == "http" {
		return "80"
	}
	return "443"
}

// get asks. A redirect is followed to the same scheme, host and port only.
func (w *web) get(ctx context.Context, u *url.URL, more http.Header) (*http.Response, error) {
	header := w.header.Clone()
	for name, values := range more {
		header[name] = values
	}
	req := (&http.Request{Method: http.MethodGet, URL: u, Host: u.Host, Header: header}).WithContext(ctx)
	resp, err := w.client.Do(req)
	if err != nil {
		if resp != nil {
			discard(resp)
		}
		// What the client says quotes the URL, and that may hold a secret.
		if e := (*url.Error)(nil); errors.As(err, &e) {
			err = e.Err
		}
		if errors.Is(err, errRedirect) {
			return nil, &domain.Problem{
				Code: domain.BadResponse, Cause: err,
				Message: "The server redirects to another host, which is not followed, or too often: use the address that it " +
					"redirects to.",
			}
		}
		return nil, err
	}
	return resp, nil
}

func (w *web) close() { w.transport.CloseIdleConnections() }

// discard reads a little of a body, so that the connection can be used again.
func discard(resp *http.Response) {
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 16<<10))
	_ = resp.Body.Close()
}

// refusal says what an answer that is no success means.
func refusal(resp *http.Response) *domain.Problem {
	p := &domain.Problem{Code: domain.BadResponse}
	status := strconv.Itoa(resp.StatusCode)
	switch code := resp.StatusCode; {
	case code == http.StatusUnauthorized:
		p.Code, p.Message = domain.Unauthorized, "The server does not accept the credentials (status 401): check auth."
	case code == http.StatusForbidden:
		p.Code, p.Message = domain.Unauthorized, "The server does not let these credentials read the address (status 403)."
	case code == http.StatusNotFound, code == http.StatusGone:
		p.Code, p.Message = domain.NotFound, "There is nothing at the url (status "+status+")."
	case code == http.StatusTooManyRequests, code == http.StatusServiceUnavailable:
		p.Code, p.Temporary, p.RetryAfter = domain.RateLimited, true, retryAfter(resp.Header)
		p.Message = "The server asks to come back later (status " + status + ")."
	case code == http.StatusRequestTimeout, code == http.StatusGatewayTimeout:
		p.Code, p.Temporary, p.Message = domain.TimedOut, true, "The server did not answer in time (status "+status+")."
	case code >= 500:
		p.Temporary, p.RetryAfter = true, retryAfter(resp.Header)
		p.Message = "The server fails (status " + status + ")."
	case code >= 300 && code < 400:
		p.Message = "The server answers with a redirect that leads nowhere (status " + status + ")."
	default:
		p.Message = "The server does not accept the request (status " + status +
			"): check the url, its parameters and the headers."
	}
	return p
}

func retryAfter(h http.Header) time.Duration {
	v := h.Get("Retry-After")
	if v == "" {
		return 0
	}
	if n, err := strconv.ParseInt(v, 10, 32); err == nil {
		return min(max(time.Duration(n)*time.Second, 0), maxRetryAfter)
	}
	if t, err := http.ParseTime(v); err == nil {
		return min(max(time.Until(t).Round(time.Second), 0), maxRetryAfter)
	}
	return 0
}

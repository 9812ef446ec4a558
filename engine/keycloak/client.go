package keycloak

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/detach"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/engine/guard"
)

const (
	clientName = "keycloak"
	timeout    = 20 * time.Second // of one request; to make a realm takes seconds
	maxBody    = 4 << 20
	// retryAfter is when it is worth to ask again for what Keycloak could not answer.
	retryAfter = 5 * time.Second
)

// client sends requests to a Keycloak server.
type client struct {
	http   *http.Client
	base   string // without a slash at the end
	id     string // of the client in the realm master that administers
	secret string
	now    clock.Clock

	one   singleflight.Group
	mu    sync.Mutex
	token string // of the administrator
	until time.Time
}

func newClient(base *url.URL, within time.Duration, now clock.Clock) *client {
	c := &client{
		http: guard.Operator().Client(guard.Limits{Client: clientName, Total: within, Body: maxBody}),
		id:   base.User.Username(), now: now,
	}
	c.secret, _ = base.User.Password()
	bare := *base
	bare.User = nil
	c.base = strings.TrimSuffix(bare.String(), "/")
	return c
}

// answer is what Keycloak says to a request.
type answer struct {
	status   int
	location string
	body     []byte
}

// refusal is an answer that is none of success. Its text is for the log only: it may repeat what was sent.
type refusal struct {
	method, path string
	status       int
	Code         string `json:"error"`
	Description  string `json:"error_description"`
	Message      string `json:"errorMessage"`
}

// Error implements error.
func (r *refusal) Error() string {
	return fmt.Sprintf("keycloak: %s %s: status %d: %s %s %s", r.method, r.path, r.status, r.Code, r.Description,
		r.Message)
}

// is reports whether err is a refusal with the status.
func is(err error, status int) bool {
	var r *refusal
	return errors.As(err, &r) && r.status == status
}

// send sends a request. Answers that are not of success are a *refusal; a server that cannot answer is Unavailable.
func (c *client) send(ctx context.Context, method, path, contentType, token string, body []byte) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Accept", "application/json")
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return answer{}, unavailable(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return answer{}, unavailable(err)
	}
	if res.StatusCode >= 200 && res.StatusCode < 300 {
		return answer{res.StatusCode, res.Header.Get("Location"), text}, nil
	}
	r := &refusal{method: method, path: path, status: res.StatusCode}
	_ = json.Unmarshal(text, r) // some have no body
	if r.status >= 500 || r.status == http.StatusTooManyRequests {
		return answer{}, unavailable(r)
	}
	return answer{}, r
}

// form posts a form to an endpoint of a realm, and reads the answer into v.
func (c *client) form(ctx context.Context, realm, endpoint string, values url.Values, v any) error {
	a, err := c.send(ctx, http.MethodPost, endpointOf(realm, endpoint), "application/x-www-form-urlencoded", "",
		[]byte(values.Encode()))
	if err != nil || v == nil || len(a.body) == 0 {
		return err
	}
	return decode(a.body, v)
}

func endpointOf(realm, endpoint string) string {
	return "/realms/" + url.PathEscape(realm) + "/protocol/openid-connect/" + endpoint
}

// admin sends a request of the administrator, with in as JSON (nil: no body), and reads the answer into out (nil: it
// is not read).
func (c *client) admin(ctx context.Context, method, path string, in, out any) (answer, error) {
	var body []byte
	contentType := ""
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return answer{}, err
		}
		contentType = "application/json"
	}
	for again := false; ; again = true {
		token, err := c.adminToken(ctx)
		if err != nil {
			return answer{}, err
		}
		a, err := c.send(ctx, method, "/admin/realms"+path, contentType, token, body)
		switch {
		case is(err, http.StatusUnauthorized), is(err, http.StatusForbidden):
			// The token may be from before a restart, or from before the realm was made, for which it has no right.
			c.forget(token)
			if again {
				return a, unavailable(err)
			}
		case err != nil, out == nil:
			return a, err
		default:
			return a, decode(a.body, out)
		}
	}
}

// decode reads JSON. What is none is a server that cannot answer.
func decode(text []byte, v any) error {
	if err := json.Unmarshal(text, v); err != nil {
		return unavailable(fmt.Errorf("keycloak: %w", err))
	}
	return nil
}

// early is how long before its end a token of the administrator is replaced.
const early = 10 * time.Second

// adminToken returns a token of the administrator. Many requests cause one grant.
func (c *client) adminToken(ctx context.Context) (string, error) {
	c.mu.Lock()
	token, until := c.token, c.until
	c.mu.Unlock()
	if c.now().Before(until) {
		return token, nil
	}
	v, err, _ := c.one.Do("", func() (any, error) {
		ctx, cancel := detach.Shared(ctx)
		defer cancel()
		var t tokenAnswer
		err := c.form(ctx, "master", "token", url.Values{
			"grant_type": {"client_credentials"}, "client_id": {c.id}, "client_secret": {c.secret},
		}, &t)
		var r *refusal
		if errors.As(err, &r) {
			return "", unavailable(err) // the operator's credentials are wrong: nobody else can mend it
		}
		if err != nil {
			return "", err
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.token, c.until = t.AccessToken, c.now().Add(time.Duration(t.ExpiresIn)*time.Second-early)
		return t.AccessToken, nil
	})
	if err != nil {
		return "", err
	}
	return v.(string), nil
}

// forget has the next request ask for a new token of the administrator.
func (c *client) forget(token string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.token == token {
		c.until = time.Time{}
	}
}

func unavailable(cause error) error {
	e := fault.New(fault.Unavailable, "The identity provider cannot answer now. Try again.").WithCause(cause)
	e.RetryAfter = retryAfter
	return e
}

// last is the last segment of the path of a URL: the id of what was made there.
func last(location string) string { return location[strings.LastIndexByte(location, '/')+1:] }

package transport

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// APIKey is a key as the bearer credential.
type APIKey string

func (k APIKey) authorization(context.Context, *Config) (string, error) {
	return "Bearer " + string(k), nil
}
func (k APIKey) refused(*Config, string) bool { return false }

// ClientCredentials are an OAuth client. Its token is fetched when it is first needed,
// shared by all calls, and fetched again before it ends.
type ClientCredentials struct {
	id, secret, scope string

	mu     sync.Mutex
	tokens map[string]*token // by the server they are for
}

// token is fetched, or being fetched until done is closed.
type token struct {
	done   chan struct{}
	value  string // of the Authorization header
	expiry time.Time
	err    error
}

// NewClientCredentials makes credentials for all scopes of the client, or for those that
// are named.
func NewClientCredentials(id, secret string, scopes []string) *ClientCredentials {
	return &ClientCredentials{id: id, secret: secret, scope: strings.Join(scopes, " "), tokens: map[string]*token{}}
}

// leeway is how long before its end a token is fetched anew, so that none ends on its way.
func leeway(life time.Duration) time.Duration { return min(30*time.Second, life/10) }

func (cc *ClientCredentials) authorization(ctx context.Context, c *Config) (string, error) {
	cc.mu.Lock()
	t := cc.tokens[c.BaseURL]
	if t == nil || t.ended(c.Now()) {
		t = &token{done: make(chan struct{})}
		cc.tokens[c.BaseURL] = t
		// The fetch outlives the call that began it: others wait for it, too.
		go cc.fetch(context.WithoutCancel(ctx), c.bare(), t)
	}
	cc.mu.Unlock()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case <-t.done:
		return t.value, t.err
	}
}

// ended reports whether the token is of no use any more. One that is being fetched is awaited.
func (t *token) ended(now time.Time) bool {
	select {
	case <-t.done:
		return t.err != nil || !now.Before(t.expiry)
	default:
		return false
	}
}

func (cc *ClientCredentials) fetch(ctx context.Context, c *Config, t *token) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	defer close(t.done)
	form := url.Values{"grant_type": {"client_credentials"}}
	if cc.scope != "" {
		form.Set("scope", cc.scope)
	}
	c.Header.Set("Authorization", cc.basic())
	res, err := c.send(ctx, &Request{
		Operation: &Operation{
			ID: "createToken", Method: http.MethodPost, Path: TokenPath, ContentType: "application/x-www-form-urlencoded",
		},
		Body: form, Repeatable: true,
	})
	if err != nil {
		t.err = err
		return
	}
	var body struct {
		AccessToken string  `json:"access_token"`
		ExpiresIn   float64 `json:"expires_in"` // seconds
	}
	if err := json.Unmarshal(res.body, &body); err != nil {
		t.err = fmt.Errorf("alania: the answer of the token endpoint: %w", err)
		return
	}
	if body.AccessToken == "" {
		t.err = errors.New("alania: the answer of the token endpoint has no access_token")
		return
	}
	life := time.Duration(body.ExpiresIn * float64(time.Second))
	t.value, t.expiry = "Bearer "+body.AccessToken, c.Now().Add(life-leeway(life))
}

// refused drops a token, unless another call has done so and there is a new one.
func (cc *ClientCredentials) refused(c *Config, value string) bool {
	cc.mu.Lock()
	defer cc.mu.Unlock()
	if t := cc.tokens[c.BaseURL]; t != nil {
		select {
		case <-t.done:
			if t.value == value {
				delete(cc.tokens, c.BaseURL)
			}
		default: // somebody fetches one
		}
	}
	return true
}

// basic is RFC 6749 section 2.3.1: both are form-encoded first.
func (cc *ClientCredentials) basic() string {
	pair := url.QueryEscape(cc.id) + ":" + url.QueryEscape(cc.secret)
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(pair))
}

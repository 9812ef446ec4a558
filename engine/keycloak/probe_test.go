package keycloak_test

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/health"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/secret"
	"github.com/alania-go/alania/engine/keycloak"
)

// A server that fails, hangs, does not know us or is not there makes the platform degraded, and nobody wait for long.
func TestProbe(t *testing.T) {
	var state atomic.Value
	state.Store("up")
	ended := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch {
		case state.Load() == "hangs":
			select {
			case <-r.Context().Done():
			case <-ended:
			}
		case state.Load() == "fails":
			w.WriteHeader(http.StatusServiceUnavailable)
		case r.Method == http.MethodPost && state.Load() == "refuses":
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte(`{"error":"invalid_client"}`))
		default:
			_, _ = w.Write([]byte(`{"access_token":"t","expires_in":11}`))
		}
	}))
	defer server.Close()
	defer close(ended)
	at, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	at.User = url.UserPassword("admin", "secret")
	box, err := secret.NewBox(base64.StdEncoding.EncodeToString(make([]byte, 32)))
	if err != nil {
		t.Fatal(err)
	}
	open := func() *keycloak.Directory {
		return keycloak.New(keycloak.Options{URL: at, Cache: identity.NewCache(nil), Box: box, Now: clock.System})
	}
	for s, want := range map[string]health.State{
		"up": health.Up, "fails": health.Degraded, "hangs": health.Degraded, "refuses": health.Degraded,
	} {
		state.Store(s)
		c := open().Probe(t.Context())
		if c.State != want || (c.Message == "") != (want == health.Up) || (c.Cause == nil) != (want == health.Up) {
			t.Errorf("%s: %+v", s, c)
		}
	}
	server.CloseClientConnections()
	at.Host = "127.0.0.1:1"
	if c := open().Probe(t.Context()); c.State != health.Degraded {
		t.Errorf("nobody there: %+v", c)
	}
}

package control_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/server"
	"github.com/alania-go/alania/server/servertest"
	"github.com/alania-go/alania/store/storetest"
)

// The operator changes the figures of a class, and is told of a class that is none.
func TestRateClassesAreSettings(t *testing.T) {
	e := storetest.Engines[0]
	cfg := servertest.Config(t, e)
	cfg.RateClasses = map[string]plan.Rate{"data": {PerMinute: 3, Burst: 2}}
	i := servertest.Run(t, e, cfg, servertest.StillTime())
	tn, _ := administrator(t, i)
	info := servertest.Request{Operation: "getPlatformInfo", Bearer: tn.KeyWith(t, plan.Pro, "*")}
	for range 5 { // three, and two more at once
		h := i.Want(t, 200, info).Header
		if h.Get("RateLimit-Policy") != `"data";q=3;w=60` || h.Get("X-RateLimit-Limit") != "3" {
			t.Errorf("%v", h)
		}
	}
	res := i.Want(t, 429, info)
	if code(t, res) != "RATE_LIMITED" || res.Header.Get("Retry-After") == "" {
		t.Errorf("%v %s", res.Header, res.Body)
	}
	other := info
	other.Bearer = tn.KeyWith(t, plan.Pro, "*")
	i.Want(t, 200, other) // each caller has a bucket
	i.Want(t, 429, info)

	cfg = servertest.Config(t, e)
	cfg.RateClasses = map[string]plan.Rate{"nothing": {PerMinute: 3}}
	_, err := server.New(context.Background(), cfg, "test", slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), "ALANIA_RATE_CLASSES") ||
		!strings.Contains(err.Error(), "provisioning") {
		t.Errorf("%v", err)
	}
}

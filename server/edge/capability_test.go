package edge_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/alania-go/alania/domain/entitlement"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
)

// onlyOrg is the one org whose plan has single sign-on.
type onlyOrg id.ID

func (o onlyOrg) Require(_ context.Context, orgID, _ id.ID, f entitlement.Feature) error {
	if f == entitlement.SSO && orgID == id.ID(o) {
		return nil
	}
	return fault.New(fault.FeatureLimit, "not in the plan")
}

// An operation with x-capability is for callers whose plan includes it, once they are known and have its scopes.
func TestCapabilityOfAnOperation(t *testing.T) {
	router := guardedServer(t)
	for who, want := range map[string]string{
		"full":    "200 ",
		"foreign": "403 " + string(fault.FeatureLimit),
		"poor":    "403 " + string(fault.InsufficientScope),
		"unknown": "401 " + string(fault.Unauthenticated),
	} {
		for path, want := range map[string]string{"/included": want, "/either": want} {
			if path == "/either" && who == "foreign" { // which needs no capability
				want = "200 "
			}
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Header.Set("Authorization", "Bearer "+who)
			w := httptest.NewRecorder()
			router.ServeHTTP(w, r)
			if got := strconv.Itoa(w.Code) + " " + w.Body.String(); got != want {
				t.Errorf("%s, %s: %q, want %q", path, who, got, want)
			}
		}
	}
}

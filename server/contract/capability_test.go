package contract

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/entitlement"
)

func TestCapabilities(t *testing.T) {
	load := func(extension, security string) (*Contract, error) {
		return Load(Module{Name: "test", Schemes: map[string]Scheme{"apiKey": {Source: "key"}}, Bundle: fmt.Appendf(nil, `{
			"openapi": "3.1.0", "info": {"title": "Test", "version": "1"},
			"components": {"securitySchemes": {"apiKey": {"type": "http", "scheme": "bearer"}}},
			"paths": {
				"/a": {"get": {"operationId": "a", %s "security": %s, "responses": {"200": {"description": "ok"}}}},
				"/b": {"get": {"operationId": "b", "security": [{"apiKey": []}], "responses": {"200": {"description": "ok"}}}}
			}
		}`, extension, security)})
	}
	c, err := load(`"x-capability": "sso",`, `[{"apiKey": []}]`)
	if err != nil {
		t.Fatal(err)
	}
	if c.Operations["a"].Capability != entitlement.SSO || c.Operations["b"].Capability != "" {
		t.Errorf("%q, %q", c.Operations["a"].Capability, c.Operations["b"].Capability)
	}
	if got := Capabilities(c, c); !slices.Equal(got, []entitlement.Feature{entitlement.SSO}) {
		t.Errorf("%v", got)
	}
	for extension, want := range map[string]string{
		`"x-capability": "unknown",`: "unknown", `"x-capability": "webhooks",`: "webhooks",
		`"x-capability": true,`: "true", `"x-capability": "",`: "",
	} {
		_, err := load(extension, `[{"apiKey": []}]`)
		if err == nil || !strings.Contains(err.Error(), "x-capability: "+want) {
			t.Errorf("%s: %v", extension, err)
		}
	}
	for _, security := range []string{`[]`, `[{}, {"apiKey": []}]`} {
		_, err := load(`"x-capability": "sso",`, security)
		if err == nil || !strings.Contains(err.Error(), "without credentials") {
			t.Errorf("security %s: %v", security, err)
		}
	}
}

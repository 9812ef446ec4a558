package registry

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/server/contract"
)

// Every code can be told in every part, in words that the tools print: npm would print
// something of its own for a challenge of the usual spelling.
func TestDialects(t *testing.T) {
	for _, code := range fault.Codes() {
		e := fault.New(code, `A message with "quotes".`)
		for name, d := range map[string]contract.Dialect{
			"go": text{"https://host:1"}, "npm": npmJSON{"https://host:1"}, "openapi": plainJSON{"https://host:1"},
		} {
			f := d.Render(nil, e, "/registry/x", "the-request")
			body := string(f.Body)
			if f.Status < 400 || strings.Contains(body, "\n\n") || !strings.HasSuffix(body, "\n") {
				t.Errorf("%s %s: %d %q", name, code, f.Status, body)
			}
			if name != "go" {
				var v struct{ Error string }
				if err := json.Unmarshal(f.Body, &v); err != nil || v.Error == "" {
					t.Errorf("%s %s: %v in %s", name, code, err, body)
				}
				body = v.Error
			}
			if code == fault.Internal && !strings.Contains(body, "the-request") {
				t.Errorf("%s: no request id: %s", name, body)
			}
			if !strings.HasPrefix(strings.ToLower(f.Challenge), `basic realm="alania registry"`) {
				t.Errorf("%s %s: challenge %s", name, code, f.Challenge)
			}
			if words := strings.FieldsFunc(f.Challenge, func(r rune) bool { return r == ' ' || r == ',' }); name == "npm" {
				for _, w := range words {
					if w == "Basic" || w == "Bearer" {
						t.Errorf("npm does not show the challenge %s", f.Challenge)
					}
				}
			}
		}
	}
	unquoted := npmJSON{"https://host:1"}.Render(nil, fault.New(fault.Conflict, `a "quote" and a \`), "", "").Challenge
	if !strings.HasSuffix(unquoted, `error_description="a \"quote\" and a \\"`) {
		t.Error(unquoted)
	}
}

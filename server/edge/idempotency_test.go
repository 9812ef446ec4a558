package edge

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/alania-go/alania/server/contract"
)

// What a key is bound to is what the request means, and nothing that differs from try to try.
func TestMeaning(t *testing.T) {
	op := &contract.Operation{Meaning: []string{"If-Match", "X-Workspace-Id"}}
	request := func(header ...string) *http.Request {
		r := httptest.NewRequest(http.MethodPost, "/", nil)
		for i := 0; i < len(header); i += 2 {
			r.Header.Add(header[i], header[i+1])
		}
		return r
	}
	same := [][]string{
		{"Content-Type", "application/json", "X-Workspace-ID", "3"},
		{
			"Content-Type", "Application/JSON; charset=utf-8", "X-Workspace-ID", "3", "X-Request-ID", "r", "Traceparent", "t",
			"User-Agent", "u",
		},
	}
	base := meaning(op, request(same[0]...))
	for _, header := range same {
		if got := meaning(op, request(header...)); !slices.Equal(got, base) {
			t.Errorf("%v: %v, not %v", header, got, base)
		}
	}
	for _, header := range [][]string{
		{"Content-Type", "application/json", "X-Workspace-ID", "2"}, {"Content-Type", "application/json"},
		{"Content-Type", "application/merge-patch+json", "X-Workspace-ID", "3"},
		{"Content-Type", "application/json", "If-Match", "3"}, {"Content-Type", "application/json", "X-Workspace-ID", ""},
	} {
		if got := meaning(op, request(header...)); slices.Equal(got, base) {
			t.Errorf("%v: the same as another request", header)
		}
	}
}

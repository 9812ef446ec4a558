package servertest

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/server/contract"
)

// Valid makes a request of an operation that succeeds for the tenant, and whatever it
// needs to exist. Each call gives another one, so that a deletion can be repeated.
type Valid func(t testing.TB, i *Instance, tn *Tenant) Request

// Operations gives the operations of a contract in a stable order.
func Operations(c *contract.Contract) []*contract.Operation {
	return slices.SortedFunc(maps.Values(c.Operations), func(a, b *contract.Operation) int { return strings.Compare(a.ID, b.ID) })
}

// Complete fails the test when an operation has no valid request, or one has no operation.
func Complete(t *testing.T, c *contract.Contract, valid map[string]Valid) {
	t.Helper()
	for name := range c.Operations {
		if valid[name] == nil {
			t.Errorf("the operation %s has no valid request to derive tests from", name)
		}
	}
	for name := range valid {
		if c.Operations[name] == nil {
			t.Errorf("there is no operation %s", name)
		}
	}
	if t.Failed() { // what goes on would only stumble over it
		t.FailNow()
	}
}

// Documented says whether the bundle gives the operation this status.
func Documented(op *contract.Operation, status int) bool {
	return op.Contract.Document().Paths.Value(op.Path).GetOperation(op.Method).Responses.Status(status) != nil
}

// Mutation turns a valid request into one that must be answered with Status.
type Mutation struct {
	Name   string
	Status int
	Code   string // that the body must name; empty: any
	// Change gives false when it does not apply to the operation.
	Change func(t testing.TB, op *contract.Operation, tn *Tenant, r *Request) bool
}

// Mutations are what can be wrong with a request of any contract. The statuses are those
// of HTTP; a contract with others says so in schema, for a broken schema.
func Mutations(schema int) []Mutation {
	authenticated := func(op *contract.Operation) bool { return !op.Public() }
	body := func(r *Request) bool { return r.JSON != nil || r.Form != nil }
	return []Mutation{
		{"no credentials", http.StatusUnauthorized, "", func(_ testing.TB, op *contract.Operation, _ *Tenant, r *Request) bool {
			r.Bearer = ""
			return authenticated(op)
		}},
		{"unknown key", http.StatusUnauthorized, "", func(_ testing.TB, op *contract.Operation, _ *Tenant, r *Request) bool {
			r.Bearer = "sk_live_unknownunknown_" + strings.Repeat("x", 43)
			return authenticated(op)
		}},
		{"garbled token", http.StatusUnauthorized, "", func(_ testing.TB, op *contract.Operation, _ *Tenant, r *Request) bool {
			r.Bearer = "e30.e30.e30"
			return authenticated(op)
		}},
		{"no scope", http.StatusForbidden, "", func(t testing.TB, op *contract.Operation, tn *Tenant, r *Request) bool {
			if !needsScope(op) {
				return false
			}
			r.Bearer = tn.KeyWith(t, "", "nothing:here")
			return true
		}},
		{"unknown query parameter", schema, "", func(_ testing.TB, _ *contract.Operation, _ *Tenant, r *Request) bool {
			r.Query = merge(r.Query, url.Values{"no_such_parameter": {"secret-value"}})
			return true
		}},
		{"bad escape in the query", http.StatusBadRequest, "", func(_ testing.TB, _ *contract.Operation, _ *Tenant, r *Request) bool {
			r.Query, r.RawQuery = nil, "limit=%zz"
			return true
		}},
		{"body that is not JSON", http.StatusBadRequest, "", func(_ testing.TB, _ *contract.Operation, _ *Tenant, r *Request) bool {
			if r.JSON == nil {
				return false
			}
			r.JSON, r.Raw, r.Type = nil, []byte(`{"name": secret-value`), "application/json"
			return true
		}},
		{"data behind the body", http.StatusBadRequest, "", func(t testing.TB, _ *contract.Operation, _ *Tenant, r *Request) bool {
			if r.JSON == nil {
				return false
			}
			b, err := json.Marshal(r.JSON)
			if err != nil {
				t.Fatal(err)
			}
			r.JSON, r.Raw, r.Type = nil, append(b, `{"secret-value":1}`...), "application/json"
			return true
		}},
		{"wrong type of body", schema, "", func(_ testing.TB, _ *contract.Operation, _ *Tenant, r *Request) bool {
			if r.JSON == nil {
				return false
			}
			r.JSON = []string{"secret-value"}
			return true
		}},
		{"unknown field", schema, "", func(t testing.TB, op *contract.Operation, _ *Tenant, r *Request) bool {
			if r.JSON == nil || open(op) {
				return false
			}
			b, err := json.Marshal(r.JSON)
			if err != nil {
				t.Fatal(err)
			}
			var m map[string]any
			if json.Unmarshal(b, &m) != nil {
				return false
			}
			m["no_such_field"] = "secret-value"
			r.JSON = m
			return true
		}},
		{"no body", schema, "", func(_ testing.TB, op *contract.Operation, _ *Tenant, r *Request) bool {
			spec := op.Contract.Document().Paths.Value(op.Path).GetOperation(op.Method)
			applies := r.JSON != nil && spec.RequestBody.Value.Required
			r.JSON = nil
			return applies
		}},
		{"another media type", http.StatusUnsupportedMediaType, "", func(_ testing.TB, _ *contract.Operation, _ *Tenant, r *Request) bool {
			applies := body(r)
			r.JSON, r.Form, r.Raw, r.Type = nil, nil, []byte("secret-value"), "application/x-nothing"
			return applies
		}},
		{"a body that is too large", http.StatusRequestEntityTooLarge, "", func(_ testing.TB, op *contract.Operation, _ *Tenant, r *Request) bool {
			if !body(r) {
				return false
			}
			r.Raw, r.Type = []byte(`{"name":"`+strings.Repeat("x", int(op.MaxBody))+`"}`), "application/json"
			if r.Form != nil {
				r.Raw, r.Type = []byte("grant_type="+strings.Repeat("x", int(op.MaxBody))), "application/x-www-form-urlencoded"
			}
			r.JSON, r.Form = nil, nil
			return true
		}},
	}
}

// open says whether the bundle lets the JSON body of an operation have members that it
// does not name.
func open(op *contract.Operation) bool {
	spec := op.Contract.Document().Paths.Value(op.Path).GetOperation(op.Method)
	m := spec.RequestBody.Value.Content.Get("application/json")
	if m == nil || m.Schema == nil {
		return false
	}
	more := m.Schema.Value.AdditionalProperties
	return more.Schema != nil || more.Has != nil && *more.Has
}

func merge(a, b url.Values) url.Values {
	out := url.Values{}
	maps.Copy(out, a)
	maps.Copy(out, b)
	return out
}

// Refusals runs every mutation on every operation. For a status that the operation does
// not document it expects schema, or what the dialect's rewrite of statuses says.
func Refusals(t *testing.T, i *Instance, tn *Tenant, c *contract.Contract, valid map[string]Valid, schema int, status func(op *contract.Operation, want int) int) {
	for _, op := range Operations(c) {
		for _, m := range Mutations(schema) {
			r := valid[op.ID](t, i, tn)
			if !m.Change(t, op, tn, &r) {
				continue
			}
			res := i.Do(t, r)
			if want := status(op, m.Status); res.Status != want {
				t.Errorf("%s with %s: status %d, want %d: %s", op.ID, m.Name, res.Status, want, res.Body)
			}
			if strings.Contains(string(res.Body), "secret-value") {
				t.Errorf("%s with %s: the answer repeats what was sent: %s", op.ID, m.Name, res.Body)
			}
		}
	}
}

// Isolation calls every operation that names a resource in its path twice with another
// tenant's credentials: on a resource that is there but not theirs, and on one that never
// was. Both answers must be the same byte for byte, but for ids.
func Isolation(t *testing.T, i *Instance, mine, theirs *Tenant, c *contract.Contract, valid map[string]Valid, missing func(op *contract.Operation, name string) string, normal func(body string) string) {
	n := 0
	for _, op := range Operations(c) {
		r := valid[op.ID](t, i, theirs)
		if len(r.Path) == 0 {
			continue
		}
		n++
		r.Bearer = mine.Key
		foreign := i.Do(t, r)
		blank := maps.Clone(r.Path)
		for name, v := range r.Path {
			if m := missing(op, name); m != "" {
				blank[name] = m
			} else {
				blank[name] = v
			}
		}
		r.Path = blank
		absent := i.Do(t, r)
		if foreign.Status != http.StatusNotFound || absent.Status != http.StatusNotFound {
			t.Errorf("%s: another tenant's resource gives %d, one that never was %d", op.ID, foreign.Status, absent.Status)
		}
		if a, b := normal(string(foreign.Body)), normal(string(absent.Body)); a != b {
			t.Errorf("%s tells another tenant's resource from none:\n%s\n%s", op.ID, a, b)
		}
	}
	if n == 0 {
		t.Error("no operation names a resource in its path")
	}
}

// UnknownID returns an id that names nothing, after a prefix.
func UnknownID(prefix string) string { return id.New().Prefixed(prefix) }

// needsScope reports whether an API key needs a scope for the operation.
func needsScope(op *contract.Operation) bool {
	return slices.ContainsFunc(op.Access, func(a contract.Alternative) bool {
		scopes, _ := a.From(identity.FromKey)
		return len(scopes) > 0
	})
}

package servertest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/store"
)

// toy is a bundle with what today's contracts do not have: required headers, ids of several kinds in
// every place, and headers of answers that say little.
const toy = `{
  "openapi": "3.1.0", "info": {"title": "Toy", "version": "1"},
  "paths": {"/things/{thing_id}": {
    "parameters": [{"name": "X-API-Version", "in": "header", "required": true, "schema": {"type": "string",
    	"enum": ["2026-01-01"]}}],
    "post": {
      "operationId": "changeThing",
      "parameters": [
        {"name": "thing_id", "in": "path", "required": true, "schema": {"type": "string"}},
        {"$ref": "#/components/parameters/Correlation"},
        {"name": "Idempotency-Key", "in": "header", "required": true, "schema": {"type": "string", "minLength": 8,
        	"maxLength": 64}},
        {"name": "X-Free", "in": "header", "schema": {"type": "string"}},
        {"name": "filter[owner_id]", "in": "query", "schema": {"type": "string"}},
        {"name": "limit", "in": "query", "schema": {"type": "integer"}}
      ],
      "requestBody": {"required": true, "content": {"application/json": {"schema": {
        "type": "object", "properties": {
          "id": {"type": "string"}, "name": {"type": "string"},
          "workspaceId": {"type": "integer"},
          "visitor_id": {"type": "string", "x-id": false},
          "source": {"type": "string", "x-id": "connection"},
          "place": {"type": "string", "pattern": "^plc_[0-9A-Z]{4}$"},
          "parent": {"$ref": "#/components/schemas/Node"},
          "role_ids": {"type": "array", "items": {"type": "string"}},
          "steps": {"type": "array", "items": {"oneOf": [{"type": "object",
          	"properties": {"table_id": {"type": "string"}}}]}}
        }}}}},
      "responses": {
        "200": {"description": "Done.", "headers": {
          "X-Kind": {"required": true, "schema": {"type": "string", "pattern": "^[a-z]+$"}},
          "X-Count": {"$ref": "#/components/headers/Count"}
        }, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Node"}}}},
        "422": {"$ref": "#/components/responses/Wrong"}
      }
    }
  }},
  "components": {
    "parameters": {"Correlation": {
      "name": "X-Correlation-Id", "in": "header", "required": true,
      "schema": {"type": "string", "format": "uuid", "x-id": false}, "example": "01932c07-209c-7ac6-8e1f-2d4b7d2b7a11"
    }},
    "headers": {"Count": {"schema": {"type": "integer", "minimum": 1}}},
    "responses": {"Wrong": {"description": "Wrong.", "content": {"application/json": {"schema": {"type": "object",
    	"required": ["error"]}}}}},
    "schemas": {"Node": {"type": "object", "required": ["node_id"], "properties": {
      "node_id": {"type": "string"}, "next": {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Node"}]}
    }}}
  }
}`

func toyOperation(t *testing.T) *contract.Operation {
	t.Helper()
	c, err := contract.Load(contract.Module{Name: "toy", Bundle: []byte(toy)})
	if err != nil {
		t.Fatal(err)
	}
	return c.Operations["changeThing"]
}

// Requests have the required headers by themselves; each of them missing, repeated and malformed is
// refused, by the validator that the server has.
func TestRequiredHeaders(t *testing.T) {
	op := toyOperation(t)
	i := &Instance{URL: "http://toy.example",
		headers: map[string]func() string{"X-Api-Version": func() string { return "unused" }}}
	good := Request{Path: map[string]string{"thing_id": "a"}, JSON: map[string]any{"name": "n"}}
	try := func(r Request) error {
		req, _ := i.request(t, op, r)
		_, err := op.Validator.Request(req, func(name string) string { return r.Path[name] }, op.MaxBody)
		return err
	}
	if err := try(good); err != nil {
		t.Fatalf("the request with the headers of the bundle is refused: %v", err)
	}
	first, _ := i.request(t, op, good)
	second, _ := i.request(t, op, good)
	if first.Header.Get("Idempotency-Key") == second.Header.Get("Idempotency-Key") {
		t.Error("two requests have the same idempotency key")
	}
	i.headers["X-API-Version"] = func() string { return "2025-01-01" }
	if try(good) == nil {
		t.Error("the suite's own value of a header is not sent")
	}
	delete(i.headers, "X-API-Version")
	var names []string
	for _, m := range HeaderMutations(op, 422) {
		r := good.clone()
		if !m.Change(t, op, nil, &r) || m.Status != 422 {
			t.Errorf("%s does not apply, or asks for %d", m.Name, m.Status)
		}
		names = append(names, m.Name)
		if err := try(r); !fault.IsCode(err, fault.ValidationFailed) || strings.Contains(err.Error(), "secret-value") {
			t.Errorf("%s: %v", m.Name, err)
		}
	}
	for _, name := range []string{"X-API-Version", "X-Correlation-Id", "Idempotency-Key"} {
		for _, want := range []string{"no header " + name, "the header " + name + " twice", "a malformed header " + name} {
			if !slices.Contains(names, want) {
				t.Errorf("there is no mutation %q among %q", want, names)
			}
		}
	}
	if len(names) != 9 {
		t.Errorf("mutations %q", names)
	}
}

func TestPlacesOfIDs(t *testing.T) {
	op := toyOperation(t)
	var got []string
	for _, p := range Places(op) {
		got = append(got, p.String()+" is a "+p.Kind)
		r := p.put(Request{JSON: map[string]any{"name": "n"}}, "7", p.isNumber(op))
		if v := p.get(r); v != "7" {
			t.Errorf("%s is %q after it was put there: %v", p, v, r)
		}
		if p.In == "body" && tree(r.JSON).(map[string]any)["name"] != "n" {
			t.Errorf("%s: the rest of the body is lost: %v", p, r.JSON)
		}
	}
	want := []string{
		"the query parameter filter[owner_id] is a owner_id",
		"the member parent.node_id is a node_id", // and not the one below parent.next: a schema is looked at once on a way
		"the member place is a place",
		"the member role_ids.* is a role_ids",
		"the member source is a connection",
		"the member steps.*.table_id is a table_id",
		"the member workspaceId is a workspaceId",
	}
	if !slices.Equal(got, want) {
		t.Errorf("places\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	number := Place{In: "body", Members: []string{"workspaceId"}}
	text, _ := json.Marshal(number.put(Request{JSON: map[string]any{}}, "9007199254740991", number.isNumber(op)).JSON)
	if string(text) != `{"workspaceId":9007199254740991}` {
		t.Errorf("a number becomes %s", text)
	}
}

func TestAnswersAreHeldAgainstTheBundle(t *testing.T) {
	op := toyOperation(t)
	i := &Instance{URL: "http://toy.example"}
	r := Request{Path: map[string]string{"thing_id": "a"}, JSON: map[string]any{"name": "n"}}
	headers := func(more ...string) http.Header {
		h := http.Header{"Content-Type": {"application/json"}, "X-Kind": {"plain"}, "Date": {"x"}}
		for n := 0; n < len(more); n += 2 {
			if h.Del(more[n]); more[n+1] != "" {
				h.Set(more[n], more[n+1])
			}
		}
		return h
	}
	for name, c := range map[string]struct {
		request Request
		answer  Response
		problem string // empty: none
	}{
		"all is well": {r, Response{200, headers("X-Count", "2"),
			[]byte(`{"node_id":"a","next":{"node_id":"b","next":null}}`)}, ""},
		"another status":        {r, Response{201, headers(), nil}, "status"},
		"a header is missing":   {r, Response{200, headers("X-Kind", ""), []byte(`{"node_id":"a"}`)}, "X-Kind is missing"},
		"a header is no number": {r, Response{200, headers("X-Count", "two"), []byte(`{"node_id":"a"}`)}, "X-Count"},
		"a number is too small": {r, Response{200, headers("X-Count", "0"), []byte(`{"node_id":"a"}`)}, "X-Count"},
		"a pattern is not met":  {r, Response{200, headers("X-Kind", "Plain"), []byte(`{"node_id":"a"}`)}, "X-Kind"},
		"a header of our own": {r, Response{200, headers("X-Debug", "1"), []byte(`{"node_id":"a"}`)},
			"X-Debug is not documented"},
		"a body is wrong": {r, Response{200, headers(), []byte(`{"node_id":"a","next":{}}`)}, "node_id"},
		"a media type is wrong": {r, Response{200, headers("Content-Type", "text/html"), []byte(`{"node_id":"a"}`)},
			"text/html"},
		"no body":           {r, Response{200, headers(), nil}, "response"},
		"an error":          {r, Response{422, headers("X-Kind", ""), []byte(`{"error":"x"}`)}, ""},
		"an error is wrong": {r, Response{422, headers("X-Kind", ""), []byte(`{}`)}, "error"},
		"a request is wrong": {Request{Path: r.Path, JSON: map[string]any{"name": 1}}, Response{200, headers(),
			[]byte(`{"node_id":"a"}`)}, "request"},
		"a header is not sent": {Request{Path: r.Path, JSON: r.JSON, Without: []string{"X-Correlation-Id"}},
			Response{200, headers(), []byte(`{"node_id":"a"}`)}, "request"},
	} {
		req, body := i.request(t, op, c.request)
		problems := strings.Join(i.check(op, c.request, req, body, &c.answer), "\n")
		if (c.problem == "") != (problems == "") || !strings.Contains(problems, c.problem) {
			t.Errorf("%s: %q, want %q", name, problems, c.problem)
		}
	}
}

// A refusal needs to be seen on SQLite alone, a 5xx on one operation of the contract, all else everywhere.
func TestWhatWasNeverSeen(t *testing.T) {
	op := toyOperation(t)
	s := &seen{by: map[store.Engine]map[answer]int{}, refused: map[answer]bool{}}
	doc := op.Contract.Document()
	if got := s.missing("toy", doc); len(got) != 4 {
		t.Errorf("nothing was seen: %q", got)
	}
	s.note(op, 422, store.SQLite)
	s.noteRefusal(op, 422)
	s.note(op, 200, store.SQLite)
	if got := s.missing("toy", doc); !slices.Equal(got, []string{"changeThing 200 on postgres"}) {
		t.Errorf("%q", got)
	}
	broken := doc.Paths.Value(op.Path).Post.Responses
	broken.Set("500", broken.Status(422))
	s.note(&contract.Operation{ID: "another", Contract: op.Contract}, 500, store.Postgres)
	if got := s.missing("toy", doc); !slices.Equal(got, []string{"changeThing 200 on postgres",
		"changeThing 500 on sqlite"}) {
		t.Errorf("%q", got)
	}
}

// Each operation has a mutation in the sample, always the same.
func TestSampleOf(t *testing.T) {
	all := Mutations(http.StatusUnprocessableEntity)
	total := 0
	for n := range 200 {
		op := &contract.Operation{ID: fmt.Sprintf("operation%d", n)}
		for many := 1; many <= len(all); many++ {
			got := sampleOf(op, all[:many], sample)
			if len(got) == 0 {
				t.Errorf("%s has none of %d", op.ID, many)
			}
			reversed := slices.Clone(all[:many])
			slices.Reverse(reversed)
			again := sampleOf(op, reversed, sample)
			slices.Reverse(again)
			if !slices.EqualFunc(got, again, func(a, b Mutation) bool { return a.Name == b.Name }) {
				t.Errorf("%s: the sample depends on the order", op.ID)
			}
			if many == len(all) {
				total += len(got)
			}
		}
	}
	if most := 200 * len(all) / 2; total > most {
		t.Errorf("%d of %d are no sample", total, 200*len(all))
	}
	if got := sampleOf(&contract.Operation{ID: "none"}, nil, sample); got != nil {
		t.Errorf("a sample of nothing: %v", got)
	}
}

package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alania-go/alania/openapi/breaking"
)

// A contract with a bit of everything, small enough to see what a change does to it.
const published = `openapi: 3.1.0
info: {title: Alania Small API, version: 1.0.0}
security:
  - oauth2: [things:read]
  - apiKey: [things:read]
paths:
  /things:
    get:
      operationId: listThings
      tags: [Things]
      parameters:
        - {name: limit, in: query, schema: {type: integer, default: 20, minimum: 1, maximum: 100}}
        - {name: sort, in: query, schema: {type: string, enum: [name, age]}}
        - {name: old, in: query, deprecated: true, x-deprecated: '2026-01-01', x-sunset: '2026-06-01', schema: {type: string}}
      responses:
        '200':
          description: Things.
          headers:
            X-Request-ID: {required: true, schema: {type: string}}
          content:
            application/json:
              schema:
                type: object
                required: [data]
                properties:
                  data: {type: array, items: {$ref: '#/components/schemas/Thing'}}
        '403': {description: No., content: {application/json: {schema: {type: object}}}}
    post:
      operationId: createThing
      x-sdk: {resource: things, method: create}
      tags: [Things]
      parameters:
        - {name: X-Trace, in: header, schema: {type: string}}
      x-max-body: 5000
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [name]
              properties:
                name: {type: string, maxLength: 50}
                kind: {type: string, enum: [small, large], default: small}
                note: {type: [string, 'null']}
                nested: {type: object, properties: {a: {type: integer}}}
      responses:
        '201': {description: Made., content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
  /things/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string}}
    get:
      operationId: getThing
      tags: [Things]
      responses:
        '200': {description: A thing., content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
  /old-things:
    get:
      operationId: listOldThings
      tags: [Things]
      deprecated: true
      x-deprecated: '2026-01-01'
      x-sunset: '2026-06-01'
      responses:
        '200': {description: Things.}
  /hasty:
    get:
      operationId: hasty
      tags: [Things]
      deprecated: true
      x-deprecated: '2026-03-01'
      x-sunset: '2026-04-01'
      responses:
        '200': {description: Things.}
  /undated:
    get:
      operationId: undated
      tags: [Things]
      deprecated: true
      x-sunset: '2026-06-01'
      responses:
        '200': {description: Things.}
webhooks:
  thing.created:
    post:
      operationId: onThingCreated
      parameters:
        - {name: webhook-id, in: header, required: true, schema: {type: string}}
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [id, data]
              properties:
                id: {type: string}
                type: {type: string, const: thing.created}
                data: {$ref: '#/components/schemas/Thing'}
                reason: {type: string, enum: [asked, copied]}
      responses:
        2XX: {description: Taken.}
components:
  securitySchemes:
    oauth2: {type: oauth2, flows: {clientCredentials: {tokenUrl: /token, scopes: {'things:read': Read., 'things:write': Write.}}}}
    apiKey: {type: http, scheme: bearer}
  schemas:
    Spare: {type: object}
    Thing:
      type: object
      required: [id, name]
      properties:
        id: {type: string}
        name: {type: string}
        size: {type: integer}
        state: {type: string, enum: [active, gone]}
        former: {type: string, deprecated: true, x-deprecated: '2026-01-01', x-sunset: '2026-06-01'}
        children: {type: array, items: {$ref: '#/components/schemas/Thing'}}
`

const publishedOn = "2026-02-01"

// change is an edit of the bundle above.
type change struct {
	name     string
	from, to string
	now      string // 2026-05-01 when empty
	// want is the check that finds it; empty: the change is compatible.
	want string
	warn bool // it is only a warning
	// seen is the check that finds it, though it is compatible: for the changelog.
	seen string
}

// lines are those of the bundle from the first on, until before the end.
func lines(first, end string) string {
	_, rest, _ := strings.Cut(published, first)
	body, _, found := strings.Cut(rest, end)
	if !found {
		panic(first)
	}
	return first + body
}

func TestChanges(t *testing.T) {
	tests := []change{
		{name: "operation removed", from: lines("  /things/{id}:\n", "  /old-things:\n"), want: "operation-removed"},
		{
			name: "method removed", from: lines("    post:\n      operationId: createThing", "  /things/{id}:\n"),
			want: "operation-removed",
		},
		{
			name: "deprecated operation removed before its sunset", from: lines("  /old-things:\n", "  /hasty:\n"),
			now: "2026-05-31", want: "operation-removed",
		},
		{
			name: "deprecated operation removed on its sunset", from: lines("  /old-things:\n", "  /hasty:\n"),
			now: "2026-06-01",
		},
		{
			name: "operation removed whose notice was too short", from: lines("  /hasty:\n", "  /undated:\n"), now: "2026-12-31",
			want: "operation-removed",
		},
		{
			name: "operation removed that was announced with the publication", from: lines("  /undated:\n", "webhooks:\n"),
			now: "2026-06-01",
		},
		{
			name: "… before its sunset", from: lines("  /undated:\n", "webhooks:\n"), now: "2026-05-31",
			want: "operation-removed",
		},
		{
			name: "operationId renamed", from: "operationId: getThing", to: "operationId: readThing",
			want: "operation-id-renamed",
		},
		{
			name: "sunset made earlier",
			from: "x-sunset: '2026-06-01'\n      responses:\n        '200': {description: Things.}\n  /hasty",
			to:   "x-sunset: '2026-05-01'\n      responses:\n        '200': {description: Things.}\n  /hasty",
			want: "sunset-earlier",
		},
		{
			name: "announcement backdated", from: "x-deprecated: '2026-03-01'", to: "x-deprecated: '2025-03-01'",
			want: "deprecation-backdated",
		},
		{
			name: "deprecated without a sunset", from: "operationId: getThing",
			to: "operationId: getThing\n      deprecated: true", want: "deprecated-without-sunset",
		},
		{
			name: "deprecated too late", from: "operationId: getThing",
			to: "operationId: getThing\n      deprecated: true\n      x-deprecated: '2026-05-01'\n      x-sunset: " +
				"'2026-07-01'",
			want: "sunset-too-soon",
		},
		{
			name: "deprecated before it was published", from: "operationId: getThing",
			to: "operationId: getThing\n      deprecated: true\n      x-deprecated: '2025-05-01'\n      x-sunset: " +
				"'2026-04-01'",
			want: "sunset-too-soon",
		},
		{
			name: "deprecated in time", from: "operationId: getThing",
			to: "operationId: getThing\n      deprecated: true\n      x-deprecated: '2026-05-01'\n      x-sunset: '2026-07-30'",
		},

		{
			name: "parameter removed",
			from: "        - {name: limit, in: query, schema: {type: integer, default: 20, minimum: 1, maximum: 100}}\n",
			want: "parameter-removed",
		},
		{
			name: "deprecated parameter removed after its sunset", from: lines("        - {name: old,", "      responses"),
			now: "2026-06-01",
		},
		{
			name: "deprecated parameter removed before its sunset", from: lines("        - {name: old,", "      responses"),
			want: "parameter-removed",
		},
		{
			name: "required parameter added", from: "      parameters:\n        - {name: limit,",
			to: "      parameters:\n        - {name: org, in: query, required: true, schema: {type: string}}\n        - " +
				"{name: limit,", want: "parameter-added",
		},
		{name: "default of a parameter changed", from: "default: 20", to: "default: 50", want: "default-changed"},
		{name: "default removed", from: "default: 20, ", want: "default-changed"},
		{name: "maximum lowered", from: "maximum: 100", to: "maximum: 50", want: "request-parameter-max-decreased"},
		{
			name: "enum value of a parameter removed", from: "enum: [name, age]", to: "enum: [name]",
			want: "request-enum-removed",
		},
		{
			name: "path parameter is an integer", from: "{name: id, in: path, required: true, schema: {type: string}}",
			to: "{name: id, in: path, required: true, schema: {type: integer}}", want: "request-type-changed",
		},

		{
			name: "request object closed", from: "              required: [name]\n",
			to: "              required: [name]\n              additionalProperties: false\n", want: "request-closed",
		},
		{
			name: "unevaluated members refused", from: "              required: [name]\n",
			to: "              required: [name]\n              unevaluatedProperties: false\n", want: "request-closed",
		},
		{
			name: "nested request object closed", from: "nested: {type: object,",
			to: "nested: {type: object, additionalProperties: false,", want: "request-closed",
		},
		{
			name: "request member removed", from: "                note: {type: [string, 'null']}\n",
			want: "request-member-removed",
		},
		{
			name: "request member required", from: "              required: [name]\n",
			to: "              required: [name, kind]\n", want: "request-member-required",
		},
		{
			name: "required request member added", from: "              required: [name]\n              properties:\n",
			to:   "              required: [name, color]\n              properties:\n                color: {type: string}\n",
			want: "request-member-added",
		},
		{
			name: "null no longer taken", from: "note: {type: [string, 'null']}", to: "note: {type: string}",
			want: "request-type-changed",
		},
		{name: "string shorter", from: "maxLength: 50", to: "maxLength: 40", want: "request-property-max-length-decreased"},
		{
			name: "pattern added", from: "maxLength: 50", to: "maxLength: 50, pattern: '^a'",
			want: "request-property-pattern-added",
		},
		{
			name: "enum value of a request removed", from: "enum: [small, large]", to: "enum: [small]",
			want: "request-enum-removed",
		},
		{
			name: "enum set", from: "name: {type: string, maxLength: 50}",
			to: "name: {type: string, maxLength: 50, enum: [a, b]}", want: "request-enum-set",
		},
		{name: "default of a member changed", from: "default: small", to: "default: large", want: "default-changed"},
		{
			name: "media type removed",
			from: "        required: true\n        content:\n          application/json:\n            schema:\n              " +
				"type: object\n              required: [name]",
			to: "        required: true\n        content:\n          application/xml:\n            schema:\n              " +
				"type: object\n              required: [name]", want: "request-media-type-removed",
		},
		{name: "smaller bodies", from: "x-max-body: 5000", to: "x-max-body: 4000", want: "max-body-smaller"},

		{name: "response member removed", from: "        size: {type: integer}\n", want: "output-member-removed"},
		{
			name: "deprecated response member removed before its sunset", from: lines("        former:", "        children"),
			want: "output-member-removed",
		},
		{
			name: "deprecated response member removed after its sunset", from: lines("        former:", "        children"),
			now: "2026-06-01",
		},
		{
			name: "response member of another type", from: "size: {type: integer}", to: "size: {type: string}",
			want: "output-type-changed",
		},
		{
			name: "response member may be null", from: "size: {type: integer}", to: "size: {type: [integer, 'null']}",
			want: "output-type-changed",
		},
		{
			name: "response member may be absent", from: "required: [id, name]", to: "required: [id]",
			want: "output-member-optional",
		},
		{
			name: "response status removed",
			from: "        '403': {description: No., content: {application/json: {schema: {type: object}}}}\n",
			want: "response-status-removed",
		},
		{
			name: "response header removed",
			from: "          headers:\n            X-Request-ID: {required: true, schema: {type: string}}\n",
			want: "response-header-removed",
		},
		{
			name: "response media type removed", from: "'200': {description: A thing., content: {application/json:",
			to: "'200': {description: A thing., content: {application/xml:", want: "response-media-type-removed",
		},
		{
			name: "enum value added to a response", from: "enum: [active, gone]", to: "enum: [active, gone, asleep]",
			want: "output-enum-added", warn: true,
		},

		{
			name: "scope added", from: "      operationId: getThing",
			to: "      operationId: getThing\n      security: [{oauth2: ['things:read', 'things:write']}, {apiKey: " +
				"['things:read', 'things:write']}]", want: "access-narrowed",
		},
		{name: "scheme removed", from: "  - apiKey: [things:read]\n", want: "access-narrowed"},
		{
			name: "alternatives needed together", from: "      operationId: getThing",
			to:   "      operationId: getThing\n      security: [{oauth2: ['things:read'], apiKey: ['things:read']}]",
			want: "access-narrowed",
		},
		{
			name: "another scheme needed as well", from: "      operationId: getThing",
			to: "      operationId: getThing\n      security: [{oauth2: ['things:read'], csrf: []}, {apiKey: " +
				"['things:read']}]",
			want: "access-narrowed",
		},
		{
			name: "a pair of schemes added as an alternative", from: "      operationId: getThing",
			to: "      operationId: getThing\n      security: [{oauth2: ['things:read']}, {apiKey: ['things:read']}, " +
				"{session: [], csrf: []}]", seen: "access-added",
		},
		{
			name: "credentials are sent in another way", from: "apiKey: {type: http, scheme: bearer}",
			to: "apiKey: {type: apiKey, in: header, name: X-Key}", want: "security-scheme-changed",
		},
		{
			name: "tokens come from elsewhere", from: "tokenUrl: /token", to: "tokenUrl: /tokens",
			want: "security-scheme-changed",
		},

		{name: "method of the SDKs renamed", from: "method: create}", to: "method: make}", want: "sdk-name-changed"},
		{name: "resource of the SDKs renamed", from: "resource: things,", to: "resource: stuff,", want: "sdk-name-changed"},
		{
			name: "name in the SDKs removed", from: "      x-sdk: {resource: things, method: create}\n",
			want: "sdk-name-changed",
		},
		{name: "schema renamed", from: "    Spare: {", to: "    Extra: {", want: "schema-removed", warn: true},
		{name: "tag renamed", from: "method: create}\n      tags: [Things]", to: "method: create}\n      tags: [Stuff]"},

		{
			name: "header of a request required", from: "{name: X-Trace, in: header, schema",
			to: "{name: X-Trace, in: header, required: true, schema", want: "request-member-required",
		},
		{
			name: "required header added", from: "        - {name: X-Trace,",
			to:   "        - {name: X-Org, in: header, required: true, schema: {type: string}}\n        - {name: X-Trace,",
			want: "parameter-added",
		},
		{
			name: "header of a response may be absent", from: "X-Request-ID: {required: true, ", to: "X-Request-ID: {",
			want: "output-member-optional",
		},
		{
			name: "header of a response of another type", from: "X-Request-ID: {required: true, schema: {type: string}}",
			to: "X-Request-ID: {required: true, schema: {type: integer}}", want: "output-type-changed",
		},

		{name: "event removed", from: lines("  thing.created:\n", "components:\n"), to: "  {}\n", want: "event-removed"},
		{
			name: "event payload member removed", from: "                reason: {type: string, enum: [asked, copied]}\n",
			want: "output-member-removed",
		},
		{
			name: "event payload member of another type", from: "                id: {type: string}\n",
			to: "                id: {type: integer}\n", want: "output-type-changed",
		},
		{
			name: "enum value added to an event payload", from: "enum: [asked, copied]", to: "enum: [asked, copied, moved]",
			want: "output-enum-added", warn: true,
		},
		{name: "enum of an event payload opened", from: ", enum: [asked, copied]", want: "output-enum-unset", warn: true},
		{
			name: "enum of an event payload replaced", from: "enum: [asked, copied]", to: "enum: [moved]",
			want: "output-enum-replaced",
		},
		{
			name: "type of an event renamed in its payload", from: "const: thing.created", to: "const: thing.made",
			want: "output-enum-replaced",
		},
		{
			name: "enum value of an event payload removed", from: "enum: [asked, copied]", to: "enum: [asked]",
			seen: "output-enum-removed",
		},
		{
			name: "header of an event may be absent", from: "{name: webhook-id, in: header, required: true,",
			to: "{name: webhook-id, in: header,", want: "output-member-optional",
		},
		{
			name: "header of an event of another type",
			from: "{name: webhook-id, in: header, required: true, schema: {type: string}}",
			to:   "{name: webhook-id, in: header, required: true, schema: {type: integer}}", want: "output-type-changed",
		},
		{
			name: "event payload member may be absent", from: "required: [id, data]", to: "required: [id]",
			want: "output-member-optional",
		},

		{name: "nothing"},
		{
			name: "operation added", from: "  /old-things:\n",
			to: "  /new-things:\n    get:\n      operationId: listNewThings\n      tags: [Things]\n      responses:\n        " +
				"'200': {description: Things.}\n  /old-things:\n",
		},
		{
			name: "optional parameter added", from: "      parameters:\n        - {name: limit,",
			to: "      parameters:\n        - {name: org, in: query, schema: {type: string}}\n        - {name: limit,",
		},
		{
			name: "optional request member added", from: "                note:",
			to: "                color: {type: string}\n                note:",
		},
		{
			name: "response member added", from: "        size: {type: integer}\n",
			to: "        size: {type: integer}\n        color: {type: string}\n",
		},
		{
			name: "event payload member added", from: "                reason:",
			to: "                color: {type: string}\n                reason:",
		},
		{
			name: "event added", from: "  thing.created:\n",
			to: "  thing.deleted:\n    post:\n      operationId: onThingDeleted\n      responses:\n        2XX: {description: " +
				"Taken.}\n  thing.created:\n",
		},
		{name: "enum value added to a request", from: "enum: [small, large]", to: "enum: [small, large, huge]"},
		{
			name: "request object opened", from: "required: [name]\n",
			to: "required: [name]\n              additionalProperties: true\n",
		},
		{name: "maximum raised", from: "maximum: 100", to: "maximum: 200"},
		{name: "description", from: "description: Things.", to: "description: All of the things."},
		{
			name: "scope dropped", from: "      operationId: getThing",
			to: "      operationId: getThing\n      security: [{oauth2: []}, {apiKey: []}]",
		},
		{
			name: "path parameter renamed", from: "  /things/{id}:\n    parameters:\n      - {name: id,",
			to: "  /things/{thing_id}:\n    parameters:\n      - {name: thing_id,",
		},
		{name: "error status added", from: "        '403': {", to: "        '409': {description: Taken.}\n        '403': {"},
	}
	kinds := map[string]bool{}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if !strings.Contains(published, test.from) {
				t.Fatalf("the bundle does not have %q", test.from)
			}
			revision := published
			if test.from != "" {
				revision = strings.Replace(published, test.from, test.to, 1)
			}
			if test.now == "" {
				test.now = "2026-05-01"
			}
			out, broken := gate(t, published, revision, test.now)
			switch {
			case broken != (test.want != "" && !test.warn):
				t.Errorf("it breaks: %v\n%s", broken, out)
			case test.want != "" && !strings.Contains(out, "["+test.want+"]"):
				t.Errorf("%s did not find it:\n%s", test.want, out)
			case test.seen != "" &&
				!slices.ContainsFunc(found(t, revision), func(c breaking.Change) bool { return c.ID == test.seen }):
				t.Errorf("%s did not find it", test.seen)
			case test.want == "" && strings.Contains(out, "warning "):
				t.Errorf("it warns:\n%s", out)
			}
			if broken && test.want != "" {
				kinds[test.want] = true
				if n := strings.Count(out, "BREAKS"); n > 6 {
					t.Errorf("one change is reported %d times:\n%s", n, out)
				}
			}
		})
	}
	if len(kinds) < 12 {
		t.Errorf("only %d kinds of breaking changes were tried", len(kinds))
	}
}

// found compares the bundle above with a revision of it.
func found(t *testing.T, revision string) []breaking.Change {
	t.Helper()
	was, is, err := breaking.Pair{Was: []byte(published), Is: []byte(revision)}.Documents()
	if err != nil {
		t.Fatal(err)
	}
	return breaking.Compare(was, is, breaking.Dates{})
}

// gate runs the command on the two bundles.
func gate(t *testing.T, was, is, now string) (string, bool) {
	t.Helper()
	baseline, dist := t.TempDir(), t.TempDir()
	for file, text := range map[string]string{
		filepath.Join(baseline, "published"): publishedOn + "\n", filepath.Join(baseline, "small.yaml"): was,
		filepath.Join(dist, "small.yaml"): is,
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out strings.Builder
	broken, err := run([]string{"-baseline", baseline, "-dist", dist, "-now", now}, &out)
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), broken
}

// A contract that is gone breaks, one that was never published cannot.
func TestContracts(t *testing.T) {
	baseline, dist := t.TempDir(), t.TempDir()
	write := func(folder, file, text string) {
		if err := os.WriteFile(filepath.Join(folder, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(baseline, "published", publishedOn)
	write(dist, "new.yaml", published)
	write(dist, "openapi.yaml", "not a contract of its own")
	var out strings.Builder
	if broken, err := run([]string{"-baseline", baseline, "-dist", dist}, &out); err != nil || broken ||
		out.String() != "new: not published before\n" {
		t.Errorf("%v, %v, %s", broken, err, out.String())
	}
	write(baseline, "old.yaml", published)
	if broken, err := run([]string{"-baseline", baseline, "-dist", dist, "-now", "2026-05-01"}, &out); err != nil ||
		!broken || !strings.Contains(out.String(), "BREAKS  GET /things: is gone [operation-removed]") {
		t.Errorf("%v, %v, %s", broken, err, out.String())
	}
	for _, args := range [][]string{
		{"-now", "soon"}, {"-baseline", t.TempDir()}, {"-dist", t.TempDir(), "-baseline", dist},
	} {
		if _, err := run(args, &out); err == nil {
			t.Errorf("%v is taken", args)
		}
	}
}

func TestDraft(t *testing.T) {
	is := published
	for from, to := range map[string]string{
		"  /old-things:\n": "  /new-things:\n    get:\n      operationId: listNewThings\n      tags: [News]\n      " +
			"responses:\n        '200': {description: Things.}\n  /old-things:\n",
		"        size: {type: " +
			"integer}\n": "        size: {type: integer}\n        color: {type: string}\n",
		"  thing.created:\n": "  thing.deleted:\n    post:\n      operationId: onThingDeleted\n      responses:\n        " +
			"2XX: {description: Taken.}\n  thing.created:\n",
		"operationId: " +
			"getThing": "operationId: getThing\n      deprecated: true\n      x-deprecated: '2026-05-01'\n      x-sunset: " +
			"'2026-08-01'",
		"default: 20":                                      "default: 50",
		lines("  /undated:\n", "webhooks:\n"):              "",
		"title: Alania Small API, version: 1.0.0":          "title: Alania Small API, version: 1.1.0",
		"                note: {type: [string, 'null']}\n": "",
		"        '403': {description: No., content: " +
			"{applica": "        '409': {description: Taken.}\n        '403': {description: No., content: {applica",
	} {
		is = strings.Replace(is, from, to, 1)
	}
	now, _ := time.Parse(time.DateOnly, "2026-07-01")
	on, _ := time.Parse(time.DateOnly, publishedOn)
	got, err := breaking.Pair{Was: []byte(published), Is: []byte(is), Published: on}.Draft(now)
	if err != nil {
		t.Fatal(err)
	}
	const want = "## Small 1.1.0 – unreleased\n" + `
Added:

- **News**: ` + "`GET /new-things`" + `.
- **Events**: ` + "`thing.deleted`" + `.
- ` + "`thing.created`" + `: payload /data/color.
- ` + "`GET /things`" + `: response 200 /data/[]/color; response 409.
- ` + "`POST /things`" + `: response 201 /color.
- ` + "`GET /things/{id}`" + `: response 200 /color.

Deprecated:

- ` + "`GET /things/{id}`" + `: goes on 2026-08-01.

Changed:

- ` + "`GET /things`" + `: query limit parameter is 50 instead of 20 when it is left out (breaks clients).

Removed:

- **Things**: ` + "`GET /undated`" + `.
- ` + "`POST /things`" + `: request body /note (breaks clients).
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got, err := (breaking.Pair{Was: []byte(published), Is: []byte(published)}).Draft(now); err != nil || got != "" {
		t.Errorf("%v, %q", err, got)
	}
}

// Package breaking compares a bundle with the one that was published before it: what is
// new, what is deprecated, what is gone, and which of it breaks clients that were written
// for the former one. It knows what a general comparison of OpenAPI documents cannot:
// that requests with unknown members are refused, that nothing is removed before it was
// deprecated for 90 days, and where SDKs take their names from.
package breaking

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

// Document is a bundle, reduced to what clients depend on.
type Document struct {
	Title      string // without "API", as the changelog has it: Platform
	Version    string
	operations map[string]operation // by method and path, the names of path parameters left out
	events     map[string]operation // by the name of the webhook
	schemes    map[string]string    // of security, by name: how credentials are sent
	schemas    map[string]bool      // with names, which types of the SDKs have
}

type operation struct {
	name       string // GET /v2/orgs/{org_id}, or the event
	id         string
	sdk        string // resource and method of x-sdk: apiKeys.revoke; empty in bundles from before it
	tag        string
	notice     notice
	access     []map[string][]string // alternatives: scheme to scopes; none is public
	maxBody    float64
	parameters map[string]parameter // by place and name
	body       map[string]members   // by media type
	responses  map[string]response  // by status
}

type parameter struct {
	notice  notice
	members members
}

type response struct {
	headers map[string]members // by name in lower case
	content map[string]members // by media type
}

// members are the values in a schema by their place: a JSON pointer in which [] is every
// item and {} every further member.
type members map[string]*member

type member struct {
	types    []string
	required bool
	enum     []string // as JSON
	standard string   // the default as JSON
	closed   bool     // takes no further members
	notice   notice
}

// notice is the announcement that something goes.
type notice struct {
	deprecated    bool
	since, sunset time.Time // zero when the bundle does not say
}

// Load reads a bundle, YAML or JSON.
func Load(bundle []byte) (*Document, error) {
	doc, err := openapi3.NewLoader().LoadFromData(bundle)
	if err != nil {
		return nil, err
	}
	d := &Document{
		operations: map[string]operation{}, events: map[string]operation{}, schemes: map[string]string{},
		schemas: map[string]bool{},
	}
	if doc.Info != nil {
		d.Version = doc.Info.Version
		d.Title = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(doc.Info.Title, "Alania "), "API"))
	}
	r := reader{doc}
	if doc.Paths != nil {
		for path, item := range doc.Paths.Map() {
			for method, spec := range item.Operations() {
				op, err := r.operation(method+" "+path, item, spec)
				if err != nil {
					return nil, err
				}
				d.operations[method+" "+braces.ReplaceAllString(path, "{}")] = op
			}
		}
	}
	if doc.Components != nil {
		for name, ref := range doc.Components.SecuritySchemes {
			d.schemes[name] = schemeOf(ref.Value)
		}
		for name := range doc.Components.Schemas {
			d.schemas[name] = true
		}
	}
	for name, item := range doc.Webhooks {
		for _, spec := range item.Operations() {
			op, err := r.operation(name, item, spec)
			if err != nil {
				return nil, err
			}
			d.events[name] = op
		}
	}
	return d, nil
}

var braces = regexp.MustCompile(`\{[^}]*\}`)

type reader struct{ doc *openapi3.T }

func (r reader) operation(name string, item *openapi3.PathItem, spec *openapi3.Operation) (operation, error) {
	op := operation{
		name: name, id: spec.OperationID, parameters: map[string]parameter{}, body: map[string]members{},
		responses: map[string]response{},
	}
	if len(spec.Tags) > 0 {
		op.tag = spec.Tags[0]
	}
	if said, ok := spec.Extensions["x-sdk"].(map[string]any); ok {
		op.sdk = fmt.Sprint(said["resource"], ".", said["method"])
	}
	var err error
	if op.notice, err = noticeOf(spec.Deprecated, spec.Extensions); err != nil {
		return op, fmt.Errorf("%s: %w", name, err)
	}
	op.maxBody, _ = spec.Extensions["x-max-body"].(float64)
	security := r.doc.Security
	if spec.Security != nil {
		security = *spec.Security
	}
	for _, requirement := range security {
		op.access = append(op.access, requirement)
	}
	for _, list := range []openapi3.Parameters{item.Parameters, spec.Parameters} {
		for _, ref := range list {
			p := ref.Value
			said, err := noticeOf(p.Deprecated, p.Extensions)
			if err != nil {
				return op, fmt.Errorf("%s, parameter %s: %w", name, p.Name, err)
			}
			key := p.In + " " + p.Name
			switch p.In {
			case openapi3.ParameterInHeader:
				key = p.In + " " + strings.ToLower(p.Name)
			case openapi3.ParameterInPath: // its name is not sent, so it is known by its place
				before, _, _ := strings.Cut(name, "{"+p.Name+"}")
				key = fmt.Sprintf("path %d.", strings.Count(before, "{")+1)
			}
			op.parameters[key] = parameter{said, membersOf(p.Schema, p.Required)}
		}
	}
	if spec.RequestBody != nil {
		for media, content := range spec.RequestBody.Value.Content {
			op.body[media] = membersOf(content.Schema, spec.RequestBody.Value.Required)
		}
	}
	if spec.Responses != nil {
		for status, ref := range spec.Responses.Map() {
			res := response{headers: map[string]members{}, content: map[string]members{}}
			for name, header := range ref.Value.Headers {
				res.headers[strings.ToLower(name)] = membersOf(header.Value.Schema, header.Value.Required)
			}
			for media, content := range ref.Value.Content {
				res.content[media] = membersOf(content.Schema, true)
			}
			op.responses[strings.ToUpper(status)] = res
		}
	}
	return op, nil
}

// schemeOf says how the credentials of a scheme are sent, and where a client gets them.
func schemeOf(s *openapi3.SecurityScheme) string {
	parts := []string{s.Type, strings.ToLower(s.Scheme), s.In, s.Name, s.OpenIdConnectUrl}
	if s.Flows != nil {
		for _, f := range []struct {
			name string
			flow *openapi3.OAuthFlow
		}{
			{"implicit", s.Flows.Implicit}, {"password", s.Flows.Password}, {"clientCredentials", s.Flows.ClientCredentials},
			{"authorizationCode", s.Flows.AuthorizationCode},
		} {
			if f.flow != nil {
				parts = append(parts, f.name, f.flow.AuthorizationURL, f.flow.TokenURL)
			}
		}
	}
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), " ")
}

func noticeOf(deprecated bool, extensions map[string]any) (notice, error) {
	n := notice{deprecated: deprecated}
	for name, to := range map[string]*time.Time{"x-deprecated": &n.since, "x-sunset": &n.sunset} {
		text, there := extensions[name].(string)
		if !there {
			continue
		}
		at, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return n, fmt.Errorf("%s must be a date such as 2027-03-31", name)
		}
		*to = at
	}
	return n, nil
}

func membersOf(schema *openapi3.SchemaRef, required bool) members {
	m := members{}
	m.walk(schema, "", required, nil)
	return m
}

// walk adds a schema at a place. A schema that contains itself is walked once.
func (m members) walk(ref *openapi3.SchemaRef, place string, required bool, above []*openapi3.Schema) {
	if ref == nil || ref.Value == nil || slices.Contains(above, ref.Value) {
		return
	}
	s := ref.Value
	above = append(slices.Clone(above), s)
	here := &member{required: required, closed: isFalse(s.AdditionalProperties) || isFalse(s.UnevaluatedProperties)}
	if s.Type != nil {
		here.types = slices.Sorted(slices.Values(s.Type.Slice()))
	}
	for _, v := range s.Enum {
		here.enum = append(here.enum, jsonOf(v))
	}
	if s.Const != nil {
		here.enum = []string{jsonOf(s.Const)}
	}
	slices.Sort(here.enum)
	if s.Default != nil {
		here.standard = jsonOf(s.Default)
	}
	// A date that cannot be read is as good as none: nothing is removed on its strength.
	here.notice, _ = noticeOf(s.Deprecated, s.Extensions)
	m.join(members{place: here})
	for name, property := range s.Properties {
		m.walk(property, place+"/"+escape.Replace(name), slices.Contains(s.Required, name), above)
	}
	m.walk(s.Items, place+"/[]", true, above)
	m.walk(s.AdditionalProperties.Schema, place+"/{}", false, above)
	for _, property := range s.PatternProperties {
		m.walk(property, place+"/{}", false, above)
	}
	for _, part := range s.AllOf {
		all := members{}
		all.walk(part, place, required, above)
		m.join(all)
	}
	for _, alternatives := range []openapi3.SchemaRefs{s.OneOf, s.AnyOf} {
		var either members
		for _, one := range alternatives {
			other := members{}
			other.walk(one, place, required, above)
			if either == nil {
				either = other
			} else {
				either.either(other, place)
			}
		}
		m.join(either)
	}
}

var escape = strings.NewReplacer("~", "~0", "/", "~1")

func isFalse(b openapi3.BoolSchema) bool { return b.Has != nil && !*b.Has }

func jsonOf(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}

// join adds what holds as well.
func (m members) join(all members) {
	for place, b := range all {
		a, there := m[place]
		if !there {
			m[place] = b
			continue
		}
		a.required, a.closed = a.required || b.required, a.closed || b.closed
		a.notice.deprecated = a.notice.deprecated || b.notice.deprecated
		if a.notice.sunset.IsZero() {
			a.notice.since, a.notice.sunset = b.notice.since, b.notice.sunset
		}
		if len(a.types) == 0 {
			a.types = b.types
		}
		if len(a.enum) == 0 {
			a.enum = b.enum
		}
		if a.standard == "" {
			a.standard = b.standard
		}
	}
}

// either adds what holds instead. The place is that of the alternatives themselves.
func (m members) either(other members, place string) {
	for at, b := range other {
		a, there := m[at]
		if !there {
			b.required = false
			m[at] = b
			continue
		}
		a.required = a.required && b.required
		a.closed = a.closed || b.closed
		if len(a.types) > 0 && len(b.types) > 0 {
			a.types = sortedUnion(a.types, b.types)
		} else {
			a.types = nil
		}
		null := []string{"null"}
		switch {
		case len(a.enum) > 0 && len(b.enum) > 0:
			a.enum = sortedUnion(a.enum, b.enum)
		case len(a.enum) == 0 && len(b.enum) > 0 && slices.Equal(a.types, sortedUnion(b.types, null)):
			a.enum = b.enum
		case slices.Equal(b.types, null): // null in addition to the values of an enumeration
		default:
			a.enum = nil
		}
		if a.standard == "" {
			a.standard = b.standard
		}
	}
	for at, a := range m {
		if _, there := other[at]; !there && at != place {
			a.required = false
		}
	}
}

func sortedUnion(a, b []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(slices.Concat(a, b))))
}

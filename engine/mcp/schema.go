package mcp

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/url"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/mcp"
)

const (
	maxSchema     = 256 << 10 // bytes
	maxDepth      = 64        // of arguments
	maxWork       = 1e7       // schemas that are looked at for all values of the arguments, in the worst case
	maxPattern    = 2000      // instructions of a regular expression
	maxMatched    = 64 << 10  // bytes of a text that is matched with one
	maxViolations = 20
)

// schemaOf implements mcp.Schema: it compiles the schema when it is needed first. A server writes
// what it likes into it, so nothing is loaded from elsewhere, and a schema that would
// be checked for ages is not checked at all.
type schemaOf struct {
	text json.RawMessage
	once sync.Once
	work *graph
	ok   *jsonschema.Schema
	err  error
}

// Check implements mcp.Schema.
func (s *schemaOf) Check(arguments json.RawMessage) ([]fault.Violation, error) {
	s.once.Do(s.compile)
	if s.err != nil {
		return nil, mcp.Upstream("The input schema of the tool cannot be used.", s.err)
	}
	var v any
	// Numbers become floats, which bounds them: the exact value of 1e1000000 takes long.
	if err := json.Unmarshal(arguments, &v); err != nil {
		return []fault.Violation{fault.Body("", "malformed", "must be JSON, with numbers that a double can hold")}, nil
	}
	if _, object := v.(map[string]any); !object {
		return []fault.Violation{fault.Body("", "type", "must be of the type object")}, nil
	}
	values, depth := measure(v)
	if depth > maxDepth || s.work.cost(depth)*float64(values) > maxWork {
		return []fault.Violation{fault.Body("", "max_size", "must not be as large or nested as deep as this")}, nil
	}
	var failed *jsonschema.ValidationError
	if err := s.ok.Validate(v); errors.As(err, &failed) {
		return limited(violations(failed, nil)), nil
	} else if err != nil {
		return nil, err
	}
	return nil, nil
}

// nothing refuses to load what a schema refers to elsewhere: a file of ours, for one.
type nothing struct{}

func (nothing) Load(string) (any, error) { return nil, errors.New("not within the schema") }

const here = "mem:///tool"

func (s *schemaOf) compile() {
	if len(s.text) > maxSchema {
		s.err = errors.New("the schema is too large")
		return
	}
	var doc any
	if s.err = json.Unmarshal(s.text, &doc); s.err != nil {
		return
	}
	if s.work, s.err = newGraph(doc); s.err != nil {
		return
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.UseLoader(nothing{})
	c.UseRegexpEngine(newPattern)
	if s.err = c.AddResource(here, doc); s.err != nil {
		return
	}
	s.ok, s.err = c.Compile(here)
}

// pattern matches with an expression that is cheap enough. What is not, and what Go does not
// understand of other languages' expressions, is left for the server to check.
type pattern struct {
	text string
	re   *regexp.Regexp // nil: matches anything
}

func (p pattern) MatchString(s string) bool {
	return p.re == nil || len(s) > maxMatched || p.re.MatchString(s)
}

func (p pattern) String() string { return p.text }

func newPattern(text string) (jsonschema.Regexp, error) {
	p := pattern{text: text}
	parsed, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return p, nil //nolint:nilerr // see above
	}
	if prog, err := syntax.Compile(parsed.Simplify()); err == nil && len(prog.Inst) <= maxPattern {
		p.re, _ = regexp.Compile(text)
	}
	return p, nil
}

// measure tells how many values there are in a value, and how deep it is nested.
func measure(v any) (values, depth int) {
	values = 1
	add := func(v any) {
		n, d := measure(v)
		values, depth = values+n, max(depth, d+1)
	}
	switch v := v.(type) {
	case map[string]any:
		for _, m := range v {
			add(m)
		}
	case []any:
		for _, m := range v {
			add(m)
		}
	}
	return values, depth
}

// graph tells how much work a schema makes: a few lines in which each schema refers twice
// to the next take as many steps as there are atoms in a cup of tea.
type graph struct {
	nodes []node
	root  int
}

// node is one schema and those that it applies: to the same value, to every member or item, or
// to members by name, of which one counts.
type node struct {
	weight    float64
	same, all []int
	named     []int
}

// Words of JSON Schema 2020-12 and its forerunners, by what their schemas are applied to.
var (
	sameOne  = []string{"not", "if", "then", "else"}
	sameList = []string{"allOf", "anyOf", "oneOf"}
	sameMap  = []string{"dependentSchemas", "dependencies"}
	allOne   = []string{
		"additionalProperties", "unevaluatedProperties", "propertyNames", "items", "additionalItems", "unevaluatedItems",
		"contains", "contentSchema",
	}
	allMap = []string{"patternProperties"}
)

func newGraph(doc any) (*graph, error) {
	g := &graph{}
	seen := map[string]int{} // by JSON pointer
	var visit func(pointer string, v any) (int, error)
	follow := func(to *[]int, pointer string, v any) error {
		n, err := visit(pointer, v)
		*to = append(*to, n)
		return err
	}
	visit = func(pointer string, v any) (int, error) {
		if n, ok := seen[pointer]; ok {
			return n, nil
		}
		n := len(g.nodes)
		seen[pointer] = n
		g.nodes = append(g.nodes, node{weight: 1})
		m, ok := v.(map[string]any)
		if !ok {
			return n, nil // true, false, or nonsense that the compiler refuses
		}
		out := node{weight: 1}
		for word, value := range m {
			at := pointer + "/" + escape(word)
			var err error
			switch {
			case word == "enum" || word == "required":
				list, _ := value.([]any)
				out.weight += float64(len(list)) / 8
			case word == "$ref":
				ref, _ := value.(string)
				var target string
				var to any
				if target, to, err = resolve(doc, ref); err == nil {
					err = follow(&out.same, target, to)
				}
			case word == "$dynamicRef" || word == "$recursiveRef" ||
				(word == "$id" || word == "id" && isText(value)) && pointer != "":
				err = fmt.Errorf("%s is not supported", word)
			case slices.Contains(sameOne, word):
				err = follow(&out.same, at, value)
			case slices.Contains(sameList, word):
				err = each(value, func(key string, v any) error { return follow(&out.same, at+key, v) })
			case slices.Contains(sameMap, word):
				err = each(value, func(key string, v any) error {
					if _, names := v.([]any); names {
						return nil
					}
					return follow(&out.same, at+key, v)
				})
			case word == "prefixItems" || word == "properties":
				err = each(value, func(key string, v any) error { return follow(&out.named, at+key, v) })
			case word == "items" && isList(value):
				err = each(value, func(key string, v any) error { return follow(&out.named, at+key, v) })
			case slices.Contains(allOne, word):
				err = follow(&out.all, at, value)
			case slices.Contains(allMap, word):
				err = each(value, func(key string, v any) error { return follow(&out.all, at+key, v) })
			}
			if err != nil {
				return n, err
			}
		}
		g.nodes[n] = out
		return n, nil
	}
	var err error
	g.root, err = visit("", doc)
	return g, err
}

func isText(v any) bool { _, ok := v.(string); return ok }
func isList(v any) bool { _, ok := v.([]any); return ok }

func each(v any, fn func(key string, v any) error) error {
	switch v := v.(type) {
	case map[string]any:
		for name, m := range v {
			if err := fn("/"+escape(name), m); err != nil {
				return err
			}
		}
	case []any:
		for i, m := range v {
			if err := fn("/"+strconv.Itoa(i), m); err != nil {
				return err
			}
		}
	}
	return nil
}

func escape(s string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(s) }

var unescape = strings.NewReplacer("~1", "/", "~0", "~")

// resolve follows a reference within the document; it knows JSON pointers and no names.
func resolve(doc any, ref string) (pointer string, v any, err error) {
	fragment, ok := strings.CutPrefix(ref, "#")
	if !ok || fragment != "" && fragment[0] != '/' {
		return "", nil, errors.New("a reference that is no JSON pointer into the schema")
	}
	if fragment, err = url.PathUnescape(fragment); err != nil {
		return "", nil, err
	}
	v = doc
	for token := range strings.SplitSeq(strings.TrimPrefix(fragment, "/"), "/") {
		if fragment == "" {
			break
		}
		token = unescape.Replace(token)
		switch parent := v.(type) {
		case map[string]any:
			v, ok = parent[token]
		case []any:
			i, err := strconv.Atoi(token)
			if ok = err == nil && i >= 0 && i < len(parent); ok {
				v = parent[i]
			}
		default:
			ok = false
		}
		if !ok {
			return "", nil, errors.New("a reference to what is not there")
		}
		pointer += "/" + escape(token)
	}
	return pointer, v, nil
}

// cost returns how many schemas are looked at for one value, at the most, in arguments that are
// nested this deep.
func (g *graph) cost(depth int) float64 {
	below := make([]float64, len(g.nodes))
	for range depth + 1 {
		level := make([]float64, len(g.nodes))
		for i := range g.nodes {
			g.costOf(i, level, below)
		}
		below = level
	}
	return below[g.root]
}

func (g *graph) costOf(i int, level, below []float64) float64 {
	switch {
	case level[i] < 0: // applied to the same value again and again
		return math.Inf(1)
	case level[i] > 0:
		return level[i]
	}
	level[i] = -1
	sum, most := g.nodes[i].weight, 0.0
	for _, n := range g.nodes[i].same {
		sum += g.costOf(n, level, below)
	}
	for _, n := range g.nodes[i].all {
		sum += below[n]
	}
	for _, n := range g.nodes[i].named {
		most = max(most, below[n])
	}
	level[i] = sum + most
	return level[i]
}

// violations returns the leaves of a failed validation, without the values that failed.
func violations(e *jsonschema.ValidationError, out []fault.Violation) []fault.Violation {
	at := ""
	for _, token := range e.InstanceLocation {
		at += "/" + escape(token)
	}
	add := func(pointer, code, message string) { out = append(out, fault.Body(pointer, code, message)) }
	switch k := e.ErrorKind.(type) {
	case *kind.Required:
		for _, name := range k.Missing {
			add(at+"/"+escape(name), "required", "must be there")
		}
	case *kind.AdditionalProperties:
		for _, name := range k.Properties {
			add(at+"/"+escape(name), "unknown_field", "is not known to the tool")
		}
	case *kind.Type:
		add(at, "type", "must be of the type "+strings.Join(k.Want, " or "))
	case *kind.Enum:
		add(at, "enum", "must be one of the documented values")
	case *kind.Const:
		add(at, "const", "must be the documented value")
	case *kind.Pattern:
		add(at, "pattern", "must match the documented pattern")
	case *kind.Format:
		add(at, "format", "must be a valid "+k.Want)
	case *kind.MinLength:
		add(at, "min_length", "must have "+strconv.Itoa(k.Want)+" characters or more")
	case *kind.MaxLength:
		add(at, "max_length", "must have "+strconv.Itoa(k.Want)+" characters at most")
	case *kind.Minimum, *kind.ExclusiveMinimum:
		add(at, "minimum", "must not be less than the documented minimum")
	case *kind.Maximum, *kind.ExclusiveMaximum:
		add(at, "maximum", "must not be more than the documented maximum")
	case *kind.AnyOf, *kind.OneOf:
		add(at, "alternatives", "must be one of the documented alternatives")
	default:
		if len(e.Causes) == 0 {
			add(at, "schema", "must meet the schema of the tool")
		}
		for _, c := range e.Causes {
			out = violations(c, out)
		}
	}
	return out
}

func limited(v []fault.Violation) []fault.Violation {
	slices.SortStableFunc(v, func(a, b fault.Violation) int { return strings.Compare(a.Pointer, b.Pointer) })
	return v[:min(len(v), maxViolations)]
}

package validate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/alania-go/alania/domain/fault"
	"github.com/getkin/kin-openapi/openapi3"
)

// Operation validates the requests of one operation. It is immutable and may be used
// by any number of goroutines.
type Operation struct {
	id      string
	path    []param
	query   []param
	headers []param
	cookies []param
	body    *bodyRules
	// stream reports whether the handler reads the body, so that the validator reads none of it.
	stream bool
	keep   bool // bodies that are neither JSON nor forms are read, too
	// defaults reports whether any query parameter has one.
	defaults bool
	// free reports whether parameters of the query whose names begin with prefix are the handler's.
	free   bool
	prefix string
}

// Compile builds the request validator of every operation, by operationId. The document
// must have been loaded with its references resolved. An error names the operation and
// the pointer of every schema that uses a keyword this package does not implement: no
// assertion is ever ignored silently.
func Compile(doc *openapi3.T) (map[string]*Operation, error) {
	c := newCompiler()
	ops := map[string]*Operation{}
	if doc == nil || doc.Paths == nil {
		return ops, nil
	}
	paths := doc.Paths.Map()
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		item := paths[path]
		if item == nil {
			continue
		}
		methods := item.Operations()
		for _, method := range slices.Sorted(maps.Keys(methods)) {
			op := methods[method]
			c.operation = op.OperationID
			at := "#/paths/" + string(appendPointer(nil, path)) + "/" + strings.ToLower(method)
			if op.OperationID == "" {
				c.errorf(at, "an operation needs an operationId")
				continue
			}
			if ops[op.OperationID] != nil {
				c.errorf(at, "the operationId is used twice")
				continue
			}
			ops[op.OperationID] = c.compileOperation(item, op, at)
		}
	}
	if err := c.finish(); err != nil {
		return nil, err
	}
	return ops, nil
}

// Schema is one JSON Schema, compiled. It is immutable and may be used by any number of
// goroutines.
type Schema struct{ root *schema }

// CompileSchema compiles one schema on its own, such as that of a configuration. Its
// references must be resolved.
func CompileSchema(s *openapi3.Schema) (*Schema, error) {
	c := newCompiler()
	root := c.schema(s, "#")
	if err := c.finish(); err != nil {
		return nil, err
	}
	return &Schema{root: root}, nil
}

// Validate checks a JSON text. It returns the violations of a text that is well-formed but
// not valid, and a *fault.Error when it is not well-formed JSON.
func (s *Schema) Validate(text []byte) ([]fault.Violation, error) {
	st := getState()
	defer st.put()
	st.json.begin(context.Background())
	if err := st.json.readJSON(text); err != nil {
		return nil, err
	}
	if !st.json.tooDeep {
		st.json.run(s.root)
	}
	return st.json.violations, nil
}

type compiler struct {
	operation string
	schemas   map[*openapi3.Schema]*schema
	made      []made
	errs      []error
}

// made is a compiled schema and where the document has it.
type made struct {
	schema *schema
	at     string
}

func newCompiler() *compiler { return &compiler{schemas: map[*openapi3.Schema]*schema{}} }

// finish returns the errors of the compilation.
func (c *compiler) finish() error {
	state := map[*schema]int{} // 1: being visited, 2: done
	c.operation = ""
	var visit func(s *schema) bool
	visit = func(s *schema) bool {
		if s == nil || state[s] == 2 {
			return true
		}
		if state[s] == 1 {
			return false
		}
		state[s] = 1
		ok := true
		for _, next := range s.sameValue() {
			ok = visit(next) && ok
		}
		state[s] = 2
		return ok
	}
	for _, m := range c.made {
		if !visit(m.schema) {
			// allOf: [itself] would never end.
			c.errorf(m.at, "the schema refers to itself for the same value")
		}
	}
	if len(c.errs) > 0 {
		return errors.Join(c.errs...)
	}
	// A default is put into a body that was already checked, so it is checked here.
	for _, m := range c.made {
		if m.schema.obj == nil {
			continue
		}
		for _, p := range m.schema.obj.props {
			if p.def == nil {
				continue
			}
			vs, err := (&Schema{root: p.schema}).Validate(p.def)
			if err != nil || len(vs) > 0 {
				c.errorf(child(m.at, "properties", p.name, "default"), "the default does not meet its own schema")
			}
		}
	}
	return errors.Join(c.errs...)
}

// sameValue returns the schemas that apply to the value s applies to.
func (s *schema) sameValue() []*schema {
	next := append([]*schema{s.not, s.cond, s.then, s.otherwise}, s.allOf...)
	for _, b := range []*branches{s.oneOf, s.anyOf} {
		if b != nil {
			next = append(next, b.list...)
		}
	}
	if s.obj != nil {
		for _, d := range s.obj.dependent {
			next = append(next, d.schema)
		}
	}
	return next
}

// errorf notes a problem at a pointer of the document.
func (c *compiler) errorf(at, format string, args ...any) {
	where := at
	if c.operation != "" {
		where = "operation " + c.operation + ": " + at
	}
	c.errs = append(c.errs, fmt.Errorf("validate: %s: %s", where, fmt.Sprintf(format, args...)))
}

// appendPointer appends a whole name as an RFC 6901 token.
func appendPointer(dst []byte, name string) []byte {
	return append(dst, strings.NewReplacer("~", "~0", "/", "~1").Replace(name)...)
}

func child(at string, tokens ...string) string {
	b := []byte(at)
	for _, t := range tokens {
		b = appendPointer(append(b, '/'), t)
	}
	return string(b)
}

// ref compiles a schema wherever it stands. A schema is compiled once; one that refers
// to itself is met half-built and linked, which is all that recursion needs.
func (c *compiler) ref(r *openapi3.SchemaRef, at string) *schema {
	if r == nil || r.Value == nil {
		c.errorf(at, "the reference is not resolved")
		return &schema{}
	}
	if r.Ref != "" {
		at = r.Ref
	}
	return c.schema(r.Value, at)
}

func (c *compiler) schema(src *openapi3.Schema, at string) *schema {
	if src == nil {
		c.errorf(at, "the schema is missing")
		return &schema{}
	}
	if s := c.schemas[src]; s != nil {
		return s
	}
	s := &schema{}
	c.schemas[src] = s
	c.made = append(c.made, made{s, at})
	c.fill(s, src, at)
	return s
}

func (c *compiler) fill(s *schema, src *openapi3.Schema, at string) {
	c.unsupported(src, at)
	if src.Always != nil {
		s.never = !*src.Always
		return
	}
	s.types = c.types(src, at)
	if s.types != 0 {
		s.typeMessage = typeMessage(s.types)
	}
	if src.Const != nil {
		s.constant = c.enum([]any{src.Const}, child(at, "const"))
		if s.constant != nil {
			s.constant.message = "must be " + list([]any{src.Const})
		}
	}
	if src.Enum != nil {
		s.enum = c.enum(src.Enum, child(at, "enum"))
		if s.enum != nil {
			s.enum.message = "must be one of: " + list(src.Enum)
		}
	}
	c.fillString(s, src, at)
	c.fillNumber(s, src, at)
	c.fillArray(s, src, at)
	c.fillObject(s, src, at)
	for i, r := range src.AllOf {
		s.allOf = append(s.allOf, c.ref(r, child(at, "allOf", strconv.Itoa(i))))
	}
	s.oneOf = c.branches(src, src.OneOf, at, "oneOf")
	s.anyOf = c.branches(src, src.AnyOf, at, "anyOf")
	if src.Not != nil {
		s.not = c.ref(src.Not, child(at, "not"))
	}
	if src.If != nil {
		s.cond = c.ref(src.If, child(at, "if"))
		if src.Then != nil {
			s.then = c.ref(src.Then, child(at, "then"))
		}
		if src.Else != nil {
			s.otherwise = c.ref(src.Else, child(at, "else"))
		}
	}
}

// unsupported refuses every assertion this package does not know.
func (c *compiler) unsupported(src *openapi3.Schema, at string) {
	for _, key := range slices.Sorted(maps.Keys(src.Extensions)) {
		if !strings.HasPrefix(key, "x-") {
			c.errorf(at, "the keyword %q is not supported", key)
		}
	}
	if src.UnevaluatedItems.Has != nil && !*src.UnevaluatedItems.Has || src.UnevaluatedItems.Schema != nil {
		c.errorf(at, "the keyword %q is not supported", "unevaluatedItems")
	}
	if src.DynamicRef != "" {
		c.errorf(at, "the keyword %q is not supported", "$dynamicRef")
	}
	if src.SchemaID != "" {
		c.errorf(at, "the keyword %q is not supported", "$id")
	}
	if src.ExclusiveMin.Bool != nil || src.ExclusiveMax.Bool != nil {
		c.errorf(at, "a boolean exclusiveMinimum or exclusiveMaximum is not supported: give the bound, as OpenAPI 3.1 has it")
	}
}

var typeBits = map[string]typeSet{
	"null": typeNull, "boolean": typeBoolean, "integer": typeInteger, "number": typeNumber,
	"string": typeString, "array": typeArray, "object": typeObject,
}

func (c *compiler) types(src *openapi3.Schema, at string) typeSet {
	if src.Type == nil {
		return 0
	}
	var t typeSet
	for _, name := range *src.Type {
		bit, ok := typeBits[name]
		if !ok {
			c.errorf(child(at, "type"), "the type %q is not known", name)
		}
		t |= bit
	}
	if src.Nullable && t != 0 {
		t |= typeNull
	}
	return t
}

func typeMessage(t typeSet) string {
	var names []string
	for _, n := range []struct {
		set  typeSet
		name string
	}{
		{typeObject, "an object"}, {typeArray, "an array"}, {typeString, "a string"},
		{typeNumber, "a number"}, {typeInteger, "an integer"}, {typeBoolean, "true or false"}, {typeNull, "null"},
	} {
		if t&n.set == n.set {
			names = append(names, n.name)
			t &^= n.set
		}
	}
	if len(names) == 0 {
		return "must not be present"
	}
	return "must be " + strings.Join(names, " or ")
}

// maxListed bounds how many allowed values a message lists.
const maxListed = 50

// list words values of the document.
func list(values []any) string {
	var words []string
	for i, v := range values {
		if i == maxListed {
			words = append(words, "…")
			break
		}
		if s, ok := v.(string); ok && s != "" {
			words = append(words, s)
			continue
		}
		b, err := json.Marshal(v)
		if err != nil {
			b = []byte("?")
		}
		words = append(words, string(b))
	}
	return strings.Join(words, ", ")
}

func (c *compiler) enum(values []any, at string) *enumRule {
	e := &enumRule{few: []string{}}
	for _, v := range values {
		text, err := json.Marshal(v)
		if err != nil {
			c.errorf(at, "a value is not JSON: %v", err)
			return nil
		}
		p := &parser{}
		if !p.parse(text) {
			c.errorf(at, "a value is not JSON")
			return nil
		}
		p.unescape()
		e.values = append(e.values, literal{p: p})
		if s, ok := v.(string); ok && e.few != nil {
			e.few = append(e.few, s)
		}
	}
	// Strings compare only with strings, so the list may leave the other values out.
	if len(e.few) > 8 {
		e.strings = map[string]struct{}{}
		for _, s := range e.few {
			e.strings[s] = struct{}{}
		}
	}
	return e
}

// unescape decodes every string in place, so that a literal can be read by many
// goroutines without a scratch buffer.
func (p *parser) unescape() {
	for i := range p.tape {
		n := &p.tape[i]
		if n.kind == kindString && n.flag&flagEscaped != 0 {
			start := len(p.b)
			p.b = appendUnescaped(p.b, p.b[n.start:n.end])
			n.start, n.end, n.flag = int32(start), int32(len(p.b)), 0
		}
	}
}

// limit32 turns a count of the document into an int32; beyond that nothing is reached.
func limit32(v uint64) int32 { return int32(min(v, math.MaxInt32)) }

func limit(v *uint64) int32 {
	if v == nil {
		return -1
	}
	return limit32(*v)
}

func (c *compiler) fillString(s *schema, src *openapi3.Schema, at string) {
	r := &stringRules{minLen: limit32(src.MinLength), maxLen: limit(src.MaxLength)}
	r.minMessage = "must have at least " + amount(r.minLen, "character", "characters")
	r.maxMessage = "must have at most " + amount(r.maxLen, "character", "characters")
	if src.Pattern != "" {
		p, err := newPattern(src.Pattern)
		if err != nil {
			c.errorf(child(at, "pattern"), "the pattern is not supported: %v", err)
		}
		r.pattern, r.patternMessage = p, "must match the pattern "+src.Pattern
	}
	if f, ok := formats[src.Format]; ok {
		r.format, r.formatMessage = f.valid, f.message
	}
	if r.minLen > 0 || r.maxLen >= 0 || r.pattern != nil || r.format != nil {
		s.str = r
	}
}

func (c *compiler) fillNumber(s *schema, src *openapi3.Schema, at string) {
	r := &numberRules{}
	set := func(b *bound, v *float64, keyword string) {
		if v == nil {
			return
		}
		if math.IsInf(*v, 0) || math.IsNaN(*v) {
			c.errorf(child(at, keyword), "the number is out of range")
			return
		}
		*b = newBound(*v)
	}
	set(&r.min, src.Min, "minimum")
	set(&r.max, src.Max, "maximum")
	set(&r.exMin, src.ExclusiveMin.Value, "exclusiveMinimum")
	set(&r.exMax, src.ExclusiveMax.Value, "exclusiveMaximum")
	set(&r.multiple, src.MultipleOf, "multipleOf")
	if src.MultipleOf != nil && *src.MultipleOf <= 0 {
		c.errorf(child(at, "multipleOf"), "the number must be greater than 0")
	}
	switch src.Format {
	case "int32":
		r.bits = 32
	case "int64":
		r.bits = 64
	}
	if r.bits != 0 || r.min.set || r.max.set || r.exMin.set || r.exMax.set || r.multiple.set {
		s.num = r
	}
}

func (c *compiler) fillArray(s *schema, src *openapi3.Schema, at string) {
	r := &arrayRules{
		minItems: limit32(src.MinItems), maxItems: limit(src.MaxItems), unique: src.UniqueItems, maxContains: -1,
	}
	for i, p := range src.PrefixItems {
		r.prefix = append(r.prefix, c.ref(p, child(at, "prefixItems", strconv.Itoa(i))))
	}
	if src.Items != nil {
		r.items = c.ref(src.Items, child(at, "items"))
	}
	if src.Contains != nil {
		r.contains = c.ref(src.Contains, child(at, "contains"))
		r.minContains, r.maxContains = 1, limit(src.MaxContains)
		if src.MinContains != nil {
			r.minContains = limit32(*src.MinContains)
		}
	}
	if r.minItems > 0 || r.maxItems >= 0 || r.unique || r.prefix != nil || r.items != nil || r.contains != nil {
		s.arr = r
	}
}

func (c *compiler) fillObject(s *schema, src *openapi3.Schema, at string) {
	r := &objectRules{minProps: limit32(src.MinProps), maxProps: limit(src.MaxProps)}
	for _, name := range slices.Sorted(maps.Keys(src.Properties)) {
		sub := src.Properties[name]
		p := property{
			name: name, schema: c.ref(sub, child(at, "properties", name)),
			required: slices.Contains(src.Required, name),
		}
		if sub != nil && sub.Value != nil && sub.Value.Default != nil {
			text, err := json.Marshal(sub.Value.Default)
			if err != nil {
				c.errorf(child(at, "properties", name, "default"), "the default is not JSON: %v", err)
			}
			p.def = text
		}
		r.props = append(r.props, p)
	}
	// Those that are looked for after the members come first.
	slices.SortStableFunc(r.props, func(a, b property) int { return rank(a) - rank(b) })
	if len(r.props) > 8 {
		r.index = map[string]int32{}
		for i, p := range r.props {
			r.index[p.name] = int32(i)
		}
	}
	for _, name := range src.Required {
		if _, ok := src.Properties[name]; !ok && !slices.Contains(r.required, name) {
			r.required = append(r.required, name)
		}
	}
	for _, expr := range slices.Sorted(maps.Keys(src.PatternProperties)) {
		p, err := newPattern(expr)
		if err != nil {
			c.errorf(child(at, "patternProperties", expr), "the pattern is not supported: %v", err)
			continue
		}
		r.patterns = append(r.patterns, patternProperty{
			pattern: p, schema: c.ref(src.PatternProperties[expr], child(at, "patternProperties", expr)),
		})
	}
	if a := src.AdditionalProperties; a.Schema != nil {
		r.extra = c.ref(a.Schema, child(at, "additionalProperties"))
	} else if a.Has != nil && !*a.Has {
		r.closed = true
	}
	if src.PropertyNames != nil {
		r.names = c.ref(src.PropertyNames, child(at, "propertyNames"))
	}
	for _, name := range slices.Sorted(maps.Keys(src.DependentRequired)) {
		r.dependent = append(r.dependent, dependency{name: name, required: src.DependentRequired[name]})
	}
	for _, name := range slices.Sorted(maps.Keys(src.DependentSchemas)) {
		r.dependent = append(r.dependent, dependency{
			name: name, schema: c.ref(src.DependentSchemas[name], child(at, "dependentSchemas", name)),
		})
	}
	switch u := src.UnevaluatedProperties; {
	case u.Schema != nil:
		c.errorf(at, "unevaluatedProperties is supported as true or false only")
	case u.Has != nil && !*u.Has:
		un := &unevaluated{names: map[string]bool{}}
		if c.evaluated(src, un, child(at, "unevaluatedProperties"), map[*openapi3.Schema]bool{}) {
			r.unevaluated = un
		}
	}
	if r.minProps > 0 || r.maxProps >= 0 || r.props != nil || r.required != nil || r.patterns != nil || r.closed ||
		r.extra != nil || r.names != nil || r.dependent != nil || r.unevaluated != nil {
		s.obj = r
	}
}

func rank(p property) int {
	if p.required || p.def != nil {
		return 0
	}
	return 1
}

// evaluated collects the names that properties and allOf of a schema know. It returns
// false when some schema takes every name, so that nothing is left unevaluated.
func (c *compiler) evaluated(src *openapi3.Schema, un *unevaluated, at string, seen map[*openapi3.Schema]bool) bool {
	if seen[src] {
		return true
	}
	seen[src] = true
	if len(src.AnyOf) > 0 || len(src.OneOf) > 0 || src.If != nil || len(src.DependentSchemas) > 0 {
		c.errorf(at, "unevaluatedProperties is supported over properties and allOf only")
		return false
	}
	if a := src.AdditionalProperties; a.Schema != nil || a.Has != nil && *a.Has {
		return false
	}
	for name := range src.Properties {
		un.names[name] = true
	}
	for expr := range src.PatternProperties {
		if p, err := newPattern(expr); err == nil {
			un.patterns = append(un.patterns, p)
		}
	}
	for _, r := range src.AllOf {
		if r != nil && r.Value != nil && !c.evaluated(r.Value, un, at, seen) {
			return false
		}
	}
	return true
}

func (c *compiler) branches(src *openapi3.Schema, refs openapi3.SchemaRefs, at, keyword string) *branches {
	if len(refs) == 0 {
		return nil
	}
	b := &branches{one: keyword == "oneOf", code: "any_of", message: "must match at least one of the allowed shapes"}
	if b.one {
		b.code, b.message = "one_of", "must match exactly one of the allowed shapes"
	}
	var union typeSet
	for i, r := range refs {
		b.list = append(b.list, c.ref(r, child(at, keyword, strconv.Itoa(i))))
		t := typeAll
		if r != nil {
			t = possibleTypes(r.Value, 0)
		}
		b.types = append(b.types, t)
		union |= t
	}
	b.union = typeMessage(union)
	if d := src.Discriminator; d != nil {
		c.discriminate(b, d, refs, at)
		return b
	}
	b.byConst(refs)
	return b
}

// possibleTypes returns the types a schema can accept at most.
func possibleTypes(src *openapi3.Schema, depth int) typeSet {
	t := typeAll
	if src == nil || depth > 20 {
		return t
	}
	if src.Always != nil {
		if *src.Always {
			return t
		}
		return 0
	}
	if src.Type != nil && len(*src.Type) > 0 {
		t = 0
		for _, name := range *src.Type {
			t |= typeBits[name]
		}
		if src.Nullable {
			t |= typeNull
		}
	}
	values := src.Enum
	if src.Const != nil {
		values = []any{src.Const}
	}
	if values != nil {
		t &= valueTypes(values)
	}
	for _, r := range src.AllOf {
		if r != nil {
			t &= possibleTypes(r.Value, depth+1)
		}
	}
	for _, refs := range []openapi3.SchemaRefs{src.OneOf, src.AnyOf} {
		if len(refs) > 0 {
			var u typeSet
			for _, r := range refs {
				if r == nil {
					u = typeAll
					continue
				}
				u |= possibleTypes(r.Value, depth+1)
			}
			t &= u
		}
	}
	return t
}

func valueTypes(values []any) typeSet {
	var t typeSet
	for _, v := range values {
		switch v.(type) {
		case nil:
			t |= typeNull
		case bool:
			t |= typeBoolean
		case string:
			t |= typeString
		case []any:
			t |= typeArray
		case map[string]any:
			t |= typeObject
		default:
			t |= typeNumber
		}
	}
	return t
}

// discriminate lets the discriminator's property choose the branch.
func (c *compiler) discriminate(b *branches, d *openapi3.Discriminator, refs openapi3.SchemaRefs, at string) {
	at = child(at, "discriminator")
	if d.PropertyName == "" {
		c.errorf(at, "a discriminator needs a propertyName")
		return
	}
	b.by, b.byRequired, b.byValue = d.PropertyName, true, map[string]int{}
	for i, r := range refs {
		if r == nil || len(d.Mapping) > 0 {
			continue
		}
		if r.Ref == "" {
			// Nothing names an inline branch; only a constant can tell it.
			if v, _ := constants(r.Value, 0)[d.PropertyName]; v.values != nil {
				for _, value := range v.values {
					b.byValue[value] = i
				}
				continue
			}
			if possibleTypes(r.Value, 0)&typeObject != 0 {
				c.errorf(at, "branch %d has no name: give the discriminator a mapping", i)
			}
			continue
		}
		b.byValue[r.Ref[strings.LastIndexByte(r.Ref, '/')+1:]] = i
	}
	for value, target := range d.Mapping {
		found := slices.IndexFunc(refs, func(r *openapi3.SchemaRef) bool {
			return r != nil && r.Ref != "" && (r.Ref == target.Ref || r.Ref == "#/components/schemas/"+target.Ref)
		})
		if found < 0 {
			c.errorf(at, "the mapping of %q names no branch", value)
			continue
		}
		b.byValue[value] = found
	}
	b.byMessage = "must be one of: " + strings.Join(slices.Sorted(maps.Keys(b.byValue)), ", ")
}

// byConst finds a property whose constants tell the object branches apart. Then only
// the branch with the submitted constant can match.
func (b *branches) byConst(refs openapi3.SchemaRefs) {
	var objects []int
	for i, t := range b.types {
		if t&typeObject != 0 {
			objects = append(objects, i)
		}
	}
	if len(objects) < 2 {
		return
	}
	all := make([]map[string]constant, len(objects))
	for k, i := range objects {
		all[k] = constants(refs[i].Value, 0)
	}
names:
	for _, name := range slices.Sorted(maps.Keys(all[0])) {
		byValue, required := map[string]int{}, true
		for k, i := range objects {
			v, ok := all[k][name]
			if !ok {
				continue names
			}
			for _, value := range v.values {
				if _, taken := byValue[value]; taken {
					continue names
				}
				byValue[value] = i
			}
			required = required && v.required
		}
		b.by, b.byValue, b.byRequired = name, byValue, required
		b.byMessage = "must be one of: " + strings.Join(slices.Sorted(maps.Keys(byValue)), ", ")
		return
	}
}

// constant is what a property can be at most.
type constant struct {
	values   []string
	required bool
}

// constants returns the properties of a schema that are limited to a few strings.
func constants(src *openapi3.Schema, depth int) map[string]constant {
	found := map[string]constant{}
	if src == nil || depth > 20 {
		return found
	}
	for _, r := range src.AllOf {
		if r != nil {
			maps.Copy(found, constants(r.Value, depth+1))
		}
	}
	for name, r := range src.Properties {
		if r == nil || r.Value == nil {
			continue
		}
		values := r.Value.Enum
		if r.Value.Const != nil {
			values = []any{r.Value.Const}
		}
		var words []string
		for _, v := range values {
			s, ok := v.(string)
			if !ok {
				words = nil
				break
			}
			words = append(words, s)
		}
		if words != nil {
			found[name] = constant{values: words}
		}
	}
	var require func(src *openapi3.Schema, depth int)
	require = func(src *openapi3.Schema, depth int) {
		if src == nil || depth > 20 {
			return
		}
		for _, name := range src.Required {
			if v, ok := found[name]; ok {
				v.required = true
				found[name] = v
			}
		}
		for _, r := range src.AllOf {
			if r != nil {
				require(r.Value, depth+1)
			}
		}
	}
	require(src, 0)
	return found
}

const hexDigits = "0123456789abcdef"

// appendJSONString appends s as a JSON string.
func appendJSONString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < 0x20:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}

// Package expression compiles the expressions of aggregation: "$path", {"$add": […]}, and evaluates them on documents.
package expression

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/alania-go/alania/domain/data/documents/refuse"
	"github.com/alania-go/alania/domain/data/documents/value"
	"github.com/alania-go/alania/domain/fault"
)

// Bounds of an expression, and of what one evaluation makes.
const (
	maxDepth = 100
	maxNodes = 20000
	maxMade  = 256 << 20
)

// Expression is a compiled expression. It is safe for concurrent use; an Env is not.
type Expression struct {
	eval    func(*Env) value.Value
	literal bool
	value   value.Value
	path    []string // of "$a.b"
}

// Env is what an expression is evaluated in.
type Env struct {
	Root    value.Value // $$ROOT
	current value.Value // $$CURRENT
	vars    []value.Value
	stack   []value.Value
	now     int64
	err     error
	ctx     context.Context
	steps   int
	made    int
	memory  int
}

// NewEnv makes an Env. now is $$NOW in milliseconds since 1970.
func NewEnv(ctx context.Context, now int64) *Env { return &Env{ctx: ctx, now: now, memory: maxMade} }

// Eval evaluates the expression on a document.
func (x *Expression) Eval(e *Env, doc value.Value) (value.Value, error) {
	if x.literal {
		return x.value, nil
	}
	e.Root, e.current, e.made = doc, doc, 0
	v := x.eval(e)
	if e.err != nil {
		err := e.err
		e.err, e.stack = nil, e.stack[:0]
		return value.Value{}, err
	}
	return v, nil
}

// Context returns the context that the Env was made with.
func (e *Env) Context() context.Context { return e.ctx }

// Let sets a variable of the scope, which Eval sees.
func (e *Env) Let(slot int, v value.Value) {
	for len(e.vars) <= slot {
		e.vars = append(e.vars, value.Value{})
	}
	e.vars[slot] = v
}

// Literal returns the value of an expression that is the same for every document.
func (x *Expression) Literal() (value.Value, bool) { return x.value, x.literal }

// Path returns the members of an expression such as "$a.b"; nil of others.
func (x *Expression) Path() []string { return x.path }

// fail makes the evaluation end with a refusal.
func (e *Env) fail(message string) value.Value {
	if e.err == nil {
		e.err = refuse.NotApplicable(message)
	}
	return value.Value{}
}

// step counts work, and looks now and then whether somebody still waits for it. It reports whether to go on.
func (e *Env) step() bool {
	if e.steps++; e.steps&1023 == 0 && e.err == nil {
		if err := e.ctx.Err(); err != nil {
			e.err = fault.Wrap(err)
		}
	}
	return e.err == nil
}

// grow counts bytes that an operator makes. It reports whether to go on.
func (e *Env) grow(n int) bool {
	if e == nil { // of a literal, when it is compiled
		return true
	}
	if e.made += n; e.made > e.memory && e.err == nil {
		e.err = refuse.Memory()
	}
	return e.err == nil
}

// Scope is what names of variables stand for.
type Scope struct {
	names []string
	slots []int
	next  int
	nodes *int
}

// NewScope returns the scope of an expression with variables of the names, in the slots from 0 on.
func NewScope(names ...string) Scope {
	s := Scope{nodes: new(int)}
	for _, n := range names {
		s, _ = s.with(n)
	}
	return s
}

// with adds a variable and returns its slot.
func (s Scope) with(name string) (Scope, int) {
	slot := s.next
	s.names = append(s.names[:len(s.names):len(s.names)], name)
	s.slots = append(s.slots[:len(s.slots):len(s.slots)], slot)
	s.next++
	return s, slot
}

func (s Scope) find(name string) (int, bool) {
	for i := len(s.names) - 1; i >= 0; i-- {
		if s.names[i] == name {
			return s.slots[i], true
		}
	}
	return 0, false
}

// Names returns the variables of the scope.
func (s Scope) Names() []string { return s.names }

// Compile compiles an expression.
func Compile(v value.Value, s Scope, at refuse.Place) (*Expression, error) {
	return compile(v, s, at, 0)
}

func constant(v value.Value) *Expression {
	return &Expression{eval: func(*Env) value.Value { return v }, literal: true, value: v}
}

func compile(v value.Value, s Scope, at refuse.Place, depth int) (*Expression, error) {
	if s.nodes == nil {
		s.nodes = new(int)
	}
	if *s.nodes++; *s.nodes > maxNodes || depth > maxDepth {
		return nil, at.Invalid("max_depth", "An expression has at most 20000 parts and is at most 100 deep.")
	}
	switch v.Kind() {
	case value.String:
		if strings.HasPrefix(v.Text(), "$") {
			return reference(v.Text(), s, at)
		}
	case value.Object:
		if f, ok := operator(v); ok {
			if v.Len() > 1 {
				return nil, at.Invalid("operator", "An operator stands alone in its object.")
			}
			return compileOperator(f, s, at.Key(f.Name), depth)
		}
		return compileObject(v, s, at, depth)
	case value.Array:
		return compileArray(v, s, at, depth)
	}
	return constant(v), nil
}

// operator returns the first member of an object when it is an operator.
func operator(v value.Value) (value.Field, bool) {
	m := v.Members()
	f, ok := m.Next()
	return f, ok && strings.HasPrefix(f.Name, "$")
}

func compileObject(v value.Value, s Scope, at refuse.Place, depth int) (*Expression, error) {
	fields := v.Fields()
	parts := make([]*Expression, len(fields))
	literal := true
	for i, f := range fields {
		here := at.Key(f.Name)
		if f.Name == "" || strings.HasPrefix(f.Name, "$") || strings.Contains(f.Name, ".") {
			return nil, here.Invalid("path", "A name of an expression's object has no dot and does not begin with $.")
		}
		x, err := compile(f.Value, s, here, depth+1)
		if err != nil {
			return nil, err
		}
		parts[i] = x
		literal = literal && x.literal
	}
	eval := func(e *Env) value.Value {
		out := make([]value.Field, 0, len(parts))
		for i, x := range parts {
			if w := x.eval(e); !w.IsMissing() {
				out = append(out, value.Field{Name: fields[i].Name, Value: w})
			}
		}
		e.grow(64 * len(out))
		return value.OfObject(out...)
	}
	if literal {
		return constant(eval(nil)), nil
	}
	return &Expression{eval: eval}, nil
}

func compileArray(v value.Value, s Scope, at refuse.Place, depth int) (*Expression, error) {
	parts, literal, err := compileList(v.Slice(), s, at, depth)
	if err != nil {
		return nil, err
	}
	eval := func(e *Env) value.Value {
		out := make([]value.Value, len(parts))
		for i, x := range parts {
			if out[i] = x.eval(e); out[i].IsMissing() {
				out[i] = value.NullValue
			}
		}
		e.grow(48 * len(out))
		return value.OfArray(out...)
	}
	if literal {
		return constant(eval(nil)), nil
	}
	return &Expression{eval: eval}, nil
}

func compileList(list []value.Value, s Scope, at refuse.Place, depth int) ([]*Expression, bool, error) {
	parts := make([]*Expression, len(list))
	literal := true
	for i, v := range list {
		x, err := compile(v, s, at.Index(i), depth+1)
		if err != nil {
			return nil, false, err
		}
		parts[i] = x
		literal = literal && x.literal
	}
	return parts, literal, nil
}

// reference compiles "$a.b" and "$$name.b".
func reference(text string, s Scope, at refuse.Place) (*Expression, error) {
	wrong := at.Invalid("path", "This must be a path such as $a.b, or a variable such as $$name.")
	name, rest := "", strings.TrimPrefix(text, "$")
	if strings.HasPrefix(rest, "$") {
		name, rest, _ = strings.Cut(rest[1:], ".")
		if strings.HasSuffix(text, ".") {
			return nil, wrong
		}
	}
	var path []string
	if rest != "" || name == "" {
		path = strings.Split(rest, ".")
	}
	for _, p := range path {
		if p == "" || strings.HasPrefix(p, "$") || strings.Contains(p, "\x00") {
			return nil, wrong
		}
	}
	switch name {
	case "":
		if len(path) == 1 {
			only := path[0]
			return &Expression{eval: func(e *Env) value.Value { return e.current.Get(only) }, path: path}, nil
		}
		return &Expression{eval: func(e *Env) value.Value { return Follow(e.current, path) }, path: path}, nil
	case "ROOT":
		return &Expression{eval: func(e *Env) value.Value { return Follow(e.Root, path) }}, nil
	case "CURRENT":
		return &Expression{eval: func(e *Env) value.Value { return Follow(e.current, path) }, path: path}, nil
	case "REMOVE":
		return &Expression{eval: func(*Env) value.Value { return value.Value{} }}, nil
	case "NOW":
		return &Expression{eval: func(e *Env) value.Value { return value.OfDate(e.now) }}, nil
	case "CLUSTER_TIME":
		return &Expression{eval: func(e *Env) value.Value { return value.OfTimestamp(uint32(e.now/1000), 1) }}, nil
	}
	slot, ok := s.find(name)
	if !ok {
		return nil, at.Invalid("variable", "There is no such variable.")
	}
	return &Expression{eval: func(e *Env) value.Value {
		if slot >= len(e.vars) {
			return value.Value{}
		}
		return Follow(e.vars[slot], path)
	}}, nil
}

// Follow returns what is at a path: of an array the array of what is at the path in each of its objects.
func Follow(v value.Value, path []string) value.Value {
	for i, name := range path {
		switch v.Kind() {
		case value.Object:
			v = v.Get(name)
		case value.Array:
			var out []value.Value
			for el := v.Elements(); ; {
				elem, ok := el.Next()
				if !ok {
					return value.OfArray(out...)
				}
				if elem.Kind() != value.Object {
					continue
				}
				if w := Follow(elem, path[i:]); !w.IsMissing() {
					out = append(out, w)
				}
			}
		default:
			return value.Value{}
		}
	}
	return v
}

// function is an operator whose arguments are all evaluated before it.
type function struct {
	least, most int // how many arguments; most -1: any number
	call        func(e *Env, args []value.Value) value.Value
}

// special is an operator that compiles its argument by itself.
type special func(arg value.Value, s Scope, at refuse.Place, depth int) (*Expression, error)

var (
	functions = map[string]function{}
	specials  = map[string]special{}
)

func compileOperator(f value.Field, s Scope, at refuse.Place, depth int) (*Expression, error) {
	if sp, ok := specials[f.Name]; ok {
		return sp(f.Value, s, at, depth)
	}
	fn, ok := functions[f.Name]
	if !ok {
		return nil, at.Operator()
	}
	return call(fn, f.Value, s, at, depth)
}

func call(fn function, arg value.Value, s Scope, at refuse.Place, depth int) (*Expression, error) {
	list := []value.Value{arg}
	if arg.Kind() == value.Array {
		list = arg.Slice()
	}
	if len(list) < fn.least || fn.most >= 0 && len(list) > fn.most {
		return nil, at.Invalid("arguments", "The operator takes "+amount(fn.least, fn.most)+".")
	}
	if arg.Kind() != value.Array {
		x, err := compile(arg, s, at, depth+1)
		if err != nil {
			return nil, err
		}
		return apply(fn, []*Expression{x}), nil
	}
	parts, _, err := compileList(list, s, at, depth)
	if err != nil {
		return nil, err
	}
	return apply(fn, parts), nil
}

func amount(least, most int) string {
	switch {
	case least == most && least == 1:
		return "one argument"
	case least == most:
		return strconv.Itoa(least) + " arguments"
	case most < 0:
		return "at least " + strconv.Itoa(least) + " arguments"
	}
	return strconv.Itoa(least) + " to " + strconv.Itoa(most) + " arguments"
}

// apply evaluates the arguments on the stack of the Env, so that a call needs no memory of its own.
func apply(fn function, parts []*Expression) *Expression {
	n := len(parts)
	return &Expression{eval: func(e *Env) value.Value {
		base := len(e.stack)
		for _, x := range parts {
			v := x.eval(e)
			e.stack = append(e.stack, v)
		}
		if !e.step() {
			e.stack = e.stack[:base]
			return value.Value{}
		}
		v := fn.call(e, e.stack[base:base+n:base+n])
		e.stack = e.stack[:base]
		return v
	}}
}

// members compiles the members of an operator's object. Each of required must be there, and others only when they are
// among optional.
func members(arg value.Value, s Scope, at refuse.Place, depth int, required, optional []string) (
	map[string]*Expression, error,
) {
	if err := shape(arg, at, required, optional); err != nil {
		return nil, err
	}
	out := map[string]*Expression{}
	for _, f := range arg.Fields() {
		x, err := compile(f.Value, s, at.Key(f.Name), depth+1)
		if err != nil {
			return nil, err
		}
		out[f.Name] = x
	}
	return out, nil
}

// shape checks the names of an operator's object.
func shape(arg value.Value, at refuse.Place, required, optional []string) error {
	if arg.Kind() != value.Object {
		return at.Type("an object with " + strings.Join(required, ", "))
	}
	for _, name := range required {
		if arg.Get(name).IsMissing() {
			return at.Key(name).Invalid("required", "This member is required.")
		}
	}
	for _, f := range arg.Fields() {
		known := false
		for _, list := range [][]string{required, optional} {
			for _, name := range list {
				known = known || name == f.Name
			}
		}
		if !known {
			return at.Key(f.Name).Invalid("unknown_field", "The operator does not have this member.")
		}
	}
	return nil
}

// try evaluates an optional member.
func (x *Expression) try(e *Env) value.Value {
	if x == nil {
		return value.Value{}
	}
	return x.eval(e)
}

// Operators returns the operators of expressions.
func Operators() []string {
	out := slices.Collect(maps.Keys(functions))
	return slices.Sorted(slices.Values(slices.AppendSeq(out, maps.Keys(specials))))
}

package expression

import (
	"github.com/alania-go/alania/domain/data/documents/refuse"
	"github.com/alania-go/alania/domain/data/documents/value"
)

func comparison(f func(c int) value.Value) function {
	return function{2, 2, func(_ *Env, args []value.Value) value.Value { return f(compare(args[0], args[1])) }}
}

// compare orders values as Compare does, with what is missing before null.
func compare(a, b value.Value) int { return value.Compare(a, b) }

func truth(f func(c int) bool) function {
	return comparison(func(c int) value.Value { return value.OfBool(f(c)) })
}

// lazy compiles the arguments of an operator that does not evaluate them all.
func lazy(least int, f func(e *Env, parts []*Expression) value.Value) special {
	return func(arg value.Value, s Scope, at refuse.Place, depth int) (*Expression, error) {
		list := []value.Value{arg}
		if arg.Kind() == value.Array {
			list = arg.Slice()
		}
		if len(list) < least {
			return nil, at.Invalid("arguments", "The operator takes "+amount(least, -1)+".")
		}
		parts, _, err := compileList(list, s, at, depth)
		if err != nil {
			return nil, err
		}
		return &Expression{eval: func(e *Env) value.Value { return f(e, parts) }}, nil
	}
}

func init() {
	functions["$cmp"] = comparison(func(c int) value.Value { return value.OfInt(int64(c)) })
	functions["$eq"] = truth(func(c int) bool { return c == 0 })
	functions["$ne"] = truth(func(c int) bool { return c != 0 })
	functions["$gt"] = truth(func(c int) bool { return c > 0 })
	functions["$gte"] = truth(func(c int) bool { return c >= 0 })
	functions["$lt"] = truth(func(c int) bool { return c < 0 })
	functions["$lte"] = truth(func(c int) bool { return c <= 0 })
	functions["$not"] = function{1, 1, func(_ *Env, args []value.Value) value.Value {
		return value.OfBool(!args[0].Truth())
	}}
	specials["$and"] = lazy(0, func(e *Env, parts []*Expression) value.Value {
		for _, x := range parts {
			if !x.eval(e).Truth() {
				return value.False
			}
		}
		return value.True
	})
	specials["$or"] = lazy(0, func(e *Env, parts []*Expression) value.Value {
		for _, x := range parts {
			if x.eval(e).Truth() {
				return value.True
			}
		}
		return value.False
	})
	specials["$ifNull"] = lazy(2, func(e *Env, parts []*Expression) value.Value {
		for _, x := range parts[:len(parts)-1] {
			if v := x.eval(e); !v.IsNullish() {
				return v
			}
		}
		return parts[len(parts)-1].eval(e)
	})
	specials["$literal"] = func(arg value.Value, _ Scope, _ refuse.Place, _ int) (*Expression, error) {
		return constant(arg), nil
	}
	specials["$const"] = specials["$literal"]
	specials["$cond"] = condition
	specials["$switch"] = choice
	specials["$let"] = let
}

func condition(arg value.Value, s Scope, at refuse.Place, depth int) (*Expression, error) {
	var parts []*Expression
	var err error
	if arg.Kind() == value.Array {
		if arg.Len() != 3 {
			return nil, at.Invalid("arguments", "The operator takes 3 arguments.")
		}
		parts, _, err = compileList(arg.Slice(), s, at, depth)
	} else {
		var m map[string]*Expression
		m, err = members(arg, s, at, depth, []string{"if", "then", "else"}, nil)
		parts = []*Expression{m["if"], m["then"], m["else"]}
	}
	if err != nil {
		return nil, err
	}
	return &Expression{eval: func(e *Env) value.Value {
		if parts[0].eval(e).Truth() {
			return parts[1].eval(e)
		}
		return parts[2].eval(e)
	}}, nil
}

func choice(arg value.Value, s Scope, at refuse.Place, depth int) (*Expression, error) {
	if err := shape(arg, at, []string{"branches"}, []string{"default"}); err != nil {
		return nil, err
	}
	branches := arg.Get("branches")
	if branches.Kind() != value.Array || branches.Len() == 0 {
		return nil, at.Key("branches").Type("an array of at least one branch")
	}
	var cases, thens []*Expression
	for i, b := range branches.Slice() {
		m, err := members(b, s, at.Key("branches").Index(i), depth, []string{"case", "then"}, nil)
		if err != nil {
			return nil, err
		}
		cases, thens = append(cases, m["case"]), append(thens, m["then"])
	}
	var other *Expression
	if d := arg.Get("default"); !d.IsMissing() {
		var err error
		if other, err = compile(d, s, at.Key("default"), depth+1); err != nil {
			return nil, err
		}
	}
	return &Expression{eval: func(e *Env) value.Value {
		for i, x := range cases {
			if x.eval(e).Truth() {
				return thens[i].eval(e)
			}
		}
		if other == nil {
			return e.fail("No branch of $switch applies, and it has no default.")
		}
		return other.eval(e)
	}}, nil
}

// variableName reports whether a name may be that of a variable.
func variableName(name string) bool {
	if name == "" || (name[0] < 'a' || name[0] > 'z') && name[0] < 0x80 && name != "CURRENT" {
		return false
	}
	for i := range len(name) {
		c := name[i]
		if c < 0x80 && c != '_' && (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// Variables compiles the variables of a let: their names and what they are.
func Variables(vars value.Value, s Scope, at refuse.Place) ([]string, []*Expression, error) {
	if vars.Kind() != value.Object {
		return nil, nil, at.Type("an object of variables")
	}
	var names []string
	var parts []*Expression
	for _, f := range vars.Fields() {
		if !variableName(f.Name) {
			return nil, nil, at.Key(f.Name).Invalid("pattern",
				"A variable begins with a small letter and has letters, digits and _.")
		}
		x, err := compile(f.Value, s, at.Key(f.Name), 1)
		if err != nil {
			return nil, nil, err
		}
		names, parts = append(names, f.Name), append(parts, x)
	}
	return names, parts, nil
}

func let(arg value.Value, s Scope, at refuse.Place, depth int) (*Expression, error) {
	if err := shape(arg, at, []string{"vars", "in"}, nil); err != nil {
		return nil, err
	}
	names, parts, err := Variables(arg.Get("vars"), s, at.Key("vars"))
	if err != nil {
		return nil, err
	}
	inner := s
	slots := make([]int, len(names))
	for i, n := range names {
		inner, slots[i] = inner.with(n)
	}
	in, err := compile(arg.Get("in"), inner, at.Key("in"), depth+1)
	if err != nil {
		return nil, err
	}
	return &Expression{eval: func(e *Env) value.Value {
		// All are evaluated before the first is set: what is nested in them may use the same slots.
		base := len(e.stack)
		for _, x := range parts {
			v := x.eval(e)
			e.stack = append(e.stack, v)
		}
		for i, slot := range slots {
			e.Let(slot, e.stack[base+i])
		}
		e.stack = e.stack[:base]
		return in.eval(e)
	}}, nil
}

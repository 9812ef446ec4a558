package value

import "strings"

// Set returns an object with a member set: in its place when it is there, at the end otherwise. A missing value removes
// the member.
func Set(o Value, name string, v Value) Value {
	fields := o.Fields()
	out := make([]Field, 0, len(fields)+1)
	done := false
	for _, f := range fields {
		if f.Name == name {
			done = true
			if v.IsMissing() {
				continue
			}
			f.Value = v
		}
		out = append(out, f)
	}
	if !done && !v.IsMissing() {
		out = append(out, Field{name, v})
	}
	return OfObject(out...)
}

// Detach returns the value without the text of the document that it was read from, which it would keep in memory.
func (v Value) Detach() Value {
	switch v.kind {
	case String, Decimal, Regex, Symbol, Binary, ObjectID:
		v.text = strings.Clone(v.text)
	case Object, Array:
		if v.node == nil {
			v.text = strings.Clone(v.text)
			return v
		}
		if v.node != emptyNode {
			return Read(string(v.Append(nil)))
		}
	}
	return v
}

// SetPath is Set for a path: objects are made where there are none.
func SetPath(o Value, path []string, v Value) Value {
	if len(path) > 1 {
		inner := o.Get(path[0])
		if inner.kind != Object {
			if v.IsMissing() {
				return o
			}
			inner = EmptyObject
		}
		v = SetPath(inner, path[1:], v)
	}
	return Set(o, path[0], v)
}

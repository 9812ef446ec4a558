// Package convert has what the conversions of several contracts between the domain's types
// and the generated ones need.
package convert

import "github.com/oapi-codegen/nullable"

// Each converts every item.
func Each[F, T any](items []F, to func(F) T) []T {
	out := make([]T, len(items))
	for i, v := range items {
		out[i] = to(v)
	}
	return out
}

// Value returns what a member holds; the zero value when it is absent.
func Value[T any](v *T) T {
	if v == nil {
		var zero T
		return zero
	}
	return *v
}

// Nullable shows a value that there may be none of.
func Nullable[T any](v *T) nullable.Nullable[T] {
	if v == nil {
		return nullable.NewNullNullable[T]()
	}
	return nullable.NewNullableWithValue(*v)
}

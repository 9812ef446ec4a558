package filter

import (
	"github.com/alania-go/alania/domain/data/documents/expression"
	"github.com/alania-go/alania/domain/data/documents/refuse"
	"github.com/alania-go/alania/domain/data/documents/value"
)

// Elements compiles the argument of $elemMatch: the test of one element.
func Elements(v value.Value, at refuse.Place) (func(elem value.Value) bool, error) {
	c := compiler{scope: expression.NewScope()}
	t, _, err := c.elements(nil, v, at, 0)
	if err != nil {
		return nil, err
	}
	return func(elem value.Value) bool { return t(value.OfArray(elem), nil) }, nil
}

// Pulled compiles what $pull takes from an array: operators for each element, a filter of elements that are objects, a
// regular expression, or a value.
func Pulled(v value.Value, at refuse.Place) (func(elem value.Value) bool, error) {
	c := compiler{scope: expression.NewScope()}
	if v.Kind() == value.Object && !operators(v) {
		n, _, err := c.document(v, at, 0)
		if err != nil {
			return nil, err
		}
		return func(elem value.Value) bool { return elem.Kind() == value.Object && n.match(elem, nil) }, nil
	}
	n, _, err := c.member(nil, v, at, 0)
	if err != nil {
		return nil, err
	}
	each(n, func(f *field) { f.flat = true })
	return func(elem value.Value) bool { return n.match(elem, nil) }, nil
}

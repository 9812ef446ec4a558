// Package refuse words what is wrong with a filter, an update or a pipeline. Nothing of it has a submitted value:
// pointers have names of members and positions.
package refuse

import (
	"errors"
	"strconv"

	"github.com/alania-go/alania/domain/data/documents/value"
	"github.com/alania-go/alania/domain/fault"
)

// Place is a place in a request: where the JSON came in, and a pointer into it.
type Place struct {
	In      string // fault.InBody or fault.InQuery
	Pointer string // RFC 6901; of a query, "/" and the parameter's name come first
	fixed   bool
}

// Body is a place in the body.
func Body(pointer string) Place { return Place{In: fault.InBody, Pointer: pointer} }

// Query is a parameter. Violations in what it holds all point at the parameter.
func Query(name string) Place {
	return Place{In: fault.InQuery, Pointer: "/" + value.Escape(name), fixed: true}
}

// Key is the place of a member.
func (p Place) Key(name string) Place {
	if !p.fixed {
		p.Pointer += "/" + value.Escape(name)
	}
	return p
}

// Index is the place of an element.
func (p Place) Index(i int) Place { return p.Key(strconv.Itoa(i)) }

// Invalid is a violation at the place. code is a rule such as type or enum; message says what would be accepted.
func (p Place) Invalid(code, message string) *fault.Error {
	return fault.Invalid(fault.Violation{In: p.In, Pointer: p.Pointer, Code: code, Message: message})
}

// Type is a violation: the value has the wrong type. wanted is what it must be, such as "an array".
func (p Place) Type(wanted string) *fault.Error { return p.Invalid("type", "This must be "+wanted+".") }

// Operator is a violation: nobody knows the operator, or it is not served.
func (p Place) Operator() *fault.Error {
	return p.Invalid("operator", "There is no such operator here, or it is not served.")
}

// Parse reads JSON that came in at the place.
func (p Place) Parse(text string) (value.Value, error) {
	v, err := value.Parse(text)
	if err == nil {
		return v, nil
	}
	var s *value.Syntax
	if !errors.As(err, &s) {
		return v, err
	}
	if s.Broken {
		e := fault.New(fault.Malformed, "The JSON cannot be read. "+s.Message)
		return v, e
	}
	if !p.fixed {
		p.Pointer += s.Pointer
	}
	return v, p.Invalid("extended_json", s.Message)
}

// Reasons of what is well-formed and cannot be done with the documents as they are.
const (
	notApplicable = "document_not_applicable"
	tooMuchMemory = "document_memory_exceeded"
)

// NotApplicable is a refusal that depends on what a document holds, such as $inc of a text.
func NotApplicable(message string) *fault.Error {
	return &fault.Error{Code: fault.RuleBroken, Reason: notApplicable, Message: message}
}

// Memory is a refusal of a group or a sort that would keep more than it may.
func Memory() *fault.Error {
	return &fault.Error{Code: fault.RuleBroken, Reason: tooMuchMemory,
		Message: "The operation would keep more in memory than it may. Filter before it, keep fewer or smaller " +
			"fields, or add a limit after the sort."}
}

// Package validate checks requests against an OpenAPI 3.1 document.
//
// Compile turns every operation of the document into a validator once, at start.
// A request is then checked without reflection, without looking anything up in the
// document and, when it is valid, with next to no allocation: the body is parsed in
// one strict pass into a flat, pooled list of nodes (parse.go), and the compiled
// schemas walk that list (check.go). Parameters are turned into the same nodes
// (params.go), so one walker serves both.
//
// A refusal names every violation of the request, parameters and body together,
// with an RFC 6901 pointer. Neither a pointer's message nor an error's message ever
// carries a submitted value: a request may hold secrets, and errors are logged.
//
// # Stricter than JSON Schema
//
// Duplicate member names, lone surrogates, trailing data and nesting deeper than
// 100 levels are refused. A date-time must be one that Go's time.Time can hold: upper
// case T and Z, no leap second. An integer in a parameter or form must be written
// without fraction and exponent; in a JSON body 1.0 is an integer, and is handed on
// as 1 so that the binder can decode it.
package validate

// Package scope decides what a grant allows. A scope is resource:action; a grant may
// also be resource:*, *:action or *. The HTTP method plays no part in it.
//
// The contracts name some things differently, and some part writing into creating and
// updating. It is one model: keys, api-keys and apikeys are the same resource, and write
// is create and update together.
package scope

import (
	"slices"
	"strings"
)

// Set is a grant, ready to be asked. The zero Set allows nothing.
type Set struct {
	granted []string
	all     bool
	exact   map[string]struct{}
}

// Parse makes a Set of scopes and wildcards; what is no valid scope is left out.
func Parse(scopes []string) Set {
	s := Set{exact: make(map[string]struct{}, len(scopes))}
	for _, g := range scopes {
		if !Valid(g) {
			continue
		}
		if slices.Contains(s.granted, g) {
			continue
		}
		s.granted = append(s.granted, g)
		if g == "*" {
			s.all = true
		}
		s.add(g)
	}
	return s
}

// synonyms are the names that resources have in different contracts.
var synonyms = [][]string{{"keys", "api-keys", "apikeys"}}

func names(resource string) []string {
	for _, group := range synonyms {
		if slices.Contains(group, resource) {
			return group
		}
	}
	return []string{resource}
}

const write, create, update = "write", "create", "update"

// add keeps a scope in all its wordings, so that a question is one look.
func (s *Set) add(g string) {
	resource, action, ok := strings.Cut(g, ":")
	if !ok {
		s.exact[g] = struct{}{}
		return
	}
	for _, name := range names(resource) {
		s.exact[name+":"+action] = struct{}{}
		if action == write {
			s.exact[name+":"+create], s.exact[name+":"+update] = struct{}{}, struct{}{}
		}
	}
}

// Fields makes a Set of a space-separated list (RFC 6749 section 3.3).
func Fields(list string) Set { return Parse(strings.Fields(list)) }

// List returns the granted scopes in the order they were given.
func (s Set) List() []string { return slices.Clone(s.granted) }

// String returns the space-separated form.
func (s Set) String() string { return strings.Join(s.granted, " ") }

// Allows reports whether the grant covers the scope. Asked with a wildcard it answers
// whether the grant covers everything the wildcard does, so a grant can be compared
// with the one it is derived from.
func (s Set) Allows(want string) bool {
	if s.all {
		return true
	}
	if _, ok := s.exact[want]; ok {
		return true
	}
	resource, action, ok := strings.Cut(want, ":")
	if !ok {
		return false
	}
	if _, ok := s.exact[resource+":*"]; ok && resource != "*" {
		return true
	}
	if _, ok = s.exact["*:"+action]; ok && action != "*" {
		return true
	}
	return action == write && s.Allows(resource+":"+create) && s.Allows(resource+":"+update)
}

// AllowsAll reports whether every scope is covered.
func (s Set) AllowsAll(want []string) bool {
	for _, w := range want {
		if !s.Allows(w) {
			return false
		}
	}
	return true
}

// Excess lists what is asked for beyond the grant.
func (s Set) Excess(want []string) []string {
	var out []string
	for _, w := range want {
		if !s.Allows(w) {
			out = append(out, w)
		}
	}
	return out
}

// Valid reports whether the text is a scope or one of the wildcard forms.
func Valid(s string) bool {
	if s == "*" {
		return true
	}
	resource, action, ok := strings.Cut(s, ":")
	if !ok || len(s) > 100 || resource == "*" && action == "*" {
		return false
	}
	return (resource == "*" || word(resource)) && (action == "*" || word(action))
}

func word(s string) bool {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

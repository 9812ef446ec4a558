package contract

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/alania-go/alania/domain/identity"
)

// readAccess reads who may call an operation: its security, or that of the document.
func (op *Operation) readAccess(security openapi3.SecurityRequirements) error {
	for _, requirement := range security {
		if len(requirement) == 0 {
			op.Anonymous = true
			continue
		}
		a, err := op.alternative(requirement)
		if err != nil {
			return err
		}
		op.Access = append(op.Access, a)
	}
	for _, a := range op.Access {
		if a.Carries() != nil && len(op.Access) > 1 {
			return errors.New("credentials that the operation proves itself are not supported next to others")
		}
	}
	if len(op.Access) > maxAlternatives {
		return fmt.Errorf("%d security alternatives are not supported", len(op.Access))
	}
	inherit(op.Access)
	return nil
}

func (op *Operation) alternative(requirement openapi3.SecurityRequirement) (Alternative, error) {
	var a Alternative
	callers := 0
	for _, name := range slices.Sorted(maps.Keys(requirement)) {
		proof, known := op.Contract.Schemes[name]
		if !known {
			return nil, fmt.Errorf("the security scheme %s is not supported", name)
		}
		switch {
		case proof.Carry != nil && len(requirement) > 1:
			return nil, fmt.Errorf("the security scheme %s together with others is not supported", name)
		case proof.Source != "":
			callers++
		case len(requirement[name]) > 0:
			return nil, fmt.Errorf("the security scheme %s has no caller whose scopes could be looked at", name)
		}
		a = append(a, Need{Scheme: name, Scopes: requirement[name], Proof: proof})
	}
	if callers == 0 && a[0].Proof.Carry == nil {
		return nil, errors.New("a security alternative that says nobody who calls is not supported")
	}
	return a, nil
}

// inherit sets the scopes of an operation for the alternatives without any. They stand with one
// scheme: only there do linters and generators know them.
func inherit(access []Alternative) {
	scopes := scopesOf(access)
	if len(scopes) == 0 {
		return
	}
	for _, a := range access {
		if len(scopesOf([]Alternative{a})) > 0 {
			continue
		}
		for i := range a {
			if a[i].Proof.Source != "" {
				a[i].Scopes = scopes
				break
			}
		}
	}
}

// scopesOf returns the first scopes that stand with a scheme.
func scopesOf(access []Alternative) []string {
	for _, a := range access {
		for _, n := range a {
			if len(n.Scopes) > 0 {
				return n.Scopes
			}
		}
	}
	return nil
}

// Public reports whether the operation never knows who calls.
func (op *Operation) Public() bool {
	return !slices.ContainsFunc(op.Access, func(a Alternative) bool {
		return slices.ContainsFunc(a, func(n Need) bool { return n.Proof.Source != "" })
	})
}

// Takes reports whether the operation takes a caller from the source, maybe with more besides.
func (op *Operation) Takes(source identity.Source) bool {
	for _, a := range op.Access {
		if _, ok := a.From(source); ok {
			return true
		}
	}
	return false
}

// Covers reports whether the caller's credentials, by themselves, have all that the operation
// needs.
func (op *Operation) Covers(p *identity.Principal) bool {
	if op.Public() {
		return true
	}
	return p != nil && slices.ContainsFunc(op.Access, func(a Alternative) bool {
		scopes, ok := a.From(p.Source)
		return ok && len(a) == 1 && p.Scopes.AllowsAll(scopes)
	})
}

// Callers returns an alternative for callers from each of the sources, with the same scopes. It is
// for operations that no bundle describes.
func Callers(scopes []string, sources ...identity.Source) []Alternative {
	out := make([]Alternative, len(sources))
	for i, s := range sources {
		out[i] = Alternative{{Scheme: string(s), Scopes: scopes, Proof: Scheme{Source: s}}}
	}
	return out
}

// chain returns the resolvers in the order in which they are asked: those of the contract, then
// the others, and what browsers send by themselves last.
func chain(own, others []Resolver) []Resolver {
	var explicit, ambient []Resolver
	for _, r := range slices.Concat(own, others) {
		if r.Ambient {
			ambient = append(ambient, r)
		} else {
			explicit = append(explicit, r)
		}
	}
	return append(explicit, ambient...)
}

// Connect sets the resolvers of the server. It fails when an operation takes
// callers from a source that has none.
func (c *Contract) Connect(resolvers []Resolver) error {
	c.Chain = chain(c.Resolvers, resolvers)
	var errs []error
	for _, op := range c.Operations {
		for _, a := range op.Access {
			for _, n := range a {
				has := func(r Resolver) bool { return r.Source == n.Proof.Source }
				if n.Proof.Source != "" && !slices.ContainsFunc(c.Chain, has) {
					const format = "contract %s, operation %s: no resolver for the scheme %s"
					errs = append(errs, fmt.Errorf(format, c.Name, op.ID, n.Scheme))
				}
			}
		}
	}
	return errors.Join(errs...)
}

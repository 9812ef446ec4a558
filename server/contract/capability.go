package contract

import (
	"errors"
	"fmt"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/alania-go/alania/domain/entitlement"
)

// readCapability reads x-capability: the feature that the caller's plan must include. Who calls without
// credentials has no plan.
func readCapability(spec *openapi3.Operation, anonymous bool) (entitlement.Feature, error) {
	said, there := spec.Extensions["x-capability"]
	if !there {
		return "", nil
	}
	name, _ := said.(string)
	switch f := entitlement.Feature(name); {
	case !entitlement.IsCapability(f):
		return "", fmt.Errorf("x-capability: %v is no capability of the plans", said)
	case anonymous:
		return "", errors.New("x-capability is not supported for an operation that takes calls without credentials")
	default:
		return f, nil
	}
}

// Capabilities returns the features that operations of the contracts need, each once.
func Capabilities(contracts ...*Contract) []entitlement.Feature {
	var out []entitlement.Feature
	for _, c := range contracts {
		for _, op := range c.Operations {
			if op.Capability != "" {
				out = append(out, op.Capability)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

package contract

import (
	"errors"
	"fmt"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/alania-go/alania/domain/entitlement"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/workspace"
)

// WorkspaceParameter is the parameter of paths that names a workspace.
type WorkspaceParameter struct {
	Name  string
	Parse func(string) (id.ID, error)
}

// readCapability reads x-capability: a feature that the caller's plan must include, or a capability that the workspace
// must have which the path names. Who calls without credentials has neither.
func (op *Operation) readCapability(spec *openapi3.Operation, lists ...openapi3.Parameters) error {
	said, there := spec.Extensions["x-capability"]
	if !there {
		return nil
	}
	name, _ := said.(string)
	switch {
	case entitlement.IsCapability(entitlement.Feature(name)):
		op.Capability = entitlement.Feature(name)
	case slices.Contains(workspace.DefaultCapabilities(plan.Enterprise), workspace.Capability(name)):
		op.Needs = workspace.Capability(name)
	default:
		return fmt.Errorf("x-capability: %v is no capability of the plans or of workspaces", said)
	}
	if op.Public() || op.Anonymous {
		return errors.New("x-capability is not supported for an operation that takes calls without credentials")
	}
	if w := op.Contract.Workspace; op.Needs != "" && w != nil {
		op.InWorkspace = slices.ContainsFunc(slices.Concat(lists...), func(p *openapi3.ParameterRef) bool {
			return p.Value.In == openapi3.ParameterInPath && p.Value.Name == w.Name
		})
	}
	return nil
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

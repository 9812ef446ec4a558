package contract

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/alania-go/alania/domain/fault"
)

// readVersion reads since which version of the API the operation is there: x-since. Until the other operations are
// read, x-before is a name alone.
func (op *Operation) readVersion(spec *openapi3.Operation) {
	op.Since, op.before = extension[string](spec, "x-since"), extension[string](spec, "x-before")
}

// connectVersions finds the operations that older versions of the API have in place of others.
func (c *Contract) connectVersions() error {
	var errs []error
	for _, op := range c.Operations {
		if err := op.connectVersion(); err != nil {
			errs = append(errs, fmt.Errorf("contract %s, operation %s: %w", c.Name, op.ID, err))
		}
	}
	return errors.Join(errs...)
}

func (op *Operation) connectVersion() error {
	switch {
	case op.Since == "" && op.before == "":
		return nil
	case !slices.Contains(op.Contract.Versions, op.Since):
		return fmt.Errorf("x-since: %q is none of the versions %v", op.Since, op.Contract.Versions)
	case op.before == "":
		return nil
	}
	op.Before = op.Contract.Operations[op.before]
	switch b := op.Before; {
	case b == nil:
		return fmt.Errorf("x-before: there is no operation %s", op.before)
	case b == op || b.Method != op.Method || !slices.Equal(placeholders(b.Path), placeholders(op.Path)):
		return fmt.Errorf("x-before: %s must be another operation, with the same method and parameters in its path", b.ID)
	case b.Since >= op.Since:
		return fmt.Errorf("x-before: %s must be there in a version before %s", b.ID, op.Since)
	}
	return nil
}

// placeholders are the parameters of a path, in order.
func placeholders(path string) []string {
	var out []string
	for part := range strings.SplitSeq(path, "/") {
		if strings.HasPrefix(part, "{") {
			out = append(out, part)
		}
	}
	return out
}

// In returns the operation that a request for a version of the API means; nil: the version has none. A version that
// is not supported is for the check of the header to refuse, and none at all means the newest.
func (op *Operation) In(of http.Header) *Operation {
	for op != nil && op.Since != "" {
		asked := of[op.Contract.VersionHeader]
		if len(asked) != 1 || asked[0] >= op.Since || !slices.Contains(op.Contract.Versions, asked[0]) {
			return op
		}
		op = op.Before
	}
	return op
}

// supported returns the versions that the schema of the version header lists.
func supported(p *openapi3.Parameter) ([]string, error) {
	var versions []string
	for _, v := range p.Schema.Value.Enum {
		version, ok := v.(string)
		if !ok {
			return nil, fmt.Errorf("the versions of %s must be text", p.Name)
		}
		versions = append(versions, version)
	}
	if len(versions) == 0 {
		return nil, fmt.Errorf("the schema of %s must list the versions that are supported", p.Name)
	}
	slices.Sort(versions)
	return versions, nil
}

// versionCheck refuses a request that names no version of the API, or none that is supported.
func versionCheck(name string, versions []string) HeaderCheck {
	list := strings.Join(versions, ", ")
	details := map[string]any{"supported": versions}
	return HeaderCheck{name, func(values []string) error {
		switch {
		case len(values) == 1 && slices.Contains(versions, values[0]):
			return nil
		case len(values) == 0:
			return &fault.Error{
				Code: fault.Malformed, Reason: "api_version_required", Details: details,
				Message: "Send " + name + ", the version of the API. Supported: " + list + ".",
			}
		case len(values) > 1:
			return &fault.Error{
				Code: fault.Malformed, Reason: "api_version_unsupported", Details: details,
				Message: name + " must be sent once. Supported: " + list + ".",
			}
		}
		return &fault.Error{
			Code: fault.Malformed, Reason: "api_version_unsupported", Details: details,
			Message: "The version in " + name + " is not supported. Supported: " + list + ".",
		}
	}}
}

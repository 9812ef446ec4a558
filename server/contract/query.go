package contract

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// AnyQuery is the x-query of an operation whose parameters may have any names.
const AnyQuery = "any"

// queryPrefix is the form of an x-query that is not AnyQuery.
var queryPrefix = regexp.MustCompile(`^[a-z]+[.]$`)

// readQuery reads x-query: which parameters of the query the handler reads by itself.
func readQuery(spec *openapi3.Operation) (string, error) {
	said, there := spec.Extensions["x-query"]
	if !there {
		return "", nil
	}
	name, _ := said.(string)
	if name != AnyQuery && !queryPrefix.MatchString(name) {
		return "", fmt.Errorf("x-query: %v is neither %s nor a word and a dot", said, AnyQuery)
	}
	return name, nil
}

// Parameter is one of the query, decoded.
type Parameter struct{ Name, Value string }

// FreeQuery returns the parameters of the request's query that the bundle does not document, in their order. The
// validator has checked that they are well-formed, and that the operation takes such names.
func FreeQuery(ctx context.Context) []Parameter {
	x := From(ctx)
	if x == nil || x.URL == nil || x.Operation == nil {
		return nil
	}
	documented := x.Operation.documented
	var out []Parameter
	for piece := range strings.SplitSeq(x.URL.RawQuery, "&") {
		name, value, _ := strings.Cut(piece, "=")
		name, err := url.QueryUnescape(name)
		if err != nil || piece == "" || documented[name] {
			continue
		}
		if value, err = url.QueryUnescape(value); err == nil {
			out = append(out, Parameter{name, value})
		}
	}
	return out
}

// queryNames are the names of the parameters of the query that are documented.
func queryNames(lists ...openapi3.Parameters) map[string]bool {
	names := map[string]bool{}
	for _, list := range lists {
		for _, p := range list {
			if p.Value.In == openapi3.ParameterInQuery {
				names[p.Value.Name] = true
			}
		}
	}
	return names
}

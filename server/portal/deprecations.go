package portal

import (
	"net/url"
	"slices"
	"strings"

	"github.com/alania-go/alania/server/contract"
)

// deprecation is an operation that goes.
type deprecation struct {
	Contract, Name, Method, Path, Summary string
	Since, Sunset                         string // dates; Since may be empty
	Successor                             string
	Reference                             string // where the API reference has it
}

func deprecationsOf(contracts []*contract.Contract) []deprecation {
	var out []deprecation
	for _, c := range contracts {
		for path, item := range c.Document().Paths.Map() {
			for method, spec := range item.Operations() {
				if !spec.Deprecated {
					continue
				}
				d := deprecation{Contract: title(c), Name: c.Name, Method: method, Path: path, Summary: spec.Summary}
				d.Since, _ = spec.Extensions["x-deprecated"].(string)
				d.Sunset, _ = spec.Extensions["x-sunset"].(string)
				d.Successor, _ = spec.Extensions["x-successor"].(string)
				tag := "default"
				if len(spec.Tags) > 0 {
					tag = spec.Tags[0]
				}
				d.Reference = "/docs?urls.primaryName=" + url.QueryEscape(c.Name) + "#/" + url.PathEscape(tag) + "/" +
					url.PathEscape(spec.OperationID)
				out = append(out, d)
			}
		}
	}
	slices.SortFunc(out, func(a, b deprecation) int { // what goes first, first
		return strings.Compare(a.Sunset+a.Path+a.Method, b.Sunset+b.Path+b.Method)
	})
	return out
}

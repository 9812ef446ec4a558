package store

import (
	"maps"
	"slices"

	"github.com/alania-go/alania/domain/page"
)

// Lists are the lists of the store by name, with what each can be sorted and filtered by.
// The server compares them with what the contracts say when it starts.
func Lists() map[string]page.Keys {
	return map[string]page.Keys{
		"audit entries": entries.keys(), "bindings": bindings.keys(), "keys": keys.keys(), "members": members.keys(),
		"mcp calls": mcpCalls.keys(), "orgs": orgs.keys(), "pixel domains": pixelDomains.keys(), "pixel events": pixelEvents.keys(),
		"records": records.keys(), "seo issues": issues.keys(), "sync runs": runs.keys(), "webhook deliveries": deliveries.keys(),
		"webhook endpoints": endpoints.keys(), "workspaces": workspaces.keys(),
	}
}

func (l list[R, T]) keys() page.Keys {
	return page.Keys{Sort: slices.Sorted(maps.Keys(l.sorts)), Filter: slices.Sorted(maps.Keys(l.filters))}
}

package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/page"
)

// lists are all lists, by name.
var lists = map[string]interface {
	keys() page.Keys
	statement(now time.Time, q page.Query, scope any) (string, []any, error)
}{
	"audit entries": entries, "bindings": bindings, "keys": keys, "members": members, "mcp calls": mcpCalls, "orgs": orgs,
	"pixel domains": pixelDomains, "pixel events": pixelEvents, "records": records, "seo issues": issues, "sync runs": runs,
	"webhook deliveries": deliveries, "webhook endpoints": endpoints, "workspaces": workspaces,
}

// Lists are the lists of the store by name, with what each can be sorted and filtered by.
// The server compares them with what the contracts say when it starts.
func Lists() map[string]page.Keys {
	out := make(map[string]page.Keys, len(lists))
	for name, l := range lists {
		out[name] = l.keys()
	}
	return out
}

func (l list[R, T]) keys() page.Keys {
	filters := slices.AppendSeq(slices.Collect(maps.Keys(l.filters)), maps.Keys(l.cases))
	return page.Keys{Sort: slices.Sorted(maps.Keys(l.sorts)), Filter: slices.Sorted(slices.Values(filters))}
}

func (l list[R, T]) statement(now time.Time, q page.Query, scope any) (string, []any, error) {
	query, args, err := l.filtered(now, q, l.scope, []any{scope})
	if err != nil {
		return "", nil, err
	}
	return l.ordered(q, query, args)
}

// ListPlan tells how SQLite would read a list, for the test that holds every documented key
// to an index.
func (s *Store) ListPlan(ctx context.Context, name string, q page.Query) (string, error) {
	l, ok := lists[name]
	if !ok {
		return "", fmt.Errorf("store: no list %q", name)
	}
	query, args, err := l.statement(s.now(), q, id.New())
	if err != nil {
		return "", err
	}
	steps := []struct {
		ID, Parent, NotUsed int
		Detail              string
	}{}
	err = s.read.SelectContext(ctx, &steps, "EXPLAIN QUERY PLAN "+query, args...)
	details := make([]string, len(steps))
	for i, step := range steps {
		details[i] = step.Detail
	}
	return strings.Join(details, "; "), wrap(err)
}

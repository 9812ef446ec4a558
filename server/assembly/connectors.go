package assembly

import (
	"encoding/json"
	"fmt"

	"github.com/getkin/kin-openapi/openapi3"

	domain "github.com/alania-go/alania/domain/connector"
	"github.com/alania-go/alania/domain/entitlement"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/integration"
	connectors "github.com/alania-go/alania/engine/connector"
	"github.com/alania-go/alania/engine/guard"
	"github.com/alania-go/alania/server/validate"
)

// integrations makes the bindings of connectors, and their sync runs.
func (p parts) integrations(s *Services) (*integration.Service, error) {
	outside := guard.New(p.cfg.ConnectorAllowNets)
	compiled, err := plugins(connectors.All(outside, p.cfg.ConnectorAllowHTTP, p.options.Files))
	if err != nil {
		return nil, err
	}
	limits := integration.Limits{
		Bindings: s.Entitlements.Quota(entitlement.Bindings),
		Records:  s.Entitlements.Stock(entitlement.Records, entitlement.RecordBytes),
	}
	return integration.NewService(p.store, p.store.Integrations, s.Workspaces, s.Audit, s.Webhooks, s.Queue, p.box, p.now,
		p.cfg.SyncBounds, limits, compiled), nil
}

// plugins compiles the configuration schema of each connector.
func plugins(connectors []domain.Connector) ([]integration.Plugin, error) {
	out := make([]integration.Plugin, len(connectors))
	for i, c := range connectors {
		d := c.Definition()
		s, err := compile(d.ConfigSchema)
		if err != nil {
			return nil, fmt.Errorf("the schema of the connector %s: %w", d.ID, err)
		}
		out[i] = integration.Plugin{Connector: c, Schema: s}
	}
	return out, nil
}

// configSchema implements integration.Schema on the validator that also checks requests.
type configSchema struct {
	validator *validate.Schema
	root      map[string]any
}

func compile(text json.RawMessage) (*configSchema, error) {
	var doc openapi3.Schema
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	v, err := validate.CompileSchema(&doc)
	if err != nil {
		return nil, err
	}
	s := &configSchema{validator: v}
	return s, json.Unmarshal(text, &s.root)
}

// Check implements integration.Schema.
func (s *configSchema) Check(config json.RawMessage) ([]fault.Violation, error) {
	return s.validator.Validate(config)
}

// Public implements integration.Schema: it leaves out what the schema calls writeOnly.
func (s *configSchema) Public(config json.RawMessage) (json.RawMessage, error) {
	v, err := members(config)
	if err != nil {
		return nil, err
	}
	return json.Marshal(withoutSecrets(s.root, v))
}

// branches returns the schemas that may describe a value: the schema and its alternatives.
func branches(schema map[string]any) []map[string]any {
	out := []map[string]any{schema}
	for _, word := range []string{"allOf", "anyOf", "oneOf"} {
		list, _ := schema[word].([]any)
		for _, b := range list {
			if m, ok := b.(map[string]any); ok {
				out = append(out, branches(m)...)
			}
		}
	}
	return out
}

// member returns the schemas of a member of an object.
func member(schema map[string]any, name string) []map[string]any {
	var out []map[string]any
	for _, b := range branches(schema) {
		properties, _ := b["properties"].(map[string]any)
		if p, ok := properties[name].(map[string]any); ok {
			out = append(out, p)
		} else if p, ok := b["additionalProperties"].(map[string]any); ok {
			out = append(out, p)
		}
	}
	return out
}

// secretIn reports whether any of the schemas calls the value writeOnly. With alternatives it is
// enough that one does: what is a secret in one form is not shown in another.
func secretIn(schemas []map[string]any) bool {
	for _, s := range schemas {
		for _, b := range branches(s) {
			if b["writeOnly"] == true {
				return true
			}
		}
	}
	return false
}

func withoutSecrets(schema map[string]any, v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, m := range v {
			of := member(schema, name)
			if secretIn(of) {
				continue
			}
			out[name] = withoutSecrets(merged(of), m)
		}
		return out
	case []any:
		var of []map[string]any
		for _, b := range branches(schema) {
			if items, ok := b["items"].(map[string]any); ok {
				of = append(of, items)
			}
		}
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = withoutSecrets(merged(of), item)
		}
		return out
	}
	return v
}

// merged makes one schema of several that describe the same value.
func merged(schemas []map[string]any) map[string]any {
	if len(schemas) == 1 {
		return schemas[0]
	}
	list := make([]any, len(schemas))
	for i, s := range schemas {
		list[i] = s
	}
	return map[string]any{"anyOf": list}
}

// targets are the members that say where a connector sends its secrets.
var targets = []string{"url", "host", "port", "endpoint", "bucket", "region", "database", "source", "sslmode"}

// Keep implements integration.Schema. Secrets are kept only while what says where they are
// sent stays the same: otherwise who may change a binding, and does not know its secrets,
// could have them sent to a host of their own.
func (s *configSchema) Keep(next, former json.RawMessage) (json.RawMessage, error) {
	n, err := members(next)
	if err != nil {
		return next, nil //nolint:nilerr // Check says what is wrong with it
	}
	f, err := members(former)
	if err != nil {
		return nil, err
	}
	for _, name := range targets {
		a, _ := json.Marshal(n[name])
		b, _ := json.Marshal(f[name])
		if string(a) != string(b) {
			return next, nil
		}
	}
	keep(s.root, n, f)
	return json.Marshal(n)
}

func keep(schema map[string]any, next, former map[string]any) {
	for name, was := range former {
		of := member(schema, name)
		is, there := next[name]
		if secretIn(of) {
			if !there {
				next[name] = was
			}
			continue
		}
		a, ok1 := is.(map[string]any)
		b, ok2 := was.(map[string]any)
		if ok1 && ok2 {
			keep(merged(of), a, b)
		}
	}
}

func members(text json.RawMessage) (map[string]any, error) {
	var v map[string]any
	err := json.Unmarshal(text, &v)
	return v, err
}

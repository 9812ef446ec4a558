package portal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/alania-go/alania/domain/webhook"
	"github.com/alania-go/alania/server/contract"
)

// events is the page of the webhooks.
type events struct {
	Contracts []eventsOf
	Waits     []string // before each attempt
	Timeout   string
	Disable   string
	Grace     string
	Keep      string

	Shell, Go, TypeScript string // how to verify
}

// eventsOf are those of one contract.
type eventsOf struct {
	Name, Title string
	Events      []event
}

type event struct {
	Type, Summary, Text string
	Fields              []field
	Example             string
}

// field is a member of a payload.
type field struct {
	Name, Type, Text string
	Required         bool
}

func newEvents(contracts []*contract.Contract, base string) events {
	out := events{
		Timeout: duration(webhook.AttemptTimeout), Disable: duration(webhook.DisableAfter),
		Grace: duration(webhook.RotationGrace), Keep: duration(webhook.Retention),
		Shell: program("verify.sh.txt", base), Go: program("webhook.go.txt", base),
		TypeScript: program("webhook.ts.txt", base),
	}
	for i, wait := range webhook.Schedule {
		text := duration(wait)
		if i == 0 && wait == 0 {
			text = "at once"
		}
		out.Waits = append(out.Waits, text)
	}
	for _, c := range contracts {
		of := eventsOf{Name: c.Name, Title: title(c)}
		for name, item := range c.Document().Webhooks {
			if item.Post == nil {
				continue
			}
			of.Events = append(of.Events, eventOf(name, item.Post))
		}
		slices.SortFunc(of.Events, func(a, b event) int { return strings.Compare(a.Type, b.Type) })
		if len(of.Events) > 0 {
			out.Contracts = append(out.Contracts, of)
		}
	}
	return out
}

func eventOf(name string, spec *openapi3.Operation) event {
	e := event{Type: name, Summary: spec.Summary, Text: spec.Description}
	if spec.RequestBody == nil {
		return e
	}
	media := spec.RequestBody.Value.Content.Get("application/json")
	if media == nil {
		return e
	}
	e.Fields = fieldsOf(media.Schema, "", nil)
	e.Example = pretty(media.Example)
	return e
}

func pretty(v any) string {
	if v == nil {
		return ""
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(v); err != nil {
		panic(err) // it came from JSON
	}
	return strings.TrimSpace(b.String())
}

// fieldsOf lists the members of an object and of those in it: data.id. What contains
// itself is listed once.
func fieldsOf(ref *openapi3.SchemaRef, prefix string, above []*openapi3.Schema) []field {
	if ref == nil || ref.Value == nil || slices.Contains(above, ref.Value) {
		return nil
	}
	s := ref.Value
	above = append(slices.Clone(above), s)
	var out []field
	for _, part := range slices.Concat(s.AllOf, s.OneOf, s.AnyOf) {
		out = append(out, fieldsOf(part, prefix, above)...)
	}
	if s.Items != nil {
		out = append(out, fieldsOf(s.Items, strings.TrimSuffix(prefix, ".")+"[].", above)...)
	}
	names := make([]string, 0, len(s.Properties))
	for name := range s.Properties {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { // what is always there first, the data last
		if x, y := rank(s, a), rank(s, b); x != y {
			return x - y
		}
		return strings.Compare(a, b)
	})
	for _, name := range names {
		property := s.Properties[name]
		if property.Value == nil {
			continue
		}
		out = append(out,
			field{prefix + name, typeOf(property), property.Value.Description, slices.Contains(s.Required, name)})
		out = append(out, fieldsOf(property, prefix+name+".", above)...)
	}
	return out
}

func rank(s *openapi3.Schema, name string) int {
	switch {
	case name == "id":
		return 0
	case name == "data":
		return 3
	case slices.Contains(s.Required, name):
		return 1
	}
	return 2
}

func typeOf(ref *openapi3.SchemaRef) string {
	if ref == nil || ref.Value == nil {
		return ""
	}
	s := ref.Value
	var names []string
	if s.Type != nil {
		names = s.Type.Slice()
	}
	for _, part := range slices.Concat(s.AllOf, s.OneOf, s.AnyOf) {
		names = append(names, typeOf(part))
	}
	names = slices.DeleteFunc(names, func(n string) bool { return n == "" })
	slices.SortStableFunc(names, func(a, b string) int {
		switch { // null is said last
		case a == "null" && b != "null":
			return 1
		case b == "null" && a != "null":
			return -1
		}
		return 0
	})
	text := strings.Join(slices.Compact(names), " or ")
	switch {
	case s.Const != nil:
		text += fmt.Sprintf(": %v", s.Const)
	case len(s.Enum) > 0:
		var values []string
		for _, v := range s.Enum {
			values = append(values, fmt.Sprint(v))
		}
		text += ": " + strings.Join(values, ", ")
	case s.Format != "":
		text += ", " + s.Format
	}
	return text
}

// duration words a whole number of days, hours, minutes or seconds.
func duration(d time.Duration) string {
	for _, unit := range []struct {
		size time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}, {time.Second, "second"}} {
		if n := d / unit.size; n > 0 && d%unit.size == 0 && !(unit.name == "day" && n == 1) {
			if n == 1 {
				return "1 " + unit.name
			}
			return fmt.Sprintf("%d %ss", n, unit.name)
		}
	}
	return d.String()
}

package breaking

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Level says what a change means to clients of the former bundle.
type Level int

// The levels.
const (
	Compatible Level = iota // they go on as they are
	Warning                 // those that take more for granted than they should may stumble
	Breaking                // some of them fail
)

// Kind is the heading of the changelog under which a change belongs.
type Kind int

// The kinds, in the order of the changelog.
const (
	Added Kind = iota
	Deprecated
	Changed
	Removed
)

// Change is one difference.
type Change struct {
	Kind  Kind
	Level Level
	ID    string // of the check that found it
	Where string // method and path, or the event
	Tag   string // of the operation
	What  string // what differs; empty when it is the operation or event as a whole
	Why   string // why it breaks clients; empty when it does not
	Event bool   // Where is an event
}

// Notice is how long something is deprecated before it is removed, at least.
const Notice = 90 * 24 * time.Hour

// Dates are what the rules of removal need to know.
type Dates struct {
	Published time.Time // when the former bundle was published
	Now       time.Time
}

// Compare lists the differences of two bundles, by place.
func Compare(was, is *Document, dates Dates) []Change {
	c := comparison{dates: dates}
	for key, a := range was.operations {
		c.where, c.tag, c.event = a.name, a.tag, false
		if b, there := is.operations[key]; there {
			c.operation(a, b)
		} else {
			c.removed("operation-removed", "", "clients that call it get 404", a.notice)
		}
	}
	for key, b := range is.operations {
		if _, there := was.operations[key]; !there {
			c.where, c.tag, c.event = b.name, b.tag, false
			c.add(Added, Compatible, "operation-added", "", "")
		}
	}
	for key, a := range was.events {
		c.where, c.tag, c.event = a.name, a.tag, true
		if b, there := is.events[key]; there {
			c.deprecation(a.notice, b.notice, "")
			c.payload(a, b)
		} else {
			c.removed("event-removed", "", "receivers wait for it in vain", a.notice)
		}
	}
	for key, b := range is.events {
		if _, there := was.events[key]; !there {
			c.where, c.tag, c.event = b.name, b.tag, true
			c.add(Added, Compatible, "event-added", "", "")
		}
	}
	c.where, c.tag, c.event = "components", "", false
	for name, a := range was.schemes {
		// One that is gone breaks the operations that took it, and they say so.
		if b, there := is.schemes[name]; there && a != b {
			c.add(Changed, Breaking, "security-scheme-changed", fmt.Sprintf("the security scheme %s is %s instead of %s", name,
				b, a),
				"credentials that are sent as before are refused")
		}
	}
	for name := range was.schemas {
		if !is.schemas[name] { // it may have gone with what used it
			c.add(Removed, Warning, "schema-removed", "the schema "+name+" is gone",
				"programs that name its type in an SDK do not compile")
		}
	}
	slices.SortFunc(c.found, func(a, b Change) int {
		for _, n := range []int{
			strings.Compare(path(a.Where), path(b.Where)), strings.Compare(a.Where, b.Where), strings.Compare(a.ID, b.ID),
			strings.Compare(a.What, b.What),
		} {
			if n != 0 {
				return n
			}
		}
		return 0
	})
	return c.found
}

// path is the part of "GET /v2/orgs" that operations are sorted by.
func path(where string) string {
	_, p, _ := strings.Cut(where, " ")
	return p
}

type comparison struct {
	dates      Dates
	found      []Change
	where, tag string
	event      bool
}

func (c *comparison) add(kind Kind, level Level, id, what, why string) {
	c.found = append(c.found, Change{kind, level, id, c.where, c.tag, what, why, c.event})
}

// removed lets go what was announced for long enough.
func (c *comparison) removed(id, what, why string, n notice) {
	if refusal := n.refusal(c.dates); refusal != "" {
		c.add(Removed, Breaking, id, what, why+"; "+refusal)
		return
	}
	c.add(Removed, Compatible, id, what, "")
}

// refusal says why something may not be removed yet; nothing when it may.
func (n notice) refusal(d Dates) string {
	since := n.since
	if since.IsZero() {
		since = d.Published
	}
	switch {
	case !n.deprecated:
		return "it was published without deprecated: true"
	case n.sunset.IsZero():
		return "it was deprecated without x-sunset"
	case n.sunset.Sub(since) < Notice:
		return fmt.Sprintf("it was announced on %s to go on %s, which is less than 90 days", day(since), day(n.sunset))
	case d.Now.Before(n.sunset):
		return "it goes on " + day(n.sunset) + ", which has not come"
	}
	return ""
}

func day(t time.Time) string { return t.Format(time.DateOnly) }

// deprecation compares announcements. What was announced is kept, and what is announced
// now begins now: a date before the last publication would take time from clients.
func (c *comparison) deprecation(was, is notice, what string) {
	subject := func(text string) string {
		if what == "" {
			return text
		}
		return what + ": " + text
	}
	switch {
	case !is.deprecated:
		return
	case is.sunset.IsZero():
		if !was.deprecated || !was.sunset.IsZero() {
			c.add(Deprecated, Breaking, "deprecated-without-sunset", subject("deprecated without x-sunset"),
				"nobody can tell how long it is served")
		}
		return
	case was.deprecated && !was.sunset.IsZero():
		if is.sunset.Before(was.sunset) {
			c.add(Changed, Breaking, "sunset-earlier", subject("goes on "+day(is.sunset)+" instead of "+day(was.sunset)),
				"clients planned with the date that was announced")
		}
		if !was.since.IsZero() && is.since.Before(was.since) {
			c.add(Changed, Breaking, "deprecation-backdated", subject("x-deprecated is now before "+day(was.since)),
				"the announcement was made when it was made")
		}
		return
	}
	since := is.since
	if since.Before(c.dates.Published) {
		since = c.dates.Published
	}
	if is.sunset.Sub(since) < Notice {
		c.add(Deprecated, Breaking, "sunset-too-soon", subject("goes on "+day(is.sunset)),
			"that is less than 90 days after "+day(since))
		return
	}
	c.add(Deprecated, Compatible, "deprecated", subject("goes on "+day(is.sunset)), "")
}

func (c *comparison) operation(a, b operation) {
	if a.id != b.id {
		c.add(Changed, Breaking, "operation-id-renamed", fmt.Sprintf("operationId %s is now %s", a.id, b.id),
			"the methods of the SDKs have that name")
	}
	if a.sdk != "" && a.sdk != b.sdk {
		now := b.sdk
		if now == "" {
			now = "without a name"
		}
		c.add(Changed, Breaking, "sdk-name-changed", fmt.Sprintf("x-sdk %s is now %s", a.sdk, now),
			"programs that call the method of the Go or the TypeScript SDK do not compile")
	}
	c.deprecation(a.notice, b.notice, "")
	c.access(a.access, b.access)
	if a.maxBody != b.maxBody && b.maxBody > 0 && (a.maxBody == 0 || b.maxBody < a.maxBody) {
		c.add(Changed, Breaking, "max-body-smaller", fmt.Sprintf("a body may have %.0f bytes", b.maxBody),
			"larger requests that were taken get 413")
	}
	for key, p := range a.parameters {
		what := key + " parameter"
		q, there := b.parameters[key]
		if !there {
			c.removed("parameter-removed", what, "parameters that are not documented are refused", p.notice)
			continue
		}
		c.deprecation(p.notice, q.notice, what)
		c.request(what, p.members, q.members)
	}
	for key, q := range b.parameters {
		if _, there := a.parameters[key]; !there {
			c.addedInput("parameter-added", key+" parameter", q.members[""] != nil && q.members[""].required)
		}
	}
	for media, m := range a.body {
		n, there := b.body[media]
		if !there {
			c.add(Removed, Breaking, "request-media-type-removed", "request body "+media, "requests with it get 415")
			continue
		}
		c.request("request body", m, n)
	}
	for media := range b.body {
		if _, there := a.body[media]; !there {
			c.add(Added, Compatible, "request-media-type-added", "request body "+media, "")
		}
	}
	for status, r := range a.responses {
		s, there := b.responses[status]
		if !there {
			c.add(Removed, Breaking, "response-status-removed", "response "+status, "clients that expect it never see it")
			continue
		}
		c.response("response "+status, r, s)
	}
	for status := range b.responses {
		if _, there := a.responses[status]; !there {
			c.add(Added, Compatible, "response-status-added", "response "+status, "")
		}
	}
}

// access wants that whoever could call still can: for each alternative of before there is
// one that asks for no more.
func (c *comparison) access(was, is []map[string][]string) {
	enough := func(has, needs map[string][]string) bool {
		for scheme, scopes := range needs {
			held, there := has[scheme]
			if !there {
				return false
			}
			for _, s := range scopes {
				if !slices.Contains(held, s) {
					return false
				}
			}
		}
		return true
	}
	if len(is) == 0 { // public
		return
	}
	if len(was) == 0 {
		was = []map[string][]string{{}}
	}
	for _, a := range was {
		if slices.ContainsFunc(is, func(b map[string][]string) bool { return enough(a, b) }) {
			continue
		}
		c.add(Changed, Breaking, "access-narrowed",
			"needs "+alternatives(is)+" instead of "+alternatives([]map[string][]string{a}),
			"credentials that were enough are refused")
	}
	for _, b := range is {
		if !slices.ContainsFunc(was, func(a map[string][]string) bool { return enough(a, b) || enough(b, a) }) {
			c.add(Added, Compatible, "access-added", "takes "+alternatives([]map[string][]string{b}), "")
		}
	}
}

func alternatives(list []map[string][]string) string {
	var out []string
	for _, requirement := range list {
		var parts []string
		for _, scheme := range slices.Sorted(maps.Keys(requirement)) {
			parts = append(parts, strings.TrimSpace(scheme+" "+strings.Join(requirement[scheme], " ")))
		}
		if len(parts) == 0 {
			parts = []string{"no credentials"}
		}
		out = append(out, strings.Join(parts, " and "))
	}
	return strings.Join(out, ", or ")
}

func (c *comparison) addedInput(id, what string, required bool) {
	if required {
		c.add(Added, Breaking, id, what+", required", "requests without it are refused")
	} else {
		c.add(Added, Compatible, id, what, "")
	}
}

// at names a member of something.
func at(what, place string) string {
	if place == "" {
		return what
	}
	return what + " " + place
}

// both calls gone, added and same for the members of two schemas. What is below something
// that is gone or new goes without saying.
func both(was, is members, gone, added func(string, *member), same func(string, *member, *member)) {
	below := func(in members, place string) bool {
		for i := strings.LastIndexByte(place, '/'); i >= 0; i = strings.LastIndexByte(place[:i], '/') {
			if _, there := in[place[:i]]; !there {
				return true
			}
		}
		return false
	}
	for place, a := range was {
		if b, there := is[place]; there {
			same(place, a, b)
		} else if !below(is, place) {
			gone(place, a)
		}
	}
	for place, b := range is {
		if _, there := was[place]; !there && !below(was, place) {
			added(place, b)
		}
	}
}

// named reports whether the place is a member with a name, not every item of a list.
func named(place string) bool {
	return !strings.HasSuffix(place, "/[]") && !strings.HasSuffix(place, "/{}")
}

func (c *comparison) request(what string, was, is members) {
	both(was, is, func(place string, a *member) {
		if named(place) {
			c.removed("request-member-removed", at(what, place), "members that are not documented are refused", a.notice)
		}
	}, func(place string, b *member) {
		if named(place) {
			c.addedInput("request-member-added", at(what, place), b.required)
		}
	}, func(place string, a, b *member) {
		place = at(what, place)
		c.deprecation(a.notice, b.notice, place)
		if b.closed && !a.closed {
			c.add(Changed, Breaking, "request-closed", place+" takes no further members",
				"requests with others were taken and are refused")
		}
		if b.required && !a.required {
			c.add(Changed, Breaking, "request-member-required", place+" is required", "requests without it are refused")
		}
		switch {
		case a.standard == b.standard:
		case a.standard == "":
			c.add(Changed, Warning, "default-added", place+" is "+b.standard+" when it is left out",
				"it had no documented default")
		default:
			now := b.standard
			if now == "" {
				now = "nothing"
			}
			c.add(Changed, Breaking, "default-changed", place+" is "+now+" instead of "+a.standard+" when it is left out",
				"who leaves it out relies on the default")
		}
		c.types(place, a, b, "request-type-changed", "values that were taken are refused", func(was, is []string) bool {
			return subset(was, is)
		})
		switch {
		case len(b.enum) == 0:
		case len(a.enum) == 0:
			c.add(Changed, Breaking, "request-enum-set", place+" must be one of "+strings.Join(b.enum, ", "),
				"other values were taken and are refused")
		default:
			if gone := without(a.enum, b.enum); len(gone) > 0 {
				c.add(Removed, Breaking, "request-enum-removed", place+" may not be "+strings.Join(gone, ", "),
					"requests with the value are refused")
			}
			if more := without(b.enum, a.enum); len(more) > 0 {
				c.add(Added, Compatible, "request-enum-added", place+" may be "+strings.Join(more, ", "), "")
			}
		}
	})
}

func (c *comparison) response(what string, a, b response) {
	for header, m := range a.headers {
		n, there := b.headers[header]
		if !there {
			c.add(Removed, Breaking, "response-header-removed", what+" header "+header, "clients read it")
			continue
		}
		c.output(what+" header "+header, m, n)
	}
	for header := range b.headers {
		if _, there := a.headers[header]; !there {
			c.add(Added, Compatible, "response-header-added", what+" header "+header, "")
		}
	}
	for media, m := range a.content {
		n, there := b.content[media]
		if !there {
			c.add(Removed, Breaking, "response-media-type-removed", what+" "+media, "clients that ask for it cannot have it")
			continue
		}
		c.output(what, m, n)
	}
	for media := range b.content {
		if _, there := a.content[media]; !there {
			c.add(Added, Compatible, "response-media-type-added", what+" "+media, "")
		}
	}
}

func (c *comparison) payload(a, b operation) {
	for media, m := range a.body {
		n, there := b.body[media]
		if !there {
			c.add(Removed, Breaking, "event-media-type-removed", "payload "+media, "receivers cannot read another")
			continue
		}
		c.output("payload", m, n)
	}
	for key, p := range a.parameters {
		q, there := b.parameters[key]
		if !there {
			c.add(Removed, Breaking, "event-header-removed", key, "receivers verify with it")
			continue
		}
		c.output(key, p.members, q.members)
	}
}

// output compares what clients receive.
func (c *comparison) output(what string, was, is members) {
	both(was, is, func(place string, a *member) {
		if named(place) {
			c.removed("output-member-removed", at(what, place), "clients read it", a.notice)
		}
	}, func(place string, _ *member) {
		if named(place) {
			c.add(Added, Compatible, "output-member-added", at(what, place), "")
		}
	}, func(place string, a, b *member) {
		place = at(what, place)
		c.deprecation(a.notice, b.notice, place)
		if a.required && !b.required {
			c.add(Changed, Breaking, "output-member-optional", place+" may be absent", "clients take it for granted")
		}
		c.types(place, a, b, "output-type-changed", "clients cannot read the new values", func(was, is []string) bool {
			return subset(is, was)
		})
		switch {
		case len(a.enum) == 0:
		case len(b.enum) == 0:
			c.add(Changed, Warning, "output-enum-unset", place+" may have any value",
				"strict clients refuse values that they do not know")
		default:
			gone, more := without(a.enum, b.enum), without(b.enum, a.enum)
			switch {
			case len(gone) == len(a.enum): // such as the type of an event
				c.add(Changed, Breaking, "output-enum-replaced",
					place+" is "+strings.Join(b.enum, ", ")+" instead of "+strings.Join(a.enum, ", "),
					"clients that look for the values never see them")
				more = nil
			case len(gone) > 0:
				c.add(Removed, Compatible, "output-enum-removed", place+" may not be "+strings.Join(gone, ", "), "")
			}
			if len(more) > 0 {
				c.add(Added, Warning, "output-enum-added", place+" may be "+strings.Join(more, ", "),
					"strict clients refuse values that they do not know")
			}
		}
	})
}

func (c *comparison) types(place string, a, b *member, id, why string, compatible func(was, is []string) bool) {
	if slices.Equal(a.types, b.types) {
		return
	}
	name := func(types []string) string {
		if len(types) == 0 {
			return "anything"
		}
		return strings.Join(types, " or ")
	}
	what := fmt.Sprintf("%s is %s instead of %s", place, name(b.types), name(a.types))
	if compatible(a.types, b.types) {
		c.add(Changed, Compatible, id, what, "")
	} else {
		c.add(Changed, Breaking, id, what, why)
	}
}

// subset reports whether every value of the types some is one of the types of; no types are
// all of them.
func subset(some, of []string) bool {
	if len(of) == 0 {
		return true
	}
	if len(some) == 0 {
		return false
	}
	for _, s := range some {
		if !slices.Contains(of, s) && !(s == "integer" && slices.Contains(of, "number")) {
			return false
		}
	}
	return true
}

func without(all, some []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return slices.Contains(some, s) })
}

package breaking

import (
	"fmt"
	"slices"
	"strings"
)

// Draft words the differences as an entry of openapi/CHANGELOG.md, for a person to edit:
// new operations by their tag, then members and parameters by the operations they are of.
// It is empty when there are none.
func Draft(is *Document, changes []Change) string {
	if len(changes) == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "## %s %s – unreleased\n", is.Title, is.Version)
	for kind, heading := range []string{Added: "Added", Deprecated: "Deprecated", Changed: "Changed", Removed: "Removed"} {
		lines := draftOf(slices.DeleteFunc(slices.Clone(changes), func(c Change) bool { return c.Kind != Kind(kind) }))
		if len(lines) > 0 {
			fmt.Fprintf(&b, "\n%s:\n\n%s\n", heading, strings.Join(lines, "\n"))
		}
	}
	return b.String()
}

// list keeps names under headings in the order in which they came.
type list struct {
	order []string
	names map[string][]string
}

func (l *list) add(heading, name string) {
	if l.names == nil {
		l.names = map[string][]string{}
	}
	if _, there := l.names[heading]; !there {
		l.order = append(l.order, heading)
	}
	if !slices.Contains(l.names[heading], name) {
		l.names[heading] = append(l.names[heading], name)
	}
}

func draftOf(changes []Change) []string {
	var whole, events, by, parts list
	for _, c := range changes {
		name := "`" + c.Where + "`"
		switch {
		case c.What == "" && c.Event:
			events.add("Events", name)
		case c.What == "":
			whole.add(c.Tag, name)
		default:
			what := c.What
			if c.Level == Breaking {
				what += " (breaks clients)"
			}
			by.add(what, name)
		}
	}
	for _, what := range by.order { // what the same operations have in common is one line
		parts.add(strings.Join(by.names[what], ", "), what)
	}
	var lines []string
	for _, l := range []list{whole, events} {
		for _, heading := range l.order {
			lines = append(lines, "- **"+heading+"**: "+strings.Join(l.names[heading], ", ")+".")
		}
	}
	for _, operations := range parts.order {
		lines = append(lines, "- "+operations+": "+strings.Join(parts.names[operations], "; ")+".")
	}
	return lines
}

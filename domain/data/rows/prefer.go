package rows

import (
	"strconv"
	"strings"

	"github.com/alania-go/alania/domain/fault"
)

// Prefer is what a caller asks for in Prefer headers. An empty member was not asked for.
type Prefer struct {
	Return      string // minimal, headers-only, representation
	Count       string // exact, planned, estimated
	Resolution  string // merge-duplicates, ignore-duplicates
	Missing     string // default, null
	Handling    string // strict, lenient
	Tx          string // commit, rollback
	MaxAffected *int64
}

var preferences = map[string][]string{
	"return": {"minimal", "headers-only", "representation"}, "count": {"exact", "planned", "estimated"},
	"resolution": {"merge-duplicates", "ignore-duplicates"}, "missing": {"default", "null"},
	"handling": {"strict", "lenient"}, "tx": {"commit", "rollback"},
}

// ParsePrefer reads the values of Prefer headers. The first of two that contradict each other counts. A preference
// that is unknown is left alone, and refused with handling=strict.
func ParsePrefer(headers []string) (Prefer, error) {
	var p Prefer
	var unknown []string
	into := map[string]*string{
		"return": &p.Return, "count": &p.Count, "resolution": &p.Resolution, "missing": &p.Missing,
		"handling": &p.Handling, "tx": &p.Tx,
	}
	for _, h := range headers {
		for item := range strings.SplitSeq(h, ",") {
			item = strings.TrimSpace(item)
			name, value, _ := strings.Cut(item, "=")
			name, value = strings.TrimSpace(name), strings.Trim(strings.TrimSpace(value), `"`)
			switch at, known := into[name]; {
			case item == "" || item == "count=none":
			case name == "max-affected":
				n, err := strconv.ParseInt(value, 10, 64)
				if err != nil || n < 0 {
					unknown = append(unknown, name)
				} else if p.MaxAffected == nil {
					p.MaxAffected = &n
				}
			case !known || !contains(preferences[name], value):
				unknown = append(unknown, item)
			case *at == "":
				*at = value
			}
		}
	}
	if p.Handling == "strict" && len(unknown) > 0 {
		return Prefer{}, refuse(CodePreference, fault.Error{Reason: "preference_unknown"},
			"Invalid preferences given with handling=strict")
	}
	return p, nil
}

func contains(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}

// Applied names the preferences that counted for an action, for Preference-Applied.
func (p Prefer) Applied(a Action, keyed bool) string {
	var out []string
	add := func(name, value string, when bool) {
		if value != "" && when {
			out = append(out, name+"="+value)
		}
	}
	add("resolution", p.Resolution, a == Insert && keyed)
	add("missing", p.Missing, a == Insert || a == Update)
	add("return", p.Return, a != Read)
	add("count", p.Count, true)
	add("tx", p.Tx, true)
	add("handling", p.Handling, true)
	if p.MaxAffected != nil && (a == Update || a == Delete) {
		add("max-affected", strconv.FormatInt(*p.MaxAffected, 10), true)
	}
	return strings.Join(out, ", ")
}

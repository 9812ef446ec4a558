// Package pattern compiles the regular expressions of requests within bounds.
package pattern

import (
	"regexp"
	"strings"

	"github.com/alania-go/alania/domain/data/documents/refuse"
)

// maxPattern is how long a regular expression may be. RE2 takes time in proportion to it and to the text.
const maxPattern = 1000

// Compile compiles a regular expression with the options i, m, s, u and x.
func Compile(pattern, options string, at refuse.Place) (*regexp.Regexp, error) {
	if len(pattern) > maxPattern {
		return nil, at.Invalid("max_length", "A regular expression has at most 1000 bytes.")
	}
	prefix := ""
	for _, o := range options {
		switch o {
		case 'i', 's', 'm':
			prefix += string(o)
		case 'x':
			pattern = extended(pattern)
		case 'u':
		default:
			return nil, at.Invalid("enum", "The options of a regular expression are i, m, s, u and x.")
		}
	}
	if prefix != "" {
		pattern = "(?" + prefix + ")" + pattern
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, at.Invalid("pattern", "This must be a regular expression of RE2: no look-around, no back references.")
	}
	return re, nil
}

// extended drops white space and comments of a pattern with the option x.
func extended(pattern string) string {
	var b strings.Builder
	class := false
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '\\' && i+1 < len(pattern):
			b.WriteString(pattern[i : i+2])
			i++
		case class:
			class = c != ']'
			b.WriteByte(c)
		case c == '[':
			class = true
			b.WriteByte(c)
		case c == '#':
			for i < len(pattern) && pattern[i] != '\n' {
				i++
			}
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

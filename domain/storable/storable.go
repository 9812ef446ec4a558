// Package storable says which values both databases keep. What only one of them keeps is
// refused before it gets there, so that the choice of a database is no part of the contract,
// and a value that one refuses takes nothing with it that is written with it.
package storable

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Text reports whether a string can be kept: PostgreSQL's text is UTF-8 without U+0000.
func Text(s string) bool { return strings.IndexByte(s, 0) < 0 && utf8.ValidString(s) }

// Time reports whether a time can be kept and shown: RFC 3339 has the years up to 9999, and
// PostgreSQL no year 0.
func Time(t time.Time) bool {
	y := t.UTC().Year()
	return y >= 1 && y <= 9999
}

// Clamp returns the time in UTC, or the nearest one that can be kept and shown.
func Clamp(t time.Time) time.Time {
	t = t.UTC()
	switch y := t.Year(); {
	case y < 1:
		return time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	case y > 9999:
		return time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC)
	}
	return t
}

// Digits that a number of PostgreSQL's jsonb has at most, before and after the decimal point.
const (
	MaxWhole    = 131072
	MaxFraction = 16383
)

// Number reports whether a literal of JSON can be kept. Nothing is computed with it: an exponent
// of many digits costs no more than one of few.
func Number(literal string) bool {
	literal = strings.TrimPrefix(literal, "-")
	mantissa, exponent := literal, 0
	if e := strings.IndexAny(literal, "eE"); e >= 0 {
		n, err := strconv.Atoi(literal[e+1:])
		if err != nil || n > 1<<30 || n < -1<<30 {
			return false
		}
		mantissa, exponent = literal[:e], n
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	return len(whole)+exponent <= MaxWhole && len(fraction)-exponent <= MaxFraction
}

// MaxExpanded is how many digits the numbers of one value may get in all, beyond those that are
// written, when exponents are written out, as PostgreSQL's jsonb does: of 1e1000 it keeps
// and returns 1001 digits.
const MaxExpanded = 1 << 20

// Expanded returns how many digits a literal that Number takes gets when its exponent is written out.
func Expanded(literal string) int {
	e := strings.IndexAny(literal, "eE")
	if e < 0 {
		return 0
	}
	exponent, _ := strconv.Atoi(literal[e+1:])
	return max(exponent, -exponent)
}

// JSON reports whether a text is JSON that can be kept.
func JSON(text []byte) bool {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	return utf8.Valid(text) && d.Decode(&v) == nil && Value(v)
}

// Value reports whether a decoded value of JSON can be kept, with all that is in it. Numbers are
// looked at when they are json.Number; what a float64 holds can be kept.
func Value(v any) bool {
	expanded := 0
	return value(v, &expanded)
}

func value(v any, expanded *int) bool {
	switch v := v.(type) {
	case string:
		return Text(v)
	case json.Number:
		if !Number(v.String()) {
			return false
		}
		*expanded += Expanded(v.String())
		return *expanded <= MaxExpanded
	case []any:
		for _, e := range v {
			if !value(e, expanded) {
				return false
			}
		}
	case map[string]any:
		for name, e := range v {
			if !Text(name) || !value(e, expanded) {
				return false
			}
		}
	}
	return true
}

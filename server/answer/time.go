package answer

import (
	"encoding/json"
	"time"
)

// Time is a moment that is shown in UTC with milliseconds, neither more digits of a second nor fewer:
// 2024-01-15T10:00:00.000Z.
type Time struct{ time.Time }

// At shows a moment with milliseconds.
func At(t time.Time) Time { return Time{t} }

const milliseconds = "2006-01-02T15:04:05.000Z"

// String returns the moment as it is shown.
func (t Time) String() string { return t.UTC().Format(milliseconds) }

// MarshalJSON implements json.Marshaler.
func (t Time) MarshalJSON() ([]byte, error) {
	return t.UTC().AppendFormat([]byte{'"'}, milliseconds+`"`), nil
}

// UnmarshalJSON implements json.Unmarshaler. It takes any time in the form of RFC 3339.
func (t *Time) UnmarshalJSON(text []byte) error { return json.Unmarshal(text, &t.Time) }

package db

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/alania-go/alania/domain/storable"
)

// Time reads a time of either engine as UTC. SQLite knows a column's type only when
// the value comes straight from a table; after RETURNING or an expression it is text.
// What is beyond the years that can be shown, from before it was refused, is read as the
// nearest time: one such row must not break a list.
type Time struct{ time.Time }

// layouts SQLite's driver writes with _time_format=sqlite, and those of its functions.
var layouts = []string{"2006-01-02 15:04:05.999999999-07:00", "2006-01-02 15:04:05.999999999", time.RFC3339Nano}

// Scan implements sql.Scanner.
func (t *Time) Scan(src any) error {
	switch v := src.(type) {
	case time.Time:
		t.Time = storable.Clamp(v)
		return nil
	case []byte:
		return t.Scan(string(v))
	case string:
		for _, l := range layouts {
			if at, err := time.Parse(l, v); err == nil {
				t.Time = storable.Clamp(at)
				return nil
			}
		}
		if year, rest, ok := strings.Cut(v, "-"); ok && rest != "" {
			if n, err := strconv.Atoi(year); err == nil && n > 9999 {
				t.Time = storable.Clamp(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC))
				return nil
			} else if year == "" {
				t.Time = storable.Clamp(time.Time{})
				return nil
			}
		}
	}
	return fmt.Errorf("store: cannot read %T as a time", src)
}

// Pointer returns nil for NULL.
func (t *Time) Pointer() *time.Time {
	if t == nil {
		return nil
	}
	return &t.Time
}

// JSON is a value kept as JSON.
type JSON[T any] struct{ V T }

// AsJSON has a value kept as JSON.
func AsJSON[T any](v T) JSON[T] { return JSON[T]{v} }

// Value implements driver.Valuer.
func (d JSON[T]) Value() (driver.Value, error) {
	b, err := json.Marshal(d.V)
	if err == nil && nul(b) {
		err = textError()
	}
	return string(b), err
}

// Scan implements sql.Scanner.
func (d *JSON[T]) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		var zero T
		d.V = zero
		return nil
	case string:
		if readPlain(v, &d.V) {
			return nil
		}
		return json.Unmarshal([]byte(v), &d.V)
	case []byte:
		if readPlain(string(v), &d.V) {
			return nil
		}
		return json.Unmarshal(v, &d.V)
	}
	return fmt.Errorf("store: cannot read %T as JSON", src)
}

// Text keeps an empty string as NULL.
type Text string

// Value implements driver.Valuer.
func (t Text) Value() (driver.Value, error) {
	if t == "" {
		return nil, nil
	}
	return string(t), nil
}

// Scan implements sql.Scanner.
func (t *Text) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*t = ""
	case string:
		*t = Text(v)
	case []byte:
		*t = Text(v)
	default:
		return fmt.Errorf("store: cannot read %T as text", src)
	}
	return nil
}

// connection reports whether the error is of the network rather than of the database.
func connection(err error) bool {
	var n net.Error
	return errors.Is(err, driver.ErrBadConn) || errors.As(err, &n) && !errors.Is(err, context.DeadlineExceeded)
}

// CleanText makes text that PostgreSQL keeps of an error's, which may have anything in it.
func CleanText(s string) Text {
	return Text(strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD"))
}

package store

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

// instant reads a time of either engine as UTC. SQLite knows a column's type only when
// the value comes straight from a table; behind RETURNING or an expression it is text.
// What is beyond the years that can be shown, from before it was refused, is read as the
// nearest time: one such row must not break a list.
type instant struct{ time.Time }

// layouts SQLite's driver writes with _time_format=sqlite, and those of its functions.
var layouts = []string{"2006-01-02 15:04:05.999999999-07:00", "2006-01-02 15:04:05.999999999", time.RFC3339Nano}

func (t *instant) Scan(src any) error {
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

func (t *instant) pointer() *time.Time {
	if t == nil {
		return nil
	}
	return &t.Time
}

// document is a value kept as JSON.
type document[T any] struct{ V T }

func doc[T any](v T) document[T] { return document[T]{v} }

func (d document[T]) Value() (driver.Value, error) {
	b, err := json.Marshal(d.V)
	if err == nil && nul(b) {
		err = unkeptText()
	}
	return string(b), err
}

func (d *document[T]) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		var zero T
		d.V = zero
		return nil
	case string:
		return json.Unmarshal([]byte(v), &d.V)
	case []byte:
		return json.Unmarshal(v, &d.V)
	}
	return fmt.Errorf("store: cannot read %T as JSON", src)
}

// text keeps an empty string as NULL.
type text string

func (t text) Value() (driver.Value, error) {
	if t == "" {
		return nil, nil
	}
	return string(t), nil
}

func (t *text) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*t = ""
	case string:
		*t = text(v)
	case []byte:
		*t = text(v)
	default:
		return fmt.Errorf("store: cannot read %T as text", src)
	}
	return nil
}

// connection says whether the error is of the network rather than of the database.
func connection(err error) bool {
	var n net.Error
	return errors.Is(err, driver.ErrBadConn) || errors.As(err, &n) && !errors.Is(err, context.DeadlineExceeded)
}

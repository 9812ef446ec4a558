// Package page is how lists are asked for and cut: by keyset, so that a list stays
// stable while rows are inserted. The position travels in an opaque, versioned and
// authenticated cursor that is bound to the list, its filters and its order. Contracts
// that number their pages ask by offset instead, and are told the total.
package page

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strconv"
	"strings"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
)

// MaxLimit is the largest page of any list.
const MaxLimit = 100

// Op compares a field with a filter's value.
type Op string

// The operators of filters.
const (
	Eq    Op = "="
	Since Op = ">="
	After Op = ">"
	Until Op = "<"
	Has   Op = "has" // the field, or one of several that it stands for, contains the text of Value, whatever the case
)

// Filter keeps the rows of which Field compares to Value (a string, int, time or id).
type Filter struct {
	Field string
	Op    Op
	Value any
}

// Sort is the order of a list; ties are broken by id.
type Sort struct {
	Field string
	Desc  bool
}

// ParseSort reads "field" or "-field".
func ParseSort(s string) Sort {
	f, desc := strings.CutPrefix(s, "-")
	return Sort{Field: f, Desc: desc}
}

// Position is the last row of the page before: the value it was sorted by, and its id.
type Position struct {
	Key string
	ID  id.ID
}

// Query asks for one page.
type Query struct {
	Limit   int
	Sort    Sort
	Filters []Filter
	After   *Position

	// For numbered pages, which have no cursor.
	Then   []Sort // the order of rows that Sort finds equal
	Offset int    // rows before the page
	Total  bool   // whether to count the rows of all pages

	list string // what a cursor of this list is bound to
}

// Keys are the fields that a list can be sorted and filtered by.
type Keys struct{ Sort, Filter []string }

// Page is one page of rows, with the position after it when there are more.
type Page[T any] struct {
	Items []T
	Next  *Position
	Total int // rows of all pages, when the query asked for it
}

// Cut makes a page of limit+1 rows: the surplus row only tells that there are more.
func Cut[T any](rows []T, limit int, position func(T) Position) Page[T] {
	if len(rows) <= limit {
		return Page[T]{Items: rows}
	}
	rows = rows[:limit]
	next := position(rows[limit-1])
	return Page[T]{Items: rows, Next: &next}
}

// TimeKey writes a time as a position's key; it sorts like the time.
func TimeKey(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

// Cursors seals positions into cursors.
type Cursors struct{ key []byte }

// NewCursors makes a codec that authenticates with the key; replicas share it.
func NewCursors(key []byte) *Cursors { return &Cursors{key: key} }

const cursorVersion = 1

// Query builds the query of a list from what the caller sent. list names the list and
// whatever it is scoped to, such as "workspaces/org_…". A cursor that is not one of
// ours, or was made for another list, order or filter, is refused with InvalidCursor.
func (c *Cursors) Query(list, cursor string, limit int, sort Sort, filters ...Filter) (Query, error) {
	q := Query{Limit: limit, Sort: sort, Filters: filters}
	var b strings.Builder
	b.WriteString(list)
	b.WriteByte(0)
	b.WriteString(sort.Field)
	if sort.Desc {
		b.WriteByte('-')
	}
	for _, f := range filters {
		b.WriteByte(0)
		b.WriteString(f.Field)
		b.WriteString(string(f.Op))
		switch v := f.Value.(type) {
		case string:
			b.WriteString(v)
		case time.Time:
			b.WriteString(TimeKey(v))
		case id.ID:
			b.WriteString(v.UUID())
		case int:
			b.WriteString(strconv.Itoa(v))
		default:
			panic("page: a filter's value of a type that a cursor cannot be bound to")
		}
	}
	q.list = b.String()
	if cursor == "" {
		return q, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(raw) < 1+16+16 || base64.RawURLEncoding.EncodeToString(raw) != cursor {
		return q, invalidCursor("The cursor is not one this API issued. Start again without it.")
	}
	if raw[0] != cursorVersion {
		return q, invalidCursor("The cursor is of another version of this API. Start again without it.")
	}
	if !hmac.Equal(raw[1:17], c.mac(q.list, raw[17:])) {
		return q, invalidCursor("The cursor was changed, or belongs to another list, filter or sort order. Send it with " +
			"the same parameters as the request it came from, or start again without it.")
	}
	q.After = &Position{Key: string(raw[33:]), ID: id.ID(raw[17:33])}
	return q, nil
}

// Next returns the cursor after a page of the query; nil when it was the last.
func (c *Cursors) Next(q Query, pos *Position) *string {
	if pos == nil {
		return nil
	}
	payload := append(pos.ID[:], pos.Key...)
	raw := append([]byte{cursorVersion}, c.mac(q.list, payload)...)
	s := base64.RawURLEncoding.EncodeToString(append(raw, payload...))
	return &s
}

func (c *Cursors) mac(list string, payload []byte) []byte {
	h := hmac.New(sha256.New, c.key)
	var n [4]byte
	binary.BigEndian.PutUint32(n[:], uint32(len(list)))
	h.Write(n[:])
	h.Write([]byte(list))
	h.Write(payload)
	return h.Sum(nil)[:16]
}

func invalidCursor(message string) error {
	return &fault.Error{Code: fault.InvalidCursor, Message: message, Violations: []fault.Violation{
		{In: fault.InQuery, Pointer: "/cursor", Code: "invalid_cursor", Message: message},
	}}
}

// Package id is the platform's one identifier: 128 bits, UUID version 7, so that ids
// sort by time of creation. A contract shows it as a ULID (26 characters of Crockford
// base 32) after a prefix, or as a UUID; the domain sees one type.
package id

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
)

// ID identifies one row. The zero ID is no row.
type ID [16]byte

// ErrInvalid is what parsing an id that has not the form asked for returns.
var ErrInvalid = errors.New("not an id of this form")

// New makes a UUID version 7 (RFC 9562 section 5.7), monotonic within this process.
func New() ID { return ID(uuid.Must(uuid.NewV7())) }

// NewV4 makes a random UUID version 4 (RFC 9562 section 5.4).
func NewV4() ID { return ID(uuid.New()) }

// IsZero reports whether the id names no row.
func (i ID) IsZero() bool { return i == ID{} }

// UUID returns the 36-character form.
func (i ID) UUID() string { return uuid.UUID(i).String() }

// String returns the UUID form.
func (i ID) String() string { return i.UUID() }

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

var decode = func() (t [256]byte) {
	for i := range t {
		t[i] = 0xff
	}
	for i := range len(crockford) {
		t[crockford[i]] = byte(i)
	}
	return t
}()

// ULID returns the 26-character Crockford base 32 form of the same 128 bits.
func (i ID) ULID() string {
	var out [26]byte
	// 26 characters hold 130 bits: the first carries the top three only.
	var acc uint32
	bits := 2 // two leading zero bits make 130
	n := 0
	for _, b := range i {
		acc = acc<<8 | uint32(b)
		bits += 8
		for bits >= 5 {
			bits -= 5
			out[n] = crockford[acc>>bits&31]
			n++
		}
		acc &= 1<<bits - 1
	}
	return string(out[:])
}

// ParseULID reads the upper-case Crockford form.
func ParseULID(s string) (ID, error) {
	var out ID
	if len(s) != 26 || s[0] > '7' {
		return out, ErrInvalid
	}
	var acc uint32
	bits, n := -2, 0 // the first two bits are padding
	for k := range len(s) {
		v := decode[s[k]]
		if v == 0xff {
			return ID{}, ErrInvalid
		}
		acc = acc<<5 | uint32(v)
		bits += 5
		if bits >= 8 {
			bits -= 8
			out[n] = byte(acc >> bits)
			n++
			acc &= 1<<bits - 1
		}
	}
	return out, nil
}

// ParseUUID reads the 36-character form.
func ParseUUID(s string) (ID, error) {
	if len(s) != 36 {
		return ID{}, ErrInvalid
	}
	u, err := uuid.Parse(s)
	if err != nil {
		return ID{}, ErrInvalid
	}
	return ID(u), nil
}

// Prefixed returns the ULID form after a prefix and an underscore, such as wks_01J….
func (i ID) Prefixed(prefix string) string { return prefix + "_" + i.ULID() }

// ParsePrefixed reads what Prefixed wrote with the same prefix.
func ParsePrefixed(prefix, s string) (ID, error) {
	rest, ok := strings.CutPrefix(s, prefix+"_")
	if !ok {
		return ID{}, ErrInvalid
	}
	return ParseULID(rest)
}

// Next returns the id after this one, in the order of both databases.
func (i ID) Next() ID {
	for k := len(i) - 1; k >= 0; k-- {
		if i[k]++; i[k] != 0 {
			break
		}
	}
	return i
}

// Value stores the id in its UUID form; the zero id is NULL.
func (i ID) Value() (driver.Value, error) {
	if i.IsZero() {
		return nil, nil
	}
	return i.UUID(), nil
}

// Scan reads a UUID column; NULL becomes the zero id.
func (i *ID) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*i = ID{}
		return nil
	case string:
		p, err := ParseUUID(v)
		*i = p
		return err
	case []byte:
		p, err := ParseUUID(string(v))
		*i = p
		return err
	default:
		return fmt.Errorf("id: cannot scan %T", src)
	}
}

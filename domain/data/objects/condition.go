package objects

import (
	"time"

	"github.com/alania-go/alania/domain/fault"
)

// Conditions are what has to hold of the object for a request to be carried out (RFC 9110 section 13). The zero
// value asks for nothing.
type Conditions struct {
	Match, NoneMatch               *Tags
	ModifiedSince, UnmodifiedSince *time.Time // seconds
}

// Tags are entity tags, or any at all.
type Tags struct {
	Any  bool
	List []Tag
}

// Tag is one entity tag. A weak one never equals another where bytes have to be the same.
type Tag struct {
	Value string // without quotes
	Weak  bool
}

// has compares with the entity tag of an object, which is a strong one.
func (t *Tags) has(etag string, weak bool) bool {
	for _, tag := range t.List {
		if tag.Value == etag && (weak || !tag.Weak) {
			return true
		}
	}
	return t.Any
}

// write refuses a change that the conditions do not allow; o is nil when there is no object.
func (c Conditions) write(o *Object) error {
	if c.failed(o) || c.NoneMatch != nil && o != nil && c.NoneMatch.has(o.ETag, true) {
		return stale()
	}
	return nil
}

// read reports whether the caller has the object already, and refuses what the conditions do not allow. The order
// is that of RFC 9110 section 13.2.2.
func (c Conditions) read(o *Object) (unmodified bool, err error) {
	if c.failed(o) {
		return false, stale()
	}
	if c.NoneMatch != nil {
		return c.NoneMatch.has(o.ETag, true), nil
	}
	return c.ModifiedSince != nil && !seconds(o.UpdatedAt).After(*c.ModifiedSince), nil
}

// failed looks at the conditions whose failure is one for every method.
func (c Conditions) failed(o *Object) bool {
	if c.Match != nil {
		return o == nil || !c.Match.has(o.ETag, false)
	}
	return c.UnmodifiedSince != nil && (o == nil || seconds(o.UpdatedAt).After(*c.UnmodifiedSince))
}

// seconds is a time as HTTP shows it.
func seconds(t time.Time) time.Time { return t.Truncate(time.Second) }

func stale() error {
	return fault.New(fault.PreconditionFailed,
		"The object is not in the state that the conditions of the request ask for. Nothing was changed.")
}

// Range asks for some bytes of an object. Of a Suffix it asks for the last ones.
type Range struct {
	First, Last int64 // Last is -1 when it is the end
	Suffix      int64 // when not zero, so many bytes at the end
	None        bool  // a suffix of no bytes, which nothing satisfies
	If          *IfRange
}

// IfRange is what has to hold for the range to be meant; otherwise the whole object is.
type IfRange struct {
	Tag  *Tag
	Time *time.Time // seconds
}

func (i *IfRange) holds(o *Object) bool {
	switch {
	case i == nil:
		return true
	case i.Tag != nil:
		return !i.Tag.Weak && i.Tag.Value == o.ETag
	}
	return i.Time != nil && seconds(o.UpdatedAt).Equal(*i.Time)
}

// within returns which bytes of an object of a size the range means; false: none.
func (r Range) within(size int64) (offset, length int64, ok bool) {
	switch {
	case r.None || size == 0 || r.Suffix == 0 && r.First >= size:
		return 0, 0, false
	case r.Suffix > 0:
		n := min(r.Suffix, size)
		return size - n, n, true
	case r.Last < 0 || r.Last >= size:
		return r.First, size - r.First, true
	}
	return r.First, r.Last - r.First + 1, true
}

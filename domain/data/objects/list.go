package objects

import (
	"context"
	"unicode/utf8"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/storable"
)

// List is what a list is asked for.
type List struct {
	Prefix    string
	Delimiter string // empty: every object by itself
	After     string // a key or a prefix: the last of the page before
	Limit     int    // 1 to MaxList
}

// Listed is a page of a list.
type Listed struct {
	Entries []Entry // in the order of their names, by bytes
	Next    string  // the After of the next page; empty: this was the last
}

// List lists the objects of a workspace of the caller's whose keys begin with a prefix. With a delimiter, keys that
// have it after the prefix are one entry, as the files of a folder are.
func (s *Service) List(ctx context.Context, workspaceID id.ID, in List) (Listed, error) {
	w, err := s.Workspaces.Get(ctx, workspaceID)
	if err != nil {
		return Listed{}, err
	}
	if err := in.check(); err != nil {
		return Listed{}, err
	}
	span := Span{First: in.Prefix, End: Following(in.Prefix)}
	if in.After != "" {
		span.First = in.After + "\x01" // no key is between, as none has U+0000
		if in.Delimiter != "" && len(in.After) > len(in.Prefix) && in.endsGroup() {
			span.First = Following(in.After)
		}
	}
	found, err := s.Repository.ListObjects(ctx, w.ID, in.Prefix, in.Delimiter, span, in.Limit+1)
	if err != nil {
		return Listed{}, err
	}
	out := Listed{Entries: found}
	if len(found) > in.Limit {
		out.Entries = found[:in.Limit]
		out.Next = out.Entries[in.Limit-1].Name()
	}
	return out, nil
}

// endsGroup reports whether the page before has ended with the prefix of several keys.
func (in List) endsGroup() bool {
	n := len(in.After) - len(in.Delimiter)
	return n >= len(in.Prefix) && in.After[n:] == in.Delimiter
}

func (in List) check() error {
	var v []fault.Violation
	if in.Prefix != "" && (len(in.Prefix) > MaxKey || !storable.Text(in.Prefix)) {
		v = append(v, fault.Violation{
			In: fault.InQuery, Pointer: "/prefix", Code: "object_key",
			Message: "must have at most 1024 bytes of UTF-8 without the character U+0000",
		})
	}
	if in.Delimiter != "" && (len(in.Delimiter) > MaxDelimiter || !storable.Text(in.Delimiter) ||
		Following(in.Delimiter) == "") {
		v = append(v, fault.Violation{
			In: fault.InQuery, Pointer: "/delimiter", Code: "object_key",
			Message: "must have at most 32 bytes of UTF-8 without the characters U+0000 and U+10FFFF",
		})
	}
	if len(v) > 0 {
		return fault.Invalid(v...)
	}
	return nil
}

// Following returns the first text after all that begin with s, in the order of bytes; empty when there is none. In
// UTF-8 that is also the order of characters.
func Following(s string) string {
	for s != "" {
		r, n := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-n]
		switch r {
		case utf8.MaxRune:
			continue
		case 0xD7FF: // surrogates are no characters
			return s + "\uE000"
		}
		return s + string(r+1)
	}
	return ""
}

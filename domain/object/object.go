// Package object says what the platform needs from a store of objects: named byte
// sequences of any size that are written and replaced as a whole.
package object

import (
	"context"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/alania-go/alania/domain/fault"
)

// Info describes an object.
type Info struct {
	Key         string
	Size        int64     // bytes of the whole object, also when a part of it was asked for
	ContentType string    // as it was put; a list may leave it empty
	ETag        string    // changes with the content; what it is made of is the store's affair
	ModifiedAt  time.Time // UTC; a store may keep no more than seconds
}

// Limits of keys and lists.
const (
	MaxKey         = 1024 // bytes of a key
	MaxContentType = 255  // bytes of a content type
	MaxList        = 1000 // objects that one call of List returns at most
)

// Store keeps objects. A key is what ValidKey accepts; every method refuses another one
// with fault.ValidationFailed. What is not there is fault.NotFound. A store that cannot
// be reached for now is fault.Unavailable.
type Store interface {
	// Put writes the object, in the place of one that has the key. It is all or nothing:
	// readers see the former content or the new one, and once Put has returned the new
	// one survives the end of the process. size is the number of bytes in r, -1 when it is not
	// known; an r that has fewer or more is fault.Malformed. An error of r is returned as
	// it is. An empty contentType is application/octet-stream.
	Put(ctx context.Context, key string, r io.Reader, size int64, contentType string) (Info, error)

	// Get reads length bytes from offset, to the end when length is -1. A range that
	// reaches beyond the end is cut there; one that begins there is empty. The caller
	// closes the reader, and keeps ctx alive until then.
	Get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, Info, error)

	// Stat describes the object.
	Stat(ctx context.Context, key string) (Info, error)

	// Delete removes the object; that there is none is no error.
	Delete(ctx context.Context, key string) error

	// Abandon removes what a Put of the key has left that was cut off, such as by the end of its process. The object, if
	// there is one, stays. No Put of the key may be under way.
	Abandon(ctx context.Context, key string) error

	// List returns the objects whose keys begin with prefix and sort after after, by the
	// bytes of their keys, limit of them at most. A limit that is not within 1 and MaxList
	// is MaxList. The last key of a list is the after of the next.
	List(ctx context.Context, prefix, after string, limit int) ([]Info, error)
}

// ValidKey refuses what is no key. A key is 1 to MaxKey bytes of UTF-8 without control
// characters, and not all blanks: segments with slashes between them, none of them empty,
// "." or "..". So it neither begins nor ends with a slash, and means one thing in a
// bucket, in a folder and in a URL.
func ValidKey(key string) error {
	switch {
	case strings.TrimSpace(key) == "":
		return refuse("An object key must not be blank.")
	case len(key) > MaxKey:
		return refuse("An object key has 1,024 bytes at most.")
	case !utf8.ValidString(key):
		return refuse("An object key must be UTF-8.")
	case strings.ContainsFunc(key, unicode.IsControl):
		return refuse("An object key must not contain control characters.")
	}
	for segment := range strings.SplitSeq(key, "/") {
		switch segment {
		case "":
			return refuse("An object key must not begin or end with a slash, nor have two in a row.")
		case ".", "..":
			return refuse("No segment of an object key may be a dot or two.")
		}
	}
	return nil
}

// refuse keeps the key out of the message: it may be the caller's secret.
func refuse(message string) error {
	e := fault.New(fault.ValidationFailed, message)
	e.Reason = "object_key"
	return e
}

package transport

import (
	"errors"
	"fmt"
	"iter"

	"github.com/oapi-codegen/nullable"
)

// ErrLoop is what a list ends with whose pages lead back to one that was seen.
var ErrLoop = errors.New("alania: the pages of the list lead in a circle")

// Cursor walks the pages of a list. fetch returns the page at a cursor, the first without,
// and the cursor of the next page, which is empty on the last.
func Cursor[T any](start *string, fetch func(cursor *string) ([]T, string, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		seen := map[string]bool{}
		if start != nil {
			seen[*start] = true
		}
		for cursor := start; ; {
			items, next, err := fetch(cursor)
			if err != nil {
				yield(zero, err)
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			if next == "" {
				return
			}
			if seen[next] {
				yield(zero, fmt.Errorf("%w: a cursor came twice", ErrLoop))
				return
			}
			seen[next] = true
			cursor = &next
		}
	}
}

// Position is where a page says that it stands.
type Position struct{ Page, Last int64 }

// Pages walks a list whose pages are numbered from 1, from the one that is asked for.
func Pages[T any](start int64, fetch func(page int64) ([]T, Position, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		for page := max(start, 1); ; page++ {
			items, at, err := fetch(page)
			if err != nil {
				yield(zero, err)
				return
			}
			if at.Page != page {
				yield(zero, fmt.Errorf("%w: page %d came for page %d", ErrLoop, at.Page, page))
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			// An empty page is the end, whatever it says: items may go while we read.
			if page >= at.Last || len(items) == 0 {
				return
			}
		}
	}
}

// NextCursor reads the member of that name, which is empty, null or absent on the last page.
func NextCursor(v any) string {
	switch v := v.(type) {
	case nullable.Nullable[string]:
		s, _ := v.Get()
		return s
	case *string:
		if v != nil {
			return *v
		}
	case string:
		return v
	}
	return ""
}

// LastPage is for lists that only say how many items there are.
func LastPage(total, size int64) int64 {
	if size <= 0 {
		return 1
	}
	return (total + size - 1) / size
}

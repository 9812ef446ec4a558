package order

import (
	"container/heap"
	"slices"

	"github.com/alania-go/alania/domain/data/documents/refuse"
	"github.com/alania-go/alania/domain/data/documents/value"
)

// Sorter takes documents and returns them in order. Documents that are equal stay in the order in which they came.
// With a limit it keeps no more of them than that.
type Sorter struct {
	order  *Order
	limit  int // 0: none
	memory int
	used   int
	next   int
	items  []item
}

type item struct {
	keys []value.Value
	doc  value.Value
	seq  int
	size int
}

// NewSorter makes a Sorter that keeps limit documents (0: all) and about memory bytes at most.
func NewSorter(o *Order, limit, memory int) *Sorter {
	return &Sorter{order: o, limit: limit, memory: memory}
}

func (s *Sorter) compare(a, b item) int {
	if c := s.order.Compare(a.keys, b.keys); c != 0 {
		return c
	}
	return a.seq - b.seq
}

// The heap has the last of the kept documents at its top.

// Len is of heap.Interface.
func (s *Sorter) Len() int { return len(s.items) }

// Less is of heap.Interface.
func (s *Sorter) Less(i, j int) bool { return s.compare(s.items[i], s.items[j]) > 0 }

// Swap is of heap.Interface.
func (s *Sorter) Swap(i, j int) { s.items[i], s.items[j] = s.items[j], s.items[i] }

// Push is of heap.Interface.
func (s *Sorter) Push(x any) { s.items = append(s.items, x.(item)) }

// Pop is of heap.Interface.
func (s *Sorter) Pop() any {
	last := s.items[len(s.items)-1]
	s.items = s.items[:len(s.items)-1]
	return last
}

// Add takes a document. It is refused when the memory does not hold it.
func (s *Sorter) Add(doc value.Value) error {
	it := item{doc: doc, seq: s.next}
	s.next++
	full := s.limit > 0 && len(s.items) == s.limit
	if full {
		var buffer [4]value.Value
		it.keys = s.order.Of(doc, buffer[:0])
		if s.compare(it, s.items[0]) >= 0 {
			return nil
		}
		it.keys = slices.Clone(it.keys)
	} else {
		it.keys = s.order.Of(doc, make([]value.Value, 0, len(s.order.keys)))
	}
	it.size = doc.Size() + 64 + 48*len(it.keys)
	s.used += it.size
	if full {
		s.used -= s.items[0].size
		s.items[0] = it
		heap.Fix(s, 0)
	} else if s.limit > 0 {
		heap.Push(s, it)
	} else {
		s.items = append(s.items, it)
	}
	if s.used > s.memory {
		return refuse.Memory()
	}
	return nil
}

// Sorted returns the documents in order. The Sorter is of no use any more.
func (s *Sorter) Sorted() []value.Value {
	slices.SortFunc(s.items, s.compare)
	out := make([]value.Value, len(s.items))
	for i := range s.items {
		out[i] = s.items[i].doc
	}
	s.items = nil
	return out
}

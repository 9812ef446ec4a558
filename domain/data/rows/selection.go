package rows

import (
	"github.com/alania-go/alania/domain/data/filter"
)

// parseSelect reads a selection. An empty one selects every column.
func parseSelect(text string) ([]Item, error) {
	s := filter.NewScanner("select parameter", text)
	r := &selection{Scanner: s}
	items, err := r.items(0)
	if err != nil {
		return nil, in(err, "select")
	}
	if !s.Done() {
		return nil, in(s.Fail("\",\" or end of input"), "select")
	}
	return items, nil
}

type selection struct {
	*filter.Scanner
	read, embeds int
}

func (r *selection) items(depth int) ([]Item, error) {
	var out []Item
	r.Space()
	if r.Done() || r.Next(")") {
		return out, nil
	}
	for {
		if r.read++; r.read > maxItems || depth > filter.MaxDepth {
			return nil, r.Fail("a smaller selection")
		}
		r.Space()
		item, err := r.item(depth)
		if err != nil {
			return nil, err
		}
		out = append(out, item)
		r.Space()
		if !r.Take(",") {
			return out, nil
		}
	}
}

// end reports whether an item ends here.
func (r *selection) end() bool {
	r.Space()
	return r.Done() || r.Next(",") || r.Next(")")
}

func (r *selection) item(depth int) (Item, error) {
	mark := r.Mark()
	if r.Take("*") {
		if r.end() {
			return Item{Star: true}, nil
		}
		return Item{}, r.Fail("\")\", \",\" or end of input")
	}
	if r.Take("...") {
		it := Item{Spread: true}
		return it, r.embed(&it, depth)
	}
	var it Item
	if alias, err := r.Name(); err == nil && r.Next(":") && !r.Next("::") {
		r.Take(":")
		r.Space()
		it.Alias = alias
	} else {
		r.Return(mark)
	}
	if r.Take("count()") {
		it.Aggregate, it.Star = "count", true
		return it, r.casts(&it)
	}
	here := r.Mark()
	p, err := r.Path()
	if err != nil {
		return Item{}, err
	}
	if len(p.Steps) == 0 && (r.Next("(") || r.Next("!")) {
		r.Return(here)
		return it, r.embed(&it, depth)
	}
	it.Path = p
	if r.Take("::") {
		if it.Cast, err = r.Identifier(); err != nil {
			return Item{}, err
		}
	}
	if r.Take(".") {
		for _, f := range []string{"sum", "avg", "count", "max", "min"} {
			if r.Take(f + "()") {
				it.Aggregate = f
				break
			}
		}
		if it.Aggregate == "" {
			return Item{}, r.Fail("sum(), avg(), count(), max() or min()")
		}
		return it, r.casts(&it)
	}
	if !r.end() {
		return Item{}, r.Fail("\"->>\", \"->\", \"::\", \".\", \")\", \",\" or end of input")
	}
	return it, nil
}

// casts reads the cast of an aggregate and the end of the item.
func (r *selection) casts(it *Item) error {
	if r.Take("::") {
		var err error
		if it.AggCast, err = r.Identifier(); err != nil {
			return err
		}
	}
	if !r.end() {
		return r.Fail("\"::\", \")\", \",\" or end of input")
	}
	return nil
}

func (r *selection) embed(it *Item, depth int) error {
	var err error
	if r.embeds++; r.embeds > maxEmbeds {
		return r.Fail("fewer embedded resources")
	}
	if it.Relation, err = r.Name(); err != nil {
		return err
	}
	for range 2 {
		if !r.Take("!") {
			break
		}
		word, err := r.Name()
		if err != nil {
			return err
		}
		switch word {
		case "inner":
			it.Inner = true
		case "left":
		default:
			it.Hint = word
		}
	}
	if err := r.Need("("); err != nil {
		return err
	}
	if it.Items, err = r.items(depth + 1); err != nil {
		return err
	}
	if it.Items == nil {
		it.Items = []Item{}
	}
	return r.Need(")")
}

package documentstest_test

import (
	"context"
	"iter"
	"testing"

	"github.com/alania-go/alania/domain/data/documents/documentstest"
	"github.com/alania-go/alania/domain/data/documents/expression"
	"github.com/alania-go/alania/domain/data/documents/filter"
	"github.com/alania-go/alania/domain/data/documents/pipeline"
	"github.com/alania-go/alania/domain/data/documents/refuse"
	"github.com/alania-go/alania/domain/data/documents/update"
	"github.com/alania-go/alania/domain/data/documents/value"
)

// seeds adds what the cases of the project have: a part of their operation, and a document.
func seeds(f *testing.F, part func(c documentstest.Case) string) {
	cases, err := documentstest.Own()
	if err != nil {
		f.Fatal(err)
	}
	for _, c := range cases {
		if text := part(c); text != "" && len(c.Given["c"]) > 0 {
			f.Add(text, string(c.Given["c"][0]))
		}
	}
}

// compiled parses both; ok is false when one is no JSON.
func compiled(text, doc string) (v, d value.Value, ok bool) {
	if len(text)+len(doc) > 1<<12 {
		return v, d, false
	}
	v, err1 := value.Parse(text)
	d, err2 := value.Parse(doc)
	return v, d, err1 == nil && err2 == nil && d.Kind() == value.Object
}

// FuzzFilter matches anything with anything. Conditions are never stricter than the filter.
func FuzzFilter(f *testing.F) {
	seeds(f, func(c documentstest.Case) string { return string(c.Operation.Filter) })
	f.Fuzz(func(t *testing.T, text, doc string) {
		v, d, ok := compiled(text, doc)
		if !ok {
			return
		}
		compiled, err := filter.Compile(v, refuse.Query("filter"))
		if err != nil {
			return
		}
		for _, d := range []value.Value{d, value.Read(d.JSON())} {
			ok, _, err := compiled.In(expression.NewEnv(context.Background(), 0)).Match(d)
			if ok && err == nil && !documentstest.Meets(compiled.Conditions(), d) {
				t.Errorf("%s matches %s, which does not meet its conditions", text, doc)
			}
		}
	})
}

// FuzzUpdate changes anything by anything: what comes out is valid text, with the same _id.
func FuzzUpdate(f *testing.F) {
	seeds(f, func(c documentstest.Case) string {
		v, _ := value.Parse(string(c.Operation.Operations))
		return v.Index(0).Get("updateOne").Get("update").JSON()
	})
	f.Fuzz(func(t *testing.T, text, doc string) {
		v, d, ok := compiled(text, doc)
		if !ok || v.IsMissing() {
			return
		}
		u, err := update.Compile(v, value.Value{}, refuse.Body(""), refuse.Body(""))
		if err != nil {
			return
		}
		d = value.Read(d.JSON())
		out, changed, err := u.Apply(expression.NewEnv(context.Background(), 0), d, 0, 0)
		if err != nil {
			return
		}
		if _, err := value.Parse(out.JSON()); err != nil {
			t.Fatalf("%s makes %s of %s: %v", text, out.JSON(), doc, err)
		}
		if id := d.Get("_id"); !id.IsMissing() && !value.Equal(id, out.Get("_id")) {
			t.Errorf("%s changes the _id of %s", text, doc)
		}
		if !changed && out.JSON() != d.JSON() {
			t.Errorf("%s changes %s without telling", text, doc)
		}
	})
}

// FuzzPipeline runs anything over anything, within its bounds.
func FuzzPipeline(f *testing.F) {
	seeds(f, func(c documentstest.Case) string { return string(c.Operation.Pipeline) })
	f.Fuzz(func(t *testing.T, text, doc string) {
		v, d, ok := compiled(text, doc)
		if !ok {
			return
		}
		p, err := pipeline.Compile(v, refuse.Body(""))
		if err != nil {
			return
		}
		docs := func(yield func(string, error) bool) {
			for range 3 {
				if !yield(d.JSON(), nil) {
					return
				}
			}
		}
		other := func(context.Context, string, filter.Condition) iter.Seq2[string, error] { return docs }
		o := pipeline.Options{Memory: 1 << 20, Documents: other}
		_ = p.Run(context.Background(), docs, o, func(out value.Value) error {
			if _, err := value.Parse(out.JSON()); err != nil {
				t.Fatalf("%s makes %s of %s: %v", text, out.JSON(), doc, err)
			}
			return nil
		})
	})
}

package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/data/documents/filter"
	"github.com/alania-go/alania/domain/data/documents/pipeline"
	"github.com/alania-go/alania/domain/data/documents/refuse"
	"github.com/alania-go/alania/domain/data/documents/value"
	"github.com/alania-go/alania/domain/fault"
)

// orders are the texts of n documents of about 330 bytes, made one by one.
func orders(n int) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for i := range n {
			if !yield(order(i), nil) {
				return
			}
		}
	}
}

func order(i int) string {
	return fmt.Sprintf(`{"_id":{"$oid":"%024x"},"customer":"customer-%d","status":"%s","price":%d.5,"quantity":%d,`+
		`"tags":["a%d","b%d"],"address":{"street":"Some street %d","city":"City %d","country":"DE"},`+
		`"createdAt":{"$date":"2024-01-%02dT10:00:00.000Z"},"note":"%s"}`,
		i, i%5000, []string{"open", "paid", "sent", "closed"}[i%4], i%1000, i%7, i%10, i%3, i, i%100, i%28+1,
		strings.Repeat("x", 60))
}

func compile(tb testing.TB, text string) *pipeline.Pipeline {
	tb.Helper()
	at := refuse.Body("/pipeline")
	v, err := at.Parse(text)
	if err != nil {
		tb.Fatal(err)
	}
	p, err := pipeline.Compile(v, at)
	if err != nil {
		tb.Fatal(text, err)
	}
	return p
}

// BenchmarkAggregate reads 100,000 documents of 330 bytes.
func BenchmarkAggregate(b *testing.B) {
	docs := make([]string, 100_000)
	for i := range docs {
		docs[i] = order(i)
	}
	source := func(yield func(string, error) bool) {
		for _, d := range docs {
			if !yield(d, nil) {
				return
			}
		}
	}
	for name, text := range map[string]string{
		"match, group, sort, limit": `[{"$match":{"status":"paid","price":{"$gte":100}}},{"$group":{"_id":"$address.city",` +
			`"total":{"$sum":{"$multiply":["$price","$quantity"]}},"n":{"$sum":1}}},{"$sort":{"total":-1}},{"$limit":10}]`,
		"group of 5000":  `[{"$group":{"_id":"$customer","n":{"$sum":1},"most":{"$max":"$price"}}}]`,
		"sort and limit": `[{"$sort":{"price":-1,"customer":1}},{"$limit":10}]`,
		"match":          `[{"$match":{"address.city":"City 7"}},{"$count":"n"}]`,
	} {
		b.Run(name, func(b *testing.B) {
			p := compile(b, text)
			b.ReportAllocs()
			for b.Loop() {
				if err := p.Run(context.Background(), source, pipeline.Options{},
					func(value.Value) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestGroupIsBounded groups 100,000 documents: by 5,000 customers in little memory, and each by itself with arrays of
// everything, which is refused before it takes more than it may.
func TestGroupIsBounded(t *testing.T) {
	run := func(text string, memory int) (n int, peak uint64, err error) {
		p := compile(t, text)
		var before, now runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		seen := 0
		docs := func(yield func(string, error) bool) {
			for text, err := range orders(100_000) {
				if seen++; seen%20_000 == 0 {
					runtime.GC()
					runtime.ReadMemStats(&now)
					peak = max(peak, now.HeapAlloc-min(before.HeapAlloc, now.HeapAlloc))
				}
				if !yield(text, err) {
					return
				}
			}
		}
		err = p.Run(context.Background(), docs, pipeline.Options{Memory: memory}, func(value.Value) error { n++; return nil })
		return n, peak, err
	}
	n, peak, err := run(`[{"$group":{"_id":"$customer","n":{"$sum":1},"total":{"$sum":"$price"},`+
		`"first":{"$min":"$createdAt"}}}]`, 16<<20)
	if err != nil || n != 5000 {
		t.Fatalf("%d groups, error %v", n, err)
	}
	if peak > 16<<20 {
		t.Errorf("5,000 groups of 100,000 documents keep %d bytes", peak)
	}
	_, peak, err = run(`[{"$group":{"_id":"$_id","all":{"$push":"$$ROOT"}}}]`, 16<<20)
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != fault.RuleBroken || f.Reason != "document_memory_exceeded" {
		t.Fatalf("everything is kept: %v", err)
	}
	if peak > 40<<20 {
		t.Errorf("before the refusal %d bytes are kept", peak)
	}
	if _, _, err = run(`[{"$sort":{"price":1}}]`, 16<<20); !errors.As(err, &f) || f.Reason != "document_memory_exceeded" {
		t.Errorf("a sort of everything: %v", err)
	}
	if n, _, err = run(`[{"$sort":{"price":1}},{"$skip":5},{"$limit":10}]`, 1<<20); err != nil || n != 10 {
		t.Errorf("a sort with a limit: %d documents, error %v", n, err)
	}
}

// among is a source of other collections: n documents each.
func among(n int) func(context.Context, string, filter.Condition) iter.Seq2[string, error] {
	return func(context.Context, string, filter.Condition) iter.Seq2[string, error] { return orders(n) }
}

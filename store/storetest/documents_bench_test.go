package storetest

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/data/documents"
	"github.com/alania-go/alania/store"
)

// BenchmarkDocuments measures pages and aggregations of 100,000 documents of 330 bytes.
func BenchmarkDocuments(b *testing.B) {
	for _, e := range Engines {
		b.Run(string(e), func(b *testing.B) { benchDocuments(b, e) })
	}
}

func benchDocuments(b *testing.B, e store.Engine) {
	s := documenting(b, e)
	const all, batch = 100_000, 1000
	filler := strings.Repeat("x", 200)
	for n := 0; n < all; n += batch {
		var docs []string
		for i := n; i < n+batch; i++ {
			docs = append(docs, fmt.Sprintf(
				`{"customer":%d,"status":"%s","total":%d.5,"note":"%s","at":{"$date":"2024-01-15T10:00:00Z"}}`,
				i%5000, []string{"new", "paid", "sent"}[i%3], i, filler))
		}
		if _, _, err := s.Service.Insert(s.Ctx, s.Workspace, "orders", "["+strings.Join(docs, ",")+"]"); err != nil {
			b.Fatal(err)
		}
	}
	_, err := s.Service.CreateIndex(s.Ctx, s.Workspace, "orders",
		documents.IndexCreate{Keys: `{"customer":1,"total":-1}`})
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name string
		in   documents.Asked
	}{
		{"20 by an index", documents.Asked{Filter: `{"customer":7}`, Limit: 20}},
		{"20 by an index, in its order", documents.Asked{Filter: `{"customer":7}`, Sort: "-total", Limit: 20}},
		{"the first 20 of all", documents.Asked{Limit: 20}},
		{"20 without an index", documents.Asked{Filter: `{"status":"paid"}`, Limit: 20}},
		{"20 without an index, sorted", documents.Asked{Filter: `{"status":"paid"}`, Sort: "-total", Limit: 20}},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				page, err := s.Service.Find(s.Ctx, s.Workspace, "orders", c.in)
				if err != nil || len(page.Documents) != 20 {
					b.Fatal(len(page.Documents), err)
				}
			}
		})
	}
	b.Run("group", func(b *testing.B) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for b.Loop() {
			_, err := s.Service.Aggregate(s.Ctx, s.Workspace, "orders",
				`[{"$group":{"_id":"$status","sum":{"$sum":"$total"}}},{"$sort":{"sum":-1}}]`)
			if err != nil {
				b.Fatal(err)
			}
		}
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(int64(after.HeapSys)-int64(before.HeapSys))/(1<<20), "MiB-more")
	})
}

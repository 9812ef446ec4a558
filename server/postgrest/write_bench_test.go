package postgrest_test

import (
	"net/http/httptest"
	"testing"

	"github.com/alania-go/alania/domain/data/rows"
	"github.com/alania-go/alania/engine/rows/statement"
	"github.com/alania-go/alania/server/postgrest"
)

// What it takes to read a request, plan it and write its statement, without a database.
func BenchmarkStatement(b *testing.B) {
	c := rows.NewCatalogue("1", "public", parseFixture(many).tables)
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest("GET", "/thing?select=id,name,price,maker(name)&kind=eq.7&order=id&limit=20", nil)
		req, err := postgrest.Read(r, "thing", nil)
		if err != nil {
			b.Fatal(err)
		}
		p, err := rows.NewPlan(c, req.Query, rows.Limits{Max: 1000})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := statement.New(statement.Postgres, p); err != nil {
			b.Fatal(err)
		}
	}
}

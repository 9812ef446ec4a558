package db_test

import (
	"math/rand/v2"
	"testing"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/store/db"
	"github.com/alania-go/alania/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// Callers choose the order of lists, and so the text of statements: however many orders
// they think of, the statements that are kept stay within a bound, here and in the sessions
// of the server.
func TestOrdersDoNotGrowStatements(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e db.Engine) {
		s := storetest.Open(t, e)
		s.Writer().SetMaxOpenConns(1) // one session sees all
		fields := []string{"created_at", "name", "id", "last_used_at", "expires_at"}
		random := rand.New(rand.NewPCG(1, 2))
		seen := map[string]bool{}
		for len(seen) < 6000 {
			random.Shuffle(len(fields), func(i, k int) { fields[i], fields[k] = fields[k], fields[i] })
			order, name := []page.Sort{}, ""
			for _, f := range fields {
				o := page.Sort{Field: f, Desc: random.IntN(2) == 0}
				order = append(order, o)
				name += f
				if o.Desc {
					name += "-"
				}
			}
			total := random.IntN(2) == 0
			if total {
				name += "#"
			}
			if seen[name] {
				continue
			}
			seen[name] = true
			if _, err := s.ListKeys(t.Context(), id.New(),
				page.Query{Limit: 1, Sort: order[0], Then: order[1:], Total: total}); err != nil {
				t.Fatal(err)
			}
		}
		if n := s.Kept(); n > db.MaxStatements {
			t.Errorf("%d statements are kept", n)
		}
		if e != db.Postgres {
			return
		}
		var n int
		if err := s.Writer().GetContext(t.Context(), &n, "SELECT count(*) FROM pg_prepared_statements"); err != nil {
			t.Fatal(err)
		}
		if n == 0 || n > db.MaxStatements {
			t.Errorf("a session keeps %d statements", n)
		}
	})
}

package rows_test

import (
	"testing"

	domain "github.com/alania-go/alania/domain/data/rows"
	"github.com/alania-go/alania/domain/data/rows/rowstest"
	"github.com/alania-go/alania/engine/rows"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// The conformance suite of rows, on both engines.
func TestEngines(t *testing.T) {
	for name, address := range map[string]func(t *testing.T) string{
		"sqlite":   func(t *testing.T) string { return "sqlite://" + t.TempDir() },
		"postgres": func(t *testing.T) string { return storetest.Empty(t, store.Postgres) },
	} {
		t.Run(name, func(t *testing.T) {
			rowstest.Run(t, func(t *testing.T) (one, other domain.Engine) {
				to := address(t)
				return opened(t, to), opened(t, to)
			})
		})
	}
}

func opened(t *testing.T, address string) rows.Engine {
	e, err := rows.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

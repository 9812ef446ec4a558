package storetest

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/pressly/goose/v3"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/store"
)

func TestMain(m *testing.M) {
	code := m.Run()
	dropDatabases()
	Stop()
	os.Exit(code)
}

func TestMigrations(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		ctx := context.Background()
		s, err := store.Open(ctx, Empty(t, e), clock.System)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if pending, err := s.Pending(ctx); err != nil || !pending {
			t.Fatalf("an empty database: pending %v, %v", pending, err)
		}
		v, err := s.Migrate(ctx)
		if err != nil || v < 1 {
			t.Fatalf("version %d, %v", v, err)
		}
		if pending, err := s.Pending(ctx); err != nil || pending {
			t.Fatalf("behind the migrations: pending %v, %v", pending, err)
		}
		for err := error(nil); !errors.Is(err, goose.ErrNoNextVersion); { // to the empty database
			if err = s.Down(ctx); err != nil && !errors.Is(err, goose.ErrNoNextVersion) {
				t.Fatal(err)
			}
		}
		if again, err := s.Migrate(ctx); err != nil || again != v {
			t.Fatalf("again: version %d, %v", again, err)
		}
	})
}

package db

import (
	"context"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/id"
)

type label string

type part struct {
	Name  label `db:"name"`
	Count int   `db:"count"`
}

type whole64 struct {
	part
	Count    int64                 `db:"count"` // hides the one of part
	ID       id.ID                 `db:"id"`
	On       bool                  `db:"on"`
	At       Time                  `db:"at"`
	Until    *Time                 `db:"until"`
	Optional *string               `db:"optional"`
	Note     Text                  `db:"note"`
	Data     []byte                `db:"data"`
	Flags    JSON[map[string]bool] `db:"flags"`
	Share    float64               `db:"share"`
}

func scratch(t testing.TB) *DB {
	t.Helper()
	d, err := Open(context.Background(), "sqlite://"+filepath.Join(t.TempDir(), "scan.db"), clock.System)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

const oneOfEach = "SELECT 'n' AS name, 1 AS count, '00000000-0000-7000-8000-000000000001' AS id, true AS \"on\"," +
	" '2026-01-02 03:04:05+00:00' AS at, NULL AS until, NULL AS optional, NULL AS note, x'0102' AS data," +
	" '{\"a\":true}' AS flags, 1.5 AS share"

func TestRowsAreRead(t *testing.T) {
	d := scratch(t)
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	row, err := One[whole64](t.Context(), d, oneOfEach)
	if err != nil {
		t.Fatal(err)
	}
	want := whole64{
		part: part{Name: "n"}, Count: 1, ID: row.ID, On: true, At: Time{at}, Data: []byte{1, 2},
		Flags: AsJSON(map[string]bool{"a": true}), Share: 1.5,
	}
	if !reflect.DeepEqual(row, want) || row.ID.UUID() != "00000000-0000-7000-8000-000000000001" {
		t.Errorf("%+v", row)
	}
	// What one row had does not show in the next, nor is it changed by it.
	rows, err := All[whole64](t.Context(), d,
		strings.Replace(oneOfEach, "NULL AS optional", "'x' AS optional", 1)+" UNION ALL "+oneOfEach)
	if err != nil || len(rows) != 2 || rows[0].Optional == nil || *rows[0].Optional != "x" || rows[1].Optional != nil ||
		&rows[0].Data[0] == &rows[1].Data[0] {
		t.Errorf("%+v, %v", rows, err)
	}
	// One statement may be read into several types.
	for range 2 {
		if n, err := One[int](t.Context(), d, "SELECT 7"); n != 7 || err != nil {
			t.Error(n, err)
		}
		if n, err := One[label](t.Context(), d, "SELECT 7"); n != "7" || err != nil {
			t.Error(n, err)
		}
		if at, err := One[Time](t.Context(), d, "SELECT '2026-01-02 03:04:05+00:00'"); !at.Equal(want.At.Time) || err != nil {
			t.Error(at, err)
		}
	}
}

func TestRowsThatDoNotFit(t *testing.T) {
	d := scratch(t)
	for query, says := range map[string]string{
		"SELECT 1 AS count, 2 AS other": "no field for the column other", "SELECT NULL AS count": "integer",
		"SELECT 'x' AS count": "integer", "SELECT 1.5 AS count": "integer",
	} {
		if _, err := One[part](t.Context(), d, query); err == nil || !strings.Contains(err.Error()+cause(err), says) {
			t.Errorf("%s: %v", query, err)
		}
	}
	if _, err := One[int](t.Context(), d, "SELECT 1, 2"); err == nil {
		t.Error("two columns for one number")
	}
	if _, err := One[int](t.Context(), d, "SELECT 1 WHERE false"); NoRow(err, nil) != nil {
		t.Error(err)
	}
	if rows, err := All[int](t.Context(), d, "SELECT 1 WHERE false"); rows == nil || len(rows) != 0 || err != nil {
		t.Error(rows, err)
	}
}

func cause(err error) string {
	if u, ok := err.(interface{ Unwrap() error }); ok && u.Unwrap() != nil {
		return u.Unwrap().Error()
	}
	return ""
}

func TestLimitsAreExpressionsOnSQLite(t *testing.T) {
	d := scratch(t)
	const query = "SELECT 1 UNION SELECT 2 LIMIT $1 OFFSET $2"
	if got := d.dialect(query); got != "SELECT 1 UNION SELECT 2 LIMIT $1 + 0 OFFSET $2 + 0" {
		t.Error(got)
	}
	if got := (&DB{Engine: Postgres}).dialect(query); got != query {
		t.Error(got)
	}
	if rows, err := All[int](t.Context(), d, query, 1, 1); err != nil || !reflect.DeepEqual(rows, []int{2}) {
		t.Error(rows, err)
	}
}

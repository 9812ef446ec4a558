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

// insideAndOut runs a test of reading outside a transaction, and in one, which reads in another way.
func insideAndOut(t *testing.T, d *DB, test func(t *testing.T, ctx context.Context)) {
	t.Helper()
	t.Run("outside", func(t *testing.T) { test(t, t.Context()) })
	t.Run("in a transaction", func(t *testing.T) {
		if err := d.InTx(t.Context(), func(ctx context.Context) error { test(t, ctx); return nil }); err != nil {
			t.Error(err)
		}
	})
}

func TestRowsAreRead(t *testing.T) {
	d := scratch(t)
	insideAndOut(t, d, func(t *testing.T, ctx context.Context) { testRowsAreRead(t, ctx, d) })
}

func testRowsAreRead(t *testing.T, ctx context.Context, d *DB) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	row, err := One[whole64](ctx, d, oneOfEach)
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
	rows, err := All[whole64](ctx, d,
		strings.Replace(oneOfEach, "NULL AS optional", "'x' AS optional", 1)+" UNION ALL "+oneOfEach)
	if err != nil || len(rows) != 2 || rows[0].Optional == nil || *rows[0].Optional != "x" || rows[1].Optional != nil ||
		&rows[0].Data[0] == &rows[1].Data[0] {
		t.Errorf("%+v, %v", rows, err)
	}
	// One statement may be read into several types.
	for range 2 {
		if n, err := One[int](ctx, d, "SELECT 7"); n != 7 || err != nil {
			t.Error(n, err)
		}
		if n, err := One[label](ctx, d, "SELECT 7"); n != "7" || err != nil {
			t.Error(n, err)
		}
		if at, err := One[Time](ctx, d, "SELECT '2026-01-02 03:04:05+00:00'"); !at.Equal(want.At.Time) || err != nil {
			t.Error(at, err)
		}
	}
}

func TestRowsThatDoNotFit(t *testing.T) {
	d := scratch(t)
	insideAndOut(t, d, func(t *testing.T, ctx context.Context) { testRowsThatDoNotFit(t, ctx, d) })
}

func testRowsThatDoNotFit(t *testing.T, ctx context.Context, d *DB) {
	for query, says := range map[string]string{
		"SELECT 1 AS count, 2 AS other": "no field for the column other", "SELECT NULL AS count": "integer",
		"SELECT 'x' AS count": "integer", "SELECT 1.5 AS count": "integer",
	} {
		if _, err := One[part](ctx, d, query); err == nil || !strings.Contains(err.Error()+cause(err), says) {
			t.Errorf("%s: %v", query, err)
		}
	}
	if _, err := One[int](ctx, d, "SELECT 1, 2"); err == nil {
		t.Error("two columns for one number")
	}
	if _, err := One[int](ctx, d, "SELECT 1 WHERE false"); NoRow(err, nil) != nil {
		t.Error(err)
	}
	if rows, err := All[int](ctx, d, "SELECT 1 WHERE false"); rows == nil || len(rows) != 0 || err != nil {
		t.Error(rows, err)
	}
}

func cause(err error) string {
	if u, ok := err.(interface{ Unwrap() error }); ok && u.Unwrap() != nil {
		return u.Unwrap().Error()
	}
	return ""
}

// What few columns have is read in a transaction as outside.
func TestUsualAndUnusualTypes(t *testing.T) {
	type row struct {
		Small  int32    `db:"small"`
		Whole  *int     `db:"whole"`
		Long   *int64   `db:"long"`
		None   *int     `db:"none"`
		Any    any      `db:"any"`
		Bytes  []byte   `db:"bytes"`
		Absent []byte   `db:"absent"`
		Name   *label   `db:"name"`
		Real   float32  `db:"real"`
		Double *float64 `db:"double"`
		Off    bool     `db:"off"`
	}
	d := scratch(t)
	whole, long, name, double := 7, int64(8), label("n"), 2.0
	want := row{
		Small: 6, Whole: &whole, Long: &long, Any: []byte("a"), Bytes: []byte("text"), Name: &name, Real: 1, Double: &double,
	}
	insideAndOut(t, d, func(t *testing.T, ctx context.Context) {
		got, err := One[row](ctx, d, "SELECT 6 AS small, 7 AS whole, 8 AS long, NULL AS none, x'61' AS \"any\","+
			" 'text' AS bytes, NULL AS absent, 'n' AS name, 1 AS real, 2.0 AS double, 0 AS off")
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%+v, %v", got, err)
		}
		for _, wrong := range []string{
			"NULL AS off", "2 AS off", "'x' AS real", "NULL AS real", "3000000000 AS small", "'x' AS whole", "'x' AS double",
		} {
			if got, err := One[row](ctx, d, "SELECT "+wrong); err == nil {
				t.Errorf("%s is %+v", wrong, got)
			}
		}
		if _, err := One[label](ctx, d, "SELECT NULL"); err == nil {
			t.Error("NULL is a text")
		}
	})
}

func TestParametersInTheirOrderHaveNoNames(t *testing.T) {
	d := scratch(t)
	for query, want := range map[string]string{
		"SELECT $1, $2, $3": "SELECT ?, ?, ?", "SELECT $2, $1": "SELECT $2, $1", "SELECT $1, $1": "SELECT $1, $1",
		"SELECT $1, '?'": "SELECT $1, '?'", "SELECT 1": "SELECT 1",
	} {
		if got := d.dialect(query); got != want {
			t.Errorf("%s is %s", query, got)
		}
	}
}

func TestLimitsAreExpressionsOnSQLite(t *testing.T) {
	d := scratch(t)
	const query = "SELECT 1 UNION SELECT 2 LIMIT $1 OFFSET $2"
	if got := d.dialect(query); got != "SELECT 1 UNION SELECT 2 LIMIT ? + 0 OFFSET ? + 0" {
		t.Error(got)
	}
	if got := (&DB{Engine: Postgres}).dialect(query); got != query {
		t.Error(got)
	}
	if rows, err := All[int](t.Context(), d, query, 1, 1); err != nil || !reflect.DeepEqual(rows, []int{2}) {
		t.Error(rows, err)
	}
}

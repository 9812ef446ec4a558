package db

import (
	"reflect"
	"strings"
	"testing"
)

func TestJoined(t *testing.T) {
	later := []deferred{
		{"INSERT INTO a (x, y) VALUES ($1, $2)", "a", []any{1, 2}},
		{"INSERT INTO b (x) VALUES ($1)", "b", []any{3}},
	}
	for range 2 { // made, and kept
		query, args := joined(later, "INSERT INTO c (x, y) VALUES ($2, $1) RETURNING x", []any{4, 5})
		want := "WITH later0 AS (INSERT INTO a (x, y) VALUES ($1, $2)), later1 AS (INSERT INTO b (x) VALUES ($3))" +
			" INSERT INTO c (x, y) VALUES ($5, $4) RETURNING x"
		if query != want || !reflect.DeepEqual(args, []any{1, 2, 3, 4, 5}) {
			t.Errorf("%s\n%v", query, args)
		}
	}
	long := "INSERT INTO d (x) VALUES ($1)" + strings.Repeat(", ($1)", longest)
	query, _ := joined(later, long, []any{1})
	_, kept := joinedTexts.Load(later[0].query + "\x00" + later[1].query + "\x00" + long)
	if kept || len(query) < len(long) {
		t.Error("a long text is kept")
	}
	if query, args := joined(nil, "SELECT 1", nil); query != "SELECT 1" || args != nil {
		t.Errorf("%s %v", query, args)
	}
}

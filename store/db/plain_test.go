package db

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// FuzzReadPlain compares what is read with what encoding/json reads.
func FuzzReadPlain(f *testing.F) {
	for _, text := range []string{
		`["a", "b"]`, `[]`, `[ ]`, `["a",]`, `["a" "b"]`, `["é"]`, `["\n"]`, `["a"]x`, `["a"`, ``, `null`, `["a",null]`,
		` ["a"]`, `["a"] `, `[ "a" , "b" ] `, `{}`, `{"a": true, "b":false}`, `{"a":true,"a":false}`, `{"a":1}`,
		`{"a":true,}`, `{"a" : true}`, `{"a":truefalse}`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		compare[[]string](t, text)
		compare[map[string]bool](t, text)
	})
}

func compare[T any](t *testing.T, text string) {
	t.Helper()
	var got, want T
	if !readPlain(text, &got) {
		return
	}
	if err := json.Unmarshal([]byte(text), &want); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%q is %v and not %v (%v)", text, got, want, err)
	}
}

func TestPlainIsReadWithoutJSON(t *testing.T) {
	var list []string
	var shouted []loud
	var switches map[string]bool
	if !readPlain(`["eu", "us"]`, &list) || !readPlain(`{"beta": true}`, &switches) ||
		len(list) != 2 || !switches["beta"] {
		t.Errorf("%v, %v", list, switches)
	}
	var labels []label
	if !readPlain(`["eu", "us"]`, &labels) || len(labels) != 2 || labels[1] != "us" || readPlain(`[]`, &shouted) ||
		readPlain(`[]`, new([]int)) {
		t.Errorf("%v", labels)
	}
	if n := testing.AllocsPerRun(100, func() { _ = readPlain(`["eu", "us"]`, &labels) }); n > 1 {
		t.Errorf("%v allocations", n)
	}
	if n := testing.AllocsPerRun(100, func() { _ = readPlain(`[]`, &labels) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
	if labels == nil || len(labels) != 0 {
		t.Errorf("%#v", labels)
	}
	if n := testing.AllocsPerRun(100, func() { _ = readPlain(`["eu", "us"]`, &list) }); n > 1 {
		t.Errorf("%v allocations", n)
	}
}

func TestColumnsAreReadAsTheyAreKept(t *testing.T) {
	for query, want := range map[string]string{
		"SELECT id, w.updated_at FROM workspaces w ORDER BY updated_at": "SELECT +id, +w.updated_at FROM workspaces w " +
			"ORDER BY updated_at",
		"SELECT created_at FROM workspaces":                           "SELECT +created_at FROM workspaces",
		"SELECT max(created_at) FROM workspaces":                      "",
		"SELECT created_at AS at FROM workspaces":                     "",
		"SELECT created_at FROM a UNION ALL SELECT created_at FROM b": "",
		"UPDATE a SET created_at = $1 RETURNING created_at":           "",
		"SELECT seat_attempts, of FROM a":                             "SELECT +seat_attempts, +of FROM a",
	} {
		if want == "" {
			want = query
		}
		if got := asKept(query); got != want {
			t.Errorf("%s: %s", query, got)
		}
	}
}

// loud is a string that is read in its own way.
type loud string

func (l *loud) UnmarshalText(b []byte) error {
	*l = loud(strings.ToUpper(string(b)))
	return nil
}

package db

import (
	"testing"
	"time"
)

func TestInstantReadsWhatTheDriversGive(t *testing.T) {
	want := time.Date(2026, 3, 1, 12, 0, 0, 120_000_000, time.UTC)
	for _, src := range []any{
		want, want.In(time.FixedZone("", 7200)),
		"2026-03-01 12:00:00.12+00:00", []byte("2026-03-01 12:00:00.12+00:00"), "2026-03-01 14:00:00.12+02:00",
		"2026-03-01 12:00:00.12", "2026-03-01T12:00:00.12Z", "2026-03-01T12:00:00.120000Z",
	} {
		var got Time
		if err := got.Scan(src); err != nil || got.Time != want {
			t.Errorf("%v reads as %v, %v", src, got.Time, err)
		}
	}
	for _, src := range []any{nil, "", "yesterday", int64(1), 1.5} {
		if err := new(Time).Scan(src); err == nil {
			t.Errorf("%v reads as a time", src)
		}
	}
	if (*Time)(nil).Pointer() != nil {
		t.Error("no time is a time")
	}
}

func TestTextIsNullWhenEmpty(t *testing.T) {
	if v, err := Text("").Value(); v != nil || err != nil {
		t.Errorf("%v, %v", v, err)
	}
	if v, err := Text("a").Value(); v != "a" || err != nil {
		t.Errorf("%v, %v", v, err)
	}
	for src, want := range map[any]Text{nil: "", "a": "a", "": ""} {
		got := Text("before")
		if err := got.Scan(src); err != nil || got != want {
			t.Errorf("%v reads as %q, %v", src, got, err)
		}
	}
	var got Text
	if err := got.Scan([]byte("b")); err != nil || got != "b" {
		t.Errorf("%q, %v", got, err)
	}
	if err := got.Scan(1); err == nil {
		t.Error("a number reads as text")
	}
}

func TestDocument(t *testing.T) {
	v, err := AsJSON(map[string]any{"a": []string{"<b>", "ü"}}).Value()
	if err != nil {
		t.Fatal(err)
	}
	text := v.(string) // bytes would be BYTEA to lib/pq
	for _, src := range []any{text, []byte(text)} {
		var d JSON[map[string][]string]
		if err := d.Scan(src); err != nil || len(d.V["a"]) != 2 || d.V["a"][0] != "<b>" || d.V["a"][1] != "ü" {
			t.Errorf("%v, %v", d.V, err)
		}
	}
	d := AsJSON([]string{"before"})
	if err := d.Scan(nil); err != nil || d.V != nil {
		t.Errorf("NULL reads as %v, %v", d.V, err)
	}
	for _, src := range []any{1, "{", []byte("")} {
		if err := d.Scan(src); err == nil {
			t.Errorf("%v reads as JSON", src)
		}
	}
	if _, err := AsJSON(func() {}).Value(); err == nil {
		t.Error("a function is JSON")
	}
}

func TestPadded(t *testing.T) {
	for n, want := range map[int]int{0: 0, 1: 1, 2: 2, 3: 4, 4: 4, 5: 8, 65: 128} {
		list := make([]int, n, n+1)
		for i := range list {
			list[i] = i
		}
		got := Padded(list)
		if len(got) != want {
			t.Errorf("%d values become %d, want %d", n, len(got), want)
		}
		for i, v := range got {
			if v != min(i, n-1) {
				t.Errorf("%d values become %v", n, got)
				break
			}
		}
	}
}

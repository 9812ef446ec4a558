package storable

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestNumber(t *testing.T) {
	for literal, want := range map[string]bool{
		"0": true, "-1.5e3": true, "1e131071": true, "1e131072": false, "1E+131072": false, "1e999999": false,
		"1e-16383": true, "1e-16384": false,
		"1e-20000": false, "1e99999999999999999999": false, "1e-99999999999999999999": false, "9223372036854775808": true,
		"1.5e-16382": true, "1.5e-16383": false,
		strings.Repeat("9", MaxWhole): true, strings.Repeat("9", MaxWhole+1): false,
		"0." + strings.Repeat("1", MaxFraction): true, "0." + strings.Repeat("1", MaxFraction+1): false,
	} {
		if got := Number(literal); got != want {
			t.Errorf("%.20s (%d bytes): %v", literal, len(literal), got)
		}
	}
}

func TestTime(t *testing.T) {
	for text, want := range map[string]bool{
		"2026-01-31T15:04:05Z": true, "9999-12-31T23:59:59Z": true, "9999-12-31T23:59:59-05:00": false,
		"9999-12-31T23:59:59+05:00": true,
		"0001-01-01T00:00:00Z":      true, "0001-01-01T00:00:00+05:00": false, "0000-12-31T23:59:59Z": false,
	} {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil || Time(at) != want {
			t.Errorf("%s: %v %v", text, Time(at), err)
		}
	}
}

func TestValue(t *testing.T) {
	for text, want := range map[string]bool{
		`{"a":["b",{"c":1e10}]}`: true, `{"a":["b",{"c":1e999999}]}`: false, `["\u0000"]`: false, `{"\u0000":1}`: false,
		`["\\u0000"]`: true, `null`: true,
		"[" + strings.Repeat("1e1000,", 1048) + "1]": true, "[" + strings.Repeat("1e1000,", 1049) + "1]": false,
		"[" + strings.Repeat(`{"a":1e-1000},`, 1049) + "1]": false,
	} {
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		var v any
		if err := d.Decode(&v); err != nil || Value(v) != want {
			t.Errorf("%s: %v %v", text, Value(v), err)
		}
	}
	if Text("\xff") || Text("a\x00") || !Text("ä") {
		t.Error("text")
	}
}

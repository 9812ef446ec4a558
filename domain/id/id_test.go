package id

import (
	"bytes"
	"sort"
	"testing"
)

func TestFormsRoundTrip(t *testing.T) {
	for range 1000 {
		i := New()
		if p, err := ParseULID(i.ULID()); err != nil || p != i {
			t.Fatalf("ULID %s of %s reads back as %s, %v", i.ULID(), i, p, err)
		}
		if p, err := ParseUUID(i.UUID()); err != nil || p != i {
			t.Fatalf("UUID %s reads back as %s, %v", i, p, err)
		}
		if p, err := ParsePrefixed("wks", i.Prefixed("wks")); err != nil || p != i {
			t.Fatalf("prefixed %s reads back as %s, %v", i.Prefixed("wks"), p, err)
		}
	}
	max := ID{}
	for k := range max {
		max[k] = 0xff
	}
	if got := max.ULID(); got != "7ZZZZZZZZZZZZZZZZZZZZZZZZZ" {
		t.Errorf("the largest ULID is %s", got)
	}
	if got := (ID{15: 1}).ULID(); got != "00000000000000000000000001" {
		t.Errorf("one is %s", got)
	}
}

func TestULIDSortsAsTheBytes(t *testing.T) {
	ids := make([]ID, 500)
	for k := range ids {
		ids[k] = NewV4()
	}
	sort.Slice(ids, func(a, b int) bool { return ids[a].ULID() < ids[b].ULID() })
	for k := 1; k < len(ids); k++ {
		if bytes.Compare(ids[k-1][:], ids[k][:]) > 0 {
			t.Fatalf("%s sorts before %s", ids[k-1], ids[k])
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, s := range []string{
		"", "8ZZZZZZZZZZZZZZZZZZZZZZZZZ", "0000000000000000000000000I", "000000000000000000000000",
		"0000000000000000000000000u",
	} {
		if _, err := ParseULID(s); err == nil {
			t.Errorf("ParseULID(%q) is accepted", s)
		}
	}
	if _, err := ParsePrefixed("org", New().Prefixed("wks")); err == nil {
		t.Error("another resource's prefix is accepted")
	}
	for _, s := range []string{"", "{0190c0de-0000-7000-8000-000000000000}", "0190c0de00007000800000000000000000000"} {
		if _, err := ParseUUID(s); err == nil {
			t.Errorf("ParseUUID(%q) is accepted", s)
		}
	}
}

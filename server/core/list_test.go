package core

import "testing"

func FuzzMoment(f *testing.F) {
	for _, s := range []string{"2026-01-15", "2026-01-15T10:30:00Z", "2026-01-15T10:30:00.5+02:00", "", "2026-13-01"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		at, err := moment(s)
		if err == nil && at.Location().String() != "UTC" {
			t.Errorf("%q is read in %s", s, at.Location())
		}
	})
}

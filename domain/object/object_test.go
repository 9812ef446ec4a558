package object

import (
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/fault"
)

func TestValidKey(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, key string
		ok        bool
	}{
		{"one segment", "report.csv", true},
		{"segments", "org_1/exports/2026/report.csv", true},
		{"spaces and signs", "a b/c+d=e&f%2F?#", true},
		{"not ASCII", "größe/模型.bin", true},
		{"dots in a name", "..a/.b/c../...", true},
		{"the longest", strings.Repeat("k", MaxKey), true},
		{"a blank segment", "a/ ", true},
		{"empty", "", false},
		{"blank", " \u3000", false},
		{"too long", strings.Repeat("k", MaxKey+1), false},
		{"too long in bytes", strings.Repeat("é", MaxKey/2) + "k", false},
		{"leading slash", "/a", false},
		{"trailing slash", "a/", false},
		{"empty segment", "a//b", false},
		{"only a slash", "/", false},
		{"dot", "a/./b", false},
		{"dot dot", "a/../b", false},
		{"dot dot alone", "..", false},
		{"NUL", "a\x00b", false},
		{"line feed", "a\nb", false},
		{"DEL", "a\x7fb", false},
		{"C1 control", "a\u0085b", false},
		{"not UTF-8", "a\xffb", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			err := ValidKey(tc.key)
			switch {
			case tc.ok && err != nil:
				t.Errorf("refused: %v", err)
			case !tc.ok && err == nil:
				t.Error("accepted")
			case !tc.ok && !fault.IsCode(err, fault.ValidationFailed):
				t.Errorf("refused with %v, want %s", err, fault.ValidationFailed)
			}
		})
	}
}

func FuzzValidKey(f *testing.F) {
	for _, s := range []string{"a/b", "/a", "a/../b", "é", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, key string) {
		if ValidKey(key) != nil {
			return
		}
		// What is accepted stays below any folder it is joined to.
		for segment := range strings.SplitSeq(key, "/") {
			if segment == "" || segment == "." || segment == ".." || strings.ContainsRune(segment, 0) {
				t.Fatalf("%q is accepted", key)
			}
		}
	})
}

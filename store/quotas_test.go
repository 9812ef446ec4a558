package store_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every table that the program inserts into has a row in docs/quotas.md, which says what bounds
// it, and no other has one.
func TestEveryTableHasABound(t *testing.T) {
	page, err := os.ReadFile("../docs/quotas.md")
	if err != nil {
		t.Fatal(err)
	}
	inserted := map[string]bool{}
	insert := regexp.MustCompile(`INSERT INTO ([a-z_]+)`)
	err = filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		b, err := os.ReadFile(path)
		for _, m := range insert.FindAllStringSubmatch(string(b), -1) {
			inserted[m[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(inserted) < 30 {
		t.Fatalf("only %d tables were found", len(inserted))
	}
	_, tables, _ := strings.Cut(string(page), "## What bounds each table")
	bound := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| (.+) \\|$").FindAllStringSubmatch(tables, -1) {
		bound[m[1]] = true
		if !inserted[m[1]] {
			t.Errorf("%s has a row and nothing is inserted into it", m[1])
		}
	}
	for table := range inserted {
		if !bound[table] {
			t.Errorf("nothing says what bounds the table %s", table)
		}
	}
}

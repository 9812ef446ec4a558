package main

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// files returns the content of all files below a folder.
func files(t *testing.T, folder string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		all[filepath.ToSlash(rel)], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestPackTwice(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "1790000000")
	first, second := t.TempDir(), t.TempDir()
	for _, to := range []string{first, second} {
		if err := run("../..", to); err != nil {
			t.Fatal(err)
		}
	}
	a, b := files(t, first), files(t, second)
	if len(a) != 3 {
		t.Fatalf("%d files", len(a))
	}
	for name, content := range a {
		if !bytes.Equal(content, b[name]) {
			t.Errorf("%s differs from one run to the next", name)
		}
		if strings.HasSuffix(name, ".info") && !bytes.Contains(content, []byte(`"Time":"2026-09-21T14:13:20Z"`)) {
			t.Errorf("info: %s", content)
		}
		if !strings.HasSuffix(name, ".zip") {
			continue
		}
		z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, f := range z.File {
			_, below, _ := strings.Cut(f.Name, "@v")
			_, below, _ = strings.Cut(below, "/")
			seen[below] = true
		}
		for _, want := range []string{
			"go.mod", "LICENSE", "README.md", "alania.go", "platform/models.gen.go", "webhook/webhook.go",
		} {
			if !seen[want] {
				t.Errorf("the zip lacks %s", want)
			}
		}
	}
}

func TestReleased(t *testing.T) {
	got, err := released("# C\n\n## Platform 2.1.0 – 2027-01-02\n\n## Core 1.0.0 – 2026-12-01\n\n## Keys 1.0.0 – "+
		"unreleased\n", "")
	if want := time.Date(2027, 1, 2, 0, 0, 0, 0, time.UTC); err != nil || !got.Equal(want) {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := released("", "soon"); err == nil {
		t.Error("an epoch that is no number is accepted")
	}
	if _, err := released("## A – 2027-13-01\n", ""); err == nil {
		t.Error("a date that is none is accepted")
	}
}

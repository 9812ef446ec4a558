package artifact

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/module"
	modzip "golang.org/x/mod/zip"

	"github.com/alania-go/alania/domain/release"
)

func put(t testing.TB, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func zipped(t testing.TB, path, version string, files map[string]string) string {
	t.Helper()
	source := t.TempDir()
	for name, text := range files {
		put(t, filepath.Join(source, name), text)
	}
	var b bytes.Buffer
	if err := modzip.CreateFromDir(&b, module.Version{Path: path, Version: version}, source); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func tarball(t testing.TB, names []string, texts ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for i, name := range names {
		if err := w.WriteHeader(&tar.Header{
			Name: name, Mode: 0o644, Size: int64(len(texts[i])), Typeflag: tar.TypeReg,
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(texts[i])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const (
	modulePath = "github.com/Alania-go/sdk"
	mod        = "module github.com/Alania-go/sdk\n\ngo 1.24\n"
	info       = `{"Version":"v1.0.0","Time":"2026-03-02T09:30:00Z"}`
	at         = "go/github.com/!alania-go/sdk/@v/v1.0.0"
)

func TestFolder(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, at+".zip"),
		zipped(t, modulePath, "v1.0.0", map[string]string{"go.mod": mod, "sdk.go": "package sdk\n"}))
	put(t, filepath.Join(dir, at+".mod"), mod)
	put(t, filepath.Join(dir, at+".info"), info)
	put(t, filepath.Join(dir, "go/github.com/!alania-go/sdk/@v/list"), "v1.0.0\n")
	const manifest = `{"name":"@alania/sdk","version":"1.0.0"}`
	tgz := tarball(t, []string{"package/index.js", "package/deep/package.json", "package/package.json"}, "1", "{}",
		manifest)
	put(t, filepath.Join(dir, "npm/alania-sdk-1.0.0.tgz"), tgz)
	put(t, filepath.Join(dir, "README"), "not ours")
	drafts, err := Folder(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(drafts) != 2 {
		t.Fatalf("%d drafts", len(drafts))
	}
	g, n := drafts[0], drafts[1]
	if g.Kind != release.Go || g.Name != modulePath || g.Version != "v1.0.0" || len(g.Files) != 3 ||
		g.Files[0].Name != "v1.0.0.info" || string(g.Files[1].Body) != mod || g.Files[2].ContentType != "application/zip" {
		t.Errorf("%+v", g)
	}
	if n.Kind != release.NPM || n.Name != "@alania/sdk" || n.Version != "1.0.0" || string(n.Manifest) != manifest ||
		len(n.Files) != 1 || n.Files[0].Name != "sdk-1.0.0.tgz" || string(n.Files[0].Body) != tgz {
		t.Errorf("%+v", n)
	}
	if drafts, err := Folder(t.TempDir()); err != nil || len(drafts) != 0 {
		t.Errorf("an empty folder: %v, %v", drafts, err)
	}
}

// What the tools of partners would refuse later is refused now, with the name of the file.
func TestFolderRefuses(t *testing.T) {
	good := func() map[string]string {
		return map[string]string{
			at + ".zip": zipped(t, modulePath, "v1.0.0", map[string]string{"go.mod": mod, "sdk.go": "package sdk\n"}),
			at + ".mod": mod, at + ".info": info,
		}
	}
	for name, change := range map[string]func(map[string]string){
		"no .mod":         func(f map[string]string) { delete(f, at+".mod") },
		"no .info":        func(f map[string]string) { delete(f, at+".info") },
		"another version": func(f map[string]string) { f[at+".info"] = `{"Version":"v1.0.1"}` },
		"another module":  func(f map[string]string) { f[at+".mod"] = "module example.com/other\n" },
		"another go.mod":  func(f map[string]string) { f[at+".mod"] = mod + "\n// more\n" },
		"no zip":          func(f map[string]string) { f[at+".zip"] = "zip" },
		"another prefix": func(f map[string]string) {
			f[at+".zip"] = zipped(t, "example.com/other", "v1.0.0", map[string]string{"go.mod": mod})
		},
		"a replacement": func(f map[string]string) {
			m := mod + "\nreplace example.com/a => example.com/b v1.0.0\n"
			f[at+".mod"], f[at+".zip"] = m, zipped(t, modulePath, "v1.0.0", map[string]string{"go.mod": m})
		},
		"no version":        func(f map[string]string) { f["go/example.com/x/@v/latest.zip"] = f[at+".zip"] },
		"no folder @v":      func(f map[string]string) { f["go/example.com/v1.0.0.zip"] = f[at+".zip"] },
		"no tarball":        func(f map[string]string) { f["npm/x.tgz"] = "tgz" },
		"no manifest":       func(f map[string]string) { f["npm/x.tgz"] = tarball(t, []string{"package/index.js"}, "1") },
		"a broken manifest": func(f map[string]string) { f["npm/x.tgz"] = tarball(t, []string{"package/package.json"}, "{") },
		"a private package": func(f map[string]string) {
			f["npm/x.tgz"] = tarball(t, []string{"package/package.json"}, `{"name":"x","version":"1.0.0","private":true}`)
		},
		"half a tarball": func(f map[string]string) {
			f["npm/x.tgz"] = tarball(t, []string{"package/package.json"}, `{"name":"x","version":"1.0.0"}`)[:60]
		},
	} {
		files, dir := good(), t.TempDir()
		change(files)
		for file, text := range files {
			put(t, filepath.Join(dir, file), text)
		}
		if drafts, err := Folder(dir); err == nil || !strings.Contains(err.Error(), dir) {
			t.Errorf("%s: %v, %d drafts", name, err, len(drafts))
		}
	}
}

// Package artifact reads what `make sdk` built, Go modules and npm packages, as drafts of
// releases. It refuses what the tools of partners would refuse later.
package artifact

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	modzip "golang.org/x/mod/zip"

	"github.com/alania-go/alania/domain/release"
)

// The types that files of releases have.
const (
	zipType  = "application/zip"
	textType = "text/plain; charset=utf-8"
	jsonType = "application/json"
	tgzType  = "application/octet-stream" // what npm's own registry says
)

// maxSize is the most bytes that a file may have, packed or not.
const maxSize = 64 << 20

// Folder reads the modules below dir/go, which has the form of a file system proxy
// (<module>/@v/<version>.zip, .mod and .info), and the packages in dir/npm (<name>-<version>.tgz).
func Folder(dir string) ([]release.Draft, error) {
	var drafts []release.Draft
	for _, part := range []struct {
		name, suffix string
		read         func(dir, name string) (release.Draft, error)
	}{{"go", ".zip", goModule}, {"npm", ".tgz", npmPackage}} {
		below := filepath.Join(dir, part.name)
		if _, err := os.Stat(below); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		err := filepath.WalkDir(below, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(name, part.suffix) {
				return err
			}
			draft, err := part.read(below, name)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			drafts = append(drafts, draft)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return drafts, nil
}

func goModule(dir, name string) (release.Draft, error) {
	var d release.Draft
	rel, err := filepath.Rel(dir, name)
	if err != nil {
		return d, err
	}
	escaped, file, ok := strings.Cut(filepath.ToSlash(rel), "/@v/")
	if !ok {
		return d, errors.New("is not below <module>/@v/")
	}
	base := strings.TrimSuffix(file, ".zip")
	modulePath, err := module.UnescapePath(escaped)
	if err != nil {
		return d, err
	}
	version, err := module.UnescapeVersion(base)
	if err != nil {
		return d, err
	}
	v := module.Version{Path: modulePath, Version: version}
	checked, err := modzip.CheckZip(v, name)
	if err == nil {
		err = checked.Err()
	}
	if err != nil {
		return d, err
	}
	d = release.Draft{Kind: release.Go, Name: modulePath, Version: version}
	for _, f := range []struct{ suffix, contentType string }{{".info", jsonType}, {".mod", textType}, {".zip", zipType}} {
		body, err := read(strings.TrimSuffix(name, ".zip") + f.suffix)
		if err != nil {
			return d, err
		}
		d.Files = append(d.Files,
			release.Content{Name: file[:len(file)-len(".zip")] + f.suffix, ContentType: f.contentType, Body: body})
	}
	return d, consistent(v, d.Files[0].Body, d.Files[1].Body, d.Files[2].Body)
}

// consistent reports whether the three files of a module speak of the same.
func consistent(v module.Version, info, mod, zipped []byte) error {
	var i struct{ Version string }
	if err := json.Unmarshal(info, &i); err != nil || i.Version != v.Version {
		return errors.New("the .info file has another version")
	}
	m, err := modfile.Parse("go.mod", mod, nil)
	if err != nil {
		return err
	}
	if m.Module == nil || m.Module.Mod.Path != v.Path {
		return errors.New("the .mod file has another module")
	}
	for _, r := range m.Replace {
		return fmt.Errorf("the .mod file replaces %s, which counts for nobody who requires the module", r.Old.Path)
	}
	z, err := zip.NewReader(bytes.NewReader(zipped), int64(len(zipped)))
	if err != nil {
		return err
	}
	inside, err := fs.ReadFile(z, v.Path+"@"+v.Version+"/go.mod")
	if err != nil {
		return err
	}
	if !bytes.Equal(inside, mod) {
		return errors.New("the go.mod in the zip file is not the .mod file")
	}
	return nil
}

func npmPackage(_, name string) (release.Draft, error) {
	var d release.Draft
	body, err := read(name)
	if err != nil {
		return d, err
	}
	manifest, err := packageJSON(body)
	if err != nil {
		return d, err
	}
	var p struct {
		Name, Version string
		Private       bool
	}
	if err := json.Unmarshal(manifest, &p); err != nil {
		return d, fmt.Errorf("package.json: %w", err)
	}
	if p.Private {
		return d, errors.New("package.json says that the package is private")
	}
	d = release.Draft{Kind: release.NPM, Name: p.Name, Version: p.Version, Manifest: manifest}
	d.Files = []release.Content{{Name: Tarball(p.Name, p.Version), ContentType: tgzType, Body: body}}
	return d, nil
}

// Tarball is the name under which npm asks for a package: without its scope.
func Tarball(name, version string) string { return path.Base(name) + "-" + version + ".tgz" }

// packageJSON returns the manifest of a tarball, in which npm takes the first folder off
// every name.
func packageJSON(tgz []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(tgz))
	if err != nil {
		return nil, err
	}
	limited := &io.LimitedReader{R: z, N: maxSize}
	t := tar.NewReader(limited)
	var manifest []byte
	for {
		h, err := t.Next()
		if err == io.EOF && limited.N > 0 {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("is no tarball of less than %d bytes: %w", maxSize, err)
		}
		_, inside, _ := strings.Cut(h.Name, "/")
		if inside == "package.json" && h.Typeflag == tar.TypeReg {
			if manifest, err = io.ReadAll(t); err != nil {
				return nil, err
			}
		}
	}
	if manifest == nil {
		return nil, errors.New("has no package.json")
	}
	return manifest, nil
}

func read(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	body, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err == nil && len(body) > maxSize {
		err = fmt.Errorf("%s has more than %d bytes", filepath.Base(name), maxSize)
	}
	return body, err
}

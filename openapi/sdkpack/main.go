// Sdkpack makes the release of the Go SDK: the module's files as a module proxy serves
// them, below dist/sdk/go. The same source makes the same bytes.
//
// Run it as `make sdk`.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

func main() {
	to := filepath.Join("dist", "sdk", "go")
	if len(os.Args) > 1 {
		to = os.Args[1]
	}
	if err := run(".", to); err != nil {
		fmt.Fprintln(os.Stderr, "sdkpack:", err)
		os.Exit(1)
	}
}

// run packs the SDK of a project into a folder that is laid out like a module proxy.
func run(project, to string) error {
	source := filepath.Join(project, "sdk", "go")
	version, err := os.ReadFile(filepath.Join(project, "sdk", "VERSION"))
	if err != nil {
		return err
	}
	mod, err := os.ReadFile(filepath.Join(source, "go.mod"))
	if err != nil {
		return err
	}
	m := module.Version{Path: modfile.ModulePath(mod), Version: "v" + strings.TrimSpace(string(version))}
	if err := module.Check(m.Path, m.Version); err != nil {
		return err
	}
	changelog, err := os.ReadFile(filepath.Join(project, "openapi", "CHANGELOG.md"))
	if err != nil {
		return err
	}
	at, err := released(string(changelog), os.Getenv("SOURCE_DATE_EPOCH"))
	if err != nil {
		return err
	}
	info, err := json.Marshal(struct {
		Version string
		Time    time.Time
	}{m.Version, at})
	if err != nil {
		return err
	}
	var archive bytes.Buffer
	if err := zip.CreateFromDir(&archive, m, source); err != nil {
		return err
	}
	escaped, err := module.EscapePath(m.Path)
	if err != nil {
		return err
	}
	folder := filepath.Join(to, filepath.FromSlash(escaped), "@v")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for suffix, content := range map[string][]byte{".zip": archive.Bytes(), ".mod": mod, ".info": append(info, '\n')} {
		if err := os.WriteFile(filepath.Join(folder, m.Version+suffix), content, 0o644); err != nil {
			return err
		}
	}
	fmt.Println(filepath.Join(folder, m.Version+".zip"))
	return nil
}

var dated = regexp.MustCompile(`(?m)^## .* – (\d{4}-\d\d-\d\d)$`)

// released is the time of the release: what a packager demands in seconds, or else the
// newest date of the changelog's headings. Before the first release it is the earliest
// that zip files know.
func released(changelog, epoch string) (time.Time, error) {
	if epoch != "" {
		s, err := strconv.ParseInt(epoch, 10, 64)
		if err != nil {
			return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH: %w", err)
		}
		return time.Unix(s, 0).UTC(), nil
	}
	newest := time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, found := range dated.FindAllStringSubmatch(changelog, -1) {
		t, err := time.Parse(time.DateOnly, found[1])
		if err != nil {
			return time.Time{}, err
		}
		if t.After(newest) {
			newest = t
		}
	}
	return newest, nil
}

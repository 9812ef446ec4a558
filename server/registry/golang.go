package registry

import (
	"strings"

	"github.com/labstack/echo/v4"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/alania-go/alania/domain/release"
)

// module answers as a Go module proxy. The go command goes on to the next proxy of its list
// for what is 404; so it gets what the SDK depends on, and the checksum database.
func (a *API) module(c echo.Context) error {
	ctx := c.Request().Context()
	path := below(c, "go")
	escaped, newest := strings.CutSuffix(path, "/@latest")
	var file string
	if !newest {
		var ok bool
		if escaped, file, ok = strings.Cut(path, "/@v/"); !ok {
			return a.missing(c)
		}
	}
	name, err := module.UnescapePath(escaped)
	if err != nil {
		return a.missing(c)
	}
	if newest || file == "list" {
		list, err := a.Releases.Versions(ctx, release.Go, name)
		if err != nil {
			return err
		}
		if newest {
			return a.goFile(c, release.Latest(list), ".info", fresh, false)
		}
		var versions strings.Builder
		for _, r := range list {
			versions.WriteString(r.Version + "\n")
		}
		return document(c, "text/plain; charset=utf-8", []byte(versions.String()))
	}
	for _, suffix := range []string{".info", ".mod", ".zip"} {
		escaped, ok := strings.CutSuffix(file, suffix)
		if !ok {
			continue
		}
		version, err := module.UnescapeVersion(escaped)
		if err != nil || !semver.IsValid(version) {
			break
		}
		r, err := a.Releases.Get(ctx, release.Go, name, version)
		if err != nil {
			return err
		}
		return a.goFile(c, r, suffix, forEver, suffix == ".zip")
	}
	return a.missing(c)
}

func (a *API) goFile(c echo.Context, r release.Release, suffix, cache string, download bool) error {
	escaped, err := module.EscapeVersion(r.Version)
	if err != nil {
		return err
	}
	return a.file(c, r, escaped+suffix, cache, download)
}

package registry

import (
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/release"
)

// npm answers as an npm registry
// (github.com/npm/registry/blob/main/docs/responses/package-metadata.md).
func (a *API) npm(c echo.Context) error {
	path := below(c, "npm")
	if rest, ok := strings.CutPrefix(path, "-/"); ok {
		return a.npmService(c, rest)
	}
	name, rest, _ := strings.Cut(path, "/")
	if strings.HasPrefix(name, "@") {
		var base string
		base, rest, _ = strings.Cut(rest, "/")
		name += "/" + base
	}
	list, err := a.Releases.Versions(c.Request().Context(), release.NPM, name)
	if err != nil {
		return err
	}
	if rest == "" {
		return a.packument(c, list)
	}
	if file, ok := strings.CutPrefix(rest, "-/"); ok {
		for _, r := range list {
			if _, ok := r.File(file); ok {
				return a.file(c, r, file, forEver, true)
			}
		}
		return a.missing(c)
	}
	if rest == latest {
		rest = release.Latest(list).Version
	}
	for _, r := range list {
		if r.Version == rest {
			v, err := a.version(r)
			if err != nil {
				return err
			}
			return object(c, echo.MIMEApplicationJSON, v)
		}
	}
	return a.missing(c)
}

const latest = "latest"

// npmService answers what is about the registry, not about one package.
func (a *API) npmService(c echo.Context, path string) error {
	switch path {
	case "ping":
		return object(c, echo.MIMEApplicationJSON, map[string]any{})
	case "whoami":
		return object(c, echo.MIMEApplicationJSON, map[string]string{"username": identity.From(c.Request().Context()).Name})
	}
	name, ok := strings.CutPrefix(path, "package/")
	if name, tags := strings.CutSuffix(name, "/dist-tags"); ok && tags {
		list, err := a.Releases.Versions(c.Request().Context(), release.NPM, name)
		if err != nil {
			return err
		}
		return object(c, echo.MIMEApplicationJSON, map[string]string{latest: release.Latest(list).Version})
	}
	return a.missing(c)
}

// abbreviatedType is what npm asks for when it installs: without what only people read.
const abbreviatedType = "application/vnd.npm.install-v1+json"

// installed are the members of package.json that an abbreviated packument has.
var installed = []string{
	"name", "version", "deprecated", "dependencies", "optionalDependencies", "devDependencies", "bundleDependencies",
	"peerDependencies",
	"peerDependenciesMeta", "bin", "directories", "dist", "engines", "cpu", "os", "libc", "funding", "hasInstallScript",
}

// packument describes all versions of a package.
func (a *API) packument(c echo.Context, list []release.Release) error {
	abbreviated := strings.Contains(c.Request().Header.Get(echo.HeaderAccept), abbreviatedType)
	last := release.Latest(list)
	versions := map[string]any{}
	times := map[string]string{}
	created, modified := list[0].PublishedAt, list[0].PublishedAt
	var described map[string]any
	for _, r := range list {
		v, err := a.version(r)
		if err != nil {
			return err
		}
		if r.Version == last.Version {
			described = v
		}
		if abbreviated {
			whole := v
			v = map[string]any{}
			for _, name := range installed {
				if member, ok := whole[name]; ok {
					v[name] = member
				}
			}
		}
		versions[r.Version] = v
		times[r.Version] = stamp(r.PublishedAt)
		if r.PublishedAt.Before(created) {
			created = r.PublishedAt
		}
		if r.PublishedAt.After(modified) {
			modified = r.PublishedAt
		}
	}
	times["created"], times["modified"] = stamp(created), stamp(modified)
	out := map[string]any{"name": last.Name, "dist-tags": map[string]string{latest: last.Version}, "versions": versions}
	c.Response().Header().Add(echo.HeaderVary, echo.HeaderAccept)
	if abbreviated {
		out["modified"] = times["modified"]
		return object(c, abbreviatedType, out)
	}
	out["_id"], out["time"] = last.Name, times
	for _, name := range []string{"description", "homepage", "license", "author", "repository", "bugs", "keywords"} {
		if member, ok := described[name]; ok {
			out[name] = member
		}
	}
	return object(c, echo.MIMEApplicationJSON, out)
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// version is the package.json of a version, with where its tarball is.
func (a *API) version(r release.Release) (map[string]any, error) {
	var v map[string]any
	if err := json.Unmarshal(r.Manifest, &v); err != nil {
		return nil, err
	}
	v = maps.Clone(v)
	f := r.Files[0]
	v["_id"] = r.Name + "@" + r.Version
	v["dist"] = map[string]any{
		"tarball":   a.PublicURL + Path + "/npm/" + r.Name + "/-/" + url.PathEscape(f.Name),
		"integrity": f.Integrity(),
		"shasum":    hex.EncodeToString(f.SHA1),
	}
	if scripts, ok := v["scripts"].(map[string]any); ok {
		for _, name := range []string{"preinstall", "install", "postinstall"} {
			if _, ok := scripts[name]; ok {
				v["hasInstallScript"] = true
			}
		}
	}
	return v, nil
}

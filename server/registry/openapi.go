package registry

import (
	"encoding/hex"
	"path"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/domain/release"
)

// bundle is a version of a contract in the list.
type bundle struct {
	Version     string       `json:"version"`
	PublishedAt time.Time    `json:"published_at"`
	Files       []bundleFile `json:"files"`
}

type bundleFile struct {
	URL    string `json:"url"`
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`
}

type bundles struct {
	Name     string   `json:"name"`
	Latest   string   `json:"latest"`
	Versions []bundle `json:"versions"`
}

// Formats of a bundle.
var formats = []string{".json", ".yaml"}

// openapi lists the bundles, and serves one of a version: <contract>/<version>.json, .yaml,
// and <contract>/latest.json, .yaml.
func (a *API) openapi(c echo.Context) error {
	ctx := c.Request().Context()
	at := strings.TrimSuffix(below(c, "openapi"), "/")
	if at == "" {
		list, err := a.Releases.All(ctx, release.OpenAPI)
		if err != nil {
			return err
		}
		return object(c, echo.MIMEApplicationJSON, map[string]any{"contracts": a.contracts(list)})
	}
	name, file, ok := strings.Cut(at, "/")
	if !ok {
		list, err := a.Releases.Versions(ctx, release.OpenAPI, name)
		if err != nil {
			return err
		}
		return object(c, echo.MIMEApplicationJSON, a.contracts(list)[0])
	}
	for _, format := range formats {
		version, ok := strings.CutSuffix(file, format)
		if !ok {
			continue
		}
		if version == latest {
			list, err := a.Releases.Versions(ctx, release.OpenAPI, name)
			if err != nil {
				return err
			}
			last := release.Latest(list)
			return a.file(c, last, BundleFile(name, last.Version, format), fresh, true)
		}
		r, err := a.Releases.Get(ctx, release.OpenAPI, name, version)
		if err != nil {
			return err
		}
		return a.file(c, r, BundleFile(name, version, format), forEver, true)
	}
	return a.missing(c)
}

// BundleFile is the name of a file of a bundle; format is .json or .yaml.
func BundleFile(name, version, format string) string { return name + "-" + version + format }

// contracts groups releases, which are sorted by name.
func (a *API) contracts(list []release.Release) []bundles {
	out := []bundles{}
	for from := 0; from < len(list); {
		to := from
		for to < len(list) && list[to].Name == list[from].Name {
			to++
		}
		b := bundles{Name: list[from].Name, Latest: release.Latest(list[from:to]).Version}
		for _, r := range list[from:to] {
			v := bundle{Version: r.Version, PublishedAt: r.PublishedAt}
			for _, f := range r.Files {
				v.Files = append(v.Files, bundleFile{
					URL:  a.PublicURL + Path + "/openapi/" + r.Name + "/" + r.Version + path.Ext(f.Name),
					Size: f.Size, SHA256: hex.EncodeToString(f.SHA256),
				})
			}
			b.Versions = append(b.Versions, v)
		}
		out = append(out, b)
		from = to
	}
	return out
}

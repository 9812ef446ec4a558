// Package docs serves the API descriptions and the page to read and try them: Swagger
// UI, from this binary alone.
package docs

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/alania-go/alania/openapi"
	"github.com/alania-go/alania/server/static"
	"github.com/labstack/echo/v4"
)

//go:generate ./refresh.sh

// Options say what the docs can't know by themselves.
type Options struct {
	// PublicURL is where clients reach this server: http or https, and a host, without a
	// path, since the contracts have URLs that begin at the root. The descriptions name
	// it as their only server, and so the page sends its requests to it.
	PublicURL string
	// Contracts are those that the server serves; nil: those whose bundles are in the program.
	Contracts []Contract
	// First is the contract that the page shows until another is chosen; the first by
	// name when it is empty.
	First string
}

// Contract is a contract to describe.
type Contract struct {
	Name string
	// Bundle is its document in JSON; nil: it is in the program.
	Bundle []byte
}

// Register adds the routes of the docs, for GET and HEAD:
//
//	/docs                                the page; /docs/ redirects to it
//	/docs/assets/<file>                  what the page is made of
//	/openapi.json, /openapi.yaml         every contract, joined: to download, not on the page
//	/openapi/<contract>.json and .yaml   one contract
//
// Each file is a route of its own, so anything else is the router's 404 or 405. An error
// means that the options or the bundles are wrong; nothing was registered then.
func Register(e *echo.Echo, opts Options) error {
	contracts := slices.Clone(opts.Contracts)
	if contracts == nil {
		for _, name := range openapi.Contracts() {
			contracts = append(contracts, Contract{Name: name})
		}
	}
	slices.SortFunc(contracts, func(a, b Contract) int { return strings.Compare(a.Name, b.Name) })
	var docs []description
	for _, c := range append(contracts, Contract{Name: openapi.Joined}) {
		d, err := describe(c)
		if err != nil {
			return fmt.Errorf("docs: the %s bundle: %w", c.Name, err)
		}
		docs = append(docs, d)
	}
	routes, err := routesOf(docs, opts)
	if err != nil {
		return fmt.Errorf("docs: %w", err)
	}
	for _, r := range routes {
		e.GET(r.path, r.handler)
		e.HEAD(r.path, r.handler)
	}
	return nil
}

// description is one OpenAPI document.
type description struct {
	name       string // of the contract, or openapi.Joined
	json, yaml []byte
}

func describe(c Contract) (description, error) {
	if c.Bundle != nil {
		y, err := asYAML(c.Bundle)
		return description{c.Name, c.Bundle, y}, err
	}
	j, ok := openapi.JSON(c.Name)
	y, okYAML := openapi.YAML(c.Name)
	if !ok || !okYAML {
		return description{}, errors.New("it is not there in both formats")
	}
	return description{c.Name, j, y}, nil
}

// title is what the page calls it, and links into the page name.
func (d description) title() string {
	if d.name == openapi.Joined {
		return "All contracts"
	}
	return d.name
}

// path is where it is served, without the suffix.
func (d description) path() string {
	if d.name == openapi.Joined {
		return "/openapi"
	}
	return "/openapi/" + d.name
}

type route struct {
	path    string
	handler echo.HandlerFunc
}

// routesOf makes everything that is served, but the descriptions and what gzip makes of it: those come with their first
// request.
func routesOf(docs []description, opts Options) ([]route, error) {
	server, err := publicURL(opts.PublicURL)
	if err != nil {
		return nil, err
	}
	files, err := assets()
	if err != nil {
		return nil, err
	}
	html, err := page(docs, files, server, opts.First)
	if err != nil {
		return nil, err
	}
	pageBody, policy := static.New("text/html; charset=utf-8", html), contentSecurityPolicy(server)
	routes := []route{
		{"/docs", func(c echo.Context) error {
			c.Response().Header().Set(echo.HeaderCacheControl, "no-cache")
			c.Response().Header().Set(echo.HeaderContentSecurityPolicy, policy)
			return pageBody.Serve(c)
		}},
		{"/docs/", toPage},
	}
	for name, file := range files {
		routes = append(routes, route{"/docs/assets/" + name, file.Asset})
	}
	for _, d := range docs {
		// Not application/vnd.oai.openapi+json: browsers would save it instead of showing it.
		routes = append(routes,
			route{d.path() + ".json", document("application/json", func() ([]byte, error) {
				return served("json", d.json, server.String(), jsonWithServer)
			})},
			route{d.path() + ".yaml", document("application/yaml", func() ([]byte, error) {
				return served("yaml", d.yaml, server.String(), yamlWithServer)
			})})
	}
	return routes, nil
}

// document serves what text returns. It is made for the first who asks: a start would take a third longer.
func document(mediaType string, text func() ([]byte, error)) echo.HandlerFunc {
	made := sync.OnceValues(func() (*static.Resource, error) {
		b, err := text()
		return static.New(mediaType, b), err
	})
	return func(c echo.Context) error {
		r, err := made()
		if err != nil {
			return fmt.Errorf("%s: %w", c.Path(), err)
		}
		return r.Document(c)
	}
}

func toPage(c echo.Context) error {
	to := "/docs"
	if query := c.QueryString(); query != "" {
		to += "?" + query
	}
	return c.Redirect(http.StatusMovedPermanently, to)
}

// publicURL accepts what can stand in a server entry and in a header.
func publicURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil {
		return nil, fmt.Errorf("public URL: %w", errors.Unwrap(err)) // what it wraps does not repeat the URL
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		err = errors.New("must begin with http:// or https://")
	case u.Hostname() == "" || strings.Trim(u.Hostname(), hostChars) != "":
		err = errors.New("must have a host of ASCII letters, digits, dots and dashes, or an address")
	case u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		err = errors.New("must be only a scheme and a host")
	}
	if err != nil {
		return nil, fmt.Errorf("public URL %s %w", u.Redacted(), err)
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}, nil
}

const hostChars = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:"

// contentSecurityPolicy lets the page run its own scripts, none inline, and talk to this
// server only. Swagger UI has images as data: in its style, and shows images that the API
// returns as blob:.
func contentSecurityPolicy(server *url.URL) string {
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self'",
		"img-src 'self' data: blob:",
		"connect-src 'self' " + server.String(),
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors 'none'",
	}, "; ")
}

var (
	//go:embed assets/*.js assets/*.css assets/*.png assets/*.txt assets/LICENSE assets/NOTICE
	vendored embed.FS
	//go:embed page/*.js page/*.css
	ours embed.FS
	//go:embed page/index.html
	pageText string
)

// assets are the files of the page by name. They are the same for every server of the
// process, which in tests has many.
var assets = sync.OnceValues(func() (map[string]*static.Resource, error) {
	types := map[string]string{ // the system's table may differ, and sniffing is off
		".js":  "text/javascript; charset=utf-8",
		".css": "text/css; charset=utf-8",
		".png": "image/png",
		".txt": "text/plain; charset=utf-8",
		"":     "text/plain; charset=utf-8",
	}
	files := map[string]*static.Resource{}
	for _, folder := range []embed.FS{vendored, ours} {
		err := fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			body, err := folder.ReadFile(name)
			if err != nil {
				return err
			}
			files[path.Base(name)] = static.New(types[path.Ext(name)], body)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return files, nil
})

// page renders the HTML.
func page(docs []description, files map[string]*static.Resource, server *url.URL, first string) ([]byte, error) {
	type document struct { // as Swagger UI's `urls` has it
		Name string `json:"name"`
		URL  string `json:"url"`
	}
	type link struct{ Name, JSON, YAML string }
	var (
		documents []document
		links     []link
	)
	for _, d := range docs {
		links = append(links, link{d.title(), d.path() + ".json", d.path() + ".yaml"})
		if d.name != openapi.Joined {
			documents = append(documents, document{d.title(), d.path() + ".json"})
		}
	}
	if first == "" && len(documents) > 0 {
		first = documents[0].Name
	}
	if !slices.ContainsFunc(documents, func(d document) bool { return d.Name == first }) {
		return nil, fmt.Errorf("there is no contract %q to show first", first)
	}
	list, err := json.Marshal(documents)
	if err != nil {
		return nil, err
	}
	tmpl, err := template.New("page").Funcs(template.FuncMap{
		"asset": func(name string) (string, error) {
			file, ok := files[name]
			if !ok {
				return "", fmt.Errorf("no asset %s", name)
			}
			return "/docs/assets/" + name + "?v=" + file.Tag(), nil
		},
	}).Parse(pageText)
	if err != nil {
		return nil, err
	}
	var html bytes.Buffer
	err = tmpl.Execute(&html, map[string]any{
		"Server": server.String(), "Documents": string(list), "First": first, "Links": links,
	})
	return html.Bytes(), err
}

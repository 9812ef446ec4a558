// Package portal serves what partner developers read first: the start page, the changelog,
// the catalogues of errors and events, deprecations, and the state of the platform. The
// pages are made from the bundles and the domain, so that they say what is served;
// only the state is of the moment. There is no script and nothing from elsewhere.
package portal

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"

	"github.com/alania-go/alania/domain/health"
	"github.com/alania-go/alania/openapi"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/static"
)

// Options are what the pages are made of.
type Options struct {
	PublicURL string // where clients reach this server: scheme and host
	Version   string // of the program
	Contracts []*contract.Contract
	Health    func(context.Context) health.Report
}

// Register adds the pages, for GET and HEAD: /, /changelog, /errors and one below it for
// each code, /webhooks, /deprecations, /status, and what they are made of below /portal.
// Anything else stays the router's. The pages are made with the first request for one.
func Register(e *echo.Echo, opts Options) {
	made := sync.OnceValues(func() (*portal, error) { return newPortal(opts) })
	get := func(path string, answer func(*portal, echo.Context) error) {
		h := func(c echo.Context) error {
			p, err := made()
			if err != nil {
				return fmt.Errorf("portal: %w", err)
			}
			return answer(p, c)
		}
		e.GET(path, h)
		e.HEAD(path, h)
	}
	for _, path := range []string{"/", "/changelog", "/errors", "/webhooks", "/deprecations"} {
		get(path, func(p *portal, c echo.Context) error { return p.page(c, p.pages[path]) })
	}
	get("/errors/:code", func(p *portal, c echo.Context) error {
		if page, ok := p.pages["/errors/"+nameOf(c.Param("code"))]; ok {
			return p.page(c, page)
		}
		return p.unknownError(c)
	})
	for name, file := range assets {
		get("/portal/"+name, func(_ *portal, c echo.Context) error { return file.Asset(c) })
	}
	get("/status", (*portal).status)
}

type portal struct {
	opts     Options
	tmpl     *template.Template
	pages    map[string]*static.Resource // by path
	unknown  []byte                      // of a code that is none
	markdown goldmark.Markdown
}

var (
	//go:embed pages/*.html
	pageFiles embed.FS
	//go:embed pages/portal.css
	style []byte
	//go:embed pages/icon.svg
	icon []byte
)

// assets are what the pages are made of, by name.
var assets = map[string]*static.Resource{
	"portal.css": static.New("text/css; charset=utf-8", style),
	"icon.svg":   static.New("image/svg+xml", icon),
}

// policy lets the pages be what they are: text, a style and a picture from here.
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; " +
	"frame-ancestors 'none'"

const htmlType = "text/html; charset=utf-8"

func newPortal(opts Options) (*portal, error) {
	base, err := url.Parse(opts.PublicURL)
	if err != nil {
		return nil, fmt.Errorf("public URL: %w", err)
	}
	opts.PublicURL = strings.TrimSuffix(opts.PublicURL, "/")
	p := &portal{
		opts:  opts,
		pages: map[string]*static.Resource{},
		// Markdown that has HTML in it is shown without that.
		markdown: goldmark.New(goldmark.WithExtensions(extension.Table),
			goldmark.WithParserOptions(parser.WithAutoHeadingID())),
	}
	p.tmpl, err = template.New("").Funcs(template.FuncMap{
		"asset":    asset,
		"markdown": p.render,
	}).ParseFS(pageFiles, "pages/*.html")
	if err != nil {
		return nil, err
	}
	summaries, err := summariesOf(opts.Contracts)
	if err != nil {
		return nil, err
	}
	catalogue := newErrors(opts.Contracts)
	for _, page := range []struct {
		path, file, title string
		data              any
	}{
		{"/", "start.html", "", start{
			Base: opts.PublicURL, Host: base.Host, Contracts: summaries,
			Curl: program("quickstart.sh.txt", opts.PublicURL), Go: program("quickstart.go.txt", opts.PublicURL),
			TypeScript: program("quickstart.ts.txt", opts.PublicURL),
		}},
		{"/changelog", "changelog.html", "Changelog", openapi.Changelog()},
		{"/errors", "errors.html", "Errors", catalogue},
		{"/webhooks", "webhooks.html", "Webhooks", newEvents(opts.Contracts, opts.PublicURL)},
		{"/deprecations", "deprecations.html", "Deprecations", deprecationsOf(opts.Contracts)},
	} {
		if err := p.add(page.path, page.file, page.title, page.data); err != nil {
			return nil, err
		}
	}
	for _, e := range catalogue.pages() {
		if err := p.add("/errors/"+e.Name, "error.html", e.Name, e); err != nil {
			return nil, err
		}
	}
	p.unknown, err = p.html("/errors/", "unknown.html", "Unknown error code", nil)
	return p, err
}

func asset(name string) (string, error) {
	file, ok := assets[name]
	if !ok {
		return "", fmt.Errorf("no asset %s", name)
	}
	return "/portal/" + name + "?v=" + file.Tag(), nil
}

func (p *portal) render(text any) (template.HTML, error) {
	source, ok := text.([]byte)
	if s, isString := text.(string); isString {
		source, ok = []byte(s), true
	}
	if !ok {
		return "", fmt.Errorf("%T is no Markdown", text)
	}
	var out bytes.Buffer
	err := p.markdown.Convert(source, &out)
	return template.HTML(out.String()), err //nolint:gosec // of our own texts, without their HTML
}

// link is one of the navigation.
type link struct {
	Path, Name string
	Here       bool
}

// html makes a page of its template.
func (p *portal) html(path, file, title string, data any) ([]byte, error) {
	nav := []link{
		{"/", "Start", false}, {"/docs", "API reference", false}, {"/errors", "Errors", false}, {
			"/webhooks", "Webhooks", false,
		},
		{"/changelog", "Changelog", false}, {"/deprecations", "Deprecations", false}, {"/status", "Status", false},
	}
	for i := range nav {
		nav[i].Here = path == nav[i].Path || i > 0 && strings.HasPrefix(path, nav[i].Path+"/")
	}
	if title == "" {
		title = "Alania API"
	} else {
		title += " · Alania API"
	}
	var body, out bytes.Buffer
	if err := p.tmpl.ExecuteTemplate(&body, file, data); err != nil {
		return nil, err
	}
	err := p.tmpl.ExecuteTemplate(&out, "layout.html", map[string]any{
		"Title": title, "Nav": nav, "Version": p.opts.Version,
		"Body": template.HTML(body.String()), //nolint:gosec // of the template before
	})
	return out.Bytes(), err
}

func (p *portal) add(path, file, title string, data any) error {
	body, err := p.html(path, file, title, data)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	p.pages[path] = static.New(htmlType, body)
	return nil
}

func headers(c echo.Context) {
	h := c.Response().Header()
	h.Set(echo.HeaderContentSecurityPolicy, policy)
	h.Set(echo.HeaderXContentTypeOptions, "nosniff")
	h.Set(echo.HeaderReferrerPolicy, "no-referrer")
}

func (p *portal) page(c echo.Context, page *static.Resource) error {
	headers(c)
	c.Response().Header().Set(echo.HeaderCacheControl, "no-cache")
	return page.Serve(c)
}

// blob answers with what is of the moment.
func blob(c echo.Context, status int, body []byte) error {
	headers(c)
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	if c.Request().Method == http.MethodHead {
		body = nil
	}
	return c.Blob(status, htmlType, body)
}

// unknownError is the page of a code that no contract has. It does not repeat the code.
func (p *portal) unknownError(c echo.Context) error {
	return blob(c, http.StatusNotFound, p.unknown)
}

// Package registry is where partners install the SDKs from, with the tools that they have:
// it speaks the protocol of Go module proxies (go.dev/ref/mod#goproxy-protocol) and that of
// npm registries, and hands out the OpenAPI bundles by version. These are protocols of
// others, so no contract describes them; docs/registry.md does.
package registry

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/release"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/edge"
)

// Path is where the registry begins.
const Path = "/registry"

// API is the registry.
type API struct {
	Releases  *release.Service
	PublicURL string // without a slash at the end: tarballs are named with it
}

// Register puts the registry on the router, each part with middleware(op).
func (a *API) Register(router *echo.Echo, middleware func(*contract.Operation) echo.MiddlewareFunc) {
	part := func(name string, dialect contract.Dialect, handler echo.HandlerFunc, paths ...string) {
		access := []string{release.Scope}
		op := &contract.Operation{
			ID: name, Path: paths[0],
			Contract: &contract.Contract{Module: contract.Module{Name: "registry", Dialect: dialect}},
			Access:   contract.Callers(access, identity.FromKey, identity.FromToken, identity.FromBasic),
			Rate:     &contract.RateClass{Rate: plan.Builds},
			Stream:   &contract.Stream{Response: true, Timeout: contract.StreamTimeout},
		}
		guard := middleware(op)
		for _, path := range paths {
			router.Any(path, onlyRead(handler), guard)
		}
	}
	part("go", text{a.PublicURL}, a.module, Path+"/go/*")
	part("npm", npmJSON{a.PublicURL}, a.npm, Path+"/npm/*")
	part("openapi", plainJSON{a.PublicURL}, a.openapi, Path+"/openapi", Path+"/openapi/*")
	part("none", plainJSON{a.PublicURL}, a.missing, Path, Path+"/*")
}

// onlyRead refuses what would change something: releases are published on the command line.
func onlyRead(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if m := c.Request().Method; m != http.MethodGet && m != http.MethodHead {
			c.Response().Header().Set(echo.HeaderAllow, "GET, HEAD")
			return echo.ErrMethodNotAllowed
		}
		return next(c)
	}
}

// missing answers for what no release can be, after who asks for it.
func (a *API) missing(c echo.Context) error {
	if err := a.Releases.Admit(c.Request().Context()); err != nil {
		return err
	}
	return fault.NewNotFound("release")
}

// below returns what follows a part of the registry in the path, decoded: npm sends the
// slash of a name as %2f.
func below(c echo.Context, part string) string {
	return strings.TrimPrefix(strings.TrimPrefix(c.Request().URL.Path, Path+"/"+part), "/")
}

// The caches of callers may keep what never changes, and must ask about the rest. None of
// it is for a cache that serves others.
const (
	forEver = "private, max-age=31536000, immutable"
	fresh   = "private, no-cache"
)

func head(c echo.Context, contentType, tag, cache string) http.Header {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, contentType)
	h.Set("ETag", `"`+tag+`"`)
	h.Set(echo.HeaderCacheControl, cache)
	h.Add(echo.HeaderVary, echo.HeaderAuthorization)
	return h
}

// unchanged reports whether the caller has what the tag names (RFC 9110 section 13.1.2).
func unchanged(r *http.Request, tag string) bool {
	for _, value := range r.Header.Values("If-None-Match") {
		for t := range strings.SplitSeq(value, ",") {
			t = strings.TrimPrefix(strings.TrimSpace(t), "W/")
			if t == "*" || t == `"`+tag+`"` {
				return true
			}
		}
	}
	return false
}

func tagOf(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:16])
}

// document answers with what was made for the request.
func document(c echo.Context, contentType string, body []byte) error {
	tag := tagOf(body)
	h := head(c, contentType, tag, fresh)
	if unchanged(c.Request(), tag) {
		return c.NoContent(http.StatusNotModified)
	}
	h.Set(echo.HeaderContentLength, strconv.Itoa(len(body)))
	c.Response().WriteHeader(http.StatusOK)
	if edge.Method(c.Request()) == http.MethodHead {
		return nil
	}
	_, err := io.Copy(c.Response(), bytes.NewReader(body))
	return err
}

func object(c echo.Context, contentType string, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return document(c, contentType, append(body, '\n'))
}

// file answers with a file of a release. One that people install is a download, and
// recorded as such, when its bytes are sent: HEAD and a tag that is known are none.
func (a *API) file(c echo.Context, r release.Release, name, cache string, download bool) error {
	f, ok := r.File(name)
	if !ok {
		return fault.NewNotFound("release")
	}
	tag := hex.EncodeToString(f.SHA256)
	h := head(c, f.ContentType, tag, cache)
	if unchanged(c.Request(), tag) {
		return c.NoContent(http.StatusNotModified)
	}
	if edge.Method(c.Request()) == http.MethodHead {
		h.Set(echo.HeaderContentLength, strconv.FormatInt(f.Size, 10))
		return c.NoContent(http.StatusOK)
	}
	open := a.Releases.Open
	if download {
		open = a.Releases.Download
	}
	body, err := open(c.Request().Context(), r, f)
	if err != nil {
		for _, name := range []string{"ETag", echo.HeaderVary} { // of the file, not of the error
			h.Del(name)
		}
		h.Set(echo.HeaderCacheControl, "no-store")
		return err
	}
	defer func() { _ = body.Close() }()
	h.Set(echo.HeaderContentLength, strconv.FormatInt(f.Size, 10))
	c.Response().WriteHeader(http.StatusOK)
	_, err = io.Copy(c.Response(), body)
	return err
}

// Package static serves what does not change while the server runs: pages, their assets,
// API descriptions.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
)

// Resource is one thing to serve, in its plain form and gzipped.
type Resource struct {
	contentType string
	tag         string // of the plain form, unquoted
	plain       []byte
	zipped      func() []byte
}

// New makes a resource of its bytes, which must not change.
func New(contentType string, body []byte) *Resource {
	sum := sha256.Sum256(body)
	return &Resource{
		contentType: contentType,
		tag:         base64.RawURLEncoding.EncodeToString(sum[:12]),
		plain:       body,
		// On first use: most processes that can serve a page, the tests among them, never do.
		zipped: sync.OnceValue(func() []byte { return compress(body) }),
	}
}

// Tag names the bytes: other bytes have another.
func (r *Resource) Tag() string { return r.tag }

// Serve answers a GET or HEAD, conditional or not, in the form the client accepts.
func (r *Resource) Serve(c echo.Context) error {
	header := c.Response().Header()
	header.Set(echo.HeaderContentType, r.contentType)
	header.Set(echo.HeaderXContentTypeOptions, "nosniff")
	header.Set(echo.HeaderReferrerPolicy, "no-referrer")
	header.Add(echo.HeaderVary, echo.HeaderAcceptEncoding)
	body := r.plain
	// A strong tag names bytes, so each form has its own.
	header.Set("ETag", `"`+r.tag+`"`)
	if acceptsGzip(c.Request().Header.Values(echo.HeaderAcceptEncoding)) {
		body = r.zipped()
		header.Set("ETag", `"`+r.tag+`-gzip"`)
		header.Set(echo.HeaderContentEncoding, "gzip")
		header.Set(echo.HeaderContentLength, strconv.Itoa(len(body))) // ServeContent leaves it out of encoded answers
	}
	http.ServeContent(c.Response(), c.Request(), "", time.Time{}, bytes.NewReader(body))
	return nil
}

// Document serves an API description: fresh on every load, and to pages of any origin.
func (r *Resource) Document(c echo.Context) error {
	c.Response().Header().Set(echo.HeaderAccessControlAllowOrigin, "*")
	c.Response().Header().Set(echo.HeaderCacheControl, "no-cache")
	return r.Serve(c)
}

// Asset serves a file of a page. The page asks for it by its content, which can be
// kept for ever; whoever leaves that out must not be stuck with an old file.
func (r *Resource) Asset(c echo.Context) error {
	cache := "no-cache"
	if c.QueryParam("v") == r.tag {
		cache = "public, max-age=31536000, immutable"
	}
	c.Response().Header().Set(echo.HeaderCacheControl, cache)
	return r.Serve(c)
}

func compress(b []byte) []byte {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err == nil {
		_, err = w.Write(b)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err) // a bytes.Buffer takes everything
	}
	return out.Bytes()
}

// acceptsGzip reads Accept-Encoding (RFC 9110 section 12.5.3): a coding that is named
// counts more than *, and q=0 refuses it.
func acceptsGzip(values []string) bool {
	others := false
	for coding := range strings.SplitSeq(strings.Join(values, ","), ",") {
		name, params, _ := strings.Cut(coding, ";")
		accepted := true
		if key, q, ok := strings.Cut(strings.TrimSpace(params), "="); ok && strings.EqualFold(strings.TrimSpace(key), "q") {
			quality, err := strconv.ParseFloat(strings.TrimSpace(q), 64)
			accepted = err == nil && quality > 0
		}
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "gzip", "x-gzip":
			return accepted
		case "*":
			others = accepted
		}
	}
	return others
}

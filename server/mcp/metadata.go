package mcp

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/server/contract"
)

// Where clients look for how to get a token: RFC 9728 section 3.1, RFC 8414 section 3.1, and OpenID Connect
// Discovery 1.0, which clients fall back on.
const (
	resourcePath = "/.well-known/oauth-protected-resource"
	serverPath   = "/.well-known/oauth-authorization-server"
	openidPath   = "/.well-known/openid-configuration"
)

// protectedResource is the metadata of RFC 9728 section 2.
type protectedResource struct {
	Resource             string   `json:"resource"`
	AuthorizationServers []string `json:"authorization_servers"`
	ScopesSupported      []string `json:"scopes_supported"`
	BearerMethods        []string `json:"bearer_methods_supported"`
	Name                 string   `json:"resource_name"`
	Documentation        string   `json:"resource_documentation"`
}

// Register puts the server on the router: one path with the tools of every contract, and one for each
// contract. authenticated is the middleware that finds out who calls, and issuer the public URL, which is
// the authorization server too.
func (s *Server) Register(router *echo.Echo, authenticated echo.MiddlewareFunc, issuer string) {
	well := func(path string, v *endpoint) {
		metadata, err := json.Marshal(protectedResource{
			Resource: issuer + path, AuthorizationServers: []string{issuer}, ScopesSupported: contract.Scopes(v.contracts...),
			BearerMethods: []string{"header"}, Name: v.title, Documentation: issuer + "/docs",
		})
		if err != nil {
			panic(err) // strings
		}
		router.GET(resourcePath+path, func(c echo.Context) error { return c.JSONBlob(http.StatusOK, metadata) })
	}
	// Clients that know the URL of the whole API alone find it here.
	well("", s.endpoints[Path])
	places := []string{Path}
	for path, v := range s.endpoints {
		well(path, v)
		places = append(places, path)
		challenged := func(next echo.HandlerFunc) echo.HandlerFunc {
			return func(c echo.Context) error {
				contract.From(c.Request().Context()).ResourceMetadata = issuer + resourcePath + path
				return next(c)
			}
		}
		router.POST(path, s.handle(v), challenged, authenticated)
	}
	// Of a public URL with a path, the path is appended too.
	if u, err := url.Parse(issuer); err == nil && strings.Trim(u.Path, "/") != "" {
		places = append(places, "/"+strings.Trim(u.Path, "/"))
	}
	router.GET(openidPath, s.openid)
	slices.Sort(places)
	for _, place := range slices.Compact(places) {
		router.GET(serverPath+place, func(c echo.Context) error { return copyTo(c, s.metadata(c.Request())) })
		router.GET(openidPath+place, s.openid)
		router.GET(place+openidPath, s.openid)
	}
}

// metadata asks the API itself for the metadata of the authorization server.
func (s *Server) metadata(r *http.Request) *recorder {
	inner := r.Clone(r.Context())
	inner.URL.Path, inner.URL.RawPath, inner.RequestURI = serverPath, "", serverPath
	rec := &recorder{header: http.Header{}}
	if !s.serve(rec, inner) {
		rec.status = http.StatusInternalServerError
	}
	return rec
}

func copyTo(c echo.Context, rec *recorder) error {
	return c.Blob(rec.status, rec.Header().Get("Content-Type"), rec.body)
}

// openid has the same metadata with what OpenID Connect insists on, though no ID token is ever issued.
func (s *Server) openid(c echo.Context) error {
	rec := s.metadata(c.Request())
	var metadata map[string]any
	if rec.status != http.StatusOK || json.Unmarshal(rec.body, &metadata) != nil {
		return copyTo(c, rec)
	}
	metadata["subject_types_supported"] = []string{"public"}
	metadata["id_token_signing_alg_values_supported"] = []string{"EdDSA"}
	return c.JSON(http.StatusOK, metadata)
}

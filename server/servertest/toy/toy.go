// Package toy is a contract that only tests serve. It has what the published ones do not: an
// error envelope and ids of its own, a header that every request needs and one that every
// response repeats, sign-in by HTTP Basic, a session in a cookie with a token against forged
// requests, a path with slashes in it, and a download without an end. It is added to a server by
// server.WithContract(toy.Module), and nothing else in the project knows it.
package toy

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/scope"
	"github.com/alania-go/alania/domain/secret"
	"github.com/alania-go/alania/server/contract"
)

//go:embed openapi.json
var bundle []byte

// Name is the contract's.
const Name = "toy"

// Cookie is the name of the session's cookie.
const Cookie = "toy_session"

const fromSession identity.Source = "toy session"

// Module is what this contract is.
func Module(s contract.Services) contract.Module {
	t := &api{services: s, sessions: map[string]session{}, notes: map[string]note{}}
	return contract.Module{
		Name: Name, Bundle: bundle, Dialect: dialect{}, Handlers: t,
		RequestID: "X-Toy-Request", Echoed: []string{"X-Toy-Trace"}, ShowID: show,
		Headers:  []contract.HeaderCheck{{Name: "X-Toy-Version", Refuse: version}},
		KeyTaken: contract.KeyTaken{Mismatch: contract.Refusal{Code: fault.Conflict, Reason: "key_used"}},
		Schemes: map[string]contract.Scheme{
			"door": {Source: identity.FromBasic}, "key": {Source: identity.FromKey},
			"session": {Source: fromSession}, "csrf": {Check: t.checkToken},
		},
		Resolvers: []contract.Resolver{{Source: fromSession, Ambient: true, Recognizes: hasCookie, Resolve: t.resolve}},
	}
}

func show(v id.ID) string { return "toy-" + v.UUID() }

func version(values []string) error {
	if len(values) == 1 && values[0] == "1" {
		return nil
	}
	f := fault.New(fault.Malformed, "X-Toy-Version must be given once. The server knows 1.")
	f.Reason = "version"
	return f
}

// dialect words errors as this contract does.
type dialect struct{}

// Render implements contract.Dialect.
func (dialect) Render(_ *contract.Operation, e *fault.Error, _, requestID string) contract.Failure {
	code := e.Name()
	body, err := json.Marshal(map[string]any{"oops": map[string]string{"code": code, "text": e.Message, "ref": requestID}})
	if err != nil {
		panic(err) // strings
	}
	return contract.Failure{Status: contract.KindOf(e.Code).Status, ContentType: "application/json", Body: body}
}

type session struct {
	orgID, memberID id.ID
	token           string
}

type note struct {
	ID   string `json:"id"`
	Path string `json:"path"`
	Text string `json:"text"`
}

// api has the handlers, and what a store would have.
type api struct {
	services contract.Services
	mu       sync.Mutex
	sessions map[string]session
	notes    map[string]note
}

// Register implements contract.Handlers. The published contracts have generated code for it.
func (a *api) Register(router *contract.Router, steps map[string][]echo.MiddlewareFunc) {
	router.POST("/toy/v1/session", a.signIn, steps["signIn"]...)
	router.GET("/toy/v1/notes/:path", a.getNote, steps["getNote"]...)
	router.PUT("/toy/v1/notes/:path", a.putNote, steps["putNote"]...)
	router.GET("/toy/v1/noise", a.getNoise, steps["getNoise"]...)
}

// Lists implements contract.Handlers.
func (*api) Lists() map[string]contract.Table { return nil }

func (a *api) signIn(c echo.Context) error {
	p := identity.From(c.Request().Context())
	if p.MemberID.IsZero() {
		return fault.New(fault.AccessDenied, "Only a person can sign in.")
	}
	cookie, s := secret.Text(32), session{orgID: p.OrgID, memberID: p.MemberID, token: secret.Text(32)}
	a.mu.Lock()
	a.sessions[cookie] = s
	a.mu.Unlock()
	c.SetCookie(&http.Cookie{Name: Cookie, Value: cookie, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	return c.JSON(http.StatusCreated, map[string]string{"token": s.token})
}

func cookieOf(r *http.Request) string {
	if c, err := r.Cookie(Cookie); err == nil {
		return c.Value
	}
	return ""
}

func hasCookie(cr *contract.Credentials) bool { return cookieOf(cr.Request) != "" }

func (a *api) find(cookie string) (session, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s, ok := a.sessions[cookie]
	return s, ok
}

// resolve returns the person who has a session.
func (a *api) resolve(ctx context.Context, cr *contract.Credentials) (*identity.Principal, error) {
	cookie := cookieOf(cr.Request)
	load := func(ctx context.Context) (*identity.Principal, time.Time, error) {
		s, ok := a.find(cookie)
		if !ok {
			return nil, time.Time{}, identity.Refused(errors.New("no such session"))
		}
		m, err := a.services.Orgs.Member(identity.With(ctx, identity.Operator(s.orgID)), s.orgID, s.memberID)
		switch {
		case fault.IsCode(err, fault.NotFound):
			return nil, time.Time{}, identity.Refused(err)
		case err != nil:
			return nil, time.Time{}, err
		}
		o, err := a.services.Orgs.Org(identity.With(ctx, identity.Operator(s.orgID)), s.orgID)
		if err != nil {
			return nil, time.Time{}, err
		}
		p := &identity.Principal{
			Source: fromSession, Subject: m.Email, Kind: identity.User, ID: m.UserID, Name: m.Name, OrgID: s.orgID,
			OrgStatus: o.Status, Tier: plan.Enterprise, Scopes: scope.Fields("notes:*"), UserID: m.UserID,
		}
		if m.Status == org.Active {
			p.MemberID = m.ID
		}
		return p, time.Time{}, nil
	}
	return a.services.Cache.Get(ctx, Cookie+"\n"+cookie, a.services.Now(), load)
}

// checkToken refuses what a page of another site could have sent.
func (a *api) checkToken(cr *contract.Credentials, _ *identity.Principal) error {
	s, ok := a.find(cookieOf(cr.Request))
	if !ok || cr.Request.Header.Get("X-Toy-Token") != s.token {
		f := fault.New(fault.AccessDenied, "X-Toy-Token is missing or wrong.")
		f.Reason = "forged"
		return f
	}
	return nil
}

// pathOf returns the path of a note. As in generated code, the router has decoded it, or has not.
func pathOf(c echo.Context) string {
	if c.Request().URL.RawPath == "" {
		return c.Param("path")
	}
	path, err := url.PathUnescape(c.Param("path"))
	if err != nil {
		panic(err) // net/http has refused it
	}
	return path
}

func key(c echo.Context) string {
	return identity.From(c.Request().Context()).OrgID.UUID() + " " + pathOf(c)
}

func (a *api) getNote(c echo.Context) error {
	a.mu.Lock()
	n, ok := a.notes[key(c)]
	a.mu.Unlock()
	if !ok {
		return fault.NewNotFound("note")
	}
	return c.JSON(http.StatusOK, n)
}

func (a *api) putNote(c echo.Context) error {
	var in struct {
		Text string `json:"text"`
	}
	if err := c.Bind(&in); err != nil {
		return err
	}
	n := note{ID: show(id.New()), Path: pathOf(c), Text: in.Text}
	a.mu.Lock()
	a.notes[key(c)] = n
	a.mu.Unlock()
	return c.JSON(http.StatusOK, n)
}

// getNoise writes until the client goes.
func (a *api) getNoise(c echo.Context) error {
	c.Response().Header().Set(echo.HeaderContentType, echo.MIMEOctetStream)
	c.Response().WriteHeader(http.StatusOK)
	piece := make([]byte, 16<<10)
	for {
		if _, err := c.Response().Write(piece); err != nil {
			return err
		}
	}
}

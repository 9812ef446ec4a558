package contract

import (
	"context"
	"net/http"
	"net/netip"
	"strings"

	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/realm"
)

// Credentials are what a request has to say who calls.
type Credentials struct {
	Request *http.Request
	From    netip.Addr // the client's address

	// Of the Authorization header. Several of them are as good as none that is known.
	Bearer             string
	Basic              bool
	Username, Password string
}

// Read reads the credentials of a request.
func (cr *Credentials) Read(r *http.Request, from netip.Addr) {
	*cr = Credentials{Request: r, From: from}
	headers := r.Header["Authorization"]
	if len(headers) != 1 {
		return
	}
	scheme, rest, _ := strings.Cut(headers[0], " ")
	switch {
	case strings.EqualFold(scheme, "Bearer"):
		cr.Bearer = strings.TrimSpace(rest)
	case strings.EqualFold(scheme, "Basic"):
		cr.Username, cr.Password, cr.Basic = r.BasicAuth()
	}
}

// Authorized reports whether the request has an Authorization header, whatever is in it.
func (cr *Credentials) Authorized() bool { return len(cr.Request.Header["Authorization"]) > 0 }

// Issuer returns the issuer that a bearer token claims to be from; empty: the credential is no JWT.
// Nothing is verified: it says only who could.
func (cr *Credentials) Issuer() string { return realm.IssuerIn(cr.Bearer) }

// Resolver finds out who calls from one form of credentials. The resolvers of a contract are a
// chain: the first that recognizes what a request has decides.
type Resolver struct {
	Source identity.Source // which schemes name
	// Ambient says that browsers send these credentials by themselves, as cookies are. They count
	// only in a request without an Authorization header.
	Ambient bool
	// Recognizes reports whether the request has credentials of this form. It looks nothing up.
	Recognizes func(cr *Credentials) bool
	// Resolve returns who has the credentials. The principal must have been admitted by
	// identity.Cache, which knows who may act at all.
	Resolve func(ctx context.Context, cr *Credentials) (*identity.Principal, error)
}

// Scheme is how a security scheme is proved. Exactly one of the fields is set.
type Scheme struct {
	// Source is of the resolver that must have found the caller.
	Source identity.Source
	// Check returns what is wrong with what must come with the caller's credentials, such as a
	// token against forged requests.
	Check func(cr *Credentials, caller *identity.Principal) error
	// Carry takes credentials to a public operation, which proves them itself.
	Carry func(cr *Credentials, x *Exchange) error
}

// Need is one scheme of an alternative.
type Need struct {
	Scheme string // its name in the bundle
	Scopes []string
	Proof  Scheme
}

// Alternative are schemes that are needed together (a security requirement of OpenAPI).
type Alternative []Need

// From returns the scopes that the alternative needs of a caller from the source; false when
// it takes none from there.
func (a Alternative) From(source identity.Source) ([]string, bool) {
	for i := range a {
		if a[i].Proof.Source == source {
			return a[i].Scopes, true
		}
	}
	return nil, false
}

// Carries returns how the credentials get to a public operation; nil when they do not.
func (a Alternative) Carries() func(cr *Credentials, x *Exchange) error { return a[0].Proof.Carry }

// maxAlternatives is how many alternatives an operation can have: an exchange keeps a bit for each.
const maxAlternatives = 64

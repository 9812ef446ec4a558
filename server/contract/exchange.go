package contract

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
)

// Exchange is one request on its way through the edge, and what the edge has found out
// about it. It is the context of the request, too.
type Exchange struct {
	RequestID string
	Start     time.Time
	From      netip.Addr  // the client's address
	URL       *url.URL    // as it was asked for; read only
	Header    http.Header // of the request; read only
	Operation *Operation  // nil until a route matched
	// Credentials are read where the operation takes any.
	Credentials Credentials
	Principal   *identity.Principal
	Source      identity.Source    // of the resolver that found the principal
	Proved      uint64             // a bit for each alternative of the operation whose callers are known
	Workspace   id.ID              // that the request acts in, known to be the caller's; zero: none, or the org's default
	Body        []byte             // the validated body, nil when there is none or it is a stream
	Client      *ClientCredentials // of the Authorization header; nil: it has none, or the operation takes none
	Cause       error              // of the error that was sent, for the log
	// Connection ends when the client hangs up.
	Connection context.Context

	// Counts says that the request counts as a call of the caller's org.
	Counts bool
	// Received is how many bytes of a body were read that is a stream.
	Received int64

	// Admitted says that a bucket was asked, and the headers tell of it.
	Admitted bool

	// ResourceMetadata is where a client finds out how to get a token for the route (RFC 9728 section 5.1);
	// empty: it is not told.
	ResourceMetadata string

	// Within is the exchange that this one is a part of, such as that of the message that
	// calls a tool; nil for a request of its own.
	Within *Exchange

	spent atomic.Bool

	request
	headers headers
}

// TakeParentToken reports whether the exchange around this one has taken a request from the caller's
// bucket that nothing was done with: it is good for one operation.
func (x *Exchange) TakeParentToken() bool {
	return x.Within != nil && x.Within.Principal != nil && x.Within.spent.CompareAndSwap(false, true)
}

type exchangeKey struct{}

// With puts the exchange into the context.
func With(ctx context.Context, x *Exchange) context.Context {
	return context.WithValue(ctx, exchangeKey{}, x)
}

// From returns the exchange of a request, nil outside one.
func From(ctx context.Context) *Exchange {
	x, _ := ctx.Value(exchangeKey{}).(*Exchange)
	return x
}

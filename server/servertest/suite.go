package servertest

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/limit"
	"github.com/alania-go/alania/domain/oauth"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/server"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/edge"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

// Suite is what every contract must hold, derived from its bundle and from one valid
// request an operation.
type Suite struct {
	Contract string
	Valid    map[string]Valid
	Schema   int // status of a request that breaks the schema
	// Status rewrites the status that a mutation asks for; nil: it stays.
	Status func(op *contract.Operation, want int) int
	// UnknownID returns an id that names nothing for a parameter of a path; empty for one that
	// names nobody's thing.
	UnknownID func(op *contract.Operation, parameter string) string
	// Normalize removes from a body what may differ between two answers that mean the same.
	Normalize func(body string) string
	// CreatesByName are operations that make the thing which their path names: another's is no
	// secret to who wants the same name.
	CreatesByName []string
	// HealthChecks are operations whose own 503 says what is down.
	HealthChecks []string
	// Options of the server.
	Options []server.Option
}

// Each runs a test on both engines, with a server and a tenant of the largest tier.
func (s Suite) Each(t *testing.T, test func(t *testing.T, i *Instance, tn *Tenant), options ...server.Option) {
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		i := Start(t, e, append(slices.Clone(s.Options), options...)...)
		test(t, i, i.Tenant(t, plan.Enterprise))
	})
}

// Run runs all of it.
func (s Suite) Run(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]func(*testing.T){
		"success": s.success, "token": s.token, "refusals": s.refusals, "faults": s.faults, "limit": s.limit, "in flight": s.inFlight, "isolation": s.isolation,
	} {
		t.Run(name, test)
	}
}

// Success gives the status that an operation answers when all is well.
func Success(op *contract.Operation) int {
	for _, status := range []int{http.StatusOK, http.StatusCreated, http.StatusAccepted, http.StatusNoContent} {
		if Documented(op, status) {
			return status
		}
	}
	return 0
}

func (s Suite) success(t *testing.T) {
	s.Each(t, func(t *testing.T, i *Instance, tn *Tenant) {
		c := i.Contract(s.Contract)
		Complete(t, c, s.Valid)
		for _, op := range Operations(c) {
			i.Want(t, Success(op), s.Valid[op.ID](t, i, tn))
		}
	})
}

const clientSecret = "an-oauth-secret-of-more-than-32-characters"

// Token gives an access token that holds every scope.
func (tn *Tenant) Token(t testing.TB) string {
	t.Helper()
	i := tn.instance
	c, secret, err := i.OAuth.CreateClient(tn.As(), oauth.NewClient{OrgID: tn.Org.ID, Name: "test", Secret: clientSecret, Scopes: []string{"*"}, UserID: tn.Owner.UserID})
	if err != nil {
		t.Fatal(err)
	}
	issued, err := i.OAuth.Issue(t.Context(), oauth.Grant{GrantType: "client_credentials", Client: oauth.Credentials{ID: c.ClientID, Secret: secret}})
	if err != nil {
		t.Fatal(err)
	}
	return issued.AccessToken
}

// The same with an OAuth token, for what takes a credential.
func (s Suite) token(t *testing.T) {
	s.Each(t, func(t *testing.T, i *Instance, tn *Tenant) {
		bearer := tn.Token(t)
		for _, op := range Operations(i.Contract(s.Contract)) {
			if r := s.Valid[op.ID](t, i, tn); r.Bearer != "" {
				r.Bearer = bearer
				i.Want(t, Success(op), r)
			}
		}
	})
}

func (s Suite) refusals(t *testing.T) {
	status := s.Status
	if status == nil {
		status = func(_ *contract.Operation, want int) int { return want }
	}
	s.Each(t, func(t *testing.T, i *Instance, tn *Tenant) {
		Refusals(t, i, tn, i.Contract(s.Contract), s.Valid, s.Schema, status)
	})
}

// What a caller sees when something breaks or is down, for every operation.
func (s Suite) faults(t *testing.T) {
	s.Each(t, func(t *testing.T, i *Instance, tn *Tenant) {
		for _, op := range Operations(i.Contract(s.Contract)) {
			for _, c := range []struct {
				name   string
				status int
			}{
				{"internal", http.StatusInternalServerError}, {"panic", http.StatusInternalServerError}, {"unavailable", http.StatusServiceUnavailable},
				{"upstream", http.StatusBadGateway}, {"upstream timeout", http.StatusGatewayTimeout},
			} {
				if !Documented(op, c.status) || slices.Contains(s.HealthChecks, op.ID) && c.status == http.StatusServiceUnavailable {
					continue
				}
				r := s.Valid[op.ID](t, i, tn)
				r.Header = maps.Clone(r.Header)
				if r.Header == nil {
					r.Header = map[string]string{}
				}
				r.Header["X-Request-ID"] = "fault-" + strings.ReplaceAll(c.name, " ", "-")
				if res := i.Want(t, c.status, r); strings.Contains(string(res.Body), driverText) {
					t.Errorf("%s: the cause leaks: %s", op.ID, res.Body)
				}
			}
		}
		if !strings.Contains(i.Log.String(), driverText) {
			t.Error("the cause is not in the log")
		}
	}, server.WithFault(func(x *contract.Exchange) error {
		switch x.RequestID {
		case "fault-internal":
			return fault.Wrap(errors.New(driverText))
		case "fault-unavailable":
			return fault.New(fault.Unavailable, "The database cannot be used for the moment. Try again.").WithCause(errors.New(driverText))
		case "fault-upstream":
			return fault.New(fault.Upstream, "The other system cannot be reached.").WithCause(errors.New(driverText))
		case "fault-upstream-timeout":
			return fault.New(fault.UpstreamTimeout, "The other system did not answer in its time.").WithCause(errors.New(driverText))
		case "fault-panic":
			panic(driverText)
		}
		return nil
	}))
}

const driverText = "driver text"

// StillTime lets no bucket of the rate limit fill up again.
func StillTime(e *edge.Edge) {
	now := time.Now()
	e.Limiter = limit.NewLocal(func() time.Time { return now })
}

func (s Suite) limit(t *testing.T) {
	s.Each(t, func(t *testing.T, i *Instance, _ *Tenant) {
		tn := i.Tenant(t, plan.Enterprise)
		var limited, public []Request
		for _, op := range Operations(i.Contract(s.Contract)) {
			switch {
			case !Documented(op, http.StatusTooManyRequests):
			case op.ByAddress: // a bucket of its own
				r := s.Valid[op.ID](t, i, tn)
				for range plan.PerAddress.PerMinute {
					i.Do(t, r)
				}
				i.Want(t, http.StatusTooManyRequests, r)
			case op.Public():
				public = append(public, s.Valid[op.ID](t, i, tn))
			default:
				limited = append(limited, s.Valid[op.ID](t, i, tn))
			}
		}
		free := tn.KeyWith(t, plan.Free, "*")
		for range plan.Free.Rate().PerMinute + plan.Free.Rate().Burst {
			i.Want(t, http.StatusOK, Request{Operation: "platform.listOrgs", Bearer: free})
		}
		for _, r := range limited {
			r.Bearer = free
			res := i.Want(t, http.StatusTooManyRequests, r)
			if res.Header.Get("Retry-After") == "" || res.Header.Get("X-RateLimit-Remaining") != "0" || res.Header.Get("X-RateLimit-Limit") != "60" {
				t.Errorf("%s: headers %v", r.Operation, res.Header)
			}
		}
		// The bucket is the org's and the tier's: another tier goes on.
		i.Want(t, http.StatusOK, Request{Operation: "platform.listOrgs", Bearer: tn.Key})
		// Public operations are limited by address.
		for n := 0; len(public) > 0 && n < plan.Public.PerMinute+plan.Public.Burst; n++ {
			i.Do(t, Request{Operation: "platform.createToken", Form: url.Values{"grant_type": {"client_credentials"}, "client_id": {"nobody"}, "client_secret": {"wrong"}}})
		}
		for _, r := range public {
			i.Want(t, http.StatusTooManyRequests, r)
		}
		i.Want(t, http.StatusOK, Request{Operation: "platform.getHealth"}) // never limited
	}, StillTime)
}

// While the first request with an idempotency key runs, a second is refused; behind it the
// answer is replayed.
func (s Suite) inFlight(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		var mu sync.Mutex
		began, release := make(chan struct{}), make(chan struct{})
		now := func() (chan struct{}, chan struct{}) {
			mu.Lock()
			defer mu.Unlock()
			return began, release
		}
		let := func() {
			mu.Lock()
			defer mu.Unlock()
			close(release)
			began, release = make(chan struct{}), make(chan struct{})
		}
		i := Start(t, e, append(slices.Clone(s.Options), server.WithFault(func(x *contract.Exchange) error {
			if x.RequestID == "first" {
				b, r := now()
				close(b)
				<-r
			}
			return nil
		}))...)
		t.Cleanup(let) // before the server waits for its requests to end
		tn := i.Tenant(t, plan.Enterprise)
		for _, op := range Operations(i.Contract(s.Contract)) {
			if !op.Idempotent {
				continue
			}
			r := s.Valid[op.ID](t, i, tn)
			second := r
			r.Header, second.Header = maps.Clone(r.Header), maps.Clone(r.Header)
			if r.Header == nil {
				r.Header, second.Header = map[string]string{}, map[string]string{}
			}
			r.Header["Idempotency-Key"], second.Header["Idempotency-Key"] = "k-"+op.ID, "k-"+op.ID
			r.Header["X-Request-ID"] = "first"
			done := make(chan *Response)
			go func() { done <- i.Do(t, r) }()
			b, _ := now()
			<-b
			if got := i.Want(t, http.StatusConflict, second); got.Header.Get("Retry-After") == "" {
				t.Errorf("%s: %v", op.ID, got.Header)
			}
			let()
			first := <-done
			if first.Status != Success(op) {
				t.Fatalf("%s: %d %s", op.ID, first.Status, first.Body)
			}
			replay := i.Want(t, first.Status, second)
			if string(replay.Body) != string(first.Body) || replay.Header.Get("X-Idempotency-Replayed") != "true" {
				t.Errorf("%s: the replay differs: %s", op.ID, replay.Body)
			}
			if body, ok := second.JSON.(map[string]any); ok && body["name"] != nil {
				other := maps.Clone(body)
				other["name"] = "another"
				second.JSON = other
				i.Want(t, http.StatusUnprocessableEntity, second)
			}
		}
	})
}

func (s Suite) isolation(t *testing.T) {
	s.Each(t, func(t *testing.T, i *Instance, theirs *Tenant) {
		mine := i.Tenant(t, plan.Enterprise)
		valid := maps.Clone(s.Valid)
		for _, name := range s.CreatesByName {
			valid[name] = func(testing.TB, *Instance, *Tenant) Request { return Request{Operation: name} }
		}
		Isolation(t, i, mine, theirs, i.Contract(s.Contract), valid, s.UnknownID, s.Normalize)
		// Inside an org of one's own, where the path names it, with ids of another's.
		own := map[string]Valid{}
		named := slices.ContainsFunc(Operations(i.Contract(s.Contract)), func(op *contract.Operation) bool {
			return strings.Contains(op.Path, "{org_id}") && strings.Count(op.Path, "{") > 1
		})
		for name, v := range valid {
			own[name] = func(t testing.TB, i *Instance, tn *Tenant) Request {
				r := v(t, i, tn)
				if r.Path["org_id"] == "" || len(r.Path) < 2 {
					r.Path = nil // nothing of another's is named
				} else {
					r.Path["org_id"] = mine.Org.ID.Prefixed(id.OrgPrefix)
				}
				return r
			}
		}
		if named {
			Isolation(t, i, mine, theirs, i.Contract(s.Contract), own, func(op *contract.Operation, parameter string) string {
				if parameter == "org_id" {
					return ""
				}
				return s.UnknownID(op, parameter)
			}, s.Normalize)
		}
	})
}

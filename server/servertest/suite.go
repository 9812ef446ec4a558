package servertest

import (
	"cmp"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

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
	// Mismatch is the status of a request whose Idempotency-Key was used with another; zero: 422.
	Mismatch int
	// Status changes the status that a mutation of an operation asks for; nil: it stays.
	Status func(op *contract.Operation, m Mutation) int
	// Credentials are the ways in which callers say who they are; nil: API keys and OAuth tokens. The
	// valid requests have the first, and succeed with each of them.
	Credentials []Credential
	// Headers has values for headers that the bundle requires, by name, where its example will not do.
	Headers map[string]func() string
	// More are mutations of this contract alone, such as a session without its CSRF token.
	More []Mutation
	// UnknownID returns an id that names nothing, for a parameter of a path or a kind of ids (see
	// Place); empty for one that names nobody's thing.
	UnknownID func(op *contract.Operation, name string) string
	// Own returns the id of something of a tenant, by kind, for places where a valid request has none.
	Own map[string]func(t testing.TB, i *Instance, tn *Tenant) string
	// Normalize removes from a body what may differ between two answers that mean the same.
	Normalize func(body string) string
	// CreatesByName are operations that make the thing which their path names: another's is no
	// secret to who wants the same name.
	CreatesByName []string
	// Possession are operations that whoever has their address may call, such as a signed link: another tenant, too.
	Possession []string
	// HealthChecks are operations whose own 503 says what is down.
	HealthChecks []string
	// Options of the server.
	Options []server.Option
}

// Credential is a way in which a caller says who it is.
type Credential struct {
	Name string
	// Put makes a request, which says nothing of its caller, one of the tenant. It returns false for
	// an operation that does not take such a credential.
	Put func(t testing.TB, op *contract.Operation, tn *Tenant, r *Request) bool
}

var (
	byKey = Credential{"an API key", func(_ testing.TB, _ *contract.Operation, tn *Tenant, r *Request) bool {
		r.Bearer = tn.Key
		return true
	}}
	byToken = Credential{"an OAuth token", func(_ testing.TB, _ *contract.Operation, tn *Tenant, r *Request) bool {
		r.Bearer = tn.token()
		return true
	}}
)

func (s Suite) credentials() []Credential {
	if s.Credentials == nil {
		return []Credential{byKey, byToken}
	}
	return s.Credentials
}

// as returns the request with credentials of a tenant.
func (s Suite) as(t testing.TB, op *contract.Operation, tn *Tenant, r Request) Request {
	r = r.clone()
	r.anonymous()
	s.credentials()[0].Put(t, op, tn, &r)
	return r
}

// share is the server that the tests of the contract have in common. It can be told to fail.
func (s Suite) share(t testing.TB, e store.Engine) *Instance {
	i := share(t, e, append(slices.Clone(s.Options), server.WithFault(failure))...)
	i.headers = s.Headers
	return i
}

// Each runs a test on both engines, with a tenant of the largest tier. The server is one that other
// tests use at the same time, unless there are options: a test that changes more than its tenants, or
// looks at more than them, starts a server of its own with Alone.
func (s Suite) Each(t *testing.T, test func(t *testing.T, i *Instance, tn *Tenant), options ...server.Option) {
	if len(options) > 0 {
		s.Alone(t, test, options...)
		return
	}
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		i := s.share(t, e)
		test(t, i, i.Tenant(t, plan.Enterprise))
	})
}

// Alone is Each with a server of the test's own.
func (s Suite) Alone(t *testing.T, test func(t *testing.T, i *Instance, tn *Tenant), options ...server.Option) {
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		i := Start(t, e, append(slices.Clone(s.Options), options...)...)
		i.headers = s.Headers
		test(t, i, i.Tenant(t, plan.Enterprise))
	})
}

// Run runs all of it.
func (s Suite) Run(t *testing.T) {
	t.Parallel()
	if !t.Run("complete", s.complete) {
		return // without a valid request the others would panic
	}
	for name, test := range map[string]func(*testing.T){
		"success": s.success, "credentials": s.others, "refusals": s.refusals, "faults": s.faults, "limit": s.limit,
		"in flight": s.inFlight, "isolation": s.isolation,
	} {
		t.Run(name, test)
	}
}

// Success returns the status of an operation when all is well.
func Success(op *contract.Operation) int {
	for _, status := range []int{http.StatusOK, http.StatusCreated, http.StatusAccepted, http.StatusNoContent} {
		if Documented(op, status) {
			return status
		}
	}
	return 0
}

func (s Suite) complete(t *testing.T) {
	s.Each(t, func(t *testing.T, i *Instance, _ *Tenant) { Complete(t, i.Contract(s.Contract), s.Valid) })
}

func (s Suite) success(t *testing.T) {
	s.Each(t, func(t *testing.T, i *Instance, tn *Tenant) {
		for _, op := range Operations(i.Contract(s.Contract)) {
			i.Want(t, Success(op), s.Valid[op.ID](t, i, tn))
		}
	})
}

const clientSecret = "an-oauth-secret-of-more-than-32-characters"

// Token returns an access token that holds every scope.
func (tn *Tenant) Token(testing.TB) string { return tn.token() }

func (tn *Tenant) newToken(t testing.TB) string {
	t.Helper()
	i := tn.instance
	c, secret, err := i.OAuth.CreateClient(tn.As(), oauth.NewClient{OrgID: tn.Org.ID, Name: "test",
		Secret: clientSecret, Scopes: []string{"*"}, UserID: tn.Owner.UserID})
	if err != nil {
		t.Fatal(err)
	}
	issued, err := i.OAuth.Issue(t.Context(), oauth.Grant{GrantType: "client_credentials",
		Client: oauth.Credentials{ID: c.ClientID, Secret: secret}})
	if err != nil {
		t.Fatal(err)
	}
	return issued.AccessToken
}

// The same with every other credential of the contract.
func (s Suite) others(t *testing.T) {
	s.Each(t, func(t *testing.T, i *Instance, tn *Tenant) {
		for _, c := range s.credentials()[1:] {
			n := s.succeed(t, i, tn, c, func(op *contract.Operation) bool {
				return i.Engine != store.Postgres || sampled(op, c.Name, sample)
			})
			if n == 0 { // a small contract has none in the sample
				n = s.succeed(t, i, tn, c, func(*contract.Operation) bool { return true })
			}
			if n == 0 {
				t.Errorf("no operation takes %s", c.Name)
			}
		}
	})
}

// succeed makes the valid requests of some operations with a credential, and returns how many take it.
func (s Suite) succeed(t *testing.T, i *Instance, tn *Tenant, c Credential, some func(*contract.Operation) bool) int {
	n := 0
	for _, op := range Operations(i.Contract(s.Contract)) {
		if op.Public() || !some(op) {
			continue
		}
		r := s.Valid[op.ID](t, i, tn).clone()
		if r.anonymous(); c.Put(t, op, tn, &r) {
			n++
			i.Want(t, Success(op), r)
		}
	}
	return n
}

// sample is of how many cases PostgreSQL has one: what is refused before the store is asked is the
// same on both.
const sample = 4

// mutations are all that can be wrong with a request of an operation.
func (s Suite) mutations(op *contract.Operation) []Mutation {
	return slices.Concat(Mutations(s.Schema), HeaderMutations(op, s.Schema), s.More)
}

// refusals tries every mutation on every operation. The valid request of an operation is made once: who
// is refused changes nothing.
func (s Suite) refusals(t *testing.T) {
	s.Each(t, func(t *testing.T, i *Instance, tn *Tenant) {
		for _, op := range Operations(i.Contract(s.Contract)) {
			good := sync.OnceValue(func() Request { return s.Valid[op.ID](t, i, tn) })
			requests := map[string]Request{}
			var applicable []Mutation
			for _, m := range s.mutations(op) {
				r := good().clone()
				if m.Change(t, op, tn, &r) {
					applicable, requests[m.Name] = append(applicable, m), r
				}
			}
			if i.Engine == store.Postgres {
				applicable = sampleOf(op, applicable, sample)
			}
			if len(applicable) == 0 {
				t.Errorf("%s: no mutation applies to it", op.ID)
			}
			for _, m := range applicable {
				want := m.Status
				if s.Status != nil {
					want = s.Status(op, m)
				}
				res := i.Do(t, requests[m.Name])
				if res.Status != want {
					t.Errorf("%s with %s: status %d, want %d: %s", op.ID, m.Name, res.Status, want, res.Body)
				}
				if strings.Contains(string(res.Body), "secret-value") {
					t.Errorf("%s with %s: the answer repeats what was sent: %s", op.ID, m.Name, res.Body)
				}
				if i.Engine == store.SQLite {
					coverage.noteRefusal(op, res.Status)
				}
			}
		}
	})
}

// The ways in which a request can be told to fail, by the id that it brings.
var failures = []struct {
	id     string
	status int
	err    func() error
}{
	{"fault-internal", http.StatusInternalServerError, func() error { return fault.Wrap(errors.New(driverText)) }},
	{"fault-panic", http.StatusInternalServerError, func() error { panic(driverText) }},
	{"fault-unavailable", http.StatusServiceUnavailable, func() error {
		return fault.New(fault.Unavailable,
			"The database cannot be used for the moment. Try again.").WithCause(errors.New(driverText))
	}},
	{"fault-upstream", http.StatusBadGateway, func() error {
		return fault.New(fault.Upstream, "The other system cannot be reached.").WithCause(errors.New(driverText))
	}},
	{"fault-upstream-timeout", http.StatusGatewayTimeout, func() error {
		return fault.New(fault.UpstreamTimeout,
			"The other system did not answer in its time.").WithCause(errors.New(driverText))
	}},
}

const driverText = "driver text"

// gate holds a request back until it is opened.
type gate struct{ reached, open chan struct{} }

var gates sync.Map // by the id of the request

// failure fails a request that was told to, or holds it back.
func failure(x *contract.Exchange) error {
	if g, held := gates.Load(x.RequestID); held {
		close(g.(gate).reached)
		<-g.(gate).open
	}
	for _, f := range failures {
		if f.id == x.RequestID {
			return f.err()
		}
	}
	return nil
}

// identified returns the request with an id, in the header that its contract has for it.
func identified(op *contract.Operation, r Request, requestID string) Request {
	if op.Contract.RequestID != "" {
		return r.with(op.Contract.RequestID, requestID)
	}
	return r.with("X-Request-ID", requestID)
}

// What a caller sees when something breaks or is down. The edge words it, whatever the operation: each
// failure is tried on operations of every form of errors, and on a sample of all.
func (s Suite) faults(t *testing.T) {
	s.Each(t, func(t *testing.T, i *Instance, tn *Tenant) {
		for _, f := range failures {
			formats := map[string]bool{}
			for _, op := range Operations(i.Contract(s.Contract)) {
				if !Documented(op, f.status) || slices.Contains(s.HealthChecks, op.ID) &&
					f.status == http.StatusServiceUnavailable {
					continue
				}
				if formats[op.ErrorFormat] && (i.Engine == store.Postgres || !sampled(op, f.id, 2*sample)) {
					continue
				}
				formats[op.ErrorFormat] = true
				r := identified(op, s.Valid[op.ID](t, i, tn), f.id)
				if res := i.Want(t, f.status, r); strings.Contains(string(res.Body), driverText) {
					t.Errorf("%s: the cause leaks: %s", op.ID, res.Body)
				}
			}
		}
		if !strings.Contains(i.Log.String(), driverText) {
			t.Error("the cause is not in the log")
		}
	})
}

// StillTime lets no bucket of the rate limit fill up again.
func StillTime() server.Option {
	now := time.Now()
	return server.WithEdge(func(e *edge.Edge) { e.Limiter = limit.NewLocal(func() time.Time { return now }) })
}

func (s Suite) limit(t *testing.T) {
	s.Each(t, func(t *testing.T, i *Instance, tn *Tenant) {
		var limited, public, byAddress []Request
		for _, op := range Operations(i.Contract(s.Contract)) {
			switch {
			case !Documented(op, http.StatusTooManyRequests):
			case op.ByAddress: // a bucket of its own
				byAddress = append(byAddress, s.Valid[op.ID](t, i, tn))
			case op.Public():
				public = append(public, s.Valid[op.ID](t, i, tn))
			default:
				limited = append(limited, s.Valid[op.ID](t, i, tn))
			}
		}
		for _, r := range byAddress { // when all requests are made, since one may be what another needs
			cheap := r
			if r.JSON != nil { // what breaks the schema counts, and compares no passwords
				cheap.JSON, cheap.Raw, cheap.Type = nil, []byte("{"), "application/json"
			}
			for range plan.PerAddress.PerMinute {
				i.Do(t, cheap)
			}
			i.Want(t, http.StatusTooManyRequests, r)
		}
		free := tn.KeyWith(t, plan.Free, "*")
		for range plan.Free.Rate().PerMinute + plan.Free.Rate().Burst {
			i.Want(t, http.StatusOK, Request{Operation: "platform.listOrgs", Bearer: free})
		}
		for _, r := range limited {
			if r.Basic[0] != "" {
				r.Basic[1] = free
			} else {
				r.Bearer = free
			}
			res := i.Want(t, http.StatusTooManyRequests, r)
			if res.Header.Get("Retry-After") == "" || res.Header.Get("X-RateLimit-Remaining") != "0" ||
				res.Header.Get("X-RateLimit-Limit") != "60" {
				t.Errorf("%s: headers %v", r.Operation, res.Header)
			}
		}
		// The bucket is the org's and the tier's: another tier goes on.
		i.Want(t, http.StatusOK, Request{Operation: "platform.listOrgs", Bearer: tn.Key})
		// Public operations are limited by address.
		for n := 0; len(public) > 0 && n < plan.Public.PerMinute+plan.Public.Burst; n++ {
			i.Do(t, Request{Operation: "platform.createToken", Form: url.Values{"grant_type": {"client_credentials"},
				"client_id": {"nobody"}, "client_secret": {"wrong"}}})
		}
		for _, r := range public {
			i.Want(t, http.StatusTooManyRequests, r)
		}
		i.Want(t, http.StatusOK, Request{Operation: "platform.getHealth"}) // never limited
	}, StillTime())
}

// While the first request with an idempotency key runs, a second is refused; after it the
// answer is replayed.
func (s Suite) inFlight(t *testing.T) {
	s.Each(t, func(t *testing.T, i *Instance, tn *Tenant) {
		for _, op := range Operations(i.Contract(s.Contract)) {
			if op.Idempotent {
				s.inFlightOf(t, i, tn, op)
			}
		}
	})
}

func (s Suite) inFlightOf(t *testing.T, i *Instance, tn *Tenant, op *contract.Operation) {
	g := gate{make(chan struct{}), make(chan struct{})}
	open := sync.OnceFunc(func() { close(g.open) })
	defer open()
	held := "held-" + id.New().ULID()
	gates.Store(held, g)
	defer gates.Delete(held)

	second := s.Valid[op.ID](t, i, tn).with("Idempotency-Key", "k-"+id.New().ULID())
	done := make(chan *Response, 1)
	go func() { done <- i.Do(t, identified(op, second, held)) }()
	select {
	case <-g.reached:
	case first := <-done:
		t.Fatalf("%s: %d %s", op.ID, first.Status, first.Body)
	}
	if got := i.Want(t, http.StatusConflict, second); got.Header.Get("Retry-After") == "" {
		t.Errorf("%s: %v", op.ID, got.Header)
	}
	open()
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
		i.Want(t, cmp.Or(s.Mismatch, http.StatusUnprocessableEntity), second)
	}
}

// Another tenant's things are answered for like things that do not exist, byte for byte but for ids and
// times: where all that a request names is another's, and where one id of it is, in its path or elsewhere.
func (s Suite) isolation(t *testing.T) {
	s.Each(t, func(t *testing.T, i *Instance, theirs *Tenant) {
		mine := i.Tenant(t, plan.Enterprise)
		n, named := 0, 0
		for _, op := range Operations(i.Contract(s.Contract)) {
			n += s.isolated(t, i, mine, theirs, op)
			named += len(pathParameters(op))
		}
		if n == 0 && named > 0 {
			t.Error("no operation names anything")
		}
	})
}

// isolated tells how many ids were tried.
func (s Suite) isolated(t *testing.T, i *Instance, mine, theirs *Tenant, op *contract.Operation) int {
	if slices.Contains(s.Possession, op.ID) {
		return 0
	}
	n := 0
	same := func(what string, statuses []int, foreign, blank Request) {
		t.Helper()
		n++
		a, b := i.Do(t, foreign), i.Do(t, blank)
		if len(statuses) > 0 && !slices.Contains(statuses, a.Status) || a.Status != b.Status {
			t.Errorf("%s: %s of another tenant is answered with %d, one that never was with %d: %s", op.ID, what, a.Status,
				b.Status, a.Body)
		}
		if a, b := s.Normalize(string(a.Body)), s.Normalize(string(b.Body)); a != b {
			t.Errorf("%s tells %s of another tenant from none:\n%s\n%s", op.ID, what, a, b)
		}
	}
	foreign := sync.OnceValue(func() Request { return s.Valid[op.ID](t, i, theirs) })
	own := sync.OnceValue(func() Request { return s.Valid[op.ID](t, i, mine) })
	names := pathParameters(op)
	if len(names) > 0 && !slices.Contains(s.CreatesByName, op.ID) {
		all, blank := s.as(t, op, mine, foreign()), s.as(t, op, mine, foreign())
		for _, name := range names {
			if m := s.UnknownID(op, name); m != "" {
				blank.Path[name] = m
			}
		}
		same("what is", []int{http.StatusNotFound}, all, blank)
	}
	for _, name := range names {
		if len(names) == 1 || s.UnknownID(op, name) == "" || slices.Contains(s.CreatesByName, op.ID) {
			continue
		}
		with := func(value string) Request {
			r := own().clone()
			r.Path[name] = value
			return r
		}
		same("the "+name, []int{http.StatusNotFound}, with(foreign().Path[name]), with(s.UnknownID(op, name)))
	}
	for _, p := range Places(op) {
		if op.Public() || i.Engine == store.Postgres && !sampled(op, p.String(), sample) {
			continue
		}
		none := s.UnknownID(op, p.Kind)
		if none == "" { // nobody's
			continue
		}
		value := p.get(foreign())
		if value == "" {
			make := s.Own[p.Kind]
			if make == nil {
				t.Errorf("%s: %s is an id: Suite.Own must say how a %s is made, or x-id in the bundle that it is none", op.ID,
					p, p.Kind)
				continue
			}
			value = make(t, i, theirs)
		}
		// A list that is filtered by it is empty; whatever else names it is refused.
		var statuses []int
		if p.In != openapi3.ParameterInQuery {
			statuses = []int{http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusForbidden, s.Schema}
		}
		number := p.isNumber(op)
		same(p.String(), statuses, p.put(own(), value, number), p.put(own(), none, number))
	}
	return n
}

func pathParameters(op *contract.Operation) []string {
	var out []string
	for _, p := range parameters(op) {
		if p.Value.In == openapi3.ParameterInPath {
			out = append(out, p.Value.Name)
		}
	}
	return out
}

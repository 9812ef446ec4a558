// Package contract knows what the bundle says of each operation: who may call it, how
// it is limited, whether it is deprecated, how its requests are checked. It reads a
// document once, at start; a request finds its operation on the route.
package contract

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/domain/entitlement"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/server/validate"
)

// MaxBody is the largest request body, in bytes, of an operation that says nothing else
// with x-max-body.
const MaxBody = 1 << 20

// Operation is one operation of the bundle.
type Operation struct {
	ID       string // operationId
	Contract *Contract
	Method   string
	Path     string // as in the document, with {parameters}
	// SecretPath reports that a parameter of the path is a secret, so that the log has Path: x-secret.
	SecretPath bool
	Rest       string // the parameter that takes the rest of the path: x-path: rest; empty: none does

	// Access are the alternatives of who may call. None: the operation is public.
	Access []Alternative
	// Anonymous says that it can be called without credentials as well.
	Anonymous bool
	Unlimited bool // x-rate-limit: none
	// ByAddress says that the operation has a limit of its own for each client address,
	// whoever calls: x-rate-limit: address.
	ByAddress bool
	// Rate is a limit that the operation shares with others: x-rate-class; nil: none.
	Rate *RateClass
	// AnyOrigin says that the pages of every site may call and read the answers (CORS):
	// x-cors: any.
	AnyOrigin  bool
	Idempotent bool // takes an Idempotency-Key
	// Query is what the names of parameters begin with that are not documented and may stand in the query:
	// x-query; AnyQuery: any. Empty: there are none.
	Query      string
	documented map[string]bool // parameters of the query, where others may stand
	// Since is the version of the API that the operation is there from: x-since; empty: from the first. Before is what
	// a request for an older version means: x-before; nil: there is nothing with the path.
	Since  string
	Before *Operation
	before string // its operationId
	// Handle serves a request of the operation, from the moment that it has its route.
	Handle echo.HandlerFunc
	// Capability is the feature that the caller's plan must include: x-capability. Empty: none.
	Capability entitlement.Feature
	// Needs is the capability that must be in use in the workspace that the path names or, where it names none,
	// in the plan of the caller's org: x-capability, too. Empty: none.
	Needs       workspace.Capability
	InWorkspace bool // the path names a workspace
	// Meaning are the headers of the bundle that decide, with path, query and body, what a
	// request does: all but those that are of one try. Sorted.
	Meaning []string
	// Headers are those that are checked before the validator looks at the request, in order.
	Headers []CheckedHeader
	// NoTransaction reports that the work reaches outside and takes long, so that it is no
	// transaction together with the answer that an Idempotency-Key keeps
	// (x-transaction: false). A crash in between lets the work happen again.
	NoTransaction bool
	List          *List // what callers may ask of a list: x-list; nil when it is none
	ErrorFormat   string
	MaxBody       int64
	Validator     *validate.Operation
	Stream        *Stream // how its bodies are carried that are streams; nil when none is

	// Headers that the operation sends with every response because it is deprecated:
	// Deprecation (RFC 9745) and Sunset (RFC 8594).
	Deprecation http.Header
	Successor   string // path of the operation to use instead, with {parameters}
}

// Failure is an error as a response.
type Failure struct {
	Status      int
	ContentType string
	Body        []byte
	Challenge   string // WWW-Authenticate of a 401; empty: the edge's own
}

// Dialect is how a contract words its errors. The edge adds the headers that HTTP asks
// for, such as Retry-After and WWW-Authenticate.
type Dialect interface {
	// Render words an error of an operation; op is nil when none was matched.
	Render(op *Operation, e *fault.Error, path, requestID string) Failure
}

// Contract is one published API.
type Contract struct {
	Module
	Operations map[string]*Operation // by operationId
	// ResetIsTime says that X-RateLimit-Reset is the Unix time at which the limit is full
	// again, not the seconds until then (x-rate-limit-reset: unix-time).
	ResetIsTime bool
	// VersionHeader is the header with which callers name a version of the API (x-version-header); empty: there is
	// none. Versions are those that are supported, the newest last.
	VersionHeader string
	Versions      []string
	Rates         map[string]*RateClass // by name
	Chain         []Resolver            // those that are asked who calls, in order; see Connect

	document *openapi3.T
	prefixes []string
}

// Bundle is a document with its compiled validators. Contracts share it.
type Bundle struct {
	document   *openapi3.T
	validators map[string]*validate.Operation
}

// ReadBundle reads a document.
func ReadBundle(text []byte) (*Bundle, error) {
	// The loader reads what is nested once for each level: a third of the time goes with the indentation.
	var short bytes.Buffer
	if err := json.Compact(&short, text); err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(short.Bytes())
	if err != nil {
		return nil, err
	}
	validators, err := validate.Compile(doc)
	if err != nil {
		return nil, err
	}
	for _, item := range doc.Paths.Map() {
		for _, spec := range item.Operations() {
			if how := spec.Extensions["x-stream"]; how == "request" || how == "both" {
				validators[spec.OperationID].LeaveBody()
			}
			if spec.Extensions["x-body"] == "read" {
				validators[spec.OperationID].KeepBody()
			}
			if prefix := extension[string](spec, "x-query"); prefix != "" {
				validators[spec.OperationID].LeaveQuery(strings.TrimSuffix(prefix, AnyQuery))
			}
		}
	}
	return &Bundle{doc, validators}, nil
}

// New makes the contract of a module. It fails when the bundle asks for something that the edge
// does not know how to enforce.
func New(m Module, b *Bundle) (*Contract, error) {
	if m.RequestID == "" {
		m.RequestID = echo.HeaderXRequestID
	}
	m.RequestID = http.CanonicalHeaderKey(m.RequestID)
	doc := b.document
	c := &Contract{Module: m, Operations: map[string]*Operation{}, document: doc}
	c.ResetIsTime = doc.Extensions["x-rate-limit-reset"] == "unix-time"
	version, _ := doc.Extensions["x-version-header"].(string)
	c.VersionHeader = http.CanonicalHeaderKey(version)
	var errs []error
	var err error
	if c.Rates, err = readRates(doc); err != nil {
		return nil, fmt.Errorf("contract %s: %w", c.Name, err)
	}
	for path, item := range doc.Paths.Map() {
		c.prefixes = append(c.prefixes, strings.FieldsFunc(path, func(r rune) bool { return r == '{' })[0])
		for method, spec := range item.Operations() {
			op, err := c.operation(method, path, item, spec)
			if err != nil {
				errs = append(errs, fmt.Errorf("contract %s, operation %s: %w", c.Name, spec.OperationID, err))
				continue
			}
			op.Validator = b.validators[spec.OperationID]
			c.Operations[spec.OperationID] = op
		}
	}
	errs = append(errs, c.connectVersions())
	slices.Sort(c.prefixes)
	c.prefixes = slices.Compact(c.prefixes)
	return c, errors.Join(errs...)
}

// Load makes the contract of a module that has its bundle with it.
func Load(m Module) (*Contract, error) {
	b, err := ReadBundle(m.Bundle)
	if err != nil {
		return nil, fmt.Errorf("contract %s: %w", m.Name, err)
	}
	return New(m, b)
}

// Steps returns the steps before the handler of each operation, by operationId.
func (c *Contract) Steps(of func(*Operation) echo.MiddlewareFunc) map[string][]echo.MiddlewareFunc {
	out := make(map[string][]echo.MiddlewareFunc, len(c.Operations))
	for id, op := range c.Operations {
		out[id] = []echo.MiddlewareFunc{of(op)}
	}
	return out
}

// Document returns the loaded bundle. It must not be changed.
func (c *Contract) Document() *openapi3.T { return c.document }

func (c *Contract) operation(
	method, path string, item *openapi3.PathItem, spec *openapi3.Operation,
) (*Operation, error) {
	op := &Operation{ID: spec.OperationID, Contract: c, Method: method, Path: path, MaxBody: MaxBody}
	security := c.document.Security
	if spec.Security != nil {
		security = *spec.Security
	}
	op.Anonymous = len(security) == 0
	if err := op.readAccess(security); err != nil {
		return nil, err
	}
	var err error
	op.SecretPath = secretPath(item.Parameters, spec.Parameters)
	if spec.Extensions["x-path"] != nil {
		return nil, errors.New("x-path is of a parameter, not of an operation")
	}
	if op.Rest, err = restOf(path, item.Parameters, spec.Parameters); err != nil {
		return nil, err
	}
	if err := op.readHeaders(item.Parameters, spec.Parameters); err != nil {
		return nil, err
	}
	if err := op.readRate(spec); err != nil {
		return nil, err
	}
	switch origins := extension[string](spec, "x-cors"); origins {
	case "":
	case "any":
		// A page may call with the credentials of whoever looks at it: they must have no effect.
		if !op.Public() {
			return nil, errors.New("x-cors: any is not supported for an operation that is not public")
		}
		op.AnyOrigin = true
	default:
		return nil, fmt.Errorf("x-cors: %s is not supported", origins)
	}
	if transaction, said := spec.Extensions["x-transaction"].(bool); said {
		op.NoTransaction = !transaction
	}
	op.ErrorFormat = extension[string](spec, "x-error-format")
	if op.Query, err = readQuery(spec); err != nil {
		return nil, err
	}
	if op.Query != "" {
		op.documented = queryNames(item.Parameters, spec.Parameters)
	}
	if n := extension[float64](spec, "x-max-body"); n > 0 {
		op.MaxBody = int64(n)
	}
	if op.List, err = readList(spec); err != nil {
		return nil, err
	}
	if op.Stream, err = readStream(op, spec); err != nil {
		return nil, err
	}
	if err := op.readCapability(spec, item.Parameters, spec.Parameters); err != nil {
		return nil, err
	}
	op.readVersion(spec)
	op.Deprecation, err = deprecation(spec)
	op.Successor = extension[string](spec, "x-successor")
	return op, err
}

// Notice is how long a deprecated operation is served on at least.
const Notice = 90 * 24 * time.Hour

// deprecation returns the headers of a deprecated operation. x-sunset says when it goes,
// x-deprecated since when it is deprecated (90 days before that when absent),
// x-successor where to go instead.
func deprecation(spec *openapi3.Operation) (http.Header, error) {
	if !spec.Deprecated {
		return nil, nil
	}
	sunset, err := date(spec, "x-sunset")
	if err != nil || sunset.IsZero() {
		return nil, errors.New("a deprecated operation needs x-sunset, a date")
	}
	since, err := date(spec, "x-deprecated")
	if err != nil {
		return nil, errors.New("x-deprecated must be a date")
	}
	if since.IsZero() {
		since = sunset.Add(-Notice)
	}
	if sunset.Sub(since) < Notice {
		return nil, errors.New("x-sunset must be 90 days or more behind x-deprecated")
	}
	h := http.Header{}
	h.Set("Deprecation", fmt.Sprintf("@%d", since.Unix()))
	h.Set("Sunset", sunset.Format(http.TimeFormat))
	return h, nil
}

func date(spec *openapi3.Operation, name string) (time.Time, error) {
	s := extension[string](spec, name)
	if s == "" {
		return time.Time{}, nil
	}
	return time.Parse(time.DateOnly, s)
}

func extension[T any](spec *openapi3.Operation, name string) T {
	v, _ := spec.Extensions[name].(T)
	return v
}

// Nearest returns the contract that has the longest prefix in common with the path: the one
// in whose words a request that matches no operation is refused.
func Nearest(contracts []*Contract, path string) *Contract {
	best, length := contracts[0], -1
	for _, c := range contracts {
		for _, p := range c.prefixes {
			n := common(p, path)
			if n > length {
				best, length = c, n
			}
		}
	}
	return best
}

// common counts the bytes of the whole segments that two paths begin with alike.
func common(a, b string) int {
	n := 0
	for i := 0; i < len(a) && i < len(b) && a[i] == b[i]; i++ {
		if a[i] == '/' {
			n = i + 1
		}
		if i+1 == len(a) && (i+1 == len(b) || b[i+1] == '/') || i+1 == len(b) && (i+1 == len(a) || a[i+1] == '/') {
			n = i + 1
		}
	}
	return n
}

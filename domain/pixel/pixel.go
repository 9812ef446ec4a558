// Package pixel counts what visitors of tenants' sites do. A site sends events from the
// browser, without credentials: what they may do is decided by the domain they come from,
// which belongs to one workspace.
package pixel

import (
	"context"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/share"
	"github.com/alania-go/alania/domain/storable"
	"github.com/alania-go/alania/domain/txn"
	"github.com/alania-go/alania/domain/weburl"
	"github.com/alania-go/alania/domain/workspace"
)

// Config is how a domain is tracked.
type Config struct {
	Enabled    bool
	Features   Features
	SampleRate float64 // from 0 to 1: the part of the events that is kept
}

// Features are the kinds of events that are kept.
type Features struct {
	Pageviews bool // the event pageview
	Events    bool // every other event
	Sessions  bool // which visit an event belongs to
}

// Defaults is the config of a domain that chose none.
func Defaults() Config {
	return Config{Enabled: true, Features: Features{Pageviews: true, Events: true, Sessions: true}, SampleRate: 1}
}

// Domain is a site that may send events.
type Domain struct {
	ID          id.ID
	Seq         int64
	OrgID       id.ID
	WorkspaceID id.ID
	Name        string // lower case, without a port
	Config
	OrgSuspended bool       // only PixelDomain reads it
	VerifiedAt   *time.Time // when its workspace has proven it; nil: it has not
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// Pageview is the event of a page that was opened.
const Pageview = "pageview"

// Event is something a visitor did.
type Event struct {
	ID          id.ID
	Seq         int64
	WorkspaceID id.ID
	Domain      string
	Name        string
	URL         string // a URI of RFC 3986
	Referrer    string // as the browser wrote it
	UserAgent   string
	SessionID   string
	Properties  json.RawMessage // an object
	CreatedAt   time.Time
}

// Repository keeps domains and events.
type Repository interface {
	// PixelDomain returns the domain of a name; NotFound when nobody has it, or a workspace that
	// was deleted since.
	PixelDomain(ctx context.Context, name string) (Domain, error)
	// PutPixelDomain inserts a domain or, when its workspace has it, changes its config. It
	// returns a Conflict when another workspace has it that is not deleted; the transaction can
	// go on.
	PutPixelDomain(ctx context.Context, d Domain) (Domain, error)
	// ProvePixelDomain moves a domain to the workspace that has proven it, and says so in its row.
	// When another workspace has it that has not proven it, the row of that one is deleted and
	// returned. It returns a Conflict when another has proven it.
	ProvePixelDomain(ctx context.Context, d Domain) (proven Domain, lost *Domain, err error)
	// LockDomains has other transactions that call it for the workspace wait for this one: the domains that it
	// counts then are those that are there.
	LockDomains(ctx context.Context, workspaceID id.ID) error
	CountPixelDomains(ctx context.Context, workspaceID id.ID) (int, error)
	DeletePixelDomain(ctx context.Context, domainID id.ID) error
	ListPixelDomains(ctx context.Context, workspaceID id.ID, q page.Query) (page.Page[Domain], error)

	InsertPixelEvents(ctx context.Context, events []Event) error
	ListPixelEvents(ctx context.Context, workspaceID id.ID, q page.Query) (page.Page[Event], error)
	// Retentions returns the different retentions, in days, that workspaces have.
	Retentions(ctx context.Context) ([]int, error)
	// DeletePixelEvents deletes up to limit events from before, of the workspaces that have
	// this retention, and returns what that frees.
	DeletePixelEvents(ctx context.Context, retention int, before time.Time, limit int) (map[id.ID]plan.Amount, error)
}

// Workspaces knows the workspaces that the caller may act in.
type Workspaces interface {
	Get(ctx context.Context, workspaceID id.ID) (workspace.Workspace, error)
}

// Allowance says how many of the wanted events of each workspace its plan has room for,
// and counts them. A workspace that does not exist is left out.
type Allowance interface {
	Admit(ctx context.Context, wanted map[id.ID]int) (map[id.ID]int, error)
}

// Service holds the rules of tracking.
type Service struct {
	tx         txn.Runner
	repo       Repository
	workspaces Workspaces
	audit      *audit.Service
	allowance  Allowance
	stock      Stock
	now        clock.Clock
	random     func() float64
	cache      *cache

	prover       Prover
	proofs       *share.Pool // proofs that are looked for
	requireProof bool

	mu       sync.Mutex
	queue    []*item
	flushing bool
}

// Options are what the service needs besides its repository.
type Options struct {
	Prover       Prover         // looks proofs of domains up
	RequireProof bool           // events of domains that are not proven are left out
	Random       func() float64 // returns numbers from 0 up to 1, by which events are sampled
}

// NewService makes the service.
func NewService(
	tx txn.Runner, repo Repository, workspaces Workspaces, audit *audit.Service, allowance Allowance, stock Stock,
	options Options, now clock.Clock,
) *Service {
	return &Service{
		tx: tx, repo: repo, workspaces: workspaces, audit: audit, allowance: allowance, stock: stock, now: now,
		prover: options.Prover, requireProof: options.RequireProof, random: options.Random, cache: newCache(repo),
		proofs: share.New("pixel_proofs", concurrentProofs, share.Options{PerHost: proofsPerHost, Patience: proofPatience}),
	}
}

// MaxDomains is how many domains a workspace can have.
const MaxDomains = 100

var port = regexp.MustCompile(`:[0-9]*$`)

var host = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$`)

// NormalizeDomain returns the form in which domains are kept and compared: lower case, without a port
// or a dot at the end. It is false for what is no host name. A name in other letters than
// ASCII's is written as browsers send it, in Punycode.
func NormalizeDomain(domain string) (string, bool) {
	domain = strings.ToLower(strings.TrimSuffix(port.ReplaceAllString(domain, ""), "."))
	return domain, len(domain) <= 253 && host.MatchString(domain)
}

// Put adds a domain to a workspace of the caller's org, or changes its config. A domain of
// another workspace is a Conflict.
func (s *Service) Put(ctx context.Context, workspaceID id.ID, domain string, c Config) (Domain, error) {
	name, ok := NormalizeDomain(domain)
	var v []fault.Violation
	if !ok {
		v = append(v, fault.Violation{In: fault.InPath, Pointer: "/domain", Code: "format", Message: "must be a host name"})
	}
	if !(c.SampleRate >= 0 && c.SampleRate <= 1) {
		v = append(v, fault.Body("/sample_rate", "range", "must be from 0 to 1"))
	}
	if len(v) > 0 {
		return Domain{}, fault.Invalid(v...)
	}
	var d Domain
	err := s.tx.InTx(ctx, func(ctx context.Context) error {
		w, err := s.workspaces.Get(ctx, workspaceID)
		if err != nil {
			return err
		}
		action, before := "pixel_domain.updated", audit.Fields(nil)
		was, err := s.repo.PixelDomain(ctx, name)
		switch {
		case fault.IsCode(err, fault.NotFound):
			action = "pixel_domain.created"
			if err := s.room(ctx, w.ID); err != nil {
				return err
			}
		case err != nil:
			return err
		case was.WorkspaceID == w.ID:
			before = domainFields(was)
		default:
			return taken(w.ID, was)
		}
		now := s.now()
		d, err = s.repo.PutPixelDomain(ctx,
			Domain{ID: id.New(), OrgID: w.OrgID, WorkspaceID: w.ID, Name: name, Config: c, CreatedAt: now, UpdatedAt: now})
		if fault.IsCode(err, fault.Conflict) {
			return domainTaken(err)
		}
		if err != nil {
			return err
		}
		s.tx.AfterCommit(ctx, func() { s.cache.drop(name) })
		return s.audit.Record(ctx, w.OrgID, action, audit.PixelDomain, d.ID, before, domainFields(d))
	})
	return d, err
}

// room refuses one domain too many, however many are added at once.
func (s *Service) room(ctx context.Context, workspaceID id.ID) error {
	if err := s.repo.LockDomains(ctx, workspaceID); err != nil {
		return err
	}
	n, err := s.repo.CountPixelDomains(ctx, workspaceID)
	if err == nil && n >= MaxDomains {
		err = &fault.Error{
			Code: fault.Conflict, Reason: "too_many_domains",
			Message: "The workspace has the most domains it can have, " + strconv.Itoa(MaxDomains) + ". Delete one first.",
		}
	}
	return err
}

// Delete takes a domain from a workspace of the caller's org. The events it sent stay.
func (s *Service) Delete(ctx context.Context, workspaceID id.ID, domain string) error {
	name, _ := NormalizeDomain(domain)
	return s.tx.InTx(ctx, func(ctx context.Context) error {
		w, err := s.workspaces.Get(ctx, workspaceID)
		if err != nil {
			return err
		}
		d, err := s.repo.PixelDomain(ctx, name)
		if err != nil {
			return err
		}
		if d.WorkspaceID != w.ID {
			return fault.NewNotFound("domain")
		}
		if err := s.repo.DeletePixelDomain(ctx, d.ID); err != nil {
			return err
		}
		s.tx.AfterCommit(ctx, func() { s.cache.drop(name) })
		return s.audit.Record(ctx, w.OrgID, "pixel_domain.deleted", audit.PixelDomain, d.ID, domainFields(d), nil)
	})
}

func domainFields(d Domain) audit.Fields {
	return audit.Fields{
		"domain": d.Name, "enabled": d.Enabled, "sample_rate": d.SampleRate,
		"pageviews": d.Features.Pageviews, "events": d.Features.Events, "sessions": d.Features.Sessions,
		"verified": d.Proven(),
	}
}

// Domains lists the domains of a workspace of the caller's org.
func (s *Service) Domains(ctx context.Context, workspaceID id.ID, q page.Query) (page.Page[Domain], error) {
	w, err := s.workspaces.Get(ctx, workspaceID)
	if err != nil {
		return page.Page[Domain]{}, err
	}
	return s.repo.ListPixelDomains(ctx, w.ID, q)
}

// Events lists the events of a workspace of the caller's org.
func (s *Service) Events(ctx context.Context, workspaceID id.ID, q page.Query) (page.Page[Event], error) {
	w, err := s.workspaces.Get(ctx, workspaceID)
	if err != nil {
		return page.Page[Event]{}, err
	}
	return s.repo.ListPixelEvents(ctx, w.ID, q)
}

// Config returns how a domain is tracked: not at all when nobody has it, or must prove it and has
// not. Other replicas see a
// change within CacheTTL.
func (s *Service) Config(ctx context.Context, domain string) (Config, error) {
	name, ok := NormalizeDomain(domain)
	if !ok {
		return Config{}, nil
	}
	d, err := s.cache.get(ctx, name)
	if err != nil || !s.counts(d) {
		return Config{}, err
	}
	return d.Config, nil
}

// Limits of an event.
const (
	MaxName       = 100
	MaxURL        = 2048
	MaxText       = 1000    // of the user agent and the session id
	MaxProperties = 8 << 10 // bytes of their JSON
)

// Hit is an event as a visitor's browser sends it.
type Hit struct {
	Name       string
	URL        string
	Referrer   string
	UserAgent  string
	SessionID  string
	Properties map[string]any
}

// Track keeps an event. It returns true once the event is committed, and false when it is not
// to be kept: its domain is nobody's, not enabled or to be proven first, or does not want such events, it is not
// in the sample, or the plan of the workspace has no room for it. When more events arrive
// than can be written, it returns Unavailable.
func (s *Service) Track(ctx context.Context, h Hit) (bool, error) {
	properties, page, err := h.check()
	if err != nil {
		return false, err
	}
	name, ok := NormalizeDomain(page.Host)
	if !ok { // such as an IPv6 address: nobody can have it
		return false, nil
	}
	d, err := s.cache.get(ctx, name)
	if err != nil {
		return false, err
	}
	if !s.counts(d) || !d.Enabled || !d.Features.wants(h.Name) || s.random() >= d.SampleRate {
		return false, nil
	}
	e := Event{
		ID: id.New(), WorkspaceID: d.WorkspaceID, Domain: d.Name, Name: h.Name, URL: page.Text, Referrer: h.Referrer,
		UserAgent:  h.UserAgent,
		Properties: properties, CreatedAt: s.now(),
	}
	if d.Features.Sessions {
		e.SessionID = h.SessionID
	}
	return s.keep(ctx, e)
}

func (f Features) wants(event string) bool {
	if event == Pageview {
		return f.Pageviews
	}
	return f.Events
}

// check returns the properties as JSON and the URL. It refuses whatever a
// database could: an event is written together with others', which must not suffer for it.
func (h Hit) check() (json.RawMessage, weburl.URL, error) {
	var v []fault.Violation
	for _, field := range []struct {
		name, value string
		most        int
	}{
		{"event", h.Name, MaxName}, {"url", h.URL, MaxURL}, {"referrer", h.Referrer, MaxURL},
		{"user_agent", h.UserAgent, MaxText}, {"session_id", h.SessionID, MaxText},
	} {
		if utf8.RuneCountInString(field.value) > field.most {
			v = append(v, fault.Body("/"+field.name, "max_length", "must have "+strconv.Itoa(field.most)+" characters at most"))
		}
		if !storable.Text(field.value) {
			v = append(v, fault.Body("/"+field.name, "format", "must be valid UTF-8 without the character U+0000"))
		}
	}
	if h.Name == "" {
		v = append(v, fault.Body("/event", "min_length", "must not be empty"))
	}
	page, ok := weburl.Parse(h.URL)
	if !ok {
		v = append(v, fault.Body("/url", "format", "must be an absolute http or https URL"))
	}
	properties := json.RawMessage("{}")
	if len(h.Properties) > 0 {
		b, err := json.Marshal(h.Properties)
		switch {
		case err != nil || !storable.Value(h.Properties):
			v = append(v,
				fault.Body("/properties", "format",
					"must be JSON of valid UTF-8 without the character U+0000, and of numbers that can be kept"))
		case len(b) > MaxProperties:
			v = append(v, fault.Body("/properties", "max_length", "must have "+strconv.Itoa(MaxProperties)+" bytes at most"))
		}
		properties = b
	}
	if len(v) > 0 {
		return nil, weburl.URL{}, fault.Invalid(v...)
	}
	return properties, page, nil
}

// MaxRetention is how long an event is kept at most, in days, whatever the workspace says:
// it may tell of a person.
const MaxRetention = 90

// Clean deletes events that are older than their workspace keeps its data.
func (s *Service) Clean(ctx context.Context) error {
	retentions, err := s.repo.Retentions(ctx)
	if err != nil {
		return err
	}
	return s.stock.Expire(ctx, retentions, MaxRetention, s.repo.DeletePixelEvents)
}

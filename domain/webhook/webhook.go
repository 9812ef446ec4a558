// Package webhook delivers events to the endpoints of partners, by Standard Webhooks. An
// event and one delivery for each endpoint that listens are written in the transaction of
// the change (an outbox); Engine sends them, at least once, with one id everywhere.
package webhook

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/event"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/project"
	"github.com/alania-go/alania/domain/secret"
	"github.com/alania-go/alania/domain/share"
	"github.com/alania-go/alania/domain/txn"
	"github.com/alania-go/alania/domain/weburl"
	"github.com/alania-go/alania/domain/workspace"
)

// Status is whether an endpoint gets events.
type Status string

// The states of an endpoint.
const (
	Enabled  Status = "enabled"
	Disabled Status = "disabled"
)

// Why an endpoint is disabled.
const (
	Manual  = "manual"  // somebody said so
	Gone    = "gone"    // it answered 410
	Failing = "failing" // it took nothing for DisableAfter
)

// Endpoint is where a partner receives events.
type Endpoint struct {
	ID             id.ID
	Seq            int64 // its number, for contracts that show integers
	OrgID          id.ID
	WorkspaceID    id.ID  // zero: events of every workspace
	ProjectID      id.ID  // zero: of every project of the workspace
	Contract       string // in whose words events are sent
	URL            string
	Description    string
	Events         []string // globs
	Status         Status
	DisabledReason string
	Secret         []byte // sealed
	PreviousSecret []byte // sealed; signs too until PreviousUntil
	PreviousUntil  *time.Time
	FailingSince   *time.Time
	CreatedAt      time.Time
	UpdatedAt      time.Time

	// Attempts that were made in the life of the endpoint.
	Successes      int64
	Failures       int64
	FailuresInARow int64
	LastAttemptAt  *time.Time

	BacklogFull bool // so much waits for it that it is told of nothing more for now
}

// State is where a delivery stands.
type State string

// The states of a delivery.
const (
	Pending   State = "pending"
	Succeeded State = "succeeded"
	Failed    State = "failed"    // every attempt of the schedule was made
	Cancelled State = "cancelled" // its endpoint was disabled or deleted
)

// Delivery is one event on its way to one endpoint.
type Delivery struct {
	ID         id.ID
	Seq        int64
	OrgID      id.ID
	EndpointID id.ID
	EventID    id.ID
	MessageID  string // what its contract calls the event: webhook-id; only where the payload is
	EventType  string
	Contract   string
	State      State
	Attempts   int // made so far
	Step       int // in the schedule; a retry by hand begins it again
	Takeovers  int // how often its process vanished since its last attempt
	DueAt      time.Time
	LastStatus *int
	CreatedAt  time.Time
	FinishedAt *time.Time
	Size       int64 // of the payload, for who inserts it

	Log     []Attempt // oldest first
	Payload []byte    // as sent; only where it is asked for
}

// Outcome is how an attempt ended.
type Outcome string

// The outcomes.
const (
	OutcomeSucceeded Outcome = "succeeded"
	OutcomeRefused   Outcome = "refused"   // we refuse the address
	OutcomeTimedOut  Outcome = "timed_out" // no answer in AttemptTimeout
	OutcomeFailed    Outcome = "failed"    // no connection, or an answer that is no 2xx
)

// Attempt is one request of a delivery.
type Attempt struct {
	DeliveryID id.ID
	Number     int
	RequestID  id.ID
	At         time.Time
	Latency    time.Duration
	StatusCode *int
	Outcome    Outcome
	Error      string // in words for the partner; empty when it succeeded
	Excerpt    string // of the answer, at most ExcerptSize bytes
}

// ExcerptSize is how much of an answer is kept, in bytes.
const ExcerptSize = 1024

// Schedule is the wait before each attempt, counted from the one before.
var Schedule = []time.Duration{
	0, 5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 10 * time.Hour,
}

// The rules of delivery.
const (
	AttemptTimeout = 15 * time.Second
	DisableAfter   = 5 * 24 * time.Hour  // of failures without one success
	RotationGrace  = 24 * time.Hour      // that a former secret signs as well as the new one
	Retention      = 30 * 24 * time.Hour // of finished deliveries
	MaxEndpoints   = 100                 // of an org
	// MaxTakeovers is how often the process that holds a delivery may vanish before the delivery
	// is set aside as failed. Processes hold many at once, most of which have no part in it.
	MaxTakeovers = 10
)

// Event is an event in the form of a contract, as it is kept and sent.
type Event struct {
	ID        id.ID
	MessageID string // its id in that form
	OrgID     id.ID
	Contract  string
	Type      string
	Payload   []byte
	CreatedAt time.Time
}

// Projects are those of an org; one that is not there is NotFound.
type Projects interface {
	Project(ctx context.Context, orgID, projectID id.ID) (project.Project, error)
}

// Repository keeps endpoints, events and deliveries.
type Repository interface {
	// InsertEndpoint returns the endpoint's number.
	InsertEndpoint(ctx context.Context, e Endpoint) (seq int64, err error)
	Endpoint(ctx context.Context, orgID, endpointID id.ID) (Endpoint, error)
	EndpointBySeq(ctx context.Context, orgID id.ID, seq int64) (Endpoint, error)
	ListEndpoints(ctx context.Context, orgID id.ID, q page.Query) (page.Page[Endpoint], error)
	CountEndpoints(ctx context.Context, orgID id.ID) (int, error)
	// LockOrg makes other transactions that lock the org wait for this one.
	LockOrg(ctx context.Context, orgID id.ID) error
	UpdateEndpoint(ctx context.Context, e Endpoint) error
	DeleteEndpoint(ctx context.Context, endpointID id.ID, at time.Time) error
	// EnabledEndpoints returns the enabled endpoints of an org.
	EnabledEndpoints(ctx context.Context, orgID id.ID) ([]Endpoint, error)
	// WorkspaceNumber returns the number of a workspace, whatever its state; zero when there is none.
	WorkspaceNumber(ctx context.Context, workspaceID id.ID) (int64, error)
	InsertEvent(ctx context.Context, e Event) error
	// InsertDeliveries inserts pending deliveries; those of owner are leased to it until
	// their DueAt.
	InsertDeliveries(ctx context.Context, owner id.ID, leased []bool, d []Delivery) error
	// Delivery returns one with its attempts and payload, by its id or, when that is zero, by
	// its event, which has one.
	Delivery(ctx context.Context, orgID, deliveryID, eventID id.ID) (Delivery, error)
	DeliveryBySeq(ctx context.Context, endpointID id.ID, seq int64) (Delivery, error)
	ListDeliveries(ctx context.Context, orgID id.ID, q page.Query) (page.Page[Delivery], error)
	// Requeue makes a finished delivery pending again; false when it is pending.
	Requeue(ctx context.Context, deliveryID id.ID, at time.Time) (bool, error)
	// Recover makes failed deliveries of an endpoint from a span pending again, up to limit of
	// those that had failed at a time. It returns how many.
	Recover(ctx context.Context, endpointID id.ID, since, until, at time.Time, limit int) (int, error)
	// CountRecoverable tells how many Recover has to do with.
	CountRecoverable(ctx context.Context, endpointID id.ID, since, until, at time.Time) (int, error)
	// CancelPending cancels deliveries that wait for an endpoint, up to limit of those that were
	// made until a time. It returns how many.
	CancelPending(ctx context.Context, endpointID id.ID, at time.Time, limit int) (int, error)
	// DeleteDeliveries deletes up to limit deliveries that finished before, with their
	// attempts, and events that no delivery is left of.
	DeleteDeliveries(ctx context.Context, before time.Time, limit int) (int, error)
	// Backlogs returns what waits for the enabled endpoints that something waits for, or that were full.
	Backlogs(ctx context.Context) ([]Backlog, error)
	// SetBacklogFull notes whether endpoints are told of nothing more.
	SetBacklogFull(ctx context.Context, endpoints []id.ID, full bool) error

	DispatchRepository
}

// Policy is what an operator decides about endpoints.
type Policy struct {
	AllowHTTP bool
	// Address reports whether an address may be sent to. It is asked early, for an endpoint
	// that names one, as a kindness; what counts is the guard at connect time.
	Address func(netip.Addr) error
}

// Service holds the rules of endpoints and deliveries, and publishes events.
type Service struct {
	tx        txn.Runner
	repo      Repository
	projects  Projects
	audit     *audit.Service
	box       *secret.Box
	now       clock.Clock
	policy    Policy
	renderers map[string]Renderer
	engine    *Engine // nil in a process that only publishes
	quota     Quota   // nil: none
	queue     Queue   // nil: what is long is done at once
	failures  failures
	declined  atomic.Int64 // deliveries
}

// Options are what the service needs besides its repository.
type Options struct {
	Policy Policy
	// Renderers have the endpoints of a contract, by its name, told of events in its words.
	Renderers map[string]Renderer
	Quota     Quota // nil: no limit
	Queue     Queue // does what is long; nil: it is done at once
}

// NewService makes the service.
func NewService(
	tx txn.Runner, repo Repository, projects Projects, audit *audit.Service, box *secret.Box, options Options,
	now clock.Clock,
) *Service {
	s := &Service{
		tx: tx, repo: repo, projects: projects, audit: audit, box: box, now: now, policy: options.Policy,
		renderers: options.Renderers, quota: options.Quota, queue: options.Queue, failures: failures{by: map[string]int{}},
	}
	if s.queue != nil {
		s.handleJobs(s.queue)
	}
	return s
}

// Quota refuses with FeatureLimit, in the transaction of an insert and before it, when the
// org has as many endpoints as its plan allows.
type Quota interface {
	Take(ctx context.Context, orgID id.ID) error
}

var sealedFor = secret.NewUse("webhook secret")

// Publish writes the event's deliveries in the open transaction. Without an endpoint that
// listens it writes nothing, and nothing for one whose backlog is full.
func (s *Service) Publish(ctx context.Context, e event.Event) error {
	endpoints, err := s.repo.EnabledEndpoints(ctx, e.OrgID)
	if err != nil || len(endpoints) == 0 {
		return err
	}
	return s.publish(ctx, e, endpoints, true)
}

func (s *Service) publish(ctx context.Context, e event.Event, endpoints []Endpoint, filtered bool) error {
	type rendered struct {
		Event
		ok, used bool
	}
	events := map[string]*rendered{}
	var deliveries []Delivery
	var leased []bool
	var items []*item
	declined := 0
	for i := range endpoints {
		ep := &endpoints[i]
		if filtered && !ep.concerns(e) {
			continue
		}
		ev := events[ep.Contract]
		if ev == nil {
			if len(events) == 0 {
				if err := s.numbered(ctx, &e); err != nil {
					return err
				}
			}
			r, ok := s.render(ctx, ep.Contract, e)
			ev = &rendered{Event: r.event(e, ep.Contract), ok: ok}
			events[ep.Contract] = ev
		}
		if !ev.ok || filtered && !Matches(ep.Events, ev.Type) {
			continue
		}
		if filtered && ep.BacklogFull {
			declined++
			continue
		}
		ev.used = true
		d := Delivery{
			ID: id.New(), OrgID: e.OrgID, EndpointID: ep.ID, EventID: e.ID, MessageID: ev.MessageID, EventType: ev.Type,
			Contract: ep.Contract, State: Pending, DueAt: e.CreatedAt, CreatedAt: e.CreatedAt,
			Size: int64(len(ev.Payload)),
		}
		it := &item{delivery: d, payload: ev.Payload}
		mine := s.engine != nil && s.engine.accepts(ep.OrgID, ep.ID, len(ev.Payload))
		if mine {
			it.lease = s.now().Add(Lease)
			d.DueAt = it.lease
			items = append(items, it)
		}
		deliveries, leased = append(deliveries, d), append(leased, mine)
	}
	if declined > 0 {
		s.tx.AfterCommit(ctx, func() { s.declined.Add(int64(declined)) })
	}
	if len(deliveries) == 0 {
		return nil
	}
	for _, ev := range events {
		if ev.used {
			if err := s.repo.InsertEvent(ctx, ev.Event); err != nil {
				return err
			}
		}
	}
	var owner id.ID
	if s.engine != nil {
		owner = s.engine.owner
	}
	if err := s.repo.InsertDeliveries(ctx, owner, leased, deliveries); err != nil {
		return err
	}
	if s.engine != nil {
		s.tx.AfterCommit(ctx, func() { s.engine.offer(endpoints, items, len(items) < len(deliveries)) })
	}
	return nil
}

// numbered sets the number of the workspace of an event.
func (s *Service) numbered(ctx context.Context, e *event.Event) (err error) {
	if !e.WorkspaceID.IsZero() {
		e.WorkspaceSeq, err = s.repo.WorkspaceNumber(ctx, e.WorkspaceID)
	}
	return err
}

// event returns what is kept of a rendering.
func (r Rendering) event(e event.Event, contract string) Event {
	return Event{
		ID: e.ID, MessageID: r.ID, OrgID: e.OrgID, Contract: contract, Type: r.Type, Payload: r.Payload,
		CreatedAt: e.CreatedAt,
	}
}

// concerns reports whether an event is one of the workspace and the project of an endpoint. An event of
// no project is one of all projects of its workspace.
func (e *Endpoint) concerns(ev event.Event) bool {
	return (e.WorkspaceID.IsZero() || e.WorkspaceID == ev.WorkspaceID) &&
		(e.ProjectID.IsZero() || ev.ProjectID.IsZero() || e.ProjectID == ev.ProjectID)
}

// Matches reports whether a subscription covers an event type: * everything, a.* whatever
// begins with "a.", and otherwise the type itself.
func Matches(globs []string, name string) bool {
	for _, g := range globs {
		if g == "*" || g == name {
			return true
		}
		if p, ok := strings.CutSuffix(g, "*"); ok && strings.HasSuffix(p, ".") && strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

// Create is what a new endpoint is made of.
type Create struct {
	Contract    string
	WorkspaceID id.ID
	ProjectID   id.ID // the workspace is that of the project then
	URL         string
	Events      []string
	Description string
	Secret      string // a Standard Webhooks secret; empty: generated
}

var glob = regexp.MustCompile(`^(\*|[a-z_]+(\.[a-z_]+)*(\.\*)?)$`)

// Create makes an endpoint and returns its signing secret, which cannot be read again.
func (s *Service) Create(ctx context.Context, in Create) (Endpoint, string, error) {
	p := identity.From(ctx)
	v := s.check(&in.URL, in.Events)
	text, sealed := s.newSecret()
	if in.Secret != "" {
		raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(in.Secret, SecretPrefix))
		if err != nil || len(raw) < minSecret || len(raw) > maxSecret || !strings.HasPrefix(in.Secret, SecretPrefix) {
			v = append(v, fault.Body("/secret", "format", "must be whsec_ and the base64 of 24 to 64 bytes"))
		}
		text, sealed = in.Secret, s.box.Seal(raw, sealedFor)
	}
	if len(v) > 0 {
		return Endpoint{}, "", fault.Invalid(v...)
	}
	if !in.ProjectID.IsZero() {
		pr, err := s.projects.Project(ctx, p.OrgID, in.ProjectID)
		if err == nil && (!p.InWorkspace(pr.WorkspaceID) || !in.WorkspaceID.IsZero() && in.WorkspaceID != pr.WorkspaceID) {
			err = fault.NewNotFound("project")
		}
		if err != nil {
			return Endpoint{}, "", err
		}
		in.WorkspaceID = pr.WorkspaceID
	}
	if in.WorkspaceID.IsZero() {
		in.WorkspaceID = p.WorkspaceID
	}
	if !p.InWorkspace(in.WorkspaceID) {
		return Endpoint{}, "", fault.NewNotFound("workspace")
	}
	now := s.now()
	e := Endpoint{
		ID: id.New(), OrgID: p.OrgID, WorkspaceID: in.WorkspaceID, ProjectID: in.ProjectID, Contract: in.Contract,
		URL: in.URL, Description: in.Description, Events: unique(in.Events), Status: Enabled, Secret: sealed,
		CreatedAt: now, UpdatedAt: now,
	}
	err := s.tx.InTx(ctx, func(ctx context.Context) error {
		if s.quota != nil {
			if err := s.quota.Take(ctx, p.OrgID); err != nil {
				return err
			}
		}
		if err := s.repo.LockOrg(ctx, p.OrgID); err != nil { // a plan without a limit has not
			return err
		}
		n, err := s.repo.CountEndpoints(ctx, p.OrgID)
		if err != nil {
			return err
		}
		if n >= MaxEndpoints {
			return &fault.Error{
				Code: fault.Conflict, Reason: "too_many_endpoints",
				Message: "The organization has the most endpoints it can have, " + strconv.Itoa(MaxEndpoints) +
					". Delete one first.",
			}
		}
		if e.Seq, err = s.repo.InsertEndpoint(ctx, e); err != nil {
			return err
		}
		return s.audit.Record(ctx, e.OrgID, "webhook_endpoint.created", audit.Endpoint, e.ID, nil, endpointFields(e))
	})
	return e, text, err
}

// The bounds that Standard Webhooks sets a secret, in bytes.
const minSecret, maxSecret = 24, 64

// newSecret makes a Standard Webhooks secret: whsec_ and the base64 of 32 bytes.
func (s *Service) newSecret() (text string, sealed []byte) {
	raw := secret.Random(32)
	return SecretPrefix + base64.StdEncoding.EncodeToString(raw), s.box.Seal(raw, sealedFor)
}

// SecretPrefix starts every signing secret (Standard Webhooks).
const SecretPrefix = "whsec_"

func (s *Service) check(target *string, events []string) []fault.Violation {
	var v []fault.Violation
	if target != nil {
		u, err := url.Parse(*target)
		switch {
		case err != nil || u.Host == "" || u.Opaque != "":
			v = append(v, fault.Body("/url", "format", "must be an absolute URL"))
		case u.Scheme != "https" && (u.Scheme != "http" || !s.policy.AllowHTTP):
			v = append(v, fault.Body("/url", "scheme", "must be an https URL"))
		case u.User != nil:
			v = append(v, fault.Body("/url", "userinfo", "must not carry credentials"))
		case u.Fragment != "":
			v = append(v, fault.Body("/url", "fragment", "must not have a fragment"))
		default:
			if a, err := netip.ParseAddr(u.Hostname()); err == nil && s.policy.Address != nil && s.policy.Address(a) != nil {
				v = append(v, fault.Body("/url", "address", "must be a public address"))
			}
		}
	}
	for i, g := range events {
		if !glob.MatchString(g) {
			v = append(v,
				fault.Body("/events/"+strconv.Itoa(i), "pattern", "must be an event type, a prefix with .* behind it, or *"))
		}
	}
	return v
}

func unique(events []string) []string {
	out := slices.Clone(events)
	slices.Sort(out)
	return slices.Compact(out)
}

// Get returns an endpoint of the caller's org.
func (s *Service) Get(ctx context.Context, endpointID id.ID) (Endpoint, error) {
	e, err := s.repo.Endpoint(ctx, identity.From(ctx).OrgID, endpointID)
	return visible(ctx, e, err)
}

// BySeq returns an endpoint of the caller's org by its number.
func (s *Service) BySeq(ctx context.Context, seq int64) (Endpoint, error) {
	e, err := s.repo.EndpointBySeq(ctx, identity.From(ctx).OrgID, seq)
	return visible(ctx, e, err)
}

// visible hides the endpoints of other workspaces from credentials that are bound to one.
func visible(ctx context.Context, e Endpoint, err error) (Endpoint, error) {
	if err == nil && !identity.From(ctx).InWorkspace(e.WorkspaceID) {
		return Endpoint{}, fault.NewNotFound("webhook endpoint")
	}
	return e, err
}

// List lists the endpoints of the caller's org.
func (s *Service) List(ctx context.Context, q page.Query) (page.Page[Endpoint], error) {
	p := identity.From(ctx)
	return s.repo.ListEndpoints(ctx, p.OrgID, p.Within(q))
}

// Update changes what is not nil.
type Update struct {
	URL         *string
	Events      []string
	Description *string
	Status      *Status
}

// Update changes an endpoint of the caller's org. To disable it cancels what is pending.
func (s *Service) Update(ctx context.Context, endpointID id.ID, in Update) (Endpoint, error) {
	if v := s.check(in.URL, in.Events); len(v) > 0 {
		return Endpoint{}, fault.Invalid(v...)
	}
	return s.change(ctx, endpointID, "webhook_endpoint.updated", func(ctx context.Context, e *Endpoint) error {
		if in.URL != nil {
			e.URL = *in.URL
		}
		if in.Events != nil {
			e.Events = unique(in.Events)
		}
		if in.Description != nil {
			e.Description = *in.Description
		}
		if in.Status == nil || *in.Status == e.Status {
			return nil
		}
		e.Status = *in.Status
		if e.Status == Enabled {
			e.DisabledReason, e.FailingSince = "", nil
			return nil
		}
		e.DisabledReason = Manual
		return s.cancelPending(ctx, *e, s.now())
	})
}

func (s *Service) change(
	ctx context.Context, endpointID id.ID, action string, apply func(ctx context.Context, e *Endpoint) error,
) (Endpoint, error) {
	var e Endpoint
	err := s.tx.InTx(ctx, func(ctx context.Context) error {
		var err error
		if e, err = s.Get(ctx, endpointID); err != nil {
			return err
		}
		before := endpointFields(e)
		if err := apply(ctx, &e); err != nil {
			return err
		}
		e.UpdatedAt = s.now()
		if err := s.repo.UpdateEndpoint(ctx, e); err != nil {
			return err
		}
		s.tx.AfterCommit(ctx, func() { s.forget(e.ID) })
		return s.audit.Record(ctx, e.OrgID, action, audit.Endpoint, e.ID, before, endpointFields(e))
	})
	return e, err
}

func (s *Service) forget(endpointID id.ID) {
	if s.engine != nil {
		s.engine.forget(endpointID)
	}
}

// Rotate replaces the secret of an endpoint. The former one signs as well for RotationGrace.
func (s *Service) Rotate(ctx context.Context, endpointID id.ID) (Endpoint, string, error) {
	text, sealed := s.newSecret()
	e, err := s.change(ctx, endpointID, "webhook_endpoint.secret_rotated", func(_ context.Context, e *Endpoint) error {
		until := s.now().Add(RotationGrace)
		e.PreviousSecret, e.PreviousUntil, e.Secret = e.Secret, &until, sealed
		return nil
	})
	return e, text, err
}

// Delete deletes an endpoint of the caller's org and cancels what is pending.
func (s *Service) Delete(ctx context.Context, endpointID id.ID) error {
	return s.tx.InTx(ctx, func(ctx context.Context) error {
		e, err := s.Get(ctx, endpointID)
		if err != nil {
			return err
		}
		now := s.now()
		if err := s.cancelPending(ctx, e, now); err != nil {
			return err
		}
		if err := s.repo.DeleteEndpoint(ctx, e.ID, now); err != nil {
			return err
		}
		s.tx.AfterCommit(ctx, func() { s.forget(e.ID) })
		return s.audit.Record(ctx, e.OrgID, "webhook_endpoint.deleted", audit.Endpoint, e.ID, endpointFields(e), nil)
	})
}

// HandleWorkspaceDelete deletes the endpoints of a workspace that is being deleted.
func (s *Service) HandleWorkspaceDelete(ctx context.Context, w workspace.Workspace) error {
	return s.deleteAll(ctx, w.OrgID, "workspace_id", w.ID)
}

// HandleProjectDelete deletes the endpoints of a project, in the transaction that deletes it.
func (s *Service) HandleProjectDelete(ctx context.Context, p project.Project) error {
	return s.deleteAll(ctx, p.OrgID, "project_id", p.ID)
}

func (s *Service) deleteAll(ctx context.Context, orgID id.ID, field string, value id.ID) error {
	p, err := s.repo.ListEndpoints(ctx, orgID, page.Query{
		Limit: MaxEndpoints, Sort: page.Sort{Field: "created_at"},
		Filters: []page.Filter{{Field: field, Op: page.Eq, Value: value}},
	})
	if err != nil {
		return err
	}
	for _, e := range p.Items {
		if err := s.Delete(ctx, e.ID); err != nil {
			return err
		}
	}
	return nil
}

// Message is the data of a test event.
type Message struct{ Text string }

// Test sends a test event to one endpoint, whatever it subscribed to, and returns its
// delivery.
func (s *Service) Test(ctx context.Context, endpointID id.ID) (Delivery, error) {
	var d Delivery
	err := s.tx.InTx(ctx, func(ctx context.Context) error {
		e, err := s.Get(ctx, endpointID)
		if err != nil {
			return err
		}
		ev := event.New(event.Test, e.OrgID, e.WorkspaceID, s.now(), Message{"This is a test. Nothing happened."})
		if err := s.publish(ctx, ev, []Endpoint{e}, false); err != nil {
			return err
		}
		d, err = s.repo.Delivery(ctx, e.OrgID, id.ID{}, ev.ID)
		if fault.IsCode(err, fault.NotFound) { // the log knows why
			return fault.Wrap(errors.New("the test was not rendered"))
		}
		return err
	})
	return d, err
}

// TestNow sends a test event to one endpoint now, once, and returns what came of it. It is kept as
// a delivery that has ended.
func (s *Service) TestNow(ctx context.Context, endpointID id.ID) (Attempt, error) {
	e, err := s.Get(ctx, endpointID)
	if err != nil {
		return Attempt{}, err
	}
	now := s.now()
	ev := event.New(event.Test, e.OrgID, e.WorkspaceID, now, Message{"This is a test. Nothing happened."})
	if err := s.numbered(ctx, &ev); err != nil {
		return Attempt{}, err
	}
	r, ok := s.render(ctx, e.Contract, ev)
	if !ok {
		return Attempt{}, fault.Wrap(errors.New("the test was not rendered"))
	}
	secrets, err := s.secrets(e, now)
	if err != nil {
		return Attempt{}, err
	}
	d := Delivery{
		ID: id.New(), OrgID: e.OrgID, EndpointID: e.ID, EventID: ev.ID, MessageID: r.ID, EventType: r.Type,
		Contract: e.Contract, State: Pending, DueAt: now.Add(Lease), CreatedAt: now,
		Size: int64(len(r.Payload)),
	}
	permit, err := s.engine.share.Acquire(ctx, e.OrgID, share.Host(e.URL))
	if err != nil {
		return Attempt{}, err
	}
	defer permit.Release()
	res := s.engine.once(ctx, e, d, secrets, r.Payload)
	err = s.tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.repo.InsertEvent(ctx, r.event(ev, e.Contract)); err != nil {
			return err
		}
		if err := s.repo.InsertDeliveries(ctx, s.engine.owner, []bool{true}, []Delivery{d}); err != nil {
			return err
		}
		return s.repo.FinishAttempts(ctx, s.engine.owner, []Result{res})
	})
	return res.Attempt, err
}

// Delivery returns a delivery of the caller's org, with its attempts and its payload.
func (s *Service) Delivery(ctx context.Context, deliveryID id.ID) (Delivery, error) {
	p := identity.From(ctx)
	d, err := s.repo.Delivery(ctx, p.OrgID, deliveryID, id.ID{})
	if err == nil && !p.WorkspaceID.IsZero() {
		if _, err := s.Get(ctx, d.EndpointID); err != nil {
			return Delivery{}, fault.NewNotFound("delivery")
		}
	}
	return d, err
}

// DeliveryBySeq returns a delivery to an endpoint, which the caller was given before.
func (s *Service) DeliveryBySeq(ctx context.Context, e Endpoint, seq int64) (Delivery, error) {
	return s.repo.DeliveryBySeq(ctx, e.ID, seq)
}

// Deliveries lists the deliveries of the caller's org, with their attempts.
func (s *Service) Deliveries(ctx context.Context, q page.Query) (page.Page[Delivery], error) {
	p := identity.From(ctx)
	return s.repo.ListDeliveries(ctx, p.OrgID, p.Within(q))
}

// Retry sends a delivery that has ended once more, from the start of the schedule.
func (s *Service) Retry(ctx context.Context, deliveryID id.ID) (Delivery, error) {
	var d Delivery
	err := s.tx.InTx(ctx, func(ctx context.Context) error {
		var err error
		if d, err = s.Delivery(ctx, deliveryID); err != nil {
			return err
		}
		e, err := s.repo.Endpoint(ctx, d.OrgID, d.EndpointID)
		if fault.IsCode(err, fault.NotFound) || err == nil && e.Status != Enabled {
			return &fault.Error{
				Code: fault.Conflict, Reason: "endpoint_disabled",
				Message: "The endpoint of the delivery is disabled or deleted. Enable it first.",
			}
		}
		if err != nil {
			return err
		}
		now := s.now()
		ok, err := s.repo.Requeue(ctx, d.ID, now)
		if err != nil {
			return err
		}
		if !ok {
			return &fault.Error{
				Code: fault.Conflict, Reason: "delivery_in_progress",
				Message: "The delivery is still under way. It is tried again by itself.",
			}
		}
		d.State, d.Step, d.DueAt, d.FinishedAt = Pending, 0, now, nil
		s.probeAfter(ctx, d.EndpointID)
		return s.audit.Record(ctx, d.OrgID, "webhook_delivery.retried", audit.Delivery, d.ID, nil, nil)
	})
	return d, err
}

// CannotRetry is the reason of the Conflict for a delivery that is not sent again.
const CannotRetry = "cannot_retry"

// MaxAttempts is how often a delivery is sent at most, retries by hand included.
var MaxAttempts = 5 * len(Schedule)

// RetryFailed is Retry for a delivery that did not succeed, and not for ever.
func (s *Service) RetryFailed(ctx context.Context, deliveryID id.ID) (Delivery, error) {
	var d Delivery
	err := s.tx.InTx(ctx, func(ctx context.Context) error {
		was, err := s.Delivery(ctx, deliveryID)
		if err != nil {
			return err
		}
		if was.State == Succeeded || was.Attempts >= MaxAttempts {
			return &fault.Error{
				Code: fault.Conflict, Reason: CannotRetry, Message: "The delivery has succeeded, or was tried too often.",
			}
		}
		d, err = s.Retry(ctx, deliveryID)
		return err
	})
	return d, err
}

// Recover sends again every delivery of an endpoint that was made in a span and failed.
func (s *Service) Recover(ctx context.Context, endpointID id.ID, since time.Time, until *time.Time) (int, error) {
	n := 0
	err := s.tx.InTx(ctx, func(ctx context.Context) error {
		e, err := s.Get(ctx, endpointID)
		if err != nil {
			return err
		}
		if e.Status != Enabled {
			return &fault.Error{
				Code: fault.Conflict, Reason: "endpoint_disabled", Message: "The endpoint is disabled. Enable it first.",
			}
		}
		now := s.now()
		end := now
		if until != nil {
			end = *until
		}
		if n, err = s.recover(ctx, e, since, end, now); err != nil {
			return err
		}
		s.probeAfter(ctx, e.ID)
		return s.audit.Record(ctx, e.OrgID, "webhook_endpoint.recovered", audit.Endpoint, e.ID, nil,
			audit.Fields{"since": since, "until": end, "deliveries": n})
	})
	return n, err
}

// probeAfter has the engine try an endpoint once the transaction is committed, although
// its breaker is open: who asks by hand may know that it is mended.
func (s *Service) probeAfter(ctx context.Context, endpointID id.ID) {
	if s.engine != nil {
		s.tx.AfterCommit(ctx, func() { s.engine.probe(endpointID) })
	}
}

// Clean deletes deliveries that finished longer ago than Retention, some at a time.
func (s *Service) Clean(ctx context.Context) error {
	for {
		n, err := s.repo.DeleteDeliveries(ctx, s.now().Add(-Retention), 1000)
		if err != nil || n == 0 {
			return err
		}
	}
}

// Disablement is the data of the event about a disabled endpoint.
type Disablement struct {
	Endpoint Endpoint
	Reason   string
}

// disable ends an endpoint that took nothing, and tells the org's other endpoints.
func (s *Service) disable(ctx context.Context, orgID, endpointID id.ID, reason string) error {
	ctx = identity.With(ctx, identity.Operator(orgID))
	return s.tx.InTx(ctx, func(ctx context.Context) error {
		e, err := s.repo.Endpoint(ctx, orgID, endpointID)
		if fault.IsCode(err, fault.NotFound) || err == nil && e.Status == Disabled {
			return nil // another replica was first
		}
		if err != nil {
			return err
		}
		before := endpointFields(e)
		now := s.now()
		e.Status, e.DisabledReason, e.UpdatedAt = Disabled, reason, now
		if err := s.repo.UpdateEndpoint(ctx, e); err != nil {
			return err
		}
		if err := s.cancelPending(ctx, e, now); err != nil {
			return err
		}
		if err := s.audit.Record(ctx, e.OrgID, "webhook_endpoint.disabled", audit.Endpoint, e.ID, before,
			endpointFields(e)); err != nil {
			return err
		}
		s.tx.AfterCommit(ctx, func() { s.forget(e.ID) })
		return s.Publish(ctx, event.New(event.EndpointDisabled, e.OrgID, e.WorkspaceID, now, Disablement{e, reason}))
	})
}

func endpointFields(e Endpoint) audit.Fields {
	return audit.Fields{
		"url": weburl.Origin(e.URL), "events": e.Events, "status": string(e.Status), "disabled_reason": e.DisabledReason,
	}
}

// Sign returns the webhook-signature header of Standard Webhooks: one v1 signature for each
// secret, with spaces between them.
func Sign(secrets [][]byte, messageID string, at time.Time, body []byte) string {
	var out strings.Builder
	for i, key := range secrets {
		if i > 0 {
			out.WriteByte(' ')
		}
		m := hmac.New(sha256.New, key)
		m.Write([]byte(messageID + "." + strconv.FormatInt(at.Unix(), 10) + "."))
		m.Write(body)
		out.WriteString("v1," + base64.StdEncoding.EncodeToString(m.Sum(nil)))
	}
	return out.String()
}

// secrets opens what signs for an endpoint at a time.
func (s *Service) secrets(e Endpoint, at time.Time) ([][]byte, error) {
	current, err := s.box.Open(e.Secret, sealedFor)
	if err != nil {
		return nil, err
	}
	out := [][]byte{current}
	if e.PreviousUntil != nil && at.Before(*e.PreviousUntil) {
		former, err := s.box.Open(e.PreviousSecret, sealedFor)
		if err != nil {
			return nil, err
		}
		out = append(out, former)
	}
	return out, nil
}

// Breaker tells the circuit breaker's state of an endpoint in this process: closed, open
// or half_open.
func (s *Service) Breaker(endpointID id.ID) string {
	if s.engine == nil {
		return "closed"
	}
	return s.engine.breaker(endpointID)
}

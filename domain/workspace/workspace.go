// Package workspace holds workspaces and their settings.
package workspace

import (
	"cmp"
	"context"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // time zones are known on a machine without its own files of them

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/event"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/job"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/txn"
)

// Status is whether a workspace can be used.
type Status string

// The states of a workspace.
const (
	Active    Status = "active"
	Suspended Status = "suspended"
	// Provisioning is shown while a capability is being prepared. It is not stored: see Workspace.State.
	Provisioning Status = "provisioning"
)

// Settings of a workspace.
type Settings struct {
	RetentionDays int
	Regions       []string
	FeatureFlags  map[string]bool
	Timezone      string // of the IANA database
	Locale        string // language and country, such as en_GB
}

// MaxFeatureFlags is how many flags a workspace can have.
const MaxFeatureFlags = 100

// Defaults are the settings of a workspace that chose none.
func Defaults() Settings {
	return Settings{
		RetentionDays: 30, Regions: []string{"eu-central"}, FeatureFlags: map[string]bool{}, Timezone: "UTC",
		Locale: "en_GB",
	}
}

// Patch changes settings as a JSON merge patch does (RFC 7396): what is not Set stays,
// a nil value goes back to its default, a nil flag is removed.
type Patch struct {
	RetentionDays Change[int]
	Regions       Change[[]string]
	FeatureFlags  Change[map[string]*bool]
	Timezone      Change[string]
	Locale        Change[string]
}

// Change is one member of a merge patch.
type Change[T any] struct {
	Set   bool
	Value *T // nil: back to the default
}

// Apply returns the settings with the patch in them.
func (p Patch) Apply(s Settings) (Settings, error) {
	def := Defaults()
	out := s
	out.Regions, out.FeatureFlags = slices.Clone(s.Regions), maps.Clone(s.FeatureFlags)
	if p.RetentionDays.Set {
		out.RetentionDays = or(p.RetentionDays.Value, def.RetentionDays)
	}
	if p.Regions.Set {
		out.Regions = or(p.Regions.Value, def.Regions)
	}
	if p.Timezone.Set {
		out.Timezone = or(p.Timezone.Value, def.Timezone)
		if _, err := time.LoadLocation(out.Timezone); err != nil || out.Timezone == "Local" {
			return s, fault.Invalid(fault.Body("/settings/timezone", "timezone",
				"must be the name of a time zone, such as Europe/London"))
		}
	}
	if p.Locale.Set {
		out.Locale = or(p.Locale.Value, def.Locale)
	}
	if p.FeatureFlags.Set {
		if p.FeatureFlags.Value == nil {
			out.FeatureFlags = def.FeatureFlags
		} else {
			if out.FeatureFlags == nil {
				out.FeatureFlags = map[string]bool{}
			}
			for name, on := range *p.FeatureFlags.Value {
				if on == nil {
					delete(out.FeatureFlags, name)
				} else {
					out.FeatureFlags[name] = *on
				}
			}
		}
	}
	// The schema bounds one patch; only here is the sum of all patches known.
	if len(out.FeatureFlags) > MaxFeatureFlags {
		return s, fault.Invalid(fault.Body("/feature_flags", "max_properties",
			"must leave at most 100 feature flags in the workspace"))
	}
	return out, nil
}

func or[T any](v *T, def T) T {
	if v == nil {
		return def
	}
	return *v
}

// Workspace is where an org's data lives.
type Workspace struct {
	ID        id.ID
	Seq       int64 // its number, for contracts that show integers
	OrgID     id.ID
	Name      string
	Slug      string
	Status    Status
	Tier      plan.Tier // what it is entitled to; at most the org's
	Settings  Settings
	Version   int // grows with every change; the entity tag
	CreatedAt time.Time
	UpdatedAt time.Time

	Capabilities []Capability
	Pending      []Capability // those of them that are being prepared
}

// Repository keeps workspaces.
type Repository interface {
	// InsertWorkspace returns the workspace's number, or a Conflict for a slug in use; the
	// transaction can go on.
	InsertWorkspace(ctx context.Context, w Workspace) (seq int64, err error)
	Workspace(ctx context.Context, workspaceID id.ID) (Workspace, error)
	WorkspaceBySeq(ctx context.Context, orgID id.ID, seq int64) (Workspace, error)
	// WorkspacesByID returns those of an org that have one of the ids.
	WorkspacesByID(ctx context.Context, orgID id.ID, ids []id.ID) ([]Workspace, error)
	// FirstWorkspace returns the oldest of an org.
	FirstWorkspace(ctx context.Context, orgID id.ID) (Workspace, error)
	// ListWorkspaces lists those of an org, or of them the one that only names.
	ListWorkspaces(ctx context.Context, orgID, only id.ID, q page.Query) (page.Page[Workspace], error)
	// ListByState is ListWorkspaces, and can be filtered by the status that Workspace.State returns.
	ListByState(ctx context.Context, orgID, only id.ID, q page.Query) (page.Page[Workspace], error)
	CountWorkspaces(ctx context.Context, orgID id.ID) (int, error)
	// UpdateWorkspace writes w over the row of version was; false when the row has
	// another version by now. A slug in use is a Conflict, which ends the transaction.
	UpdateWorkspace(ctx context.Context, w Workspace, was int) (bool, error)
	// WorkspacesOf returns some of an org, the oldest first.
	WorkspacesOf(ctx context.Context, orgID id.ID, limit int) ([]Workspace, error)
	Access(ctx context.Context, workspaceID id.ID) (Access, error)
	// FollowTier changes the tier of those workspaces of an org that have a certain one.
	FollowTier(ctx context.Context, orgID id.ID, from, to plan.Tier, at time.Time) error
	// DeleteWorkspace hides a workspace and frees its slug; false when it was before.
	DeleteWorkspace(ctx context.Context, w Workspace, at time.Time) (bool, error)
	// TakenSlugs returns the slugs in use in the org that start with the prefix.
	TakenSlugs(ctx context.Context, orgID id.ID, prefix string) ([]string, error)
	OrgTier(ctx context.Context, orgID id.ID) (plan.Tier, error)
	LockOrg(ctx context.Context, orgID id.ID) error
	// LockWorkspace makes other transactions that make something in the workspace wait for this
	// one; NotFound when it is deleted.
	LockWorkspace(ctx context.Context, workspaceID id.ID) error
}

// Service holds the rules of workspaces.
type Service struct {
	tx         txn.Runner
	repo       Repository
	audit      *audit.Service
	events     event.Publisher
	others     *Listeners
	now        clock.Clock
	quota      Quota // nil: none
	access     *accessCache
	queue      *job.Queue
	upgradeURL string
}

// Hook does what belongs to a change of a workspace elsewhere, in its transaction.
type Hook func(ctx context.Context, w Workspace) error

// Listeners are the hooks of other areas, which run in their order. The list is made before the service,
// because some of these areas ask for workspaces themselves; it is complete before the service is used.
type Listeners struct {
	Created []Hook // they run after the insert of a workspace
	Deleted []Hook // they run before the deletion of a workspace
	// Supports are what capabilities need in a workspace.
	Supports Supports
}

// NewService makes the service, and registers its jobs with the queue. Without a quota there is no limit. Who needs a
// larger plan is sent to upgradeURL.
func NewService(
	tx txn.Runner, repo Repository, audit *audit.Service, events event.Publisher, others *Listeners, quota Quota,
	queue *job.Queue, upgradeURL string, now clock.Clock,
) *Service {
	s := &Service{
		tx: tx, repo: repo, audit: audit, events: events, others: others, quota: quota, queue: queue, now: now,
		access: newAccessCache(), upgradeURL: upgradeURL,
	}
	queue.Handle(ProvisionJob, s.provision)
	queue.Handle(DeleteAllJob, s.deleteRest)
	return s
}

// Quota refuses with FeatureLimit, in the transaction of an insert and before it, when the
// org has as many workspaces as its plan allows. It returns the tier of the org.
type Quota interface {
	TakeInTier(ctx context.Context, orgID id.ID) (plan.Tier, error)
}

// Create is what a new workspace is made of. An empty slug is derived from the name.
type Create struct {
	Name     string
	Slug     string
	Tier     plan.Tier // empty: the org's
	Settings Settings
	// Capabilities are those that it has; nil: those that its plan includes.
	Capabilities []Capability
}

// Create makes a workspace in the caller's org. A slug in use is a Conflict, a capability that the plan does not
// include is FeatureLimit.
func (s *Service) Create(ctx context.Context, orgID id.ID, in Create) (Workspace, error) {
	if err := identity.From(ctx).InOrg(orgID); err != nil {
		return Workspace{}, err
	}
	if !identity.From(ctx).InWorkspace(id.ID{}) {
		return Workspace{}, fault.New(fault.AccessDenied, "The credentials are bound to one workspace.")
	}
	return s.create(ctx, orgID, in)
}

// CreateFor makes a workspace in any org for who administers the orgs of the platform, and for others as Create does.
func (s *Service) CreateFor(ctx context.Context, orgID id.ID, in Create) (Workspace, error) {
	if p := identity.From(ctx); p.AcrossOrgs() {
		return s.create(ctx, orgID, in)
	}
	return s.Create(ctx, orgID, in)
}

func (s *Service) create(ctx context.Context, orgID id.ID, in Create) (Workspace, error) {
	name := strings.TrimSpace(in.Name)
	if name == "" {
		return Workspace{}, fault.Invalid(fault.Body("/name", "min_length",
			"must have a character that is not white space"))
	}
	now := s.now()
	w := Workspace{
		ID: id.New(), OrgID: orgID, Name: name, Slug: in.Slug, Status: Active, Tier: in.Tier,
		Settings: in.Settings, Version: 1, CreatedAt: now, UpdatedAt: now,
	}
	if w.Tier != "" || s.quota == nil { // otherwise the quota tells the org's
		if err := s.tier(ctx, orgID, &w.Tier); err != nil {
			return Workspace{}, err
		}
	}
	err := s.tx.InTx(ctx, func(ctx context.Context) error {
		if s.quota != nil {
			most, err := s.quota.TakeInTier(ctx, orgID)
			if err != nil {
				return err
			}
			w.Tier = cmp.Or(w.Tier, most)
		}
		var err error
		if w.Capabilities, err = s.given(in.Capabilities, w.Tier); err != nil {
			return err
		}
		w.Pending = s.toProvision(w.Capabilities)
		if err := s.insert(ctx, &w, in.Slug == ""); err != nil {
			return slugTaken(err)
		}
		if err := s.enqueueProvision(ctx, w); err != nil {
			return err
		}
		for _, hook := range s.others.Created {
			if err := hook(ctx, w); err != nil {
				return err
			}
		}
		if err := s.audit.Record(ctx, orgID, "workspace.created", audit.Workspace, w.ID, nil,
			audit.Fields{"name": w.Name, "slug": w.Slug, "capabilities": w.Capabilities}); err != nil {
			return err
		}
		return s.events.Publish(ctx, event.New(event.WorkspaceCreated, orgID, w.ID, now, w))
	})
	return w, err
}

// SlugTaken is the reason of the Conflict for a slug in use.
const SlugTaken = "slug_taken"

func slugTaken(err error) error {
	if fault.IsCode(err, fault.Conflict) {
		return &fault.Error{
			Code: fault.Conflict, Reason: SlugTaken, Message: "Another workspace of the organization has this slug.",
			Cause: err,
		}
	}
	return err
}

// tier fills in the tier of the org where none is asked for, and refuses a larger one.
func (s *Service) tier(ctx context.Context, orgID id.ID, t *plan.Tier) error {
	most, err := s.repo.OrgTier(ctx, orgID)
	if err != nil {
		return err
	}
	if *t == "" {
		*t = most
	}
	if !t.Within(most) {
		return fault.Invalid(fault.Body("/tier", "exceeds_plan",
			"must not be larger than the tier of the organization, "+string(most)))
	}
	return nil
}

// insert inserts w, with a slug derived from the name if it shall. Such a slug is nobody's
// wish: when another workspace takes it first, there is a next one.
func (s *Service) insert(ctx context.Context, w *Workspace, derive bool) error {
	var err error
	if !derive {
		w.Seq, err = s.repo.InsertWorkspace(ctx, *w)
		return err
	}
	base := Slug(w.Name)
	for n := 0; ; n++ {
		taken, err := s.repo.TakenSlugs(ctx, w.OrgID, base)
		if err != nil {
			return err
		}
		w.Slug = freeSlug(base, taken, w.ID)
		if w.Seq, err = s.repo.InsertWorkspace(ctx, *w); n == 100 || !fault.IsCode(err, fault.Conflict) {
			return err
		}
	}
}

// Get returns a workspace of the caller's org.
func (s *Service) Get(ctx context.Context, workspaceID id.ID) (Workspace, error) {
	w, err := s.repo.Workspace(ctx, workspaceID)
	if err != nil {
		return Workspace{}, err
	}
	return visible(ctx, w)
}

func visible(ctx context.Context, w Workspace) (Workspace, error) {
	if p := identity.From(ctx); p.InOrg(w.OrgID) != nil || !p.InWorkspace(w.ID) {
		return Workspace{}, fault.NewNotFound("workspace")
	}
	return w, nil
}

// BySeq returns a workspace of the caller's org by its number.
func (s *Service) BySeq(ctx context.Context, seq int64) (Workspace, error) {
	w, err := s.repo.WorkspaceBySeq(ctx, identity.From(ctx).OrgID, seq)
	if err != nil {
		return Workspace{}, err
	}
	return visible(ctx, w)
}

// ByID returns those of the caller's workspaces that have one of the ids.
func (s *Service) ByID(ctx context.Context, ids []id.ID) (map[id.ID]Workspace, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	all, err := s.repo.WorkspacesByID(ctx, identity.From(ctx).OrgID, ids)
	out := make(map[id.ID]Workspace, len(all))
	for _, w := range all {
		if identity.From(ctx).InWorkspace(w.ID) {
			out[w.ID] = w
		}
	}
	return out, err
}

// Default returns the workspace in which a caller acts who names none: the one that the
// credentials are bound to, or the oldest of the org.
func (s *Service) Default(ctx context.Context) (Workspace, error) {
	p := identity.From(ctx)
	if !p.WorkspaceID.IsZero() {
		return s.Get(ctx, p.WorkspaceID)
	}
	return s.repo.FirstWorkspace(ctx, p.OrgID)
}

// List lists the workspaces of the caller's org.
func (s *Service) List(ctx context.Context, orgID id.ID, q page.Query) (page.Page[Workspace], error) {
	if err := identity.From(ctx).InOrg(orgID); err != nil {
		return page.Page[Workspace]{}, err
	}
	return s.repo.ListWorkspaces(ctx, orgID, identity.From(ctx).WorkspaceID, q)
}

// Update changes what is not nil, and settings by a patch.
type Update struct {
	Name, Slug *string
	Tier       *plan.Tier
	Settings   Patch
	Status     *Status // Active or Suspended
	// Capabilities are all that it has from then on; nil: the same.
	Capabilities []Capability
}

// Update changes a workspace of the caller's org.
func (s *Service) Update(ctx context.Context, workspaceID id.ID, in Update) (Workspace, error) {
	return s.change(ctx, workspaceID, "workspace.updated", nil, func(ctx context.Context, w *Workspace) error {
		if in.Name != nil {
			if w.Name = strings.TrimSpace(*in.Name); w.Name == "" {
				return fault.Invalid(fault.Body("/name", "min_length", "must have a character that is not white space"))
			}
		}
		if in.Slug != nil {
			w.Slug = *in.Slug
		}
		if in.Tier != nil {
			w.Tier = *in.Tier
			if err := s.tier(ctx, w.OrgID, &w.Tier); err != nil {
				return err
			}
		}
		if in.Status != nil {
			w.Status = *in.Status
		}
		if in.Capabilities != nil {
			if err := s.setCapabilities(ctx, w, in.Capabilities); err != nil {
				return err
			}
		}
		var err error
		w.Settings, err = in.Settings.Apply(w.Settings)
		return err
	})
}

// Delete deletes a workspace of the caller's org with what is in it, which the Purger does in
// the background. Nothing is made in it from then on. The last one stays: there is always one.
func (s *Service) Delete(ctx context.Context, workspaceID id.ID) error {
	return s.tx.InTx(ctx, func(ctx context.Context) error {
		w, err := s.Get(ctx, workspaceID)
		if err != nil {
			return err
		}
		if err := s.repo.LockOrg(ctx, w.OrgID); err != nil {
			return err
		}
		n, err := s.repo.CountWorkspaces(ctx, w.OrgID)
		if err != nil {
			return err
		}
		if n <= 1 {
			return &fault.Error{
				Code: fault.Conflict, Reason: "last_workspace",
				Message: "An organization always has a workspace. Create another one first.",
			}
		}
		return s.remove(ctx, w)
	})
}

// remove deletes a workspace of an org that is locked, in the transaction of ctx.
func (s *Service) remove(ctx context.Context, w Workspace) error {
	if err := s.repo.LockWorkspace(ctx, w.ID); err != nil {
		return err
	}
	for _, hook := range s.others.Deleted {
		if err := hook(ctx, w); err != nil {
			return err
		}
	}
	now := s.now()
	ok, err := s.repo.DeleteWorkspace(ctx, w, now)
	if err != nil {
		return err
	}
	if !ok {
		return fault.NewNotFound("workspace")
	}
	s.tx.AfterCommit(ctx, func() { s.access.drop(w.ID) })
	err = s.audit.Record(ctx, w.OrgID, "workspace.deleted", audit.Workspace, w.ID, workspaceFields(w), nil)
	if err != nil {
		return err
	}
	return s.events.Publish(ctx, event.New(event.WorkspaceDeleted, w.OrgID, w.ID, now, w))
}

// UpdateSettings applies a patch. want, when not nil, says which versions the caller
// has seen; another one is PreconditionFailed.
func (s *Service) UpdateSettings(
	ctx context.Context, workspaceID id.ID, p Patch, want func(version int) bool,
) (Workspace, error) {
	apply := func(_ context.Context, w *Workspace) (err error) {
		w.Settings, err = p.Apply(w.Settings)
		return err
	}
	return s.change(ctx, workspaceID, "workspace.settings_updated", want, apply)
}

// change applies a change to the version that is current when it is written.
func (s *Service) change(
	ctx context.Context, workspaceID id.ID, action string, want func(version int) bool,
	apply func(ctx context.Context, w *Workspace) error,
) (Workspace, error) {
	var w Workspace
	err := s.tx.InTx(ctx, func(ctx context.Context) error {
		for range 20 {
			var err error
			if w, err = s.Get(ctx, workspaceID); err != nil {
				return err
			}
			if want != nil && !want(w.Version) {
				return stale()
			}
			before := w
			if err := apply(ctx, &w); err != nil {
				return err
			}
			w.Version, w.UpdatedAt = before.Version+1, s.now()
			ok, err := s.repo.UpdateWorkspace(ctx, w, before.Version)
			if err != nil {
				return slugTaken(err)
			}
			if ok {
				s.tx.AfterCommit(ctx, func() { s.access.drop(w.ID) })
				fields := settingsFields
				if action != "workspace.settings_updated" {
					fields = workspaceFields
				}
				err := s.audit.Record(ctx, w.OrgID, action, audit.Workspace, w.ID, fields(before), fields(w))
				if err != nil {
					return err
				}
				return s.events.Publish(ctx, event.New(event.WorkspaceUpdated, w.OrgID, w.ID, w.UpdatedAt, w))
			}
			// Somebody else's change came in between the read and the write: again, on top of it.
		}
		return &fault.Error{
			Code: fault.Unavailable, Message: "The workspace is being changed by many requests. Try again.",
			RetryAfter: time.Second,
		}
	})
	return w, err
}

func stale() error {
	return fault.New(fault.PreconditionFailed,
		"The resource has changed since the version in If-Match. Read it again and repeat the change.")
}

func settingsFields(w Workspace) audit.Fields {
	s := w.Settings
	return audit.Fields{
		"retention_days": s.RetentionDays, "regions": s.Regions, "feature_flags": s.FeatureFlags, "timezone": s.Timezone,
		"locale": s.Locale,
	}
}

func workspaceFields(w Workspace) audit.Fields {
	f := settingsFields(w)
	f["name"], f["slug"], f["tier"] = w.Name, w.Slug, string(w.Tier)
	f["status"], f["capabilities"] = string(w.State()), w.Capabilities
	return f
}

var notSlug = regexp.MustCompile(`[^a-z0-9]+`)

const maxSlug = 50

// Slug derives a slug from a name: lower case, words joined by hyphens. A name without
// any letter or digit of ASCII becomes "workspace".
func Slug(name string) string {
	s := strings.Trim(notSlug.ReplaceAllString(strings.ToLower(name), "-"), "-")
	if len(s) > maxSlug {
		s = strings.TrimRight(s[:maxSlug], "-")
	}
	if s == "" {
		return "workspace"
	}
	return s
}

// freeSlug numbers the base until it is free; after a hundred of the same name the id
// takes the number's place.
func freeSlug(base string, taken []string, wid id.ID) string {
	if !slices.Contains(taken, base) {
		return base
	}
	for n := 2; n <= 100; n++ {
		c := base + "-" + strconv.Itoa(n)
		if !slices.Contains(taken, c) {
			return c
		}
	}
	return base + "-" + strings.ToLower(wid.ULID()[18:])
}

// Package workspace holds workspaces and their settings.
package workspace

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/event"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/txn"
)

// Status is whether a workspace can be used.
type Status string

// The states of a workspace.
const (
	Active    Status = "active"
	Suspended Status = "suspended"
)

// Settings of a workspace.
type Settings struct {
	RetentionDays int
	Regions       []string
	FeatureFlags  map[string]bool
}

// MaxFeatureFlags is how many flags a workspace can have.
const MaxFeatureFlags = 100

// Defaults are the settings of a workspace that chose none.
func Defaults() Settings {
	return Settings{RetentionDays: 30, Regions: []string{"eu-central"}, FeatureFlags: map[string]bool{}}
}

// Patch changes settings as a JSON merge patch does (RFC 7396): what is not Set stays,
// a nil value goes back to its default, a nil flag is removed.
type Patch struct {
	RetentionDays Change[int]
	Regions       Change[[]string]
	FeatureFlags  Change[map[string]*bool]
}

// Change is one member of a merge patch.
type Change[T any] struct {
	Set   bool
	Value *T // nil: back to the default
}

// Apply gives the settings with the patch in them.
func (p Patch) Apply(s Settings) (Settings, error) {
	def := Defaults()
	out := Settings{RetentionDays: s.RetentionDays, Regions: slices.Clone(s.Regions), FeatureFlags: maps.Clone(s.FeatureFlags)}
	if p.RetentionDays.Set {
		out.RetentionDays = or(p.RetentionDays.Value, def.RetentionDays)
	}
	if p.Regions.Set {
		out.Regions = or(p.Regions.Value, def.Regions)
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
		return s, fault.Invalid(fault.Body("/feature_flags", "max_properties", "must leave at most 100 feature flags in the workspace"))
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
	OrgID     id.ID
	Name      string
	Slug      string
	Status    Status
	Settings  Settings
	Version   int // grows with every change; the entity tag
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Repository keeps workspaces.
type Repository interface {
	// InsertWorkspace gives a Conflict for a slug in use; the transaction can go on.
	InsertWorkspace(ctx context.Context, w Workspace) error
	Workspace(ctx context.Context, workspaceID id.ID) (Workspace, error)
	ListWorkspaces(ctx context.Context, orgID id.ID, q page.Query) (page.Page[Workspace], error)
	// UpdateWorkspace writes w over the row of version was; false when the row has
	// another version by now.
	UpdateWorkspace(ctx context.Context, w Workspace, was int) (bool, error)
	// TakenSlugs gives the slugs in use in the org that start with the prefix.
	TakenSlugs(ctx context.Context, orgID id.ID, prefix string) ([]string, error)
}

// Service holds the rules of workspaces.
type Service struct {
	tx     txn.Runner
	repo   Repository
	audit  *audit.Service
	events event.Publisher
	now    clock.Clock
}

// NewService makes the service.
func NewService(tx txn.Runner, repo Repository, audit *audit.Service, events event.Publisher, now clock.Clock) *Service {
	return &Service{tx: tx, repo: repo, audit: audit, events: events, now: now}
}

// Create is what a new workspace is made of. An empty slug is derived from the name.
type Create struct {
	Name     string
	Slug     string
	Settings Settings
}

// Create makes a workspace in the caller's org. A slug in use is a Conflict.
func (s *Service) Create(ctx context.Context, orgID id.ID, in Create) (Workspace, error) {
	if err := identity.From(ctx).InOrg(orgID); err != nil {
		return Workspace{}, err
	}
	name := strings.TrimSpace(in.Name)
	if name == "" {
		return Workspace{}, fault.Invalid(fault.Body("/name", "min_length", "must have a character that is not white space"))
	}
	now := s.now()
	w := Workspace{
		ID: id.New(), OrgID: orgID, Name: name, Slug: in.Slug, Status: Active,
		Settings: in.Settings, Version: 1, CreatedAt: now, UpdatedAt: now,
	}
	err := s.tx.InTx(ctx, func(ctx context.Context) error {
		err := s.insert(ctx, &w, in.Slug == "")
		if fault.IsCode(err, fault.Conflict) {
			return &fault.Error{Code: fault.Conflict, Reason: "slug_taken", Message: "Another workspace of the organization has this slug.", Cause: err}
		}
		if err != nil {
			return err
		}
		if err := s.audit.Record(ctx, orgID, "workspace.created", audit.Workspace, w.ID, nil, audit.Fields{"name": w.Name, "slug": w.Slug}); err != nil {
			return err
		}
		return s.events.Publish(ctx, event.New(event.WorkspaceCreated, orgID, w.ID, now, w))
	})
	return w, err
}

// insert inserts w, with a slug derived from the name if it shall. Such a slug is nobody's
// wish: when another workspace takes it first, there is a next one.
func (s *Service) insert(ctx context.Context, w *Workspace, derive bool) error {
	if !derive {
		return s.repo.InsertWorkspace(ctx, *w)
	}
	base := Slug(w.Name)
	for n := 0; ; n++ {
		taken, err := s.repo.TakenSlugs(ctx, w.OrgID, base)
		if err != nil {
			return err
		}
		w.Slug = freeSlug(base, taken, w.ID)
		if err = s.repo.InsertWorkspace(ctx, *w); n == 100 || !fault.IsCode(err, fault.Conflict) {
			return err
		}
	}
}

// Get gives a workspace of the caller's org.
func (s *Service) Get(ctx context.Context, workspaceID id.ID) (Workspace, error) {
	w, err := s.repo.Workspace(ctx, workspaceID)
	if err != nil {
		return Workspace{}, err
	}
	if identity.From(ctx).InOrg(w.OrgID) != nil {
		return Workspace{}, fault.Missing("workspace")
	}
	return w, nil
}

// List lists the workspaces of the caller's org.
func (s *Service) List(ctx context.Context, orgID id.ID, q page.Query) (page.Page[Workspace], error) {
	if err := identity.From(ctx).InOrg(orgID); err != nil {
		return page.Page[Workspace]{}, err
	}
	return s.repo.ListWorkspaces(ctx, orgID, q)
}

// UpdateSettings applies a patch. want, when not nil, says which versions the caller
// has seen; another one is PreconditionFailed.
func (s *Service) UpdateSettings(ctx context.Context, workspaceID id.ID, p Patch, want func(version int) bool) (Workspace, error) {
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
			if w.Settings, err = p.Apply(w.Settings); err != nil {
				return err
			}
			w.Version, w.UpdatedAt = before.Version+1, s.now()
			ok, err := s.repo.UpdateWorkspace(ctx, w, before.Version)
			if err != nil {
				return err
			}
			if ok {
				err := s.audit.Record(ctx, w.OrgID, "workspace.settings_updated", audit.Workspace, w.ID, settingsFields(before.Settings), settingsFields(w.Settings))
				if err != nil {
					return err
				}
				return s.events.Publish(ctx, event.New(event.WorkspaceUpdated, w.OrgID, w.ID, w.UpdatedAt, w))
			}
			// Somebody else's change came in between the read and the write: again, on top of it.
		}
		return &fault.Error{Code: fault.Unavailable, Message: "The settings are being changed by many requests. Try again.", RetryAfter: time.Second}
	})
	return w, err
}

func stale() error {
	return fault.New(fault.PreconditionFailed, "The resource has changed since the version in If-Match. Read it again and repeat the change.")
}

func settingsFields(s Settings) audit.Fields {
	return audit.Fields{"retention_days": s.RetentionDays, "regions": s.Regions, "feature_flags": s.FeatureFlags}
}

var notSlug = regexp.MustCompile(`[^a-z0-9]+`)

const maxSlug = 50

// Slug derives a slug from a name: lower case, words joined by hyphens. A name without
// any letter or digit of ASCII gives "workspace".
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

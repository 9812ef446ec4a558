package platform

import (
	"time"

	"github.com/oapi-codegen/nullable"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/gen/platform"
	"github.com/alania-go/alania/server/convert"
)

// parse reads an id of a path. The validator has seen its form; what it let through and
// is no id, such as a ULID beyond 128 bits, names nothing.
func parse(prefix, s, what string) (id.ID, error) {
	v, err := id.ParsePrefixed(prefix, s)
	if err != nil {
		return v, fault.NewNotFound(what)
	}
	return v, nil
}

// parse2 reads the id of an org and of something in it.
func parse2(org, prefix, s, what string) (orgID, v id.ID, err error) {
	if orgID, err = parse(id.OrgPrefix, org, "organization"); err == nil {
		v, err = parse(prefix, s, what)
	}
	return orgID, v, err
}

// query builds a list's query from its common parameters; the validator has put the
// documented defaults in.
func query[S ~string](
	a *API, list string, cursor *string, limit *int, sort *S, filters ...page.Filter,
) (page.Query, error) {
	return a.Cursors.Query(list, convert.Value(cursor), *limit, page.ParseSort(string(*sort)), filters...)
}

// equal adds a filter when the caller sent one.
func equal[S ~string](filters []page.Filter, field string, v *S) []page.Filter {
	if v == nil {
		return filters
	}
	return append(filters, page.Filter{Field: field, Op: page.Eq, Value: string(*v)})
}

// FromOrg shows an org.
func FromOrg(o org.Org) platform.Org {
	return platform.Org{
		ID: o.ID.Prefixed(id.OrgPrefix), Name: o.Name, Slug: o.Slug, Tier: platform.Tier(o.Tier), CreatedAt: o.CreatedAt,
		UpdatedAt: o.UpdatedAt,
	}
}

// FromMember shows a membership.
func FromMember(m org.Member) platform.Member {
	return platform.Member{
		ID: m.ID.Prefixed(id.MemberPrefix), UserID: m.UserID.Prefixed(id.UserPrefix), Email: m.Email, Name: m.Name,
		Role: platform.Role(m.Role), Status: platform.MemberStatus(m.Status),
		LastActiveAt: convert.Nullable(m.LastActiveAt), CreatedAt: m.CreatedAt, UpdatedAt: m.UpdatedAt,
	}
}

// FromWorkspace shows a workspace, with what the caller may do in it.
func FromWorkspace(w workspace.Workspace, p *identity.Principal) platform.Workspace {
	role, can := p.WorkspaceRole()
	return platform.Workspace{
		ID: w.ID.Prefixed(id.WorkspacePrefix), OrgID: w.OrgID.Prefixed(id.OrgPrefix), Name: w.Name, Slug: w.Slug,
		Status: platform.WorkspaceStatus(w.Status), Settings: FromSettings(w.Settings),
		RoleHints: platform.RoleHints{Role: platform.Role(role), Can: can}, CreatedAt: w.CreatedAt, UpdatedAt: w.UpdatedAt,
	}
}

// FromSettings shows a workspace's settings.
func FromSettings(s workspace.Settings) platform.WorkspaceSettings {
	flags := s.FeatureFlags
	if flags == nil {
		flags = map[string]bool{}
	}
	return platform.WorkspaceSettings{
		RetentionDays: s.RetentionDays, FeatureFlags: flags,
		Regions: convert.Each(s.Regions, func(r string) platform.Region { return platform.Region(r) }),
	}
}

// ToSettings reads the settings of a new workspace; what is absent has its default.
func ToSettings(in *platform.WorkspaceSettingsCreate) workspace.Settings {
	s := workspace.Defaults()
	if in == nil {
		return s
	}
	if in.RetentionDays != nil {
		s.RetentionDays = *in.RetentionDays
	}
	if in.Regions != nil {
		s.Regions = regions(in.Regions)
	}
	if in.FeatureFlags != nil {
		s.FeatureFlags = in.FeatureFlags
	}
	return s
}

func regions(in []platform.Region) []string {
	return convert.Each(in, func(r platform.Region) string { return string(r) })
}

// ToPatch reads a merge patch of settings.
func ToPatch(in platform.WorkspaceSettingsUpdate) workspace.Patch {
	return workspace.Patch{
		RetentionDays: change(in.RetentionDays, func(v int) int { return v }),
		Regions:       change(in.Regions, regions),
		FeatureFlags:  change(in.FeatureFlags, func(v map[string]*bool) map[string]*bool { return v }),
	}
}

func change[F, T any](n nullable.Nullable[F], to func(F) T) workspace.Change[T] {
	if !n.IsSpecified() {
		return workspace.Change[T]{}
	}
	if n.IsNull() {
		return workspace.Change[T]{Set: true}
	}
	v := to(n.MustGet())
	return workspace.Change[T]{Set: true, Value: &v}
}

// FromKey shows a key without its secret.
func FromKey(k apikey.Key, now time.Time) platform.Key {
	allowed := k.AllowedIPs
	if allowed == nil {
		allowed = []string{}
	}
	return platform.Key{
		ID: k.ID.Prefixed(id.KeyPrefix), OrgID: k.OrgID.Prefixed(id.OrgPrefix), Name: k.Name, Prefix: k.Prefix,
		Scopes: k.Scopes,
		Tier:   platform.Tier(k.Tier), Status: platform.KeyStatus(k.Status(now)), AllowedIps: allowed,
		CreatedBy: creator(k), CreatedAt: k.CreatedAt,
		ExpiresAt: convert.Nullable(k.ExpiresAt), LastUsedAt: convert.Nullable(k.LastUsedAt),
		RevokedAt: convert.Nullable(k.RevokedAt),
	}
}

// creator returns who made a key; null for the platform itself.
func creator(k apikey.Key) nullable.Nullable[string] {
	if k.CreatorKind == identity.System {
		return nullable.NewNullNullable[string]()
	}
	return nullable.NewNullableWithValue(identity.Show(k.CreatorKind, k.CreatorID))
}

// FromNewKey shows a key with its secret, the once that it is shown.
func FromNewKey(k apikey.Key, full string, now time.Time) platform.KeyCreated {
	v := FromKey(k, now)
	return platform.KeyCreated{
		Key: full, ID: v.ID, OrgID: v.OrgID, Name: v.Name, Prefix: v.Prefix, Scopes: v.Scopes, Tier: v.Tier, Status: v.Status,
		AllowedIps: v.AllowedIps, CreatedBy: v.CreatedBy, CreatedAt: v.CreatedAt, ExpiresAt: v.ExpiresAt,
		LastUsedAt: v.LastUsedAt, RevokedAt: v.RevokedAt,
	}
}

// FromEntry shows an entry of the audit trail.
func FromEntry(e audit.Entry) platform.AuditEntry {
	out := platform.AuditEntry{
		ID: e.ID.Prefixed(id.AuditPrefix), OrgID: e.OrgID.Prefixed(id.OrgPrefix), Action: e.Action, CreatedAt: e.CreatedAt,
		Actor:  platform.AuditActor{Type: platform.AuditActorType(e.ActorKind), ID: e.Actor(), Name: e.ActorName},
		Target: platform.AuditTarget{Type: string(e.TargetKind), ID: e.Target()},
		Before: fields(e.Before), After: fields(e.After), RequestID: nullable.NewNullNullable[string](),
	}
	if e.RequestID != "" {
		out.RequestID.Set(e.RequestID)
	}
	return out
}

func fields(f audit.Fields) nullable.Nullable[map[string]any] {
	if f == nil {
		return nullable.NewNullNullable[map[string]any]()
	}
	return nullable.NewNullableWithValue(map[string]any(f))
}

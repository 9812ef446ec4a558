// Package apikey makes, lists, renames, revokes and verifies API keys.
//
// A key is sk_live_<prefix>_<secret>. The prefix finds its row, the SHA-256 of the
// whole key proves it: the secret has 256 bits, so a slow hash would protect nothing.
package apikey

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/netip"
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
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/project"
	"github.com/alania-go/alania/domain/scope"
	"github.com/alania-go/alania/domain/secret"
	"github.com/alania-go/alania/domain/txn"
)

// Status is whether a key works.
type Status string

// The states of a key.
const (
	Active  Status = "active"
	Expired Status = "expired"
	Revoked Status = "revoked"
)

// Key is an API key without its secret.
type Key struct {
	ID          id.ID
	Seq         int64 // its number, for contracts that show integers
	OrgID       id.ID
	Name        string
	Prefix      string // what identifies the key to a person: sk_live_ and the public part
	Hash        []byte
	Scopes      []string
	Tier        plan.Tier
	AllowedIPs  []string // addresses or CIDR blocks; empty: any
	ExpiresAt   *time.Time
	LastUsedAt  *time.Time
	RevokedAt   *time.Time
	CreatorKind identity.Kind
	CreatorID   id.ID
	UserID      id.ID // the person that the key acts for; it ends with their membership
	WorkspaceID id.ID // the one workspace that it is bound to; zero: all of the org
	ProjectID   id.ID // the one project that it is bound to; zero: none
	CreatedAt   time.Time
}

// Status at a time.
func (k Key) Status(at time.Time) Status {
	switch {
	case k.RevokedAt != nil:
		return Revoked
	case k.ExpiresAt != nil && !at.Before(*k.ExpiresAt):
		return Expired
	}
	return Active
}

// Credential is a key as verification needs it: with its org's tier and its person's
// membership.
type Credential struct {
	Key
	OrgTier    plan.Tier
	OrgStatus  identity.OrgStatus
	MemberID   id.ID // zero unless the key's person is an active member of the org
	SuperAdmin bool  // the key's person is one
}

// Repository keeps keys.
type Repository interface {
	// InsertKey returns the key's number.
	InsertKey(ctx context.Context, k Key) (seq int64, err error)
	Key(ctx context.Context, orgID, keyID id.ID) (Key, error)
	KeyBySeq(ctx context.Context, orgID id.ID, seq int64) (Key, error)
	ListKeys(ctx context.Context, orgID id.ID, q page.Query) (page.Page[Key], error)
	// HoldWorkspace keeps a workspace from being deleted until the transaction ends; NotFound
	// when it is deleted.
	HoldWorkspace(ctx context.Context, workspaceID id.ID) error
	// RevokeKeysIn sets RevokedAt of the keys that are bound to a workspace, and returns those
	// where it was not set before.
	RevokeKeysIn(ctx context.Context, workspaceID id.ID, at time.Time) ([]Key, error)
	// LockKey makes other transactions that lock or change the key wait for this one.
	LockKey(ctx context.Context, keyID id.ID) error
	// RevokeKey sets RevokedAt; false when it was set before.
	RevokeKey(ctx context.Context, keyID id.ID, at time.Time) (bool, error)
	// ExpireKey sets ExpiresAt to a time no later than it is.
	ExpireKey(ctx context.Context, keyID id.ID, at time.Time) error
	RenameKey(ctx context.Context, keyID id.ID, name string) error
	// KeysOf returns a person's keys that are not revoked, the newest first.
	KeysOf(ctx context.Context, of Of) ([]Key, error)
	// RevokeKeysOf sets RevokedAt of the keys that KeysOf returns, and returns them so.
	RevokeKeysOf(ctx context.Context, of Of, at time.Time) ([]Key, error)
	// UserIn returns NotFound unless the person is a member of the org; with a zero org the
	// person need only exist.
	UserIn(ctx context.Context, orgID, userID id.ID) error
	CredentialByPrefix(ctx context.Context, prefix string) (Credential, error)
	OrgTier(ctx context.Context, orgID id.ID) (plan.Tier, error)
}

// Projects are what keys can be bound to.
type Projects interface {
	// Project returns a project of an org.
	Project(ctx context.Context, orgID, projectID id.ID) (project.Project, error)
}

// Service holds the rules of keys.
type Service struct {
	tx       txn.Runner
	repo     Repository
	projects Projects
	audit    *audit.Service
	events   event.Publisher
	cache    *identity.Cache
	now      clock.Clock
	quota    Quota // nil: none
}

// NewService makes the service. Without a quota there is no limit.
func NewService(
	tx txn.Runner, repo Repository, projects Projects, audit *audit.Service, events event.Publisher, cache *identity.Cache,
	quota Quota, now clock.Clock,
) *Service {
	return &Service{
		tx: tx, repo: repo, projects: projects, audit: audit, events: events, cache: cache, quota: quota, now: now,
	}
}

// Quota refuses with FeatureLimit, in the transaction of an insert and before it, when the
// org has as many keys as its plan allows.
type Quota interface {
	Take(ctx context.Context, orgID id.ID) error
}

// Create is what a new key is made of.
type Create struct {
	Name       string
	Scopes     []string
	Tier       plan.Tier // empty: the org's
	ExpiresAt  *time.Time
	AllowedIPs []string
	ProjectID  id.ID  // zero: none
	Full       string // the whole key, of the form that Split takes; empty: generated
}

// Create makes a key in the caller's org and returns the full key, which cannot be read
// again. A key never has more than the credentials that create it: it inherits the bounds
// of them that in leaves out, and is refused what goes beyond.
func (s *Service) Create(ctx context.Context, orgID id.ID, in Create) (Key, string, error) {
	p := identity.From(ctx)
	if err := p.InOrg(orgID); err != nil {
		return Key{}, "", err
	}
	k := Key{
		ID: id.New(), OrgID: orgID, Name: strings.TrimSpace(in.Name), CreatorKind: p.Kind, CreatorID: p.ID,
		CreatedAt: s.now(),
	}
	orgTier, err := s.repo.OrgTier(ctx, orgID)
	if err != nil {
		return Key{}, "", err
	}
	nets, v := parseNets(in.AllowedIPs)
	maker := p.Grant()
	maker.Tier = maker.Tier.AtMost(orgTier)
	want := maker.Inherit(identity.Grant{
		Scopes: scope.Parse(in.Scopes), Tier: in.Tier, AllowedNets: nets, UserID: p.UserID,
	})
	if in.ExpiresAt != nil {
		want.ExpiresAt = in.ExpiresAt.UTC().Truncate(time.Microsecond)
	}
	if !in.ProjectID.IsZero() {
		pr, err := s.projects.Project(ctx, orgID, in.ProjectID)
		if err == nil {
			want.WorkspaceID, want.ProjectID = pr.WorkspaceID, pr.ID
		} else if !fault.IsCode(err, fault.NotFound) {
			return Key{}, "", err
		}
		if e := maker.Beyond(want); err != nil || e.Workspace || e.Project {
			return Key{}, "", fault.Invalid(fault.Body("/project_id", "not_found", "must be a project of the organization"))
		}
	}
	if v = append(v, s.check(k.Name, in, orgTier, want, maker.Beyond(want))...); len(v) > 0 {
		return Key{}, "", fault.Invalid(v...)
	}
	k.take(want, in.AllowedIPs)
	full := in.Full
	if full == "" {
		full = generate(k)
	}
	if !k.seal(full) {
		return Key{}, "", fault.Invalid(fault.Body("/key", "format", "must have the form of a key"))
	}
	err = s.tx.InTx(ctx, func(ctx context.Context) error {
		if s.quota != nil {
			if err := s.quota.Take(ctx, orgID); err != nil {
				return err
			}
		}
		return s.insert(ctx, &k, "key.created", nil)
	})
	return k, full, err
}

// take sets the bounds of a key to those of a grant; allowed are its addresses as they were written.
func (k *Key) take(g identity.Grant, allowed []string) {
	k.Scopes, k.Tier, k.AllowedIPs = g.Scopes.List(), g.Tier, allowed
	if len(allowed) == 0 {
		for _, n := range g.AllowedNets {
			k.AllowedIPs = append(k.AllowedIPs, showNet(n))
		}
	}
	if !g.ExpiresAt.IsZero() {
		k.ExpiresAt = &g.ExpiresAt
	}
	k.WorkspaceID, k.ProjectID, k.UserID = g.WorkspaceID, g.ProjectID, g.UserID
}

// Grant returns what the key may do in an org of a tier.
func (k Key) Grant(orgTier plan.Tier) identity.Grant {
	nets, _ := parseNets(k.AllowedIPs)
	g := identity.Grant{
		Scopes: scope.Parse(k.Scopes), Tier: k.Tier.AtMost(orgTier), AllowedNets: nets, WorkspaceID: k.WorkspaceID,
		ProjectID: k.ProjectID, UserID: k.UserID,
	}
	if k.ExpiresAt != nil {
		g.ExpiresAt = *k.ExpiresAt
	}
	return g
}

// generate makes the text of a key. That of a project says so.
func generate(k Key) string {
	kind := "sk_live_"
	if !k.ProjectID.IsZero() {
		kind = "ak_"
	}
	return kind + secret.Text(12) + "_" + secret.Text(43)
}

// seal keeps what finds and proves the full key.
func (k *Key) seal(full string) (ok bool) {
	k.Prefix, ok = Split(full)
	k.Hash = secret.Hash(full)
	return ok
}

func (s *Service) insert(ctx context.Context, k *Key, action string, before audit.Fields) error {
	var err error
	if k.Seq, err = s.repo.InsertKey(ctx, *k); err != nil {
		return err
	}
	if err := s.audit.Record(ctx, k.OrgID, action, audit.Key, k.ID, before, keyFields(*k)); err != nil {
		return err
	}
	return s.events.Publish(ctx,
		event.New(event.KeyCreated, k.OrgID, k.WorkspaceID, k.CreatedAt, *k).OfProject(k.ProjectID))
}

// MaxGrace is the longest that a key works on after its rotation.
const MaxGrace = 30 * 24 * time.Hour

// Rotate makes a key that takes the place of another: with its scopes, tier, expiry,
// addresses, workspace and project. It acts for the person who rotates, or for nobody, and
// is refused where it has more than the credentials that rotate it. The former key works on
// for the grace, and counts against the plan until then; with no grace it is revoked at
// once. Rotate returns the new key, its full text, and when the former one ends.
func (s *Service) Rotate(ctx context.Context, orgID, keyID id.ID, grace time.Duration) (Key, string, time.Time, error) {
	p := identity.From(ctx)
	if err := p.InOrg(orgID); err != nil {
		return Key{}, "", time.Time{}, err
	}
	var k Key
	var full string
	var ends time.Time
	err := s.tx.InTx(ctx, func(ctx context.Context) error {
		old, _, err := s.rotatable(ctx, orgID, keyID, s.get)
		if err != nil {
			return err
		}
		if s.quota != nil && grace > 0 {
			if err := s.quota.Take(ctx, orgID); err != nil {
				return err
			}
		}
		if err := s.repo.HoldWorkspace(ctx, old.WorkspaceID); err != nil {
			return err
		}
		// Again, while nobody else can rotate or revoke the key.
		old, want, err := s.rotatable(ctx, orgID, keyID, s.locked)
		if err != nil {
			return err
		}
		now := s.now()
		k = Key{ID: id.New(), OrgID: orgID, Name: old.Name, CreatorKind: p.Kind, CreatorID: p.ID, CreatedAt: now}
		k.take(want, old.AllowedIPs)
		full = generate(k)
		k.seal(full)
		if err := s.insert(ctx, &k, "key.rotated", keyFields(old)); err != nil {
			return err
		}
		s.tx.AfterCommit(ctx, func() { s.cache.DropPrincipal(old.ID) })
		if ends = now.Add(grace); grace == 0 {
			_, err := s.revoke(ctx, old)
			return err
		}
		if old.ExpiresAt != nil && old.ExpiresAt.Before(ends) {
			ends = *old.ExpiresAt
		}
		return s.repo.ExpireKey(ctx, old.ID, ends)
	})
	return k, full, ends, err
}

// rotatable returns a key that the caller may rotate, and what the key has that takes its
// place.
func (s *Service) rotatable(
	ctx context.Context, orgID, keyID id.ID, read func(context.Context, id.ID, id.ID) (Key, error),
) (Key, identity.Grant, error) {
	k, err := read(ctx, orgID, keyID)
	if err != nil {
		return Key{}, identity.Grant{}, err
	}
	if st := k.Status(s.now()); st != Active {
		return Key{}, identity.Grant{}, &fault.Error{
			Code: fault.Conflict, Reason: "key_not_active", Message: "The key is " + string(st) + ". Create a new one.",
		}
	}
	orgTier, err := s.repo.OrgTier(ctx, orgID)
	if err != nil {
		return Key{}, identity.Grant{}, err
	}
	p, want := identity.From(ctx), k.Grant(orgTier)
	want.UserID = p.UserID
	maker := p.Grant()
	maker.Tier = maker.Tier.AtMost(orgTier)
	if !maker.Beyond(want).None() {
		return Key{}, identity.Grant{}, fault.New(fault.AccessDenied,
			"The key holds more than the credentials that rotate it.")
	}
	return k, want, nil
}

// check returns what is wrong with a new key that is to have what want says.
func (s *Service) check(
	name string, in Create, orgTier plan.Tier, want identity.Grant, excess identity.Excess,
) []fault.Violation {
	var v []fault.Violation
	if name == "" {
		v = append(v, fault.Body("/name", "min_length", "must have a character that is not white space"))
	}
	for i, sc := range in.Scopes {
		if at := "/scopes/" + strconv.Itoa(i); !scope.Valid(sc) {
			v = append(v, fault.Body(at, "scope", "must be a scope: resource:action, resource:*, *:action or *"))
		} else if slices.Contains(excess.Scopes, sc) {
			v = append(v, fault.Body(at, exceedsCreator, "must not exceed the scopes of the credentials that create the key"))
		}
	}
	if !want.Tier.Within(orgTier) {
		v = append(v,
			fault.Body("/tier", "exceeds_plan", "must not be larger than the tier of the organization, "+string(orgTier)))
	} else if excess.Tier {
		v = append(v,
			fault.Body("/tier", exceedsCreator, "must not be larger than the tier of the credentials that create the key"))
	}
	if in.ExpiresAt != nil && !want.ExpiresAt.After(s.now()) {
		v = append(v, fault.Body("/expires_at", "in_past", "must be in the future"))
	} else if excess.End {
		v = append(v,
			fault.Body("/expires_at", exceedsCreator, "must not be after the end of the credentials that create the key"))
	}
	for i, a := range in.AllowedIPs {
		if n, err := ParseNet(a); err == nil && slices.Contains(excess.Nets, n) {
			v = append(v,
				fault.Body("/allowed_ips/"+strconv.Itoa(i), exceedsCreator,
					"must be within the addresses of the credentials that create the key"))
		}
	}
	return v
}

// exceedsCreator is the code of a violation by a key that would have more than its creator.
const exceedsCreator = "exceeds_creator"

// List lists the keys of the caller's org, never with their secrets.
func (s *Service) List(ctx context.Context, orgID id.ID, q page.Query) (page.Page[Key], error) {
	if err := identity.From(ctx).InOrg(orgID); err != nil {
		return page.Page[Key]{}, err
	}
	return s.repo.ListKeys(ctx, orgID, identity.From(ctx).Within(q))
}

// Get returns a key of the caller's org.
func (s *Service) Get(ctx context.Context, orgID, keyID id.ID) (Key, error) {
	if err := identity.From(ctx).InOrg(orgID); err != nil {
		return Key{}, err
	}
	return s.get(ctx, orgID, keyID)
}

func (s *Service) get(ctx context.Context, orgID, keyID id.ID) (Key, error) {
	k, err := s.repo.Key(ctx, orgID, keyID)
	if err != nil {
		return Key{}, err
	}
	return visible(ctx, k)
}

// locked is get, with the key locked until the transaction ends.
func (s *Service) locked(ctx context.Context, orgID, keyID id.ID) (Key, error) {
	if err := s.repo.LockKey(ctx, keyID); err != nil {
		return Key{}, err
	}
	return s.get(ctx, orgID, keyID)
}

// visible hides the keys of other workspaces from credentials that are bound to one.
func visible(ctx context.Context, k Key) (Key, error) {
	if !identity.From(ctx).InWorkspace(k.WorkspaceID) {
		return Key{}, fault.NewNotFound("key")
	}
	return k, nil
}

// BySeq returns a key of the caller's org by its number.
func (s *Service) BySeq(ctx context.Context, seq int64) (Key, error) {
	k, err := s.repo.KeyBySeq(ctx, identity.From(ctx).OrgID, seq)
	if err != nil {
		return Key{}, err
	}
	return visible(ctx, k)
}

// Revoke ends a key: at once here, within CacheTTL on other replicas. Revoking a
// revoked key changes nothing and is no error.
func (s *Service) Revoke(ctx context.Context, orgID, keyID id.ID) error {
	if err := identity.From(ctx).InOrg(orgID); err != nil {
		return err
	}
	return s.tx.InTx(ctx, func(ctx context.Context) error {
		k, err := s.get(ctx, orgID, keyID)
		if err == nil {
			_, err = s.revoke(ctx, k)
		}
		return err
	})
}

// revoke returns false when the key was revoked before.
func (s *Service) revoke(ctx context.Context, k Key) (first bool, err error) {
	now := s.now()
	if first, err = s.repo.RevokeKey(ctx, k.ID, now); err != nil || !first {
		return false, err
	}
	k.RevokedAt = &now
	return true, s.revoked(ctx, k)
}

// revoked does what follows from a revocation, in its transaction.
func (s *Service) revoked(ctx context.Context, k Key) error {
	s.tx.AfterCommit(ctx, func() { s.cache.DropPrincipal(k.ID) })
	if err := s.audit.Record(ctx, k.OrgID, "key.revoked", audit.Key, k.ID, keyFields(k), nil); err != nil {
		return err
	}
	return s.events.Publish(ctx,
		event.New(event.KeyRevoked, k.OrgID, k.WorkspaceID, *k.RevokedAt, k).OfProject(k.ProjectID))
}

// form is the shape of a key: kind, public part, secret.
var form = regexp.MustCompile(`^((?:sk_live|sk_test|ak)_[A-Za-z0-9]{3,32})_([A-Za-z0-9_-]{32,128})$`)

// Looks reports whether a bearer credential is an API key rather than an access token.
func Looks(credential string) bool {
	return strings.HasPrefix(credential, "sk_") || strings.HasPrefix(credential, "ak_")
}

// Split returns the prefix that identifies a full key; false when it has not the form.
func Split(full string) (prefix string, ok bool) {
	m := form.FindStringSubmatch(full)
	if m == nil {
		return "", false
	}
	return m[1], true
}

// Authenticate returns the principal of a full key that comes from the address. Every
// refusal reads the same: it does not report whether the key exists.
func (s *Service) Authenticate(ctx context.Context, full string, from netip.Addr) (*identity.Principal, error) {
	p, err := s.cache.Get(ctx, full, s.now(), func(ctx context.Context) (*identity.Principal, time.Time, error) {
		prefix, ok := Split(full)
		if !ok {
			return nil, time.Time{}, refused("not the form of a key")
		}
		c, err := s.repo.CredentialByPrefix(ctx, prefix)
		if fault.IsCode(err, fault.NotFound) {
			return nil, time.Time{}, refused("no key has this prefix")
		}
		if err != nil {
			return nil, time.Time{}, err
		}
		if subtle.ConstantTimeCompare(c.Hash, secret.Hash(full)) != 1 {
			return nil, time.Time{}, refused("the secret is wrong")
		}
		if st := c.Status(s.now()); st != Active {
			return nil, time.Time{}, refused("the key is " + string(st))
		}
		g := c.Grant(c.OrgTier) // of the tier that the org has now
		return &identity.Principal{
			Source: identity.FromKey, Subject: c.ID.Prefixed(id.KeyPrefix), Kind: identity.Key, ID: c.ID, Name: c.Name,
			OrgID: c.OrgID, OrgStatus: c.OrgStatus, Tier: g.Tier, Scopes: g.Scopes, UserID: c.UserID, MemberID: c.MemberID,
			WorkspaceID: c.WorkspaceID, ProjectID: c.ProjectID, SuperAdmin: c.SuperAdmin, AllowedNets: g.AllowedNets,
			ExpiresAt: g.ExpiresAt,
		}, g.ExpiresAt, nil
	})
	if err != nil {
		return nil, err
	}
	if !p.From(from) {
		return nil, refused("the address is not allowed")
	}
	return p, nil
}

func refused(cause string) error {
	return identity.Refused(errors.New(cause))
}

// ParseNet reads an address or a CIDR block.
func ParseNet(s string) (netip.Prefix, error) {
	if strings.Contains(s, "/") {
		p, err := netip.ParsePrefix(s)
		if a := p.Addr(); err == nil && a.Is4In6() && p.Bits() >= 96 { // addresses are compared unmapped
			p = netip.PrefixFrom(a.Unmap(), p.Bits()-96)
		}
		return p.Masked(), err
	}
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return netip.Prefix{}, errors.New("not an address")
	}
	a = a.Unmap()
	return netip.PrefixFrom(a, a.BitLen()), nil
}

// parseNets reads addresses and CIDR blocks; what is none is left out, with a violation.
func parseNets(list []string) ([]netip.Prefix, []fault.Violation) {
	var nets []netip.Prefix
	var v []fault.Violation
	for i, a := range list {
		if n, err := ParseNet(a); err == nil {
			nets = append(nets, n)
		} else {
			v = append(v, fault.Body("/allowed_ips/"+strconv.Itoa(i), "format", "must be an IP address or a CIDR block"))
		}
	}
	return nets, v
}

// showNet writes an address as an address, and a block as a block.
func showNet(n netip.Prefix) string {
	if n.IsSingleIP() {
		return n.Addr().String()
	}
	return n.String()
}

func keyFields(k Key) audit.Fields {
	f := audit.Fields{"name": k.Name, "prefix": k.Prefix, "scopes": k.Scopes, "tier": string(k.Tier)}
	if k.ExpiresAt != nil {
		f["expires_at"] = *k.ExpiresAt
	}
	return f
}

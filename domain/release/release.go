// Package release holds what partners install: the published versions of the SDKs and of
// the OpenAPI bundles. A version never changes once it is published, and only verified
// partners get it.
//
// The bytes of a file are an object that is named by their SHA-256, the release is rows.
// The rows are written last and at once: a publication that is cut off leaves objects that
// nobody sees, and that the next one with the same bytes uses.
package release

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha1" //nolint:gosec // npm's shasum, in addition to a SHA-512
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/object"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/txn"
)

// Scope is what credentials need to read releases.
const Scope = "sdk:read"

// Kind is what sort of thing a release is.
type Kind string

// The kinds of releases.
const (
	Go      Kind = "go"      // a Go module; the name is its path, the version begins with v
	NPM     Kind = "npm"     // an npm package
	OpenAPI Kind = "openapi" // a bundle; the name is its contract, or that of the joined one
)

// Reasons of refusals.
const (
	NotVerified = "org_not_verified" // of AccessDenied
	Published   = "version_exists"   // of Conflict: other bytes have the version
)

// Release is a published version.
type Release struct {
	ID      id.ID
	Kind    Kind
	Name    string
	Version string
	// what its tools want to know of it, as JSON: package.json of an npm package; nil when there is nothing
	Manifest    []byte
	PublishedAt time.Time
	PublishedBy string
	Files       []File // by name
}

// File is one file of a release.
type File struct {
	Name        string
	ContentType string
	Size        int64 // bytes
	SHA256      []byte
	SHA512      []byte
	SHA1        []byte
}

// Integrity is the SHA-512 in the form of Subresource Integrity, as npm wants it.
func (f File) Integrity() string { return "sha512-" + base64.StdEncoding.EncodeToString(f.SHA512) }

func (f File) object() string { return "releases/" + hex.EncodeToString(f.SHA256) }

// File returns a file of the release.
func (r Release) File(name string) (File, bool) {
	for _, f := range r.Files {
		if f.Name == name {
			return f, true
		}
	}
	return File{}, false
}

// Draft is what a release is made of.
type Draft struct {
	Kind     Kind
	Name     string
	Version  string
	Manifest []byte
	Files    []Content
}

// Content is a file of a draft.
type Content struct {
	Name        string
	ContentType string
	Body        []byte
}

// Repository keeps releases.
type Repository interface {
	// InsertRelease returns a Conflict when the version is there; the transaction can go on.
	InsertRelease(ctx context.Context, r Release) error
	// Release returns NotFound when there is no such version.
	Release(ctx context.Context, kind Kind, name, version string) (Release, error)
	// ListReleases returns those of a name, or of all names of the kind when it is empty, in
	// the order of their publication.
	ListReleases(ctx context.Context, kind Kind, name string) ([]Release, error)
}

// Orgs reads organizations, which may be verified partners or not.
type Orgs interface {
	Org(ctx context.Context, orgID id.ID) (org.Org, error)
}

// Service publishes releases and hands them out.
type Service struct {
	tx    txn.Runner
	repo  Repository
	orgs  Orgs
	files object.Store
	audit *audit.Service
	now   clock.Clock
}

// NewService makes the service. files may be nil where nothing is published or downloaded.
func NewService(
	tx txn.Runner, repo Repository, orgs Orgs, files object.Store, audit *audit.Service, now clock.Clock,
) *Service {
	return &Service{tx: tx, repo: repo, orgs: orgs, files: files, audit: audit, now: now}
}

// Outcome is what became of a draft.
type Outcome struct {
	Release
	New bool // false: the same bytes were published before
}

// Publish publishes the drafts, all or none: the bytes first, then the rows in one
// transaction. A version that is there with the same bytes is left as it is; with others it
// is a Conflict. Only the operator of the platform publishes.
func (s *Service) Publish(ctx context.Context, drafts []Draft) ([]Outcome, error) {
	p := identity.From(ctx)
	if p == nil || p.Kind != identity.System {
		return nil, fault.New(fault.AccessDenied, "Only the operator of the platform publishes releases.")
	}
	out := make([]Outcome, len(drafts))
	for i, d := range drafts {
		if err := d.check(); err != nil {
			return nil, err
		}
		r := Release{
			ID: id.New(), Kind: d.Kind, Name: d.Name, Version: d.Version, Manifest: d.Manifest,
			PublishedAt: s.now(), PublishedBy: p.Name, Files: make([]File, len(d.Files)),
		}
		for n, c := range d.Files {
			r.Files[n] = c.file()
		}
		slices.SortFunc(r.Files, func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
		var err error
		if out[i], err = s.known(ctx, r); err != nil {
			return nil, err
		}
	}
	for i, d := range drafts {
		if !out[i].New {
			continue
		}
		for _, c := range d.Files {
			if _, err := s.files.Put(ctx, c.file().object(), bytes.NewReader(c.Body), int64(len(c.Body)),
				c.ContentType); err != nil {
				return nil, err
			}
		}
	}
	made := make([]Outcome, len(out))
	err := s.tx.InTx(ctx, func(ctx context.Context) error {
		for i, o := range out {
			if made[i] = o; !o.New {
				continue
			}
			err := s.repo.InsertRelease(ctx, o.Release)
			if fault.IsCode(err, fault.Conflict) { // somebody else was publishing, too
				made[i], err = s.known(ctx, o.Release)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return made, err
}

// known compares a release with what is published.
func (s *Service) known(ctx context.Context, r Release) (Outcome, error) {
	old, err := s.repo.Release(ctx, r.Kind, r.Name, r.Version)
	if fault.IsCode(err, fault.NotFound) {
		return Outcome{r, true}, nil
	}
	if err != nil {
		return Outcome{}, err
	}
	same := slices.EqualFunc(old.Files, r.Files, func(a, b File) bool {
		return a.Name == b.Name && a.ContentType == b.ContentType && bytes.Equal(a.SHA256, b.SHA256)
	})
	if !same || !bytes.Equal(old.Manifest, r.Manifest) {
		return Outcome{}, &fault.Error{
			Code: fault.Conflict, Reason: Published,
			Message: "The version " + r.Version + " of " + r.Name +
				" is published with other content. A published version never changes: give it another version.",
		}
	}
	return Outcome{old, false}, nil
}

func (c Content) file() File {
	s256, s512, s1 := sha256.Sum256(c.Body), sha512.Sum512(c.Body), sha1.Sum(c.Body) //nolint:gosec // see above
	return File{
		Name: c.Name, ContentType: c.ContentType, Size: int64(len(c.Body)), SHA256: s256[:], SHA512: s512[:], SHA1: s1[:],
	}
}

var (
	npmName  = regexp.MustCompile(`^(@[a-z0-9][a-z0-9._-]*/)?[a-z0-9][a-z0-9._-]*$`)
	contract = regexp.MustCompile(`^[a-z][a-z0-9_-]*$`)
)

// check refuses what no tool would take.
func (d Draft) check() error {
	refuse := func(what string) error {
		return fault.New(fault.ValidationFailed, "The release "+d.Name+" "+d.Version+" "+what+".")
	}
	switch d.Kind {
	case Go:
		if module.Check(d.Name, d.Version) != nil || module.CanonicalVersion(d.Version) != d.Version {
			return refuse("is not a Go module path with a version of it")
		}
	case NPM, OpenAPI:
		form := npmName
		if d.Kind == OpenAPI {
			form = contract
		}
		if !form.MatchString(d.Name) {
			return refuse("has a name that its kind does not allow")
		}
		if v := "v" + d.Version; !semver.IsValid(v) || semver.Canonical(v)+semver.Build(v) != v {
			return refuse("has no semantic version")
		}
	default:
		return refuse("is of no known kind")
	}
	if len(d.Files) == 0 {
		return refuse("has no files")
	}
	seen := map[string]bool{}
	for _, c := range d.Files {
		if c.Name == "" || strings.Contains(c.Name, "/") || seen[c.Name] || c.ContentType == "" {
			return refuse("has a file without a name and a type of its own")
		}
		seen[c.Name] = true
	}
	return nil
}

// Admit refuses callers whose org is not verified, and says what to do about it.
func (s *Service) Admit(ctx context.Context) error {
	p := identity.From(ctx)
	if p == nil {
		return fault.New(fault.Unauthenticated, "Only verified partners read releases.")
	}
	o, err := s.orgs.Org(ctx, p.OrgID)
	if err != nil {
		return err
	}
	if o.VerifiedAt == nil {
		return &fault.Error{
			Code: fault.AccessDenied, Reason: NotVerified,
			Message: "The organization " + o.Slug +
				" is not a verified partner, and only those may install SDKs from this registry. " +
				"Ask the operator of the platform to verify it (alania orgs verify -org " + o.Slug + ").",
		}
	}
	return nil
}

// Versions returns the releases of a name, the smallest version first; NotFound when there
// are none.
func (s *Service) Versions(ctx context.Context, kind Kind, name string) ([]Release, error) {
	if err := s.Admit(ctx); err != nil {
		return nil, err
	}
	if name == "" {
		return nil, fault.NewNotFound("release")
	}
	list, err := s.repo.ListReleases(ctx, kind, name)
	if err == nil && len(list) == 0 {
		err = fault.NewNotFound("release")
	}
	return sorted(list), err
}

// All returns every release of a kind, by name and version.
func (s *Service) All(ctx context.Context, kind Kind) ([]Release, error) {
	if err := s.Admit(ctx); err != nil {
		return nil, err
	}
	list, err := s.repo.ListReleases(ctx, kind, "")
	return sorted(list), err
}

// Published returns every release, for the operator of the platform.
func (s *Service) Published(ctx context.Context) ([]Release, error) {
	if p := identity.From(ctx); p == nil || p.Kind != identity.System {
		return nil, fault.New(fault.AccessDenied, "Only the operator of the platform sees all releases.")
	}
	var out []Release
	for _, kind := range []Kind{Go, NPM, OpenAPI} {
		list, err := s.repo.ListReleases(ctx, kind, "")
		if err != nil {
			return nil, err
		}
		out = append(out, sorted(list)...)
	}
	return out, nil
}

func sorted(list []Release) []Release {
	slices.SortStableFunc(list, func(a, b Release) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), semver.Compare(a.semver(), b.semver()))
	})
	return list
}

func (r Release) semver() string { return "v" + strings.TrimPrefix(r.Version, "v") }

// Latest returns, of the sorted releases of one name, the largest that is no pre-release, or
// the largest when all are. The list must not be empty.
func Latest(list []Release) Release {
	for _, r := range slices.Backward(list) {
		if semver.Prerelease(r.semver()) == "" {
			return r
		}
	}
	return list[len(list)-1]
}

// Get returns a release.
func (s *Service) Get(ctx context.Context, kind Kind, name, version string) (Release, error) {
	if err := s.Admit(ctx); err != nil {
		return Release{}, err
	}
	return s.repo.Release(ctx, kind, name, version)
}

// Open returns the bytes of a file that only describes a release. The caller closes them, and
// keeps ctx alive until then.
func (s *Service) Open(ctx context.Context, r Release, file File) (io.ReadCloser, error) {
	if err := s.Admit(ctx); err != nil {
		return nil, err
	}
	return s.open(ctx, r, file)
}

// Download is Open for a file that is what people install; it is recorded in the audit
// trail of the caller's org before the first byte is given.
func (s *Service) Download(ctx context.Context, r Release, file File) (io.ReadCloser, error) {
	if err := s.Admit(ctx); err != nil {
		return nil, err
	}
	body, err := s.open(ctx, r, file)
	if err != nil {
		return nil, err
	}
	err = s.tx.InTx(ctx, func(ctx context.Context) error {
		return s.audit.Record(ctx, identity.From(ctx).OrgID, "release.downloaded", audit.Release, r.ID, nil, audit.Fields{
			"kind": string(r.Kind), "name": r.Name, "version": r.Version, "file": file.Name,
			"sha256": hex.EncodeToString(file.SHA256),
		})
	})
	if err != nil {
		_ = body.Close()
		return nil, err
	}
	return body, nil
}

func (s *Service) open(ctx context.Context, r Release, file File) (io.ReadCloser, error) {
	body, info, err := s.files.Get(ctx, file.object(), 0, -1)
	if fault.IsCode(err, fault.NotFound) || err == nil && info.Size != file.Size {
		if err == nil {
			_ = body.Close()
		}
		// The row promises it: the storage has lost what it was given.
		return nil, fault.New(fault.Unavailable,
			"The file "+file.Name+" of "+r.Name+" "+r.Version+" is not in the object storage.").WithCause(err)
	}
	return body, err
}

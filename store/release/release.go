// Package release is the SQL of domain/release.
package release

import (
	"context"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/release"
	"github.com/alania-go/alania/store/db"
)

// Store implements the repository of the domain package.
type Store struct{ *db.DB }

// New returns the area's part of a database.
func New(d *db.DB) *Store { return &Store{d} }

var _ release.Repository = (*Store)(nil)

type releaseRow struct {
	ID          id.ID        `db:"id"`
	Kind        release.Kind `db:"kind"`
	Name        string       `db:"name"`
	Version     string       `db:"version"`
	Manifest    db.Text      `db:"manifest"`
	PublishedAt db.Time      `db:"published_at"`
	PublishedBy string       `db:"published_by"`
}

func (r releaseRow) release() release.Release {
	out := release.Release{
		ID: r.ID, Kind: r.Kind, Name: r.Name, Version: r.Version, PublishedAt: r.PublishedAt.Time, PublishedBy: r.PublishedBy,
	}
	if r.Manifest != "" {
		out.Manifest = []byte(r.Manifest)
	}
	return out
}

type releaseFileRow struct {
	ReleaseID   id.ID  `db:"release_id"`
	Name        string `db:"name"`
	ContentType string `db:"content_type"`
	Size        int64  `db:"size"`
	SHA256      []byte `db:"sha256"`
	SHA512      []byte `db:"sha512"`
	SHA1        []byte `db:"sha1"`
}

const (
	selectRelease      = "SELECT id, kind, name, version, manifest, published_at, published_by FROM releases"
	selectReleaseFiles = "SELECT release_id, name, content_type, size, sha256, sha512, sha1 FROM release_files"
)

// InsertRelease implements release.Repository.
func (s *Store) InsertRelease(ctx context.Context, r release.Release) error {
	return s.InTx(ctx, func(ctx context.Context) error {
		err := db.Inserted(s.Exec(ctx,
			"INSERT INTO releases (id, kind, name, version, manifest, published_at, published_by) VALUES ($1, $2, $3, $4, $5, "+
				"$6, $7)"+
				" ON CONFLICT (kind, name, version) DO NOTHING", r.ID, r.Kind, r.Name, r.Version, db.Text(r.Manifest),
			r.PublishedAt,
			r.PublishedBy))
		if err != nil {
			return err
		}
		for _, f := range r.Files {
			_, err := s.Exec(ctx,
				"INSERT INTO release_files (release_id, name, content_type, size, sha256, sha512, sha1) VALUES ($1, $2, $3, $4, "+
					"$5, $6, $7)",
				r.ID, f.Name, f.ContentType, f.Size, f.SHA256, f.SHA512, f.SHA1)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Release implements release.Repository.
func (s *Store) Release(ctx context.Context, kind release.Kind, name, version string) (release.Release, error) {
	list, err := s.releases(ctx, "kind = $1 AND name = $2 AND version = $3", kind, name, version)
	if err == nil && len(list) == 0 {
		err = fault.NewNotFound("release")
	}
	if err != nil {
		return release.Release{}, err
	}
	return list[0], nil
}

// ListReleases implements release.Repository.
func (s *Store) ListReleases(ctx context.Context, kind release.Kind, name string) ([]release.Release, error) {
	if name == "" {
		return s.releases(ctx, "kind = $1", kind)
	}
	return s.releases(ctx, "kind = $1 AND name = $2", kind, name)
}

// releases reads the rows, and then the files of at least those: nothing of a release that
// was read changes.
func (s *Store) releases(ctx context.Context, where string, args ...any) ([]release.Release, error) {
	rows, err := db.All[releaseRow](ctx, s.DB, selectRelease+" WHERE "+where+" ORDER BY seq", args...)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	files, err := db.All[releaseFileRow](ctx, s.DB,
		selectReleaseFiles+" WHERE release_id IN (SELECT id FROM releases WHERE "+where+") ORDER BY name", args...)
	if err != nil {
		return nil, err
	}
	by := map[id.ID][]release.File{}
	for _, f := range files {
		by[f.ReleaseID] = append(by[f.ReleaseID], release.File{
			Name: f.Name, ContentType: f.ContentType, Size: f.Size, SHA256: f.SHA256, SHA512: f.SHA512, SHA1: f.SHA1,
		})
	}
	out := make([]release.Release, len(rows))
	for i, r := range rows {
		out[i] = r.release()
		out[i].Files = by[r.ID]
	}
	return out, nil
}

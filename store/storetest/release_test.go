package storetest

import (
	"context"
	"errors"
	"io"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/object"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/release"
	"github.com/alania-go/alania/store"
)

// memory is an object storage.
type memory struct {
	object.Store // nil: what is not below is not used
	mu           sync.Mutex
	objects      map[string][]byte
	puts         int
	fail         error // of Put
}

func (m *memory) Put(_ context.Context, key string, r io.Reader, size int64, _ string) (object.Info, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return object.Info{}, m.fail
	}
	if err := object.ValidKey(key); err != nil {
		return object.Info{}, err
	}
	b, err := io.ReadAll(r)
	if err == nil && int64(len(b)) != size {
		err = fault.New(fault.Malformed, "another size")
	}
	if m.objects == nil {
		m.objects = map[string][]byte{}
	}
	m.objects[key] = b
	m.puts++
	return object.Info{}, err
}

func (m *memory) Get(_ context.Context, key string, _, _ int64) (io.ReadCloser, object.Info, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b, ok := m.objects[key]
	if !ok {
		return nil, object.Info{}, fault.NewNotFound("object")
	}
	return io.NopCloser(strings.NewReader(string(b))), object.Info{Key: key, Size: int64(len(b))}, nil
}

func releasing(s *Store, files object.Store) *release.Service {
	v := serve(s, clockAt(noon))
	return release.NewService(s, s, s, files, v.audit, clockAt(noon))
}

func operator(t testing.TB) context.Context {
	return identity.With(t.Context(), identity.Operator(id.ID{}))
}

func draft(kind release.Kind, name, version string, bodies ...string) release.Draft {
	d := release.Draft{Kind: kind, Name: name, Version: version}
	for i, b := range bodies {
		d.Files = append(d.Files,
			release.Content{Name: "file" + string(rune('b'-i)), ContentType: "text/plain", Body: []byte(b)})
	}
	return d
}

func TestReleasesRoundTrip(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s, files := open(t, e), &memory{}
		r := releasing(s, files)
		d := draft(release.NPM, "@alania/sdk", "1.0.0", "one\x00", "two")
		d.Manifest = []byte(`{"name": "@alania/sdk",  "ü": 1}`)
		out, err := r.Publish(operator(t), []release.Draft{d, draft(release.OpenAPI, "core", "1.0.0", "core")})
		must(t, err)
		if len(out) != 2 || !out[0].New || !out[1].New {
			t.Fatalf("%+v", out)
		}
		got, err := s.Release(t.Context(), release.NPM, "@alania/sdk", "1.0.0")
		must(t, err)
		want := out[0].Release
		if !reflect.DeepEqual(got, want) || got.PublishedAt != noon || got.PublishedBy != "operator" ||
			string(got.Manifest) != string(d.Manifest) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
		if got.Files[0].Name != "filea" || got.Files[1].Name != "fileb" || got.Files[1].Size != 4 ||
			len(got.Files[0].SHA1) != 20 || len(got.Files[0].SHA256) != 32 || len(got.Files[0].SHA512) != 64 {
			t.Errorf("files %+v", got.Files)
		}
		for _, absent := range [][3]string{
			{"npm", "@alania/sdk", "1.0.1"}, {"go", "@alania/sdk", "1.0.0"}, {"npm", "@alania/SDK", "1.0.0"}, {"npm", "", ""},
		} {
			_, err := s.Release(t.Context(), release.Kind(absent[0]), absent[1], absent[2])
			wants(t, err, fault.NotFound)
		}
		list, err := s.ListReleases(t.Context(), release.NPM, "@alania/sdk")
		if err != nil || len(list) != 1 || !reflect.DeepEqual(list[0], want) {
			t.Errorf("%+v, %v", list, err)
		}
		list, err = s.ListReleases(t.Context(), release.OpenAPI, "")
		if err != nil || len(list) != 1 || list[0].Name != "core" || list[0].Manifest != nil {
			t.Errorf("%+v, %v", list, err)
		}
		if list, err = s.ListReleases(t.Context(), release.Go, ""); err != nil || len(list) != 0 {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

// A published version never changes: the same bytes are no error and make nothing, others
// are refused, and nothing that came with them is published.
func TestReleasesAreImmutable(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s, files := open(t, e), &memory{}
		r := releasing(s, files)
		first := draft(release.Go, "example.com/sdk", "v1.0.0", "one", "two")
		out, err := r.Publish(operator(t), []release.Draft{first})
		must(t, err)
		puts := files.puts
		again, err := r.Publish(operator(t), []release.Draft{first})
		if err != nil || again[0].New || again[0].ID != out[0].ID || files.puts != puts {
			t.Errorf("again: %+v, %v, %d uploads", again, err, files.puts-puts)
		}
		renamed, typed, fewer, manifest := draft(release.Go, "example.com/sdk", "v1.0.0", "one", "two"),
			draft(release.Go, "example.com/sdk", "v1.0.0", "one", "two"),
			draft(release.Go, "example.com/sdk", "v1.0.0", "one"), draft(release.Go, "example.com/sdk", "v1.0.0", "one", "two")
		renamed.Files[0].Name, typed.Files[0].ContentType, manifest.Manifest = "other", "text/html", []byte("{}")
		for name, other := range map[string]release.Draft{
			"other bytes": draft(release.Go, "example.com/sdk", "v1.0.0", "one", "TWO"), "another name": renamed,
			"another type": typed, "fewer files": fewer, "a manifest": manifest,
		} {
			_, err := r.Publish(operator(t), []release.Draft{draft(release.Go, "example.com/sdk", "v1.1.0", "new"), other})
			if !fault.IsCode(err, fault.Conflict) {
				t.Errorf("%s: %v", name, err)
			}
		}
		list, err := s.ListReleases(t.Context(), release.Go, "")
		if err != nil || len(list) != 1 {
			t.Errorf("%+v, %v", list, err)
		}
		// The rest of a transaction goes on after a refused insert.
		must(t, s.InTx(t.Context(), func(ctx context.Context) error {
			other := out[0].Release
			other.ID = id.New()
			if err := s.InsertRelease(ctx, other); !fault.IsCode(err, fault.Conflict) {
				t.Errorf("insert: %v", err)
			}
			_, err := s.Release(ctx, release.Go, "example.com/sdk", "v1.0.0")
			return err
		}))
	})
}

// Who publishes at once publishes one and the same, or one of two.
func TestReleasesTogether(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url, files := database(t, e), &memory{}
		replicas := []*release.Service{
			releasing(connect(t, url, clockAt(noon)), files), releasing(connect(t, url, clockAt(noon)), files),
		}
		same := together(6, func(i int) error {
			_, err := replicas[i%2].Publish(operator(t),
				[]release.Draft{draft(release.Go, "example.com/sdk", "v1.0.0", "one"), draft(release.NPM, "sdk", "1.0.0", "one")})
			return err
		})
		must(t, same...)
		different := together(6, func(i int) error {
			_, err := replicas[i%2].Publish(operator(t),
				[]release.Draft{draft(release.Go, "example.com/sdk", "v1.1.0", strings.Repeat("x", i+1))})
			return err
		})
		refused := count(different, func(err error) bool { return fault.IsCode(err, fault.Conflict) })
		if n := count(different, succeeded); n != 1 || refused != 5 {
			t.Errorf("%d published, %d refused: %v", n, refused, different)
		}
		s := connect(t, url, clockAt(noon))
		list, err := s.ListReleases(t.Context(), release.Go, "")
		if err != nil || len(list) != 2 || len(list[1].Files) != 1 {
			t.Fatalf("%+v, %v", list, err)
		}
		// What was published is what is there: the loser's bytes are another object.
		orgID := newOrg(t, s, plan.Pro)
		if ok, err := s.SetVerified(t.Context(), orgID, &noon); err != nil || !ok {
			t.Fatal(ok, err)
		}
		body, err := releasing(s, files).Open(as(t, orgID), list[1], list[1].Files[0])
		must(t, err)
		if b, err := io.ReadAll(body); err != nil || int64(len(b)) != list[1].Files[0].Size {
			t.Errorf("%q, %v", b, err)
		}
	})
}

// A storage that fails leaves nothing that can be seen, and the next attempt succeeds.
func TestReleasesWithoutStorage(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s, files := open(t, e), &memory{fail: fault.New(fault.Unavailable, "away")}
		r, d := releasing(s, files), draft(release.Go, "example.com/sdk", "v1.0.0", "one")
		_, err := r.Publish(operator(t), []release.Draft{d})
		wants(t, err, fault.Unavailable)
		if list, err := s.ListReleases(t.Context(), release.Go, ""); err != nil || len(list) != 0 {
			t.Errorf("%+v, %v", list, err)
		}
		files.fail = nil
		out, err := r.Publish(operator(t), []release.Draft{d})
		if err != nil || !out[0].New {
			t.Errorf("%+v, %v", out, err)
		}
		// An object that is lost is no answer of zero bytes.
		orgID := newOrg(t, s, plan.Pro)
		if ok, err := s.SetVerified(t.Context(), orgID, &noon); err != nil || !ok {
			t.Fatal(ok, err)
		}
		files.objects = nil
		_, err = r.Download(as(t, orgID), out[0].Release, out[0].Files[0])
		wants(t, err, fault.Unavailable)
		if n := downloads(t, s, orgID); n != 0 {
			t.Errorf("%d entries of a download that was none", n)
		}
	})
}

// downloads counts the entries of downloads in an org's trail.
func downloads(t testing.TB, s *Store, orgID id.ID) int {
	t.Helper()
	p, err := s.ListAudit(t.Context(), orgID, newestFirst)
	must(t, err)
	n := 0
	for _, entry := range p.Items {
		if entry.Action == "release.downloaded" {
			n++
		}
	}
	return n
}

func TestVerified(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		v := serve(s, clockAt(noon))
		orgID, other := newOrg(t, s, plan.Pro), newOrg(t, s, plan.Pro)
		for i, step := range []struct{ on, changes bool }{
			{false, false}, {true, true}, {true, false}, {false, true}, {true, true},
		} {
			changed, err := v.orgs.SetVerified(operator(t), orgID, step.on)
			if err != nil || changed != step.changes {
				t.Errorf("step %d: %v, %v", i, changed, err)
			}
			o, err := s.Org(t.Context(), orgID)
			must(t, err)
			if (o.VerifiedAt != nil) != step.on || step.on && !o.VerifiedAt.Equal(noon) {
				t.Errorf("step %d: %v", i, o.VerifiedAt)
			}
		}
		if o, err := s.Org(t.Context(), other); err != nil || o.VerifiedAt != nil {
			t.Errorf("another organization: %+v, %v", o, err)
		}
		p, err := s.ListAudit(t.Context(), orgID, newestFirst)
		must(t, err)
		var actions []string
		for _, entry := range p.Items {
			actions = append(actions, entry.Action)
		}
		if strings.Join(actions, " ") != "org.verified org.unverified org.verified" {
			t.Errorf("the trail has %v", actions)
		}
		_, err = v.orgs.SetVerified(as(t, orgID), orgID, true)
		wants(t, err, fault.AccessDenied)
		_, err = releasing(s, &memory{}).Publish(as(t, orgID), nil)
		wants(t, err, fault.AccessDenied)
		_, err = releasing(s, &memory{}).Published(as(t, orgID))
		wants(t, err, fault.AccessDenied)
		_, err = releasing(s, &memory{}).Versions(as(t, other), release.Go, "example.com/sdk")
		wants(t, err, fault.AccessDenied, release.NotVerified)
		var f *fault.Error
		if errors.As(err, &f); !strings.Contains(f.Message, "alania orgs verify -org ") {
			t.Error(f.Message)
		}
	})
}

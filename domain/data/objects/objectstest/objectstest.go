// Package objectstest is the conformance suite of objects: what the service promises, whatever database its rows
// are in and whatever object storage its bytes.
package objectstest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/data/objects"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/object"
	"github.com/alania-go/alania/domain/plan"
)

// Setup is a service with a workspace that has nothing yet. Each test gets one.
type Setup struct {
	Service   *objects.Service
	Ctx       context.Context // of somebody who may act in Workspace and in Other
	Stranger  context.Context // of somebody who may not
	Workspace id.ID
	Other     id.ID
	Files     *Files
	Forward   func(d time.Duration)   // puts the clock of the service forward
	Used      func() plan.Amount      // what the plan counts for Workspace
	Leave     func(left plan.Amount)  // has the plan of Workspace leave so much
	Suspend   func(suspended bool)    // suspends the org, or resumes it
	Delete    func(workspaceID id.ID) // deletes a workspace with what the purger does
}

// Run runs the suite.
func Run(t *testing.T, open func(t *testing.T) *Setup) {
	for name, test := range map[string]func(s *suite){
		"PutAndGet": putAndGet, "Keys": keys, "RefusedKeys": refusedKeys, "Replace": replace,
		"WriteConditions": writeConditions, "OneOfManyCreates": oneOfManyCreates, "Ranges": ranges,
		"ReadConditions": readConditions, "Digests": digests, "FailedBodies": failedBodies, "Delete": deleting,
		"Copy": copying, "List": listing, "Quota": quota, "QuotaOfUnknownLength": quotaOfUnknownLength,
		"QuotaAtOnce": quotaAtOnce, "Uploads": uploads, "UploadsEnd": uploadsEnd, "ManyUploads": manyUploads,
		"Links": links, "Leftovers": leftovers, "Isolation": isolation, "Purge": purge, "Readers": readers,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &suite{T: t, Setup: open(t)}
			test(s)
			s.tidy()
		})
	}
}

type suite struct {
	*testing.T
	*Setup
}

// Files is an object storage that can be made to fail.
type Files struct {
	object.Store
	FailDelete atomic.Bool // as if the process had ended before
	opened     atomic.Int64
}

// Delete implements object.Store.
func (f *Files) Delete(ctx context.Context, key string) error {
	if f.FailDelete.Load() {
		return errors.New("the storage is broken")
	}
	return f.Store.Delete(ctx, key)
}

// Get implements object.Store.
func (f *Files) Get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, object.Info, error) {
	body, info, err := f.Store.Get(ctx, key, offset, length)
	if err != nil {
		return nil, info, err
	}
	f.opened.Add(1)
	return closed{body, &f.opened}, info, nil
}

type closed struct {
	io.ReadCloser
	opened *atomic.Int64
}

func (c closed) Close() error {
	c.opened.Add(-1)
	return c.ReadCloser.Close()
}

// blobs returns how many blobs the storage has.
func (s *suite) blobs() int {
	s.Helper()
	found, err := s.Files.List(s.Ctx, "storage/", "", object.MaxList)
	s.must(err)
	return len(found)
}

// tidy sees that what the plan counts is what is there, and that after a sweep the storage has nothing that no
// object has.
func (s *suite) tidy() {
	s.Helper()
	if s.Failed() {
		return
	}
	if n := s.Files.opened.Load(); n != 0 {
		s.Errorf("%d blobs are still open", n)
	}
	s.Forward(10 * time.Minute)
	s.must(s.Service.Sweep(s.Ctx))
	var want plan.Amount
	contents := map[id.ID]int64{}
	add := func(workspaceID id.ID) {
		page, err := s.Service.List(s.Ctx, workspaceID, objects.List{Limit: objects.MaxList})
		if fault.IsCode(err, fault.NotFound) {
			return // deleted
		}
		s.must(err)
		for _, e := range page.Entries {
			contents[e.Object.ContentID] = e.Object.Pieces
			if workspaceID == s.Workspace {
				want = want.Plus(plan.Amount{Items: e.Object.Pieces, Bytes: e.Object.Size})
			}
		}
		open, _, err := s.Service.ListUploads(s.Ctx, workspaceID, id.ID{}, objects.MaxUploads)
		s.must(err)
		for _, u := range open {
			_, parts, err := s.Service.Upload(s.Ctx, workspaceID, u.ID)
			s.must(err)
			contents[u.ID] = int64(len(parts))
			for _, p := range parts {
				want = want.Plus(plan.Amount{Items: 1, Bytes: p.Size})
			}
		}
	}
	add(s.Workspace)
	add(s.Other)
	if got := s.Used(); got != want {
		s.Errorf("the plan counts %+v of %+v", got, want)
	}
	pieces := int64(0)
	for _, n := range contents {
		pieces += n
	}
	if n := s.blobs(); int64(n) != pieces {
		s.Errorf("the storage has %d blobs of %d", n, pieces)
	}
}

func (s *suite) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// wants fails unless err is a fault of the code.
func (s *suite) wants(err error, code fault.Code, what string) {
	s.Helper()
	if !fault.IsCode(err, code) {
		s.Errorf("%s: %v, want %s", what, err, code)
	}
}

// content makes bytes that differ at every place.
func content(n int) []byte {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{byte(n), byte(n >> 8), byte(n >> 16)})
	_, _ = r.Read(b)
	return b
}

// stream hides everything of a reader but Read.
func stream(b []byte) io.Reader { return io.MultiReader(bytes.NewReader(b)) }

// from makes what is put; its length is told unless it is unknown.
func from(b []byte, unknown bool) objects.Bytes {
	if unknown {
		return objects.Bytes{Body: stream(b), Size: -1}
	}
	return objects.Bytes{Body: stream(b), Size: int64(len(b))}
}

func (s *suite) put(key, text string) objects.Object {
	s.Helper()
	o, _, err := s.Service.Put(s.Ctx, s.Workspace, key, objects.Put{Bytes: from([]byte(text), false)})
	s.must(err)
	return o
}

// get returns the bytes that a read answers with.
func (s *suite) get(key string, in objects.Read) ([]byte, objects.Download) {
	s.Helper()
	d, err := s.Service.Get(s.Ctx, s.Workspace, key, in)
	s.must(err)
	if d.Body == nil {
		return nil, d
	}
	b, err := io.ReadAll(d.Body)
	s.must(errors.Join(err, d.Body.Close()))
	return b, d
}

func (s *suite) has(key, text string) {
	s.Helper()
	if b, _ := s.get(key, objects.Read{}); string(b) != text {
		s.Errorf("%q has %.60q, want %.60q", key, b, text)
	}
}

func (s *suite) absent(key string) {
	s.Helper()
	_, err := s.Service.Get(s.Ctx, s.Workspace, key, objects.Read{})
	s.wants(err, fault.NotFound, "an object that is not there")
}

func tags(values ...string) *objects.Tags {
	t := &objects.Tags{}
	for _, v := range values {
		value, weak := strings.CutPrefix(v, "W/")
		t.List = append(t.List, objects.Tag{Value: value, Weak: weak})
	}
	return t
}

var anyTag = &objects.Tags{Any: true}

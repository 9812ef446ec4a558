package objectstest

import (
	"bytes"
	"crypto/md5" //nolint:gosec // Content-MD5
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/alania-go/alania/domain/data/objects"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/task"
)

// Bytes come back as they went in.
func putAndGet(s *suite) {
	for _, size := range []int{0, 1, 65_537, 1 << 20, 1<<20 + 1, 9 << 20} {
		for _, unknown := range []bool{false, true} {
			b := content(size)
			key := "size " + time.Duration(size).String()
			if unknown {
				key += " unknown"
			}
			o, created, err := s.Service.Put(s.Ctx, s.Workspace, key,
				objects.Put{Bytes: from(b, unknown), ContentType: "image/png"})
			s.must(err)
			sum := sha256.Sum256(b)
			if !created || o.Size != int64(size) || o.ContentType != "image/png" || o.Key != key ||
				o.Checksum != base64.StdEncoding.EncodeToString(sum[:]) || o.ETag == "" {
				s.Errorf("%+v", o)
			}
			got, d := s.get(key, objects.Read{})
			if !bytes.Equal(got, b) || d.Object.ETag != o.ETag || d.Length != o.Size || d.Partial ||
				!d.UpdatedAt.Equal(o.UpdatedAt) {
				s.Errorf("%s: %d bytes, %+v", key, len(got), d)
			}
		}
	}
	if o := s.put("without a type", "x"); o.ContentType != objects.DefaultContentType {
		s.Errorf("the type is %s", o.ContentType)
	}
	_, _, err := s.Service.Put(s.Ctx, s.Workspace, "a", objects.Put{Bytes: from(nil, false), ContentType: "a\nb"})
	s.wants(err, fault.ValidationFailed, "a type with a line break")
}

// oddKeys are keys that storages have trouble with.
var oddKeys = []string{
	"a", "a/", "a/b", "/", "//", "/a", "a//b", ".", "./a", "a/.", "...", "a/...", "a..b", " ", "a b+c%20&d=e?f#g",
	"%2e%2e", "~", "\\",
	"größe/模型.bin", "e\u0301", "\u00e9", "😀", "\u202e", "line\nbreak\ttab\x01\x7f", "quote\"'`", "CON", "a.obj", "a.obj/b",
	"\U0010ffff", "\ufffd", strings.Repeat("k", objects.MaxKey),
	strings.Repeat("é", objects.MaxKey/2), strings.Repeat("/", 200),
	strings.Repeat("s/", 300),
}

func keys(s *suite) {
	for _, key := range oddKeys {
		s.put(key, "the content of "+key)
	}
	for _, key := range oddKeys {
		s.has(key, "the content of "+key)
	}
	page, err := s.Service.List(s.Ctx, s.Workspace, objects.List{Limit: objects.MaxList})
	s.must(err)
	if len(page.Entries) != len(oddKeys) {
		s.Errorf("%d of %d keys are listed", len(page.Entries), len(oddKeys))
	}
	for i, key := range oddKeys {
		if i%2 == 0 {
			s.must(s.Service.Delete(s.Ctx, s.Workspace, key, objects.Conditions{}))
			s.absent(key)
		}
	}
	s.has("a/", "the content of a/")
}

func refusedKeys(s *suite) {
	for name, key := range map[string]string{
		"empty": "", "dots": "..", "dots in front": "../a", "dots between": "a/../b", "dots behind": "a/..", "NUL": "a\x00b",
		"not UTF-8": "a\xff", "long": strings.Repeat("k", objects.MaxKey+1), "long in bytes": strings.Repeat("é", 513),
	} {
		_, _, err := s.Service.Put(s.Ctx, s.Workspace, key, objects.Put{Bytes: from(nil, false)})
		s.wants(err, fault.ValidationFailed, "put: "+name)
		_, err = s.Service.Get(s.Ctx, s.Workspace, key, objects.Read{})
		s.wants(err, fault.ValidationFailed, "get: "+name)
		s.wants(s.Service.Delete(s.Ctx, s.Workspace, key, objects.Conditions{}), fault.ValidationFailed, "delete: "+name)
		_, _, err = s.Service.Copy(s.Ctx, s.Workspace, objects.Copy{From: "a", To: key})
		s.wants(err, fault.ValidationFailed, "copy: "+name)
		_, err = s.Service.CreateUpload(s.Ctx, s.Workspace, key, "")
		s.wants(err, fault.ValidationFailed, "upload: "+name)
		_, err = s.Service.Sign(s.Ctx, objects.Link{WorkspaceID: s.Workspace, Key: key}, 0)
		s.wants(err, fault.ValidationFailed, "link: "+name)
	}
}

func replace(s *suite) {
	first := s.put("a", "first")
	s.Forward(time.Second)
	o, created, err := s.Service.Put(s.Ctx, s.Workspace, "a",
		objects.Put{Bytes: from([]byte("the second"), true), ContentType: "text/plain"})
	s.must(err)
	if created || o.ID != first.ID || !o.CreatedAt.Equal(first.CreatedAt) || !o.UpdatedAt.After(first.UpdatedAt) ||
		o.ETag == first.ETag {
		s.Errorf("%+v in the place of %+v", o, first)
	}
	s.has("a", "the second")
	if used := s.Used(); used != (plan.Amount{Items: 1, Bytes: 10}) {
		s.Errorf("%+v is used", used)
	}
	if again := s.put("a", "first"); again.ETag != first.ETag {
		s.Error("the same bytes have another entity tag")
	}
}

func writeConditions(s *suite) {
	put := func(text string, c objects.Conditions) error {
		_, _, err := s.Service.Put(s.Ctx, s.Workspace, "a",
			objects.Put{Bytes: from([]byte(text), false), Conditions: c})
		return err
	}
	s.wants(put("x", objects.Conditions{Match: anyTag}), fault.PreconditionFailed, "replace what is not there")
	s.wants(put("x", objects.Conditions{Match: tags("x")}), fault.PreconditionFailed, "replace what is not there")
	s.must(put("one", objects.Conditions{NoneMatch: anyTag}))
	s.wants(put("x", objects.Conditions{NoneMatch: anyTag}), fault.PreconditionFailed, "create what is there")
	_, d := s.get("a", objects.Read{})
	s.wants(put("x", objects.Conditions{Match: tags("other")}), fault.PreconditionFailed, "replace another")
	s.wants(put("x", objects.Conditions{Match: tags("W/" + d.ETag)}), fault.PreconditionFailed, "a weak tag")
	s.wants(put("x", objects.Conditions{NoneMatch: tags(d.ETag)}), fault.PreconditionFailed, "all but this")
	s.must(put("two", objects.Conditions{Match: tags("other", d.ETag)}))
	s.must(put("three", objects.Conditions{Match: anyTag, NoneMatch: tags(d.ETag)}))
	old := d.UpdatedAt.Add(-time.Hour).Truncate(time.Second)
	s.wants(put("x", objects.Conditions{UnmodifiedSince: &old}), fault.PreconditionFailed, "changed since")
	s.has("a", "three")
	s.wants(s.Service.Delete(s.Ctx, s.Workspace, "a", objects.Conditions{Match: tags(d.ETag)}), fault.PreconditionFailed,
		"delete another")
	_, d = s.get("a", objects.Read{})
	s.must(s.Service.Delete(s.Ctx, s.Workspace, "a", objects.Conditions{Match: tags(d.ETag)}))
}

// Of several who create one object at once, one does.
func oneOfManyCreates(s *suite) {
	errs := make([]error, 8)
	var wg sync.WaitGroup
	for i := range errs {
		task.In(&wg, "a test", func() {
			_, _, errs[i] = s.Service.Put(s.Ctx, s.Workspace, "a", objects.Put{
				Bytes: from([]byte{byte('0' + i)}, false), Conditions: objects.Conditions{NoneMatch: anyTag},
			})
		})
	}
	wg.Wait()
	winner := -1
	for i, err := range errs {
		switch {
		case err == nil && winner < 0:
			winner = i
		case err == nil:
			s.Errorf("%d and %d have created it", winner, i)
		default:
			s.wants(err, fault.PreconditionFailed, "create at once")
		}
	}
	if winner >= 0 {
		s.has("a", string(rune('0'+winner)))
	}
	for i := range errs { // without a condition all of them do, one after the other
		task.In(&wg, "a test", func() {
			_, _, errs[i] = s.Service.Put(s.Ctx, s.Workspace, "b", objects.Put{Bytes: from([]byte{byte('0' + i)}, true)})
		})
	}
	wg.Wait()
	s.must(errors.Join(errs...))
}

func ranges(s *suite) {
	o := s.put("a", "0123456789")
	s.put("empty", "")
	for want, r := range map[string]objects.Range{
		"0123456789": {First: 0, Last: -1}, "0": {First: 0, Last: 0}, "345": {First: 3, Last: 5}, "89": {First: 8, Last: 100},
		"9": {First: 9, Last: -1}, "6789": {Suffix: 4},
		"12345": {First: 1, Last: 5, If: &objects.IfRange{Tag: &objects.Tag{Value: o.ETag}}},
	} {
		got, d := s.get("a", objects.Read{Range: &r})
		if string(got) != want || !d.Partial || d.Length != int64(len(want)) || d.Size != 10 {
			s.Errorf("%+v: %q, %+v", r, got, d)
		}
	}
	if got, d := s.get("a", objects.Read{Range: &objects.Range{Suffix: 100}}); string(got) != "0123456789" || !d.Partial {
		s.Errorf("a long suffix: %q, %+v", got, d)
	}
	for _, r := range []objects.Range{{First: 10, Last: -1}, {First: 20, Last: 30}, {None: true}} {
		_, err := s.Service.Get(s.Ctx, s.Workspace, "a", objects.Read{Range: &r})
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != fault.RangeNotSatisfiable || f.Details["size"] != int64(10) {
			s.Errorf("%+v: %v", r, err)
		}
		_, err = s.Service.Get(s.Ctx, s.Workspace, "empty", objects.Read{Range: &r})
		s.wants(err, fault.RangeNotSatisfiable, "a range of nothing")
	}
	old := o.UpdatedAt.Add(-time.Hour).Truncate(time.Second)
	for _, i := range []*objects.IfRange{
		{Tag: &objects.Tag{Value: "other"}}, {Tag: &objects.Tag{Value: o.ETag, Weak: true}}, {Time: &old},
	} {
		got, d := s.get("a", objects.Read{Range: &objects.Range{First: 1, Last: 1, If: i}})
		if string(got) != "0123456789" || d.Partial {
			s.Errorf("If-Range that does not hold: %q", got)
		}
	}
}

func readConditions(s *suite) {
	o := s.put("a", "x")
	at := o.UpdatedAt.Truncate(time.Second)
	before := at.Add(-time.Second)
	for name, c := range map[string]struct {
		objects.Conditions
		unmodified bool
		code       fault.Code
	}{
		"none":                    {},
		"match":                   {Conditions: objects.Conditions{Match: tags(o.ETag)}},
		"another":                 {Conditions: objects.Conditions{Match: tags("y")}, code: fault.PreconditionFailed},
		"none match":              {Conditions: objects.Conditions{NoneMatch: tags("y", o.ETag)}, unmodified: true},
		"none match, weak":        {Conditions: objects.Conditions{NoneMatch: tags("W/" + o.ETag)}, unmodified: true},
		"none match, any":         {Conditions: objects.Conditions{NoneMatch: anyTag}, unmodified: true},
		"none match, another":     {Conditions: objects.Conditions{NoneMatch: tags("y")}},
		"modified since":          {Conditions: objects.Conditions{ModifiedSince: &before}},
		"not modified since":      {Conditions: objects.Conditions{ModifiedSince: &at}, unmodified: true},
		"the tag before the time": {Conditions: objects.Conditions{NoneMatch: tags("y"), ModifiedSince: &at}},
		"unmodified since":        {Conditions: objects.Conditions{UnmodifiedSince: &at}},
		"not unmodified since":    {Conditions: objects.Conditions{UnmodifiedSince: &before}, code: fault.PreconditionFailed},
		"match before the time":   {Conditions: objects.Conditions{Match: tags(o.ETag), UnmodifiedSince: &before}},
	} {
		d, err := s.Service.Get(s.Ctx, s.Workspace, "a", objects.Read{Conditions: c.Conditions})
		if d.Body != nil {
			s.must(d.Body.Close())
		}
		if c.code != "" {
			s.wants(err, c.code, name)
		} else if err != nil || d.Unmodified != c.unmodified || d.Unmodified == (d.Body != nil) {
			s.Errorf("%s: %+v, %v", name, d, err)
		}
	}
}

// A body with another digest than was announced is not stored.
func digests(s *suite) {
	s.put("a", "old")
	text := []byte("new")
	sha, sum := sha256.Sum256(text), md5.Sum(text) //nolint:gosec // Content-MD5
	wrong := bytes.Repeat([]byte{1}, 32)
	for _, unknown := range []bool{false, true} {
		for name, in := range map[string]objects.Bytes{
			"sha256": {SHA256: wrong}, "md5": {MD5: wrong[:16]}, "md5 only": {MD5: wrong[:16], SHA256: sha[:]},
		} {
			b := from(text, unknown)
			b.SHA256, b.MD5 = in.SHA256, in.MD5
			for _, key := range []string{"a", "b"} {
				_, _, err := s.Service.Put(s.Ctx, s.Workspace, key, objects.Put{Bytes: b})
				s.wants(err, fault.ValidationFailed, name)
				b.Body = stream(text)
			}
		}
	}
	s.has("a", "old")
	s.absent("b")
	if n := s.blobs(); n != 1 {
		s.Errorf("%d blobs", n)
	}
	b := from(text, false)
	b.SHA256, b.MD5 = sha[:], sum[:]
	_, _, err := s.Service.Put(s.Ctx, s.Workspace, "a", objects.Put{Bytes: b})
	s.must(err)
	s.has("a", "new")
}

var errCut = errors.New("the client hung up")

type cut struct{}

func (cut) Read([]byte) (int, error) { return 0, errCut }

// A body that is cut off leaves what was there.
func failedBodies(s *suite) {
	s.put("a", "old")
	for _, size := range []int{0, 10, 1 << 20, 9 << 20} {
		for _, told := range []int64{-1, int64(size) + 1} {
			in := objects.Bytes{Body: io.MultiReader(bytes.NewReader(content(size)), cut{}), Size: told}
			_, _, err := s.Service.Put(s.Ctx, s.Workspace, "a", objects.Put{Bytes: in})
			if !errors.Is(err, errCut) {
				s.Errorf("cut off after %d of %d: %v", size, told, err)
			}
		}
	}
	for _, told := range []int64{2, 4} {
		_, _, err := s.Service.Put(s.Ctx, s.Workspace, "a",
			objects.Put{Bytes: objects.Bytes{Body: stream([]byte("new")), Size: told}})
		s.wants(err, fault.Malformed, "another length than was told")
	}
	s.has("a", "old")
	if n := s.blobs(); n != 1 {
		s.Errorf("%d blobs", n)
	}
	if used := s.Used(); used != (plan.Amount{Items: 1, Bytes: 3}) {
		s.Errorf("%+v is used", used)
	}
}

func deleting(s *suite) {
	s.wants(s.Service.Delete(s.Ctx, s.Workspace, "a", objects.Conditions{}), fault.NotFound, "delete nothing")
	s.put("a", "x")
	s.put("a/b", "y")
	if holds, err := s.Service.Holds(s.Ctx, s.Workspace); err != nil || !holds {
		s.Errorf("it holds nothing: %v", err)
	}
	s.must(s.Service.Delete(s.Ctx, s.Workspace, "a", objects.Conditions{}))
	s.absent("a")
	s.has("a/b", "y")
	s.must(s.Service.Delete(s.Ctx, s.Workspace, "a/b", objects.Conditions{}))
	if holds, err := s.Service.Holds(s.Ctx, s.Workspace); err != nil || holds {
		s.Errorf("it holds something: %v", err)
	}
}

func copying(s *suite) {
	cp := func(in objects.Copy) (objects.Object, bool) {
		s.Helper()
		o, created, err := s.Service.Copy(s.Ctx, s.Workspace, in)
		s.must(err)
		return o, created
	}
	_, _, err := s.Service.Copy(s.Ctx, s.Workspace, objects.Copy{From: "a", To: "b"})
	s.wants(err, fault.NotFound, "copy nothing")
	a := s.put("a", "content")
	b, created := cp(objects.Copy{From: "a", To: "b", ContentType: "text/html"})
	if !created || b.ETag != a.ETag || b.ContentType != "text/html" || b.ID == a.ID {
		s.Errorf("%+v", b)
	}
	cp(objects.Copy{From: "b", To: "c"})
	if n := s.blobs(); n != 1 {
		s.Errorf("%d blobs", n)
	}
	if used := s.Used(); used != (plan.Amount{Items: 3, Bytes: 21}) {
		s.Errorf("%+v is used", used)
	}
	o, created := cp(objects.Copy{From: "c", To: "c", ContentType: "text/plain"})
	if created || o.ContentType != "text/plain" {
		s.Errorf("%+v", o)
	}
	_, _, err = s.Service.Copy(s.Ctx, s.Workspace,
		objects.Copy{From: "a", To: "b", Conditions: objects.Conditions{NoneMatch: anyTag}})
	s.wants(err, fault.PreconditionFailed, "copy over what is there")
	_, _, err = s.Service.Copy(s.Ctx, s.Workspace,
		objects.Copy{From: "a", To: "b", Source: objects.Conditions{Match: tags("x")}})
	s.wants(err, fault.PreconditionFailed, "copy another")
	for _, key := range []string{"a", "c"} {
		s.must(s.Service.Delete(s.Ctx, s.Workspace, key, objects.Conditions{}))
		s.Forward(time.Hour)
		s.must(s.Service.Sweep(s.Ctx))
	}
	s.has("b", "content")
	s.must(s.Service.Delete(s.Ctx, s.Workspace, "b", objects.Conditions{}))
	s.Forward(time.Hour)
	s.must(s.Service.Sweep(s.Ctx))
	if n := s.blobs(); n != 0 {
		s.Errorf("%d blobs", n)
	}
}

func isolation(s *suite) {
	s.put("a", "x")
	for name, call := range map[string]func(workspaceID id.ID) error{
		"get": func(w id.ID) error { _, err := s.Service.Get(s.Stranger, w, "a", objects.Read{}); return err },
		"put": func(w id.ID) error {
			_, _, err := s.Service.Put(s.Stranger, w, "a", objects.Put{Bytes: from(nil, false)})
			return err
		},
		"delete": func(w id.ID) error { return s.Service.Delete(s.Stranger, w, "a", objects.Conditions{}) },
		"list":   func(w id.ID) error { _, err := s.Service.List(s.Stranger, w, objects.List{Limit: 1}); return err },
		"copy": func(w id.ID) error {
			_, _, err := s.Service.Copy(s.Stranger, w, objects.Copy{From: "a", To: "b"})
			return err
		},
		"upload": func(w id.ID) error { _, err := s.Service.CreateUpload(s.Stranger, w, "a", ""); return err },
		"sign": func(w id.ID) error {
			_, err := s.Service.Sign(s.Stranger, objects.Link{WorkspaceID: w, Key: "a"}, 0)
			return err
		},
	} {
		s.wants(call(s.Workspace), fault.NotFound, name)
		s.wants(call(id.New()), fault.NotFound, name+" of no workspace")
	}
	if _, err := s.Service.Get(s.Ctx, s.Other, "a", objects.Read{}); !fault.IsCode(err, fault.NotFound) {
		s.Errorf("another workspace has the object: %v", err)
	}
	_, _, err := s.Service.Put(s.Ctx, s.Other, "a", objects.Put{Bytes: from([]byte("other"), false)})
	s.must(err)
	s.has("a", "x")
}

func readers(s *suite) {
	s.put("a", strings.Repeat("old", 1000))
	d, err := s.Service.Get(s.Ctx, s.Workspace, "a", objects.Read{})
	s.must(err)
	s.put("a", "new")
	b, err := io.ReadAll(d.Body)
	s.must(errors.Join(err, d.Body.Close()))
	if string(b) != strings.Repeat("old", 1000) {
		s.Errorf("a reader that has begun sees %.20q", b)
	}
	s.has("a", "new")
}

package objectstest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/alania-go/alania/domain/data/objects"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/task"
)

// listing compares lists with those that are made of all keys in memory.
func listing(s *suite) {
	var all []string
	r := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"a", "b", "/", "/", "ab", "é", "\U0010ffff", "\ud7ff", "-", "x/"}
	for len(all) < 120 {
		key := ""
		for range 1 + r.IntN(6) {
			key += pieces[r.IntN(len(pieces))]
		}
		if !slices.Contains(all, key) {
			all = append(all, key)
			s.put(key, key)
		}
	}
	slices.Sort(all)
	for _, prefix := range []string{"", "a", "a/", "ab", "/", "x/", "\U0010ffff", "nothing"} {
		for _, delimiter := range []string{"", "/", "b", "//", "é", "\ud7ff"} {
			want := expected(all, prefix, delimiter)
			for _, limit := range []int{1, 3, 7, objects.MaxList} {
				var got []string
				after := ""
				for range len(all) + 2 {
					page, err := s.Service.List(s.Ctx, s.Workspace,
						objects.List{Prefix: prefix, Delimiter: delimiter, After: after, Limit: limit})
					s.must(err)
					if len(page.Entries) > limit {
						s.Fatalf("%d entries of %d", len(page.Entries), limit)
					}
					for _, e := range page.Entries {
						got = append(got, e.Name())
						if (e.Prefix == "") != (e.Object.Size == int64(len(e.Name())) && e.Object.Key == e.Name()) {
							s.Errorf("%+v", e)
						}
					}
					if after = page.Next; after == "" {
						break
					}
				}
				if !slices.Equal(got, want) {
					s.Errorf("prefix %q, delimiter %q, limit %d: %q, want %q", prefix, delimiter, limit, got, want)
				}
			}
		}
	}
	for _, in := range []objects.List{
		{Prefix: "\xff"}, {Prefix: "a\x00"},
		{Delimiter: "\x00"}, {Delimiter: strings.Repeat("d", 33)}, {Delimiter: "\U0010ffff"},
	} {
		in.Limit = 1
		_, err := s.Service.List(s.Ctx, s.Workspace, in)
		s.wants(err, fault.ValidationFailed, fmt.Sprintf("%+v", in))
	}
}

func expected(all []string, prefix, delimiter string) []string {
	var out []string
	for _, key := range all {
		rest, ok := strings.CutPrefix(key, prefix)
		if !ok {
			continue
		}
		if delimiter != "" {
			if i := strings.Index(rest, delimiter); i >= 0 {
				key = prefix + rest[:i+len(delimiter)]
			}
		}
		if len(out) == 0 || out[len(out)-1] != key {
			out = append(out, key)
		}
	}
	return out
}

// unread fails the test when it is read.
type unread struct{ s *suite }

func (u unread) Read([]byte) (int, error) {
	u.s.Error("the body is read")
	return 0, io.EOF
}

func (s *suite) limited(err error, what string) {
	s.Helper()
	s.wants(err, fault.FeatureLimit, what)
}

// What the plan does not allow is refused before the body is read, when its length is known.
func quota(s *suite) {
	s.put("a", strings.Repeat("a", 100))
	s.Leave(plan.Amount{Items: 5, Bytes: 50})
	defer s.Leave(plan.Amount{Items: -1, Bytes: -1})
	put := func(key string, body io.Reader, size int64) error {
		_, _, err := s.Service.Put(s.Ctx, s.Workspace, key, objects.Put{Bytes: objects.Bytes{Body: body, Size: size}})
		return err
	}
	s.limited(put("b", unread{s}, 51), "one byte too many")
	s.limited(put("a", unread{s}, 151), "one byte too many in the place of others")
	s.must(put("b", bytes.NewReader(content(50)), 50))
	s.limited(put("c", unread{s}, 1), "when nothing is left")
	s.must(put("c", strings.NewReader(""), 0))
	s.must(put("a", bytes.NewReader(content(100)), 100))
	_, _, err := s.Service.Copy(s.Ctx, s.Workspace, objects.Copy{From: "a", To: "d"})
	s.limited(err, "a copy")
	s.must(s.Service.Delete(s.Ctx, s.Workspace, "b", objects.Conditions{}))
	s.must(put("d", bytes.NewReader(content(50)), 50))
	s.Leave(plan.Amount{Items: 0, Bytes: 50})
	s.limited(put("e", unread{s}, 1), "one object too many")
	s.must(put("d", strings.NewReader("x"), 1))
}

// What the plan does not allow is refused at the byte that is too much, when the length is not known.
func quotaOfUnknownLength(s *suite) {
	s.put("a", strings.Repeat("a", 1000))
	s.Leave(plan.Amount{Items: 5, Bytes: 70_000})
	defer s.Leave(plan.Amount{Items: -1, Bytes: -1})
	for key, room := range map[string]int{"b": 70_000, "a": 71_000} {
		for _, size := range []int{room + 1, room + 500_000} {
			read := &counting{r: bytes.NewReader(content(size))}
			_, _, err := s.Service.Put(s.Ctx, s.Workspace, key, objects.Put{Bytes: objects.Bytes{Body: read, Size: -1}})
			s.limited(err, "too much")
			if read.n > room+1 {
				s.Errorf("%d bytes are read where there is room for %d", read.n, room)
			}
		}
		if used := s.Used(); s.blobs() != 1 || used.Items == 0 {
			s.Errorf("%d blobs, %+v", s.blobs(), used)
		}
	}
	s.has("a", strings.Repeat("a", 1000))
	for key, room := range map[string]int{"b": 70_000} {
		_, _, err := s.Service.Put(s.Ctx, s.Workspace, key, objects.Put{Bytes: from(content(room), true)})
		s.must(err)
	}
	_, _, err := s.Service.Put(s.Ctx, s.Workspace, "a", objects.Put{Bytes: from(content(1000), true)})
	s.must(err)
}

type counting struct {
	r io.Reader
	n int
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += n
	return n, err
}

// Of twelve at once that there is room for four of, four are stored.
func quotaAtOnce(s *suite) {
	s.Leave(plan.Amount{Items: 100, Bytes: 4000})
	defer s.Leave(plan.Amount{Items: -1, Bytes: -1})
	errs := make([]error, 12)
	var wg sync.WaitGroup
	for i := range errs {
		task.In(&wg, "a test", func() {
			_, _, errs[i] = s.Service.Put(s.Ctx, s.Workspace, fmt.Sprint(i), objects.Put{Bytes: from(content(1000), false)})
		})
	}
	wg.Wait()
	stored := 0
	for _, err := range errs {
		if err == nil {
			stored++
		} else {
			s.limited(err, "at once")
		}
	}
	if stored != 4 {
		s.Errorf("%d are stored where there is room for 4", stored)
	}
}

func (s *suite) part(uploadID id.ID, number int, text string) objects.Part {
	s.Helper()
	p, err := s.Service.PutPart(s.Ctx, s.Workspace, uploadID, number, from([]byte(text), number%2 == 0))
	s.must(err)
	return p
}

func uploads(s *suite) {
	s.put("a", "old")
	u, err := s.Service.CreateUpload(s.Ctx, s.Workspace, "a", "text/plain")
	s.must(err)
	_, _, err = s.Service.Complete(s.Ctx, s.Workspace, u.ID, nil, objects.Conditions{})
	s.wants(err, fault.RuleBroken, "an upload without parts")
	s.part(u.ID, 3, "three")
	one := s.part(u.ID, 1, "first one")
	s.part(u.ID, 1, "one")
	two := s.part(u.ID, 2, "two")
	s.part(u.ID, 1000, "last")
	for _, n := range []int{0, 1001} {
		_, err := s.Service.PutPart(s.Ctx, s.Workspace, u.ID, n, from(nil, false))
		s.wants(err, fault.ValidationFailed, "the number of a part")
	}
	if used := s.Used(); used != (plan.Amount{Items: 5, Bytes: 3 + 3 + 3 + 5 + 4}) {
		s.Errorf("%+v is used", used)
	}
	s.has("a", "old")
	for name, chosen := range map[string][]objects.Chosen{
		"a part that is not there": {{Number: 4}}, "another order": {{Number: 2}, {Number: 1}},
		"twice":      {{Number: 2}, {Number: 2}},
		"an old tag": {{Number: 1, ETag: one.ETag()}},
	} {
		_, _, err := s.Service.Complete(s.Ctx, s.Workspace, u.ID, chosen, objects.Conditions{})
		s.wants(err, fault.ValidationFailed, name)
	}
	_, _, err = s.Service.Complete(s.Ctx, s.Workspace, u.ID, nil, objects.Conditions{NoneMatch: anyTag})
	s.wants(err, fault.PreconditionFailed, "create what is there")
	found, parts, err := s.Service.Upload(s.Ctx, s.Workspace, u.ID)
	if err != nil || found.Key != "a" || len(parts) != 4 || parts[1].Checksum() != two.Checksum() {
		s.Errorf("%+v %+v %v", found, parts, err)
	}
	o, created, err := s.Service.Complete(s.Ctx, s.Workspace, u.ID,
		[]objects.Chosen{{Number: 1}, {Number: 2, ETag: two.ETag()}, {Number: 1000}}, objects.Conditions{})
	s.must(err)
	if created || o.Size != 10 || !strings.HasSuffix(o.ETag, "-3") || o.ContentType != "text/plain" {
		s.Errorf("%+v", o)
	}
	s.has("a", "onetwolast")
	for first := range int64(10) { // ranges across the parts
		for last := first; last < 10; last++ {
			got, _ := s.get("a", objects.Read{Range: &objects.Range{First: first, Last: last}})
			if string(got) != "onetwolast"[first:last+1] {
				s.Errorf("%d-%d: %q", first, last, got)
			}
		}
	}
	_, _, err = s.Service.Complete(s.Ctx, s.Workspace, u.ID, nil, objects.Conditions{})
	s.wants(err, fault.NotFound, "complete it twice")
	_, err = s.Service.PutPart(s.Ctx, s.Workspace, u.ID, 1, from(nil, false))
	s.wants(err, fault.NotFound, "a part of a completed upload")
	_, _, err = s.Service.Copy(s.Ctx, s.Workspace, objects.Copy{From: "a", To: "b"})
	s.must(err)
	s.must(s.Service.Delete(s.Ctx, s.Workspace, "a", objects.Conditions{}))
	s.Forward(time.Hour)
	s.must(s.Service.Sweep(s.Ctx))
	s.has("b", "onetwolast")
}

func uploadsEnd(s *suite) {
	open := func() objects.Upload {
		u, err := s.Service.CreateUpload(s.Ctx, s.Workspace, "a", "")
		s.must(err)
		s.part(u.ID, 1, "some")
		s.part(u.ID, 2, "more")
		return u
	}
	aborted, left := open(), open()
	s.Leave(plan.Amount{Items: 10, Bytes: 2})
	_, err := s.Service.PutPart(s.Ctx, s.Workspace, left.ID, 3, objects.Bytes{Body: unread{s}, Size: 3})
	s.limited(err, "a part")
	s.part(left.ID, 1, "longer") // in the place of 4 bytes
	s.Leave(plan.Amount{Items: -1, Bytes: -1})
	s.must(s.Service.Abort(s.Ctx, s.Workspace, aborted.ID))
	s.wants(s.Service.Abort(s.Ctx, s.Workspace, aborted.ID), fault.NotFound, "abort it twice")
	s.must(s.Service.Sweep(s.Ctx))
	if n := s.blobs(); n != 2 {
		s.Errorf("%d blobs", n)
	}
	s.Forward(objects.UploadLife - time.Hour)
	s.must(s.Service.Sweep(s.Ctx))
	if _, _, err := s.Service.Upload(s.Ctx, s.Workspace, left.ID); err != nil {
		s.Errorf("an upload ends too early: %v", err)
	}
	s.Forward(2 * time.Hour)
	s.must(s.Service.Sweep(s.Ctx))
	_, _, err = s.Service.Upload(s.Ctx, s.Workspace, left.ID)
	s.wants(err, fault.NotFound, "an upload that was left")
	if n, used := s.blobs(), s.Used(); n != 0 || used != (plan.Amount{}) {
		s.Errorf("%d blobs, %+v", n, used)
	}
}

func manyUploads(s *suite) {
	var first id.ID
	for i := range objects.MaxUploads {
		u, err := s.Service.CreateUpload(s.Ctx, s.Workspace, fmt.Sprint(i), "")
		s.must(err)
		if i == 0 {
			first = u.ID
		}
	}
	_, err := s.Service.CreateUpload(s.Ctx, s.Workspace, "x", "")
	s.wants(err, fault.Conflict, "one too many")
	seen, after := 0, id.ID{}
	for more := true; more; {
		var list []objects.Upload
		list, more, err = s.Service.ListUploads(s.Ctx, s.Workspace, after, 33)
		s.must(err)
		seen, after = seen+len(list), list[len(list)-1].ID
	}
	if seen != objects.MaxUploads {
		s.Errorf("%d uploads are listed", seen)
	}
	s.must(s.Service.Abort(s.Ctx, s.Workspace, first))
	_, err = s.Service.CreateUpload(s.Ctx, s.Workspace, "x", "")
	s.must(err)
}

func links(s *suite) {
	s.put("a", "content")
	sign := func(verb objects.Verb, life time.Duration) objects.Link {
		s.Helper()
		l, err := s.Service.Sign(s.Ctx, objects.Link{WorkspaceID: s.Workspace, Key: "a", Verb: verb}, life)
		s.must(err)
		return l
	}
	read := func(l objects.Link) error {
		d, err := s.Service.GetByLink(s.T.Context(), l, objects.Read{})
		if err != nil {
			return err
		}
		b, err := io.ReadAll(d.Body)
		if err == nil && string(b) != "content" {
			err = errors.New("another content")
		}
		return errors.Join(err, d.Body.Close())
	}
	write := func(l objects.Link, text string) error {
		_, _, err := s.Service.PutByLink(s.T.Context(), l, objects.Put{Bytes: from([]byte(text), false)})
		return err
	}
	get, put := sign(objects.Reading, 0), sign(objects.Writing, time.Minute)
	s.must(read(get))
	s.must(write(put, "content"))
	s.wants(read(put), fault.AccessDenied, "read with a link to write")
	s.wants(write(get, "x"), fault.AccessDenied, "write with a link to read")
	for name, change := range map[string]func(l *objects.Link){
		"key": func(l *objects.Link) { l.Key = "b" }, "workspace": func(l *objects.Link) { l.WorkspaceID = s.Other },
		"end":    func(l *objects.Link) { l.ExpiresAt = l.ExpiresAt.Add(time.Second) },
		"inline": func(l *objects.Link) { l.Inline = true }, "type": func(l *objects.Link) { l.ContentType = "text/html" },
		"signature": func(l *objects.Link) { l.Signature = "x" }, "no signature": func(l *objects.Link) { l.Signature = "" },
	} {
		l := get
		change(&l)
		s.wants(read(l), fault.AccessDenied, name)
		l = put
		change(&l)
		s.wants(write(l, "x"), fault.AccessDenied, name)
	}
	for _, life := range []time.Duration{-time.Second, time.Millisecond, objects.MaxLinkLife + time.Second} {
		_, err := s.Service.Sign(s.Ctx, objects.Link{WorkspaceID: s.Workspace, Key: "a", Verb: objects.Reading}, life)
		s.wants(err, fault.ValidationFailed, "a life of "+life.String())
	}
	s.Suspend(true)
	s.wants(read(get), fault.AccessDenied, "of a suspended org")
	s.Suspend(false)
	s.must(read(get))
	s.Forward(time.Minute)
	s.wants(write(put, "x"), fault.AccessDenied, "after its end")
	s.must(read(get))
	s.Forward(time.Hour)
	s.wants(read(get), fault.AccessDenied, "after its end")
	get = sign(objects.Reading, 0)
	s.must(s.Service.Delete(s.Ctx, s.Workspace, "a", objects.Conditions{}))
	s.wants(read(get), fault.NotFound, "of an object that is not there")
	typed, err := s.Service.Sign(s.Ctx,
		objects.Link{WorkspaceID: s.Workspace, Key: "t", Verb: objects.Writing, ContentType: "image/png"}, 0)
	s.must(err)
	s.must(write(typed, "x"))
	if _, d := s.get("t", objects.Read{}); d.ContentType != "image/png" {
		s.Errorf("the type is %s", d.ContentType)
	}
}

// What a write leaves that ends before it can clean up is deleted by a sweep.
func leftovers(s *suite) {
	s.put("a", "old")
	s.Files.FailDelete.Store(true)
	in := from([]byte("other"), false)
	in.SHA256 = bytes.Repeat([]byte{1}, 32)
	_, _, err := s.Service.Put(s.Ctx, s.Workspace, "a", objects.Put{Bytes: in})
	s.wants(err, fault.ValidationFailed, "a wrong digest")
	_, _, err = s.Service.Put(s.Ctx, s.Workspace, "b", objects.Put{Bytes: objects.Bytes{
		Body: io.MultiReader(bytes.NewReader(content(9<<20)), cut{}), Size: -1,
	}})
	if !errors.Is(err, errCut) {
		s.Errorf("a body that is cut off: %v", err)
	}
	if err := s.Service.Sweep(s.Ctx); err == nil {
		s.Error("a sweep that deletes nothing succeeds")
	}
	s.Files.FailDelete.Store(false)
	s.Forward(time.Hour)
	s.must(s.Service.Sweep(s.Ctx))
	if used := s.Used(); used != (plan.Amount{Items: 1, Bytes: 3}) {
		s.Errorf("%+v is used", used)
	}
	s.has("a", "old")
}

// What a deleted workspace had is deleted, and nothing is written into it any more.
func purge(s *suite) {
	put := func(body io.Reader) error {
		_, _, err := s.Service.Put(s.Ctx, s.Other, "a", objects.Put{Bytes: objects.Bytes{Body: body, Size: -1}})
		return err
	}
	s.must(put(strings.NewReader("x")))
	u, err := s.Service.CreateUpload(s.Ctx, s.Other, "b", "")
	s.must(err)
	_, err = s.Service.PutPart(s.Ctx, s.Other, u.ID, 1, from([]byte("part"), false))
	s.must(err)
	link, err := s.Service.Sign(s.Ctx, objects.Link{WorkspaceID: s.Other, Key: "a", Verb: objects.Reading}, 0)
	s.must(err)
	// One that is under way meanwhile is refused, and leaves nothing.
	err = put(io.MultiReader(strings.NewReader("y"), during(func() { s.Delete(s.Other) })))
	if err == nil {
		s.Error("something is written into a workspace that is deleted")
	}
	s.must(s.Service.Sweep(s.Ctx))
	if n := s.blobs(); n != 0 {
		s.Errorf("%d blobs", n)
	}
	_, err = s.Service.GetByLink(s.T.Context(), link, objects.Read{})
	s.wants(err, fault.NotFound, "a link")
	s.wants(put(unread{s}), fault.NotFound, "put")
}

// during does something when it is read, and ends.
type during func()

func (d during) Read([]byte) (int, error) {
	d()
	return 0, io.EOF
}

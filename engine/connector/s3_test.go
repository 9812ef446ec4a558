package connector

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	domain "github.com/alania-go/alania/domain/connector"
	"github.com/alania-go/alania/engine/objects/s3test"
)

func s3Cfg(f *s3test.Server, more obj) obj {
	c := obj{
		"endpoint": f.URL, "region": "us-east-1", "bucket": s3test.Bucket, "access_key_id": s3test.AccessKeyID,
		"secret_access_key": s3test.SecretAccessKey, "path_style": true,
	}
	for k, v := range more {
		c[k] = v
	}
	return c
}

func TestS3Objects(t *testing.T) {
	t.Parallel()
	f := s3test.New(t)
	var want []string
	for i := range 60 { // more than the server lists at once
		key := fmt.Sprintf("in/%03d größe+&.txt", i)
		f.Add(key, strings.Repeat("x", i))
		want = append(want, key)
	}
	f.Add("in/", "") // a folder's mark
	f.Add("other/1", "x")
	f.Add("in", "x")
	c, cfg := s3Connector{local()}, s3Cfg(f, obj{"prefix": "in/", "overlap_seconds": 0})
	if err := c.Check(context.Background(), config(t, cfg)); err != nil {
		t.Fatal(err)
	}
	var first result
	for _, limit := range []int{1, 7, 1000} {
		for _, source := range []func(int) domain.Source{afresh(t, c, cfg), nil} {
			if source == nil {
				s := open(t, c, cfg)
				source = func(int) domain.Source { return s }
			}
			first = runFrom(t, source, nil, limit)
			if got := strings.Split(first.ids(), ".txt "); len(got) != len(want) || first.ids() != strings.Join(want, " ") ||
				len(first.failed) > 0 {
				t.Fatalf("limit %d: %d objects, %v", limit, len(got), first.failed)
			}
		}
	}
	r := first.records[3]
	if !strings.HasPrefix(string(r.Data), `{"key":"in/003 größe+\u0026.txt","size":3,"etag":"`) || r.UpdatedAt == nil ||
		time.Since(*r.UpdatedAt) > time.Minute {
		t.Errorf("a record is %s, %v", r.Data, r.UpdatedAt)
	}
	// Only what was modified since is read again, wherever its key is.
	for _, key := range want {
		f.Touch(key, time.Now().Add(-time.Hour))
	}
	f.Add("in/000 new.txt", "new")
	f.Add(want[40], "changed")
	second := runFrom(t, afresh(t, c, cfg), first.next, 1)
	if second.ids() != "in/000 new.txt "+want[40] {
		t.Errorf("the second run reads %s", second.ids())
	}
	f.Touch("in/000 new.txt", time.Now().Add(-time.Hour))
	f.Touch(want[40], time.Now().Add(-30*time.Minute))
	if third := run(t, open(t, c, cfg), second.next, 10); third.ids() != "" {
		t.Errorf("the third run reads %s", third.ids())
	}
	// The overlap lets what appears late be read; a run that is not incremental reads all.
	if late := run(t, open(t, c, with(cfg, "overlap_seconds", 45*60)), first.next, 10); late.ids() != "" {
		t.Errorf("the overlap is of the run before: %s", late.ids())
	}
	overlap := with(cfg, "overlap_seconds", 45*60)
	zero := run(t, open(t, c, overlap), nil, 1000)
	if late := run(t, open(t, c, overlap), zero.next, 10); late.ids() != want[40] {
		t.Errorf("the overlap reads %s", late.ids())
	}
	if all := run(t, open(t, c, with(cfg, "incremental", false)), second.next, 1000); len(all.records) != 61 {
		t.Errorf("all: %d objects", len(all.records))
	}
	// The place of another prefix is not taken.
	if other := run(t, open(t, c, with(cfg, "prefix", "other/")), second.next, 1000); other.ids() != "other/1" {
		t.Errorf("another prefix: %s", other.ids())
	}
}

func TestS3Lines(t *testing.T) {
	t.Parallel()
	f := s3test.New(t)
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	f.Add("a.jsonl", "{\"id\":1}\n{\"id\":2,\"at\":\"2026-05-06\"}\r\n\n{\"id\":3}") // without a line feed at its end
	f.Add("b.jsonl", "\xef\xbb\xbf{\"id\":\"four\"}\n")
	f.Add("c-empty.jsonl", "")
	f.Add("d.jsonl",
		"{\"id\":5}\nnot json\n[]\n{}\n{\"id\":\"long\",\"v\":\""+strings.Repeat("x", maxRecord)+
			"\"}\n{\"id\":6,\"v\":\"\xff\"}\n{\"id\":7}\n")
	for _, k := range []string{"a.jsonl", "b.jsonl", "d.jsonl"} {
		f.Touch(k, at)
	}
	c, cfg := s3Connector{local()}, s3Cfg(f,
		obj{"format": "jsonl", "entity": "things", "updated_at_path": "/at", "overlap_seconds": 0})
	if err := c.Check(context.Background(), config(t, cfg)); err != nil {
		t.Fatal(err)
	}
	var first result
	for _, limit := range []int{1, 2, 3, 1000} {
		s := open(t, c, cfg)
		for _, source := range []func(int) domain.Source{afresh(t, c, cfg), func(int) domain.Source { return s }} {
			first = runFrom(t, source, nil, limit)
			if first.ids() != "1 2 3 four 5 7" ||
				first.codes() != "invalid_json not_an_object missing_id too_large invalid_encoding" {
				t.Fatalf("limit %d: %s, %s", limit, first.ids(), first.codes())
			}
		}
	}
	if m := first.failed[0].Message; m != "Line 2 of d.jsonl is not well-formed JSON." {
		t.Error(m)
	}
	if u := first.records[1].UpdatedAt; !u.Equal(time.Date(2026, 5, 6, 0, 0, 0, 0, time.UTC)) ||
		!first.records[0].UpdatedAt.Equal(at) {
		t.Errorf("updated at %v and %v", u, first.records[0].UpdatedAt)
	}
	// The objects are opened once each when the source is kept.
	before := f.Gets()
	run(t, open(t, c, cfg), nil, 1)
	if n := f.Gets() - before; n != 3 {
		t.Errorf("%d objects are asked for", n)
	}
	f.Add("b.jsonl", "{\"id\":8}")
	if second := run(t, open(t, c, cfg), first.next, 10); second.ids() != "8" {
		t.Errorf("the second run reads %s", second.ids())
	}
}

// An object that changes or goes in the middle of a run is read from its beginning, or
// left out.
func TestS3ChangesInARun(t *testing.T) {
	t.Parallel()
	f := s3test.New(t)
	f.Add("a", "{\"id\":1}\n{\"id\":2}\n{\"id\":3}\n")
	f.Add("b", "{\"id\":4}\n{\"id\":5}\n")
	f.Add("c", "{\"id\":6}\n")
	c, cfg := s3Connector{local()}, s3Cfg(f, obj{"format": "jsonl"})
	place := func() domain.Checkpoint {
		p, err := open(t, c, cfg).Read(context.Background(), "objects", nil, 2)
		if err != nil {
			t.Fatal(err)
		}
		return p.Next
	}
	at := place()
	f.Add("a", "{\"id\":11}\n{\"id\":12}\n{\"id\":13}\n")
	if got := runFrom(t, afresh(t, c, cfg), at, 2); got.ids() != "11 12 13 4 5 6" {
		t.Errorf("changed: %s", got.ids())
	}
	at = place()
	f.Remove("a")
	if got := runFrom(t, afresh(t, c, cfg), at, 2); got.ids() != "4 5 6" {
		t.Errorf("gone: %s", got.ids())
	}
	// With one source, which has listed b as it was.
	s := open(t, c, cfg)
	p, err := s.Read(context.Background(), "objects", nil, 2)
	if err != nil {
		t.Fatal(err)
	}
	f.Add("b", "{\"id\":20}\n")
	f.Add("c", "{\"id\":21}\n")
	if got := run(t, s, p.Next, 2); got.ids() != "21" {
		t.Errorf("listed before: %s", got.ids())
	}
	s = open(t, c, cfg)
	if p, err = s.Read(context.Background(), "objects", nil, 1); err != nil {
		t.Fatal(err)
	}
	f.Remove("c")
	if got := run(t, s, p.Next, 2); got.ids() != "" {
		t.Errorf("listed and gone: %s", got.ids())
	}
}

func TestS3Problems(t *testing.T) {
	t.Parallel()
	f := s3test.New(t)
	f.Add("a", "{\"id\":1}")
	c := s3Connector{local()}
	check := func(more obj) error {
		return c.Check(context.Background(), config(t, s3Cfg(f, more)))
	}
	problem(t, check(obj{"bucket": "missing"}), domain.NotFound)
	problem(t, check(obj{"access_key_id": "AKIAOTHER"}), domain.Unauthorized)
	problem(t, check(obj{"format": "jsonl", "id_path": "/key"}), domain.InvalidConfig)
	problem(t, s3Connector{public()}.Check(context.Background(), config(t, s3Cfg(f, nil))), domain.RefusedAddress)
	for _, tc := range []struct {
		status int
		code   string
		want   domain.Code
		temp   bool
	}{
		{403, "SignatureDoesNotMatch", domain.Unauthorized, false},
		{403, "InvalidAccessKeyId", domain.Unauthorized, false},
		{403, "AccessDenied", domain.Unauthorized, false},
		{400, "ExpiredToken", domain.Unauthorized, false},
		{400, "AuthorizationHeaderMalformed", domain.InvalidConfig, false},
		{301, "PermanentRedirect", domain.InvalidConfig, false},
		{400, "InvalidRequest", domain.BadResponse, false},
		{503, "SlowDown", domain.RateLimited, true},
		{500, "InternalError", domain.BadResponse, true},
		{404, "NoSuchBucket", domain.NotFound, false},
	} {
		f.Answer(tc.status, tc.code)
		if p := problem(t, check(nil), tc.want); p.Temporary != tc.temp || strings.Contains(p.Message, "driver's words") {
			t.Errorf("%s: %+v", tc.code, p)
		}
	}
	f.Close()
	if p := problem(t, check(nil), domain.Unreachable); !p.Temporary {
		t.Errorf("%+v", p)
	}
}

// Servers that are no S3 API, or a hostile one.
func TestS3Hostile(t *testing.T) {
	// Not parallel: it looks at the heap.
	for _, tc := range []struct {
		name string
		h    http.HandlerFunc
		want domain.Code
	}{
		{"HTML", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>hello</html>") }, domain.BadResponse},
		{"nothing", func(http.ResponseWriter, *http.Request) {}, domain.BadResponse},
		{"a list without end", func(w http.ResponseWriter, _ *http.Request) {
			_, err := io.WriteString(w, "<ListBucketResult>")
			for err == nil {
				_, err = io.WriteString(w, "<Contents><Key>a</Key></Contents>")
			}
		}, domain.BadResponse},
		{"a key without end", func(w http.ResponseWriter, _ *http.Request) {
			_, err := io.WriteString(w, "<ListBucketResult><Contents><Key>")
			for err == nil {
				_, err = io.WriteString(w, strings.Repeat("a", 64<<10))
			}
		}, domain.BadResponse},
		{"keys in no order", func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w,
				"<ListBucketResult><Contents><Key>b</Key></Contents><Contents><Key>a</Key></Contents></ListBucketResult>")
		}, domain.BadResponse},
		{"the same list again", func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w,
				"<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>x</NextContinuationToken><Contents><Key>"+
					"a</Key></Contents></ListBucketResult>")
		}, domain.BadResponse},
		{"a redirect", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://169.254.169.254/", http.StatusTemporaryRedirect)
		}, domain.InvalidConfig},
		{"an error without end", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(400)
			_, err := io.WriteString(w, "<Error><Code>")
			for err == nil {
				_, err = io.WriteString(w, strings.Repeat("a", 64<<10))
			}
		}, domain.BadResponse},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := httptest.NewServer(tc.h)
			defer s.Close()
			before := heap()
			src := open(t, s3Connector{local()}, with(s3Good, "endpoint", s.URL))
			_, err := src.Read(context.Background(), "objects", nil, 100)
			problem(t, err, tc.want)
			if h := heap(); h > before+8<<20 {
				t.Errorf("the heap grew by %d KiB", (h-before)>>10)
			}
		})
	}
}

// Where nothing is new a Read ends after some lists, with a place to go on from.
func TestS3ManyOldObjects(t *testing.T) {
	t.Parallel()
	lists := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lists++
		fmt.Fprint(w, "<ListBucketResult>")
		var n int
		_, _ = fmt.Sscanf(r.URL.Query().Get("start-after"), "k%d", &n)
		if lists <= 45 {
			for i := range listSize {
				fmt.Fprintf(w,
					"<Contents><Key>k%08d</Key><LastModified>2020-01-01T00:00:00.000Z</LastModified><ETag>e</ETag><Size>1</Size>"+
						"</Contents>",
					n+i+1)
			}
			fmt.Fprint(w, "<IsTruncated>true</IsTruncated><NextContinuationToken>x</NextContinuationToken>")
		}
		fmt.Fprint(w, "</ListBucketResult>")
	}))
	defer s.Close()
	src := open(t, s3Connector{local()}, with(s3Good, "endpoint", s.URL)).(*s3Source)
	since := time.Now().Add(-time.Hour)
	got := run(t, src, save(s3Place{Config: src.config, Since: &since}), 100)
	if got.pages != 3 || len(got.records) > 0 || lists != 46 {
		t.Errorf("%d pages, %d records, %d lists", got.pages, len(got.records), lists)
	}
}

func TestS3Cancellation(t *testing.T) {
	done := leaks(t)
	func() {
		release := make(chan struct{})
		s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			select {
			case <-release:
			case <-r.Context().Done():
			}
		}))
		defer s.Close()
		defer close(release)
		src, err := s3Connector{local()}.Open(context.Background(), config(t, with(s3Good, "endpoint", s.URL)))
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		defer cancel()
		start := time.Now()
		_, err = src.Read(ctx, "objects", nil, 1)
		if p := problem(t, err, domain.TimedOut); !p.Temporary || time.Since(start) > 3*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		if err := src.Close(); err != nil {
			t.Error(err)
		}
	}()
	done()
}

func TestReadLine(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", maxRecord)
	f := s3test.New(t)
	f.Add("a", "{\"id\":\""+strings.Repeat("x", 100_000)+"\"}\n"+long+long+"\n{\"id\":2}\n"+long)
	got := run(t, open(t, s3Connector{local()}, s3Cfg(f, obj{"format": "jsonl"})), nil, 2)
	if got.ids() != "2" ||
		!slices.Equal(strings.Fields(got.codes()), []string{"invalid_id", "too_large", "invalid_json"}) {
		t.Errorf("%s, %s", got.ids(), got.codes())
	}
}

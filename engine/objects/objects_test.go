package objects

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/minio/minio-go/v7"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/health"
	"github.com/alania-go/alania/domain/object"
	"github.com/alania-go/alania/engine/objects/s3test"
)

const (
	testID     = s3test.AccessKeyID
	testSecret = s3test.SecretAccessKey
)

func TestMain(m *testing.M) {
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": testID, "AWS_SECRET_ACCESS_KEY": testSecret,
		"AWS_SESSION_TOKEN": "", "AWS_REGION": "", "AWS_DEFAULT_REGION": "",
	} {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

func openURL(t *testing.T, rawURL string) *Bucket {
	t.Helper()
	b, err := Open(context.Background(), rawURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// kinds are the storages that have to pass the same suite; each call returns an empty one.
var kinds = map[string]func(t *testing.T) *Bucket{
	"file": func(t *testing.T) *Bucket {
		return openURL(t, "file://"+filepath.Join(t.TempDir(), "data", "objects"))
	},
	"s3": func(t *testing.T) *Bucket {
		return openURL(t, s3URL(s3test.New(t), "bucket", "path_style=true"))
	},
	"s3 with a prefix": func(t *testing.T) *Bucket {
		f := s3test.New(t)
		f.Add("alanis/not-ours", "x")
		f.Add("alania/tenants/", "") // a folder's mark
		f.Add("alania", "x")
		return openURL(t, s3URL(f, "bucket/alania/", "region=eu-west-1"))
	},
}

func each(t *testing.T, run func(t *testing.T, b *Bucket)) {
	t.Parallel()
	for name, open := range kinds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, open(t))
		})
	}
}

func put(t *testing.T, b *Bucket, key, content string) object.Info {
	t.Helper()
	info, err := b.Put(context.Background(), key, strings.NewReader(content), int64(len(content)), "text/plain")
	if err != nil {
		t.Fatalf("Put(%q): %v", key, err)
	}
	return info
}

func get(t *testing.T, b *Bucket, key string, offset, length int64) (string, object.Info) {
	t.Helper()
	r, info, err := b.Get(context.Background(), key, offset, length)
	if err != nil {
		t.Fatalf("Get(%q, %d, %d): %v", key, offset, length, err)
	}
	defer r.Close()
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("reading %q: %v", key, err)
	}
	return string(content), info
}

func keys(infos []object.Info) []string {
	out := make([]string, len(infos))
	for i, o := range infos {
		out[i] = o.Key
	}
	return out
}

func absent(t *testing.T, b *Bucket, key string) {
	t.Helper()
	if _, err := b.Stat(context.Background(), key); !fault.IsCode(err, fault.NotFound) {
		t.Errorf("Stat of what is not there: %v", err)
	}
	r, _, err := b.Get(context.Background(), key, 0, -1)
	if !fault.IsCode(err, fault.NotFound) {
		t.Errorf("Get of what is not there: %v", err)
		if err == nil {
			r.Close()
		}
	}
	if r, _, err := b.Get(context.Background(), key, 3, 0); !fault.IsCode(err, fault.NotFound) {
		t.Errorf("Get of nothing of what is not there: %v", err)
		if err == nil {
			r.Close()
		}
	}
	if err := b.Delete(context.Background(), key); err != nil {
		t.Errorf("Delete of what is not there: %v", err)
	}
}

func TestPutGetStatDelete(t *testing.T) {
	each(t, func(t *testing.T, b *Bucket) {
		ctx := context.Background()
		absent(t, b, "a/report.csv")
		info := put(t, b, "a/report.csv", "one,two\n")
		if info.Key != "a/report.csv" || info.Size != 8 || info.ContentType != "text/plain" || info.ETag == "" ||
			info.ModifiedAt.IsZero() {
			t.Errorf("Put gives %+v", info)
		}
		content, got := get(t, b, "a/report.csv", 0, -1)
		if content != "one,two\n" || got.Key != info.Key || got.Size != 8 || got.ContentType != "text/plain" ||
			got.ETag != info.ETag || got.ModifiedAt.IsZero() {
			t.Errorf("Get gives %q, %+v after %+v", content, got, info)
		}
		stat, err := b.Stat(ctx, "a/report.csv")
		if err != nil || stat != got {
			t.Errorf("Stat gives %+v, %v; Get gave %+v", stat, err, got)
		}

		// Another content in its place.
		next, err := b.Put(ctx, "a/report.csv", strings.NewReader("three"), -1, "")
		if err != nil || next.Size != 5 || next.ETag == info.ETag || next.ContentType != "application/octet-stream" {
			t.Errorf("the second Put gives %+v, %v", next, err)
		}
		if content, got := get(t, b, "a/report.csv", 0, -1); content != "three" || got.ETag != next.ETag ||
			got.ContentType != "application/octet-stream" {
			t.Errorf("after the second Put: %q, %+v", content, got)
		}
		if err := b.Delete(ctx, "a/report.csv"); err != nil {
			t.Fatal(err)
		}
		absent(t, b, "a/report.csv")
		if got := b.Probe(ctx); got.State != health.Up || got.Cause != nil {
			t.Errorf("Probe gives %+v", got)
		}
	})
}

func TestSizes(t *testing.T) {
	each(t, func(t *testing.T, b *Bucket) {
		ctx := context.Background()
		broken := errors.New("the caller's body broke")
		large := strings.Repeat("0123456789abcdef", (whole+whole/2)/16) // does not fit into memory at once
		for _, tc := range []struct {
			name   string
			r      io.Reader
			size   int64
			want   string
			refuse func(error) bool
		}{
			{"empty", strings.NewReader(""), 0, "", nil},
			{"empty, not announced", strings.NewReader(""), -1, "", nil},
			{"announced", strings.NewReader("abc"), 3, "abc", nil},
			{"byte by byte", iotest.OneByteReader(strings.NewReader("abc")), 3, "abc", nil},
			{"end with the data", iotest.DataErrReader(strings.NewReader("abc")), 3, "abc", nil},
			{"not announced", iotest.HalfReader(strings.NewReader("abcdef")), -1, "abcdef", nil},
			{"large", strings.NewReader(large), int64(len(large)), large, nil},
			{"large, not announced", strings.NewReader(large), -1, large, nil},
			{"shorter", strings.NewReader("abc"), 4, "", malformed},
			{"longer", strings.NewReader("abc"), 2, "", malformed},
			{"longer than empty", strings.NewReader("abc"), 0, "", malformed},
			{"large and shorter", strings.NewReader(large), int64(len(large)) + 1, "", malformed},
			{"large and longer", strings.NewReader(large), int64(len(large)) - 1, "", malformed},
			{
				"negative", strings.NewReader("abc"), -2, "", func(err error) bool {
					return fault.IsCode(err, fault.ValidationFailed)
				},
			},
			{
				"broken", io.MultiReader(strings.NewReader("ab"), iotest.ErrReader(broken)), 3, "", func(err error) bool {
					return err == broken
				},
			},
			{
				"broken at the end", io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(broken)), 3, "",
				func(err error) bool { return err == broken },
			},
			{"broken when empty", iotest.ErrReader(broken), 0, "", func(err error) bool { return err == broken }},
			{
				"broken, not announced", io.MultiReader(strings.NewReader("ab"), iotest.ErrReader(broken)), -1, "",
				func(err error) bool { return err == broken },
			},
			{
				"large and broken", io.MultiReader(strings.NewReader(large), iotest.ErrReader(broken)), int64(len(large)) + 1, "",
				func(err error) bool { return err == broken },
			},
			{
				"large and broken, not announced", io.MultiReader(strings.NewReader(large), iotest.ErrReader(broken)), -1, "",
				func(err error) bool { return err == broken },
			},
		} {
			put(t, b, "sizes", "former")
			info, err := b.Put(ctx, "sizes", tc.r, tc.size, "text/plain")
			content, got := get(t, b, "sizes", 0, -1)
			if tc.refuse != nil {
				if err == nil || !tc.refuse(err) {
					t.Errorf("%s: Put gives %v", tc.name, err)
				}
				if content != "former" {
					t.Errorf("%s: a refused Put leaves %d bytes", tc.name, len(content))
				}
				continue
			}
			if err != nil || info.Size != int64(len(tc.want)) {
				t.Errorf("%s: Put gives size %d, %v", tc.name, info.Size, err)
			}
			if content != tc.want || got.Size != int64(len(tc.want)) || got.ETag != info.ETag {
				t.Errorf("%s: reads back %d bytes, size %d; want %d", tc.name, len(content), got.Size, len(tc.want))
			}
		}
		if got, err := b.List(ctx, "", "", 0); err != nil || !slices.Equal(keys(got), []string{"sizes"}) {
			t.Errorf("refused Puts leave %v, %v", keys(got), err)
		}
	})
}

func malformed(err error) bool { return fault.IsCode(err, fault.Malformed) }

func TestManyParts(t *testing.T) {
	each(t, func(t *testing.T, b *Bucket) {
		content := make([]byte, partSize+partSize/4)
		for i := range content {
			content[i] = byte(i * 7 >> 3)
		}
		for _, size := range []int64{-1, int64(len(content))} {
			// Not a reader that could be read from the middle.
			info, err := b.Put(context.Background(), "large", io.MultiReader(bytes.NewReader(content)), size,
				"application/x-tar")
			if err != nil || info.Size != int64(len(content)) {
				t.Fatalf("Put of %d: %+v, %v", size, info, err)
			}
			got, stat := get(t, b, "large", 0, -1)
			if got != string(content) || stat.ETag != info.ETag || stat.ContentType != "application/x-tar" {
				t.Errorf("Put of %d reads back %d bytes, %+v", size, len(got), stat)
			}
		}
	})
}

func TestRanges(t *testing.T) {
	each(t, func(t *testing.T, b *Bucket) {
		put(t, b, "digits", "0123456789")
		put(t, b, "empty", "")
		for _, tc := range []struct {
			key            string
			offset, length int64
			want           string
		}{
			{"digits", 0, -1, "0123456789"}, {"digits", 0, 10, "0123456789"}, {"digits", 0, 1, "0"}, {"digits", 3, 4, "3456"},
			{"digits", 9, 1, "9"}, {"digits", 4, -1, "456789"}, {"digits", 8, 100, "89"}, {"digits", 0, 100, "0123456789"},
			{"digits", 0, 0, ""}, {"digits", 5, 0, ""}, {"digits", 10, -1, ""}, {"digits", 10, 5, ""}, {"digits", 11, 5, ""},
			{"digits", math.MaxInt64, math.MaxInt64, ""}, {"digits", 1, math.MaxInt64, "123456789"}, {
				"digits", 0, math.MaxInt64, "0123456789",
			},
			{"empty", 0, -1, ""}, {"empty", 0, 5, ""}, {"empty", 2, 5, ""}, {"empty", 2, -1, ""}, {"empty", 0, 0, ""},
		} {
			got, info := get(t, b, tc.key, tc.offset, tc.length)
			if got != tc.want {
				t.Errorf("%s from %d, %d bytes: %q, want %q", tc.key, tc.offset, tc.length, got, tc.want)
			}
			whole, err := b.Stat(context.Background(), tc.key)
			if err != nil || info != whole {
				t.Errorf("%s from %d, %d bytes: %+v, want that of the whole object, %+v", tc.key, tc.offset, tc.length, info, whole)
			}
		}
		for _, r := range [][2]int64{{-1, -1}, {0, -2}, {math.MinInt64, 1}} {
			if _, _, err := b.Get(context.Background(), "digits", r[0], r[1]); !fault.IsCode(err, fault.ValidationFailed) {
				t.Errorf("range %v: %v", r, err)
			}
		}
	})
}

// oddKeys are hard to keep as names of files, or in URLs.
var oddKeys = []string{
	"a", "a/b", "a/b/c", "a.obj", "a.obj/b", "a.obj/b.obj", ".obj/x", ".obj", "a%", "a%2Fb", "a%2F/b", "%+a", "%+a/b",
	"%/%",
	"...", ".a/..b", "a b", " / ", "a+b&c=d?e#f", "A", `a\b`, `"quoted"`, "<&>'", "größe/模型", "e\u0301", "\u00e9",
	"lock", "tmp/x", "keys/x", "~", "-", "a-b", "a0", "a/-", "COM1", "trailing.", "a/trailing /b",
	strings.Repeat("k", 80), strings.Repeat("k", 81), strings.Repeat("k", 80) + "/x", strings.Repeat("k", 80) + "-x",
	strings.Repeat("k", 80) + "0", strings.Repeat("k", 79), strings.Repeat("k", 79) + "/x", strings.Repeat("k", 79) + "-",
	strings.Repeat("k", 240) + "/" + strings.Repeat("%", 700), strings.Repeat("é", 300) + "x",
	strings.Repeat("é", 300) + "/x",
	"x" + strings.Repeat("é", 300), strings.Repeat("d/", 250) + "deep", strings.Repeat("k", 1000),
}

func TestOddKeys(t *testing.T) {
	each(t, func(t *testing.T, b *Bucket) {
		ctx := context.Background()
		for _, k := range oddKeys {
			put(t, b, k, "of "+k)
		}
		for _, k := range oddKeys {
			if got, info := get(t, b, k, 0, -1); got != "of "+k || info.Key != k {
				t.Errorf("%q reads back %q, key %q", k, got, info.Key)
			}
		}
		want := slices.Sorted(slices.Values(oddKeys))
		got, err := b.List(ctx, "", "", 0)
		if err != nil || !slices.Equal(keys(got), want) {
			t.Errorf("lists %q, %v\nwant %q", keys(got), err, want)
		}
		for i, k := range oddKeys {
			if err := b.Delete(ctx, k); err != nil {
				t.Fatal(err)
			}
			absent(t, b, k)
			if i%10 != 0 && i < len(oddKeys)-1 {
				continue
			}
			if got, err := b.List(ctx, "", "", 0); err != nil || len(got) != len(oddKeys)-i-1 {
				t.Fatalf("after Delete of %q %d are left of %d, %v", k, len(got), len(oddKeys)-i-1, err)
			}
		}
	})
}

func TestInvalidKeysAreRefused(t *testing.T) {
	each(t, func(t *testing.T, b *Bucket) {
		ctx := context.Background()
		for _, k := range []string{
			"", "/a", "a/", "a//b", ".", "..", "../../etc/passwd", "a/../../b", "a\x00b", "a\nb", "\xff",
			strings.Repeat("k", 1025),
		} {
			_, perr := b.Put(ctx, k, strings.NewReader("x"), 1, "")
			_, _, gerr := b.Get(ctx, k, 0, -1)
			_, serr := b.Stat(ctx, k)
			derr := b.Delete(ctx, k)
			for what, err := range map[string]error{"Put": perr, "Get": gerr, "Stat": serr, "Delete": derr} {
				if !fault.IsCode(err, fault.ValidationFailed) {
					t.Errorf("%s(%q): %v", what, k, err)
				}
			}
		}
		for _, ct := range []string{"text/plain\r\nX-Evil: 1", "text/pläin", strings.Repeat("t", 256)} {
			if _, err := b.Put(ctx, "a", strings.NewReader("x"), 1, ct); !fault.IsCode(err, fault.ValidationFailed) {
				t.Errorf("content type %q: %v", ct, err)
			}
		}
		for _, p := range []string{"\xff", "a\x00", strings.Repeat("k", 1025)} {
			if _, err := b.List(ctx, p, "", 1); !fault.IsCode(err, fault.ValidationFailed) {
				t.Errorf("prefix %q: %v", p, err)
			}
			if _, err := b.List(ctx, "", p, 1); !fault.IsCode(err, fault.ValidationFailed) {
				t.Errorf("after %q: %v", p, err)
			}
		}
		if got, err := b.List(ctx, "", "", 0); err != nil || len(got) != 0 {
			t.Errorf("left behind: %v, %v", keys(got), err)
		}
	})
}

func TestList(t *testing.T) {
	each(t, func(t *testing.T, b *Bucket) {
		ctx := context.Background()
		if got, err := b.List(ctx, "", "", 10); err != nil || got == nil || len(got) != 0 {
			t.Errorf("the list of nothing is %v, %v", got, err)
		}
		all := map[string]bool{}
		rnd := rand.New(rand.NewPCG(1, 2))
		for len(all) < 120 {
			// Few letters, among them neighbours of the slash, make keys that are hard to order.
			n := 1 + rnd.IntN(3)
			segments := make([]string, n)
			for i := range segments {
				segments[i] = strings.Repeat("p", []int{0, 0, 79, 80, 81}[rnd.IntN(5)]) + string("-.0a%é"[rnd.IntN(5)]) +
					[]string{"", "-", "0", "z"}[rnd.IntN(4)]
			}
			if k := strings.Join(segments, "/"); object.ValidKey(k) == nil {
				all[k] = true
			}
		}
		for k := range all {
			put(t, b, k, k)
		}
		sorted := slices.Sorted(maps.Keys(all))
		want := func(prefix, after string, limit int) []string {
			out := []string{}
			for _, k := range sorted {
				if strings.HasPrefix(k, prefix) && k > after && len(out) < limit {
					out = append(out, k)
				}
			}
			return out
		}
		prefixes := []string{"", "/", "nothing", "a", "a/", "pppp", strings.Repeat("p", 80), strings.Repeat("p", 80) + "a"}
		afters := []string{"", "/", "a", "a/", "a/z", "\U0010FFFF", strings.Repeat("p", 80), strings.Repeat("p", 79) + "a/"}
		for _, k := range sorted[:40] {
			prefixes = append(prefixes, k, k[:len(k)/2+1])
			afters = append(afters, k, k+"/")
		}
		for i, prefix := range prefixes {
			for _, after := range []string{"", afters[i%len(afters)], prefix} {
				for _, limit := range []int{1, 7, 1000} {
					got, err := b.List(ctx, prefix, after, limit)
					if err != nil || !slices.Equal(keys(got), want(prefix, after, limit)) {
						t.Errorf("List(%q, %q, %d) = %q, %v\nwant %q", prefix, after, limit, keys(got), err, want(prefix, after, limit))
					}
				}
			}
		}
		var paged []string
		for after := ""; ; {
			got, err := b.List(ctx, "", after, 13)
			if err != nil {
				t.Fatal(err)
			}
			if len(got) == 0 {
				break
			}
			for _, o := range got {
				if o.Size != int64(len(o.Key)) || o.ETag == "" || o.ModifiedAt.IsZero() {
					t.Errorf("lists %+v", o)
				}
			}
			paged = append(paged, keys(got)...)
			after = got[len(got)-1].Key
		}
		if !slices.Equal(paged, sorted) {
			t.Errorf("the pages have %d keys, want %d", len(paged), len(sorted))
		}
		for _, limit := range []int{0, -1, object.MaxList + 1} {
			if got, err := b.List(ctx, "", "", limit); err != nil || len(got) != len(all) {
				t.Errorf("limit %d gives %d, %v", limit, len(got), err)
			}
		}
	})
}

func TestReadersSeeWholeObjects(t *testing.T) {
	each(t, func(t *testing.T, b *Bucket) {
		ctx := context.Background()
		contents := map[string]string{} // by etag
		var mu sync.Mutex
		var writers, readers sync.WaitGroup
		put(t, b, "dir/shared", "start")
		info, err := b.Stat(ctx, "dir/shared")
		if err != nil {
			t.Fatal(err)
		}
		contents[info.ETag] = "start"
		done := make(chan struct{})
		for w := range 4 {
			writers.Go(func() {
				for i := range 8 {
					content := strings.Repeat(fmt.Sprintf("%d-%d ", w, i), 2000)
					info, err := b.Put(ctx, "dir/shared", strings.NewReader(content), -1, "text/plain")
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					contents[info.ETag] = content
					mu.Unlock()
					// Directories come and go at the same time.
					own := fmt.Sprintf("dir/%d/%d", w, i)
					if _, err := b.Put(ctx, own, strings.NewReader("x"), 1, ""); err != nil {
						t.Error(err)
					}
					if err := b.Delete(ctx, own); err != nil {
						t.Error(err)
					}
				}
			})
		}
		type seen struct{ etag, content string }
		var all []seen
		for range 2 {
			readers.Go(func() {
				for {
					select {
					case <-done:
						return
					default:
					}
					r, info, err := b.Get(ctx, "dir/shared", 0, -1)
					if err != nil {
						t.Error(err)
						return
					}
					content, err := io.ReadAll(r)
					r.Close()
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					all = append(all, seen{info.ETag, string(content)})
					mu.Unlock()
				}
			})
		}
		writers.Wait()
		close(done)
		readers.Wait()
		for _, s := range all {
			if contents[s.etag] != s.content {
				t.Fatalf("etag %s comes with %d bytes that are not its own", s.etag, len(s.content))
			}
		}
		got, err := b.List(ctx, "", "", 0)
		if err != nil || !slices.Equal(keys(got), []string{"dir/shared"}) {
			t.Errorf("left: %v, %v", keys(got), err)
		}
	})
}

func TestContextEnds(t *testing.T) {
	each(t, func(t *testing.T, b *Bucket) {
		put(t, b, "a", "former")
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_, perr := b.Put(ctx, "a", strings.NewReader("x"), 1, "")
		_, _, gerr := b.Get(ctx, "a", 0, -1)
		_, serr := b.Stat(ctx, "a")
		derr := b.Delete(ctx, "a")
		_, lerr := b.List(ctx, "", "", 1)
		for what, err := range map[string]error{"Put": perr, "Get": gerr, "Stat": serr, "Delete": derr, "List": lerr} {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if c := b.Probe(ctx); c.State != health.Down || c.Message == "" || c.Cause == nil {
			t.Errorf("Probe: %+v", c)
		}
		if got, _ := get(t, b, "a", 0, -1); got != "former" {
			t.Errorf("reads back %q", got)
		}

		// And in the middle of a Put.
		ctx, cancel = context.WithCancel(context.Background())
		defer cancel()
		r := io.MultiReader(strings.NewReader("x"), readerFunc(func([]byte) (int, error) { cancel(); return 0, nil }),
			strings.NewReader("y"))
		if _, err := b.Put(ctx, "a", r, 2, ""); !errors.Is(err, context.Canceled) {
			t.Errorf("Put that is cancelled: %v", err)
		}
		if got, _ := get(t, b, "a", 0, -1); got != "former" {
			t.Errorf("reads back %q", got)
		}
	})
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	f := s3test.New(t)
	for _, tc := range []struct{ name, url, says string }{
		{"nothing", "", "file://folder or s3://bucket"},
		{"a path", "/var/lib/alania", "file://folder or s3://bucket"},
		{"another scheme", "gs://bucket", "file://folder or s3://bucket"},
		{"not a URL", "s3://user:hunter2@bucket:port%zz/", "file://folder or s3://bucket"},
		{"a folder without a name", "file://", "file://relative/folder"},
		{"the root", "file:///", "file://relative/folder"},
		{"opaque", "file:data", "file://relative/folder"},
		{"a folder with a user", "file://user:hunter2@data/objects", "file://relative/folder"},
		{"a folder with a fragment", "file://data/objects#hunter2", "file://relative/folder"},
		{"a folder with options", "file://data/objects?hunter2=1", "takes none"},
		{"a folder that is a file", "file://" + file, "not a directory"},
		{"no bucket", "s3:///prefix", "s3://bucket"},
		{"a port", "s3://bucket:9000/", "s3://bucket"},
		{"a fragment", "s3://bucket#hunter2", "s3://bucket"},
		{"credentials in the URL", "s3://AKIA:hunter2@bucket", "AWS_ACCESS_KEY_ID"},
		{"credentials in the endpoint", "s3://bucket?endpoint=https://AKIA:hunter2@minio", "https://host"},
		{"an unknown option", "s3://bucket?secret_key=hunter2", "endpoint, region, path_style"},
		{"an option twice", "s3://bucket?region=a&region=b", "region is there twice"},
		{"an option that is not well-formed", "s3://bucket?endpoint=%zzhunter2", "endpoint, region, path_style"},
		{"a scheme of the endpoint", "s3://bucket?endpoint=ftp://minio", "https://host"},
		{"a path of the endpoint", "s3://bucket?endpoint=https://minio/path", "https://host"},
		{"a query of the endpoint", "s3://bucket?endpoint=https://minio%3Fhunter2=1", "https://host"},
		{"no endpoint's host", "s3://bucket?endpoint=https://", "https://host"},
		{"path style", "s3://bucket?path_style=hunter2", "true or false"},
		{"a prefix", "s3://bucket/a//b", "prefix"},
		{"a prefix that leaves", "s3://bucket/../b", "prefix"},
		{"a bucket that is not there", s3URL(f, "missing", ""), "does not exist"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			b, err := Open(context.Background(), tc.url)
			if err == nil {
				b.Close()
				t.Fatal("accepted")
			}
			if !strings.Contains(err.Error(), tc.says) {
				t.Errorf("says %q, want it to name %q", err, tc.says)
			}
			if strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), testSecret) {
				t.Errorf("gives a secret away: %q", err)
			}
		})
	}
}

// What a Put has left that was cut off is removed, and nothing else.
func TestAbandon(t *testing.T) {
	each(t, func(t *testing.T, b *Bucket) {
		ctx := context.Background()
		put(t, b, "a", "content")
		put(t, b, "ab", "another")
		switch e := b.engine.(type) {
		case *folder:
			for _, key := range []string{"a", "ab"} {
				if err := e.root.WriteFile(tmpDir+"/"+tmpPrefix(key)+"x", []byte("part"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		case *s3:
			for _, key := range []string{"a", "ab"} {
				if _, err := e.core.NewMultipartUpload(ctx, e.bucket, e.prefix+key, minio.PutObjectOptions{}); err != nil {
					t.Fatal(err)
				}
			}
		}
		left := func() int {
			switch e := b.engine.(type) {
			case *folder:
				names, err := e.names(tmpDir)
				if err != nil {
					t.Fatal(err)
				}
				return len(names)
			case *s3:
				found, err := e.core.ListMultipartUploads(ctx, e.bucket, e.prefix, "", "", "", 100)
				if err != nil {
					t.Fatal(err)
				}
				return len(found.Uploads)
			}
			return -1
		}
		for i, key := range []string{"a", "a", "ab"} {
			if err := b.Abandon(ctx, key); err != nil {
				t.Fatal(err)
			}
			if n, want := left(), []int{1, 1, 0}[i]; n != want {
				t.Errorf("%d are left behind %q, want %d", n, key, want)
			}
		}
		if got, _ := get(t, b, "a", 0, -1); got != "content" {
			t.Errorf("the object is %q", got)
		}
	})
}

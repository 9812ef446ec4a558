package objects

import (
	"bufio"
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/health"
)

// fakeS3 is as much of the S3 API as the client uses, for one bucket named "bucket".
type fakeS3 struct {
	server *httptest.Server

	mu      sync.Mutex
	objects map[string]stored
	uploads map[string]*upload
	answer  int // when set, the status of every answer
	gone    bool
	asked   int
}

type stored struct {
	content []byte
	ctype   string
	etag    string
	at      time.Time
}

type upload struct {
	key, ctype string
	parts      map[int][]byte
}

func newFakeS3(t *testing.T) *fakeS3 {
	t.Helper()
	f := &fakeS3{objects: map[string]stored{}, uploads: map[string]*upload{}}
	f.server = httptest.NewServer(f)
	t.Cleanup(f.server.Close)
	return f
}

// url gives the URL for Open of a bucket (and prefix) of this server.
func (f *fakeS3) url(bucket, opts string) string {
	return "s3://" + bucket + "?endpoint=" + url.QueryEscape(f.server.URL) + "&" + opts
}

func (f *fakeS3) add(key, content string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.store(key, "text/plain", []byte(content))
}

func (f *fakeS3) store(key, ctype string, content []byte) stored {
	sum := md5.Sum(content)
	o := stored{content, ctype, hex.EncodeToString(sum[:]), time.Now().UTC()}
	f.objects[key] = o
	return o
}

func (f *fakeS3) set(answer int, gone bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answer, f.gone = answer, gone
}

func (f *fakeS3) pending() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.uploads)
}

func (f *fakeS3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// The body first: the lock is not held while the client sends.
	body, err := payload(r)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked++
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	q := r.URL.Query()
	switch {
	case f.answer != 0:
		refuse(w, r, f.answer, http.StatusText(f.answer))
	case !strings.Contains(r.Header.Get("Authorization"), "Credential="+testID+"/"):
		refuse(w, r, http.StatusForbidden, "AccessDenied")
	case bucket != "bucket" || f.gone:
		refuse(w, r, http.StatusNotFound, "NoSuchBucket")
	case err != nil:
		refuse(w, r, http.StatusBadRequest, "IncompleteBody")
	case key == "" && q.Has("location"):
		answer(w, struct {
			XMLName xml.Name `xml:"LocationConstraint"`
			Region  string   `xml:",chardata"`
		}{Region: "us-east-1"})
	case key == "" && r.Method == http.MethodHead:
	case key == "" && q.Get("list-type") == "2":
		f.list(w, q)
	case r.Method == http.MethodPost && q.Has("uploads"):
		id := strconv.Itoa(f.asked)
		f.uploads[id] = &upload{key, r.Header.Get("Content-Type"), map[int][]byte{}}
		answer(w, struct {
			XMLName  xml.Name `xml:"InitiateMultipartUploadResult"`
			Bucket   string
			Key      string
			UploadID string `xml:"UploadId"`
		}{Bucket: bucket, Key: key, UploadID: id})
	case q.Has("uploadId"):
		f.upload(w, r, q, body)
	case r.Method == http.MethodPut:
		w.Header().Set("ETag", `"`+f.store(key, r.Header.Get("Content-Type"), body).etag+`"`)
	case r.Method == http.MethodDelete:
		delete(f.objects, key)
		w.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		f.get(w, r, key)
	default:
		refuse(w, r, http.StatusNotImplemented, "NotImplemented")
	}
}

func (f *fakeS3) upload(w http.ResponseWriter, r *http.Request, q url.Values, body []byte) {
	id := q.Get("uploadId")
	u := f.uploads[id]
	if u == nil {
		refuse(w, r, http.StatusNotFound, "NoSuchUpload")
		return
	}
	switch r.Method {
	case http.MethodPut:
		n, _ := strconv.Atoi(q.Get("partNumber"))
		u.parts[n] = body
		sum := md5.Sum(body)
		w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:])+`"`)
	case http.MethodDelete:
		delete(f.uploads, id)
		w.WriteHeader(http.StatusNoContent)
	case http.MethodPost:
		var content []byte
		for _, n := range slices.Sorted(maps.Keys(u.parts)) {
			content = append(content, u.parts[n]...)
		}
		delete(f.uploads, id)
		o := f.store(u.key, u.ctype, content)
		answer(w, struct {
			XMLName xml.Name `xml:"CompleteMultipartUploadResult"`
			Bucket  string
			Key     string
			ETag    string
		}{Bucket: "bucket", Key: u.key, ETag: `"` + o.etag + `"`})
	}
}

func (f *fakeS3) get(w http.ResponseWriter, r *http.Request, key string) {
	o, ok := f.objects[key]
	if !ok {
		refuse(w, r, http.StatusNotFound, "NoSuchKey")
		return
	}
	size := int64(len(o.content))
	from, to, status := int64(0), size, http.StatusOK
	if spec, ok := strings.CutPrefix(r.Header.Get("Range"), "bytes="); ok {
		first, last, _ := strings.Cut(spec, "-")
		from, _ = strconv.ParseInt(first, 10, 64)
		if n, err := strconv.ParseInt(last, 10, 64); err == nil && n < size {
			to = n + 1
		}
		if from >= size {
			refuse(w, r, http.StatusRequestedRangeNotSatisfiable, "InvalidRange")
			return
		}
		status = http.StatusPartialContent
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, to-1, size))
	}
	w.Header().Set("Content-Type", o.ctype)
	w.Header().Set("Content-Length", strconv.FormatInt(to-from, 10))
	w.Header().Set("ETag", `"`+o.etag+`"`)
	w.Header().Set("Last-Modified", o.at.Format(http.TimeFormat))
	w.WriteHeader(status)
	if r.Method == http.MethodGet {
		_, _ = w.Write(o.content[from:to])
	}
}

func (f *fakeS3) list(w http.ResponseWriter, q url.Values) {
	type content struct {
		Key          string
		LastModified string
		ETag         string
		Size         int64
		StorageClass string
	}
	type result struct {
		XMLName               xml.Name `xml:"ListBucketResult"`
		Name                  string
		Prefix                string
		EncodingType          string
		MaxKeys, KeyCount     int
		IsTruncated           bool
		NextContinuationToken string `xml:",omitempty"`
		Contents              []content
	}
	limit, err := strconv.Atoi(q.Get("max-keys"))
	if err != nil {
		limit = 1000
	}
	// Never more than a few, so that the client has to ask again.
	limit = min(limit, 50)
	after := q.Get("start-after")
	if token := q.Get("continuation-token"); token != "" {
		after = token
	}
	res := result{Name: "bucket", Prefix: url.QueryEscape(q.Get("prefix")), EncodingType: "url", MaxKeys: limit}
	last := ""
	for _, k := range slices.Sorted(maps.Keys(f.objects)) {
		if !strings.HasPrefix(k, q.Get("prefix")) || k <= after {
			continue
		}
		if len(res.Contents) == limit {
			res.IsTruncated, res.NextContinuationToken = true, last
			break
		}
		o := f.objects[k]
		last = k
		res.Contents = append(res.Contents, content{
			Key: url.QueryEscape(k), LastModified: o.at.Format("2006-01-02T15:04:05.000Z"),
			ETag: `"` + o.etag + `"`, Size: int64(len(o.content)), StorageClass: "STANDARD",
		})
	}
	res.KeyCount = len(res.Contents)
	answer(w, res)
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/xml")
	_, _ = io.WriteString(w, xml.Header)
	_ = xml.NewEncoder(w).Encode(v)
}

func refuse(w http.ResponseWriter, r *http.Request, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		answer(w, struct {
			XMLName xml.Name `xml:"Error"`
			Code    string
			Message string
		}{Code: code, Message: code + " with a driver's words"})
	}
}

// payload reads the body; over plain http it is in signed chunks: size;chunk-signature=…,
// the bytes, and again.
func payload(r *http.Request) ([]byte, error) {
	if !strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
		return io.ReadAll(r.Body)
	}
	var out bytes.Buffer
	in := bufio.NewReader(r.Body)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return nil, io.ErrUnexpectedEOF
		}
		size, _, _ := strings.Cut(strings.TrimSpace(line), ";")
		n, err := strconv.ParseInt(size, 16, 64)
		if err != nil {
			return nil, err
		}
		if _, err := io.CopyN(&out, in, n); err != nil {
			return nil, io.ErrUnexpectedEOF
		}
		if _, err := in.Discard(2); err != nil {
			return nil, io.ErrUnexpectedEOF
		}
		if n == 0 {
			want, err := strconv.Atoi(r.Header.Get("X-Amz-Decoded-Content-Length"))
			if err != nil || want != out.Len() {
				return nil, io.ErrUnexpectedEOF
			}
			return out.Bytes(), nil
		}
	}
}

func TestS3Failures(t *testing.T) {
	t.Parallel()
	f := newFakeS3(t)
	b := openURL(t, f.url("bucket", "path_style=true"))
	ctx := context.Background()
	put(t, b, "a", "content")
	all := func() map[string]error {
		out := map[string]error{}
		var mu sync.Mutex
		var wg sync.WaitGroup
		for what, call := range map[string]func() error{
			"Put":    func() error { _, err := b.Put(ctx, "a", strings.NewReader("x"), 1, ""); return err },
			"Get":    func() error { _, _, err := b.Get(ctx, "a", 0, -1); return err },
			"Stat":   func() error { _, err := b.Stat(ctx, "a"); return err },
			"Delete": func() error { return b.Delete(ctx, "a") },
			"List":   func() error { _, err := b.List(ctx, "", "", 1); return err },
		} {
			wg.Go(func() { // each asks again a few times
				err := call()
				mu.Lock()
				defer mu.Unlock()
				out[what] = err
			})
		}
		wg.Wait()
		return out
	}
	for _, tc := range []struct {
		name   string
		answer int
		code   fault.Code // empty: no fault of the caller's or of the moment
	}{
		{"it is down", http.StatusServiceUnavailable, fault.Unavailable},
		{"access is taken away", http.StatusForbidden, ""},
	} {
		f.set(tc.answer, false)
		for what, err := range all() {
			if err == nil {
				t.Errorf("%s: %s succeeds", tc.name, what)
			} else if tc.code != "" && !fault.IsCode(err, tc.code) {
				t.Errorf("%s: %s gives %v, want %s", tc.name, what, err, tc.code)
			} else if fault.IsCode(err, fault.NotFound) {
				t.Errorf("%s: %s gives %v", tc.name, what, err)
			}
		}
		c := b.Probe(ctx)
		if c.State != health.Down || c.Cause == nil || c.Message == "" || strings.Contains(c.Message, "driver's words") || strings.Contains(c.Message, "127.0.0.1") {
			t.Errorf("%s: Probe gives %+v", tc.name, c)
		}
	}
	f.set(0, true)
	if c := b.Probe(ctx); c.State != health.Down || c.Message != "The bucket of the object storage does not exist." {
		t.Errorf("without the bucket Probe gives %+v", c)
	}
	f.set(0, false)
	if got, _ := get(t, b, "a", 0, -1); got != "content" {
		t.Errorf("afterwards it reads %q", got)
	}
	if c := b.Probe(ctx); c.State != health.Up {
		t.Errorf("afterwards Probe gives %+v", c)
	}

	// Nobody listens any more.
	f.server.Close()
	for what, err := range all() {
		if !fault.IsCode(err, fault.Unavailable) {
			t.Errorf("without a server %s gives %v", what, err)
		}
	}
	if c := b.Probe(ctx); c.State != health.Down || strings.Contains(c.Message, "127.0.0.1") {
		t.Errorf("without a server Probe gives %+v", c)
	}
}

func TestS3FailedUploadsAreAborted(t *testing.T) {
	t.Parallel()
	f := newFakeS3(t)
	b := openURL(t, f.url("bucket", "path_style=true"))
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	content := make([]byte, partSize+1)
	r := io.MultiReader(bytes.NewReader(content), readerFunc(func([]byte) (int, error) {
		cancel()
		return 0, nil
	}), strings.NewReader("x"))
	if _, err := b.Put(ctx, "a", r, -1, ""); err == nil {
		t.Error("a cancelled upload succeeds")
	}
	if n := f.pending(); n != 0 {
		t.Errorf("%d uploads are left, and paid for", n)
	}
	absent(t, b, "a")
}

func TestS3LongKeysWithAPrefix(t *testing.T) {
	t.Parallel()
	b := openURL(t, newFakeS3(t).url("bucket/prefix", ""))
	fits, long := strings.Repeat("k", 1017), strings.Repeat("k", 1018)
	put(t, b, fits, "x")
	if got, _ := get(t, b, fits, 0, -1); got != "x" {
		t.Errorf("reads back %q", got)
	}
	if _, err := b.Put(context.Background(), long, strings.NewReader("x"), 1, ""); !fault.IsCode(err, fault.ValidationFailed) {
		t.Errorf("Put: %v", err)
	}
	if _, err := b.Stat(context.Background(), long); !fault.IsCode(err, fault.ValidationFailed) {
		t.Errorf("Stat: %v", err)
	}
	if _, err := b.List(context.Background(), long, "", 1); !fault.IsCode(err, fault.ValidationFailed) {
		t.Errorf("List: %v", err)
	}
}

func TestS3Credentials(t *testing.T) {
	// Not parallel: the environment is the process's.
	dir := t.TempDir()
	file := filepath.Join(dir, "credentials")
	if err := os.WriteFile(file, []byte("[default]\naws_access_key_id = "+testID+"\naws_secret_access_key = "+testSecret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	role := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/role" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		fmt.Fprintf(w, `{"AccessKeyId":%q,"SecretAccessKey":%q,"Token":"t","Expiration":%q}`,
			testID, testSecret, time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
	}))
	defer role.Close()
	f := newFakeS3(t)
	for _, tc := range []struct {
		name string
		env  map[string]string
		says string // empty: it opens
	}{
		{"environment", map[string]string{"AWS_ACCESS_KEY_ID": testID, "AWS_SECRET_ACCESS_KEY": testSecret}, ""},
		{"half of the environment", map[string]string{"AWS_ACCESS_KEY_ID": testID}, "AWS_SECRET_ACCESS_KEY"},
		{"file", map[string]string{"AWS_SHARED_CREDENTIALS_FILE": file}, ""},
		{"role", map[string]string{"AWS_CONTAINER_CREDENTIALS_FULL_URI": role.URL + "/role"}, ""},
		{"none", map[string]string{"AWS_CONTAINER_CREDENTIALS_FULL_URI": role.URL + "/none"}, "AWS_ACCESS_KEY_ID"},
		{"another's", map[string]string{"AWS_ACCESS_KEY_ID": "AKIAOTHER", "AWS_SECRET_ACCESS_KEY": testSecret}, "cannot be used"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, name := range []string{
				"AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY", "AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY", "AWS_PROFILE",
				"AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN",
				"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN",
			} {
				t.Setenv(name, "")
			}
			t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(dir, "missing"))
			t.Setenv("AWS_CONFIG_FILE", filepath.Join(dir, "missing"))
			for name, value := range tc.env {
				t.Setenv(name, value)
			}
			b, err := Open(context.Background(), f.url("bucket", ""))
			if tc.says == "" {
				if err != nil {
					t.Fatal(err)
				}
				put(t, b, "a", "x")
				if err := b.Close(); err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil {
				b.Close()
				t.Fatal("it opens")
			}
			if !strings.Contains(err.Error(), tc.says) || strings.Contains(err.Error(), testSecret) {
				t.Errorf("says %q, want it to name %q", err, tc.says)
			}
		})
	}
}

// Package s3test is as much of the S3 API as the platform's clients use, in the process
// of a test. Signatures are not checked, only that the access key is the known one.
package s3test

import (
	"bufio"
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// The credentials that the server takes, and its one bucket.
const (
	AccessKeyID     = "AKIATESTTESTTEST"
	SecretAccessKey = "very-secret-access-key"
	Bucket          = "bucket"
)

// Server is an S3 server with one bucket. It returns no more than 50 objects in a list, so
// that clients have to ask again.
type Server struct {
	URL   string
	close func()

	mu      sync.Mutex
	objects map[string]stored
	uploads map[string]*upload
	answer  int    // when set, the status of every answer
	code    string // and its error code
	gone    bool
	asked   int
	gets    int
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

// New starts a server that is closed with the test.
func New(t testing.TB) *Server {
	t.Helper()
	f := &Server{objects: map[string]stored{}, uploads: map[string]*upload{}}
	server := httptest.NewServer(f)
	f.URL, f.close = server.URL, server.Close
	t.Cleanup(server.Close)
	return f
}

// Close ends the server before the test ends.
func (f *Server) Close() { f.close() }

// Add puts an object.
func (f *Server) Add(key, content string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.store(key, "text/plain", []byte(content))
}

// Touch sets when an object was modified.
func (f *Server) Touch(key string, at time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	o := f.objects[key]
	o.at = at.UTC()
	f.objects[key] = o
}

// Remove deletes an object.
func (f *Server) Remove(key string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.objects, key)
}

func (f *Server) store(key, ctype string, content []byte) stored {
	sum := md5.Sum(content)
	o := stored{content, ctype, hex.EncodeToString(sum[:]), time.Now().UTC()}
	f.objects[key] = o
	return o
}

// Answer makes a status, with an error code, the answer to everything; the code may be
// empty, and 0 ends it.
func (f *Server) Answer(status int, code string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answer, f.code = status, code
}

// Drop removes the bucket, or restores it.
func (f *Server) Drop(gone bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.gone = gone
}

// Pending returns the number of uploads in parts that are neither complete nor aborted.
func (f *Server) Pending() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.uploads)
}

// Gets returns the number of requests for an object's content.
func (f *Server) Gets() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.gets
}

// ServeHTTP implements http.Handler.
func (f *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// The body first: the lock is not held while the client sends.
	body, err := payload(r)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked++
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	q := r.URL.Query()
	switch {
	case f.answer != 0:
		code := f.code
		if code == "" {
			code = http.StatusText(f.answer)
		}
		refuse(w, r, f.answer, code)
	case !strings.Contains(r.Header.Get("Authorization"), "Credential="+AccessKeyID+"/"):
		refuse(w, r, http.StatusForbidden, "AccessDenied")
	case bucket != Bucket || f.gone:
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
	case key == "" && q.Has("uploads"):
		f.listUploads(w, q)
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

func (f *Server) upload(w http.ResponseWriter, r *http.Request, q url.Values, body []byte) {
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
		}{Bucket: Bucket, Key: u.key, ETag: `"` + o.etag + `"`})
	}
}

func (f *Server) listUploads(w http.ResponseWriter, q url.Values) {
	type pending struct {
		Key      string
		UploadID string `xml:"UploadId"`
	}
	var res struct {
		XMLName      xml.Name `xml:"ListMultipartUploadsResult"`
		Bucket       string
		EncodingType string
		Upload       []pending
	}
	res.Bucket, res.EncodingType = Bucket, "url"
	for id, u := range f.uploads {
		if strings.HasPrefix(u.key, q.Get("prefix")) {
			res.Upload = append(res.Upload, pending{url.QueryEscape(u.key), id})
		}
	}
	answer(w, res)
}

func (f *Server) get(w http.ResponseWriter, r *http.Request, key string) {
	o, ok := f.objects[key]
	if !ok {
		refuse(w, r, http.StatusNotFound, "NoSuchKey")
		return
	}
	if r.Method == http.MethodGet {
		f.gets++
	}
	if m := r.Header.Get("If-Match"); m != "" && strings.Trim(m, `"`) != o.etag {
		refuse(w, r, http.StatusPreconditionFailed, "PreconditionFailed")
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

func (f *Server) list(w http.ResponseWriter, q url.Values) {
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
	res := result{Name: Bucket, Prefix: url.QueryEscape(q.Get("prefix")), EncodingType: "url", MaxKeys: limit}
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

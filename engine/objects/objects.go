// Package objects keeps objects in a folder or in an S3 bucket. The URL says which:
//
//	file://data/objects          a folder, relative to the working directory
//	file:///var/lib/alania       a folder, absolute
//	s3://bucket/prefix?endpoint=https://minio.internal:9000&region=eu-west-1&path_style=true
//
// The options of s3 may be left out: without an endpoint it is Amazon's. Credentials are
// never in the URL; they come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, from the
// AWS credentials file, or from the machine's IAM role.
package objects

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/health"
	"github.com/alania-go/alania/domain/object"
	"github.com/alania-go/alania/domain/txn"
)

// engine is what a kind of storage does. Keys, prefixes, ranges and limits have been
// checked when they arrive here.
type engine interface {
	put(ctx context.Context, key string, src *source, size int64, contentType string) (object.Info, error)
	get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, object.Info, error)
	stat(ctx context.Context, key string) (object.Info, error)
	remove(ctx context.Context, key string) error
	abandon(ctx context.Context, key string) error
	list(ctx context.Context, prefix, after string, limit int) ([]object.Info, error)
	probe(ctx context.Context) health.Check
	close() error
}

// Bucket is an opened store. It is safe for concurrent use.
type Bucket struct {
	engine engine
}

var _ object.Store = (*Bucket)(nil)

// Open opens the store that the URL names and makes sure that it works: the folder can
// be written, the bucket exists and the credentials are taken. Its errors say what is
// accepted and carry nothing of the URL that may be secret.
func Open(ctx context.Context, rawURL string) (*Bucket, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		// What url.Parse says quotes the URL.
		return nil, errors.New("objects: not a URL; it is file://folder or s3://bucket")
	}
	var e engine
	switch u.Scheme {
	case "file":
		e, err = openFolder(u)
	case "s3":
		e, err = openS3(ctx, u)
	default:
		err = fmt.Errorf("the scheme is %q; it is file://folder or s3://bucket", u.Scheme)
	}
	if err != nil {
		return nil, fmt.Errorf("objects: %w", err)
	}
	return &Bucket{engine: e}, nil
}

// options returns the URL's query; one that has other names than these, or one twice, is refused.
func options(u *url.URL, names ...string) (map[string]string, error) {
	accepted := "it takes none"
	if len(names) > 0 {
		accepted = "it takes " + strings.Join(names, ", ")
	}
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, errors.New("the options after ? are not well-formed; " + accepted)
	}
	out := make(map[string]string, len(q))
	for _, name := range names {
		if len(q[name]) > 1 {
			return nil, fmt.Errorf("the option %s is there twice", name)
		}
		out[name] = q.Get(name)
		delete(q, name)
	}
	if len(q) > 0 {
		return nil, errors.New("an option after ? is not known; " + accepted)
	}
	return out, nil
}

// Put implements object.Store.
func (b *Bucket) Put(
	ctx context.Context, key string, r io.Reader, size int64, contentType string,
) (object.Info, error) {
	txn.Outside(ctx, clientName)
	if err := object.ValidKey(key); err != nil {
		return object.Info{}, err
	}
	if size < -1 {
		return object.Info{}, fault.New(fault.ValidationFailed, "The size of an object must not be negative.")
	}
	if contentType == "" {
		contentType = "application/octet-stream"
	}
	if len(contentType) > object.MaxContentType ||
		strings.ContainsFunc(contentType, func(c rune) bool { return c < ' ' || c > '~' }) {
		return object.Info{}, fault.New(fault.ValidationFailed, "A content type is 255 printable ASCII characters at most.")
	}
	src := &source{ctx: ctx, r: r, left: size}
	if size == 0 {
		// An HTTP client does not read the body of an empty object: look here.
		if err := src.end(); err != nil {
			return object.Info{}, err
		}
	}
	info, err := b.engine.put(ctx, key, src, size, contentType)
	if err != nil && src.err != nil {
		return object.Info{}, src.err
	}
	return info, err
}

// Get implements object.Store.
func (b *Bucket) Get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, object.Info, error) {
	txn.Outside(ctx, clientName)
	if err := object.ValidKey(key); err != nil {
		return nil, object.Info{}, err
	}
	if offset < 0 || length < -1 {
		return nil, object.Info{}, fault.New(fault.ValidationFailed, "A range of an object must not be negative.")
	}
	return b.engine.get(ctx, key, offset, length)
}

// Stat implements object.Store.
func (b *Bucket) Stat(ctx context.Context, key string) (object.Info, error) {
	txn.Outside(ctx, clientName)
	if err := object.ValidKey(key); err != nil {
		return object.Info{}, err
	}
	return b.engine.stat(ctx, key)
}

// Delete implements object.Store.
func (b *Bucket) Delete(ctx context.Context, key string) error {
	txn.Outside(ctx, clientName)
	if err := object.ValidKey(key); err != nil {
		return err
	}
	return b.engine.remove(ctx, key)
}

// Abandon implements object.Store.
func (b *Bucket) Abandon(ctx context.Context, key string) error {
	txn.Outside(ctx, clientName)
	if err := object.ValidKey(key); err != nil {
		return err
	}
	return b.engine.abandon(ctx, key)
}

// List implements object.Store.
func (b *Bucket) List(ctx context.Context, prefix, after string, limit int) ([]object.Info, error) {
	txn.Outside(ctx, clientName)
	for _, s := range []string{prefix, after} {
		if len(s) > object.MaxKey || !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			return nil, fault.New(fault.ValidationFailed, "A list begins with 1,024 bytes of UTF-8 at most.")
		}
	}
	if limit < 1 || limit > object.MaxList {
		limit = object.MaxList
	}
	return b.engine.list(ctx, prefix, after, limit)
}

// Probe reports whether objects can be written and read; it is a health.Probe.
func (b *Bucket) Probe(ctx context.Context) health.Check { return b.engine.probe(ctx) }

// Close lets go of the folder or the connections. Readers that Get returned stay usable in
// a folder; with S3 they may break.
func (b *Bucket) Close() error { return b.engine.close() }

// source reads what is put. It hands out the last byte only when it has seen that none
// follows: a content of another size than announced never becomes a whole request, and
// so never an object.
type source struct {
	ctx  context.Context
	r    io.Reader
	left int64 // bytes that are still to come; -1 when it is not known
	done bool  // the end was seen
	err  error // why reading failed: the caller's own error, not the storage's
}

func (s *source) Read(p []byte) (int, error) {
	switch {
	case s.err != nil:
		return 0, s.err
	case s.done:
		return 0, io.EOF
	case len(p) == 0:
		return 0, nil
	}
	if err := s.ctx.Err(); err != nil {
		return 0, s.fail(err)
	}
	if s.left < 0 {
		n, err := s.r.Read(p)
		if err == io.EOF {
			s.done = true
		} else if err != nil {
			return 0, s.fail(err)
		}
		return n, err
	}
	n, err := s.r.Read(p[:min(int64(len(p)), s.left)])
	s.left -= int64(n)
	switch {
	case err == io.EOF && s.left > 0:
		return 0, s.fail(wrongSize())
	case err != nil && err != io.EOF:
		return 0, s.fail(err)
	case err == io.EOF:
		s.done = true
	case s.left == 0:
		if err := s.end(); err != nil {
			return 0, err
		}
	}
	return n, nil
}

// end makes sure that nothing follows.
func (s *source) end() error {
	var one [1]byte
	switch _, err := io.ReadFull(s.r, one[:]); err {
	case io.EOF:
		s.done = true
		return nil
	case nil:
		return s.fail(wrongSize())
	default:
		return s.fail(err)
	}
}

func (s *source) fail(err error) error {
	s.err = err
	return err
}

func wrongSize() error {
	return fault.New(fault.Malformed, "The content is not as long as was announced.")
}

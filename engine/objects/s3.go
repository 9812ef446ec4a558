package objects

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/health"
	"github.com/alania-go/alania/domain/object"
	"github.com/alania-go/alania/engine/guard"
)

const (
	// openTimeout bounds the look for credentials and for the bucket at start.
	openTimeout = 15 * time.Second
	// attempts of a request that may be repeated; the pause before each grows to a second.
	attempts = 3
	// whole is how many bytes are held in memory so that the request can be repeated;
	// what is larger streams.
	whole = 1 << 20
)

const clientName = "objects"

// times are how long the S3 API may take, whatever it does.
type times struct {
	call    time.Duration // for what is no stream: to describe, list or remove objects
	stream  time.Duration // for the content of an object
	silence time.Duration // without a byte
}

var usual = times{call: 30 * time.Second, stream: time.Hour, silence: time.Minute}

const (
	metadataTimeout = 5 * time.Second
	slowest         = 64 << 10 // bytes a second at which content of known size is sent
)

// s3 keeps objects in a bucket of an S3 API, below a prefix.
type s3 struct {
	core      minio.Core
	transport *guard.Transport
	times     times
	bucket    string
	prefix    string // empty, or with a slash at its end
}

func openS3(ctx context.Context, u *url.URL) (engine, error) {
	s, creds, err := newS3(u, usual)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	v, err := creds.GetWithContext(&credentials.CredContext{Client: metadata(openTimeout), Context: ctx})
	if err != nil || v.AccessKeyID == "" || v.SecretAccessKey == "" {
		// Without any, the client would ask as anybody and be told that access is denied.
		return nil, errors.New("no S3 credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or use a credentials " +
			"file or an IAM role")
	}
	exists, err := s.core.BucketExists(ctx, s.bucket)
	if err == nil && !exists {
		err = errors.New("it does not exist")
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the bucket cannot be used: %w", err), s.close())
	}
	return s, nil
}

// newS3 makes the client; it asks nobody.
func newS3(u *url.URL, t times) (*s3, *credentials.Credentials, error) {
	if u.User != nil {
		return nil, nil, errors.New("the URL must not carry credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	}
	if u.Host == "" || u.Opaque != "" || u.Fragment != "" || strings.Contains(u.Host, ":") {
		return nil, nil, errors.New("the URL of a bucket is s3://bucket or s3://bucket/prefix; where it is, is the option " +
			"endpoint")
	}
	prefix := strings.Trim(u.Path, "/")
	if prefix != "" {
		if err := object.ValidKey(prefix); err != nil {
			return nil, nil, fmt.Errorf("the prefix is not well-formed: %w", err)
		}
		prefix += "/"
	}
	opt, err := options(u, "endpoint", "region", "path_style")
	if err != nil {
		return nil, nil, err
	}
	host, secure, err := endpoint(opt["endpoint"])
	if err != nil {
		return nil, nil, err
	}
	lookup := minio.BucketLookupAuto // Amazon's own get the bucket in the host, others in the path
	switch opt["path_style"] {
	case "":
	case "true":
		lookup = minio.BucketLookupPath
	case "false":
		lookup = minio.BucketLookupDNS
	default:
		return nil, nil, errors.New("the option path_style is true or false")
	}
	region := opt["region"]
	for _, name := range []string{"AWS_REGION", "AWS_DEFAULT_REGION"} {
		if region == "" {
			region = os.Getenv(name)
		}
	}
	transport := guard.Operator().Transport(guard.Limits{
		Client: clientName, Total: t.stream, Silence: t.silence, Body: guard.Stream, Verbatim: true,
	})
	creds := credentials.NewChainCredentials([]credentials.Provider{
		&credentials.EnvAWS{},
		&credentials.FileAWSCredentials{},
		// The metadata service is one hop away, or not there at all.
		&credentials.IAM{Client: metadata(metadataTimeout), Region: region},
	})
	client, err := minio.New(host, &minio.Options{
		Creds: creds, Secure: secure, Transport: transport,
		Region: region, BucketLookup: lookup, MaxRetries: attempts,
	})
	if err != nil {
		return nil, nil, errors.New("the option endpoint is not an S3 endpoint: it is https://host, https://host:port or " +
			"http://host:port")
	}
	return &s3{core: minio.Core{Client: client}, transport: transport, times: t, bucket: u.Host, prefix: prefix}, creds,
		nil
}

// metadata makes the client that asks where the machine is for credentials.
func metadata(timeout time.Duration) *http.Client {
	return guard.Operator().Client(guard.Limits{Client: clientName, Total: timeout, Body: 1 << 20})
}

// endpoint returns host and port, and whether to use TLS.
func endpoint(raw string) (host string, secure bool, err error) {
	if raw == "" {
		return "s3.amazonaws.com", true, nil
	}
	if !strings.Contains(raw, "://") {
		raw = "https://" + raw
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil ||
		strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return "", false, errors.New("the option endpoint is https://host, https://host:port or http://host:port")
	}
	return u.Host, u.Scheme == "https", nil
}

// fail says in the platform's words what the S3 API answered.
func fail(err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	switch e := minio.ToErrorResponse(err); {
	case e.Code == minio.NoSuchKey:
		return fault.NewNotFound("object")
	case e.StatusCode == 0, e.StatusCode == http.StatusTooManyRequests, e.StatusCode >= 500:
		return fault.New(fault.Unavailable, "The object storage does not answer for now; try again.").WithCause(err)
	default:
		return fmt.Errorf("objects: %w", err)
	}
}

// name returns the name in the bucket.
func (s *s3) name(key string) (string, error) {
	if len(s.prefix)+len(key) > object.MaxKey {
		return "", fault.New(fault.ValidationFailed, "The object key is too long for this store.")
	}
	return s.prefix + key, nil
}

func (s *s3) put(ctx context.Context, key string, src *source, size int64, contentType string) (object.Info, error) {
	name, err := s.name(key)
	if err != nil {
		return object.Info{}, err
	}
	var body io.Reader = src
	if size <= whole {
		b, err := io.ReadAll(io.LimitReader(src, whole+1))
		if err != nil {
			return object.Info{}, err
		}
		if len(b) <= whole {
			size, body = int64(len(b)), bytes.NewReader(b)
		} else {
			body = io.MultiReader(bytes.NewReader(b), src)
		}
	}
	most := s.times.stream
	if size >= 0 {
		most = min(most, s.times.call+time.Duration(size/slowest)*time.Second)
	}
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	opt := minio.PutObjectOptions{ContentType: contentType, DisableMultipart: true}
	var up minio.UploadInfo
	if size < 0 || size > single {
		up, err = s.putParts(ctx, name, body, size, opt)
	} else {
		up, err = s.core.Client.PutObject(ctx, s.bucket, name, body, size, opt)
	}
	if err != nil {
		return object.Info{}, fail(err)
	}
	if up.LastModified.IsZero() {
		up.LastModified = clock.System() // S3 does not tell after a single request
	}
	return object.Info{
		Key: key, Size: up.Size, ContentType: contentType,
		ETag: up.ETag, ModifiedAt: up.LastModified.UTC(),
	}, nil
}

func (s *s3) get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, object.Info, error) {
	name, err := s.name(key)
	if err != nil {
		return nil, object.Info{}, err
	}
	if length == 0 {
		return s.nothing(ctx, key)
	}
	var opt minio.GetObjectOptions
	ranged := true
	switch {
	case length > 0 && offset <= math.MaxInt64-length:
		err = opt.SetRange(offset, offset+length-1)
	case offset > 0:
		err = opt.SetRange(offset, 0) // to the end
	default:
		ranged = false
	}
	if err != nil {
		return nil, object.Info{}, err
	}
	body, found, header, err := s.core.GetObject(ctx, s.bucket, name, opt)
	if minio.ToErrorResponse(err).StatusCode == http.StatusRequestedRangeNotSatisfiable {
		return s.nothing(ctx, key)
	}
	if err != nil {
		return nil, object.Info{}, fail(err)
	}
	info := s.info(key, found)
	if r := header.Get("Content-Range"); r != "" {
		// The length of the answer is that of the range; the whole is after the slash.
		_, total, _ := strings.Cut(r, "/")
		info.Size, err = strconv.ParseInt(total, 10, 64)
	} else if ranged && info.Size > 0 && (offset > 0 || info.Size > length) {
		err = errors.New("the whole object came")
	}
	if err != nil {
		return nil, object.Info{}, errors.Join(fmt.Errorf("objects: the S3 server does not give ranges: %w", err),
			body.Close())
	}
	return body, info, nil
}

// nothing is the reader of an empty range.
func (s *s3) nothing(ctx context.Context, key string) (io.ReadCloser, object.Info, error) {
	info, err := s.stat(ctx, key)
	if err != nil {
		return nil, object.Info{}, err
	}
	return http.NoBody, info, nil
}

func (s *s3) info(key string, found minio.ObjectInfo) object.Info {
	return object.Info{
		Key: key, Size: found.Size, ContentType: found.ContentType,
		ETag: found.ETag, ModifiedAt: found.LastModified.UTC(),
	}
}

func (s *s3) stat(ctx context.Context, key string) (object.Info, error) {
	name, err := s.name(key)
	if err != nil {
		return object.Info{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.times.call)
	defer cancel()
	found, err := s.core.StatObject(ctx, s.bucket, name, minio.StatObjectOptions{})
	if err != nil {
		return object.Info{}, fail(err)
	}
	return s.info(key, found), nil
}

func (s *s3) remove(ctx context.Context, key string) error {
	name, err := s.name(key)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, s.times.call)
	defer cancel()
	err = fail(s.core.RemoveObject(ctx, s.bucket, name, minio.RemoveObjectOptions{}))
	if fault.IsCode(err, fault.NotFound) {
		return nil
	}
	return err
}

func (s *s3) list(ctx context.Context, prefix, after string, limit int) ([]object.Info, error) {
	if len(s.prefix)+max(len(prefix), len(after)) > object.MaxKey {
		return nil, fault.New(fault.ValidationFailed, "The object key is too long for this store.")
	}
	owner := false
	opt := minio.ListObjectsOptions{Prefix: s.prefix + prefix, Recursive: true, MaxKeys: limit, FetchOwner: &owner}
	if after != "" {
		opt.StartAfter = s.prefix + after
	}
	ctx, cancel := context.WithTimeout(ctx, s.times.call)
	defer cancel()
	found := []object.Info{}
	for o := range s.core.ListObjectsIter(ctx, s.bucket, opt) {
		if o.Err != nil {
			return nil, fail(o.Err)
		}
		key, ours := strings.CutPrefix(o.Key, s.prefix)
		if !ours || object.ValidKey(key) != nil {
			continue // such as a folder's own mark, which consoles make
		}
		found = append(found, s.info(key, o))
		if len(found) == limit {
			break
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err // the iterator has ended without a word
	}
	return found, nil
}

func (s *s3) probe(ctx context.Context) health.Check {
	ctx, cancel := context.WithTimeout(ctx, s.times.call)
	defer cancel()
	exists, err := s.core.BucketExists(ctx, s.bucket)
	switch {
	case err != nil:
		return health.Check{State: health.Down, Message: "The object storage does not answer as it should.", Cause: err}
	case !exists:
		return health.Check{
			State: health.Down, Message: "The bucket of the object storage does not exist.",
			Cause: errors.New("objects: no such bucket"),
		}
	}
	return health.Check{State: health.Up}
}

func (s *s3) close() error {
	s.transport.CloseIdleConnections()
	return nil
}

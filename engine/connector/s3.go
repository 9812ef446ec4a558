package connector

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	domain "github.com/alania-go/alania/domain/connector"
	"github.com/alania-go/alania/engine/guard"
)

const (
	maxList    = 2 << 20 // bytes of one answer that is no object's content
	listSize   = 500     // objects that are asked for at once: the longest keys fit into maxList
	maxListing = 20      // lists that one Read asks for: where nothing is new it returns an empty page
)

// s3Connector reads the objects of a bucket, or the JSON lines in them.
//
// S3 lists by key and cannot be asked for what is new, so every run lists everything
// under the prefix, in the order of the keys, and passes over the objects that were last
// modified before the former run began, less the overlap. The overlap is for uploads in
// parts: S3 dates such an object at the begin of its upload, and shows it at the end.
// What is passed twice for it is the same record again. In a run the checkpoint is the
// key after which to list, and the place in an object that is being read.
type s3Connector struct{ environment }

type s3Config struct {
	Endpoint        *string `json:"endpoint"`
	Region          string  `json:"region"`
	Bucket          string  `json:"bucket"`
	Prefix          string  `json:"prefix"`
	AccessKeyID     string  `json:"access_key_id"`
	SecretAccessKey string  `json:"secret_access_key"`
	SessionToken    string  `json:"session_token"`
	PathStyle       *bool   `json:"path_style"`
	Entity          string  `json:"entity"`
	Format          string  `json:"format"`
	IDPath          *string `json:"id_path"`
	UpdatedAtPath   *string `json:"updated_at_path"`
	Incremental     bool    `json:"incremental"`
	OverlapSeconds  int     `json:"overlap_seconds"`
}

// s3Place is where a source is in a run.
type s3Place struct {
	Config string     `json:"c"`
	Since  *time.Time `json:"since,omitempty"` // what was modified before is passed over
	Began  *time.Time `json:"began,omitempty"` // this run
	After  string     `json:"after,omitempty"` // the last key that is done with
	// The object that is being read.
	Key    string `json:"key,omitempty"`
	ETag   string `json:"etag,omitempty"`
	Offset int64  `json:"at,omitempty"`
	Line   int64  `json:"line,omitempty"`
}

// Definition implements connector.Connector.
func (c s3Connector) Definition() domain.Definition {
	return domain.Definition{
		ID: "s3", Name: "S3 bucket", SchemaVersion: "1.0.0", RequiredScopes: requiredScopes(),
		ConfigSchema: c.schema(s3Schema),
		Description: "Reads the objects under a prefix of a bucket of an S3 API: what they are called, or the JSON lines " +
			"that they hold.",
	}
}

// Check implements connector.Connector: it lists the bucket, and reads an object where
// objects are to be read.
func (c s3Connector) Check(ctx context.Context, cfg domain.Config) error {
	ctx, cancel := context.WithTimeout(ctx, c.checkTimeout())
	defer cancel()
	s, err := c.open(cfg)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	p, err := s.read(ctx, nil, 1)
	if err == nil && len(p.Failed) > 0 && s.cfg.Format == "jsonl" {
		return invalid("The first line cannot be taken: " + p.Failed[0].Message)
	}
	return err
}

// Open implements connector.Connector.
func (c s3Connector) Open(_ context.Context, cfg domain.Config) (domain.Source, error) {
	s, err := c.open(cfg)
	if err != nil {
		return nil, err
	}
	return s, nil
}

var (
	bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	regionName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,62}$`)
)

func (c s3Connector) open(raw domain.Config) (*s3Source, error) {
	cfg := s3Config{Entity: "objects", Format: "objects", Incremental: true, OverlapSeconds: 24 * 60 * 60}
	if err := decode(raw, &cfg); err != nil {
		return nil, err
	}
	s := &s3Source{cfg: cfg, now: c.now, most: c.readTimeout()}
	switch {
	case !printable(cfg.Entity, 100):
		return nil, invalid("The entity is 1 to 100 characters.")
	case !bucketName.MatchString(cfg.Bucket) || strings.Contains(cfg.Bucket, ".."):
		return nil, invalid("The bucket is not a name of a bucket.")
	case !regionName.MatchString(cfg.Region):
		return nil, invalid("The region is not well-formed; it is such as eu-central-1.")
	case cfg.Prefix != "" && !printable(cfg.Prefix, 1024):
		return nil, invalid("The prefix has control characters, or more than 1,024 bytes.")
	case !printable(cfg.AccessKeyID, 256) || !printable(cfg.SecretAccessKey, 1024) ||
		cfg.SessionToken != "" && !printable(cfg.SessionToken, 8192):
		return nil, invalid("access_key_id or secret_access_key is missing or not well-formed.")
	case cfg.OverlapSeconds < 0 || cfg.OverlapSeconds > maxLookback:
		return nil, invalid("overlap_seconds is 0 to 2,592,000.")
	}
	switch cfg.Format {
	case "objects":
		if cfg.IDPath != nil || cfg.UpdatedAtPath != nil {
			return nil, invalid("id_path and updated_at_path are for the format jsonl.")
		}
	case "jsonl":
		id, okID, okAt := "/id", false, true
		if cfg.IDPath != nil {
			id = *cfg.IDPath
		}
		s.id, okID = parsePointer(id)
		if cfg.UpdatedAtPath != nil {
			s.updatedAt, okAt = parsePointer(*cfg.UpdatedAtPath)
		}
		if !okID || !okAt {
			return nil, invalid("A path is not a JSON pointer: it is empty, or begins with a slash.")
		}
	default:
		return nil, invalid("The format is objects or jsonl.")
	}
	host, secure := "s3.amazonaws.com", true
	if cfg.Endpoint != nil {
		u, err := url.Parse(*cfg.Endpoint)
		if err != nil || u.Hostname() == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" ||
			u.Fragment != "" ||
			u.Scheme != "https" && (u.Scheme != "http" || !c.allowHTTP) {
			return nil, invalid("The endpoint is https://host or https://host:port.")
		}
		host, secure = u.Host, u.Scheme == "https"
	}
	lookup := minio.BucketLookupAuto // Amazon's own get the bucket in the host, others in the path
	if cfg.PathStyle != nil {
		lookup = minio.BucketLookupDNS
		if *cfg.PathStyle {
			lookup = minio.BucketLookupPath
		}
	}
	// An offset is one in the object as it is.
	s.transport = c.guard.Transport(c.limits(s3Client, true))
	client, err := minio.New(host, &minio.Options{
		Creds:  credentials.NewStaticV4(cfg.AccessKeyID, cfg.SecretAccessKey, cfg.SessionToken),
		Secure: secure, Transport: boundedTransport{s.transport}, Region: cfg.Region, BucketLookup: lookup, MaxRetries: 2,
	})
	if err != nil {
		return nil, invalid("The endpoint is not one of an S3 API.")
	}
	client.SetAppInfo("alania", "1")
	s.core = minio.Core{Client: client}
	s.config = fingerprint([]any{
		cfg.Endpoint, cfg.Region, cfg.Bucket, cfg.Prefix, cfg.Entity, cfg.Format, cfg.IDPath, cfg.UpdatedAtPath,
	})
	return s, nil
}

var errNoList = errors.New("the answer is no list of objects")

// boundedTransport bounds answers that the client reads into memory: all but objects. And
// it wants a list to be one: the client takes any page for a list without objects.
type boundedTransport struct{ next http.RoundTripper }

func (b boundedTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := b.next.RoundTrip(req)
	if err == nil && (req.URL.RawQuery != "" || resp.StatusCode > 299) {
		resp.Body = &capped{ReadCloser: resp.Body, left: maxList}
	}
	if err == nil && resp.StatusCode == http.StatusOK && req.URL.Query().Get("list-type") != "" {
		start := bufio.NewReaderSize(resp.Body, 1024)
		b, err := start.Peek(1024)
		if err == nil || err == io.EOF {
			err = nil
			if !bytes.Contains(b, []byte("<ListBucketResult")) {
				err = errNoList
			}
		}
		if err != nil {
			_ = resp.Body.Close()
			return nil, err
		}
		resp.Body = struct {
			io.Reader
			io.Closer
		}{start, resp.Body}
	}
	return resp, err
}

type s3Source struct {
	cfg           s3Config
	config        string
	now           func() time.Time
	transport     *guard.Transport
	core          minio.Core
	id, updatedAt pointer

	most   time.Duration // of one Read
	life   *life
	place  s3Place
	last   domain.Checkpoint
	queue  []minio.ObjectInfo // listed after place.After, and not done with
	listed bool               // there is nothing after the queue
	body   io.Closer          // of the object of place.Key
	lines  *bufio.Reader
	at     time.Time // when that was modified
	stale  int       // how often in a row the list was not true of an object
}

// Entities implements connector.Source.
func (s *s3Source) Entities() []string { return []string{s.cfg.Entity} }

// Close implements connector.Source.
func (s *s3Source) Close() error {
	s.drop()
	s.transport.CloseIdleConnections()
	return nil
}

func (s *s3Source) drop() {
	if s.life != nil {
		s.life.cancel(context.Canceled)
	}
	if s.body != nil {
		_ = s.body.Close()
	}
	s.life, s.last, s.queue, s.listed, s.body, s.lines = nil, nil, nil, false, nil, nil
}

// Read implements connector.Source.
func (s *s3Source) Read(ctx context.Context, entity string, after domain.Checkpoint, limit int) (domain.Page, error) {
	return readSingle(ctx, s, s.cfg.Entity, entity, after, limit)
}

func (s *s3Source) read(ctx context.Context, after domain.Checkpoint, limit int) (domain.Page, error) {
	if s.life == nil || !bytes.Equal(after, s.last) {
		s.drop()
		s.place = s3Place{}
		if !restore(after, &s.place) || s.place.Config != s.config || s.place.Offset < 0 {
			s.place = s3Place{Config: s.config}
		}
		s.life = newLife(s.most)
	}
	release := s.life.serve(ctx)
	defer release()
	out := newPage(limit)
	if err := s.fill(out); err != nil {
		return domain.Page{}, s.problem(err)
	}
	out.Next = save(s.place)
	s.last = out.Next
	return out.Page, nil
}

func (s *s3Source) fill(out *page) error {
	if s.place.Began == nil {
		now := s.now().UTC()
		s.place.Began = &now
	}
	for lists := 0; !out.full(); {
		if s.lines != nil {
			if err := s.line(out); err != nil {
				return err
			}
			continue
		}
		if len(s.queue) == 0 {
			if s.listed {
				s.finish(out)
				return nil
			}
			if lists++; lists > maxListing {
				return nil
			}
			if err := s.list(); err != nil {
				return err
			}
			continue
		}
		o := s.queue[0]
		if strings.HasSuffix(o.Key, "/") && o.Size == 0 ||
			s.cfg.Incremental && s.place.Since != nil && o.LastModified.Before(*s.place.Since) {
			s.next() // a folder's mark, which consoles make, or not new
			continue
		}
		if s.cfg.Format == "objects" {
			s.describe(out, &o)
			s.next()
			continue
		}
		if err := s.object(out, &o); err != nil {
			return err
		}
	}
	return nil
}

// list asks for the objects after the place.
func (s *s3Source) list() error {
	owner := false
	opt := minio.ListObjectsOptions{
		Prefix: s.cfg.Prefix, Recursive: true, MaxKeys: listSize, FetchOwner: &owner, StartAfter: s.place.After,
	}
	last := s.place.After
	for o := range s.core.ListObjectsIter(s.life, s.cfg.Bucket, opt) {
		if o.Err != nil {
			return o.Err
		}
		if o.Key <= last || !strings.HasPrefix(o.Key, s.cfg.Prefix) || len(o.Key) > 1024 {
			return bad("The bucket's list is not in the order of the keys, which is needed to read on in it.")
		}
		last = o.Key
		s.queue = append(s.queue, o)
		if len(s.queue) == listSize {
			return nil
		}
	}
	s.listed = true
	return s.life.Err() // the iterator ends without a word
}

// next is done with the first object of the queue.
func (s *s3Source) next() {
	p := &s.place
	p.After, p.Key, p.ETag, p.Offset, p.Line = s.queue[0].Key, "", "", 0, 0
	s.queue = s.queue[1:]
}

// finish makes the place the beginning of the next run.
func (s *s3Source) finish(out *page) {
	// To the second: that is all that some know of a modification.
	since := s.place.Began.Add(-time.Duration(s.cfg.OverlapSeconds) * time.Second).Truncate(time.Second)
	s.place = s3Place{Config: s.config, Since: &since}
	s.queue, s.listed, out.Done = nil, false, true
}

// describe makes a record of an object.
func (s *s3Source) describe(out *page, o *minio.ObjectInfo) {
	if !printable(o.Key, maxID) {
		out.fail("", "invalid_id", "The key of an object has control characters, or is not UTF-8.")
		return
	}
	data, err := json.Marshal(struct {
		Key          string    `json:"key"`
		Size         int64     `json:"size"`
		ETag         string    `json:"etag"`
		LastModified time.Time `json:"last_modified"`
	}{o.Key, o.Size, o.ETag, o.LastModified.UTC()})
	if err != nil {
		out.fail(o.Key, "invalid_object", "The object is described with a time that is none.")
		return
	}
	out.add(o.Key, data, &o.LastModified)
}

// object opens an object, at the place in it.
func (s *s3Source) object(out *page, o *minio.ObjectInfo) error {
	p := &s.place
	if p.Key != o.Key || p.ETag != o.ETag {
		p.Key, p.ETag, p.Offset, p.Line = o.Key, o.ETag, 0, 0 // not begun, or another content
	}
	if p.Offset >= o.Size {
		s.next()
		return nil
	}
	var opt minio.GetObjectOptions
	err := opt.SetMatchETag(o.ETag)
	if err == nil && p.Offset > 0 {
		err = opt.SetRange(p.Offset, 0)
	}
	if err != nil {
		return bad("The bucket's list has an object without an ETag.")
	}
	body, info, header, err := s.core.GetObject(s.life, s.cfg.Bucket, o.Key, opt)
	if err != nil {
		switch e := minio.ToErrorResponse(err); {
		case e.Code == minio.NoSuchKey:
			s.next() // deleted since it was listed
			return nil
		case e.StatusCode == http.StatusPreconditionFailed:
			return s.changed()
		case e.Code == "InvalidObjectState":
			out.fail("", "archived_object", "An object is archived and cannot be read.")
			s.next()
			return nil
		}
		return err
	}
	if info.ETag != o.ETag {
		_ = body.Close()
		return s.changed()
	}
	s.body, s.stale = body, 0
	if p.Offset > 0 {
		if first, _, ok := contentRange(header.Get("Content-Range")); !ok || first != p.Offset {
			return bad("The S3 endpoint does not give a part of an object as it was asked for.")
		}
	}
	s.at = o.LastModified
	s.lines = bufio.NewReaderSize(body, 64<<10)
	if p.Offset == 0 {
		if mark, err := s.lines.Peek(3); err == nil && string(mark) == "\xef\xbb\xbf" {
			_, _ = s.lines.Discard(3)
			p.Offset = 3
		}
	}
	return nil
}

// changed lists again: the object is not the one that was listed.
func (s *s3Source) changed() error {
	if s.stale++; s.stale > 3 {
		return &domain.Problem{
			Code: domain.BadResponse, Temporary: true, Message: "An object changes whenever it is to be read.",
		}
	}
	s.queue, s.listed = nil, false
	return nil
}

// line reads a line of the object.
func (s *s3Source) line(out *page) error {
	line, n, long, err := readLine(s.lines)
	if err != nil && err != io.EOF {
		return err
	}
	s.place.Offset += n
	if n > 0 {
		s.place.Line++
	}
	switch trimmed := bytes.TrimSpace(line); {
	case long:
		out.fail("", "too_large", s.where()+" is larger than 1 MiB.")
	case len(trimmed) == 0:
	case !json.Valid(trimmed):
		out.fail("", "invalid_json", s.where()+" is not well-formed JSON.")
	default:
		at := s.at
		out.addJSON(trimmed, s.id, s.updatedAt, &at)
	}
	if err == io.EOF {
		_ = s.body.Close()
		s.body, s.lines = nil, nil
		s.next()
	}
	return nil
}

// where names the line.
func (s *s3Source) where() string {
	line := "Line " + strconv.FormatInt(s.place.Line, 10)
	if printable(s.place.Key, maxID) {
		line += " of " + s.place.Key
	}
	return line
}

// readLine reads to the end of a line, n bytes. A long one is left out.
func readLine(r *bufio.Reader) (line []byte, n int64, long bool, err error) {
	for {
		part, err := r.ReadSlice('\n')
		n += int64(len(part))
		if long = long || n > maxRecord; long {
			line = nil
		} else if err == bufio.ErrBufferFull || line != nil {
			line = append(line, part...)
		} else {
			line = part
		}
		if err != bufio.ErrBufferFull {
			return line, n, long, err
		}
	}
}

const theEndpoint = "The S3 endpoint"

// problem says in the platform's words what the S3 API answered.
func (s *s3Source) problem(err error) error {
	err = s.life.why(err)
	if p := (*domain.Problem)(nil); errors.As(err, &p) {
		return p
	}
	if u := (*url.Error)(nil); errors.As(err, &u) {
		err = u.Err // not the signed URL
	}
	e := minio.ToErrorResponse(err)
	p := &domain.Problem{Code: domain.Unauthorized, Cause: err}
	var syntax *xml.SyntaxError
	switch {
	case e.Code == "InvalidAccessKeyId":
		p.Message = "The S3 endpoint does not know the access_key_id."
	case e.Code == "SignatureDoesNotMatch":
		p.Message = "The secret_access_key does not belong to the access_key_id."
	case e.Code == "ExpiredToken", e.Code == "InvalidToken":
		p.Message = "The session_token has expired, or is not valid."
	case e.Code == "RequestTimeTooSkewed":
		p.Message, p.Temporary = "The S3 endpoint finds the clocks too far apart.", true
	case e.Code == minio.NoSuchBucket:
		p.Code, p.Message = domain.NotFound, "The bucket does not exist."
	case e.Code == "PermanentRedirect", e.Code == "AuthorizationHeaderMalformed",
		e.Code == "IllegalLocationConstraintException",
		e.StatusCode >= 300 && e.StatusCode < 400:
		p.Code, p.Message = domain.InvalidConfig, "The bucket is in another region, or at another endpoint."
	case e.Code == "AccessDenied", e.StatusCode == http.StatusForbidden, e.StatusCode == http.StatusUnauthorized:
		p.Message = "The credentials may not read the bucket: they need s3:ListBucket, and s3:GetObject to read objects."
	case e.Code == "SlowDown", e.StatusCode == http.StatusTooManyRequests, e.StatusCode == http.StatusServiceUnavailable:
		p.Code, p.Message, p.Temporary = domain.RateLimited, "The S3 endpoint asks to slow down.", true
	case e.StatusCode >= 500:
		p.Code, p.Message, p.Temporary = domain.BadResponse, "The S3 endpoint fails for now.", true
	case e.StatusCode == http.StatusNotFound:
		p.Code, p.Message = domain.NotFound, "There is no such bucket at the endpoint."
	case e.StatusCode >= 400:
		p.Code, p.Message = domain.BadResponse,
			"The S3 endpoint does not accept the request: check endpoint, region and bucket."
	case errors.Is(err, errNoList), errors.Is(err, errTooLong), errors.As(err, &syntax), e.Code == minio.NotImplemented:
		p.Code, p.Message = domain.BadResponse, "The endpoint does not answer as an S3 API does."
	default:
		return network(theEndpoint, err)
	}
	return p
}

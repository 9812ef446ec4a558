package connector

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	domain "github.com/alania-go/alania/domain/connector"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/object"
)

// csvConnector reads a CSV file at a URL, or in the platform's object storage.
type csvConnector struct{ environment }

type csvConfig struct {
	Source struct {
		URL    *string `json:"url"`
		Object *string `json:"object"`
	} `json:"source"`
	Auth            *auth    `json:"auth"`
	Entity          string   `json:"entity"`
	IDColumn        string   `json:"id_column"`
	UpdatedAtColumn string   `json:"updated_at_column"`
	Delimiter       string   `json:"delimiter"`
	Header          bool     `json:"header"`
	Columns         []string `json:"columns"`
	Encoding        string   `json:"encoding"`
}

// csvPlace is where a source is in a version of the file.
type csvPlace struct {
	Config string      `json:"c"`
	File   fileVersion `json:"file"`
	Offset int64       `json:"at,omitempty"`  // bytes
	Row    int64       `json:"row,omitempty"` // rows before the offset, the header with them
	Done   bool        `json:"done,omitempty"`
}

// fileVersion tells one content of a file from another.
type fileVersion struct {
	ETag     string `json:"etag,omitempty"`
	Modified string `json:"modified,omitempty"`
	Size     int64  `json:"size"` // -1 when it is not told
}

// is says that two versions look the same, and sure that they are.
func (v fileVersion) is(o fileVersion) (same, sure bool) {
	switch {
	case v.Size >= 0 && o.Size >= 0 && v.Size != o.Size:
		return false, true
	case v.ETag != "" && o.ETag != "":
		return v.ETag == o.ETag, true
	case v.Modified != "" && o.Modified != "":
		return v.Modified == o.Modified, true
	}
	return v.Size >= 0 && o.Size >= 0, false
}

// Definition implements connector.Connector.
func (c csvConnector) Definition() domain.Definition {
	return domain.Definition{
		ID: "csv", Name: "CSV file", SchemaVersion: "1.0.0", RequiredScopes: requiredScopes(),
		ConfigSchema: c.schema(csvSchema),
		Description: "Reads the rows of a CSV file at a URL or in the platform's object storage, again when the file has " +
			"changed.",
	}
}

// Check implements connector.Connector: it reads the header and the first row.
func (c csvConnector) Check(ctx context.Context, cfg domain.Config) error {
	ctx, cancel := context.WithTimeout(ctx, c.checkTimeout())
	defer cancel()
	s, err := c.open(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	_, err = s.read(ctx, nil, 1)
	return err
}

// Open implements connector.Connector.
func (c csvConnector) Open(ctx context.Context, cfg domain.Config) (domain.Source, error) {
	s, err := c.open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (c csvConnector) open(ctx context.Context, raw domain.Config) (*csvSource, error) {
	cfg := csvConfig{Delimiter: ",", Header: true, Encoding: "utf-8"}
	if err := decode(raw, &cfg); err != nil {
		return nil, err
	}
	switch {
	case !printable(cfg.Entity, 100):
		return nil, invalid("The entity is 1 to 100 characters.")
	case !strings.EqualFold(cfg.Encoding, "utf-8"):
		return nil, invalid("The encoding is utf-8.")
	case len(cfg.Delimiter) != 1 || !strings.Contains(",;|\t", cfg.Delimiter):
		return nil, invalid("The delimiter is a comma, semicolon, tab or vertical bar.")
	case cfg.IDColumn == "":
		return nil, invalid("The id_column is missing.")
	case cfg.Header == (cfg.Columns != nil):
		return nil, invalid("columns names the columns of a file without a header; only then.")
	case (cfg.Source.URL == nil) == (cfg.Source.Object == nil), cfg.Source.Object != nil && cfg.Auth != nil:
		return nil, invalid("The source is a url or an object; auth is for a url.")
	}
	s := &csvSource{cfg: cfg, most: c.readTimeout()}
	s.config = fingerprint([]any{
		cfg.Source.URL, cfg.Source.Object, cfg.Entity, cfg.IDColumn, cfg.UpdatedAtColumn, cfg.Delimiter, cfg.Header,
		cfg.Columns,
	})
	if cfg.Columns != nil {
		if err := s.names(cfg.Columns); err != nil {
			return nil, err
		}
	}
	if cfg.Source.Object != nil {
		prefix, ok := domain.ObjectPrefix(ctx)
		if c.files == nil || !ok || !strings.HasSuffix(prefix, "/") {
			return nil, invalid("Objects of the platform cannot be read here: use a url.")
		}
		// No segment is a dot or two, so the key stays below the prefix.
		if object.ValidKey(*cfg.Source.Object) != nil || object.ValidKey(prefix+*cfg.Source.Object) != nil {
			return nil, invalid("The object is not a key of the object storage.")
		}
		s.file = &objectFile{store: c.files, key: prefix + *cfg.Source.Object}
		return s, nil
	}
	// An offset is one in the file as it is.
	w, err := newWeb(&c.environment, c.limits(csvClient, true), *cfg.Source.URL, nil, cfg.Auth)
	if err != nil {
		return nil, err
	}
	s.file = &webFile{web: w}
	return s, nil
}

// file is where the bytes come from.
type file interface {
	// open returns the bytes from offset on, or from the beginning, and says which. A nil
	// body says that the file still is the known version.
	open(ctx context.Context, offset int64, known *fileVersion) (io.ReadCloser, fileVersion, int64, error)
	problem(err error) error
	close()
}

// csvSource reads the file. It is read on from one Read to the next.
type csvSource struct {
	cfg    csvConfig
	config string
	file   file

	columns   []string
	keys      [][]byte // the columns as names in JSON, with quotes and colon
	id, since int      // columns; since is -1 when there is none

	most  time.Duration // of one Read
	life  *life
	body  io.ReadCloser
	rows  *csvRows
	place csvPlace
	last  domain.Checkpoint
}

// Entities implements connector.Source.
func (s *csvSource) Entities() []string { return []string{s.cfg.Entity} }

// Close implements connector.Source.
func (s *csvSource) Close() error {
	s.drop()
	s.file.close()
	return nil
}

func (s *csvSource) drop() {
	if s.life != nil {
		s.life.cancel(context.Canceled)
	}
	if s.body != nil {
		_ = s.body.Close()
	}
	s.life, s.body, s.rows, s.last = nil, nil, nil, nil
}

// Read implements connector.Source.
func (s *csvSource) Read(ctx context.Context, entity string, after domain.Checkpoint, limit int) (domain.Page, error) {
	return readSingle(ctx, s, s.cfg.Entity, entity, after, limit)
}

func (s *csvSource) read(ctx context.Context, after domain.Checkpoint, limit int) (domain.Page, error) {
	resume := false
	if s.life == nil || s.rows == nil || !bytes.Equal(after, s.last) {
		s.drop()
		s.place = csvPlace{}
		resume = restore(after, &s.place) && s.place.Config == s.config && s.place.Offset >= 0 && s.place.Row >= 0
		if !resume {
			s.place = csvPlace{Config: s.config}
		}
		s.life = newLife(s.most)
	}
	release := s.life.serve(ctx)
	defer release()
	out := newPage(limit)
	if err := s.fill(out, resume); err != nil {
		return domain.Page{}, s.problem(err)
	}
	out.Next = save(s.place)
	s.last = out.Next
	return out.Page, nil
}

func (s *csvSource) fill(out *page, resume bool) error {
	if s.rows == nil {
		unchanged, err := s.begin(resume)
		if err != nil {
			return err
		}
		if unchanged {
			out.Done = true
			return nil
		}
	}
	for !out.full() {
		fields, broken, err := s.rows.next()
		if err == io.EOF {
			s.stop()
			s.place.Done, s.place.Offset, out.Done = true, 0, true
			return nil
		}
		if err != nil {
			return err
		}
		s.place.Row++
		s.place.Offset = s.rows.offset
		s.take(out, fields, broken)
	}
	return nil
}

// begin opens the file at the place. When it is not the version that the place is in, the
// place becomes its beginning.
func (s *csvSource) begin(resume bool) (unchanged bool, err error) {
	var known *fileVersion
	if resume {
		known = &s.place.File
	}
	if resume && !s.place.Done && s.place.Offset > 0 {
		ok, err := s.resume(known)
		if ok || err != nil {
			return false, err
		}
	}
	if !s.place.Done {
		known = nil
	}
	body, version, _, err := s.file.open(s.life, 0, known)
	if err != nil {
		return false, err
	}
	if known != nil {
		same, sure := version.is(*known)
		if body == nil || same && sure {
			if body != nil {
				_ = body.Close()
			}
			return true, nil
		}
	}
	s.place = csvPlace{Config: s.config, File: version}
	s.start(body, 0)
	return false, s.head()
}

// resume goes on in the middle of the version; it returns false when that is gone.
func (s *csvSource) resume(known *fileVersion) (bool, error) {
	if s.cfg.Header && s.columns == nil {
		body, version, _, err := s.file.open(s.life, 0, nil)
		if err != nil {
			return false, err
		}
		s.start(body, 0)
		if same, _ := version.is(*known); !same {
			s.stop()
			return false, nil
		}
		was := s.place
		err = s.head()
		s.stop()
		if s.place = was; err != nil {
			return false, err
		}
	}
	body, version, at, err := s.file.open(s.life, s.place.Offset, nil)
	if err != nil {
		return false, err
	}
	s.start(body, at)
	if same, _ := version.is(*known); !same {
		s.stop()
		return false, nil
	}
	if n := s.place.Offset - at; n > 0 {
		if _, err := io.CopyN(io.Discard, body, n); err == io.EOF {
			s.stop() // shorter than it was
			return false, nil
		} else if err != nil {
			return false, err
		}
		s.rows.offset = s.place.Offset
	}
	return true, nil
}

func (s *csvSource) start(body io.ReadCloser, offset int64) {
	s.body = body
	s.rows = &csvRows{in: body, comma: s.cfg.Delimiter[0], offset: offset}
}

func (s *csvSource) stop() {
	_ = s.body.Close()
	s.body, s.rows = nil, nil
}

// head reads the byte order mark and the header.
func (s *csvSource) head() error {
	r := s.rows
	if err := r.fill(3); err != nil {
		return err
	}
	start := r.buf[r.from:r.to]
	switch {
	case bytes.HasPrefix(start, []byte("\xef\xbb\xbf")):
		r.drop(3)
	case bytes.HasPrefix(start, []byte("\xff\xfe")), bytes.HasPrefix(start, []byte("\xfe\xff")):
		return bad("The file is UTF-16: save it as UTF-8.")
	}
	s.place.Offset = r.offset
	if !s.cfg.Header {
		return nil
	}
	names, broken, err := r.next()
	if err == io.EOF {
		return bad("The file is empty: it has no header.")
	}
	if err != nil {
		return err
	}
	if broken != rowOK {
		return bad("The header of the file cannot be read: it is not a line of CSV in UTF-8.")
	}
	s.place.Row, s.place.Offset = 1, r.offset
	return s.names(names)
}

// names takes the names of the columns.
func (s *csvSource) names(names []string) error {
	s.columns, s.keys, s.id, s.since = nil, nil, -1, -1
	seen := make(map[string]int, len(names))
	for i, name := range names {
		if name == "" {
			name = "column_" + strconv.Itoa(i+1)
		}
		if j, twice := seen[name]; twice {
			return invalid(fmt.Sprintf("The columns %d and %d have the same name.", j+1, i+1))
		}
		seen[name] = i
		s.columns = append(s.columns, name)
		s.keys = append(s.keys, append(appendString(nil, name), ':'))
	}
	s.id = slices.Index(s.columns, s.cfg.IDColumn)
	if s.id < 0 {
		s.columns = nil
		return invalid("The file has no column with the name of id_column: check the name and the delimiter.")
	}
	if s.cfg.UpdatedAtColumn != "" {
		if s.since = slices.Index(s.columns, s.cfg.UpdatedAtColumn); s.since < 0 {
			s.columns = nil
			return invalid("The file has no column with the name of updated_at_column.")
		}
	}
	return nil
}

// take makes a record of a row.
func (s *csvSource) take(out *page, fields []string, broken string) {
	row := "Row " + strconv.FormatInt(s.place.Row, 10)
	switch broken {
	case rowOK:
	case rowMalformed:
		out.fail("", broken, row+" has a quote where CSV has none.")
		return
	case rowUnclosed:
		out.fail("", broken, row+" has a quote that does not close.")
		return
	case rowTooLarge:
		out.fail("", broken, row+" is larger than 1 MiB.")
		return
	case rowEncoding:
		out.fail("", broken, row+" is not UTF-8.")
		return
	}
	if len(fields) != len(s.columns) {
		out.fail("", "field_count",
			fmt.Sprintf("%s has %d fields; the file has %d columns.", row, len(fields), len(s.columns)))
		return
	}
	if fields[s.id] == "" {
		out.fail("", "missing_id", row+" has no id.")
		return
	}
	size := 2
	for i, f := range fields {
		size += len(s.keys[i]) + len(f) + 3
	}
	data := make([]byte, 0, size)
	for i, f := range fields {
		sign := byte(',')
		if i == 0 {
			sign = '{'
		}
		data = appendString(append(append(data, sign), s.keys[i]...), f)
	}
	var at *time.Time
	if s.since >= 0 {
		if t, ok := parseTime(fields[s.since]); ok {
			at = &t
		}
	}
	out.add(fields[s.id], append(data, '}'), at)
}

// appendString appends a valid UTF-8 text as a JSON string.
func appendString(dst []byte, s string) []byte {
	const hexDigits = "0123456789abcdef"
	dst = append(dst, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c == '\n':
			dst = append(dst, '\\', 'n')
		case c == '\r':
			dst = append(dst, '\\', 'r')
		case c == '\t':
			dst = append(dst, '\\', 't')
		case c < 0x20:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}

func (s *csvSource) problem(err error) error {
	return s.file.problem(s.life.why(err))
}

// webFile is a file at a URL.
type webFile struct{ web *web }

func (f *webFile) open(
	ctx context.Context, offset int64, known *fileVersion,
) (io.ReadCloser, fileVersion, int64, error) {
	header := http.Header{"Accept": {"text/csv, */*;q=0.5"}, "Accept-Encoding": {"identity"}}
	if offset > 0 {
		header.Set("Range", "bytes="+strconv.FormatInt(offset, 10)+"-")
	}
	if known != nil && known.ETag != "" {
		header.Set("If-None-Match", known.ETag)
	} else if known != nil && known.Modified != "" {
		header.Set("If-Modified-Since", known.Modified)
	}
	resp, err := f.web.get(ctx, f.web.origin, header)
	if err != nil {
		return nil, fileVersion{}, 0, err
	}
	version := fileVersion{
		ETag: kept(resp.Header.Get("ETag")), Modified: kept(resp.Header.Get("Last-Modified")), Size: resp.ContentLength,
	}
	switch {
	case resp.StatusCode == http.StatusNotModified && known != nil:
		discard(resp)
		return nil, *known, 0, nil
	case resp.StatusCode == http.StatusRequestedRangeNotSatisfiable && offset > 0:
		discard(resp) // there is nothing after the offset
		_, size, _ := strings.Cut(resp.Header.Get("Content-Range"), "/")
		if version.Size, err = strconv.ParseInt(size, 10, 64); err != nil {
			version.Size = -1
		}
		return http.NoBody, version, offset, nil
	case resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusPartialContent:
		discard(resp)
		return nil, fileVersion{}, 0, refusal(resp)
	}
	if coding := resp.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		_ = resp.Body.Close()
		return nil, fileVersion{}, 0, bad("The server compresses the file; it is read only as it is.")
	}
	if resp.StatusCode == http.StatusPartialContent {
		first, size, ok := contentRange(resp.Header.Get("Content-Range"))
		if !ok || offset == 0 || first != offset {
			_ = resp.Body.Close()
			return nil, fileVersion{}, 0, bad("The server gives another part of the file than it was asked for.")
		}
		version.Size = size
		return resp.Body, version, offset, nil
	}
	return resp.Body, version, 0, nil
}

// kept leaves out what is too long for a checkpoint.
func kept(validator string) string {
	if len(validator) > 512 {
		return ""
	}
	return validator
}

// contentRange reads "bytes 5-9/10"; the size is -1 when it is "*".
func contentRange(h string) (first, size int64, ok bool) {
	spec, found := strings.CutPrefix(h, "bytes ")
	span, whole, slash := strings.Cut(spec, "/")
	from, _, dash := strings.Cut(span, "-")
	first, err := strconv.ParseInt(from, 10, 64)
	if !found || !slash || !dash || err != nil {
		return 0, 0, false
	}
	if whole == "*" {
		return first, -1, true
	}
	size, err = strconv.ParseInt(whole, 10, 64)
	return first, size, err == nil
}

func (f *webFile) problem(err error) error { return network(theServer, err) }

func (f *webFile) close() { f.web.close() }

// objectFile is a file in the platform's object storage.
type objectFile struct {
	store object.Store
	key   string
}

func (f *objectFile) open(
	ctx context.Context, offset int64, known *fileVersion,
) (io.ReadCloser, fileVersion, int64, error) {
	if known != nil {
		info, err := f.store.Stat(ctx, f.key)
		if err != nil {
			return nil, fileVersion{}, 0, err
		}
		if v := versionOf(info); v == *known {
			return nil, v, 0, nil
		}
	}
	body, info, err := f.store.Get(ctx, f.key, offset, -1)
	if err != nil {
		return nil, fileVersion{}, 0, err
	}
	return body, versionOf(info), offset, nil
}

func versionOf(o object.Info) fileVersion {
	return fileVersion{ETag: kept(o.ETag), Modified: o.ModifiedAt.UTC().Format(time.RFC3339Nano), Size: o.Size}
}

func (f *objectFile) problem(err error) error {
	var p *domain.Problem
	switch {
	case errors.As(err, &p):
		return p
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return network("The object storage", err)
	case fault.IsCode(err, fault.NotFound):
		return &domain.Problem{Code: domain.NotFound, Message: "There is no such object in the object storage.", Cause: err}
	case fault.IsCode(err, fault.ValidationFailed):
		return &domain.Problem{
			Code: domain.InvalidConfig, Message: "The object is not a key of the object storage.", Cause: err,
		}
	}
	return &domain.Problem{
		Code: domain.Unreachable, Message: "The object storage does not answer for now.", Temporary: true, Cause: err,
	}
}

func (f *objectFile) close() {}

// Package connector reads other systems: tables of PostgreSQL, REST lists, CSV files and
// S3 buckets. Every connection goes through the guard, because a tenant chose where it
// goes, and everything that comes back is bounded, because a tenant may run what answers:
// a record by maxRecord, a page by pageBytes, a response by what its connector says.
//
// None of the connectors sees that something was deleted in the other system.
package connector

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	domain "github.com/alania-go/alania/domain/connector"
	"github.com/alania-go/alania/domain/object"
	"github.com/alania-go/alania/domain/storable"
	"github.com/alania-go/alania/engine/guard"
)

// Limits of what a connector takes in.
const (
	maxRecord = 1 << 20 // bytes of a record's data, and of a row or line before it is one
	maxID     = 1024    // bytes of an external id: as long as a key of S3
	pageBytes = 8 << 20 // bytes of records at which a page ends, however few they are

	maxLookback = 30 * 24 * 60 * 60 // seconds
)

// Time limits.
const (
	checkTimeout = 30 * time.Second // of a Check and of an Open
	readTimeout  = 2 * time.Minute  // of one Read
)

// maxResponse is how long one response may be read, by one Read after the other. Each Read has its
// own limit, and so have the bytes of whatever is held in memory.
const maxResponse = 6 * time.Hour

// environment is what the connectors share.
type environment struct {
	guard     *guard.Guard
	allowHTTP bool
	files     object.Store
	now       func() time.Time

	check, read time.Duration // time limits of tests; zero: the usual ones
}

func (e *environment) checkTimeout() time.Duration { return cmp.Or(e.check, checkTimeout) }
func (e *environment) readTimeout() time.Duration  { return cmp.Or(e.read, readTimeout) }

// limits are those of HTTP. The connectors bound by themselves what they hold in memory.
func (e *environment) limits(client string, verbatim bool) guard.Limits {
	return guard.Limits{Client: client, Total: maxResponse, Body: guard.Stream, Verbatim: verbatim}
}

// The names of the clients, which begin as their connectors' do.
const (
	csvClient      = "connector/csv"
	httpClient     = "connector/http_json"
	postgresClient = "connector/postgres"
	s3Client       = "connector/s3"
)

// All returns the connectors: csv, http_json, postgres and s3. Connections go through the
// guard; plain http is refused unless allowHTTP. files is where the csv connector finds
// objects of the platform; nil when there is none.
func All(g *guard.Guard, allowHTTP bool, files object.Store) []domain.Connector {
	env := environment{guard: g, allowHTTP: allowHTTP, files: files, now: time.Now}
	return []domain.Connector{csvConnector{env}, httpConnector{env}, postgresConnector{env}, s3Connector{env}}
}

// The schemas of the configurations.
var (
	//go:embed schema/csv.json
	csvSchema []byte
	//go:embed schema/http_json.json
	httpSchema []byte
	//go:embed schema/postgres.json
	postgresSchema []byte
	//go:embed schema/s3.json
	s3Schema []byte
)

// requiredScopes is what a caller needs to attach a connector.
func requiredScopes() []string { return []string{"integrations:write"} }

// schema returns a schema as it holds here: where plain http is allowed, for http too.
func (e *environment) schema(text []byte) json.RawMessage {
	if e.allowHTTP {
		return bytes.ReplaceAll(text, []byte(`"^https://`), []byte(`"^https?://`))
	}
	return slices.Clone(text)
}

// decode reads a configuration strictly into a struct that holds the defaults.
func decode(cfg domain.Config, into any) error {
	dec := json.NewDecoder(bytes.NewReader(cfg))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		// What json says may quote the text, and so a secret.
		return invalid("The configuration is not what the connector's schema describes.")
	}
	if _, err := dec.Token(); err != io.EOF {
		return invalid("There is more than one JSON value in the configuration.")
	}
	return nil
}

func invalid(message string) *domain.Problem {
	return &domain.Problem{Code: domain.InvalidConfig, Message: message}
}

// printable says that a text has 1 to most bytes and no control characters.
func printable(s string, most int) bool {
	return s != "" && len(s) <= most && utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

// fingerprint is a short hash of what was configured or seen. A checkpoint carries the
// one of its configuration, so that one of another table or bucket is not taken for its own.
func fingerprint(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings, numbers and structs of them
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// restore reads a checkpoint; one that is not this connector's leaves into as it is.
func restore(after domain.Checkpoint, into any) bool {
	return len(after) > 0 && json.Unmarshal(after, into) == nil
}

func save(checkpoint any) domain.Checkpoint {
	text, err := json.Marshal(checkpoint)
	if err != nil {
		panic(err) // strings and numbers
	}
	return text
}

// page is a Page in the making.
type page struct {
	domain.Page
	limit, bytes int
}

func newPage(limit int) *page { return &page{limit: max(limit, 1)} }

// full says that nothing more is to be added.
func (p *page) full() bool {
	return len(p.Records)+len(p.Failed) >= p.limit || p.bytes >= pageBytes
}

func (p *page) fail(id, code, message string) {
	if len(id) > maxID || !printable(id, maxID) {
		id = ""
	}
	p.bytes += len(id) + len(message)
	p.Failed = append(p.Failed, domain.RowError{ExternalID: id, Code: code, Message: message})
}

// add takes a record, or refuses one that the platform cannot keep. data is valid JSON.
func (p *page) add(id string, data json.RawMessage, at *time.Time) {
	switch {
	case id == "":
		p.fail("", "missing_id", "The record has no id.")
	case !printable(id, maxID):
		p.fail("", "invalid_id", "The id of the record is longer than 1,024 bytes, or has control characters.")
	case len(data) > maxRecord:
		p.fail(id, "too_large", "The record is larger than 1 MiB.")
	case !utf8.Valid(data):
		p.fail(id, "invalid_encoding", "The record is not UTF-8.")
	case at != nil && !storable.Time(*at):
		p.fail(id, "unsupported_value", "The record was updated at a time that is not in the years 1 to 9999 in UTC.")
	case endless(data):
		p.fail(id, "unsupported_value", "The record has a number with more than 1,000 digits.")
	default:
		if at != nil {
			utc := at.UTC()
			at = &utc
		}
		p.bytes += len(id) + len(data)
		p.Records = append(p.Records, domain.Record{ExternalID: id, Data: data, UpdatedAt: at})
	}
}

// endless finds numbers of valid JSON that a database cannot keep: 1e999999 is short to
// write, but no numeric of PostgreSQL.
func endless(data []byte) bool {
	const most = 1000
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case c == '"':
			for i++; data[i] != '"'; i++ {
				if data[i] == '\\' {
					i++
				}
			}
		case c >= '0' && c <= '9':
			start := i
			for i+1 < len(data) && (data[i+1] >= '0' && data[i+1] <= '9' || data[i+1] == '.') {
				i++
			}
			if i-start > most {
				return true
			}
			if i+1 < len(data) && data[i+1]|0x20 == 'e' {
				i++
				if data[i+1] == '+' || data[i+1] == '-' {
					i++
				}
				exponent := 0
				for i+1 < len(data) && data[i+1] >= '0' && data[i+1] <= '9' {
					i++
					exponent = min(exponent*10+int(data[i]-'0'), most+1)
				}
				if exponent > most {
					return true
				}
			}
		}
	}
	return false
}

// addJSON takes a JSON value whose id and time are at the pointers in it.
func (p *page) addJSON(raw json.RawMessage, id, updatedAt pointer, otherwise *time.Time) {
	if len(raw) > maxRecord {
		p.fail("", "too_large", "The record is larger than 1 MiB.")
		return
	}
	if trimmed := bytes.TrimLeft(raw, " \t\r\n"); len(trimmed) == 0 || trimmed[0] != '{' {
		p.fail("", "not_an_object", "The record is not a JSON object.")
		return
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		p.fail("", "invalid_json", "The record is not well-formed JSON.")
		return
	}
	value, found := id.member(members)
	if !found || string(value) == "null" {
		p.fail("", "missing_id", "The record has no value at id_path.")
		return
	}
	name, ok := scalar(value)
	if !ok {
		p.fail("", "invalid_id", "The value at id_path is neither a string nor a number.")
		return
	}
	at := otherwise
	if updatedAt != nil {
		if value, found := updatedAt.member(members); found {
			if text, ok := scalar(value); ok {
				if t, ok := parseTime(text); ok {
					at = &t
				}
			}
		}
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, raw); err != nil {
		p.fail(name, "invalid_json", "The record is not well-formed JSON.")
		return
	}
	p.add(name, compact.Bytes(), at)
}

// scalar returns a string or number as text.
func scalar(raw json.RawMessage) (string, bool) {
	if len(raw) == 0 {
		return "", false
	}
	if raw[0] == '"' {
		var s string
		err := json.Unmarshal(raw, &s)
		return s, err == nil
	}
	if c := raw[0]; c == '-' || c >= '0' && c <= '9' {
		return string(raw), true
	}
	return "", false
}

var timeLayouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999Z07:00",
	"2006-01-02 15:04:05.999999999Z07", "2006-01-02 15:04:05.999999999", time.DateOnly,
}

// parseTime reads the times that systems tell: RFC 3339, also with a blank or without a
// zone (taken as UTC), a date, and seconds or milliseconds since 1970.
func parseTime(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), true
		}
	}
	return unixTime(s)
}

func unixTime(s string) (time.Time, bool) {
	whole, fraction, _ := strings.Cut(s, ".")
	if len(whole) < 9 || len(whole) > 13 || len(fraction) > 9 || strings.Trim(whole+fraction, "0123456789") != "" {
		return time.Time{}, false
	}
	var n, nanos int64
	for _, c := range whole {
		n = n*10 + int64(c-'0')
	}
	if len(whole) >= 12 {
		return time.UnixMilli(n).UTC(), true
	}
	for i := range 9 {
		nanos *= 10
		if i < len(fraction) {
			nanos += int64(fraction[i] - '0')
		}
	}
	return time.Unix(n, nanos).UTC(), true
}

// errTooLong is what a capped reader returns at its limit.
var errTooLong = errors.New("the response is too long")

// capped reads left bytes at most, and fails where there are more.
type capped struct {
	io.ReadCloser
	left  int64
	whole bool // all of it has been read
}

func (c *capped) Read(b []byte) (int, error) {
	if c.left < 0 {
		return 0, errTooLong
	}
	// One byte more tells what ends at the limit from what goes on.
	if int64(len(b)) > c.left+1 {
		b = b[:c.left+1]
	}
	n, err := c.ReadCloser.Read(b)
	if c.left -= int64(n); c.left < 0 {
		return n + int(c.left), errTooLong
	}
	c.whole = c.whole || err == io.EOF
	return n, err
}

// life lets a response be read by one Read after another: it ends when it is cancelled,
// or when the Read that is being served is.
type life struct {
	context.Context
	cancel context.CancelCauseFunc
	read   time.Duration // the longest that one Read may take
}

func newLife(read time.Duration) *life {
	ctx, cancel := context.WithCancelCause(context.Background())
	return &life{ctx, cancel, read}
}

// serve ties the life to a Read until release.
func (l *life) serve(ctx context.Context) (release func()) {
	stop := context.AfterFunc(ctx, func() { l.cancel(ctx.Err()) })
	timer := time.AfterFunc(l.read, func() { l.cancel(context.DeadlineExceeded) })
	return func() {
		stop()
		timer.Stop()
	}
}

// why returns the reason of an error: that of the end of the life, where it has ended.
func (l *life) why(err error) error {
	if cause := context.Cause(l.Context); cause != nil {
		return fmt.Errorf("%w (%v)", cause, err)
	}
	return err
}

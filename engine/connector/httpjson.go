package connector

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"hash/fnv"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	domain "github.com/alania-go/alania/domain/connector"
	"github.com/alania-go/alania/domain/storable"
)

const maxCursor = 4096 // bytes of a cursor or next URL: a checkpoint keeps it

var maxBody int64 = 32 << 20 // bytes of one response

// httpConnector reads a list that a REST API returns as JSON.
type httpConnector struct{ environment }

type httpConfig struct {
	URL             string            `json:"url"`
	Entity          string            `json:"entity"`
	Method          string            `json:"method"`
	Headers         map[string]string `json:"headers"`
	Auth            *auth             `json:"auth"`
	ItemsPath       string            `json:"items_path"`
	IDPath          string            `json:"id_path"`
	UpdatedAtPath   *string           `json:"updated_at_path"`
	Pagination      paginationConfig  `json:"pagination"`
	SinceParam      string            `json:"since_param"`
	LookbackSeconds int               `json:"lookback_seconds"`
}

type paginationConfig struct {
	Type           string  `json:"type"`
	PageParam      string  `json:"page_param"`
	FirstPage      *int    `json:"first_page"`
	SizeParam      string  `json:"size_param"`
	Size           int     `json:"size"`
	CursorParam    string  `json:"cursor_param"`
	NextCursorPath *string `json:"next_cursor_path"`
	NextURLPath    *string `json:"next_url_path"`
}

// httpPlace is where a source is: in a run, at an item of a page.
type httpPlace struct {
	Config string     `json:"c"`
	Since  *time.Time `json:"since,omitempty"` // what this run asks for
	Newest *time.Time `json:"newest,omitempty"`
	Page   int        `json:"page,omitempty"` // pages after the first
	Next   string     `json:"next,omitempty"` // cursor or URL of the page
	Skip   int        `json:"skip,omitempty"` // items of the page that were given
	Seen   uint64     `json:"seen,omitempty,string"`
	Former uint64     `json:"former,omitempty,string"` // what Seen was at the end of the page before
	// To find that the cursors go round (Brent's algorithm): one of those seen, which is
	// replaced after Power steps, whenever Power doubles.
	Mark  string `json:"mark,omitempty"`
	Power int    `json:"power,omitempty"`
	Steps int    `json:"steps,omitempty"`
}

// Definition implements connector.Connector.
func (c httpConnector) Definition() domain.Definition {
	return domain.Definition{
		ID: "http_json", Name: "REST list (JSON)", SchemaVersion: "1.0.0", RequiredScopes: requiredScopes(),
		ConfigSchema: c.schema(httpSchema),
		Description: "Reads a list of objects that a REST API gives as JSON, page by page, and only what changed where the " +
			"API can tell.",
	}
}

// Check implements connector.Connector: it reads the first page and looks at its first item.
func (c httpConnector) Check(ctx context.Context, cfg domain.Config) error {
	ctx, cancel := context.WithTimeout(ctx, c.checkTimeout())
	defer cancel()
	s, err := c.open(cfg)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	p, err := s.read(ctx, nil, 1)
	if err != nil {
		return err
	}
	if len(p.Failed) > 0 {
		return invalid("The first item of the list cannot be taken: " + p.Failed[0].Message)
	}
	return nil
}

// Open implements connector.Connector.
func (c httpConnector) Open(_ context.Context, cfg domain.Config) (domain.Source, error) {
	s, err := c.open(cfg)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (c httpConnector) open(raw domain.Config) (*httpSource, error) {
	cfg := httpConfig{IDPath: "/id", Pagination: paginationConfig{Type: "none"}}
	if err := decode(raw, &cfg); err != nil {
		return nil, err
	}
	if cfg.Method != "" && cfg.Method != http.MethodGet {
		return nil, invalid("The method is GET.")
	}
	if !printable(cfg.Entity, 100) {
		return nil, invalid("The entity is 1 to 100 characters.")
	}
	s := &httpSource{cfg: cfg, now: c.now, most: c.readTimeout()}
	ok, okID, okAt := false, false, true
	s.items, ok = parsePointer(cfg.ItemsPath)
	s.id, okID = parsePointer(cfg.IDPath)
	if cfg.UpdatedAtPath != nil {
		s.updatedAt, okAt = parsePointer(*cfg.UpdatedAtPath)
	}
	if !ok || !okID || !okAt {
		return nil, invalid("A path is not a JSON pointer: it is empty, or begins with a slash.")
	}
	if cfg.SinceParam != "" && cfg.UpdatedAtPath == nil {
		return nil, invalid("since_param needs updated_at_path, which tells what it is to be.")
	}
	if cfg.LookbackSeconds < 0 || cfg.LookbackSeconds > maxLookback {
		return nil, invalid("lookback_seconds is 0 to 2,592,000.")
	}
	if err := s.paging(); err != nil {
		return nil, err
	}
	var err error
	if s.web, err = newWeb(&c.environment, c.limits(httpClient, false), cfg.URL, cfg.Headers, cfg.Auth); err != nil {
		return nil, err
	}
	s.config = fingerprint([]any{
		cfg.URL, cfg.Entity, cfg.ItemsPath, cfg.IDPath, cfg.UpdatedAtPath, cfg.Pagination, cfg.SinceParam,
	})
	return s, nil
}

// httpSource reads the list. A response is read on from one Read to the next.
type httpSource struct {
	cfg                  httpConfig
	config               string
	now                  func() time.Time
	web                  *web
	items, id, updatedAt pointer
	next                 pointer // of the cursor or URL of the next page, nil when it is not in the body

	most  time.Duration // of one Read
	life  *life
	body  *capped
	walk  *walker
	link  string // the next page, as the Link header has it
	url   *url.URL
	place httpPlace
	last  domain.Checkpoint // where the response stands
	count int               // items of the page that were seen
}

// paging checks the pagination.
func (s *httpSource) paging() error {
	p := &s.cfg.Pagination
	given := *p
	left := paginationConfig{Type: p.Type, SizeParam: p.SizeParam, Size: p.Size}
	if (p.SizeParam == "") != (p.Size == 0) || p.Size < 0 || p.Size > 10_000 {
		return invalid("size_param and size are given together; size is 1 to 10,000.")
	}
	switch p.Type {
	case "none":
	case "page":
		left.PageParam, left.FirstPage = p.PageParam, p.FirstPage
		if p.PageParam == "" || p.FirstPage != nil && (*p.FirstPage < 0 || *p.FirstPage > 1) {
			return invalid("Pages need page_param; first_page is 0 or 1.")
		}
	case "cursor":
		left.CursorParam, left.NextCursorPath = p.CursorParam, p.NextCursorPath
		if p.CursorParam == "" || p.NextCursorPath == nil {
			return invalid("Cursors need cursor_param and next_cursor_path.")
		}
		return s.nextAt(given == left, *p.NextCursorPath)
	case "link":
		left.NextURLPath = p.NextURLPath
		if p.NextURLPath != nil {
			return s.nextAt(given == left, *p.NextURLPath)
		}
	default:
		return invalid("The type of pagination is none, page, cursor or link.")
	}
	return s.nextAt(given == left, "")
}

func (s *httpSource) nextAt(onlyItsOwn bool, path string) error {
	if !onlyItsOwn {
		return invalid("The pagination has a value that its type does not use.")
	}
	if path == "" {
		return nil
	}
	p, ok := parsePointer(path)
	if !ok {
		return invalid("A path is not a JSON pointer: it is empty, or begins with a slash.")
	}
	s.next = p
	return nil
}

// Entities implements connector.Source.
func (s *httpSource) Entities() []string { return []string{s.cfg.Entity} }

// Close implements connector.Source.
func (s *httpSource) Close() error {
	s.drop()
	s.web.close()
	return nil
}

// drop ends the response that is being read.
func (s *httpSource) drop() {
	if s.life != nil {
		s.life.cancel(context.Canceled)
	}
	if s.body != nil {
		_ = s.body.Close()
	}
	s.life, s.body, s.walk, s.last = nil, nil, nil, nil
}

// Read implements connector.Source.
func (s *httpSource) Read(ctx context.Context, entity string, after domain.Checkpoint, limit int) (domain.Page, error) {
	return readSingle(ctx, s, s.cfg.Entity, entity, after, limit)
}

// single is a source of one entity that reads on where it is.
type single interface {
	read(ctx context.Context, after domain.Checkpoint, limit int) (domain.Page, error)
	drop() // ends what is being read
}

// readSingle reads from a source whose entity is named. After an error it begins anew.
func readSingle(
	ctx context.Context, s single, named, entity string, after domain.Checkpoint, limit int,
) (domain.Page, error) {
	if entity != named {
		return domain.Page{}, unknownEntity()
	}
	p, err := s.read(ctx, after, limit)
	if err != nil {
		s.drop()
		return domain.Page{}, err
	}
	return p, nil
}

func unknownEntity() error { return invalid("The configuration does not name this entity.") }

func (s *httpSource) read(ctx context.Context, after domain.Checkpoint, limit int) (domain.Page, error) {
	if s.life == nil || !bytes.Equal(after, s.last) {
		s.drop()
		s.place = httpPlace{}
		if !restore(after, &s.place) || s.place.Config != s.config || s.place.Skip < 0 || s.place.Page < 0 {
			s.place = httpPlace{Config: s.config}
		}
		s.life = newLife(s.most)
	}
	release := s.life.serve(ctx)
	defer release()
	out := newPage(limit)
	end, err := s.fill(out)
	if err == nil && end {
		err = s.turn(out)
	}
	if err != nil {
		return domain.Page{}, s.problem(err)
	}
	out.Next = save(s.place)
	s.last = out.Next
	return out.Page, nil
}

// fill reads items until the page is full or the response has ended.
func (s *httpSource) fill(out *page) (end bool, err error) {
	if s.walk == nil {
		gone, err := s.request()
		if err != nil || gone {
			return true, err
		}
		for ; s.count < s.place.Skip; s.count++ {
			if _, err := s.walk.item(); err == io.EOF {
				return true, nil
			} else if err != nil {
				return false, err
			}
		}
	}
	for !out.full() {
		raw, err := s.walk.item()
		if err == io.EOF {
			return true, nil
		}
		if err != nil {
			return false, err
		}
		s.count++
		s.place.Skip++
		was := len(out.Records)
		out.addJSON(raw, s.id, s.updatedAt, nil)
		if len(out.Records) == was {
			s.see(raw)
			continue
		}
		r := out.Records[was]
		s.see([]byte(r.ExternalID))
		// A time in the future would hide what changes until then.
		if at := r.UpdatedAt; at != nil && !at.After(s.now()) && (s.place.Newest == nil || at.After(*s.place.Newest)) {
			s.place.Newest = at
		}
	}
	return false, nil
}

// see adds to what tells one page from the one before.
func (s *httpSource) see(b []byte) {
	h := fnv.New64a()
	_, _ = h.Write(strconv.AppendUint(nil, s.place.Seen, 16))
	_, _ = h.Write(b)
	s.place.Seen = h.Sum64()
}

// request asks for the page of the place. gone says that it is after the last.
func (s *httpSource) request() (gone bool, err error) {
	s.count, s.link = 0, ""
	if s.url, err = s.address(); err != nil {
		return false, err
	}
	resp, err := s.web.get(s.life, s.url, http.Header{"Accept": {"application/json"}})
	if err != nil {
		return false, err
	}
	if s.cfg.Pagination.Type == "page" && s.place.Page > 0 && past(resp.StatusCode) {
		discard(resp)
		return true, nil
	}
	if resp.StatusCode == http.StatusNoContent {
		discard(resp)
		return true, nil
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		discard(resp)
		return false, refusal(resp)
	}
	s.link = nextLink(resp.Header["Link"])
	s.body = &capped{ReadCloser: resp.Body, left: maxBody}
	s.walk = &walker{dec: json.NewDecoder(s.body), items: s.items, next: s.next}
	return false, nil
}

// past reports whether a status after good pages is how an API says that there are no more.
func past(status int) bool {
	switch status {
	case http.StatusBadRequest, http.StatusNotFound, http.StatusRequestedRangeNotSatisfiable,
		http.StatusUnprocessableEntity:
		return true
	}
	return false
}

// address is the URL of the page.
func (s *httpSource) address() (*url.URL, error) {
	p := s.cfg.Pagination
	if p.Type == "link" && s.place.Next != "" {
		u, err := url.Parse(s.place.Next)
		if err != nil || !sameOrigin(u, s.web.origin) {
			return nil, foreignPage()
		}
		return u, nil
	}
	u := *s.web.origin
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, invalid("The query of the url is not well-formed.")
	}
	if p.SizeParam != "" {
		q.Set(p.SizeParam, strconv.Itoa(p.Size))
	}
	switch p.Type {
	case "page":
		first := 1
		if p.FirstPage != nil {
			first = *p.FirstPage
		}
		q.Set(p.PageParam, strconv.Itoa(first+s.place.Page))
	case "cursor":
		if s.place.Next != "" {
			q.Set(p.CursorParam, s.place.Next)
		}
	}
	if s.cfg.SinceParam != "" && s.place.Since != nil {
		// An API may return only what is later than it is asked for, and know times to the second.
		lookback := max(time.Duration(s.cfg.LookbackSeconds)*time.Second, time.Second)
		since := storable.Clamp(s.place.Since.Add(-lookback))
		q.Set(s.cfg.SinceParam, since.Format(time.RFC3339Nano))
	}
	u.RawQuery = q.Encode()
	return &u, nil
}

// turn goes to the next page, or ends the run. A page or a cursor that comes again is the end:
// some APIs repeat the last page for ever, and all that they return has been read.
func (s *httpSource) turn(out *page) error {
	pl := &s.place
	next := ""
	switch s.cfg.Pagination.Type {
	case "none":
		s.finish(out)
		return nil
	case "page":
		if pl.Skip == 0 {
			s.finish(out)
			return nil
		}
		if pl.Page > 0 && pl.Seen == pl.Former {
			s.finish(out)
			return nil
		}
		pl.Page++
	case "cursor":
		if s.walk != nil {
			cursor, ok := scalar(s.walk.found)
			if !ok && s.walk.found != nil && string(s.walk.found) != "null" && string(s.walk.found) != "false" {
				return bad("The value at next_cursor_path is neither a string nor a number.")
			}
			next = nextCursor(cursor)
		}
	case "link":
		next = s.link
		if s.next != nil && s.walk != nil {
			next, _ = scalar(s.walk.found)
			next = nextCursor(next)
		}
		if next != "" {
			u, err := s.url.Parse(next)
			if err != nil || !sameOrigin(u, s.web.origin) {
				return foreignPage()
			}
			u.Fragment = ""
			next = u.String()
		}
	}
	if s.cfg.Pagination.Type != "page" {
		if len(next) > maxCursor {
			return bad("The server gives a cursor or next page longer than 4,096 bytes.")
		}
		if next == "" || s.round(next) {
			s.finish(out)
			return nil
		}
		pl.Next = next
	}
	pl.Former, pl.Seen, pl.Skip = pl.Seen, 0, 0
	s.leave()
	return nil
}

// nextCursor makes 0, which some return after the last page, no cursor.
func nextCursor(cursor string) string {
	if cursor == "0" {
		return ""
	}
	return cursor
}

// round notes a cursor and reports whether the cursors go round.
func (s *httpSource) round(next string) bool {
	pl := &s.place
	mark := fingerprint(next)
	if pl.Mark == mark {
		return true
	}
	if pl.Steps++; pl.Mark == "" || pl.Steps >= pl.Power {
		pl.Mark, pl.Steps = mark, 0
		pl.Power = max(2*pl.Power, 1)
	}
	return false
}

// finish makes the place the beginning of the next run.
func (s *httpSource) finish(out *page) {
	since := s.place.Since
	if n := s.place.Newest; n != nil && (since == nil || n.After(*since)) {
		since = n
	}
	s.place = httpPlace{Config: s.config, Since: since}
	out.Done = true
	s.leave()
}

// leave ends the response; the next Read asks for another.
func (s *httpSource) leave() {
	if s.body != nil {
		_ = s.body.Close()
	}
	s.walk, s.count = nil, 0
}

func bad(message string) *domain.Problem {
	return &domain.Problem{Code: domain.BadResponse, Message: message}
}

func foreignPage() error {
	return bad("The next page is said to be on another host than the url's; it is not followed.")
}

// problem says what went wrong while a response was read.
func (s *httpSource) problem(err error) error {
	err = s.life.why(err)
	var syntax *json.SyntaxError
	var shape *json.UnmarshalTypeError
	p := bad("")
	p.Cause = err
	switch {
	case errors.Is(err, errTooLong):
		p.Message = "The response is larger than 32 MiB: let the API give smaller pages."
	case errors.Is(err, errNoItems):
		p.Message = "The response has no array at items_path."
	case errors.As(err, &syntax), errors.As(err, &shape), errors.Is(err, errTrailing),
		errors.Is(err, io.ErrUnexpectedEOF) && s.body != nil && s.body.whole:
		p.Message = "The response is not JSON, or not one value: check the url."
		p.Cause = errors.New("not JSON") // what json says may quote the response
	default:
		return network(theServer, err)
	}
	return p
}

// nextLink finds rel="next" among Link headers (RFC 8288).
func nextLink(headers []string) string {
	for _, h := range headers {
		for h != "" {
			_, rest, ok := strings.Cut(h, "<")
			if !ok {
				break
			}
			target, params, ok := strings.Cut(rest, ">")
			if !ok {
				break
			}
			params, h = linkParams(params)
			for param := range strings.SplitSeq(params, ";") {
				name, value, _ := strings.Cut(param, "=")
				if !strings.EqualFold(strings.TrimSpace(name), "rel") {
					continue
				}
				for rel := range strings.FieldsSeq(strings.Trim(strings.TrimSpace(value), `"`)) {
					if strings.EqualFold(rel, "next") {
						return strings.TrimSpace(target)
					}
				}
			}
		}
	}
	return ""
}

// linkParams cuts the parameters of a link from the links after it: at a comma that is
// not in quotes.
func linkParams(s string) (params, rest string) {
	quoted := false
	for i := range len(s) {
		switch s[i] {
		case '"':
			quoted = !quoted
		case ',':
			if !quoted {
				return s[:i], s[i+1:]
			}
		}
	}
	return s, ""
}

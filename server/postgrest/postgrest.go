// Package postgrest speaks PostgREST's HTTP: it reads a request into a query of rows, and makes the status, the
// headers and the body of a result or an error. It knows no contract and no engine.
package postgrest

import (
	"mime"
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"strings"

	"github.com/alania-go/alania/domain/data/rows"
)

// Request is a request that has been read.
type Request struct {
	Query *rows.Query
	media string // of the answer, without its charset
	path  string
	query string // sorted
}

// Response is what is answered.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// The media types.
const (
	mediaJSON   = "application/json"
	mediaObject = "application/vnd.pgrst.object+json"
	mediaArray  = "application/vnd.pgrst.array+json"
	mediaCSV    = "text/csv"
	stripped    = ";nulls=stripped"
)

// Params reads a query string in its order. A parameter without = is left out, as PostgREST does.
func Params(raw string) ([]rows.Param, error) {
	var out []rows.Param
	for part := range strings.SplitSeq(raw, "&") {
		name, value, ok := strings.Cut(part, "=")
		if !ok || part == "" {
			continue
		}
		n, err := url.QueryUnescape(name)
		if err == nil {
			value, err = url.QueryUnescape(value)
		}
		if err != nil {
			return nil, rows.MalformedQuery()
		}
		out = append(out, rows.Param{Name: n, Value: value})
	}
	return out, nil
}

var actions = map[string]rows.Action{
	http.MethodGet: rows.Read, http.MethodHead: rows.Read, http.MethodPost: rows.Insert, http.MethodPatch: rows.Update,
	http.MethodPut: rows.Put, http.MethodDelete: rows.Delete,
}

// Read reads a request for a table. The body has been read already, within its bound.
func Read(r *http.Request, table string, body []byte) (*Request, error) {
	action, ok := actions[r.Method]
	if !ok {
		return nil, rows.MethodUnknown(r.Method)
	}
	params, err := Params(r.URL.RawQuery)
	if err != nil {
		return nil, err
	}
	all := false
	kept := params[:0:0]
	for _, p := range params {
		if p.Name == "all" && p.Value == "true" && (action == rows.Update || action == rows.Delete) {
			all = true
			continue
		}
		kept = append(kept, p)
	}
	q, err := rows.ParseQuery(action, table, kept)
	if err != nil {
		return nil, err
	}
	q.All = all
	out := &Request{Query: q, path: r.URL.EscapedPath(), query: canonical(params)}
	if q.Prefer, err = rows.ParsePrefer(r.Header.Values("Prefer")); err != nil {
		return nil, err
	}
	if err := out.accept(r.Header.Values("Accept")); err != nil {
		return nil, err
	}
	q.NoBody = r.Method == http.MethodHead
	if r.Method == http.MethodGet {
		if err := within(q, r.Header.Get("Range")); err != nil {
			return nil, err
		}
	}
	if action == rows.Insert || action == rows.Update || action == rows.Put {
		q.Body, err = payload(r.Header.Get("Content-Type"), body)
	}
	return out, err
}

// canonical is the query string with its parameters sorted.
func canonical(params []rows.Param) string {
	sorted := append([]rows.Param(nil), params...)
	sort.SliceStable(sorted, func(i, j int) bool { return sorted[i].Name < sorted[j].Name })
	var sb strings.Builder
	for i, p := range sorted {
		if i > 0 {
			sb.WriteByte('&')
		}
		sb.WriteString(url.QueryEscape(p.Name) + "=" + url.QueryEscape(p.Value))
	}
	return sb.String()
}

func payload(contentType string, body []byte) (rows.Body, error) {
	media := mediaJSON
	if contentType != "" {
		var err error
		if media, _, err = mime.ParseMediaType(contentType); err != nil {
			return rows.Body{}, rows.MediaRefused(contentType)
		}
	}
	switch media {
	case mediaJSON, mediaObject, mediaArray:
		return rows.ParseJSON(body)
	case mediaCSV:
		return rows.ParseCSV(body)
	case "application/x-www-form-urlencoded":
		values, err := url.ParseQuery(string(body))
		if err != nil {
			return rows.Body{}, rows.MediaRefused(media)
		}
		return rows.ParseForm(values)
	}
	return rows.Body{}, rows.MediaRefused(media)
}

// within reads a Range header, such as 0-9. What has another form is left alone, as PostgREST does.
func within(q *rows.Query, header string) error {
	first, last, ok := strings.Cut(header, "-")
	if !ok {
		return nil
	}
	from, err := strconv.ParseUint(first, 10, 62)
	if err != nil {
		return nil
	}
	to := int64(-1)
	if last != "" {
		n, err := strconv.ParseUint(last, 10, 62)
		if err != nil {
			return nil
		}
		to = int64(n)
	}
	return q.Within(int64(from), to)
}

// accept finds the media type of the answer.
func (r *Request) accept(headers []string) error {
	accepted := strings.Join(headers, ",")
	if strings.TrimSpace(accepted) == "" {
		r.media = mediaJSON
		return nil
	}
	for item := range strings.SplitSeq(accepted, ",") {
		media, params, err := mime.ParseMediaType(strings.TrimSpace(item))
		if err != nil {
			continue
		}
		strip := params["nulls"] == "stripped"
		switch media {
		case "*/*", "application/*", mediaJSON:
			r.media = mediaJSON
		case mediaObject, strings.TrimSuffix(mediaObject, "+json"):
			r.media, r.Query.One, r.Query.StripNulls = mediaObject, true, strip
		case mediaArray, strings.TrimSuffix(mediaArray, "+json"):
			r.media, r.Query.StripNulls = mediaJSON, strip
			if strip {
				r.media = mediaArray
			}
		case mediaCSV, "text/*":
			r.media, r.Query.CSV = mediaCSV, true
		default:
			continue
		}
		if strip && (r.media == mediaObject || r.media == mediaArray) {
			r.media += stripped
		}
		return nil
	}
	return rows.NotAcceptable(accepted)
}

// Answer makes the response of a result.
func (r *Request) Answer(p *rows.Plan, res rows.Result) Response {
	a := Response{Status: http.StatusOK, Header: http.Header{}}
	table := p.Table
	full := p.Prefer.Return == "representation"
	switch p.Action {
	case rows.Read:
		return r.read(p, res, a)
	case rows.Insert:
		a.Status = http.StatusCreated
		if p.Prefer.Resolution == "merge-duplicates" && res.Inserted == 0 {
			a.Status = http.StatusOK
		}
		a.Header.Set("Content-Range", contentRange(1, 0, res.Total))
		if len(res.Key) > 0 {
			a.Header.Set("Location", r.path+"?"+location(res.Key))
		}
	case rows.Update:
		a.Header.Set("Content-Range", contentRange(0, res.Rows-1, res.Total))
		if !full {
			a.Status = http.StatusNoContent
		}
	case rows.Put:
		switch {
		case !full:
			a.Status = http.StatusNoContent
		case res.Inserted > 0:
			a.Status = http.StatusCreated
		}
	case rows.Delete:
		a.Header.Set("Content-Range", contentRange(1, 0, res.Total))
		if !full {
			a.Status = http.StatusNoContent
		}
	}
	keyed := table.Primary != nil || r.Query.OnConflict != nil
	if applied := p.Prefer.Applied(p.Action, keyed); applied != "" {
		a.Header.Set("Preference-Applied", applied)
	}
	if full {
		a.Header.Set("Content-Type", r.media+"; charset=utf-8")
		a.Body = res.Body
	}
	return a
}

func (r *Request) read(p *rows.Plan, res rows.Result, a Response) Response {
	offset := p.Root.Offset
	last := offset + res.Rows - 1
	if res.Total >= 0 && offset > res.Total {
		a = Error(rows.OffsetBeyond(offset, res.Total))
		a.Header.Set("Content-Range", contentRange(1, 0, res.Total))
		return a
	}
	if res.Total >= 0 && res.Rows < res.Total {
		a.Status = http.StatusPartialContent
	}
	a.Header.Set("Content-Range", contentRange(offset, last, res.Total))
	at := r.path
	if r.query != "" {
		at += "?" + r.query
	}
	a.Header.Set("Content-Location", at)
	a.Header.Set("Content-Type", r.media+"; charset=utf-8")
	if applied := p.Prefer.Applied(p.Action, false); applied != "" {
		a.Header.Set("Preference-Applied", applied)
	}
	a.Body = res.Body
	return a
}

func contentRange(first, last, total int64) string {
	of := "*"
	if total >= 0 {
		of = strconv.FormatInt(total, 10)
	}
	if total == 0 || first > last {
		return "*/" + of
	}
	return strconv.FormatInt(first, 10) + "-" + strconv.FormatInt(last, 10) + "/" + of
}

func location(key []rows.KeyValue) string {
	parts := make([]string, len(key))
	for i, k := range key {
		value := "is.null"
		if k.Value != nil {
			value = "eq." + *k.Value
		}
		parts[i] = url.QueryEscape(k.Column) + "=" + url.QueryEscape(value)
	}
	return strings.Join(parts, "&")
}

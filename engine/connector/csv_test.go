package connector

import (
	"context"
	stdcsv "encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	domain "github.com/alania-go/alania/domain/connector"
)

// download serves one file, as servers of different abilities do.
type download struct {
	mu      sync.Mutex
	content string
	etag    string
	at      time.Time
	ranges  bool
	chunked bool
	asked   []string // the Range headers
	sent    int64
}

func (d *download) set(content, etag string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.content = content; !d.at.IsZero() {
		d.at = d.at.Add(time.Minute)
	}
	if d.etag != "" {
		d.etag = etag
	}
}

func (d *download) reset() (asked []string, sent int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	asked, sent = d.asked, d.sent
	d.asked, d.sent = nil, 0
	return asked, sent
}

func (d *download) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	d.asked = append(d.asked, r.Header.Get("Range"))
	content, etag, at, ranges, chunked := d.content, d.etag, d.at, d.ranges, d.chunked
	d.mu.Unlock()
	if etag != "" {
		w.Header().Set("ETag", etag)
	}
	if !ranges {
		r.Header.Del("Range")
	}
	w.Header().Set("Content-Type", "text/csv")
	count := &counted{ResponseWriter: w}
	if chunked {
		w.(http.Flusher).Flush()
		_, _ = io.WriteString(count, content)
	} else {
		http.ServeContent(count, r, "", at, strings.NewReader(content))
	}
	d.mu.Lock()
	d.sent += count.n
	d.mu.Unlock()
}

type counted struct {
	http.ResponseWriter
	n int64
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.ResponseWriter.Write(b)
	c.n += int64(n)
	return n, err
}

func csvCfg(u string, more obj) obj {
	c := obj{"source": obj{"url": u}, "entity": "things", "id_column": "id"}
	for k, v := range more {
		c[k] = v
	}
	return c
}

func served(t testing.TB, d *download) string {
	t.Helper()
	s := httptest.NewServer(d)
	t.Cleanup(s.Close)
	return s.URL + "/things.csv"
}

func rowsOf(n int) string {
	var b strings.Builder
	b.WriteString("id,name,at\n")
	for i := range n {
		fmt.Fprintf(&b, "%d,\"thing, \"\"%d\"\"\",2026-01-02T03:04:%02dZ\n", i, i, i%60)
	}
	return b.String()
}

// Every row of every kind of server is read once, whatever the limit, also when the source is
// opened anew for each page; a second run reads nothing.
func TestCSVServers(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for name, d := range map[string]*download{
		"ETag and ranges":          {etag: `"a"`, at: at, ranges: true},
		"weak ETag":                {etag: `W/"a"`, ranges: true},
		"Last-Modified and ranges": {at: at, ranges: true},
		"no ranges":                {etag: `"a"`, at: at},
		"nothing but a size":       {ranges: true},
		"nothing at all":           {chunked: true},
		"an ETag and no size":      {chunked: true, etag: `"a"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const total = 30
			d.content = rowsOf(total)
			u := served(t, d)
			c, cfg := csvConnector{local()}, csvCfg(u, obj{"updated_at_column": "at"})
			if err := c.Check(context.Background(), config(t, cfg)); err != nil {
				t.Fatalf("Check: %v", err)
			}
			var next domain.Checkpoint
			for _, limit := range []int{1, 7, 30, 1000} {
				got := run(t, open(t, c, cfg), nil, limit)
				if got.ids() != numbers(0, total) || len(got.failed) > 0 {
					t.Errorf("limit %d: %s %v", limit, got.ids(), got.failed)
				} else if string(got.records[4].Data) != `{"id":"4","name":"thing, \"4\"","at":"2026-01-02T03:04:04Z"}` ||
					!got.records[4].UpdatedAt.Equal(time.Date(2026, 1, 2, 3, 4, 4, 0, time.UTC)) {
					t.Errorf("a record is %+v", got.records[4])
				}
				if d.chunked && d.etag == "" {
					continue // what cannot be told from another version is read from its beginning
				}
				d.reset()
				again := runFrom(t, afresh(t, c, cfg), nil, limit)
				if again.ids() != numbers(0, total) {
					t.Errorf("limit %d, opened anew: %s", limit, again.ids())
				}
				asked, _ := d.reset()
				ranged := slices.ContainsFunc(asked, func(r string) bool { return r != "" })
				if !ranged && limit < total {
					t.Errorf("limit %d: no range is asked for", limit)
				}
				next = got.next
			}
			if d.etag == "" && d.at.IsZero() {
				return // it cannot be known that nothing changed
			}
			d.reset()
			second := runFrom(t, afresh(t, c, cfg), next, 10)
			if second.pages != 1 || len(second.records) > 0 {
				t.Errorf("the second run reads %s in %d pages", second.ids(), second.pages)
			}
			if asked, sent := d.reset(); len(asked) != 1 || !d.chunked && sent > 0 {
				t.Errorf("the second run makes %d requests and takes %d bytes", len(asked), sent)
			}
			// Other rows are read again from the beginning.
			d.set(rowsOf(total+5), `"b"`)
			if third := run(t, open(t, c, cfg), second.next, 10); third.ids() != numbers(0, total+5) {
				t.Errorf("the third run reads %s", third.ids())
			}
		})
	}
}

// A file that changes in the middle of a run is read from its beginning.
func TestCSVChangesInARun(t *testing.T) {
	t.Parallel()
	for _, ranges := range []bool{true, false} {
		d := &download{content: rowsOf(20), etag: `"a"`, ranges: ranges}
		c, cfg := csvConnector{local()}, csvCfg(served(t, d), nil)
		p, err := open(t, c, cfg).Read(context.Background(), "things", nil, 12)
		if err != nil {
			t.Fatal(err)
		}
		d.set(rowsOf(5), `"b"`) // shorter than the place
		if got := runFrom(t, afresh(t, c, cfg), p.Next, 3); got.ids() != numbers(0, 5) {
			t.Errorf("ranges %v: %s", ranges, got.ids())
		}
		d.set(strings.ReplaceAll(rowsOf(20), "thing", "THING"), `"c"`) // of the same size
		if got := runFrom(t, afresh(t, c, cfg), p.Next, 3); got.ids() != numbers(0, 20) {
			t.Errorf("ranges %v: %s", ranges, got.ids())
		}
	}
}

func TestCSVContent(t *testing.T) {
	t.Parallel()
	huge := strings.Repeat("x", maxRecord)
	for _, tc := range []struct {
		name, content string
		more          obj
		ids, codes    string
		data          string // of the first record
	}{
		{"plain", "id,name\n1,a\n2,b\n", nil, "1 2", "", `{"id":"1","name":"a"}`},
		{"no line feed at the end", "id,name\n1,a\n2,", nil, "1 2", "", ""},
		{"CRLF", "id,name\r\n1,a\r\n\r\n2,\"b\"\r\n", nil, "1 2", "", `{"id":"1","name":"a"}`},
		{"a carriage return at the end", "id,name\r\n1,\"a\"\r", nil, "1", "", `{"id":"1","name":"a"}`},
		{"byte order mark", "\xef\xbb\xbfid,name\n1,a\n", nil, "1", "", `{"id":"1","name":"a"}`},
		{"byte order mark and quotes", "\xef\xbb\xbf\"id\",name\n1,a\n", nil, "1", "", ""},
		{"quotes", "id,name\n1,\"a \"\"b\"\", c\nd\"\n\"2\",\"\"\n", nil, "1 2", "", `{"id":"1","name":"a \"b\", c\nd"}`},
		{"not ASCII", "id,größe\n1,模型\t\\\x01\n", nil, "1", "", `{"id":"1","größe":"模型\t\\\u0001"}`},
		{"blank lines", "\n\nid,name\n\n1,a\n\n\n2,b\n\n", nil, "1 2", "", ""},
		{"only a header", "id,name\n", nil, "", "", ""},
		{"semicolons", "id;name\n1;a,b\n", obj{"delimiter": ";"}, "1", "", `{"id":"1","name":"a,b"}`},
		{"tabs", "id\tname\n1\ta b\n", obj{"delimiter": "\t"}, "1", "", `{"id":"1","name":"a b"}`},
		{
			"no header", "1,a\n2,b\n", obj{"header": false, "columns": []string{"id", "name"}}, "1 2", "",
			`{"id":"1","name":"a"}`,
		},
		{
			"no header, byte order mark", "\xef\xbb\xbf1,a\n", obj{"header": false, "columns": []string{"id", "name"}}, "1", "",
			"",
		},
		{"nameless columns", "id,,\n1,a,b\n", nil, "1", "", `{"id":"1","column_2":"a","column_3":"b"}`},
		{"id in another column", "name,key\na,1\n", obj{"id_column": "key"}, "1", "", `{"name":"a","key":"1"}`},
		{"fields", "id,name\n1\n2,b,c\n3,c\n", nil, "3", "field_count field_count", ""},
		{"no id", "id,name\n,a\n2,b\n", nil, "2", "missing_id", ""},
		{"encoding", "id,name\n1,\xff\n2,b\n", nil, "2", "invalid_encoding", ""},
		{"a quote in the middle", "id,name\n1,a\"b\n2,\"b\"c\n3,c\n", nil, "3", "malformed_row malformed_row", ""},
		{"a quote that does not close", "id,name\n1,\"a\n2,b\n3,c\n", nil, "2 3", "unclosed_quote", ""},
		{"a quote that closes elsewhere", "id,name\n1,\"a\n2,\"b\"\n3,c\n", nil, "2 3", "malformed_row", ""},
		{"a huge row", "id,name\n1," + huge + "\n2,b\n", nil, "2", "too_large", ""},
		{"a huge row without end", "id,name\n1,a\n2," + huge + huge, nil, "1", "too_large", ""},
		{
			"a huge quoted row", "id,name\n1,\"" + huge + "\n" + huge + "\"\n3,c\n", nil, "3", "unclosed_quote malformed_row",
			"",
		},
		{"a long id", "id,name\n" + strings.Repeat("1", maxID+1) + ",a\n2,b\n", nil, "2", "invalid_id", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			d := &download{content: tc.content, etag: `"a"`, ranges: true}
			c, cfg := csvConnector{local()}, csvCfg(served(t, d), tc.more)
			for _, next := range []func(int) domain.Source{afresh(t, c, cfg), func(int) domain.Source { return nil }} {
				src := open(t, c, cfg)
				if next(0) == nil {
					next = func(int) domain.Source { return src }
				}
				for _, limit := range []int{1, 100} {
					got := runFrom(t, next, nil, limit)
					if got.ids() != tc.ids || got.codes() != tc.codes {
						t.Errorf("limit %d: %q, %q; want %q, %q", limit, got.ids(), got.codes(), tc.ids, tc.codes)
					}
					if tc.data != "" && (len(got.records) == 0 || string(got.records[0].Data) != tc.data) {
						t.Errorf("the records are %+v", got.records)
					}
					for _, f := range got.failed {
						if !strings.HasPrefix(f.Message, "Row ") && f.Code != "invalid_id" || strings.Contains(f.Message, "xxx") {
							t.Errorf("%+v", f)
						}
					}
				}
			}
		})
	}
}

func TestCSVProblems(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		more obj
		h    http.HandlerFunc
		code domain.Code
		temp bool
	}{
		{name: "no file", h: http.NotFound, code: domain.NotFound},
		{
			name: "no access", h: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) }, code: domain.Unauthorized,
		},
		{
			name: "slow down", h: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }, code: domain.RateLimited,
			temp: true,
		},
		{name: "empty", h: func(http.ResponseWriter, *http.Request) {}, code: domain.BadResponse},
		{
			name: "UTF-16", h: func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "\xff\xfei\x00d\x00") },
			code: domain.BadResponse,
		},
		{
			name: "no such column", h: func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "key,name\n") },
			code: domain.InvalidConfig,
		},
		{
			name: "another delimiter", h: func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "id;name\n") },
			code: domain.InvalidConfig,
		},
		{
			name: "no such time", more: obj{"updated_at_column": "at"},
			h: func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "id,name\n") }, code: domain.InvalidConfig,
		},
		{
			name: "a column twice", h: func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "id,name,name\n") },
			code: domain.InvalidConfig,
		},
		{
			name: "a broken header", h: func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "id,na\"me\n") },
			code: domain.BadResponse,
		},
		{name: "compressed", h: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			fmt.Fprint(w, "id\n")
		}, code: domain.BadResponse},
		{name: "cut off", h: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			fmt.Fprint(w, "id\n1\n2")
		}, code: domain.Unreachable, temp: true},
		{name: "redirect to another host", h: func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://169.254.169.254/latest/", http.StatusFound)
		}, code: domain.BadResponse},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := httptest.NewServer(tc.h)
			t.Cleanup(s.Close)
			c, cfg := csvConnector{local()}, csvCfg(s.URL+"?sig="+secret, tc.more)
			src := open(t, c, cfg)
			_, err := src.Read(context.Background(), "things", nil, 10_000)
			if p := problem(t, err, tc.code); p.Temporary != tc.temp {
				t.Errorf("%+v", p)
			}
			if tc.name != "cut off" {
				problem(t, c.Check(context.Background(), config(t, cfg)), tc.code)
			}
		})
	}
	problem(t, csvConnector{public()}.Check(context.Background(), config(t, csvCfg("http://169.254.169.254/", nil))),
		domain.RefusedAddress)
	_, err := open(t, csvConnector{local()},
		csvCfg("http://127.0.0.1:1/", nil)).Read(context.Background(), "others", nil, 1)
	problem(t, err, domain.InvalidConfig)
}

// Objects are looked for below the prefix of the tenant, and nowhere else.
func TestCSVObjects(t *testing.T) {
	t.Parallel()
	store := memory{"orgs/1/imports/a.csv": rowsOf(9), "orgs/2/imports/a.csv": "id\nsecret\n", "a.csv": "id\nroot\n"}
	env := local()
	env.files = store
	c := csvConnector{env}
	ours := domain.WithObjectPrefix(context.Background(), "orgs/1/")
	cfg := func(key string) domain.Config {
		return config(t, obj{"source": obj{"object": key}, "entity": "things", "id_column": "id"})
	}
	if err := c.Check(ours, cfg("imports/a.csv")); err != nil {
		t.Fatal(err)
	}
	src := func(int) domain.Source {
		s, err := c.Open(ours, cfg("imports/a.csv"))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	first := runFrom(t, src, nil, 2)
	if first.ids() != numbers(0, 9) {
		t.Errorf("the first run: %s", first.ids())
	}
	if second := runFrom(t, src, first.next, 2); second.ids() != "" || second.pages != 1 {
		t.Errorf("the second run: %s", second.ids())
	}
	store["orgs/1/imports/a.csv"] = rowsOf(11)
	if third := run(t, src(0), first.next, 2); third.ids() != numbers(0, 11) {
		t.Errorf("the third run: %s", third.ids())
	}
	for _, key := range []string{
		"../2/imports/a.csv", "/orgs/2/imports/a.csv", "imports/../../2/imports/a.csv", "./imports/a.csv", "..", "",
		"imports//a.csv", "imports/",
	} {
		_, err := c.Open(ours, cfg(key))
		problem(t, err, domain.InvalidConfig)
	}
	for _, key := range []string{"a.csv", "orgs/2/imports/a.csv", "2/imports/a.csv"} {
		problem(t, c.Check(ours, cfg(key)), domain.NotFound)
	}
	for _, prefix := range []string{"", "orgs/1"} {
		problem(t, c.Check(domain.WithObjectPrefix(context.Background(), prefix), cfg("a.csv")), domain.InvalidConfig)
	}
	problem(t, c.Check(context.Background(), cfg("a.csv")), domain.InvalidConfig)
	problem(t, csvConnector{local()}.Check(ours, cfg("a.csv")), domain.InvalidConfig)
	env.files = memory(nil)
	if p := problem(t, csvConnector{env}.Check(ours, cfg("a.csv")), domain.Unreachable); !p.Temporary {
		t.Errorf("%+v", p)
	}
}

// A file of any size is read in bounded memory.
func TestCSVMemory(t *testing.T) {
	// Not parallel: it looks at the heap.
	const rows = 100_000
	var sent atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "id,text\n")
		line := "," + strings.Repeat("x", 300) + "\n"
		for i := range rows {
			n, err := io.WriteString(w, strconv.Itoa(i)+line)
			if err != nil {
				return
			}
			sent.Add(int64(n))
		}
	}))
	defer s.Close()
	src := open(t, csvConnector{local()}, csvCfg(s.URL, nil))
	before, most, read := heap(), uint64(0), 0
	var next domain.Checkpoint
	for {
		p, err := src.Read(context.Background(), "things", next, 500)
		if err != nil {
			t.Fatal(err)
		}
		if read += len(p.Records); read%10_000 == 0 {
			if h := heap(); h > before {
				most = max(most, h-before)
			}
		}
		if next = p.Next; p.Done {
			break
		}
	}
	if read != rows {
		t.Errorf("%d rows are read of %d", read, rows)
	}
	t.Logf("%d rows, %d MiB: the heap grew by %d KiB", read, sent.Load()>>20, most>>10)
	if most > 8<<20 {
		t.Errorf("the heap grew by %d KiB", most>>10)
	}
}

func TestCSVCancellation(t *testing.T) {
	done := leaks(t)
	func() {
		release := make(chan struct{})
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, "id\n1\n")
			w.(http.Flusher).Flush()
			select {
			case <-release:
			case <-r.Context().Done():
			}
		}))
		defer s.Close()
		defer close(release)
		src, err := csvConnector{local()}.Open(context.Background(), config(t, csvCfg(s.URL, nil)))
		if err != nil {
			t.Fatal(err)
		}
		p, err := src.Read(context.Background(), "things", nil, 1)
		if err != nil || len(p.Records) != 1 {
			t.Fatalf("%+v, %v", p, err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		defer cancel()
		_, err = src.Read(ctx, "things", p.Next, 1)
		problem(t, err, domain.TimedOut)
		if err := src.Close(); err != nil {
			t.Error(err)
		}
	}()
	done()
}

// What encoding/csv takes is read the same, however it arrives.
func FuzzCSVRows(f *testing.F) {
	for _, s := range []string{
		"a,b\n1,2\n", "a,\"b\"\"c\",\n\r\n\"\n\"\r\n", "\"a\"b\n", "a\"b\n,\n", "\"", "\r", "\"a\r\n\",\r", "\n\n\"\"\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r := stdcsv.NewReader(strings.NewReader(text))
		r.FieldsPerRecord = -1
		want, wantErr := r.ReadAll()
		for _, in := range []io.Reader{
			strings.NewReader(text), iotest.OneByteReader(strings.NewReader(text)),
			iotest.DataErrReader(strings.NewReader(text)),
		} {
			c := &csvRows{in: in, comma: ','}
			var got [][]string
			broken := false
			for {
				at := c.offset
				fields, state, err := c.next()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				if c.offset <= at {
					t.Fatalf("%q: a row at %d does not move on", text, at)
				}
				if state != rowOK {
					broken = true
					continue
				}
				got = append(got, fields)
				// From its offset a row reads the same.
				again := &csvRows{in: strings.NewReader(text[c.offset:]), comma: ',', offset: c.offset}
				if _, _, err := again.next(); err != nil && err != io.EOF {
					t.Fatal(err)
				}
			}
			if c.offset != int64(len(text)) {
				t.Fatalf("%q: the end is at %d", text, c.offset)
			}
			if wantErr != nil || broken || strings.Contains(text, "\r") {
				continue // encoding/csv turns CRLF in quotes into LF, and drops other returns
			}
			if len(got) != len(want) || !slices.EqualFunc(got, want, slices.Equal[[]string]) {
				t.Fatalf("%q: %q, want %q", text, got, want)
			}
		}
	})
}

func FuzzAppendString(f *testing.F) {
	f.Add("a\"\\\n\x01é\u2028")
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "")
		var back string
		if err := json.Unmarshal(appendString(nil, s), &back); err != nil || back != s {
			t.Fatalf("%q becomes %q, %v", s, back, err)
		}
	})
}

package connector

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	domain "github.com/alania-go/alania/domain/connector"
)

// api serves a list and counts the requests.
func api(t testing.TB, h http.HandlerFunc) (string, *atomic.Int64) {
	t.Helper()
	var n atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.Add(1)
		h(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL + "/list", &n
}

func httpCfg(u string, more obj) obj {
	c := obj{"url": u, "entity": "things"}
	for k, v := range more {
		c[k] = v
	}
	return c
}

// items returns things with ids from to to.
func items(from, to int) []obj {
	out := []obj{}
	for i := from; i < to; i++ {
		out = append(out, obj{"id": i, "name": fmt.Sprintf("thing <%d>", i)})
	}
	return out
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func numbers(from, to int) string {
	var out []string
	for i := from; i < to; i++ {
		out = append(out, strconv.Itoa(i))
	}
	return strings.Join(out, " ")
}

// Every kind of paging returns everything once, in order, whatever the limit, also when the
// source is opened anew for each page.
func TestHTTPPaging(t *testing.T) {
	t.Parallel()
	const total, size = 25, 10
	part := func(n int) []obj { return items(min(n*size, total), min(n*size+size, total)) }
	for _, tc := range []struct {
		name string
		more obj
		h    http.HandlerFunc
	}{
		{"one page", obj{}, func(w http.ResponseWriter, _ *http.Request) { reply(w, items(0, total)) }},
		{"one page, deep", obj{"items_path": "/data/0/list"}, func(w http.ResponseWriter, _ *http.Request) {
			reply(w, obj{
				"a":    obj{"list": items(90, 99)},
				"data": []any{obj{"x": []int{1}, "list": items(0, total), "z": 1}, obj{"list": items(50, 60)}}, "z": nil,
			})
		}},
		{"pages", obj{
			"items_path": "/data",
			"pagination": obj{"type": "page", "page_param": "page", "size_param": "per_page", "size": size},
		},
			func(w http.ResponseWriter, r *http.Request) {
				q := r.URL.Query()
				n, _ := strconv.Atoi(q.Get("page"))
				if q.Get("per_page") != strconv.Itoa(size) || q.Get("fixed") != "a b" {
					w.WriteHeader(http.StatusBadRequest)
					return
				}
				reply(w, obj{"data": part(n - 1)})
			}},
		{"pages from 0 that end with 404", obj{"pagination": obj{"type": "page", "page_param": "p", "first_page": 0}},
			func(w http.ResponseWriter, r *http.Request) {
				n, _ := strconv.Atoi(r.URL.Query().Get("p"))
				if n*size >= total {
					w.WriteHeader(http.StatusNotFound)
					return
				}
				reply(w, part(n))
			}},
		{"cursors", obj{
			"items_path": "/data",
			"pagination": obj{"type": "cursor", "cursor_param": "after", "next_cursor_path": "/meta/next"},
		},
			func(w http.ResponseWriter, r *http.Request) {
				n, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Query().Get("after"), "c/ &"))
				var next any = fmt.Sprintf("c/ &%d", n+1)
				if (n+1)*size >= total {
					next = nil
				}
				// The cursor comes before the items here, and after them below.
				fmt.Fprintf(w, `{"meta":{"next":%s,"total":25},"data":%s}`, config(t, next), config(t, part(n)))
			}},
		{"cursors that are numbers, behind the items", obj{
			"items_path": "/data", "pagination": obj{"type": "cursor", "cursor_param": "after", "next_cursor_path": "/next"},
		},
			func(w http.ResponseWriter, r *http.Request) {
				n, _ := strconv.Atoi(r.URL.Query().Get("after"))
				if (n+1)*size >= total {
					fmt.Fprintf(w, `{"data":%s}`, config(t, part(n)))
					return
				}
				fmt.Fprintf(w, `{"data":%s,"next":%d}`, config(t, part(n)), n+1)
			}},
		{"empty pages between", obj{
			"items_path": "/data", "pagination": obj{"type": "cursor", "cursor_param": "after", "next_cursor_path": "/next"},
		},
			func(w http.ResponseWriter, r *http.Request) {
				n, _ := strconv.Atoi(r.URL.Query().Get("after"))
				next := strconv.Itoa(n + 1)
				if n == 5 {
					next = ""
				}
				if n%2 == 1 {
					reply(w, obj{"data": nil, "next": next})
					return
				}
				reply(w, obj{"data": part(n / 2), "next": next})
			}},
		{"Link headers", obj{"pagination": obj{"type": "link"}}, func(w http.ResponseWriter, r *http.Request) {
			n, _ := strconv.Atoi(r.URL.Query().Get("n"))
			w.Header().Add("Link", `</list?n=0>; rel="first", </other,x>; title="a, b>;"; rel="prev"`)
			if (n+1)*size < total {
				w.Header().Add("Link", fmt.Sprintf(`</list?n=%d>; type=x; rel="last next"`, n+1))
			}
			reply(w, part(n))
		}},
		{"URLs in the body",
			obj{"items_path": "/data", "pagination": obj{"type": "link", "next_url_path": "/links/next/href"}},
			func(w http.ResponseWriter, r *http.Request) {
				n, _ := strconv.Atoi(r.URL.Query().Get("n"))
				links := obj{}
				if (n+1)*size < total {
					links["next"] = obj{"href": fmt.Sprintf("http://%s/list?n=%d#top", r.Host, n+1)}
				}
				reply(w, obj{"data": part(n), "links": links})
			}},
		{"compressed", obj{}, func(w http.ResponseWriter, r *http.Request) {
			if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
				t.Error("compression is not asked for")
			}
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_ = json.NewEncoder(z).Encode(items(0, total))
			_ = z.Close()
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			u, n := api(t, tc.h)
			c, cfg := httpConnector{local()}, httpCfg(u+"?fixed=a+b", tc.more)
			if err := c.Check(context.Background(), config(t, cfg)); err != nil {
				t.Fatalf("Check: %v", err)
			}
			for _, limit := range []int{1, 4, 10, 1000} {
				if got := run(t, open(t, c, cfg), nil, limit); got.ids() != numbers(0, total) || len(got.failed) > 0 {
					t.Errorf("limit %d: %s, %v", limit, got.ids(), got.failed)
				} else if string(got.records[3].Data) != `{"id":3,"name":"thing \u003c3\u003e"}` {
					t.Errorf("a record is %s", got.records[3].Data)
				}
				if got := runFrom(t, afresh(t, c, cfg), nil, limit); got.ids() != numbers(0, total) {
					t.Errorf("limit %d, opened anew: %s", limit, got.ids())
				}
			}
			// A page of the API is asked for once, however many Reads take it.
			s := open(t, c, cfg)
			before := n.Load()
			run(t, s, nil, 1000)
			whole := n.Load() - before
			run(t, s, nil, 3)
			if cut := n.Load() - before - whole; cut != whole {
				t.Errorf("%d requests in whole pages, %d when they are cut", whole, cut)
			}
		})
	}
}

func TestHTTPAuthAndHeaders(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		more  obj
		wants map[string]string
	}{
		{
			"none", obj{"auth": obj{"type": "none"}},
			map[string]string{"Authorization": "", "User-Agent": "alania", "Accept": "application/json"},
		},
		{
			"bearer", obj{"auth": obj{"type": "bearer", "token": secret}}, map[string]string{
				"Authorization": "Bearer " + secret,
			},
		},
		{
			"basic", obj{"auth": obj{"type": "basic", "username": "reader", "password": secret}},
			map[string]string{"Authorization": "Basic cmVhZGVyOmh1bnRlcjItaXMtYS1zZWNyZXQ="},
		},
		{
			"header", obj{"auth": obj{"type": "header", "name": "X-Api-Key", "value": secret}},
			map[string]string{"X-Api-Key": secret},
		},
		{
			"headers", obj{"headers": obj{"x-tenant": "7", "User-Agent": "mine"}},
			map[string]string{"X-Tenant": "7", "User-Agent": "mine"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			u, n := api(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/list" { // credentials go along to the same host
					http.Redirect(w, r, "/moved", http.StatusFound)
					return
				}
				for name, want := range tc.wants {
					if got := r.Header.Get(name); got != want {
						w.WriteHeader(http.StatusUnauthorized)
						return
					}
				}
				reply(w, items(0, 2))
			})
			c := httpConnector{local()}
			if got := run(t, open(t, c, httpCfg(u, tc.more)), nil, 10); got.ids() != "0 1" || n.Load() != 2 {
				t.Errorf("%s in %d requests", got.ids(), n.Load())
			}
		})
	}
	for _, more := range []obj{
		{"headers": obj{"Host": "x"}}, {"headers": obj{"range": "x"}}, {"headers": obj{"proxy-x": "x"}}, {
			"headers": obj{"A": "b\nc"},
		},
		{"headers": obj{"": "x"}}, {"headers": obj{"X-A": "1", "x-a": "2"}}, {
			"headers": obj{"Authorization": "x"}, "auth": obj{"type": "bearer", "token": secret},
		},
		{"headers": obj{"Authorization": "x"}, "auth": obj{"type": "basic", "username": "u", "password": secret}},
		{"auth": obj{"type": "basic", "username": "a:b", "password": secret}}, {"auth": obj{"type": "none", "token": secret}},
		{"auth": obj{"type": "header", "name": "Host", "value": secret}},
		{"auth": obj{"type": "bearer", "token": "a\r\nb"}},
	} {
		_, err := httpConnector{local()}.Open(context.Background(), config(t, httpCfg("http://127.0.0.1/", more)))
		problem(t, err, domain.InvalidConfig)
	}
}

func TestHTTPItems(t *testing.T) {
	t.Parallel()
	u, _ := api(t, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `[
			{"key":{"id":"a/b"},"at":"2026-03-04T05:06:07.891+02:00","n":9007199254740993.10},
			{"key":{"id":12345678901234567890},"at":1700000000},
			{"key":{"id":"ms"},"at":1700000000123}, {"key":{"id":"date"},"at":"2026-03-04"}, {"key":{"id":"never"},"at":"soon"},
			7, "x", null, [1], {}, {"key":{}}, {"key":{"id":null}}, {"key":{"id":{}}}, {"key":{"id":true}}, {"key":{"id":""}},
			{"key":{"id":"nul\u0000"}}, {"key":{"id":%q}}, {"key":{"id":"bad"},"v":"%s"}, {"key":{"id":"huge"},"v":"%s"},
			{"key":{"id":"number"},"v":1e99999}, {"key":{"id":"late"},"at":"9999-12-31T23:59:59-05:00"},
			{"key":{"id":"early"},"at":"0001-01-01T00:00:00+05:00"}, {"key":{"id":"last"}, "v": [ 1 , "1e99999" ] } ]`,
			strings.Repeat("x", maxID+1), "\xff", strings.Repeat("x", maxRecord))
	})
	s := open(t, httpConnector{local()}, httpCfg(u, obj{"id_path": "/key/id", "updated_at_path": "/at"}))
	got := run(t, s, nil, 4)
	if got.ids() != "a/b 12345678901234567890 ms date never last" {
		t.Errorf("the records are %s", got.ids())
	}
	want := "not_an_object not_an_object not_an_object not_an_object missing_id missing_id missing_id invalid_id " +
		"invalid_id missing_id invalid_id invalid_id invalid_encoding too_large unsupported_value unsupported_value " +
		"unsupported_value"
	if got.codes() != want {
		t.Errorf("the failures are %s\nwant %s", got.codes(), want)
	}
	for i, want := range []string{
		"2026-03-04T03:06:07.891Z", "2023-11-14T22:13:20Z", "2023-11-14T22:13:20.123Z", "2026-03-04T00:00:00Z", "", "",
	} {
		at := ""
		if u := got.records[i].UpdatedAt; u != nil {
			at = u.Format(time.RFC3339Nano)
		}
		if at != want {
			t.Errorf("%s was updated at %s, want %s", got.records[i].ExternalID, at, want)
		}
	}
	first := `{"key":{"id":"a/b"},"at":"2026-03-04T05:06:07.891+02:00","n":9007199254740993.10}`
	if string(got.records[0].Data) != first ||
		string(got.records[5].Data) != `{"key":{"id":"last"},"v":[1,"1e99999"]}` {
		t.Errorf("%s\n%s", got.records[0].Data, got.records[5].Data)
	}
	for _, f := range got.failed {
		if strings.Contains(f.Message, "xxx") || len(f.ExternalID) > maxID {
			t.Errorf("a failure tells a value: %+v", f)
		}
	}
}

// A second run asks for what changed since the latest time that the first one saw.
func TestHTTPSince(t *testing.T) {
	t.Parallel()
	now := time.Now()
	var asked []string
	at := func(id, t string) obj { return obj{"id": id, "at": t} }
	rows := []obj{
		at("a", "2020-01-02T00:00:00Z"), at("b", "2020-01-05T00:00:00.5Z"), at("c", "2020-01-03T00:00:00Z"),
		at("future", now.Add(48*time.Hour).Format(time.RFC3339)),
	}
	u, _ := api(t, func(w http.ResponseWriter, r *http.Request) {
		since := r.URL.Query().Get("changed_since")
		asked = append(asked, since)
		out := []obj{}
		for _, row := range rows {
			if row["at"].(string) > since {
				out = append(out, row)
			}
		}
		n, _ := strconv.Atoi(r.URL.Query().Get("p"))
		if n > 1 {
			out = nil
		}
		reply(w, out)
	})
	cfg := httpCfg(u,
		obj{"updated_at_path": "/at", "since_param": "changed_since", "pagination": obj{"type": "page", "page_param": "p"}})
	c := httpConnector{local()}
	first := runFrom(t, afresh(t, c, cfg), nil, 2)
	if first.ids() != "a b c future" {
		t.Errorf("the first run: %s", first.ids())
	}
	for _, s := range asked {
		if s != "" {
			t.Errorf("the first run asks for what changed since %s", s)
		}
	}
	rows = append(rows, at("d", "2020-02-01T00:00:00Z"))
	asked = nil
	second := run(t, open(t, c, cfg), first.next, 10)
	// It asks from a second before: others may have got the same time since.
	if second.ids() != "b future d" || asked[0] != "2020-01-04T23:59:59.5Z" {
		t.Errorf("the second run: %s, asked for %v", second.ids(), asked)
	}
	third := run(t, open(t, c, cfg), second.next, 10)
	if third.ids() != "future d" {
		t.Errorf("the third run: %s", third.ids())
	}
	// A run in which nothing is new keeps its place; lookback asks from before it.
	rows, asked = nil, nil
	fourth := run(t, open(t, c, with(cfg, "lookback_seconds", 60)), third.next, 10)
	if fourth.ids() != "" || asked[0] != "2020-01-31T23:59:00Z" || string(fourth.next) != string(third.next) {
		t.Errorf("the fourth run: %s, asked for %v, from %s to %s", fourth.ids(), asked, third.next, fourth.next)
	}
	// The place of another list is not taken.
	asked = nil
	if run(t, open(t, c, with(cfg, "url", u+"?other")), third.next, 10); asked[0] != "" {
		t.Errorf("another list is asked for what changed since %s", asked[0])
	}
}

func TestHTTPFaults(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		more obj
		h    http.HandlerFunc
		code domain.Code
		temp bool
		wait time.Duration
	}{
		{name: "401", h: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }, code: domain.Unauthorized},
		{name: "403", h: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) }, code: domain.Unauthorized},
		{name: "404", h: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }, code: domain.NotFound},
		{
			name: "404 of the first page", more: obj{"pagination": obj{"type": "page", "page_param": "p"}},
			h: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }, code: domain.NotFound,
		},
		{name: "400", h: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(400) }, code: domain.BadResponse},
		{
			name: "429",
			h:    func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Retry-After", "17"); w.WriteHeader(429) },
			code: domain.RateLimited, temp: true, wait: 17 * time.Second,
		},
		{
			name: "429 without a time", h: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(429) },
			code: domain.RateLimited, temp: true,
		},
		{name: "503 with a date", h: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", time.Now().Add(30*time.Second).UTC().Format(http.TimeFormat))
			w.WriteHeader(503)
		}, code: domain.RateLimited, temp: true, wait: 30 * time.Second},
		{name: "503 for ever", h: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "999999999")
			w.WriteHeader(503)
		}, code: domain.RateLimited, temp: true, wait: maxRetryAfter},
		{
			name: "500", h: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, code: domain.BadResponse,
			temp: true,
		},
		{
			name: "504", h: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(504) }, code: domain.TimedOut,
			temp: true,
		},
		{name: "304", h: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(304) }, code: domain.BadResponse},
		{
			name: "HTML", h: func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>hunter2-is-a-secret</html>") },
			code: domain.BadResponse,
		},
		{name: "nothing", h: func(http.ResponseWriter, *http.Request) {}, code: domain.BadResponse},
		{
			name: "half", h: func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `[{"id":1},`) },
			code: domain.BadResponse,
		},
		{
			name: "two values", h: func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `[{"id":1}] []`) },
			code: domain.BadResponse,
		},
		{
			name: "no array", h: func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"error":"x"}`) },
			code: domain.BadResponse,
		},
		{
			name: "no array at the path", more: obj{"items_path": "/data/items"},
			h:    func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"data":[{"items":[]}]}`) },
			code: domain.BadResponse,
		},
		{
			name: "a string at the path", more: obj{"items_path": "/data"},
			h: func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"data":"x"}`) }, code: domain.BadResponse,
		},
		{name: "cut off", h: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			fmt.Fprint(w, `[{"id":1},`)
		}, code: domain.Unreachable, temp: true},
		{
			name: "closed", h: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
			code: domain.Unreachable, temp: true,
		},
		{name: "an object as cursor",
			more: obj{"items_path": "/d", "pagination": obj{"type": "cursor", "cursor_param": "c", "next_cursor_path": "/n"}},
			h:    func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"d":[],"n":{}}`) }, code: domain.BadResponse},
		{name: "a long cursor",
			more: obj{"items_path": "/d", "pagination": obj{"type": "cursor", "cursor_param": "c", "next_cursor_path": "/n"}},
			h: func(w http.ResponseWriter, _ *http.Request) {
				fmt.Fprintf(w, `{"d":[],"n":%q}`, strings.Repeat("x", 5000))
			}, code: domain.BadResponse},
		{name: "another host's page", more: obj{"pagination": obj{"type": "link"}},
			h: func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Link", `<https://elsewhere.example.com/list>; rel=next`)
				fmt.Fprint(w, `[]`)
			}, code: domain.BadResponse},
		{
			name: "redirects without end",
			h:    func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/list", http.StatusFound) },
			code: domain.BadResponse,
		},
		{name: "redirect to metadata", h: func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://169.254.169.254/latest/meta-data/", http.StatusFound)
		}, code: domain.BadResponse},
		{name: "redirect to a file", h: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "file:///etc/passwd")
			w.WriteHeader(302)
		}, code: domain.BadResponse},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			u, _ := api(t, tc.h)
			s := open(t, httpConnector{local()}, httpCfg(u+"?key="+secret, tc.more))
			var err error
			var next domain.Checkpoint
			for range 3 {
				var p domain.Page
				if p, err = s.Read(context.Background(), "things", next, 100); err != nil {
					break
				}
				next = p.Next
			}
			p := problem(t, err, tc.code)
			if p.Temporary != tc.temp || p.RetryAfter < tc.wait-2*time.Second || p.RetryAfter > tc.wait {
				t.Errorf("%+v, want temporary %v after %v", p, tc.temp, tc.wait)
			}
		})
	}
}

// A redirect to another host, or port, on the machine is not followed though the guard
// would let it pass: the credentials are not that one's.
func TestHTTPRedirectsStay(t *testing.T) {
	t.Parallel()
	var other atomic.Int64
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		other.Add(1)
		reply(w, items(0, 1))
	}))
	defer elsewhere.Close()
	u, _ := api(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
	})
	_, err := open(t, httpConnector{local()}, httpCfg(u, nil)).Read(context.Background(), "things", nil, 1)
	problem(t, err, domain.BadResponse)
	if other.Load() > 0 {
		t.Error("the redirect was followed")
	}
}

// TestHTTPLoops: what leads back to a page that was read is the end of the list.
func TestHTTPLoops(t *testing.T) {
	t.Parallel()
	cursor := obj{"items_path": "/d", "pagination": obj{"type": "cursor", "cursor_param": "c", "next_cursor_path": "/n"}}
	for _, tc := range []struct {
		name string
		more obj
		most int64 // requests until it is found
		h    http.HandlerFunc
	}{
		{
			"the same cursor", cursor, 3, func(w http.ResponseWriter, _ *http.Request) {
				reply(w, obj{"d": items(0, 2), "n": "again"})
			},
		},
		{
			"the same cursor without items", cursor, 3, func(w http.ResponseWriter, _ *http.Request) {
				reply(w, obj{"d": nil, "n": "again"})
			},
		},
		{"a circle of seven behind three", cursor, 40, func(w http.ResponseWriter, r *http.Request) {
			n, _ := strconv.Atoi(r.URL.Query().Get("c"))
			if n++; n == 10 {
				n = 3
			}
			reply(w, obj{"d": items(n, n+1), "n": n})
		}},
		{
			"the page is not looked at", obj{"pagination": obj{"type": "page", "page_param": "p"}}, 2,
			func(w http.ResponseWriter, _ *http.Request) { reply(w, items(0, 5)) },
		},
		{"a link to itself", obj{"pagination": obj{"type": "link"}}, 3, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Link", "<?x>; rel=next")
			reply(w, items(0, 2))
		}},
	} {
		for _, anew := range []bool{false, true} {
			t.Run(fmt.Sprint(tc.name, anew), func(t *testing.T) {
				t.Parallel()
				u, n := api(t, tc.h)
				c, cfg := httpConnector{local()}, httpCfg(u, tc.more)
				s := open(t, c, cfg)
				var next domain.Checkpoint
				for n.Load() <= tc.most {
					p, err := s.Read(context.Background(), "things", next, 100)
					if err != nil {
						t.Fatal(err)
					}
					if next = p.Next; p.Done {
						return
					}
					if anew {
						s = open(t, c, cfg)
					}
				}
				t.Errorf("not found in %d requests", n.Load())
			})
		}
	}
}

// TestHTTPEnds: the ways in which APIs say that there are no more end a run well, with all that
// was read; what says that something is wrong does not.
func TestHTTPEnds(t *testing.T) {
	t.Parallel()
	cursor := obj{"items_path": "/d", "pagination": obj{"type": "cursor", "cursor_param": "c", "next_cursor_path": "/n"}}
	pages := obj{"items_path": "/d", "pagination": obj{"type": "page", "page_param": "c", "first_page": 0}}
	next := func(v any) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("c") == "" {
				reply(w, obj{"d": items(0, 2), "n": "more"})
				return
			}
			reply(w, obj{"d": items(2, 4), "n": v})
		}
	}
	after := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if n, _ := strconv.Atoi(r.URL.Query().Get("c")); n < 2 {
				reply(w, obj{"d": items(2*n, 2*n+2)})
				return
			}
			w.WriteHeader(status)
		}
	}
	for _, tc := range []struct {
		name string
		more obj
		h    http.HandlerFunc
		code domain.Code // empty: all is well
	}{
		{"cursor 0", cursor, next(0), ""}, {"cursor \"0\"", cursor, next("0"), ""}, {"cursor empty", cursor, next(""), ""},
		{"cursor null", cursor, next(nil), ""}, {"cursor false", cursor, next(false), ""}, {
			"cursor again", cursor, next("more"), "",
		},
		{"next URL 0", obj{"items_path": "/d", "pagination": obj{"type": "link", "next_url_path": "/n"}},
			func(w http.ResponseWriter, _ *http.Request) {
				reply(w, obj{"d": items(0, 4), "n": 0})
			}, ""},
		{"page again", pages, func(w http.ResponseWriter, r *http.Request) {
			n, _ := strconv.Atoi(r.URL.Query().Get("c"))
			n = min(n, 1)
			reply(w, obj{"d": items(2*n, 2*n+2)})
		}, ""},
		{"400", pages, after(400), ""}, {"404", pages, after(404), ""}, {"416", pages, after(416), ""}, {
			"422", pages, after(422), "",
		},
		{"401", pages, after(401), domain.Unauthorized}, {"403", pages, after(403), domain.Unauthorized},
		{"429", pages, after(429), domain.RateLimited},
		{"500", pages, after(500), domain.BadResponse}, {"503", pages, after(503), domain.RateLimited},
		{"400 of a cursor", cursor, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("c") == "" {
				reply(w, obj{"d": items(0, 2), "n": "more"})
				return
			}
			w.WriteHeader(400)
		}, domain.BadResponse},
		{
			"400 of the first page", pages, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(400) },
			domain.BadResponse,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			u, _ := api(t, tc.h)
			s := open(t, httpConnector{local()}, httpCfg(u, tc.more))
			var at domain.Checkpoint
			seen := map[string]bool{}
			for range 20 {
				p, err := s.Read(context.Background(), "things", at, 100)
				if err != nil {
					if tc.code == "" {
						t.Fatal(err)
					}
					problem(t, err, tc.code)
					return
				}
				for _, rec := range p.Records {
					seen[rec.ExternalID] = true
				}
				if at = p.Next; p.Done {
					if tc.code != "" || len(seen) != 4 {
						t.Errorf("it ends well with %v", seen)
					}
					return
				}
			}
			t.Error("it does not end")
		})
	}
}

func TestHTTPRefusedAddresses(t *testing.T) {
	t.Parallel()
	for _, u := range []string{
		"http://127.0.0.1:1/", "http://localhost/", "http://[::1]/", "http://169.254.169.254/latest/", "http://10.0.0.1/",
		"http://[::ffff:192.168.0.1]/",
		"http://[64:ff9b::7f00:1]/", "http://0.0.0.0/", "http://0x7f000001/",
	} {
		err := httpConnector{public()}.Check(context.Background(), config(t, httpCfg(u, nil)))
		if u == "http://0x7f000001/" && problemCode(err) == domain.Unreachable {
			continue // some look that name up, and there is none
		}
		problem(t, err, domain.RefusedAddress)
	}
	env := public()
	env.allowHTTP = false
	problem(t, httpConnector{env}.Check(context.Background(), config(t, httpCfg("http://127.0.0.1/", nil))),
		domain.InvalidConfig)
}

func TestHTTPCertificates(t *testing.T) {
	t.Parallel()
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	defer s.Close()
	p := problem(t, httpConnector{local()}.Check(context.Background(), config(t, httpCfg(s.URL, nil))), domain.Unreachable)
	if p.Temporary || !strings.Contains(p.Message, "authority") {
		t.Errorf("%+v", p)
	}
	// Plain http where TLS is expected.
	u, _ := api(t, func(http.ResponseWriter, *http.Request) {})
	problem(t,
		httpConnector{local()}.Check(context.Background(), config(t, httpCfg("https"+strings.TrimPrefix(u, "http"), nil))),
		domain.Unreachable)
	// Nobody listens.
	s.Close()
	if p := problem(t, httpConnector{local()}.Check(context.Background(), config(t, httpCfg(s.URL, nil))),
		domain.Unreachable); !p.Temporary {
		t.Errorf("%+v", p)
	}
}

// endlessly writes items until the client goes.
func endlessly(w io.Writer, item string) {
	_, err := io.WriteString(w, "[")
	for err == nil {
		_, err = io.WriteString(w, item+",")
	}
}

func TestHTTPHugeBodies(t *testing.T) {
	// Not parallel: it looks at the heap.
	defer func(was int64) { maxBody = was }(maxBody)
	maxBody = 4 << 20
	for _, tc := range []struct {
		name string
		h    http.HandlerFunc
	}{
		{"without end", func(w http.ResponseWriter, _ *http.Request) {
			endlessly(w, `{"id":1,"v":"`+strings.Repeat("x", 10_000)+`"}`)
		}},
		{"compressed without end", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			endlessly(gzip.NewWriter(w), `{"id":1,"v":"`+strings.Repeat("x", 10_000)+`"}`)
		}},
		{"one string without end", func(w http.ResponseWriter, _ *http.Request) {
			_, err := io.WriteString(w, `[{"id":"`)
			for err == nil {
				_, err = io.WriteString(w, strings.Repeat("x", 64<<10))
			}
		}},
		{"brackets", func(w http.ResponseWriter, _ *http.Request) {
			_, err := io.WriteString(w, `{"a":`)
			for err == nil {
				_, err = io.WriteString(w, strings.Repeat("[", 64<<10))
			}
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			u, _ := api(t, tc.h)
			s := open(t, httpConnector{local()}, httpCfg(u, nil))
			before, most := heap(), uint64(0)
			var next domain.Checkpoint
			var err error
			for n := 0; err == nil && n < 10_000; n++ {
				var p domain.Page
				if p, err = s.Read(context.Background(), "things", next, 50); err == nil {
					next = p.Next
				}
				if n%5 == 0 {
					if h := heap(); h > before && h-before > most {
						most = h - before
					}
				}
			}
			problem(t, err, domain.BadResponse)
			if most > 12<<20 { // three bodies: what the server of the test holds counts as well
				t.Errorf("the heap grew by %d KiB", most>>10)
			}
		})
	}
}

func TestHTTPCancellation(t *testing.T) {
	done := leaks(t)
	func() {
		release := make(chan struct{})
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/body" {
				fmt.Fprint(w, `[{"id":1},`)
				w.(http.Flusher).Flush()
			}
			select {
			case <-release:
			case <-r.Context().Done():
			}
		}))
		defer s.Close()
		defer close(release)
		for _, path := range []string{"/head", "/body"} {
			src, err := httpConnector{local()}.Open(context.Background(), config(t, httpCfg(s.URL+path, nil)))
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(context.Background())
			time.AfterFunc(50*time.Millisecond, cancel)
			start := time.Now()
			_, err = src.Read(ctx, "things", nil, 100)
			if p := problem(t, err, domain.TimedOut); !p.Temporary || !errors.Is(err, context.Canceled) {
				t.Errorf("%v", err)
			}
			ctx, cancel = context.WithTimeout(context.Background(), 50*time.Millisecond)
			_, err = src.Read(ctx, "things", nil, 100)
			cancel()
			if p := problem(t, err, domain.TimedOut); !p.Temporary || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%v", err)
			}
			if d := time.Since(start); d > 3*time.Second {
				t.Errorf("it took %v", d)
			}
			if err := src.Close(); err != nil {
				t.Error(err)
			}
		}
	}()
	done()
}

func TestPointers(t *testing.T) {
	t.Parallel()
	doc := json.RawMessage(`{"a":{"b/c":[10,{"~":"x"}]},"":1}`)
	for _, tc := range []struct{ pointer, want string }{
		{"", string(doc)}, {"/a/b~1c/0", "10"}, {"/a/b~1c/1/~0", `"x"`}, {"/", "1"}, {"/a/b~1c/2", "-"}, {"/a/b~1c/01", "-"},
		{"/a/b~1c/-", "-"}, {"/x", "-"}, {"/a/b~1c/0/x", "-"},
	} {
		p, ok := parsePointer(tc.pointer)
		got, found := p.in(doc)
		if !found {
			got = json.RawMessage("-")
		}
		if !ok || string(got) != tc.want {
			t.Errorf("%s: %s, want %s", tc.pointer, got, tc.want)
		}
	}
	for _, s := range []string{"a", "/~", "/~2", "/a~"} {
		if _, ok := parsePointer(s); ok {
			t.Errorf("%q is taken", s)
		}
	}
}

// The walker finds what a decoder of the whole finds.
func FuzzWalker(f *testing.F) {
	for _, s := range []string{
		`{"data":[{"id":1},2],"meta":{"next":"x"}}`, `{"meta":{"next":1},"data":[]}`, `{"data":null}`, `[]`,
		`{"data":{"data":[1]}}`, `{"meta":[{"next":1}],"data":[1`, ``,
	} {
		f.Add(s, "/data", "/meta/next")
	}
	f.Add(`[[1,2],[3]]`, "/1", "/0/0")
	f.Fuzz(func(t *testing.T, text, at, next string) {
		items, ok1 := parsePointer(at)
		cursor, ok2 := parsePointer(next)
		if !ok1 || !ok2 || slices.Equal(items, cursor) || cursor.within(items) || len(cursor) == 0 {
			return
		}
		w := &walker{dec: json.NewDecoder(strings.NewReader(text)), items: items, next: cursor}
		var got []json.RawMessage
		var err error
		for err == nil {
			var raw json.RawMessage
			if raw, err = w.item(); err == nil {
				got = append(got, raw)
			}
		}
		var whole any
		if (json.Unmarshal([]byte(text), &whole) != nil) && err == io.EOF {
			t.Fatalf("%q is read to its end", text)
		}
		if err != io.EOF {
			return
		}
		if strings.Count(text, `"`) > 0 && duplicate(text) {
			return // the walker takes the first array, json the last member
		}
		var want []json.RawMessage
		if raw, ok := items.in(json.RawMessage(strings.TrimSpace(text))); !ok || json.Unmarshal(raw, &want) != nil ||
			len(want) != len(got) {
			t.Fatalf("%q at %q: %s, want %s", text, at, got, want)
		}
	})
}

// duplicate reports whether a text may have a member twice.
func duplicate(text string) bool {
	seen := map[string]bool{}
	dec := json.NewDecoder(strings.NewReader(text))
	for {
		tok, err := dec.Token()
		if err != nil {
			return false
		}
		if s, ok := tok.(string); ok {
			if seen[s] {
				return true
			}
			seen[s] = true
		}
	}
}

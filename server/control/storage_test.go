package control_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/data/objects"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/server/servertest"
)

// stored puts an object into the tenant's workspace, and returns its key.
func stored(t testing.TB, i *servertest.Instance, tn *servertest.Tenant, text string) string {
	t.Helper()
	key := "some/" + id.New().UUID() + ".txt"
	_, _, err := i.Objects.Put(tn.As(), tn.Workspace.ID, key, objects.Put{
		Bytes: objects.Bytes{Body: strings.NewReader(text), Size: int64(len(text))}, ContentType: "text/plain",
	})
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// begun opens an upload with a part.
func begun(t testing.TB, i *servertest.Instance, tn *servertest.Tenant, key string) string {
	t.Helper()
	u, err := i.Objects.CreateUpload(tn.As(), tn.Workspace.ID, key, "")
	if err != nil {
		t.Fatal(err)
	}
	in := objects.Bytes{Body: strings.NewReader("part"), Size: 4}
	if _, err := i.Objects.PutPart(tn.As(), tn.Workspace.ID, u.ID, 1, in); err != nil {
		t.Fatal(err)
	}
	return u.ID.Prefixed(id.UploadPrefix)
}

// inStorage is a request about the tenant's storage.
func inStorage(tn *servertest.Tenant, operation string, path ...string) servertest.Request {
	r := servertest.Request{
		Operation: operation, Bearer: tn.Key, Path: map[string]string{"workspaceId": tn.Workspace.ID.Prefixed("wks")},
	}
	for n := 0; n < len(path); n += 2 {
		r.Path[path[n]] = path[n+1]
	}
	return r
}

// sending is the request with a body.
func sending(r servertest.Request, text string) servertest.Request {
	r.Raw, r.Type = []byte(text), "text/plain"
	return r
}

// linked makes a link by the API, and a request of it.
func linked(
	t testing.TB, i *servertest.Instance, tn *servertest.Tenant, method, operation, key string,
) servertest.Request {
	t.Helper()
	r := inStorage(tn, "createObjectLink")
	r.JSON = object{"method": method, "key": key}
	u, err := url.Parse(i.Want(t, 201, r).Object(t)["url"].(string))
	if err != nil {
		t.Fatal(err)
	}
	l := inStorage(tn, operation, "path", key)
	l.Bearer, l.Query = "", u.Query()
	return l
}

func init() {
	prefixes["uploadId"] = "upl"
	suite.Possession = append(suite.Possession, "getLinkedObject", "putLinkedObject")
	for operation, more := range map[string]func(
		t testing.TB, i *servertest.Instance, tn *servertest.Tenant,
	) servertest.Request{
		"listObjects": func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			stored(t, i, tn, "x")
			return inStorage(tn, "listObjects")
		},
		"putObject": func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			return sending(inStorage(tn, "putObject", "path", stored(t, i, tn, "x")), "y")
		},
		"getObject": func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			return inStorage(tn, "getObject", "path", stored(t, i, tn, "x"))
		},
		"deleteObject": func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			return inStorage(tn, "deleteObject", "path", stored(t, i, tn, "x"))
		},
		"copyObject": func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			r := inStorage(tn, "copyObject")
			r.JSON = object{"from": stored(t, i, tn, "x"), "to": stored(t, i, tn, "y")}
			return r
		},
		"createObjectLink": func(_ testing.TB, _ *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			r := inStorage(tn, "createObjectLink")
			r.JSON = object{"method": "GET", "key": "a"}
			return r
		},
		"getLinkedObject": func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			return linked(t, i, tn, "GET", "getLinkedObject", stored(t, i, tn, "x"))
		},
		"putLinkedObject": func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			return sending(linked(t, i, tn, "PUT", "putLinkedObject", stored(t, i, tn, "x")), "y")
		},
		"listUploads": func(_ testing.TB, _ *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			return inStorage(tn, "listUploads")
		},
		"createUpload": func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			room(t, i, tn)
			r := inStorage(tn, "createUpload")
			r.JSON = object{"key": "a"}
			return r
		},
		"getUpload": func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			room(t, i, tn)
			return inStorage(tn, "getUpload", "uploadId", begun(t, i, tn, "a"))
		},
		"abortUpload": func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			room(t, i, tn)
			return inStorage(tn, "abortUpload", "uploadId", begun(t, i, tn, "a"))
		},
		"putUploadPart": func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			room(t, i, tn)
			return sending(inStorage(tn, "putUploadPart", "uploadId", begun(t, i, tn, "a"), "partNumber", "2"), "x")
		},
		"completeUpload": func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			room(t, i, tn)
			r := inStorage(tn, "completeUpload", "uploadId", begun(t, i, tn, stored(t, i, tn, "x")))
			r.JSON = object{}
			return r
		},
	} {
		valid[operation] = more
	}
}

// room aborts the oldest upload when the workspace has nearly as many as it may.
func room(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) {
	t.Helper()
	list, _, err := i.Objects.ListUploads(tn.As(), tn.Workspace.ID, id.ID{}, objects.MaxUploads)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) > objects.MaxUploads/2 {
		_ = i.Objects.Abort(tn.As(), tn.Workspace.ID, list[0].ID) // another test may have done so
	}
}

func each(t *testing.T, test func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant)) {
	t.Parallel()
	suite.Each(t, test)
}

// What goes up comes down, with its type, its checksum and its tag.
func TestObjectRoundTrip(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		for _, key := range []string{
			"a", "a/b", "a/", "größe/模型 😀.bin", "a?b#c%20&d=e+f", "./a", "...", "line\nbreak", strings.Repeat("k", 1024),
			strings.Repeat("é/", 341) + "x", "/leading", "double//slash", `quote".txt`,
		} {
			body := []byte("the bytes of " + key + "\x00\xff")
			sum := sha256.Sum256(body)
			put := inStorage(tn, "putObject", "path", key)
			put.Raw, put.Type = body, "application/json" // which it is not
			res := i.Want(t, 201, put)
			got := res.Object(t)
			if got["key"] != key || got["size"] != float64(len(body)) || got["contentType"] != "application/json" ||
				got["checksum"] != base64.StdEncoding.EncodeToString(sum[:]) || got["etag"] != res.Header.Get("ETag") {
				t.Errorf("%q: %v, %v", key, got, res.Header)
			}
			put.Escaped = true // the same object
			i.Want(t, 200, put)
			res = i.Want(t, 200, inStorage(tn, "getObject", "path", key))
			if !bytes.Equal(res.Body, body) || res.Header.Get("Content-Type") != "application/json" ||
				res.Header.Get("ETag") != got["etag"] || res.Header.Get("X-Content-Type-Options") != "nosniff" ||
				res.Header.Get("Content-Security-Policy") != "sandbox" ||
				!strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment") {
				t.Errorf("%q: %q, %v", key, res.Body, res.Header)
			}
			i.Want(t, 204, inStorage(tn, "deleteObject", "path", key))
			i.Want(t, 404, inStorage(tn, "getObject", "path", key))
			i.Want(t, 404, inStorage(tn, "deleteObject", "path", key))
		}
		for _, key := range []string{"..", "../a", "a/../b", "a\x00b", "a\xffb", strings.Repeat("k", 1025)} {
			res := i.Want(t, 400, sending(inStorage(tn, "putObject", "path", key), "x"))
			if c := code(t, res); c != "VALIDATION_FAILED" && c != "MALFORMED" {
				t.Errorf("%q: %s", key, res.Body)
			}
		}
		empty := inStorage(tn, "putObject", "path", "empty")
		empty.Raw, empty.Type = []byte{}, "text/plain"
		i.Want(t, 201, empty)
		if res := i.Want(t, 200, inStorage(tn, "getObject", "path", "empty")); len(res.Body) != 0 {
			t.Errorf("%q", res.Body)
		}
	})
}

func TestObjectConditionsAndRanges(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		put := func(status int, text string, header map[string]string) *servertest.Response {
			t.Helper()
			r := sending(inStorage(tn, "putObject", "path", "a"), text)
			r.Header = header
			return i.Want(t, status, r)
		}
		get := func(status int, header map[string]string) *servertest.Response {
			t.Helper()
			r := inStorage(tn, "getObject", "path", "a")
			r.Header = header
			return i.Want(t, status, r)
		}
		put(412, "x", map[string]string{"If-Match": "*"})
		tag := put(201, "0123456789", map[string]string{"If-None-Match": "*"}).Header.Get("ETag")
		if res := put(412, "x", map[string]string{"If-None-Match": "*"}); code(t, res) != "PRECONDITION_FAILED" {
			t.Errorf("%s", res.Body)
		}
		put(412, "x", map[string]string{"If-Match": `"other"`})
		put(200, "0123456789", map[string]string{"If-Match": `"other", ` + tag})
		put(200, "0123456789", map[string]string{"If-Match": strings.Trim(tag, `"`)})
		res := get(304, map[string]string{"If-None-Match": "W/" + tag})
		if res.Header.Get("ETag") != tag || len(res.Body) != 0 {
			t.Errorf("%v", res.Header)
		}
		at := res.Header.Get("Last-Modified")
		get(304, map[string]string{"If-Modified-Since": at})
		get(200, map[string]string{"If-Modified-Since": "Mon, 15 Jan 2001 10:00:00 GMT"})
		get(200, map[string]string{"If-Modified-Since": "yesterday"})
		get(412, map[string]string{"If-Match": `"other"`})
		get(412, map[string]string{"If-Unmodified-Since": "Mon, 15 Jan 2001 10:00:00 GMT"})
		for spec, want := range map[string]string{
			"bytes=0-0": "0", "bytes=3-5": "345", "bytes=8-": "89", "bytes=-3": "789", "bytes=5-500": "56789",
			"bytes=-500": "0123456789",
		} {
			res := get(206, map[string]string{"Range": spec, "If-Range": tag})
			if string(res.Body) != want || !strings.HasSuffix(res.Header.Get("Content-Range"), "/10") {
				t.Errorf("%s: %q, %v", spec, res.Body, res.Header)
			}
		}
		for _, spec := range []string{"bytes=10-", "bytes=20-30", "bytes=-0"} {
			res := get(416, map[string]string{"Range": spec})
			if res.Header.Get("Content-Range") != "bytes */10" || code(t, res) != "RANGE_NOT_SATISFIABLE" {
				t.Errorf("%s: %v %s", spec, res.Header, res.Body)
			}
		}
		for _, spec := range []string{
			"bytes=0-1,3-4", "lines=1-2", "bytes=5-3", "bytes=a-b", "bytes=", "bytes=-", "bytes=+1-2",
		} {
			if res := get(200, map[string]string{"Range": spec}); string(res.Body) != "0123456789" {
				t.Errorf("%s: %q", spec, res.Body)
			}
		}
		get(200, map[string]string{"Range": "bytes=0-0", "If-Range": `"other"`})
		get(206, map[string]string{"Range": "bytes=0-0", "If-Range": at})
		del := inStorage(tn, "deleteObject", "path", "a")
		del.Header = map[string]string{"If-Match": `"other"`}
		i.Want(t, 412, del)
		head(t, i, tn, "a", tag)
	})
}

// head asks for the head of an object, which is that of its bytes.
func head(t *testing.T, i *servertest.Instance, tn *servertest.Tenant, key, tag string) {
	t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), http.MethodHead,
		i.URL+"/v1/storage/"+tn.Workspace.ID.Prefixed("wks")+"/objects/"+key, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"Authorization": "Bearer " + tn.Key, "X-API-Version": "2024-01-01", "X-Correlation-Id": "corr-abc-123",
	} {
		r.Header.Set(name, value)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, _ := io.ReadAll(res.Body)
	if res.StatusCode != 200 || res.ContentLength != 10 || res.Header.Get("ETag") != tag || len(body) != 0 {
		t.Errorf("HEAD: %d, %v, %q", res.StatusCode, res.Header, body)
	}
}

func TestObjectDigests(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		sum, sha := md5.Sum([]byte("text")), sha256.Sum256([]byte("text"))
		for name, value := range map[string]string{
			"Content-MD5":       base64.StdEncoding.EncodeToString(sum[:]),
			"x-checksum-sha256": base64.StdEncoding.EncodeToString(sha[:]),
			"X-Checksum-Sha256": hex.EncodeToString(sha[:]),
		} {
			r := inStorage(tn, "putObject", "path", "d/"+name)
			r.Header = map[string]string{name: value}
			i.Want(t, 201, sending(r, "text"))
			res := i.Want(t, 400, sending(r, "tixt"))
			said := res.Object(t)["error"].(object)["details"].([]any)[0].(object)
			if said["in"] != "header" || said["code"] != "mismatch" {
				t.Errorf("%s: %s", name, res.Body)
			}
			if res := i.Want(t, 200, inStorage(tn, "getObject", "path", "d/"+name)); string(res.Body) != "text" {
				t.Errorf("%s: %q", name, res.Body)
			}
			r.Header[name] = "nonsense"
			i.Want(t, 400, sending(r, "text"))
		}
	})
}

func TestObjectDisposition(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		for key, want := range map[string]string{
			"d/a.csv":   `attachment; filename="a.csv"`,
			`q"\;%.txt`: `attachment; filename="q____.txt"; filename*=UTF-8''q%22%5C%3B%25.txt`,
			"ü 1":       `attachment; filename="_ 1"; filename*=UTF-8''%C3%BC%201`,
			"folder/":   `attachment; filename="folder"`, "//": "attachment",
			"a\r\nSet-Cookie: x": `attachment; filename="a__Set-Cookie: x"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20x`,
		} {
			i.Want(t, 201, sending(inStorage(tn, "putObject", "path", key), "x"))
			r := inStorage(tn, "getObject", "path", key)
			if got := i.Want(t, 200, r).Header.Get("Content-Disposition"); got != want {
				t.Errorf("%q: %s, want %s", key, got, want)
			}
			r.Query = url.Values{"disposition": {"inline"}}
			got := i.Want(t, 200, r).Header.Get("Content-Disposition")
			if got != strings.Replace(want, "attachment", "inline", 1) {
				t.Errorf("%q: %s", key, got)
			}
		}
	})
}

func TestListObjects(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		for _, key := range []string{"a", "r/1", "r/2", "r/s/1", "z"} {
			i.Want(t, 201, sending(inStorage(tn, "putObject", "path", key), "x"))
		}
		list := func(status int, q url.Values) ([]string, []any, any) {
			t.Helper()
			r := inStorage(tn, "listObjects")
			r.Query = q
			res := i.Want(t, status, r)
			if status != 200 {
				return nil, nil, nil
			}
			var keys []string
			for _, o := range res.Object(t)["items"].([]any) {
				keys = append(keys, o.(object)["key"].(string))
			}
			return keys, res.Object(t)["commonPrefixes"].([]any), res.Object(t)["page"].(object)["nextCursor"]
		}
		if keys, _, next := list(200, nil); len(keys) != 5 || next != nil {
			t.Errorf("%v %v", keys, next)
		}
		keys, prefixes, _ := list(200, url.Values{"prefix": {"r/"}, "delimiter": {"/"}})
		if !slices.Equal(keys, []string{"r/1", "r/2"}) || len(prefixes) != 1 || prefixes[0] != "r/s/" {
			t.Errorf("%v %v", keys, prefixes)
		}
		var all []string
		q := url.Values{"limit": {"2"}, "delimiter": {"/"}}
		for {
			keys, prefixes, next := list(200, q)
			all = append(all, keys...)
			for _, p := range prefixes {
				all = append(all, p.(string))
			}
			if next == nil {
				break
			}
			q.Set("cursor", next.(string))
		}
		if slices.Sort(all); !slices.Equal(all, []string{"a", "r/", "z"}) {
			t.Errorf("%v", all)
		}
		q.Set("prefix", "r/") // the cursor is of another list
		list(400, q)
		for _, q := range []url.Values{
			{"limit": {"0"}}, {"limit": {"1001"}}, {"delimiter": {"\U0010ffff"}}, {"cursor": {"x"}},
		} {
			list(400, q)
		}
		list(200, url.Values{"limit": {"1000"}})
	})
}

// What the plan does not allow is refused, before the body is read when its length is known.
func TestObjectQuota(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, _ *servertest.Tenant) {
		tn := i.Tenant(t, plan.Free)
		for _, operation := range []string{"putObject", "putUploadPart", "putLinkedObject"} {
			r := inStorage(tn, operation, "path", "a", "uploadId", begun(t, i, tn, "a"), "partNumber", "2")
			if operation == "putLinkedObject" {
				r = linked(t, i, tn, "PUT", operation, "a")
			}
			r.Type = "text/plain"
			r.Length = 6 << 30
			if res := i.Want(t, 403, r); code(t, res) != "FEATURE_LIMIT_REACHED" {
				t.Errorf("%s: %s", operation, res.Body)
			}
			r.Length = 1 << 43
			i.Want(t, 413, r)
			r.Length, r.Type, r.Raw = 0, "nonsense", []byte("x")
			if operation != "putUploadPart" { // whose type that of the upload is
				i.Want(t, 400, r)
			}
		}
		if left := i.Want(t, 200, inStorage(tn, "listObjects")).Object(t)["items"].([]any); len(left) != 0 {
			t.Errorf("%v", left)
		}
	})
}

func TestCopyObject(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		cp := func(status int, body object, header map[string]string) *servertest.Response {
			t.Helper()
			r := inStorage(tn, "copyObject")
			r.JSON, r.Header = body, header
			return i.Want(t, status, r)
		}
		from := stored(t, i, tn, "text")
		got := cp(201, object{"from": from, "to": "c", "contentType": "text/html"}, nil).Object(t)
		if got["key"] != "c" || got["contentType"] != "text/html" || got["size"] != 4.0 {
			t.Errorf("%v", got)
		}
		cp(200, object{"from": from, "to": "c"}, nil)
		cp(412, object{"from": from, "to": "c"}, map[string]string{"If-None-Match": "*"})
		cp(404, object{"from": "nothing", "to": "c"}, nil)
		cp(400, object{"from": from, "to": "../c"}, nil)
		if res := i.Want(t, 200, inStorage(tn, "getObject", "path", "c")); string(res.Body) != "text" {
			t.Errorf("%q", res.Body)
		}
		full := i.Tenant(t, plan.Free)
		source := stored(t, i, full, strings.Repeat("x", 1<<20))
		if err := fill(i, full, 1<<19); err != nil {
			t.Fatal(err)
		}
		r := inStorage(full, "copyObject")
		r.JSON = object{"from": source, "to": "c"}
		i.Want(t, 403, r)
	})
}

// fill counts so much as stored that so many bytes are left.
func fill(i *servertest.Instance, tn *servertest.Tenant, left int64) error {
	return i.Store.InTx(tn.As(), func(ctx context.Context) error {
		stock := i.Objects.Stock
		room, err := stock.Left(ctx, []id.ID{tn.Workspace.ID})
		if err != nil {
			return err
		}
		return stock.Add(ctx, map[id.ID]plan.Amount{tn.Workspace.ID: {Bytes: room[tn.Workspace.ID].Bytes - left}})
	})
}

func TestObjectLinks(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		key := "größe/a b.txt"
		put := linked(t, i, tn, "PUT", "putLinkedObject", key)
		i.Want(t, 201, sending(put, "text"))
		i.Want(t, 200, sending(put, "text"))
		put.Header = map[string]string{"If-None-Match": "*"}
		i.Want(t, 412, sending(put, "text"))
		put.Header = map[string]string{"Content-MD5": base64.StdEncoding.EncodeToString(make([]byte, 16))}
		i.Want(t, 400, sending(put, "text"))
		upload := put.Query
		get := linked(t, i, tn, "GET", "getLinkedObject", key)
		if res := i.Want(t, 200, get); string(res.Body) != "text" {
			t.Errorf("%q", res.Body)
		}
		for header, status := range map[[2]string]int{
			{"Range", "bytes=1-1"}: 206, {"Range", "bytes=9-"}: 416, {"If-None-Match", "*"}: 304, {"If-Match", `"x"`}: 412,
		} {
			get.Header = map[string]string{header[0]: header[1]}
			i.Want(t, status, get)
		}
		get.Header = nil
		gone := linked(t, i, tn, "GET", "getLinkedObject", "nothing")
		i.Want(t, 404, gone)
		for name, change := range map[string]func(r *servertest.Request){
			"another key":         func(r *servertest.Request) { r.Path["path"] = "b" },
			"another workspace":   func(r *servertest.Request) { r.Path["workspaceId"] = servertest.UnknownID("wks") },
			"another end":         func(r *servertest.Request) { r.Query.Set("expires", "253402300799") },
			"shown, not saved":    func(r *servertest.Request) { r.Query.Set("disposition", "inline") },
			"another signature":   func(r *servertest.Request) { r.Query.Set("signature", "x") },
			"the link for upload": func(r *servertest.Request) { r.Query = upload },
		} {
			l := linked(t, i, tn, "GET", "getLinkedObject", key)
			change(&l)
			if res := i.Want(t, 403, l); code(t, res) != "LINK_INVALID" {
				t.Errorf("%s: %s", name, res.Body)
			}
		}
		deleted, err := i.Workspaces.Create(tn.As(), tn.Org.ID, workspace.Create{Name: "W", Settings: workspace.Defaults()})
		if err != nil {
			t.Fatal(err)
		}
		left, err := i.Objects.Sign(tn.As(), objects.Link{WorkspaceID: deleted.ID, Key: "a", Verb: objects.Writing}, 0)
		if err != nil {
			t.Fatal(err)
		}
		if err := i.Workspaces.Delete(tn.As(), deleted.ID); err != nil {
			t.Fatal(err)
		}
		put = inStorage(tn, "putLinkedObject", "workspaceId", deleted.ID.Prefixed("wks"), "path", "a")
		put.Bearer, put.Query = "", url.Values{
			"expires": {strconv.FormatInt(left.ExpiresAt.Unix(), 10)}, "signature": {left.Signature},
		}
		i.Want(t, 404, sending(put, "x"))
		wrong := linked(t, i, tn, "GET", "putLinkedObject", key)
		i.Want(t, 403, sending(wrong, "x"))
		sign := inStorage(tn, "createObjectLink")
		for _, body := range []object{
			{"method": "DELETE", "key": "a"}, {"method": "GET", "key": ".."}, {"method": "GET", "key": "a", "expiresIn": 604801},
			{"method": "GET", "key": "a", "expiresIn": 0},
		} {
			sign.JSON = body
			i.Want(t, 400, sign)
		}
		sign.JSON = object{"method": "PUT", "key": "typed", "contentType": "image/png", "expiresIn": 60}
		u, err := url.Parse(i.Want(t, 201, sign).Object(t)["url"].(string))
		if err != nil {
			t.Fatal(err)
		}
		typed := inStorage(tn, "putLinkedObject", "path", "typed")
		typed.Bearer, typed.Query = "", u.Query()
		if got := i.Want(t, 201, sending(typed, "x")).Object(t); got["contentType"] != "image/png" {
			t.Errorf("%v", got)
		}
	})
}

func TestUploadsInParts(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		create := inStorage(tn, "createUpload")
		create.JSON = object{"key": "film", "contentType": "video/mp4"}
		u := i.Want(t, 201, create).Object(t)
		upload := u["id"].(string)
		complete := inStorage(tn, "completeUpload", "uploadId", upload)
		complete.JSON = object{}
		if res := i.Want(t, 422, complete); code(t, res) != "UPLOAD_WITHOUT_PARTS" {
			t.Errorf("%s", res.Body)
		}
		part := func(n, text string) object {
			t.Helper()
			return i.Want(t, 200, sending(inStorage(tn, "putUploadPart", "uploadId", upload, "partNumber", n), text)).Object(t)
		}
		second, first := part("2", "world"), part("1", "hello ")
		i.Want(t, 400, sending(inStorage(tn, "putUploadPart", "uploadId", upload, "partNumber", "1001"), "x"))
		digest := sending(inStorage(tn, "putUploadPart", "uploadId", upload, "partNumber", "3"), "x")
		digest.Header = map[string]string{"Content-MD5": base64.StdEncoding.EncodeToString(make([]byte, 16))}
		i.Want(t, 400, digest)
		found := i.Want(t, 200, inStorage(tn, "getUpload", "uploadId", upload)).Object(t)
		if parts := found["parts"].([]any); len(parts) != 2 || parts[0].(object)["etag"] != first["etag"] {
			t.Errorf("%v", found)
		}
		complete.JSON = object{"parts": []object{{"partNumber": 1, "etag": `"other"`}}}
		i.Want(t, 400, complete)
		complete.JSON = object{"parts": []object{
			{"partNumber": 1, "etag": first["etag"]}, {"partNumber": 2, "etag": second["etag"]},
		}}
		complete.Header = map[string]string{"If-Match": "*"}
		i.Want(t, 412, complete)
		complete.Header = map[string]string{"If-None-Match": "*"}
		if got := i.Want(t, 201, complete).Object(t); got["size"] != 11.0 || got["contentType"] != "video/mp4" {
			t.Errorf("%v", got)
		}
		if res := i.Want(t, 200, inStorage(tn, "getObject", "path", "film")); string(res.Body) != "hello world" {
			t.Errorf("%q", res.Body)
		}
		i.Want(t, 404, inStorage(tn, "abortUpload", "uploadId", upload))
		full := i.Tenant(t, plan.Free)
		for range 3 {
			begun(t, i, full, "a")
		}
		list := inStorage(full, "listUploads")
		list.Query = url.Values{"limit": {"2"}}
		page := i.Want(t, 200, list).Object(t)
		list.Query.Set("cursor", page["page"].(object)["nextCursor"].(string))
		if rest := i.Want(t, 200, list).Object(t); len(page["items"].([]any)) != 2 || len(rest["items"].([]any)) != 1 {
			t.Errorf("%v %v", page, rest)
		}
		for range objects.MaxUploads - 3 {
			if _, err := i.Objects.CreateUpload(full.As(), full.Workspace.ID, "a", ""); err != nil {
				t.Fatal(err)
			}
		}
		create = inStorage(full, "createUpload")
		create.JSON = object{"key": "a"}
		if res := i.Want(t, 409, create); code(t, res) != "TOO_MANY_UPLOADS" {
			t.Errorf("%s", res.Body)
		}
	})
}

// An upload with a key of its own happens once.
func TestUploadWithAnIdempotencyKey(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		r := sending(inStorage(tn, "putObject", "path", "a"), "text")
		r.Header = map[string]string{"Idempotency-Key": id.New().UUID(), "If-None-Match": "*"}
		first := i.Want(t, 201, r)
		again := i.Want(t, 201, r)
		if again.Header.Get("X-Idempotency-Replayed") != "true" || !bytes.Equal(first.Body, again.Body) {
			t.Errorf("%v %s", again.Header, again.Body)
		}
		if res := i.Want(t, 409, sending(r, "tixt")); code(t, res) != "IDEMPOTENCY_MISMATCH" {
			t.Errorf("%s", res.Body)
		}
	})
}

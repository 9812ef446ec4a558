package postgrest_test

import (
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/data/rows"
)

// hostile are names and values that would do harm as a part of a statement.
func hostile() []string {
	out := []string{
		`'`, `"`, `''`, `""`, `\`, `\'`, `\"`, `;`, `--`, `/*`, `*/`, `$1`, `$$`, `$a$`, `%`, `_`,
		`?`, `:id`, `@id`, "`", `[id]`,
		`' OR '1'='1`, `" OR "1"="1`, `'; DROP TABLE book; --`, `"; DROP TABLE book; --`, `1; DELETE FROM book`,
		`1 OR 1=1`, `1) OR (1=1`, `' UNION SELECT * FROM pg_user --`, `pg_catalog.pg_user`,
		`test.book`, `"test"."book"`,
		`information_schema.tables`, `sqlite_master`, `main.book`, `book; ATTACH 'x' AS y`, `pg_sleep(10)`,
		`(SELECT 1)`, `id FROM author; --`, `id) FROM (SELECT`, `E'\x27'`, `U&'\0027'`, `\x27`,
		`%27`, `%2527`, `&#39;`,
		"ʼ", "＇", "“", "‘", "′", "ｉｄ", "іd", "ıd", "id\u200b", "\u202eid", "i\u0301d", "ID", "Id",
		"\ufeffid", "\u0000",
		"id\u0000", "\u0000' OR 1=1", "\n", "\r\n", "\t", " ", "", ".", "..", "../../etc/passwd",
		"null", "NULL", "true", "NaN",
		"-1", "1e400", "99999999999999999999", "0x10", "{}", "[]", "{{}}", `{"a"}`, `{1,2}`, `(`,
		`)`, `((`, `,`, `,,`, `*`, `**`,
		"eq.1", "not.not.eq.1", "in.(", "select", "order", "and", "or", "limit", "😀", strings.Repeat("a", 65536),
		strings.Repeat("'", 65536), strings.Repeat("(", 65536), strings.Repeat("%", 30000) + "x", strings.Repeat("é", 32768),
		strings.Repeat("\\", 65535), "\xff", "\xc0\xaf", "\xed\xa0\x80",
	}
	for _, word := range []string{"xmax", "ctid", "tableoid", "rowid", "oid", "current_user",
		"session_user", "version()"} {
		out = append(out, word, `"`+word+`"`, word+"'", "("+word+")")
	}
	return out
}

// Hostile names and values, in every place of a request, are refused or are values: no answer is a failure, none shows
// what the database said, and the rows are as they were.
func TestHostileRequests(t *testing.T) {
	text, err := os.ReadFile("testdata/fixture.sql")
	if err != nil {
		t.Fatal(err)
	}
	f := parseFixture(string(text))
	for name, x := range map[string]*target{"postgres": f.onPostgres(t), "sqlite": f.onSQLite(t)} {
		t.Run(name, func(t *testing.T) { attack(t, x) })
	}
}

func attack(t *testing.T, x *target) {
	all := func() string {
		r := httptest.NewRequest("GET", "/book?order=id&select=*,tag(word),written(*)", nil)
		return string(x.serve(r, nil, rows.Limits{}).Body)
	}
	before := all()
	tried := 0
	send := func(word, method, target, body string) {
		t.Helper()
		tried++
		r := httptest.NewRequest(method, target, nil)
		if len(target) > 8192 && len(r.URL.RawQuery) < 8192 {
			return // no server takes such a path
		}
		r.Header.Set("Prefer", "return=representation")
		res := x.serve(r, []byte(body), rows.Limits{Max: 100, Aggregates: true})
		if res.Status >= 500 || len(res.Body) > 0 && !json.Valid(res.Body) {
			t.Errorf("%s %.200s %.100s: %d %.300s", method, target, body, res.Status, res.Body)
		}
		for _, driver := range []string{"pq:", "SQL logic error", "syntax error",
			"constraint failed", "(SQLSTATE"} {
			if strings.Contains(string(res.Body), driver) && !strings.Contains(word, driver) {
				t.Errorf("%s %.200s: %.300s", method, target, res.Body)
			}
		}
	}
	for _, word := range hostile() {
		q := url.QueryEscape(word)
		in := url.QueryEscape(`"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(word) + `"`)
		member, _ := json.Marshal(word)
		for _, target := range []string{
			"/" + url.PathEscape(word), "/book?" + q + "=eq.1", "/book?" + in + "=eq.1",
			"/book?id=" + q, "/book?id=eq." + q,
			"/book?title=eq." + q, "/book?title=like." + q, "/book?title=ilike." + q, "/book?title=in.(" + in + ")",
			"/book?title=in.(" + q + ")",
			"/book?title=eq(any)." + q, "/book?title=isdistinct." + q, "/book?price=gt." + q,
			"/book?printed=gt." + q, "/book?out_of_print=is." + q, "/book?facts=eq." + q, "/book?facts-%3E" + in + "=eq.1",
			"/book?facts-%3E%3E" + in + "=eq." + q, "/book?or=(title.eq." + in + ")",
			"/book?or=" + q, "/book?select=" + q,
			"/book?select=" + in + ":id",
			"/book?select=" + in, "/book?select=id::" + q, "/book?select=facts-%3E" + in,
			"/book?select=tag(" + in + ":word)", "/book?select=" + in + ":tag(word)",
			"/book?select=tag!" + in + "(word)",
			"/book?select=..." + in + "(word)",
			"/book?order=" + q, "/book?order=" + in, "/book?order=facts-%3E" + in,
			"/book?limit=" + q, "/book?offset=" + q, "/book?" + in + ".limit=1", "/book?title=fts(" + q + ").x",
			"/book?title=fts." + q, "/book?select=" + in + ":count()," + in + ":title",
		} {
			send(word, "GET", target, "")
		}
		send(word, "POST", "/author", `{`+string(member)+`: 1}`)
		send(word, "POST", "/author", `{"id": 90, "name": `+string(member)+`}`)
		send(word, "POST", "/author", `{"id": `+string(member)+`, "name": "x"}`)
		send(word, "POST", "/author", word)
		send(word, "POST", "/author?columns="+q, `{"id": 90, "name": "x"}`)
		send(word, "POST", "/author?on_conflict="+in, `{"id": 90, "name": "x"}`)
		send(word, "PATCH", "/author?name=eq."+q, `{"name": `+string(member)+`}`)
		send(word, "PATCH", "/author?id=eq.1", `{"name": `+string(member)+`}`)
		send(word, "DELETE", "/book_tag?tag=eq."+q, "")
		send(word, "PUT", "/tag?word=eq."+q, `{"word": `+string(member)+`}`)
		r := httptest.NewRequest("POST", "/author", nil)
		r.Header.Set("Content-Type", "text/csv")
		if res := x.serve(r, []byte("id,name\n91,"+word), rows.Limits{}); res.Status >= 500 {
			t.Errorf("CSV %.100q: %d %s", word, res.Status, res.Body)
		}
		for _, h := range []string{"Prefer", "Accept", "Range", "Content-Type"} {
			r := httptest.NewRequest("POST", "/author", nil)
			r.Header.Set(h, word)
			if res := x.serve(r, []byte(`{"id": 90, "name": "x"}`), rows.Limits{}); res.Status >= 500 {
				t.Errorf("%s: %.100q: %d %s", h, word, res.Status, res.Body)
			}
		}
	}
	if after := all(); after != before {
		t.Errorf("the rows have become\n%s\nof\n%s", after, before)
	}
	if tried < 4000 {
		t.Errorf("only %d requests", tried)
	}
}

// A text of 64 KB that is cast to another type is refused, and its connection can be used afterwards: an error that
// repeats such a text has lib/pq lose its place.
func TestLongTextsAreCast(t *testing.T) {
	text, err := os.ReadFile("testdata/fixture.sql")
	if err != nil {
		t.Fatal(err)
	}
	x := parseFixture(string(text)).onPostgres(t)
	x.db.SetMaxOpenConns(1)
	const long = "UPDATE book SET title = repeat('a', 65536), facts = json_build_object('a', repeat('b', 65536))"
	if _, err := x.db.Exec(long); err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{
		"title::integer", "title.max()::date", "facts-%3E%3Ea::uuid", "facts-%3Ea::integer", "title::bool.max()",
	} {
		r := httptest.NewRequest("GET", "/book?select="+target, nil)
		if res := x.serve(r, nil, rows.Limits{Aggregates: true}); res.Status != 400 && res.Status != 404 {
			t.Errorf("%s: %d %.200s", target, res.Status, res.Body)
		}
		if err := x.db.Ping(); err != nil {
			t.Error(err)
		}
	}
}

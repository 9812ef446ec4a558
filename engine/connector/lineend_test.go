package connector

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// A file is read whatever its lines end with; with pages and sources of one row, too.
func TestLineEnds(t *testing.T) {
	for name, text := range map[string]string{
		"LF": "id,name\n1,a\n2,b\n", "CRLF": "id,name\r\n1,a\r\n2,b\r\n", "CR": "id,name\r1,a\r2,b\r",
		"CR, no end": "id,name\r1,a\r2,b",
		"CR, quoted": "\"id\",\"name\"\r\"1\",\"a\"\r\"2\",\"b\"\r", "CR after a mark": "\xef\xbb\xbfid,name\r1,a\r2,b\r",
		"CR, empty lines": "id,name\r\r1,a\r\r2,b\r\r",
	} {
		web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", `"1"`)
			http.ServeContent(w, r, "x.csv", time.Unix(0, 0), strings.NewReader(text))
		}))
		cfg := obj{"source": obj{"url": web.URL}, "entity": "e", "id_column": "id"}
		c := csvConnector{local()}
		if err := c.Check(context.Background(), config(t, cfg)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, limit := range []int{1, 500} {
			if r := runFrom(t, afresh(t, c, cfg), nil, limit); r.ids() != "1 2" || len(r.failed) != 0 {
				t.Errorf("%s, pages of %d: %q, %s", name, limit, r.ids(), r.codes())
			}
		}
		web.Close()
	}
	// In a file of LF a CR alone is part of a field, as before.
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("id,name\n1,a\rb\n"))
	}))
	defer web.Close()
	r := run(t, open(t, csvConnector{local()}, obj{"source": obj{"url": web.URL}, "entity": "e", "id_column": "id"}), nil,
		500)
	if r.ids() != "1" || string(r.records[0].Data) != `{"id":"1","name":"a\rb"}` {
		t.Errorf("%+v", r.records)
	}
}

// Rows that get the last watermark after a run has read it, or change within it, are found by the
// next, whatever the type of the watermark.
func TestPostgresEqualWatermarks(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	for name, kind := range map[string][2]string{
		"days": {"date", "'2026-11-30'"}, "seconds": {"timestamp(0)", "'2026-11-30 08:00:00'"},
		"stamps":   {"timestamptz", "'2026-11-30 08:00:00Z'"},
		"versions": {"bigint", "7"}, "amounts": {"numeric", "1.50"}, "texts": {"text", "'x'"},
	} {
		d.exec(t, "CREATE TABLE "+name+" (id int, name text, updated_at "+kind[0]+")")
		d.exec(t, "INSERT INTO "+name+" SELECT i, 'n', "+kind[1]+" FROM generate_series(1, 5) i")
		d.exec(t, "GRANT SELECT ON "+name+" TO "+d.user)
		s := open(t, postgresConnector{local()}, d.config(d.table(name)))
		first := run(t, s, nil, 2)
		d.exec(t, "UPDATE "+name+" SET name = 'changed' WHERE id = 2")
		d.exec(t, "INSERT INTO "+name+" VALUES (0, 'new', "+kind[1]+")")
		second := run(t, s, first.next, 2)
		if second.ids() != "0 1 2 3 4 5" || !strings.Contains(string(second.records[2].Data), "changed") {
			t.Errorf("%s: %s", name, second.ids())
		}
	}
}

package control_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/labstack/echo/v4"
	_ "github.com/lib/pq"
	_ "modernc.org/sqlite"

	"github.com/alania-go/alania/domain/data/documents"
	"github.com/alania-go/alania/domain/data/rows"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/server/servertest"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

const (
	benchConnections = 16
	benchRounds      = 5
	benchRound       = 600 * time.Millisecond
)

// BenchmarkRows compares pages of the server, with everything on, with handlers that are only echo and sqlx, in turns:
// run it with -benchtime 1x. Client, server and database share the machine.
func BenchmarkRows(b *testing.B) {
	for _, e := range storetest.Engines {
		b.Run(string(e), func(b *testing.B) {
			x := benchRows(b, e, 100_000)
			const page = "select=id,name,price,maker(name)&kind=eq.7&order=id&limit=20"
			bare := x.bare(b)
			b.Run("page", func(b *testing.B) {
				inTurns(b, x.tn.Key, x.base+"/rest/thing?"+page, bare+"/page")
			})
			b.Run("page_with_total", func(b *testing.B) {
				inTurns(b, x.tn.Key, x.base+"/rows/thing?"+page, bare+"/page?total=true")
			})
			b.Run("by_key", func(b *testing.B) {
				inTurns(b, x.tn.Key, x.base+"/rows/thing/777", bare+"/one")
			})
		})
	}
}

// BenchmarkRowsGrowth tells what pages, look-ups and counts of more and more rows take.
func BenchmarkRowsGrowth(b *testing.B) {
	for _, e := range storetest.Engines {
		for _, n := range []int{10_000, 100_000, 1_000_000} {
			b.Run(fmt.Sprint(e, "/", n), func(b *testing.B) {
				x := benchRows(b, e, n)
				for _, c := range [][2]string{
					{"first_page", "/rest/thing?order=id&limit=20"},
					{"page_in_the_middle", fmt.Sprint("/rest/thing?order=id&limit=20&offset=", n/2)},
					{"page_by_filter", fmt.Sprint("/rest/thing?id=gt.", n/2, "&order=id&limit=20")},
					{"by_key", fmt.Sprint("/rows/thing/", n/2)},
					{"first_page_with_total", "/rows/thing?order=id"},
					{"count_of_filter", "/rest/thing?select=count()&kind=eq.7"},
				} {
					b.Run(c[0], func(b *testing.B) {
						client := &http.Client{Transport: &http.Transport{}}
						defer client.CloseIdleConnections()
						for b.Loop() {
							if _, err := fetch(client, x.base+c[1], x.tn.Key); err != nil {
								b.Fatal(err)
							}
						}
					})
				}
			})
		}
	}
}

// BenchmarkFind compares an indexed find of 20 documents with a handler that runs the same statement.
func BenchmarkFind(b *testing.B) {
	for _, e := range storetest.Engines {
		b.Run(string(e), func(b *testing.B) { benchFind(b, e) })
	}
}

type rowsBench struct {
	i    *servertest.Instance
	tn   *servertest.Tenant
	base string
	db   *sqlx.DB
}

// benchRows makes a table with rows that refer to another.
func benchRows(b *testing.B, e store.Engine, n int) rowsBench {
	cfg := servertest.Config(b, e)
	cfg.RateClasses = benchRates()
	x := rowsBench{i: servertest.Run(b, e, cfg)}
	x.tn = x.i.Tenant(b, plan.Enterprise)
	x.base = x.i.URL + "/v1/postgres/" + x.tn.Workspace.ID.Prefixed("wks")
	never := false
	for _, d := range []rows.Definition{
		{Name: "maker", Columns: []rows.ColumnDefinition{
			{Name: "id", Type: "integer", Primary: true}, {Name: "name", Type: "text", Nullable: &never},
		}},
		{Name: "thing", Columns: []rows.ColumnDefinition{
			{Name: "id", Type: "integer", Primary: true}, {Name: "name", Type: "text", Nullable: &never},
			{Name: "kind", Type: "integer", Nullable: &never},
			{Name: "price", Type: "double precision", Nullable: &never},
			{
				Name: "maker_id", Type: "integer", Nullable: &never,
				Refers: &rows.ForeignKey{Table: "maker", References: []string{"id"}},
			},
		}, Indexes: []rows.Index{{Columns: []string{"kind", "id"}}}},
	} {
		if _, err := x.i.Rows.Create(x.tn.As(), x.tn.Workspace.ID, d); err != nil {
			b.Fatal(err)
		}
	}
	name := x.tn.Workspace.ID.UUID()
	series, in := "generate_series(1, ?) n", ""
	if e == store.SQLite {
		u, err := url.Parse(cfg.RowsURL())
		if err != nil {
			b.Fatal(err)
		}
		x.db = sqlx.MustOpen("sqlite", "file:"+filepath.Join(u.Path, name[len(name)-2:], name+".db")+
			"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=cache_size(-4096)")
		x.db.SetMaxOpenConns(4)
		x.db.SetMaxIdleConns(4)
		series = "(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < ?) SELECT n FROM s) s"
	} else {
		in = "ws_" + strings.ReplaceAll(name, "-", "")
		x.db = sqlx.MustOpen("postgres", cfg.DatabaseURL+search(cfg.DatabaseURL, in))
		x.db.SetMaxOpenConns(benchConnections)
		x.db.SetMaxIdleConns(benchConnections)
	}
	b.Cleanup(func() { _ = x.db.Close() })
	for _, text := range []string{
		"INSERT INTO maker SELECT n, 'maker ' || n FROM " + strings.Replace(series, "?", "1000", 1),
		"INSERT INTO thing SELECT n, 'thing ' || n, n % 50, n * 0.5, n % 1000 + 1 FROM " +
			strings.Replace(series, "?", fmt.Sprint(n), 1),
		map[store.Engine]string{store.Postgres: "ANALYZE", store.SQLite: "SELECT 1"}[e], // as the engines leave it
	} {
		if _, err := x.db.Exec(text); err != nil {
			b.Fatalf("%s: %v", text, err)
		}
	}
	return x
}

// search has the connections of an address search in a schema.
func search(address, schema string) string {
	if strings.Contains(address, "?") {
		return "&search_path=" + schema
	}
	return "?search_path=" + schema
}

func benchRates() map[string]plan.Rate {
	return map[string]plan.Rate{"data": {PerMinute: 100_000_000, Burst: 10_000_000}}
}

type (
	benchMaker struct {
		Name string `db:"name" json:"name"`
	}
	benchThing struct {
		ID    int64      `db:"id"    json:"id"`
		Name  string     `db:"name"  json:"name"`
		Price float64    `db:"price" json:"price"`
		Maker benchMaker `db:"maker" json:"maker"`
	}
	benchRow struct {
		ID    int64   `db:"id"       json:"id"`
		Name  string  `db:"name"     json:"name"`
		Kind  int64   `db:"kind"     json:"kind"`
		Price float64 `db:"price"    json:"price"`
		Maker int64   `db:"maker_id" json:"maker_id"`
	}
)

// bare serves the same rows with echo and sqlx alone.
func (x rowsBench) bare(b *testing.B) string {
	prepare := func(text string) *sqlx.Stmt {
		s, err := x.db.Preparex(text)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = s.Close() })
		return s
	}
	list := prepare(`SELECT t.id, t.name, t.price, m.name AS "maker.name" FROM thing t` +
		" LEFT JOIN maker m ON m.id = t.maker_id WHERE t.kind = $1 ORDER BY t.id LIMIT $2")
	total := prepare("SELECT count(*) FROM thing WHERE kind = $1")
	one := prepare("SELECT id, name, kind, price, maker_id FROM thing WHERE id = $1")
	r := bareEcho(b)
	r.GET("/page", func(c echo.Context) error {
		var found []benchThing
		if err := list.SelectContext(c.Request().Context(), &found, 7, 20); err != nil {
			return err
		}
		if c.QueryParam("total") == "" {
			return c.JSON(http.StatusOK, found)
		}
		var n int64
		if err := total.GetContext(c.Request().Context(), &n, 7); err != nil {
			return err
		}
		return c.JSON(http.StatusOK, object{"data": found, "pagination": object{"total": n}})
	})
	r.GET("/one", func(c echo.Context) error {
		var found benchRow
		if err := one.GetContext(c.Request().Context(), &found, 777); err != nil {
			return err
		}
		return c.JSON(http.StatusOK, object{"data": found})
	})
	web := httptest.NewServer(r)
	b.Cleanup(web.Close)
	return web.URL
}

func bareEcho(b *testing.B) *echo.Echo {
	r := echo.New()
	r.HTTPErrorHandler = func(err error, c echo.Context) {
		b.Error(err)
		_ = c.NoContent(http.StatusInternalServerError)
	}
	return r
}

func benchFind(b *testing.B, e store.Engine) {
	cfg := servertest.Config(b, e)
	cfg.RateClasses = benchRates()
	i := servertest.Run(b, e, cfg)
	tn := i.Tenant(b, plan.Enterprise)
	const all, batch = 100_000, 1000
	filler := strings.Repeat("x", 200)
	for n := 0; n < all; n += batch {
		var docs []string
		for k := n; k < n+batch; k++ {
			docs = append(docs, fmt.Sprintf(`{"customer":%d,"status":"%s","total":%d.5,"note":"%s"}`,
				k%5000, []string{"new", "paid", "sent"}[k%3], k, filler))
		}
		inserted(b, i, tn, "orders", "["+strings.Join(docs, ",")+"]")
	}
	_, err := i.Documents.CreateIndex(tn.As(), tn.Workspace.ID, "orders",
		documents.IndexCreate{Keys: `{"customer":1,"total":-1}`})
	if err != nil {
		b.Fatal(err)
	}
	var db *sqlx.DB
	if e == store.SQLite {
		db = sqlx.MustOpen("sqlite", "file:"+strings.TrimPrefix(cfg.DatabaseURL, "sqlite://"))
	} else {
		db = sqlx.MustOpen("postgres", cfg.DatabaseURL)
	}
	db.SetMaxOpenConns(benchConnections)
	db.SetMaxIdleConns(benchConnections)
	defer func() { _ = db.Close() }()
	if _, err := db.Exec("ANALYZE"); err != nil {
		b.Fatal(err)
	}
	// The statement of the engine: the entries of one key of the index.
	var index int64
	var first []byte
	if err := db.QueryRow("SELECT min(in_index) FROM document_entries").Scan(&index); err != nil {
		b.Fatal(err)
	}
	doc := "SELECT e.key FROM document_entries e JOIN documents d ON d.seq = e.document WHERE e.in_index = $1" +
		" AND d.body LIKE '%\"customer\":7,%' ORDER BY e.key"
	if err := db.QueryRow(doc, index).Scan(&first); err != nil {
		b.Fatal(err)
	}
	var last []byte
	if err := db.QueryRow(doc+" DESC", index).Scan(&last); err != nil {
		b.Fatal(err)
	}
	find, err := db.Preparex("SELECT d.seq, d.body FROM document_entries e JOIN documents d ON d.seq = e.document" +
		" WHERE e.in_index = $1 AND e.key >= $2 AND e.key < $3 AND EXISTS (SELECT 1 FROM document_collections c" +
		" WHERE c.seq = d.collection AND c.version > $4) ORDER BY e.key, e.document LIMIT $5")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = find.Close() }()
	r := bareEcho(b)
	r.GET("/find", func(c echo.Context) error {
		var found []struct {
			Seq  int64  `db:"seq"`
			Body string `db:"body"`
		}
		err := find.SelectContext(c.Request().Context(), &found, index, first, append(slices.Clone(last), 0xff), 0, 21)
		if err != nil {
			return err
		}
		docs := make([]json.RawMessage, len(found))
		for i, f := range found {
			docs[i] = json.RawMessage(f.Body)
		}
		return c.JSON(http.StatusOK, object{"data": docs, "pagination": object{"total": len(docs)}})
	})
	web := httptest.NewServer(r)
	defer web.Close()
	base := i.URL + "/v1/mongo/" + tn.Workspace.ID.Prefixed("wks") + "/collections/orders"
	b.Run("find", func(b *testing.B) {
		inTurns(b, tn.Key, base+"/documents?filter.customer=7&limit=20", web.URL+"/find")
	})
	b.Run("find_in_order", func(b *testing.B) {
		inTurns(b, tn.Key, base+"/documents?filter.customer=7&sort=-total&limit=20", web.URL+"/find")
	})
}

func fetch(client *http.Client, target, key string) (int, error) {
	req, err := http.NewRequest(http.MethodGet, target, nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("X-API-Version", "2024-01-01")
	req.Header.Set("X-Correlation-Id", "0190c5b8-7c1d-7f6e-9a43-3f2d5c8e1b90")
	res, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	body, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if err == nil && res.StatusCode != http.StatusOK && res.StatusCode != http.StatusPartialContent {
		err = fmt.Errorf("status %d: %s", res.StatusCode, body)
	}
	return len(body), err
}

// inTurns sends requests to ours and to a handler of echo in rounds, and tells the medians of both.
func inTurns(b *testing.B, key, ours, bare string) {
	var got, cpu [2][]float64
	for range benchRounds + 1 {
		for i, target := range []string{ours, bare} {
			n, used := perSecond(b, target, key)
			got[i], cpu[i] = append(got[i], n), append(cpu[i], used)
		}
	}
	for i := range got {
		got[i] = got[i][1:] // the first is to warm up
		slices.Sort(got[i])
		slices.Sort(cpu[i])
	}
	of := func(i int) float64 { return got[i][len(got[i])/2] }
	b.ReportMetric(of(0), "ours/s")
	b.ReportMetric(of(1), "bare/s")
	b.ReportMetric(of(0)/of(1), "ratio")
	b.ReportMetric(cpu[0][len(cpu[0])/2], "ours-cpu-us")
	b.ReportMetric(cpu[1][len(cpu[1])/2], "bare-cpu-us")
	b.ReportMetric(0, "ns/op")
}

// perSecond sends requests for a while, and returns how many were answered a second, and the microseconds of the
// processor that each took this process, client and server together.
func perSecond(b *testing.B, target, key string) (rate, cpu float64) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: benchConnections}}
	defer client.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(b.Context(), benchRound)
	defer cancel()
	var n atomic.Int64
	var all sync.WaitGroup
	begun, used := time.Now(), processor(b)
	for range benchConnections {
		all.Go(func() {
			for ctx.Err() == nil {
				if _, err := fetch(client, target, key); err != nil {
					b.Error(err)
					return
				}
				n.Add(1)
			}
		})
	}
	all.Wait()
	return float64(n.Load()) / time.Since(begun).Seconds(),
		float64((processor(b) - used).Microseconds()) / float64(max(n.Load(), 1))
}

func processor(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

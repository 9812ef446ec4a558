package connector

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lib/pq"

	domain "github.com/alania-go/alania/domain/connector"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

// database is one of the test's own on a real server, which is reached over TCP, in the
// clear and with TLS, and asks for passwords.
type database struct {
	admin *sql.DB
	name  string
	user  string
	port  int
	tls   int
	ca    string // in PEM form
}

func newDatabase(t testing.TB) *database {
	t.Helper()
	raw := storetest.Empty(t, store.Postgres)
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	admin, err := sql.Open("postgres", raw)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = admin.Close() })
	d := &database{admin: admin, name: strings.TrimPrefix(u.Path, "/")}
	network, address := "tcp", u.Host
	if u.Port() == "" {
		address = net.JoinHostPort(u.Hostname(), "5432")
	}
	if dir := u.Query().Get("host"); dir != "" {
		network, address = "unix", filepath.Join(dir, ".s.PGSQL.5432")
		askPasswords(t, admin)
	}
	var cert tls.Certificate
	cert, d.ca = certificate(t)
	d.port = forward(t, network, address, nil)
	d.tls = forward(t, network, address, &cert)
	d.user = d.role(t, secret)
	d.exec(t, "GRANT USAGE ON SCHEMA public TO "+d.user)
	return d
}

var passwordsOnce sync.Once

// askPasswords makes the throw-away server ask the roles of the tests for their passwords.
func askPasswords(t testing.TB, admin *sql.DB) {
	t.Helper()
	passwordsOnce.Do(func() {
		if os.Getenv("ALANIA_TEST_POSTGRES_URL") != "" {
			return // not ours to change
		}
		var file string
		if err := admin.QueryRow("SHOW hba_file").Scan(&file); err != nil {
			t.Fatal(err)
		}
		for _, q := range []string{
			"CREATE ROLE asked_for_password",
			"COPY (VALUES ('local all +asked_for_password scram-sha-256'), ('local all all trust')) TO " + pq.QuoteLiteral(file),
			"SELECT pg_reload_conf()",
		} {
			if _, err := admin.Exec(q); err != nil {
				t.Fatalf("%s: %v", q, err)
			}
		}
		for range 100 { // the reload is not waited for
			var n int
			if err := admin.QueryRow("SELECT count(*) FROM pg_hba_file_rules").Scan(&n); err == nil && n == 2 {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		time.Sleep(200 * time.Millisecond)
	})
}

// role makes a user; on the throw-away server one that is asked for its password.
func (d *database) role(t testing.TB, password string) string {
	t.Helper()
	b := make([]byte, 6)
	_, _ = rand.Read(b)
	name := "reader_" + hex.EncodeToString(b)
	d.exec(t, "CREATE ROLE "+name+" LOGIN PASSWORD "+pq.QuoteLiteral(password))
	if os.Getenv("ALANIA_TEST_POSTGRES_URL") == "" {
		d.exec(t, "GRANT asked_for_password TO "+name)
	}
	t.Cleanup(func() { d.exec(t, "DROP OWNED BY "+name); d.exec(t, "DROP ROLE "+name) })
	return name
}

func (d *database) exec(t testing.TB, query string, args ...any) {
	t.Helper()
	if _, err := d.admin.Exec(query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// things makes a table of n rows, of which ten each have one watermark.
func (d *database) things(t testing.TB, n int) {
	t.Helper()
	d.exec(t, "CREATE TABLE things (id bigint PRIMARY KEY, name text, updated_at timestamptz NOT NULL)")
	d.exec(t,
		"INSERT INTO things SELECT i, 'thing ' || i, '2020-01-01'::timestamptz + (i / 10) * interval '1.000001 second' "+
			"FROM generate_series(0, $1::int - 1) i", n)
	d.exec(t, "CREATE INDEX ON things (updated_at, id)")
	d.exec(t, "GRANT SELECT ON things TO "+d.user)
}

func (d *database) config(tables ...obj) obj {
	if tables == nil {
		tables = []obj{d.table("things")}
	}
	return obj{
		"host": "127.0.0.1", "port": d.port, "database": d.name, "user": d.user, "password": secret, "sslmode": "disable",
		"tables": tables,
	}
}

func (d *database) table(name string) obj {
	return obj{"table": name, "id_column": "id", "watermark_column": "updated_at"}
}

// forward listens on TCP for a server that listens on a socket, and speaks TLS for it.
func forward(t testing.TB, network, address string, cert *tls.Certificate) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				if cert != nil {
					var ask [8]byte
					if _, err := io.ReadFull(c, ask[:]); err != nil || binary.BigEndian.Uint32(ask[4:]) != 80877103 {
						return
					}
					if _, err := c.Write([]byte("S")); err != nil {
						return
					}
					c = tls.Server(c, &tls.Config{Certificates: []tls.Certificate{*cert}})
				}
				s, err := net.Dial(network, address)
				if err != nil {
					return
				}
				defer s.Close()
				done := make(chan struct{})
				go func() { _, _ = io.Copy(s, c); _ = s.Close(); close(done) }()
				_, _ = io.Copy(c, s)
				_ = c.Close()
				<-done
			}()
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

// certificate returns a certificate for localhost, signed by an authority of its own.
func certificate(t testing.TB) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour),
		IsCA:     true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		DNSNames: []string{"localhost"},
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, string(pem.EncodeToMemory(&pem.Block{
		Type: "CERTIFICATE", Bytes: der,
	}))
}

func TestPostgresRuns(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	const total = 95
	d.things(t, total)
	c, cfg := postgresConnector{local()}, d.config()
	if err := c.Check(context.Background(), config(t, cfg)); err != nil {
		t.Fatal(err)
	}
	s := open(t, c, cfg)
	var first result
	// Ten rows have one watermark, so pages end within them; also at every single row.
	for _, limit := range []int{1, 3, 7, 10, total, 1000} {
		first = run(t, s, nil, limit)
		if first.ids() != numbers(0, total) || len(first.failed) > 0 {
			t.Fatalf("limit %d: %s %v", limit, first.ids(), first.failed)
		}
	}
	for _, limit := range []int{13, 40} { // resumed at each page, as after a crash
		if got := runFrom(t, afresh(t, c, cfg), nil, limit); got.ids() != numbers(0, total) {
			t.Fatalf("limit %d, opened anew: %s", limit, got.ids())
		}
	}
	r := first.records[42]
	if string(r.Data) != `{"id":42,"name":"thing 42","updated_at":"2020-01-01T00:00:04.000004+00:00"}` ||
		!r.UpdatedAt.Equal(time.Date(2020, 1, 1, 0, 0, 4, 4000, time.UTC)) {
		t.Errorf("a record is %s at %v", r.Data, r.UpdatedAt)
	}
	// The next run reads what changed, in the order in which it did, and the rows with the last
	// watermark: others may have got the same, and they themselves may have changed within it.
	if second := run(t, s, first.next, 10); second.ids() != numbers(90, total) {
		t.Errorf("nothing changed, and %s is read", second.ids())
	}
	d.exec(t, "UPDATE things SET name = 'changed', updated_at = '2020-02-01' WHERE id IN (7, 3)")
	d.exec(t, "UPDATE things SET name = 'changed', updated_at = '2020-01-31' WHERE id = 90")
	d.exec(t, "INSERT INTO things SELECT 1000, 'new', max(updated_at) FROM things WHERE id = 94")
	second := run(t, s, first.next, 2)
	if second.ids() != "91 92 93 94 1000 90 3 7" {
		t.Errorf("the second run reads %s", second.ids())
	}
	// A commit that comes late is found by looking back.
	d.exec(t, "INSERT INTO things VALUES (2000, 'late', '2020-01-31 23:59:30Z')")
	if third := run(t, s, second.next, 10); third.ids() != "3 7" {
		t.Errorf("the third run reads %s", third.ids())
	}
	back := with(cfg, "lookback_seconds", 60)
	third := runFrom(t, afresh(t, c, back), second.next, 1)
	if third.ids() != "2000 3 7" {
		t.Errorf("looking back reads %s", third.ids())
	}
	// And the place does not move backwards, run by run.
	for range 3 {
		if third = runFrom(t, afresh(t, c, back), third.next, 1); third.ids() != "2000 3 7" {
			t.Errorf("looking back again reads %s", third.ids())
		}
	}
	d.exec(t, "DELETE FROM things WHERE updated_at > '2020-01-31 12:00Z'")
	if third = run(t, open(t, c, back), third.next, 10); third.ids() != "" {
		t.Errorf("looking back at nothing reads %s", third.ids())
	}
	d.exec(t, "INSERT INTO things VALUES (3000, 'after', '2020-02-02')")
	if third = run(t, open(t, c, back), third.next, 10); third.ids() != "3000" {
		t.Errorf("afterwards it reads %s", third.ids())
	}
}

// A row that is updated while the table is read is read again, and none is left out.
func TestPostgresChangesInARun(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	d.things(t, 30)
	s := open(t, postgresConnector{local()}, d.config())
	p, err := s.Read(context.Background(), "things", nil, 10)
	if err != nil {
		t.Fatal(err)
	}
	d.exec(t, "UPDATE things SET updated_at = '2020-03-01' WHERE id IN (2, 25)")
	d.exec(t, "DELETE FROM things WHERE id = 9") // on which the place stands
	if got := run(t, s, p.Next, 10); got.ids() != numbers(10, 25)+" "+numbers(26, 30)+" 2 25" {
		t.Errorf("%s", got.ids())
	}
}

func TestPostgresTypes(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	d.exec(t, `CREATE DOMAIN stamp AS timestamp`)
	d.exec(t, `CREATE DOMAIN stamped AS stamp`)
	d.exec(t, `CREATE TYPE mood AS ENUM ('sad', 'glad')`)
	d.exec(t, `CREATE TABLE kinds (id uuid PRIMARY KEY, updated_at timestamp(3), big bigint, num numeric,
		small smallint, real4 real, double double precision, yes boolean, at timestamptz, local timestamp,
		domained stamped, day date, tod time, span interval, raw bytea, doc json, docb jsonb, list int[], texts text[],
		mood mood, nothing text, inf timestamptz, nan double precision, "a ""b"" c" text, money money, ip inet)`)
	d.exec(t, `INSERT INTO kinds VALUES ('0190b5a8-0000-7000-8000-000000000001', '2020-01-02 03:04:05.678', 9007199254740993,
		12345678901234567890.0123456789012345678900, -7, 1.1, 0.1, true, '2020-06-01 12:00:00.123456+02',
		'2020-06-01 12:00', '2020-06-02 12:00', '2020-06-03', '01:02:03', '1 year 2 days',
		decode(repeat('00ff', 60), 'hex'), E'{"b" : 1,\n"a":1.50, "a":2}', '{"x":[1,null]}', '{1,NULL,3}',
		'{"a\"b",c}', 'glad', NULL, 'infinity', 'NaN', E'tab\t"q"\\ é', '1.5', '10.0.0.1/8')`)
	d.exec(t, "GRANT SELECT ON kinds TO "+d.user)
	got := run(t, open(t, postgresConnector{local()}, d.config(d.table("kinds"))), nil, 10)
	want := `{"id":"0190b5a8-0000-7000-8000-000000000001","updated_at":"2020-01-02T03:04:05.678+00:00",` +
		`"big":9007199254740993,"num":12345678901234567890.0123456789012345678900,` +
		`"small":-7,"real4":1.1,"double":0.1,"yes":true,"at":"2020-06-01T10:00:00.123456+00:00",` +
		`"local":"2020-06-01T12:00:00+00:00","domained":"2020-06-02T12:00:00+00:00",` +
		`"day":"2020-06-03","tod":"01:02:03","span":"P1Y2D","raw":"` + strings.Repeat("AP8A/wD/", 20) +
		`","doc":{"b":1,"a":1.50,"a":2},"docb":{"x":[1,null]},"list":[1,null,3],` +
		`"texts":["a\"b","c"],"mood":"glad","nothing":null,"inf":"infinity","nan":"NaN","a \"b\" c":"tab\t\"q\"\\ é",` +
		`"money":"$1.50","ip":"10.0.0.1/8"}`
	if len(got.records) != 1 || string(got.records[0].Data) != want {
		t.Errorf("%+v %+v\n%s\nwant\n%s", got.records, got.failed, got.records[0].Data, want)
	}
	// Every type that can be an id, and every one that can be a watermark.
	for i, tc := range []struct{ id, mark, values, ids string }{
		{"int", "int", "(1, 5), (2, -5), (3, 5)", "2 1 3"},
		{"smallint", "smallint", "(1, 5), (2, 4)", "2 1"},
		{"bigint", "bigint", "(9007199254740993, 9007199254740993), (2, 9007199254740992)", "2 9007199254740993"},
		{"numeric", "numeric", "(1.50, 0.1), (2, 0.01), (3, 1e20), (4, 'NaN')", "2 1.50 3"},
		{"text", "text", `('b', 'x'), ('a', 'x'), ('ü"\''', 'w')`, `ü"\' a b`},
		{"varchar(9)", "varchar", "('b', 'x'), ('a', 'x')", "a b"},
		{"char(3)", "char(9)", "('b', 'x'), ('a', 'x')", "a b"},
		{"uuid", "uuid",
			"('00000000-0000-0000-0000-000000000002', '00000000-0000-0000-0000-000000000002'), " +
				"('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002')",
			"00000000-0000-0000-0000-000000000001 00000000-0000-0000-0000-000000000002"},
		{"int", "date", "(1, '2020-01-02'), (2, '2020-01-01'), (3, '0044-03-15 BC'), (4, 'infinity')", "3 2 1"},
		{"int", "timestamp", "(1, '2020-01-02 03:04:05.000001'), (2, '2020-01-02 03:04:05'), (3, '-infinity')", "2 1"},
		{"int", "timestamptz", "(1, '2020-01-02 00:00-08'), (2, '2020-01-02 00:00Z')", "2 1"},
		{"int", "stamped", "(1, '2020-01-02'), (2, '2020-01-01')", "2 1"},
	} {
		name := "kind" + strconv.Itoa(i)
		d.exec(t, "CREATE TABLE "+name+" (id "+tc.id+", updated_at "+tc.mark+")")
		d.exec(t, "INSERT INTO "+name+" VALUES "+tc.values)
		d.exec(t, "GRANT SELECT ON "+name+" TO "+d.user)
		c, cfg := postgresConnector{local()}, d.config(d.table(name))
		got := runFrom(t, afresh(t, c, cfg), nil, 1)
		if got.ids() != tc.ids {
			t.Errorf("%s, %s: %s, want %s", tc.id, tc.mark, got.ids(), tc.ids)
		}
		if again := run(t, open(t, c, with(cfg, "lookback_seconds", 0)), got.next, 5); again.ids() == "" ||
			!strings.HasSuffix(tc.ids, again.ids()) {
			t.Errorf("%s, %s: %s again", tc.id, tc.mark, again.ids())
		}
	}
	for name, column := range map[string]string{
		"json": "json", "jsonb": "jsonb", "bool": "boolean", "float": "float8", "enum": "mood", "array": "int[]",
		"interval": "interval",
	} {
		d.exec(t, "CREATE TABLE odd_"+name+" (id "+column+", good int, updated_at "+column+", at timestamptz)")
		d.exec(t, "GRANT SELECT ON odd_"+name+" TO "+d.user)
		table := d.table("odd_" + name)
		problem(t,
			postgresConnector{local()}.Check(context.Background(), config(t, d.config(with(table, "watermark_column", "at")))),
			domain.InvalidConfig)
		p := problem(t,
			postgresConnector{local()}.Check(context.Background(), config(t, d.config(with(table, "id_column", "good")))),
			domain.InvalidConfig)
		if !strings.Contains(p.Message, "updated_at") {
			t.Error(p.Message)
		}
	}
}

// Rows that have no place in the order, or no id, are told as failed, all of them, once a run.
func TestPostgresRowErrors(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	d.exec(t, "CREATE TABLE rows (id text, updated_at timestamptz, v text)")
	d.exec(t, "INSERT INTO rows SELECT 'n' || i, NULL, 'x' FROM generate_series(10, 29) i")
	d.exec(t,
		"INSERT INTO rows SELECT NULL, CASE WHEN i % 2 = 0 THEN '2020-01-01'::timestamptz END, 'x' "+
			"FROM generate_series(1, 15) i")
	d.exec(t,
		"INSERT INTO rows VALUES ('a', '2020-01-01', 'x'), ('b', 'infinity', 'x'), ('c', '-infinity', 'x'), ('huge', "+
			"'2020-01-02', repeat('x', $1)), ('', '2020-01-02', ''), ('d', '2020-01-03', 'x')", maxRecord)
	d.exec(t,
		"INSERT INTO rows VALUES (repeat('i', 2000), '2020-01-04', 'x'), (E'e\\nf', '2020-01-05', 'x'), ('g', "+
			"'2020-01-06', 'x')")
	d.exec(t, "GRANT SELECT ON rows TO "+d.user)
	c, cfg := postgresConnector{local()}, d.config(d.table("rows"))
	for _, limit := range []int{1, 7, 1000} {
		s := open(t, c, cfg)
		for _, source := range []func(int) domain.Source{afresh(t, c, cfg), func(int) domain.Source { return s }} {
			got := runFrom(t, source, nil, limit)
			codes := map[string]int{}
			var unordered []string
			for _, f := range got.failed {
				if codes[f.Code]++; f.Code == "missing_watermark" {
					unordered = append(unordered, f.ExternalID)
				}
			}
			if got.ids() != "a d g" || codes["missing_watermark"] != 22 || codes["missing_id"] != 16 ||
				codes["too_large"] != 1 || codes["invalid_id"] != 2 || len(codes) != 4 {
				t.Errorf("limit %d: %s, %v", limit, got.ids(), codes)
			}
			if slices.Sort(unordered); len(slices.Compact(unordered)) != 22 {
				t.Errorf("limit %d: %v", limit, unordered)
			}
			again := run(t, s, got.next, limit)
			if again.ids() != "g" || len(again.failed) != 22+15 {
				t.Errorf("limit %d: the second run gives %s and %d failures", limit, again.ids(), len(again.failed))
			}
		}
	}
	// A watermark in the future does not hide what changes until then.
	d.exec(t, "CREATE TABLE future (id int, updated_at timestamptz)")
	d.exec(t, "GRANT SELECT ON future TO "+d.user)
	d.exec(t, "INSERT INTO future VALUES (1, now() - interval '30 days'), (2, '2999-01-01')")
	s := open(t, c, d.config(d.table("future")))
	got := run(t, s, nil, 1)
	d.exec(t, "INSERT INTO future VALUES (3, now())")
	if again := run(t, s, got.next, 1); got.ids() != "1 2" || again.ids() != "3 2" {
		t.Errorf("%s, then %s", got.ids(), again.ids())
	}
}

// A name is a name, whatever is in it.
func TestPostgresIdentifiers(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	d.exec(t, "CREATE TABLE victim (id int)")
	d.exec(t, "GRANT ALL ON victim TO "+d.user)
	schema, table, id, mark, value := `s"; DROP TABLE victim; --`, `t" AS t; DELETE FROM victim; --`, `i')::text; --`,
		`w $1 "`, `größe' " \ ;`
	q := pq.QuoteIdentifier
	d.exec(t, "CREATE SCHEMA "+q(schema))
	d.exec(t, "CREATE TABLE "+q(schema)+"."+q(table)+" ("+q(id)+" int, "+q(mark)+" int, "+q(value)+" text)")
	d.exec(t, "INSERT INTO "+q(schema)+"."+q(table)+" VALUES (1, 1, 'a'), (2, 2, 'b'), (3, 2, 'c')")
	d.exec(t, "GRANT USAGE ON SCHEMA "+q(schema)+" TO "+d.user)
	d.exec(t, "GRANT SELECT ON "+q(schema)+"."+q(table)+" TO "+d.user)
	cfg := d.config(obj{
		"schema": schema, "table": table, "id_column": id, "watermark_column": mark, "columns": []string{value},
	})
	c := postgresConnector{local()}
	if err := c.Check(context.Background(), config(t, cfg)); err != nil {
		t.Fatal(err)
	}
	s := open(t, c, cfg)
	if e := s.Entities(); len(e) != 1 || e[0] != schema+"."+table {
		t.Errorf("the entities are %q", e)
	}
	got := run(t, s, nil, 1)
	key, _ := json.Marshal(value)
	if got.ids() != "1 2 3" || string(got.records[1].Data) != "{"+string(key)+`:"b"}` {
		t.Errorf("%s, %s", got.ids(), got.records[1].Data)
	}
	// A place that was tampered with is a parameter, and no more.
	for _, bad := range []string{`{"s":true,"w":"1); DROP TABLE victim; --","i":"1"}`, `{"s":true,"w":"","i":"x"}`} {
		var place postgresPlace
		if err := json.Unmarshal([]byte(bad), &place); err != nil {
			t.Fatal(err)
		}
		place.Config = s.(*postgresSource).tables[0].config
		_, err := s.Read(context.Background(), s.Entities()[0], save(place), 1)
		problem(t, err, domain.BadResponse)
	}
	if got := run(t, s, domain.Checkpoint(`{"c":"other","s":true,"w":"2","i":"2"}`), 10); got.ids() != "1 2 3" {
		t.Errorf("another's place: %s", got.ids())
	}
	var n int
	if err := d.admin.QueryRow("SELECT count(*) FROM victim").Scan(&n); err != nil {
		t.Error(err)
	}
	// What is configured can read, and not write: not even by a view.
	d.exec(t,
		"CREATE FUNCTION evil() RETURNS int LANGUAGE sql VOLATILE SECURITY DEFINER AS 'INSERT INTO victim VALUES (1) "+
			"RETURNING id'")
	d.exec(t, "CREATE VIEW evil AS SELECT evil() AS id, 1 AS updated_at")
	d.exec(t, "GRANT SELECT ON evil TO "+d.user)
	problem(t, c.Check(context.Background(), config(t, d.config(d.table("evil")))), domain.BadResponse)
	if err := d.admin.QueryRow("SELECT count(*) FROM victim").Scan(&n); err != nil || n != 0 {
		t.Errorf("%d rows are written, %v", n, err)
	}
}

func TestPostgresProblems(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	d.things(t, 3)
	other := d.role(t, secret)
	d.exec(t, "CREATE TABLE hidden (id int, updated_at int, secret text)")
	d.exec(t, "CREATE TABLE partly (id int, updated_at int, secret text)")
	d.exec(t, "GRANT SELECT (id, updated_at) ON partly TO "+d.user)
	d.exec(t, "CREATE SCHEMA closed")
	d.exec(t, "CREATE TABLE closed.things (id int, updated_at int)")
	d.exec(t, "GRANT SELECT ON closed.things TO "+d.user)
	d.exec(t, "CREATE SEQUENCE counter")
	d.exec(t, "CREATE VIEW failing AS SELECT 1/(id - 1) AS id, 1 AS updated_at FROM things")
	d.exec(t, "GRANT SELECT ON failing TO "+d.user)
	c := postgresConnector{local()}
	table := func(name string, more ...string) obj {
		o := d.table(name)
		for i := 0; i < len(more); i += 2 {
			o[more[i]] = more[i+1]
		}
		return o
	}
	onTLS := func(mode, host, ca string) obj {
		o := with(with(with(d.config(), "port", d.tls), "sslmode", mode), "host", host)
		if ca != "" {
			o["ca_certificate"] = ca
		}
		return o
	}
	_, anotherCA := certificate(t)
	for _, tc := range []struct {
		name   string
		config obj
		code   domain.Code // empty: it is taken
		says   string
	}{
		{"good", d.config(), "", ""},
		{"wrong password", with(d.config(), "password", secret+"x"), domain.Unauthorized, "password"},
		{"unknown user", with(with(d.config(), "user", "asked_nobody"), "database", d.name), domain.Unauthorized, ""},
		{"unknown database", with(d.config(), "database", "nowhere"), domain.NotFound, "database"},
		{"no privilege", with(d.config(), "user", other), domain.Unauthorized, "things"},
		{"no table", d.config(table("missing")), domain.NotFound, "missing"},
		{"another case", d.config(table("Things")), domain.NotFound, "Things"},
		{"no schema", d.config(table("things", "schema", "missing")), domain.NotFound, "missing.things"},
		{"no table but a sequence", d.config(table("counter")), domain.NotFound, "counter"},
		{"a table that may not be read", d.config(table("hidden")), domain.Unauthorized, "hidden"},
		{"a column that may not be read", d.config(table("partly")), domain.Unauthorized, "secret"},
		{"the columns that may be read", d.config(with(table("partly"), "columns", []string{"id"})), "", ""},
		{
			"a schema that may not be used", d.config(table("things", "schema", "closed")), domain.Unauthorized, "closed.things",
		},
		{"no id", d.config(table("things", "id_column", "key")), domain.InvalidConfig, "key"},
		{"no watermark", d.config(table("things", "watermark_column", "changed")), domain.InvalidConfig, "changed"},
		{"no column", d.config(with(table("things"), "columns", []string{"id", "size"})), domain.InvalidConfig, "size"},
		{"a system column", d.config(table("things", "watermark_column", "xmin")), domain.InvalidConfig, "xmin"},
		{"a table twice", d.config(table("things"), table("things", "schema", "public")), domain.InvalidConfig, "things"},
		{"a second table", d.config(table("things"), table("missing")), domain.NotFound, "missing"},
		{"a view that fails", d.config(table("failing")), domain.BadResponse, "22012"},
		{"TLS where there is none", with(d.config(), "sslmode", "require"), domain.Unreachable, "TLS"},
		{"TLS", onTLS("require", "127.0.0.1", ""), "", ""},
		{"TLS to localhost", onTLS("verify-full", "localhost", d.ca), "", ""},
		{"no TLS where there has to be", onTLS("disable", "127.0.0.1", ""), domain.Unreachable, ""},
		{"an authority that is not trusted", onTLS("verify-ca", "127.0.0.1", ""), domain.Unreachable, "authority"},
		{"another authority", onTLS("verify-ca", "127.0.0.1", anotherCA), domain.Unreachable, "authority"},
		{"the authority", onTLS("verify-ca", "127.0.0.1", d.ca), "", ""},
		{"another name", onTLS("verify-full", "127.0.0.1", d.ca), domain.Unreachable, "another name"},
		{"no certificate", onTLS("verify-full", "127.0.0.1", "hunter2"), domain.InvalidConfig, "PEM"},
	} {
		err := c.Check(context.Background(), config(t, tc.config))
		if tc.code == "" {
			if err != nil {
				t.Errorf("%s: %v", tc.name, err)
			}
			continue
		}
		if err == nil {
			t.Errorf("%s: it is taken", tc.name)
			continue
		}
		if p := problem(t, err, tc.code); !strings.Contains(p.Message, tc.says) ||
			p.Temporary && tc.name != "no TLS where there has to be" {
			t.Errorf("%s: %+v", tc.name, p)
		}
	}
	problem(t, postgresConnector{public()}.Check(context.Background(), config(t, d.config())), domain.RefusedAddress)
	problem(t, postgresConnector{public()}.Check(context.Background(), config(t, with(d.config(), "host", "localhost"))),
		domain.RefusedAddress)

	// What goes while it is read.
	s := open(t, c, d.config())
	p, err := s.Read(context.Background(), "things", nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	d.exec(t, "ALTER TABLE things DROP COLUMN name")
	_, err = s.Read(context.Background(), "things", p.Next, 1)
	problem(t, err, domain.InvalidConfig)
	d.exec(t, "REVOKE SELECT ON things FROM "+d.user)
	_, err = open(t, c,
		d.config(with(d.table("partly"), "columns", []string{"id"}))).Read(context.Background(), "things", p.Next, 1)
	problem(t, err, domain.InvalidConfig) // an entity that is not configured
	d.exec(t, "DROP TABLE things CASCADE")
	_, err = s.Read(context.Background(), "things", p.Next, 1)
	problem(t, err, domain.NotFound)
}

// A connection that is lost between two Reads is made again.
func TestPostgresReconnects(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	d.things(t, 30)
	s := open(t, postgresConnector{local()}, d.config())
	var next domain.Checkpoint
	for i := range 3 {
		p, err := s.Read(context.Background(), "things", next, 10)
		if err != nil || p.Records[0].ExternalID != strconv.Itoa(10*i) {
			t.Fatalf("page %d: %+v, %v", i, p, err)
		}
		next = p.Next
		d.exec(t, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1", d.user)
		time.Sleep(20 * time.Millisecond)
	}
}

func TestPostgresCancellation(t *testing.T) {
	d := newDatabase(t)
	d.things(t, 3)
	d.exec(t, "CREATE VIEW slow AS SELECT id, 1 AS updated_at, pg_sleep(20)::text FROM things")
	d.exec(t, "GRANT SELECT ON slow TO "+d.user)
	done := leaks(t)
	func() {
		s, err := postgresConnector{local()}.Open(context.Background(), config(t, d.config(d.table("slow"))))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = s.Close() }()
		for _, end := range []func() (context.Context, context.CancelFunc){
			func() (context.Context, context.CancelFunc) {
				ctx, cancel := context.WithCancel(context.Background())
				time.AfterFunc(300*time.Millisecond, cancel)
				return ctx, cancel
			},
			func() (context.Context, context.CancelFunc) {
				return context.WithTimeout(context.Background(), 300*time.Millisecond)
			},
		} {
			ctx, cancel := end()
			start := time.Now()
			_, err := s.Read(ctx, "slow", nil, 10)
			if p := problem(t, err, domain.TimedOut); !p.Temporary || time.Since(start) > 3*time.Second {
				t.Errorf("%v after %v", err, time.Since(start))
			}
			cancel()
		}
	}()
	// The server has given up the queries as well.
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		var n int
		if err := d.admin.QueryRow("SELECT count(*) FROM pg_stat_activity WHERE usename = $1 AND state = 'active'",
			d.user).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Errorf("%d queries go on", n)
			break
		}
	}
	done()
}

// The session reads only, says who it is, and is bounded in time.
func TestPostgresSession(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	d.exec(t, `CREATE VIEW session AS SELECT 1 AS id, 1 AS updated_at, current_setting('transaction_read_only') AS ro,
		current_setting('application_name') AS app, current_setting('TimeZone') AS zone,
		current_setting('lock_timeout') AS lock, current_setting('statement_timeout')::interval BETWEEN '100s' AND '108s' AS timeout`)
	d.exec(t, "GRANT SELECT ON session TO "+d.user)
	got := run(t, open(t, postgresConnector{local()}, d.config(d.table("session"))), nil, 10)
	want := `{"id":1,"updated_at":1,"ro":"on","app":"alania","zone":"UTC","lock":"10s","timeout":true}`
	if string(got.records[0].Data) != want {
		t.Errorf("%s", got.records[0].Data)
	}
}

// 100,000 rows are read in bounded memory, whatever the size of a row.
func TestPostgresMemory(t *testing.T) {
	// Not parallel: it looks at the heap.
	const total = 100_000
	d := newDatabase(t)
	d.things(t, total)
	d.exec(t, "UPDATE things SET name = repeat('x', 200)")
	d.exec(t, "CREATE TABLE wide (id int PRIMARY KEY, updated_at int, v text)")
	d.exec(t, "INSERT INTO wide SELECT i, i / 7, repeat('y', 300000) FROM generate_series(1, 120) i")
	d.exec(t, "GRANT SELECT ON wide TO "+d.user)
	c := postgresConnector{local()}
	for _, tc := range []struct {
		table        string
		total, limit int
		most         uint64
	}{{"things", total, 500, 4 << 20}, {"wide", 120, 1000, 24 << 20}} {
		s := open(t, c, d.config(d.table(tc.table)))
		before, most, read := heap(), uint64(0), 0
		start := time.Now()
		seen := make([]bool, total+1)
		var next domain.Checkpoint
		for i := 0; ; i++ {
			p, err := s.Read(context.Background(), tc.table, next, tc.limit)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range p.Records {
				id, _ := strconv.Atoi(r.ExternalID)
				if seen[id] {
					t.Fatalf("%s is read twice", r.ExternalID)
				}
				seen[id] = true
			}
			read += len(p.Records)
			if i%20 == 0 || tc.table == "wide" {
				if h := heap(); h > before {
					most = max(most, h-before)
				}
				runtime.KeepAlive(p)
			}
			if next = p.Next; i == 100 {
				// Interrupted: another source goes on.
				_ = s.Close()
				s = open(t, c, d.config(d.table(tc.table)))
			}
			if p.Done {
				break
			}
		}
		if read != tc.total {
			t.Errorf("%s: %d rows are read of %d", tc.table, read, tc.total)
		}
		t.Logf("%s: %d rows in %v: the heap grew by %d KiB at most", tc.table, read,
			time.Since(start).Round(time.Millisecond), most>>10)
		if most > tc.most {
			t.Errorf("%s: the heap grew by %d KiB", tc.table, most>>10)
		}
		again := run(t, s, next, 500)
		if len(again.records) == 0 || len(again.records) > 10 { // those with the last watermark
			t.Errorf("%s: the second run reads %d rows", tc.table, len(again.records))
		}
	}
	d.exec(t, "UPDATE things SET updated_at = '2020-03-01' WHERE id % 10000 = 0")
	s := open(t, c, d.config())
	last := run(t, s, nil, 1000)
	d.exec(t, "UPDATE things SET updated_at = '2020-03-02' WHERE id IN (5, 50000)")
	if changed := run(t, s, last.next, 500); !strings.HasSuffix(changed.ids(), "90000 5 50000") {
		t.Errorf("what changed is %s", changed.ids())
	}
}

// Servers that are no PostgreSQL, or a hostile one.
func TestPostgresHostile(t *testing.T) {
	done := leaks(t)
	func() {
		message := func(kind byte, size uint32, body ...byte) []byte {
			return append(binary.BigEndian.AppendUint32([]byte{kind}, size), body...)
		}
		ok := message('R', 8, 0, 0, 0, 0)
		ready := message('Z', 5, 'I')
		scram := func(final string) func(c net.Conn) {
			return func(c net.Conn) {
				_, _ = c.Write(message('R', 23, append([]byte{0, 0, 0, 10}, "SCRAM-SHA-256\x00\x00"...)...))
				b := make([]byte, 4096)
				n, _ := c.Read(b)
				nonce := string(b[:n])
				nonce = nonce[strings.Index(nonce, "r=")+2:]
				text := "r=" + nonce + "x,s=c2FsdHNhbHQ=,i=" + final
				_, _ = c.Write(message('R', uint32(8+len(text)), append([]byte{0, 0, 0, 11}, text...)...))
				_, _ = io.Copy(io.Discard, c)
			}
		}
		for _, tc := range []struct {
			name string
			talk func(c net.Conn)
			code domain.Code
		}{
			{"closes", func(net.Conn) {}, domain.Unreachable},
			{"HTTP", func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n") }, domain.BadResponse},
			{"a huge message", func(c net.Conn) {
				_, _ = c.Write(append(ok, message('D', 0xffffffff)...))
				_, _ = io.Copy(io.Discard, c)
			}, domain.BadResponse},
			{
				"a negative message",
				func(c net.Conn) { _, _ = c.Write(append(ok, message('D', 0)...)); _, _ = io.Copy(io.Discard, c) },
				domain.BadResponse,
			},
			{
				"a huge authentication", func(c net.Conn) { _, _ = c.Write(message('R', 1<<20)); _, _ = io.Copy(io.Discard, c) },
				domain.BadResponse,
			},
			{
				"a short authentication", func(c net.Conn) { _, _ = c.Write(message('R', 4)); _, _ = io.Copy(io.Discard, c) },
				domain.BadResponse,
			},
			{
				"Kerberos", func(c net.Conn) { _, _ = c.Write(message('R', 8, 0, 0, 0, 7)); _, _ = io.Copy(io.Discard, c) },
				domain.InvalidConfig,
			},
			{"another SASL", func(c net.Conn) {
				_, _ = c.Write(message('R', 13, 0, 0, 0, 10, 'X', 'Y', 'Z', 0, 0))
				_, _ = io.Copy(io.Discard, c)
			}, domain.InvalidConfig},
			{
				"MD5 without a salt",
				func(c net.Conn) { _, _ = c.Write(message('R', 9, 0, 0, 0, 5, 1)); _, _ = io.Copy(io.Discard, c) },
				domain.BadResponse,
			},
			{"endless SCRAM", scram("2000000000"), domain.BadResponse},
			{"no number in SCRAM", scram("4096x"), domain.BadResponse},
			{"a short key", func(c net.Conn) {
				_, _ = c.Write(slices.Concat(ok, message('K', 5, 1), ready))
				_, _ = io.Copy(io.Discard, c)
			}, domain.BadResponse},
			{"an answer without end", func(c net.Conn) {
				_, err := c.Write(slices.Concat(ok, ready))
				for err == nil {
					_, err = c.Write(message('N', 6, 'S', 0))
				}
			}, domain.BadResponse},
			{"nonsense for an answer", func(c net.Conn) {
				_, _ = c.Write(slices.Concat(ok, ready, message('D', 6, 0, 9)))
				_, _ = io.Copy(io.Discard, c)
			}, domain.TimedOut},
			{"an error of its own", func(c net.Conn) {
				text := "SERROR\x00Cweird\x00Mhunter2 <script>\x00\x00"
				_, _ = c.Write(message('E', uint32(4+len(text)), []byte(text)...))
			}, domain.Unreachable},
			{"an error without end", func(c net.Conn) {
				_, _ = c.Write(slices.Concat(ok, message('E', 20, []byte("SERROR\x00C42501xxx")...)))
				_, _ = io.Copy(io.Discard, c)
			}, domain.BadResponse},
			{"silence", func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }, domain.TimedOut},
		} {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			var wg sync.WaitGroup
			wg.Go(func() {
				for {
					c, err := l.Accept()
					if err != nil {
						return
					}
					wg.Go(func() {
						defer c.Close()
						head := make([]byte, 4)
						if _, err := io.ReadFull(c, head); err == nil {
							_, _ = io.CopyN(io.Discard, c, int64(binary.BigEndian.Uint32(head))-4)
							tc.talk(c)
						}
					})
				}
			})
			ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
			start := time.Now()
			cfg := with(with(with(pgGood, "host", "127.0.0.1"), "port", l.Addr().(*net.TCPAddr).Port), "sslmode", "disable")
			err = postgresConnector{local()}.Check(ctx, config(t, cfg))
			cancel()
			var p *domain.Problem
			if !errors.As(err, &p) || p.Code != tc.code && !(tc.name == "an answer without end" && p.Code == domain.TimedOut) {
				t.Errorf("%s: %v, want %s", tc.name, err, tc.code)
			} else if strings.Contains(p.Message, "hunter2") || strings.Contains(p.Message, "weird") {
				t.Errorf("%s: the Problem says what the server does: %s", tc.name, p.Message)
			}
			if d := time.Since(start); d > 4*time.Second {
				t.Errorf("%s: it took %v", tc.name, d)
			}
			_ = l.Close()
			wg.Wait()
		}
	}()
	done()
}

// The watch sees the same messages however they arrive.
func FuzzPGFrames(f *testing.F) {
	f.Add([]byte("R\x00\x00\x00\x08\x00\x00\x00\x00Z\x00\x00\x00\x05I"), 3)
	f.Add([]byte("R\x00\x00\x00\x17\x00\x00\x00\x0aSCRAM-SHA-256\x00\x00R\x00\x00\x00\x14\x00\x00\x00\x0br=a,s=b,i=9"), 1)
	f.Fuzz(func(t *testing.T, stream []byte, cut int) {
		whole, parts := &pgFrames{}, &pgFrames{}
		want := whole.watch(stream)
		cut = max(1, cut%16)
		var got error
		for b := stream; len(b) > 0 && got == nil; b = b[min(cut, len(b)):] {
			got = parts.watch(b[:min(cut, len(b))])
		}
		if got != want {
			t.Fatalf("%v in parts, %v as a whole", got, want)
		}
	})
}

func BenchmarkPostgres(b *testing.B) {
	d := newDatabase(b)
	d.things(b, 100_000)
	d.exec(b, "ANALYZE things")
	s := open(b, postgresConnector{local()}, d.config())
	for b.Loop() {
		got := run(b, s, nil, 500)
		if len(got.records) != 100_000 {
			b.Fatal(len(got.records))
		}
	}
	b.ReportMetric(100_000*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

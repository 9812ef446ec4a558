package connector

import (
	"bytes"
	"cmp"
	"context"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lib/pq"

	domain "github.com/alania-go/alania/domain/connector"
	"github.com/alania-go/alania/domain/storable"
)

// firstRows is how many rows are asked for before it is known how large they are.
const firstRows = 128

// postgresConnector reads tables of PostgreSQL by a watermark column: one that grows
// whenever a row is inserted or updated.
//
// Rows are read in the order of watermark and id, and the checkpoint is the pair of the
// last row: the next page begins after it. So of rows with one watermark none is lost or
// read twice in a run, wherever a page ends. The next run begins with the watermark itself, which
// other rows may have got since. A row that is updated while the table is read comes
// again, with its new watermark. What a transaction commits after rows with a later
// watermark were read is found only within lookback_seconds: each run begins so long
// before where the former ended. Rows without a watermark, or with an infinite one, have
// no place in the order; they, and those without an id, are told as failed in each run.
//
// A row becomes an object as row_to_json makes it: integers and numeric are JSON numbers
// with all their digits; json is as it is; arrays and composites as PostgreSQL has them in
// JSON; NaN and infinity are strings. Of the columns themselves, timestamps are RFC 3339
// in UTC, also those without a time zone, and bytea is base64.
type postgresConnector struct{ environment }

type postgresConfig struct {
	Host            string          `json:"host"`
	Port            int             `json:"port"`
	Database        string          `json:"database"`
	User            string          `json:"user"`
	Password        string          `json:"password"`
	SSLMode         string          `json:"sslmode"`
	CACertificate   string          `json:"ca_certificate"`
	Tables          []postgresTable `json:"tables"`
	LookbackSeconds int             `json:"lookback_seconds"`
}

type postgresTable struct {
	Table     string   `json:"table"`
	Schema    string   `json:"schema"`
	ID        string   `json:"id_column"`
	Watermark string   `json:"watermark_column"`
	Columns   []string `json:"columns"`
}

// entity is what the records of the table are called.
func (t *postgresTable) entity() string {
	if t.Schema == "" || t.Schema == "public" {
		return t.Table
	}
	return t.Schema + "." + t.Table
}

// postgresPlace is where a source is in a table. The values are as PostgreSQL writes them.
type postgresPlace struct {
	Config    string `json:"c"` // with the types of both columns
	Watermark string `json:"w,omitempty"`
	ID        string `json:"i,omitempty"`
	Started   bool   `json:"s,omitempty"` // Watermark and ID are of a row
	Done      bool   `json:"d,omitempty"` // the former run has ended
	// From is where the next run begins, when that is before Watermark.
	From string `json:"f,omitempty"`
	// What comes after the rows: those without a watermark, and those without an id.
	Phase     string  `json:"p,omitempty"`
	Unordered *string `json:"u,omitempty"` // the last id without a watermark
	Unnamed   *int64  `json:"n,omitempty"` // rows without an id that are not told yet
}

// The phases of a run.
const (
	phaseRows      = ""
	phaseUnordered = "unordered"
	phaseUnnamed   = "unnamed"
)

// Definition implements connector.Connector.
func (c postgresConnector) Definition() domain.Definition {
	return domain.Definition{
		ID: "postgres", Name: "PostgreSQL", SchemaVersion: "1.0.0", RequiredScopes: requiredScopes(),
		ConfigSchema: c.schema(postgresSchema),
		Description:  "Reads tables and views of a PostgreSQL database, only what changed since the last time.",
	}
}

// Check implements connector.Connector: it connects, looks at every table and its columns,
// and reads a row of each.
func (c postgresConnector) Check(ctx context.Context, cfg domain.Config) error {
	ctx, cancel := context.WithTimeout(ctx, c.checkTimeout())
	defer cancel()
	s, err := c.open(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	for i := range s.tables {
		if _, err := s.read(ctx, s.tables[i], nil, 1); err != nil {
			return err
		}
	}
	return nil
}

// Open implements connector.Connector.
func (c postgresConnector) Open(ctx context.Context, cfg domain.Config) (domain.Source, error) {
	ctx, cancel := context.WithTimeout(ctx, c.checkTimeout())
	defer cancel()
	s, err := c.open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (c postgresConnector) open(ctx context.Context, raw domain.Config) (*postgresSource, error) {
	cfg := postgresConfig{Port: 5432, SSLMode: "require"}
	if err := decode(raw, &cfg); err != nil {
		return nil, err
	}
	s := &postgresSource{cfg: cfg, env: c.environment}
	if err := s.validate(); err != nil {
		return nil, err
	}
	if _, err := pgTLS(cfg.SSLMode, cfg.Host, cfg.CACertificate); err != nil {
		return nil, err
	}
	if err := s.connect(ctx); err != nil {
		return nil, s.problem(ctx, err, nil)
	}
	for i := range cfg.Tables {
		t, err := s.look(ctx, cfg.Tables[i])
		if err != nil {
			_ = s.Close()
			return nil, s.problem(ctx, err, &cfg.Tables[i])
		}
		s.tables = append(s.tables, t)
	}
	return s, nil
}

type postgresSource struct {
	cfg    postgresConfig
	env    environment
	conn   *pgConn
	tables []*pgTable
}

var hostName = regexp.MustCompile(`^([A-Za-z0-9_]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?\.?|[0-9A-Fa-f:.]{2,45})$`)

func (s *postgresSource) validate() error {
	c := &s.cfg
	switch {
	case !hostName.MatchString(c.Host):
		return invalid("The host is not a host name or an IP address.")
	case c.Port < 1 || c.Port > 65535:
		return invalid("The port is 1 to 65535.")
	case !printable(c.Database, 63) || !printable(c.User, 63) || !printable(c.Password, 1024):
		return invalid("database, user or password is missing or not well-formed.")
	case len(c.Tables) == 0 || len(c.Tables) > 100:
		return invalid("The configuration names 1 to 100 tables.")
	case c.LookbackSeconds < 0 || c.LookbackSeconds > maxLookback:
		return invalid("lookback_seconds is 0 to 2,592,000.")
	case len(c.CACertificate) > 64<<10:
		return invalid("ca_certificate has 64 KiB at most.")
	}
	seen := map[string]bool{}
	for i := range c.Tables {
		t := &c.Tables[i]
		if t.Schema == "" {
			t.Schema = "public"
		}
		for _, name := range append([]string{t.Table, t.Schema, t.ID, t.Watermark}, t.Columns...) {
			if !printable(name, 63) {
				return invalid("The name of a table, schema or column has 1 to 63 bytes and no control characters.")
			}
		}
		if t.Columns != nil && len(t.Columns) == 0 {
			return invalid("columns names at least one column; without it all are read.")
		}
		if seen[t.entity()] {
			return invalid("A table is configured twice: " + t.entity() + ".")
		}
		seen[t.entity()] = true
	}
	return nil
}

func (s *postgresSource) connect(ctx context.Context) error {
	cfg, err := pgTLS(s.cfg.SSLMode, s.cfg.Host, s.cfg.CACertificate)
	if err != nil {
		return err
	}
	d := &pgDialer{guard: s.env.guard, host: s.cfg.Host, port: uint16(s.cfg.Port), tls: cfg}
	s.conn, err = connectPG(ctx, d, s.cfg.User, s.cfg.Password, s.cfg.Database)
	return err
}

// begin opens a transaction that can only read. Its settings go with it: behind a pooler
// they would else be another client's. Sorting is for where there is no index in the
// order of the rows: a planner without statistics prefers it to the index. And a page is
// too small to be worth compiling for.
func (s *postgresSource) begin(ctx context.Context, timeout time.Duration) error {
	return s.conn.exec(ctx, "BEGIN READ ONLY; SET LOCAL statement_timeout = "+strconv.FormatInt(timeout.Milliseconds(),
		10)+
		"; SET LOCAL lock_timeout = 10000; SET LOCAL idle_in_transaction_session_timeout = 60000; SET LOCAL TimeZone = 'UTC'"+
		"; SET LOCAL DateStyle = 'ISO, MDY'; SET LOCAL IntervalStyle = 'iso_8601'; SET LOCAL extra_float_digits = 3; SET "+
		"LOCAL enable_sort = off; SET LOCAL jit = off")
}

// Entities implements connector.Source.
func (s *postgresSource) Entities() []string {
	names := make([]string, len(s.tables))
	for i, t := range s.tables {
		names[i] = t.entity()
	}
	return names
}

// Close implements connector.Source.
func (s *postgresSource) Close() error {
	if s.conn != nil {
		s.conn.close()
		s.conn = nil
	}
	return nil
}

// Read implements connector.Source.
func (s *postgresSource) Read(
	ctx context.Context, entity string, after domain.Checkpoint, limit int,
) (domain.Page, error) {
	ctx, cancel := context.WithTimeout(ctx, s.env.readTimeout())
	defer cancel()
	i := slices.IndexFunc(s.tables, func(t *pgTable) bool { return t.entity() == entity })
	if i < 0 {
		return domain.Page{}, unknownEntity()
	}
	return s.read(ctx, s.tables[i], after, limit)
}

func (s *postgresSource) read(
	ctx context.Context, t *pgTable, after domain.Checkpoint, limit int,
) (domain.Page, error) {
	var place postgresPlace
	if !restore(after, &place) || place.Config != t.config {
		place = postgresPlace{Config: t.config}
	}
	out := newPage(limit)
	err := s.fill(ctx, t, &place, out)
	if err != nil {
		// What state the connection is in is not worth knowing; the next Read makes another.
		if s.conn != nil {
			s.conn.dialer.close()
			s.conn = nil
		}
		return domain.Page{}, s.problem(ctx, err, &t.postgresTable)
	}
	out.Next = save(place)
	return out.Page, nil
}

func (s *postgresSource) fill(ctx context.Context, t *pgTable, place *postgresPlace, out *page) error {
	if err := s.start(ctx); err != nil {
		return err
	}
	for more := false; !more && !out.full() && !out.Done; {
		var err error
		switch place.Phase {
		case phaseRows:
			more, err = s.rows(ctx, t, place, out)
		case phaseUnordered:
			more, err = s.unordered(ctx, t, place, out)
		default:
			more, err = s.unnamed(ctx, t, place, out)
		}
		if err != nil {
			return err
		}
	}
	return s.conn.exec(ctx, "COMMIT")
}

// start begins the transaction, on a new connection when the former is gone.
func (s *postgresSource) start(ctx context.Context) error {
	timeout := s.env.readTimeout()
	if deadline, ok := ctx.Deadline(); ok {
		timeout = min(timeout, time.Until(deadline))
	}
	timeout = max(timeout*9/10, time.Millisecond) // a little less, so that the server says so itself
	if s.conn != nil {
		err := s.begin(ctx, timeout)
		if err == nil || ctx.Err() != nil {
			return err
		}
		s.conn.dialer.close()
		s.conn = nil
	}
	if err := s.connect(ctx); err != nil {
		return err
	}
	return s.begin(ctx, timeout)
}

// rows reads after the place. It sets more when there may be more, and else goes to the
// next phase; so do the other phases.
func (s *postgresSource) rows(ctx context.Context, t *pgTable, place *postgresPlace, out *page) (more bool, err error) {
	where := slices.Clone(t.ordered)
	var args []string
	if from := s.from(t, place); from != "" {
		where = append(where, "t."+t.mark+" >= $1::"+t.markType)
		args = []string{from}
	} else if place.Started {
		where = append(where, "(t."+t.mark+", t."+t.id+") > ($1::"+t.markType+", $2::"+t.idType+")")
		args = []string{place.Watermark, place.ID}
	}
	place.Done, place.From = false, ""
	n := min(out.limit-len(out.Records)-len(out.Failed), t.rows)
	// Rows become JSON after the limit, or a plan that sorts would do it for all of them;
	// and once, which is what OFFSET is for.
	query := "SELECT CASE WHEN pg_catalog.octet_length(y.j) <= " + strconv.Itoa(maxRecord) +
		" THEN y.j END, y.i::pg_catalog.text, y.w::pg_catalog.text" +
		" FROM (SELECT " + t.row + " AS j, x.i, x.w FROM (SELECT " + t.columns + ", t." + t.id + " AS i, t." + t.mark +
		" AS w FROM " + t.from + conditions(where) +
		" ORDER BY t." + t.mark + ", t." + t.id + " LIMIT " + strconv.Itoa(n) + ") AS x OFFSET 0) AS y ORDER BY y.w, y.i"
	count, before := 0, out.bytes
	err = s.conn.query(ctx, query, args, func(row []*string) (bool, error) {
		if len(row) != 3 || row[1] == nil || row[2] == nil {
			return false, errProtocol
		}
		id, mark := *row[1], *row[2]
		if len(id)+len(mark) > 4096 {
			return false, invalid("A value of " + t.ID + " or " + t.Watermark + " in the table " + t.entity() +
				" is too long to go on from.")
		}
		place.Watermark, place.ID, place.Started = mark, id, true
		count++
		t.take(out, row[0], id, mark)
		return count < n && !out.full(), nil
	})
	if err != nil {
		return false, err
	}
	if count == n || out.full() {
		// Ask for as many as fit into a page, should the next be as large.
		t.rows = max(1, pageBytes/max((out.bytes-before)/count, 1))
		return true, nil
	}
	place.Phase = phaseUnordered
	return false, nil
}

// from returns the watermark with which a run begins: that of the last row, for others may have got the
// same since. What has not changed is skipped where records are kept. In the middle of a run, which goes
// on after its last row, it is empty.
func (s *postgresSource) from(t *pgTable, place *postgresPlace) string {
	if !place.Done || !place.Started {
		return ""
	}
	from := cmp.Or(place.From, place.Watermark)
	if lookback := time.Duration(s.cfg.LookbackSeconds) * time.Second; lookback > 0 && t.timed() {
		if at, ok := parseTime(from); ok {
			from = t.format(storable.Clamp(at.Add(-lookback)))
		}
	}
	return from
}

// unordered tells the rows that the order leaves out.
func (s *postgresSource) unordered(
	ctx context.Context, t *pgTable, place *postgresPlace, out *page,
) (more bool, err error) {
	if len(t.unordered) > 0 {
		where := []string{"t." + t.id + " IS NOT NULL", "(" + strings.Join(t.unordered, " OR ") + ")"}
		var args []string
		if place.Unordered != nil {
			where = append(where, "t."+t.id+" > $1::"+t.idType)
			args = []string{*place.Unordered}
		}
		n := out.limit - len(out.Records) - len(out.Failed)
		count := 0
		err = s.conn.query(ctx,
			"SELECT t."+t.id+"::pg_catalog.text FROM "+t.from+conditions(where)+" ORDER BY t."+t.id+" LIMIT "+strconv.Itoa(n),
			args,
			func(row []*string) (bool, error) {
				if len(row) != 1 || row[0] == nil || len(*row[0]) > 4096 {
					return false, errProtocol
				}
				place.Unordered = row[0]
				count++
				out.fail(*row[0], "missing_watermark", "The row has no value in the column "+t.Watermark+", or an infinite one.")
				return count < n && !out.full(), nil
			})
		if err != nil || count == n || out.full() {
			return true, err
		}
	}
	place.Phase = phaseUnnamed
	return false, nil
}

// unnamed tells the rows without an id, which have nothing to be told apart by: they are
// counted once, and told by and by. Then the run has ended.
func (s *postgresSource) unnamed(
	ctx context.Context, t *pgTable, place *postgresPlace, out *page,
) (more bool, err error) {
	if place.Unnamed == nil {
		place.Unnamed = new(int64)
		if t.idNull {
			err := s.conn.query(ctx, "SELECT pg_catalog.count(*)::pg_catalog.text FROM "+t.from+" WHERE t."+t.id+" IS NULL", nil,
				func(row []*string) (bool, error) {
					if len(row) != 1 || row[0] == nil {
						return false, errProtocol
					}
					*place.Unnamed, err = strconv.ParseInt(*row[0], 10, 64)
					return true, err
				})
			if err != nil {
				return false, err
			}
		}
	}
	for ; *place.Unnamed > 0; *place.Unnamed-- {
		if out.full() {
			return true, nil
		}
		out.fail("", "missing_id", "A row has no value in the column "+t.ID+".")
	}
	*place = postgresPlace{
		Config: place.Config, Watermark: place.Watermark, ID: place.ID, Started: place.Started, Done: true,
	}
	// A watermark in the future would hide what changes until then.
	if at, ok := parseTime(place.Watermark); ok && place.Started && t.timed() {
		const day = 24 * time.Hour // more than zones and clocks differ
		if now := s.env.now(); at.After(now.Add(day)) {
			place.From = t.format(now.UTC().Add(-day))
		}
	}
	out.Done = true
	return false, nil
}

func conditions(where []string) string {
	if len(where) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(where, " AND ")
}

// pgTable is a table as it was found.
type pgTable struct {
	postgresTable
	config             string
	from               string // the table, as t
	id, mark           string // the columns, quoted
	idType, markType   string
	idNull             bool
	columns            string   // what is read, as c0, c1, …
	row                string   // the row as JSON, made of that
	ordered, unordered []string // conditions for rows that have an order, and for those that have none
	rows               int      // to ask for at once
}

// timed reports whether the watermark is a time.
func (t *pgTable) timed() bool {
	switch t.markType {
	case "pg_catalog.timestamptz", "pg_catalog.timestamp", "pg_catalog.date":
		return true
	}
	return false
}

// format returns a time as a value of the watermark's type.
func (t *pgTable) format(at time.Time) string {
	if t.markType == "pg_catalog.date" {
		return at.Format(time.DateOnly)
	}
	return at.Format("2006-01-02 15:04:05.999999")
}

// take makes a record of a row.
func (t *pgTable) take(out *page, data *string, id, mark string) {
	if data == nil {
		out.fail(id, "too_large", "The row is larger than 1 MiB.")
		return
	}
	var compact bytes.Buffer
	compact.Grow(len(*data))
	if err := json.Compact(&compact, []byte(*data)); err != nil {
		out.fail(id, "invalid_json", "The row cannot be told as JSON.")
		return
	}
	var at *time.Time
	if t.timed() {
		if v, ok := parseTime(mark); ok {
			at = &v
		}
	}
	out.add(id, compact.Bytes(), at)
}

// The types, by their names in pg_catalog, that have an order and a text to go on from.
var (
	idTypes   = []string{"int2", "int4", "int8", "numeric", "text", "varchar", "bpchar", "uuid"}
	markTypes = append([]string{"timestamptz", "timestamp", "date"}, idTypes...)
)

type pgColumn struct {
	name, base     string // base is empty when it is no type of pg_catalog
	null, readable bool
}

// look finds a table and its columns.
func (s *postgresSource) look(ctx context.Context, cfg postgresTable) (*pgTable, error) {
	if err := s.begin(ctx, s.env.checkTimeout()); err != nil {
		return nil, err
	}
	name := cfg.entity()
	oid, usable := "", false
	err := s.conn.query(ctx, `SELECT c.oid::pg_catalog.text,
			(pg_catalog.has_schema_privilege(n.oid, 'USAGE')
				AND pg_catalog.has_any_column_privilege(c.oid, 'SELECT'))::pg_catalog.text
		FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')`,
		[]string{cfg.Schema, cfg.Table}, func(row []*string) (bool, error) {
			if len(row) != 2 || row[0] == nil || row[1] == nil {
				return false, errProtocol
			}
			oid, usable = *row[0], *row[1] == "true"
			return false, nil
		})
	if err != nil {
		return nil, err
	}
	switch {
	case oid == "":
		return nil, &domain.Problem{
			Code:    domain.NotFound,
			Message: "The table " + name + " does not exist in the database: check schema and name, and their case.",
		}
	case !usable:
		return nil, denied(name)
	}
	var columns []pgColumn
	err = s.conn.query(ctx, `SELECT a.attname::pg_catalog.text,
			CASE WHEN b.typnamespace = 'pg_catalog'::pg_catalog.regnamespace THEN b.typname::pg_catalog.text ELSE '' END,
			(NOT a.attnotnull)::pg_catalog.text, pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT')::pg_catalog.text
		FROM pg_catalog.pg_attribute a CROSS JOIN LATERAL (
			WITH RECURSIVE d(id) AS (SELECT a.atttypid
				UNION SELECT t.typbasetype FROM d JOIN pg_catalog.pg_type t ON t.oid = d.id WHERE t.typtype = 'd')
			SELECT t.typname, t.typnamespace FROM d JOIN pg_catalog.pg_type t ON t.oid = d.id WHERE t.typtype <> 'd') b
		WHERE a.attrelid = $1::pg_catalog.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
		[]string{oid}, func(row []*string) (bool, error) {
			if len(row) != 4 || slices.Contains(row, nil) || len(columns) > 2000 {
				return false, errProtocol
			}
			columns = append(columns,
				pgColumn{name: *row[0], base: *row[1], null: *row[2] == "true", readable: *row[3] == "true"})
			return true, nil
		})
	if err != nil {
		return nil, err
	}
	t, err := newTable(cfg, columns)
	if err != nil {
		return nil, err
	}
	// A connection to another database must not take up a place in this one.
	t.config = fingerprint([]any{s.cfg.Host, s.cfg.Port, s.cfg.Database, cfg, t.idType, t.markType})
	return t, s.conn.exec(ctx, "COMMIT")
}

func denied(table string) *domain.Problem {
	return &domain.Problem{
		Code:    domain.Unauthorized,
		Message: "The user may not read the table " + table + ": grant USAGE on its schema, and SELECT on it.",
	}
}

// newTable puts together what the queries need.
func newTable(cfg postgresTable, columns []pgColumn) (*pgTable, error) {
	name := cfg.entity()
	byName := make(map[string]pgColumn, len(columns))
	for _, c := range columns {
		byName[c.name] = c
	}
	selected := cfg.Columns
	if selected == nil {
		for _, c := range columns {
			selected = append(selected, c.name)
		}
	}
	for _, column := range append([]string{cfg.ID, cfg.Watermark}, selected...) {
		c, ok := byName[column]
		if !ok {
			return nil, invalid("The table " + name + " has no column " + column + ": check the name, and its case.")
		}
		if !c.readable {
			return nil, &domain.Problem{
				Code: domain.Unauthorized,
				Message: "The user may not read the column " + column + " of the table " + name +
					": grant SELECT on it, or leave it out of columns.",
			}
		}
	}
	id, mark := byName[cfg.ID], byName[cfg.Watermark]
	if !slices.Contains(idTypes, id.base) {
		return nil, invalid("The column " + cfg.ID + " of the table " + name +
			" has a type that cannot be the id: it is an integer, numeric, text or uuid.")
	}
	if !slices.Contains(markTypes, mark.base) {
		return nil, invalid("The column " + cfg.Watermark + " of the table " + name +
			" has a type that cannot be the watermark: it is a timestamp, date, integer, numeric, text or uuid.")
	}
	t := &pgTable{
		postgresTable: cfg, rows: firstRows, idNull: id.null,
		from: pq.QuoteIdentifier(cfg.Schema) + "." + pq.QuoteIdentifier(cfg.Table) + " AS t",
		id:   pq.QuoteIdentifier(cfg.ID), mark: pq.QuoteIdentifier(cfg.Watermark),
		idType: "pg_catalog." + id.base, markType: "pg_catalog." + mark.base,
	}
	var read, fields []string
	for i, column := range selected {
		quoted, alias := pq.QuoteIdentifier(column), "c"+strconv.Itoa(i)
		read = append(read, "t."+quoted+" AS "+alias)
		value := "x." + alias
		switch byName[column].base {
		case "timestamp":
			value = "(" + value + " AT TIME ZONE 'UTC')"
		case "bytea":
			value = "pg_catalog.translate(pg_catalog.encode(" + value + ", 'base64'), E'\n', '')"
		}
		fields = append(fields, value+" AS "+quoted)
	}
	t.columns = strings.Join(read, ", ")
	t.row = "(SELECT pg_catalog.row_to_json(d) FROM (SELECT " + strings.Join(fields, ", ") + ") AS d)::pg_catalog.text"
	value := "t." + t.mark
	if id.null {
		t.ordered = append(t.ordered, "t."+t.id+" IS NOT NULL")
	}
	if mark.null {
		t.ordered = append(t.ordered, value+" IS NOT NULL")
		t.unordered = append(t.unordered, value+" IS NULL")
	}
	// As comparisons, which an index can answer.
	switch {
	case t.timed():
		t.ordered = append(t.ordered, value+" > '-infinity'", value+" < 'infinity'")
		t.unordered = append(t.unordered, value+" = '-infinity'", value+" = 'infinity'")
	case mark.base == "numeric":
		t.ordered = append(t.ordered, value+" < 'NaN'")
		t.unordered = append(t.unordered, value+" = 'NaN'")
	}
	return t, nil
}

const theDatabase = "The database server"

var sqlState = regexp.MustCompile(`^[0-9A-Z]{5}$`)

// problem says in the platform's words what the database reported. table is nil before
// one is looked at.
func (s *postgresSource) problem(ctx context.Context, err error, table *postgresTable) error {
	if p := (*domain.Problem)(nil); errors.As(err, &p) {
		return p
	}
	if ctx.Err() != nil && !errors.Is(err, ctx.Err()) {
		err = fmt.Errorf("%w (%v)", ctx.Err(), err)
	}
	p := &domain.Problem{Code: domain.Unreachable, Cause: err}
	switch {
	case ctx.Err() != nil:
		return network(theDatabase, err)
	case errors.Is(err, errNoTLS):
		p.Message = "The database server does not offer TLS: turn it on there, or set sslmode to disable where the network " +
			"is trusted."
		return p
	case errors.Is(err, errAuth):
		p.Code = domain.InvalidConfig
		p.Message = "The database server asks this user for a kind of authentication that is not supported: scram-sha-256, " +
			"md5 and password are."
		return p
	case errors.Is(err, errProtocol):
		p.Code, p.Message = domain.BadResponse,
			"What answers at host and port does not speak the PostgreSQL protocol, or gives what cannot be taken."
		return p
	}
	if errors.Is(err, driver.ErrBadConn) {
		p.Temporary, p.Message = true, "The database server closed the connection."
		return p
	}
	state := ""
	if e := pq.As(err); e != nil && sqlState.MatchString(string(e.Code)) {
		state = string(e.Code)
	} else {
		return network(theDatabase, err)
	}
	name, columns := "", ""
	if table != nil {
		name = " " + table.entity()
		columns = table.Watermark + " and " + table.ID
	}
	switch {
	case state == "28P01":
		p.Code, p.Message = domain.Unauthorized, "The database server does not accept the user and the password."
	case strings.HasPrefix(state, "28"):
		p.Code = domain.Unauthorized
		p.Message = "The database server does not let this user in from here, or not without TLS: check its pg_hba.conf."
	case state == "3D000":
		p.Code, p.Message = domain.NotFound, "The database does not exist."
	case state == "42501" && table != nil:
		return denied(table.entity())
	case state == "42501":
		p.Code, p.Message = domain.Unauthorized, "The user may not connect to the database: grant CONNECT on it."
	case state == "42P01", state == "3F000":
		p.Code, p.Message = domain.NotFound, "The table"+name+" does not exist any more."
	case state == "42703":
		p.Code, p.Message = domain.InvalidConfig, "A column of the table"+name+" does not exist any more."
	case state == "57014":
		p.Code, p.Temporary = domain.TimedOut, true
		p.Message = "The database took too long for a page of the table" + name + ": an index on " + columns +
			", in this order, would help."
	case state == "55P03":
		p.Code, p.Temporary, p.Message = domain.TimedOut, true, "The table"+name+" is locked for long."
	case strings.HasPrefix(state, "53"), strings.HasPrefix(state, "57P"), strings.HasPrefix(state, "08"):
		p.Temporary, p.Message = true, "The database server takes no more connections, or is starting or shutting down."
	case strings.HasPrefix(state, "40"):
		p.Code, p.Temporary, p.Message = domain.BadResponse, true, "The database server gave up a query over a conflict."
	default:
		p.Code, p.Message = domain.BadResponse,
			"The database server reports an error (SQLSTATE "+state+") for the table"+name+"."
		if table == nil {
			p.Message = "The database server reports an error (SQLSTATE " + state + ")."
		}
	}
	return p
}

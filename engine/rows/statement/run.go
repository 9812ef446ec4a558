package statement

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"strings"

	"github.com/alania-go/alania/domain/data/rows"
)

// Statement is a plan that has been written for a database.
type Statement struct {
	d      Dialect
	plan   *rows.Plan
	sql    string
	args   []any
	names  []string // of the columns of CSV
	ready  *sql.Stmt
	done   func()
	counts string // PostgreSQL's estimate of the total is asked for by this; with args of its own
	cargs  []any
}

// New writes a plan. It refuses what the database cannot do.
func New(d Dialect, p *rows.Plan) (*Statement, error) {
	s := &Statement{d: d, plan: p}
	if d == SQLite && p.Action != rows.Read {
		return s, nil // in several steps: see sqliteWrite
	}
	b := &builder{d: d, c: p.Catalogue}
	if p.Action == rows.Read {
		s.sql = s.read(b, "", "count(*)")
		if d == Postgres && estimated(p) {
			c := &builder{d: d, c: p.Catalogue}
			s.counts = "EXPLAIN (FORMAT JSON) " + c.total(p.Root)
			s.cargs = c.args
		}
	} else {
		s.sql = s.write(b)
	}
	s.args = b.args
	if b.err != nil {
		return nil, b.err
	}
	return s, nil
}

func estimated(p *rows.Plan) bool { return p.Prefer.Count == "planned" }

// body is the expression of what is answered.
func (s *Statement) body(b *builder, outs []out) string {
	switch {
	case !s.plan.Represents():
		return "''"
	case s.plan.CSV:
		for _, o := range outs {
			s.names = append(s.names, o.name)
		}
		return b.csv(outs, "r0")
	}
	array := b.array(b.object(outs, "r0"))
	if b.d == Postgres && s.plan.StripNulls {
		array = "json_strip_nulls(" + array + ")"
	}
	if b.d == Postgres {
		array += "::text"
	}
	return array
}

// read selects the body, the number of rows, the total, and nothing for what is written.
func (s *Statement) read(b *builder, from, count string) string {
	p := s.plan
	source, outs := b.source(p.Root, "", from)
	total := "NULL"
	switch {
	case p.Action != rows.Read || p.Prefer.Count == "" || estimated(p) && b.d == Postgres:
	case p.Root.Limit < 0 && p.Root.Offset == 0:
		total = "count(*)"
	case p.Prefer.Count == "estimated" && p.Limits.Max > 0:
		total = "(SELECT count(*) FROM (" + b.total(p.Root) + " LIMIT " + b.bound(10*p.Limits.Max) + ") z)"
	default:
		total = "(SELECT count(*) FROM (" + b.total(p.Root) + ") z)"
	}
	return "SELECT " + s.body(b, outs) + ", " + count + ", " + total + ", NULL, NULL FROM (" + source + ") r0"
}

// write is the statement of PostgreSQL that writes and answers.
func (s *Statement) write(b *builder) string {
	p := s.plan
	created := "_new"
	for {
		if _, taken := p.Table.Column(created); !taken {
			break
		}
		created += "_"
	}
	returning := "1 AS one"
	keyed := p.Action == rows.Insert && p.Prefer.Return == "headers-only" && p.Table.Primary != nil
	if p.Represents() {
		returning = target + ".*"
	} else if keyed {
		var keys []string
		for _, k := range p.Table.Primary.Columns {
			keys = append(keys, target+"."+quote(k))
		}
		returning = strings.Join(keys, ", ")
	}
	merging := p.Conflict != nil && !p.Conflict.Ignore
	if merging {
		returning += ", (" + target + ".xmax = 0) AS " + quote(created)
	}
	with := "WITH src AS (" + b.written(p, returning) + ") "
	inserted := "NULL"
	if merging {
		inserted = "(SELECT count(*) FROM src WHERE " + quote(created) + ")"
	}
	key := "NULL"
	if keyed {
		var keys []string
		for _, k := range p.Table.Primary.Columns {
			keys = append(keys, quote(k)+"::text")
		}
		key = "(SELECT json_build_array(" + strings.Join(keys, ", ") + ") FROM src LIMIT 1)"
	}
	const count = "(SELECT count(*) FROM src)"
	if !p.Represents() {
		return with + "SELECT '', " + count + ", NULL, " + inserted + ", " + key
	}
	sql := s.read(b, "src", count)
	return with + strings.Replace(sql, ", NULL, NULL FROM (", ", "+inserted+", "+key+" FROM (", 1)
}

// csv joins the lines of CSV.
func (b *builder) csv(outs []out, r string) string {
	fields := make([]string, 0, len(outs))
	for i, o := range outs {
		v := b.json(o.form, r+"."+member(i))
		if b.d == Postgres {
			if v += "::text"; o.form == truth {
				v = "left(" + v + ", 1)" // t or f, as PostgREST has it
			}
			fields = append(fields, "CASE WHEN "+v+" ~ '[\",\\n\\r]' THEN '\"' || replace("+v+", '\"', '\"\"') || '\"' "+
				"ELSE coalesce("+v+", '') END")
			continue
		}
		if o.form == truth {
			v = "CASE " + r + "." + member(i) + " WHEN 1 THEN 't' WHEN 0 THEN 'f' END"
		}
		fields = append(fields, "CASE WHEN instr("+v+", '\"') OR instr("+v+", ',') OR instr("+v+", char(10)) OR instr("+v+
			", char(13)) THEN '\"' || replace("+v+", '\"', '\"\"') || '\"' ELSE coalesce("+v+", '') END")
	}
	line := strings.Join(fields, " || ',' || ")
	if line == "" {
		line = "''"
	}
	if b.d == Postgres {
		return "coalesce(string_agg(" + line + ", E'\\n'), '')"
	}
	return "coalesce(group_concat(" + line + ", char(10)), '')"
}

// Prepare has the statement ready on a connection of the database. It is called before the transaction begins, so
// that nobody waits for a second connection while one is held.
func (s *Statement) Prepare(ctx context.Context, c *Cache) error {
	if s.sql == "" {
		return nil
	}
	var err error
	s.ready, s.done, err = c.prepare(ctx, s.sql)
	return Fault(err, s.plan.Table)
}

// Close ends the use of what Prepare made ready.
func (s *Statement) Close() {
	if s.done != nil {
		s.done()
		s.done = nil
	}
}

// Run runs the statement in a transaction. When it fails, or the result says so, the caller rolls back.
func (s *Statement) Run(ctx context.Context, tx *sql.Tx) (rows.Result, error) {
	res, err := s.run(ctx, tx)
	if err != nil {
		return rows.Result{}, Fault(err, s.plan.Table)
	}
	return s.check(res)
}

func (s *Statement) run(ctx context.Context, tx *sql.Tx) (rows.Result, error) {
	if s.sql == "" {
		return s.sqliteWrite(ctx, tx)
	}
	var row *sql.Row
	if s.ready != nil {
		row = tx.StmtContext(ctx, s.ready).QueryRowContext(ctx, s.args...)
	} else {
		row = tx.QueryRowContext(ctx, s.sql, s.args...)
	}
	res, err := s.scan(row)
	if err != nil || s.counts == "" {
		return res, err
	}
	var explained []byte
	if err := tx.QueryRowContext(ctx, s.counts, s.cargs...).Scan(&explained); err != nil {
		return res, err
	}
	var plans []struct {
		Plan struct {
			Rows int64 `json:"Plan Rows"`
		} `json:"Plan"`
	}
	if err := json.Unmarshal(explained, &plans); err == nil && len(plans) == 1 {
		res.Total = plans[0].Plan.Rows
	}
	return res, nil
}

// Read runs a statement that reads, and nothing else, in a transaction of its own. It has been prepared.
func (s *Statement) Read(ctx context.Context) (rows.Result, error) {
	res, err := s.scan(s.ready.QueryRowContext(ctx, s.args...))
	if err != nil {
		return rows.Result{}, Fault(err, s.plan.Table)
	}
	return s.check(res)
}

func (s *Statement) scan(row *sql.Row) (rows.Result, error) {
	res := rows.Result{Total: -1}
	var total, inserted sql.NullInt64
	var key []byte
	if err := row.Scan(&res.Body, &res.Rows, &total, &inserted, &key); err != nil {
		return res, err
	}
	if total.Valid {
		res.Total = total.Int64
	}
	res.Inserted = res.Rows
	if inserted.Valid {
		res.Inserted = inserted.Int64
	}
	if len(key) > 0 {
		var values []*string
		if err := json.Unmarshal(key, &values); err != nil {
			return res, err
		}
		for i, v := range values {
			res.Key = append(res.Key, rows.KeyValue{Column: s.plan.Table.Primary.Columns[i], Value: v})
		}
	}
	return res, nil
}

// check refuses results that the request does not allow, and finishes the body.
func (s *Statement) check(res rows.Result) (rows.Result, error) {
	p := s.plan
	if p.Action == rows.Put && res.Rows != 1 {
		return rows.Result{}, rows.PutMismatch()
	}
	if p.One && p.Action != rows.Put && res.Rows != 1 {
		return rows.Result{}, rows.NotSingular(res.Rows)
	}
	if n := p.Prefer.MaxAffected; n != nil && p.Prefer.Handling == "strict" && res.Rows > *n &&
		(p.Action == rows.Update || p.Action == rows.Delete) {
		return rows.Result{}, rows.TooManyAffected(res.Rows)
	}
	if p.Action != rows.Read && p.Prefer.Count != "" {
		res.Total = res.Rows
	}
	res.RolledBack = p.Action != rows.Read && p.Prefer.Tx == "rollback"
	switch {
	case !p.Represents():
		res.Body = nil
	case p.CSV:
		res.Body = append(header(s.names), res.Body...)
	default:
		if s.d == SQLite && p.StripNulls {
			res.Body = strip(res.Body)
		}
		if p.One {
			res.Body = bytes.TrimSpace(res.Body)
			res.Body = bytes.TrimSpace(res.Body[1 : len(res.Body)-1])
		}
	}
	return res, nil
}

// header is the first line of CSV.
func header(names []string) []byte {
	var b bytes.Buffer
	for i, n := range names {
		if i > 0 {
			b.WriteByte(',')
		}
		if strings.ContainsAny(n, "\",\n\r") {
			n = `"` + strings.ReplaceAll(n, `"`, `""`) + `"`
		}
		b.WriteString(n)
	}
	b.WriteByte('\n')
	return b.Bytes()
}

// strip leaves out the members that are null, at every depth.
func strip(raw []byte) []byte {
	var b bytes.Buffer
	stripInto(&b, raw)
	return b.Bytes()
}

func stripInto(b *bytes.Buffer, raw []byte) {
	first := true
	comma := func() {
		if !first {
			b.WriteByte(',')
		}
		first = false
	}
	switch raw[0] {
	case '{':
		b.WriteByte('{')
		rows.EachMember(raw, func(key string, v []byte) bool {
			if v[0] != 'n' {
				comma()
				name, _ := json.Marshal(key)
				b.Write(name)
				b.WriteByte(':')
				stripInto(b, v)
			}
			return true
		})
		b.WriteByte('}')
	case '[':
		b.WriteByte('[')
		rows.EachElement(raw, func(v []byte) bool {
			comma()
			stripInto(b, v)
			return true
		})
		b.WriteByte(']')
	default:
		b.Write(raw)
	}
}

package statement

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/alania-go/alania/domain/data/rows"
)

// SQLite has no statement that writes and answers with embedded resources. So what was written is found by its row
// ids, in the same transaction.
func (s *Statement) sqliteWrite(ctx context.Context, tx *sql.Tx) (rows.Result, error) {
	switch s.plan.Action {
	case rows.Insert, rows.Put:
		return s.sqliteInsert(ctx, tx)
	case rows.Update:
		return s.sqliteUpdate(ctx, tx)
	}
	return s.sqliteDelete(ctx, tx)
}

// rowID is a name of the row id that no column has.
func rowID(t *rows.Table) string {
	for _, name := range []string{"rowid", "_rowid_", "oid"} {
		taken := false
		for _, c := range t.Columns {
			taken = taken || strings.EqualFold(c.Name, name)
		}
		if !taken {
			return name
		}
	}
	return "rowid"
}

func (s *Statement) builder() *builder { return &builder{d: SQLite, c: s.plan.Catalogue} }

// ids runs a statement that returns row ids.
func ids(ctx context.Context, tx *sql.Tx, b *builder, text string) ([]int64, error) {
	if b.err != nil {
		return nil, b.err
	}
	found, err := tx.QueryContext(ctx, text, b.args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = found.Close() }()
	var out []int64
	for found.Next() {
		var id int64
		if err := found.Scan(&id); err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	return out, found.Err()
}

// answer reads the rows of the ids, in their order.
func (s *Statement) answer(ctx context.Context, tx *sql.Tx, found []int64) (rows.Result, error) {
	p := s.plan
	res := rows.Result{Total: -1, Rows: int64(len(found)), Inserted: int64(len(found))}
	b := s.builder()
	list, _ := json.Marshal(found)
	if found == nil {
		list = []byte("[]")
	}
	me := rowID(p.Table)
	from := "(SELECT q.* FROM json_each(" + b.arg(string(list)) + ") v JOIN " + b.table(p.Table.Name) + " q ON q." + me +
		" = v.value ORDER BY v.key)"
	if p.Represents() {
		text := s.read(b, from, "count(*)")
		if b.err != nil {
			return res, b.err
		}
		read, err := s.scan(tx.QueryRowContext(ctx, text, b.args...))
		if err != nil {
			return res, err
		}
		res.Body = read.Body
	}
	if p.Action == rows.Insert && p.Prefer.Return == "headers-only" && p.Table.Primary != nil && len(found) > 0 {
		var keys []string
		for _, k := range p.Table.Primary.Columns {
			keys = append(keys, "CAST("+quote(k)+" AS TEXT)")
		}
		text := "SELECT '', 1, NULL, NULL, json_array(" + strings.Join(keys, ", ") + ") FROM " + b.table(p.Table.Name) +
			" WHERE " + me + " = $1"
		keyed, err := s.scan(tx.QueryRowContext(ctx, text, found[0]))
		if err != nil {
			return res, err
		}
		res.Key = keyed.Key
	}
	return res, nil
}

// absent marks a value that the body does not have and that is to be the default.
type absent struct{}

func (absent) MarshalJSON() ([]byte, error) { return []byte("{}"), nil }

// values converts an object of the body. What it does not have is null, or the default when that is asked for.
func (s *Statement) values(object []byte) ([]any, error) {
	p := s.plan
	out := make([]any, len(p.Columns))
	if p.Prefer.Missing == "default" {
		for i := range out {
			out[i] = absent{}
		}
	}
	at := make(map[string]int, len(p.Columns))
	for i, c := range p.Columns {
		at[c.Name] = i
	}
	var err error
	rows.EachMember(object, func(key string, v []byte) bool {
		if i, ok := at[key]; ok {
			out[i], err = storedJSON(p.Columns[i], v)
		}
		return err == nil
	})
	return out, err
}

// body converts the objects of the body that are to be written.
func (s *Statement) bodyValues() ([][]any, error) {
	p := s.plan
	var out [][]any
	var err error
	add := func(v []byte) bool {
		var values []any
		if values, err = s.values(v); err != nil {
			return false
		}
		out = append(out, values)
		return true
	}
	if p.Body.Object {
		add(p.Body.JSON)
	} else {
		rows.EachElement(p.Body.JSON, add)
	}
	if err != nil || p.Action != rows.Put {
		return out, err
	}
	var chosen [][]any
	for _, values := range out {
		same := true
		for _, c := range p.Where {
			t := c.(rows.Test)
			want, err := storedText(t.Column.Kind, t.Column.Type, t.Column.Values, t.Values[0])
			if err != nil {
				return nil, err
			}
			has := false
			for i, column := range p.Columns {
				has = has || column == t.Column && values[i] == want
			}
			same = same && has
		}
		if same {
			chosen = append(chosen, values)
		}
	}
	return chosen, nil
}

func (s *Statement) sqliteInsert(ctx context.Context, tx *sql.Tx) (rows.Result, error) {
	p := s.plan
	values, err := s.bodyValues()
	if err != nil {
		return rows.Result{}, err
	}
	if p.Action == rows.Put && len(values) != 1 {
		return rows.Result{}, rows.PutMismatch()
	}
	if len(values) == 0 {
		return s.answer(ctx, tx, nil)
	}
	if err := s.keyed(values); err != nil {
		return rows.Result{}, err
	}
	raw, err := json.Marshal(values)
	if err != nil {
		return rows.Result{}, err
	}
	existing, err := s.existing(ctx, tx, string(raw))
	if err != nil {
		return rows.Result{}, err
	}
	b := s.builder()
	into := "INSERT INTO " + b.table(p.Table.Name) + " AS " + target
	var found []int64
	switch {
	case len(p.Columns) > 0:
		body := b.arg(string(raw))
		exprs := make([]string, len(p.Columns))
		for i, c := range p.Columns {
			at := "'$[" + strconv.Itoa(i) + "]'"
			exprs[i] = "json_extract(b.value, " + at + ")"
			if p.Prefer.Missing == "default" {
				fallback := "NULL"
				if c.Default != "" {
					fallback = "(" + c.Default + ")"
				}
				exprs[i] = "CASE WHEN json_type(b.value, " + at + ") = 'object' THEN " + fallback + " ELSE " + exprs[i] + " END"
			}
		}
		found, err = ids(ctx, tx, b, into+" ("+columns("", p.Columns)+") SELECT "+strings.Join(exprs, ", ")+
			" FROM json_each("+body+") b WHERE 1"+b.onConflict(p)+" RETURNING "+rowID(p.Table))
	default:
		for range values { // of objects without a member
			more, err := ids(ctx, tx, b, into+" DEFAULT VALUES RETURNING "+rowID(p.Table))
			if err != nil {
				return rows.Result{}, err
			}
			found = append(found, more...)
		}
	}
	if err != nil {
		return rows.Result{}, err
	}
	res, err := s.answer(ctx, tx, found)
	res.Inserted = res.Rows - existing
	return res, err
}

// keyed refuses what SQLite would let pass: a primary key without a value, which it would number by itself, and a key
// that is in the body twice, which it would write twice.
func (s *Statement) keyed(values [][]any) error {
	p := s.plan
	at := func(name string) int {
		return slices.IndexFunc(p.Columns, func(c *rows.Column) bool { return c.Name == name })
	}
	if p.Table.Primary != nil {
		for _, name := range p.Table.Primary.Columns {
			c, _ := p.Table.Column(name)
			if c.Identity {
				continue
			}
			i := at(name)
			for _, row := range values {
				missing := i < 0
				if !missing {
					_, missing = row[i].(absent)
				}
				if missing && c.Default == "" || !missing && row[i] == nil {
					return rows.NullRefused(p.Table.Name, name)
				}
			}
		}
	}
	if p.Conflict == nil || p.Conflict.Ignore {
		return nil
	}
	seen := map[string]bool{}
	for _, row := range values {
		var key []any
		for _, name := range p.Conflict.Columns {
			i := at(name)
			if i < 0 || row[i] == nil || row[i] == any(absent{}) {
				key = nil
				break
			}
			key = append(key, row[i])
		}
		if key == nil {
			continue
		}
		raw, _ := json.Marshal(key)
		if seen[string(raw)] {
			return rows.DatabaseError("21000")
		}
		seen[string(raw)] = true
	}
	return nil
}

// existing counts the rows of the body whose keys are there already, for an insert that merges.
func (s *Statement) existing(ctx context.Context, tx *sql.Tx, raw string) (int64, error) {
	p := s.plan
	if p.Conflict == nil || p.Conflict.Ignore {
		return 0, nil
	}
	b := s.builder()
	body := b.arg(raw)
	var same []string
	for _, k := range p.Conflict.Columns {
		for i, c := range p.Columns {
			if c.Name == k {
				same = append(same, column("q", k)+" = json_extract(b.value, '$["+strconv.Itoa(i)+"]')")
			}
		}
	}
	if len(same) < len(p.Conflict.Columns) {
		return 0, nil
	}
	var n int64
	err := tx.QueryRowContext(ctx, "SELECT count(*) FROM json_each("+body+") b JOIN "+b.table(p.Table.Name)+" q ON "+
		strings.Join(same, " AND "), b.args...).Scan(&n)
	return n, err
}

func (s *Statement) sqliteUpdate(ctx context.Context, tx *sql.Tx) (rows.Result, error) {
	p := s.plan
	values, err := s.bodyValues()
	if err != nil {
		return rows.Result{}, err
	}
	if len(p.Columns) == 0 || len(values) == 0 {
		return s.answer(ctx, tx, nil)
	}
	b := s.builder()
	sets := make([]string, len(p.Columns))
	for i, c := range p.Columns {
		value := "NULL"
		if _, missing := values[0][i].(absent); !missing {
			value = b.arg(values[0][i])
		} else if c.Default != "" {
			value = "(" + c.Default + ")"
		}
		sets[i] = quote(c.Name) + " = " + value
	}
	found, err := ids(ctx, tx, b, "UPDATE "+b.table(p.Table.Name)+" AS "+target+" SET "+strings.Join(sets, ", ")+
		where(b.chosen(p, target))+" RETURNING "+rowID(p.Table))
	if err != nil {
		return rows.Result{}, err
	}
	return s.answer(ctx, tx, found)
}

func (s *Statement) sqliteDelete(ctx context.Context, tx *sql.Tx) (rows.Result, error) {
	p := s.plan
	b := s.builder()
	me := target + "." + rowID(p.Table)
	if !p.Represents() {
		text := "DELETE FROM " + b.table(p.Table.Name) + " AS " + target + where(b.chosen(p, target))
		if b.err != nil {
			return rows.Result{}, b.err
		}
		done, err := tx.ExecContext(ctx, text, b.args...)
		if err != nil {
			return rows.Result{}, err
		}
		n, err := done.RowsAffected()
		return rows.Result{Rows: n, Total: -1}, err
	}
	found, err := ids(ctx, tx, b, "SELECT "+me+" FROM "+b.table(p.Table.Name)+" "+target+where(b.chosen(p, target)))
	if err != nil {
		return rows.Result{}, err
	}
	res, err := s.answer(ctx, tx, found) // while they are there
	if err != nil {
		return res, err
	}
	list, _ := json.Marshal(found)
	_, err = tx.ExecContext(ctx, "DELETE FROM "+b.table(p.Table.Name)+" AS "+target+" WHERE "+me+
		" IN (SELECT value FROM json_each($1))", string(list))
	return res, err
}

package db

import (
	"context"
	"database/sql"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/jmoiron/sqlx"
)

// scanner reads the rows of one statement: a row, and pointers to its fields in the order of the
// columns. It is planned once, and used by one reader at a time.
type scanner[R any] struct {
	row  R
	into []any
}

var scannable = reflect.TypeFor[sql.Scanner]()

// newScanner plans how rows with these columns are read into an R: a struct whose fields are found
// by their tag `db`, those of embedded structs among them, or else a single value.
func newScanner[R any](columns []string) (*scanner[R], error) {
	s := &scanner[R]{into: make([]any, len(columns))}
	v := reflect.ValueOf(&s.row).Elem()
	if v.Kind() != reflect.Struct || v.Addr().Type().Implements(scannable) {
		if len(columns) != 1 {
			return nil, fmt.Errorf("store: %d columns for one %s", len(columns), v.Type())
		}
		s.into[0] = destination(v)
		return s, nil
	}
	fields := map[string]reflect.Value{}
	collect(v, fields)
	for i, c := range columns {
		if expression, ok := strings.CutPrefix(c, "+"); ok { // see asKept
			c = expression[strings.LastIndexByte(expression, '.')+1:]
		}
		f, ok := fields[c]
		if !ok {
			return nil, fmt.Errorf("store: %s has no field for the column %s", v.Type(), c)
		}
		s.into[i] = destination(f)
	}
	return s, nil
}

// collect adds the fields of a struct by the names of their columns. A field hides one of the same
// name in an embedded struct.
func collect(v reflect.Value, into map[string]reflect.Value) {
	var embedded []reflect.Value
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name := f.Tag.Get("db")
		switch {
		case name == "" && f.Anonymous && f.Type.Kind() == reflect.Struct:
			embedded = append(embedded, v.Field(i))
		case name != "" && name != "-" && f.IsExported():
			if _, hidden := into[name]; !hidden {
				into[name] = v.Field(i)
			}
		}
	}
	for _, e := range embedded {
		collect(e, into)
	}
}

// destination returns a pointer to the field of a type that database/sql fills without reflection,
// where there is one.
func destination(v reflect.Value) any {
	p := v.Addr()
	if p.Type().Implements(scannable) {
		return p.Interface()
	}
	switch v.Kind() {
	case reflect.String:
		return p.Convert(reflect.TypeFor[*string]()).Interface()
	case reflect.Int:
		return p.Convert(reflect.TypeFor[*wholeInt]()).Interface()
	case reflect.Int64:
		return p.Convert(reflect.TypeFor[*wholeInt64]()).Interface()
	}
	return p.Interface()
}

type (
	wholeInt   int
	wholeInt64 int64
)

// Scan implements sql.Scanner.
func (n *wholeInt) Scan(src any) error {
	v, err := whole(src)
	*n = wholeInt(v)
	return err
}

// Scan implements sql.Scanner.
func (n *wholeInt64) Scan(src any) error {
	v, err := whole(src)
	*n = wholeInt64(v)
	return err
}

// whole reads an integer. Sums of PostgreSQL come as text.
func whole(src any) (int64, error) {
	var n int64
	var err error
	switch v := src.(type) {
	case int64:
		return v, nil
	case []byte:
		n, err = strconv.ParseInt(string(v), 10, 64)
	case string:
		n, err = strconv.ParseInt(v, 10, 64)
	case float64:
		if n = int64(v); float64(n) != v {
			err = strconv.ErrRange
		}
	default:
		err = strconv.ErrSyntax
	}
	if err != nil {
		return 0, fmt.Errorf("store: cannot read %T as an integer", src)
	}
	return n, nil
}

// scan runs a statement and calls each with every row, until it returns false. The row is only
// good during the call.
func scan[R any](ctx context.Context, st *sqlx.Stmt, p *prepared, args []any, each func(row *R) bool) (err error) {
	rows, err := st.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	s, ok := p.scanners.Get().(*scanner[R])
	if !ok {
		columns, err := rows.Columns()
		if err != nil {
			return err
		}
		if s, err = newScanner[R](columns); err != nil {
			return err
		}
	}
	var zero R
	for rows.Next() {
		s.row = zero
		if err := rows.Scan(s.into...); err != nil {
			return err
		}
		if !each(&s.row) {
			break
		}
	}
	s.row = zero // holds on to nothing
	p.scanners.Put(s)
	if err := rows.Err(); err != nil {
		return err
	}
	return rows.Close()
}

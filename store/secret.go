package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/alania-go/alania/domain/secret"
)

var _ secret.Repository = (*Store)(nil)

// sealed is a column with sealed values. A column that is not here keeps its values under a key that can then not be retired;
// storetest compares the list with the schema and with secret.Uses.
type sealed struct {
	table, row, column string // row is the column that names a row and orders them
	use                secret.Use
	bytes              bool // the row is named by bytes, not by a number
}

var sealedColumns = []sealed{
	{table: "signing_keys", row: "ordinal", column: "private_key", use: "oauth signing key"},
	{table: "webhook_endpoints", row: "seq", column: "secret", use: "webhook secret"},
	{table: "webhook_endpoints", row: "seq", column: "previous_secret", use: "webhook secret"},
	{table: "bindings", row: "seq", column: "sealed_config", use: "binding configuration"},
	{table: "mcp_servers", row: "seq", column: "sealed_headers", use: "mcp headers"},
	{table: "audit_sinks", row: "seq", column: "sealed_url", use: "audit sink"},
	{table: "idempotency_keys", row: "scope", column: "answer", use: "idempotent answer", bytes: true},
}

func (c sealed) name() string { return c.table + "." + c.column }

// SealedColumns implements secret.Repository.
func (s *Store) SealedColumns() []secret.Column {
	return each(sealedColumns, func(c sealed) secret.Column { return secret.Column{Name: c.name(), Use: c.use} })
}

func sealedColumn(name string) (sealed, error) {
	i := slices.IndexFunc(sealedColumns, func(c sealed) bool { return c.name() == name })
	if i < 0 {
		return sealed{}, fmt.Errorf("store: the column %s has no sealed values", name)
	}
	return sealedColumns[i], nil
}

type sealedRow[K any] struct {
	Row    K      `db:"row_key"`
	Sealed []byte `db:"sealed"`
}

// SealedOtherwise implements secret.Repository.
func (s *Store) SealedOtherwise(ctx context.Context, column string, head []byte, after any, limit int) ([]secret.Kept, error) {
	c, err := sealedColumn(column)
	if err != nil {
		return nil, err
	}
	if c.bytes {
		if after == nil {
			after = []byte{}
		}
		return sealedRows[[]byte](ctx, s, c, head, after, limit)
	}
	if after == nil {
		after = int64(0)
	}
	return sealedRows[int64](ctx, s, c, head, after, limit)
}

func sealedRows[K any](ctx context.Context, s *Store, c sealed, head []byte, after any, limit int) ([]secret.Kept, error) {
	query := fmt.Sprintf("SELECT %[1]s AS row_key, %[2]s AS sealed FROM %[3]s WHERE %[1]s > $1 AND %[2]s IS NOT NULL AND substr(%[2]s, 1, %[4]d) <> $2"+
		" ORDER BY %[1]s LIMIT $3", c.row, c.column, c.table, len(head))
	rows, err := all[sealedRow[K]](ctx, s, query, after, head, limit)
	return each(rows, func(r sealedRow[K]) secret.Kept { return secret.Kept{Row: r.Row, Sealed: r.Sealed} }), err
}

// ReplaceSealed implements secret.Repository.
func (s *Store) ReplaceSealed(ctx context.Context, column string, row any, old, value []byte) (bool, error) {
	c, err := sealedColumn(column)
	if err != nil {
		return false, err
	}
	n, err := s.exec(ctx, fmt.Sprintf("UPDATE %s SET %[2]s = $1 WHERE %[3]s = $2 AND %[2]s = $3", c.table, c.column, c.row), value, row, old)
	return n == 1, err
}

// CountSealed implements secret.Repository.
func (s *Store) CountSealed(ctx context.Context, column string, headLength int) (map[string]int, error) {
	c, err := sealedColumn(column)
	if err != nil {
		return nil, err
	}
	start := fmt.Sprintf("substr(%s, 1, %d)", c.column, headLength)
	rows, err := all[struct {
		Head []byte `db:"head"`
		N    int    `db:"n"`
	}](ctx, s, fmt.Sprintf("SELECT %[1]s AS head, COUNT(*) AS n FROM %[2]s WHERE %[3]s IS NOT NULL GROUP BY %[1]s", start, c.table, c.column))
	out := map[string]int{}
	for _, r := range rows {
		out[string(r.Head)] = r.N
	}
	return out, err
}

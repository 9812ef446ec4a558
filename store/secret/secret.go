// Package secret is the SQL of domain/secret.
package secret

import (
	"context"
	"fmt"
	"slices"

	"github.com/alania-go/alania/domain/secret"
	"github.com/alania-go/alania/store/db"
)

// Store implements the repository of the domain package.
type Store struct {
	*db.DB
	columns []db.SealedColumn
}

// New returns the area's part of a database. The columns are those of every area.
func New(d *db.DB, columns []db.SealedColumn) *Store { return &Store{d, columns} }

var _ secret.Repository = (*Store)(nil)

// SealedColumns implements secret.Repository.
func (s *Store) SealedColumns() []secret.Column {
	return db.Convert(s.columns, func(c db.SealedColumn) secret.Column {
		return secret.Column{Name: c.Name(), Use: c.Use}
	})
}

func (s *Store) column(name string) (db.SealedColumn, error) {
	i := slices.IndexFunc(s.columns, func(c db.SealedColumn) bool { return c.Name() == name })
	if i < 0 {
		return db.SealedColumn{}, fmt.Errorf("store: the column %s has no sealed values", name)
	}
	return s.columns[i], nil
}

type sealedRow[K any] struct {
	Row    K      `db:"row_key"`
	Sealed []byte `db:"sealed"`
}

// SealedOtherwise implements secret.Repository.
func (s *Store) SealedOtherwise(
	ctx context.Context, column string, head []byte, after any, limit int,
) ([]secret.Kept, error) {
	c, err := s.column(column)
	if err != nil {
		return nil, err
	}
	if c.Bytes {
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

func sealedRows[K any](
	ctx context.Context, s *Store, c db.SealedColumn, head []byte, after any, limit int,
) ([]secret.Kept, error) {
	query := fmt.Sprintf("SELECT %[1]s AS row_key, %[2]s AS sealed FROM %[3]s WHERE %[1]s > $1 AND %[2]s IS NOT NULL "+
		"AND substr(%[2]s, 1, %[4]d) <> $2"+
		" ORDER BY %[1]s LIMIT $3", c.Row, c.Column, c.Table, len(head))
	rows, err := db.All[sealedRow[K]](ctx, s.DB, query, after, head, limit)
	return db.Convert(rows, func(r sealedRow[K]) secret.Kept { return secret.Kept{Row: r.Row, Sealed: r.Sealed} }), err
}

// ReplaceSealed implements secret.Repository.
func (s *Store) ReplaceSealed(ctx context.Context, column string, row any, old, value []byte) (bool, error) {
	c, err := s.column(column)
	if err != nil {
		return false, err
	}
	n, err := s.Exec(ctx,
		fmt.Sprintf("UPDATE %s SET %[2]s = $1 WHERE %[3]s = $2 AND %[2]s = $3", c.Table, c.Column, c.Row), value, row, old)
	return n == 1, err
}

// CountSealed implements secret.Repository.
func (s *Store) CountSealed(ctx context.Context, column string, headLength int) (map[string]int, error) {
	c, err := s.column(column)
	if err != nil {
		return nil, err
	}
	start := fmt.Sprintf("substr(%s, 1, %d)", c.Column, headLength)
	rows, err := db.All[struct {
		Head []byte `db:"head"`
		N    int    `db:"n"`
	}](ctx, s.DB,
		fmt.Sprintf("SELECT %[1]s AS head, COUNT(*) AS n FROM %[2]s WHERE %[3]s IS NOT NULL GROUP BY %[1]s", start, c.Table,
			c.Column))
	out := map[string]int{}
	for _, r := range rows {
		out[string(r.Head)] = r.N
	}
	return out, err
}

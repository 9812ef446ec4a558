package objects

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/alania-go/alania/domain/data/objects"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/store/db"
)

// ListObjects implements objects.Repository.
func (s *Store) ListObjects(
	ctx context.Context, workspaceID id.ID, prefix, delimiter string, in objects.Span, limit int,
) ([]objects.Entry, error) {
	if delimiter != "" {
		return s.listGroups(ctx, workspaceID, prefix, delimiter, in, limit)
	}
	query, args := selectObject+" WHERE o.workspace_id = $1 AND o.key >= $2", []any{workspaceID, in.First, limit}
	if in.End != "" {
		query, args = query+" AND o.key < $4", append(args, in.End)
	}
	rows, err := db.All[objectRow](ctx, s.DB, query+" ORDER BY o.key LIMIT $3", args...)
	return db.Convert(rows, func(r objectRow) objects.Entry { return objects.Entry{Object: r.object()} }), err
}

type entryRow struct {
	Group db.Text `db:"of_group"`
	objectRow
}

// walk goes from entry to entry, so that what is read is as much as what is returned, however many keys a group
// has. The next entry is that of the first key from a bound on: after a group the first text after all that begin
// with it, after a key the key with U+0001, as no text is between the two. In characters, {place} is where the
// delimiter stands after the prefix, 0 when it does not; $4 is the length of the prefix, and $6 that of the
// delimiter.
const walk = `WITH RECURSIVE walk (n, key) AS (
	SELECT 1, (SELECT o.key FROM objects o WHERE o.workspace_id = $1 AND o.key >= $2{end} ORDER BY o.key LIMIT 1)
	UNION ALL
	SELECT w.n + 1, (SELECT o.key FROM objects o WHERE o.workspace_id = $1 AND o.key >= CASE WHEN {place} > 0
		THEN substr(w.key, 1, CAST($4 AS INT) + {place} + CAST($6 AS INT) - 2) || CAST($7 AS TEXT)
		ELSE w.key || CAST($8 AS TEXT) END{end} ORDER BY o.key LIMIT 1)
	FROM walk w WHERE w.n < $3 AND w.key IS NOT NULL
)
SELECT CASE WHEN {place} > 0 THEN substr(w.key, 1, CAST($4 AS INT) + {place} + CAST($6 AS INT) - 1) END AS of_group,
	o.id, o.workspace_id, o.key, o.content_type, o.created_at, o.updated_at, o.content_id, c.size, c.etag, c.checksum, c.pieces
FROM walk w JOIN objects o ON o.workspace_id = $1 AND o.key = w.key JOIN object_contents c ON c.id = o.content_id
ORDER BY w.n`

func (s *Store) listGroups(
	ctx context.Context, workspaceID id.ID, prefix, delimiter string, in objects.Span, limit int,
) ([]objects.Entry, error) {
	_, last := utf8.DecodeLastRuneInString(delimiter)
	args := []any{
		workspaceID, in.First, limit, utf8.RuneCountInString(prefix), delimiter, utf8.RuneCountInString(delimiter),
		objects.Following(delimiter)[len(delimiter)-last:], "\x01",
	}
	end := ""
	if in.End != "" {
		args, end = append(args, in.End), " AND o.key < $9"
	}
	place := "strpos(substr(w.key, CAST($4 AS INT) + 1), CAST($5 AS TEXT))"
	if s.Engine == db.SQLite {
		place = strings.Replace(place, "strpos", "instr", 1)
	}
	rows, err := db.All[entryRow](ctx, s.DB, strings.NewReplacer("{end}", end, "{place}", place).Replace(walk), args...)
	return db.Convert(rows, func(r entryRow) objects.Entry {
		if r.Group != "" {
			return objects.Entry{Prefix: string(r.Group)}
		}
		return objects.Entry{Object: r.object()}
	}), err
}

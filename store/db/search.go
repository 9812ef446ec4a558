package db

import (
	"cmp"
	"context"
	"encoding/hex"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/alania-go/alania/domain/id"
)

// Searched is a table of an organization's rows that are found by a text in them. PostgreSQL finds them by an index
// of its own. On SQLite the groups of three letters of each row, with the organization before them, are in the table
// <Table>_grams, and what is not there yet is in search_queue: triggers add to it whatever changes.
type Searched struct {
	Table string
	Texts []string // the columns that a search looks through
}

const (
	gramLetters = 3
	maxGrams    = 24   // of a search
	gramSample  = 200  // rows by which it is estimated how many a group has
	searchSlice = 50   // rows whose groups are written in one transaction, which others wait for
	searchRuns  = 2000 // slices of one run of the task
)

// has reports whether a search for a text has an index.
func (s Searched) has(e Engine, text string) bool {
	return e == SQLite && s.Table != "" && len(gramsOf(text)) > 0
}

// candidates is a condition on the rows that may contain a text: those of the index that match, and those that wait.
func (s Searched) candidates(column, match string) string {
	return " AND " + column + " IN (SELECT rowid FROM " + s.Table + "_grams WHERE " + s.Table + "_grams MATCH " + match +
		" UNION ALL SELECT item FROM search_queue WHERE kind = '" + s.Table + "' AND scope = $1)"
}

// match writes what the index is asked for: the groups of a text that the fewest rows have. The index would read the
// rows of the others from the first to the last, which takes longer than to compare the texts.
func (s Searched) match(ctx context.Context, d *DB, orgID id.ID, text string) (string, error) {
	grams := gramsOf(text)
	words := tokens(orgID, grams[:min(len(grams), maxGrams)])
	parts, args := make([]string, len(words)), make([]any, len(words))
	for i, w := range words {
		args[i] = w
		parts[i] = "SELECT count(*) AS rows, COALESCE(max(rowid), 0) AS last FROM (SELECT rowid FROM " + s.Table +
			"_grams WHERE " + s.Table + "_grams MATCH $" + strconv.Itoa(i+1) + " LIMIT " + strconv.Itoa(gramSample) + ")"
	}
	found, err := All[sampled](ctx, d, strings.Join(parts, " UNION ALL "), args...)
	if err != nil {
		return "", err
	}
	fewest := slices.MinFunc(found, func(a, b sampled) int { return cmp.Compare(a.density(), b.density()) }).density()
	var few []string
	for i, f := range found {
		if f.density() <= 8*fewest {
			few = append(few, words[i])
		}
	}
	return strings.Join(few, " AND "), nil
}

// sampled are the first rows that have a group.
type sampled struct {
	Rows int64 `db:"rows"`
	Last int64 `db:"last"` // the largest of their numbers
}

// density is about how many of the rows have the group: next to nothing when these are all of them.
func (s sampled) density() float64 {
	if s.Rows < gramSample {
		return float64(s.Rows) / math.MaxInt32
	}
	return float64(s.Rows) / float64(s.Last)
}

// gramsOf returns the groups of three letters of a text, each once.
func gramsOf(text string) []string {
	letters := []rune(lowered(text))
	var grams []string
	known := map[string]bool{}
	for i := range len(letters) - gramLetters + 1 {
		if g := string(letters[i : i+gramLetters]); !known[g] {
			known[g] = true
			grams = append(grams, g)
		}
	}
	return grams
}

// tokens writes groups as the words of the index. The last six bytes of an id are random; a word that two organizations
// have in common only costs a look.
func tokens(orgID id.ID, grams []string) []string {
	of := hex.EncodeToString(orgID[10:])
	words := make([]string, len(grams))
	for i, g := range grams {
		words[i] = of + hex.EncodeToString([]byte(g))
	}
	return words
}

// IndexSearched writes the groups of the rows that wait for it, on SQLite.
func IndexSearched(ctx context.Context, d *DB, tables ...Searched) error {
	if d.Engine != SQLite {
		return nil
	}
	for _, t := range tables {
		for range searchRuns {
			n, err := indexSlice(ctx, d, t)
			if err != nil {
				return err
			}
			if n < searchSlice {
				break
			}
		}
	}
	return nil
}

// indexSlice writes the groups of some rows, and returns of how many.
func indexSlice(ctx context.Context, d *DB, t Searched) (n int, err error) {
	waiting, err := One[bool](ctx, d, "SELECT EXISTS (SELECT 1 FROM search_queue WHERE kind = $1)", t.Table)
	if err != nil || !waiting {
		return 0, err
	}
	err = d.InTx(ctx, func(ctx context.Context) error {
		rows, err := All[waitingRow](ctx, d, "SELECT q.scope, q.item, COALESCE(t.org_id, q.scope) AS org_id, t."+
			strings.Join(t.Texts, " || ' ' || t.")+" AS text FROM search_queue q LEFT JOIN "+t.Table+" t ON t.seq = q.item"+
			" WHERE q.kind = $1 ORDER BY q.scope, q.item LIMIT $2 + 0", t.Table, searchSlice)
		if n = len(rows); err != nil || n == 0 {
			return err
		}
		if err := writeGrams(ctx, d, t, rows); err != nil {
			return err
		}
		last := rows[n-1]
		_, err = d.Exec(ctx, "DELETE FROM search_queue WHERE kind = $1 AND (scope, item) <= ($2, $3)",
			t.Table, last.Scope, last.Item)
		return err
	})
	return n, err
}

// waitingRow is a row of search_queue with what the index is to know of it now: no text when it was deleted.
type waitingRow struct {
	Scope id.ID `db:"scope"`
	Item  int64 `db:"item"`
	OrgID id.ID `db:"org_id"`
	Text  Text  `db:"text"`
}

// writeGrams writes the groups of rows in place of those that the index has of them.
func writeGrams(ctx context.Context, d *DB, t Searched, rows []waitingRow) error {
	items := make([]int64, 0, len(rows))
	var words [][]any
	for _, r := range rows {
		if slices.Contains(items, r.Item) {
			continue // it was in two organizations
		}
		items = append(items, r.Item)
		if grams := gramsOf(string(r.Text)); len(grams) > 0 {
			words = append(words, []any{r.Item, strings.Join(tokens(r.OrgID, grams), " ")})
		}
	}
	if err := ExecIn(ctx, d, "DELETE FROM "+t.Table+"_grams WHERE rowid IN (?)", items); err != nil {
		return err
	}
	return d.ExecRows(ctx, "INSERT INTO "+t.Table+"_grams (rowid, grams) VALUES ", []string{IntType, TextType}, words, "")
}

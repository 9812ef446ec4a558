package suite

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	alania "github.com/alania-go/alania/sdk/go"
	"github.com/alania-go/alania/sdk/go/control"
	"github.com/alania-go/alania/sdk/go/option"
)

// hostile are texts that mean something in a URL, in a filter or in a pattern.
var hostile = []string{
	"", " ", "null", "true", "10", "a,b", `"`, `"a"`, `a"b`, "(", ")", "a)b(c", `\`, `a\`, `\"`, `a\"),b`, "{1,2}", "{",
	"*",
	"a*b", "%", "a%b", "_", "eq.1", "not.is.null", `","`, "ü", "日本", "😀", "a&b=c", "a+b", "#", "line\nbreak", "\t",
	"'", "--",
	"$", ".*", "[a]", "?", "a->b", "::int", ")),or(id.gt.0", "$ne", `{"$gt":""}`,
}

// queries are built: every value is found as itself, and what is built changes what it names and nothing else.
func queries(t *testing.T, c *alania.Client, worker option.RequestOption, w control.WorkspaceID) {
	t.Run("Rows", func(t *testing.T) { rowQueries(t, c, worker, w) })
	t.Run("Documents", func(t *testing.T) { documentQueries(t, c, worker, w) })
}

type word struct {
	ID   int            `json:"id"`
	Text *string        `json:"text"`
	Rank int            `json:"rank"`
	Fine bool           `json:"fine"`
	Data map[string]any `json:"data,omitempty"`
}

func rowQueries(t *testing.T, c *alania.Client, worker option.RequestOption, w control.WorkspaceID) {
	ctx := t.Context()
	var create control.TableCreate
	ok(t, json.Unmarshal([]byte(`{"name": "words", "columns": [{"name": "id", "type": "integer", "primaryKey": true},
		{"name": "text", "type": "text"}, {"name": "rank", "type": "integer"}, {"name": "fine", "type": "boolean"},
		{"name": "data", "type": "jsonb"}]}`), &create))
	must(c.Control.Tables.Create(ctx, w, create, worker))(t)
	words := control.TableOf[word](c.Control, w, "words")
	var in []word
	for i, text := range hostile {
		in = append(in, word{i + 1, &text, i % 3, i%2 == 0, map[string]any{"a,b": text, "list": []any{text}}})
	}
	in = append(in, word{ID: len(in) + 1})
	if made := must(words.Insert(ctx, in, worker))(t); len(made) != len(in) || *made[7].Text != hostile[7] {
		t.Errorf("%+v", made)
	}
	found := func(what string, want int, conditions ...control.Condition) []word {
		t.Helper()
		page, err := words.Where(conditions...).Limit(1000).List(ctx, worker)
		if err != nil || len(page.Items) != want || page.Total != int64(want) {
			t.Errorf("%q: %+v instead of %d, %v", what, page, want, err)
			return nil
		}
		return page.Items
	}
	for i, text := range hostile {
		conditions := []control.Condition{
			control.Eq("text", text), control.In("text", text), control.In("text", text, "no such text"),
			control.Eq("data->>a,b", text), control.Eq("data->list->>0", text), control.Not(control.Neq("text", text)),
			control.And(control.Gte("text", text), control.Lte("text", text)),
		}
		if !strings.Contains(text, "*") {
			conditions = append(conditions, control.StartsWith("text", text), control.EndsWith("text", text),
				control.Includes("text", text))
		}
		if got := found(text, 1, conditions...); len(got) == 1 && got[0].ID != i+1 {
			t.Errorf("%q found %+v", text, got)
		}
	}
	// Only PostgreSQL can look for an asterisk as it is. What cannot says so, and finds nothing else.
	page, err := words.Where(control.StartsWith("text", "a*"), control.EndsWith("text", "*b"),
		control.Includes("text", "*")).List(ctx, worker)
	if err == nil && (len(page.Items) != 1 || *page.Items[0].Text != "a*b") ||
		err != nil && !alania.HasCode(err, "OPERATOR_NOT_SUPPORTED") {
		t.Errorf("%+v, %v", page, err)
	}
	found("NULL", 1, control.Eq("text", nil))
	found("a nil pointer", 1, control.Eq("text", (*string)(nil)))
	found("not NULL", len(hostile), control.Neq("text", nil))
	found("one or NULL", 2, control.In[any]("text", "null", nil))
	found("none", 0, control.In[string]("text"))
	found("all of several", len(hostile), control.In("text", hostile...))
	found("booleans", (len(hostile)+1)/2, control.Eq("fine", true), control.Lte("id", len(hostile)))
	found("either", 2, control.Or(control.Eq("id", 1), control.And(control.Eq("id", 2), control.Eq("rank", 1))))
	found("a pattern", 2, control.Like("text", "a%c"), control.Not(control.Eq("text", "no")))

	var ids []int
	walked := words.Select("id").Where(control.Gt("id", 3)).Order("rank", control.Descending).
		Order("id", control.AscendingNullsLast).Limit(7)
	for row, err := range walked.ListAutoPaging(ctx, worker) {
		ok(t, err)
		if row.Text != nil {
			t.Errorf("%+v", row)
		}
		ids = append(ids, row.ID)
	}
	if len(ids) != len(in)-3 || !slices.Equal(ids[:2], []int{6, 9}) {
		t.Errorf("%v", ids)
	}
	raw := must(control.TableOf[control.Row](c.Control, w, "words").SelectRaw("n:id.count()").List(ctx, worker))(t)
	if len(raw.Items) != 1 || raw.Items[0]["n"] != float64(len(in)) {
		t.Errorf("%+v", raw)
	}

	if _, err := words.Delete(ctx, worker); !errors.Is(err, control.ErrNoFilter) {
		t.Errorf("without a filter: %v", err)
	}
	if _, err := words.Update(ctx, control.Row{"rank": 1}, worker); !errors.Is(err, control.ErrNoFilter) {
		t.Errorf("without a filter: %v", err)
	}
	for _, bad := range []control.TableQuery[word]{
		words.Where(control.Condition{}), words.Where(control.Or()), words.Where(control.Compare("id", "eq.1),or(id", 1)),
		words.Where(control.Gt("id", nil)), words.Where(control.Eq("id", func() {})),
	} {
		if _, err := bad.Delete(ctx, worker); err == nil {
			t.Error("a condition that is none deletes")
		}
	}
	if _, err := words.Where(control.Eq("id", 1)).Limit(1).Delete(ctx, worker); err == nil {
		t.Error("a page is deleted")
	}
	one := words.Where(control.Eq("text", `a\"),b`))
	if n := must(one.Update(ctx, control.Row{"text": `b,"(`}, worker))(t); n != 1 {
		t.Errorf("%d changed", n)
	}
	if n := must(words.Where(control.Eq("text", `b,"(`)).Delete(ctx, worker))(t); n != 1 {
		t.Errorf("%d deleted", n)
	}
	if n := must(words.UpdateAll(ctx, control.Row{"rank": 9}, worker))(t); n != int64(len(in)-1) {
		t.Errorf("%d changed", n)
	}
	if n := must(words.DeleteAll(ctx, worker))(t); n != int64(len(in)-1) {
		t.Errorf("%d deleted", n)
	}
	ok(t, c.Control.Tables.Delete(ctx, w, "words", worker))
}

func documentQueries(t *testing.T, c *alania.Client, worker option.RequestOption, w control.WorkspaceID) {
	type note struct {
		ID    string `json:"_id"`
		Text  string `json:"text"`
		Total int    `json:"total"`
	}
	ctx := t.Context()
	notes := control.CollectionOf[note](c.Control, w, "notes")
	var in []note
	for i, text := range hostile {
		in = append(in, note{"n" + string(rune('A'+i)), text, i})
	}
	if made := must(notes.Insert(ctx, in, worker))(t); len(made) != len(in) {
		t.Errorf("%+v", made)
	}
	for i, text := range hostile {
		page := must(notes.Where(control.Document{"text": text}).List(ctx, worker))(t)
		if len(page.Items) != 1 || page.Items[0] != in[i] {
			t.Errorf("%q: %+v", text, page)
		}
	}
	var totals []int
	walked := notes.Where(control.Document{"total": control.Document{"$gte": 5}}).
		Where(control.Document{"total": control.Document{"$lt": 30}}).Select("total").Sort("-total", "text").Limit(7)
	for n, err := range walked.ListAutoPaging(ctx, worker) {
		ok(t, err)
		if n.Text != "" || n.ID == "" {
			t.Errorf("%+v", n)
		}
		totals = append(totals, n.Total)
	}
	if len(totals) != 25 || totals[0] != 29 || totals[24] != 5 {
		t.Errorf("%v", totals)
	}
	if _, err := notes.Delete(ctx, worker); !errors.Is(err, control.ErrNoFilter) {
		t.Errorf("without a filter: %v", err)
	}
	set := control.Document{"$set": control.Document{"total": 99}}
	if _, err := notes.Update(ctx, set, worker); !errors.Is(err, control.ErrNoFilter) {
		t.Errorf("without a filter: %v", err)
	}
	one := notes.Where(control.Document{"text": `a\"),b`})
	if n := must(one.Update(ctx, set, worker))(t); n != 1 {
		t.Errorf("%d changed", n)
	}
	if _, err := one.Limit(1).Delete(ctx, worker); err == nil {
		t.Error("a page is deleted")
	}
	if n := must(one.Delete(ctx, worker))(t); n != 1 {
		t.Errorf("%d deleted", n)
	}
	if n := must(notes.DeleteAll(ctx, worker))(t); n != int64(len(in)-1) {
		t.Errorf("%d deleted", n)
	}
	ok(t, c.Control.Documents.DeleteCollection(ctx, w, "notes", worker))
}

package documentstest

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"
)

//go:embed own
var own embed.FS

// Own returns the project's own cases, of every operator and stage.
func Own() ([]Case, error) {
	var out []Case
	for _, file := range []string{"own/cases.jsonl", "own/bulk.jsonl"} {
		for _, l := range table(file) {
			var c Case
			if err := json.Unmarshal([]byte(l.text), &c); err != nil {
				return nil, fmt.Errorf("%s: %w", l.where, err)
			}
			out = append(out, c)
		}
	}
	for file, make := range tables {
		for _, l := range table(file) {
			c, err := make(l)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", l.where, err)
			}
			c.ID = l.where
			out = append(out, c)
		}
	}
	return out, nil
}

// tables are the files with a case a line, and what makes a Case of it.
var tables = map[string]func(line) (Case, error){
	"own/expressions.tsv": evaluating, "own/filters.tsv": filtering, "own/updates.tsv": updating,
}

type line struct{ where, text string }

// table reads the lines of a file that are no comments.
func table(file string) []line {
	text, err := own.ReadFile(file)
	if err != nil {
		panic(err)
	}
	var out []line
	for i, l := range strings.Split(string(text), "\n") {
		if l != "" && !strings.HasPrefix(l, "#") {
			out = append(out, line{fmt.Sprintf("%s:%d", file, i+1), l})
		}
	}
	return out
}

func (l line) cells(least, most int) ([]string, error) {
	cells := strings.Split(l.text, "\t")
	if len(cells) < least || len(cells) > most {
		return nil, fmt.Errorf("%d cells", len(cells))
	}
	return cells, nil
}

func results(docs ...string) *[]json.RawMessage {
	out := make([]json.RawMessage, len(docs))
	for i, d := range docs {
		out[i] = json.RawMessage(d)
	}
	return &out
}

// withID is a document's text with an _id of 1 at its beginning.
func withID(doc string) string {
	if doc == "{}" {
		return `{"_id":1}`
	}
	return `{"_id":1,` + doc[1:]
}

// evaluating makes a case of an expression, a document and a value.
func evaluating(l line) (Case, error) {
	cells, err := l.cells(3, 3)
	if err != nil {
		return Case{}, err
	}
	c := Case{Area: "expression", Collection: "c", Ordered: true, Given: map[string][]json.RawMessage{
		"c": {json.RawMessage(withID(cells[1]))},
	}}
	c.Operation = Operation{Kind: "aggregate", Pipeline: json.RawMessage(`[{"$replaceWith":{"r":` + cells[0] + `}}]`)}
	switch cells[2] {
	case "error":
		c.Expect.Error = true
	case "missing":
		c.Expect.Result = results("{}")
	default:
		c.Expect.Result = results(`{"r":` + cells[2] + `}`)
	}
	return c, nil
}

// filtering makes a case of a filter and the _ids that it finds.
func filtering(l line) (Case, error) {
	cells, err := l.cells(2, 2)
	if err != nil {
		return Case{}, err
	}
	c := Case{Area: "filter", Collection: "c", Given: map[string][]json.RawMessage{}}
	for _, doc := range table("own/filters.json") {
		c.Given["c"] = append(c.Given["c"], json.RawMessage(doc.text))
	}
	c.Operation = Operation{Kind: "find", Filter: json.RawMessage(cells[0]), Projection: json.RawMessage(`{"_id":1}`)}
	if cells[1] == "error" {
		c.Expect.Error = true
		return c, nil
	}
	var ids []int
	if err := json.Unmarshal([]byte(cells[1]), &ids); err != nil {
		return c, err
	}
	c.Expect.Result = results()
	for _, id := range ids {
		*c.Expect.Result = append(*c.Expect.Result, json.RawMessage(fmt.Sprintf(`{"_id":%d}`, id)))
	}
	return c, nil
}

// updating makes a case of a document, a change, what comes out, and more members of updateOne.
func updating(l line) (Case, error) {
	cells, err := l.cells(3, 4)
	if err != nil {
		return Case{}, err
	}
	one := map[string]json.RawMessage{"filter": json.RawMessage(`{"_id":1}`)}
	if len(cells) == 4 {
		if err := json.Unmarshal([]byte(cells[3]), &one); err != nil {
			return Case{}, err
		}
	}
	one["update"] = json.RawMessage(cells[1])
	text, err := json.Marshal([]map[string]any{{"updateOne": one}})
	if err != nil {
		return Case{}, err
	}
	before := json.RawMessage(withID(cells[0]))
	c := Case{Area: "update", Collection: "c", Given: map[string][]json.RawMessage{"c": {before}}}
	c.Operation = Operation{Kind: "bulk", Operations: text}
	c.Expect.Then = map[string][]json.RawMessage{"c": {before}}
	if c.Expect.Error = cells[2] == "error"; !c.Expect.Error {
		c.Expect.Then["c"] = []json.RawMessage{json.RawMessage(withID(cells[2]))}
	}
	return c, nil
}

package page

import (
	"testing"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
)

func TestCursorIsBoundToItsList(t *testing.T) {
	c := NewCursors([]byte("0123456789abcdef0123456789abcdef"))
	active := Filter{Field: "status", Op: Eq, Value: "active"}
	q, err := c.Query("workspaces/a", "", 10, Sort{Field: "name"}, active)
	if err != nil {
		t.Fatal(err)
	}
	pos := Position{Key: "Zoë", ID: id.New()}
	cur := *c.Next(q, &pos)
	got, err := c.Query("workspaces/a", cur, 50, Sort{Field: "name"}, active)
	if err != nil || *got.After != pos {
		t.Fatalf("reads back as %v, %v", got.After, err)
	}
	flip := []byte(cur)
	flip[30] ^= 3
	other := NewCursors([]byte("another key of another installat"))
	for name, err := range map[string]error{
		"another list":    second(c.Query("workspaces/b", cur, 10, Sort{Field: "name"}, active)),
		"another order":   second(c.Query("workspaces/a", cur, 10, Sort{Field: "name", Desc: true}, active)),
		"another filter":  second(c.Query("workspaces/a", cur, 10, Sort{Field: "name"})),
		"a changed byte":  second(c.Query("workspaces/a", string(flip), 10, Sort{Field: "name"}, active)),
		"a foreign key":   second(other.Query("workspaces/a", cur, 10, Sort{Field: "name"}, active)),
		"no base64":       second(c.Query("workspaces/a", "%%%", 10, Sort{Field: "name"}, active)),
		"too short":       second(c.Query("workspaces/a", "AQ", 10, Sort{Field: "name"}, active)),
		"another version": second(c.Query("workspaces/a", "Z"+cur[1:], 10, Sort{Field: "name"}, active)),
	} {
		if !fault.IsCode(err, fault.InvalidCursor) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if c.Next(q, nil) != nil {
		t.Error("a last page has a cursor")
	}
}

func second(_ Query, err error) error { return err }

func FuzzCursor(f *testing.F) {
	c := NewCursors([]byte("0123456789abcdef0123456789abcdef"))
	f.Add("")
	f.Add("AQAA")
	f.Fuzz(func(t *testing.T, s string) {
		q, err := c.Query("list", s, 1, Sort{Field: "name"})
		if s != "" && err == nil {
			t.Fatalf("a cursor nobody issued is accepted: %v", q.After)
		}
	})
}

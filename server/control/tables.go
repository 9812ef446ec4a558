package control

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/alania-go/alania/domain/data/rows"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/gen/control"
	"github.com/alania-go/alania/server/convert"
)

// ListTables lists the tables of a workspace.
func (a *API) ListTables(
	ctx context.Context, r control.ListTablesRequestObject,
) (control.ListTablesResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	q, err := a.Cursors.Query("tables/"+r.WorkspaceID, convert.Value(r.Params.Cursor), *r.Params.Limit,
		page.Sort{Field: "name"})
	if err != nil {
		return nil, err
	}
	c, err := a.Rows.Catalogue(ctx, workspaceID)
	if err != nil {
		return nil, err
	}
	names := c.Names()
	if q.After != nil {
		after, there := slices.BinarySearch(names, q.After.Key)
		if there {
			after++
		}
		names = names[after:]
	}
	var next *page.Position
	if len(names) > q.Limit {
		names = names[:q.Limit]
		next = &page.Position{Key: names[q.Limit-1]}
	}
	out := control.TableList{Items: []control.Table{}, Page: a.page(q, next)}
	for _, name := range names {
		t, _ := c.Table(name)
		out.Items = append(out.Items, FromTable(t))
	}
	return control.ListTables200JSONResponse(out), nil
}

// CreateTable makes a table.
func (a *API) CreateTable(
	ctx context.Context, r control.CreateTableRequestObject,
) (control.CreateTableResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	t, err := a.Rows.Create(ctx, workspaceID, ToDefinition(*r.Body))
	if err != nil {
		return nil, err
	}
	return control.CreateTable201JSONResponse(FromTable(t)), nil
}

// GetTable returns a table.
func (a *API) GetTable(
	ctx context.Context, r control.GetTableRequestObject,
) (control.GetTableResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	t, err := a.Rows.Table(ctx, workspaceID, r.Table)
	if err != nil {
		return nil, err
	}
	return control.GetTable200JSONResponse(FromTable(t)), nil
}

// UpdateTable changes a table.
func (a *API) UpdateTable(
	ctx context.Context, r control.UpdateTableRequestObject,
) (control.UpdateTableResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	t, err := a.Rows.Alter(ctx, workspaceID, r.Table, rows.Alteration{
		Name: convert.Value(r.Body.Name),
		RenameColumns: convert.Each(r.Body.RenameColumns, func(c control.Rename) rows.Rename {
			return rows.Rename{From: c.From, To: c.To}
		}),
		DropColumns: r.Body.DropColumns, DropIndexes: r.Body.DropIndexes,
		AddColumns: convert.Each(r.Body.AddColumns, toColumn), AddIndexes: convert.Each(r.Body.AddIndexes, toIndex),
	})
	if err != nil {
		return nil, err
	}
	return control.UpdateTable200JSONResponse(FromTable(t)), nil
}

// DeleteTable deletes a table with its rows.
func (a *API) DeleteTable(
	ctx context.Context, r control.DeleteTableRequestObject,
) (control.DeleteTableResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	return control.DeleteTable204Response{}, a.Rows.Drop(ctx, workspaceID, r.Table)
}

// ToDefinition reads what a table is made of.
func ToDefinition(in control.TableCreate) rows.Definition {
	return rows.Definition{
		Name: in.Name, Columns: convert.Each(in.Columns, toColumn), Primary: convert.Value(in.PrimaryKey),
		Unique: convert.Each(in.Unique, func(k control.KeyCreate) rows.Key {
			return rows.Key{Name: convert.Value(k.Name), Columns: k.Columns}
		}),
		Foreign: convert.Each(in.ForeignKeys, func(f control.ForeignKeyCreate) rows.ForeignKey {
			return rows.ForeignKey{
				Name: convert.Value(f.Name), Columns: f.Columns, Table: f.Table, References: f.References,
				OnDelete: string(convert.Value(f.OnDelete)),
			}
		}),
		Checks: convert.Each(in.Checks, func(c control.CheckCreate) rows.CheckDefinition {
			return rows.CheckDefinition{Name: convert.Value(c.Name), Where: toWhere(c.Where)}
		}),
		Indexes: convert.Each(in.Indexes, toIndex),
	}
}

// toWhere decodes a condition. Its numbers keep the digits that they were sent with.
func toWhere(text json.RawMessage) map[string]any {
	var out map[string]any
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	_ = d.Decode(&out) // the validator has seen that it is an object
	return out
}

func toColumn(c control.ColumnCreate) rows.ColumnDefinition {
	out := rows.ColumnDefinition{
		Name: c.Name, Type: c.Type, Primary: convert.Value(c.PrimaryKey), Nullable: c.Nullable, Default: c.Default,
		Unique: convert.Value(c.Unique),
	}
	if f := c.References; f != nil {
		out.Refers = &rows.ForeignKey{
			Table: f.Table, References: []string{f.Column}, OnDelete: string(convert.Value(f.OnDelete)),
		}
	}
	return out
}

func toIndex(i control.IndexCreate) rows.Index {
	return rows.Index{Name: convert.Value(i.Name), Columns: i.Columns, Unique: convert.Value(i.Unique)}
}

// FromTable shows a table.
func FromTable(t *rows.Table) control.Table {
	out := control.Table{
		Name: t.Name, PrimaryKey: []string{},
		Unique: convert.Each(t.Unique, func(k rows.Key) control.Key {
			return control.Key{Name: k.Name, Columns: k.Columns}
		}),
		ForeignKeys: convert.Each(t.Foreign, func(f rows.ForeignKey) control.ForeignKey {
			return control.ForeignKey{
				Name: f.Name, Columns: f.Columns, Table: f.Table, References: f.References, OnDelete: onDelete(f),
			}
		}),
		Checks: convert.Each(t.Checks, func(c rows.Check) control.Check {
			return control.Check{Name: c.Name, Expression: c.Expression}
		}),
		Indexes: convert.Each(t.Indexes, func(i rows.Index) control.Index {
			return control.Index{Name: i.Name, Columns: i.Columns, Unique: i.Unique}
		}),
	}
	if t.Primary != nil {
		out.PrimaryKey = t.Primary.Columns
	}
	for _, c := range t.Columns {
		out.Columns = append(out.Columns, fromColumn(t, c))
	}
	return out
}

func fromColumn(t *rows.Table, c rows.Column) control.Column {
	alone := func(columns []string) bool { return len(columns) == 1 && columns[0] == c.Name }
	out := control.Column{
		Name: c.Name, Type: c.Type, Nullable: c.Nullable, PrimaryKey: slices.Contains(keyOf(t), c.Name),
		Unique: alone(keyOf(t)) || slices.ContainsFunc(t.Unique, func(k rows.Key) bool { return alone(k.Columns) }),
	}
	switch {
	case c.Identity:
		out.Identity = &c.Identity
	case c.Shown != "":
		out.Default = &c.Shown
	case c.Default != "":
		out.Default = &c.Default
	}
	for _, f := range t.Foreign {
		if alone(f.Columns) && len(f.References) == 1 {
			out.References = &control.ReadReference{Table: f.Table, Column: f.References[0], OnDelete: onDelete(f)}
		}
	}
	return out
}

func keyOf(t *rows.Table) []string {
	if t.Primary == nil {
		return nil
	}
	return t.Primary.Columns
}

func onDelete(f rows.ForeignKey) control.ForeignAction {
	return control.ForeignAction(strings.ToLower(f.OnDelete))
}

package control_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/data"
	"github.com/alania-go/alania/domain/data/rows"
	"github.com/alania-go/alania/domain/id"
	lists "github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/task"
	"github.com/alania-go/alania/server/servertest"
)

// inRows is a request about the tables of the tenant's workspace.
func inRows(tn *servertest.Tenant, operation string, path ...string) servertest.Request {
	return inStorage(tn, operation, path...)
}

// unique is a name of a table that no other test has.
func unique(prefix string) string {
	return prefix + "_" + strings.ReplaceAll(id.New().UUID(), "-", "")
}

// goods makes a table with two rows by the service, and returns its name.
func goods(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) string {
	t.Helper()
	name := unique("goods")
	_, err := i.Rows.Create(tn.As(), tn.Workspace.ID, rows.Definition{
		Name: name,
		Columns: []rows.ColumnDefinition{
			{Name: "id", Type: "bigserial", Primary: true}, {Name: "name", Type: "text", Unique: true, Nullable: new(bool)},
			{Name: "price", Type: "numeric(10,2)", Default: 0.0}, {Name: "code", Type: "text"},
		},
		Checks: []rows.CheckDefinition{{Where: object{"price": object{"gte": 0.0}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	insert := inRows(tn, "insertRows", "table", name)
	insert.JSON = []object{{"name": "Chair", "price": 49.90, "code": "007"}, {"name": "Table", "price": 120}}
	i.Want(t, 201, insert)
	return name
}

// parts makes a table that refers to another, with a row for each of its first two.
func parts(t testing.TB, i *servertest.Instance, tn *servertest.Tenant, of string) string {
	t.Helper()
	name := unique("parts")
	create := inRows(tn, "createTable")
	create.JSON = object{"name": name, "columns": []object{
		{"name": "id", "type": "serial", "primaryKey": true}, {"name": "label", "type": "text"},
		{"name": "good", "type": "bigint", "references": object{"table": of, "column": "id"}},
		{"name": "other", "type": "bigint", "references": object{"table": of, "column": "id"}},
	}}
	i.Want(t, 201, create)
	insert := inRows(tn, "insertRows", "table", name)
	insert.JSON = []object{{"label": "leg", "good": 1}, {"label": "top", "good": 2}}
	i.Want(t, 201, insert)
	return name
}

func body(text string) func(r servertest.Request) servertest.Request {
	return func(r servertest.Request) servertest.Request {
		r.Raw, r.Type = []byte(text), "application/json"
		return r
	}
}

func querying(r servertest.Request, query string) servertest.Request {
	r.RawQuery = query
	return r
}

func init() {
	on := func(operation, query string, change func(r servertest.Request) servertest.Request, path ...string) {
		valid[operation] = func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			r := inRows(tn, operation, append([]string{"table", goods(t, i, tn)}, path...)...)
			if query != "" {
				values, _ := url.ParseQuery(query)
				r.Query = values
			}
			if change != nil {
				r = change(r)
			}
			return r
		}
	}
	json := func(v any) func(r servertest.Request) servertest.Request {
		return func(r servertest.Request) servertest.Request {
			r.JSON = v
			return r
		}
	}
	valid["listTables"] = func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
		return inRows(tn, "listTables")
	}
	valid["createTable"] = func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
		r := inRows(tn, "createTable")
		r.JSON = object{"name": unique("t"), "columns": []object{{"name": "id", "type": "int", "primaryKey": true}}}
		return r
	}
	on("getTable", "", nil)
	on("updateTable", "", json(object{"addColumns": []object{{"name": "more", "type": "text"}}}))
	on("deleteTable", "", nil)
	on("listRows", "price=gt.50&order=price.desc", nil)
	full := func(prefer string, change func(r servertest.Request) servertest.Request,
	) func(r servertest.Request) servertest.Request {
		return func(r servertest.Request) servertest.Request {
			if change != nil {
				r = change(r)
			}
			r.Header = map[string]string{"Prefer": prefer + "return=representation"}
			return r
		}
	}
	const merging = "resolution=merge-duplicates,"
	on("insertRows", "on_conflict=name", full(merging, json(object{"name": "Chair", "price": 1})))
	on("updateRows", "id=eq.1", json(object{"price": 12.5}))
	on("deleteRows", "id=eq.1", nil)
	on("getRow", "", nil, "primaryKey", "1")
	on("updateRow", "", json(object{"price": 12.5}), "primaryKey", "1")
	on("deleteRow", "", nil, "primaryKey", "1")
	on("restRead", "id=eq.1", nil)
	on("restInsert", "on_conflict=name", full(merging, body(`{"name":"Chair","price":1}`)))
	on("restUpdate", "id=eq.1", full("", body(`{"price":1}`)))
	on("restPut", "id=eq.1", full("", body(`{"id":1,"name":"Stool","price":1,"code":null}`)))
	on("restDelete", "id=eq.1", full("", nil))
}

// wantRow checks members of a row.
func wantRow(t testing.TB, got any, want object) {
	t.Helper()
	row, _ := got.(object)
	for name, v := range want {
		if fmt.Sprint(row[name]) != fmt.Sprint(v) {
			t.Errorf("%s is %v, want %v", name, row[name], v)
		}
	}
}

// The flow of the guides: tables, rows, filters, embedding, changes.
func TestRowsAsTheGuidesHaveThem(t *testing.T) {
	suite.Each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		customers, orders := unique("customers"), unique("orders")
		create := inRows(tn, "createTable")
		create.JSON = object{"name": customers, "columns": []object{
			{"name": "id", "type": "uuid", "primaryKey": true, "default": "gen_random_uuid()"},
			{"name": "name", "type": "text", "nullable": false}, {"name": "email", "type": "text", "unique": true},
			{"name": "created_at", "type": "timestamptz", "default": "now()"},
		}}
		made := i.Want(t, 201, create).Object(t)
		if made["name"] != customers || !reflect.DeepEqual(made["primaryKey"], []any{"id"}) {
			t.Errorf("%v", made)
		}
		column := made["columns"].([]any)[0].(object)
		if column["default"] != "gen_random_uuid()" || column["type"] != "uuid" || column["nullable"] != false {
			t.Errorf("%v", column)
		}
		if code(t, i.Want(t, 409, create)) != "TABLE_EXISTS" {
			t.Error("the table can be made twice")
		}
		insert := inRows(tn, "insertRows", "table", customers)
		insert.JSON = object{"name": "Ada", "email": "ada@example.com"}
		res := i.Want(t, 201, insert).Object(t)
		ada, _ := res["data"].([]any)[0].(object)
		if res["inserted"] != 1.0 || ada["name"] != "Ada" || len(ada["id"].(string)) != 36 || ada["created_at"] == nil {
			t.Errorf("%v", res)
		}
		create.JSON = object{"name": orders, "columns": []object{
			{"name": "id", "type": "bigserial", "primaryKey": true}, {"name": "total", "type": "numeric(10,2)"},
			{"name": "customer_id", "type": "uuid", "references": object{"table": customers, "column": "id"}},
			{"name": "code", "type": "text"},
		}}
		i.Want(t, 201, create)
		insert = inRows(tn, "insertRows", "table", orders)
		insert.JSON = []object{
			{"total": 99.5, "customer_id": ada["id"], "code": "007"}, {"total": 10, "customer_id": ada["id"], "code": "a,b"},
			{"total": 20, "code": `c"d`},
		}
		if res := i.Want(t, 201, insert).Object(t); res["inserted"] != 3.0 {
			t.Errorf("%v", res)
		}
		list := func(query string) ([]any, object) {
			t.Helper()
			got := i.Want(t, 200, querying(inRows(tn, "listRows", "table", orders), query)).Object(t)
			return got["data"].([]any), got["pagination"].(object)
		}
		data, at := list("select=id,total,customer:" + customers + "(name,email)&order=total.desc&limit=2")
		if len(data) != 2 || at["limit"] != 2.0 || at["offset"] != 0.0 || at["total"] != 3.0 || at["hasMore"] != true {
			t.Errorf("%v %v", data, at)
		}
		wantRow(t, data[0], object{"total": 99.5, "customer": object{"name": "Ada", "email": "ada@example.com"}})
		for query, want := range map[string]int{
			"code=eq.007": 1, "code=eq.7": 0, "code=in.(%22a,b%22,007)": 2, "total=gt.10&total=lt.99": 1,
			"code=like.0*": 1, "customer_id=is.null": 1, "or=(total.eq.10,total.eq.20)": 2, "code=neq.007": 2,
			"code=ilike.A*": 1, "offset=2": 1, "total=not.eq.10": 2, "code=eq.c%22d": 1,
		} {
			if data, _ := list(query); len(data) != want {
				t.Errorf("%s: %v", query, data)
			}
		}
		if _, at := list(""); at["limit"] != 20.0 || at["hasMore"] != false {
			t.Errorf("%v", at)
		}
		update := querying(inRows(tn, "updateRows", "table", orders), "total=lt.50")
		update.JSON = object{"total": 30}
		if res := i.Want(t, 200, update).Object(t); res["updated"] != 2.0 {
			t.Errorf("%v", res)
		}
		one := inRows(tn, "getRow", "table", orders, "primaryKey", "2")
		wantRow(t, i.Want(t, 200, one).Object(t)["data"], object{"id": 2, "total": "30", "code": "a,b"})
		change := inRows(tn, "updateRow", "table", orders, "primaryKey", "2")
		change.JSON = object{"total": 31.25}
		wantRow(t, i.Want(t, 200, change).Object(t)["data"], object{"total": 31.25})
		gone := inRows(tn, "deleteRow", "table", orders, "primaryKey", "2")
		if res := i.Want(t, 200, gone).Object(t); res["deleted"] != 1.0 {
			t.Errorf("%v", res)
		}
		if code(t, i.Want(t, 404, one)) != "ROW_NOT_FOUND" {
			t.Error("the row is still there")
		}
		all := inRows(tn, "deleteRows", "table", orders)
		i.Want(t, 400, all)
		if res := i.Want(t, 200, querying(all, "all=true")).Object(t); res["deleted"] != 2.0 {
			t.Errorf("%v", res)
		}
		if code(t, i.Want(t, 422, inRows(tn, "deleteTable", "table", customers))) != "TABLE_REFERENCED" {
			t.Error("a table that is referred to can be deleted")
		}
		i.Want(t, 204, inRows(tn, "deleteTable", "table", orders))
		i.Want(t, 204, inRows(tn, "deleteTable", "table", customers))
	})
}

// What rows do not allow has an answer of its own, in both forms.
func TestRowsRefused(t *testing.T) {
	suite.Each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		name := goods(t, i, tn)
		other := parts(t, i, tn, name)
		for _, c := range []struct {
			operation string
			path      []string
			body      any
			code      string
		}{
			{"createTable", nil, object{"name": unique("t"), "columns": []object{
				{"name": "a", "type": "int", "references": object{"table": "nothing", "column": "id"}},
			}}, "REFERENCE_IMPOSSIBLE"},
			{"updateTable", []string{"table", name}, object{"dropColumns": []string{"id"}}, "TABLE_REFERENCED"},
			{"updateTable", []string{"table", name}, object{"addColumns": []object{
				{"name": "must", "type": "int", "nullable": false},
			}}, "ROWS_BREAK_CHANGE"},
			{"updateRow", []string{"table", other, "primaryKey", "1"}, object{"good": 99}, "REFERENCE_BROKEN"},
			{"deleteRow", []string{"table", name, "primaryKey", "1"}, nil, "REFERENCE_BROKEN"},
		} {
			r := inRows(tn, c.operation, c.path...)
			r.JSON = c.body
			if got := code(t, i.Want(t, 422, r)); got != c.code {
				t.Errorf("%s: %s", c.operation, got)
			}
		}
		refusals := []struct {
			operation, table, query, body string
			status                        int
			code                          string
			rest                          int
			sqlstate                      string
		}{
			{"Insert", name, "", `{"name":"Chair"}`, 409, "ROW_EXISTS", 409, "23505"},
			{"Insert", name, "", `{"price":1}`, 400, "VALUE_REQUIRED", 400, "23502"},
			{"Insert", name, "", `{"name":"x","price":-1}`, 400, "CHECK_FAILED", 400, "23514"},
			{"Insert", name, "", `{"name":"x","nothing":1}`, 400, "COLUMN_UNKNOWN", 400, "PGRST204"},
			{"Insert", name, "", `{"name":"x","price":"y"}`, 400, "VALUE_INVALID", 400, "22P02"},
			{"Insert", other, "", `{"good":99}`, 422, "REFERENCE_BROKEN", 409, "23503"},
			{"Update", name, "id=eq.1", `{"name":"Table"}`, 409, "ROW_EXISTS", 409, "23505"},
			{"Update", other, "id=eq.1", `{"good":99}`, 422, "REFERENCE_BROKEN", 409, "23503"},
			{"Delete", name, "id=eq.1", "", 422, "REFERENCE_BROKEN", 409, "23503"},
			{"Update", name, "", `{"price":1}`, 400, "", 400, "21000"},
			{"Delete", name, "", "", 400, "", 400, "21000"},
			{"Read", name, "price=foo.1", "", 400, "QUERY_SYNTAX", 400, "PGRST100"},
			{"Read", name, "nothing=eq.1", "", 400, "COLUMN_UNKNOWN", 400, "42703"},
			{"Read", name, "select=nothing", "", 400, "COLUMN_UNKNOWN", 400, "42703"},
			{"Read", "nothing", "", "", 404, "TABLE_NOT_FOUND", 404, "PGRST205"},
			{"Read", other, "select=id," + name + "(id)", "", 400, "", 300, "PGRST201"},
		}
		for _, c := range refusals {
			operation := map[string]string{
				"Insert": "insertRows", "Update": "updateRows", "Delete": "deleteRows", "Read": "listRows",
			}[c.operation]
			r := querying(inRows(tn, operation, "table", c.table), c.query)
			if c.body != "" {
				r = body(c.body)(r)
			}
			res := i.Do(t, r)
			if res.Status != c.status || c.code != "" && code(t, res) != c.code {
				t.Errorf("%s %s %s: %d %s", operation, c.query, c.body, res.Status, res.Body)
			}
			said := object{}
			rest := querying(inRows(tn, "rest"+c.operation, "table", c.table), c.query)
			if c.body != "" {
				rest = body(c.body)(rest)
			}
			res = i.Do(t, rest)
			if err := json.Unmarshal(res.Body, &said); err != nil || res.Status != c.rest || said["code"] != c.sqlstate {
				t.Errorf("rest%s %s %s: %d %s", c.operation, c.query, c.body, res.Status, res.Body)
			}
		}
	})
}

// Every operation in the form of PostgREST has each status that it may have.
func TestRestStatuses(t *testing.T) {
	suite.Each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		name := goods(t, i, tn)
		other := parts(t, i, tn, name)
		ambiguous := "select=id," + name + "(id)"
		object1 := map[string]string{"Accept": "application/vnd.pgrst.object+json"}
		full := map[string]string{"Prefer": "return=representation"}
		one := map[string]string{"Accept": object1["Accept"], "Prefer": "return=representation"}
		tests := []struct {
			operation, table, query, body string
			header                        map[string]string
			status                        int
		}{
			{"restRead", name, "", "", nil, 200},
			{"restRead", name, "limit=1", "", map[string]string{"Prefer": "count=exact"}, 206},
			{"restRead", name, "", "", object1, 406}, {"restRead", name, "id=eq.1", "", object1, 200},
			{"restRead", name, "offset=9", "", map[string]string{"Prefer": "count=exact"}, 416},
			{"restRead", other, ambiguous, "", nil, 300},
			{"restRead", name, "", "", map[string]string{"Accept": "text/csv"}, 200},
			{"restRead", name, "", "", map[string]string{"Accept": "application/vnd.pgrst.array+json;nulls=stripped"}, 200},
			{"restInsert", name, "", `[{"name":"a"},{"name":"b"}]`, nil, 201},
			{"restInsert", name, "on_conflict=name", `{"name":"a","price":2}`,
				map[string]string{"Prefer": "resolution=merge-duplicates,return=representation"}, 200},
			{"restInsert", name, "", `[{"name":"c"},{"name":"d"}]`, one, 406},
			{"restInsert", other, ambiguous, `{"label":"x"}`, full, 300},
			{"restUpdate", name, "name=eq.a", `{"price":3}`, nil, 204}, {"restUpdate", name, "name=eq.a", `{}`, nil, 204},
			{"restUpdate", name, "name=eq.a", `{"price":3}`, full, 200},
			{"restUpdate", name, "id=gt.0", `{"price":3}`, one, 406},
			{"restUpdate", other, ambiguous + "&id=eq.1", `{"label":"x"}`, full, 300},
			{"restPut", name, "id=eq.1", `{"id":1,"name":"Seat","price":1}`, nil, 204},
			{"restPut", name, "id=eq.1", `{"id":1,"name":"Seat","price":1}`, full, 200},
			{"restPut", name, "id=eq.100", `{"id":100,"name":"new","price":1}`, full, 201},
			{"restPut", name, "price=eq.1", `{"id":1,"name":"Seat"}`, nil, 405},
			{"restPut", name, "id=eq.1", `{"id":1,"name":"Seat"}`, map[string]string{"Accept": "text/unknown"}, 406},
			{"restPut", other, ambiguous + "&id=eq.1", `{"id":1,"label":"x","good":1,"other":1}`, full, 300},
			{"restDelete", name, "id=gt.2", "", one, 406}, {"restDelete", other, ambiguous + "&id=eq.1", "", full, 300},
			{"restDelete", name, "name=eq.b", "", nil, 204}, {"restDelete", name, "name=eq.a", "", full, 200},
			// The same on rows, to a client of PostgREST.
			{"listRows", name, "limit=1", "", map[string]string{"Prefer": "count=exact"}, 206},
			{"listRows", name, "", "", object1, 406},
			{"listRows", other, ambiguous, "", map[string]string{"X-Client-Info": "x"}, 300},
			{"listRows", name, "offset=9", "", map[string]string{"Prefer": "count=exact"}, 416},
			{"insertRows", name, "", `[{"name":"e"},{"name":"f"}]`, map[string]string{"X-Client-Info": "x"}, 201},
			{"insertRows", name, "on_conflict=name", `{"name":"e","price":2}`,
				map[string]string{"Prefer": "resolution=merge-duplicates,return=representation"}, 200},
			{"insertRows", name, "", `[{"name":"g"},{"name":"h"}]`, one, 406},
			{"insertRows", other, ambiguous, `{"label":"x"}`, full, 300},
			{"updateRows", name, "name=eq.e", `{"price":3}`, map[string]string{"X-Client-Info": "x"}, 204},
			{"updateRows", name, "id=gt.0", `{"price":3}`, one, 406},
			{"updateRows", other, ambiguous + "&id=eq.1", `{"label":"x"}`, full, 300},
			{"deleteRows", name, "id=gt.2", "", one, 406}, {"deleteRows", other, ambiguous + "&id=eq.1", "", full, 300},
			{"deleteRows", name, "name=eq.f", "", map[string]string{"X-Client-Info": "x"}, 204},
		}
		for _, c := range tests {
			r := querying(inRows(tn, c.operation, "table", c.table), c.query)
			r.Header = c.header
			if c.body != "" {
				r = body(c.body)(r)
			}
			res := i.Do(t, r)
			if res.Status != c.status {
				t.Errorf("%s %s %s %v: %d %s, want %d", c.operation, c.query, c.body, c.header, res.Status, res.Body, c.status)
				continue
			}
			if res.Status == http.StatusOK && !strings.HasSuffix(res.Header.Get("Content-Type"), "; charset=utf-8") {
				t.Errorf("%s: %s", c.operation, res.Header.Get("Content-Type"))
			}
		}
		// A bulk of CSV, and a stock client that sends nothing but its credentials.
		r := inRows(tn, "insertRows", "table", name)
		r.Raw, r.Type = []byte("name,price\nCSV,1.50\n"), "text/csv"
		if res := i.Want(t, 201, r).Object(t); res["inserted"] != 1.0 {
			t.Errorf("%v", res)
		}
		bare := inRows(tn, "restRead", "table", name)
		bare.Without = []string{"X-Api-Version", "X-Correlation-Id"}
		var list []object
		if res := i.Want(t, 200, querying(bare, "name=eq.CSV")); json.Unmarshal(res.Body, &list) != nil || len(list) != 1 {
			t.Errorf("%s", res.Body)
		}
		large := inRows(tn, "restInsert", "table", name)
		for _, operation := range []string{"restInsert", "restUpdate", "restPut"} {
			large.Operation = operation
			large.Raw, large.Type = []byte(strings.Repeat("x", 16<<20+1)), "application/json"
			i.Want(t, 413, large)
		}
	})
}

// What is deleted with a workspace are its tables, and no others; as long as there are any, it keeps the capability.
func TestTablesOfADeletedWorkspace(t *testing.T) {
	suite.Each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		w := newWorkspace(t, i, tn, "postgres", "storage")
		path := workspacePath(w["id"])
		create := servertest.Request{
			Operation: "createTable", Bearer: tn.Key, Path: path,
			JSON: object{"name": "t", "columns": []object{{"name": "a", "type": "int"}}},
		}
		i.Want(t, 201, create)
		without := servertest.Request{
			Operation: "updateWorkspace", Bearer: tn.Key, Path: path, JSON: object{"capabilities": []any{"storage"}},
		}
		if code(t, i.Want(t, 422, without)) != "CAPABILITY_IN_USE" {
			t.Error("the capability can be taken from a workspace with tables")
		}
		workspaceID, err := id.ParsePrefixed("wks", w["id"].(string))
		if err != nil {
			t.Fatal(err)
		}
		i.Want(t, 204, servertest.Request{Operation: "deleteWorkspace", Bearer: tn.Key, Path: path})
		i.Want(t, 404, create)
		for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
			_, err := i.RowsEngine.Usage(t.Context(), data.Space{WorkspaceID: workspaceID})
			if errors.Is(err, rows.ErrNoPlace) {
				break
			}
			if time.Since(began) > 20*time.Second {
				t.Fatalf("the tables are still there: %v", err)
			}
		}
	})
}

// Each change is in the audit trail, and what is stored in the summary of the plan.
func TestRowsAreCountedAndAudited(t *testing.T) {
	suite.Each(t, func(t *testing.T, i *servertest.Instance, _ *servertest.Tenant) {
		tn := i.Tenant(t, plan.Free)
		name := goods(t, i, tn)
		r := querying(inRows(tn, "updateRows", "table", name), "id=eq.1")
		r.JSON = object{"price": 3}
		i.Want(t, 200, r)
		i.Want(t, 200, querying(inRows(tn, "deleteRows", "table", name), "id=eq.1"))
		i.Want(t, 204, inRows(tn, "deleteTable", "table", name))
		found, err := i.Audit.List(tn.As(), tn.Org.ID, lists.Query{Limit: 100, Sort: lists.Sort{Field: "created_at"}})
		if err != nil {
			t.Fatal(err)
		}
		var actions []string
		for _, e := range found.Items {
			if strings.HasPrefix(e.Action, "table.") || strings.HasPrefix(e.Action, "rows.") {
				actions = append(actions, e.Action)
			}
		}
		want := []string{"table.created", "rows.inserted", "rows.updated", "rows.deleted", "table.deleted"}
		if !reflect.DeepEqual(actions, want) {
			t.Errorf("%v", actions)
		}
	})
}

// Tables are within the plan, exactly, however many are made at once.
func TestTablesOfThePlan(t *testing.T) {
	suite.Each(t, func(t *testing.T, i *servertest.Instance, _ *servertest.Tenant) {
		tn := i.Tenant(t, plan.Free)
		made := make([]bool, 100)
		err := task.Each(t.Context(), 100, 100, func(_ context.Context, n int) error {
			_, err := i.Rows.Create(tn.As(), tn.Workspace.ID, rows.Definition{
				Name: fmt.Sprintf("t%d", n), Columns: []rows.ColumnDefinition{{Name: "a", Type: "int"}},
			})
			made[n] = err == nil
			if err != nil && !strings.Contains(err.Error(), "feature_limit_reached") {
				return err
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, is := range made {
			if is {
				n++
			}
		}
		if n != 20 {
			t.Errorf("%d tables were made, the plan has 20", n)
		}
	})
}

// The client library of PostgREST works as it is.
func TestPostgRESTClient(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("Node is not installed")
	}
	if _, err := os.Stat("../../node_modules/@supabase/postgrest-js"); err != nil {
		t.Skip("make test installs @supabase/postgrest-js")
	}
	suite.Each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		countries, cities := unique("countries"), unique("cities")
		create := inRows(tn, "createTable")
		create.JSON = object{"name": countries, "columns": []object{
			{"name": "id", "type": "int", "primaryKey": true}, {"name": "name", "type": "text"},
			{"name": "area", "type": "float8"}, {"name": "tags", "type": "jsonb"},
		}}
		i.Want(t, 201, create)
		create.JSON = object{"name": cities, "columns": []object{
			{"name": "id", "type": "serial", "primaryKey": true}, {"name": "name", "type": "text"},
			{"name": "country", "type": "int", "references": object{"table": countries, "column": "id"}},
			{"name": "info", "type": "jsonb"},
		}}
		i.Want(t, 201, create)
		given, err := json.Marshal(object{
			"url":           i.URL + "/v1/postgres/" + tn.Workspace.ID.Prefixed("wks") + "/rest",
			"authorization": "Bearer " + tn.Key, "countries": countries, "cities": cities,
		})
		if err != nil {
			t.Fatal(err)
		}
		program := exec.CommandContext(t.Context(), "node", "testdata/postgrest.mjs", string(given))
		if out, err := program.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	})
}

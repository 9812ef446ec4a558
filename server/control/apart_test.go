package control_test

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/server/servertest"
)

// fence is a workspace that attacks, and others whose contents it must not see: one of its own tenant, and one of
// another tenant.
type fence struct {
	*testing.T
	i      *servertest.Instance
	mine   *servertest.Tenant
	others []*servertest.Tenant
	canary string // is in every row and document of the others, and in no request of the attacker
}

// fenced fills the workspaces with tables and collections of the same and of other names.
func fenced(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) *fence {
	second := *tn
	w := newWorkspace(t, i, tn, "postgres", "mongo", "storage")
	workspaceID, err := id.ParsePrefixed("wks", w["id"].(string))
	if err != nil {
		t.Fatal(err)
	}
	second.Workspace.ID = workspaceID
	f := &fence{
		T: t, i: i, mine: tn, others: []*servertest.Tenant{&second, i.Tenant(t, plan.Enterprise)},
		canary: unique("canary"),
	}
	for _, other := range f.others {
		f.fill(other, f.canary, "secrets", "shared")
	}
	f.fill(tn, "mine", "mine", "shared")
	return f
}

// fill makes two tables, of which the second refers to the first, and two collections.
func (f *fence) fill(tn *servertest.Tenant, text, first, second string) {
	f.Helper()
	columns := []object{
		{"name": "id", "type": "int", "primaryKey": true}, {"name": "note", "type": "text"},
		{"name": "more", "type": "jsonb"},
	}
	for _, name := range []string{first, second} {
		r := inRows(tn, "createTable")
		r.JSON = object{"name": name, "columns": columns}
		if name == second {
			r.JSON = object{"name": name, "columns": append(slices.Clone(columns),
				object{"name": "parent", "type": "int", "references": object{"table": first, "column": "id"}})}
		}
		f.i.Want(f, 201, r)
		r = inRows(tn, "insertRows", "table", name)
		r.JSON = []object{{"id": 1, "note": text, "more": object{"a": text}}, {"id": 2, "note": text}}
		f.i.Want(f, 201, r)
		inserted(f, f.i, tn, name, `{"_id":"x","key":1,"note":"`+text+`"}`)
	}
}

// state is all that a workspace has, as its owner sees it.
func (f *fence) state(tn *servertest.Tenant) []string {
	f.Helper()
	var out []string
	see := func(r servertest.Request) { out = append(out, string(f.i.Want(f, 200, r).Body)) }
	see(inRows(tn, "listTables"))
	for _, name := range []string{"secrets", "shared"} {
		see(querying(inRows(tn, "restRead", "table", name), "order=id"))
		see(inStorage(tn, "listDocuments", "collection", name))
		see(inStorage(tn, "listDocumentIndexes", "collection", name))
	}
	see(inStorage(tn, "listCollections"))
	return out
}

// names are those that the attacker tries.
func (f *fence) names() []string {
	out := []string{
		"secrets", `"secrets"`, "secrets;--", "main.secrets", "temp.secrets", "public.secrets", "_alania_usage",
		"sqlite_master", "sqlite_schema", "pragma_table_info", "json_each", "dbstat", "pg_catalog.pg_class", "pg_class",
		"pg_authid", "pg_roles", "information_schema.tables", "information_schema", "alania_rows.spaces", "spaces", "orgs",
		"api_keys", "public.orgs", "audit_entries", "documents", "document_collections", "generate_series", "pg_sleep",
		"../secrets", "secrets/..", "rpc",
	}
	for _, other := range f.others {
		space := "ws_" + strings.ReplaceAll(other.Workspace.ID.UUID(), "-", "")
		shown := other.Workspace.ID.Prefixed("wks")
		out = append(out, space+".secrets", `"`+space+`"."secrets"`, space+`".secrets`, `x" from "`+space+`"."secrets`,
			shown+".secrets", shown+"/secrets", other.Workspace.ID.UUID()+".secrets")
	}
	return out
}

// try sends a request of the attacker: it is refused, or shows what is its own.
func (f *fence) try(r servertest.Request) *servertest.Response {
	f.Helper()
	r.Bearer = f.mine.Key
	res := f.i.Do(f, r)
	what := fmt.Sprintf("%s %v %s%s %v %v %s", r.Operation, r.Path, r.RawQuery, r.Query.Encode(), r.Header, r.JSON, r.Raw)
	if res.Status >= 500 || res.Status < 200 {
		f.Errorf("%s: %d %s", what, res.Status, res.Body)
	}
	if strings.Contains(string(res.Body), f.canary) {
		f.Errorf("%s shows another's rows: %s", what, res.Body)
	}
	for name, values := range res.Header {
		if strings.Contains(strings.Join(values, " "), f.canary) {
			f.Errorf("%s shows another's rows in %s", what, name)
		}
	}
	return res
}

// refused is try for a request that cannot succeed.
func (f *fence) refused(r servertest.Request) {
	f.Helper()
	if res := f.try(r); res.Status < 400 && res.Status != http.StatusMultipleChoices {
		f.Errorf("%s %v %s %v is not refused: %d %s", r.Operation, r.Path, r.RawQuery, r.JSON, res.Status, res.Body)
	}
}

// Whatever a caller names, it reaches nothing of another workspace: neither of its own tenant nor of another.
func TestWorkspacesAreApart(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		f := fenced(t, i, tn)
		before := make([][]string, len(f.others))
		for n, other := range f.others {
			before[n] = f.state(other)
		}
		for _, name := range f.names() {
			f.tables(name)
			f.rows(name)
			f.collections(name)
		}
		f.expressions()
		f.sameName()
		for n, other := range f.others {
			if after := f.state(other); !reflect.DeepEqual(after, before[n]) {
				f.Errorf("the other workspace has changed: %s, it was %s", after, before[n])
			}
		}
	})
}

// tables has definitions of tables name something of another workspace.
func (f *fence) tables(name string) {
	for _, operation := range []string{"getTable", "deleteTable", "updateTable"} {
		r := inRows(f.mine, operation, "table", name)
		if operation == "updateTable" {
			r.JSON = object{"name": unique("stolen")}
		}
		f.refused(r)
	}
	create := func(more object, columns ...object) servertest.Request {
		r := inRows(f.mine, "createTable")
		body := object{"name": unique("t"), "columns": append([]object{{"name": "a", "type": "int"}}, columns...)}
		for member, v := range more {
			body[member] = v
		}
		r.JSON = body
		return r
	}
	for _, r := range []servertest.Request{
		create(nil, object{"name": "b", "type": "int", "references": object{"table": name, "column": "id"}}),
		create(nil, object{"name": "b", "type": "int", "references": object{"table": "mine", "column": name}}),
		create(nil, object{"name": "b", "type": "int", "references": object{
			"table": "mine", "column": "id", "onDelete": name}}),
		create(object{"foreignKeys": []object{{"columns": []string{"a"}, "table": name, "references": []string{"id"}}}}),
		create(nil, object{"name": "b", "type": name}),
		create(nil, object{"name": "b", "type": "setof " + name}),
		create(nil, object{"name": "b", "type": "int", "default": "(select id from " + name + ")"}),
		create(object{"checks": []object{{"where": object{name: object{"gte": 0}}}}}),
		create(object{"checks": []object{{"where": object{"a": object{name: 0}}}}}),
		create(object{"checks": []object{{"where": object{"a": object{"gte": "(select id from " + name + ")"}}}}}),
		create(object{"checks": []object{{"where": object{"a": object{"eq": object{"$ref": name}}}}}}),
		create(object{"indexes": []object{{"columns": []string{name}}}}),
		create(object{"unique": []object{{"columns": []string{name}}}}),
		create(object{"primaryKey": []string{name}}),
		create(object{"inherits": name}), create(object{"like": name}), create(object{"as": "select * from " + name}),
	} {
		f.refused(r)
	}
	// A text is a value, whatever it says.
	text := "(select note from " + name + ")"
	made := create(nil, object{"name": "b", "type": "text", "default": text})
	if res := f.try(made); res.Status == 201 {
		table := made.JSON.(object)["name"].(string)
		r := inRows(f.mine, "insertRows", "table", table)
		r.JSON = object{"a": 1}
		if got := f.i.Want(f, 201, r).Object(f)["data"].([]any)[0].(object)["b"]; got != text {
			f.Errorf("the default %q is %v", text, got)
		}
		f.i.Want(f, 204, inRows(f.mine, "deleteTable", "table", table))
	} else {
		f.Errorf("the default %q is refused: %s", text, res.Body)
	}
	alter := func(body object) {
		r := inRows(f.mine, "updateTable", "table", "mine")
		r.JSON = body
		f.refused(r)
	}
	alter(object{"addColumns": []object{
		{"name": "c", "type": "int", "references": object{"table": name, "column": "id"}},
	}})
	alter(object{"addIndexes": []object{{"columns": []string{name}}}})
	alter(object{"dropColumns": []string{name}})
	alter(object{"dropIndexes": []string{name}})
	alter(object{"renameColumns": []object{{"from": name, "to": "x"}}})
}

// rows has requests about rows name something of another workspace, wherever a name may stand.
func (f *fence) rows(name string) {
	for _, operation := range []string{"listRows", "restRead"} {
		f.refused(inRows(f.mine, operation, "table", name))
		for _, query := range []string{
			"select=*," + name + "(*)", "select=*,x:" + name + "(note)", "select=*," + name + "!inner(*)",
			"select=*,shared!" + name + "(*)", "select=*,..." + name + "(note)", "select=shared(*," + name + "(*))",
			"select=" + name, "select=x:" + name, "select=id::" + name, "select=note::text::" + name,
			"select=more->x::" + name, "select=id." + name + "()", "select=" + name + "(count)",
			"order=" + name, "order=" + name + ".id", "order=" + name + "(note)", "order=note." + name,
			name + "=eq.1", name + ".id=eq.1", "id=" + name + ".1", "id=eq." + name, "id=gt.(select id from " + name + ")",
			"id=in.((select id from " + name + "))", "id=eq(any)." + name, "or=(" + name + ".eq.1)",
			"and=(id.eq.1,not.or(" + name + ".is.null,id.eq.1))", "note=fts(" + name + ").x", "id=cast.id::" + name,
			"id::" + name + "=eq.1", name + ".limit=1", name + ".order=id", name + ".select=*", "limit=" + name,
		} {
			f.refused(querying(inRows(f.mine, operation, "table", "mine"), escaped(query)))
		}
		// A path of JSON and a text name nothing: these are values.
		for _, query := range []string{
			"select=more->" + name, "select=x:more->>" + name, "order=more->" + name, "more->>" + name + "=eq.1",
			"note=eq.(select note from " + name + ")", "note=like." + name, "note=in.(" + name + ")",
			"select=" + name + ":note", "columns=" + name, "on_conflict=" + name,
		} {
			f.try(querying(inRows(f.mine, operation, "table", "mine"), escaped(query)))
		}
	}
	for _, header := range []string{
		"Accept-Profile", "Content-Profile", "X-Schema", "X-Workspace-Id", "X-Tenant-Id", "Range-Unit", "X-Client-Info",
	} {
		r := inRows(f.mine, "restRead", "table", "secrets")
		r.Header = map[string]string{header: strings.NewReplacer("\n", "").Replace(name)}
		f.refused(r)
	}
	write := func(operation, query, text, contentType string, path ...string) {
		r := querying(inRows(f.mine, operation, append([]string{"table", "mine"}, path...)...), escaped(query))
		r.Raw, r.Type = []byte(text), contentType
		r.Header = map[string]string{"Prefer": "return=representation,resolution=merge-duplicates"}
		f.refused(r)
	}
	quoted := strings.ReplaceAll(name, `"`, `\"`)
	for _, operation := range []string{"insertRows", "restInsert"} {
		write(operation, "", `{"id":9,"`+quoted+`":1}`, "application/json")
		write(operation, "", `{"id":"(select id from `+quoted+`)"}`, "application/json")
		write(operation, "columns="+name, `{"id":9,"`+quoted+`":1}`, "application/json")
		write(operation, "on_conflict="+name, `{"id":9}`, "application/json")
		write(operation, "select="+name+"(*)", `{"id":9}`, "application/json")
		write(operation, "", `id,"`+strings.ReplaceAll(name, `"`, `""`)+"\"\n9,1\n", "text/csv")
		r := body(`{"id":9}`)(inRows(f.mine, operation, "table", name))
		f.refused(r)
	}
	for _, operation := range []string{"updateRows", "restUpdate"} {
		write(operation, "id=eq.1", `{"`+quoted+`":1}`, "application/json")
		write(operation, name+"=eq.1", `{"note":"x"}`, "application/json")
		write(operation, "id=eq.1&select="+name+"(*)", `{"note":"x"}`, "application/json")
		f.refused(body(`{"id":9}`)(querying(inRows(f.mine, operation, "table", name), "id=eq.1")))
	}
	write("restPut", "id=eq.1", `{"id":1,"`+quoted+`":1}`, "application/json")
	write("updateRow", "", `{"`+quoted+`":1}`, "application/json", "primaryKey", "1")
	f.refused(body(`{"id":1}`)(querying(inRows(f.mine, "restPut", "table", name), "id=eq.1")))
	for _, operation := range []string{"deleteRows", "restDelete"} {
		f.refused(querying(inRows(f.mine, operation, "table", name), "id=eq.1"))
		f.refused(querying(inRows(f.mine, operation, "table", "mine"), escaped(name+"=eq.1")))
	}
	for _, operation := range []string{"getRow", "updateRow", "deleteRow"} {
		for _, path := range [][]string{{"table", name, "primaryKey", "1"}, {"table", "mine", "primaryKey", name}} {
			r := inRows(f.mine, operation, path...)
			if operation == "updateRow" {
				r.JSON = object{"note": "x"}
			}
			f.refused(r)
		}
	}
}

// escaped is a query whose values may have any bytes.
func escaped(query string) string {
	return strings.NewReplacer(`"`, "%22", " ", "%20", ";", "%3B", "#", "%23", "\\", "%5C", "<", "%3C").Replace(query)
}

// collections has requests about documents name something of another workspace.
func (f *fence) collections(name string) {
	for _, operation := range []string{
		"listDocuments", "explainQuery", "listDocumentIndexes", "aggregateDocuments", "explainPipeline", "getDocument",
		"updateDocument", "deleteDocument", "deleteCollection", "deleteDocumentIndex",
	} {
		r := inStorage(f.mine, operation, "collection", name, "documentId", "x", "index", "_id_")
		switch operation {
		case "aggregateDocuments", "explainPipeline":
			r.JSON = object{"pipeline": []any{object{"$match": object{}}}}
		case "updateDocument":
			r.JSON = object{"$set": object{"note": "stolen"}}
		}
		f.try(r)
	}
	for _, stage := range []object{
		{"$lookup": object{"from": name, "localField": "key", "foreignField": "key", "as": "found"}},
		{"$lookup": object{"from": name, "pipeline": []any{object{"$match": object{}}}, "as": "found"}},
		{"$lookup": object{"from": name, "let": object{"k": "$key"}, "as": "found", "pipeline": []any{
			object{"$match": object{"$expr": object{"$eq": []any{"$key", "$$k"}}}}}}},
		{"$unionWith": name}, {"$unionWith": object{"coll": name, "pipeline": []any{object{"$unionWith": name}}}},
		{"$graphLookup": object{"from": name, "startWith": "$key", "connectFromField": "key", "connectToField": "key",
			"as": "found"}},
		{"$facet": object{"a": []any{object{"$lookup": object{"from": name, "pipeline": []any{}, "as": "found"}}}}},
	} {
		r := inStorage(f.mine, "aggregateDocuments", "collection", "mine")
		r.JSON = object{"pipeline": []any{stage}}
		f.try(r)
	}
	for _, stage := range []object{
		{"$out": name}, {"$out": object{"db": name, "coll": "secrets"}}, {"$merge": name}, {"$merge": object{"into": name}},
		{"$lookup": object{"from": object{"db": name, "coll": "secrets"}, "pipeline": []any{}, "as": "found"}},
		{"$unionWith": object{"db": name, "coll": "secrets"}},
		{"$graphLookup": object{"from": object{"db": name, "coll": "secrets"}, "startWith": 1, "connectFromField": "key",
			"connectToField": "key", "as": "found"}},
		{"$match": object{"$where": "db." + name + ".find()"}}, {"$listSessions": object{}}, {"$currentOp": object{}},
		{"$collStats": object{}}, {"$indexStats": object{}}, {"$documents": name}, {"$changeStream": object{}},
	} {
		r := inStorage(f.mine, "aggregateDocuments", "collection", "mine")
		r.JSON = object{"pipeline": []any{stage}}
		f.refused(r)
	}
	for _, filter := range []string{
		`{"$where":"1"}`, `{"$expr":{"$function":{"body":"x","args":[],"lang":"js"}}}`,
		`{"note":{"$ref":"secrets","$id":"x","$db":"x"}}`,
	} {
		r := inStorage(f.mine, "listDocuments", "collection", "mine")
		r.Query = map[string][]string{"filter": {filter}}
		f.try(r)
	}
	for _, member := range []string{"workspace_id", "workspaceId", "collection", "db", "$db", "_workspace"} {
		for _, update := range []object{
			{"$set": object{member: name}}, {"$rename": object{member: "note"}}, {"$unset": object{member: ""}},
		} {
			r := inStorage(f.mine, "updateDocument", "collection", "mine", "documentId", "x")
			r.JSON = update
			f.try(r)
		}
		r := inStorage(f.mine, "listDocuments", "collection", "mine")
		r.Query = map[string][]string{"filter." + member: {name}}
		f.try(r)
	}
	r := inStorage(f.mine, "bulkDocuments", "collection", "mine")
	r.JSON = object{"operations": []any{object{"insertOne": object{
		"document": object{"n": 1}, "collection": name, "namespace": name}}}}
	f.refused(r)
}

// expressions has functions and casts stand wherever a text may.
func (f *fence) expressions() {
	texts := []string{
		"pg_read_file('/etc/passwd')", "pg_sleep(30)", "nextval('x')", "current_user", "current_setting('role')",
		"load_extension('x')", "readfile('/etc/passwd')", "query_to_xml('select 1',true,true,'')", "lo_import('/etc/passwd')",
		"dblink('x','y')", "set_config('role','none',false)", "version()", "sqlite_version()", "'x'::regclass",
		"1); DROP TABLE mine; --", "1 OR 1=1", "now()); SELECT 1; --", "gen_random_uuid() || note",
	}
	for _, text := range texts {
		for _, kind := range []string{"int", "timestamptz", "uuid", "boolean", "numeric"} {
			r := inRows(f.mine, "createTable")
			r.JSON = object{"name": unique("t"), "columns": []object{{"name": "a", "type": kind, "default": text}}}
			f.refused(r)
			r.JSON = object{"name": unique("t"), "columns": []object{{"name": "a", "type": kind}},
				"checks": []object{{"where": object{"a": object{"eq": text}}}}}
			f.refused(r)
		}
		for _, query := range []string{
			"select=" + text, "select=id::" + text, "order=" + text, "id=eq." + text, "select=note." + text,
		} {
			f.refused(querying(inRows(f.mine, "listRows", "table", "mine"), escaped(query)))
		}
	}
	for _, configuration := range []string{"0", "00", "13000", "-", "pg_class"} { // no number of the catalogue
		query := "note=fts(" + configuration + ").x"
		f.refused(querying(inRows(f.mine, "listRows", "table", "mine"), query))
	}
	for _, cast := range []string{
		"regclass", "regproc", "regrole", "regnamespace", "regtype", "oid", "xid", "pg_lsn", "xml", "name", "refcursor",
		"record", "anyelement", "cstring", "pg_node_tree", "pg_catalog.regclass", "aclitem", "txid_snapshot",
	} {
		f.refused(querying(inRows(f.mine, "listRows", "table", "mine"), "select=note::"+cast))
		f.refused(querying(inRows(f.mine, "listRows", "table", "mine"), "note::"+cast+"=eq.x"))
	}
	for _, column := range []string{
		"ctid", "xmin", "xmax", "cmin", "tableoid", "oid", "rowid", "_rowid_", "mine", "current_user", "session_user",
	} {
		for _, query := range []string{
			"select=" + column, "order=" + column, column + "=eq.1", "select=id," + column + "::text",
		} {
			f.refused(querying(inRows(f.mine, "listRows", "table", "mine"), query))
		}
	}
}

// sameName uses a table and a collection that the others have as well.
func (f *fence) sameName() {
	i, t := f.i, f.T
	rows := func(query string) *servertest.Response {
		return f.try(querying(inRows(f.mine, "restRead", "table", "shared"), query))
	}
	if res := rows("select=note,mine(note)"); res.Status != 200 || strings.Count(string(res.Body), `"mine"`) != 4 {
		f.Errorf("%d %s", res.Status, res.Body)
	}
	i.Want(t, 200, body(`{"note":"changed"}`)(querying(inRows(f.mine, "updateRows", "table", "shared"), "all=true")))
	i.Want(t, 200, querying(inRows(f.mine, "deleteRows", "table", "shared"), "all=true"))
	r := inRows(f.mine, "updateTable", "table", "shared")
	r.JSON = object{"name": "secrets", "dropColumns": []string{"more"}}
	i.Want(t, 200, r)
	i.Want(t, 204, inRows(f.mine, "deleteTable", "table", "secrets"))
	change := inStorage(f.mine, "bulkDocuments", "collection", "shared")
	change.JSON = object{"operations": []any{
		object{"updateMany": object{"filter": object{}, "update": object{"$set": object{"note": "changed"}}}},
		object{"deleteMany": object{"filter": object{}}},
	}}
	i.Want(t, 200, change)
	i.Want(t, 204, inStorage(f.mine, "deleteCollection", "collection", "shared"))
}

package control_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/alania-go/alania/domain/data/documents"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/server/servertest"
)

// inserted puts a document into a collection of the tenant's workspace, and returns its id.
func inserted(t testing.TB, i *servertest.Instance, tn *servertest.Tenant, collection, json string) string {
	t.Helper()
	stored, _, err := i.Documents.Insert(tn.As(), tn.Workspace.ID, collection, json)
	if err != nil {
		t.Fatal(err)
	}
	return stored[0].Get("_id").Text()
}

// indexed makes an index in a collection of its own, and returns the names of both.
func indexed(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) (collection, index string) {
	t.Helper()
	collection = "indexed_" + id.New().UUID()[:8]
	in, err := i.Documents.CreateIndex(tn.As(), tn.Workspace.ID, collection, documents.IndexCreate{Keys: `{"a": 1}`})
	if err != nil {
		t.Fatal(err)
	}
	return collection, in.Name
}

// ofOrders is a request about the collection orders of the tenant's workspace.
func ofOrders(tn *servertest.Tenant, operation string, path ...string) servertest.Request {
	return inStorage(tn, operation, append([]string{"collection", "orders"}, path...)...)
}

func init() {
	type (
		tenant   = servertest.Tenant
		instance = servertest.Instance
		request  = servertest.Request
	)
	order := func(t testing.TB, i *instance, tn *tenant) string {
		return inserted(t, i, tn, "orders", `{"status": "paid", "total": 198.95}`)
	}
	of := func(operation string, body any) servertest.Valid {
		return func(t testing.TB, i *instance, tn *tenant) request {
			order(t, i, tn)
			r := ofOrders(tn, operation)
			r.JSON = body
			return r
		}
	}
	one := func(operation string, body any) servertest.Valid {
		return func(t testing.TB, i *instance, tn *tenant) request {
			r := ofOrders(tn, operation, "documentId", order(t, i, tn))
			r.JSON = body
			return r
		}
	}
	insertOne := object{"insertOne": object{"document": object{"a": 1}}}
	stages := object{"pipeline": []any{object{"$match": object{"status": "paid"}}}}
	for operation, more := range map[string]servertest.Valid{
		"listCollections": func(t testing.TB, i *instance, tn *tenant) request {
			order(t, i, tn)
			return inStorage(tn, "listCollections")
		},
		"deleteCollection":    of("deleteCollection", nil),
		"listDocuments":       of("listDocuments", nil),
		"insertDocuments":     of("insertDocuments", object{"status": "new"}),
		"getDocument":         one("getDocument", nil),
		"updateDocument":      one("updateDocument", object{"$set": object{"status": "sent"}}),
		"replaceDocument":     one("replaceDocument", object{"status": "sent"}),
		"deleteDocument":      one("deleteDocument", nil),
		"bulkDocuments":       of("bulkDocuments", object{"operations": []any{insertOne}}),
		"aggregateDocuments":  of("aggregateDocuments", stages),
		"listDocumentIndexes": of("listDocumentIndexes", nil),
		"createDocumentIndex": of("createDocumentIndex", object{"keys": object{"status": 1}}),
		"deleteDocumentIndex": func(t testing.TB, i *instance, tn *tenant) request {
			collection, index := indexed(t, i, tn)
			return inStorage(tn, "deleteDocumentIndex", "collection", collection, "index", index)
		},
		"explainQuery":    of("explainQuery", nil),
		"explainPipeline": of("explainPipeline", stages),
	} {
		valid[operation] = more
	}
}

// answered sends a request with a body and returns what it answers.
func answered(
	t testing.TB, i *servertest.Instance, status int, r servertest.Request, body any, query ...string,
) object {
	t.Helper()
	r.JSON = body
	for n := 0; n < len(query); n += 2 {
		if r.Query == nil {
			r.Query = url.Values{}
		}
		r.Query.Add(query[n], query[n+1])
	}
	res := i.Want(t, status, r)
	if len(res.Body) == 0 {
		return nil
	}
	return res.Object(t)
}

// wantCode fails the test unless an error has a code.
func wantCode(t testing.TB, said object, want string) {
	t.Helper()
	if e, _ := said["error"].(object); e == nil || e["code"] != want {
		t.Errorf("%v, not %s", said, want)
	}
}

// names are the values of a member of documents, separated by spaces.
func names(found object, member string) string {
	var out []string
	for _, d := range found["data"].([]any) {
		out = append(out, fmt.Sprint(d.(object)[member]))
	}
	return strings.Join(out, " ")
}

// The requests of the guides, with the answers that they print.
func TestDocumentsOfTheGuides(t *testing.T) { each(t, followsTheGuides) }

func followsTheGuides(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
	made := answered(t, i, 201, ofOrders(tn, "insertDocuments"), []any{
		object{"_id": "a", "status": "paid", "total": 10, "address": object{"city": "Perm"}, "n": 1},
		object{"_id": "b", "status": "paid", "total": 30.5, "address": object{"city": "Omsk"}, "n": 2},
		object{"_id": "c", "status": "new", "total": 20, "lines": []any{object{"sku": "x", "qty": 2}}, "n": 3},
	})
	if made["inserted"] != 3.0 || names(made, "_id") != "a b c" {
		t.Errorf("%v", made)
	}
	find := func(query ...string) object {
		t.Helper()
		return answered(t, i, 200, ofOrders(tn, "listDocuments"), nil, query...)
	}
	for _, c := range []struct {
		want  string
		query []string
	}{
		{"a b c", nil},
		{"a b", []string{"filter.status", "paid"}},
		{"b", []string{"filter.address.city", "Omsk", "filter.status", "paid"}},
		{"b c a", []string{"sort", "-total"}},
		{"c a b", []string{"sort", "status,_id"}},
		{"b c", []string{"filter", `{"total":{"$gte":20}}`}},
		{"c", []string{"filter", `{"total":{"$gte":20}}`, "filter.status", "new"}},
		{"", []string{"filter.total", `"10"`}}, {"a", []string{"filter.total", "10"}},
		{"b", []string{"sort", "n", "skip", "1", "limit", "1"}}, {"", []string{"skip", "9"}},
		{"c", []string{"filter.lines.sku", "x"}},
	} {
		if got := names(find(c.query...), "_id"); got != c.want {
			t.Errorf("%v: %q, not %q", c.query, got, c.want)
		}
	}
	page := find("limit", "2")["pagination"].(object)
	if page["limit"] != 2.0 || page["skip"] != 0.0 || page["total"] != 3.0 || page["hasMore"] != true {
		t.Errorf("%v", page)
	}
	shown := find("projection", "status", "limit", "1")["data"].([]any)[0].(object)
	if len(shown) != 2 || shown["status"] != "paid" {
		t.Errorf("%v", shown)
	}
	one := func(operation, id string) servertest.Request { return ofOrders(tn, operation, "documentId", id) }
	got := answered(t, i, 200, one("updateDocument", "a"),
		object{"$set": object{"status": "sent"}, "$inc": object{"n": 4}})
	if d := got["data"].(object); d["status"] != "sent" || d["n"] != 5.0 || d["_id"] != "a" {
		t.Errorf("%v", got)
	}
	got = answered(t, i, 200, one("replaceDocument", "b"), object{"status": "gone"})
	if d := got["data"].(object); len(d) != 2 || d["status"] != "gone" {
		t.Errorf("%v", got)
	}
	got = answered(t, i, 200, one("getDocument", "c"), nil, "projection", "-lines,-total")
	if d := got["data"].(object); d["status"] != "new" || d["lines"] != nil {
		t.Errorf("%v", got)
	}
	sum := answered(t, i, 200, ofOrders(tn, "aggregateDocuments"), object{"pipeline": []any{
		object{"$unwind": "$lines"},
		object{"$group": object{
			"_id": "$lines.sku", "orders": object{"$sum": 1},
			"sold": object{"$sum": object{"$multiply": []any{"$lines.qty", 3}}},
		}},
	}})
	if d := sum["data"].([]any)[0].(object); d["sold"] != 6.0 || d["orders"] != 1.0 {
		t.Errorf("%v", sum)
	}
	did := answered(t, i, 200, ofOrders(tn, "bulkDocuments"), object{"operations": []any{
		object{"insertOne": object{"document": object{"_id": "d"}}},
		object{"updateMany": object{"filter": object{}, "update": object{"$set": object{"seen": true}}}},
		object{"updateOne": object{"filter": object{"_id": "z"}, "update": object{"$set": object{"x": 1}}, "upsert": true}},
		object{"replaceOne": object{"filter": object{"_id": "d"}, "replacement": object{"y": 1}}},
		object{"deleteOne": object{"filter": object{"seen": true}}},
		object{"deleteMany": object{"filter": object{"seen": true}}},
	}})
	if did["inserted"] != 1.0 || did["matched"] != 5.0 || did["modified"] != 5.0 || did["deleted"] != 3.0 ||
		did["upserted"] != 1.0 || did["insertedIds"].(object)["0"] != "d" || did["upsertedIds"].(object)["2"] != "z" {
		t.Errorf("%v", did)
	}
	if got := names(find(), "_id"); got != "d z" {
		t.Errorf("%s are left", got)
	}
	list := answered(t, i, 200, inStorage(tn, "listCollections"), nil)["items"].([]any)
	if c := list[0].(object); c["name"] != "orders" || c["documents"] != 2.0 || c["bytes"] == 0.0 {
		t.Errorf("%v", list)
	}
	answered(t, i, 200, one("getDocument", "d"), nil)
	answered(t, i, 204, ofOrders(tn, "deleteCollection"), nil)
	for _, id := range []string{"d", "z"} { // though its row is deleted later
		wantCode(t, answered(t, i, 404, one("getDocument", id), nil), "DOCUMENT_NOT_FOUND")
	}
	if left := find(); left["pagination"].(object)["total"] != 0.0 {
		t.Errorf("%v", left)
	}
	wantCode(t, answered(t, i, 404, ofOrders(tn, "deleteCollection"), nil), "COLLECTION_NOT_FOUND")
	wantCode(t, answered(t, i, 404, one("getDocument", "c"), nil), "DOCUMENT_NOT_FOUND")
}

// An id of 24 hexadecimal digits is an ObjectID, and numbers keep their types.
func TestDocumentsKeepTheirTypes(t *testing.T) { each(t, keepsTypes) }

func keepsTypes(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
	const text = `{"_id":{"$oid":"65a4f1e2c3b4d5e6f7a8b9c0"},"z":1,"a":1.0,"l":{"$numberLong":"5"},` +
		`"big":9007199254740993,` +
		`"d":{"$numberDecimal":"1.20"},"at":{"$date":"2024-01-15T10:00:00.000Z"},"t":"007","n":null,"s":"größe"}`
	r := ofOrders(tn, "insertDocuments")
	r.Raw, r.Type = []byte(text), "application/json"
	i.Want(t, 201, r)
	res := i.Want(t, 200, ofOrders(tn, "getDocument", "documentId", "65A4f1e2c3b4d5e6f7a8b9c0"))
	if got := strings.TrimSpace(string(res.Body)); got != `{"data":`+text+`}` {
		t.Errorf("%s", got)
	}
	answered(t, i, 404, ofOrders(tn, "getDocument", "documentId", "65a4f1e2c3b4d5e6f7a8b9c"), nil)
	answered(t, i, 201, ofOrders(tn, "insertDocuments"), object{"_id": "65a4f1e2c3b4d5e6f7a8b9c0"}) // a text
}

// Each refusal that a document may meet.
func TestDocumentRefusals(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		first, second := inserted(t, i, tn, "orders", `{"n": 1}`), inserted(t, i, tn, "orders", `{"n": 2, "text": "x"}`)
		of := func(operation string, path ...string) servertest.Request { return ofOrders(tn, operation, path...) }
		unique := object{"keys": object{"n": 1}, "unique": true}
		answered(t, i, 201, of("createDocumentIndex"), unique)
		answered(t, i, 201, of("createDocumentIndex"), unique) // the same
		wantCode(t, answered(t, i, 409, of("createDocumentIndex"), object{"keys": object{"n": 1}}), "INDEX_EXISTS")
		inserted(t, i, tn, "orders", `{"n": 3, "text": "x"}`)
		wantCode(t, answered(t, i, 409, of("createDocumentIndex"), object{"keys": object{"text": -1}, "unique": true}),
			"DOCUMENT_NOT_UNIQUE")
		wantCode(t, answered(t, i, 409, of("insertDocuments"), object{"n": 1.0}), "DOCUMENT_NOT_UNIQUE")
		wantCode(t, answered(t, i, 409, of("insertDocuments"),
			[]any{object{"n": 8}, object{"n": 9, "_id": object{"$oid": first}}}), "DOCUMENT_EXISTS")
		twice := []any{object{"_id": 1}, object{"_id": 1.0}}
		wantCode(t, answered(t, i, 409, of("insertDocuments"), twice), "DOCUMENT_EXISTS")
		inc := object{"$inc": object{"n": 1}}
		wantCode(t, answered(t, i, 409, of("updateDocument", "documentId", first), inc), "DOCUMENT_NOT_UNIQUE")
		wantCode(t, answered(t, i, 409, of("replaceDocument", "documentId", first), object{"n": 2}), "DOCUMENT_NOT_UNIQUE")
		wantCode(t, answered(t, i, 409, of("bulkDocuments"), object{"operations": []any{
			object{"insertOne": object{"document": object{"n": 70}}}, object{"insertOne": object{"document": object{"n": 1}}},
		}}), "DOCUMENT_NOT_UNIQUE")
		wantCode(t, answered(t, i, 422, of("updateDocument", "documentId", second), object{"$inc": object{"text": 1}}),
			"DOCUMENT_NOT_APPLICABLE")
		wantCode(t, answered(t, i, 422, of("bulkDocuments"), object{"operations": []any{
			object{"insertOne": object{"document": object{"n": 70}}},
			object{"updateMany": object{"filter": object{}, "update": object{"$inc": object{"text": 1}}}},
		}}), "DOCUMENT_NOT_APPLICABLE")
		if left := answered(t, i, 200, of("listDocuments"), nil, "sort", "n"); names(left, "n") != "1 2 3" {
			t.Errorf("%v", left)
		}
		wantCode(t, answered(t, i, 422, of("listDocuments"), nil, "sort", "text", "skip", "1000000"),
			"DOCUMENT_MEMORY_EXCEEDED")
		wantCode(t, answered(t, i, 422, of("aggregateDocuments"), object{"pipeline": []any{
			object{"$project": object{"x": object{"$add": []any{"$text", 1}}}},
		}}), "DOCUMENT_NOT_APPLICABLE")
		inserted(t, i, tn, "orders", `{"n": 4, "a": [1, 2], "b": [1]}`)
		wantCode(t, answered(t, i, 422, of("createDocumentIndex"), object{"keys": object{"a": 1, "b": 1}}),
			"DOCUMENT_NOT_APPLICABLE")
		for n := range documents.MaxIndexes - 1 {
			answered(t, i, 201, of("createDocumentIndex"), object{"keys": object{fmt.Sprint("f", n): 1}})
		}
		wantCode(t, answered(t, i, 422, of("createDocumentIndex"), object{"keys": object{"g": 1}}), "TOO_MANY_INDEXES")
		upsert := func(status int, operation, id string, body any) {
			t.Helper()
			answered(t, i, status, of(operation, "documentId", id), body, "upsert", "true")
		}
		upsert(201, "updateDocument", "new", object{"$set": object{"n": 100}})
		upsert(200, "updateDocument", "new", object{"$set": object{"n": 101}})
		upsert(201, "replaceDocument", "newer", object{"n": 102})
		upsert(200, "replaceDocument", "newer", object{"n": 103})
		for name, body := range map[string]any{
			"an operator that nobody knows": object{"$frobnicate": object{"a": 1}}, "no operator": object{"n": 1},
			"nothing": object{},
		} {
			if res := answered(t, i, 400, of("updateDocument", "documentId", first), body); res["error"] == nil {
				t.Errorf("%s: %v", name, res)
			}
		}
		answered(t, i, 422, of("updateDocument", "documentId", first), object{"$set": object{"_id": 1}})
		answered(t, i, 400, of("replaceDocument", "documentId", first), object{"_id": "another", "n": 1})
		answered(t, i, 400, of("updateDocument", "documentId", first), object{"$set": object{"a.$[x]": 1}},
			"arrayFilters", "{}")
		for _, id := range []any{[]any{1}, object{"$regularExpression": object{"pattern": "a", "options": ""}},
			strings.Repeat("x", 1000)} {
			answered(t, i, 400, of("insertDocuments"), object{"_id": id})
		}
		for _, q := range [][]string{
			{"filter", "{"}, {"filter", "[]"}, {"filter", `{"$where":"1"}`}, {"sort", "$a"}, {"sort", "a,a"}, {"limit", "1001"},
			{"limit", "0"}, {"skip", "-1"}, {"projection", `{"a":1,"b":0}`}, {"filter.", "1"}, {"filter.$where", "1"},
			{"filter", `{"a":{"$gt":1,"$frob":2}}`}, {"filtered", "1"},
		} {
			answered(t, i, 400, of("listDocuments"), nil, q...)
			answered(t, i, 400, of("explainQuery"), nil, q...)
		}
		for _, stage := range []object{
			{"$out": "x"}, {"$merge": object{"into": "x"}}, {"$match": object{"$where": "1"}}, {"$frob": 1}, {},
			{"$project": object{"a": object{"$function": object{"body": "f", "args": []any{}, "lang": "js"}}}},
			{"$lookup": object{"from": "../x", "localField": "a", "foreignField": "b", "as": "c"}},
		} {
			for _, operation := range []string{"aggregateDocuments", "explainPipeline"} {
				answered(t, i, 400, of(operation), object{"pipeline": []any{stage}})
			}
		}
		lookup := object{"$lookup": object{"from": "x", "localField": "a", "foreignField": "b", "as": "c"}}
		answered(t, i, 400, of("aggregateDocuments"), object{"pipeline": []any{lookup, lookup}})
		for _, op := range []object{
			{"insertOne": object{}}, {"frob": object{}}, {"insertOne": object{"document": object{}, "more": 1}}, {},
			{"updateOne": object{"filter": object{}, "update": object{"$set": object{"a": 1}}, "upsert": 1}},
			{"deleteOne": object{"filter": 1}}, {"updateOne": object{"filter": object{"$where": "1"}, "update": object{}}},
			{"insertOne": object{"document": object{"a": 1}}, "deleteOne": object{"filter": object{}}},
		} {
			answered(t, i, 400, of("bulkDocuments"), object{"operations": []any{op}})
		}
		for _, keys := range []object{{}, {"a": 2}, {"a": "text"}, {"$a": 1}, {"a..b": 1}, {"a.0": 1}, {"_id": 1}} {
			answered(t, i, 400, of("createDocumentIndex"), object{"keys": keys})
		}
		answered(t, i, 400, of("createDocumentIndex"), object{
			"keys": object{"q": 1}, "partialFilterExpression": object{"$expr": true},
		})
		answered(t, i, 404, of("deleteDocumentIndex", "index", "nothing"), nil)
		answered(t, i, 404, inStorage(tn, "listDocumentIndexes", "collection", "nothing"), nil)
	})
}

// Queries use indexes, explain says so, and the answers are the same.
func TestDocumentIndexes(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		var all []any
		for n := range 300 {
			d := object{
				"_id": n, "status": []string{"new", "paid", "sent"}[n%3], "n": n % 50, "name": fmt.Sprintf("name %03d", n),
			}
			if n%10 == 0 {
				d["rare"] = n
			}
			all = append(all, d)
		}
		answered(t, i, 201, ofOrders(tn, "insertDocuments"), all)
		queries := [][]string{
			{"filter.status", "paid"}, {"filter.status", "paid", "sort", "-n"}, {"filter.status", "paid", "sort", "n,_id"},
			{"filter", `{"status":"paid","n":{"$gt":10,"$lte":20}}`}, {"filter", `{"n":{"$in":[1,2,3]}}`},
			{"filter", `{"status":{"$in":["paid","sent"]},"n":7}`}, {"filter", `{"rare":{"$exists":true}}`, "sort", "rare"},
			{"filter", `{"rare":{"$gte":100}}`}, {"filter", `{"$or":[{"n":1},{"status":"new"}]}`}, {"sort", "-_id"},
			{"filter", `{"_id":{"$in":[5,6,7]}}`}, {"filter", `{"_id":{"$gte":290}}`}, {"filter._id", "7"},
			{"filter", `{"n":{"$ne":1}}`}, {"filter", `{"n":null}`}, {"filter", `{"name":"name 007"}`},
			{"filter", `{"n":{"$in":[]}}`}, {"filter", `{"n":{"$gt":48},"name":{"$regex":"9$"}}`},
			{"filter.status", "paid", "skip", "90", "limit", "5"}, {"filter.status", "paid", "skip", "95", "limit", "50"},
		}
		ask := func(q []string) object {
			return answered(t, i, 200, ofOrders(tn, "listDocuments"), nil, q...)
		}
		ids := func(found object) []string {
			list := strings.Fields(names(found, "_id"))
			return list
		}
		var before []object
		for _, q := range queries {
			before = append(before, ask(q))
		}
		answered(t, i, 201, ofOrders(tn, "createDocumentIndex"), object{"keys": object{"status": 1}})
		r := ofOrders(tn, "createDocumentIndex")
		r.Raw, r.Type = []byte(`{"name": "two", "keys": {"status": 1, "n": -1}}`), "application/json"
		i.Want(t, 201, r)
		answered(t, i, 201, ofOrders(tn, "createDocumentIndex"), object{"keys": object{"n": 1}})
		answered(t, i, 201, ofOrders(tn, "createDocumentIndex"), object{
			"keys": object{"rare": 1}, "partialFilterExpression": object{"rare": object{"$exists": true}}, "name": "partial",
		})
		for k, q := range queries {
			now := ask(q)
			got, want := ids(now), ids(before[k])
			if !slices.Contains(q, "sort") && !slices.Contains(q, "limit") {
				slices.Sort(got)
				slices.Sort(want)
			}
			if before[k]["pagination"].(object)["total"] != now["pagination"].(object)["total"] || len(got) != len(want) {
				t.Errorf("%v: %v, and before the indexes %v", q, now["pagination"], before[k]["pagination"])
			}
		}
		for _, c := range []struct {
			stage, index, sort string
			query              []string
		}{
			{"index", "two", "index", queries[1]}, {"index", "two", "none", queries[3]}, {"index", "n_1", "none", queries[4]},
			{"collection", "", "none", queries[8]}, {"id", "", "none", queries[12]}, {"index", "partial", "none", queries[7]},
			{"collection", "", "none", nil}, {"collection", "", "memory", []string{"sort", "name"}},
			{"index", "two", "memory", []string{"filter.status", "paid", "sort", "name"}},
		} {
			p := answered(t, i, 200, ofOrders(tn, "explainQuery"), nil, c.query...)
			index, _ := p["index"].(string)
			if p["stage"] != c.stage || index != c.index && c.sort != "memory" || p["sort"] != c.sort || p["engine"] == "" {
				t.Errorf("%v: %v", c.query, p)
			}
		}
		p := answered(t, i, 200, ofOrders(tn, "explainPipeline"), object{"pipeline": []any{
			object{"$match": object{"n": 1}}, object{"$count": "n"}}})
		if p["index"] != "n_1" {
			t.Errorf("%v", p)
		}
		list := answered(t, i, 200, ofOrders(tn, "listDocumentIndexes"), nil)["items"].([]any)
		if len(list) != 4 || list[1].(object)["name"] != "two" || list[3].(object)["partialFilterExpression"] == nil {
			t.Errorf("%v", list)
		}
		answered(t, i, 204, ofOrders(tn, "deleteDocumentIndex", "index", "n_1"), nil)
		if p := answered(t, i, 200, ofOrders(tn, "explainQuery"), nil, "filter.n", "1"); p["stage"] != "collection" {
			t.Errorf("%v", p)
		}
		// What is changed is found by its new values, and no more by its old ones.
		for _, status := range []string{"odd", "even"} {
			r := ofOrders(tn, "updateDocument", "documentId", "x")
			r.JSON, r.Query = object{"$set": object{"status": status, "n": []any{1, 2}}}, url.Values{"upsert": {"true"}}
			i.Do(t, r)
		}
		for status, want := range map[string]string{"odd": "", "even": "x"} {
			if got := names(ask([]string{"filter.status", status}), "_id"); got != want {
				t.Errorf("%s: %q", status, got)
			}
		}
		if got := ask([]string{"filter", `{"status":"even","n":2}`, "sort", "n"}); names(got, "_id") != "x" {
			t.Errorf("%v", got)
		}
	})
}

// Nothing of another workspace is reached, by whatever name.
func TestDocumentsStayInTheirWorkspace(t *testing.T) { each(t, keepsDocumentsApart) }

func keepsDocumentsApart(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
	other := i.Tenant(t, plan.Enterprise)
	theirs := inserted(t, i, other, "secrets", `{"secret": "theirs", "key": 1}`)
	inserted(t, i, tn, "orders", `{"key": 1}`)
	space := other.Workspace.ID
	for _, name := range []string{
		"secrets", "secrets.x", space.Prefixed("wks") + ".secrets", "document_collections", "documents", "sqlite_master",
		"pg_catalog.pg_class", "x" + space.UUID(),
	} {
		for _, stage := range []object{
			{"$lookup": object{"from": name, "localField": "key", "foreignField": "key", "as": "found"}},
			{"$lookup": object{"from": name, "pipeline": []any{object{"$match": object{}}}, "as": "found"}},
			{"$unionWith": name}, {"$unionWith": object{"coll": name, "pipeline": []any{}}},
			{"$graphLookup": object{"from": name, "startWith": "$key", "connectFromField": "key", "connectToField": "key",
				"as": "found"}},
		} {
			r := ofOrders(tn, "aggregateDocuments")
			r.JSON = object{"pipeline": []any{stage}}
			if res := i.Do(t, r); strings.Contains(string(res.Body), "theirs") {
				t.Errorf("%v: %s", stage, res.Body)
			}
		}
		r := inStorage(tn, "listDocuments", "collection", name)
		if res := i.Do(t, r); strings.Contains(string(res.Body), "theirs") {
			t.Errorf("%s: %s", name, res.Body)
		}
	}
	for _, from := range []object{{"db": space.Prefixed("wks"), "coll": "secrets"}, {"db": "other", "coll": "secrets"}} {
		answered(t, i, 400, ofOrders(tn, "aggregateDocuments"), object{"pipeline": []any{
			object{"$lookup": object{"from": from, "localField": "key", "foreignField": "key", "as": "found"}},
		}})
	}
	answered(t, i, 404, inStorage(tn, "getDocument", "collection", "secrets", "documentId", theirs), nil)
	answered(t, i, 404, inStorage(tn, "updateDocument", "collection", "secrets", "documentId", theirs),
		object{"$set": object{"secret": "mine"}})
	answered(t, i, 404, inStorage(tn, "deleteDocument", "collection", "secrets", "documentId", theirs), nil)
	answered(t, i, 404, inStorage(tn, "deleteCollection", "collection", "secrets"), nil)
	for _, member := range []string{
		"workspace_id", "workspaceId", "tenantId", "collection", "seq", "id_key", "__proto__",
	} {
		answered(t, i, 201, ofOrders(tn, "insertDocuments"), object{member: space.UUID(), "n": 1})
		answered(t, i, 200, ofOrders(tn, "bulkDocuments"), object{"operations": []any{object{"updateMany": object{
			"filter": object{}, "update": object{"$set": object{member: space.UUID()}}}}}})
	}
	found := answered(t, i, 200, inStorage(other, "listDocuments", "collection", "secrets"), nil)
	if found["pagination"].(object)["total"] != 1.0 || names(found, "secret") != "theirs" {
		t.Errorf("%v", found)
	}
}

// Hostile names and values are refused, or are values like any other.
func TestHostileDocuments(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		hostile := []string{
			"'", `"`, "`", "\\", "';DROP TABLE documents;--", `" OR 1=1 --`, "$where", "$1", "${x}", "{{x}}", "%27", "%00",
			"a.b", ".", "..", "../..", "$", "$.", "a..b", "\u202e", "ａ", "е", "\ufeff", "ﬀ", "İ", "💥",
			strings.Repeat("x", 64<<10), "null",
			"true", "-0", "1e999", "{", "}", "[", "]", "/*", "*/", "--", ";", "\n", "\t", "_id", "$oid",
			"$date", "__proto__", "constructor",
		}
		for _, text := range hostile {
			r := ofOrders(tn, "insertDocuments")
			r.JSON = object{"value": text}
			i.Want(t, 201, r)
			filter, _ := json.Marshal(object{"value": text})
			if len(filter) < 8000 {
				found := answered(t, i, 200, ofOrders(tn, "listDocuments"), nil, "filter", string(filter))
				if names(found, "value") != text {
					t.Errorf("%q: %v", text, found)
				}
			}
			for _, r := range []servertest.Request{
				inStorage(tn, "listDocuments", "collection", text),
				inStorage(tn, "deleteDocumentIndex", "collection", "orders", "index", text),
				ofOrders(tn, "getDocument", "documentId", text),
			} {
				if len(text) > 2000 || text == "." || text == ".." || strings.HasPrefix(text, "../") {
					continue // no path
				}
				if res := i.Do(t, r); res.Status/100 != 4 && res.Status != 200 {
					t.Errorf("%s %q: %d %s", r.Operation, text, res.Status, res.Body)
				}
			}
			for _, body := range []object{
				{"$set": object{text: 1}}, {text: object{"a": 1}}, {"$rename": object{"value": text}},
				{"$unset": object{text: ""}},
			} {
				r := ofOrders(tn, "updateDocument", "documentId", "x")
				r.JSON, r.Query = body, url.Values{"upsert": {"true"}}
				if res := i.Do(t, r); res.Status >= 500 {
					t.Errorf("%q: %d %s", text, res.Status, res.Body)
				}
			}
			for _, q := range []url.Values{
				{"filter." + text: {text}}, {"sort": {text}}, {"projection": {text}}, {"filter": {text}},
			} {
				r := ofOrders(tn, "listDocuments")
				if r.Query = q; len(text) > 2000 {
					continue
				}
				if res := i.Do(t, r); res.Status >= 500 {
					t.Errorf("%v: %d %s", q, res.Status, res.Body)
				}
			}
		}
	})
}

// What the plan allows is exact, whoever else inserts at the same time.
func TestDocumentQuota(t *testing.T) { each(t, boundsDocuments) }

func boundsDocuments(t *testing.T, i *servertest.Instance, _ *servertest.Tenant) {
	tn := i.Tenant(t, plan.Free)
	var wg sync.WaitGroup
	made := make([]bool, 100)
	for n := range made {
		wg.Go(func() {
			_, _, err := i.Documents.Insert(tn.As(), tn.Workspace.ID, fmt.Sprint("c", n), `{"a":1}`)
			made[n] = err == nil
			if err != nil && !fault.IsCode(err, fault.FeatureLimit) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	n := 0
	for _, ok := range made {
		if ok {
			n++
		}
	}
	list, err := i.Documents.Collections(tn.As(), tn.Workspace.ID, "", 100)
	if err != nil || n != 10 || len(list) != 10 {
		t.Errorf("%d were made, and %d are there: %v", n, len(list), err)
	}
	wantCode(t, answered(t, i, 403, inStorage(tn, "insertDocuments", "collection", "more"), object{"a": 1}),
		"FEATURE_LIMIT_REACHED")
	answered(t, i, 201, inStorage(tn, "insertDocuments", "collection", list[0].Name), object{"a": 1})
	if err := i.Documents.DeleteCollection(tn.As(), tn.Workspace.ID, list[0].Name); err != nil {
		t.Fatal(err)
	}
	answered(t, i, 201, inStorage(tn, "insertDocuments", "collection", "more"), object{"a": 1})
}

// Many who change one document at the same time all count, and of many who make one, one does.
func TestDocumentRaces(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		var wg sync.WaitGroup
		created := make([]bool, 40)
		for n := range created {
			wg.Go(func() {
				var err error
				_, created[n], err = i.Documents.Update(tn.As(), tn.Workspace.ID, "counters", "one",
					`{"$inc": {"n": 1}, "$push": {"all": 1}}`, "", true)
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		d, err := i.Documents.Get(tn.As(), tn.Workspace.ID, "counters", "one", "")
		if n, _ := d.Get("n").Integer(); err != nil || n != 40 || d.Get("all").Len() != 40 {
			t.Errorf("%v, %v", d, err)
		}
		if n := len(slices.DeleteFunc(created, func(c bool) bool { return !c })); n != 1 {
			t.Errorf("it was made %d times", n)
		}
	})
}

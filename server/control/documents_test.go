package control_test

import (
	"testing"

	"github.com/alania-go/alania/domain/data/documents"
	"github.com/alania-go/alania/domain/id"
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

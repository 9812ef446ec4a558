package control_test

import (
	"net/http"
	"testing"

	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/engine/documents/mongo/mongotest"
	"github.com/alania-go/alania/server/servertest"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

// What holds of the documents in our own database holds of those that a MongoDB server keeps.
func TestMongo(t *testing.T) {
	url := mongotest.Start(t)
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		cfg := servertest.Config(t, e)
		cfg.MongoURL = url
		i := servertest.Run(t, e, cfg)
		for name, test := range map[string]func(*testing.T, *servertest.Instance, *servertest.Tenant){
			"the guides": followsTheGuides, "types": keepsTypes, "quotas": boundsDocuments,
			"other workspaces": keepsDocumentsApart,
			"all or nothing":   undoesBulks, "indexes": keepsIndexes,
		} {
			t.Run(name, func(t *testing.T) { test(t, i, i.Tenant(t, plan.Enterprise)) })
		}
		i.Want(t, http.StatusOK, servertest.Request{Operation: "getPlatformHealth"})
	})
}

// undoesBulks has a bulk fail at its last operation.
func undoesBulks(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
	inserted(t, i, tn, "orders", `[{"_id": "a", "n": 1}, {"_id": "b", "n": 2}]`)
	before := i.Want(t, 200, ofOrders(tn, "listDocuments"))
	said := answered(t, i, 409, ofOrders(tn, "bulkDocuments"), object{"operations": []any{
		object{"insertOne": object{"document": object{"_id": "c"}}},
		object{"updateMany": object{"filter": object{}, "update": object{"$inc": object{"n": 5}}}},
		object{"deleteOne": object{"filter": object{"_id": "a"}}},
		object{"updateOne": object{"filter": object{"_id": "d"}, "update": object{"$set": object{"n": 1}}, "upsert": true}},
		object{"insertOne": object{"document": object{"_id": "b"}}},
	}})
	wantCode(t, said, "DOCUMENT_EXISTS")
	got := answered(t, i, 200, ofOrders(tn, "listDocuments"), nil, "sort", "_id")
	if names(got, "_id") != "a b" || names(got, "n") != "1 2" {
		t.Errorf("%v, not %s", got, before.Body)
	}
	list := answered(t, i, 200, inStorage(tn, "listCollections"), nil)["items"].([]any)
	if list[0].(object)["documents"] != 2.0 {
		t.Errorf("%v", list)
	}
}

// keepsIndexes makes an index and deletes it.
func keepsIndexes(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
	collection, index := indexed(t, i, tn)
	r := inStorage(tn, "createDocumentIndex", "collection", collection)
	answered(t, i, 201, r, object{"keys": object{"a": 1}}) // the same
	wantCode(t, answered(t, i, 409, r, object{"keys": object{"b": 1}, "name": index}), "INDEX_EXISTS")
	answered(t, i, 201, r, object{"keys": object{"b": -1}, "unique": true})
	inserted(t, i, tn, collection, `{"b": 1}`)
	wantCode(t, answered(t, i, 409, inStorage(tn, "insertDocuments", "collection", collection), object{"b": 1}),
		"DOCUMENT_NOT_UNIQUE")
	list := answered(t, i, 200, inStorage(tn, "listDocumentIndexes", "collection", collection), nil)["items"].([]any)
	if len(list) != 2 || list[1].(object)["unique"] != true {
		t.Errorf("%v", list)
	}
	answered(t, i, 204, inStorage(tn, "deleteDocumentIndex", "collection", collection, "index", index), nil)
	answered(t, i, 404, inStorage(tn, "deleteDocumentIndex", "collection", collection, "index", index), nil)
}

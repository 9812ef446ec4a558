package control_test

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/alania-go/alania/domain/data"
	"github.com/alania-go/alania/domain/data/documents"
	"github.com/alania-go/alania/domain/data/rows"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/server/servertest"
)

// together makes 100 requests at once. So many succeed as the plan allows, and the others have its answer.
func together(
	t *testing.T, i *servertest.Instance, what string, want int, request func(n int) servertest.Request,
) {
	t.Helper()
	var wg sync.WaitGroup
	made := make([]bool, 100)
	for n := range made {
		wg.Go(func() {
			res := i.Do(t, request(n))
			switch made[n] = res.Status == 201; {
			case made[n]:
			case res.Status != 403 || code(t, res) != "FEATURE_LIMIT_REACHED":
				t.Errorf("%s: %d %s", what, res.Status, res.Body)
			}
		})
	}
	wg.Wait()
	n := 0
	for _, is := range made {
		if is {
			n++
		}
	}
	if n != want {
		t.Errorf("%d %s were made, the plan has room for %d", n, what, want)
	}
}

// beyond counts more than there is.
type beyond struct {
	rows.Stock
	more *sync.Map // by the id of the workspace: a plan.Amount
}

func (b beyond) Become(ctx context.Context, workspaceID id.ID, amount plan.Amount) error {
	if more, ok := b.more.Load(workspaceID); ok {
		amount = amount.Plus(more.(plan.Amount))
	}
	return b.Stock.Become(ctx, workspaceID, amount)
}

// What the plan allows of tables, rows, collections, documents and their bytes is exact over HTTP, and nothing is left
// of what was refused.
func TestAllowancesAreExact(t *testing.T) {
	t.Parallel()
	suite.Alone(t, func(t *testing.T, i *servertest.Instance, _ *servertest.Tenant) {
		more := &sync.Map{}
		i.Rows.Rows = beyond{i.Rows.Rows, more}
		t.Run("tables", func(t *testing.T) { boundsTables(t, i) })
		t.Run("rows", func(t *testing.T) { boundsRows(t, i, more) })
		t.Run("collections", func(t *testing.T) { boundsCollections(t, i) })
		t.Run("documents", func(t *testing.T) { boundsStoredDocuments(t, i) })
	})
}

func boundsTables(t *testing.T, i *servertest.Instance) {
	tn := i.Tenant(t, plan.Starter)
	together(t, i, "tables", 20, func(n int) servertest.Request {
		r := inRows(tn, "createTable")
		r.JSON = object{"name": fmt.Sprint("t", n), "columns": []object{{"name": "a", "type": "int"}}}
		return r
	})
	listed := func() []any { return i.Want(t, 200, inRows(tn, "listTables")).Object(t)["items"].([]any) }
	list := listed()
	if len(list) != 20 {
		t.Errorf("%d tables are there", len(list))
	}
	i.Want(t, 204, inRows(tn, "deleteTable", "table", list[0].(object)["name"].(string)))
	together(t, i, "tables in the place of a deleted one", 1, func(n int) servertest.Request {
		r := inRows(tn, "createTable")
		r.JSON = object{"name": fmt.Sprint("again", n), "columns": []object{{"name": "a", "type": "int"}}}
		return r
	})
	if list := listed(); len(list) != 20 {
		t.Errorf("%d tables are there", len(list))
	}
}

func boundsRows(t *testing.T, i *servertest.Instance, more *sync.Map) {
	tn := i.Tenant(t, plan.Starter)
	create := inRows(tn, "createTable")
	create.JSON = object{"name": "goods", "columns": []object{
		{"name": "id", "type": "int", "primaryKey": true}, {"name": "a", "type": "text"},
	}}
	i.Want(t, 201, create)
	const limit, room = 500_000, 30
	more.Store(tn.Workspace.ID, plan.Amount{Items: limit - room})
	insert := func(n int) servertest.Request {
		r := inRows(tn, "insertRows", "table", "goods")
		r.JSON = object{"id": n}
		return r
	}
	there := func(want float64) {
		t.Helper()
		page := i.Want(t, 200, inRows(tn, "listRows", "table", "goods")).Object(t)["pagination"].(object)
		if page["total"] != want {
			t.Errorf("%v rows are there, not %v", page["total"], want)
		}
	}
	together(t, i, "rows", room, insert)
	there(room)
	// A bulk that is too large is refused whole; in either form, in CSV, too; an upsert that adds one is.
	first := i.Want(t, 200, querying(inRows(tn, "listRows", "table", "goods"), "limit=2")).Object(t)["data"].([]any)
	i.Want(t, 200, inRows(tn, "deleteRow", "table", "goods", "primaryKey", fmt.Sprint(first[0].(object)["id"])))
	there(room - 1)
	csv := inRows(tn, "restInsert", "table", "goods")
	csv.Raw, csv.Type = []byte("id\n1001\n1002\n"), "text/csv"
	put := body(`{"id":1004,"a":null}`)(querying(inRows(tn, "restPut", "table", "goods"), "id=eq.1004"))
	for _, r := range []servertest.Request{
		body(`[{"id":1001},{"id":1002}]`)(inRows(tn, "insertRows", "table", "goods")),
		body(`[{"id":1001},{"id":1002}]`)(inRows(tn, "restInsert", "table", "goods")), csv,
	} {
		i.Want(t, 403, r)
		there(room - 1)
	}
	i.Want(t, 201, insert(1003))
	i.Want(t, 403, put)
	there(room)
	// What adds no row is none of its business.
	i.Want(t, 200, querying(body(`{"a":"x"}`)(inRows(tn, "updateRows", "table", "goods")), "id=eq.1003"))
	merge := body(`[{"id":1003,"a":"y"}]`)(inRows(tn, "insertRows", "table", "goods"))
	merge.Header = map[string]string{"Prefer": "resolution=merge-duplicates,return=representation"}
	i.Want(t, 200, merge)
	i.Want(t, 200, querying(inRows(tn, "deleteRows", "table", "goods"), "all=true"))
	there(0)

	// Bytes: what is stored never is more than the plan has, as the engine counts it.
	const bytes = 2 << 30
	at := data.Space{WorkspaceID: tn.Workspace.ID, OrgID: tn.Org.ID}
	used, err := i.RowsEngine.Usage(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	const left = 1 << 20
	more.Store(tn.Workspace.ID, plan.Amount{Bytes: bytes - used.Bytes - left})
	var wg sync.WaitGroup
	var mu sync.Mutex
	n, refused := 0, 0
	for k := range 100 {
		wg.Go(func() {
			r := inRows(tn, "insertRows", "table", "goods")
			text := make([]byte, 48<<10)
			_, _ = rand.Read(text) // which no database can compress
			r.JSON = object{"id": k, "a": base64.StdEncoding.EncodeToString(text)}
			res := i.Do(t, r)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case res.Status == 201:
				n++
			case res.Status == 403 && code(t, res) == "FEATURE_LIMIT_REACHED":
				refused++
			default:
				t.Errorf("%d %.200s", res.Status, res.Body)
			}
		})
	}
	wg.Wait()
	now, err := i.RowsEngine.Usage(t.Context(), at)
	if err != nil || n == 0 || refused == 0 {
		t.Errorf("%d were made, %d refused: %v", n, refused, err)
	}
	if now.Rows != int64(n) {
		t.Errorf("%d rows were made, %d are there", n, now.Rows)
	}
	there(float64(n))
}

func boundsCollections(t *testing.T, i *servertest.Instance) {
	tn := i.Tenant(t, plan.Starter)
	together(t, i, "collections", 10, func(n int) servertest.Request {
		r := inStorage(tn, "insertDocuments", "collection", fmt.Sprint("c", n))
		r.JSON = object{"n": n}
		return r
	})
	list := i.Want(t, 200, inStorage(tn, "listCollections")).Object(t)["items"].([]any)
	if len(list) != 10 {
		t.Errorf("%d collections are there", len(list))
	}
	// An index, an upsert and a bulk make a collection, too.
	index := inStorage(tn, "createDocumentIndex", "collection", "more")
	index.JSON = object{"keys": object{"a": 1}}
	upsert := inStorage(tn, "updateDocument", "collection", "more", "documentId", "x")
	upsert.JSON, upsert.RawQuery = object{"$set": object{"a": 1}}, "upsert=true"
	bulk := inStorage(tn, "bulkDocuments", "collection", "more")
	bulk.JSON = object{"operations": []any{object{"insertOne": object{"document": object{"a": 1}}}}}
	for _, r := range []servertest.Request{index, upsert, bulk} {
		if res := i.Want(t, 403, r); code(t, res) != "FEATURE_LIMIT_REACHED" {
			t.Errorf("%s: %s", r.Operation, res.Body)
		}
	}
	if list := i.Want(t, 200, inStorage(tn, "listCollections")).Object(t)["items"].([]any); len(list) != 10 {
		t.Errorf("%d collections are there", len(list))
	}
}

func boundsStoredDocuments(t *testing.T, i *servertest.Instance) {
	tn := i.Tenant(t, plan.Starter)
	const limit, room = 100_000, 30
	count := func(stock documents.Stock, amount plan.Amount) {
		t.Helper()
		if err := stock.Change(tn.As(), tn.Workspace.ID, amount); err != nil {
			t.Fatal(err)
		}
	}
	count(i.Documents.Stock, plan.Amount{Items: limit - room})
	insert := func(n int) servertest.Request {
		r := inStorage(tn, "insertDocuments", "collection", "orders")
		r.JSON = object{"_id": fmt.Sprint("d", 1000+n)}
		return r
	}
	there := func(want float64) {
		t.Helper()
		page := i.Want(t, 200, inStorage(tn, "listDocuments", "collection", "orders")).Object(t)["pagination"].(object)
		if page["total"] != want {
			t.Errorf("%v documents are there, not %v", page["total"], want)
		}
	}
	together(t, i, "documents", room, insert)
	there(room)
	count(i.Documents.Stock, plan.Amount{Items: -1})
	several := inStorage(tn, "insertDocuments", "collection", "orders")
	several.JSON = []object{{"_id": "a"}, {"_id": "b"}}
	bulk := inStorage(tn, "bulkDocuments", "collection", "orders")
	bulk.JSON = object{"operations": []any{
		object{"insertOne": object{"document": object{"_id": "a"}}},
		object{"updateOne": object{"filter": object{"_id": "b"}, "update": object{"$set": object{"x": 1}}, "upsert": true}},
	}}
	for _, r := range []servertest.Request{several, bulk} {
		i.Want(t, 403, r)
		there(room)
	}
	upsert := inStorage(tn, "updateDocument", "collection", "orders", "documentId", "u")
	upsert.JSON, upsert.RawQuery = object{"$set": object{"x": 1}}, "upsert=true"
	i.Want(t, 201, upsert)
	upsert.Path["documentId"] = "v"
	i.Want(t, 403, upsert)
	there(room + 1)

	// Bytes: documents of the same size, of which so many fit.
	count(i.Documents.Stock, plan.Amount{Items: -1000})
	text := strings.Repeat("x", 4000)
	sized := func(n int) servertest.Request {
		r := inStorage(tn, "insertDocuments", "collection", "orders")
		r.JSON = object{"_id": fmt.Sprint("e", 1000+n), "text": text}
		return r
	}
	before, err := i.Documents.Stock.Used(tn.As(), tn.Workspace.ID)
	if err != nil {
		t.Fatal(err)
	}
	i.Want(t, 201, sized(999))
	used, err := i.Documents.Stock.Used(tn.As(), tn.Workspace.ID)
	if err != nil {
		t.Fatal(err)
	}
	each := used.Bytes - before.Bytes
	if each < 4000 {
		t.Errorf("a document of 4,000 bytes counts as %d", each)
	}
	count(i.Documents.Stock, plan.Amount{Bytes: 1<<30 - used.Bytes - each*room - each/2})
	together(t, i, "documents within the bytes", room, sized)
	there(room + 2 + room)
	grow := inStorage(tn, "updateDocument", "collection", "orders", "documentId", "u")
	grow.JSON = object{"$set": object{"text": text}}
	i.Want(t, 403, grow)
	grow.Operation, grow.JSON = "replaceDocument", object{"text": text}
	i.Want(t, 403, grow)
	if now, err := i.Documents.Stock.Used(tn.As(), tn.Workspace.ID); err != nil || now.Bytes > 1<<30 {
		t.Errorf("%v, %v", now, err)
	}
}

package storetest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/alania-go/alania/domain/data/documents"
	"github.com/alania-go/alania/domain/data/documents/documentstest"
	"github.com/alania-go/alania/engine/documents/mongo"
	"github.com/alania-go/alania/engine/documents/mongo/mongotest"
	"github.com/alania-go/alania/engine/guard"
	"github.com/alania-go/alania/store"
)

// The cases of what documents mean, through the service and a server that speaks MongoDB's protocol. What that server
// does not have is in a list of its own.
func TestMongoConforms(t *testing.T) {
	url := mongotest.Start(t)
	folder := os.Getenv("CONFORMANCE")
	if folder == "" {
		t.Skip("the cases are not part of the project: CONFORMANCE names the folder that has them")
	}
	cases, err := documentstest.Read(filepath.Join(folder, "documents", "cases.jsonl"))
	must(t, err)
	exceptions, err := documentstest.Exceptions("testdata/mongo_exceptions.txt")
	must(t, err)
	served := documenting(t, store.SQLite)
	served.Service = onMongo(t, served.Service, url)
	documentstest.Run(t, cases, exceptions, served.Driver)
}

// onMongo is the service with a server as its engine.
func onMongo(t *testing.T, s *documents.Service, url string) *documents.Service {
	t.Helper()
	o := s.Options
	engine, err := mongo.Open(url, guard.Operator(), o.Now)
	must(t, err)
	t.Cleanup(func() { _ = engine.Close() })
	o.Engine = engine
	return documents.NewService(o)
}

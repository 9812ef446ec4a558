package storetest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/alania-go/alania/domain/data/documents"
	"github.com/alania-go/alania/domain/data/documents/documentstest"
	"github.com/alania-go/alania/domain/data/documents/embedded"
	"github.com/alania-go/alania/domain/entitlement"
	"github.com/alania-go/alania/domain/pixel"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/store"
)

// documenting makes the service of documents over a database of its own.
func documenting(t testing.TB, e store.Engine) documentstest.Served {
	t.Helper()
	clock := newHands()
	m := meterWith(connect(t, database(t, e), clock.now), clock.now, pixel.Options{})
	orgID := newOrg(t, m.Store, plan.Enterprise)
	return documentstest.Served{
		Ctx: as(t, orgID), Workspace: newWorkspaceOn(t, m.Store, orgID, plan.Enterprise, noon, workspace.Mongo),
		Service: documents.NewService(documents.Options{
			Engine: embedded.New(m.Store, m.stores.Documents, string(e), clock.now), Workspaces: m.workspaces,
			Collections: m.entitlements.Stock(entitlement.Collections, ""),
			Stock:       m.entitlements.Stock(entitlement.Documents, entitlement.DocumentBytes), Audit: m.audit, Now: clock.now,
		}),
	}
}

// The cases of what documents mean, through the service on both databases.
func TestDocumentsConform(t *testing.T) {
	folder := os.Getenv("CONFORMANCE")
	if folder == "" {
		t.Skip("the cases are not part of the project: CONFORMANCE names the folder that has them")
	}
	cases, err := documentstest.Read(filepath.Join(folder, "documents", "cases.jsonl"))
	must(t, err)
	exceptions, err := documentstest.Exceptions("../../domain/data/documents/documentstest/testdata/exceptions.txt")
	must(t, err)
	Each(t, func(t *testing.T, e store.Engine) {
		served := documenting(t, e)
		documentstest.Run(t, cases, exceptions, served.Driver)
		served.Indexed = true
		documentstest.Run(t, cases, exceptions, served.Driver)
	})
}

// The project's own cases, of every operator and stage, through the service on both databases.
func TestDocumentsOwnCases(t *testing.T) {
	cases, err := documentstest.Own()
	must(t, err)
	var finds []documentstest.Case // what an index has to do with
	for _, c := range cases {
		if c.Operation.Kind == "find" {
			finds = append(finds, c)
		}
	}
	Each(t, func(t *testing.T, e store.Engine) {
		served := documenting(t, e)
		documentstest.Run(t, cases, nil, served.Driver)
		served.Indexed = true
		documentstest.Run(t, finds, nil, served.Driver)
	})
}

package documentstest_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/alania-go/alania/domain/data/documents/documentstest"
)

// TestConformance runs cases of other projects' test suites, where there are some.
func TestConformance(t *testing.T) {
	folder := os.Getenv("CONFORMANCE")
	if folder == "" {
		t.Skip("the cases are not part of the project: CONFORMANCE names the folder that has them")
	}
	cases, err := documentstest.Read(filepath.Join(folder, "documents", "cases.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	exceptions, err := documentstest.Exceptions("testdata/exceptions.txt")
	if err != nil {
		t.Fatal(err)
	}
	documentstest.Run(t, cases, exceptions, documentstest.NewMemory)
}

// TestOwn runs the project's own cases.
func TestOwn(t *testing.T) {
	cases, err := documentstest.Own()
	if err != nil {
		t.Fatal(err)
	}
	documentstest.Run(t, cases, nil, documentstest.NewMemory)
}

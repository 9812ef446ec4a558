package suite

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// sdk is the module's folder.
const sdk = "../.."

// blocks are the programs and pieces of programs of the README.
func blocks(t *testing.T) (programs, pieces []string) {
	t.Helper()
	readme, err := os.ReadFile(filepath.Join(sdk, "README.md"))
	ok(t, err)
	for _, found := range regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(string(readme), -1) {
		if strings.HasPrefix(found[1], "package ") {
			programs = append(programs, found[1])
		} else {
			pieces = append(pieces, found[1])
		}
	}
	return programs, pieces
}

// partner makes a module of a partner, who has the SDK of this folder.
func partner(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	folder, err := filepath.Abs(sdk)
	ok(t, err)
	mod, err := os.ReadFile(filepath.Join(sdk, "go.mod"))
	ok(t, err)
	_, requirements, found := strings.Cut(string(mod), "\nrequire")
	if !found {
		t.Fatal("the SDK requires nothing")
	}
	sum, err := os.ReadFile(filepath.Join(sdk, "go.sum"))
	ok(t, err)
	files["go.sum"] = string(sum)
	files["go.mod"] = "module example.com/partner\n\ngo 1.24.0\n\nrequire github.com/alania-go/alania/sdk/go " +
		"v0.0.0\n\nreplace github.com/alania-go/alania/sdk/go => " + folder + "\n\nrequire" + requirements
	for name, content := range files {
		ok(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		ok(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644))
	}
	return dir
}

// imports are the packages that pieces may use without saying so.
var imports = map[string]string{
	"context": "context", "errors": "errors", "fmt": "fmt", "io": "io", "http": "net/http", "os": "os", "url": "net/url",
	"time":   "time",
	"alania": "github.com/alania-go/alania/sdk/go", "platform": "github.com/alania-go/alania/sdk/go/platform",
	"control": "github.com/alania-go/alania/sdk/go/control",
	"core":    "github.com/alania-go/alania/sdk/go/core",
	"option":  "github.com/alania-go/alania/sdk/go/option", "webhook": "github.com/alania-go/alania/sdk/go/webhook",
}

// TestReadme compiles the README's Go.
func TestReadme(t *testing.T) {
	programs, pieces := blocks(t)
	if len(programs) == 0 || len(pieces) < 10 {
		t.Fatalf("%d programs, %d pieces", len(programs), len(pieces))
	}
	files := map[string]string{}
	for i, p := range programs {
		files[fmt.Sprintf("program%d/main.go", i)] = p
	}
	for i, p := range pieces {
		head := "package piece\n\nimport (\n"
		// What stands before each piece: a context, a client and ids.
		body := "func piece(ctx context.Context, client *alania.Client, orgID, workspaceID string) error {\n{\n" + p +
			"}\nreturn nil\n}\n"
		for name, path := range imports {
			if regexp.MustCompile(`(^|[^\w.])` + name + `\.`).MatchString(body) {
				head += name + " \"" + path + "\"\n"
			}
		}
		files[fmt.Sprintf("piece%d/piece.go", i)] = head + ")\n\n" + body + "\nvar _ = piece\n"
	}
	vet := exec.Command("go", "vet", "./...")
	vet.Dir = partner(t, files)
	if out, err := vet.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestQuickstart runs the README's program.
func TestQuickstart(t *testing.T) {
	programs, _ := blocks(t)
	run := exec.Command("go", "run", ".")
	run.Dir = partner(t, map[string]string{"main.go": programs[0]})
	run.Env = append(os.Environ(), "ALANIA_BASE_URL="+running.url, "ALANIA_CLIENT_ID="+clientID,
		"ALANIA_CLIENT_SECRET="+clientSecret)
	out, err := run.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "created wks_") || !strings.Contains(string(out), " Quickstart\n") {
		t.Errorf("%v\n%s", err, out)
	}
}

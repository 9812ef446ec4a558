package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What x-sdk says becomes a name in Go by these rules. To change one renames published methods.
func TestNames(t *testing.T) {
	for name, want := range map[string]string{
		"workspaces": "Workspaces", "apiKeys": "APIKeys", "apiKey": "APIKey", "mcp": "MCP", "seoReports": "SEOReports",
		"create": "Create", "updateSettings": "UpdateSettings", "listUserApiKeys": "ListUserAPIKeys",
		"getSyncRunV1": "GetSyncRunV1",
		"getJwks":      "GetJwks", "getOAuthServerMetadata": "GetOAuthServerMetadata", "getById": "GetByID",
		"listUrls": "ListUrls",
	} {
		if got := goName(name); got != want {
			t.Errorf("%s is %s in Go, not %s", name, got, want)
		}
	}
	for name, want := range map[string]string{
		"org_id": "orgID", "userId": "userID", "filter[status_code]": "filterStatusCode", "type": "type_", "body": "body_",
		"URL": "url",
	} {
		if got := argument(name); got != want {
			t.Errorf("the argument %s is %s", name, got)
		}
	}
}

// project copies what the generator reads, and the handwritten part of the SDK, and adds a
// contract in a style that no published one has.
func project(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	put := func(name string, content []byte) {
		t.Helper()
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	sources, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(filepath.Join(sources, "sdk"), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if d.Name() == "suite" || d.Name() == "typescript" {
				return filepath.SkipDir
			}
			return nil
		}
		generated := strings.HasSuffix(path, ".gen.go") && filepath.Base(path) != "models.gen.go"
		if generated || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(sources, path)
		if err != nil {
			return err
		}
		put(rel, content)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	bundles, err := filepath.Glob("../dist/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(bundles, "testdata/fleet.json") {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		put("openapi/dist/"+filepath.Base(file), content)
	}
	put("sdk/go/fleet/models.gen.go", nil)
	put("sdk/go/gone/things.gen.go", []byte("package gone\n"))
	models := exec.Command("go", "run", "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen",
		"-config", "openapi/sdk.oapi-codegen.yaml", "-package", "fleet", "-o",
		filepath.Join(dir, "sdk/go/fleet/models.gen.go"), "openapi/sdkgen/testdata/fleet.json")
	models.Dir = sources
	if out, err := models.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return dir
}

// Names of the SDK are those of x-sdk. A tag that is renamed, and an operation whose name is the plural of another's,
// change none of them; an operation without a name, or with one that is taken, is refused.
func TestExplicitNames(t *testing.T) {
	dir := project(t)
	bundle := filepath.Join(dir, "openapi/dist/fleet.json")
	original, err := os.ReadFile(bundle)
	if err != nil {
		t.Fatal(err)
	}
	generate := func(from, to string) (string, error) {
		t.Helper()
		if !strings.Contains(string(original), from) {
			t.Fatalf("the bundle does not have %s", from)
		}
		if err := os.WriteFile(bundle, []byte(strings.ReplaceAll(string(original), from, to)), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := run(dir); err != nil {
			return "", err
		}
		made, err := os.ReadFile(filepath.Join(dir, "sdk/go/fleet/functions.gen.go"))
		if err != nil {
			t.Fatal(err)
		}
		var methods []string
		for line := range strings.Lines(string(made)) {
			if strings.HasPrefix(line, "func (s *FunctionsService) ") {
				methods = append(methods, line)
			}
		}
		return strings.Join(methods, ""), nil
	}
	was, err := generate(`"operationId"`, `"operationId"`)
	if err != nil {
		t.Fatal(err)
	}
	if is, err := generate(`"Functions"`, `"Lambdas"`); err != nil || is != was {
		t.Errorf("with another tag (%v):\n%s\nwas\n%s", err, is, was)
	}
	plural := `"/v1/functions/all": {"post": {"operationId": "createFunctions", "x-sdk": {"resource": "functions", "method": "createMany"},
		"tags": ["Functions"], "summary": "Create", "description": "d", "responses": {"204": {"description": "d"}}}}, "/v1/functions": {`
	is, err := generate(`"/v1/functions": {`, plural)
	if err != nil || strings.Replace(is, ") CreateMany(", "", 1) == is {
		t.Errorf("with a plural (%v):\n%s", err, is)
	}
	for line := range strings.Lines(was) {
		if !strings.Contains(is, line) {
			t.Errorf("with a plural, this is gone: %s", line)
		}
	}
	for _, to := range []string{
		`"functions"}`, `"functions", "method": "Delete All"}`, `"functions", "method": "deleteFunction"}`,
	} {
		if _, err := generate(`"functions", "method": "deleteFunctions"}`, to); err == nil ||
			!strings.Contains(err.Error(), "x-sdk") {
			t.Errorf("%s is taken: %v", to, err)
		}
	}
}

// TestNewContract makes the SDK with a contract more, and compiles it: pages with other
// members, bodies that are no JSON, headers that are always required, alternatives.
func TestNewContract(t *testing.T) {
	dir := project(t)
	if err := run(dir); err != nil {
		t.Fatal(err)
	}
	vet := exec.Command("go", "vet", "./...")
	vet.Dir = filepath.Join(dir, "sdk", "go")
	if out, err := vet.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	read := func(name string) string {
		b, err := os.ReadFile(filepath.Join(dir, "sdk", "go", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	for name, wants := range map[string][]string{
		"client.gen.go": {"Fleet    *fleet.Client"},
		"fleet/functions.gen.go": {
			"List(ctx context.Context, tenantID TenantID, params ListFunctionsParams, opts ...option.RequestOption) " +
				"(*FunctionPage, error)",
			"ListAutoPaging(ctx context.Context, tenantID TenantID, params ListFunctionsParams, opts ...option.RequestOption) " +
				"iter.Seq2[Function, error]",
			`transport.AddHeader(h, "X-API-Version", "2026-01-01")`, `transport.AddQuery(q, "state", p.State, false)`,
			"Create(ctx context.Context, tenantID TenantID, body FunctionSpec, opts ...option.RequestOption) (*Function, error)",
			"IdempotencyKey: true", `"application/merge-patch+json"`,
			"PutCode(ctx context.Context, type_ int64, body io.Reader, opts ...option.RequestOption) error",
			"GetCode(ctx context.Context, type_ int64, opts ...option.RequestOption) ([]byte, error)",
			`Accept: "application/zip"`,
			"PutArchive(ctx context.Context, body io.Reader, opts ...option.RequestOption) error", "Sends:",
			"GetArchive(ctx context.Context, opts ...option.RequestOption) (io.ReadCloser, error)", "Opens:",
			"ReadLogs(ctx context.Context, params ReadLogsParams, opts ...option.RequestOption) iter.Seq2[sse.Event, error]",
			") DeleteFunctions(ctx", ") DeleteFunction(ctx", "Scopes: tenants:read.",
		},
		"fleet/seo.gen.go": {
			"ListChecksAutoPaging(ctx context.Context, params ListChecksParams, opts ...option.RequestOption) " +
				"iter.Seq2[string, error]",
			"Deprecated: use /v2/checks. It is removed on 2027-03-31.", "transport.Public",
			"RunCheck(ctx context.Context, body *json.RawMessage, opts ...option.RequestOption) (json.RawMessage, error)",
		},
		"fleet/events.gen.go": {`"function.failed": webhook.Decode[FunctionFailed]`},
		"api.md":              {"Fleet.Functions.List("},
	} {
		content := read(name)
		for _, want := range wants {
			if !strings.Contains(content, want) {
				t.Errorf("%s lacks %s\n%s", name, want, content)
			}
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "sdk/go/gone")); !os.IsNotExist(err) {
		t.Error("a contract that is no more is still there")
	}
}

// What is committed is what the generator makes, byte for byte, every time.
func TestCommitted(t *testing.T) {
	dir := project(t)
	for _, file := range []string{"openapi/dist/fleet.json", "sdk/go/fleet/models.gen.go"} {
		if err := os.Remove(filepath.Join(dir, file)); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := run(dir); err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, pattern := range []string{"*.gen.go", "*/*.gen.go", "*/*/*.gen.go", "api.md"} {
			found, err := filepath.Glob(filepath.Join(dir, "sdk/go", pattern))
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, found...)
		}
		slices.Sort(names)
		if len(names) < 10 {
			t.Fatalf("%d files", len(names))
		}
		for _, name := range names {
			rel, err := filepath.Rel(dir, name)
			if err != nil {
				t.Fatal(err)
			}
			made, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			committed, err := os.ReadFile(filepath.Join("../..", rel))
			if err != nil || string(made) != string(committed) {
				t.Errorf("%s is not what is generated (%v): run make generate", rel, err)
			}
		}
	}
}

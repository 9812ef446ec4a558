package suite

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	alania "github.com/alania-go/alania/sdk/go"
	"github.com/alania-go/alania/sdk/go/option"
	"github.com/alania-go/alania/sdk/go/platform"
)

const (
	root         = "../../../.."
	apiKey       = "sk_live_sdksuite_0123456789abcdef0123456789abcdef"
	clientID     = "cli_suite"
	clientSecret = "a-client-secret-of-32-characters-or-more"
	adminEmail   = "admin@suite.example.com"
	password     = "correct horse battery"
)

// running is the server, which all tests share.
var running struct {
	url string
	*exec.Cmd
	log *output
}

type output struct {
	mu sync.Mutex
	b  strings.Builder
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

func TestMain(m *testing.M) {
	if _, err := os.Stat(filepath.Join(root, "cmd", "alania")); err != nil {
		fmt.Println("skipped: the server's source is not here")
		return
	}
	dir, err := os.MkdirTemp("", "alania-sdk-")
	if err == nil {
		err = start(dir)
	}
	code := 1
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	} else {
		code = m.Run()
		if code != 0 {
			for line := range strings.Lines(running.log.String()) {
				if !strings.Contains(line, "getReadiness") { // asked until it was ready
					fmt.Fprintf(os.Stderr, "%.1000s\n", strings.TrimSpace(line))
				}
			}
		}
	}
	if running.Cmd != nil && running.Process != nil {
		_ = running.Process.Kill()
		_ = running.Wait()
	}
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// start builds and starts the server on SQLite, or on the empty database that
// ALANIA_TEST_DATABASE_URL names: cmd/alania's tests name one of PostgreSQL.
func start(dir string) error {
	program := filepath.Join(dir, "alania")
	// The flags are those of `make build`, so that the build cache serves both.
	build := exec.Command("go", "build", "-buildvcs=false", "-trimpath", "-gcflags=all=-dwarf=false", "-ldflags",
		"-s -w -X main.version=v0.0.0-test", "-o", program, "./cmd/alania")
	build.Dir, build.Env = root, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build the server: %w\n%s", err, out)
	}
	database := os.Getenv("ALANIA_TEST_DATABASE_URL")
	if database == "" {
		database = "sqlite://" + filepath.Join(dir, "alania.db")
	}
	running.log = &output{}
	c := exec.Command(program, "serve")
	c.Dir, c.Stderr = dir, running.log
	c.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir,
		"ALANIA_ADDR=127.0.0.1:0", "ALANIA_METRICS_ADDR=off", "ALANIA_LOG_LEVEL=warn", "ALANIA_DATABASE_URL=" + database,
		"ALANIA_OBJECTS_URL=file://" + filepath.Join(dir, "objects"),
		"ALANIA_SECRET_KEY=MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
		"ALANIA_BOOTSTRAP_API_KEY=" + apiKey, "ALANIA_BOOTSTRAP_CLIENT_ID=" + clientID,
		"ALANIA_BOOTSTRAP_CLIENT_SECRET=" + clientSecret,
		"ALANIA_BOOTSTRAP_EMAIL=" + adminEmail, "ALANIA_BOOTSTRAP_PASSWORD=" + password,
		"ALANIA_WEBHOOK_ALLOW_NETS=127.0.0.0/8", "ALANIA_WEBHOOK_ALLOW_HTTP=true",
		"ALANIA_CONNECTOR_ALLOW_NETS=127.0.0.0/8", "ALANIA_CONNECTOR_ALLOW_HTTP=true",
	}
	stdout, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return err
	}
	running.Cmd = c
	serving := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(stdout)
		for lines.Scan() {
			if _, at, ok := strings.Cut(lines.Text(), " serves "); ok {
				serving <- at
			}
		}
		close(serving)
	}()
	select {
	case running.url = <-serving:
	case <-time.After(time.Minute):
	}
	if running.url == "" {
		return fmt.Errorf("the server does not start\n%s", running.log)
	}
	probe := alania.NewClient(option.WithBaseURL(running.url))
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if _, err = probe.Platform.Health.GetReadiness(context.Background(), option.WithMaxRetries(0)); err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("the server is not ready: %w\n%s", err, running.log)
		}
	}
}

// newClient signs in as the first organization's OAuth client.
func newClient(opts ...option.RequestOption) *alania.Client {
	return alania.NewClient(append([]option.RequestOption{
		option.WithBaseURL(running.url), option.WithClientCredentials(clientID, clientSecret),
	}, opts...)...)
}

// firstOrg returns the id of the organization that the credentials act in.
func firstOrg(t *testing.T, c *alania.Client) platform.OrgID {
	t.Helper()
	for o, err := range c.Platform.Organizations.ListAutoPaging(t.Context(), platform.ListOrgsParams{}) {
		if err != nil {
			t.Fatal(err)
		}
		return o.ID
	}
	t.Fatal("no organization")
	return ""
}

// must returns a value, or ends the test.
func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// unique makes a name that no other run of a test has.
func unique(name string) string { return name + strings.ToLower(rand.Text()[:8]) }

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// eventually waits for what happens in the background, such as a delivery.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(90 * time.Second); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}

// delivery is a webhook as it came.
type delivery struct {
	header http.Header
	body   []byte
}

// outside is the tenant's side: a receiver of webhooks, a system that is read, an MCP server.
type outside struct {
	*httptest.Server
	mu         sync.Mutex
	deliveries []delivery
}

func newOutside(t *testing.T) *outside {
	o := &outside{}
	ended := make(chan struct{})
	mux := http.NewServeMux()
	mux.HandleFunc("/hook", func(_ http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		o.mu.Lock()
		defer o.mu.Unlock()
		o.deliveries = append(o.deliveries, delivery{r.Header, b})
	})
	mux.HandleFunc("/fail", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
	mux.HandleFunc("/items", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"items":[{"id":"1"},{"id":"2"}],"next":null}`)
	})
	// A page that has a next one, whose answer does not come while the test runs.
	mux.HandleFunc("/endless", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("cursor") != "" {
			select {
			case <-r.Context().Done():
			case <-ended:
			}
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"items":[{"id":"1"}],"next":"more"}`)
	})
	mux.HandleFunc("POST /mcp", mcp)
	o.Server = httptest.NewServer(mux)
	t.Cleanup(func() {
		close(ended)
		o.CloseClientConnections()
		o.Close()
	})
	return o
}

// got are the deliveries until now.
func (o *outside) got() []delivery {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.deliveries)
}

// mcp is a small MCP server with one tool and one resource.
func mcp(w http.ResponseWriter, r *http.Request) {
	var m struct {
		ID     json.RawMessage `json:"id"`
		Method string          `json:"method"`
		Params struct {
			ProtocolVersion string `json:"protocolVersion"`
			URI             string `json:"uri"`
		} `json:"params"`
	}
	if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if m.ID == nil { // a notification
		w.WriteHeader(http.StatusAccepted)
		return
	}
	type object = map[string]any
	var result any = object{}
	switch m.Method {
	case "initialize":
		result = object{
			"protocolVersion": m.Params.ProtocolVersion, "capabilities": object{"tools": object{}, "resources": object{}},
			"serverInfo": object{"name": "suite", "version": "1"},
		}
	case "tools/list":
		result = object{
			"tools": []object{
				{
					"name": "echo", "description": "Says it again",
					"inputSchema": object{"type": "object", "properties": object{"text": object{"type": "string"}}},
				},
			},
		}
	case "tools/call":
		result = object{"content": []object{{"type": "text", "text": "again"}}}
	case "resources/list":
		result = object{"resources": []object{{"uri": resource, "name": "readme"}}}
	case "resources/read":
		result = object{"contents": []object{{"uri": m.Params.URI, "mimeType": "text/plain", "text": "hello"}}}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(object{"jsonrpc": "2.0", "id": m.ID, "result": result})
}

const resource = "suite://files/a b/readme.md"

// recorder notes which operations of which contract were answered with a success.
type recorder struct {
	mu     sync.Mutex
	routes []route
	called map[string]bool // contract.operationId
}

type route struct {
	method, name string
	path         *regexp.Regexp
	literal      int // characters of the path that are no parameters
}

// newRecorder reads the bundles.
func newRecorder(t *testing.T) *recorder {
	t.Helper()
	rec := &recorder{called: map[string]bool{}}
	files, err := filepath.Glob(filepath.Join(root, "openapi", "dist", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		contract := strings.TrimSuffix(filepath.Base(file), ".json")
		if contract == "openapi" {
			continue
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var doc struct {
			Paths map[string]map[string]json.RawMessage
		}
		ok(t, json.Unmarshal(raw, &doc))
		for path, item := range doc.Paths {
			var pattern strings.Builder
			literal := 0
			for i, part := range regexp.MustCompile(`\{[^}]*\}`).Split(path, -1) {
				if i > 0 {
					pattern.WriteString("[^/]+")
				}
				pattern.WriteString(regexp.QuoteMeta(part))
				literal += len(part)
			}
			for method, raw := range item {
				var op struct {
					ID string `json:"operationId"`
				}
				if json.Unmarshal(raw, &op) == nil && op.ID != "" {
					rec.routes = append(rec.routes,
						route{
							strings.ToUpper(method), contract + "." + op.ID, regexp.MustCompile("^" + pattern.String() + "$"), literal,
						})
				}
			}
		}
	}
	slices.SortFunc(rec.routes, func(a, b route) int { return b.literal - a.literal })
	if len(rec.routes) == 0 {
		t.Fatal("no operations in the bundles")
	}
	return rec
}

// RoundTrip sends a request and notes it.
func (rec *recorder) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := http.DefaultTransport.RoundTrip(r)
	if err == nil && res.StatusCode/100 == 2 {
		for _, route := range rec.routes {
			if route.method == r.Method && route.path.MatchString(r.URL.EscapedPath()) {
				rec.mu.Lock()
				rec.called[route.name] = true
				rec.mu.Unlock()
				break
			}
		}
	}
	return res, err
}

// missing are the operations of a contract that had no success.
func (rec *recorder) missing(contract string) []string {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	var out []string
	for _, route := range rec.routes {
		if strings.HasPrefix(route.name, contract+".") && !rec.called[route.name] {
			out = append(out, route.name)
		}
	}
	slices.Sort(out)
	return out
}

// succeeded counts the operations that had a success.
func (rec *recorder) succeeded() int {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	return len(rec.called)
}

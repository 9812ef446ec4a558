package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	storetest.Stop()
	if built != "" {
		_ = os.RemoveAll(filepath.Dir(built))
	}
	os.Exit(code)
}

var built string

// binary returns the path of the program, which is built once: what these tests start,
// stop and kill is what operators run. The flags are those of `make build`, so that the
// build cache serves both.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "alania-build-")
	if err != nil {
		return "", err
	}
	built = filepath.Join(dir, "alania")
	c := exec.Command("go", "build", "-buildvcs=false", "-trimpath", "-gcflags=all=-dwarf=false", "-ldflags",
		"-s -w -X main.version=v0.0.0-test", "-o", built, ".")
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return built, nil
})

const (
	testKey       = "sk_live_killtest1_0123456789abcdef0123456789abcdef"
	testClient    = "cli_test"
	testSecret    = "a-client-secret-of-32-characters-or-more"
	testSecretKey = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
)

// settings returns the environment of a server of the test's own on a database of its own.
func settings(t testing.TB, e store.Engine) map[string]string {
	t.Helper()
	return map[string]string{
		"ALANIA_ADDR": "127.0.0.1:0", "ALANIA_METRICS_ADDR": "off", "ALANIA_LOG_LEVEL": "warn", "ALANIA_DRAIN_DELAY": "0s",
		"ALANIA_DATABASE_URL": storetest.URL(t, e), "ALANIA_OBJECTS_URL": "file://" + filepath.Join(t.TempDir(), "objects"),
		"ALANIA_SECRET_KEY": testSecretKey, "ALANIA_BOOTSTRAP_API_KEY": testKey,
		"ALANIA_BOOTSTRAP_CLIENT_ID": testClient, "ALANIA_BOOTSTRAP_CLIENT_SECRET": testSecret,
	}
}

// process is a running server.
type process struct {
	*exec.Cmd
	URL    string
	Stdout *output
	Stderr *output
	ended  chan struct{}
	err    error // of Wait, once ended is closed
}

// output collects what a process writes.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// start runs the program in a folder, and returns it when it is ready. It is killed with the
// test when it still runs then.
func start(t testing.TB, dir string, env map[string]string, args ...string) *process {
	t.Helper()
	program, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{Cmd: exec.Command(program, args...), Stdout: &output{}, Stderr: &output{}, ended: make(chan struct{})}
	p.Dir = dir
	p.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir}
	for name, v := range env {
		p.Env = append(p.Env, name+"="+v)
	}
	stdout, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.Cmd.Stderr = p.Stderr
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	serving := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(stdout)
		for lines.Scan() {
			fmt.Fprintln(p.Stdout, lines.Text())
			if _, at, ok := strings.Cut(lines.Text(), " serves "); ok {
				serving <- at
			}
		}
		p.err = p.Wait()
		close(p.ended)
	}()
	t.Cleanup(func() {
		_ = p.Process.Kill()
		<-p.ended
	})
	select {
	case p.URL = <-serving:
	case <-p.ended:
		t.Fatalf("the server ended: %v\n%s%s", p.err, p.Stdout, p.Stderr)
	case <-time.After(time.Minute):
		t.Fatalf("the server does not start\n%s%s", p.Stdout, p.Stderr)
	}
	// It is ready when its worker has looked for jobs.
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		status, _, answer := call(http.MethodGet, p.URL+"/readyz", "", nil, nil)
		if status == http.StatusOK {
			return p
		}
		if time.Now().After(deadline) {
			t.Fatalf("the server is not ready: %v\n%s", answer, p.Stderr)
		}
	}
}

// wait returns the exit status.
func (p *process) wait(t testing.TB) int {
	t.Helper()
	select {
	case <-p.ended:
	case <-time.After(30 * time.Second):
		t.Fatal("the server does not end")
	}
	return p.ProcessState.ExitCode()
}

// kill ends it as a power failure would: nothing of the program runs any more.
func (p *process) kill(t testing.TB) {
	t.Helper()
	if err := p.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	p.wait(t)
}

var client = &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{
	MaxIdleConnsPerHost: 32, TLSClientConfig: &tls.Config{RootCAs: throwaway.pool},
}}

type object = map[string]any

// call sends a request and reads the answer; status 0 is none.
func call(
	method, target, bearer string, header map[string]string, body any,
) (status int, h http.Header, answer object) {
	var r io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			panic(err)
		}
		r = bytes.NewReader(b)
	}
	req, err := http.NewRequest(method, target, r)
	if err != nil {
		panic(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if bearer != "" {
		req.Header.Set("Authorization", "Bearer "+bearer)
	}
	for name, v := range header {
		req.Header.Set(name, v)
	}
	return do(req)
}

func do(req *http.Request) (int, http.Header, object) {
	res, err := client.Do(req)
	if err != nil {
		return 0, nil, nil
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, nil, nil // cut off: nothing was acknowledged
	}
	var answer object
	_ = json.Unmarshal(b, &answer)
	return res.StatusCode, res.Header, answer
}

// token gets an access token; its status is 200 when that worked.
func token(base, clientID, secret string) (int, string) {
	form := url.Values{"grant_type": {"client_credentials"}}
	req, err := http.NewRequest(http.MethodPost, base+"/v2/auth/token", strings.NewReader(form.Encode()))
	if err != nil {
		panic(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(clientID+":"+secret)))
	status, _, answer := do(req)
	s, _ := answer["access_token"].(string)
	return status, s
}

// firstOrg returns the id of the one org.
func firstOrg(t testing.TB, p *process) string {
	t.Helper()
	status, _, answer := call(http.MethodGet, p.URL+"/v2/orgs", testKey, nil, nil)
	if status != http.StatusOK {
		t.Fatalf("the list of organizations: status %d, %v\n%s", status, answer, p.Stderr)
	}
	return answer["data"].([]any)[0].(object)["id"].(string)
}

// pages reads a list to its end.
func pages(t testing.TB, target string) []object {
	t.Helper()
	var out []object
	for cursor := ""; ; {
		q := url.Values{"limit": {"100"}}
		if cursor != "" {
			q.Set("cursor", cursor)
		}
		separator := "?"
		if strings.Contains(target, "?") {
			separator = "&"
		}
		status, _, answer := call(http.MethodGet, target+separator+q.Encode(), testKey, nil, nil)
		if status != http.StatusOK {
			t.Fatalf("%s: status %d, %v", target, status, answer)
		}
		for _, v := range answer["data"].([]any) {
			out = append(out, v.(object))
		}
		if cursor, _ = answer["next_cursor"].(string); cursor == "" {
			return out
		}
	}
}

// alania runs a command in this process and returns what it printed.
func alania(t testing.TB, env map[string]string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var out output
	c := command{
		args: args, out: &out, err: io.Discard, lookup: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
	}
	err := c.run(ctx)
	return out.String(), err
}

// column finds a value that the command line printed after its name.
func column(t testing.TB, text, name string) string {
	t.Helper()
	m := regexp.MustCompile(`(?m)^` + name + `\s+(\S+)`).FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("no %s in:\n%s", name, text)
	}
	return m[1]
}

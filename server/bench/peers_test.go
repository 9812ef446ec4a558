package bench

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

var (
	rounds   = flag.Int("rounds", 5, "how often each program answers each operation")
	duration = flag.Duration("duration", 3*time.Second, "how long one of them lasts")
	seeded   = flag.Int("seeded", 10_000, "workspaces that are there at the start")
	engines  = flag.String("engines", "sqlite,postgres", "databases to measure on")
	only     = flag.String("only", "", "programs to measure beside bare; all when empty")
	builds   = flag.String("builds", "", "NAME=FILE,…: builds of ours to compare, instead of this tree's")
	ops      = flag.String("operations", "get,list,create", "operations to measure")
	profiles = flag.String("profiles", "", "folder for profiles of ours, which cost time")
)

const (
	connections = 16
	key         = "sk_live_benchmrk_0123456789abcdef0123456789abcdef"
	secretKey   = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
	ours        = "alania"
)

func TestMain(m *testing.M) {
	if name := os.Getenv("ALANIA_BENCH_PEER"); name != "" {
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		defer stop()
		if err := Serve(ctx, name, os.Getenv("ALANIA_DATABASE_URL"), func(addr string) {
			fmt.Println("http://" + addr)
		}); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	flag.Parse()
	storetest.Main(m)
}

// program is a server under test.
type program struct {
	name, url, mallocs string
	cmd                *exec.Cmd
	org                string
	workspaces         []string
	seen               map[string][]figure // by operation, one a round
}

// figure is what one round of one operation says.
type figure struct{ perSecond, cpu, mallocs float64 }

// TestPeers measures, and prints the tables of docs/benchmarks.md. It fails when a program does
// not answer as it should, never because of a figure.
func TestPeers(t *testing.T) {
	if _, err := exec.LookPath("taskset"); err != nil {
		t.Log("taskset is not there: servers and load share the processors, and the figures are worth less")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	names, binaries := []string{"bare", "huma", "stock"}, map[string]string{}
	if *only != "" {
		names = append([]string{"bare"}, strings.Split(*only, ",")...)
	}
	if *builds == "" {
		names, binaries[ours] = append(names, ours), build(t)
	} else {
		for _, one := range strings.Split(*builds, ",") {
			name, file, _ := strings.Cut(one, "=")
			names, binaries[name] = append(names, name), file
		}
	}
	for _, e := range storetest.Engines {
		if !slices.Contains(strings.Split(*engines, ","), string(e)) {
			continue
		}
		t.Run(string(e), func(t *testing.T) {
			if err := storetest.NoServer(e); err != nil {
				t.Skip(err)
			}
			var programs []*program
			for _, name := range names {
				programs = append(programs, start(t, e, name, binaries, self))
			}
			for round := range *rounds {
				for _, op := range measured() {
					for i := range programs { // another one first each time
						p := programs[(i+round)%len(programs)]
						p.seen[op.name] = append(p.seen[op.name], p.run(t, op))
					}
				}
			}
			report(t, e, programs)
		})
	}
}

// build builds our program as `make build` does.
func build(t *testing.T) string {
	t.Helper()
	root, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/alania-go/alania").Output()
	if err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(t.TempDir(), ours)
	build := exec.Command("go", "build", "-buildvcs=false", "-trimpath", "-gcflags=all=-dwarf=false", "-o", binary,
		"./cmd/alania")
	build.Dir, build.Env = strings.TrimSpace(string(root)), append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return binary
}

// start makes a database with an org and its workspaces, and runs a program on it: one of our builds, or a peer.
func start(t *testing.T, e store.Engine, name string, binaries map[string]string, self string) *program {
	t.Helper()
	p := &program{name: name, seen: map[string][]figure{}}
	database := storetest.URL(t, e)
	env := append(os.Environ(),
		"ALANIA_ADDR=127.0.0.1:0", "ALANIA_METRICS_ADDR=127.0.0.1:0", "ALANIA_DRAIN_DELAY=0s", "ALANIA_SECRET_KEY="+secretKey,
		"ALANIA_BOOTSTRAP_API_KEY="+key, "ALANIA_OBJECTS_URL=file://"+filepath.Join(t.TempDir(), "objects"),
		"ALANIA_DATABASE_URL="+database)
	binary, ofOurs := binaries[name]
	made := binary
	for _, b := range binaries { // whichever it is
		if made == "" {
			made = b
		}
	}
	first := &program{name: name} // every database has the rows of a first start
	first.launch(t, made, env, "serve")
	first.wait(t)
	first.stop()
	p.seed(t, database)
	if ofOurs {
		p.launch(t, binary, env, "serve")
	} else {
		p.launch(t, self, append(env, "ALANIA_BENCH_PEER="+name))
	}
	p.wait(t)
	t.Cleanup(p.stop)
	return p
}

// pinned runs a command on one processor, where that can be.
func pinned(cpu int, name string, args ...string) *exec.Cmd {
	if _, err := exec.LookPath("taskset"); err != nil {
		return exec.Command(name, args...)
	}
	return exec.Command("taskset", append([]string{"-c", strconv.Itoa(cpu), name}, args...)...)
}

var address = regexp.MustCompile(`https?://(?:localhost|127\.0\.0\.1):\d+`)

func (p *program) launch(t *testing.T, binary string, env []string, args ...string) {
	t.Helper()
	p.cmd = pinned(0, binary, args...)
	p.cmd.Dir = t.TempDir()
	p.cmd.Env = env
	logs, err := os.Create(filepath.Join(p.cmd.Dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Stderr = logs
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ofOurs := args != nil // it prints where its metrics are, too
	lines := bufio.NewScanner(out)
	for (p.url == "" || ofOurs && p.mallocs == "") && lines.Scan() {
		found := address.FindString(lines.Text())
		switch {
		case found != "" && strings.Contains(lines.Text(), "/metrics"):
			p.mallocs = found + "/metrics"
		case found != "" && p.url == "":
			p.url = found
		}
	}
	if p.url == "" {
		text, _ := os.ReadFile(logs.Name())
		t.Fatalf("%s did not say where it listens: %s", p.name, text)
	}
	go func() { // what it prints after that is of no interest
		for lines.Scan() {
		}
	}()
	if !ofOurs {
		p.mallocs = p.url + "/mallocs"
	}
}

func (p *program) wait(t *testing.T) {
	t.Helper()
	path := "/mallocs"
	if p.cmd.Args[len(p.cmd.Args)-1] == "serve" {
		path = "/readyz"
	}
	for range 200 {
		if res, err := http.Get(p.url + path); err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("%s is not ready", p.name)
}

func (p *program) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	_ = p.cmd.Wait()
}

// seed adds workspaces to the first org, as creates would.
func (p *program) seed(t *testing.T, database string) {
	t.Helper()
	rows, err := Open(database)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var orgID id.ID
	if err := rows.read.Get(&orgID, "SELECT id FROM orgs ORDER BY seq LIMIT 1"); err != nil {
		t.Fatal(err)
	}
	p.org = orgID.Prefixed(id.OrgPrefix)
	tx, err := rows.write.Beginx()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	now := time.Now().UTC().Truncate(time.Microsecond)
	for n := range *seeded {
		workspaceID := id.New()
		at := now.Add(time.Duration(n-*seeded) * time.Second)
		var seq int64
		err := tx.Stmtx(rows.insert).Get(&seq, workspaceID, orgID, "Team", fmt.Sprint("seeded-", n), "active", "enterprise",
			90, `["eu"]`, `{}`,
			"UTC", "en_GB", 1, at, at)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Stmtx(rows.project).Exec(id.NewV4(), orgID, workspaceID, "Default", at, at); err != nil {
			t.Fatal(err)
		}
		p.workspaces = append(p.workspaces, workspaceID.Prefixed(id.WorkspacePrefix))
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if _, err := rows.write.Exec("ANALYZE"); err != nil {
		t.Fatal(err)
	}
}

// operation is one kind of request.
type operation struct {
	name, method string
	status       int
	path         func(p *program, n int64) string
	body         func(n int64) []byte
}

var created atomic.Int64

var operations = []operation{
	{"get", http.MethodGet, http.StatusOK, func(p *program, n int64) string {
		return "/v2/workspaces/" + p.workspaces[int(n*7919)%len(p.workspaces)]
	}, nil},
	{"list", http.MethodGet, http.StatusOK, func(p *program, _ int64) string {
		return "/v2/orgs/" + p.org + "/workspaces?limit=20"
	}, nil},
	{"create", http.MethodPost, http.StatusCreated, func(p *program, _ int64) string {
		return "/v2/orgs/" + p.org + "/workspaces"
	}, func(int64) []byte { return fmt.Appendf(nil, `{"name":"Team","slug":"made-%d"}`, created.Add(1)) }},
}

// measured are the operations that are asked for.
func measured() []operation {
	return slices.DeleteFunc(slices.Clone(operations), func(op operation) bool {
		return !slices.Contains(strings.Split(*ops, ","), op.name)
	})
}

// run answers one operation for a while, from 16 connections.
func (p *program) run(t *testing.T, op operation) figure {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}}
	defer client.CloseIdleConnections()
	var n, answered atomic.Int64
	send := func() error {
		var body io.Reader
		k := n.Add(1)
		if op.body != nil {
			body = bytes.NewReader(op.body(k))
		}
		r, err := http.NewRequest(op.method, p.url+op.path(p, k), body)
		if err != nil {
			return err
		}
		r.Header.Set("Authorization", "Bearer "+key)
		if body != nil {
			r.Header.Set("Content-Type", "application/json")
		}
		res, err := client.Do(r)
		if err != nil {
			return err
		}
		defer func() { _ = res.Body.Close() }()
		text, err := io.ReadAll(res.Body)
		if err == nil && res.StatusCode != op.status {
			err = fmt.Errorf("status %d: %.300s", res.StatusCode, text)
		}
		return err
	}
	if err := send(); err != nil { // warm
		t.Fatalf("%s %s: %v", p.name, op.name, err)
	}
	cpu, mallocs := p.cpu(t), p.allocated(t)
	begin := time.Now()
	var failed atomic.Pointer[error]
	var wg sync.WaitGroup
	p.profile(t, &wg, op)
	for range connections {
		wg.Go(func() {
			for time.Since(begin) < *duration {
				if err := send(); err != nil {
					failed.Store(&err)
					return
				}
				answered.Add(1)
			}
		})
	}
	wg.Wait()
	took := time.Since(begin).Seconds()
	if err := failed.Load(); err != nil {
		t.Fatalf("%s %s: %v", p.name, op.name, *err)
	}
	count := float64(answered.Load())
	return figure{count / took, (p.cpu(t) - cpu) / count * 10_000, (p.allocated(t) - mallocs) / count}
}

// profile keeps profiles of one of our builds while it answers an operation, when they are asked for.
func (p *program) profile(t *testing.T, wg *sync.WaitGroup, op operation) {
	base, ofOurs := strings.CutSuffix(p.mallocs, "/metrics")
	if *profiles == "" || !ofOurs {
		return
	}
	for _, kind := range []string{"profile", "allocs"} {
		wg.Go(func() {
			res, err := http.Get(fmt.Sprintf("%s/debug/pprof/%s?seconds=%d", base, kind, max(1, int(duration.Seconds())-1)))
			if err != nil {
				t.Error(err)
				return
			}
			defer func() { _ = res.Body.Close() }()
			content, err := io.ReadAll(res.Body)
			if err == nil {
				err = os.WriteFile(filepath.Join(*profiles, p.name+"-"+op.name+"-"+kind), content, 0o600)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// cpu returns the seconds of processor that the program has used.
func (p *program) cpu(t *testing.T) float64 {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0 // not Linux
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	user, _ := strconv.ParseFloat(fields[11], 64)
	system, _ := strconv.ParseFloat(fields[12], 64)
	return (user + system) / 100 // the kernel's clock ticks
}

var counter = regexp.MustCompile(`(?m)^(?:go_memstats_mallocs_total )?([0-9.e+]+)$`)

func (p *program) allocated(t *testing.T) float64 {
	t.Helper()
	res, err := http.Get(p.mallocs)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	m := counter.FindSubmatch(text)
	if m == nil {
		t.Fatalf("%s does not count its allocations", p.name)
	}
	n, err := strconv.ParseFloat(string(m[1]), 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func median(figures []figure, of func(figure) float64) float64 {
	values := make([]float64, len(figures))
	for i, f := range figures {
		values[i] = of(f)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// report prints the table: requests a second and their ratio to bare, CPU seconds for 10,000
// requests, allocations for one.
func report(t *testing.T, e store.Engine, programs []*program) {
	var out strings.Builder
	fmt.Fprintf(&out, "\n%s: requests a second (÷ bare), CPU seconds per 10,000, allocations per request\n\n| |", e)
	for _, op := range measured() {
		fmt.Fprintf(&out, " %s |", op.name)
	}
	out.WriteString("\n|---" + strings.Repeat("|---", len(measured())) + "|\n")
	for _, p := range programs {
		fmt.Fprintf(&out, "| %s |", p.name)
		for _, op := range measured() {
			rate := func(f figure) float64 { return f.perSecond }
			base := median(programs[0].seen[op.name], rate)
			fmt.Fprintf(&out, " %.0f (%.2f), %.2f, %.0f |", median(p.seen[op.name], rate), median(p.seen[op.name], rate)/base,
				median(p.seen[op.name], func(f figure) float64 { return f.cpu }),
				median(p.seen[op.name], func(f figure) float64 { return f.mallocs }))
		}
		out.WriteByte('\n')
	}
	t.Log(out.String())
}

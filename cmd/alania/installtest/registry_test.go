package installtest

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/mod/module"
	modzip "golang.org/x/mod/zip"

	"github.com/alania-go/alania/cmd/alania/cmdtest"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/task/tasktest"
	"github.com/alania-go/alania/engine/artifact"
	"github.com/alania-go/alania/engine/objects"
	"github.com/alania-go/alania/openapi"
	"github.com/alania-go/alania/server"
	"github.com/alania-go/alania/server/config"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/db"
	"github.com/alania-go/alania/store/storetest"
)

const (
	sdkModule  = "github.com/alania-go/alania/sdk/go"
	sdkPackage = "@alania/sdk"
)

func write(t testing.TB, name, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// putModule writes a module as a file system proxy has it, which is also how `make sdk`
// leaves it.
func putModule(t testing.TB, dir, name, version string, files map[string]string) {
	t.Helper()
	source := t.TempDir()
	for file, text := range files {
		write(t, filepath.Join(source, file), text)
	}
	var zipped bytes.Buffer
	if err := modzip.CreateFromDir(&zipped, module.Version{Path: name, Version: version}, source); err != nil {
		t.Fatal(err)
	}
	at := filepath.Join(dir, filepath.FromSlash(name), "@v")
	write(t, filepath.Join(at, version+".zip"), zipped.String())
	write(t, filepath.Join(at, version+".mod"), files["go.mod"])
	write(t, filepath.Join(at, version+".info"), fmt.Sprintf(`{"Version":%q,"Time":"2026-03-02T09:30:00Z"}`, version))
	write(t, filepath.Join(at, "list"), version+"\n")
}

// putPackage writes an npm package as `npm pack` does.
func putPackage(t testing.TB, dir, name, version string, files map[string]string) {
	t.Helper()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	w := tar.NewWriter(z)
	for file, text := range files {
		err := w.WriteHeader(&tar.Header{Name: "package/" + file, Mode: 0o644, Size: int64(len(text)), Typeflag: tar.TypeReg})
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, strings.NewReplacer("@", "", "/", "-").Replace(name)+"-"+version+".tgz"), packed.String())
}

// sdks writes SDKs that are small, into a folder as `make sdk` has it. The Go one requires
// example.com/dependency.
func sdks(t testing.TB, version, says string) string {
	t.Helper()
	dir := t.TempDir()
	putModule(t, filepath.Join(dir, "go"), sdkModule, "v"+version, map[string]string{
		"go.mod": "module " + sdkModule + "\n\ngo 1.24\n\nrequire example.com/dependency v1.2.3\n",
		"sdk.go": "// Package alania is small.\npackage alania\n\nimport \"example.com/dependency\"\n\n// Says " +
			"says.\nfunc Says() string { return \"" + says + " with \" + dependency.Name }\n",
		"LICENSE": "none\n",
	})
	putPackage(t, filepath.Join(dir, "npm"), sdkPackage, version, map[string]string{
		"package.json": fmt.Sprintf(`{"name":%q,"version":%q,"type":"module","exports":"./index.js","license":"Apache-2.0"}`,
			sdkPackage, version),
		"index.js": fmt.Sprintf("export const says = () => %q\n", says),
	})
	return dir
}

// partner is a person's machine: an empty home, and the tools that are on this one.
type partner struct {
	t    *testing.T
	home string
	env  []string
}

func newPartner(t *testing.T, ca string) *partner {
	t.Helper()
	home := t.TempDir()
	p := &partner{t: t, home: home, env: []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "SSL_CERT_FILE=" + ca,
		"GOPATH=" + filepath.Join(home, "go"), "GOMODCACHE=" + filepath.Join(home, "go", "pkg", "mod"), "GOENV=off",
		"GOFLAGS=-modcacherw", "GOTOOLCHAIN=local", "GOWORK=off",
		"NETRC=" + filepath.Join(home, ".netrc"), "GIT_TERMINAL_PROMPT=0", "CGO_ENABLED=0",
		"npm_config_cache=" + filepath.Join(home, ".npm"), "npm_config_update_notifier=false", "npm_config_audit=false",
		"npm_config_fund=false", "npm_config_fetch_retries=0",
	}}
	// What was built for other tests is built the same here.
	if out, err := exec.Command("go", "env", "GOCACHE").Output(); err == nil {
		p.env = append(p.env, "GOCACHE="+strings.TrimSpace(string(out)))
	}
	return p
}

// run runs a tool in a folder and returns all that it prints.
func (p *partner) run(dir string, env []string, tool string, args ...string) (string, error) {
	c := exec.Command(tool, args...)
	c.Dir, c.Env = dir, append(append([]string{}, p.env...), env...)
	out, err := c.CombinedOutput()
	return string(out), err
}

func (p *partner) must(dir string, env []string, tool string, args ...string) string {
	p.t.Helper()
	out, err := p.run(dir, env, tool, args...)
	if err != nil {
		p.t.Fatalf("%s %s: %v\n%s", tool, strings.Join(args, " "), err, out)
	}
	return out
}

// netrc writes a credential for the go command, none when it is empty.
func (p *partner) netrc(base, credential string) {
	text := ""
	if credential != "" {
		u, err := url.Parse(base)
		if err != nil {
			p.t.Fatal(err)
		}
		text = "machine " + u.Host + " login alania password " + credential + "\n"
	}
	write(p.t, filepath.Join(p.home, ".netrc"), text)
}

// npmrc writes the registry and a credential for npm, in a project of its own.
func (p *partner) npmrc(dir, base, credential, ca string) {
	registry := base + "/registry/npm/"
	text := "@alania:registry=" + registry + "\ncafile=" + ca + "\n"
	if credential != "" {
		text += strings.TrimPrefix(registry, "https:") + ":_authToken=" + credential + "\n"
	}
	write(p.t, filepath.Join(dir, ".npmrc"), text)
	write(p.t, filepath.Join(dir, "package.json"), `{"name":"app","version":"1.0.0","private":true,"type":"module"}`)
}

func refuses(t *testing.T, what, out string, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("%s: was not refused\n%s", what, out)
	}
	t.Logf("%s:\n%s", what, out)
	for _, w := range words {
		if !strings.Contains(out, w) {
			t.Errorf("%s: does not say %q:\n%s", what, w, out)
		}
	}
}

// keyWith makes an API key of the first org.
func keyWith(t *testing.T, p *cmdtest.Process, scopes ...string) string {
	t.Helper()
	status, _, answer := cmdtest.Call(http.MethodPost, p.URL+"/v2/orgs/"+cmdtest.FirstOrg(t, p)+"/keys", cmdtest.Key, nil,
		cmdtest.Object{"name": "partner", "scopes": scopes})
	if status != http.StatusCreated {
		t.Fatalf("a key: status %d, %v", status, answer)
	}
	for _, name := range []string{"key", "secret", "api_key"} {
		if s, ok := answer[name].(string); ok {
			return s
		}
	}
	t.Fatalf("no key in %v", answer)
	return ""
}

// bundled returns the version of a bundle.
func bundled(t testing.TB, contract string) string {
	t.Helper()
	b, _ := openapi.JSON(contract)
	var doc struct{ Info struct{ Version string } }
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	return doc.Info.Version
}

// publish publishes SDKs of any version, which the command line does not.
func publish(t *testing.T, env map[string]string, dir string) {
	t.Helper()
	drafts, err := artifact.Folder(dir)
	if err != nil {
		t.Fatal(err)
	}
	cfg, _, err := config.Load("alania", nil, func(name string) (string, bool) { v, ok := env[name]; return v, ok })
	if err != nil {
		t.Fatal(err)
	}
	files, err := objects.Open(t.Context(), cfg.ObjectsURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = files.Close() }()
	s, err := server.OpenServices(t.Context(), cfg, files, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if _, err := s.Releases.Publish(identity.With(t.Context(), identity.Operator(id.ID{})), drafts); err != nil {
		t.Fatal(err)
	}
}

// TestInstall installs small SDKs with the real go and npm from a running server, in empty
// folders with empty caches: refused without credentials, without the scope, and while the
// organization is not verified, each time with words that say why.
func TestInstall(t *testing.T) {
	t.Parallel()
	env, ca := cmdtest.OverTLS(t, store.SQLite)
	p := cmdtest.Start(t, t.TempDir(), env)
	publish(t, env, sdks(t, "1.0.0", "one"))
	key, narrow := keyWith(t, p, "sdk:read"), keyWith(t, p, "orgs:read")

	elsewhere := t.TempDir() // the next proxy of the list
	putModule(t, elsewhere, "example.com/dependency", "v1.2.3", map[string]string{
		"go.mod": "module example.com/dependency\n\ngo 1.24\n",
		"dependency.go": "// Package dependency is one.\npackage dependency\n\n// Name is its name.\nconst Name = \"a " +
			"dependency\"\n",
	})
	someone := newPartner(t, ca)
	someone.env = append(someone.env, "GOPROXY="+p.URL+"/registry/go,file://"+elsewhere,
		"GONOSUMDB=github.com/alania-go/*,example.com/*")
	app := t.TempDir()
	write(t, filepath.Join(app, "go.mod"), "module app\n\ngo 1.24\n")
	write(t, filepath.Join(app, "main.go"),
		"package main\n\nimport alania \""+sdkModule+"\"\n\nfunc main() { println(alania.Says()) }\n")
	get := func(credential, version string) (string, error) {
		someone.netrc(p.URL, credential)
		return someone.run(app, nil, "go", "get", sdkModule+"@"+version)
	}
	_, err := exec.LookPath("npm")
	hasNPM := err == nil
	web := t.TempDir()
	install := func(credential, version string) (string, error) {
		someone.npmrc(web, p.URL, credential, ca)
		return someone.run(web, nil, "npm", "install", sdkPackage+"@"+version)
	}
	refused := func(what, credential string, words ...string) {
		t.Helper()
		out, err := get(credential, "v1.0.0")
		refuses(t, "go get, "+what, out, err, words...)
		if hasNPM {
			out, err = install(credential, "1.0.0")
			refuses(t, "npm install, "+what, out, err, words...)
		}
	}
	const missing, unknown = "the request had no credentials", "the credentials are unknown, expired or revoked"
	refused("without credentials", "", missing, "an API key with the scope sdk:read")
	refused("with an unknown key", "sk_live_nobody_"+strings.Repeat("x", 43), unknown,
		"an API key with the scope sdk:read")
	refused("without the scope", narrow, "lack the scope sdk:read")
	refused("unverified", key, "The organization default is not a verified partner", "Ask the operator")

	if out, err := cmdtest.Run(t, env, "orgs", "verify", "-org", "default"); err != nil ||
		!strings.Contains(out, "verified partner") {
		t.Fatalf("verify: %v\n%s", err, out)
	}
	for _, version := range []string{"v1.0.0", "latest"} {
		if out, err := get(key, version); err != nil {
			t.Fatalf("go get %s: %v\n%s", version, err, out)
		}
	}
	if out := someone.must(app, nil, "go", "run", "."); strings.TrimSpace(out) != "one with a dependency" {
		t.Errorf("go run: %q", out)
	}
	sums, err := os.ReadFile(filepath.Join(app, "go.sum"))
	if err != nil || !strings.Contains(string(sums), sdkModule+" v1.0.0 h1:") {
		t.Errorf("go.sum: %v\n%s", err, sums)
	}
	if out := someone.must(app, nil, "go", "list", "-m", "-versions", sdkModule); strings.TrimSpace(out) != sdkModule+
		" v1.0.0" {
		t.Errorf("go list: %q", out)
	}
	out, err := get(key, "v9.9.9")
	refuses(t, "go get of no version", out, err, "v9.9.9")

	if hasNPM {
		if out, err := install(key, "latest"); err != nil {
			t.Fatalf("npm install: %v\n%s", err, out)
		}
		write(t, filepath.Join(web, "main.js"), "import { says } from '"+sdkPackage+"'\nconsole.log(says())\n")
		if out := someone.must(web, nil, "node", "main.js"); strings.TrimSpace(out) != "one" {
			t.Errorf("node: %q", out)
		}
		var lock struct {
			Packages map[string]struct{ Version, Resolved, Integrity string }
		}
		b, err := os.ReadFile(filepath.Join(web, "package-lock.json"))
		if err == nil {
			err = json.Unmarshal(b, &lock)
		}
		l := lock.Packages["node_modules/"+sdkPackage]
		if err != nil || l.Version != "1.0.0" || l.Resolved != p.URL+"/registry/npm/@alania/sdk/-/sdk-1.0.0.tgz" ||
			!strings.HasPrefix(l.Integrity, "sha512-") {
			t.Errorf("package-lock.json: %v, %+v", err, l)
		}
		if out := someone.must(web, nil, "npm", "view", sdkPackage, "dist-tags.latest",
			"--json"); !strings.Contains(out, "1.0.0") {
			t.Errorf("npm view: %s", out)
		}
		scoped := "--registry=" + p.URL + "/registry/npm/"
		if out := someone.must(web, nil, "npm", "whoami", scoped); strings.TrimSpace(out) != "partner" {
			t.Errorf("npm whoami: %q", out)
		}
		someone.must(web, nil, "npm", "ping", scoped)
	}

	// A new version is the latest; the former one stays as it was.
	publish(t, env, sdks(t, "1.1.0", "two"))
	// The other way to keep go from asking the public checksum database.
	someone.env = append(someone.env, "GONOSUMDB=", "GOPRIVATE=github.com/alania-go/*,example.com/*", "GONOPROXY=none")
	if out, err := get(key, "latest"); err != nil {
		t.Fatalf("go get: %v\n%s", err, out)
	}
	if out := someone.must(app, nil, "go", "run", "."); strings.TrimSpace(out) != "two with a dependency" {
		t.Errorf("go run behind the update: %q", out)
	}

	// Each download is in the trail of the organization.
	downloads := map[string]int{}
	trail := p.URL + "/v2/orgs/" + cmdtest.FirstOrg(t, p) + "/audit?filter[action]=release.downloaded"
	for _, entry := range cmdtest.Pages(t, trail) {
		after := entry["after"].(cmdtest.Object)
		downloads[after["file"].(string)]++
	}
	if downloads["v1.0.0.zip"] != 1 || downloads["v1.1.0.zip"] != 1 || hasNPM && downloads["sdk-1.0.0.tgz"] != 1 {
		t.Errorf("the audit trail has the downloads %v", downloads)
	}

	if _, err := cmdtest.Run(t, env, "orgs", "unverify", "-org", "default"); err != nil {
		t.Fatal(err)
	}
	refusedLater := newPartner(t, ca)
	refusedLater.env = append(refusedLater.env, "GOPROXY="+p.URL+"/registry/go,file://"+elsewhere, "GONOSUMDB=*")
	refusedLater.netrc(p.URL, key)
	out, err = refusedLater.run(app, nil, "go", "mod", "download", "all")
	refuses(t, "go mod download, no longer verified", out, err, "is not a verified partner")
	if !hasNPM {
		t.Skip("npm is not installed: what it shows was not tested; go was")
	}
}

// TestPublish publishes while a server runs: what is published is served at once,
// again is no error, and other bytes under the same version are refused as a whole.
func TestPublish(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		env := cmdtest.Settings(t, e)
		p := cmdtest.Start(t, t.TempDir(), env)
		if _, err := cmdtest.Run(t, env, "orgs", "verify", "-org", "default"); err != nil {
			t.Fatal(err)
		}
		v := bundled(t, openapi.Joined)
		first := sdks(t, v, "one")
		for _, state := range []string{"published", "unchanged"} {
			out, err := cmdtest.Run(t, env, "sdk", "publish", "-dir", first)
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(out, state); n != 2+len(openapi.Contracts())+1 || n != strings.Count(out, "\n") {
				t.Errorf("not all is %s:\n%s", state, out)
			}
		}
		out, err := cmdtest.Run(t, env, "sdk", "publish", "-dir", sdks(t, v, "another"))
		if err == nil || !strings.Contains(err.Error(), "A published version never changes") {
			t.Errorf("other bytes: %v\n%s", err, out)
		}
		out, err = cmdtest.Run(t, env, "sdk", "list")
		if err != nil || strings.Count(out, "\n") != 1+2+len(openapi.Contracts())+1 ||
			!strings.Contains(out, sdkModule+"  ") || !strings.Contains(out, "operator") {
			t.Errorf("list: %v\n%s", err, out)
		}
		// The bundles are those of this program, by their versions.
		for _, name := range append(openapi.Contracts(), openapi.Joined) {
			want, _ := openapi.JSON(name)
			for _, file := range []string{bundled(t, name) + ".json", "latest.json"} {
				if status, _, got := fetch(t, p.URL+"/registry/openapi/"+name+"/"+file, cmdtest.Key); status != http.StatusOK ||
					got != string(want) {
					t.Errorf("%s %s: status %d, %d bytes", name, file, status, len(got))
				}
			}
		}
		for _, bad := range [][]string{{"sdk"}, {"sdk", "delete"}, {"sdk", "publish", "x"},
			{"sdk", "publish", "-dir", t.TempDir()}, {"sdk", "list", "x"},
			{"orgs"}, {"orgs", "verify"}, {"orgs", "verify", "-org", "nobody"}, {"orgs", "verify", "-org", "default", "x"}} {
			if out, err := cmdtest.Run(t, env, bad...); err == nil {
				t.Errorf("%v: %s", bad, out)
			}
		}
		if out, err := cmdtest.Run(t, env, "orgs", "verify", "-org", "default"); err != nil || out != "Nothing changed.\n" {
			t.Errorf("verify again: %v, %s", err, out)
		}
		if out, err := cmdtest.Run(t, env, "sdk", "publish", "-dir", sdks(t, "0.0.1", "old")); err == nil ||
			!strings.Contains(err.Error(), "build both from the same source") {
			t.Errorf("SDKs of other contracts: %v\n%s", err, out)
		}
		mixed := sdks(t, "1.1.0", "one")
		putModule(t, filepath.Join(mixed, "go"), sdkModule, "v1.2.0",
			map[string]string{"go.mod": "module " + sdkModule + "\n", "LICENSE": "none\n"})
		if out, err := cmdtest.Run(t, env, "sdk", "publish", "-dir", mixed); err == nil ||
			!strings.Contains(err.Error(), "1.2.0 for Go and 1.1.0 for npm") {
			t.Errorf("versions that differ: %v\n%s", err, out)
		}
	})
}

// fetch gets something that need not be JSON.
func fetch(t *testing.T, target, bearer string) (int, http.Header, string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, target, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+bearer)
	res, err := cmdtest.Client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header, string(b)
}

// TestPublishKilled kills a publication after its uploads and before its commit: nothing
// of it can be seen, and the next one finishes the work.
func TestPublishKilled(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		env, v := cmdtest.Settings(t, e), bundled(t, openapi.Joined)
		dir := sdks(t, v, "one")
		p := cmdtest.Start(t, t.TempDir(), env)
		if _, err := cmdtest.Run(t, env, "orgs", "verify", "-org", "default"); err != nil {
			t.Fatal(err)
		}
		unlock := holdReleases(t, e, env["ALANIA_DATABASE_URL"])
		c := cmdtest.Command(t, t.TempDir(), env, "sdk", "publish", "-dir", dir)
		var printed cmdtest.Output
		c.Stdout, c.Stderr = &printed, &printed
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		files := 3 + 1 + 2*(len(openapi.Contracts())+1) // each file once: all differ
		objects := strings.TrimPrefix(env["ALANIA_OBJECTS_URL"], "file://")
		t.Cleanup(func() { _ = c.Process.Kill() })
		tasktest.Until(t, fmt.Sprintf("%d objects are written", files), func() bool {
			n := 0
			_ = filepath.WalkDir(filepath.Join(objects, "keys"), func(_ string, d fs.DirEntry, err error) error {
				if err == nil && !d.IsDir() {
					n++
				}
				return nil
			})
			return n == files
		}, printed.String)
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := c.Wait(); err == nil {
			t.Fatal("the publication was not killed")
		}
		unlock()
		for _, path := range []string{
			"/registry/go/" + sdkModule + "/@v/list", "/registry/npm/@alania%2fsdk", "/registry/openapi/core",
		} {
			if status, _, got := fetch(t, p.URL+path, cmdtest.Key); status != http.StatusNotFound {
				t.Errorf("%s behind the kill: status %d, %s", path, status, got)
			}
		}
		out, err := cmdtest.Run(t, env, "sdk", "publish", "-dir", dir)
		if err != nil || strings.Contains(out, "unchanged") {
			t.Fatalf("again: %v\n%s", err, out)
		}
		if status, _, got := fetch(t, p.URL+"/registry/go/"+sdkModule+"/@v/list", cmdtest.Key); status != http.StatusOK ||
			got != "v"+v+"\n" {
			t.Errorf("status %d, %s", status, got)
		}
	})
}

// holdReleases keeps whoever inserts a release at it until its result is called. PostgreSQL
// has a lock for that, which lets others read; SQLite's would keep the program from starting,
// but an insert there does not end when its trigger does not.
func holdReleases(t *testing.T, e store.Engine, target string) (unlock func()) {
	t.Helper()
	engine, dsn, _, err := db.ParseURL(target)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open(string(engine), dsn)
	if err != nil {
		t.Fatal(err)
	}
	end := func() error {
		_, err := db.Exec("DROP TRIGGER held; DROP VIEW endless")
		return err
	}
	if e == store.Postgres {
		tx, err := db.Begin()
		if err != nil {
			t.Fatal(err)
		}
		_, err = tx.Exec("LOCK TABLE releases IN SHARE MODE")
		if err != nil {
			t.Fatal(err)
		}
		end = tx.Rollback
	} else {
		_, err := db.Exec(`CREATE VIEW endless AS WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n;
			CREATE TRIGGER held BEFORE INSERT ON releases BEGIN SELECT count(*) FROM endless; END`)
		if err != nil {
			t.Fatal(err)
		}
	}
	unlock = sync.OnceFunc(func() {
		if err := errors.Join(end(), db.Close()); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(unlock)
	return unlock
}

// program returns the first whole program of a README, the first block of one of the
// languages that has the words, with the server and the credentials of the test where it
// has those of an example.
func program(t *testing.T, p *cmdtest.Process, readme, words string, languages ...string) string {
	t.Helper()
	b, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range cmdtest.Blocks(string(b)) {
		if slices.Contains(languages, block.Language) && strings.Contains(block.Text, words) {
			return strings.NewReplacer("https://api.alania-go.ru", p.URL, "clientId: 'cli_…'",
				"clientId: '"+cmdtest.ClientID+"'",
				"clientSecret: '…'", "clientSecret: '"+cmdtest.Secret+"'").Replace(block.Text)
		}
	}
	t.Fatalf("%s has no program", readme)
	return ""
}

// TestInstallSDKs is the partner's first quarter of an hour: in an empty folder, with empty
// caches, the SDK from the registry of a running server, what it depends on from the
// ordinary proxy, and the program of its README, against the same server.
func TestInstallSDKs(t *testing.T) {
	t.Parallel()
	var languages []string
	for _, language := range []string{"go", "typescript"} {
		if _, err := os.Stat(filepath.Join("../../../sdk", language, "README.md")); err == nil {
			languages = append(languages, language)
		}
	}
	if len(languages) == 0 {
		t.Skip("there is no SDK in sdk/")
	}
	make := exec.Command("make", "-C", "../../..", "sdk")
	if out, err := make.CombinedOutput(); err != nil {
		t.Fatalf("make sdk: %v\n%s", err, out)
	}
	v := bundled(t, openapi.Joined)
	env, ca := cmdtest.OverTLS(t, store.SQLite)
	p := cmdtest.Start(t, t.TempDir(), env)
	built, err := filepath.Abs("../../../dist/sdk")
	if err != nil {
		t.Fatal(err)
	}
	if out, err := cmdtest.Run(t, env, "sdk", "publish", "-dir", built); err != nil {
		t.Fatalf("publish: %v\n%s", err, out)
	}
	key := keyWith(t, p, "sdk:read")
	someone := newPartner(t, ca)
	// Who has authorities of their own needs them for the ordinary proxy.
	if file := os.Getenv("SSL_CERT_FILE"); file != "" {
		var all []byte
		for _, name := range []string{ca, file} {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, b...)
		}
		write(t, ca, string(all))
	}
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"} {
		if v := os.Getenv(name); v != "" {
			someone.env = append(someone.env, name+"="+v)
		}
	}
	run := []string{
		"ALANIA_BASE_URL=" + p.URL, "ALANIA_CLIENT_ID=" + cmdtest.ClientID, "ALANIA_CLIENT_SECRET=" + cmdtest.Secret,
		"NODE_EXTRA_CA_CERTS=" + ca,
	}

	golang := func(t *testing.T) {
		ordinary, err := exec.Command("go", "env", "GOPROXY", "GOSUMDB").Output()
		lines := strings.Fields(string(ordinary))
		if err != nil || len(lines) != 2 {
			t.Fatalf("go env: %v\n%s", err, ordinary)
		}
		someone.env = append(someone.env, "GOPROXY="+p.URL+"/registry/go,"+lines[0], "GOSUMDB="+lines[1],
			"GONOSUMDB=github.com/alania-go/*")
		app := t.TempDir()
		someone.must(app, nil, "go", "mod", "init", "app")
		write(t, filepath.Join(app, "main.go"), program(t, p, "../../../sdk/go/README.md", "package main", "go"))
		get := func() (string, error) { return someone.run(app, nil, "go", "get", sdkModule+"@v"+v) }
		someone.netrc(p.URL, "")
		out, err := get()
		refuses(t, "without credentials", out, err, "the request had no credentials")
		someone.netrc(p.URL, key)
		out, err = get()
		refuses(t, "unverified", out, err, "is not a verified partner")
		if _, err := cmdtest.Run(t, env, "orgs", "verify", "-org", "default"); err != nil {
			t.Fatal(err)
		}
		if out, err := get(); err != nil {
			t.Fatalf("go get: %v\n%s", err, out)
		}
		someone.must(app, nil, "go", "build", "-o", "app", ".")
		out = someone.must(app, run, filepath.Join(app, "app"))
		t.Logf("the program prints\n%s", out)
		if !strings.Contains(out, "wks_") {
			t.Error("the program made no workspace")
		}
	}
	typescript := func(t *testing.T) {
		if _, err := exec.LookPath("npm"); err != nil {
			t.Skip("npm is not installed")
		}
		if _, err := cmdtest.Run(t, env, "orgs", "unverify", "-org", "default"); err != nil {
			t.Fatal(err)
		}
		app := t.TempDir()
		install := func(credential string) (string, error) {
			someone.npmrc(app, p.URL, credential, ca)
			return someone.run(app, nil, "npm", "install", sdkPackage)
		}
		out, err := install("")
		refuses(t, "without credentials", out, err, "the request had no credentials")
		out, err = install(key)
		refuses(t, "unverified", out, err, "is not a verified partner")
		if _, err := cmdtest.Run(t, env, "orgs", "verify", "-org", "default"); err != nil {
			t.Fatal(err)
		}
		if out, err := install(key); err != nil {
			t.Fatalf("npm install: %v\n%s", err, out)
		}
		write(t, filepath.Join(app, "main.mjs"),
			program(t, p, "../../../sdk/typescript/README.md", sdkPackage, "ts", "typescript", "js", "javascript", "mjs"))
		out = someone.must(app, run, "node", "main.mjs")
		t.Logf("the program prints\n%s", out)
		if !strings.Contains(out, "wks_") {
			t.Error("the program made no workspace")
		}
	}
	for _, language := range languages {
		t.Run(language, map[string]func(*testing.T){"go": golang, "typescript": typescript}[language])
	}
}

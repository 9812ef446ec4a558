package config

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/plan"
)

var update = flag.Bool("update", false, "write the table of settings into README.md")

func load(args []string, env map[string]string) (Config, []string, error) {
	return Load("test", args, func(name string) (string, bool) { v, ok := env[name]; return v, ok })
}

func TestDefaults(t *testing.T) {
	c, rest, err := load(nil, nil)
	if err != nil || len(rest) > 0 {
		t.Fatal(rest, err)
	}
	if c.Addr != ":18080" || c.DatabaseURL != "sqlite://data/alania.db" || c.ObjectsURL != "file://data/objects" ||
		c.MetricsAddr != "127.0.0.1:18081" {
		t.Errorf("%+v", c)
	}
	if !c.Embedded() || c.DataDir() != "data" || c.RequestTimeout != 30*time.Second {
		t.Errorf("embedded %v in %q, %s", c.Embedded(), c.DataDir(), c.RequestTimeout)
	}
	for raw, dir := range map[string]string{"sqlite:///var/lib/alania/a.db": "/var/lib/alania", "sqlite://a.db": "."} {
		if c, _, err = load(nil, map[string]string{"ALANIA_DATABASE_URL": raw}); err != nil || c.DataDir() != dir {
			t.Errorf("%s: %q, %v", raw, c.DataDir(), err)
		}
	}
}

func TestCommands(t *testing.T) {
	c, _, err := load(nil, map[string]string{"ALANIA_MCP_COMMANDS": " git=/bin/sh -c  x ; empty.v1=/bin/true;"})
	if err != nil ||
		!reflect.DeepEqual(c.MCPCommands, map[string][]string{"git": {"/bin/sh", "-c", "x"}, "empty.v1": {"/bin/true"}}) {
		t.Errorf("%q, %v", c.MCPCommands, err)
	}
	for _, v := range []string{
		"git", "git=", "git=sh", "=/bin/sh", "a b=/bin/sh", "git=/bin/sh;git=/bin/true", "git=/does/not/exist",
		"git=/etc/passwd", "git=/etc",
	} {
		if _, _, err := load(nil, map[string]string{"ALANIA_MCP_COMMANDS": v}); err == nil ||
			!strings.Contains(err.Error(), "ALANIA_MCP_COMMANDS") {
			t.Errorf("%s: %v", v, err)
		}
	}
}

func TestRateClasses(t *testing.T) {
	c, _, err := load(nil, map[string]string{"ALANIA_RATE_CLASSES": "data=240/60, events=600/0"})
	if err != nil || len(c.RateClasses) != 2 || c.RateClasses["data"] != (plan.Rate{PerMinute: 240, Burst: 60}) ||
		c.RateClasses["events"] != (plan.Rate{PerMinute: 600}) {
		t.Errorf("%v, %v", c.RateClasses, err)
	}
	for _, v := range []string{
		"data", "data=", "data=240", "data=0/60", "data=240/-1", "=240/60", "data=x/60", "data=1/1,data=2/2",
	} {
		if _, _, err := load(nil, map[string]string{"ALANIA_RATE_CLASSES": v}); err == nil ||
			!strings.Contains(err.Error(), "ALANIA_RATE_CLASSES") {
			t.Errorf("%s: %v", v, err)
		}
	}
}

func TestPrecedence(t *testing.T) {
	env := map[string]string{
		"ALANIA_ADDR": ":1", "ALANIA_LOG_LEVEL": "", "ALANIA_METRICS_ADDR": "off",
		"ALANIA_PUBLIC_URL": "https://api.example/",
	}
	c, rest, err := load([]string{"-addr", ":2", "-drain-delay=3s", "more"}, env)
	if err != nil || !slices.Equal(rest, []string{"more"}) {
		t.Fatal(rest, err)
	}
	// A flag before its variable before its default; an empty variable is none.
	if c.Addr != ":2" || c.DrainDelay != 3*time.Second || c.LogLevel != "info" || c.MetricsAddr != "" ||
		c.PublicURL != "https://api.example" {
		t.Errorf("%+v", c)
	}
	if _, _, err := load([]string{"-addr", "nowhere"}, nil); err == nil || !strings.Contains(err.Error(), "-addr") {
		t.Errorf("an error in a flag: %v", err)
	}
}

// A secret must not be a flag: every user of the machine can read a command line.
func TestSecretsAreNoFlags(t *testing.T) {
	for _, s := range settings() {
		for _, word := range []string{"SECRET", "PASSWORD", "API_KEY", "_URL"} {
			if strings.Contains(s.name, word) && s.name != "PUBLIC_URL" && s.name != "UPGRADE_URL" && !s.secret {
				t.Errorf("%s may hold a secret and is a flag", s.name)
			}
		}
		if !s.secret {
			continue
		}
		if _, _, err := load([]string{"-" + flagName(s.name), "x"}, nil); err == nil {
			t.Errorf("-%s is accepted", flagName(s.name))
		}
	}
}

const begin, end = "<!-- settings: server/config/config_test.go -update writes this table -->\n",
	"<!-- end of settings -->"

// TestReadme keeps the table of settings in README.md.
func TestReadme(t *testing.T) {
	const file = "../../README.md"
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, begun := strings.Cut(string(b), begin)
	table, tail, ended := strings.Cut(rest, end)
	if !begun || !ended {
		t.Fatal("README.md has no place for the table of settings")
	}
	want := readmeTable()
	if *update {
		if err := os.WriteFile(file, []byte(head+begin+want+end+tail), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if table != want {
		t.Errorf("the table in README.md is not\n%s\nwrite it with: go test ./server/config -update", want)
	}
}

func readmeTable() string {
	var b strings.Builder
	b.WriteString("\n| setting | default | |\n|---|---|---|\n")
	for _, s := range settings() {
		v := "–"
		switch {
		case s.name == "SECRET_KEY":
			v = "made on the first start; required with PostgreSQL"
		case s.name == "SQL_URL":
			v = "the folder `rows` next to the database, or the database when it is PostgreSQL"
		case s.name == "PUBLIC_URL":
			v = "from the address"
		case s.name == "UPGRADE_URL":
			v = "`/upgrade` below the public URL"
		case s.name == "BOOTSTRAP_EMAIL":
			v = "`admin@alania.local`"
		case strings.HasPrefix(s.name, "BOOTSTRAP_"):
			v = "generated"
		case s.value != "":
			v = "`" + s.value + "`"
		}
		fmt.Fprintf(&b, "| `ALANIA_%s` | %s | %s |\n", s.name, v, s.usage)
	}
	b.WriteString("\n")
	return b.String()
}

// Variables that are no settings of the server.
var others = regexp.MustCompile(`^ALANIA_((SDK_)?TEST_[A-Z_]+|URL|ADMIN_EMAIL|ADMIN_PASSWORD|CLIENT_ID|CLIENT_SECRET|` +
	`API_KEY|VERSION)$`)

// Beginnings of names that a text may use for all of them.
var groups = map[string]bool{"ALANIA_BOOTSTRAP": true, "ALANIA_WEBHOOK_ALLOW": true, "ALANIA_CONNECTOR_ALLOW": true}

// TestNames finds settings that are spelled wrong, or are no more, wherever an operator
// reads or copies them.
func TestNames(t *testing.T) {
	known := map[string]bool{}
	for _, s := range settings() {
		known["ALANIA_"+s.name] = true
	}
	files := []string{"README.md", "CONTRIBUTING.md", "Dockerfile", "compose.yaml", "Makefile", ".ci/run", ".ci/setup"}
	docs, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range docs {
		files = append(files, strings.TrimPrefix(d, "../../"))
	}
	name := regexp.MustCompile(`ALANIA_[A-Z_]*[A-Z]\b`)
	for _, file := range files {
		b, err := os.ReadFile("../../" + file)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, n := range name.FindAllString(string(b), -1) {
			if !known[n] && !others.MatchString(n) && !groups[n] {
				t.Errorf("%s names %s, which is no setting", file, n)
			}
		}
	}
}

func TestHelp(t *testing.T) {
	fs := flag.NewFlagSet("test", flag.ContinueOnError)
	fs.String("addr", ":18080", "address")
	var out strings.Builder
	help(fs, &out)
	for _, s := range settings() {
		if s.secret && !strings.Contains(out.String(), "ALANIA_"+s.name+"\n") {
			t.Errorf("%s is not in the help", s.name)
		}
	}
	if !strings.Contains(out.String(), "-addr") {
		t.Errorf("no flags in the help:\n%s", out.String())
	}
}

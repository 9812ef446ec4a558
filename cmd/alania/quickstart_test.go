package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alania-go/alania/cmd/alania/cmdtest"
)

// section returns the code blocks of a section of the README that runs.
func section(t *testing.T, name string) []cmdtest.Block {
	t.Helper()
	b, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, begun := strings.Cut(string(b), "<!-- "+name+":")
	text, _, ended := strings.Cut(text, "<!-- end of "+name+" -->")
	if !begun || !ended {
		t.Fatalf("README.md has no section %s", name)
	}
	return cmdtest.Blocks(text)
}

// TestQuickstart types what the README says into a shell while a server runs on its default
// settings, and compares what comes out with what the README shows.
func TestQuickstart(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("no curl")
	}
	for _, name := range []string{"quickstart", "control"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			p := cmdtest.Start(t, dir, map[string]string{
				"ALANIA_ADDR": "127.0.0.1:0", "ALANIA_METRICS_ADDR": "off", "ALANIA_DRAIN_DELAY": "0s",
			})
			var script strings.Builder
			script.WriteString("set -eu\n")
			const end = "\n-- end of the block --\n"
			var want []string // a block of commands each; empty: nothing is shown
			for _, b := range section(t, name) {
				switch b.Language {
				case "sh":
					fmt.Fprintf(&script, "%s\nprintf '%%s' '%s'\n", b.Text, end)
					want = append(want, "")
				case "json", "text":
					want[len(want)-1] = b.Text
				default:
					t.Fatalf("a block of %s", b.Language)
				}
			}
			if len(want) < 5 {
				t.Fatalf("%d blocks of commands", len(want))
			}
			for _, turn := range []string{"first", "second"} { // it can be pasted again: keys and slugs are the same
				shell := exec.Command("sh")
				shell.Dir, shell.Stdin = dir, strings.NewReader(script.String())
				var out, errs bytes.Buffer
				shell.Stdout, shell.Stderr = &out, &errs
				if err := shell.Run(); err != nil {
					t.Fatalf("the %s time: %v\n%s%s%s", turn, err, out.String(), errs.String(), p.Stderr)
				}
				if turn == "second" {
					break
				}
				got := strings.Split(out.String(), end)
				if len(got) != len(want)+1 {
					t.Fatalf("%d blocks ran, of %d:\n%s", len(got)-1, len(want), out.String())
				}
				for i, w := range want {
					if g := normal(got[i]); g != normal(w) {
						t.Errorf("block %d prints\n%s\nREADME.md says\n%s", i+1, g, normal(w))
					}
				}
			}
		})
	}
}

var volatile = []struct {
	pattern *regexp.Regexp
	with    string
}{
	{regexp.MustCompile(`[0-9A-HJKMNP-TV-Z]{26}`), "ULID"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\dT[\d:.]+Z`), "TIME"},
	{regexp.MustCompile(`inv_[A-Za-z0-9_-]{43}`), "INVITATION"},
	{regexp.MustCompile(`http://[a-z0-9.]+:\d+/`), "SERVER/"},
}

// normal leaves out what is another each time.
func normal(s string) string {
	for _, v := range volatile {
		s = v.pattern.ReplaceAllString(s, v.with)
	}
	return strings.TrimSpace(s)
}

// TestFirstStart starts twice on the defaults: the credentials are told once, and nobody
// else can read the file that has them.
func TestFirstStart(t *testing.T) {
	dir := t.TempDir()
	env := map[string]string{"ALANIA_ADDR": "127.0.0.1:0", "ALANIA_METRICS_ADDR": "off", "ALANIA_DRAIN_DELAY": "0s"}
	p := cmdtest.Start(t, dir, env)
	file := filepath.Join(dir, "data", "credentials.env")
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var key string
	for line := range strings.Lines(string(b)) {
		name, v, ok := strings.Cut(strings.TrimSpace(line), "=")
		if !ok {
			continue
		}
		if v = strings.Trim(v, "'"); name == "ALANIA_API_KEY" {
			key = v
		}
		if !strings.Contains(p.Stdout.String(), v) {
			t.Errorf("%s is not printed", name)
		}
		if strings.HasSuffix(name, "_SECRET") || strings.HasSuffix(name, "_PASSWORD") || strings.HasSuffix(name, "_KEY") {
			if strings.Contains(p.Stderr.String(), v) {
				t.Errorf("%s is in the log", name)
			}
		}
	}
	for _, name := range []string{"", "alania.db", "secret.key", "credentials.env"} {
		i, err := os.Stat(filepath.Join(dir, "data", name))
		if err != nil {
			t.Fatal(err)
		}
		if i.Mode().Perm()&0o077 != 0 {
			t.Errorf("data/%s has the mode %s", name, i.Mode())
		}
	}
	if status, _, _ := cmdtest.Call("GET", p.URL+"/v2/orgs", key, nil, nil); status != 200 {
		t.Errorf("the key: status %d", status)
	}
	p.Kill(t)
	p = cmdtest.Start(t, dir, env)
	if strings.Contains(p.Stdout.String(), "First start") || strings.Contains(p.Stdout.String(), key) {
		t.Errorf("told again:\n%s", p.Stdout)
	}
	if status, _, _ := cmdtest.Call("GET", p.URL+"/v2/orgs", key, nil, nil); status != 200 {
		t.Errorf("the key behind a restart: status %d", status)
	}
	if again, err := os.ReadFile(file); err != nil || !bytes.Equal(again, b) {
		t.Errorf("credentials.env has changed: %v", err)
	}
}

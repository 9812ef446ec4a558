package openapi

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// The tests of the rules are in their language.
func TestRules(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("needs node")
	}
	tests, err := filepath.Glob("rules/*.test.mjs")
	if err != nil || len(tests) == 0 {
		t.Fatalf("%v, %q", err, tests)
	}
	if out, err := exec.Command("node", append([]string{"--test"}, tests...)...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// longest is how many lines of YAML an operation may have on average. What repeats in every operation belongs into
// the rules of the contract.
const longest = 40

// An operation is short: comments and blank lines aside, a contract's files of paths have few lines for each.
func TestOperationsAreShort(t *testing.T) {
	lines, operations := 0, 0
	for _, contract := range Contracts() {
		files, err := filepath.Glob(contract + "/paths/*.yaml")
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v, %d files", contract, err, len(files))
		}
		l, o := 0, 0
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for s := bufio.NewScanner(bytes.NewReader(text)); s.Scan(); {
				if line := strings.TrimSpace(s.Text()); line != "" && !strings.HasPrefix(line, "#") {
					l++
				}
			}
			var items map[string]map[string]any
			if err := yaml.Unmarshal(text, &items); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			for _, item := range items {
				for _, method := range []string{"get", "put", "post", "delete", "patch", "head", "options"} {
					if _, there := item[method]; there {
						o++
					}
				}
			}
		}
		t.Logf("%s: %d lines, %d operations, %.1f on average", contract, l, o, float64(l)/float64(o))
		if l > longest*o {
			t.Errorf("the operations of %s have %.1f lines on average, more than %d", contract, float64(l)/float64(o), longest)
		}
		lines, operations = lines+l, operations+o
	}
	t.Logf("all: %d lines, %d operations, %.1f on average", lines, operations, float64(lines)/float64(operations))
}

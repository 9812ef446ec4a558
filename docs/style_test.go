// Package docs checks the language of the project: the words that docs/glossary.md names, and
// the length of lines.
package docs

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

const maxLine = 120

// unchecked are folders that are not part of the project's source, or are generated.
var unchecked = []string{".git", "node_modules", "bin", "data", "dist", "gen", "baseline", "testdata"}

// rule is a word to avoid, with the phrases in which it may stay.
type rule struct {
	word    string
	pattern *regexp.Regexp
	instead string
	stays   []string
}

var code = regexp.MustCompile("`([^`]+)`")

// rules reads the last table of the glossary.
func rules(t *testing.T) []rule {
	t.Helper()
	text, err := os.ReadFile("glossary.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, ok := strings.Cut(string(text), "\n## Instead of\n")
	if !ok {
		t.Fatal("docs/glossary.md has no table of words to avoid")
	}
	var out []rule
	for _, line := range strings.Split(table, "\n") {
		cells := strings.Split(line, "|")
		if len(cells) != 5 || !strings.Contains(cells[1], "`") {
			continue
		}
		var stays []string
		for _, phrase := range code.FindAllStringSubmatch(cells[3], -1) {
			stays = append(stays, phrase[1])
		}
		for _, word := range code.FindAllStringSubmatch(cells[1], -1) {
			pattern := regexp.MustCompile(`(?i)\b` + strings.ReplaceAll(regexp.QuoteMeta(word[1]), " ", `\s+`) + `\b`)
			out = append(out, rule{word[1], pattern, strings.TrimSpace(cells[2]), stays})
		}
	}
	if len(out) < 5 {
		t.Fatalf("docs/glossary.md has only %d words to avoid", len(out))
	}
	return out
}

// found returns the positions in a text where the rule is broken.
func (r rule) found(text string) []int {
	var out []int
	for _, at := range r.pattern.FindAllStringIndex(text, -1) {
		around := strings.Join(strings.Fields(text[max(0, at[0]-30):min(len(text), at[1]+30)]), " ")
		if !slices.ContainsFunc(r.stays, func(phrase string) bool { return strings.Contains(around, phrase) }) {
			out = append(out, at[0])
		}
	}
	return out
}

var slashes = regexp.MustCompile(`(?m)^\s*//`)

// files calls f with every file of the project whose name has the ending.
func files(t *testing.T, ending string, f func(name string, text []byte)) {
	t.Helper()
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains(unchecked, d.Name()) && name != "../domain/data":
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ending):
			return nil
		}
		text, err := os.ReadFile(name)
		if err == nil {
			f(strings.TrimPrefix(filepath.ToSlash(name), "../"), text)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// check parses a Go file and reports its words to avoid and its long lines.
func check(rules []rule, name string, src []byte, report func(line int, what string)) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		report(1, err.Error())
		return
	}
	if ast.IsGenerated(file) {
		return
	}
	for _, group := range file.Comments {
		from, to := set.Position(group.Pos()).Offset, set.Position(group.End()).Offset
		// The slashes become spaces, so that a phrase may go on in the next line.
		text := slashes.ReplaceAllStringFunc(string(src[from:to]), func(s string) string {
			return strings.Repeat(" ", len(s))
		})
		for _, r := range rules {
			for _, at := range r.found(text) {
				report(1+bytes.Count(src[:from+at], []byte("\n")), `"`+r.word+`": `+r.instead)
			}
		}
	}
	// A string over several lines is what it is.
	text := map[int]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok {
			for line, last := set.Position(lit.Pos()).Line, set.Position(lit.End()).Line; line < last; line++ {
				text[line], text[line+1] = true, true
			}
		}
		return true
	})
	for i, line := range strings.Split(string(src), "\n") {
		if utf8.RuneCountInString(line) > maxLine && !text[i+1] {
			report(i+1, "the line has more than 120 characters")
		}
	}
}

// TestGoFiles holds comments to the words of the glossary, and lines to 120 characters.
func TestGoFiles(t *testing.T) {
	rules := rules(t)
	files(t, ".go", func(name string, src []byte) {
		check(rules, name, src, func(line int, what string) { t.Errorf("%s:%d: %s", name, line, what) })
	})
}

// TestPages holds the pages to the words of the glossary, whose table names them.
func TestPages(t *testing.T) {
	rules := rules(t)
	files(t, ".md", func(name string, text []byte) {
		text, _, _ = bytes.Cut(text, []byte("\n## Instead of\n"))
		for _, r := range rules {
			for _, at := range r.found(string(text)) {
				t.Errorf("%s:%d: %q: %s", name, 1+bytes.Count(text[:at], []byte("\n")), r.word, r.instead)
			}
		}
	})
}

// TestCheck plants what the check has to find, and what it has to leave.
func TestCheck(t *testing.T) {
	long := strings.Repeat("x", maxLine)
	for src, want := range map[string]int{
		"// F returns one.\nfunc F() int { return 1 }":                     0,
		"// F gives one.\nfunc F() int { return 1 }":                       3,
		"// F\n// gives one.\nfunc F() int { return 1 }":                   4,
		"// F says\n// whether it is one.\nfunc F() bool { return true }":  3,
		"var a = 1 // the one behind the last":                             3,
		"// It gives up after the last.\nvar a = 1":                        0,
		"// It stands behind a\n// proxy.\nvar a = 1":                      0,
		"var gives, behind = 1, `says whether`":                            0,
		"// " + long + "\nvar a = 1":                                       3,
		"var a = \"" + long + "\"":                                         3,
		"var a = `\n" + long + long + "`":                                  0,
		"// Code generated by x. DO NOT EDIT.\n\n// F gives.\nfunc F() {}": 0,
	} {
		line := 0
		text := "package x\n\n" + src + "\n"
		if strings.HasPrefix(src, "// Code") {
			text = src[:strings.Index(src, "\n")] + "\n\npackage x" + src[strings.Index(src, "\n"):] + "\n"
		}
		check(rules(t), "x.go", []byte(text), func(at int, _ string) { line = at })
		if line != want {
			t.Errorf("%q: line %d, want %d", src, line, want)
		}
	}
}

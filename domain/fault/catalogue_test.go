package fault_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/fault"
)

// Every code and every reason has words, once.
func TestCatalogue(t *testing.T) {
	all := fault.Catalogue()
	if want := len(fault.Codes()) + len(fault.Reasons()); len(all) != want {
		t.Fatalf("%d descriptions, not %d", len(all), want)
	}
	seen := map[string]bool{}
	for i, d := range all {
		if d.Name == "" || !strings.HasSuffix(d.Meaning, ".") || !strings.HasSuffix(d.Remedy, ".") || seen[d.Name] {
			t.Errorf("%d: %+v", i, d)
		}
		seen[d.Name] = true
		if !slices.Contains(fault.Codes(), d.Code) {
			t.Errorf("%s is a reason of %q, which is no code", d.Name, d.Code)
		}
	}
	if !slices.IsSortedFunc(fault.Reasons(), func(a, b fault.Description) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("the reasons are not sorted")
	}
}

// TestReasonsAreDescribed reads the program's source for what is given to Error.Reason.
func TestReasonsAreDescribed(t *testing.T) {
	used := reasonsIn(t, "../..")
	if len(used) < 15 {
		t.Fatalf("only %d reasons were found: %q", len(used), used)
	}
	var described []string
	for _, d := range fault.Reasons() {
		described = append(described, d.Name)
	}
	for name, where := range used {
		if !slices.Contains(described, name) {
			t.Errorf("%s: the reason %s is not in fault.Reasons()", where, name)
		}
	}
	for _, name := range described {
		if used[name] == "" {
			t.Errorf("the reason %s is described, and nothing gives it", name)
		}
	}
}

// reasonsIn maps each reason to a place in the source.
func reasonsIn(t *testing.T, root string) map[string]string {
	set := token.NewFileSet()
	var files []*ast.File
	for _, folder := range []string{"domain", "store", "engine", "server", "cmd"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(file string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") ||
				strings.Contains(file, "servertest") {
				return err
			}
			parsed, err := parser.ParseFile(set, file, nil, parser.SkipObjectResolution)
			files = append(files, parsed)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	constants := map[string]string{} // by package and name
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Names) == len(spec.Values) {
				for i, name := range spec.Names {
					if text, ok := literal(spec.Values[i]); ok {
						constants[f.Name.Name+"."+name.Name] = text
					}
				}
			}
			return true
		})
	}
	used := map[string]string{}
	for _, f := range files {
		give := func(value ast.Expr) {
			where := set.Position(value.Pos()).String()
			text, ok := literal(value)
			if name := expression(value); !ok && name != "" {
				if !strings.Contains(name, ".") {
					name = f.Name.Name + "." + name
				}
				text, ok = constants[name]
			}
			if !ok {
				t.Errorf("%s: the reason is neither a string nor a constant", where)
				return
			}
			used[text] = where
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CompositeLit:
				if name := expression(n.Type); name != "fault.Error" && !(f.Name.Name == "fault" && name == "Error") {
					break
				}
				for _, element := range n.Elts {
					pair, ok := element.(*ast.KeyValueExpr)
					if !ok {
						t.Errorf("%s: a fault.Error without the names of its members", set.Position(n.Pos()))
						break
					}
					if expression(pair.Key) == "Reason" {
						give(pair.Value)
					}
				}
			case *ast.AssignStmt: // e.Reason = "…", where e may be an Error
				for i, left := range n.Lhs {
					if s, ok := left.(*ast.SelectorExpr); ok && s.Sel.Name == "Reason" && len(n.Lhs) == len(n.Rhs) {
						text, ok := literal(n.Rhs[i])
						if name := expression(n.Rhs[i]); strings.HasPrefix(name, "fault.") {
							text, ok = constants[name]
						}
						if ok {
							used[text] = set.Position(n.Pos()).String()
						}
					}
				}
			}
			return true
		})
	}
	return used
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

// expression returns a name such as fault.Error; nothing for what is more than a name.
func expression(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		if x := expression(e.X); x != "" {
			return x + "." + e.Sel.Name
		}
	}
	return ""
}

package server_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/alania-go/alania/openapi"
)

const module = "github.com/alania-go/alania"

// pkg is a package of the project.
type pkg struct {
	folder  string // below the root, with slashes
	name    string
	doc     bool
	imports []string // of its files that are no tests; ours without the module's path and with a leading "./"
}

// root is where the project begins.
const root = ".."

// ignored are folders that are not part of the project's source.
var ignored = []string{".git", "node_modules", "bin", "data", "dist"}

// capabilities has the data of workspaces, unlike other folders of its name.
var capabilities = filepath.Join(root, "domain", "data")

func packages(t *testing.T) []*pkg {
	t.Helper()
	by := map[string]*pkg{}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if slices.Contains(ignored, d.Name()) && file != capabilities {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(root, filepath.Dir(file))
		if err != nil {
			return err
		}
		p := by[filepath.ToSlash(folder)]
		if p == nil {
			p = &pkg{folder: filepath.ToSlash(folder), name: parsed.Name.Name}
			by[p.folder] = p
		}
		p.doc = p.doc || parsed.Doc != nil
		for _, i := range parsed.Imports {
			p.imports = append(p.imports, ours(i))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	out := make([]*pkg, 0, len(by))
	for _, p := range by {
		slices.Sort(p.imports)
		p.imports = slices.Compact(p.imports)
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b *pkg) int { return strings.Compare(a.folder, b.folder) })
	return out
}

func ours(i *ast.ImportSpec) string {
	name, _ := strconv.Unquote(i.Path.Value)
	if rest, ok := strings.CutPrefix(name, module+"/"); ok {
		return "./" + rest
	}
	return name
}

// in reports whether an import or a folder is the tree or below it.
func in(name, tree string) bool { return name == tree || strings.HasPrefix(name, tree+"/") }

// rule forbids the packages of a tree to import others.
type rule struct {
	tree  string
	never []string
	but   string // that they may import all the same
}

// TestImports holds the layers apart: the domain knows no technology, the store and the
// engines know no HTTP edge, and no contract knows another.
func TestImports(t *testing.T) {
	rules := []rule{
		{tree: "domain", never: []string{
			"./gen", "./server", "./store", "./engine", "./openapi", "net/http", "database/sql",
			"github.com/labstack", "github.com/jmoiron/sqlx", "github.com/lib/pq", "modernc.org", "github.com/redis",
			"github.com/getkin",
		}},
		{tree: "store", never: []string{"./server", "./gen", "./engine", "./openapi", "net/http", "github.com/labstack"}},
		{
			tree:  "engine",
			never: []string{"./server", "./gen", "./store", "./openapi", "github.com/labstack", "github.com/jmoiron/sqlx"},
		},
		// What is generated writes its answers with server/answer, which in turn knows nothing of ours.
		{tree: "gen", never: []string{"./domain", "./server", "./store", "./engine", "./cmd"}, but: "./server/answer"},
		{tree: "server/answer", never: []string{"./domain", "./server", "./store", "./engine", "./gen", "./openapi"}},
		{tree: "openapi", never: []string{"./domain", "./server", "./store", "./engine", "./cmd", "./gen"}},
		{tree: ".", never: []string{"./cmd"}},
		// A client is published by itself.
		{tree: "sdk/go", never: []string{"./domain", "./server", "./store", "./engine", "./gen", "./openapi"}},
	}
	// Handlers reach the services, and stay away from each other. Only the assembly knows
	// more than one contract.
	contracts := openapi.Contracts()
	for _, c := range contracts {
		r := rule{
			tree:  "server/" + c,
			never: []string{"./store", "./engine", "./server/assembly", "github.com/jmoiron/sqlx"},
		}
		for _, other := range contracts {
			if other != c {
				r.never = append(r.never, "./server/"+other, "./gen/"+other)
			}
		}
		rules = append(rules, r)
		for _, part := range []string{
			"answer", "assembly", "config", "contract", "docs", "edge", "mcp", "portal", "registry", "static", "stream",
			"validate",
		} {
			rules = append(rules, rule{tree: "server/" + part, never: []string{"./server/" + c, "./gen/" + c}})
		}
	}
	all := packages(t)
	if len(all) < 20 {
		t.Fatalf("only %d packages were found", len(all))
	}
	// The SQL of one area knows that of no other: what they share is in store/db.
	areas := storeAreas(all)
	if len(areas) < 15 {
		t.Fatalf("only %d areas of the store were found: %q", len(areas), areas)
	}
	for _, area := range areas {
		r := rule{tree: area, never: []string{"./store/storetest"}}
		for _, other := range areas {
			if other != area {
				r.never = append(r.never, "./"+other)
			}
		}
		rules = append(rules, r)
	}
	rules = append(rules, rule{tree: "store/db", never: prefixed("./", areas)})
	for _, p := range all {
		for _, i := range p.imports {
			if i == "./store" && in(p.folder, "store") && !slices.Contains(supports, p.folder) {
				t.Errorf("%s imports the store, which puts it together", p.folder)
			}
		}
		for _, r := range rules {
			if r.tree != "." && !in(p.folder, r.tree) {
				continue
			}
			for _, i := range p.imports {
				for _, n := range r.never {
					// database/sql/driver is an interface and no database, so ids may meet it.
					if in(i, n) && i != "database/sql/driver" && i != r.but {
						t.Errorf("%s imports %s, which %s must not", p.folder, i, r.tree)
					}
				}
			}
		}
	}
}

// storeAreas are the packages that hold the SQL of one area each.
func storeAreas(all []*pkg) []string {
	var areas []string
	for _, p := range all {
		if path.Dir(p.folder) == "store" &&
			!slices.Contains([]string{"store/db", "store/migrations", "store/storetest"}, p.folder) {
			areas = append(areas, p.folder)
		}
	}
	return areas
}

func prefixed(prefix string, list []string) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = prefix + v
	}
	return out
}

// A service lacks nothing when it has been made: what it needs is an argument of its constructor. A method that only
// puts something into its service would leave it half made until somebody calls it.
func TestServicesHaveNoSetters(t *testing.T) {
	n := 0
	sources(t, func(folder string, fset *token.FileSet, f *ast.File) {
		if !in(folder, "domain") {
			return
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Recv == nil || typeName(fn.Recv.List[0].Type) != "Service" || !fn.Name.IsExported() {
				continue
			}
			if n++; setsField(fn) {
				t.Errorf("%s: %s.Service has the setter %s: make it an argument of its constructor",
					fset.Position(fn.Pos()), f.Name, fn.Name)
			}
		}
	})
	if n < 100 {
		t.Errorf("only %d methods of services were looked at", n)
	}
	planted := `package p
		type Service struct{ quota any; hooks []any; by map[string]any }
		func (s *Service) LimitBy(q any) { s.quota = q }
		func (s *Service) OnDelete(h any) { s.hooks = append(s.hooks, h) }
		func (s *Service) Render(name string, r any) { s.by[name] = r }`
	f, err := parser.ParseFile(token.NewFileSet(), "planted.go", planted, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && !setsField(fn) {
			t.Errorf("the setter %s is not found", fn.Name)
		}
	}
}

// setsField reports whether a method returns nothing and puts one of its arguments into a field of its receiver.
func setsField(fn *ast.FuncDecl) bool {
	if fn.Type.Results != nil || len(fn.Recv.List[0].Names) == 0 || len(fn.Type.Params.List) == 0 {
		return false
	}
	receiver := fn.Recv.List[0].Names[0].Name
	arguments := map[string]bool{}
	for _, p := range fn.Type.Params.List {
		for _, n := range p.Names {
			arguments[n.Name] = true
		}
	}
	found := false
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		set, ok := n.(*ast.AssignStmt)
		if !ok {
			return true
		}
		for i, to := range set.Lhs {
			if x, ok := to.(*ast.IndexExpr); ok {
				to = x.X
			}
			field, ok := to.(*ast.SelectorExpr)
			if !ok || typeName(field.X) != receiver {
				continue
			}
			ast.Inspect(set.Rhs[min(i, len(set.Rhs)-1)], func(n ast.Node) bool {
				id, ok := n.(*ast.Ident)
				found = found || ok && arguments[id.Name]
				return true
			})
		}
		return true
	})
	return found
}

// maxMethods is how many methods a type of the store may have, with those of what it embeds.
const maxMethods = 60

// A type that has everything is where everything goes: the SQL of an area stays in its own
// package, on a type that can be read as a whole.
func TestTypesOfTheStoreStaySmall(t *testing.T) {
	promoted := 0                   // methods of db.DB that a type has which embeds it
	methods := map[string]int{}     // by folder and type
	embeds := map[string][]string{} // what a type embeds of db
	sources(t, func(folder string, _ *token.FileSet, f *ast.File) {
		if !in(folder, "store") {
			return
		}
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv != nil {
					name := folder + " " + typeName(d.Recv.List[0].Type)
					methods[name]++
					if name == "store/db DB" && d.Name.IsExported() {
						promoted++
					}
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					ts, _ := s.(*ast.TypeSpec)
					if ts == nil {
						continue
					}
					st, _ := ts.Type.(*ast.StructType)
					if st == nil {
						continue
					}
					name := folder + " " + ts.Name.Name
					methods[name] += 0
					for _, field := range st.Fields.List {
						if len(field.Names) == 0 {
							embeds[name] = append(embeds[name], typeName(field.Type))
						}
					}
				}
			}
		}
	})
	stores := 0
	for name, n := range methods {
		if slices.Contains(embeds[name], "db.DB") {
			stores++
			n += promoted
		}
		if n > maxMethods {
			t.Errorf("%s has %d methods", name, n)
		}
	}
	if stores < 15 || promoted < 10 {
		t.Errorf("only %d stores were found, and %d methods of db.DB", stores, promoted)
	}
}

// typeName is the name of a type, without what it points to or is made of.
func typeName(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.StarExpr:
		return typeName(x.X)
	case *ast.IndexExpr:
		return typeName(x.X)
	case *ast.IndexListExpr:
		return typeName(x.X)
	case *ast.SelectorExpr:
		return typeName(x.X) + "." + x.Sel.Name
	case *ast.Ident:
		return x.Name
	}
	return ""
}

// supports are packages for tests.
var supports = []string{
	"cmd/alania/cmdtest", "domain/task/tasktest", "engine/hostile", "engine/objects/s3test", "server/servertest",
	"server/servertest/toy", "server/browsertest", "store/storetest",
}

// sources calls fn with every file of the server that is no test.
func sources(t *testing.T, fn func(folder string, fset *token.FileSet, f *ast.File)) {
	t.Helper()
	n := 0
	for _, tree := range []string{"domain", "engine", "store", "server", "cmd"} {
		err := filepath.WalkDir(filepath.Join(root, tree), func(file string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
				return err
			}
			folder, err := filepath.Rel(root, filepath.Dir(file))
			if folder = filepath.ToSlash(folder); err != nil || slices.Contains(supports, folder) {
				return err
			}
			fset := token.NewFileSet()
			f, err := parser.ParseFile(fset, file, nil, 0)
			if err == nil {
				n++
				fn(folder, fset, f)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if n < 100 {
		t.Fatalf("only %d files were looked at", n)
	}
}

// A panic in a goroutine ends the process for everybody, and what panics may be what a
// tenant's system has sent. So goroutines are started by domain/task, which recovers.
func TestGoroutinesRecover(t *testing.T) {
	sources(t, func(folder string, fset *token.FileSet, f *ast.File) {
		if folder == "domain/task" {
			return
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				t.Errorf("%s: a go statement; use domain/task", fset.Position(n.Pos()))
			case *ast.CallExpr:
				of, ok := n.Fun.(*ast.SelectorExpr)
				if !ok || of.Sel.Name != "Go" {
					break
				}
				if by, ok := of.X.(*ast.Ident); !ok || by.Name != "task" {
					t.Errorf("%s: a goroutine of a group; use domain/task", fset.Position(n.Pos()))
				}
			}
			return true
		})
	})
}

// shared are the trees that serve every contract alike.
var shared = []string{"domain", "store", "engine", "server", "cmd"}

// words are places where the name of a contract is another word of the language or of a format.
var words = map[string]string{
	"domain/scope keys":   "the resource that scopes of API keys name",
	"store/apikey keys":   "the list of API keys",
	"engine/objects keys": "the folder of objects, by their keys",
	"cmd/alania keys":     "the subcommand of signing keys",
	"server/issuer keys":  "the member of a set of keys (RFC 7517)",

	"domain/realm platform": "the realm of those who run the platform, and the level of their roles",
}

// A contract is a module, and a line in the list of modules. What is shared knows none by its name.
// The benchmarks of server/bench compare routers, with the handlers of one contract.
func TestSharedPackagesKnowNoContract(t *testing.T) {
	contracts := openapi.Contracts()
	excused := map[string]bool{}
	sources(t, func(folder string, fset *token.FileSet, f *ast.File) {
		own := slices.ContainsFunc(contracts, func(c string) bool { return in(folder, "server/"+c) })
		if own || folder == "server/bench" ||
			!slices.ContainsFunc(shared, func(tree string) bool { return in(folder, tree) }) {
			return
		}
		list := folder == "server" && filepath.Base(fset.Position(f.Pos()).Filename) == "contracts.go"
		for _, i := range f.Imports {
			for _, c := range contracts {
				if name := ours(i); !list && (in(name, "./server/"+c) || in(name, "./gen/"+c)) {
					t.Errorf("%s imports %s", fset.Position(i.Pos()), name)
				}
			}
		}
		ast.Inspect(f, func(n ast.Node) bool {
			literal, ok := n.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				return true
			}
			text, _ := strconv.Unquote(literal.Value)
			for _, c := range contracts {
				// The whole text, or quoted in it, as in SQL.
				if text != c && !strings.Contains(text, "'"+c+"'") {
					continue
				}
				if place := folder + " " + c; words[place] != "" {
					excused[place] = true
				} else {
					t.Errorf("%s names the contract %s", fset.Position(n.Pos()), c)
				}
			}
			return true
		})
	})
	for place := range words {
		if !excused[place] {
			t.Errorf("%s is excused, and there is nothing to excuse", place)
		}
	}
}

// A name that says nothing collects what belongs nowhere.
func TestPackageNames(t *testing.T) {
	for _, p := range packages(t) {
		for _, name := range []string{"util", "utils", "common", "helper", "helpers", "misc", "types", "shared", "base"} {
			if p.name == name || path.Base(p.folder) == name {
				t.Errorf("the package %s is called %s", p.folder, name)
			}
		}
		if !p.doc {
			t.Errorf("the package %s says nowhere what it is for", p.folder)
		}
	}
}

// Nothing in the project refers to a place that only one machine has. Where continuous integration looks for recorded
// cases, which it does without, is the one exception.
func TestPaths(t *testing.T) {
	elsewhere := []string{"../" + "shared", "/" + "work/"}
	cases := elsewhere[0] + "/conformance"
	n := 0
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains([]string{".git", "node_modules", "bin", "data"}, d.Name()) && file != capabilities:
			return filepath.SkipDir
		case !d.Type().IsRegular() || d.Name() == ".git": // a file in a work tree of git
			return nil
		}
		b, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		n++
		text := string(b)
		if file == filepath.Join(root, ".ci", "run") {
			text = strings.ReplaceAll(text, cases, "")
		}
		for _, e := range elsewhere {
			if strings.Contains(text, e) {
				t.Errorf("%s names %s", file, e)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n < 100 {
		t.Errorf("only %d files were looked at", n)
	}
}

// Whoever adds a dependency says why, in two lines.
func TestDependenciesAreExplained(t *testing.T) {
	read := func(name string) string {
		b, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	var direct []string
	_, required, _ := strings.Cut(read("go.mod"), "require (")
	for line := range strings.Lines(required) {
		if f := strings.Fields(line); len(f) == 2 && strings.Contains(f[0], "/") {
			direct = append(direct, f[0])
		}
	}
	for _, manifest := range []string{"package.json", "sdk/typescript/package.json"} {
		var node struct{ Dependencies, DevDependencies map[string]string }
		if err := json.Unmarshal([]byte(read(manifest)), &node); err != nil {
			t.Fatal(err)
		}
		for _, list := range []map[string]string{node.Dependencies, node.DevDependencies} {
			for name := range list {
				direct = append(direct, name)
			}
		}
	}
	if len(direct) < 20 {
		t.Fatalf("only %d direct dependencies were found: %q", len(direct), direct)
	}
	explained := read("docs/decisions.md")
	for _, d := range direct {
		if !strings.Contains(explained, "**"+d+"**") {
			t.Errorf("docs/decisions.md does not say why %s is there", d)
		}
	}
}

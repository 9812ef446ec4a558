package mcp

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/mcp"
)

// The words of the contract.
func TestFilesystemTools(t *testing.T) {
	e := engine(t, Options{})
	if b := e.Builtin(); len(b) != 1 || b[0].ID != "filesystem" || b[0].Name != "Filesystem Server" ||
		b[0].Description != "File and directory operations" {
		t.Errorf("%+v", b)
	}
	var names []string
	for _, tool := range must[[]mcp.Tool](t)(e.Tools(t.Context(), filesOf(id.New()), false)) {
		names = append(names, tool.Name)
		if tool.Name == "read_file" {
			p := tool.Parameters()
			if tool.Description != "Read contents of a file" || len(p) != 1 || p["path"].Type != "string" ||
				p["path"].Description != "File path to read" || !p["path"].Required {
				t.Errorf("%+v", tool)
			}
		}
	}
	if slices.Sort(names); !slices.Equal(names, []string{"delete_file", "list_directory", "read_file", "write_file"}) {
		t.Errorf("%q", names)
	}
}

func arguments(pairs ...string) string {
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	b, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func TestFiles(t *testing.T) {
	e := engine(t, Options{})
	target := filesOf(id.New())
	see := func(tool, args, want string) {
		t.Helper()
		if got := call(t, e, target, tool, args); string(got.Value) != want || got.Failed {
			t.Errorf("%s %s: %s", tool, args, got.Value)
		}
	}
	see("list_directory", arguments("path", "/"), `{"entries":[]}`)
	see("write_file", arguments("path", "/path/to/file.txt", "content", "File contents here…\n<&>"), `{"size":25}`)
	see("read_file", arguments("path", "/path/to/file.txt"),
		`{"content":"File contents here…\n\u003c\u0026\u003e","size":25}`)
	// Absolute or not, it is the same place.
	for _, p := range []string{"path/to/file.txt", "./path//to/./file.txt", "//path/to/file.txt"} {
		if got := call(t, e, target, "read_file", arguments("path", p)); got.Failed {
			t.Errorf("%s: %s", p, got.Value)
		}
	}
	see("write_file", arguments("path", "path/to/file.txt", "content", ""), `{"size":0}`)
	see("read_file", arguments("path", "path/to/file.txt"), `{"content":"","size":0}`)
	see("write_file", arguments("path", "path/b", "content", "12"), `{"size":2}`)
	see("list_directory", arguments("path", "path"),
		`{"entries":[{"name":"b","type":"file","size":2},{"name":"to","type":"directory"}]}`)
	see("list_directory", arguments("path", ""), `{"entries":[{"name":"path","type":"directory"}]}`)
	// Another workspace has other files.
	if got := call(t, e, filesOf(id.New()), "read_file", arguments("path", "path/b")); !got.Failed {
		t.Errorf("%s", got.Value)
	}
	// The largest that can be written, and one that can still be read.
	see("write_file", arguments("path", "most", "content", strings.Repeat("x", maxWrite)),
		`{"size":`+strconv.Itoa(maxWrite)+`}`)
	see("write_file", arguments("path", "readable", "content", strings.Repeat("x", maxRead)),
		`{"size":`+strconv.Itoa(maxRead)+`}`)
	if got := call(t, e, target, "read_file", arguments("path", "readable")); got.Failed || len(got.Value) < maxRead {
		t.Errorf("failed: %v, %d bytes", got.Failed, len(got.Value))
	}
}

func TestWhatIsNoFileOfTheWorkspace(t *testing.T) {
	root := t.TempDir()
	e := engine(t, Options{Root: root})
	target := filesOf(id.New())
	dir := filepath.Join(root, target.WorkspaceID.UUID())
	outside := filepath.Join(root, "secret")
	for _, err := range []error{
		os.MkdirAll(filepath.Join(dir, "folder"), 0o700), os.WriteFile(outside, []byte("S3CR3T"), 0o600),
		os.WriteFile(filepath.Join(dir, "inside"), []byte("in"), 0o600),
		os.Symlink("../secret", filepath.Join(dir, "relative")), os.Symlink(outside, filepath.Join(dir, "absolute")),
		os.Symlink("..", filepath.Join(dir, "up")),
		os.Symlink("inside", filepath.Join(dir, "harmless")), syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600),
		os.WriteFile(filepath.Join(dir, "binary"), []byte("\xff\xfe"), 0o600), os.WriteFile(filepath.Join(dir, "large"),
			make([]byte, maxRead+1), 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	const no, missing = "The path cannot be used.", "The path does not exist."
	for _, c := range []struct{ tool, args, want string }{
		{"read_file", arguments("path", "../secret"), string(errPath)},
		{"read_file", arguments("path", "folder/../inside"), string(errPath)},
		{"read_file", arguments("path", "a\x00b"), string(errPath)},
		{"read_file", arguments("path", strings.Repeat("x", maxPath+1)), string(errPath)},
		{"read_file", arguments("path", outside), missing}, // taken as a path inside
		{"read_file", arguments("path", "relative"), no},
		{"read_file", arguments("path", "absolute"), no},
		{"read_file", arguments("path", "up/secret"), no},
		{"read_file", arguments("path", "pipe"), string(errSpecial)},
		{"read_file", arguments("path", "folder"), string(errIsDir)},
		{"read_file", arguments("path", "/"), string(errIsDir)},
		{"read_file", arguments("path", "binary"), string(errBinary)},
		{"read_file", arguments("path", "large"), string(errTooLong)},
		{"read_file", arguments("path", "inside/deeper"), string(errNotDir)},
		{"read_file", arguments("path", "nowhere"), missing},
		{"write_file", arguments("path", "../secret", "content", "x"), string(errPath)},
		{"write_file", arguments("path", "up/secret", "content", "x"), no},
		{"write_file", arguments("path", "up/new", "content", "x"), no},
		{"write_file", arguments("path", "relative", "content", "x"), string(errSpecial)},
		{"write_file", arguments("path", "pipe", "content", "x"), string(errSpecial)},
		{"write_file", arguments("path", "folder", "content", "x"), string(errIsDir)},
		{"write_file", arguments("path", "new/", "content", "x"), string(errIsDir)},
		{"write_file", arguments("path", "/", "content", "x"), string(errIsDir)},
		{"write_file", arguments("path", "inside/deeper", "content", "x"), string(errNotDir)},
		{"write_file", arguments("path", "a", "content", strings.Repeat("x", maxWrite+1)), string(errTooMuch)},
		{"write_file", arguments("path", "folder/"+unfinished+"1", "content", "x"), string(errPath)},
		{"list_directory", arguments("path", ".."), string(errPath)},
		{"list_directory", arguments("path", "up"), no},
		{"list_directory", arguments("path", "inside"), string(errNotDir)},
		{"list_directory", arguments("path", "nowhere"), missing},
	} {
		got := call(t, e, target, c.tool, c.args)
		var text struct{ Content string }
		if err := json.Unmarshal(got.Value, &text); err != nil || !got.Failed || text.Content != c.want {
			t.Errorf("%s %.100s: %s, want %q", c.tool, c.args, got.Value, c.want)
		}
		if strings.Contains(string(got.Value), root) {
			t.Errorf("it tells where the files are: %s", got.Value)
		}
	}
	if b, err := os.ReadFile(outside); string(b) != "S3CR3T" || err != nil {
		t.Errorf("%q, %v", b, err)
	}
	if got := call(t, e, target, "read_file",
		arguments("path", "harmless")); string(got.Value) != `{"content":"in","size":2}` {
		t.Errorf("a link that stays inside: %s", got.Value)
	}
	entries := must[[]os.DirEntry](t)(os.ReadDir(dir))
	if slices.ContainsFunc(entries, func(d os.DirEntry) bool {
		return strings.HasPrefix(d.Name(), unfinished) || d.Name() == "new"
	}) {
		t.Errorf("%v", entries)
	}
	// Only so many are listed, and not what is being written.
	for i := range maxEntries + 5 {
		if err := os.WriteFile(filepath.Join(dir, "folder", strconv.Itoa(i)), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var d directory
	if err := json.Unmarshal(call(t, e, target, "list_directory", arguments("path", "folder")).Value, &d); err != nil ||
		!d.Truncated || len(d.Entries) != maxEntries {
		t.Errorf("%d entries, truncated: %v, %v", len(d.Entries), d.Truncated, err)
	}
}

func TestFilesAsResources(t *testing.T) {
	root := t.TempDir()
	e := engine(t, Options{Root: root})
	target := filesOf(id.New())
	call(t, e, target, "write_file", arguments("path", "notes/to day.md", "content", "# Ü"))
	if err := os.WriteFile(filepath.Join(root, target.WorkspaceID.UUID(), "b.png"), []byte("\xff"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, uri := range []string{"file:///notes/to%20day.md", "file:///notes/to%20d%61y.md"} {
		if ok, err := e.Offers(t.Context(), target, uri); !ok || err != nil {
			t.Errorf("%s: %v, %v", uri, ok, err)
		}
		got := must[[]mcp.Content](t)(e.Read(t.Context(), target, uri))
		if len(got) != 1 || got[0].Text != "# Ü" || got[0].URI != uri || got[0].Blob != nil ||
			!strings.HasPrefix(got[0].MIMEType, "text/") {
			t.Errorf("%s: %+v", uri, got)
		}
	}
	if got := must[[]mcp.Content](t)(e.Read(t.Context(), target, "file:///b.png")); string(got[0].Blob) != "\xff" ||
		got[0].Text != "" || got[0].MIMEType != "image/png" {
		t.Errorf("%+v", got)
	}
	for _, uri := range []string{
		"file:///nowhere", "file:///notes", "file:///../secret", "file:///%2e%2e/secret", "file:///a%00",
	} {
		if got, err := e.Read(t.Context(), target, uri); !fault.IsCode(err, fault.NotFound) {
			t.Errorf("%s: %+v, %v", uri, got, err)
		}
	}
	if ok, err := e.Offers(t.Context(), target, "file://host/a"); ok || err != nil {
		t.Errorf("a file of another host: %v, %v", ok, err)
	}
	target.ID = "another"
	target.Session = "another"
	if _, err := e.Tools(t.Context(), target, false); err == nil || errors.Is(err, os.ErrNotExist) {
		t.Errorf("a built-in server that is not there: %v", err)
	}
}

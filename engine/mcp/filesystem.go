package mcp

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"mime"
	"net/url"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"syscall"
	"unicode/utf8"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/mcp"
	"github.com/alania-go/alania/domain/secret"
)

// filesystem is the built-in server for the files of a workspace.
var filesystem = mcp.Server{
	ID: "filesystem", Name: "Filesystem Server", Description: "File and directory operations", Transport: mcp.Builtin,
}

const (
	maxRead    = 1 << 20 // bytes of a file that can be read
	maxWrite   = 4 << 20 // bytes of a file that can be written
	maxEntries = 1000    // of a directory that are listed
	maxPath    = 1024
)

// builtin serves the workspace's files to a session in this process. os.Root holds all
// of it inside the workspace's folder, whatever symbolic links say.
func (e *Engine) builtin(ctx context.Context, s *session, t mcp.Target) (sdk.Transport, error) {
	if t.ID != filesystem.ID {
		return nil, errors.New("no such built-in server")
	}
	dir, err := e.folder(t.WorkspaceID)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	f := e.files(root, t.WorkspaceID)
	if err := e.counted(ctx, t.WorkspaceID, f); err != nil {
		_ = root.Close()
		return nil, err
	}
	ours, theirs := sdk.NewInMemoryTransports()
	served, err := f.server().Connect(ctx, ours, nil)
	if err != nil {
		_ = root.Close()
		return nil, err
	}
	s.end = func() {
		_ = served.Close()
		_ = root.Close()
	}
	return theirs, nil
}

// files are the tools.
type files struct {
	root      *os.Root
	workspace id.ID
	stock     mcp.Stock // nil: nobody counts
	writing   *sync.Mutex
}

func (f files) server() *sdk.Server {
	s := sdk.NewServer(&sdk.Implementation{Name: filesystem.ID, Title: filesystem.Name, Version: version},
		&sdk.ServerOptions{Capabilities: &sdk.ServerCapabilities{}})
	yes, no := true, false
	reads := &sdk.ToolAnnotations{ReadOnlyHint: true, OpenWorldHint: &no}
	add := func(name, description, schema string, a *sdk.ToolAnnotations, do func(path, content string) (any, error)) {
		s.AddTool(&sdk.Tool{Name: name, Description: description, InputSchema: json.RawMessage(schema), Annotations: a},
			func(_ context.Context, r *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
				var in struct{ Path, Content string }
				if err := json.Unmarshal(r.Params.Arguments, &in); err != nil {
					return failed("The arguments are not what the tool takes."), nil
				}
				out, err := do(in.Path, in.Content)
				if err != nil {
					return failed(publicMessage(err)), nil
				}
				text, err := json.Marshal(out)
				return &sdk.CallToolResult{Content: []sdk.Content{&sdk.TextContent{Text: string(text)}}, StructuredContent: out},
					err
			})
	}
	add("read_file", "Read contents of a file",
		`{"type":"object","properties":{"path":{"type":"string","description":"File path to read"}},"required":["path"],`+
			`"additionalProperties":false}`,
		reads, func(p, _ string) (any, error) { return f.read(p) })
	add("write_file", "Write contents to a file",
		`{"type":"object","properties":{"path":{"type":"string","description":"File path to write"},`+
			`"content":{"type":"string","description":"Contents of the file"}},"required":["path","content"],`+
			`"additionalProperties":false}`,
		&sdk.ToolAnnotations{IdempotentHint: true, OpenWorldHint: &no}, func(p, content string) (any, error) {
			return f.write(p, content)
		})
	add("delete_file", "Delete a file or an empty directory",
		`{"type":"object","properties":{"path":{"type":"string","description":"Path to delete"}},"required":["path"],`+
			`"additionalProperties":false}`,
		&sdk.ToolAnnotations{DestructiveHint: &yes, OpenWorldHint: &no}, func(p, _ string) (any, error) {
			return f.remove(p)
		})
	add("list_directory", "List contents of a directory",
		`{"type":"object","properties":{"path":{"type":"string","description":"Directory path to list"}},`+
			`"required":["path"],"additionalProperties":false}`,
		reads, func(p, _ string) (any, error) { return f.list(p) })
	s.AddResourceTemplate(&sdk.ResourceTemplate{
		Name: "file", Description: "A file of the workspace", URITemplate: "file:///{+path}",
	}, f.resource)
	return s
}

func failed(text string) *sdk.CallToolResult {
	return &sdk.CallToolResult{IsError: true, Content: []sdk.Content{&sdk.TextContent{Text: text}}}
}

// problem is what a path or a file cannot be, in words for the caller.
type problem string

func (p problem) Error() string { return string(p) }

const (
	errPath    problem = "The path must stay inside the workspace, and have no .. in it."
	errIsDir   problem = "The path is a directory."
	errNotDir  problem = "The path is not a directory."
	errSpecial problem = "The path is not a regular file."
	errTooLong problem = "The file is larger than 1 MiB."
	errTooMuch problem = "The content is larger than 4 MiB."
	errBinary  problem = "The file is not text in UTF-8."

	errNotEmpty problem = "The directory is not empty."
	errFull     problem = "The plan allows no more in the workspace (feature_limit_reached). Delete files with " +
		"delete_file, or move to a larger plan."
	errUnknown problem = "What is stored could not be counted. Try again."
)

// publicMessage returns what a caller may know of an error: never where the files are.
func publicMessage(err error) string {
	var known problem
	var refusal *fault.Error
	switch {
	case errors.As(err, &known):
		return known.Error()
	case errors.Is(err, fs.ErrNotExist):
		return "The path does not exist."
	case errors.Is(err, syscall.ENOTDIR) || errors.Is(err, fs.ErrExist): // a file where a folder is to be
		return errNotDir.Error()
	case errors.Is(err, syscall.EISDIR):
		return errIsDir.Error()
	case fault.IsCode(err, fault.FeatureLimit):
		return errFull.Error()
	case errors.As(err, &refusal):
		return errUnknown.Error()
	case errors.Is(err, syscall.ENOSPC):
		return "There is no room for the file."
	}
	return "The path cannot be used."
}

// name returns a path relative to the root. Absolute paths begin there.
func name(p string) (string, error) {
	if len(p) > maxPath || strings.ContainsRune(p, 0) || !utf8.ValidString(p) ||
		slices.Contains(strings.Split(p, "/"), "..") {
		return "", errPath
	}
	clean := strings.TrimPrefix(path.Clean("/"+p), "/")
	if clean == "" {
		return ".", nil
	}
	return clean, nil
}

// open opens what is there for reading. A pipe would wait for a writer, so nothing is
// waited for.
func (f files) open(p string) (*os.File, fs.FileInfo, error) {
	n, err := name(p)
	if err != nil {
		return nil, nil, err
	}
	file, err := f.root.OpenFile(n, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	info, err := file.Stat()
	if err != nil {
		_ = file.Close()
		return nil, nil, err
	}
	return file, info, nil
}

func (f files) bytes(p string) ([]byte, error) {
	file, info, err := f.open(p)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	switch {
	case info.IsDir():
		return nil, errIsDir
	case !info.Mode().IsRegular():
		return nil, errSpecial
	case info.Size() > maxRead:
		return nil, errTooLong
	}
	b, err := io.ReadAll(io.LimitReader(file, maxRead+1))
	if err == nil && len(b) > maxRead { // it grows while it is read
		return nil, errTooLong
	}
	return b, err
}

type fileContent struct {
	Content string `json:"content"`
	Size    int    `json:"size"`
}

func (f files) read(p string) (any, error) {
	b, err := f.bytes(p)
	if err != nil {
		return nil, err
	}
	if !utf8.Valid(b) {
		return nil, errBinary
	}
	return fileContent{string(b), len(b)}, nil
}

// unfinished begins the names of files that are being written.
const unfinished = ".alania-unfinished-"

// write replaces a file as a whole, so that no reader sees half of it, and makes the folders
// that it is in.
func (f files) write(p, content string) (any, error) {
	n, err := name(p)
	switch {
	case err != nil:
		return nil, err
	case len(content) > maxWrite:
		return nil, errTooMuch
	case n == "." || strings.HasSuffix(p, "/"):
		return nil, errIsDir
	case strings.HasPrefix(path.Base(n), unfinished):
		return nil, errPath
	}
	if err := f.place(n, []byte(content), path.Join(path.Dir(n), unfinished+secret.Text(16))); err != nil {
		return nil, err
	}
	return struct {
		Size int `json:"size"`
	}{len(content)}, nil
}

type directory struct {
	Entries   []entry `json:"entries"`
	Truncated bool    `json:"truncated,omitempty"`
}

type entry struct {
	Name string `json:"name"`
	Type string `json:"type"` // file, directory or other
	Size int64  `json:"size,omitempty"`
}

func (f files) list(p string) (any, error) {
	file, info, err := f.open(p)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	if !info.IsDir() {
		return nil, errNotDir
	}
	found, err := file.ReadDir(maxEntries + 1)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	out := directory{Entries: []entry{}, Truncated: len(found) > maxEntries}
	for _, d := range found[:min(len(found), maxEntries)] {
		if strings.HasPrefix(d.Name(), unfinished) || !utf8.ValidString(d.Name()) {
			continue
		}
		e := entry{Name: d.Name(), Type: "other"}
		switch {
		case d.IsDir():
			e.Type = "directory"
		case d.Type().IsRegular():
			e.Type = "file"
			if i, err := d.Info(); err == nil {
				e.Size = i.Size()
			}
		}
		out.Entries = append(out.Entries, e)
	}
	slices.SortFunc(out.Entries, func(a, b entry) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

func (f files) resource(_ context.Context, r *sdk.ReadResourceRequest) (*sdk.ReadResourceResult, error) {
	u, err := url.Parse(r.Params.URI)
	if err != nil || u.Host != "" || u.Path == "" {
		return nil, sdk.ResourceNotFoundError(r.Params.URI)
	}
	b, err := f.bytes(u.Path)
	if err != nil {
		return nil, sdk.ResourceNotFoundError(r.Params.URI)
	}
	c := &sdk.ResourceContents{URI: r.Params.URI, MIMEType: mime.TypeByExtension(path.Ext(u.Path))}
	if utf8.Valid(b) {
		c.Text = string(b)
		if c.MIMEType == "" {
			c.MIMEType = "text/plain; charset=utf-8"
		}
	} else {
		c.Blob = b
		if c.MIMEType == "" {
			c.MIMEType = "application/octet-stream"
		}
	}
	return &sdk.ReadResourceResult{Contents: []*sdk.ResourceContents{c}}, nil
}

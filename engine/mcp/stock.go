package mcp

import (
	"context"
	"errors"
	"hash/fnv"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
)

const (
	stockTimeout = 10 * time.Second // of telling what is stored
	recount      = time.Hour        // how long the counts of a folder are trusted without a look at it
)

// hold keeps other writers out of the workspace's folder, those of other processes too, so that
// what is found there is what it is counted as. The result lets them in again.
func (f files) hold() (func(), error) {
	f.writing.Lock()
	dir, err := f.root.Open(".")
	if err != nil {
		f.writing.Unlock()
		return nil, err
	}
	if err = lock(dir); err != nil {
		_ = dir.Close()
		f.writing.Unlock()
		return nil, err
	}
	return func() {
		_ = dir.Close() // with the lock
		f.writing.Unlock()
	}, nil
}

// change counts what a write adds or a deletion frees.
func (f files) change(c plan.Amount) error {
	if f.stock == nil || c == (plan.Amount{}) {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), stockTimeout)
	defer cancel()
	return f.stock.Change(ctx, f.workspace, c)
}

// missing counts the folders that have to be made for a path.
func (f files) missing(dir string) (int64, error) {
	var n int64
	for ; dir != "."; dir = path.Dir(dir) {
		switch _, err := f.root.Lstat(dir); {
		case err == nil:
			return n, nil
		case !errors.Is(err, fs.ErrNotExist):
			return 0, err
		}
		n++
	}
	return n, nil
}

// count says anew what is in the folder: after a crash, or where others write too, it may be
// something else than what was counted. It is held meanwhile.
func (f files) count(ctx context.Context) error {
	release, err := f.hold()
	if err != nil {
		return err
	}
	defer release()
	var found plan.Amount
	err = fs.WalkDir(f.root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil || name == "." {
			return nil //nolint:nilerr // what cannot be read, or is gone by now, is left out
		}
		if strings.HasPrefix(path.Base(name), unfinished) { // nobody writes now: a crash left it
			return f.root.Remove(name)
		}
		found.Items++
		if info, err := d.Info(); err == nil && info.Mode().IsRegular() {
			found.Bytes += info.Size()
		}
		return nil
	})
	if err != nil {
		return err
	}
	return f.stock.Set(ctx, f.workspace, found)
}

// counted has a workspace's folder counted where that was not done for long.
func (e *Engine) counted(ctx context.Context, workspaceID id.ID, f files) error {
	if f.stock == nil {
		return nil
	}
	e.mu.Lock()
	at, known := e.counts[workspaceID]
	e.mu.Unlock()
	if known && e.opts.Now().Sub(at) < recount {
		return nil
	}
	if err := f.count(ctx); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.counts) >= maxCounts {
		clear(e.counts)
	}
	e.counts[workspaceID] = e.opts.Now()
	return nil
}

const maxCounts = 100_000

// remove deletes a file or an empty folder.
func (f files) remove(p string) (any, error) {
	n, err := name(p)
	switch {
	case err != nil:
		return nil, err
	case n == ".":
		return nil, errIsDir
	case strings.HasPrefix(path.Base(n), unfinished):
		return nil, errPath
	}
	release, err := f.hold()
	if err != nil {
		return nil, err
	}
	defer release()
	info, err := f.root.Lstat(n)
	if err != nil {
		return nil, err
	}
	freed := plan.Amount{Items: 1}
	if info.Mode().IsRegular() {
		freed.Bytes = info.Size()
	}
	if err := f.root.Remove(n); err != nil {
		if info.IsDir() && !errors.Is(err, fs.ErrPermission) {
			return nil, errNotEmpty
		}
		return nil, err
	}
	if err := f.change(plan.Amount{}.Minus(freed)); err != nil {
		return nil, err
	}
	return struct {
		Deleted bool `json:"deleted"`
	}{true}, nil
}

// size returns what a file that is there counts for; found reports whether there is one.
func (f files) size(n string) (size int64, found bool, err error) {
	info, err := f.root.Lstat(n)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return 0, false, nil
	case err != nil:
		return 0, false, err
	case info.IsDir():
		return 0, false, errIsDir
	case !info.Mode().IsRegular():
		return 0, false, errSpecial
	}
	return info.Size(), true, nil
}

// place makes the folders of a file and writes it, and counts both before.
func (f files) place(n string, content []byte, temporary string) error {
	release, err := f.hold()
	if err != nil {
		return err
	}
	defer release()
	dir := path.Dir(n)
	folders, err := f.missing(dir)
	if err != nil {
		return err
	}
	was, found, err := f.size(n)
	if err != nil {
		return err
	}
	growth := plan.Amount{Items: folders, Bytes: int64(len(content)) - was}
	if !found {
		growth.Items++
	}
	if err := f.change(growth); err != nil {
		return err
	}
	if folders > 0 {
		err = f.root.MkdirAll(dir, 0o700)
	}
	if err == nil {
		err = f.root.WriteFile(temporary, content, 0o600)
	}
	if err == nil {
		err = f.root.Rename(temporary, n)
	}
	if err == nil {
		return nil
	}
	_ = f.root.Remove(temporary)
	// Of the folders some may be there now.
	if left, missing := f.missing(dir); missing == nil {
		growth.Items -= folders - left
	}
	return errors.Join(err, f.change(plan.Amount{}.Minus(growth)))
}

// files returns the tools on a workspace's folder. Its writers in this process share a lock:
// those of other processes hold the folder's.
func (e *Engine) files(root *os.Root, workspaceID id.ID) files {
	h := fnv.New32a()
	_, _ = h.Write(workspaceID[:])
	return files{root: root, workspace: workspaceID, stock: e.opts.Files, writing: &e.writing[h.Sum32()%writers]}
}

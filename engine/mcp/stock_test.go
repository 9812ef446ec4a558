package mcp

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
)

// ledger counts in memory what engines that share it store, up to a limit.
type ledger struct {
	mu    sync.Mutex
	used  plan.Amount
	limit plan.Amount
	sets  int
}

func (l *ledger) Change(_ context.Context, _ id.ID, c plan.Amount) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	after := l.used.Plus(c)
	if c.Items > 0 && after.Items > l.limit.Items || c.Bytes > 0 && after.Bytes > l.limit.Bytes {
		return fault.New(fault.FeatureLimit, "full")
	}
	l.used = after
	return nil
}

func (l *ledger) Set(_ context.Context, _ id.ID, a plan.Amount) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.used, l.sets = a, l.sets+1
	return nil
}

func (l *ledger) now() plan.Amount {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.used
}

// there is what a workspace's folder holds.
func there(t *testing.T, dir string) plan.Amount {
	t.Helper()
	var found plan.Amount
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || p == dir {
			return err
		}
		info, err := d.Info()
		found.Items++
		if err == nil && info.Mode().IsRegular() {
			found.Bytes += info.Size()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestFilesAreCounted(t *testing.T) {
	l := &ledger{limit: plan.Amount{Items: 6, Bytes: 100}}
	root := t.TempDir()
	e := engine(t, Options{Root: root, Files: l})
	target := filesOf(id.New())
	dir := filepath.Join(root, target.WorkspaceID.UUID())
	write := func(path string, bytes int, want string) {
		t.Helper()
		got := call(t, e, target, "write_file", arguments("path", path, "content", strings.Repeat("x", bytes)))
		if got.Failed != (want != "") || !strings.Contains(string(got.Value), want) {
			t.Errorf("%s: %s", path, got.Value)
		}
		if now := there(t, dir); l.now() != now {
			t.Errorf("%s: counted are %+v, there are %+v", path, l.now(), now)
		}
	}
	remove := func(path, want string) {
		t.Helper()
		got := call(t, e, target, "delete_file", arguments("path", path))
		if got.Failed != (want != "") || !strings.Contains(string(got.Value), want) {
			t.Errorf("%s: %s", path, got.Value)
		}
		if now := there(t, dir); l.now() != now {
			t.Errorf("%s: counted are %+v, there are %+v", path, l.now(), now)
		}
	}
	write("a/b/c", 60, "")
	write("a/b/c", 90, "")
	write("a/d", 20, "feature_limit_reached")
	write("a/b/c", 10, "")
	write("a/d", 90, "")
	write("x/y/z", 0, "feature_limit_reached") // two folders and a file, and one is left
	write("a/b/c/d", 0, "not a directory")
	write("a/b", 0, "is a directory")
	write("..", 0, "inside the workspace")
	write("x", 0, "")
	write("y", 0, "")
	write("z", 0, "feature_limit_reached")
	remove("a", "not empty")
	remove("nothing", "does not exist")
	remove("/", "is a directory")
	remove("../x", "inside the workspace")
	remove("a/b/c", "")
	remove("a/b", "")
	write("z", 10, "")
	if l.sets != 1 {
		t.Errorf("the folder was counted %d times", l.sets)
	}
}

// Of many writers, also of another process, as many are admitted as there is room for.
func TestFilesAreCountedExactly(t *testing.T) {
	l := &ledger{limit: plan.Amount{Items: 1000, Bytes: 1000}}
	root := t.TempDir()
	target := filesOf(id.New())
	engines := []*Engine{engine(t, Options{Root: root, Files: l}), engine(t, Options{Root: root, Files: l})}
	for _, e := range engines { // opens the sessions: what is there is counted then
		call(t, e, target, "list_directory", arguments("path", "/"))
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	ok := 0
	for i := range 60 {
		wg.Go(func() {
			// Thirty paths, so that some write the same one at once.
			got := call(t, engines[i%2], target, "write_file",
				arguments("path", "p/"+strconv.Itoa(i%30), "content", strings.Repeat("x", 50)))
			mu.Lock()
			defer mu.Unlock()
			if !got.Failed {
				ok++
			}
		})
	}
	wg.Wait()
	if now := there(t, filepath.Join(root, target.WorkspaceID.UUID())); l.now() != now || now.Bytes != 1000 || ok < 20 {
		t.Errorf("counted are %+v, there are %+v, %d writes", l.now(), now, ok)
	}
}

// After a crash the first session counts what is there, and clears away what was not finished.
func TestFilesAreCountedAfterACrash(t *testing.T) {
	l := &ledger{limit: plan.Amount{Items: 10, Bytes: 100}, used: plan.Amount{Items: 9, Bytes: 99}}
	root := t.TempDir()
	target := filesOf(id.New())
	dir := filepath.Join(root, target.WorkspaceID.UUID())
	for name, content := range map[string]string{"a/b": "12345", "a/" + unfinished + "x": "123", unfinished + "y": "12"} {
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	now := time.Now()
	e := engine(t, Options{Root: root, Files: l, Now: func() time.Time { return now }})
	call(t, e, target, "list_directory", arguments("path", "/"))
	if want := (plan.Amount{Items: 2, Bytes: 5}); l.now() != want || there(t, dir) != want {
		t.Errorf("counted are %+v, there are %+v", l.now(), there(t, dir))
	}
}

package objects

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/health"
	"github.com/alania-go/alania/domain/object"
)

// killedEnv names the folder for the process that TestPutSurvivesAKill kills.
const killedEnv = "ALANIA_TEST_KILLED_FOLDER"

// TestKilled is not a test: it puts objects and says so until it is killed.
func TestKilled(t *testing.T) {
	dir := os.Getenv(killedEnv)
	if dir == "" {
		t.Skip("runs in the process that TestPutSurvivesAKill kills")
	}
	b, err := Open(context.Background(), "file://"+dir)
	if err != nil {
		fmt.Println("error", err)
		return
	}
	started := make(chan struct{})
	go func() {
		// One that is under way for ever.
		r := io.MultiReader(strings.NewReader("half"), readerFunc(func([]byte) (int, error) { close(started); select {} }))
		_, _ = b.Put(context.Background(), "unfinished", r, 8, "")
	}()
	<-started
	for i := 0; ; i++ {
		key, content := killedObject(i)
		if _, err := b.Put(context.Background(), key, strings.NewReader(content), -1, "text/plain"); err != nil {
			fmt.Println("error", err)
			return
		}
		fmt.Println("put", i)
	}
}

// killedObject is what TestKilled puts: some keys again and again, some once.
func killedObject(i int) (key, content string) {
	return fmt.Sprintf("tenant-%d/%d/object", i%3, i%50), strings.Repeat(strconv.Itoa(i)+" ", 500)
}

func TestPutSurvivesAKill(t *testing.T) {
	t.Parallel()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "objects")
	cmd := exec.Command(exe, "-test.run=^TestKilled$")
	cmd.Env = append(os.Environ(), killedEnv+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	acknowledged := map[string]int{} // the last number, by key
	last := -1
	for lines := bufio.NewScanner(out); lines.Scan(); {
		n, ok := strings.CutPrefix(lines.Text(), "put ")
		if !ok {
			t.Errorf("it says %q", lines.Text())
			break
		}
		if last, err = strconv.Atoi(n); err != nil {
			t.Error(err)
			break
		}
		key, _ := killedObject(last)
		acknowledged[key] = last
		if last == 200 {
			if err := cmd.Process.Kill(); err != nil { // SIGKILL
				t.Error(err)
			}
		}
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	if last < 200 {
		t.Fatalf("it put %d objects", last+1)
	}
	if left, err := os.ReadDir(filepath.Join(dir, tmpDir)); err != nil || len(left) == 0 {
		t.Errorf("nothing is left under way: %v, %v", left, err)
	}

	b := openURL(t, "file://"+dir)
	if left, err := os.ReadDir(filepath.Join(dir, tmpDir)); err != nil || len(left) != 0 {
		t.Errorf("Open leaves %v, %v", left, err)
	}
	for key, i := range acknowledged {
		// The one after the last acknowledged may have been done as well.
		got, info := get(t, b, key, 0, -1)
		_, want := killedObject(i)
		next, also := killedObject(last + 1)
		if got != want && (key != next || got != also) {
			t.Errorf("%s was acknowledged as %d and has %d bytes, %.8q…", key, i, len(got), got)
		}
		if sum := sha256.Sum256([]byte(got)); info.ETag != hex.EncodeToString(sum[:]) || info.ContentType != "text/plain" {
			t.Errorf("%s: %+v is not of its content", key, info)
		}
	}
	absent(t, b, "unfinished")
}

func TestClearingLeavesWhatAnotherIsWriting(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := openURL(t, "file://"+dir)
	started, goOn, done := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		r := io.MultiReader(strings.NewReader("ha"),
			readerFunc(func([]byte) (int, error) { close(started); <-goOn; return 0, io.EOF }), strings.NewReader("lf"))
		_, err := first.Put(context.Background(), "a", r, 4, "")
		done <- err
	}()
	<-started
	second := openURL(t, "file://"+dir)
	close(goOn)
	if err := <-done; err != nil {
		t.Fatalf("Put while another opens the folder: %v", err)
	}
	if got, _ := get(t, second, "a", 0, -1); got != "half" {
		t.Errorf("the other reads %q", got)
	}
}

func TestRelativeFolder(t *testing.T) {
	// Not parallel: the working directory is the process's.
	t.Chdir(t.TempDir())
	put(t, openURL(t, "file://data/objects"), "a", "x")
	put(t, openURL(t, "file://./here"), "a", "x")
	put(t, openURL(t, "file://one"), "a", "x")
	for _, name := range []string{"data/objects", "here", "one"} {
		if _, err := os.Stat(filepath.Join(name, keysDir, "a.obj")); err != nil {
			t.Error(err)
		}
	}
}

func TestNoWayOutOfTheFolder(t *testing.T) {
	t.Parallel()
	dir, outside := t.TempDir(), t.TempDir()
	b := openURL(t, "file://"+dir)
	other := openURL(t, "file://"+outside)
	put(t, other, "secret", "outside")
	if err := os.Symlink(filepath.Join(outside, keysDir), filepath.Join(dir, keysDir, "link")); err != nil {
		t.Skip(err)
	}
	if err := os.Symlink(filepath.Join(outside, keysDir, "secret.obj"),
		filepath.Join(dir, keysDir, "secret.obj")); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	for _, key := range []string{"link/secret", "secret"} {
		if r, _, err := b.Get(ctx, key, 0, -1); err == nil {
			r.Close()
			t.Errorf("%s is read through a link", key)
		}
	}
	if _, err := b.Put(ctx, "link/new", strings.NewReader("x"), 1, ""); err == nil {
		t.Error("written through a link")
	}
	if err := b.Delete(ctx, "link/secret"); err == nil {
		t.Error("deleted through a link")
	}
	if got, err := b.List(ctx, "", "", 0); err != nil || len(got) != 0 {
		t.Errorf("lists %v, %v", keys(got), err)
	}
	if got, err := other.List(ctx, "", "", 0); err != nil || !slices.Equal(keys(got), []string{"secret"}) {
		t.Errorf("outside there is %v, %v", keys(got), err)
	}
}

func TestDamagedAndForeignFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := openURL(t, "file://"+dir)
	ctx := context.Background()
	put(t, b, "good", "content")
	whole, err := os.ReadFile(filepath.Join(dir, keysDir, "good.obj"))
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{
		"empty": {}, "short": whole[len(whole)-3:], "cut": whole[:len(whole)-1], "cut in front": whole[1:],
		"long": append([]byte("x"), whole...), "mark only": append([]byte{0xff, 0xff, 0xff, 0xff}, mark...),
		"no trailer": append([]byte{0, 0, 0, 0}, mark...),
	} {
		if err := os.WriteFile(filepath.Join(dir, keysDir, name+".obj"), content, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Stat(ctx, name); err == nil || fault.IsCode(err, fault.NotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"README", "x%zz.obj", "x%2", "%.obj", ".obj.obj.txt"} {
		if err := os.WriteFile(filepath.Join(dir, keysDir, name), whole, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// Copied by hand, or on a file system where two keys are one name.
	if err := os.WriteFile(filepath.Join(dir, keysDir, "copy.obj"), whole, 0o600); err != nil {
		t.Fatal(err)
	}
	absent(t, b, "copy")
	if _, err := b.Put(ctx, "copy", strings.NewReader("x"), 1, ""); err == nil {
		t.Error("another key's object is overwritten")
	}
	if got, err := b.List(ctx, "", "", 0); err != nil || !slices.Equal(keys(got), []string{"good"}) {
		t.Errorf("lists %v, %v", keys(got), err)
	}
	// A damaged one can be replaced and deleted.
	put(t, b, "cut", "again")
	if got, _ := get(t, b, "cut", 0, -1); got != "again" {
		t.Errorf("reads back %q", got)
	}
	if err := b.Delete(ctx, "short"); err != nil {
		t.Error(err)
	}
	absent(t, b, "short")
}

func TestDeleteLeavesNoDirectories(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := openURL(t, "file://"+dir)
	put(t, b, "a/b/c", "x")
	put(t, b, "a/b", "x")
	put(t, b, "a/d/e/f", "x")
	for _, k := range []string{"a/b/c", "a/d/e/f"} {
		if err := b.Delete(context.Background(), k); err != nil {
			t.Fatal(err)
		}
	}
	var left []string
	err := filepath.WalkDir(filepath.Join(dir, keysDir), func(name string, d fs.DirEntry, err error) error {
		rel, rerr := filepath.Rel(filepath.Join(dir, keysDir), name)
		left = append(left, filepath.ToSlash(rel))
		if err == nil {
			err = rerr
		}
		return err
	})
	if want := []string{".", "a", "a/b.obj"}; err != nil || !slices.Equal(left, want) {
		t.Errorf("left: %v, %v; want %v", left, err, want)
	}
	put(t, b, "a/d/e/f", "again")
	// Directories that somebody else removes are made again.
	if err := os.RemoveAll(filepath.Join(dir, keysDir, "a")); err != nil {
		t.Fatal(err)
	}
	put(t, b, "a/d/e/f", "and again")
	if got, _ := get(t, b, "a/d/e/f", 0, -1); got != "and again" {
		t.Errorf("reads back %q", got)
	}
}

func TestFolderProbe(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := openURL(t, "file://"+dir)
	if c := b.Probe(context.Background()); c.State != health.Up || c.Cause != nil {
		t.Errorf("Probe gives %+v", c)
	}
	if err := os.RemoveAll(filepath.Join(dir, tmpDir)); err != nil {
		t.Fatal(err)
	}
	c := b.Probe(context.Background())
	if c.State != health.Down || c.Cause == nil || c.Message == "" || strings.Contains(c.Message, dir) {
		t.Errorf("Probe of a broken folder gives %+v", c)
	}
	if _, err := b.Put(context.Background(), "a", strings.NewReader("x"), 1, ""); err == nil {
		t.Error("Put into a broken folder succeeds")
	}
	absent(t, b, "a")
}

func FuzzPaths(f *testing.F) {
	for _, k := range oddKeys {
		f.Add(k)
	}
	f.Fuzz(func(t *testing.T, key string) {
		if object.ValidKey(key) != nil {
			t.Skip()
		}
		// The key can be read from the path: no two keys have one path.
		at, segments := "", strings.Split(pathOf(key), "/")
		for i, s := range segments {
			if len(s) > 255 || s == "." || s == ".." || s == "" {
				t.Fatalf("%q has the segment %q", key, s)
			}
			dir := i < len(segments)-1
			if dir && strings.HasSuffix(s, suffix) {
				t.Fatalf("%q has the directory %q", key, s)
			}
			next, ok := keyOf(at, s, dir)
			if !ok {
				t.Fatalf("%q: %q is not read back", key, s)
			}
			at = next
		}
		if at != key {
			t.Fatalf("%q reads back %q", key, at)
		}
	})
}

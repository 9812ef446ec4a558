package objects

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/health"
	"github.com/alania-go/alania/domain/object"
)

// What is in the folder.
const (
	keysDir  = "keys" // one file an object, see pathOf
	tmpDir   = "tmp"  // what is being written
	lockFile = "lock" // see lock
)

// folder keeps each object in one file: the content, then what is known about it, see
// trailer. A file is written under tmp, brought to the disk and then renamed, so an
// object is there as a whole, with its content type and etag, or not at all.
type folder struct {
	root *os.Root // no key, and no link in the folder, leads out of it
	lock *os.File

	// dirs is held for reading while a directory is made and filled, and for writing
	// while empty ones are removed.
	dirs sync.RWMutex

	mu    sync.Mutex
	known map[string]struct{} // directories whose own entry is known to be on the disk
}

// maxKnown bounds the memory of known; forgetting costs a few more syncs.
const maxKnown = 65_536

func openFolder(u *url.URL) (engine, error) {
	// file://data/objects has its first element where a URL has its host.
	name := u.Host + u.Path
	if u.Opaque != "" || u.User != nil || u.Fragment != "" || strings.Trim(name, "/") == "" {
		return nil, errors.New("the URL of a folder is file://relative/folder or file:///absolute/folder")
	}
	if _, err := options(u); err != nil {
		return nil, err
	}
	if err := makeAll(filepath.Clean(name)); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	f := &folder{root: root, known: map[string]struct{}{}}
	if err := f.prepare(); err != nil {
		return nil, errors.Join(err, f.close())
	}
	return f, nil
}

// makeAll makes a directory and those above it, and brings what it made to the disk.
func makeAll(name string) error {
	err := os.Mkdir(name, 0o700)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeAll(filepath.Dir(name)); err != nil {
			return err
		}
		err = os.Mkdir(name, 0o700)
	}
	if errors.Is(err, fs.ErrExist) {
		return nil // what it is, OpenRoot sees
	}
	if err != nil {
		return err
	}
	d, err := os.Open(filepath.Dir(name))
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// prepare makes the folder's directories, clears away what a killed process has left
// and tries to write.
func (f *folder) prepare() error {
	for _, dir := range []string{keysDir, tmpDir} {
		if err := f.root.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	if err := f.sync("."); err != nil {
		return err
	}
	l, err := f.root.OpenFile(lockFile, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	f.lock = l
	// What another process is writing now must not be cleared away: whoever has the
	// folder open shares the lock, and only one who has it alone may clear.
	if alone, err := lockAlone(l); err != nil {
		return fmt.Errorf("locking the folder: %w", err)
	} else if alone {
		if err := f.clear(); err != nil {
			return err
		}
	}
	if err := lockShared(l); err != nil {
		return fmt.Errorf("locking the folder: %w", err)
	}
	return f.try()
}

func (f *folder) clear() error {
	names, err := f.names(tmpDir)
	if err != nil {
		return err
	}
	for _, e := range names {
		if err := f.root.RemoveAll(path.Join(tmpDir, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

func (f *folder) close() error {
	var err error
	if f.lock != nil {
		err = f.lock.Close()
	}
	return errors.Join(err, f.root.Close())
}

func (f *folder) names(dir string) ([]fs.DirEntry, error) {
	d, err := f.root.Open(dir)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return d.ReadDir(-1)
}

// sync brings the entries of a directory to the disk.
func (f *folder) sync(dir string) error {
	d, err := f.root.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// trailer is what follows the content: this in JSON, the length of the JSON in
// four bytes, and the mark.
type trailer struct {
	Key         string    `json:"key"`
	Size        int64     `json:"size"`
	ContentType string    `json:"content_type"`
	ETag        string    `json:"etag"` // SHA-256 of the content in hexadecimal
	ModifiedAt  time.Time `json:"modified_at"`
}

const (
	mark       = "alania\x00\x01" // the last byte is the version of the form
	footer     = 4 + len(mark)
	maxTrailer = 16 << 10 // bytes of JSON: a key and a content type, escaped
)

func (t trailer) bytes() ([]byte, error) {
	b, err := json.Marshal(t)
	if err != nil {
		return nil, err
	}
	b = binary.BigEndian.AppendUint32(b, uint32(len(b)))
	return append(b, mark...), nil
}

var errDamaged = errors.New("objects: a file in the folder is damaged or not an object")

func readTrailer(r io.ReaderAt, size int64) (trailer, error) {
	var t trailer
	var foot [footer]byte
	if size < int64(footer) {
		return t, errDamaged
	}
	if _, err := r.ReadAt(foot[:], size-int64(footer)); err != nil {
		return t, err
	}
	n := int64(binary.BigEndian.Uint32(foot[:]))
	if string(foot[4:]) != mark || n > maxTrailer || n > size-int64(footer) {
		return t, errDamaged
	}
	b := make([]byte, n)
	if _, err := r.ReadAt(b, size-int64(footer)-n); err != nil {
		return t, err
	}
	if err := json.Unmarshal(b, &t); err != nil || t.Size != size-int64(footer)-n {
		return t, errDamaged
	}
	return t, nil
}

func (f *folder) put(_ context.Context, key string, src *source, _ int64, contentType string) (object.Info, error) {
	tmp := path.Join(tmpDir, tmpPrefix(key)+rand.Text())
	file, err := f.root.OpenFile(tmp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return object.Info{}, err
	}
	info, err := write(file, key, src, contentType)
	if cerr := file.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = f.commit(tmp, key)
	}
	if err != nil {
		_ = f.root.Remove(tmp) // gone when the rename was done
		return object.Info{}, err
	}
	return info, nil
}

// tmpPrefix begins the names of the files in which a key is being written.
func tmpPrefix(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:16]) + "."
}

// abandon removes the files in which the key was being written.
func (f *folder) abandon(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	names, err := f.names(tmpDir)
	if err != nil {
		return err
	}
	for _, e := range names {
		if !strings.HasPrefix(e.Name(), tmpPrefix(key)) {
			continue
		}
		if err := f.root.Remove(path.Join(tmpDir, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// write writes and syncs the whole file.
func write(file *os.File, key string, src *source, contentType string) (object.Info, error) {
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(file, sum), src)
	if err != nil {
		return object.Info{}, err
	}
	t := trailer{
		Key: key, Size: n, ContentType: contentType,
		ETag: hex.EncodeToString(sum.Sum(nil)), ModifiedAt: clock.System(),
	}
	b, err := t.bytes()
	if err != nil {
		return object.Info{}, err
	}
	if _, err := file.Write(b); err != nil {
		return object.Info{}, err
	}
	return object.Info(t), file.Sync()
}

// commit renames the written file to its name, and returns once that is on the disk.
func (f *folder) commit(tmp, key string) error {
	name := path.Join(keysDir, pathOf(key))
	if err := f.foreign(name, key); err != nil {
		return err
	}
	f.dirs.RLock()
	defer f.dirs.RUnlock()
	err := f.rename(tmp, name)
	if errors.Is(err, fs.ErrNotExist) {
		// Somebody else has removed directories of the folder: nothing is known.
		f.forget()
		err = f.rename(tmp, name)
	}
	return err
}

func (f *folder) rename(tmp, name string) error {
	dir := path.Dir(name)
	if err := f.makeDir(dir); err != nil {
		return err
	}
	if err := f.root.Rename(tmp, name); err != nil {
		return err
	}
	return f.sync(dir)
}

// makeDir makes a directory and those above it. It returns once all are on the disk,
// also those that another call has just made.
func (f *folder) makeDir(dir string) error {
	if dir == keysDir || f.isKnown(dir) {
		return nil
	}
	above := path.Dir(dir)
	if err := f.makeDir(above); err != nil {
		return err
	}
	if err := f.root.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := f.sync(above); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.known) >= maxKnown {
		clear(f.known)
	}
	f.known[dir] = struct{}{}
	return nil
}

func (f *folder) isKnown(dir string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, ok := f.known[dir]
	return ok
}

func (f *folder) forget(dirs ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(dirs) == 0 {
		clear(f.known)
	}
	for _, d := range dirs {
		delete(f.known, d)
	}
}

// foreign refuses to overwrite another key's object: a file system that does not tell
// upper from lower case, or two forms of a letter, has one file for two keys.
func (f *folder) foreign(name, key string) error {
	file, t, err := f.open(name)
	if err != nil {
		return nil // nothing there, or nothing that is an object
	}
	defer file.Close()
	if t.Key != key {
		return errors.New("objects: the file system of the folder does not tell two keys apart; it must tell upper from " +
			"lower case")
	}
	return nil
}

func (f *folder) open(name string) (*os.File, trailer, error) {
	file, err := f.root.Open(name)
	if err != nil {
		return nil, trailer{}, err
	}
	st, err := file.Stat()
	if err == nil && !st.Mode().IsRegular() {
		err = errDamaged
	}
	var t trailer
	if err == nil {
		t, err = readTrailer(file, st.Size())
	}
	if err != nil {
		return nil, trailer{}, errors.Join(err, file.Close())
	}
	return file, t, nil
}

// openKey opens the object of a key.
func (f *folder) openKey(ctx context.Context, key string) (*os.File, object.Info, error) {
	if err := ctx.Err(); err != nil {
		return nil, object.Info{}, err
	}
	file, t, err := f.open(path.Join(keysDir, pathOf(key)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, object.Info{}, fault.NewNotFound("object")
	}
	if err != nil {
		return nil, object.Info{}, err
	}
	if t.Key != key {
		_ = file.Close()
		return nil, object.Info{}, fault.NewNotFound("object")
	}
	return file, object.Info(t), nil
}

func (f *folder) get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, object.Info, error) {
	file, info, err := f.openKey(ctx, key)
	if err != nil {
		return nil, object.Info{}, err
	}
	offset = min(offset, info.Size)
	if length < 0 {
		length = math.MaxInt64
	}
	return struct {
		io.Reader
		io.Closer
	}{io.NewSectionReader(file, offset, min(length, info.Size-offset)), file}, info, nil
}

func (f *folder) stat(ctx context.Context, key string) (object.Info, error) {
	file, info, err := f.openKey(ctx, key)
	if err != nil {
		return object.Info{}, err
	}
	return info, file.Close()
}

func (f *folder) remove(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	name := path.Join(keysDir, pathOf(key))
	file, t, err := f.open(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err == nil:
		_ = file.Close()
		if t.Key != key {
			return nil
		}
	}
	if err := f.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	dir := path.Dir(name)
	if err := f.sync(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f.prune(dir)
	return nil
}

// prune removes directories that are empty, from dir upwards: otherwise walks would
// grow slower with every key that ever was. What fails here is tried again by the next
// Delete below it.
func (f *folder) prune(dir string) {
	if dir == keysDir || !f.isEmpty(dir) {
		return
	}
	f.dirs.Lock()
	defer f.dirs.Unlock()
	for ; dir != keysDir; dir = path.Dir(dir) {
		// An empty directory only: Remove does not take others.
		if f.root.Remove(dir) != nil {
			return
		}
		f.forget(dir)
	}
}

func (f *folder) isEmpty(dir string) bool {
	d, err := f.root.Open(dir)
	if err != nil {
		return false
	}
	defer d.Close()
	_, err = d.ReadDir(1)
	return err == io.EOF
}

func (f *folder) list(ctx context.Context, prefix, after string, limit int) ([]object.Info, error) {
	w := walk{f: f, prefix: prefix, after: after, limit: limit, found: []object.Info{}}
	if _, err := w.dir(ctx, keysDir, ""); err != nil {
		return nil, err
	}
	return w.found, nil
}

type walk struct {
	f             *folder
	prefix, after string
	limit         int
	found         []object.Info
}

type entry struct {
	name, key string
	dir       bool
}

// order is what entries of a directory are sorted by: every key below a directory has
// the directory's key and a slash in front, or the directory's key is a full piece that
// begins no other entry's.
func (e entry) order() string {
	if e.dir {
		return e.key + "/"
	}
	return e.key
}

// dir visits what is below a directory, in the order of the keys; parent is the key that
// the directory stands for. It reports whether to go on.
func (w *walk) dir(ctx context.Context, name, parent string) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	names, err := w.f.names(name)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil // pruned meanwhile
	}
	if err != nil {
		return false, err
	}
	entries := make([]entry, 0, len(names))
	for _, n := range names {
		if !n.IsDir() && !n.Type().IsRegular() {
			continue
		}
		if key, ok := keyOf(parent, n.Name(), n.IsDir()); ok && w.wants(key, n.IsDir()) {
			entries = append(entries, entry{n.Name(), key, n.IsDir()})
		}
	}
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.order(), b.order()) })
	for _, e := range entries {
		at := path.Join(name, e.name)
		if e.dir {
			if more, err := w.dir(ctx, at, e.key); err != nil || !more {
				return more, err
			}
			continue
		}
		file, t, err := w.f.open(at)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, errDamaged) {
			continue // deleted meanwhile, or not ours
		}
		if err != nil {
			return false, err
		}
		_ = file.Close()
		if t.Key != e.key {
			continue
		}
		w.found = append(w.found, object.Info(t))
		if len(w.found) == w.limit {
			return false, nil
		}
	}
	return true, nil
}

// wants reports whether the entry is, or may have below it, a key that is asked for.
func (w *walk) wants(key string, dir bool) bool {
	if !dir {
		return strings.HasPrefix(key, w.prefix) && key > w.after
	}
	return (strings.HasPrefix(key, w.prefix) || strings.HasPrefix(w.prefix, key)) &&
		(key > w.after || strings.HasPrefix(w.after, key))
}

func (f *folder) probe(ctx context.Context) health.Check {
	if err := ctx.Err(); err != nil {
		return health.Check{State: health.Down, Message: "No answer in time.", Cause: err}
	}
	if err := f.try(); err != nil {
		return health.Check{State: health.Down, Message: "Objects cannot be written and read.", Cause: err}
	}
	return health.Check{State: health.Up}
}

// try writes, reads and removes a file.
func (f *folder) try() error {
	name, want := path.Join(tmpDir, rand.Text()), []byte("probe")
	err := f.root.WriteFile(name, want, 0o600)
	var got []byte
	if err == nil {
		got, err = f.root.ReadFile(name)
	}
	if rerr := f.root.Remove(name); err == nil {
		err = rerr
	}
	if err == nil && !bytes.Equal(got, want) {
		err = errors.New("objects: what was read is not what was written")
	}
	return err
}

package storagetest

import (
	"crypto/sha256"
	"database/sql"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/task/tasktest"
	"github.com/alania-go/alania/engine/objects"
	"github.com/alania-go/alania/engine/objects/s3test"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/db"
	"github.com/alania-go/alania/store/storetest"
)

// points returns at how many points of an upload a server is killed on each database: the test's own number, or the
// one of ALANIA_TEST_KILLS.
func points(t *testing.T) int {
	t.Helper()
	value := os.Getenv("ALANIA_TEST_KILLS")
	if value == "" {
		return 3
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 {
		t.Fatalf("ALANIA_TEST_KILLS must be a number of kills, not %q", value)
	}
	return n
}

const size = 10 << 20 // more than a part of S3

// A server that is killed at any point of an upload leaves the old object or the new one, never a part; and
// nothing else after a sweep.
func TestKilledUploads(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", s3test.AccessKeyID)
	t.Setenv("AWS_SECRET_ACCESS_KEY", s3test.SecretAccessKey)
	n := points(t)
	for _, e := range storetest.Engines {
		t.Run(string(e)+" and "+systems[e], func(t *testing.T) {
			s := start(t, e)
			old := s.put(t, "a", body(size), size)
			for point := range n {
				// From the first byte to a moment after the last one.
				old = s.killDuring(t, old, int64(size)*int64(point)/int64(max(n-1, 1)), point%2 == 0)
			}
			s.swept(t, e)
			if got := s.get(t, "a"); got != old {
				t.Errorf("after the sweep there is %s, not %s", got, old)
			}
		})
	}
}

// killDuring kills the server when so many bytes of an upload are sent, and returns what is there afterwards.
func (s *system) killDuring(t *testing.T, old string, at int64, unknown bool) string {
	t.Helper()
	b, length := body(size), int64(size)
	if unknown {
		length = -1
	}
	killed := make(chan struct{})
	kill := func() {
		defer close(killed)
		s.Kill(t)
	}
	reader := io.MultiReader(io.LimitReader(b, at), &once{do: func() {
		if at < size {
			kill()
			return
		}
		go func() { // the body has been sent
			time.Sleep(time.Duration(rand.Int64N(int64(30 * time.Millisecond))))
			kill()
		}()
	}}, b)
	acknowledged := s.put(t, "a", reader, length)
	<-killed
	sum := sha256.New()
	if at == size {
		sum = b.sum
	}
	s.restart(t)
	got := s.get(t, "a")
	switch {
	case got == old && acknowledged == "":
	case at == size && got == text(sum):
	default:
		t.Errorf("killed after %d bytes: there is %s, neither the old object %s nor the new one (acknowledged: %q)", at,
			got, old, acknowledged)
	}
	return got
}

// once does something when it is read, and has no bytes.
type once struct{ do func() }

func (o *once) Read([]byte) (int, error) {
	o.do()
	return 0, io.EOF
}

// swept waits until the storage has what the object has, and nothing else.
func (s *system) swept(t *testing.T, e store.Engine) {
	t.Helper()
	_, source, _, err := db.ParseURL(s.env["ALANIA_DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	rows, err := sql.Open(string(e), source)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	change := func(query string) {
		t.Helper()
		if _, err := rows.Exec(query, "2001-02-03 04:05:06+00:00"); err != nil {
			t.Fatal(err)
		}
	}
	bucket, err := objects.Open(t.Context(), s.files)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = bucket.Close() }()
	tasktest.Until(t, "the sweep is done", func() bool {
		// What was replaced stays for a minute, and the sweep runs once a minute: it is to come now.
		change("UPDATE object_blobs SET expires_at = $1 WHERE state = 'unused'")
		change("UPDATE recurring_work SET due_at = $1, version = version + 1 WHERE name = 'clean_objects' AND owner IS NULL")
		var blobs int
		if err := rows.QueryRow("SELECT count(*) FROM object_blobs").Scan(&blobs); err != nil {
			t.Fatal(err)
		}
		found, err := bucket.List(t.Context(), "storage/", "", 1000)
		if err != nil {
			t.Fatal(err)
		}
		return blobs == 1 && len(found) == 1 && s.unfinished(t) == 0
	})
}

// unfinished is how much the storage has of what was not written to the end.
func (s *system) unfinished(t *testing.T) int {
	t.Helper()
	if s.s3 != nil {
		return s.s3.Pending()
	}
	names, err := os.ReadDir(filepath.Join(strings.TrimPrefix(s.files, "file://"), "tmp"))
	if err != nil {
		t.Fatal(err)
	}
	return len(names)
}

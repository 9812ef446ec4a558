// Package storagetest uploads to the program and downloads from it, as operators run it: what it needs of
// memory, and what is left of an upload when it is killed.
package storagetest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alania-go/alania/cmd/alania/cmdtest"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/engine/objects/s3test"
	"github.com/alania-go/alania/store"
)

func TestMain(m *testing.M) { cmdtest.Main(m) }

// system is a server with a database and an object storage.
type system struct {
	*cmdtest.Process
	env     map[string]string
	files   string // the URL of the object storage
	objects string // the path of the objects of the first workspace
	s3      *s3test.Server
}

// systems are the databases and storages that the tests run on.
var systems = map[store.Engine]string{store.SQLite: "folder", store.Postgres: "s3"}

func start(t *testing.T, e store.Engine) *system {
	t.Helper()
	s := &system{env: cmdtest.Settings(t, e)}
	s.env["ALANIA_HEARTBEAT"] = "100ms"
	s.env["GOGC"] = "50" // what is measured is what is in use, and not how much garbage a busy machine leaves
	s.files = "file://" + filepath.Join(t.TempDir(), "objects")
	if systems[e] == "s3" {
		s.s3 = s3test.New(t)
		s.files = "s3://bucket/prefix?path_style=true&endpoint=" + url.QueryEscape(s.s3.URL)
	}
	s.env["ALANIA_OBJECTS_URL"] = s.files
	s.env["AWS_ACCESS_KEY_ID"], s.env["AWS_SECRET_ACCESS_KEY"] = s3test.AccessKeyID, s3test.SecretAccessKey
	s.Process = cmdtest.Start(t, t.TempDir(), s.env)
	for _, ids := range cmdtest.ByName(t, s.URL+"/v2/orgs/"+cmdtest.FirstOrg(t, s.Process)+"/workspaces") {
		s.objects = "/v1/storage/" + ids[0] + "/objects/"
	}
	return s
}

// restart starts the server anew after it was killed.
func (s *system) restart(t *testing.T) { s.Process = cmdtest.Start(t, t.TempDir(), s.env) }

// call makes a request of an object. The length is -1 when it is not told.
func (s *system) call(method, key string, body io.Reader, length int64) (*http.Response, error) {
	r, err := http.NewRequest(method, s.URL+s.objects+key, body)
	if err != nil {
		return nil, err
	}
	if body != nil {
		r.ContentLength = length
		r.Header.Set("Content-Type", "application/octet-stream")
		r.Header.Set("Idempotency-Key", id.New().UUID())
	}
	r.Header.Set("Authorization", "Bearer "+cmdtest.Key)
	r.Header.Set("X-API-Version", "2024-01-01")
	r.Header.Set("X-Correlation-Id", "corr-abc-123")
	return http.DefaultClient.Do(r)
}

// put uploads, and returns the checksum that the server answers with; empty when it does not answer.
func (s *system) put(t *testing.T, key string, body io.Reader, length int64) string {
	t.Helper()
	res, err := s.call(http.MethodPut, key, body, length)
	if err != nil {
		return ""
	}
	defer func() { _ = res.Body.Close() }()
	var o struct {
		Checksum string `json:"checksum"`
	}
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return ""
	}
	if res.StatusCode != http.StatusOK && res.StatusCode != http.StatusCreated || json.Unmarshal(text, &o) != nil {
		t.Fatalf("an upload: %d %s", res.StatusCode, text)
	}
	return o.Checksum
}

// get downloads, and returns the checksum of what comes.
func (s *system) get(t *testing.T, key string) string {
	t.Helper()
	res, err := s.call(http.MethodGet, key, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	sum := sha256.New()
	if _, err := io.Copy(sum, res.Body); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("a download: %d %v", res.StatusCode, err)
	}
	return text(sum)
}

func text(sum hash.Hash) string { return base64.StdEncoding.EncodeToString(sum.Sum(nil)) }

// random is a body of so many bytes, with the checksum of what was read.
type random struct {
	io.Reader
	sum hash.Hash
}

func body(size int64) random {
	sum := sha256.New()
	source := rand.NewChaCha8([32]byte{byte(rand.IntN(256)), byte(rand.IntN(256))})
	return random{io.TeeReader(io.LimitReader(source, size), sum), sum}
}

func name(unknown bool) string {
	return strings.TrimSpace(fmt.Sprintf("length told: %v", !unknown))
}

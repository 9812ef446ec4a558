package objects

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/health"
	"github.com/alania-go/alania/engine/objects/s3test"
)

// s3URL returns the URL for Open of a bucket (and prefix) of the server.
func s3URL(f *s3test.Server, bucket, opts string) string {
	return "s3://" + bucket + "?endpoint=" + url.QueryEscape(f.URL) + "&" + opts
}

func TestS3Failures(t *testing.T) {
	t.Parallel()
	f := s3test.New(t)
	b := openURL(t, s3URL(f, "bucket", "path_style=true"))
	ctx := context.Background()
	put(t, b, "a", "content")
	all := func() map[string]error {
		out := map[string]error{}
		var mu sync.Mutex
		var wg sync.WaitGroup
		for what, call := range map[string]func() error{
			"Put":    func() error { _, err := b.Put(ctx, "a", strings.NewReader("x"), 1, ""); return err },
			"Get":    func() error { _, _, err := b.Get(ctx, "a", 0, -1); return err },
			"Stat":   func() error { _, err := b.Stat(ctx, "a"); return err },
			"Delete": func() error { return b.Delete(ctx, "a") },
			"List":   func() error { _, err := b.List(ctx, "", "", 1); return err },
		} {
			wg.Go(func() { // each asks again a few times
				err := call()
				mu.Lock()
				defer mu.Unlock()
				out[what] = err
			})
		}
		wg.Wait()
		return out
	}
	for _, tc := range []struct {
		name   string
		answer int
		code   fault.Code // empty: no fault of the caller's or of the moment
	}{
		{"it is down", http.StatusServiceUnavailable, fault.Unavailable},
		{"access is taken away", http.StatusForbidden, ""},
	} {
		f.Answer(tc.answer, "")
		for what, err := range all() {
			if err == nil {
				t.Errorf("%s: %s succeeds", tc.name, what)
			} else if tc.code != "" && !fault.IsCode(err, tc.code) {
				t.Errorf("%s: %s gives %v, want %s", tc.name, what, err, tc.code)
			} else if fault.IsCode(err, fault.NotFound) {
				t.Errorf("%s: %s gives %v", tc.name, what, err)
			}
		}
		c := b.Probe(ctx)
		if c.State != health.Down || c.Cause == nil || c.Message == "" || strings.Contains(c.Message, "driver's words") ||
			strings.Contains(c.Message, "127.0.0.1") {
			t.Errorf("%s: Probe gives %+v", tc.name, c)
		}
	}
	f.Answer(0, "")
	f.Drop(true)
	if c := b.Probe(ctx); c.State != health.Down || c.Message != "The bucket of the object storage does not exist." {
		t.Errorf("without the bucket Probe gives %+v", c)
	}
	f.Drop(false)
	if got, _ := get(t, b, "a", 0, -1); got != "content" {
		t.Errorf("afterwards it reads %q", got)
	}
	if c := b.Probe(ctx); c.State != health.Up {
		t.Errorf("afterwards Probe gives %+v", c)
	}

	// Nobody listens any more.
	f.Close()
	for what, err := range all() {
		if !fault.IsCode(err, fault.Unavailable) {
			t.Errorf("without a server %s gives %v", what, err)
		}
	}
	if c := b.Probe(ctx); c.State != health.Down || strings.Contains(c.Message, "127.0.0.1") {
		t.Errorf("without a server Probe gives %+v", c)
	}
}

func TestS3FailedUploadsAreAborted(t *testing.T) {
	t.Parallel()
	f := s3test.New(t)
	b := openURL(t, s3URL(f, "bucket", "path_style=true"))
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	content := make([]byte, partSize+1)
	r := io.MultiReader(bytes.NewReader(content), readerFunc(func([]byte) (int, error) {
		cancel()
		return 0, nil
	}), strings.NewReader("x"))
	if _, err := b.Put(ctx, "a", r, -1, ""); err == nil {
		t.Error("a cancelled upload succeeds")
	}
	if n := f.Pending(); n != 0 {
		t.Errorf("%d uploads are left, and paid for", n)
	}
	absent(t, b, "a")
}

func TestS3LongKeysWithAPrefix(t *testing.T) {
	t.Parallel()
	b := openURL(t, s3URL(s3test.New(t), "bucket/prefix", ""))
	fits, long := strings.Repeat("k", 1017), strings.Repeat("k", 1018)
	put(t, b, fits, "x")
	if got, _ := get(t, b, fits, 0, -1); got != "x" {
		t.Errorf("reads back %q", got)
	}
	if _, err := b.Put(context.Background(), long, strings.NewReader("x"), 1,
		""); !fault.IsCode(err, fault.ValidationFailed) {
		t.Errorf("Put: %v", err)
	}
	if _, err := b.Stat(context.Background(), long); !fault.IsCode(err, fault.ValidationFailed) {
		t.Errorf("Stat: %v", err)
	}
	if _, err := b.List(context.Background(), long, "", 1); !fault.IsCode(err, fault.ValidationFailed) {
		t.Errorf("List: %v", err)
	}
}

func TestS3Credentials(t *testing.T) {
	// Not parallel: the environment is the process's.
	dir := t.TempDir()
	file := filepath.Join(dir, "credentials")
	if err := os.WriteFile(file,
		[]byte("[default]\naws_access_key_id = "+testID+"\naws_secret_access_key = "+testSecret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	role := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/role" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		fmt.Fprintf(w, `{"AccessKeyId":%q,"SecretAccessKey":%q,"Token":"t","Expiration":%q}`,
			testID, testSecret, time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
	}))
	defer role.Close()
	f := s3test.New(t)
	for _, tc := range []struct {
		name string
		env  map[string]string
		says string // empty: it opens
	}{
		{"environment", map[string]string{"AWS_ACCESS_KEY_ID": testID, "AWS_SECRET_ACCESS_KEY": testSecret}, ""},
		{"half of the environment", map[string]string{"AWS_ACCESS_KEY_ID": testID}, "AWS_SECRET_ACCESS_KEY"},
		{"file", map[string]string{"AWS_SHARED_CREDENTIALS_FILE": file}, ""},
		{"role", map[string]string{"AWS_CONTAINER_CREDENTIALS_FULL_URI": role.URL + "/role"}, ""},
		{"none", map[string]string{"AWS_CONTAINER_CREDENTIALS_FULL_URI": role.URL + "/none"}, "AWS_ACCESS_KEY_ID"},
		{
			"another's", map[string]string{"AWS_ACCESS_KEY_ID": "AKIAOTHER", "AWS_SECRET_ACCESS_KEY": testSecret},
			"cannot be used",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, name := range []string{
				"AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY", "AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY", "AWS_PROFILE",
				"AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN",
				"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN",
			} {
				t.Setenv(name, "")
			}
			t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(dir, "missing"))
			t.Setenv("AWS_CONFIG_FILE", filepath.Join(dir, "missing"))
			for name, value := range tc.env {
				t.Setenv(name, value)
			}
			b, err := Open(context.Background(), s3URL(f, "bucket", ""))
			if tc.says == "" {
				if err != nil {
					t.Fatal(err)
				}
				put(t, b, "a", "x")
				if err := b.Close(); err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil {
				b.Close()
				t.Fatal("it opens")
			}
			if !strings.Contains(err.Error(), tc.says) || strings.Contains(err.Error(), testSecret) {
				t.Errorf("says %q, want it to name %q", err, tc.says)
			}
		})
	}
}

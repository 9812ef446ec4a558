// Package keycloaktest starts a Keycloak server for tests.
package keycloaktest

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/task"
)

// Variable names the folder of a Keycloak server that is built. `make test-keycloak` sets it.
const Variable = "ALANIA_TEST_KEYCLOAK"

// The administrator that a server is started with: a client of the realm master.
const (
	clientID = "alania-admin"
	secret   = "keycloak-test-secret-keycloak-test"
)

// Start starts a server, which ends with the test, and returns its URL with the administrator's client in it. It keeps
// nothing on the disk. Without the folder of a server the test is skipped.
func Start(t *testing.T) *url.URL {
	t.Helper()
	home := os.Getenv(Variable)
	if home == "" {
		t.Skip(Variable + " names no Keycloak server; make test-keycloak downloads one")
	}
	port, management := freePort(t), freePort(t)
	base := &url.URL{Scheme: "http", Host: fmt.Sprintf("127.0.0.1:%d", port)}
	cmd := exec.Command(filepath.Join(home, "bin", "kc.sh"), "start", "--optimized", "--http-enabled=true",
		"--http-host=127.0.0.1", fmt.Sprintf("--http-port=%d", port), fmt.Sprintf("--http-management-port=%d", management),
		"--hostname-strict=false", "--hostname="+base.String())
	cmd.Env = append(os.Environ(), "KC_BOOTSTRAP_ADMIN_CLIENT_ID="+clientID, "KC_BOOTSTRAP_ADMIN_CLIENT_SECRET="+secret,
		"JAVA_OPTS_KC_HEAP=-Xms64m -Xmx384m", "JAVA_OPTS_APPEND=-XX:TieredStopAtLevel=1")
	log, err := os.Create(filepath.Join(t.TempDir(), "keycloak.log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = log, log
	group(cmd)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	task.Go("wait for Keycloak", func() { ended <- cmd.Wait() })
	t.Cleanup(func() {
		kill(cmd)
		select {
		case <-ended:
		case <-time.After(30 * time.Second):
			t.Error("Keycloak does not end")
		}
		_ = log.Close()
	})
	wait(t, base, ended, log.Name())
	base.User = url.UserPassword(clientID, secret)
	return base
}

// wait waits until the server answers.
func wait(t *testing.T, base *url.URL, ended <-chan error, log string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, base.String()+"/realms/master", nil)
		if err != nil {
			t.Fatal(err)
		}
		if res, err := http.DefaultClient.Do(req); err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-ended:
			text, _ := os.ReadFile(log)
			t.Fatalf("Keycloak has ended:\n%s", text)
		case <-ctx.Done():
			text, _ := os.ReadFile(log)
			t.Fatalf("Keycloak does not answer:\n%s", text)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}

// Package mongotest starts a server that speaks MongoDB's protocol for tests.
package mongotest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"
)

// Variable is the class path of the server. `make test-mongo` sets it.
const Variable = "ALANIA_TEST_MONGO"

// Start starts a server, which ends with the test, and returns its URL. It keeps everything in memory. Without the
// class path of a server the test is skipped.
func Start(t *testing.T) string {
	t.Helper()
	classes := os.Getenv(Variable)
	if classes == "" {
		t.Skip(Variable + " names no server; make test-mongo downloads one")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	_ = l.Close()
	cmd := exec.Command("java", "-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp", classes, "TestServer", strconv.Itoa(port))
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	hold, err := cmd.StdinPipe() // when it is closed, the server ends
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = hold.Close()
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	address := fmt.Sprintf("127.0.0.1:%d", port)
	for begin := time.Now(); time.Since(begin) < time.Minute; time.Sleep(50 * time.Millisecond) {
		if c, err := net.Dial("tcp", address); err == nil {
			_ = c.Close()
			return "mongodb://" + address
		}
	}
	t.Fatal("the server does not answer")
	return ""
}

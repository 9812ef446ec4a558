package main

import (
	"context"
	"io"
	"regexp"
	"testing"
	"time"

	"github.com/alania-go/alania/cmd/alania/cmdtest"
)

func TestMain(m *testing.M) { cmdtest.Main(m) }

type object = cmdtest.Object

// alania runs a command in this process and returns what it printed.
func alania(t testing.TB, env map[string]string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var out cmdtest.Output
	c := command{
		args: args, out: &out, err: io.Discard, lookup: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
	}
	err := c.run(ctx)
	return out.String(), err
}

// column finds a value that the command line printed after its name.
func column(t testing.TB, text, name string) string {
	t.Helper()
	m := regexp.MustCompile(`(?m)^` + name + `\s+(\S+)`).FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("no %s in:\n%s", name, text)
	}
	return m[1]
}

package tasktest

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// told records how a test failed.
type told struct {
	testing.TB
	text string
}

func (*told) Helper() {}

func (x *told) Fatal(args ...any) {
	x.text = fmt.Sprint(args...)
	runtime.Goexit()
}

func TestUntil(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x, start := &told{TB: t}, time.Now()
		asked := 0
		Until(x, "half of the patience", func() bool { asked++; return time.Since(start) > Patience/2 })
		if x.text != "" || asked < 100 {
			t.Errorf("asked %d times: %q", asked, x.text)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			Until(x, "pigs fly", func() bool { return false }, func() string { return "they walk" })
		}()
		if <-done; !strings.Contains(x.text, "pigs fly") || !strings.Contains(x.text, "they walk") {
			t.Errorf("%q", x.text)
		}
	})
}

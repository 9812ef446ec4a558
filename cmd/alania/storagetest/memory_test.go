package storagetest

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/task/tasktest"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

const (
	large   = 200 << 20 // bytes of the object
	allowed = 32 << 20  // bytes by which the server may grow meanwhile
)

// An object of 200 MB goes up and down while the server grows by 32 MB at most, on both databases and storages.
func TestLargeObjects(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("it reads the memory of a process from /proc")
	}
	for _, e := range storetest.Engines { // one after the other: they take the processors
		t.Run(string(e)+" and "+systems[e], func(t *testing.T) { largeObject(t, e) })
	}
}

func largeObject(t *testing.T, e store.Engine) {
	s := start(t, e)
	warm := body(9 << 20)
	s.put(t, "warm", warm, -1)
	s.get(t, "warm")
	for _, unknown := range []bool{false, true} {
		before := s.memory(t, "VmRSS")
		s.forgetPeak(t)
		b, length := body(large), int64(large)
		if unknown {
			length = -1
		}
		sent := s.put(t, "large", b, length)
		up := s.memory(t, "VmHWM")
		got := s.get(t, "large")
		if want := text(b.sum); sent != want || got != want {
			t.Errorf("%s: sent %s, stored %s, came back %s", name(unknown), want, sent, got)
		}
		peak := s.memory(t, "VmHWM")
		t.Logf("%s: %d MB before, %d MB at most during the upload, %d MB in all", name(unknown), before>>20, up>>20, peak>>20)
		if peak-before > allowed {
			t.Errorf("%s: the server grows by %d MB", name(unknown), (peak-before)>>20)
		}
	}
}

// memory returns a figure of /proc/<pid>/status, in bytes.
func (s *system) memory(t *testing.T, name string) int64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.Cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), name+":")
	fields := strings.Fields(rest)
	n, err := strconv.ParseInt(fields[0], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n << 10
}

// forgetPeak has the kernel measure the largest memory anew.
func (s *system) forgetPeak(t *testing.T) {
	t.Helper()
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", s.Cmd.Process.Pid), []byte("5"), 0); err != nil {
		t.Fatal(err)
	}
	tasktest.Until(t, "the peak is forgotten", func() bool { return s.memory(t, "VmHWM") < s.memory(t, "VmRSS")+1<<20 })
}

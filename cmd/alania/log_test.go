package main

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// writes remembers each write to it.
type writes struct {
	mu  sync.Mutex
	all [][]byte
}

func (w *writes) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all = append(w.all, bytes.Clone(b))
	return len(b), nil
}

func (w *writes) counts() (writes, lines int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.all), bytes.Count(bytes.Join(w.all, nil), []byte("\n"))
}

func TestLogLinesWaitForEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := &writes{}
		log, flush := newBufferedLog(out, slog.LevelInfo)
		want := func(when string, writes, lines int) {
			t.Helper()
			if w, l := out.counts(); w != writes || l != lines {
				t.Errorf("%s: %d lines in %d writes, want %d in %d", when, l, w, lines, writes)
			}
		}
		log.Info("one")
		log.With("a", "b").WithGroup("g").Info("two", "c", "d")
		log.Debug("not logged")
		want("at once", 0, 0)
		time.Sleep(logWait - time.Millisecond)
		synctest.Wait()
		want("just before the time", 0, 0)
		time.Sleep(time.Millisecond)
		synctest.Wait()
		want("after the time", 1, 2)

		log.Info("three")
		log.Warn("four")
		want("a warning does not wait, and comes after what waited", 2, 4)
		log.WithGroup("g").Error("five")
		want("nor does an error", 3, 5)

		log.Info("long", "text", strings.Repeat("x", logBytes))
		want("nor does much", 4, 6)

		log.Info("last")
		flush()
		flush()
		want("at the end", 5, 7)
		time.Sleep(time.Minute)
		synctest.Wait()
		want("later", 5, 7)
	})
}

func TestLogLinesStayWhole(t *testing.T) {
	out := &writes{}
	log, flush := newBufferedLog(out, slog.LevelInfo)
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for n := range 500 {
				log.Info("line", "from", fmt.Sprint(g, "-", n))
			}
		})
	}
	wg.Wait()
	flush()
	lines := strings.Split(strings.TrimSuffix(string(bytes.Join(out.all, nil)), "\n"), "\n")
	if len(lines) != 8*500 {
		t.Errorf("%d lines", len(lines))
	}
	for _, l := range lines {
		if !strings.HasPrefix(l, `{"time":`) || !strings.HasSuffix(l, `"}`) {
			t.Fatalf("not a whole line: %q", l)
		}
	}
}

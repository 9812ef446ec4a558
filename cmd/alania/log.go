package main

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"
)

// How long lines of the log wait for each other, at most: one write for each takes more of a short
// request than anything else.
const (
	logBytes = 60 << 10
	logWait  = 100 * time.Millisecond
)

// logBuffer collects lines until they are many or old enough.
type logBuffer struct {
	out io.Writer

	mu    sync.Mutex
	lines []byte
	timer *time.Timer // runs while there are lines; nil until the first
}

// Write implements io.Writer. An error is that of an earlier line.
func (b *logBuffer) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.lines) == 0 {
		if b.timer == nil {
			b.timer = time.AfterFunc(logWait, func() { _ = b.Flush() })
		} else {
			b.timer.Reset(logWait)
		}
	}
	b.lines = append(b.lines, line...)
	if len(b.lines) < logBytes {
		return len(line), nil
	}
	return len(line), b.flush()
}

// Flush writes the lines that wait.
func (b *logBuffer) Flush() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.flush()
}

func (b *logBuffer) flush() error {
	if len(b.lines) == 0 {
		return nil
	}
	b.timer.Stop()
	_, err := b.out.Write(b.lines)
	b.lines = b.lines[:0]
	return err
}

// bufferedHandler writes records to a buffer. Warnings and errors do not wait there: they may be the last
// words of a process.
type bufferedHandler struct {
	slog.Handler // writes to buffer
	buffer       *logBuffer
}

// Handle implements slog.Handler.
func (h bufferedHandler) Handle(ctx context.Context, r slog.Record) error {
	err := h.Handler.Handle(ctx, r)
	if r.Level >= slog.LevelWarn {
		if flushed := h.buffer.Flush(); err == nil {
			err = flushed
		}
	}
	return err
}

// WithAttrs implements slog.Handler.
func (h bufferedHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return bufferedHandler{h.Handler.WithAttrs(attrs), h.buffer}
}

// WithGroup implements slog.Handler.
func (h bufferedHandler) WithGroup(name string) slog.Handler {
	return bufferedHandler{h.Handler.WithGroup(name), h.buffer}
}

// newBufferedLog returns a log that writes JSON lines to out through a buffer, and what flushes it.
func newBufferedLog(out io.Writer, level slog.Level) (log *slog.Logger, flush func()) {
	b := &logBuffer{out: out}
	inner := slog.NewJSONHandler(b, &slog.HandlerOptions{Level: level})
	return slog.New(bufferedHandler{inner, b}), func() { _ = b.Flush() }
}

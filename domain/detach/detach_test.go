package detach

import (
	"context"
	"testing"
	"time"
)

func TestShared(t *testing.T) {
	first, leave := context.WithTimeout(t.Context(), 5*time.Second)
	ctx, cancel := Shared(first)
	defer cancel()
	leave()
	if err := ctx.Err(); err != nil {
		t.Fatalf("the work ends with its first caller: %v", err)
	}
	want, _ := first.Deadline()
	if end, ok := ctx.Deadline(); !ok || !end.Equal(want) {
		t.Errorf("it ends at %v, want %v", end, want)
	}
	ctx, cancel = Shared(t.Context())
	defer cancel()
	if end, ok := ctx.Deadline(); !ok || time.Until(end) > Most {
		t.Errorf("without a deadline it ends at %v", end)
	}
}

func TestCleanUp(t *testing.T) {
	ended, end := context.WithCancel(t.Context())
	end()
	ctx, cancel := CleanUp(ended)
	defer cancel()
	if _, ok := ctx.Deadline(); !ok || ctx.Err() != nil {
		t.Errorf("a clean-up after the end: %v, with a deadline: %v", ctx.Err(), ok)
	}
}

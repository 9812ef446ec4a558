package contract

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/identity"
)

type parentKey struct{}

func begun(parent context.Context, timeout time.Duration) *Exchange {
	x := &Exchange{RequestID: "r1", Start: time.Now()}
	x.Begin(context.WithValue(parent, parentKey{}, "kept"), timeout)
	return x
}

// An exchange is a context as the package context makes them: with the values and the end of its parent, and an end of
// its own.
func TestExchangeIsItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	x := begun(ctx, time.Minute)
	defer x.End()
	if From(x) != x || From(context.WithoutCancel(x)) != x || identity.RequestID(x) != "r1" ||
		x.Value(parentKey{}) != "kept" || x.Err() != nil {
		t.Error("it does not know itself, its request or its parent")
	}
	if identity.From(x) != nil {
		t.Error("there is a caller before anybody is authorized")
	}
	p := &identity.Principal{}
	x.Authorized(p)
	if identity.From(x) != p || identity.From(identity.With(x, nil)) != nil {
		t.Error("the caller is not found")
	}
	within := begun(x, time.Hour)
	defer within.End()
	if From(within) != within || identity.From(within) != p {
		t.Error("an exchange within another does not know its own, or the caller")
	}
	if a, _ := within.Deadline(); a.After(x.deadline) {
		t.Error("it may take longer than the one around it")
	}
	child, stop := context.WithCancel(within)
	defer stop()
	cancel()
	for _, c := range []context.Context{x, within, child} {
		<-c.Done()
		if !errors.Is(c.Err(), context.Canceled) {
			t.Error(c.Err())
		}
	}
	if x.Value(parentKey{}) != "kept" || From(child) != within {
		t.Error("values are lost at the end")
	}
}

func TestExchangeEnds(t *testing.T) {
	t.Run("by its deadline, when nobody waits", func(t *testing.T) {
		x := begun(t.Context(), -time.Second)
		defer x.End()
		if !errors.Is(x.Err(), context.DeadlineExceeded) || !errors.Is(context.Cause(x), context.DeadlineExceeded) {
			t.Error(x.Err(), context.Cause(x))
		}
	})
	t.Run("by its deadline, when somebody waits", func(t *testing.T) {
		x := begun(t.Context(), time.Millisecond)
		defer x.End()
		<-x.Done()
		if !errors.Is(x.Err(), context.DeadlineExceeded) {
			t.Error(x.Err())
		}
	})
	t.Run("with the request, before anybody waits", func(t *testing.T) {
		x := begun(t.Context(), time.Minute)
		x.End()
		child, cancel := context.WithCancel(x)
		defer cancel()
		<-child.Done()
		if !errors.Is(x.Err(), context.Canceled) || x.Value(parentKey{}) != "kept" {
			t.Error(x.Err())
		}
	})
	t.Run("with the request, while somebody waits", func(t *testing.T) {
		x := begun(t.Context(), time.Minute)
		done := x.Done()
		go x.End()
		<-done
		if !errors.Is(x.Err(), context.Canceled) {
			t.Error(x.Err())
		}
	})
}

func TestHeadersBeyondTheRoom(t *testing.T) {
	var x Exchange
	h := http.Header{}
	for range 3 * len(x.headers.room) {
		x.SetHeader(h, "A", "first")
		x.SetHeader(h, "B", "second")
		h.Add("A", "more")
		if a, b := h["A"], h["B"]; len(a) != 2 || a[0] != "first" || len(b) != 1 || b[0] != "second" {
			t.Fatal(h)
		}
	}
}

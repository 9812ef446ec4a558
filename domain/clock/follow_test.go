package clock

import (
	"errors"
	"testing"
	"time"
)

func TestFollower(t *testing.T) {
	own := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	f := Follow(func() time.Time { return own })
	measure := func(ahead, took time.Duration) {
		t.Helper()
		err := f.Measure(func() (time.Time, error) {
			there := own.Add(ahead)
			own = own.Add(took)
			return there, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	expect := func(want time.Duration) {
		t.Helper()
		if got := f.Now().Sub(own); got != want {
			t.Errorf("the follower is %v ahead, want %v", got, want)
		}
	}
	expect(0)
	measure(0, time.Second) // it may be right
	expect(0)
	measure(-time.Hour, 0)
	expect(-time.Hour)
	measure(12*time.Second, 0)
	expect(12 * time.Second)
	measure(12500*time.Millisecond, time.Second) // between 11.5 and 12.5
	expect(12 * time.Second)
	measure(14*time.Second, time.Second) // at least 13
	expect(13 * time.Second)
	measure(10*time.Second, time.Second) // at most 10
	expect(10 * time.Second)
	away := errors.New("away")
	if err := f.Measure(func() (time.Time, error) { return time.Time{}, away }); !errors.Is(err, away) {
		t.Errorf("%v", err)
	}
	expect(10 * time.Second)
}

func TestSteady(t *testing.T) {
	now := Steady()
	a := now()
	if b := now(); b.Before(a) || a.Location() != time.UTC || a.Nanosecond()%1000 != 0 {
		t.Errorf("%v, then %v", a, b)
	}
	if d := time.Since(a).Abs(); d > time.Minute {
		t.Errorf("it is %v wrong", d)
	}
}

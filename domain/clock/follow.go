package clock

import (
	"sync/atomic"
	"time"
)

// Steady is a clock of this process that nobody sets: it begins with the machine's time,
// and goes on by what has passed since.
func Steady() Clock {
	began := time.Now()
	return func() time.Time {
		return began.Add(time.Since(began)).UTC().Truncate(time.Microsecond)
	}
}

// Follower is a clock that is set by another one, such as that of a database that several
// machines share: what one of them writes down, the others compare to the same time.
type Follower struct {
	own    Clock
	offset atomic.Int64 // to be added to own
}

// Follow makes a follower that goes by own between two measurements.
func Follow(own Clock) *Follower { return &Follower{own: own} }

// Now tells the time of the other clock.
func (f *Follower) Now() time.Time { return f.own().Add(time.Duration(f.offset.Load())) }

// Measure asks for the time of the other clock. It was told at some moment between question
// and answer: the follower moves no further than that proves it wrong, so that it does not
// jump with each answer that takes long.
func (f *Follower) Measure(ask func() (time.Time, error)) error {
	asked := f.own()
	there, err := ask()
	if err != nil {
		return err
	}
	least, most := there.Sub(f.own()), there.Sub(asked)
	f.offset.Store(int64(min(max(time.Duration(f.offset.Load()), least), most).Truncate(time.Microsecond)))
	return nil
}

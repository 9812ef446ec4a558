// Package clock tells the time the way the stores keep it: UTC, to the microsecond.
package clock

import "time"

// Clock tells the time; tests put their own in its place.
type Clock func() time.Time

// System is the machine's clock. Microseconds are what PostgreSQL keeps: a time that
// went through the store compares equal to the one that did not.
func System() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

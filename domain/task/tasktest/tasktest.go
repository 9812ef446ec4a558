// Package tasktest waits, in tests, for what other goroutines and processes do in their own time.
package tasktest

import (
	"testing"
	"time"
)

// Patience is how long a test waits for what it is sure of. It is long, as only a failure waits to its end.
const Patience = 2 * time.Minute

// Until waits until something has happened, however slow the machine is. When it never does, the test fails
// with what was waited for, and with what the details return then.
func Until(t testing.TB, what string, happened func() bool, details ...func() string) {
	t.Helper()
	pause := time.Millisecond
	for end := time.Now().Add(Patience); !happened(); time.Sleep(pause) {
		if time.Now().After(end) {
			text := "never: " + what
			for _, more := range details {
				text += "\n" + more()
			}
			t.Fatal(text)
		}
		pause = min(pause*5/4, 20*time.Millisecond) // what takes long need not be looked at often
	}
}

//go:build !race

package servertest

// RaceEnabled reports whether the race detector is on. What it slows is not measured.
const RaceEnabled = false

//go:build race

package server_test

// raceEnabled reports whether the race detector is on: what it slows is not measured.
const raceEnabled = true

// Package suite is tests alone: those of the SDK against the server itself, which it builds
// from the repository. Elsewhere they are skipped.
package suite

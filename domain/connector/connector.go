// Package connector says what a connector to another system is: what it needs to be told,
// how it proves that it can connect, and how it is read page by page. The engines that
// do it are in engine/connector; bindings and sync runs, in domain/sync, know only this.
package connector

import (
	"context"
	"encoding/json"
	"time"
)

// Definition describes a connector to who wants to use it.
type Definition struct {
	ID             string
	Name           string
	Description    string
	SchemaVersion  string          // semantic version of ConfigSchema
	RequiredScopes []string        // what a caller's credentials must hold to attach it
	ConfigSchema   json.RawMessage // JSON Schema 2020-12 of a Config; secrets are writeOnly
}

// Config is a configuration that meets the connector's schema, with its secrets.
type Config = json.RawMessage

// Record is one row or object of another system.
type Record struct {
	ExternalID string          // identifies it within its entity; not empty
	Data       json.RawMessage // an object
	UpdatedAt  *time.Time      // when the other system last changed it, where it says so
}

// RowError is one row that could not be read as a Record. It never holds the row's values.
type RowError struct {
	ExternalID string // empty when it cannot be told
	Code       string // stable, such as missing_id
	Message    string
}

// Checkpoint is a connector's place in an entity: small and opaque. Nil is the beginning.
type Checkpoint = json.RawMessage

// Page is what one Read returned.
type Page struct {
	Records []Record
	Failed  []RowError
	// Next is the place after the page. It is kept in one transaction with the page; the
	// next Read begins there, in this run or, once Done, in the next.
	Next Checkpoint
	Done bool // there is no more for now
}

// Connector reads one kind of system.
type Connector interface {
	Definition() Definition
	// Check connects and looks whether the configuration can be read with. Its errors are
	// *Problem.
	Check(ctx context.Context, cfg Config) error
	// Open gets ready to read. Its errors are *Problem.
	Open(ctx context.Context, cfg Config) (Source, error)
}

// Source is an open connection to read from. It is used by one goroutine.
type Source interface {
	// Entities names what the configuration selects, in the order it is read.
	Entities() []string
	// Read returns at most limit records of an entity after a checkpoint. Memory is bounded
	// by the page, however large the entity is. Its errors are *Problem.
	Read(ctx context.Context, entity string, after Checkpoint, limit int) (Page, error)
	Close() error
}

// Code names why a connector cannot go on.
type Code string

// The codes.
const (
	Unreachable    Code = "unreachable"     // no connection: the name, the port, TLS
	RefusedAddress Code = "refused_address" // the address is not public, and not allowed by the operator
	Unauthorized   Code = "unauthorized"    // the credentials are not accepted
	NotFound       Code = "not_found"       // the table, page, bucket or object does not exist
	InvalidConfig  Code = "invalid_config"  // the configuration contradicts what is there, such as a column's type
	BadResponse    Code = "bad_response"    // the other system answers what cannot be read
	RateLimited    Code = "rate_limited"    // the other system asks to slow down
	TimedOut       Code = "timed_out"       // no answer in time
)

// Problem is an error that a partner can act on.
type Problem struct {
	Code       Code
	Message    string // says what to do; no secret, no driver text
	Temporary  bool   // the same may succeed later
	RetryAfter time.Duration
	Cause      error // for the log
}

// Error is for the log.
func (p *Problem) Error() string {
	s := string(p.Code) + ": " + p.Message
	if p.Cause != nil {
		s += ": " + p.Cause.Error()
	}
	return s
}

// Unwrap returns the cause.
func (p *Problem) Unwrap() error { return p.Cause }

type prefixKey struct{}

// WithObjectPrefix says under which prefix of the platform's object storage a connector
// may read: that of its tenant.
func WithObjectPrefix(ctx context.Context, prefix string) context.Context {
	return context.WithValue(ctx, prefixKey{}, prefix)
}

// ObjectPrefix returns the prefix; false when a connector may read no objects.
func ObjectPrefix(ctx context.Context) (string, bool) {
	p, ok := ctx.Value(prefixKey{}).(string)
	return p, ok && p != ""
}

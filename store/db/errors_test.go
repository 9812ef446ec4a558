package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"syscall"
	"testing"

	"github.com/lib/pq"

	"github.com/alania-go/alania/domain/fault"
)

func TestErrorsOfPostgres(t *testing.T) {
	again := []string{
		"serialization_failure", "deadlock_detected", "another schema", "a statement that the session does not know",
	}
	for _, c := range []struct {
		name string
		err  error
		code fault.Code
	}{
		{"unique_violation", &pq.Error{Code: "23505"}, fault.Conflict},
		{"foreign_key_violation", &pq.Error{Code: "23503"}, fault.NotFound},
		{"serialization_failure", &pq.Error{Code: "40001"}, fault.Unavailable},
		{"deadlock_detected", &pq.Error{Code: "40P01"}, fault.Unavailable},
		{"connection_failure", &pq.Error{Code: "08006"}, fault.Unavailable},
		{"too_many_connections", &pq.Error{Code: "53300"}, fault.Unavailable},
		{"disk_full", &pq.Error{Code: "53100"}, fault.Unavailable},
		{"admin_shutdown", &pq.Error{Code: "57P01"}, fault.Unavailable},
		{"cannot_connect_now", &pq.Error{Code: "57P03"}, fault.Unavailable},
		{"crash_shutdown", &pq.Error{Code: "57P02"}, fault.Unavailable},
		{"database_dropped", &pq.Error{Code: "57P04"}, fault.Unavailable},
		{"read_only_sql_transaction", &pq.Error{Code: "25006"}, fault.Unavailable},
		{"lock_not_available", &pq.Error{Code: "55P03"}, fault.Unavailable},
		{"object_not_in_prerequisite_state", &pq.Error{Code: "55000"}, fault.Unavailable},
		{
			"a standby", &pq.Error{Code: "0A000", Message: "cannot set transaction read-write mode during recovery"},
			fault.Unavailable,
		},
		{"another schema", &pq.Error{Code: "0A000", Message: "cached plan must not change result type"}, fault.Unavailable},
		{"a statement that the session does not know", &pq.Error{Code: "26000"}, fault.Unavailable},
		{"query_canceled", &pq.Error{Code: "57014"}, fault.Timeout},
		{"character_not_in_repertoire", &pq.Error{Code: "22021"}, fault.ValidationFailed},
		{"untranslatable_character", &pq.Error{Code: "22P05"}, fault.ValidationFailed},
		{"not_null_violation", &pq.Error{Code: "23502"}, fault.Internal},
		{"undefined_table", &pq.Error{Code: "42P01"}, fault.Internal},
		{"a lost connection", driver.ErrBadConn, fault.Unavailable},
		{"refused", &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}, fault.Unavailable},
		{"no such host", &net.DNSError{Err: "no such host", Name: "db"}, fault.Unavailable},
		{"no answer", &net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}, fault.Unavailable},
		{"the caller's deadline", context.DeadlineExceeded, fault.Timeout},
		{"the caller is gone", context.Canceled, fault.Timeout},
		{"no row", sql.ErrNoRows, fault.Internal},
		{"anything", errors.New("anything"), fault.Internal},
	} {
		// However deep it is.
		for _, err := range []error{c.err, fmt.Errorf("in a statement: %w", c.err)} {
			got := wrap(err)
			if f := fault.Wrap(got); f.Code != c.code {
				t.Errorf("%s: %s, want %s", c.name, f.Code, c.code)
			}
			if !errors.Is(got, c.err) {
				t.Errorf("%s: the cause is gone from %v", c.name, got)
			}
			if want := slices.Contains(again, c.name); transient(got) != want {
				t.Errorf("%s: transient is %v", c.name, !want)
			}
		}
	}
	if wrap(nil) != nil || transient(nil) {
		t.Error("no error is an error")
	}
	// What the domain has named already keeps its name.
	known := fault.New(fault.Conflict, "Taken.").WithCause(&pq.Error{Code: "23503"})
	if got := wrap(known); got != error(known) {
		t.Errorf("%v", got)
	}
}

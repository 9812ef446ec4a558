package fault

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestWrap(t *testing.T) {
	hush := errors.New("pq: password hush")
	known := New(Conflict, "Taken.").WithCause(hush)
	for _, c := range []struct {
		name string
		err  error
		code Code
		same *Error
	}{
		{"unexpected", hush, Internal, nil},
		{"deadline", context.DeadlineExceeded, Timeout, nil},
		{"cancelled", context.Canceled, Timeout, nil},
		{"deadline, deep", fmt.Errorf("read: %w", fmt.Errorf("%w: %w", context.DeadlineExceeded, hush)), Timeout, nil},
		{"known", known, Conflict, known},
		{"known, deep", fmt.Errorf("create: %w", errors.Join(hush, known)), Conflict, known},
		// What the domain says goes before what ended it.
		{"known because of a deadline", New(Unavailable, "Later.").WithCause(context.DeadlineExceeded), Unavailable, nil},
	} {
		got := Wrap(c.err)
		if got.Code != c.code || c.same != nil && got != c.same {
			t.Errorf("%s: %v", c.name, got)
		}
		if c.same == nil && c.code != Unavailable && !errors.Is(got.Cause, c.err) {
			t.Errorf("%s: the cause is %v", c.name, got.Cause)
		}
		if got.Message == "" || strings.Contains(got.Message, "hush") {
			t.Errorf("%s: the caller reads %q", c.name, got.Message)
		}
		if errors.Is(c.err, hush) && !strings.Contains(got.Error(), "hush") {
			t.Errorf("%s: the log reads %q", c.name, got.Error())
		}
	}
}

func TestErrorIsForTheLog(t *testing.T) {
	for want, e := range map[string]*Error{
		"not_found: The thing does not exist.": NewNotFound("thing"),
		"conflict: Taken.: because: of that": New(Conflict, "Taken.").WithCause(fmt.Errorf(
			"because: %w", errors.New("of that"))),
		"validation_failed: The request does not meet the documented schema or rules.": Invalid(Body("/a", "enum",
			"must be b")),
	} {
		if e.Error() != want {
			t.Errorf("%q, want %q", e.Error(), want)
		}
	}
	v := Invalid(Body("/a", "enum", "must be b"), Violation{In: InQuery, Pointer: "/c", Code: "required"}).Violations
	if len(v) != 2 || v[0] != (Violation{In: "body", Pointer: "/a", Code: "enum", Message: "must be b"}) {
		t.Errorf("%+v", v)
	}
}

func TestIsCode(t *testing.T) {
	err := fmt.Errorf("deep: %w", NewNotFound("thing"))
	if !IsCode(err, NotFound) || IsCode(err, Conflict) || IsCode(nil, NotFound) ||
		IsCode(errors.New("not_found"), NotFound) {
		t.Error("codes are told wrongly")
	}
	// The outermost is what the caller is told.
	if err := New(Conflict, "Taken.").WithCause(NewNotFound("thing")); IsCode(err, NotFound) || !IsCode(err, Conflict) {
		t.Error("the cause's code is taken for the error's")
	}
}

func TestCodesAreDistinct(t *testing.T) {
	codes := slices.Sorted(slices.Values(Codes()))
	if len(slices.Compact(codes)) != len(Codes()) {
		t.Errorf("%v", Codes())
	}
	for _, c := range []Code{
		Malformed, Internal, Unavailable, Timeout, OAuthInvalidScope, IdempotencyMismatch, PreconditionFailed,
	} {
		if !slices.Contains(Codes(), c) {
			t.Errorf("%s is not among the codes", c)
		}
	}
}

package realm

import (
	"context"
	"runtime"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"github.com/alania-go/alania/domain/fault"
)

// What a password may be. The least is a setting (Policy); the most bounds the work.
const (
	MinPassword = 8
	MaxPassword = 256
)

// hashWait is how long somebody waits until their password is compared.
const hashWait = 10 * time.Second

// params are those of all hashes, so that every comparison is the same work.
var params = argon2id.DefaultParams

// hasher makes and compares hashes of passwords, two at once: each needs 64 MiB.
type hasher struct {
	slots   chan struct{}
	unknown func() string // a hash of nobody's password
}

func newHasher() *hasher {
	return &hasher{
		slots: make(chan struct{}, min(runtime.GOMAXPROCS(0), 2)),
		unknown: sync.OnceValue(func() string {
			h, err := argon2id.CreateHash("nobody's", params)
			if err != nil {
				panic(err) // only a machine without random numbers fails
			}
			return h
		}),
	}
}

func (h *hasher) enter(ctx context.Context) (leave func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, hashWait)
	defer cancel()
	select {
	case h.slots <- struct{}{}:
		return func() { <-h.slots }, nil
	case <-ctx.Done():
		return nil, &fault.Error{
			Code: fault.Unavailable, Message: "Too many passwords are being checked. Try again in a moment.",
			RetryAfter: hashWait, Cause: ctx.Err(),
		}
	}
}

// Hash returns the hash of a password in PHC form.
func (h *hasher) Hash(ctx context.Context, password string) (string, error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	return argon2id.CreateHash(password, params)
}

// Matches reports whether the hash is the password's. Without a hash it does the same work. ask is called when it
// is the caller's turn, and an error of it ends the comparison.
func (h *hasher) Matches(ctx context.Context, password, hash string, ask func() error) (bool, error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
	if err := ask(); err != nil {
		return false, err
	}
	known := hash != ""
	if !known {
		hash = h.unknown()
	}
	ok, err := argon2id.ComparePasswordAndHash(password, hash)
	return ok && known, err
}

// Policy is what passwords must have, and who may sign up by themselves.
type Policy struct {
	MinPassword int
	SelfService bool
	Message     string // for people who want an account
}

// Check refuses a password that is too short or too long, at a pointer.
func (p Policy) Check(pointer, password string) error {
	n := utf8.RuneCountInString(password)
	switch least := max(p.MinPassword, 1); {
	case n < least:
		return fault.Invalid(fault.Body(pointer, "min_length", "must have "+plural(least)+" or more"))
	case n > MaxPassword:
		return fault.Invalid(fault.Body(pointer, "max_length", "must have "+plural(MaxPassword)+" or fewer"))
	}
	return nil
}

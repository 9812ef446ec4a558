//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package objects

import (
	"errors"
	"os"
	"syscall"
)

// lockAlone takes the lock when nobody else has it, and reports whether it did. The
// system drops the lock with the process.
func lockAlone(f *os.File) (bool, error) {
	err := flock(f, syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil, err
}

// lockShared takes the lock together with others, in the place of lockAlone's. It waits
// for one who is clearing.
func lockShared(f *os.File) error { return flock(f, syscall.LOCK_SH) }

func flock(f *os.File, how int) error {
	for {
		if err := syscall.Flock(int(f.Fd()), how); !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

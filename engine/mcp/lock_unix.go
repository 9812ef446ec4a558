//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package mcp

import (
	"errors"
	"os"
	"syscall"
)

// lock waits until nobody else has the lock of a folder. It ends with the file, or the process.
func lock(dir *os.File) error {
	for {
		if err := syscall.Flock(int(dir.Fd()), syscall.LOCK_EX); !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

//go:build unix && !linux

package storetest

import "syscall"

// Only Linux can tie a process to its parent; elsewhere a killed test leaves its server.
func dieWithParent(*syscall.SysProcAttr) {}

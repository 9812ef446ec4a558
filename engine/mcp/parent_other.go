//go:build unix && !linux

package mcp

import "syscall"

// Only Linux can tie a process to its parent; elsewhere the end of its input must do.
func dieWithParent(*syscall.SysProcAttr) {}

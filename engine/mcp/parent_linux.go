package mcp

import "syscall"

// A command must not outlive a server that was killed.
func dieWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGKILL }

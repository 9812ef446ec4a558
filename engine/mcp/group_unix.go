//go:build unix

package mcp

import (
	"os/exec"
	"syscall"
)

// attributes puts the command into a group of its own.
func attributes(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	dieWithParent(cmd.SysProcAttr)
}

func terminate(group int) { _ = syscall.Kill(-group, syscall.SIGTERM) }

func kill(group int) { _ = syscall.Kill(-group, syscall.SIGKILL) }

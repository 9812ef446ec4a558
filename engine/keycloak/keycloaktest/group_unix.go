//go:build unix

package keycloaktest

import (
	"os/exec"
	"syscall"
)

// group puts the server into a process group of its own: the script that starts it leaves a child.
func group(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func kill(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }

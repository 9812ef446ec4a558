//go:build !unix

package mcp

import (
	"os"
	"os/exec"
)

// Without process groups, only the command itself is ended.
func attributes(*exec.Cmd) {}

func terminate(int) {}

func kill(pid int) {
	if p, err := os.FindProcess(pid); err == nil {
		_ = p.Kill()
	}
}

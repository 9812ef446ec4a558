//go:build tools

// Package tools pins the development tools in go.mod; nothing imports it. The
// server generator and the linter run with `go run`, at the versions go.mod names.
package tools

import (
	_ "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen"
	_ "honnef.co/go/tools/cmd/staticcheck"
)

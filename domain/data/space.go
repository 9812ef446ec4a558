// Package data is what the capabilities of a workspace's own data have in common: rows, documents and objects
// are packages below it, each with the interface of its engines.
package data

import "github.com/alania-go/alania/domain/id"

// Space is where the data of one workspace is kept. Whoever makes one has checked that the workspace is the
// caller's; engines derive the names of files, schemas and roles from the ids alone.
type Space struct {
	WorkspaceID id.ID
	OrgID       id.ID
}

// Package alania is the client of the Alania API. NewClient makes one; its fields are the
// published contracts, and theirs the resources:
//
//	client := alania.NewClient(option.WithClientCredentials(id, secret))
//	workspace, err := client.Platform.Workspaces.Create(ctx, orgID, platform.WorkspaceCreate{Name: "Growth team"})
//
// A client is safe for use by many goroutines, and is made once. The README shows each
// capability, and api.md lists all methods.
package alania

import "github.com/alania-go/alania/sdk/go/internal/transport"

// Version is the version of this SDK and of the joined bundle of the contracts that it was
// made from.
const Version = transport.Version

// Ptr returns a pointer to a value, for members and parameters that are optional.
func Ptr[T any](v T) *T { return &v }

// ErrNoCredentials is returned, before anything is sent, by a call that needs credentials
// when the client has none.
var ErrNoCredentials = transport.ErrNoCredentials

// ErrLoop is what a list ends with whose pages lead back to one that was seen.
var ErrLoop = transport.ErrLoop

package edge

import (
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/server/contract"
)

// Calls counts the calls that orgs make, in a workspace or, with the zero id, in none.
type Calls interface {
	Note(orgID, workspaceID id.ID)
}

// countCall counts a call that was let in, once it is known in which workspace it was.
func (e *Edge) countCall(x *contract.Exchange) {
	if x.Counts && e.Calls != nil {
		e.Calls.Note(x.Principal.OrgID, x.Workspace)
	}
}

package rows

// Change is one change of the tables of a workspace.
type Change interface{ change() }

package rows

// Plan is a query whose names are those of the catalogue.
type Plan struct {
	Action Action
}

// Action is what a query does.
type Action int

// The actions.
const (
	Read Action = iota
	Insert
	Update
	Put // inserts or replaces the one row that its filters name
	Delete
)

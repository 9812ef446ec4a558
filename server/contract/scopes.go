package contract

import "slices"

// Scopes are those that the operations of contracts need, in order.
func Scopes(contracts ...*Contract) []string {
	var all []string
	for _, c := range contracts {
		for _, op := range c.Operations {
			for _, a := range op.Access {
				for _, n := range a {
					all = append(all, n.Scopes...)
				}
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

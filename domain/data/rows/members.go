package rows

// AnyMembers lets the objects of an insert have different members: a column that an object does not have gets its
// default. PostgREST has callers ask for that.
func (q *Query) AnyMembers() {
	if q.Action != Insert || q.Columns != nil || q.Body.even {
		return
	}
	known := map[string]bool{}
	EachElement(q.Body.JSON, func(object []byte) bool {
		EachMember(object, func(key string, _ []byte) bool {
			if !known[key] {
				known[key] = true
				q.Columns = append(q.Columns, key)
			}
			return len(q.Columns) <= maxItems
		})
		return len(q.Columns) <= maxItems
	})
	q.Prefer.Missing = "default"
}

package filter

// Operators returns the operators of filters.
func Operators() []string {
	return []string{
		"$and", "$or", "$nor", "$comment", "$expr", "$eq", "$ne", "$lt", "$lte", "$gt", "$gte", "$in", "$nin", "$exists",
		"$type", "$size", "$mod", "$bitsAllSet", "$bitsAnySet", "$bitsAllClear", "$bitsAnyClear", "$regex", "$options",
		"$not", "$all", "$elemMatch",
	}
}

package control

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/alania-go/alania/domain/data/objects"
)

// conditions reads the conditions of a request (RFC 9110 section 13.1). A date that is none of HTTP is not regarded.
func conditions(match, noneMatch, modified, unmodified *string) objects.Conditions {
	return objects.Conditions{
		Match: tagsOf(match), NoneMatch: tagsOf(noneMatch), ModifiedSince: dateOf(modified),
		UnmodifiedSince: dateOf(unmodified),
	}
}

// tagsOf reads entity tags. One without quotes counts as if it had them, since the JSON of some clients has none.
func tagsOf(header *string) *objects.Tags {
	if header == nil {
		return nil
	}
	tags := &objects.Tags{}
	for part := range strings.SplitSeq(*header, ",") {
		switch part = strings.TrimSpace(part); part {
		case "":
		case "*":
			tags.Any = true
		default:
			tags.List = append(tags.List, tagOf(part))
		}
	}
	return tags
}

func tagOf(text string) objects.Tag {
	value, weak := strings.CutPrefix(text, "W/")
	return objects.Tag{Value: strings.Trim(value, `"`), Weak: weak}
}

// quoted shows an entity tag as HTTP does.
func quoted(etag string) string { return `"` + etag + `"` }

func dateOf(header *string) *time.Time {
	if header == nil {
		return nil
	}
	at, err := http.ParseTime(*header)
	if err != nil {
		return nil
	}
	return &at
}

// rangeOf reads a range of bytes (RFC 9110 section 14). Another unit, several ranges and what is malformed are not
// regarded: nil.
func rangeOf(header, ifRange *string) *objects.Range {
	if header == nil {
		return nil
	}
	spec, ok := strings.CutPrefix(strings.TrimSpace(*header), "bytes=")
	first, last, dash := strings.Cut(strings.TrimSpace(spec), "-")
	if !ok || !dash || strings.Contains(spec, ",") {
		return nil
	}
	r := &objects.Range{Last: -1, If: ifRangeOf(ifRange)}
	from, fromOK := position(first)
	to, toOK := position(last)
	switch {
	case first == "" && toOK:
		r.Suffix, r.None = to, to == 0
	case !fromOK, last != "" && (!toOK || to < from):
		return nil
	case last == "":
		r.First = from
	default:
		r.First, r.Last = from, to
	}
	return r
}

// position reads a number of digits alone.
func position(text string) (int64, bool) {
	if strings.TrimLeft(text, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil
}

// ifRangeOf reads what a range depends on. What is neither a tag nor a date holds of nothing.
func ifRangeOf(header *string) *objects.IfRange {
	if header == nil {
		return nil
	}
	if strings.Contains(*header, `"`) {
		tag := tagOf(strings.TrimSpace(*header))
		return &objects.IfRange{Tag: &tag}
	}
	return &objects.IfRange{Time: dateOf(header)}
}

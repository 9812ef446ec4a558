package main

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oasdiff/oasdiff/checker"
	"github.com/oasdiff/oasdiff/diff"
	"github.com/oasdiff/oasdiff/load"

	"github.com/alania-go/alania/openapi/breaking"
)

// ours are oasdiff's checks of what package breaking decides by stricter rules: what may
// be removed and when, who may call, what requests must have, what events carry. Each
// would otherwise be reported twice, or be called an error although its time has come.
var ours = regexp.MustCompile(`^(` + strings.Join([]string{
	`api-(path-)?removed-.*`, `api-.*sunset-.*`, `sunset-deleted`, `api-(global-)?security-.*`,
	`request-(parameter|property)-(removed|deprecated|sunset).*`, `response-property-(deprecated|sunset).*`,
	`request-body-(media-type-)?removed`, `response-(success-status|media-type)-removed`,
	`(required|optional)-response-header-removed`, `response-header-became-optional`,
	`response-(required|optional)(-write-only)?-property-removed`, `response-property-became-optional`,
	`response-property-enum-value-added`,
	`request-.*-unevaluated-properties-added`, `request-.*enum-value-removed`, `request-.*became-enum`,
	`new-required-request-.*`, `request-(parameter|property)-became-required`, `webhook-.*`,
}, "|") + `)$`)

// compare adds what oasdiff finds to what we find.
func compare(p breaking.Pair, now time.Time) ([]breaking.Change, error) {
	was, is, err := p.Documents()
	if err != nil {
		return nil, err
	}
	found := breaking.Compare(was, is, breaking.Dates{Published: p.Published, Now: now})
	others, err := oasdiff(p)
	if err != nil {
		return nil, err
	}
	for _, o := range others {
		// The type of a value is looked at by both; oasdiff sees formats, too.
		twice := (strings.HasSuffix(o.ID, "-type-changed") || strings.HasSuffix(o.ID, "-became-nullable")) &&
			slices.ContainsFunc(found, func(c breaking.Change) bool {
				return c.Where == o.Where && c.Level == breaking.Breaking && strings.HasSuffix(c.ID, "-type-changed")
			})
		if !twice {
			found = append(found, o)
		}
	}
	return found, nil
}

func oasdiff(p breaking.Pair) ([]breaking.Change, error) {
	read := func(bundle []byte) (*load.SpecInfo, error) {
		doc, err := openapi3.NewLoader().LoadFromData(bundle)
		return &load.SpecInfo{Url: p.Contract, Spec: doc}, err
	}
	was, err := read(p.Was)
	if err != nil {
		return nil, err
	}
	is, err := read(p.Is)
	if err != nil {
		return nil, err
	}
	report, sources, err := diff.GetWithOperationsSourcesMap(diff.NewConfig(), was, is)
	if err != nil {
		return nil, err
	}
	words := checker.NewDefaultLocalizer()
	var found []breaking.Change
	for _, c := range checker.CheckBackwardCompatibility(checker.NewConfig(checker.GetAllChecks()), report, sources) {
		if ours.MatchString(c.GetId()) {
			continue
		}
		level := breaking.Warning
		if c.GetLevel() == checker.ERR {
			level = breaking.Breaking
		}
		where := strings.TrimSpace(c.GetOperation() + " " + c.GetPath())
		if where == "" {
			where = c.GetSection()
		}
		found = append(found, breaking.Change{
			Kind: breaking.Changed, Level: level, ID: c.GetId(), Where: where, What: c.GetUncolorizedText(words),
			Why: c.GetComment(words),
		})
	}
	return found, nil
}

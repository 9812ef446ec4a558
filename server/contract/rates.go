package contract

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/alania-go/alania/domain/plan"
)

// RateClass is a limit that operations have in common.
type RateClass struct {
	Name string // of the policy and of the bucket; empty: the default
	Rate plan.Rate
	// Multiples are how many times the rate a tier has, when it is not once.
	Multiples map[plan.Tier]int
	// PerCaller says that each caller has a bucket, and that a request takes from it and from that of the tier.
	// Otherwise the callers of an org share one, in place of that of the tier.
	PerCaller bool
}

// For returns the rate of a caller on a tier.
func (c *RateClass) For(t plan.Tier) plan.Rate {
	n := max(c.Multiples[t], 1)
	return plan.Rate{PerMinute: n * c.Rate.PerMinute, Burst: n * c.Rate.Burst}
}

// readRates reads x-rate-classes of a document: limits of each caller, by the name with which operations ask for
// them (x-rate-class).
func readRates(doc *openapi3.T) (map[string]*RateClass, error) {
	said, there := doc.Extensions["x-rate-classes"]
	if !there {
		return nil, nil
	}
	text, err := json.Marshal(said)
	if err != nil {
		return nil, err
	}
	var rows map[string]struct {
		PerMinute int               `json:"perMinute"`
		Burst     int               `json:"burst"`
		Multiples map[plan.Tier]int `json:"multiples"`
	}
	if err := json.Unmarshal(text, &rows); err != nil {
		return nil, fmt.Errorf("x-rate-classes: %w", err)
	}
	out := map[string]*RateClass{}
	for name, row := range rows {
		for tier, n := range row.Multiples {
			if !tier.Valid() || n < 1 {
				return nil, fmt.Errorf("x-rate-classes: %s has a multiple of the tier %s that is not supported", name, tier)
			}
		}
		if row.PerMinute < 1 || row.Burst < 0 {
			return nil, fmt.Errorf("x-rate-classes: %s needs perMinute, and a burst of 0 or more", name)
		}
		out[name] = &RateClass{
			Name: name, Rate: plan.Rate{PerMinute: row.PerMinute, Burst: row.Burst}, Multiples: row.Multiples, PerCaller: true,
		}
	}
	return out, nil
}

// readRate reads how an operation is limited.
func (op *Operation) readRate(spec *openapi3.Operation) error {
	if name := extension[string](spec, "x-rate-class"); name != "" {
		if op.Rate = op.Contract.Rates[name]; op.Rate == nil {
			return fmt.Errorf("x-rate-class: %s is not supported", name)
		}
	}
	switch limit := extension[string](spec, "x-rate-limit"); limit {
	case "":
	case "none":
		op.Unlimited = true
	case "address":
		op.ByAddress = true
	default:
		return fmt.Errorf("x-rate-limit: %s is not supported", limit)
	}
	if op.Rate != nil && (op.Unlimited || op.ByAddress) {
		return errors.New("x-rate-class together with x-rate-limit is not supported")
	}
	return nil
}

// SetRates changes the rates of classes, by their names, in every contract that has them. It fails for a name that is
// none.
func SetRates(contracts []*Contract, rates map[string]plan.Rate) error {
	var known []string
	for _, c := range contracts {
		known = append(known, slices.Collect(maps.Keys(c.Rates))...)
	}
	slices.Sort(known)
	known = slices.Compact(known)
	for name, rate := range rates {
		if !slices.Contains(known, name) {
			return fmt.Errorf("there is no rate class %s; there are %v", name, known)
		}
		for _, c := range contracts {
			if class := c.Rates[name]; class != nil {
				class.Rate = rate
			}
		}
	}
	return nil
}

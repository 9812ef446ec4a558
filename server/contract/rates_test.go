package contract

import (
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/plan"
)

// withRates makes a contract of one operation that is in the class data.
func withRates(classes, operation string) (*Contract, error) {
	return Load(Module{Name: "t", Bundle: []byte(`{"openapi": "3.1.0", "info": {"title": "t", "version": "1"},
		"x-rate-classes": ` + classes + `, "paths": {"/t": {"get": {"operationId": "op", ` + operation + `,
		"responses": {"200": {"description": "d"}}}}}}`)})
}

func TestRateClasses(t *testing.T) {
	c, err := withRates(`{"data": {"perMinute": 240, "burst": 60, "multiples": {"enterprise": 100}}}`,
		`"x-rate-class": "data"`)
	if err != nil {
		t.Fatal(err)
	}
	class := c.Operations["op"].Rate
	for tier, want := range map[plan.Tier]plan.Rate{
		plan.Free: {PerMinute: 240, Burst: 60}, "": {PerMinute: 240, Burst: 60},
		plan.Enterprise: {PerMinute: 24_000, Burst: 6_000},
	} {
		if got := class.For(tier); got != want {
			t.Errorf("%q: %+v", tier, got)
		}
	}
	if err := SetRates([]*Contract{c}, map[string]plan.Rate{"data": {PerMinute: 7, Burst: 1}}); err != nil {
		t.Fatal(err)
	}
	if got := class.For(plan.Enterprise); got != (plan.Rate{PerMinute: 700, Burst: 100}) || !class.PerCaller {
		t.Errorf("changed to %+v", got)
	}
	err = SetRates([]*Contract{c}, map[string]plan.Rate{"date": {PerMinute: 7}})
	if err == nil || !strings.Contains(err.Error(), "date") || !strings.Contains(err.Error(), "data") {
		t.Errorf("an unknown class: %v", err)
	}
}

func TestRateClassesThatAreNone(t *testing.T) {
	for name, c := range map[string][2]string{
		"unknown class":    {`{}`, `"x-rate-class": "data"`},
		"no figure":        {`{"data": {}}`, `"x-rate-class": "data"`},
		"negative burst":   {`{"data": {"perMinute": 1, "burst": -1}}`, `"x-rate-class": "data"`},
		"unknown tier":     {`{"data": {"perMinute": 1, "multiples": {"gold": 2}}}`, `"x-rate-class": "data"`},
		"multiple of zero": {`{"data": {"perMinute": 1, "multiples": {"free": 0}}}`, `"x-rate-class": "data"`},
		"no object":        {`["data"]`, `"x-rate-class": "data"`},
		"two limits":       {`{"data": {"perMinute": 1}}`, `"x-rate-class": "data", "x-rate-limit": "none"`},
	} {
		if _, err := withRates(c[0], c[1]); err == nil || !strings.Contains(err.Error(), "x-rate-class") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

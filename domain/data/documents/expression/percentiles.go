package expression

import (
	"math"
	"slices"

	"github.com/alania-go/alania/domain/data/documents/refuse"
	"github.com/alania-go/alania/domain/data/documents/value"
)

func init() {
	specials["$median"] = percentile(false)
	specials["$percentile"] = percentile(true)
}

// percentile compiles $percentile, or $median, of a number or of an array of numbers.
func percentile(places bool) special {
	return func(arg value.Value, s Scope, at refuse.Place, depth int) (*Expression, error) {
		required := []string{"input", "method"}
		if places {
			required = append(required, "p")
		}
		if err := shape(arg, at, required, nil); err != nil {
			return nil, err
		}
		if err := CheckMethod(arg.Get("method"), at.Key("method")); err != nil {
			return nil, err
		}
		ps, err := Places(arg.Get("p"), s, at.Key("p"))
		if err != nil {
			return nil, err
		}
		input, err := compile(arg.Get("input"), s, at.Key("input"), depth+1)
		if err != nil {
			return nil, err
		}
		return &Expression{eval: func(e *Env) value.Value {
			v := input.eval(e)
			list := []value.Value{v}
			if v.Kind() == value.Array {
				list = v.Slice()
			}
			var numbers []float64
			for _, n := range list {
				if n.IsNumber() && !math.IsNaN(n.Float()) {
					numbers = append(numbers, n.Float())
				}
			}
			return Percentiles(numbers, ps)
		}}, nil
	}
}

// CheckMethod refuses a method of percentiles that there is not.
func CheckMethod(v value.Value, at refuse.Place) error {
	if m := v.Text(); m != "approximate" && m != "discrete" && m != "continuous" {
		return at.Invalid("enum", "The method is approximate.")
	}
	return nil
}

// Places compiles p of $percentile; of nothing it is that of $median: nil.
func Places(v value.Value, s Scope, at refuse.Place) ([]float64, error) {
	if v.IsMissing() {
		return nil, nil
	}
	x, err := Compile(v, s, at)
	if err != nil {
		return nil, err
	}
	v, literal := x.Literal()
	var out []float64
	for _, p := range v.Slice() {
		f := p.Float()
		if !p.IsNumber() || !(f >= 0 && f <= 1) {
			return nil, at.Type("an array of numbers from 0 to 1")
		}
		out = append(out, f)
	}
	if !literal || len(out) == 0 {
		return nil, at.Type("an array of numbers from 0 to 1")
	}
	return out, nil
}

// Percentiles returns the percentiles of numbers, which it sorts; with no places the median.
func Percentiles(numbers, places []float64) value.Value {
	slices.Sort(numbers)
	at := func(p float64) value.Value {
		if len(numbers) == 0 {
			return value.NullValue
		}
		return value.OfDouble(numbers[max(0, int(math.Ceil(p*float64(len(numbers))))-1)])
	}
	if places == nil {
		return at(0.5)
	}
	var out []value.Value
	for _, p := range places {
		out = append(out, at(p))
	}
	return value.OfArray(out...)
}

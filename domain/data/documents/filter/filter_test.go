package filter_test

import (
	"testing"

	"github.com/alania-go/alania/domain/data/documents/filter"
	"github.com/alania-go/alania/domain/data/documents/refuse"
	"github.com/alania-go/alania/domain/data/documents/value"
)

// Each filter matches the documents of yes and none of no.
func TestMatch(t *testing.T) {
	for _, c := range []struct {
		filter  string
		yes, no []string
	}{
		{
			`{"a":1}`,
			[]string{`{"a":1}`, `{"a":1.0}`, `{"a":[2,1]}`, `{"a":{"$numberDecimal":"1.00"}}`},
			[]string{`{"a":"1"}`, `{}`},
		},
		{
			`{"a":null}`,
			[]string{`{}`, `{"a":null}`, `{"a":[null]}`},
			[]string{`{"a":0}`, `{"a":[]}`},
		},
		{
			`{"a.b":{"$gt":1}}`,
			[]string{`{"a":{"b":2}}`, `{"a":[{"b":0},{"b":[0,3]}]}`},
			[]string{`{"a":[[{"b":2}]]}`, `{"a":{"b":"x"}}`},
		},
		{
			`{"a.1":5}`,
			[]string{`{"a":[4,5]}`, `{"a":{"1":5}}`},
			[]string{`{"a":[5,4]}`},
		},
		{
			`{"a":{"$elemMatch":{"$gt":1,"$lt":3}}}`,
			[]string{`{"a":[0,2]}`},
			[]string{`{"a":[0,4]}`, `{"a":2}`},
		},
		{
			`{"a":{"$not":{"$gte":5}}}`,
			[]string{`{}`, `{"a":"x"}`, `{"a":4}`},
			[]string{`{"a":[1,6]}`},
		},
		{
			`{"$or":[{"a":{"$in":[1,null]}},{"b":{"$regex":"^x","$options":"i"}}]}`,
			[]string{`{}`, `{"a":3,"b":"Xy"}`},
			[]string{`{"a":3,"b":"yx"}`},
		},
		{
			`{"a":{"$date":"2020-01-01T00:00:00Z"}}`,
			[]string{`{"a":{"$date":"2020-01-01T00:00:00.000Z"}}`},
			[]string{`{"a":1577836800000}`},
		},
	} {
		v, err := value.Parse(c.filter)
		if err != nil {
			t.Fatal(err)
		}
		f, err := filter.Compile(v, refuse.Query("filter"))
		if err != nil {
			t.Fatal(c.filter, err)
		}
		for _, doc := range c.yes {
			if !f.Match(value.Read(doc)) {
				t.Errorf("%s does not match %s", c.filter, doc)
			}
		}
		for _, doc := range c.no {
			if f.Match(value.Read(doc)) {
				t.Errorf("%s matches %s", c.filter, doc)
			}
		}
	}
}

package validate

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/fault"
)

// Requests are made to be expensive: what they cost may grow with their size, and with
// nothing else. Each case is a request of about n pieces.

const costTree = `"components":{"schemas":{` +
	`"Tree":{"anyOf":[{"$ref":"#/components/schemas/Left"},{"$ref":"#/components/schemas/Right"}]},` +
	`"Left":{"type":"object","required":["z"],"properties":{"n":{"$ref":"#/components/schemas/Tree"}},` +
	`"additionalProperties":{"type":"string"}},` +
	`"Right":{"type":"object","required":["y"],"properties":{"n":{"$ref":"#/components/schemas/Tree"}},` +
	`"additionalProperties":{"type":"string"}}}}}`

type costCase struct {
	name   string
	schema string // of the JSON body; empty: params has the whole operation
	params string
	target func(n int) (target, contentType, body string)
}

func body(text func(n int) string) func(n int) (string, string, string) {
	return func(n int) (string, string, string) { return "/", "application/json", text(n) }
}

func items(n int, item func(i int) string) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(item(i))
	}
	return b.String()
}

func always(s string) func(int) string { return func(int) string { return s } }

func numbered(format string) func(int) string {
	return func(i int) string { return fmt.Sprintf(format, i) }
}

func object(n int, member func(int) string) string { return "{" + items(n, member) + "}" }

func array(n int, item func(int) string) string { return "[" + items(n, item) + "]" }

var costCases = []costCase{
	{
		name: "equal keys", schema: `{"type":"object"}`,
		target: body(func(n int) string { return object(n, always(`"a":1`)) }),
	},
	{
		name: "equal keys in pairs", schema: `{"type":"object"}`,
		target: body(func(n int) string { return object(n, func(i int) string { return `"` + strconv.Itoa(i/2) + `":1` }) }),
	},
	{name: "equal keys far inside", schema: `{}`, target: body(func(n int) string {
		return strings.Repeat("[", 90) + object(n, always(`"a":1`)) + strings.Repeat("]", 90)
	})},
	{
		name: "few equal keys in many objects", schema: `{}`,
		target: body(func(n int) string { return array(n, always(`{"a":1,"a":1}`)) }),
	},
	{
		name: "unknown keys", schema: `{"type":"object","additionalProperties":false}`,
		target: body(func(n int) string { return object(n, numbered(`"k%d":1`)) }),
	},
	{
		name: "equal violations", schema: `{"allOf":[{"items":{"type":"string"}},{"items":{"type":"string"}}]}`,
		target: body(func(n int) string { return array(n, always("1")) }),
	},
	{name: "violations at the end", schema: `{"items":{"type":"integer"}}`, target: body(func(n int) string {
		return array(n, func(i int) string {
			if i > n-200 {
				return `"a"`
			}
			return "1"
		})
	})},
	{name: "long keys", schema: `{"additionalProperties":{"type":"string"}}`, target: body(func(n int) string {
		return object(200, func(i int) string { return `"\u0041` + strings.Repeat("k", n/20) + strconv.Itoa(i%3) + `":1` })
	})},
	{
		name: "defaults", schema: `{"items":{"type":"object","properties":{"a":{"type":"integer","default":1}}}}`,
		target: body(func(n int) string { return array(n, always("{}")) }),
	},
	{
		name: "integers with a fraction", schema: `{"items":{"type":"integer"}}`,
		target: body(func(n int) string { return array(n, always("1.0")) }),
	},
	{
		name: "unique objects", schema: `{"uniqueItems":true}`,
		target: body(func(n int) string { return array(n, numbered(`{"a":[%d]}`)) }),
	},
	{
		name: "an enumeration of objects", schema: `{"items":{"enum":[{"a":1},{"b":[2]}]}}`,
		target: body(func(n int) string { return array(n, always(`{"b":[3]}`)) }),
	},
	{
		name: "required and dependent names", schema: `{"required":["x","y"],"dependentRequired":{"k1":["p","q"]}}`,
		target: body(func(n int) string { return object(n, numbered(`"k%d":1`)) }),
	},
	{
		name: "a pattern", schema: `{"type":"string","pattern":"(a|aa)+$"}`,
		target: body(func(n int) string { return `"` + strings.Repeat("a", n) + `b"` }),
	},
	{
		name: "names with a pattern", schema: `{"propertyNames":{"pattern":"^[a-z]+$"}}`,
		target: body(func(n int) string { return object(n, numbered(`"k%d":1`)) }),
	},
	{
		name: "a long number", schema: `{"type":"number","multipleOf":7,"maximum":5}`,
		target: body(func(n int) string { return "1" + strings.Repeat("0", n) + ".5e3" }),
	},
	{name: "alternatives", schema: `{"$ref":"#/components/schemas/Tree"}`, target: body(func(n int) string {
		return strings.Repeat(`{"n":`, 60) + object(n, numbered(`"k%d":1`)) + strings.Repeat("}", 60)
	})},
	{name: "alternatives of one long name", schema: `{"$ref":"#/components/schemas/Tree"}`,
		target: body(func(n int) string {
			return strings.Repeat(`{"n":`, 60) + `{"\u0041` + strings.Repeat("k", n) + `":1}` + strings.Repeat("}", 60)
		})},
	{name: "a deepObject", params: `"parameters":[` + query("f", `{"type":"object"}`, `,"style":"deepObject"`) + `]`,
		target: func(n int) (string, string, string) {
			return "/?" + strings.Join(strings.Split(items(n/2, numbered(`f[k%d]=1`)), ","), "&"), "", ""
		}},
	{name: "unknown parameters", params: `"parameters":[` + query("f", `{"type":"string"}`) + `]`,
		target: func(n int) (string, string, string) {
			return "/?" + strings.Repeat("a=1&", n), "", ""
		}},
	{name: "a long list", params: `"parameters":[` + query("f", `{"type":"array","items":{"type":"integer"}}`) + `]`,
		target: func(n int) (string, string, string) {
			return "/?" + strings.Repeat("f=a&", n), "", ""
		}},
	{name: "a form",
		params: `"requestBody":{"content":{"application/x-www-form-urlencoded":{"schema":{"type":"object",` +
			`"properties":{"a":{"type":"array","items":{"type":"integer"}}}}}}}`,
		target: func(n int) (string, string, string) {
			return "/", "application/x-www-form-urlencoded", strings.Repeat("a=x&b=1&b=2&", n)
		}},
}

func (c *costCase) operation(t testing.TB) *Operation {
	t.Helper()
	parts := c.params
	if c.schema != "" {
		parts = `"requestBody":{"content":{"application/json":{"schema":` + c.schema + `}}}`
	}
	doc := docHead + `"paths":{"/":{"post":{"operationId":"op",` + parts +
		`,"responses":{"200":{"description":"ok"}}}}},` + costTree
	return compileDoc(t, doc)["op"]
}

// took is the least time of a few tries: what another process takes away is not ours.
func took(op *Operation, tries int, target, contentType, body string) time.Duration {
	least := time.Hour
	for range tries {
		r := newRequest(http.MethodPost, "/", contentType, body)
		r.URL.RawQuery = strings.TrimPrefix(target, "/?")
		if target == "/" {
			r.URL.RawQuery = ""
		}
		start := time.Now()
		_, _ = op.Request(r, noPath, 64<<20)
		least = min(least, time.Since(start))
	}
	return least
}

func TestCostGrowsWithTheSize(t *testing.T) {
	const small, factor = 20_000, 4
	for _, c := range costCases {
		t.Run(c.name, func(t *testing.T) {
			op := c.operation(t)
			var one, more time.Duration
			for range 5 {
				target, contentType, body := c.target(small)
				one = took(op, 3, target, contentType, body)
				target, contentType, body = c.target(small * factor)
				more = took(op, 2, target, contentType, body)
				// The rest is for memory that has to be found. What grows with the square is beyond.
				if more < 2*factor*one+250*time.Millisecond {
					return
				}
			}
			t.Errorf("%d pieces take %v, %d take %v", small, one, small*factor, more)
		})
	}
}

// FuzzCost looks for bodies whose cost grows faster than their size: a piece that is
// repeated between a beginning and an end.
func FuzzCost(f *testing.F) {
	for i := range oracleCases {
		f.Add(i, `{"a":[`, `{"b":1.0,"b":""}`, `]}`)
		f.Add(i, `{`, `"a":1`, `}`)
		f.Add(i, `[`, `[0]`, `]`)
	}
	schemas := map[int]*Schema{}
	for i, c := range oracleCases {
		s, err := CompileSchema(loadSchema(f, c.components))
		if err != nil {
			f.Fatal(err)
		}
		schemas[i] = s
	}
	f.Fuzz(func(t *testing.T, which int, begin, piece, end string) {
		s := schemas[which]
		if s == nil || len(piece) == 0 || len(piece) > 1000 || len(begin)+len(end) > 1000 {
			return
		}
		time1 := func(size int) time.Duration {
			text := []byte(begin + items(size/(len(piece)+1), always(piece)) + end)
			start := time.Now()
			_, _ = s.Validate(text)
			return time.Since(start)
		}
		for range 3 {
			one, eight := time1(64<<10), time1(512<<10)
			if eight < 100*time.Millisecond || eight < 24*one {
				return
			}
		}
		t.Error("the cost grows faster than the size")
	})
}

// impatient is a context whose deadline comes when it has been looked at a few times.
type impatient struct {
	context.Context
	looks, last int
}

func (c *impatient) Err() error {
	if c.looks++; c.looks > c.last {
		return context.DeadlineExceeded
	}
	return nil
}

// Work ends at the deadline, and is not taken for a verdict on the value.
func TestWorkEndsAtTheDeadline(t *testing.T) {
	for _, c := range costCases {
		if !strings.HasPrefix(c.name, "alternatives") && c.name != "integers with a fraction" {
			continue
		}
		op := c.operation(t)
		target, contentType, text := c.target(100_000)
		for _, last := range []int{0, 2} {
			ctx := &impatient{Context: context.Background(), last: last}
			_, err := op.Request(newRequest(http.MethodPost, target, contentType, text).WithContext(ctx), noPath, 64<<20)
			if !fault.IsCode(err, fault.Timeout) {
				t.Errorf("%s: %v", c.name, outcome(err))
			}
			// One look more ends the walk, one words the error; a walk that went on would look more.
			if ctx.looks > last+6 {
				t.Errorf("%s: went on for %d looks", c.name, ctx.looks-last)
			}
		}
	}
}

// Equal violations are told once, and count each time.
func TestEveryViolationCounts(t *testing.T) {
	s := compileSchema(t, `{"additionalProperties":{"type":"string"}}`)
	vs, err := s.Validate([]byte(`{` + strings.Repeat(`"a":"",`, maxViolations) + `"a":"","b":1}`))
	if err != nil || short(vs) != "/a duplicate_field" {
		t.Errorf("at the cap: %s %v", short(vs), err)
	}
	vs, err = s.Validate([]byte(`{` + strings.Repeat(`"a":"",`, maxViolations-1) + `"a":"","b":1}`))
	if err != nil || short(vs) != "/a duplicate_field; /b type" {
		t.Errorf("below the cap: %s %v", short(vs), err)
	}
}

// A value that is too complex is refused, whatever stands around the schema that finds out.
func TestTooComplex(t *testing.T) {
	deep := strings.Repeat(`{"n":`, 90) + "{}" + strings.Repeat("}", 90)
	for name, schema := range map[string]string{
		"itself": `{"$ref":"#/components/schemas/Tree"}`, "excluded": `{"not":{"$ref":"#/components/schemas/Tree"}}`,
	} {
		c := costCase{schema: schema}
		_, err := c.operation(t).Request(newRequest(http.MethodPost, "/", "application/json", deep), noPath, 1<<20)
		if got := outcome(err); got != " depth" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

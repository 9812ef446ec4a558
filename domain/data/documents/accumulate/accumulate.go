// Package accumulate has the accumulators of $group and $setWindowFields: what several documents come to.
package accumulate

import (
	"math"
	"slices"
	"sort"

	"github.com/alania-go/alania/domain/data/documents/expression"
	"github.com/alania-go/alania/domain/data/documents/order"
	"github.com/alania-go/alania/domain/data/documents/refuse"
	"github.com/alania-go/alania/domain/data/documents/value"
)

// Accumulator is a compiled accumulator.
type Accumulator struct {
	arg *expression.Expression
	new func() state
	// n is how many values a state keeps, which may depend on the group's id; nil when it keeps all.
	n *expression.Expression
	// size is what an empty state keeps.
	size int
}

// State is an accumulator at work on one group.
type State struct {
	of    *Accumulator
	state state
}

// state takes values. add returns about how many bytes more it keeps.
type state interface {
	add(v value.Value) int
	result() value.Value
}

// New begins with no document. id is that of the group, on which the n of some accumulators depends; it may be missing.
func (a *Accumulator) New(e *expression.Env, id value.Value) (State, error) {
	s := State{a, a.new()}
	if a.n == nil {
		return s, nil
	}
	v, err := a.n.Eval(e, id)
	if err != nil {
		return s, err
	}
	n, ok := v.Integer()
	if !ok || n < 1 || n > maxN {
		return s, refuse.NotApplicable("The n of an accumulator is a whole number from 1 to 100000.")
	}
	s.state.(interface{ keep(n int) }).keep(int(n))
	return s, nil
}

// Size is about how many bytes a new State keeps.
func (a *Accumulator) Size() int { return a.size }

// Add takes a document, and returns about how many bytes more are kept.
func (s State) Add(e *expression.Env, doc value.Value) (int, error) {
	v, err := s.of.arg.Eval(e, doc)
	if err != nil {
		return 0, err
	}
	return s.state.add(v), nil
}

// Result returns what the documents came to.
func (s State) Result() value.Value { return s.state.result() }

// maxN is the largest n of accumulators that keep n values.
const maxN = 100000

// Compile compiles {"$sum": …}.
func Compile(v value.Value, s expression.Scope, at refuse.Place) (*Accumulator, error) {
	if v.Kind() != value.Object || v.Len() != 1 {
		return nil, at.Type("an object of one accumulator")
	}
	f := v.Fields()[0]
	return Named(f.Name, f.Value, s, at.Key(f.Name))
}

// Named compiles the accumulator of a name.
func Named(name string, arg value.Value, s expression.Scope, at refuse.Place) (*Accumulator, error) {
	a := &Accumulator{size: 64}
	var err error
	switch name {
	case "$sum":
		a.new = func() state { return &sum{} }
	case "$avg":
		a.new = func() state { return &average{} }
	case "$min":
		a.new = func() state { return &extreme{sign: -1} }
	case "$max":
		a.new = func() state { return &extreme{sign: 1} }
	case "$first":
		a.new = func() state { return &first{} }
	case "$last":
		a.new = func() state { return &last{} }
	case "$push":
		a.new = func() state { return &push{} }
	case "$addToSet":
		a.new = func() state { return &uniq{seen: map[string]bool{}} }
	case "$stdDevPop":
		a.new = func() state { return &deviation{} }
	case "$stdDevSamp":
		a.new = func() state { return &deviation{sample: 1} }
	case "$mergeObjects":
		a.new = func() state { return &merge{} }
	case "$concatArrays":
		a.new = func() state { return &concat{} }
	case "$setUnion":
		a.new = func() state { return &concat{seen: map[string]bool{}} }
	case "$count":
		if arg.Kind() != value.Object || arg.Len() != 0 {
			return nil, at.Type("an empty object")
		}
		a.new = func() state { return &sum{} }
		arg = value.OfInt(1)
	case "$firstN", "$lastN", "$minN", "$maxN":
		return severalOf(name, arg, s, at)
	case "$top", "$bottom", "$topN", "$bottomN":
		return ranked(name, arg, s, at)
	case "$median", "$percentile":
		return percentiles(name, arg, s, at)
	default:
		return nil, at.Operator()
	}
	a.arg, err = expression.Compile(arg, s, at)
	return a, err
}

type sum struct {
	double, lost float64
	whole        int64
	kind         value.Kind
	exact        value.Value // of decimals, or of whole numbers beyond 64 bits
}

func (s *sum) add(v value.Value) int {
	switch v.Kind() {
	case value.Int, value.Long:
		n, _ := v.Integer()
		s.kind = max(s.kind, v.Kind())
		next := s.whole + n
		if (next > s.whole) != (n > 0) && n != 0 { // beyond 64 bits
			s.kind = max(s.kind, value.Double)
			s.float(float64(s.whole))
			next = n
		}
		s.whole = next
	case value.Double:
		s.kind = max(s.kind, value.Double)
		s.float(v.Float())
	case value.Decimal:
		s.kind = value.Decimal
		if s.exact.IsMissing() {
			s.exact = value.OfInt(0)
		}
		s.exact = value.Add(s.exact, v)
	}
	return 0
}

// float adds with what rounding lost so far (Neumaier).
func (s *sum) float(f float64) {
	t := s.double + f
	if math.Abs(s.double) >= math.Abs(f) {
		s.lost += (s.double - t) + f
	} else {
		s.lost += (f - t) + s.double
	}
	s.double = t
}

func (s *sum) total() float64 {
	if t := s.double + s.lost; !math.IsNaN(t) {
		return t
	}
	return s.double
}

func (s *sum) result() value.Value {
	switch s.kind {
	case value.Long:
		return value.OfLong(s.whole)
	case value.Double:
		s.float(float64(s.whole))
		s.whole = 0
		return value.OfDouble(s.total())
	case value.Decimal:
		out := value.Add(s.exact, value.OfLong(s.whole))
		if s.double != 0 {
			out = value.Add(out, value.OfDouble(s.total()))
		}
		return out
	}
	return value.OfInt(s.whole)
}

type average struct {
	sum
	n int64
}

func (a *average) add(v value.Value) int {
	if v.IsNumber() {
		a.n++
		a.sum.add(v)
	}
	return 0
}

func (a *average) result() value.Value {
	if a.n == 0 {
		return value.NullValue
	}
	return value.Divide(a.sum.result(), value.OfInt(a.n))
}

type extreme struct {
	best value.Value
	sign int
}

func (x *extreme) add(v value.Value) int {
	if v.IsNullish() || !x.best.IsMissing() && value.Compare(v, x.best)*x.sign <= 0 {
		return 0
	}
	before := x.best.Size()
	x.best = v.Detach()
	return x.best.Size() - before
}

func (x *extreme) result() value.Value {
	if x.best.IsMissing() {
		return value.NullValue
	}
	return x.best
}

type first struct {
	v    value.Value
	done bool
}

func (f *first) add(v value.Value) int {
	if f.done {
		return 0
	}
	f.v, f.done = v.Detach(), true
	return f.v.Size()
}

func (f *first) result() value.Value { return orNull(f.v) }

func orNull(v value.Value) value.Value {
	if v.IsMissing() {
		return value.NullValue
	}
	return v
}

type last struct{ v value.Value }

func (l *last) add(v value.Value) int {
	before := l.v.Size()
	l.v = v.Detach()
	return l.v.Size() - before
}

func (l *last) result() value.Value { return orNull(l.v) }

type push struct{ elems []value.Value }

func (p *push) add(v value.Value) int {
	if v.IsMissing() {
		return 0
	}
	v = v.Detach()
	p.elems = append(p.elems, v)
	return v.Size() + 16
}

func (p *push) result() value.Value { return value.OfArray(slices.Clone(p.elems)...) }

type uniq struct {
	push
	seen map[string]bool
	key  []byte
}

func (u *uniq) add(v value.Value) int {
	if v.IsMissing() {
		return 0
	}
	u.key = v.AppendKey(u.key[:0])
	if u.seen[string(u.key)] {
		return 0
	}
	u.seen[string(u.key)] = true
	return u.push.add(v) + len(u.key) + 48
}

type concat struct {
	push
	seen map[string]bool
}

func (c *concat) add(v value.Value) int {
	n := 0
	for _, elem := range v.Slice() {
		if c.seen != nil {
			key := string(elem.AppendKey(nil))
			if c.seen[key] {
				continue
			}
			c.seen[key] = true
			n += len(key) + 48
		}
		n += c.push.add(elem)
	}
	return n
}

type deviation struct {
	n, mean, squares float64
	sample           float64
}

func (d *deviation) add(v value.Value) int {
	if v.IsNumber() { // Welford
		d.n++
		delta := v.Float() - d.mean
		d.mean += delta / d.n
		d.squares += delta * (v.Float() - d.mean)
	}
	return 0
}

func (d *deviation) result() value.Value {
	if d.n <= d.sample {
		return value.NullValue
	}
	return value.OfDouble(math.Sqrt(d.squares / (d.n - d.sample)))
}

type merge struct{ fields []value.Field }

func (m *merge) add(v value.Value) int {
	if v.Kind() != value.Object {
		return 0
	}
	v = v.Detach()
	m.fields = expression.Merge(m.fields, v)
	return v.Size()
}

func (m *merge) result() value.Value { return value.OfObject(slices.Clone(m.fields)...) }

// counted compiles n: a number, or an expression of the group's id.
func counted(v value.Value, s expression.Scope, at refuse.Place) (*expression.Expression, error) {
	x, err := expression.Compile(v, s, at)
	if err != nil {
		return nil, err
	}
	n, literal := x.Literal()
	if i, ok := n.Integer(); literal && (!ok || i < 1 || i > maxN) {
		return nil, at.Type("a whole number from 1 to 100000")
	}
	return x, nil
}

func require(arg value.Value, at refuse.Place, names ...string) error {
	if arg.Kind() != value.Object {
		return at.Type("an object")
	}
	for _, name := range names {
		if arg.Get(name).IsMissing() {
			return at.Key(name).Invalid("required", "This member is required.")
		}
	}
	for _, f := range arg.Fields() {
		if !slices.Contains(names, f.Name) {
			return at.Key(f.Name).Invalid("unknown_field", "The operator does not have this member.")
		}
	}
	return nil
}

func severalOf(name string, arg value.Value, s expression.Scope, at refuse.Place) (*Accumulator, error) {
	if err := require(arg, at, "input", "n"); err != nil {
		return nil, err
	}
	n, err := counted(arg.Get("n"), s, at.Key("n"))
	if err != nil {
		return nil, err
	}
	input, err := expression.Compile(arg.Get("input"), s, at.Key("input"))
	if err != nil {
		return nil, err
	}
	return &Accumulator{arg: input, n: n, size: 96, new: func() state { return &several{name: name} }}, nil
}

type several struct {
	push
	n    int
	name string
}

func (s *several) keep(n int) { s.n = n }

func (s *several) add(v value.Value) int {
	v = orNull(v)
	switch {
	case s.name == "$firstN":
		if len(s.elems) == s.n {
			return 0
		}
		return s.push.add(v)
	case s.name == "$lastN":
		n := s.push.add(v)
		if len(s.elems) > s.n {
			n -= s.elems[0].Size() + 16
			s.elems = slices.Delete(s.elems, 0, 1)
		}
		return n
	case v.IsNullish():
		return 0
	}
	sign := 1
	if s.name == "$maxN" {
		sign = -1
	}
	i := sort.Search(len(s.elems), func(i int) bool { return sign*value.Compare(s.elems[i], v) > 0 })
	if i == s.n {
		return 0
	}
	v = v.Detach()
	s.elems = slices.Insert(s.elems, i, v)
	n := v.Size() + 16
	if len(s.elems) > s.n {
		n -= s.elems[s.n].Size() + 16
		s.elems = s.elems[:s.n]
	}
	return n
}

// ranked compiles $top, $bottom and those of n.
func ranked(name string, arg value.Value, s expression.Scope, at refuse.Place) (*Accumulator, error) {
	names := []string{"output", "sortBy"}
	var n *expression.Expression
	many := name == "$topN" || name == "$bottomN"
	if many {
		names = append(names, "n")
	}
	err := require(arg, at, names...)
	if err == nil && many {
		n, err = counted(arg.Get("n"), s, at.Key("n"))
	}
	if err != nil {
		return nil, err
	}
	by, err := order.Compile(arg.Get("sortBy"), at.Key("sortBy"))
	if err != nil {
		return nil, err
	}
	// The state takes both: what it sorts by, and what it keeps of a document.
	both := value.OfArray(value.OfString("$$ROOT"), arg.Get("output"))
	x, err := expression.Compile(both, s, at.Key("output"))
	if err != nil {
		return nil, err
	}
	return &Accumulator{arg: x, n: n, size: 128, new: func() state {
		return &ranking{by: by, n: 1, many: many, bottom: name == "$bottom" || name == "$bottomN"}
	}}, nil
}

type ranking struct {
	by           *order.Order
	n            int
	many, bottom bool
	keys         [][]value.Value
	out          []value.Value
}

func (r *ranking) keep(n int) { r.n = n }

func (r *ranking) add(v value.Value) int {
	key := r.by.Of(v.Index(0), nil)
	i := sort.Search(len(r.keys), func(i int) bool { return r.by.Compare(r.keys[i], key) > 0 })
	if r.bottom && len(r.keys) == r.n && i == 0 || !r.bottom && i == r.n {
		return 0
	}
	n := 32
	for j := range key {
		key[j] = key[j].Detach()
		n += key[j].Size()
	}
	out := orNull(v.Index(1)).Detach()
	n += out.Size()
	r.keys, r.out = slices.Insert(r.keys, i, key), slices.Insert(r.out, i, out)
	if len(r.keys) > r.n {
		drop := r.n
		if r.bottom {
			drop = 0
		}
		r.keys, r.out = slices.Delete(r.keys, drop, drop+1), slices.Delete(r.out, drop, drop+1)
		return 0
	}
	return n
}

func (r *ranking) result() value.Value {
	if r.many {
		return value.OfArray(slices.Clone(r.out)...)
	}
	if len(r.out) == 0 {
		return value.NullValue
	}
	return r.out[0]
}

func percentiles(name string, arg value.Value, s expression.Scope, at refuse.Place) (*Accumulator, error) {
	names := []string{"input", "method"}
	if name == "$percentile" {
		names = append(names, "p")
	}
	if err := require(arg, at, names...); err != nil {
		return nil, err
	}
	if err := expression.CheckMethod(arg.Get("method"), at.Key("method")); err != nil {
		return nil, err
	}
	ps, err := expression.Places(arg.Get("p"), s, at.Key("p"))
	if err != nil {
		return nil, err
	}
	input, err := expression.Compile(arg.Get("input"), s, at.Key("input"))
	if err != nil {
		return nil, err
	}
	return &Accumulator{arg: input, size: 96, new: func() state { return &percentile{ps: ps} }}, nil
}

type percentile struct {
	ps      []float64
	numbers []float64
}

func (p *percentile) add(v value.Value) int {
	if !v.IsNumber() || math.IsNaN(v.Float()) {
		return 0
	}
	p.numbers = append(p.numbers, v.Float())
	return 16
}

func (p *percentile) result() value.Value {
	return expression.Percentiles(slices.Clone(p.numbers), p.ps)
}

// Names returns the accumulators.
func Names() []string {
	return []string{
		"$sum", "$avg", "$min", "$max", "$first", "$last", "$push", "$addToSet", "$stdDevPop", "$stdDevSamp",
		"$mergeObjects", "$concatArrays", "$setUnion", "$count", "$firstN", "$lastN", "$minN", "$maxN", "$top", "$bottom",
		"$topN", "$bottomN", "$median", "$percentile",
	}
}

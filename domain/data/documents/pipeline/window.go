package pipeline

import (
	"math"
	"slices"
	"sort"
	"time"

	"github.com/alania-go/alania/domain/data/documents/accumulate"
	"github.com/alania-go/alania/domain/data/documents/expression"
	"github.com/alania-go/alania/domain/data/documents/order"
	"github.com/alania-go/alania/domain/data/documents/refuse"
	"github.com/alania-go/alania/domain/data/documents/value"
	"github.com/alania-go/alania/domain/fault"
)

// windowing is $setWindowFields.
type windowing struct {
	by      *expression.Expression
	order   *order.Order
	sorted  []order.Key
	outputs []output
}

type output struct {
	path  []string
	make  made
	frame *frame
}

// made is what an operator makes of each document of a partition.
type made func(w *window) ([]value.Value, error)

// window is a partition at work: its documents in order, and what they are sorted by.
type window struct {
	r     *run
	docs  []value.Value
	keys  [][]value.Value
	order *order.Order
	frame *frame
	steps int
}

// frame says which documents around one are its window.
type frame struct {
	byRange  bool
	from, to float64 // infinite: unbounded
	unit     float64 // milliseconds, of dates
	months   float64 // of units that have no fixed length
}

// shift returns the bound of a range that is n units from a position.
func (f *frame) shift(at, n float64) float64 {
	if f.months == 0 || math.IsInf(n, 0) {
		return at + n*f.unit
	}
	n = max(-1e6, min(1e6, n*f.months))
	return float64(expression.AddMonths(time.UnixMilli(int64(at)).UTC(), int(n)).UnixMilli())
}

func setWindowFields(_ *Pipeline, v value.Value, s expression.Scope, at refuse.Place, _ int) (stage, error) {
	if err := shape(v, at, []string{"output"}, "partitionBy", "sortBy"); err != nil {
		return nil, err
	}
	w := &windowing{}
	var err error
	if by := v.Get("partitionBy"); !by.IsMissing() {
		if w.by, err = expression.Compile(by, s, at.Key("partitionBy")); err != nil {
			return nil, err
		}
	}
	if w.order, err = order.Compile(v.Get("sortBy"), at.Key("sortBy")); err != nil {
		return nil, err
	}
	w.sorted = w.order.Keys()
	out := v.Get("output")
	if out.Kind() != value.Object {
		return nil, at.Key("output").Type("an object")
	}
	for _, f := range out.Fields() {
		here := at.Key("output").Key(f.Name)
		path, err := names(value.OfString(f.Name), here)
		if err != nil {
			return nil, err
		}
		o, err := w.output(f.Value, s, here)
		if err != nil {
			return nil, err
		}
		o.path = path
		w.outputs = append(w.outputs, o)
	}
	return w, nil
}

// units of a window's range and of rates, in milliseconds.
var units = map[string]float64{
	"millisecond": 1, "second": 1000, "minute": 60000, "hour": 3600000, "day": 86400000, "week": 7 * 86400000,
}

var months = map[string]float64{"month": 1, "quarter": 3, "year": 12}

func unit(v value.Value, at refuse.Place) (float64, error) {
	ms, ok := units[v.Text()]
	if v.Kind() != value.String || !ok {
		return 0, at.Invalid("enum", "The unit is week, day, hour, minute, second or millisecond.")
	}
	return ms, nil
}

func (w *windowing) output(v value.Value, s expression.Scope, at refuse.Place) (output, error) {
	if v.Kind() != value.Object {
		return output{}, at.Type("an object of one operator, with window or without")
	}
	o := output{}
	var op value.Field
	for _, f := range v.Fields() {
		switch {
		case f.Name == "window":
			fr, err := w.frame(f.Value, at.Key("window"))
			if err != nil {
				return o, err
			}
			o.frame = fr
		case op.Name == "":
			op = f
		default:
			return o, at.Key(f.Name).Operator()
		}
	}
	if op.Name == "" {
		return o, at.Type("an object of one operator, with window or without")
	}
	var err error
	here := at.Key(op.Name)
	if o.make, err = w.function(op, s, here, o.frame); err != nil || o.make != nil {
		return o, err
	}
	a, err := accumulate.Named(op.Name, op.Value, s, here)
	if err != nil {
		return o, err
	}
	o.make = func(win *window) ([]value.Value, error) { return win.accumulated(a) }
	return o, nil
}

func (w *windowing) frame(v value.Value, at refuse.Place) (*frame, error) {
	if err := shape(v, at, nil, "documents", "range", "unit"); err != nil {
		return nil, err
	}
	bounds, name := v.Get("documents"), "documents"
	f := &frame{unit: 1}
	if bounds.IsMissing() {
		if v.Get("range").IsMissing() {
			return f, at.Invalid("required", "A window has documents or a range.")
		}
		bounds, name, f.byRange = v.Get("range"), "range", true
		if len(w.sorted) != 1 {
			return nil, at.Invalid("rule", "A range needs a sortBy of one member.")
		}
	} else if len(w.sorted) == 0 {
		return nil, at.Invalid("rule", "A window of documents needs sortBy.")
	}
	at = at.Key(name)
	if bounds.Kind() != value.Array || bounds.Len() != 2 {
		return nil, at.Type("an array of two bounds")
	}
	for i, to := range []*float64{&f.from, &f.to} {
		b := bounds.Index(i)
		switch {
		case b.Text() == "unbounded" && b.Kind() == value.String:
			*to = math.Inf(2*i - 1)
		case b.Text() == "current" && b.Kind() == value.String:
		default:
			n, ok := b.Integer()
			if !b.IsNumber() || !f.byRange && !ok || b.Float() != b.Float() {
				return nil, at.Index(i).Type("a number, current or unbounded")
			}
			*to = b.Float()
			_ = n
		}
	}
	if f.from > f.to {
		return nil, at.Invalid("rule", "The lower bound is not above the upper.")
	}
	if u := v.Get("unit"); !u.IsMissing() {
		var err error
		if f.months = months[u.Text()]; f.months > 0 && u.Kind() == value.String {
			return f, nil
		}
		if f.unit, err = unit(u, at.Key("unit")); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// function compiles the operators that only windows have; nil for others.
func (w *windowing) function(op value.Field, s expression.Scope, at refuse.Place, f *frame) (made, error) {
	need := func() error {
		if len(w.sorted) == 0 {
			return at.Invalid("rule", "The operator needs sortBy.")
		}
		return nil
	}
	switch op.Name {
	case "$documentNumber", "$rank", "$denseRank":
		if err := need(); err != nil {
			return nil, err
		}
		if op.Value.Kind() != value.Object || op.Value.Len() != 0 || f != nil {
			return nil, at.Type("an empty object, without a window")
		}
		return func(win *window) ([]value.Value, error) { return win.ranks(op.Name), nil }, nil
	case "$shift":
		return w.shift(op.Value, s, at)
	case "$linearFill", "$locf":
		x, err := expression.Compile(op.Value, s, at)
		if err != nil {
			return nil, err
		}
		if op.Name == "$linearFill" {
			if len(w.sorted) != 1 {
				return nil, at.Invalid("rule", "$linearFill needs a sortBy of one member.")
			}
			return func(win *window) ([]value.Value, error) { return win.linear(x) }, nil
		}
		return func(win *window) ([]value.Value, error) { return win.carried(x) }, nil
	case "$derivative", "$integral":
		if len(w.sorted) != 1 {
			return nil, at.Invalid("rule", "The operator needs a sortBy of one member.")
		}
		return w.rate(op, s, at)
	case "$expMovingAvg":
		if err := need(); err != nil {
			return nil, err
		}
		return w.moving(op.Value, s, at)
	case "$covariancePop", "$covarianceSamp":
		if op.Value.Kind() != value.Array || op.Value.Len() != 2 {
			return nil, at.Type("an array of two expressions")
		}
		x, err := expression.Compile(op.Value, s, at)
		if err != nil {
			return nil, err
		}
		sample := 0.0
		if op.Name == "$covarianceSamp" {
			sample = 1
		}
		return func(win *window) ([]value.Value, error) { return win.covariance(x, sample) }, nil
	}
	return nil, nil
}

func (w *windowing) begin(r *run, next step) step {
	type keyed struct {
		part value.Value
		keys []value.Value
		doc  value.Value
	}
	var docs []keyed
	return &calling{
		next: next,
		call: func(doc value.Value) (bool, error) {
			k := keyed{doc: doc, keys: w.order.Of(doc, nil)}
			if w.by != nil {
				var err error
				if k.part, err = w.by.Eval(r.env, doc); err != nil {
					return false, err
				}
				if k.part.Kind() == value.Array {
					return false, refuse.NotApplicable("Documents are not partitioned by an array.")
				}
				if k.part.IsMissing() {
					k.part = value.NullValue
				}
			}
			docs = append(docs, k)
			return true, r.grow(2*doc.Size() + 48*len(k.keys) + 96)
		},
		end: func() error {
			slices.SortStableFunc(docs, func(a, b keyed) int {
				if c := value.Compare(a.part, b.part); c != 0 {
					return c
				}
				return w.order.Compare(a.keys, b.keys)
			})
			var out []value.Value
			for i := 0; i < len(docs); {
				to := i + 1
				for to < len(docs) && value.Compare(docs[to].part, docs[i].part) == 0 {
					to++
				}
				win := &window{r: r, order: w.order}
				for _, k := range docs[i:to] {
					win.docs, win.keys = append(win.docs, k.doc), append(win.keys, k.keys)
				}
				made, err := w.partition(win)
				if err != nil {
					return err
				}
				out = append(out, made...)
				i = to
			}
			return all(next, out)
		},
	}
}

func (w *windowing) partition(win *window) ([]value.Value, error) {
	out := slices.Clone(win.docs)
	for _, o := range w.outputs {
		win.frame = o.frame
		values, err := o.make(win)
		if err != nil {
			return nil, err
		}
		for i, v := range values {
			if !v.IsMissing() {
				out[i] = value.SetPath(out[i], o.path, v)
			}
		}
	}
	return out, nil
}

// tick counts work and looks now and then whether somebody still waits for it.
func (w *window) tick() error {
	if w.steps++; w.steps&1023 == 0 && w.r.ctx.Err() != nil {
		return fault.Wrap(w.r.ctx.Err())
	}
	return nil
}

// position returns the number that a document is sorted by.
func (w *window) position(i int) (float64, bool) {
	switch k := w.keys[i][0]; k.Kind() {
	case value.Date:
		return float64(k.Millis()), true
	case value.Int, value.Long, value.Double, value.Decimal:
		return k.Float(), true
	}
	return 0, false
}

// bounds returns the documents of the window of one: from, and before to.
func (w *window) bounds(i int) (from, to int, err error) {
	n := len(w.docs)
	f := w.frame
	switch {
	case f == nil:
		return 0, n, nil
	case !f.byRange:
		clamp := func(x float64) int { return int(max(0, min(float64(n), x))) }
		return clamp(float64(i) + f.from), clamp(float64(i) + f.to + 1), nil
	}
	at, ok := w.position(i)
	if !ok {
		return 0, 0, refuse.NotApplicable("A range needs numbers or dates to be sorted by.")
	}
	down := w.order.Keys()[0].Down
	low, high := f.shift(at, f.from), f.shift(at, f.to)
	inside := func(j int, past func(p float64) bool) bool {
		p, ok := w.position(j)
		return ok && past(p)
	}
	if down {
		from = sort.Search(n, func(j int) bool { return inside(j, func(p float64) bool { return p <= high }) })
		to = sort.Search(n, func(j int) bool { return inside(j, func(p float64) bool { return p < low }) })
		return from, to, nil
	}
	from = sort.Search(n, func(j int) bool { return inside(j, func(p float64) bool { return p >= low }) })
	to = sort.Search(n, func(j int) bool { return inside(j, func(p float64) bool { return p > high }) })
	return from, to, nil
}

// accumulated runs an accumulator over the window of each document. A window that only grows is not begun again.
func (w *window) accumulated(a *accumulate.Accumulator) ([]value.Value, error) {
	out := make([]value.Value, len(w.docs))
	state, err := a.New(w.r.env, value.Value{})
	if err != nil {
		return nil, err
	}
	from, to := 0, 0
	for i := range w.docs {
		begin, end, err := w.bounds(i)
		if err != nil {
			return nil, err
		}
		end = max(begin, end)
		if i > 0 && begin == from && end == to {
			out[i] = out[i-1]
			continue
		}
		if begin != from || end < to {
			if state, err = a.New(w.r.env, value.Value{}); err != nil {
				return nil, err
			}
			from, to = begin, begin
		}
		for ; to < end; to++ {
			if err := w.tick(); err != nil {
				return nil, err
			}
			if _, err := state.Add(w.r.env, w.docs[to]); err != nil {
				return nil, err
			}
		}
		out[i] = state.Result()
		if err := w.r.grow(out[i].Size()); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (w *window) ranks(name string) []value.Value {
	out := make([]value.Value, len(w.docs))
	rank, dense := 0, 0
	for i := range w.docs {
		if i == 0 || w.order.Compare(w.keys[i-1], w.keys[i]) != 0 {
			rank, dense = i+1, dense+1
		}
		n := i + 1
		switch name {
		case "$rank":
			n = rank
		case "$denseRank":
			n = dense
		}
		out[i] = value.OfInt(int64(n))
	}
	return out
}

// evaluated evaluates an expression on each document.
func (w *window) evaluated(x *expression.Expression) ([]value.Value, error) {
	out := make([]value.Value, len(w.docs))
	for i, doc := range w.docs {
		v, err := x.Eval(w.r.env, doc)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

func (w *windowing) shift(v value.Value, s expression.Scope, at refuse.Place) (made, error) {
	if err := shape(v, at, []string{"output", "by"}, "default"); err != nil {
		return nil, err
	}
	if len(w.sorted) == 0 {
		return nil, at.Invalid("rule", "The operator needs sortBy.")
	}
	x, err := expression.Compile(v.Get("output"), s, at.Key("output"))
	if err != nil {
		return nil, err
	}
	by, ok := v.Get("by").Integer()
	if !ok || by > math.MaxInt32 || by < math.MinInt32 {
		return nil, at.Key("by").Type("a whole number")
	}
	other := value.NullValue
	if d := v.Get("default"); !d.IsMissing() {
		dx, err := expression.Compile(d, s, at.Key("default"))
		if err != nil {
			return nil, err
		}
		if other, ok = dx.Literal(); !ok {
			return nil, at.Key("default").Type("a value")
		}
	}
	return func(win *window) ([]value.Value, error) {
		values, err := win.evaluated(x)
		out := make([]value.Value, len(values))
		for i := range values {
			out[i] = other
			if j := i + int(by); j >= 0 && j < len(values) {
				if out[i] = values[j]; out[i].IsMissing() {
					out[i] = value.NullValue
				}
			}
		}
		return out, err
	}, nil
}

// linear fills what is null between two numbers by their distance.
func (w *window) linear(x *expression.Expression) ([]value.Value, error) {
	values, err := w.evaluated(x)
	if err != nil {
		return nil, err
	}
	before := -1
	for i, v := range values {
		if !v.IsNullish() && !v.IsNumber() {
			return nil, refuse.NotApplicable("$linearFill takes numbers.")
		}
		if v.IsNullish() {
			values[i] = value.NullValue
			continue
		}
		if before >= 0 && i-before > 1 {
			a, ok1 := w.position(before)
			b, ok2 := w.position(i)
			if !ok1 || !ok2 {
				return nil, refuse.NotApplicable("$linearFill needs numbers or dates to be sorted by.")
			}
			for j := before + 1; j < i; j++ {
				p, ok := w.position(j)
				if !ok || a == b {
					return nil, refuse.NotApplicable("$linearFill needs different numbers or dates to be sorted by.")
				}
				from, to := values[before].Float(), v.Float()
				values[j] = value.OfDouble(from + (to-from)*(p-a)/(b-a))
			}
		}
		before = i
	}
	return values, nil
}

// carried fills what is null with the last value before it.
func (w *window) carried(x *expression.Expression) ([]value.Value, error) {
	values, err := w.evaluated(x)
	last := value.NullValue
	for i, v := range values {
		if v.IsNullish() {
			values[i] = last
		} else {
			last = v
		}
	}
	return values, err
}

// rate compiles $derivative and $integral.
func (w *windowing) rate(op value.Field, s expression.Scope, at refuse.Place) (made, error) {
	if err := shape(op.Value, at, []string{"input"}, "unit"); err != nil {
		return nil, err
	}
	x, err := expression.Compile(op.Value.Get("input"), s, at.Key("input"))
	if err != nil {
		return nil, err
	}
	per := 0.0
	if u := op.Value.Get("unit"); !u.IsMissing() {
		if per, err = unit(u, at.Key("unit")); err != nil {
			return nil, err
		}
	}
	return func(win *window) ([]value.Value, error) {
		values, err := win.evaluated(x)
		if err != nil {
			return nil, err
		}
		place := func(i int) (float64, bool) {
			p, ok := win.position(i)
			date := win.keys[i][0].Kind() == value.Date
			if !ok || date != (per > 0) {
				return 0, false
			}
			return p, true
		}
		per := max(per, 1)
		out := make([]value.Value, len(values))
		for i := range values {
			from, to, err := win.bounds(i)
			if err != nil {
				return nil, err
			}
			out[i] = value.NullValue
			if to-from < 1 || op.Name == "$derivative" && to-from < 2 {
				continue
			}
			if op.Name == "$derivative" {
				a, ok1 := place(from)
				b, ok2 := place(to - 1)
				if !ok1 || !ok2 || !values[from].IsNumber() || !values[to-1].IsNumber() {
					return nil, refuse.NotApplicable("$derivative needs numbers, and a unit when it is sorted by dates.")
				}
				if a != b {
					out[i] = value.OfDouble((values[to-1].Float() - values[from].Float()) / ((b - a) / per))
				}
				continue
			}
			area := 0.0
			for j := from + 1; j < to; j++ {
				if err := win.tick(); err != nil {
					return nil, err
				}
				a, ok1 := place(j - 1)
				b, ok2 := place(j)
				if !ok1 || !ok2 {
					return nil, refuse.NotApplicable("$integral needs numbers, and a unit when it is sorted by dates.")
				}
				if values[j].IsNumber() && values[j-1].IsNumber() {
					area += (values[j-1].Float() + values[j].Float()) / 2 * ((b - a) / per)
				}
			}
			out[i] = value.OfDouble(area)
		}
		return out, nil
	}, nil
}

func (w *windowing) moving(v value.Value, s expression.Scope, at refuse.Place) (made, error) {
	if err := shape(v, at, []string{"input"}, "N", "alpha"); err != nil {
		return nil, err
	}
	x, err := expression.Compile(v.Get("input"), s, at.Key("input"))
	if err != nil {
		return nil, err
	}
	n, a := v.Get("N"), v.Get("alpha")
	alpha := a.Float()
	if n.IsMissing() == a.IsMissing() {
		return nil, at.Invalid("required", "The operator has N or alpha.")
	}
	if !n.IsMissing() {
		whole, ok := n.Integer()
		if !ok || whole < 1 {
			return nil, at.Key("N").Type("a whole number, one or more")
		}
		alpha = 2 / (float64(whole) + 1)
	}
	if !(alpha > 0 && alpha < 1) && !(alpha == 1 && a.IsMissing()) {
		return nil, at.Key("alpha").Type("a number between 0 and 1")
	}
	return func(win *window) ([]value.Value, error) {
		values, err := win.evaluated(x)
		last := value.NullValue
		for i, v := range values {
			if v.IsNumber() {
				f := v.Float()
				if !last.IsNullish() {
					f = alpha*f + (1-alpha)*last.Float()
				}
				last = value.OfDouble(f)
			}
			values[i] = last
		}
		return values, err
	}, nil
}

func (w *window) covariance(x *expression.Expression, sample float64) ([]value.Value, error) {
	values, err := w.evaluated(x)
	if err != nil {
		return nil, err
	}
	out := make([]value.Value, len(values))
	for i := range values {
		from, to, err := w.bounds(i)
		if err != nil {
			return nil, err
		}
		n, meanX, meanY, c := 0.0, 0.0, 0.0, 0.0
		for j := from; j < to; j++ {
			if err := w.tick(); err != nil {
				return nil, err
			}
			a, b := values[j].Index(0), values[j].Index(1)
			if !a.IsNumber() || !b.IsNumber() {
				continue
			}
			n++
			dx := a.Float() - meanX
			meanX += dx / n
			meanY += (b.Float() - meanY) / n
			c += dx * (b.Float() - meanY)
		}
		out[i] = value.NullValue
		if n > sample {
			out[i] = value.OfDouble(c / (n - sample))
		}
	}
	return out, nil
}

// fill compiles $fill: values where there is null, and windows for those that depend on others.
func fill(p *Pipeline, v value.Value, s expression.Scope, at refuse.Place, depth int) (stage, error) {
	if err := shape(v, at, []string{"output"}, "partitionBy", "partitionByFields", "sortBy"); err != nil {
		return nil, err
	}
	out := v.Get("output")
	if out.Kind() != value.Object || out.Len() == 0 {
		return nil, at.Key("output").Type("an object of at least one member")
	}
	var constants, windows []value.Field
	for _, f := range out.Fields() {
		here := at.Key("output").Key(f.Name)
		if _, err := names(value.OfString(f.Name), here); err != nil {
			return nil, err
		}
		path := value.OfString("$" + f.Name)
		method := f.Value.Get("method")
		switch x := f.Value.Get("value"); {
		case f.Value.Kind() != value.Object || f.Value.Len() != 1:
			return nil, here.Type("an object with value or method")
		case !x.IsMissing():
			constants = append(constants, value.F(f.Name, value.OfObject(value.F("$ifNull", value.OfArray(path, x)))))
		case method.Text() == "locf":
			windows = append(windows, value.F(f.Name, value.OfObject(value.F("$locf", path))))
		case method.Text() == "linear":
			windows = append(windows, value.F(f.Name, value.OfObject(value.F("$linearFill", path))))
		default:
			return nil, here.Key("method").Invalid("enum", "The method is linear or locf.")
		}
	}
	var made series
	if len(windows) > 0 {
		fields := []value.Field{value.F("output", value.OfObject(windows...))}
		if by := v.Get("sortBy"); !by.IsMissing() {
			fields = append(fields, value.F("sortBy", by))
		}
		by := v.Get("partitionBy")
		if list := v.Get("partitionByFields"); list.Kind() == value.Array && by.IsMissing() {
			var parts []value.Value
			for i, f := range list.Slice() {
				if _, err := names(f, at.Key("partitionByFields").Index(i)); err != nil {
					return nil, err
				}
				parts = append(parts, value.OfString("$"+f.Text()))
			}
			by = value.OfObject(value.F("k", value.OfArray(parts...)))
		}
		if !by.IsMissing() {
			fields = append(fields, value.F("partitionBy", by))
		}
		w, err := setWindowFields(p, value.OfObject(fields...), s, at, depth)
		if err != nil {
			return nil, err
		}
		made = append(made, w)
	}
	if len(constants) > 0 {
		c, err := addFields(p, value.OfObject(constants...), s, at, depth)
		if err != nil {
			return nil, err
		}
		made = append(made, c)
	}
	return made, nil
}

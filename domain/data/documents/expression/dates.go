package expression

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/alania-go/alania/domain/data/documents/refuse"
	"github.com/alania-go/alania/domain/data/documents/value"
)

// maxMillis is the largest date: the year 200,000,000 or so.
const maxMillis = 1 << 62

// moment returns the time of a date, an object id or a timestamp.
func moment(v value.Value) (time.Time, bool) {
	switch v.Kind() {
	case value.Date, value.ObjectID, value.Timestamp:
		d, ok := toDate(v)
		return time.UnixMilli(d.Millis()).UTC(), ok
	}
	return time.Time{}, false
}

func formatDate(ms int64) string { return time.UnixMilli(ms).UTC().Format(value.DateFormat) }

// zone returns the time zone of an Olson name, or of an offset such as +04:30.
func (e *Env) zone(v value.Value) (*time.Location, bool) {
	if v.Kind() != value.String {
		return nil, false
	}
	return zone(v.Text())
}

func zone(name string) (*time.Location, bool) {
	switch name {
	case "", "UTC", "GMT", "Z":
		return time.UTC, true
	case "Local":
		return nil, false
	}
	if name[0] == '+' || name[0] == '-' {
		digits := strings.Replace(name[1:], ":", "", 1)
		if len(digits) == 2 {
			digits += "00"
		}
		n, err := strconv.Atoi(digits)
		if err != nil || len(digits) != 4 || n < 0 || n%100 > 59 {
			return nil, false
		}
		seconds := n/100*3600 + n%100*60
		if name[0] == '-' {
			seconds = -seconds
		}
		return time.FixedZone("", seconds), true
	}
	loc, err := time.LoadLocation(name)
	return loc, err == nil
}

// timezone compiles the optional member timezone: its location for an Env.
func timezone(x *Expression, at refuse.Place) (func(e *Env) (loc *time.Location, null bool), error) {
	if x == nil {
		return func(*Env) (*time.Location, bool) { return time.UTC, false }, nil
	}
	if v, ok := x.Literal(); ok && v.Kind() == value.String {
		loc, ok := zone(v.Text())
		if !ok {
			return nil, at.Invalid("timezone", "This must be a time zone such as Europe/Berlin or +02:00.")
		}
		return func(*Env) (*time.Location, bool) { return loc, false }, nil
	}
	return func(e *Env) (*time.Location, bool) {
		v := x.eval(e)
		if v.IsNullish() {
			return time.UTC, true
		}
		e.grow(1 << 12) // a zone is read from the database of zones
		loc, ok := e.zone(v)
		if !ok {
			e.fail("A time zone is a name such as Europe/Berlin, or an offset such as +02:00.")
			return time.UTC, false
		}
		return loc, false
	}, nil
}

// parts are the operators that take one part of a date.
var parts = map[string]func(t time.Time) int{
	"$year": time.Time.Year, "$month": func(t time.Time) int { return int(t.Month()) }, "$dayOfMonth": time.Time.Day,
	"$hour": time.Time.Hour, "$minute": time.Time.Minute, "$second": time.Time.Second,
	"$millisecond":  func(t time.Time) int { return t.Nanosecond() / 1e6 },
	"$dayOfYear":    time.Time.YearDay,
	"$dayOfWeek":    func(t time.Time) int { return int(t.Weekday()) + 1 },
	"$isoDayOfWeek": isoDay,
	"$week":         week,
	"$isoWeek":      func(t time.Time) int { _, w := t.ISOWeek(); return w },
	"$isoWeekYear":  func(t time.Time) int { y, _ := t.ISOWeek(); return y },
}

func isoDay(t time.Time) int { return (int(t.Weekday())+6)%7 + 1 }

// week is the week of the year, from Sunday on; days before the first Sunday are in week 0.
func week(t time.Time) int { return (t.YearDay() - int(t.Weekday()) + 6) / 7 }

func init() {
	for name, f := range parts {
		specials[name] = part(name, f)
	}
	specials["$dateToParts"] = dateToParts
	specials["$dateFromParts"] = dateFromParts
	specials["$dateToString"] = dateToString
	specials["$dateFromString"] = dateFromString
	specials["$dateAdd"] = dateAdd("$dateAdd", 1)
	specials["$dateSubtract"] = dateAdd("$dateSubtract", -1)
	specials["$dateDiff"] = dateDiff
	specials["$dateTrunc"] = dateTrunc
}

func part(name string, f func(time.Time) int) special {
	return func(arg value.Value, s Scope, at refuse.Place, depth int) (*Expression, error) {
		var date, tz *Expression
		var err error
		if _, op := operator(arg); arg.Kind() == value.Object && !op {
			var m map[string]*Expression
			if m, err = members(arg, s, at, depth, []string{"date"}, []string{"timezone"}); err != nil {
				return nil, err
			}
			date, tz = m["date"], m["timezone"]
		} else {
			if arg.Kind() == value.Array {
				if arg.Len() != 1 {
					return nil, at.Invalid("arguments", "The operator takes one argument.")
				}
				arg = arg.Index(0)
			}
			if date, err = compile(arg, s, at, depth+1); err != nil {
				return nil, err
			}
		}
		in, err := timezone(tz, at.Key("timezone"))
		if err != nil {
			return nil, err
		}
		return &Expression{eval: func(e *Env) value.Value {
			v := date.eval(e)
			if v.IsNullish() {
				return value.NullValue
			}
			t, ok := moment(v)
			if !ok {
				return e.fail(name + " takes a date.")
			}
			loc, null := in(e)
			if null {
				return value.NullValue
			}
			return value.OfInt(int64(f(t.In(loc))))
		}}, nil
	}
}

// dated compiles an operator with an object that has a date, a time zone and other members.
func dated(name, date string, arg value.Value, s Scope, at refuse.Place, depth int, required, optional []string,
	f func(e *Env, t time.Time, m map[string]*Expression) value.Value,
) (*Expression, error) {
	m, err := members(arg, s, at, depth, append([]string{date}, required...), append([]string{"timezone"}, optional...))
	if err != nil {
		return nil, err
	}
	in, err := timezone(m["timezone"], at.Key("timezone"))
	if err != nil {
		return nil, err
	}
	return &Expression{eval: func(e *Env) value.Value {
		v := m[date].eval(e)
		loc, null := in(e)
		if v.IsNullish() || null {
			if x := m["onNull"]; x != nil {
				return x.eval(e)
			}
			return value.NullValue
		}
		t, ok := moment(v)
		if !ok {
			return e.fail(name + " takes a date.")
		}
		return f(e, t.In(loc), m)
	}}, nil
}

func dateToParts(arg value.Value, s Scope, at refuse.Place, depth int) (*Expression, error) {
	return dated("$dateToParts", "date", arg, s, at, depth, nil, []string{"iso8601"},
		func(e *Env, t time.Time, m map[string]*Expression) value.Value {
			n := func(name string, n int) value.Field { return value.F(name, value.OfInt(int64(n))) }
			var out []value.Field
			if m["iso8601"].try(e).Truth() {
				year, week := t.ISOWeek()
				out = append(out, n("isoWeekYear", year), n("isoWeek", week), n("isoDayOfWeek", isoDay(t)))
			} else {
				out = append(out, n("year", t.Year()), n("month", int(t.Month())), n("day", t.Day()))
			}
			return value.OfObject(append(out, n("hour", t.Hour()), n("minute", t.Minute()), n("second", t.Second()),
				n("millisecond", t.Nanosecond()/1e6))...)
		})
}

func dateFromParts(arg value.Value, s Scope, at refuse.Place, depth int) (*Expression, error) {
	names := []string{"month", "day", "hour", "minute", "second", "millisecond", "timezone"}
	first := "year"
	if !arg.Get("isoWeekYear").IsMissing() {
		first = "isoWeekYear"
		names = append([]string{"isoWeek", "isoDayOfWeek"}, names[2:]...)
	}
	m, err := members(arg, s, at, depth, []string{first}, names)
	if err != nil {
		return nil, err
	}
	in, err := timezone(m["timezone"], at.Key("timezone"))
	if err != nil {
		return nil, err
	}
	return &Expression{eval: func(e *Env) value.Value {
		null := false
		get := func(name string, other int) int {
			x := m[name]
			if x == nil {
				return other
			}
			v := x.eval(e)
			if v.IsNullish() {
				null = true
				return 0
			}
			n, ok := whole32(v)
			if !ok {
				e.fail("The parts of a date are whole numbers.")
			}
			return n
		}
		year := get(first, 0)
		var t time.Time
		loc, nothing := in(e)
		hour, minute, second, ms := get("hour", 0), get("minute", 0), get("second", 0), get("millisecond", 0)
		if first == "year" {
			month, day := get("month", 1), get("day", 1)
			t = time.Date(year, time.Month(month), day, hour, minute, second, 0, loc)
		} else {
			week, day := get("isoWeek", 1), get("isoDayOfWeek", 1)
			fourth := time.Date(year, 1, 4, 0, 0, 0, 0, loc) // is in the first week
			t = time.Date(year, 1, 4-isoDay(fourth)+1+(week-1)*7+day-1, hour, minute, second, 0, loc)
		}
		if null || nothing {
			return value.NullValue
		}
		if year < 1 || year > 9999 {
			return e.fail("The year of a date is from 1 to 9999.")
		}
		return value.OfDate(t.UnixMilli() + int64(ms))
	}}, nil
}

const isoFormat = "%Y-%m-%dT%H:%M:%S.%LZ"

func dateToString(arg value.Value, s Scope, at refuse.Place, depth int) (*Expression, error) {
	if f := arg.Get("format"); f.Kind() == value.String && !strings.HasPrefix(f.Text(), "$") {
		if _, ok := format(time.Time{}, f.Text()); !ok {
			return nil, at.Key("format").Invalid("format", "The format has a letter after % that there is not.")
		}
	}
	return dated("$dateToString", "date", arg, s, at, depth, nil, []string{"format", "onNull"},
		func(e *Env, t time.Time, m map[string]*Expression) value.Value {
			layout := isoFormat
			if t.Location() != time.UTC {
				layout = "%Y-%m-%dT%H:%M:%S.%L"
			}
			if x := m["format"]; x != nil {
				f := x.eval(e)
				if f.IsNullish() {
					return value.NullValue
				}
				if f.Kind() != value.String {
					return e.fail("The format of $dateToString is a string.")
				}
				layout = f.Text()
			}
			out, ok := format(t, layout)
			if !ok {
				return e.fail("The format of $dateToString has a letter after % that there is not.")
			}
			return value.OfString(out)
		})
}

// format writes a time by the letters that MongoDB has for its parts.
func format(t time.Time, layout string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(layout); i++ {
		if layout[i] != '%' {
			b.WriteByte(layout[i])
			continue
		}
		if i++; i == len(layout) {
			return "", false
		}
		year, week53 := t.ISOWeek()
		_, offset := t.Zone()
		sign := '+'
		if offset < 0 {
			sign = '-'
		}
		minutes := int(math.Abs(float64(offset))) / 60
		switch layout[i] {
		case 'Y':
			fmt.Fprintf(&b, "%04d", t.Year())
		case 'm':
			fmt.Fprintf(&b, "%02d", t.Month())
		case 'd':
			fmt.Fprintf(&b, "%02d", t.Day())
		case 'H':
			fmt.Fprintf(&b, "%02d", t.Hour())
		case 'M':
			fmt.Fprintf(&b, "%02d", t.Minute())
		case 'S':
			fmt.Fprintf(&b, "%02d", t.Second())
		case 'L':
			fmt.Fprintf(&b, "%03d", t.Nanosecond()/1e6)
		case 'j':
			fmt.Fprintf(&b, "%03d", t.YearDay())
		case 'w':
			fmt.Fprintf(&b, "%d", int(t.Weekday())+1)
		case 'u':
			fmt.Fprintf(&b, "%d", isoDay(t))
		case 'U':
			fmt.Fprintf(&b, "%02d", week(t))
		case 'V':
			fmt.Fprintf(&b, "%02d", week53)
		case 'G':
			fmt.Fprintf(&b, "%04d", year)
		case 'b':
			b.WriteString(t.Month().String()[:3])
		case 'B':
			b.WriteString(t.Month().String())
		case 'z':
			fmt.Fprintf(&b, "%c%02d%02d", sign, minutes/60, minutes%60)
		case 'Z':
			fmt.Fprintf(&b, "%c%03d", sign, minutes)
		case '%':
			b.WriteByte('%')
		default:
			return "", false
		}
	}
	return b.String(), true
}

// forms are how dates are written in strings; those without an offset are in the zone that is given.
var forms = []string{
	"2006-01-02T15:04:05.999999999Z07:00", "2006-01-02T15:04:05.999Z0700", "2006-01-02T15:04Z07:00",
	"2006-01-02T15:04:05.999", "2006-01-02T15:04", "2006-01-02 15:04:05.999Z07:00", "2006-01-02 15:04:05.999 Z0700",
	"2006-01-02 15:04:05.999", "2006-01-02 15:04", "2006-01-02", "2006-1-2", "20060102", "01/02/2006", "1/2/2006",
	"2006-01-02T15:04:05.999 MST", "January 2, 2006", "Jan 2, 2006", "2 January 2006", "2 Jan 2006", time.RFC1123,
	time.RFC1123Z, time.RFC850,
}

func parseDate(s string, loc *time.Location) (int64, bool) {
	own := loc == nil
	if own {
		loc = time.UTC
	}
	if len(s) > 64 {
		return 0, false
	}
	for _, layout := range forms {
		if t, err := time.ParseInLocation(layout, s, loc); err == nil {
			return t.UnixMilli(), true
		}
	}
	return 0, false
}

func dateFromString(arg value.Value, s Scope, at refuse.Place, depth int) (*Expression, error) {
	m, err := members(arg, s, at, depth, []string{"dateString"}, []string{"format", "timezone", "onError", "onNull"})
	if err != nil {
		return nil, err
	}
	in, err := timezone(m["timezone"], at.Key("timezone"))
	if err != nil {
		return nil, err
	}
	return &Expression{eval: func(e *Env) value.Value {
		v, layout := m["dateString"].eval(e), m["format"].try(e)
		loc, null := in(e)
		if v.IsNullish() || null {
			if x := m["onNull"]; x != nil {
				return x.eval(e)
			}
			return value.NullValue
		}
		ms, ok := int64(0), false
		if v.Kind() == value.String {
			if layout.IsNullish() {
				ms, ok = parseDate(v.Text(), loc)
			} else {
				ms, ok = parseFormat(v.Text(), layout.Text(), loc)
			}
		}
		if !ok {
			if x := m["onError"]; x != nil {
				return x.eval(e)
			}
			return e.fail("$dateFromString cannot read the string as a date. Add onError, or a format.")
		}
		return value.OfDate(ms)
	}}, nil
}

// parseFormat reads a time by the letters that MongoDB has for its parts.
func parseFormat(s, layout string, loc *time.Location) (int64, bool) {
	year, month, day, hour, minute, second, ms := 1970, 1, 1, 0, 0, 0, 0
	weekYear, week53, weekday, yearDay := 0, 1, 1, 0
	number := func(least, most int) (int, bool) {
		n, digits := 0, 0
		for digits < most && digits < len(s) && s[digits] >= '0' && s[digits] <= '9' {
			n = n*10 + int(s[digits]-'0')
			digits++
		}
		s = s[digits:]
		return n, digits >= least
	}
	for i := 0; i < len(layout); i++ {
		if layout[i] != '%' {
			if s == "" || s[0] != layout[i] {
				return 0, false
			}
			s = s[1:]
			continue
		}
		if i++; i == len(layout) {
			return 0, false
		}
		ok := true
		switch layout[i] {
		case 'Y':
			year, ok = number(4, 4)
		case 'm':
			month, ok = number(1, 2)
			ok = ok && month >= 1 && month <= 12
		case 'd':
			day, ok = number(1, 2)
			ok = ok && day >= 1 && day <= 31
		case 'H':
			hour, ok = number(1, 2)
			ok = ok && hour < 24
		case 'M':
			minute, ok = number(1, 2)
			ok = ok && minute < 60
		case 'S':
			second, ok = number(1, 2)
			ok = ok && second < 60
		case 'L':
			ms, ok = number(1, 3)
		case 'j':
			yearDay, ok = number(1, 3)
		case 'G':
			weekYear, ok = number(4, 4)
		case 'V':
			week53, ok = number(1, 2)
		case 'u':
			weekday, ok = number(1, 1)
		case 'b', 'B':
			ok = false
			for m := time.January; m <= time.December && !ok; m++ {
				name := m.String()
				if layout[i] == 'b' {
					name = name[:3]
				}
				if len(s) >= len(name) && strings.EqualFold(s[:len(name)], name) {
					month, s, ok = int(m), s[len(name):], true
				}
			}
		case 'z':
			n := 0
			for n < len(s) && (n == 0 && strings.IndexByte("+-Z", s[0]) >= 0 || strings.IndexByte("0123456789:", s[n]) >= 0) {
				n++
			}
			loc, ok = zone(s[:n])
			s = s[n:]
		case 'Z':
			if s == "" || s[0] != '+' && s[0] != '-' {
				return 0, false
			}
			sign := 1
			if s[0] == '-' {
				sign = -1
			}
			s = s[1:]
			var n int
			n, ok = number(1, 4)
			loc = time.FixedZone("", sign*n*60)
		case '%':
			ok = s != "" && s[0] == '%'
			s = strings.TrimPrefix(s, "%")
		default:
			return 0, false
		}
		if !ok {
			return 0, false
		}
	}
	if s != "" {
		return 0, false
	}
	if weekYear > 0 {
		fourth := time.Date(weekYear, 1, 4, 0, 0, 0, 0, loc)
		year, month, day = weekYear, 1, 4-isoDay(fourth)+1+(week53-1)*7+weekday-1
	} else if yearDay > 0 {
		month, day = 1, yearDay
	}
	return time.Date(year, time.Month(month), day, hour, minute, second, ms*1e6, loc).UnixMilli(), true
}

var units = map[string]int64{
	"millisecond": 1, "second": 1000, "minute": 60000, "hour": 3600000, "day": 86400000, "week": 7 * 86400000,
	"month": 0, "quarter": 0, "year": 0,
}

// unit evaluates the member unit.
func unitOf(e *Env, x *Expression) (string, bool) {
	v := x.eval(e)
	_, ok := units[v.Text()]
	if v.Kind() != value.String || !ok {
		if !v.IsNullish() {
			e.fail("The unit is year, quarter, month, week, day, hour, minute, second or millisecond.")
		}
		return "", false
	}
	return v.Text(), true
}

// checkUnit refuses a unit that there is not, before anything runs.
func checkUnit(x *Expression, at refuse.Place) error {
	if v, ok := x.Literal(); ok && !v.IsNullish() {
		if _, known := units[v.Text()]; !known {
			return at.Key("unit").Invalid("enum",
				"The unit is year, quarter, month, week, day, hour, minute, second or millisecond.")
		}
	}
	return nil
}

// AddMonths adds months; the day is the last of the month when the month is too short.
func AddMonths(t time.Time, n int) time.Time {
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, t.Location())
	last := time.Date(first.Year(), first.Month()+1, 0, 0, 0, 0, 0, t.Location()).Day()
	return time.Date(first.Year(), first.Month(), min(t.Day(), last), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(),
		t.Location())
}

func shift(t time.Time, unit string, n int64) (time.Time, bool) {
	if n > 1e12 || n < -1e12 {
		return t, false
	}
	switch unit {
	case "year", "quarter", "month":
		months := n * map[string]int64{"year": 12, "quarter": 3, "month": 1}[unit]
		if months > 12*20000 || months < -12*20000 {
			return t, false
		}
		return AddMonths(t, int(months)), true
	case "week", "day":
		if unit == "week" {
			n *= 7
		}
		if n > 8000000 || n < -8000000 {
			return t, false
		}
		return t.AddDate(0, 0, int(n)), true
	}
	ms := float64(n) * float64(units[unit])
	if math.Abs(ms) > 7e14 {
		return t, false
	}
	return time.UnixMilli(t.UnixMilli() + n*units[unit]).In(t.Location()), true
}

func dateAdd(name string, sign int64) special {
	return func(arg value.Value, s Scope, at refuse.Place, depth int) (*Expression, error) {
		x, err := dated(name, "startDate", arg, s, at, depth, []string{"unit", "amount"}, nil,
			func(e *Env, t time.Time, m map[string]*Expression) value.Value {
				unit, ok := unitOf(e, m["unit"])
				n := m["amount"].eval(e)
				if !ok || n.IsNullish() {
					return value.NullValue
				}
				amount, ok := n.Integer()
				if !ok || !n.IsNumber() {
					return e.fail("The amount of " + name + " is a whole number.")
				}
				t, ok = shift(t, unit, sign*amount)
				if !ok {
					return e.fail("The date is out of range.")
				}
				return value.OfDate(t.UnixMilli())
			})
		if err != nil {
			return nil, err
		}
		unit, err := compile(arg.Get("unit"), s, at.Key("unit"), depth+1)
		if err != nil {
			return nil, err
		}
		return x, checkUnit(unit, at)
	}
}

var weekdays = map[string]int{
	"mon": 1, "monday": 1, "tue": 2, "tuesday": 2, "wed": 3, "wednesday": 3, "thu": 4, "thursday": 4, "fri": 5,
	"friday": 5, "sat": 6, "saturday": 6, "sun": 7, "sunday": 7,
}

// startOfWeek evaluates the member startOfWeek: 1 is Monday.
func startOfWeek(e *Env, x *Expression) int {
	v := x.try(e)
	if v.IsNullish() {
		return 7
	}
	day, ok := weekdays[strings.ToLower(v.Text())]
	if !ok {
		e.fail("startOfWeek is a day such as monday.")
	}
	return day
}

// days counts the days from 1970 to the local day of a time.
func days(t time.Time) int64 {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

func dateDiff(arg value.Value, s Scope, at refuse.Place, depth int) (*Expression, error) {
	return dated("$dateDiff", "startDate", arg, s, at, depth, []string{"endDate", "unit"}, []string{"startOfWeek"},
		func(e *Env, t time.Time, m map[string]*Expression) value.Value {
			v := m["endDate"].eval(e)
			unit, ok := unitOf(e, m["unit"])
			if v.IsNullish() || !ok {
				return value.NullValue
			}
			end, ok := moment(v)
			if !ok {
				return e.fail("$dateDiff takes dates.")
			}
			return value.OfLong(difference(t, end.In(t.Location()), unit, startOfWeek(e, m["startOfWeek"])))
		})
}

// difference counts the boundaries of a unit between two times.
func difference(a, b time.Time, unit string, first int) int64 {
	months := func(t time.Time) int64 { return int64(t.Year())*12 + int64(t.Month()) - 1 }
	switch unit {
	case "year":
		return int64(b.Year() - a.Year())
	case "quarter":
		return floorDiv(months(b), 3) - floorDiv(months(a), 3)
	case "month":
		return months(b) - months(a)
	case "week":
		// 1 January 1970 was a Thursday, the fourth day.
		w := func(t time.Time) int64 { return floorDiv(days(t)+4-int64(first), 7) }
		return w(b) - w(a)
	case "day":
		return days(b) - days(a)
	}
	_, offset1 := a.Zone()
	_, offset2 := b.Zone()
	ms := units[unit]
	if unit == "hour" {
		return floorDiv(b.UnixMilli()+int64(offset2)*1000, ms) - floorDiv(a.UnixMilli()+int64(offset1)*1000, ms) -
			int64(offset2-offset1)/3600
	}
	return floorDiv(b.UnixMilli(), ms) - floorDiv(a.UnixMilli(), ms)
}

func dateTrunc(arg value.Value, s Scope, at refuse.Place, depth int) (*Expression, error) {
	return dated("$dateTrunc", "date", arg, s, at, depth, []string{"unit"}, []string{"binSize", "startOfWeek"},
		func(e *Env, t time.Time, m map[string]*Expression) value.Value {
			unit, ok := unitOf(e, m["unit"])
			size := int64(1)
			if v := m["binSize"].try(e); !v.IsMissing() {
				if v.IsNullish() {
					return value.NullValue
				}
				n, whole := v.Integer()
				if !whole || n < 1 || n > 1e9 {
					return e.fail("The binSize of $dateTrunc is a whole number, one or more.")
				}
				size = n
			}
			if !ok {
				return value.NullValue
			}
			return value.OfDate(truncate(t, unit, size, startOfWeek(e, m["startOfWeek"])).UnixMilli())
		})
}

// truncate returns the beginning of the bin that a time is in. Bins are counted from 2000.
func truncate(t time.Time, unit string, size int64, first int) time.Time {
	loc := t.Location()
	epoch := time.Date(2000, 1, 1, 0, 0, 0, 0, loc)
	switch unit {
	case "year", "quarter", "month":
		months := size * map[string]int64{"year": 12, "quarter": 3, "month": 1}[unit]
		since := int64(t.Year()-2000)*12 + int64(t.Month()) - 1
		return time.Date(2000, time.Month(1+floorDiv(since, months)*months), 1, 0, 0, 0, 0, loc)
	case "week", "day":
		from := days(epoch)
		if unit == "week" {
			size *= 7
			// 1 January 2000 was a Saturday, the sixth day: the first bin begins with the next first day of a week.
			from += (int64(first) - 6 + 7) % 7
		}
		day := from + floorDiv(days(t)-from, size)*size
		return time.Date(1970, 1, 1+int(day), 0, 0, 0, 0, loc)
	}
	ms := units[unit] * size
	return time.UnixMilli(epoch.UnixMilli() + floorDiv(t.UnixMilli()-epoch.UnixMilli(), ms)*ms).In(loc)
}

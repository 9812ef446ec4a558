package rows

import (
	"errors"
	"fmt"
	"strings"

	"github.com/alania-go/alania/domain/data/filter"
	"github.com/alania-go/alania/domain/fault"
)

// Error is a refusal that has PostgREST's words besides those of the platform: contracts render the Fault, and a
// dialect that speaks PostgREST's language the other members.
type Error struct {
	Code    string // PGRST100 or an SQLSTATE
	Message string // English, of names only; never a value
	Details any    // a text, a list of objects, or nil
	Hint    string
	Fault   *fault.Error
}

// Error returns the text of the fault, for logs.
func (e *Error) Error() string { return e.Code + ": " + e.Fault.Error() }

// Unwrap returns the fault.
func (e *Error) Unwrap() error { return e.Fault }

// The codes of PostgREST that this package and the engines use, and SQLSTATEs.
const (
	CodeSyntax        = "PGRST100"
	CodeBody          = "PGRST102"
	CodeRange         = "PGRST103"
	CodePutFilters    = "PGRST105"
	CodeMediaType     = "PGRST107"
	CodeNotEmbedded   = "PGRST108"
	CodePutLimit      = "PGRST114"
	CodePutKey        = "PGRST115"
	CodeNotSingular   = "PGRST116"
	CodeMethod        = "PGRST117"
	CodeRelatedOrder  = "PGRST118"
	CodeEmbedFilter   = "PGRST120"
	CodePreference    = "PGRST122"
	CodeAggregates    = "PGRST123"
	CodeMaxAffected   = "PGRST124"
	CodeNotThere      = "PGRST127"
	CodeNoRelation    = "PGRST200"
	CodeAmbiguous     = "PGRST201"
	CodeNoColumn      = "PGRST204"
	CodeNoTable       = "PGRST205"
	CodeUndefined     = "42703"
	CodeFunction      = "42883"
	CodeType          = "42704"
	CodeGrouping      = "42803"
	CodeGenerated     = "428C9"
	CodeSyntaxOfValue = "22P02"
	CodeDateOfValue   = "22007"
	CodeEncoding      = "22021"
	CodeMismatch      = "42804"
	CodeOutOfRange    = "22003"
	CodeNotSupported  = "0A000"
	CodeNoFilter      = "21000"
	CodeUnique        = "23505"
	CodeForeignKey    = "23503"
	CodeNotNull       = "23502"
	CodeCheck         = "23514"
	CodeCanceled      = "57014"
	CodeBusy          = "53300"
	CodeTooLong       = "22001"
	CodeNoConflictKey = "42P10"
	CodePrivilege     = "42501"
)

// refuse makes an Error of the validation kind.
func refuse(code string, f fault.Error, message string) *Error {
	f.Code, f.Message = fault.ValidationFailed, sentence(message)
	return &Error{Code: code, Message: message, Fault: &f}
}

// sentence makes a sentence of a message, which PostgreSQL begins with a small letter.
func sentence(message string) string {
	return strings.ToUpper(message[:1]) + message[1:] + "."
}

func (e *Error) detail(text string) *Error {
	e.Details = text
	e.Fault.Message = strings.TrimSuffix(e.Fault.Message, ".") + ". " + strings.TrimSuffix(text, ".") + "."
	return e
}

func (e *Error) hinted(text string) *Error {
	if text == "" {
		return e
	}
	e.Hint = text
	e.Fault.Message = strings.TrimSuffix(e.Fault.Message, ".") + ". " + text
	return e
}

func (e *Error) at(param string) *Error {
	e.Fault.Violations = []fault.Violation{
		{In: fault.InQuery, Pointer: "/" + param, Code: "syntax", Message: e.Message},
	}
	return e
}

// Syntax makes an Error of a text that could not be parsed.
func Syntax(err error) error {
	var s *filter.SyntaxError
	if !errors.As(err, &s) {
		return err
	}
	e := refuse(CodeSyntax, fault.Error{Reason: "query_syntax"}, s.Message()).detail(s.Details())
	e.Fault.Message = fmt.Sprintf("The query cannot be read: %s at character %d.", s.Details(), s.Column)
	e.Fault.Violations = []fault.Violation{{
		In: fault.InQuery, Pointer: "/" + s.Param, Code: "syntax",
		Message: fmt.Sprintf("character %d: %s", s.Column, s.Details()),
	}}
	return e
}

func bodyError(message string) *Error {
	e := refuse(CodeBody, fault.Error{Reason: "rows_body"}, message)
	e.Fault.Violations = []fault.Violation{fault.Body("", "format", message)}
	return e
}

// NotSingular refuses a result of other than one row for a plan with One.
func NotSingular(n int64) *Error {
	e := refuse(CodeNotSingular, fault.Error{Reason: "result_not_single"},
		"Cannot coerce the result to a single JSON object")
	return e.detail(fmt.Sprintf("The result contains %d rows", n))
}

// TooManyAffected refuses a change of more rows than the request allows.
func TooManyAffected(n int64) *Error {
	e := refuse(CodeMaxAffected, fault.Error{Reason: "affected_limit_exceeded"},
		"Query result exceeds max-affected preference constraint")
	return e.detail(fmt.Sprintf("The query affects %d rows", n))
}

// PutMismatch refuses a PUT whose body has another key than its URL.
func PutMismatch() *Error {
	return refuse(CodePutKey, fault.Error{Reason: "key_mismatch"},
		"Payload values do not match URL in primary key column(s)")
}

// Unsupported refuses what an engine cannot do, and names the one that can.
func Unsupported(what, engine string) *Error {
	message := fmt.Sprintf("%s is not supported here; the %s engine has it", what, engine)
	return refuse(CodeNotSupported, fault.Error{Reason: "operator_not_supported"}, message)
}

// InvalidValue refuses a value that is none of the column's type. The type may be empty.
func InvalidValue(typ string) *Error {
	code := CodeSyntaxOfValue
	if strings.HasPrefix(typ, "date") || strings.HasPrefix(typ, "time") {
		code = CodeDateOfValue
	}
	if strings.HasPrefix(typ, "numeric(") {
		typ = "numeric"
	}
	return refuse(code, fault.Error{Reason: "value_invalid"}, of("invalid input syntax", typ))
}

// OutOfRange refuses a value that the column's type cannot hold. The type may be empty.
func OutOfRange(typ string) *Error {
	if strings.HasPrefix(typ, "numeric") {
		typ = ""
	}
	return refuse(CodeOutOfRange, fault.Error{Reason: "value_invalid"}, of("value out of range", typ))
}

// TooLong refuses a text that is longer than the column's type allows. The type may be empty.
func TooLong(typ string) *Error {
	return refuse(CodeTooLong, fault.Error{Reason: "value_invalid"}, of("value too long", typ))
}

func of(message, typ string) string {
	if typ == "" {
		return message
	}
	return message + " for type " + typ
}

// InvalidText refuses text that no engine keeps.
func InvalidText() *Error {
	return refuse(CodeEncoding, fault.Error{Reason: "value_invalid"},
		"text must be valid UTF-8 without the character U+0000")
}

// Mismatch refuses a comparison that is for booleans only.
func Mismatch(word, typ string) *Error {
	return refuse(CodeMismatch, fault.Error{Reason: "operator_unknown"},
		fmt.Sprintf("argument of IS %s must be type boolean, not type %s", word, typ))
}

// StillReferred refuses the end of a row, or of its key, that another refers to.
func StillReferred(table, constraint, from string) *Error {
	e := refuse(CodeForeignKey, fault.Error{Reason: "reference_broken"}, fmt.Sprintf(
		"update or delete on table \"%s\" violates foreign key constraint \"%s\" on table \"%s\"", table, constraint, from))
	e.Fault.Code = fault.RuleBroken
	return e
}

// NoOperator refuses an operator or a function that a type does not have.
func NoOperator(what, typ string) *Error {
	return refuse(CodeFunction, fault.Error{Reason: "operator_unknown"},
		fmt.Sprintf("%s does not exist for type %s", what, typ))
}

// OffsetBeyond refuses an offset after the end.
func OffsetBeyond(offset, total int64) *Error {
	return rangeError(fmt.Sprintf("An offset of %d was requested, but there are only %d rows.", offset, total))
}

func rangeError(details string) *Error {
	const message = "Requested range not satisfiable"
	e := &Error{Code: CodeRange, Message: message, Fault: fault.New(fault.RangeNotSatisfiable, message+".")}
	return e.detail(details)
}

func noTable(c *Catalogue, name string) *Error {
	message := fmt.Sprintf("Could not find the table '%s' in the schema cache", name)
	e := &Error{Code: CodeNoTable, Message: message, Fault: fault.NewNotFound("table")}
	if near := nearest(name, c.names); near != "" {
		e.Hint = "Perhaps you meant the table '" + near + "'"
	}
	return e
}

func noColumn(table, column string) *Error {
	return refuse(CodeUndefined, fault.Error{Reason: "column_unknown"},
		fmt.Sprintf("column %s.%s does not exist", table, column))
}

// nearest is the name that differs least from what was written, when they have most in common.
func nearest(name string, names []string) string {
	best, out := 0.0, ""
	for _, n := range names {
		if score := similarity(name, n); score > best {
			best, out = score, n
		}
	}
	if best < 0.5 {
		return ""
	}
	return out
}

// similarity is the share of pairs of letters that two names have in common.
func similarity(a, b string) float64 {
	if len(a) > 200 || len(b) > 200 {
		return 0
	}
	pairs := map[string]int{}
	a, b = " "+strings.ToLower(a)+" ", " "+strings.ToLower(b)+" "
	for i := range len(a) - 1 {
		pairs[a[i:i+2]]++
	}
	common := 0
	for i := range len(b) - 1 {
		if pairs[b[i:i+2]] > 0 {
			pairs[b[i:i+2]]--
			common++
		}
	}
	return 2 * float64(common) / float64(len(a)+len(b)-2)
}

// NotGrouped refuses an order by a column that the rows are not grouped by.
func NotGrouped(table string, c *Column) *Error {
	name := "count"
	if c != nil {
		name = c.Name
	}
	return refuse(CodeGrouping, fault.Error{Reason: "query_syntax"},
		fmt.Sprintf("column \"%s.%s\" must appear in the GROUP BY clause "+
			"or be used in an aggregate function", table, name))
}

// Caused attaches what the log is to know.
func (e *Error) Caused(err error) *Error {
	e.Fault.Cause = err
	return e
}

// Duplicate refuses a row whose key exists already.
func Duplicate(constraint string) *Error {
	e := refuse(CodeUnique, fault.Error{Reason: "row_exists"},
		"duplicate key value violates unique constraint \""+constraint+"\"")
	e.Fault.Code = fault.Conflict
	return e
}

// BrokenReference refuses a reference to a row that does not exist, and the end of a row that is referred to.
func BrokenReference(table, constraint string) *Error {
	message := "insert or update on table \"" + table + "\" violates foreign key constraint \"" + constraint + "\""
	if constraint == "" {
		message = "insert, update or delete on table \"" + table + "\" violates a foreign key constraint"
	}
	e := refuse(CodeForeignKey, fault.Error{Reason: "reference_broken"}, message)
	e.Fault.Code = fault.RuleBroken
	return e
}

// NullRefused refuses a row without a value that it must have.
func NullRefused(table, column string) *Error {
	return refuse(CodeNotNull, fault.Error{Reason: "value_required"},
		fmt.Sprintf("null value in column \"%s\" of relation \"%s\" violates not-null constraint", column, table))
}

// CheckFailed refuses a row that does not meet a check.
func CheckFailed(table, check string) *Error {
	return refuse(CodeCheck, fault.Error{Reason: "check_failed"},
		fmt.Sprintf("new row for relation \"%s\" violates check constraint \"%s\"", table, check))
}

// DatabaseError words an SQLSTATE that has no error of its own.
func DatabaseError(code string) *Error {
	e := &Error{Code: code}
	word := func(c fault.Code, f fault.Error, message string) *Error {
		f.Code, f.Message = c, sentence(message)
		e.Message, e.Fault = message, &f
		return e
	}
	switch {
	case code == CodeCanceled:
		return word(fault.Timeout, fault.Error{}, "canceling statement due to statement timeout")
	case code == CodePrivilege:
		return word(fault.AccessDenied, fault.Error{}, "permission denied")
	case code == "42P01":
		return word(fault.NotFound, fault.Error{Resource: "table"}, "relation does not exist")
	case code == CodeUndefined:
		return word(fault.ValidationFailed, fault.Error{Reason: "column_unknown"}, "column does not exist")
	case code == CodeFunction:
		return word(fault.ValidationFailed, fault.Error{Reason: "operator_unknown"},
			"operator or function does not exist for these types")
	case code == CodeGrouping:
		return word(fault.ValidationFailed, fault.Error{Reason: "query_syntax"}, "a column must be grouped or aggregated")
	case code == CodeType:
		return word(fault.ValidationFailed, fault.Error{Reason: "type_unknown"},
			"type or text search configuration does not exist")
	case code == "21000":
		return word(fault.ValidationFailed, fault.Error{Reason: "rows_body"}, "a row of the body would be written twice")
	case code == "42804" || code == "42846":
		return word(fault.ValidationFailed, fault.Error{Reason: "operator_unknown"}, "the types do not go together")
	case code == "40001" || code == "40P01" || code == "55P03":
		return word(fault.Unavailable, fault.Error{}, "the rows are being changed by somebody else")
	case strings.HasPrefix(code, "08"), strings.HasPrefix(code, "53"), strings.HasPrefix(code, "57P"):
		return word(fault.Unavailable, fault.Error{}, "the database cannot be used for the moment")
	case strings.HasPrefix(code, "22"):
		return word(fault.ValidationFailed, fault.Error{Reason: "value_invalid"}, "a value cannot be used here")
	case strings.HasPrefix(code, "23"):
		return word(fault.Conflict, fault.Error{Reason: "row_exists"}, "a constraint is violated")
	case strings.HasPrefix(code, "42"), strings.HasPrefix(code, "54"), strings.HasPrefix(code, "0A"), code == "2201B":
		return word(fault.ValidationFailed, fault.Error{Reason: "query_syntax"},
			"the database cannot do this with these columns")
	}
	return word(fault.Internal, fault.Error{}, "the database has failed")
}

// KeyOf names the key that has exactly these columns; their names when there is none.
func (t *Table) KeyOf(columns []string) string {
	if t.Primary != nil && t.same(t.Primary.Columns, columns) {
		return t.Primary.Name
	}
	for _, k := range t.Unique {
		if t.same(k.Columns, columns) {
			return k.Name
		}
	}
	for _, i := range t.Indexes {
		if i.Unique && t.same(i.Columns, columns) {
			return i.Name
		}
	}
	return strings.Join(columns, ", ")
}

// MalformedQuery refuses a query string whose escapes are wrong.
func MalformedQuery() *Error {
	return refuse(CodeSyntax, fault.Error{Reason: "query_syntax"}, "the query string has a wrong escape")
}

// MethodUnknown refuses a method that rows do not have.
func MethodUnknown(method string) *Error {
	message := "Unsupported HTTP method: " + method
	return &Error{Code: CodeMethod, Message: message, Fault: fault.New(fault.MethodNotAllowed, message+".")}
}

// MediaRefused refuses a body of a type that rows are not written from.
func MediaRefused(media string) *Error {
	message := "Content-Type not acceptable: " + media
	return &Error{Code: CodeBody, Message: message, Fault: fault.New(fault.UnsupportedMediaType, message+".")}
}

// NotAcceptable refuses a request for types of answers that there are not.
func NotAcceptable(accepted string) *Error {
	return refuse(CodeMediaType, fault.Error{Reason: "not_acceptable"},
		"None of these media types are available: "+accepted)
}

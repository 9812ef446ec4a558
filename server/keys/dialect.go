package keys

import (
	"encoding/json"
	"net/http"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/gen/keys"
	"github.com/alania-go/alania/server/contract"
)

// Dialect words errors as a title, a detail and the time.
type Dialect struct {
	Now clock.Clock
}

// Render implements contract.Dialect.
func (d Dialect) Render(_ *contract.Operation, e *fault.Error, _, _ string) contract.Failure {
	k := contract.KindOf(e.Code)
	switch {
	case e.Reason == apikey.PermissionsExceeded: // the request is as documented; what it asks for is too much
		k = contract.Kind{Status: http.StatusUnprocessableEntity, Title: "Permissions exceeded"}
	case e.Code == fault.ValidationFailed, e.Code == fault.InvalidCursor:
		k.Status = http.StatusBadRequest
	}
	body, err := json.Marshal(keys.Error{Title: k.Title, Detail: detail(e), Time: d.Now()})
	if err != nil {
		panic(err) // strings and a time
	}
	return contract.Failure{Status: k.Status, ContentType: "application/json", Body: append(body, '\n')}
}

// detail names every violation, where there are any.
func detail(e *fault.Error) string {
	if len(e.Violations) == 0 {
		return e.Message
	}
	text := ""
	for i, v := range e.Violations {
		if i > 0 {
			text += "; "
		}
		field := v.Pointer
		if field == "" { // the body as a whole
			field = "the " + v.In
		}
		text += field + " " + v.Message
	}
	return text + "."
}

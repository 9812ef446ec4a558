package edge

import (
	"bytes"
	"encoding/json"
	"io"

	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/server/contract"
)

// validate checks the request against the bundle, and reads its body.
func (e *Edge) validate(c echo.Context, x *contract.Exchange) (err error) {
	x.Body, err = x.Operation.Validator.Request(c.Request(), c.Param, x.Operation.MaxBody)
	return err
}

// binder hands the validated body to the generated code.
type binder struct{}

// Bind implements echo.Binder.
func (binder) Bind(target any, c echo.Context) error {
	x := contract.From(c.Request().Context())
	if len(x.Body) == 0 { // absent where it may be
		return nil
	}
	return decode(bytes.NewReader(x.Body), target)
}

// decode reads a body that the validator has accepted. What fails here is a mistake of
// ours: the schema let something through that the generated type cannot hold.
func decode(r io.Reader, target any) error {
	if err := json.NewDecoder(r).Decode(target); err != nil {
		return fault.New(fault.Internal,
			"An unexpected error occurred. Quote the request id when you report it.").WithCause(err)
	}
	return nil
}

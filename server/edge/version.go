package edge

import (
	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/server/contract"
)

// byVersion serves the operation that a request for an older version of the API means, in place of one that came
// later. What the version does not have is answered like a path that nobody serves.
func byVersion(op *contract.Operation, handle echo.HandlerFunc) echo.HandlerFunc {
	if op.Since == "" {
		return handle
	}
	return func(c echo.Context) error {
		switch meant := op.In(c.Request().Header); meant {
		case op:
			return handle(c)
		case nil:
		default:
			return meant.Handle(c)
		}
		return fault.New(fault.RouteNotFound, "No operation of this version of the API has this path.")
	}
}

package edge

import (
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/server/contract"
)

// match notes the operation of the route. It refuses a path that goes on after the one of the
// operation: the router takes all that is left for the last parameter.
func (e *Edge) match(op *contract.Operation) step {
	return func(c echo.Context, x *contract.Exchange) error {
		if goesOn(c) {
			return echo.ErrNotFound
		}
		x.Operation = op
		return nil
	}
}

func goesOn(c echo.Context) bool {
	values := c.ParamValues()
	n := len(values)
	return n > 0 && strings.Contains(values[n-1], "/") && !strings.HasSuffix(c.Path(), "*")
}

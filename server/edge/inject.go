package edge

import (
	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/server/contract"
)

// withInjectedFaults fails, before the handler, what e.Fault says.
func (e *Edge) withInjectedFaults(next echo.HandlerFunc) echo.HandlerFunc {
	if e.Fault == nil {
		return next
	}
	return func(c echo.Context) error {
		if err := e.Fault(contract.From(c.Request().Context())); err != nil {
			return err
		}
		return next(c)
	}
}

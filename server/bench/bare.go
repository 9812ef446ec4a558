package bench

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"
)

func bare(e *echo.Echo, rows *Rows) error {
	e.GET("/v2/workspaces/:workspace_id", func(c echo.Context) error {
		w, err := rows.Get(c.Request().Context(), c.Param("workspace_id"))
		if err != nil {
			return err
		}
		return c.JSON(http.StatusOK, w)
	})
	e.GET("/v2/orgs/:org_id/workspaces", func(c echo.Context) error {
		limit, err := strconv.Atoi(c.QueryParam("limit"))
		if err != nil {
			return echo.ErrBadRequest
		}
		p, err := rows.List(c.Request().Context(), c.Param("org_id"), limit)
		if err != nil {
			return err
		}
		return c.JSON(http.StatusOK, p)
	})
	e.POST("/v2/orgs/:org_id/workspaces", func(c echo.Context) error {
		var in Create
		if err := c.Bind(&in); err != nil {
			return err
		}
		w, err := rows.Create(c.Request().Context(), c.Param("org_id"), in)
		if err != nil {
			return err
		}
		return c.JSON(http.StatusCreated, w)
	})
	return nil
}

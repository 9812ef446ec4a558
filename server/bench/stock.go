package bench

import (
	"context"
	"errors"
	"net/http"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/gen/platform"
	"github.com/alania-go/alania/openapi"
)

// strict implements three operations of the generated interface; the others are not asked for.
type strict struct {
	platform.StrictServerInterface
	rows *Rows
}

func stock(e *echo.Echo, rows *Rows) error {
	bundle, ok := openapi.JSON("platform")
	if !ok {
		return errors.New("the platform bundle is not there")
	}
	doc, err := openapi3.NewLoader().LoadFromData(bundle)
	if err != nil {
		return err
	}
	doc.Servers = nil
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		return err
	}
	options := &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}
	validated := func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if c.Path() == "/mallocs" {
				return next(c)
			}
			route, params, err := router.FindRoute(c.Request())
			if err != nil {
				return echo.ErrNotFound
			}
			err = openapi3filter.ValidateRequest(c.Request().Context(), &openapi3filter.RequestValidationInput{
				Request: c.Request(), PathParams: params, Route: route, Options: options,
			})
			if err != nil {
				return echo.NewHTTPError(http.StatusUnprocessableEntity, err.Error())
			}
			return next(c)
		}
	}
	e.Use(validated)
	platform.RegisterHandlers(e, platform.NewStrictHandler(strict{rows: rows}, nil))
	return nil
}

func generated(w Workspace) platform.Workspace {
	out := platform.Workspace{
		ID: w.ID, OrgID: w.OrgID, Name: w.Name, Slug: w.Slug, Status: platform.WorkspaceStatus(w.Status),
		Settings:  platform.WorkspaceSettings{RetentionDays: w.Settings.RetentionDays, FeatureFlags: w.Settings.FeatureFlags},
		RoleHints: platform.RoleHints{Role: platform.Role(w.RoleHints.Role), Can: w.RoleHints.Can},
		CreatedAt: w.CreatedAt, UpdatedAt: w.UpdatedAt,
	}
	for _, r := range w.Settings.Regions {
		out.Settings.Regions = append(out.Settings.Regions, platform.Region(r))
	}
	return out
}

// GetWorkspace implements the generated interface.
func (s strict) GetWorkspace(
	ctx context.Context, r platform.GetWorkspaceRequestObject,
) (platform.GetWorkspaceResponseObject, error) {
	w, err := s.rows.Get(ctx, r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	return platform.GetWorkspace200JSONResponse{Body: generated(w)}, nil
}

// ListWorkspaces implements the generated interface.
func (s strict) ListWorkspaces(
	ctx context.Context, r platform.ListWorkspacesRequestObject,
) (platform.ListWorkspacesResponseObject, error) {
	limit := 20
	if r.Params.Limit != nil {
		limit = *r.Params.Limit
	}
	p, err := s.rows.List(ctx, r.OrgID, limit)
	if err != nil {
		return nil, err
	}
	out := platform.ListWorkspaces200JSONResponse{Data: make([]platform.Workspace, 0, len(p.Data))}
	for _, w := range p.Data {
		out.Data = append(out.Data, generated(w))
	}
	if p.NextCursor != nil {
		out.NextCursor.Set(*p.NextCursor)
	} else {
		out.NextCursor.SetNull()
	}
	return out, nil
}

// CreateWorkspace implements the generated interface.
func (s strict) CreateWorkspace(
	ctx context.Context, r platform.CreateWorkspaceRequestObject,
) (platform.CreateWorkspaceResponseObject, error) {
	in := Create{Name: r.Body.Name}
	if r.Body.Slug != nil {
		in.Slug = *r.Body.Slug
	}
	w, err := s.rows.Create(ctx, r.OrgID, in)
	if err != nil {
		return nil, err
	}
	return platform.CreateWorkspace201JSONResponse{Body: generated(w)}, nil
}

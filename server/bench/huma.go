package bench

import (
	"context"
	"net/http"

	humav2 "github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/labstack/echo/v4"
)

func huma(e *echo.Echo, rows *Rows) error {
	api := humaecho.New(e, humav2.DefaultConfig("Workspaces", "1.0.0"))
	type one struct{ Body Workspace }
	humav2.Register(api, humav2.Operation{
		OperationID: "get", Method: http.MethodGet, Path: "/v2/workspaces/{workspace_id}",
	},
		func(ctx context.Context, in *struct {
			ID string `path:"workspace_id" pattern:"^wks_[0-9A-HJKMNP-TV-Z]{26}$"`
		}) (*one, error) {
			w, err := rows.Get(ctx, in.ID)
			return &one{w}, err
		})
	type many struct{ Body Page }
	humav2.Register(api, humav2.Operation{
		OperationID: "list", Method: http.MethodGet, Path: "/v2/orgs/{org_id}/workspaces",
	},
		func(ctx context.Context, in *struct {
			Org   string `path:"org_id" pattern:"^org_[0-9A-HJKMNP-TV-Z]{26}$"`
			Limit int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
		}) (*many, error) {
			p, err := rows.List(ctx, in.Org, in.Limit)
			return &many{p}, err
		})
	humav2.Register(api, humav2.Operation{
		OperationID: "create", Method: http.MethodPost, Path: "/v2/orgs/{org_id}/workspaces",
		DefaultStatus: http.StatusCreated,
	}, func(ctx context.Context, in *struct {
		Org  string `path:"org_id" pattern:"^org_[0-9A-HJKMNP-TV-Z]{26}$"`
		Body struct {
			Name string `json:"name" minLength:"1" maxLength:"100"`
			Slug string `json:"slug" minLength:"1" maxLength:"63" pattern:"^[a-z0-9]+(-[a-z0-9]+)*$"`
		}
	}) (*one, error) {
		w, err := rows.Create(ctx, in.Org, Create{Name: in.Body.Name, Slug: in.Body.Slug})
		return &one{w}, err
	})
	return nil
}

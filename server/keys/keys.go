// Package keys serves the Keys API, version 1: API keys of users, with permissions. Each
// handler decodes, makes one service call and encodes.
package keys

import (
	"context"

	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/gen/keys"
	"github.com/alania-go/alania/server/contract"
)

// API is the contract's handlers and the service they call.
type API struct {
	Keys *apikey.Service
}

var _ keys.StrictServerInterface = (*API)(nil)

// Register implements contract.Handlers.
func (a *API) Register(router *contract.Router, steps map[string][]echo.MiddlewareFunc) {
	keys.RegisterHandlersWithOptions(router, keys.NewStrictHandler(a, nil),
		keys.RegisterHandlersOptions{OperationMiddlewares: steps})
}

// Lists are none: the lists of this contract are plain arrays.
func (*API) Lists() map[string]contract.Table { return nil }

// CreateUserAPIKey makes an API key and shows it, once.
func (a *API) CreateUserAPIKey(
	ctx context.Context, r keys.CreateUserAPIKeyRequestObject,
) (keys.CreateUserAPIKeyResponseObject, error) {
	in, err := ToPermitted(*r.Body)
	if err != nil {
		return nil, err
	}
	k, full, err := a.Keys.CreatePermitted(ctx, in)
	if err != nil {
		return nil, err
	}
	return keys.CreateUserAPIKey201JSONResponse(FromNewKey(k, full)), nil
}

// ListMyAPIKeys lists the caller's keys.
func (a *API) ListMyAPIKeys(
	ctx context.Context, _ keys.ListMyAPIKeysRequestObject,
) (keys.ListMyAPIKeysResponseObject, error) {
	list, err := a.Keys.Mine(ctx)
	if err != nil {
		return nil, err
	}
	return keys.ListMyAPIKeys200JSONResponse(FromKeys(list)), nil
}

// ListUserAPIKeys lists the keys of a user.
func (a *API) ListUserAPIKeys(
	ctx context.Context, r keys.ListUserAPIKeysRequestObject,
) (keys.ListUserAPIKeysResponseObject, error) {
	userID, err := parse(id.UserPrefix, r.UserID, "user")
	if err != nil {
		return nil, err
	}
	list, err := a.Keys.OfUser(ctx, userID)
	if err != nil {
		return nil, err
	}
	return keys.ListUserAPIKeys200JSONResponse(FromKeys(list)), nil
}

// DeleteUserAPIKeys ends the keys of a user.
func (a *API) DeleteUserAPIKeys(
	ctx context.Context, r keys.DeleteUserAPIKeysRequestObject,
) (keys.DeleteUserAPIKeysResponseObject, error) {
	userID, err := parse(id.UserPrefix, r.UserID, "user")
	if err != nil {
		return nil, err
	}
	if err := a.Keys.RevokeOfUser(ctx, userID); err != nil {
		return nil, err
	}
	return keys.DeleteUserAPIKeys204Response{}, nil
}

// GetValidPermissions returns what the caller could let a key do.
func (a *API) GetValidPermissions(
	ctx context.Context, r keys.GetValidPermissionsRequestObject,
) (keys.GetValidPermissionsResponseObject, error) {
	forKey := r.Params.IsAPIKey != nil && *r.Params.IsAPIKey
	return keys.GetValidPermissions200JSONResponse(FromPermissions(a.Keys.Grantable(ctx, forKey))), nil
}

// DeleteAPIKey ends an API key.
func (a *API) DeleteAPIKey(
	ctx context.Context, r keys.DeleteAPIKeyRequestObject,
) (keys.DeleteAPIKeyResponseObject, error) {
	keyID, err := parse(id.KeyPrefix, r.ID, "key")
	if err != nil {
		return nil, err
	}
	if err := a.Keys.Delete(ctx, keyID); err != nil {
		return nil, err
	}
	return keys.DeleteAPIKey204Response{}, nil
}

// RenameAPIKey changes the name of an API key.
func (a *API) RenameAPIKey(
	ctx context.Context, r keys.RenameAPIKeyRequestObject,
) (keys.RenameAPIKeyResponseObject, error) {
	keyID, err := parse(id.KeyPrefix, r.ID, "key")
	if err != nil {
		return nil, err
	}
	if err := a.Keys.Rename(ctx, keyID, ToName(*r.Body)); err != nil {
		return nil, err
	}
	return keys.RenameAPIKey204Response{}, nil
}

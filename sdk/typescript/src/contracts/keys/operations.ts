// Generated from the OpenAPI bundle by scripts/generate.mjs. Do not edit: run `make generate`.

import { segment } from '../../client.js';
import type { Client, RequestOptions } from '../../client.js';
import type { APIPromise } from '../../promise.js';
import type * as models from './models.js';

/**
 * Create API key.
 *
 * The answer is the only one that carries the key itself: keep it, it cannot be shown again. A key never has more than
 * its creator: permissions that you lack are refused with 422, and so are those to create, update or delete users and
 * roles, which no key is given, and a life that is longer than that of your credentials.
 *
 * Scope: `apikeys:create`.
 */
export function createUserApiKey(client: Client, body: models.ApiKeyCreate, options?: RequestOptions): APIPromise<models.ApiKeyCreated> {
  return client.request({ method: 'POST', path: '/api/v1/api-key', body }, options);
}

/**
 * Retrieve all API keys for the currently authenticated user.
 *
 * The keys of the user of the credentials, in the current tenant, that are not deleted, never with their secrets.
 * Empty for credentials that are no user's.
 *
 * Scope: `apikeys:read`.
 */
export function listMyApiKeys(client: Client, options?: RequestOptions): APIPromise<models.ApiKeyList> {
  return client.request({ method: 'GET', path: '/api/v1/api-key/all' }, options);
}

/**
 * Find all API keys for a user in the current tenant (or any tenant if super admin).
 *
 * The keys that the user created and that are not deleted, never with their secrets. A user of another tenant is 404
 * unless you are a super admin.
 *
 * Scope: `apikeys:read`.
 */
export function listUserApiKeys(client: Client, userId: models.UserId, options?: RequestOptions): APIPromise<models.ApiKeyList> {
  return client.request({ method: 'GET', path: `/api/v1/api-key/all/${segment('userId', userId)}` }, options);
}

/**
 * Delete all API keys for a user in the current tenant (or any tenant if super admin).
 *
 * The keys stop being accepted: at once on the replica that answers, within 60 seconds on all others. Writes an audit
 * entry for each. A user without keys is 204 too.
 *
 * Scope: `apikeys:delete`.
 */
export function deleteUserApiKeys(client: Client, userId: models.UserId, options?: RequestOptions): APIPromise<void> {
  return client.request({ method: 'DELETE', path: `/api/v1/api-key/all/${segment('userId', userId)}` }, options);
}

/** Parameters of `getValidPermissions`. */
export interface GetValidPermissionsParams {
  /**
   * `true` leaves out what a key is never given even by a caller who has it: to create, update or delete users and
   * roles. `false`, or absent, returns all that the caller has.
   */
  isApiKey?: boolean;
}

/**
 * Get valid permissions for the current user.
 *
 * What a key could be given by the caller: the permissions of the catalogue that the caller has. Any credentials will
 * do, no scope is needed.
 */
export function getValidPermissions(client: Client, params?: GetValidPermissionsParams, options?: RequestOptions): APIPromise<models.Permissions> {
  return client.request({ method: 'GET', path: '/api/v1/api-key/valid-permissions', query: params }, options);
}

/**
 * Delete API key.
 *
 * The key stops being accepted: at once on the replica that answers, within 60 seconds on all others. It is in no list
 * any more. Writes an audit entry. Deleting a deleted key is 404.
 *
 * Scope: `apikeys:delete`.
 */
export function deleteApiKey(client: Client, id: models.KeyId, options?: RequestOptions): APIPromise<void> {
  return client.request({ method: 'DELETE', path: `/api/v1/api-key/${segment('id', id)}` }, options);
}

/**
 * Rename API key.
 *
 * The body is an object of strings. Its member `name` is the new name; where there is none, the first member in
 * alphabetical order, so that clients generated from earlier descriptions of this operation work. A name has 1 to 255
 * characters.
 *
 * Scope: `apikeys:update`.
 */
export function renameApiKey(client: Client, id: models.KeyId, body: models.ApiKeyRename, options?: RequestOptions): APIPromise<void> {
  return client.request({ method: 'PATCH', path: `/api/v1/api-key/${segment('id', id)}/name`, body }, options);
}

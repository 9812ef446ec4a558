// Generated from the OpenAPI bundle by scripts/generate.mjs. Do not edit: run `make generate`.

import type { Client, RequestOptions } from '../../client.js';
import type { APIPromise } from '../../promise.js';
import type * as models from './models.js';
import * as operations from './operations.js';
import type {
  GetValidPermissionsParams,
} from './operations.js';

/** Operations related to API keys */
export class ApiKeyResource {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * Create API key.
   *
   * The answer is the only one that carries the key itself: keep it, it cannot be shown again. A key never has more than
   * its creator: permissions that you lack are refused with 422, and so are those to create, update or delete users and
   * roles, which no key is given, and a life that is longer than that of your credentials.
   *
   * Scope: `apikeys:create`.
   */
  createUserApiKey(body: models.ApiKeyCreate, options?: RequestOptions): APIPromise<models.ApiKeyCreated> {
    return operations.createUserApiKey(this.#client, body, options);
  }

  /**
   * Retrieve all API keys for the currently authenticated user.
   *
   * The keys of the user of the credentials, in the current tenant, that are not deleted, never with their secrets.
   * Empty for credentials that are no user's.
   *
   * Scope: `apikeys:read`.
   */
  listMyApiKeys(options?: RequestOptions): APIPromise<models.ApiKeyList> {
    return operations.listMyApiKeys(this.#client, options);
  }

  /**
   * Find all API keys for a user in the current tenant (or any tenant if super admin).
   *
   * The keys that the user created and that are not deleted, never with their secrets. A user of another tenant is 404
   * unless you are a super admin.
   *
   * Scope: `apikeys:read`.
   */
  listUserApiKeys(userId: models.UserId, options?: RequestOptions): APIPromise<models.ApiKeyList> {
    return operations.listUserApiKeys(this.#client, userId, options);
  }

  /**
   * Delete all API keys for a user in the current tenant (or any tenant if super admin).
   *
   * The keys stop being accepted: at once on the replica that answers, within 60 seconds on all others. Writes an audit
   * entry for each. A user without keys is 204 too.
   *
   * Scope: `apikeys:delete`.
   */
  deleteUserApiKeys(userId: models.UserId, options?: RequestOptions): APIPromise<void> {
    return operations.deleteUserApiKeys(this.#client, userId, options);
  }

  /**
   * Get valid permissions for the current user.
   *
   * What a key could be given by the caller: the permissions of the catalogue that the caller has. Any credentials will
   * do, no scope is needed.
   */
  getValidPermissions(params?: GetValidPermissionsParams, options?: RequestOptions): APIPromise<models.Permissions> {
    return operations.getValidPermissions(this.#client, params, options);
  }

  /**
   * Delete API key.
   *
   * The key stops being accepted: at once on the replica that answers, within 60 seconds on all others. It is in no list
   * any more. Writes an audit entry. Deleting a deleted key is 404.
   *
   * Scope: `apikeys:delete`.
   */
  delete(id: models.KeyId, options?: RequestOptions): APIPromise<void> {
    return operations.deleteApiKey(this.#client, id, options);
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
  rename(id: models.KeyId, body: models.ApiKeyRename, options?: RequestOptions): APIPromise<void> {
    return operations.renameApiKey(this.#client, id, body, options);
  }
}

/** API keys of users, with fine-grained permissions. */
export class KeysContract {
  readonly apiKey: ApiKeyResource;

  constructor(client: Client) {
    this.apiKey = new ApiKeyResource(client);
  }
}

// Generated from the OpenAPI bundle by scripts/generate.mjs. Do not edit: run `make generate`.

import type { Client } from '../../client.js';
import type { APIPromise } from '../../promise.js';
import type * as models from './models.js';
import * as operations from './operations.js';
import type {
  GetPlatformHealthOptions,
  GetPlatformInfoOptions,
} from './operations.js';

/** The state of the platform, and what it is made of. */
export class PlatformResource {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * Check the platform and its dependencies.
   *
   * Checks what the platform depends on, with the milliseconds that each check took. `degraded` is still 200: the platform
   * works, but something is slow or limited. 503 means that a dependency is down; the body says which.
   */
  getHealth(options?: GetPlatformHealthOptions): APIPromise<models.PlatformHealth> {
    return operations.getPlatformHealth(this.#client, options);
  }

  /**
   * See what the platform is made of.
   *
   * The version of the server, the API versions that it supports, and the capabilities that workspaces can have with the
   * engine behind each.
   *
   * Scope: `platform:read`.
   */
  getInfo(options?: GetPlatformInfoOptions): APIPromise<models.PlatformInfo> {
    return operations.getPlatformInfo(this.#client, options);
  }
}

/** Tenants, workspaces and the capabilities that they provide, for those who run a platform on Alania. */
export class ControlContract {
  readonly platform: PlatformResource;

  constructor(client: Client) {
    this.platform = new PlatformResource(client);
  }
}

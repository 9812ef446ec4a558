// Generated from the OpenAPI bundle by scripts/generate.mjs. Do not edit: run `make generate`.

import { randomUUID } from '../../client.js';
import type { Client, RequestOptions } from '../../client.js';
import type { APIPromise } from '../../promise.js';
import type * as models from './models.js';

/** Options of `getPlatformHealth`. */
export interface GetPlatformHealthOptions extends RequestOptions {
  /** The version of the API that the caller is written for; the newest one unless sent. */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. The answer repeats it, and our logs have it; unless sent, it is one of ours. */
  correlationId?: string;
}

/**
 * Check the platform and its dependencies.
 *
 * Checks what the platform depends on, with the milliseconds that each check took. `degraded` is still 200: the platform
 * works, but something is slow or limited. 503 means that a dependency is down; the body says which.
 */
export function getPlatformHealth(client: Client, options?: GetPlatformHealthOptions): APIPromise<models.PlatformHealth> {
  return client.request({ method: 'GET', path: '/v1/platform/health', headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId }, auth: 'none' }, options);
}

/** Options of `getPlatformInfo`. */
export interface GetPlatformInfoOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * See what the platform is made of.
 *
 * The version of the server, the API versions that it supports, and the capabilities that workspaces can have with the
 * engine behind each.
 *
 * Scope: `platform:read`.
 */
export function getPlatformInfo(client: Client, options?: GetPlatformInfoOptions): APIPromise<models.PlatformInfo> {
  return client.request({ method: 'GET', path: '/v1/platform/info', headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() } }, options);
}

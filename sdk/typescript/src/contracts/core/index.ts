// Generated from the OpenAPI bundle by scripts/generate.mjs. Do not edit: run `make generate`.

/**
 * Alania Core API. Workspaces, API keys, webhooks, entitlements, SEO reports, pixel tracking and MCP.
 *
 * @module
 */
import type * as models from './models.js';

export type * from './models.js';
export * from './operations.js';
export { CoreContract } from './resources.js';

/** What webhooks of this contract carry, told apart by `type`. New types may come: have a `default` branch. */
export type WebhookEvent =
  | models.WorkspaceCreatedEvent
  | models.WorkspaceUpdatedEvent
  | models.WorkspaceDeletedEvent
  | models.KeyCreatedEvent
  | models.KeyRevokedEvent
  | models.WebhookTestEvent;

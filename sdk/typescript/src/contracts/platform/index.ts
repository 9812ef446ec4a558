// Generated from the OpenAPI bundle by scripts/generate.mjs. Do not edit: run `make generate`.

/**
 * Alania Platform API. Programmatic access to organizations, workspaces, members, API keys, the audit trail, connectors and webhooks.
 *
 * @module
 */
import type * as models from './models.js';

export type * from './models.js';
export * from './operations.js';
export { PlatformContract } from './resources.js';

/** What webhooks of this contract carry, told apart by `type`. New types may come: have a `default` branch. */
export type WebhookEvent =
  | models.OrgCreatedEvent
  | models.OrgUpdatedEvent
  | models.OrgSuspendedEvent
  | models.OrgResumedEvent
  | models.OrgDeletedEvent
  | models.WorkspaceCreatedEvent
  | models.WorkspaceUpdatedEvent
  | models.WorkspaceDeletedEvent
  | models.MemberInvitedEvent
  | models.MemberRoleChangedEvent
  | models.MemberRemovedEvent
  | models.KeyCreatedEvent
  | models.KeyRevokedEvent
  | models.BindingCreatedEvent
  | models.BindingUpdatedEvent
  | models.BindingValidatedEvent
  | models.BindingInvalidEvent
  | models.BindingDeletedEvent
  | models.SyncRunStartedEvent
  | models.SyncRunSucceededEvent
  | models.SyncRunFailedEvent
  | models.SyncRunCancelledEvent
  | models.WebhookEndpointDisabledEvent
  | models.WebhookTestEvent;

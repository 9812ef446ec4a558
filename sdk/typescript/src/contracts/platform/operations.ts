// Generated from the OpenAPI bundle by scripts/generate.mjs. Do not edit: run `make generate`.

import { segment } from '../../client.js';
import type { Client, RequestOptions } from '../../client.js';
import { PagePromise } from '../../pagination.js';
import type { APIPromise } from '../../promise.js';
import type * as models from './models.js';

/**
 * Get an access token.
 *
 * Exchanges a client id and secret for a bearer token (client credentials grant of OAuth 2.1). Send the credentials
 * as HTTP Basic, or as `client_id` and `client_secret` in the form, never both. The token carries the scopes asked
 * for, or all scopes of the client. Use it until `expires_in` is nearly over; there is no refresh token.
 * Errors are RFC 6749 bodies. Requests are limited per client address.
 */
export function createToken(client: Client, body: models.TokenRequest, options?: RequestOptions): APIPromise<models.Token> {
  return client.request({ method: 'POST', path: '/v2/auth/token', body, type: 'application/x-www-form-urlencoded', auth: 'basic' }, options);
}

/**
 * Revoke an access token.
 *
 * Ends a token before it expires (RFC 7009): at once on the replica that answers, within 60 seconds on all others.
 * A client can revoke only its own tokens. A token that is unknown, expired or revoked already is answered with 200
 * as well. Errors are RFC 6749 bodies. Requests are limited per client address.
 */
export function revokeToken(client: Client, body: models.RevocationRequest, options?: RequestOptions): APIPromise<void> {
  return client.request({ method: 'POST', path: '/v2/auth/token/revoke', body, type: 'application/x-www-form-urlencoded', auth: 'basic' }, options);
}

/**
 * Get the public keys of access tokens.
 *
 * The keys that access tokens are signed with, as a JSON Web Key Set (RFC 7517), for services that verify tokens
 * themselves. During a key rotation there is more than one.
 */
export function getJwks(client: Client, options?: RequestOptions): APIPromise<models.Jwks> {
  return client.request({ method: 'GET', path: '/.well-known/jwks.json', auth: 'none' }, options);
}

/**
 * Get the OAuth server metadata.
 *
 * Where the OAuth endpoints are and what they take (RFC 8414), for clients that configure themselves.
 */
export function getOAuthServerMetadata(client: Client, options?: RequestOptions): APIPromise<models.OAuthServerMetadata> {
  return client.request({ method: 'GET', path: '/.well-known/oauth-authorization-server', auth: 'none' }, options);
}

/**
 * Check the service and its dependencies.
 *
 * Checks the database, the queue and the object storage, with the milliseconds that each took. `degraded` is still
 * 200: the service works, but something is slow or limited. 503 means that a dependency is down; the body says which.
 */
export function getHealth(client: Client, options?: RequestOptions): APIPromise<models.Health> {
  return client.request({ method: 'GET', path: '/v2/health', auth: 'none' }, options);
}

/**
 * Check that the process is alive.
 *
 * For the liveness probe of an orchestrator: answers as long as the process runs, whatever its dependencies do.
 */
export function getLiveness(client: Client, options?: RequestOptions): APIPromise<models.Liveness> {
  return client.request({ method: 'GET', path: '/livez', auth: 'none' }, options);
}

/**
 * Check that the process takes requests.
 *
 * For the readiness probe of an orchestrator or load balancer. 503 while a dependency is down, and from the moment
 * the process is told to stop, so that no new requests are sent to it.
 */
export function getReadiness(client: Client, options?: RequestOptions): APIPromise<models.Readiness> {
  return client.request({ method: 'GET', path: '/readyz', auth: 'none' }, options);
}

/** Parameters of `listOrgs`. */
export interface ListOrgsParams {
  /**
   * `next_cursor` of the page before. Opaque, and bound to this list, its filters and its sort: one that was
   * altered or comes from elsewhere is refused with 422 and the code `invalid_cursor`. Absent: the first page.
   */
  cursor?: string;
  /** How many items a page may have. The last page, and only that, may have fewer. */
  limit?: number;
  /** Order of the list; a leading `-` is descending. */
  sort?: models.OrgSort;
}

/**
 * List your organizations.
 *
 * The organizations that the caller can act in. Usually the first call of an integration: every other path needs an
 * `org_id` from here.
 *
 * Scope: `orgs:read`.
 */
export function listOrgs(client: Client, params?: ListOrgsParams, options?: RequestOptions): PagePromise<models.Org, models.OrgList> {
  return new PagePromise(client, { method: 'GET', path: '/v2/orgs', query: params }, options, { items: 'data', cursor: 'next_cursor' });
}

/** Parameters of `listWorkspaces`. */
export interface ListWorkspacesParams {
  /**
   * `next_cursor` of the page before. Opaque, and bound to this list, its filters and its sort: one that was
   * altered or comes from elsewhere is refused with 422 and the code `invalid_cursor`. Absent: the first page.
   */
  cursor?: string;
  /** How many items a page may have. The last page, and only that, may have fewer. */
  limit?: number;
  /** Order of the list; a leading `-` is descending. */
  sort?: models.WorkspaceSort;
  filter?: {
    /** Only workspaces in this state. */
    status?: models.WorkspaceStatus;
    /** Only the workspace with this slug. */
    slug?: models.Slug;
    /** Only workspaces with exactly this name. */
    name?: string;
  };
}

/**
 * List the workspaces of an organization.
 *
 * Each workspace comes with its settings and with `role_hints`: the caller's role in it and what the caller may do.
 *
 * Scope: `workspaces:read`.
 */
export function listWorkspaces(client: Client, orgId: models.OrgId, params?: ListWorkspacesParams, options?: RequestOptions): PagePromise<models.Workspace, models.WorkspaceList> {
  return new PagePromise(client, { method: 'GET', path: `/v2/orgs/${segment('orgId', orgId)}/workspaces`, query: params }, options, { items: 'data', cursor: 'next_cursor' });
}

/**
 * Create a workspace.
 *
 * The workspace is usable at once. Without a `slug` one is derived from the name; settings that are left out have
 * their defaults (30 days, `eu-central`, no flags). A slug that is taken is refused with 409. Send an
 * `Idempotency-Key` to make the request safe to repeat.
 *
 * Scope: `workspaces:write`.
 */
export function createWorkspace(client: Client, orgId: models.OrgId, body: models.WorkspaceCreate, options?: RequestOptions): APIPromise<models.Workspace> {
  return client.request({ method: 'POST', path: `/v2/orgs/${segment('orgId', orgId)}/workspaces`, body, keyed: true }, options);
}

/** Options of `getWorkspace`. */
export interface GetWorkspaceOptions extends RequestOptions {
  /** Answer 304 without a body when the version still carries this `ETag` (several are separated by commas, `*` is any). */
  ifNoneMatch?: string;
}

/**
 * Get a workspace.
 *
 * The `ETag` of the answer is the version of the workspace, settings included. Send it back in `If-None-Match` to
 * learn cheaply whether anything changed.
 *
 * Scope: `workspaces:read`.
 */
export function getWorkspace(client: Client, workspaceId: models.WorkspaceId, options?: GetWorkspaceOptions): APIPromise<models.Workspace> {
  return client.request({ method: 'GET', path: `/v2/workspaces/${segment('workspaceId', workspaceId)}`, headers: { "If-None-Match": options?.ifNoneMatch } }, options);
}

/** Options of `getWorkspaceSettings`. */
export interface GetWorkspaceSettingsOptions extends RequestOptions {
  /** Answer 304 without a body when the version still carries this `ETag` (several are separated by commas, `*` is any). */
  ifNoneMatch?: string;
}

/**
 * Get the settings of a workspace.
 *
 * The `ETag` of the answer goes into `If-Match` when you change the settings.
 *
 * Scope: `workspaces:read`.
 */
export function getWorkspaceSettings(client: Client, workspaceId: models.WorkspaceId, options?: GetWorkspaceSettingsOptions): APIPromise<models.WorkspaceSettings> {
  return client.request({ method: 'GET', path: `/v2/workspaces/${segment('workspaceId', workspaceId)}/settings`, headers: { "If-None-Match": options?.ifNoneMatch } }, options);
}

/** Options of `updateWorkspaceSettings`. */
export interface UpdateWorkspaceSettingsOptions extends RequestOptions {
  /**
   * Change only the version that carries this `ETag` (several are separated by commas, `*` is any). Another
   * version is refused with 412. Absent: the last writer wins.
   */
  ifMatch?: string;
}

/**
 * Change the settings of a workspace.
 *
 * A JSON merge patch (RFC 7396): what is left out stays as it is, `null` resets a member to its default, a feature
 * flag with `null` is removed. `regions` is replaced as a whole. Send the `ETag` you have seen in `If-Match` so that
 * nobody else's change is overwritten; 412 says that there was one. `application/json` means the same as
 * `application/merge-patch+json`.
 *
 * Scope: `workspace:admin`.
 */
export function updateWorkspaceSettings(client: Client, workspaceId: models.WorkspaceId, body: models.WorkspaceSettingsUpdate, options?: UpdateWorkspaceSettingsOptions): APIPromise<models.WorkspaceSettings> {
  return client.request({ method: 'PATCH', path: `/v2/workspaces/${segment('workspaceId', workspaceId)}/settings`, headers: { "If-Match": options?.ifMatch }, body, type: 'application/merge-patch+json' }, options);
}

/** Parameters of `listMembers`. */
export interface ListMembersParams {
  /**
   * `next_cursor` of the page before. Opaque, and bound to this list, its filters and its sort: one that was
   * altered or comes from elsewhere is refused with 422 and the code `invalid_cursor`. Absent: the first page.
   */
  cursor?: string;
  /** How many items a page may have. The last page, and only that, may have fewer. */
  limit?: number;
  /** Order of the list; a leading `-` is descending. */
  sort?: models.MemberSort;
  filter?: {
    /** Only members with this role. */
    role?: models.Role;
    /** Only members in this state. */
    status?: models.MemberStatus;
    /** Only the member with this address, whatever its case. */
    email?: string;
  };
}

/**
 * List the members of an organization.
 *
 * People with their role and the time they were last active, including those who are invited and have not signed in yet.
 *
 * Scope: `members:read`.
 */
export function listMembers(client: Client, orgId: models.OrgId, params?: ListMembersParams, options?: RequestOptions): PagePromise<models.Member, models.MemberList> {
  return new PagePromise(client, { method: 'GET', path: `/v2/orgs/${segment('orgId', orgId)}/members`, query: params }, options, { items: 'data', cursor: 'next_cursor' });
}

/**
 * Invite a member.
 *
 * Adds a person to the organization, with the status `invited` until the first sign-in. Somebody who is a member
 * already is refused with 409. The name and the `user_id` are those of this organization: they do not tell whether
 * another one knows the address. Only a caller with the scope `*` can invite an `owner`. Send an `Idempotency-Key` to
 * make the request safe to repeat.
 *
 * Scope: `members:write`.
 */
export function inviteMember(client: Client, orgId: models.OrgId, body: models.MemberInvite, options?: RequestOptions): APIPromise<models.Member> {
  return client.request({ method: 'POST', path: `/v2/orgs/${segment('orgId', orgId)}/members`, body, keyed: true }, options);
}

/**
 * Get a member.
 *
 * One member with role and last-active time.
 *
 * Scope: `members:read`.
 */
export function getMember(client: Client, orgId: models.OrgId, memberId: models.MemberId, options?: RequestOptions): APIPromise<models.Member> {
  return client.request({ method: 'GET', path: `/v2/orgs/${segment('orgId', orgId)}/members/${segment('memberId', memberId)}` }, options);
}

/**
 * Remove a member.
 *
 * The person loses access to the organization, and their API keys and clients end with the membership: at once on the
 * replica that answers, within 60 seconds on all others. What else they made stays. The last owner cannot be removed
 * (409). Only a caller with the scope `*` can remove an owner.
 *
 * Scope: `members:write`.
 */
export function removeMember(client: Client, orgId: models.OrgId, memberId: models.MemberId, options?: RequestOptions): APIPromise<void> {
  return client.request({ method: 'DELETE', path: `/v2/orgs/${segment('orgId', orgId)}/members/${segment('memberId', memberId)}` }, options);
}

/**
 * Change the role of a member.
 *
 * Takes effect with the next request of that person who signs in; there is no sign-in yet, and API keys and clients go
 * by their scopes, whatever the role. The last owner of an organization keeps the role (409). Only a
 * caller with the scope `*` can make somebody an owner, or change one.
 *
 * Scope: `members:write`.
 */
export function changeMemberRole(client: Client, orgId: models.OrgId, memberId: models.MemberId, body: models.MemberUpdate, options?: RequestOptions): APIPromise<models.Member> {
  return client.request({ method: 'PATCH', path: `/v2/orgs/${segment('orgId', orgId)}/members/${segment('memberId', memberId)}`, body }, options);
}

/** Parameters of `listKeys`. */
export interface ListKeysParams {
  /**
   * `next_cursor` of the page before. Opaque, and bound to this list, its filters and its sort: one that was
   * altered or comes from elsewhere is refused with 422 and the code `invalid_cursor`. Absent: the first page.
   */
  cursor?: string;
  /** How many items a page may have. The last page, and only that, may have fewer. */
  limit?: number;
  /** Order of the list; a leading `-` is descending. */
  sort?: models.KeySort;
  filter?: {
    /** Only keys in this state. */
    status?: models.KeyStatus;
    /** Only keys of this tier. */
    tier?: models.Tier;
  };
}

/**
 * List the API keys of an organization.
 *
 * Keys in every state, never with their secrets.
 *
 * Scope: `keys:read`.
 */
export function listKeys(client: Client, orgId: models.OrgId, params?: ListKeysParams, options?: RequestOptions): PagePromise<models.Key, models.KeyList> {
  return new PagePromise(client, { method: 'GET', path: `/v2/orgs/${segment('orgId', orgId)}/keys`, query: params }, options, { items: 'data', cursor: 'next_cursor' });
}

/**
 * Create an API key.
 *
 * The answer is the only one that carries the secret, in `key`: keep it, it cannot be shown again. A key never has
 * more than its creator: scopes that you lack, a larger tier, other addresses and a later end are refused with 422; a
 * tier, addresses and an end that you leave out are those of your credentials. Send an `Idempotency-Key` to make the
 * request safe to repeat.
 *
 * Scope: `keys:write`.
 */
export function createKey(client: Client, orgId: models.OrgId, body: models.KeyCreate, options?: RequestOptions): APIPromise<models.KeyCreated> {
  return client.request({ method: 'POST', path: `/v2/orgs/${segment('orgId', orgId)}/keys`, body, keyed: true }, options);
}

/**
 * Get an API key.
 *
 * One key, without its secret.
 *
 * Scope: `keys:read`.
 */
export function getKey(client: Client, orgId: models.OrgId, keyId: models.KeyId, options?: RequestOptions): APIPromise<models.Key> {
  return client.request({ method: 'GET', path: `/v2/orgs/${segment('orgId', orgId)}/keys/${segment('keyId', keyId)}` }, options);
}

/**
 * Revoke an API key.
 *
 * The key stops being accepted: at once on the replica that answers, within 60 seconds on all others. It stays in the
 * list as `revoked`. Writes an audit entry, which goes to the SIEM if one is configured. Revoking a revoked key is 204
 * again and changes nothing.
 *
 * Scope: `keys:write`.
 */
export function revokeKey(client: Client, orgId: models.OrgId, keyId: models.KeyId, options?: RequestOptions): APIPromise<void> {
  return client.request({ method: 'DELETE', path: `/v2/orgs/${segment('orgId', orgId)}/keys/${segment('keyId', keyId)}` }, options);
}

/** Parameters of `listAuditEntries`. */
export interface ListAuditEntriesParams {
  /**
   * `next_cursor` of the page before. Opaque, and bound to this list, its filters and its sort: one that was
   * altered or comes from elsewhere is refused with 422 and the code `invalid_cursor`. Absent: the first page.
   */
  cursor?: string;
  /** How many items a page may have. The last page, and only that, may have fewer. */
  limit?: number;
  /** Order of the list; a leading `-` is descending. */
  sort?: models.AuditSort;
  filter?: {
    /** Only entries of this action. */
    action?: string;
    /** Only what this client, key or user did. */
    actor_id?: string;
    /** Only what was done to this resource. */
    target_id?: string;
    /** Only entries of this time or later. */
    since?: string | Date;
    /** Only entries before this time. */
    until?: string | Date;
  };
}

/**
 * List the audit entries of an organization.
 *
 * Who changed what, and when, with the state before and after. Secrets are never recorded. Entries are written together
 * with the change they tell of, so there is no change without an entry. The plan says how long they are kept: 90 days
 * (`free`), 180 days (`starter`), one year (`pro`), two years (`agency`) or seven years (`enterprise`).
 *
 * Scope: `audit:read`.
 */
export function listAuditEntries(client: Client, orgId: models.OrgId, params?: ListAuditEntriesParams, options?: RequestOptions): PagePromise<models.AuditEntry, models.AuditEntryList> {
  return new PagePromise(client, { method: 'GET', path: `/v2/orgs/${segment('orgId', orgId)}/audit`, query: params }, options, { items: 'data', cursor: 'next_cursor' });
}

/**
 * List the event types.
 *
 * What an endpoint can subscribe to, all on one page. The schema and an example of each event are in this document
 * under `webhooks`.
 *
 * Scope: `webhooks:read`.
 */
export function listWebhookEventTypes(client: Client, options?: RequestOptions): APIPromise<models.WebhookEventTypeList> {
  return client.request({ method: 'GET', path: '/v2/webhooks/event-types' }, options);
}

/** Parameters of `listWebhookEndpoints`. */
export interface ListWebhookEndpointsParams {
  /**
   * `next_cursor` of the page before. Opaque, and bound to this list, its filters and its sort: one that was
   * altered or comes from elsewhere is refused with 422 and the code `invalid_cursor`. Absent: the first page.
   */
  cursor?: string;
  /** How many items a page may have. The last page, and only that, may have fewer. */
  limit?: number;
  /** Order of the list; a leading `-` is descending. */
  sort?: models.WebhookEndpointSort;
  filter?: {
    /** Only endpoints in this state. */
    status?: models.WebhookEndpointStatus;
  };
}

/**
 * List the webhook endpoints.
 *
 * The endpoints of your organization, never with their signing secrets.
 *
 * Scope: `webhooks:read`.
 */
export function listWebhookEndpoints(client: Client, params?: ListWebhookEndpointsParams, options?: RequestOptions): PagePromise<models.WebhookEndpoint, models.WebhookEndpointList> {
  return new PagePromise(client, { method: 'GET', path: '/v2/webhooks/endpoints', query: params }, options, { items: 'data', cursor: 'next_cursor' });
}

/**
 * Create a webhook endpoint.
 *
 * Events that match one of `events` are sent to `url` from now on. The answer is the only one that carries the
 * signing secret: keep it, it cannot be shown again. The URL must be https and lead to a public address; other
 * addresses are refused, here when the URL names one and otherwise at every attempt. An organization can have 100
 * endpoints (409). A workspace that does not exist is 404. Send an `Idempotency-Key` to make the request safe to
 * repeat.
 *
 * Scope: `webhooks:write`.
 */
export function createWebhookEndpoint(client: Client, body: models.WebhookEndpointCreate, options?: RequestOptions): APIPromise<models.WebhookEndpointCreated> {
  return client.request({ method: 'POST', path: '/v2/webhooks/endpoints', body, keyed: true }, options);
}

/**
 * Get a webhook endpoint.
 *
 * One endpoint, without its signing secret. `breaker` shows if deliveries are held back because it does not
 * answer.
 *
 * Scope: `webhooks:read`.
 */
export function getWebhookEndpoint(client: Client, endpointId: models.WebhookEndpointId, options?: RequestOptions): APIPromise<models.WebhookEndpoint> {
  return client.request({ method: 'GET', path: `/v2/webhooks/endpoints/${segment('endpointId', endpointId)}` }, options);
}

/**
 * Delete a webhook endpoint.
 *
 * Deliveries that wait for it are cancelled. Those that were made can still be read.
 *
 * Scope: `webhooks:write`.
 */
export function deleteWebhookEndpoint(client: Client, endpointId: models.WebhookEndpointId, options?: RequestOptions): APIPromise<void> {
  return client.request({ method: 'DELETE', path: `/v2/webhooks/endpoints/${segment('endpointId', endpointId)}` }, options);
}

/**
 * Change a webhook endpoint.
 *
 * What is left out stays as it is; `events` is replaced as a whole. To disable an endpoint cancels the deliveries
 * that wait for it. To enable one forgets why it was disabled; what it missed is sent again only when asked for
 * (`recover`).
 *
 * Scope: `webhooks:write`.
 */
export function updateWebhookEndpoint(client: Client, endpointId: models.WebhookEndpointId, body: models.WebhookEndpointUpdate, options?: RequestOptions): APIPromise<models.WebhookEndpoint> {
  return client.request({ method: 'PATCH', path: `/v2/webhooks/endpoints/${segment('endpointId', endpointId)}`, body }, options);
}

/**
 * Rotate the signing secret of an endpoint.
 *
 * The new secret is shown this once. For 24 hours deliveries carry a signature of each secret, so that the receiver
 * can change over at any time in between. A second rotation in that time ends the secret before the former one.
 *
 * Scope: `webhooks:write`.
 */
export function rotateWebhookSecret(client: Client, endpointId: models.WebhookEndpointId, options?: RequestOptions): APIPromise<models.WebhookSecretRotated> {
  return client.request({ method: 'POST', path: `/v2/webhooks/endpoints/${segment('endpointId', endpointId)}/rotate-secret` }, options);
}

/**
 * Send a test event to an endpoint.
 *
 * Sends a `webhook.test` event to this endpoint, whatever it subscribed to, and even when it is disabled. Read the
 * delivery to see what came of it.
 *
 * Scope: `webhooks:write`.
 */
export function testWebhookEndpoint(client: Client, endpointId: models.WebhookEndpointId, options?: RequestOptions): APIPromise<models.WebhookDelivery> {
  return client.request({ method: 'POST', path: `/v2/webhooks/endpoints/${segment('endpointId', endpointId)}/test` }, options);
}

/**
 * Send the failed deliveries of an endpoint again.
 *
 * Every delivery of the endpoint that was created in the span and has failed starts again, with the same event id.
 * An endpoint that is disabled is refused with 409 (`endpoint_disabled`).
 *
 * Scope: `webhooks:write`.
 */
export function recoverWebhookDeliveries(client: Client, endpointId: models.WebhookEndpointId, body: models.WebhookRecover, options?: RequestOptions): APIPromise<models.WebhookRecovered> {
  return client.request({ method: 'POST', path: `/v2/webhooks/endpoints/${segment('endpointId', endpointId)}/recover`, body }, options);
}

/** Parameters of `listWebhookDeliveries`. */
export interface ListWebhookDeliveriesParams {
  /**
   * `next_cursor` of the page before. Opaque, and bound to this list, its filters and its sort: one that was
   * altered or comes from elsewhere is refused with 422 and the code `invalid_cursor`. Absent: the first page.
   */
  cursor?: string;
  /** How many items a page may have. The last page, and only that, may have fewer. */
  limit?: number;
  /** Order of the list; a leading `-` is descending. */
  sort?: models.WebhookDeliverySort;
  filter?: {
    /** Only deliveries whose last attempt was answered with this status. */
    status_code?: number;
    /** Only deliveries of this type of event. */
    event_type?: models.WebhookEventTypeName;
    /** Only deliveries to this endpoint. */
    endpoint_id?: models.WebhookEndpointId;
    /** Only deliveries in this state. */
    state?: models.WebhookDeliveryState;
    /** Only deliveries created at this time or later. */
    since?: string | Date;
    /** Only deliveries created before this time. */
    until?: string | Date;
  };
}

/**
 * List the deliveries of events.
 *
 * Every event on its way to an endpoint of your organization, with each attempt: when, how long it took, the status
 * and the start of the answer. A delivery is kept for 30 days after it ended.
 *
 * Scope: `webhooks:read`.
 */
export function listWebhookDeliveries(client: Client, params?: ListWebhookDeliveriesParams, options?: RequestOptions): PagePromise<models.WebhookDelivery, models.WebhookDeliveryList> {
  return new PagePromise(client, { method: 'GET', path: '/v2/webhooks/deliveries', query: params }, options, { items: 'data', cursor: 'next_cursor' });
}

/**
 * Get a delivery.
 *
 * One delivery with its attempts and, in `payload`, the event as it was sent.
 *
 * Scope: `webhooks:read`.
 */
export function getWebhookDelivery(client: Client, deliveryId: models.WebhookDeliveryId, options?: RequestOptions): APIPromise<models.WebhookDeliveryDetail> {
  return client.request({ method: 'GET', path: `/v2/webhooks/deliveries/${segment('deliveryId', deliveryId)}` }, options);
}

/**
 * Send a delivery again.
 *
 * Starts a delivery that has ended again, whether it failed, succeeded or was cancelled, with the same event id. One
 * that is still under way is refused with 409 (`delivery_in_progress`), as is one whose endpoint is disabled or
 * deleted (`endpoint_disabled`).
 *
 * Scope: `webhooks:write`.
 */
export function retryWebhookDelivery(client: Client, deliveryId: models.WebhookDeliveryId, options?: RequestOptions): APIPromise<models.WebhookDelivery> {
  return client.request({ method: 'POST', path: `/v2/webhooks/deliveries/${segment('deliveryId', deliveryId)}/retry` }, options);
}

/**
 * List the connectors.
 *
 * The systems that can be attached to a workspace, all on one page. `config_schema` says what a binding's `config`
 * must be; members that are `writeOnly` there are secrets, which are stored encrypted and never shown.
 *
 * Scope: `integrations:read`.
 */
export function listConnectors(client: Client, options?: RequestOptions): APIPromise<models.ConnectorList> {
  return client.request({ method: 'GET', path: '/v2/integrations/catalog' }, options);
}

/**
 * Attach a connector to a workspace.
 *
 * The binding is stored in the state `validating`, and a job really connects with its configuration: poll the job,
 * or the binding, until it is `ready` or `invalid`, with `problem_message` saying what to do. `config` must meet the
 * connector's `config_schema` (422, with a pointer to each violation), the credentials must hold the connector's
 * `required_oauth_scopes` (403), and the name must be free in the workspace (409 `binding_name_taken`). Send an
 * `Idempotency-Key` to make the request safe to repeat.
 *
 * Scope: `integrations:write`.
 */
export function createBinding(client: Client, connectorId: models.ConnectorId, body: models.BindingCreate, options?: RequestOptions): APIPromise<models.BindingCreated> {
  return client.request({ method: 'POST', path: `/v2/integrations/${segment('connectorId', connectorId)}/bindings`, body, keyed: true }, options);
}

/** Parameters of `listBindings`. */
export interface ListBindingsParams {
  /**
   * `next_cursor` of the page before. Opaque, and bound to this list, its filters and its sort: one that was
   * altered or comes from elsewhere is refused with 422 and the code `invalid_cursor`. Absent: the first page.
   */
  cursor?: string;
  /** How many items a page may have. The last page, and only that, may have fewer. */
  limit?: number;
  /** Order of the list; a leading `-` is descending. */
  sort?: models.BindingSort;
  filter?: {
    /** Only bindings of this workspace. */
    workspace_id?: models.WorkspaceId;
    /** Only bindings of this connector. */
    connector_id?: models.ConnectorId;
    /** Only bindings in this state. */
    state?: models.BindingState;
  };
}

/**
 * List the bindings.
 *
 * The connectors that are attached to workspaces of your organization, never with the secrets of their
 * configuration.
 *
 * Scope: `integrations:read`.
 */
export function listBindings(client: Client, params?: ListBindingsParams, options?: RequestOptions): PagePromise<models.Binding, models.BindingList> {
  return new PagePromise(client, { method: 'GET', path: '/v2/bindings', query: params }, options, { items: 'data', cursor: 'next_cursor' });
}

/**
 * Get a binding.
 *
 * One binding, without the secrets of its configuration.
 *
 * Scope: `integrations:read`.
 */
export function getBinding(client: Client, bindingId: models.BindingId, options?: RequestOptions): APIPromise<models.Binding> {
  return client.request({ method: 'GET', path: `/v2/bindings/${segment('bindingId', bindingId)}` }, options);
}

/**
 * Delete a binding.
 *
 * Its schedule ends, its credentials are deleted, and the records that it synced are deleted in the background.
 * While a run is active it is refused with 409 (`sync_running`): cancel the run first.
 *
 * Scope: `integrations:write`.
 */
export function deleteBinding(client: Client, bindingId: models.BindingId, options?: RequestOptions): APIPromise<void> {
  return client.request({ method: 'DELETE', path: `/v2/bindings/${segment('bindingId', bindingId)}` }, options);
}

/**
 * Change a binding.
 *
 * What is left out stays as it is. `config` is replaced as a whole, but for secrets: one that is left out keeps its
 * value. A new `config` is validated by a job, which `validation_job_id` of the answer names, and the binding is
 * `validating` until then. A `schedule` of `null` removes the schedule; while `paused` is true no run is started by
 * it. A name that is taken is refused with 409 (`binding_name_taken`).
 *
 * Scope: `integrations:write`.
 */
export function updateBinding(client: Client, bindingId: models.BindingId, body: models.BindingUpdate, options?: RequestOptions): APIPromise<models.Binding> {
  return client.request({ method: 'PATCH', path: `/v2/bindings/${segment('bindingId', bindingId)}`, body }, options);
}

/**
 * Validate a binding.
 *
 * Starts a job that connects with the binding's configuration, for example after credentials were renewed in the
 * other system. The binding is `validating` until it ends.
 *
 * Scope: `integrations:write`.
 */
export function validateBinding(client: Client, bindingId: models.BindingId, options?: RequestOptions): APIPromise<models.Job> {
  return client.request({ method: 'POST', path: `/v2/bindings/${segment('bindingId', bindingId)}/validate` }, options);
}

/**
 * Start a sync run.
 *
 * Reads what changed in the other system since the last run into the records of the workspace; with `full`,
 * everything. The body may be left out. A binding that is not `ready` is refused with 409 (`binding_not_ready`), as
 * is one that has an active run (`sync_running`). Send an `Idempotency-Key` to make the request safe to repeat.
 *
 * Scope: `integrations:write`.
 */
export function startSyncRun(client: Client, bindingId: models.BindingId, body?: models.SyncRunStart, options?: RequestOptions): APIPromise<models.SyncRun> {
  return client.request({ method: 'POST', path: `/v2/bindings/${segment('bindingId', bindingId)}/sync-runs`, body, keyed: true }, options);
}

/** Parameters of `listSyncRuns`. */
export interface ListSyncRunsParams {
  /**
   * `next_cursor` of the page before. Opaque, and bound to this list, its filters and its sort: one that was
   * altered or comes from elsewhere is refused with 422 and the code `invalid_cursor`. Absent: the first page.
   */
  cursor?: string;
  /** How many items a page may have. The last page, and only that, may have fewer. */
  limit?: number;
  /** Order of the list; a leading `-` is descending. */
  sort?: models.SyncRunSort;
  filter?: {
    /** Only runs of this binding. */
    binding_id?: models.BindingId;
    /** Only runs of bindings of this workspace. */
    workspace_id?: models.WorkspaceId;
    /** Only runs in this state. */
    state?: models.SyncRunState;
  };
}

/**
 * List the sync runs.
 *
 * The sync runs of your organization, with counts and errors for each entity. A run is kept for 90 days after its end;
 * the latest of a binding stays.
 *
 * Scope: `integrations:read`.
 */
export function listSyncRuns(client: Client, params?: ListSyncRunsParams, options?: RequestOptions): PagePromise<models.SyncRun, models.SyncRunList> {
  return new PagePromise(client, { method: 'GET', path: '/v2/integrations/sync/runs', query: params }, options, { items: 'data', cursor: 'next_cursor' });
}

/**
 * Get a sync run.
 *
 * How far the run is: what was read, created, updated, skipped and refused for each entity, with a breakdown of the
 * errors.
 *
 * Scope: `integrations:read`.
 */
export function getSyncRun(client: Client, runId: models.SyncRunId, options?: RequestOptions): APIPromise<models.SyncRun> {
  return client.request({ method: 'GET', path: `/v2/integrations/sync/runs/${segment('runId', runId)}` }, options);
}

/**
 * Cancel a sync run.
 *
 * The run stops after the page that it is working on; what was synced stays, and the next run goes on from there. A
 * run that has ended is refused with 409 (`run_finished`).
 *
 * Scope: `integrations:write`.
 */
export function cancelSyncRun(client: Client, runId: models.SyncRunId, options?: RequestOptions): APIPromise<models.SyncRun> {
  return client.request({ method: 'POST', path: `/v2/integrations/sync/runs/${segment('runId', runId)}/cancel` }, options);
}

/**
 * Get a sync run (deprecated path).
 *
 * The same answer as `GET /v2/integrations/sync/runs/{run_id}`, which replaces it.
 *
 * Scope: `integrations:read`.
 *
 * @deprecated Goes on 2027-03-31; use `/v2/integrations/sync/runs/{run_id}`.
 */
export function getSyncRunV1(client: Client, runId: models.SyncRunId, options?: RequestOptions): APIPromise<models.SyncRun> {
  return client.request({ method: 'GET', path: `/v1/integrations/sync/runs/${segment('runId', runId)}` }, options);
}

/**
 * Get a job.
 *
 * Where a job stands. One that failed says why in `problem_message`.
 *
 * Scope: `integrations:read`.
 */
export function getJob(client: Client, jobId: models.JobId, options?: RequestOptions): APIPromise<models.Job> {
  return client.request({ method: 'GET', path: `/v2/jobs/${segment('jobId', jobId)}` }, options);
}

/**
 * Cancel a job.
 *
 * A job that waits is cancelled at once; one that runs, as soon as it can stop. To cancel the job of a sync run
 * cancels the run. A job that has ended is refused with 409 (`job_finished`).
 *
 * Scope: `integrations:write`.
 */
export function cancelJob(client: Client, jobId: models.JobId, options?: RequestOptions): APIPromise<models.Job> {
  return client.request({ method: 'POST', path: `/v2/jobs/${segment('jobId', jobId)}/cancel` }, options);
}

/** Parameters of `listRecords`. */
export interface ListRecordsParams {
  /**
   * `next_cursor` of the page before. Opaque, and bound to this list, its filters and its sort: one that was
   * altered or comes from elsewhere is refused with 422 and the code `invalid_cursor`. Absent: the first page.
   */
  cursor?: string;
  /** How many items a page may have. The last page, and only that, may have fewer. */
  limit?: number;
  /** Order of the list; a leading `-` is descending. */
  sort?: models.RecordSort;
  filter?: {
    /** Only records of this entity. */
    entity?: string;
    /** Only records that this binding brought. */
    binding_id?: models.BindingId;
    /** Only records with this id in the other system. */
    external_id?: string;
    /** Only records that were updated here at this time or later. */
    since?: string | Date;
  };
}

/**
 * List the records of a workspace.
 *
 * What sync runs brought from other systems into the workspace. To follow changes, sort by `updated_at` and filter
 * by the time of your last look.
 *
 * Scope: `records:read`.
 */
export function listRecords(client: Client, workspaceId: models.WorkspaceId, params?: ListRecordsParams, options?: RequestOptions): PagePromise<models.Record, models.RecordList> {
  return new PagePromise(client, { method: 'GET', path: `/v2/workspaces/${segment('workspaceId', workspaceId)}/records`, query: params }, options, { items: 'data', cursor: 'next_cursor' });
}

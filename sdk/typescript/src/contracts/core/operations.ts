// Generated from the OpenAPI bundle by scripts/generate.mjs. Do not edit: run `make generate`.

import { segment } from '../../client.js';
import type { Client, RequestOptions } from '../../client.js';
import { PagePromise } from '../../pagination.js';
import type { APIPromise } from '../../promise.js';
import type * as models from './models.js';

/** Parameters of `listWorkspaces`. */
export interface ListWorkspacesParams {
  /** Page number, from 1. A page after the last one is empty. */
  page?: number;
  /** Items per page. */
  per_page?: number;
  /** Only workspaces in this state. */
  status?: models.WorkspaceStatus;
  /** Only what was created at this time or later. A date without a time is midnight UTC. */
  created_after?: models.DateOrTime;
  /** Only what was created before this time. A date without a time is midnight UTC. */
  created_before?: models.DateOrTime;
  /** Only what was last changed at this time or later. A date without a time is midnight UTC. */
  updated_after?: models.DateOrTime;
  /** Only what was last changed before this time. A date without a time is midnight UTC. */
  updated_before?: models.DateOrTime;
  /** Only what contains this text, in upper or lower case. The operation says in which members it looks. */
  search?: string;
  /**
   * Keys to order by, separated by commas; a leading `-` is descending. Keys: `created_at`, `updated_at`, `name`, `slug`. Rows that are equal
   * in all of them are ordered by `id`.
   */
  sort?: string;
  /**
   * Members to show, separated by commas; absent, all of them. `id` is always shown, and so is what `include` asks for.
   * Members: `id`, `name`, `slug`, `tier`, `status`, `settings`, `created_at`, `updated_at`.
   */
  fields?: string;
  /** Related resources to show as well, separated by commas: `owner`, `projects`. */
  include?: string;
}

/**
 * List Workspaces.
 *
 * The workspaces of your organization that you may see. `search` looks in `name` and `slug`.
 *
 * Scope: `workspaces:read`.
 */
export function listWorkspaces(client: Client, params?: ListWorkspacesParams, options?: RequestOptions): PagePromise<models.WorkspaceItem, models.WorkspaceList> {
  return new PagePromise(client, { method: 'GET', path: '/api/v1/workspaces', query: params }, options, { items: 'data' });
}

/**
 * Create Workspace.
 *
 * A slug is made from the name when none is given; one in use is refused with 422. Send an `Idempotency-Key` to make the
 * request safe to repeat.
 *
 * Scope: `workspaces:write`.
 */
export function createWorkspace(client: Client, body: models.WorkspaceCreate, options?: RequestOptions): APIPromise<models.WorkspaceSaved> {
  return client.request({ method: 'POST', path: '/api/v1/workspaces', body, keyed: true }, options);
}

/** Parameters of `getWorkspace`. */
export interface GetWorkspaceParams {
  /** Related resources to show as well, separated by commas: `owner`, `projects`. */
  include?: string;
}

/**
 * Get Workspace.
 *
 * One workspace, with its settings.
 *
 * Scope: `workspaces:read`.
 */
export function getWorkspace(client: Client, id: models.WorkspaceId, params?: GetWorkspaceParams, options?: RequestOptions): APIPromise<models.WorkspaceResult> {
  return client.request({ method: 'GET', path: `/api/v1/workspaces/${segment('id', id)}`, query: params }, options);
}

/**
 * Delete Workspace.
 *
 * Deletes the workspace and what is in it: webhook endpoints and deliveries, bindings and records, MCP servers and files,
 * pixel domains and events, SEO reports, usage, projects and their keys. It is gone at once; its rows and files are
 * deleted in the background. The last workspace of an organization cannot be deleted (409). Deleting a deleted
 * workspace is 404.
 *
 * Scope: `workspaces:delete`.
 */
export function deleteWorkspace(client: Client, id: models.WorkspaceId, options?: RequestOptions): APIPromise<void> {
  return client.request({ method: 'DELETE', path: `/api/v1/workspaces/${segment('id', id)}`, keyed: true }, options);
}

/**
 * Update Workspace.
 *
 * What is left out stays as it is, also in `settings`, where `null` resets a member to its default. A slug in use is
 * refused with 422.
 *
 * Scope: `workspaces:write`.
 */
export function updateWorkspace(client: Client, id: models.WorkspaceId, body: models.WorkspaceUpdate, options?: RequestOptions): APIPromise<models.WorkspaceSaved> {
  return client.request({ method: 'PATCH', path: `/api/v1/workspaces/${segment('id', id)}`, body }, options);
}

/** Parameters of `listApiKeys`. */
export interface ListApiKeysParams {
  /** Page number, from 1. A page after the last one is empty. */
  page?: number;
  /** Items per page. */
  per_page?: number;
  /** Only keys in this state. */
  status?: models.ApiKeyStatus;
  /** Only what was created at this time or later. A date without a time is midnight UTC. */
  created_after?: models.DateOrTime;
  /** Only what was created before this time. A date without a time is midnight UTC. */
  created_before?: models.DateOrTime;
  /** Only what contains this text, in upper or lower case. The operation says in which members it looks. */
  search?: string;
  /**
   * Keys to order by, separated by commas; a leading `-` is descending. Keys: `created_at`, `name`. Rows that are equal
   * in all of them are ordered by `id`.
   */
  sort?: string;
  /**
   * Members to show, separated by commas; absent, all of them. `id` is always shown, and so is what `include` asks for.
   * Members: `id`, `name`, `prefix`, `scopes`, `rate_limit_tier`, `status`, `allowed_ips`, `project_id`, `last_used_at`, `expires_at`, `created_at`.
   */
  fields?: string;
  /** Related resources to show as well, separated by commas: `owner`. */
  include?: string;
}

/**
 * List API Keys.
 *
 * Keys in every state. The full API key is never returned after creation. `search` looks in `name` and `prefix`.
 *
 * Scope: `api-keys:read`.
 */
export function listApiKeys(client: Client, params?: ListApiKeysParams, options?: RequestOptions): PagePromise<models.ApiKeyItem, models.ApiKeyList> {
  return new PagePromise(client, { method: 'GET', path: '/api/v1/api-keys', query: params }, options, { items: 'data' });
}

/**
 * Create API Key.
 *
 * The `key` field is only returned once during creation. Store it securely. A key never has more than its creator:
 * scopes that you lack, a larger tier, other addresses and a later end are refused with 422; a tier, addresses and an
 * end that you leave out are those of your credentials. Send an `Idempotency-Key` to make the request safe to repeat.
 *
 * Scope: `api-keys:write`.
 */
export function createApiKey(client: Client, body: models.ApiKeyCreate, options?: RequestOptions): APIPromise<models.ApiKeyCreatedResult> {
  return client.request({ method: 'POST', path: '/api/v1/api-keys', body, keyed: true }, options);
}

/** Parameters of `getApiKey`. */
export interface GetApiKeyParams {
  /** Related resources to show as well, separated by commas: `owner`. */
  include?: string;
}

/**
 * Get API Key.
 *
 * One key, without its secret.
 *
 * Scope: `api-keys:read`.
 */
export function getApiKey(client: Client, id: models.ApiKeyId, params?: GetApiKeyParams, options?: RequestOptions): APIPromise<models.ApiKeyResult> {
  return client.request({ method: 'GET', path: `/api/v1/api-keys/${segment('id', id)}`, query: params }, options);
}

/**
 * Revoke API Key.
 *
 * The key stops being accepted: at once on the replica that answers, within 60 seconds on all others. It stays in the
 * list as `revoked`. Revoking a revoked key is 204 again and changes nothing.
 *
 * Scope: `api-keys:delete`.
 */
export function revokeApiKey(client: Client, id: models.ApiKeyId, options?: RequestOptions): APIPromise<void> {
  return client.request({ method: 'DELETE', path: `/api/v1/api-keys/${segment('id', id)}`, keyed: true }, options);
}

/**
 * Rotate API Key.
 *
 * Makes a new key with the name, scopes, tier, addresses and expiry of the former one, which stays valid for the grace
 * period. The `key` field is only returned this once. A key that is expired or revoked cannot be rotated (422). The new
 * key acts for the person who rotates, and a key that has more than the credentials that rotate it is refused (403).
 * During the grace period both keys count against the limit of the plan; without one (`grace_period_hours: 0`) a
 * rotation needs no room.
 *
 * Scope: `api-keys:write`.
 */
export function rotateApiKey(client: Client, id: models.ApiKeyId, body?: models.ApiKeyRotate, options?: RequestOptions): APIPromise<models.ApiKeyRotatedResult> {
  return client.request({ method: 'POST', path: `/api/v1/api-keys/${segment('id', id)}/rotate`, body, keyed: true }, options);
}

/** Parameters of `listWebhooks`. */
export interface ListWebhooksParams {
  /** Page number, from 1. A page after the last one is empty. */
  page?: number;
  /** Items per page. */
  per_page?: number;
  /** Only endpoints in this state. */
  status?: models.WebhookStatus;
  /** Only what was created at this time or later. A date without a time is midnight UTC. */
  created_after?: models.DateOrTime;
  /** Only what was created before this time. A date without a time is midnight UTC. */
  created_before?: models.DateOrTime;
  /** Only what was last changed at this time or later. A date without a time is midnight UTC. */
  updated_after?: models.DateOrTime;
  /** Only what was last changed before this time. A date without a time is midnight UTC. */
  updated_before?: models.DateOrTime;
  /** Only what contains this text, in upper or lower case. The operation says in which members it looks. */
  search?: string;
  /**
   * Keys to order by, separated by commas; a leading `-` is descending. Keys: `created_at`, `updated_at`, `url`. Rows that are equal
   * in all of them are ordered by `id`.
   */
  sort?: string;
  /**
   * Members to show, separated by commas; absent, all of them. `id` is always shown, and so is what `include` asks for.
   * Members: `id`, `url`, `events`, `description`, `is_active`, `success_count`, `failure_count`, `consecutive_failures`, `last_delivery_at`, `created_at`, `updated_at`.
   */
  fields?: string;
  /** Related resources to show as well, separated by commas: `workspace`. */
  include?: string;
}

/** Options of `listWebhooks`. */
export interface ListWebhooksOptions extends RequestOptions {
  /**
   * Id of the workspace to act in. Absent: the workspace that the key belongs to, or the oldest one of your organization. One
   * that you may not see is 404.
   */
  workspaceId?: models.WorkspaceId;
}

/**
 * List Webhook Endpoints.
 *
 * The endpoints of the workspace, never with their signing secrets. `search` looks in `url`.
 *
 * Scope: `webhooks:read`.
 */
export function listWebhooks(client: Client, params?: ListWebhooksParams, options?: ListWebhooksOptions): PagePromise<models.WebhookItem, models.WebhookList> {
  return new PagePromise(client, { method: 'GET', path: '/api/v1/webhooks', query: params, headers: { "X-Workspace-ID": options?.workspaceId } }, options, { items: 'data' });
}

/** Options of `createWebhook`. */
export interface CreateWebhookOptions extends RequestOptions {
  /**
   * Id of the workspace to act in. Absent: the workspace that the key belongs to, or the oldest one of your organization. One
   * that you may not see is 404.
   */
  workspaceId?: models.WorkspaceId;
}

/**
 * Create Webhook Endpoint.
 *
 * Events of the workspace that match one of `events` are sent to `url` from now on. The secret is only returned during
 * creation. Store it securely. The URL must be https and lead to a public address; other addresses are refused, here
 * when the URL names one and otherwise at every attempt. An organization can have 100 endpoints (409). Send an
 * `Idempotency-Key` to make the request safe to repeat.
 *
 * Scope: `webhooks:write`.
 */
export function createWebhook(client: Client, body: models.WebhookCreate, options?: CreateWebhookOptions): APIPromise<models.WebhookCreatedResult> {
  return client.request({ method: 'POST', path: '/api/v1/webhooks', headers: { "X-Workspace-ID": options?.workspaceId }, body, keyed: true }, options);
}

/** Parameters of `getWebhook`. */
export interface GetWebhookParams {
  /** Related resources to show as well, separated by commas: `workspace`. */
  include?: string;
}

/**
 * Get Webhook Endpoint.
 *
 * One endpoint, without its signing secret.
 *
 * Scope: `webhooks:read`.
 */
export function getWebhook(client: Client, id: models.WebhookEndpointId, params?: GetWebhookParams, options?: RequestOptions): APIPromise<models.WebhookResult> {
  return client.request({ method: 'GET', path: `/api/v1/webhooks/${segment('id', id)}`, query: params }, options);
}

/**
 * Delete Webhook Endpoint.
 *
 * Deliveries that wait for it are cancelled. Deleting a deleted endpoint is 404.
 *
 * Scope: `webhooks:delete`.
 */
export function deleteWebhook(client: Client, id: models.WebhookEndpointId, options?: RequestOptions): APIPromise<void> {
  return client.request({ method: 'DELETE', path: `/api/v1/webhooks/${segment('id', id)}`, keyed: true }, options);
}

/**
 * Update Webhook Endpoint.
 *
 * What is left out stays as it is; `events` is replaced as a whole. To set `is_active` to false cancels the deliveries
 * that wait for the endpoint; to set it to true again forgets why it was disabled.
 *
 * Scope: `webhooks:write`.
 */
export function updateWebhook(client: Client, id: models.WebhookEndpointId, body: models.WebhookUpdate, options?: RequestOptions): APIPromise<models.WebhookSaved> {
  return client.request({ method: 'PATCH', path: `/api/v1/webhooks/${segment('id', id)}`, body }, options);
}

/**
 * Test Webhook Endpoint.
 *
 * Sends a test event to the webhook endpoint and waits for the answer, at most 15 seconds. That the endpoint fails is an
 * answer too: `success` is false then. A disabled endpoint is 409.
 *
 * Scope: `webhooks:write`.
 */
export function testWebhook(client: Client, id: models.WebhookEndpointId, options?: RequestOptions): APIPromise<models.WebhookTestResult> {
  return client.request({ method: 'POST', path: `/api/v1/webhooks/${segment('id', id)}/test`, keyed: true }, options);
}

/**
 * Rotate Webhook Secret.
 *
 * The new secret is only returned this once. For 24 hours deliveries carry a signature of each secret, so that the
 * receiver can change over at any time in between. A second rotation in that time ends the secret before the former one.
 *
 * Scope: `webhooks:write`.
 */
export function rotateWebhookSecret(client: Client, id: models.WebhookEndpointId, options?: RequestOptions): APIPromise<models.WebhookSecretRotatedResult> {
  return client.request({ method: 'POST', path: `/api/v1/webhooks/${segment('id', id)}/rotate-secret`, keyed: true }, options);
}

/** Parameters of `listWebhookDeliveries`. */
export interface ListWebhookDeliveriesParams {
  /** Page number, from 1. A page after the last one is empty. */
  page?: number;
  /** Items per page. */
  per_page?: number;
  /** Only deliveries in this state. */
  status?: models.WebhookDeliveryStatus;
  /** Only what was created at this time or later. A date without a time is midnight UTC. */
  created_after?: models.DateOrTime;
  /** Only what was created before this time. A date without a time is midnight UTC. */
  created_before?: models.DateOrTime;
  /** Only what contains this text, in upper or lower case. The operation says in which members it looks. */
  search?: string;
  /**
   * Keys to order by, separated by commas; a leading `-` is descending. Keys: `created_at`, `event_type`. Rows that are equal
   * in all of them are ordered by `id`.
   */
  sort?: string;
  /**
   * Members to show, separated by commas; absent, all of them. `id` is always shown, and so is what `include` asks for.
   * Members: `id`, `event_id`, `event_type`, `status`, `response_code`, `attempt`, `delivered_at`, `next_retry_at`, `created_at`.
   */
  fields?: string;
  /** Related resources to show as well, separated by commas: `attempts`. */
  include?: string;
}

/**
 * List Webhook Deliveries.
 *
 * The deliveries to one endpoint. `search` looks in `event_type`.
 *
 * Scope: `webhooks:read`.
 */
export function listWebhookDeliveries(client: Client, id: models.WebhookEndpointId, params?: ListWebhookDeliveriesParams, options?: RequestOptions): PagePromise<models.WebhookDeliveryItem, models.WebhookDeliveryList> {
  return new PagePromise(client, { method: 'GET', path: `/api/v1/webhooks/${segment('id', id)}/deliveries`, query: params }, options, { items: 'data' });
}

/**
 * Retry Webhook Delivery.
 *
 * Manually retry a failed delivery. One that succeeded or is still under way is refused with 400 (`cannot_retry`); one
 * whose endpoint is disabled with 409.
 *
 * Scope: `webhooks:write`.
 */
export function retryWebhookDelivery(client: Client, webhookId: models.WebhookEndpointId, deliveryId: models.WebhookDeliveryId, options?: RequestOptions): APIPromise<models.WebhookDeliveryRetriedResult> {
  return client.request({ method: 'POST', path: `/api/v1/webhooks/${segment('webhookId', webhookId)}/deliveries/${segment('deliveryId', deliveryId)}/retry`, keyed: true }, options);
}

/** Parameters of `checkEntitlement`. */
export interface CheckEntitlementParams {
  /** Feature key to check. */
  feature: models.FeatureKey;
  /** Amount to check. */
  quantity?: number;
}

/** Options of `checkEntitlement`. */
export interface CheckEntitlementOptions extends RequestOptions {
  /**
   * Id of the workspace to act in. Absent: the workspace that the key belongs to, or the oldest one of your organization. One
   * that you may not see is 404.
   */
  workspaceId?: models.WorkspaceId;
}

/**
 * Check Feature Access.
 *
 * Whether the workspace may use an amount of a feature now. Nothing is recorded. A feature that does not exist is not
 * allowed (`UNKNOWN_FEATURE`).
 *
 * Scope: `entitlements:read`.
 */
export function checkEntitlement(client: Client, params: CheckEntitlementParams, options?: CheckEntitlementOptions): APIPromise<models.EntitlementCheck> {
  return client.request({ method: 'GET', path: '/api/v1/entitlements/check', query: params, headers: { "X-Workspace-ID": options?.workspaceId } }, options);
}

/** Options of `recordUsage`. */
export interface RecordUsageOptions extends RequestOptions {
  /**
   * Id of the workspace to act in. Absent: the workspace that the key belongs to, or the oldest one of your organization. One
   * that you may not see is 404.
   */
  workspaceId?: models.WorkspaceId;
}

/**
 * Record Usage.
 *
 * Checks the limit and records the usage in one step: of requests at the same time, as many are taken as the limit
 * admits. The others are refused with 403 (`feature_limit_reached`), and nothing of them is recorded. A feature that does
 * not exist is refused with 422. Send an `Idempotency-Key` to make the request safe to repeat.
 *
 * Scope: `entitlements:write`.
 */
export function recordUsage(client: Client, body: models.UsageRecord, options?: RecordUsageOptions): APIPromise<models.UsageRecorded> {
  return client.request({ method: 'POST', path: '/api/v1/entitlements/usage', headers: { "X-Workspace-ID": options?.workspaceId }, body, keyed: true }, options);
}

/** Options of `getUsageSummary`. */
export interface GetUsageSummaryOptions extends RequestOptions {
  /**
   * Id of the workspace to act in. Absent: the workspace that the key belongs to, or the oldest one of your organization. One
   * that you may not see is 404.
   */
  workspaceId?: models.WorkspaceId;
}

/**
 * Get Usage Summary.
 *
 * Returns usage summary for the authenticated user's workspace. A feature with a `sunset` leaves the plans on that day, or its
 * limit does; until then it is shown, and nothing enforces it.
 *
 * Scope: `entitlements:read`.
 */
export function getUsageSummary(client: Client, options?: GetUsageSummaryOptions): APIPromise<models.UsageSummaryResult> {
  return client.request({ method: 'GET', path: '/api/v1/entitlements/summary', headers: { "X-Workspace-ID": options?.workspaceId } }, options);
}

/** Options of `submitSeoReport`. */
export interface SubmitSeoReportOptions extends RequestOptions {
  /**
   * Id of the workspace to act in. Absent: the workspace that the key belongs to, or the oldest one of your organization. One
   * that you may not see is 404.
   */
  workspaceId?: models.WorkspaceId;
}

/**
 * Submit SEO Report.
 *
 * Keeps the scores and issues of one page, of the workspace. Send an `Idempotency-Key` to make the request safe to repeat.
 *
 * Scope: `seo:write`.
 */
export function submitSeoReport(client: Client, body: models.SeoReportSubmit, options?: SubmitSeoReportOptions): APIPromise<models.SeoReportSaved> {
  return client.request({ method: 'POST', path: '/api/v1/seo/report', headers: { "X-Workspace-ID": options?.workspaceId }, body, keyed: true }, options);
}

/** Parameters of `listSeoIssues`. */
export interface ListSeoIssuesParams {
  /** Page number, from 1. A page after the last one is empty. */
  page?: number;
  /** Items per page. */
  per_page?: number;
  /** Only issues that are this bad. */
  severity?: models.SeoSeverity;
  /** Only issues of this type. */
  issue_type?: string;
  /** Only what was created at this time or later. A date without a time is midnight UTC. */
  created_after?: models.DateOrTime;
  /** Only what was created before this time. A date without a time is midnight UTC. */
  created_before?: models.DateOrTime;
  /**
   * Keys to order by, separated by commas; a leading `-` is descending. Keys: `created_at`, `issue_type`, `url`. Rows that are equal
   * in all of them are ordered by `id`.
   */
  sort?: string;
  /**
   * Members to show, separated by commas; absent, all of them. `id` is always shown.
   * Members: `id`, `url`, `issue_type`, `severity`, `element`, `details`, `created_at`.
   */
  fields?: string;
}

/**
 * Get SEO Issues.
 *
 * The open issues of a workspace: those of the newest report of each page.
 *
 * Scope: `seo:read`.
 */
export function listSeoIssues(client: Client, workspaceId: models.WorkspaceId, params?: ListSeoIssuesParams, options?: RequestOptions): PagePromise<models.SeoIssueItem, models.SeoIssueList> {
  return new PagePromise(client, { method: 'GET', path: `/api/v1/seo/issues/${segment('workspaceId', workspaceId)}`, query: params }, options, { items: 'data' });
}

/** Parameters of `getPixelConfig`. */
export interface GetPixelConfigParams {
  /** The domain to ask for. */
  domain?: models.Domain;
}

/** Options of `getPixelConfig`. */
export interface GetPixelConfigOptions extends RequestOptions {
  /** Origin of the page, which a browser sends by itself. */
  origin?: string;
  /** URL of the page, which a browser sends by itself; as browsers write it. */
  referer?: string;
}

/**
 * Get Pixel Configuration.
 *
 * Returns tracking pixel configuration for the current domain: that of `domain`, otherwise that of `Origin`, otherwise
 * that of `Referer`. On a domain that is not known the pixel is not enabled. Needs no credentials, and can be called from
 * any web page, in credentials mode `include` too.
 */
export function getPixelConfig(client: Client, params?: GetPixelConfigParams, options?: GetPixelConfigOptions): APIPromise<models.PixelConfig> {
  return client.request({ method: 'GET', path: '/api/v1/pixel/config', query: params, headers: { Origin: options?.origin, Referer: options?.referer }, auth: 'none' }, options);
}

/**
 * Track Event.
 *
 * Takes an event of a page whose domain is known; the domain is that of `url`. Other events are answered with `tracked`
 * false. Needs no credentials, and can be called from any web page. Limited to 300 requests a minute for each client
 * address.
 *
 * Works with `navigator.sendBeacon`, which sends a string as `text/plain`, without a preflight, and a Blob with the type of
 * the Blob. It always calls in credentials mode `include`: the preflight (`OPTIONS`) and the answer name the `Origin` of
 * the page in `Access-Control-Allow-Origin` and say `Access-Control-Allow-Credentials: true`. Cookies and credentials have
 * no effect.
 */
export function trackPixelEvent(client: Client, body: models.PixelTrack, options?: RequestOptions): APIPromise<models.PixelTracked> {
  return client.request({ method: 'POST', path: '/api/v1/pixel/track', body, auth: 'none' }, options);
}

/** Parameters of `listPixelDomains`. */
export interface ListPixelDomainsParams {
  /** Page number, from 1. A page after the last one is empty. */
  page?: number;
  /** Items per page. */
  per_page?: number;
  /** Only what was created at this time or later. A date without a time is midnight UTC. */
  created_after?: models.DateOrTime;
  /** Only what was created before this time. A date without a time is midnight UTC. */
  created_before?: models.DateOrTime;
  /**
   * Keys to order by, separated by commas; a leading `-` is descending. Keys: `created_at`, `domain`. Rows that are equal
   * in all of them are ordered by `id`.
   */
  sort?: string;
  /**
   * Members to show, separated by commas; absent, all of them. `id` is always shown.
   * Members: `id`, `domain`, `enabled`, `features`, `sample_rate`, `verification`, `created_at`, `updated_at`.
   */
  fields?: string;
}

/** Options of `listPixelDomains`. */
export interface ListPixelDomainsOptions extends RequestOptions {
  /**
   * Id of the workspace to act in. Absent: the workspace that the key belongs to, or the oldest one of your organization. One
   * that you may not see is 404.
   */
  workspaceId?: models.WorkspaceId;
}

/**
 * List Pixel Domains.
 *
 * The domains of the workspace that events may come from.
 *
 * Scope: `pixel:read`.
 */
export function listPixelDomains(client: Client, params?: ListPixelDomainsParams, options?: ListPixelDomainsOptions): PagePromise<models.PixelDomainItem, models.PixelDomainList> {
  return new PagePromise(client, { method: 'GET', path: '/api/v1/pixel/domains', query: params, headers: { "X-Workspace-ID": options?.workspaceId } }, options, { items: 'data' });
}

/** Options of `putPixelDomain`. */
export interface PutPixelDomainOptions extends RequestOptions {
  /**
   * Id of the workspace to act in. Absent: the workspace that the key belongs to, or the oldest one of your organization. One
   * that you may not see is 404.
   */
  workspaceId?: models.WorkspaceId;
}

/**
 * Add or Change Pixel Domain.
 *
 * Adds a domain to the workspace, or replaces the configuration of the pixel on it. A domain of another workspace is refused with
 * 409; when that workspace has not proven it, the message says what to publish to take it over with `verifyPixelDomain`.
 *
 * Scope: `pixel:write`.
 */
export function putPixelDomain(client: Client, domain: models.Domain, body: models.PixelDomainPut, options?: PutPixelDomainOptions): APIPromise<models.PixelDomainSaved> {
  return client.request({ method: 'PUT', path: `/api/v1/pixel/domains/${segment('domain', domain)}`, headers: { "X-Workspace-ID": options?.workspaceId }, body, keyed: true }, options);
}

/** Options of `deletePixelDomain`. */
export interface DeletePixelDomainOptions extends RequestOptions {
  /**
   * Id of the workspace to act in. Absent: the workspace that the key belongs to, or the oldest one of your organization. One
   * that you may not see is 404.
   */
  workspaceId?: models.WorkspaceId;
}

/**
 * Delete Pixel Domain.
 *
 * Events of the domain are not taken any more. Those that were kept can still be read.
 *
 * Scope: `pixel:write`.
 */
export function deletePixelDomain(client: Client, domain: models.Domain, options?: DeletePixelDomainOptions): APIPromise<void> {
  return client.request({ method: 'DELETE', path: `/api/v1/pixel/domains/${segment('domain', domain)}`, headers: { "X-Workspace-ID": options?.workspaceId }, keyed: true }, options);
}

/** Options of `verifyPixelDomain`. */
export interface VerifyPixelDomainOptions extends RequestOptions {
  /**
   * Id of the workspace to act in. Absent: the workspace that the key belongs to, or the oldest one of your organization. One
   * that you may not see is 404.
   */
  workspaceId?: models.WorkspaceId;
}

/**
 * Verify Pixel Domain.
 *
 * Looks for the proof that the domain belongs to the workspace, at most four seconds in each place: a TXT record of
 * `_alania.` before the domain, then the file `/.well-known/alania-domain-verification.txt` on the domain, over https. Either is
 * enough. While neither is found, the answer is 422 (`domain_not_proven`), which says what to publish.
 *
 * With its proof a workspace takes the domain from another one that has not proven it: it begins with the defaults, events
 * from then on are its own, and the other workspace has the domain no more. A domain that another workspace has proven is refused with 409
 * (`domain_taken`). A domain that is verified stays so until it is deleted; the proof is not looked for again.
 *
 * Scope: `pixel:write`.
 */
export function verifyPixelDomain(client: Client, domain: models.Domain, options?: VerifyPixelDomainOptions): APIPromise<models.PixelDomainVerified> {
  return client.request({ method: 'POST', path: `/api/v1/pixel/domains/${segment('domain', domain)}/verify`, headers: { "X-Workspace-ID": options?.workspaceId }, keyed: true }, options);
}

/** Parameters of `listPixelEvents`. */
export interface ListPixelEventsParams {
  /** Page number, from 1. A page after the last one is empty. */
  page?: number;
  /** Items per page. */
  per_page?: number;
  /** Only events of this domain. */
  domain?: models.Domain;
  /** Only these events. */
  event?: string;
  /** Only what was created at this time or later. A date without a time is midnight UTC. */
  created_after?: models.DateOrTime;
  /** Only what was created before this time. A date without a time is midnight UTC. */
  created_before?: models.DateOrTime;
  /**
   * Keys to order by, separated by commas; a leading `-` is descending. Keys: `created_at`, `event`, `domain`. Rows that are equal
   * in all of them are ordered by `id`.
   */
  sort?: string;
  /**
   * Members to show, separated by commas; absent, all of them. `id` is always shown.
   * Members: `id`, `domain`, `event`, `url`, `referrer`, `user_agent`, `session_id`, `properties`, `created_at`.
   */
  fields?: string;
}

/** Options of `listPixelEvents`. */
export interface ListPixelEventsOptions extends RequestOptions {
  /**
   * Id of the workspace to act in. Absent: the workspace that the key belongs to, or the oldest one of your organization. One
   * that you may not see is 404.
   */
  workspaceId?: models.WorkspaceId;
}

/**
 * List Pixel Events.
 *
 * The events of the workspace that were kept.
 *
 * Scope: `pixel:read`.
 */
export function listPixelEvents(client: Client, params?: ListPixelEventsParams, options?: ListPixelEventsOptions): PagePromise<models.PixelEventItem, models.PixelEventList> {
  return new PagePromise(client, { method: 'GET', path: '/api/v1/pixel/events', query: params, headers: { "X-Workspace-ID": options?.workspaceId } }, options, { items: 'data' });
}

/** Options of `listMcpServers`. */
export interface ListMcpServersOptions extends RequestOptions {
  /**
   * Id of the workspace to act in. Absent: the workspace that the key belongs to, or the oldest one of your organization. One
   * that you may not see is 404.
   */
  workspaceId?: models.WorkspaceId;
}

/**
 * List MCP Servers.
 *
 * The servers of the workspace and those that the operator provides, all on one page.
 *
 * Scope: `mcp:read`.
 */
export function listMcpServers(client: Client, options?: ListMcpServersOptions): APIPromise<models.McpServerList> {
  return client.request({ method: 'GET', path: '/api/v1/mcp/servers', headers: { "X-Workspace-ID": options?.workspaceId } }, options);
}

/** Options of `createMcpServer`. */
export interface CreateMcpServerOptions extends RequestOptions {
  /**
   * Id of the workspace to act in. Absent: the workspace that the key belongs to, or the oldest one of your organization. One
   * that you may not see is 404.
   */
  workspaceId?: models.WorkspaceId;
}

/**
 * Create MCP Server.
 *
 * Adds a server to the workspace. A URL must be https and lead to a public address; a command must be one that the
 * operator allows. Headers are secrets and never shown. Send an `Idempotency-Key` to make the request safe to repeat.
 *
 * Scope: `mcp:write`.
 */
export function createMcpServer(client: Client, body: models.McpServerCreate, options?: CreateMcpServerOptions): APIPromise<models.McpServerSaved> {
  return client.request({ method: 'POST', path: '/api/v1/mcp/servers', headers: { "X-Workspace-ID": options?.workspaceId }, body, keyed: true }, options);
}

/** Options of `getMcpServer`. */
export interface GetMcpServerOptions extends RequestOptions {
  /**
   * Id of the workspace to act in. Absent: the workspace that the key belongs to, or the oldest one of your organization. One
   * that you may not see is 404.
   */
  workspaceId?: models.WorkspaceId;
}

/**
 * Get MCP Server.
 *
 * One server, with the names of its tools. One that cannot be reached has none, and `reachable` is false.
 *
 * Scope: `mcp:read`.
 */
export function getMcpServer(client: Client, id: models.McpServerId, options?: GetMcpServerOptions): APIPromise<models.McpServerResult> {
  return client.request({ method: 'GET', path: `/api/v1/mcp/servers/${segment('id', id)}`, headers: { "X-Workspace-ID": options?.workspaceId } }, options);
}

/** Options of `deleteMcpServer`. */
export interface DeleteMcpServerOptions extends RequestOptions {
  /**
   * Id of the workspace to act in. Absent: the workspace that the key belongs to, or the oldest one of your organization. One
   * that you may not see is 404.
   */
  workspaceId?: models.WorkspaceId;
}

/**
 * Delete MCP Server.
 *
 * Deletes a server of the workspace. One that the operator provides cannot be deleted (403). The log of calls stays.
 *
 * Scope: `mcp:write`.
 */
export function deleteMcpServer(client: Client, id: models.McpServerId, options?: DeleteMcpServerOptions): APIPromise<void> {
  return client.request({ method: 'DELETE', path: `/api/v1/mcp/servers/${segment('id', id)}`, headers: { "X-Workspace-ID": options?.workspaceId }, keyed: true }, options);
}

/** Options of `listMcpServerTools`. */
export interface ListMcpServerToolsOptions extends RequestOptions {
  /**
   * Id of the workspace to act in. Absent: the workspace that the key belongs to, or the oldest one of your organization. One
   * that you may not see is 404.
   */
  workspaceId?: models.WorkspaceId;
}

/**
 * List Server Tools.
 *
 * The tools of a server with their parameters, all on one page.
 *
 * Scope: `mcp:read`.
 */
export function listMcpServerTools(client: Client, id: models.McpServerId, options?: ListMcpServerToolsOptions): APIPromise<models.McpToolList> {
  return client.request({ method: 'GET', path: `/api/v1/mcp/servers/${segment('id', id)}/tools`, headers: { "X-Workspace-ID": options?.workspaceId } }, options);
}

/** Options of `callMcpTool`. */
export interface CallMcpToolOptions extends RequestOptions {
  /**
   * Id of the workspace to act in. Absent: the workspace that the key belongs to, or the oldest one of your organization. One
   * that you may not see is 404.
   */
  workspaceId?: models.WorkspaceId;
}

/**
 * Call MCP Tool.
 *
 * Calls a tool of a server and waits for its answer. Arguments that the tool's `input_schema` does not allow are refused
 * with 422, and nothing is called. That the tool fails is an answer too: `is_error` is true then. Every call is logged,
 * without its arguments and result, and is one of the `mcp_calls` of the workspace's plan: beyond its limit the call is refused
 * with 403 (`feature_limit_reached`). Send an `Idempotency-Key` to make the request safe to repeat.
 *
 * Scope: `mcp:write`.
 */
export function callMcpTool(client: Client, body: models.McpToolCall, options?: CallMcpToolOptions): APIPromise<models.McpToolResult> {
  return client.request({ method: 'POST', path: '/api/v1/mcp/tools/call', headers: { "X-Workspace-ID": options?.workspaceId }, body, keyed: true }, options);
}

/** Parameters of `listMcpCalls`. */
export interface ListMcpCallsParams {
  /** Page number, from 1. A page after the last one is empty. */
  page?: number;
  /** Items per page. */
  per_page?: number;
  /** Only calls in this state. */
  status?: models.McpCallStatus;
  /** Only what was created at this time or later. A date without a time is midnight UTC. */
  created_after?: models.DateOrTime;
  /** Only what was created before this time. A date without a time is midnight UTC. */
  created_before?: models.DateOrTime;
  /**
   * Keys to order by, separated by commas; a leading `-` is descending. Keys: `created_at`, `duration_ms`. Rows that are equal
   * in all of them are ordered by `id`.
   */
  sort?: string;
  /**
   * Members to show, separated by commas; absent, all of them. `id` is always shown.
   * Members: `id`, `server`, `tool`, `status`, `duration_ms`, `error`, `created_at`.
   */
  fields?: string;
}

/** Options of `listMcpCalls`. */
export interface ListMcpCallsOptions extends RequestOptions {
  /**
   * Id of the workspace to act in. Absent: the workspace that the key belongs to, or the oldest one of your organization. One
   * that you may not see is 404.
   */
  workspaceId?: models.WorkspaceId;
}

/**
 * List MCP Calls.
 *
 * The log of tool calls of the workspace, without their arguments and results.
 *
 * Scope: `mcp:read`.
 */
export function listMcpCalls(client: Client, params?: ListMcpCallsParams, options?: ListMcpCallsOptions): PagePromise<models.McpCallItem, models.McpCallList> {
  return new PagePromise(client, { method: 'GET', path: '/api/v1/mcp/calls', query: params, headers: { "X-Workspace-ID": options?.workspaceId } }, options, { items: 'data' });
}

/** Options of `getMcpResource`. */
export interface GetMcpResourceOptions extends RequestOptions {
  /**
   * Id of the workspace to act in. Absent: the workspace that the key belongs to, or the oldest one of your organization. One
   * that you may not see is 404.
   */
  workspaceId?: models.WorkspaceId;
}

/**
 * Get MCP Resource.
 *
 * Reads a resource of one of the servers of the workspace. The `uri` can include slashes and will be URL-decoded.
 *
 * Scope: `mcp:read`.
 */
export function getMcpResource(client: Client, uri: string, options?: GetMcpResourceOptions): APIPromise<models.McpResource> {
  return client.request({ method: 'GET', path: `/api/v1/mcp/resources/${segment('uri', uri)}`, headers: { "X-Workspace-ID": options?.workspaceId } }, options);
}

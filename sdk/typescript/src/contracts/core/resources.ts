// Generated from the OpenAPI bundle by scripts/generate.mjs. Do not edit: run `make generate`.

import type { Client, RequestOptions } from '../../client.js';
import type { PagePromise } from '../../pagination.js';
import type { APIPromise } from '../../promise.js';
import type * as models from './models.js';
import * as operations from './operations.js';
import type {
  ListWorkspacesParams,
  GetWorkspaceParams,
  ListApiKeysParams,
  GetApiKeyParams,
  ListWebhooksParams,
  ListWebhooksOptions,
  CreateWebhookOptions,
  GetWebhookParams,
  ListWebhookDeliveriesParams,
  CheckEntitlementParams,
  CheckEntitlementOptions,
  RecordUsageOptions,
  GetUsageSummaryOptions,
  SubmitSeoReportOptions,
  ListSeoIssuesParams,
  GetPixelConfigParams,
  GetPixelConfigOptions,
  ListPixelDomainsParams,
  ListPixelDomainsOptions,
  PutPixelDomainOptions,
  DeletePixelDomainOptions,
  VerifyPixelDomainOptions,
  ListPixelEventsParams,
  ListPixelEventsOptions,
  ListMcpServersOptions,
  CreateMcpServerOptions,
  GetMcpServerOptions,
  DeleteMcpServerOptions,
  ListMcpServerToolsOptions,
  CallMcpToolOptions,
  ListMcpCallsParams,
  ListMcpCallsOptions,
  GetMcpResourceOptions,
} from './operations.js';

/** Workspaces of your organization, and their settings. */
export class WorkspacesResource {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * List Workspaces.
   *
   * The workspaces of your organization that you may see. `search` looks in `name` and `slug`.
   *
   * Scope: `workspaces:read`.
   */
  list(params?: ListWorkspacesParams, options?: RequestOptions): PagePromise<models.WorkspaceItem, models.WorkspaceList> {
    return operations.listWorkspaces(this.#client, params, options);
  }

  /**
   * Create Workspace.
   *
   * A slug is made from the name when none is given; one in use is refused with 422. Send an `Idempotency-Key` to make the
   * request safe to repeat.
   *
   * Scope: `workspaces:write`.
   */
  create(body: models.WorkspaceCreate, options?: RequestOptions): APIPromise<models.WorkspaceSaved> {
    return operations.createWorkspace(this.#client, body, options);
  }

  /**
   * Get Workspace.
   *
   * One workspace, with its settings.
   *
   * Scope: `workspaces:read`.
   */
  get(id: models.WorkspaceId, params?: GetWorkspaceParams, options?: RequestOptions): APIPromise<models.WorkspaceResult> {
    return operations.getWorkspace(this.#client, id, params, options);
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
  delete(id: models.WorkspaceId, options?: RequestOptions): APIPromise<void> {
    return operations.deleteWorkspace(this.#client, id, options);
  }

  /**
   * Update Workspace.
   *
   * What is left out stays as it is, also in `settings`, where `null` resets a member to its default. A slug in use is
   * refused with 422.
   *
   * Scope: `workspaces:write`.
   */
  update(id: models.WorkspaceId, body: models.WorkspaceUpdate, options?: RequestOptions): APIPromise<models.WorkspaceSaved> {
    return operations.updateWorkspace(this.#client, id, body, options);
  }
}

/** Long-lived credentials with scopes, a rate-limit tier and an expiry. A key is shown once. */
export class ApiKeysResource {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * List API Keys.
   *
   * Keys in every state. The full API key is never returned after creation. `search` looks in `name` and `prefix`.
   *
   * Scope: `api-keys:read`.
   */
  list(params?: ListApiKeysParams, options?: RequestOptions): PagePromise<models.ApiKeyItem, models.ApiKeyList> {
    return operations.listApiKeys(this.#client, params, options);
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
  create(body: models.ApiKeyCreate, options?: RequestOptions): APIPromise<models.ApiKeyCreatedResult> {
    return operations.createApiKey(this.#client, body, options);
  }

  /**
   * Get API Key.
   *
   * One key, without its secret.
   *
   * Scope: `api-keys:read`.
   */
  get(id: models.ApiKeyId, params?: GetApiKeyParams, options?: RequestOptions): APIPromise<models.ApiKeyResult> {
    return operations.getApiKey(this.#client, id, params, options);
  }

  /**
   * Revoke API Key.
   *
   * The key stops being accepted: at once on the replica that answers, within 60 seconds on all others. It stays in the
   * list as `revoked`. Revoking a revoked key is 204 again and changes nothing.
   *
   * Scope: `api-keys:delete`.
   */
  revoke(id: models.ApiKeyId, options?: RequestOptions): APIPromise<void> {
    return operations.revokeApiKey(this.#client, id, options);
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
  rotate(id: models.ApiKeyId, body?: models.ApiKeyRotate, options?: RequestOptions): APIPromise<models.ApiKeyRotatedResult> {
    return operations.rotateApiKey(this.#client, id, body, options);
  }
}

/** Endpoints that receive events, and the deliveries to them. */
export class WebhooksResource {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * List Webhook Endpoints.
   *
   * The endpoints of the workspace, never with their signing secrets. `search` looks in `url`.
   *
   * Scope: `webhooks:read`.
   */
  list(params?: ListWebhooksParams, options?: ListWebhooksOptions): PagePromise<models.WebhookItem, models.WebhookList> {
    return operations.listWebhooks(this.#client, params, options);
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
  create(body: models.WebhookCreate, options?: CreateWebhookOptions): APIPromise<models.WebhookCreatedResult> {
    return operations.createWebhook(this.#client, body, options);
  }

  /**
   * Get Webhook Endpoint.
   *
   * One endpoint, without its signing secret.
   *
   * Scope: `webhooks:read`.
   */
  get(id: models.WebhookEndpointId, params?: GetWebhookParams, options?: RequestOptions): APIPromise<models.WebhookResult> {
    return operations.getWebhook(this.#client, id, params, options);
  }

  /**
   * Delete Webhook Endpoint.
   *
   * Deliveries that wait for it are cancelled. Deleting a deleted endpoint is 404.
   *
   * Scope: `webhooks:delete`.
   */
  delete(id: models.WebhookEndpointId, options?: RequestOptions): APIPromise<void> {
    return operations.deleteWebhook(this.#client, id, options);
  }

  /**
   * Update Webhook Endpoint.
   *
   * What is left out stays as it is; `events` is replaced as a whole. To set `is_active` to false cancels the deliveries
   * that wait for the endpoint; to set it to true again forgets why it was disabled.
   *
   * Scope: `webhooks:write`.
   */
  update(id: models.WebhookEndpointId, body: models.WebhookUpdate, options?: RequestOptions): APIPromise<models.WebhookSaved> {
    return operations.updateWebhook(this.#client, id, body, options);
  }

  /**
   * Test Webhook Endpoint.
   *
   * Sends a test event to the webhook endpoint and waits for the answer, at most 15 seconds. That the endpoint fails is an
   * answer too: `success` is false then. A disabled endpoint is 409.
   *
   * Scope: `webhooks:write`.
   */
  test(id: models.WebhookEndpointId, options?: RequestOptions): APIPromise<models.WebhookTestResult> {
    return operations.testWebhook(this.#client, id, options);
  }

  /**
   * Rotate Webhook Secret.
   *
   * The new secret is only returned this once. For 24 hours deliveries carry a signature of each secret, so that the
   * receiver can change over at any time in between. A second rotation in that time ends the secret before the former one.
   *
   * Scope: `webhooks:write`.
   */
  rotateSecret(id: models.WebhookEndpointId, options?: RequestOptions): APIPromise<models.WebhookSecretRotatedResult> {
    return operations.rotateWebhookSecret(this.#client, id, options);
  }

  /**
   * List Webhook Deliveries.
   *
   * The deliveries to one endpoint. `search` looks in `event_type`.
   *
   * Scope: `webhooks:read`.
   */
  listDeliveries(id: models.WebhookEndpointId, params?: ListWebhookDeliveriesParams, options?: RequestOptions): PagePromise<models.WebhookDeliveryItem, models.WebhookDeliveryList> {
    return operations.listWebhookDeliveries(this.#client, id, params, options);
  }

  /**
   * Retry Webhook Delivery.
   *
   * Manually retry a failed delivery. One that succeeded or is still under way is refused with 400 (`cannot_retry`); one
   * whose endpoint is disabled with 409.
   *
   * Scope: `webhooks:write`.
   */
  retryDelivery(webhookId: models.WebhookEndpointId, deliveryId: models.WebhookDeliveryId, options?: RequestOptions): APIPromise<models.WebhookDeliveryRetriedResult> {
    return operations.retryWebhookDelivery(this.#client, webhookId, deliveryId, options);
  }
}

/** What a workspace may use, how much of it, and how much it has used. */
export class EntitlementsResource {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * Check Feature Access.
   *
   * Whether the workspace may use an amount of a feature now. Nothing is recorded. A feature that does not exist is not
   * allowed (`UNKNOWN_FEATURE`).
   *
   * Scope: `entitlements:read`.
   */
  check(params: CheckEntitlementParams, options?: CheckEntitlementOptions): APIPromise<models.EntitlementCheck> {
    return operations.checkEntitlement(this.#client, params, options);
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
  recordUsage(body: models.UsageRecord, options?: RecordUsageOptions): APIPromise<models.UsageRecorded> {
    return operations.recordUsage(this.#client, body, options);
  }

  /**
   * Get Usage Summary.
   *
   * Returns usage summary for the authenticated user's workspace. A feature with a `sunset` leaves the plans on that day, or its
   * limit does; until then it is shown, and nothing enforces it.
   *
   * Scope: `entitlements:read`.
   */
  getUsageSummary(options?: GetUsageSummaryOptions): APIPromise<models.UsageSummaryResult> {
    return operations.getUsageSummary(this.#client, options);
  }
}

/** Reports about pages, and the issues in them. */
export class SeoReportsResource {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * Submit SEO Report.
   *
   * Keeps the scores and issues of one page, of the workspace. Send an `Idempotency-Key` to make the request safe to repeat.
   *
   * Scope: `seo:write`.
   */
  submit(body: models.SeoReportSubmit, options?: SubmitSeoReportOptions): APIPromise<models.SeoReportSaved> {
    return operations.submitSeoReport(this.#client, body, options);
  }

  /**
   * Get SEO Issues.
   *
   * The open issues of a workspace: those of the newest report of each page.
   *
   * Scope: `seo:read`.
   */
  listIssues(workspaceId: models.WorkspaceId, params?: ListSeoIssuesParams, options?: RequestOptions): PagePromise<models.SeoIssueItem, models.SeoIssueList> {
    return operations.listSeoIssues(this.#client, workspaceId, params, options);
  }
}

/** Events from web pages, and the domains they may come from. */
export class PixelTrackingResource {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * Get Pixel Configuration.
   *
   * Returns tracking pixel configuration for the current domain: that of `domain`, otherwise that of `Origin`, otherwise
   * that of `Referer`. On a domain that is not known the pixel is not enabled. Needs no credentials, and can be called from
   * any web page, in credentials mode `include` too.
   */
  getConfig(params?: GetPixelConfigParams, options?: GetPixelConfigOptions): APIPromise<models.PixelConfig> {
    return operations.getPixelConfig(this.#client, params, options);
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
  trackEvent(body: models.PixelTrack, options?: RequestOptions): APIPromise<models.PixelTracked> {
    return operations.trackPixelEvent(this.#client, body, options);
  }

  /**
   * List Pixel Domains.
   *
   * The domains of the workspace that events may come from.
   *
   * Scope: `pixel:read`.
   */
  listDomains(params?: ListPixelDomainsParams, options?: ListPixelDomainsOptions): PagePromise<models.PixelDomainItem, models.PixelDomainList> {
    return operations.listPixelDomains(this.#client, params, options);
  }

  /**
   * Add or Change Pixel Domain.
   *
   * Adds a domain to the workspace, or replaces the configuration of the pixel on it. A domain of another workspace is refused with
   * 409; when that workspace has not proven it, the message says what to publish to take it over with `verifyPixelDomain`.
   *
   * Scope: `pixel:write`.
   */
  putDomain(domain: models.Domain, body: models.PixelDomainPut, options?: PutPixelDomainOptions): APIPromise<models.PixelDomainSaved> {
    return operations.putPixelDomain(this.#client, domain, body, options);
  }

  /**
   * Delete Pixel Domain.
   *
   * Events of the domain are not taken any more. Those that were kept can still be read.
   *
   * Scope: `pixel:write`.
   */
  deleteDomain(domain: models.Domain, options?: DeletePixelDomainOptions): APIPromise<void> {
    return operations.deletePixelDomain(this.#client, domain, options);
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
  verifyDomain(domain: models.Domain, options?: VerifyPixelDomainOptions): APIPromise<models.PixelDomainVerified> {
    return operations.verifyPixelDomain(this.#client, domain, options);
  }

  /**
   * List Pixel Events.
   *
   * The events of the workspace that were kept.
   *
   * Scope: `pixel:read`.
   */
  listEvents(params?: ListPixelEventsParams, options?: ListPixelEventsOptions): PagePromise<models.PixelEventItem, models.PixelEventList> {
    return operations.listPixelEvents(this.#client, params, options);
  }
}

/** MCP servers, their tools and resources, and the log of calls. */
export class McpResource {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * List MCP Servers.
   *
   * The servers of the workspace and those that the operator provides, all on one page.
   *
   * Scope: `mcp:read`.
   */
  listServers(options?: ListMcpServersOptions): APIPromise<models.McpServerList> {
    return operations.listMcpServers(this.#client, options);
  }

  /**
   * Create MCP Server.
   *
   * Adds a server to the workspace. A URL must be https and lead to a public address; a command must be one that the
   * operator allows. Headers are secrets and never shown. Send an `Idempotency-Key` to make the request safe to repeat.
   *
   * Scope: `mcp:write`.
   */
  createServer(body: models.McpServerCreate, options?: CreateMcpServerOptions): APIPromise<models.McpServerSaved> {
    return operations.createMcpServer(this.#client, body, options);
  }

  /**
   * Get MCP Server.
   *
   * One server, with the names of its tools. One that cannot be reached has none, and `reachable` is false.
   *
   * Scope: `mcp:read`.
   */
  getServer(id: models.McpServerId, options?: GetMcpServerOptions): APIPromise<models.McpServerResult> {
    return operations.getMcpServer(this.#client, id, options);
  }

  /**
   * Delete MCP Server.
   *
   * Deletes a server of the workspace. One that the operator provides cannot be deleted (403). The log of calls stays.
   *
   * Scope: `mcp:write`.
   */
  deleteServer(id: models.McpServerId, options?: DeleteMcpServerOptions): APIPromise<void> {
    return operations.deleteMcpServer(this.#client, id, options);
  }

  /**
   * List Server Tools.
   *
   * The tools of a server with their parameters, all on one page.
   *
   * Scope: `mcp:read`.
   */
  listServerTools(id: models.McpServerId, options?: ListMcpServerToolsOptions): APIPromise<models.McpToolList> {
    return operations.listMcpServerTools(this.#client, id, options);
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
  callTool(body: models.McpToolCall, options?: CallMcpToolOptions): APIPromise<models.McpToolResult> {
    return operations.callMcpTool(this.#client, body, options);
  }

  /**
   * List MCP Calls.
   *
   * The log of tool calls of the workspace, without their arguments and results.
   *
   * Scope: `mcp:read`.
   */
  listCalls(params?: ListMcpCallsParams, options?: ListMcpCallsOptions): PagePromise<models.McpCallItem, models.McpCallList> {
    return operations.listMcpCalls(this.#client, params, options);
  }

  /**
   * Get MCP Resource.
   *
   * Reads a resource of one of the servers of the workspace. The `uri` can include slashes and will be URL-decoded.
   *
   * Scope: `mcp:read`.
   */
  getResource(uri: string, options?: GetMcpResourceOptions): APIPromise<models.McpResource> {
    return operations.getMcpResource(this.#client, uri, options);
  }
}

/** Workspaces, API keys, webhooks, entitlements, SEO reports, pixel tracking and MCP. */
export class CoreContract {
  readonly workspaces: WorkspacesResource;
  readonly apiKeys: ApiKeysResource;
  readonly webhooks: WebhooksResource;
  readonly entitlements: EntitlementsResource;
  readonly seoReports: SeoReportsResource;
  readonly pixelTracking: PixelTrackingResource;
  readonly mcp: McpResource;

  constructor(client: Client) {
    this.workspaces = new WorkspacesResource(client);
    this.apiKeys = new ApiKeysResource(client);
    this.webhooks = new WebhooksResource(client);
    this.entitlements = new EntitlementsResource(client);
    this.seoReports = new SeoReportsResource(client);
    this.pixelTracking = new PixelTrackingResource(client);
    this.mcp = new McpResource(client);
  }
}

// Generated from the OpenAPI bundle by scripts/generate.mjs. Do not edit: run `make generate`.

import type { Client, RequestOptions } from '../../client.js';
import type { PagePromise } from '../../pagination.js';
import type { APIPromise } from '../../promise.js';
import type * as models from './models.js';
import * as operations from './operations.js';
import type {
  ListOrgsParams,
  ListWorkspacesParams,
  GetWorkspaceOptions,
  GetWorkspaceSettingsOptions,
  UpdateWorkspaceSettingsOptions,
  ListMembersParams,
  ListKeysParams,
  ListAuditEntriesParams,
  ListWebhookEndpointsParams,
  ListWebhookDeliveriesParams,
  ListBindingsParams,
  ListSyncRunsParams,
  ListRecordsParams,
} from './operations.js';

/** Tokens for machine clients (OAuth 2.1 client credentials), and the metadata to verify them. */
export class AuthenticationResource {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * Get an access token.
   *
   * Exchanges a client id and secret for a bearer token (client credentials grant of OAuth 2.1). Send the credentials
   * as HTTP Basic, or as `client_id` and `client_secret` in the form, never both. The token carries the scopes asked
   * for, or all scopes of the client. Use it until `expires_in` is nearly over; there is no refresh token.
   * Errors are RFC 6749 bodies. Requests are limited per client address.
   */
  createToken(body: models.TokenRequest, options?: RequestOptions): APIPromise<models.Token> {
    return operations.createToken(this.#client, body, options);
  }

  /**
   * Revoke an access token.
   *
   * Ends a token before it expires (RFC 7009): at once on the replica that answers, within 60 seconds on all others.
   * A client can revoke only its own tokens. A token that is unknown, expired or revoked already is answered with 200
   * as well. Errors are RFC 6749 bodies. Requests are limited per client address.
   */
  revokeToken(body: models.RevocationRequest, options?: RequestOptions): APIPromise<void> {
    return operations.revokeToken(this.#client, body, options);
  }

  /**
   * Get the public keys of access tokens.
   *
   * The keys that access tokens are signed with, as a JSON Web Key Set (RFC 7517), for services that verify tokens
   * themselves. During a key rotation there is more than one.
   */
  getJwks(options?: RequestOptions): APIPromise<models.Jwks> {
    return operations.getJwks(this.#client, options);
  }

  /**
   * Get the OAuth server metadata.
   *
   * Where the OAuth endpoints are and what they take (RFC 8414), for clients that configure themselves.
   */
  getOAuthServerMetadata(options?: RequestOptions): APIPromise<models.OAuthServerMetadata> {
    return operations.getOAuthServerMetadata(this.#client, options);
  }
}

/** Whether the process and what it depends on are up. Public, and not rate limited. */
export class HealthResource {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * Check the service and its dependencies.
   *
   * Checks the database, the queue and the object storage, with the milliseconds that each took. `degraded` is still
   * 200: the service works, but something is slow or limited. 503 means that a dependency is down; the body says which.
   */
  get(options?: RequestOptions): APIPromise<models.Health> {
    return operations.getHealth(this.#client, options);
  }

  /**
   * Check that the process is alive.
   *
   * For the liveness probe of an orchestrator: answers as long as the process runs, whatever its dependencies do.
   */
  getLiveness(options?: RequestOptions): APIPromise<models.Liveness> {
    return operations.getLiveness(this.#client, options);
  }

  /**
   * Check that the process takes requests.
   *
   * For the readiness probe of an orchestrator or load balancer. 503 while a dependency is down, and from the moment
   * the process is told to stop, so that no new requests are sent to it.
   */
  getReadiness(options?: RequestOptions): APIPromise<models.Readiness> {
    return operations.getReadiness(this.#client, options);
  }
}

/** The organizations that a caller can act in. Every other resource belongs to one. */
export class OrganizationsResource {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * List your organizations.
   *
   * The organizations that the caller can act in. Usually the first call of an integration: every other path needs an
   * `org_id` from here.
   *
   * Scope: `orgs:read`.
   */
  list(params?: ListOrgsParams, options?: RequestOptions): PagePromise<models.Org, models.OrgList> {
    return operations.listOrgs(this.#client, params, options);
  }
}

/** Workspaces of an organization, and their settings. */
export class WorkspacesResource {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * List the workspaces of an organization.
   *
   * Each workspace comes with its settings and with `role_hints`: the caller's role in it and what the caller may do.
   *
   * Scope: `workspaces:read`.
   */
  list(orgId: models.OrgId, params?: ListWorkspacesParams, options?: RequestOptions): PagePromise<models.Workspace, models.WorkspaceList> {
    return operations.listWorkspaces(this.#client, orgId, params, options);
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
  create(orgId: models.OrgId, body: models.WorkspaceCreate, options?: RequestOptions): APIPromise<models.Workspace> {
    return operations.createWorkspace(this.#client, orgId, body, options);
  }

  /**
   * Get a workspace.
   *
   * The `ETag` of the answer is the version of the workspace, settings included. Send it back in `If-None-Match` to
   * learn cheaply whether anything changed.
   *
   * Scope: `workspaces:read`.
   */
  get(workspaceId: models.WorkspaceId, options?: GetWorkspaceOptions): APIPromise<models.Workspace> {
    return operations.getWorkspace(this.#client, workspaceId, options);
  }

  /**
   * Get the settings of a workspace.
   *
   * The `ETag` of the answer goes into `If-Match` when you change the settings.
   *
   * Scope: `workspaces:read`.
   */
  getSettings(workspaceId: models.WorkspaceId, options?: GetWorkspaceSettingsOptions): APIPromise<models.WorkspaceSettings> {
    return operations.getWorkspaceSettings(this.#client, workspaceId, options);
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
  updateSettings(workspaceId: models.WorkspaceId, body: models.WorkspaceSettingsUpdate, options?: UpdateWorkspaceSettingsOptions): APIPromise<models.WorkspaceSettings> {
    return operations.updateWorkspaceSettings(this.#client, workspaceId, body, options);
  }
}

/** People in an organization, their roles, and when they were last active. */
export class MembersResource {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * List the members of an organization.
   *
   * People with their role and the time they were last active, including those who are invited and have not signed in yet.
   *
   * Scope: `members:read`.
   */
  list(orgId: models.OrgId, params?: ListMembersParams, options?: RequestOptions): PagePromise<models.Member, models.MemberList> {
    return operations.listMembers(this.#client, orgId, params, options);
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
  invite(orgId: models.OrgId, body: models.MemberInvite, options?: RequestOptions): APIPromise<models.Member> {
    return operations.inviteMember(this.#client, orgId, body, options);
  }

  /**
   * Get a member.
   *
   * One member with role and last-active time.
   *
   * Scope: `members:read`.
   */
  get(orgId: models.OrgId, memberId: models.MemberId, options?: RequestOptions): APIPromise<models.Member> {
    return operations.getMember(this.#client, orgId, memberId, options);
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
  remove(orgId: models.OrgId, memberId: models.MemberId, options?: RequestOptions): APIPromise<void> {
    return operations.removeMember(this.#client, orgId, memberId, options);
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
  changeRole(orgId: models.OrgId, memberId: models.MemberId, body: models.MemberUpdate, options?: RequestOptions): APIPromise<models.Member> {
    return operations.changeMemberRole(this.#client, orgId, memberId, body, options);
  }
}

/** Long-lived credentials with scopes, a rate-limit tier and an expiry. A key is shown once. */
export class ApiKeysResource {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * List the API keys of an organization.
   *
   * Keys in every state, never with their secrets.
   *
   * Scope: `keys:read`.
   */
  list(orgId: models.OrgId, params?: ListKeysParams, options?: RequestOptions): PagePromise<models.Key, models.KeyList> {
    return operations.listKeys(this.#client, orgId, params, options);
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
  create(orgId: models.OrgId, body: models.KeyCreate, options?: RequestOptions): APIPromise<models.KeyCreated> {
    return operations.createKey(this.#client, orgId, body, options);
  }

  /**
   * Get an API key.
   *
   * One key, without its secret.
   *
   * Scope: `keys:read`.
   */
  get(orgId: models.OrgId, keyId: models.KeyId, options?: RequestOptions): APIPromise<models.Key> {
    return operations.getKey(this.#client, orgId, keyId, options);
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
  revoke(orgId: models.OrgId, keyId: models.KeyId, options?: RequestOptions): APIPromise<void> {
    return operations.revokeKey(this.#client, orgId, keyId, options);
  }
}

/** Who did what to which resource, and when. */
export class AuditResource {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
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
  listEntries(orgId: models.OrgId, params?: ListAuditEntriesParams, options?: RequestOptions): PagePromise<models.AuditEntry, models.AuditEntryList> {
    return operations.listAuditEntries(this.#client, orgId, params, options);
  }
}

/** Endpoints that receive events, and the deliveries to them. */
export class WebhooksResource {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * List the event types.
   *
   * What an endpoint can subscribe to, all on one page. The schema and an example of each event are in this document
   * under `webhooks`.
   *
   * Scope: `webhooks:read`.
   */
  listEventTypes(options?: RequestOptions): APIPromise<models.WebhookEventTypeList> {
    return operations.listWebhookEventTypes(this.#client, options);
  }

  /**
   * List the webhook endpoints.
   *
   * The endpoints of your organization, never with their signing secrets.
   *
   * Scope: `webhooks:read`.
   */
  listEndpoints(params?: ListWebhookEndpointsParams, options?: RequestOptions): PagePromise<models.WebhookEndpoint, models.WebhookEndpointList> {
    return operations.listWebhookEndpoints(this.#client, params, options);
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
  createEndpoint(body: models.WebhookEndpointCreate, options?: RequestOptions): APIPromise<models.WebhookEndpointCreated> {
    return operations.createWebhookEndpoint(this.#client, body, options);
  }

  /**
   * Get a webhook endpoint.
   *
   * One endpoint, without its signing secret. `breaker` shows if deliveries are held back because it does not
   * answer.
   *
   * Scope: `webhooks:read`.
   */
  getEndpoint(endpointId: models.WebhookEndpointId, options?: RequestOptions): APIPromise<models.WebhookEndpoint> {
    return operations.getWebhookEndpoint(this.#client, endpointId, options);
  }

  /**
   * Delete a webhook endpoint.
   *
   * Deliveries that wait for it are cancelled. Those that were made can still be read.
   *
   * Scope: `webhooks:write`.
   */
  deleteEndpoint(endpointId: models.WebhookEndpointId, options?: RequestOptions): APIPromise<void> {
    return operations.deleteWebhookEndpoint(this.#client, endpointId, options);
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
  updateEndpoint(endpointId: models.WebhookEndpointId, body: models.WebhookEndpointUpdate, options?: RequestOptions): APIPromise<models.WebhookEndpoint> {
    return operations.updateWebhookEndpoint(this.#client, endpointId, body, options);
  }

  /**
   * Rotate the signing secret of an endpoint.
   *
   * The new secret is shown this once. For 24 hours deliveries carry a signature of each secret, so that the receiver
   * can change over at any time in between. A second rotation in that time ends the secret before the former one.
   *
   * Scope: `webhooks:write`.
   */
  rotateSecret(endpointId: models.WebhookEndpointId, options?: RequestOptions): APIPromise<models.WebhookSecretRotated> {
    return operations.rotateWebhookSecret(this.#client, endpointId, options);
  }

  /**
   * Send a test event to an endpoint.
   *
   * Sends a `webhook.test` event to this endpoint, whatever it subscribed to, and even when it is disabled. Read the
   * delivery to see what came of it.
   *
   * Scope: `webhooks:write`.
   */
  testEndpoint(endpointId: models.WebhookEndpointId, options?: RequestOptions): APIPromise<models.WebhookDelivery> {
    return operations.testWebhookEndpoint(this.#client, endpointId, options);
  }

  /**
   * Send the failed deliveries of an endpoint again.
   *
   * Every delivery of the endpoint that was created in the span and has failed starts again, with the same event id.
   * An endpoint that is disabled is refused with 409 (`endpoint_disabled`).
   *
   * Scope: `webhooks:write`.
   */
  recoverDeliveries(endpointId: models.WebhookEndpointId, body: models.WebhookRecover, options?: RequestOptions): APIPromise<models.WebhookRecovered> {
    return operations.recoverWebhookDeliveries(this.#client, endpointId, body, options);
  }

  /**
   * List the deliveries of events.
   *
   * Every event on its way to an endpoint of your organization, with each attempt: when, how long it took, the status
   * and the start of the answer. A delivery is kept for 30 days after it ended.
   *
   * Scope: `webhooks:read`.
   */
  listDeliveries(params?: ListWebhookDeliveriesParams, options?: RequestOptions): PagePromise<models.WebhookDelivery, models.WebhookDeliveryList> {
    return operations.listWebhookDeliveries(this.#client, params, options);
  }

  /**
   * Get a delivery.
   *
   * One delivery with its attempts and, in `payload`, the event as it was sent.
   *
   * Scope: `webhooks:read`.
   */
  getDelivery(deliveryId: models.WebhookDeliveryId, options?: RequestOptions): APIPromise<models.WebhookDeliveryDetail> {
    return operations.getWebhookDelivery(this.#client, deliveryId, options);
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
  retryDelivery(deliveryId: models.WebhookDeliveryId, options?: RequestOptions): APIPromise<models.WebhookDelivery> {
    return operations.retryWebhookDelivery(this.#client, deliveryId, options);
  }
}

/** Connectors to other systems, their bindings to workspaces, and the sync runs that read them. */
export class IntegrationsResource {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * List the connectors.
   *
   * The systems that can be attached to a workspace, all on one page. `config_schema` says what a binding's `config`
   * must be; members that are `writeOnly` there are secrets, which are stored encrypted and never shown.
   *
   * Scope: `integrations:read`.
   */
  listConnectors(options?: RequestOptions): APIPromise<models.ConnectorList> {
    return operations.listConnectors(this.#client, options);
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
  createBinding(connectorId: models.ConnectorId, body: models.BindingCreate, options?: RequestOptions): APIPromise<models.BindingCreated> {
    return operations.createBinding(this.#client, connectorId, body, options);
  }

  /**
   * List the bindings.
   *
   * The connectors that are attached to workspaces of your organization, never with the secrets of their
   * configuration.
   *
   * Scope: `integrations:read`.
   */
  listBindings(params?: ListBindingsParams, options?: RequestOptions): PagePromise<models.Binding, models.BindingList> {
    return operations.listBindings(this.#client, params, options);
  }

  /**
   * Get a binding.
   *
   * One binding, without the secrets of its configuration.
   *
   * Scope: `integrations:read`.
   */
  getBinding(bindingId: models.BindingId, options?: RequestOptions): APIPromise<models.Binding> {
    return operations.getBinding(this.#client, bindingId, options);
  }

  /**
   * Delete a binding.
   *
   * Its schedule ends, its credentials are deleted, and the records that it synced are deleted in the background.
   * While a run is active it is refused with 409 (`sync_running`): cancel the run first.
   *
   * Scope: `integrations:write`.
   */
  deleteBinding(bindingId: models.BindingId, options?: RequestOptions): APIPromise<void> {
    return operations.deleteBinding(this.#client, bindingId, options);
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
  updateBinding(bindingId: models.BindingId, body: models.BindingUpdate, options?: RequestOptions): APIPromise<models.Binding> {
    return operations.updateBinding(this.#client, bindingId, body, options);
  }

  /**
   * Validate a binding.
   *
   * Starts a job that connects with the binding's configuration, for example after credentials were renewed in the
   * other system. The binding is `validating` until it ends.
   *
   * Scope: `integrations:write`.
   */
  validateBinding(bindingId: models.BindingId, options?: RequestOptions): APIPromise<models.Job> {
    return operations.validateBinding(this.#client, bindingId, options);
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
  startSyncRun(bindingId: models.BindingId, body?: models.SyncRunStart, options?: RequestOptions): APIPromise<models.SyncRun> {
    return operations.startSyncRun(this.#client, bindingId, body, options);
  }

  /**
   * List the sync runs.
   *
   * The sync runs of your organization, with counts and errors for each entity. A run is kept for 90 days after its end;
   * the latest of a binding stays.
   *
   * Scope: `integrations:read`.
   */
  listSyncRuns(params?: ListSyncRunsParams, options?: RequestOptions): PagePromise<models.SyncRun, models.SyncRunList> {
    return operations.listSyncRuns(this.#client, params, options);
  }

  /**
   * Get a sync run.
   *
   * How far the run is: what was read, created, updated, skipped and refused for each entity, with a breakdown of the
   * errors.
   *
   * Scope: `integrations:read`.
   */
  getSyncRun(runId: models.SyncRunId, options?: RequestOptions): APIPromise<models.SyncRun> {
    return operations.getSyncRun(this.#client, runId, options);
  }

  /**
   * Cancel a sync run.
   *
   * The run stops after the page that it is working on; what was synced stays, and the next run goes on from there. A
   * run that has ended is refused with 409 (`run_finished`).
   *
   * Scope: `integrations:write`.
   */
  cancelSyncRun(runId: models.SyncRunId, options?: RequestOptions): APIPromise<models.SyncRun> {
    return operations.cancelSyncRun(this.#client, runId, options);
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
  getSyncRunV1(runId: models.SyncRunId, options?: RequestOptions): APIPromise<models.SyncRun> {
    return operations.getSyncRunV1(this.#client, runId, options);
  }
}

/** Background work that an operation has started with a 202. */
export class JobsResource {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * Get a job.
   *
   * Where a job stands. One that failed says why in `problem_message`.
   *
   * Scope: `integrations:read`.
   */
  get(jobId: models.JobId, options?: RequestOptions): APIPromise<models.Job> {
    return operations.getJob(this.#client, jobId, options);
  }

  /**
   * Cancel a job.
   *
   * A job that waits is cancelled at once; one that runs, as soon as it can stop. To cancel the job of a sync run
   * cancels the run. A job that has ended is refused with 409 (`job_finished`).
   *
   * Scope: `integrations:write`.
   */
  cancel(jobId: models.JobId, options?: RequestOptions): APIPromise<models.Job> {
    return operations.cancelJob(this.#client, jobId, options);
  }
}

/** The records that sync runs have read from other systems into a workspace. */
export class RecordsResource {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * List the records of a workspace.
   *
   * What sync runs brought from other systems into the workspace. To follow changes, sort by `updated_at` and filter
   * by the time of your last look.
   *
   * Scope: `records:read`.
   */
  list(workspaceId: models.WorkspaceId, params?: ListRecordsParams, options?: RequestOptions): PagePromise<models.Record, models.RecordList> {
    return operations.listRecords(this.#client, workspaceId, params, options);
  }
}

/** Programmatic access to organizations, workspaces, members, API keys, the audit trail, connectors and webhooks. */
export class PlatformContract {
  readonly authentication: AuthenticationResource;
  readonly health: HealthResource;
  readonly organizations: OrganizationsResource;
  readonly workspaces: WorkspacesResource;
  readonly members: MembersResource;
  readonly apiKeys: ApiKeysResource;
  readonly audit: AuditResource;
  readonly webhooks: WebhooksResource;
  readonly integrations: IntegrationsResource;
  readonly jobs: JobsResource;
  readonly records: RecordsResource;

  constructor(client: Client) {
    this.authentication = new AuthenticationResource(client);
    this.health = new HealthResource(client);
    this.organizations = new OrganizationsResource(client);
    this.workspaces = new WorkspacesResource(client);
    this.members = new MembersResource(client);
    this.apiKeys = new ApiKeysResource(client);
    this.audit = new AuditResource(client);
    this.webhooks = new WebhooksResource(client);
    this.integrations = new IntegrationsResource(client);
    this.jobs = new JobsResource(client);
    this.records = new RecordsResource(client);
  }
}

// Generated from the OpenAPI bundle by scripts/generate.mjs. Do not edit: run `make generate`.

import { segment, randomUUID } from '../../client.js';
import type { Client, RequestOptions } from '../../client.js';
import { PagePromise } from '../../pagination.js';
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
 * engine behind each. Only those who administer the platform see it.
 *
 * Scope: `platform:read`.
 */
export function getPlatformInfo(client: Client, options?: GetPlatformInfoOptions): APIPromise<models.PlatformInfo> {
  return client.request({ method: 'GET', path: '/v1/platform/info', headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() } }, options);
}

/** Options of `createToken`. */
export interface CreateTokenOptions extends RequestOptions {
  /** The version of the API that the caller is written for; the newest one unless sent. */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. The answer repeats it, and our logs have it; unless sent, it is one of ours. */
  correlationId?: string;
}

/**
 * Get an access token.
 *
 * Answers a grant (RFC 6749), as a form or as JSON. `password` signs a person in: without `client_id`, or with `console`, it needs no
 * secret. The realm is found by the user name; where that is in several, `tenantId` says which. `client_credentials` is for service
 * accounts and other clients; one of a realm sends `tenantId` too. `refresh_token` continues a session: a refresh token works once, and
 * the use of an old one ends the session. A confidential client sends its credentials as HTTP Basic, or as `client_id` and
 * `client_secret`, never both. Requests are limited per client address, wrong passwords per account.
 */
export function createToken(client: Client, body: models.TokenRequest, options?: CreateTokenOptions): APIPromise<models.Token> {
  return client.request({ method: 'POST', path: '/v1/auth/token', headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId }, body, type: 'application/x-www-form-urlencoded', auth: 'basic' }, options);
}

/** Options of `refreshToken`. */
export interface RefreshTokenOptions extends RequestOptions {
  /** The version of the API that the caller is written for; the newest one unless sent. */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. The answer repeats it, and our logs have it; unless sent, it is one of ours. */
  correlationId?: string;
}

/**
 * Refresh an access token.
 *
 * Continues a session that was begun with a password and without a `client_id`. The refresh token is replaced by the one in the
 * answer; the use of an old one ends the session. Requests are limited per client address.
 */
export function refreshToken(client: Client, body: models.TokenRefresh, options?: RefreshTokenOptions): APIPromise<models.Token> {
  return client.request({ method: 'POST', path: '/v1/auth/refresh', headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId }, body, auth: 'none' }, options);
}

/** Options of `getSignupPolicy`. */
export interface GetSignupPolicyOptions extends RequestOptions {
  /** The version of the API that the caller is written for; the newest one unless sent. */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. The answer repeats it, and our logs have it; unless sent, it is one of ours. */
  correlationId?: string;
}

/**
 * Get the signup policy.
 *
 * How one becomes a user of this server, and what a password must be.
 */
export function getSignupPolicy(client: Client, options?: GetSignupPolicyOptions): APIPromise<models.SignupPolicy> {
  return client.request({ method: 'GET', path: '/v1/auth/signups/policy', headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId }, auth: 'none' }, options);
}

/** Options of `acceptInvitation`. */
export interface AcceptInvitationOptions extends RequestOptions {
  /** The version of the API that the caller is written for; the newest one unless sent. */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. The answer repeats it, and our logs have it; unless sent, it is one of ours. */
  correlationId?: string;
}

/**
 * Accept an invitation.
 *
 * Sets the password of an invited user, who can sign in from then on. An invitation can be accepted once, within seven days;
 * afterwards, and for a token that is unknown, the answer is 404. Requests are limited per client address.
 */
export function acceptInvitation(client: Client, token: string, body: models.InvitationAccept, options?: AcceptInvitationOptions): APIPromise<models.InvitationAccepted> {
  return client.request({ method: 'POST', path: `/v1/auth/invitations/${segment('token', token)}`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId }, body, auth: 'none' }, options);
}

/** Parameters of `listTenants`. */
export interface ListTenantsParams {
  /** Only tenants with this status. */
  status?: models.TenantStatus;
  /** Only tenants on this plan. */
  plan?: models.Plan;
  /** How many items a page may have. The last page, and only that, may have fewer. */
  limit?: number;
  /**
   * `nextCursor` of the page before. Opaque, and bound to this list and its filters: one that was altered or comes from
   * elsewhere is refused with 400 and the code `INVALID_CURSOR`. Absent: the first page.
   */
  cursor?: string;
}

/** Options of `listTenants`. */
export interface ListTenantsOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * List tenants.
 *
 * The tenants that you may see, the newest first: all of them with a role of the platform, otherwise your own.
 *
 * Scope: `tenants:read`.
 */
export function listTenants(client: Client, params?: ListTenantsParams, options?: ListTenantsOptions): PagePromise<models.Tenant, models.TenantList> {
  return new PagePromise(client, { method: 'GET', path: '/v1/tenants', query: params, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() } }, options, { items: 'items', cursor: 'page.nextCursor' });
}

/** Options of `createTenant`. */
export interface CreateTenantOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Create a tenant.
 *
 * Creates a tenant with its first workspace, which has the capabilities of the plan. The person of `adminEmail` becomes the
 * owner by accepting the invitation: `invitation.url` is shown in this answer only. Only the roles of the platform can
 * create tenants. The slug of a tenant stays reserved when the tenant is deleted.
 *
 * Scope: `tenants:write`.
 */
export function createTenant(client: Client, body: models.TenantCreate, options?: CreateTenantOptions): APIPromise<models.TenantCreated> {
  return client.request({ method: 'POST', path: '/v1/tenants', headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, body, keyed: true }, options);
}

/** Options of `getTenant`. */
export interface GetTenantOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Get a tenant.
 *
 * One tenant. Without a role of the platform, every tenant but your own is not found.
 *
 * Scope: `tenants:read`.
 */
export function getTenant(client: Client, tenantId: models.TenantId, options?: GetTenantOptions): APIPromise<models.Tenant> {
  return client.request({ method: 'GET', path: `/v1/tenants/${segment('tenantId', tenantId)}`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() } }, options);
}

/** Options of `deleteTenant`. */
export interface DeleteTenantOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Delete a tenant.
 *
 * Deactivates a tenant. Its tokens, keys and sessions are refused, and its workspaces are deleted with what is in them. After
 * 30 days its rows are purged, and it is not found any more; its slug stays reserved. Deleting it once more changes nothing. Only
 * the roles of the platform can delete tenants, and not their own.
 *
 * Scope: `tenants:write`.
 */
export function deleteTenant(client: Client, tenantId: models.TenantId, options?: DeleteTenantOptions): APIPromise<void> {
  return client.request({ method: 'DELETE', path: `/v1/tenants/${segment('tenantId', tenantId)}`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, keyed: true }, options);
}

/** Options of `updateTenant`. */
export interface UpdateTenantOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Update a tenant.
 *
 * Changes the members that are sent. Only the roles of the platform can change `plan` and `status`. A smaller plan than what
 * is in use is refused with 422 and `PLAN_IN_USE`: `details.blockedBy` lists each feature with what is used and what would be
 * allowed. `status` changes from `active` to `suspended` and back. The credentials of a suspended tenant are refused until it is
 * active again. Workspaces that have the plan of the tenant have the new one.
 *
 * Scope: `tenants:write`.
 */
export function updateTenant(client: Client, tenantId: models.TenantId, body: models.TenantUpdate, options?: UpdateTenantOptions): APIPromise<models.Tenant> {
  return client.request({ method: 'PATCH', path: `/v1/tenants/${segment('tenantId', tenantId)}`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, body, keyed: true }, options);
}

/** Parameters of `listWorkspaces`. */
export interface ListWorkspacesParams {
  /** Only workspaces with this status. */
  status?: models.WorkspaceStatus;
  /** How many items a page may have. The last page, and only that, may have fewer. */
  limit?: number;
  /**
   * `nextCursor` of the page before. Opaque, and bound to this list and its filters: one that was altered or comes from
   * elsewhere is refused with 400 and the code `INVALID_CURSOR`. Absent: the first page.
   */
  cursor?: string;
}

/** Options of `listWorkspaces`. */
export interface ListWorkspacesOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * List workspaces.
 *
 * The workspaces of the tenant of your credentials, the newest first.
 *
 * Scope: `workspaces:read`.
 */
export function listWorkspaces(client: Client, params?: ListWorkspacesParams, options?: ListWorkspacesOptions): PagePromise<models.Workspace, models.WorkspaceList> {
  return new PagePromise(client, { method: 'GET', path: '/v1/workspaces', query: params, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() } }, options, { items: 'items', cursor: 'page.nextCursor' });
}

/** Options of `createWorkspace`. */
export interface CreateWorkspaceOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Create a workspace.
 *
 * Creates a workspace in a tenant, with capabilities. Without `capabilities` it has all those that its plan includes; one that the
 * plan does not include is refused with 403. The `status` is `provisioning` until what the capabilities need is there. That
 * is tried again until it succeeds.
 *
 * Scope: `workspaces:write`.
 */
export function createWorkspace(client: Client, body: models.WorkspaceCreate, options?: CreateWorkspaceOptions): APIPromise<models.Workspace> {
  return client.request({ method: 'POST', path: '/v1/workspaces', headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, body, keyed: true }, options);
}

/** Options of `getWorkspace`. */
export interface GetWorkspaceOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Get a workspace.
 *
 * One workspace.
 *
 * Scope: `workspaces:read`.
 */
export function getWorkspace(client: Client, workspaceId: models.WorkspaceId, options?: GetWorkspaceOptions): APIPromise<models.Workspace> {
  return client.request({ method: 'GET', path: `/v1/workspaces/${segment('workspaceId', workspaceId)}`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() } }, options);
}

/** Options of `deleteWorkspace`. */
export interface DeleteWorkspaceOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Delete a workspace.
 *
 * Deletes a workspace with what is in it: its keys, service accounts and applications end at once, its data is deleted in the
 * background. A tenant always has a workspace: the last one is refused with 409 and `LAST_WORKSPACE`.
 *
 * Scope: `workspaces:write`.
 */
export function deleteWorkspace(client: Client, workspaceId: models.WorkspaceId, options?: DeleteWorkspaceOptions): APIPromise<void> {
  return client.request({ method: 'DELETE', path: `/v1/workspaces/${segment('workspaceId', workspaceId)}`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, keyed: true }, options);
}

/** Options of `updateWorkspace`. */
export interface UpdateWorkspaceOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Update a workspace.
 *
 * Changes the members that are sent. `capabilities` are all that it has from then on: one that is taken away while the workspace has
 * data of it is refused with 422 and `CAPABILITY_IN_USE`. The capabilities of a suspended workspace cannot be used. Changes of
 * capabilities and of the status take effect within 30 seconds everywhere.
 *
 * Scope: `workspaces:write`.
 */
export function updateWorkspace(client: Client, workspaceId: models.WorkspaceId, body: models.WorkspaceUpdate, options?: UpdateWorkspaceOptions): APIPromise<models.Workspace> {
  return client.request({ method: 'PATCH', path: `/v1/workspaces/${segment('workspaceId', workspaceId)}`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, body, keyed: true }, options);
}

/** Parameters of `listServiceAccounts`. */
export interface ListServiceAccountsParams {
  /** How many items a page may have. The last page, and only that, may have fewer. */
  limit?: number;
  /**
   * `nextCursor` of the page before. Opaque, and bound to this list and its filters: one that was altered or comes from
   * elsewhere is refused with 400 and the code `INVALID_CURSOR`. Absent: the first page.
   */
  cursor?: string;
}

/** Options of `listServiceAccounts`. */
export interface ListServiceAccountsOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * List service accounts.
 *
 * The service accounts of a workspace, the newest first, without their secrets.
 *
 * Scope: `service-accounts:read`.
 */
export function listServiceAccounts(client: Client, workspaceId: models.WorkspaceId, params?: ListServiceAccountsParams, options?: ListServiceAccountsOptions): PagePromise<models.ServiceAccount, models.ServiceAccountList> {
  return new PagePromise(client, { method: 'GET', path: `/v1/workspaces/${segment('workspaceId', workspaceId)}/service-accounts`, query: params, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() } }, options, { items: 'items', cursor: 'page.nextCursor' });
}

/** Options of `createServiceAccount`. */
export interface CreateServiceAccountOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Create a service account.
 *
 * Creates an identity for a program in one workspace. It gets tokens with `grant_type=client_credentials`, its `clientId` and its
 * `clientSecret`, which is shown in this answer only. Scopes that you do not have yourself are refused with 403. A workspace
 * can have 100 service accounts.
 *
 * Scope: `service-accounts:write`.
 */
export function createServiceAccount(client: Client, workspaceId: models.WorkspaceId, body: models.ServiceAccountCreate, options?: CreateServiceAccountOptions): APIPromise<models.ServiceAccountCreated> {
  return client.request({ method: 'POST', path: `/v1/workspaces/${segment('workspaceId', workspaceId)}/service-accounts`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, body, keyed: true }, options);
}

/** Options of `getServiceAccount`. */
export interface GetServiceAccountOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Get a service account.
 *
 * One service account, without its secret.
 *
 * Scope: `service-accounts:read`.
 */
export function getServiceAccount(client: Client, workspaceId: models.WorkspaceId, serviceAccountId: models.ServiceAccountId, options?: GetServiceAccountOptions): APIPromise<models.ServiceAccount> {
  return client.request({ method: 'GET', path: `/v1/workspaces/${segment('workspaceId', workspaceId)}/service-accounts/${segment('serviceAccountId', serviceAccountId)}`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() } }, options);
}

/** Options of `deleteServiceAccount`. */
export interface DeleteServiceAccountOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Delete a service account.
 *
 * Ends a service account and its tokens: at once in the process that answers, within 30 seconds in others.
 *
 * Scope: `service-accounts:write`.
 */
export function deleteServiceAccount(client: Client, workspaceId: models.WorkspaceId, serviceAccountId: models.ServiceAccountId, options?: DeleteServiceAccountOptions): APIPromise<void> {
  return client.request({ method: 'DELETE', path: `/v1/workspaces/${segment('workspaceId', workspaceId)}/service-accounts/${segment('serviceAccountId', serviceAccountId)}`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, keyed: true }, options);
}

/** Options of `rotateServiceAccountSecret`. */
export interface RotateServiceAccountSecretOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Rotate the secret of a service account.
 *
 * Makes a new secret, which is shown in this answer only. The former one is refused from then on; tokens that it got go on
 * until they end.
 *
 * Scope: `service-accounts:write`.
 */
export function rotateServiceAccountSecret(client: Client, workspaceId: models.WorkspaceId, serviceAccountId: models.ServiceAccountId, options?: RotateServiceAccountSecretOptions): APIPromise<models.ServiceAccountCreated> {
  return client.request({ method: 'POST', path: `/v1/workspaces/${segment('workspaceId', workspaceId)}/service-accounts/${segment('serviceAccountId', serviceAccountId)}/rotate-secret`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, keyed: true }, options);
}

/** Parameters of `listApplications`. */
export interface ListApplicationsParams {
  /** How many items a page may have. The last page, and only that, may have fewer. */
  limit?: number;
  /**
   * `nextCursor` of the page before. Opaque, and bound to this list and its filters: one that was altered or comes from
   * elsewhere is refused with 400 and the code `INVALID_CURSOR`. Absent: the first page.
   */
  cursor?: string;
}

/** Options of `listApplications`. */
export interface ListApplicationsOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * List applications.
 *
 * The applications of a workspace, the newest first, without their secrets.
 *
 * Scope: `applications:read`.
 */
export function listApplications(client: Client, workspaceId: models.WorkspaceId, params?: ListApplicationsParams, options?: ListApplicationsOptions): PagePromise<models.Application, models.ApplicationList> {
  return new PagePromise(client, { method: 'GET', path: `/v1/workspaces/${segment('workspaceId', workspaceId)}/applications`, query: params, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() } }, options, { items: 'items', cursor: 'page.nextCursor' });
}

/** Options of `createApplication`. */
export interface CreateApplicationOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Create an application.
 *
 * Registers a program that people sign in with. A `confidential` one, such as a server, has a secret, which is shown in this
 * answer only; a `public` one, such as a page in a browser, has none. A workspace can have 100 applications.
 *
 * Scope: `applications:write`.
 */
export function createApplication(client: Client, workspaceId: models.WorkspaceId, body: models.ApplicationCreate, options?: CreateApplicationOptions): APIPromise<models.ApplicationCreated> {
  return client.request({ method: 'POST', path: `/v1/workspaces/${segment('workspaceId', workspaceId)}/applications`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, body, keyed: true }, options);
}

/** Options of `getApplication`. */
export interface GetApplicationOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Get an application.
 *
 * One application, without its secret.
 *
 * Scope: `applications:read`.
 */
export function getApplication(client: Client, workspaceId: models.WorkspaceId, applicationId: models.ApplicationId, options?: GetApplicationOptions): APIPromise<models.Application> {
  return client.request({ method: 'GET', path: `/v1/workspaces/${segment('workspaceId', workspaceId)}/applications/${segment('applicationId', applicationId)}`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() } }, options);
}

/** Options of `deleteApplication`. */
export interface DeleteApplicationOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Delete an application.
 *
 * Ends an application.
 *
 * Scope: `applications:write`.
 */
export function deleteApplication(client: Client, workspaceId: models.WorkspaceId, applicationId: models.ApplicationId, options?: DeleteApplicationOptions): APIPromise<void> {
  return client.request({ method: 'DELETE', path: `/v1/workspaces/${segment('workspaceId', workspaceId)}/applications/${segment('applicationId', applicationId)}`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, keyed: true }, options);
}

/** Options of `rotateApplicationSecret`. */
export interface RotateApplicationSecretOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Rotate the secret of an application.
 *
 * Makes a new secret, which is shown in this answer only. The former one is refused from then on. A public application has no
 * secret: 422 and `APPLICATION_IS_PUBLIC`.
 *
 * Scope: `applications:write`.
 */
export function rotateApplicationSecret(client: Client, workspaceId: models.WorkspaceId, applicationId: models.ApplicationId, options?: RotateApplicationSecretOptions): APIPromise<models.ApplicationCreated> {
  return client.request({ method: 'POST', path: `/v1/workspaces/${segment('workspaceId', workspaceId)}/applications/${segment('applicationId', applicationId)}/rotate-secret`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, keyed: true }, options);
}

/** Parameters of `listObjects`. */
export interface ListObjectsParams {
  /** What the keys begin with. Without it, all keys. */
  prefix?: string;
  /** What divides a key into levels, mostly `/`. It has 32 bytes in UTF-8 at most. */
  delimiter?: string;
  /** How many objects and common prefixes a page may have. */
  limit?: number;
  /**
   * `nextCursor` of the page before. It belongs to one workspace, prefix and delimiter: one that was altered or comes from
   * elsewhere is refused with 400 and the code `INVALID_CURSOR`. Absent: the first page.
   */
  cursor?: string;
}

/** Options of `listObjects`. */
export interface ListObjectsOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * List objects.
 *
 * The objects of a workspace whose keys begin with `prefix`, in the order of the bytes of their keys. With a `delimiter`, keys
 * that have it after the prefix are not listed one by one: what they begin with, up to and with the first delimiter, is
 * listed in `commonPrefixes` once. So `delimiter=/` lists a level as a folder would be. Both count towards `limit`.
 *
 * Scope: `storage:read`.
 */
export function listObjects(client: Client, workspaceId: models.WorkspaceId, params?: ListObjectsParams, options?: ListObjectsOptions): PagePromise<models.Object, models.ObjectList> {
  return new PagePromise(client, { method: 'GET', path: `/v1/storage/${segment('workspaceId', workspaceId)}/objects`, query: params, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() } }, options, { items: 'items', cursor: 'page.nextCursor' });
}

/** Parameters of `getObject`. */
export interface GetObjectParams {
  /** Whether browsers save the object or show it. */
  disposition?: NonNullable<models.GetObjectData['query']>['disposition'];
}

/** Options of `getObject`. */
export interface GetObjectOptions extends RequestOptions {
  /** Which bytes to answer with, such as `bytes=0-1023`, `bytes=1024-` or `bytes=-512`. What has another form is not regarded. */
  range?: string;
  /** Entity tag or date of the object that `Range` is meant for. When the object is another by now, the answer is the whole object. */
  ifRange?: string;
  /** Answer only when the object has one of these entity tags, `*` being any; otherwise 412. */
  ifMatch?: string;
  /** Answer 304 without a body when the object has one of these entity tags. */
  ifNoneMatch?: string;
  /** Answer 304 without a body when the object was not changed since. Not regarded next to `If-None-Match`, or when it is no date of HTTP. */
  ifModifiedSince?: string;
  /** Answer only when the object was not changed since; otherwise 412. Not regarded next to `If-Match`, or when it is no date of HTTP. */
  ifUnmodifiedSince?: string;
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Download an object.
 *
 * The bytes of an object, as they were uploaded. `HEAD` answers with the same headers and no body.
 *
 * A `Range` of bytes answers 206 with these bytes, and 416 when the object has none of them. Of several ranges in one header
 * none is regarded, as RFC 9110 allows, and the answer is the whole object. The conditions are those of RFC 9110.
 *
 * Browsers save the object under the last segment of its key, unless `disposition=inline` asks them to show it. What is shown runs
 * without scripts and without the cookies of this server.
 *
 * Scope: `storage:read`.
 */
export function getObject(client: Client, workspaceId: models.WorkspaceId, path: string, params?: GetObjectParams, options?: GetObjectOptions): APIPromise<ReadableStream<Uint8Array>> {
  return client.request({ method: 'GET', path: `/v1/storage/${segment('workspaceId', workspaceId)}/objects/${segment('path', path)}`, query: params, headers: { Range: options?.range, "If-Range": options?.ifRange, "If-Match": options?.ifMatch, "If-None-Match": options?.ifNoneMatch, "If-Modified-Since": options?.ifModifiedSince, "If-Unmodified-Since": options?.ifUnmodifiedSince, "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, response: 'stream' }, options);
}

/** Options of `putObject`. */
export interface PutObjectOptions extends RequestOptions {
  /**
   * Change the object only when it has one of these entity tags, `*` being any. Otherwise, and when there is no object, the answer
   * is 412.
   */
  ifMatch?: string;
  /** With `*`, write only when there is no object with the key. Otherwise the answer is 412. */
  ifNoneMatch?: string;
  /** MD5 of the body in base64. A body that has another is refused with 400, and nothing is stored. */
  contentMd5?: string;
  /** SHA-256 of the body in base64 or in hexadecimal. A body that has another is refused with 400, and nothing is stored. */
  checksumSha256?: string;
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Upload an object.
 *
 * Stores the bytes of the body under the key in the path, in the place of the object that has the key. It is all or nothing:
 * an upload that is refused, is cut off, or breaks the conditions or the digest, leaves what was there.
 *
 * A key may have slashes, dots and any character of Unicode but U+0000, and 1,024 bytes in UTF-8. No segment may be `..`.
 * Characters that mean something in a URL are percent-encoded, such as `?`, `#` and `%`; a slash may be.
 *
 * An object may be as large as the plan allows. When `Content-Length` says that it would not fit, it is refused with 403
 * before the body is read; without `Content-Length`, at the byte that is too much. What takes longer than an hour is
 * uploaded in parts.
 *
 * Scope: `storage:write`.
 */
export function putObject(client: Client, workspaceId: models.WorkspaceId, path: string, body?: Blob | ReadableStream<Uint8Array>, options?: PutObjectOptions): APIPromise<models.Object> {
  return client.request({ method: 'PUT', path: `/v1/storage/${segment('workspaceId', workspaceId)}/objects/${segment('path', path)}`, headers: { "If-Match": options?.ifMatch, "If-None-Match": options?.ifNoneMatch, "Content-MD5": options?.contentMd5, "x-checksum-sha256": options?.checksumSha256, "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, body, type: '*/*', keyed: true, sends: true }, options);
}

/** Options of `deleteObject`. */
export interface DeleteObjectOptions extends RequestOptions {
  /**
   * Change the object only when it has one of these entity tags, `*` being any. Otherwise, and when there is no object, the answer
   * is 412.
   */
  ifMatch?: string;
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Delete an object.
 *
 * Deletes an object. Its bytes are gone from the storage a minute or two later.
 *
 * Scope: `storage:write`.
 */
export function deleteObject(client: Client, workspaceId: models.WorkspaceId, path: string, options?: DeleteObjectOptions): APIPromise<void> {
  return client.request({ method: 'DELETE', path: `/v1/storage/${segment('workspaceId', workspaceId)}/objects/${segment('path', path)}`, headers: { "If-Match": options?.ifMatch, "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, keyed: true }, options);
}

/** Options of `copyObject`. */
export interface CopyObjectOptions extends RequestOptions {
  /**
   * Change the object only when it has one of these entity tags, `*` being any. Otherwise, and when there is no object, the answer
   * is 412.
   */
  ifMatch?: string;
  /** With `*`, write only when there is no object with the key. Otherwise the answer is 412. */
  ifNoneMatch?: string;
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Copy an object.
 *
 * Makes the object `to` have the bytes of the object `from`, at once and however large it is. The copy counts in the plan like any
 * other object. An object can be copied onto itself to change its content type. The conditions are those of `to`.
 *
 * Scope: `storage:write`.
 */
export function copyObject(client: Client, workspaceId: models.WorkspaceId, body: models.ObjectCopy, options?: CopyObjectOptions): APIPromise<models.Object> {
  return client.request({ method: 'POST', path: `/v1/storage/${segment('workspaceId', workspaceId)}/copies`, headers: { "If-Match": options?.ifMatch, "If-None-Match": options?.ifNoneMatch, "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, body, keyed: true }, options);
}

/** Options of `createObjectLink`. */
export interface CreateObjectLinkOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Make a link to an object.
 *
 * Makes a URL with which whoever has it can download (`GET`) or upload (`PUT`) one object without credentials, until it ends. The
 * object need not be there yet. A link works as long as its time has not ended and the tenant and the workspace are active; it
 * cannot be taken back earlier, so let it live as short as possible.
 *
 * Scope: `storage:write`.
 */
export function createObjectLink(client: Client, workspaceId: models.WorkspaceId, body: models.ObjectLinkCreate, options?: CreateObjectLinkOptions): APIPromise<models.ObjectLink> {
  return client.request({ method: 'POST', path: `/v1/storage/${segment('workspaceId', workspaceId)}/links`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, body, keyed: true }, options);
}

/** Parameters of `getLinkedObject`. */
export interface GetLinkedObjectParams {
  /** When the link ends, in seconds since 1970. */
  expires: number;
  /** Signature of the link. */
  signature: string;
  /** Whether browsers save the object or show it. */
  disposition?: NonNullable<models.GetLinkedObjectData['query']>['disposition'];
}

/** Options of `getLinkedObject`. */
export interface GetLinkedObjectOptions extends RequestOptions {
  /** Which bytes to answer with, such as `bytes=0-1023`, `bytes=1024-` or `bytes=-512`. What has another form is not regarded. */
  range?: string;
  /** Entity tag or date of the object that `Range` is meant for. When the object is another by now, the answer is the whole object. */
  ifRange?: string;
  /** Answer only when the object has one of these entity tags, `*` being any; otherwise 412. */
  ifMatch?: string;
  /** Answer 304 without a body when the object has one of these entity tags. */
  ifNoneMatch?: string;
  /** Answer 304 without a body when the object was not changed since. Not regarded next to `If-None-Match`, or when it is no date of HTTP. */
  ifModifiedSince?: string;
  /** Answer only when the object was not changed since; otherwise 412. Not regarded next to `If-Match`, or when it is no date of HTTP. */
  ifUnmodifiedSince?: string;
}

/**
 * Download an object by a link.
 *
 * The bytes of the object of a link that `createObjectLink` made for `GET`. It is the URL of that link; nothing else is needed.
 * It answers as `getObject` does.
 */
export function getLinkedObject(client: Client, workspaceId: models.WorkspaceId, path: string, params: GetLinkedObjectParams, options?: GetLinkedObjectOptions): APIPromise<ReadableStream<Uint8Array>> {
  return client.request({ method: 'GET', path: `/v1/storage/${segment('workspaceId', workspaceId)}/links/${segment('path', path)}`, query: params, headers: { Range: options?.range, "If-Range": options?.ifRange, "If-Match": options?.ifMatch, "If-None-Match": options?.ifNoneMatch, "If-Modified-Since": options?.ifModifiedSince, "If-Unmodified-Since": options?.ifUnmodifiedSince }, auth: 'none', response: 'stream' }, options);
}

/** Parameters of `putLinkedObject`. */
export interface PutLinkedObjectParams {
  /** When the link ends, in seconds since 1970. */
  expires: number;
  /** Signature of the link. */
  signature: string;
  /** The content type that the link was made for; absent when it was made for any. */
  contentType?: string;
}

/** Options of `putLinkedObject`. */
export interface PutLinkedObjectOptions extends RequestOptions {
  /**
   * Change the object only when it has one of these entity tags, `*` being any. Otherwise, and when there is no object, the answer
   * is 412.
   */
  ifMatch?: string;
  /** With `*`, write only when there is no object with the key. Otherwise the answer is 412. */
  ifNoneMatch?: string;
  /** MD5 of the body in base64. A body that has another is refused with 400, and nothing is stored. */
  contentMd5?: string;
  /** SHA-256 of the body in base64 or in hexadecimal. A body that has another is refused with 400, and nothing is stored. */
  checksumSha256?: string;
}

/**
 * Upload an object by a link.
 *
 * Stores the bytes of the body as the object of a link that `createObjectLink` made for `PUT`. It is the URL of that link;
 * nothing else is needed. It answers as `putObject` does, and what it stores counts in the plan of the workspace.
 */
export function putLinkedObject(client: Client, workspaceId: models.WorkspaceId, path: string, body: Blob | ReadableStream<Uint8Array> | undefined, params: PutLinkedObjectParams, options?: PutLinkedObjectOptions): APIPromise<models.Object> {
  return client.request({ method: 'PUT', path: `/v1/storage/${segment('workspaceId', workspaceId)}/links/${segment('path', path)}`, query: params, headers: { "If-Match": options?.ifMatch, "If-None-Match": options?.ifNoneMatch, "Content-MD5": options?.contentMd5, "x-checksum-sha256": options?.checksumSha256 }, body, type: '*/*', auth: 'none', sends: true }, options);
}

/** Parameters of `listUploads`. */
export interface ListUploadsParams {
  /** How many items a page may have. The last page, and only that, may have fewer. */
  limit?: number;
  /**
   * `nextCursor` of the page before. Opaque, and bound to this list and its filters: one that was altered or comes from
   * elsewhere is refused with 400 and the code `INVALID_CURSOR`. Absent: the first page.
   */
  cursor?: string;
}

/** Options of `listUploads`. */
export interface ListUploadsOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * List open uploads.
 *
 * The uploads in parts that are neither completed nor aborted, the oldest first.
 *
 * Scope: `storage:read`.
 */
export function listUploads(client: Client, workspaceId: models.WorkspaceId, params?: ListUploadsParams, options?: ListUploadsOptions): PagePromise<models.Upload, models.UploadList> {
  return new PagePromise(client, { method: 'GET', path: `/v1/storage/${segment('workspaceId', workspaceId)}/uploads`, query: params, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() } }, options, { items: 'items', cursor: 'page.nextCursor' });
}

/** Options of `createUpload`. */
export interface CreateUploadOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Begin an upload in parts.
 *
 * Begins the upload of an object in parts, for objects that are large or whose bytes come from several places. Nothing changes
 * at the key until the upload is completed. It ends by itself after seven days. A workspace has 100 open uploads at
 * most.
 *
 * Scope: `storage:write`.
 */
export function createUpload(client: Client, workspaceId: models.WorkspaceId, body: models.UploadCreate, options?: CreateUploadOptions): APIPromise<models.Upload> {
  return client.request({ method: 'POST', path: `/v1/storage/${segment('workspaceId', workspaceId)}/uploads`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, body, keyed: true }, options);
}

/** Options of `getUpload`. */
export interface GetUploadOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Get an open upload with its parts.
 *
 * An upload in parts that is open, with all parts that were written.
 *
 * Scope: `storage:read`.
 */
export function getUpload(client: Client, workspaceId: models.WorkspaceId, uploadId: models.UploadId, options?: GetUploadOptions): APIPromise<models.UploadWithParts> {
  return client.request({ method: 'GET', path: `/v1/storage/${segment('workspaceId', workspaceId)}/uploads/${segment('uploadId', uploadId)}`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() } }, options);
}

/** Options of `abortUpload`. */
export interface AbortUploadOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Abort an upload.
 *
 * Ends an upload in parts and deletes its parts.
 *
 * Scope: `storage:write`.
 */
export function abortUpload(client: Client, workspaceId: models.WorkspaceId, uploadId: models.UploadId, options?: AbortUploadOptions): APIPromise<void> {
  return client.request({ method: 'DELETE', path: `/v1/storage/${segment('workspaceId', workspaceId)}/uploads/${segment('uploadId', uploadId)}`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, keyed: true }, options);
}

/** Options of `putUploadPart`. */
export interface PutUploadPartOptions extends RequestOptions {
  /** MD5 of the body in base64. A body that has another is refused with 400, and nothing is stored. */
  contentMd5?: string;
  /** SHA-256 of the body in base64 or in hexadecimal. A body that has another is refused with 400, and nothing is stored. */
  checksumSha256?: string;
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Upload a part.
 *
 * Stores the bytes of the body as a part, in the place of the one that has the number. Parts may have any size, come in
 * any order and be written at the same time. They count in the plan.
 *
 * Scope: `storage:write`.
 */
export function putUploadPart(client: Client, workspaceId: models.WorkspaceId, uploadId: models.UploadId, partNumber: number, body?: Blob | ReadableStream<Uint8Array>, options?: PutUploadPartOptions): APIPromise<models.UploadPart> {
  return client.request({ method: 'PUT', path: `/v1/storage/${segment('workspaceId', workspaceId)}/uploads/${segment('uploadId', uploadId)}/parts/${segment('partNumber', partNumber)}`, headers: { "Content-MD5": options?.contentMd5, "x-checksum-sha256": options?.checksumSha256, "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, body, type: '*/*', keyed: true, sends: true }, options);
}

/** Options of `completeUpload`. */
export interface CompleteUploadOptions extends RequestOptions {
  /**
   * Change the object only when it has one of these entity tags, `*` being any. Otherwise, and when there is no object, the answer
   * is 412.
   */
  ifMatch?: string;
  /** With `*`, write only when there is no object with the key. Otherwise the answer is 412. */
  ifNoneMatch?: string;
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Complete an upload.
 *
 * Makes an object of the parts of an upload, in one step and in the order of their numbers. With `parts`, it has these and the others
 * are deleted; without, it has all.
 *
 * Scope: `storage:write`.
 */
export function completeUpload(client: Client, workspaceId: models.WorkspaceId, uploadId: models.UploadId, body: models.UploadComplete, options?: CompleteUploadOptions): APIPromise<models.Object> {
  return client.request({ method: 'POST', path: `/v1/storage/${segment('workspaceId', workspaceId)}/uploads/${segment('uploadId', uploadId)}/complete`, headers: { "If-Match": options?.ifMatch, "If-None-Match": options?.ifNoneMatch, "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, body, keyed: true }, options);
}

/** Parameters of `listCollections`. */
export interface ListCollectionsParams {
  /** How many items a page may have. The last page, and only that, may have fewer. */
  limit?: number;
  /**
   * `nextCursor` of the page before. Opaque, and bound to this list and its filters: one that was altered or comes from
   * elsewhere is refused with 400 and the code `INVALID_CURSOR`. Absent: the first page.
   */
  cursor?: string;
}

/** Options of `listCollections`. */
export interface ListCollectionsOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * List collections.
 *
 * The collections of a workspace, in the order of the bytes of their names. A collection comes into being with its first document.
 *
 * Scope: `mongo:read`.
 */
export function listCollections(client: Client, workspaceId: models.WorkspaceId, params?: ListCollectionsParams, options?: ListCollectionsOptions): PagePromise<models.Collection, models.CollectionList> {
  return new PagePromise(client, { method: 'GET', path: `/v1/mongo/${segment('workspaceId', workspaceId)}/collections`, query: params, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() } }, options, { items: 'items', cursor: 'page.nextCursor' });
}

/** Options of `deleteCollection`. */
export interface DeleteCollectionOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Delete a collection.
 *
 * Deletes a collection with all its documents and indexes.
 *
 * Scope: `mongo:write`.
 */
export function deleteCollection(client: Client, workspaceId: models.WorkspaceId, collection: models.CollectionName, options?: DeleteCollectionOptions): APIPromise<void> {
  return client.request({ method: 'DELETE', path: `/v1/mongo/${segment('workspaceId', workspaceId)}/collections/${segment('collection', collection)}`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, keyed: true }, options);
}

/** Parameters of `listDocuments`. */
export interface ListDocumentsParams {
  /** Which documents, as a filter of MongoDB in JSON. Absent, all. */
  filter?: string;
  /**
   * What to show of each document: fields separated by commas, with a hyphen before each that is left out, or a projection of
   * MongoDB in JSON.
   */
  projection?: string;
  /**
   * The order: fields separated by commas, with a hyphen before each that descends, or an object in JSON. Values of different types
   * are in MongoDB's order.
   */
  sort?: string;
  /** How many documents a page may have. */
  limit?: number;
  /** How many documents that match come before the page. */
  skip?: number;
  /** What the operation takes by other names, such as filters by the names of columns or members. */
  [name: string]: unknown;
}

/** Options of `listDocuments`. */
export interface ListDocumentsOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Query documents.
 *
 * The documents of a collection that match a filter of MongoDB's query language. A collection that is not there has none.
 *
 * A filter is `filter`, an object in JSON, or any number of parameters `filter.<field>=<value>`, where the field may be a path
 * such as `address.city` and the value equals: a number, `true`, `false` and `null` are what they look like, and
 * anything else, and what stands in double quotes, is text. What is sent of both must match. Values that JSON does not have
 * are Extended JSON: `{"$oid": "…"}`, `{"$date": "…"}`, `{"$numberLong": "…"}`, `{"$numberDecimal": "…"}`.
 *
 * Without `sort` documents come in the order in which they were inserted, or in that of the index that is used. Operators that
 * run code, such as `$where`, are refused. What would take too much memory or more than 30 seconds is refused with 422.
 *
 * Scope: `mongo:read`.
 */
export function listDocuments(client: Client, workspaceId: models.WorkspaceId, collection: models.CollectionName, params?: ListDocumentsParams, options?: ListDocumentsOptions): APIPromise<models.DocumentPage> {
  return client.request({ method: 'GET', path: `/v1/mongo/${segment('workspaceId', workspaceId)}/collections/${segment('collection', collection)}/documents`, query: params, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() } }, options);
}

/** Options of `insertDocuments`. */
export interface InsertDocumentsOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Insert documents.
 *
 * Inserts one document, or all of an array: all or none. A document without `_id` gets an ObjectId. An `_id` that is taken,
 * and a value that a unique index has already, is refused with 409.
 *
 * Scope: `mongo:write`.
 */
export function insertDocuments(client: Client, workspaceId: models.WorkspaceId, collection: models.CollectionName, body: models.DocumentInsert, options?: InsertDocumentsOptions): APIPromise<models.DocumentsInserted> {
  return client.request({ method: 'POST', path: `/v1/mongo/${segment('workspaceId', workspaceId)}/collections/${segment('collection', collection)}/documents`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, body, keyed: true }, options);
}

/** Parameters of `getDocument`. */
export interface GetDocumentParams {
  /**
   * What to show of each document: fields separated by commas, with a hyphen before each that is left out, or a projection of
   * MongoDB in JSON.
   */
  projection?: string;
}

/** Options of `getDocument`. */
export interface GetDocumentOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Get a document.
 *
 * The document with an id. An id of 24 hexadecimal digits is an ObjectId, any other one a string.
 *
 * Scope: `mongo:read`.
 */
export function getDocument(client: Client, workspaceId: models.WorkspaceId, collection: models.CollectionName, documentId: string, params?: GetDocumentParams, options?: GetDocumentOptions): APIPromise<models.DocumentResult> {
  return client.request({ method: 'GET', path: `/v1/mongo/${segment('workspaceId', workspaceId)}/collections/${segment('collection', collection)}/documents/${segment('documentId', documentId)}`, query: params, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() } }, options);
}

/** Parameters of `replaceDocument`. */
export interface ReplaceDocumentParams {
  /** Whether a document is made when there is none with the id. */
  upsert?: boolean;
}

/** Options of `replaceDocument`. */
export interface ReplaceDocumentOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Replace a document.
 *
 * Puts another document in the place of the one with an id. `_id` stays; when the body has one, it must be the same.
 *
 * Scope: `mongo:write`.
 */
export function replaceDocument(client: Client, workspaceId: models.WorkspaceId, collection: models.CollectionName, documentId: string, body: models.Document, params?: ReplaceDocumentParams, options?: ReplaceDocumentOptions): APIPromise<models.DocumentResult> {
  return client.request({ method: 'PUT', path: `/v1/mongo/${segment('workspaceId', workspaceId)}/collections/${segment('collection', collection)}/documents/${segment('documentId', documentId)}`, query: params, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, body, keyed: true }, options);
}

/** Options of `deleteDocument`. */
export interface DeleteDocumentOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Delete a document.
 *
 * Deletes the document with an id.
 *
 * Scope: `mongo:write`.
 */
export function deleteDocument(client: Client, workspaceId: models.WorkspaceId, collection: models.CollectionName, documentId: string, options?: DeleteDocumentOptions): APIPromise<void> {
  return client.request({ method: 'DELETE', path: `/v1/mongo/${segment('workspaceId', workspaceId)}/collections/${segment('collection', collection)}/documents/${segment('documentId', documentId)}`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, keyed: true }, options);
}

/** Parameters of `updateDocument`. */
export interface UpdateDocumentParams {
  /** Whether a document is made when there is none with the id. */
  upsert?: boolean;
  /** Which elements of arrays the placeholders of the update mean: an array of filters in JSON. */
  arrayFilters?: string;
}

/** Options of `updateDocument`. */
export interface UpdateDocumentOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Update a document.
 *
 * Changes the document with an id by update operators of MongoDB, such as `$set`, `$inc` and `$push`, or by a pipeline of them in
 * an array. It is one step: nobody sees half of it, and two that `$inc` both count. `_id` stays.
 *
 * Scope: `mongo:write`.
 */
export function updateDocument(client: Client, workspaceId: models.WorkspaceId, collection: models.CollectionName, documentId: string, body: models.DocumentUpdate, params?: UpdateDocumentParams, options?: UpdateDocumentOptions): APIPromise<models.DocumentResult> {
  return client.request({ method: 'PATCH', path: `/v1/mongo/${segment('workspaceId', workspaceId)}/collections/${segment('collection', collection)}/documents/${segment('documentId', documentId)}`, query: params, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, body, keyed: true }, options);
}

/** Options of `bulkDocuments`. */
export interface BulkDocumentsOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Change many documents.
 *
 * Runs up to 100 operations one after the other, in one transaction: all of them or none. Each is an object with one
 * member, `insertOne`, `updateOne`, `updateMany`, `replaceOne`, `deleteOne` or `deleteMany`. The error of an operation
 * points at it, as in `/operations/3`.
 *
 * Scope: `mongo:write`.
 */
export function bulkDocuments(client: Client, workspaceId: models.WorkspaceId, collection: models.CollectionName, body: models.DocumentBulk, options?: BulkDocumentsOptions): APIPromise<models.DocumentBulkResult> {
  return client.request({ method: 'POST', path: `/v1/mongo/${segment('workspaceId', workspaceId)}/collections/${segment('collection', collection)}/bulk`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, body, keyed: true }, options);
}

/** Options of `aggregateDocuments`. */
export interface AggregateDocumentsOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Aggregate documents.
 *
 * Runs a pipeline of up to 12 stages over the documents of a collection. `$out`, `$merge` and stages that run code are refused. `$lookup`,
 * one at most, reads a collection of the same workspace. What would take too much memory or more than 30 seconds, and a result of more
 * than 16 MB, is refused with 422.
 *
 * Scope: `mongo:read`.
 */
export function aggregateDocuments(client: Client, workspaceId: models.WorkspaceId, collection: models.CollectionName, body: models.DocumentPipeline, options?: AggregateDocumentsOptions): APIPromise<models.DocumentResults> {
  return client.request({ method: 'POST', path: `/v1/mongo/${segment('workspaceId', workspaceId)}/collections/${segment('collection', collection)}/aggregate`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, body, keyed: true }, options);
}

/** Options of `listDocumentIndexes`. */
export interface ListDocumentIndexesOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * List indexes.
 *
 * All indexes of a collection, in the order in which they were made. That of `_id` is not among them; every collection has it.
 *
 * Scope: `mongo:read`.
 */
export function listDocumentIndexes(client: Client, workspaceId: models.WorkspaceId, collection: models.CollectionName, options?: ListDocumentIndexesOptions): APIPromise<models.DocumentIndexList> {
  return client.request({ method: 'GET', path: `/v1/mongo/${segment('workspaceId', workspaceId)}/collections/${segment('collection', collection)}/indexes`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() } }, options);
}

/** Options of `createDocumentIndex`. */
export interface CreateDocumentIndexOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Create an index.
 *
 * Makes an index over up to 8 fields, of which one may be an array in a document. A collection that is not there comes into being. It
 * is refused with 409 when the collection has another index of the name, or when it should be unique and two documents have the
 * same values. A collection has 32 indexes at most.
 *
 * Scope: `mongo:write`.
 */
export function createDocumentIndex(client: Client, workspaceId: models.WorkspaceId, collection: models.CollectionName, body: models.DocumentIndexCreate, options?: CreateDocumentIndexOptions): APIPromise<models.DocumentIndex> {
  return client.request({ method: 'POST', path: `/v1/mongo/${segment('workspaceId', workspaceId)}/collections/${segment('collection', collection)}/indexes`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, body, keyed: true }, options);
}

/** Options of `deleteDocumentIndex`. */
export interface DeleteDocumentIndexOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Delete an index.
 *
 * Deletes an index by its name.
 *
 * Scope: `mongo:write`.
 */
export function deleteDocumentIndex(client: Client, workspaceId: models.WorkspaceId, collection: models.CollectionName, index: models.IndexName, options?: DeleteDocumentIndexOptions): APIPromise<void> {
  return client.request({ method: 'DELETE', path: `/v1/mongo/${segment('workspaceId', workspaceId)}/collections/${segment('collection', collection)}/indexes/${segment('index', index)}`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, keyed: true }, options);
}

/** Parameters of `explainQuery`. */
export interface ExplainQueryParams {
  /** Which documents, as a filter of MongoDB in JSON. Absent, all. */
  filter?: string;
  /**
   * What to show of each document: fields separated by commas, with a hyphen before each that is left out, or a projection of
   * MongoDB in JSON.
   */
  projection?: string;
  /**
   * The order: fields separated by commas, with a hyphen before each that descends, or an object in JSON. Values of different types
   * are in MongoDB's order.
   */
  sort?: string;
  /** How many documents a page may have. */
  limit?: number;
  /** How many documents that match come before the page. */
  skip?: number;
  /** What the operation takes by other names, such as filters by the names of columns or members. */
  [name: string]: unknown;
}

/** Options of `explainQuery`. */
export interface ExplainQueryOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Explain a query.
 *
 * How `listDocuments` would read what it is asked for with the same parameters. No document is read.
 *
 * Scope: `mongo:read`.
 */
export function explainQuery(client: Client, workspaceId: models.WorkspaceId, collection: models.CollectionName, params?: ExplainQueryParams, options?: ExplainQueryOptions): APIPromise<models.DocumentPlan> {
  return client.request({ method: 'GET', path: `/v1/mongo/${segment('workspaceId', workspaceId)}/collections/${segment('collection', collection)}/explain`, query: params, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() } }, options);
}

/** Options of `explainPipeline`. */
export interface ExplainPipelineOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Explain a pipeline.
 *
 * How `aggregateDocuments` would read the documents of the collection for a pipeline. No document is read.
 *
 * Scope: `mongo:read`.
 */
export function explainPipeline(client: Client, workspaceId: models.WorkspaceId, collection: models.CollectionName, body: models.DocumentPipeline, options?: ExplainPipelineOptions): APIPromise<models.DocumentPlan> {
  return client.request({ method: 'POST', path: `/v1/mongo/${segment('workspaceId', workspaceId)}/collections/${segment('collection', collection)}/explain`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, body, keyed: true }, options);
}

/** Parameters of `listTables`. */
export interface ListTablesParams {
  /** How many items a page may have. The last page, and only that, may have fewer. */
  limit?: number;
  /**
   * `nextCursor` of the page before. Opaque, and bound to this list and its filters: one that was altered or comes from
   * elsewhere is refused with 400 and the code `INVALID_CURSOR`. Absent: the first page.
   */
  cursor?: string;
}

/** Options of `listTables`. */
export interface ListTablesOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * List tables.
 *
 * The tables of a workspace with their columns, keys and indexes, in the order of their names.
 *
 * Scope: `postgres:read`.
 */
export function listTables(client: Client, workspaceId: models.WorkspaceId, params?: ListTablesParams, options?: ListTablesOptions): PagePromise<models.Table, models.TableList> {
  return new PagePromise(client, { method: 'GET', path: `/v1/postgres/${segment('workspaceId', workspaceId)}/tables`, query: params, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() } }, options, { items: 'items', cursor: 'page.nextCursor' });
}

/** Options of `createTable`. */
export interface CreateTableOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Create a table.
 *
 * Makes a table. Names are letters, digits and underscores, do not begin with a digit, and are unique without regard to case.
 * A table without a primary key can be read and filled; its rows cannot be named one by one.
 *
 * More tables than the plan allows are refused with 403 and the code `FEATURE_LIMIT_REACHED`.
 *
 * Scope: `postgres:write`.
 */
export function createTable(client: Client, workspaceId: models.WorkspaceId, body: models.TableCreate, options?: CreateTableOptions): APIPromise<models.Table> {
  return client.request({ method: 'POST', path: `/v1/postgres/${segment('workspaceId', workspaceId)}/tables`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, body, keyed: true }, options);
}

/** Options of `getTable`. */
export interface GetTableOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Get a table.
 *
 * A table with its columns, keys and indexes.
 *
 * Scope: `postgres:read`.
 */
export function getTable(client: Client, workspaceId: models.WorkspaceId, table: string, options?: GetTableOptions): APIPromise<models.Table> {
  return client.request({ method: 'GET', path: `/v1/postgres/${segment('workspaceId', workspaceId)}/tables/${segment('table', table)}`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() } }, options);
}

/** Options of `deleteTable`. */
export interface DeleteTableOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Delete a table.
 *
 * Deletes a table with its rows. A table that another one refers to stays, and the answer is 422.
 *
 * Scope: `postgres:write`.
 */
export function deleteTable(client: Client, workspaceId: models.WorkspaceId, table: string, options?: DeleteTableOptions): APIPromise<void> {
  return client.request({ method: 'DELETE', path: `/v1/postgres/${segment('workspaceId', workspaceId)}/tables/${segment('table', table)}`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, keyed: true }, options);
}

/** Options of `updateTable`. */
export interface UpdateTableOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Change a table.
 *
 * Renames a table and its columns, adds and drops columns and indexes: all of it or nothing. What is renamed is renamed first, what is
 * dropped goes next, and what is added comes last.
 *
 * Scope: `postgres:write`.
 */
export function updateTable(client: Client, workspaceId: models.WorkspaceId, table: string, body: models.TableUpdate, options?: UpdateTableOptions): APIPromise<models.Table> {
  return client.request({ method: 'PATCH', path: `/v1/postgres/${segment('workspaceId', workspaceId)}/tables/${segment('table', table)}`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, body, keyed: true }, options);
}

/** Parameters of `listRows`. */
export interface ListRowsParams {
  /** Columns, members of JSON, aggregates and embedded tables to answer with, separated by commas. Absent, all columns. */
  select?: string;
  /** Columns to order by, each with `.asc` or `.desc` and `.nullsfirst` or `.nullslast`. */
  order?: string;
  /** How many rows a page may have, 20 unless sent. */
  limit?: number;
  /** How many rows to leave out before the first, none unless sent. */
  offset?: number;
  /** Conditions that all hold, in parentheses. */
  and?: string;
  /** Conditions of which one holds, in parentheses. */
  or?: string;
  /** What the operation takes by other names, such as filters by the names of columns or members. */
  [name: string]: unknown;
}

/** Options of `listRows`. */
export interface ListRowsOptions extends RequestOptions {
  /**
   * What PostgREST's clients may wish: `return=representation|minimal|headers-only`, `count=exact|planned|estimated`,
   * `resolution=merge-duplicates|ignore-duplicates`, `missing=default`, `max-affected=…`, `handling=strict|lenient`,
   * `tx=commit|rollback`.
   */
  prefer?: string;
  /** The rows to answer with, such as `0-9`, in place of `limit` and `offset`. */
  range?: string;
  /** The unit of `Range`, `items`. Only clients of PostgREST send it. */
  rangeUnit?: string;
  /** The client library. Only clients of PostgREST send it. */
  clientInfo?: string;
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Query rows.
 *
 * The rows of a table that meet all filters. A filter is a parameter `column=operator.value`, such as `price=gte.10`, `name=ilike.*chair*`
 * or `status=in.(new,paid)`; a column may have several. `and`, `or` and `not` combine them: `or=(price.lt.10,stock.eq.0)`.
 * `select` chooses columns, renames them (`total:amount`), casts them (`amount::text`), reads members of JSON (`data->>name`), and
 * embeds rows of tables that a foreign key leads to: `id,customer:customers(name,email)`.
 *
 * The grammar is PostgREST's. A request with a header that only its clients send (`Accept: application/vnd.pgrst…` or `text/csv`,
 * `Prefer`, `Range-Unit`, `X-Client-Info`) is answered as below `rest`: with bare arrays, `Content-Range`, and PostgREST's statuses and
 * errors. What an engine has not is refused with 400 and the code `OPERATOR_NOT_SUPPORTED`.
 *
 * Scope: `postgres:read`.
 */
export function listRows(client: Client, workspaceId: models.WorkspaceId, table: string, params?: ListRowsParams, options?: ListRowsOptions): APIPromise<models.RowPage> {
  return client.request({ method: 'GET', path: `/v1/postgres/${segment('workspaceId', workspaceId)}/rows/${segment('table', table)}`, query: params, headers: { Prefer: options?.prefer, Range: options?.range, "Range-Unit": options?.rangeUnit, "X-Client-Info": options?.clientInfo, "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() } }, options);
}

/** Parameters of `insertRows`. */
export interface InsertRowsParams {
  /** Columns, members of JSON, aggregates and embedded tables to answer with, separated by commas. Absent, all columns. */
  select?: string;
  /** The columns to write, separated by commas. Other members of a row are not regarded. */
  columns?: string;
  /** Columns of the unique key by which an upsert finds the rows that are there. Absent, the primary key. */
  on_conflict?: string;
  /** What the operation takes by other names, such as filters by the names of columns or members. */
  [name: string]: unknown;
}

/** Options of `insertRows`. */
export interface InsertRowsOptions extends RequestOptions {
  /**
   * What PostgREST's clients may wish: `return=representation|minimal|headers-only`, `count=exact|planned|estimated`,
   * `resolution=merge-duplicates|ignore-duplicates`, `missing=default`, `max-affected=…`, `handling=strict|lenient`,
   * `tx=commit|rollback`.
   */
  prefer?: string;
  /** The client library. Only clients of PostgREST send it. */
  clientInfo?: string;
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Insert rows.
 *
 * Inserts the row of an object, or those of an array, or those of a CSV file whose first line names the columns: all of them or none.
 * Columns that a row does not have get their defaults. `on_conflict` with `Prefer: resolution=merge-duplicates` or
 * `ignore-duplicates` makes it an upsert.
 *
 * Scope: `postgres:write`.
 */
export function insertRows(client: Client, workspaceId: models.WorkspaceId, table: string, body: models.RowsIn, params?: InsertRowsParams, options?: InsertRowsOptions): APIPromise<models.RowsInserted> {
  return client.request({ method: 'POST', path: `/v1/postgres/${segment('workspaceId', workspaceId)}/rows/${segment('table', table)}`, query: params, headers: { Prefer: options?.prefer, "X-Client-Info": options?.clientInfo, "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, body, keyed: true }, options);
}

/** Parameters of `deleteRows`. */
export interface DeleteRowsParams {
  /** With `true`, a request without a filter means every row. */
  all?: boolean;
  /** Columns, members of JSON, aggregates and embedded tables to answer with, separated by commas. Absent, all columns. */
  select?: string;
  /** Columns to order by, each with `.asc` or `.desc` and `.nullsfirst` or `.nullslast`. */
  order?: string;
  /** How many rows a page may have, 20 unless sent. */
  limit?: number;
  /** What the operation takes by other names, such as filters by the names of columns or members. */
  [name: string]: unknown;
}

/** Options of `deleteRows`. */
export interface DeleteRowsOptions extends RequestOptions {
  /**
   * What PostgREST's clients may wish: `return=representation|minimal|headers-only`, `count=exact|planned|estimated`,
   * `resolution=merge-duplicates|ignore-duplicates`, `missing=default`, `max-affected=…`, `handling=strict|lenient`,
   * `tx=commit|rollback`.
   */
  prefer?: string;
  /** The client library. Only clients of PostgREST send it. */
  clientInfo?: string;
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Delete rows.
 *
 * Deletes all rows that meet the filters. Without a filter nothing is deleted and the answer is 400, unless `all=true` says that every row
 * is meant.
 *
 * Scope: `postgres:write`.
 */
export function deleteRows(client: Client, workspaceId: models.WorkspaceId, table: string, params?: DeleteRowsParams, options?: DeleteRowsOptions): APIPromise<models.RowsDeleted> {
  return client.request({ method: 'DELETE', path: `/v1/postgres/${segment('workspaceId', workspaceId)}/rows/${segment('table', table)}`, query: params, headers: { Prefer: options?.prefer, "X-Client-Info": options?.clientInfo, "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, keyed: true }, options);
}

/** Parameters of `updateRows`. */
export interface UpdateRowsParams {
  /** With `true`, a request without a filter means every row. */
  all?: boolean;
  /** Columns, members of JSON, aggregates and embedded tables to answer with, separated by commas. Absent, all columns. */
  select?: string;
  /** Columns to order by, each with `.asc` or `.desc` and `.nullsfirst` or `.nullslast`. */
  order?: string;
  /** How many rows a page may have, 20 unless sent. */
  limit?: number;
  /** The columns to write, separated by commas. Other members of a row are not regarded. */
  columns?: string;
  /** What the operation takes by other names, such as filters by the names of columns or members. */
  [name: string]: unknown;
}

/** Options of `updateRows`. */
export interface UpdateRowsOptions extends RequestOptions {
  /**
   * What PostgREST's clients may wish: `return=representation|minimal|headers-only`, `count=exact|planned|estimated`,
   * `resolution=merge-duplicates|ignore-duplicates`, `missing=default`, `max-affected=…`, `handling=strict|lenient`,
   * `tx=commit|rollback`.
   */
  prefer?: string;
  /** The client library. Only clients of PostgREST send it. */
  clientInfo?: string;
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Update rows.
 *
 * Sets columns of all rows that meet the filters. Without a filter nothing is changed and the answer is 400, unless `all=true` says that
 * every row is meant.
 *
 * Scope: `postgres:write`.
 */
export function updateRows(client: Client, workspaceId: models.WorkspaceId, table: string, body: models.Row, params?: UpdateRowsParams, options?: UpdateRowsOptions): APIPromise<models.RowsUpdated> {
  return client.request({ method: 'PATCH', path: `/v1/postgres/${segment('workspaceId', workspaceId)}/rows/${segment('table', table)}`, query: params, headers: { Prefer: options?.prefer, "X-Client-Info": options?.clientInfo, "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, body, keyed: true }, options);
}

/** Parameters of `getRow`. */
export interface GetRowParams {
  /** Columns, members of JSON, aggregates and embedded tables to answer with, separated by commas. Absent, all columns. */
  select?: string;
  /** What the operation takes by other names, such as filters by the names of columns or members. */
  [name: string]: unknown;
}

/** Options of `getRow`. */
export interface GetRowOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Get a row.
 *
 * The row with a primary key.
 *
 * Scope: `postgres:read`.
 */
export function getRow(client: Client, workspaceId: models.WorkspaceId, table: string, primaryKey: string, params?: GetRowParams, options?: GetRowOptions): APIPromise<models.RowAnswer> {
  return client.request({ method: 'GET', path: `/v1/postgres/${segment('workspaceId', workspaceId)}/rows/${segment('table', table)}/${segment('primaryKey', primaryKey)}`, query: params, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() } }, options);
}

/** Parameters of `deleteRow`. */
export interface DeleteRowParams {
  /** What the operation takes by other names, such as filters by the names of columns or members. */
  [name: string]: unknown;
}

/** Options of `deleteRow`. */
export interface DeleteRowOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Delete a row.
 *
 * Deletes the row with a primary key.
 *
 * Scope: `postgres:write`.
 */
export function deleteRow(client: Client, workspaceId: models.WorkspaceId, table: string, primaryKey: string, params?: DeleteRowParams, options?: DeleteRowOptions): APIPromise<models.RowsDeleted> {
  return client.request({ method: 'DELETE', path: `/v1/postgres/${segment('workspaceId', workspaceId)}/rows/${segment('table', table)}/${segment('primaryKey', primaryKey)}`, query: params, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, keyed: true }, options);
}

/** Parameters of `updateRow`. */
export interface UpdateRowParams {
  /** Columns, members of JSON, aggregates and embedded tables to answer with, separated by commas. Absent, all columns. */
  select?: string;
  /** What the operation takes by other names, such as filters by the names of columns or members. */
  [name: string]: unknown;
}

/** Options of `updateRow`. */
export interface UpdateRowOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Update a row.
 *
 * Sets columns of the row with a primary key.
 *
 * Scope: `postgres:write`.
 */
export function updateRow(client: Client, workspaceId: models.WorkspaceId, table: string, primaryKey: string, body: models.Row, params?: UpdateRowParams, options?: UpdateRowOptions): APIPromise<models.RowAnswer> {
  return client.request({ method: 'PATCH', path: `/v1/postgres/${segment('workspaceId', workspaceId)}/rows/${segment('table', table)}/${segment('primaryKey', primaryKey)}`, query: params, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, body, keyed: true }, options);
}

/** Parameters of `restRead`. */
export interface RestReadParams {
  /** What the operation takes by other names, such as filters by the names of columns or members. */
  [name: string]: unknown;
}

/** Options of `restRead`. */
export interface RestReadOptions extends RequestOptions {
  /**
   * What PostgREST's clients may wish: `return=representation|minimal|headers-only`, `count=exact|planned|estimated`,
   * `resolution=merge-duplicates|ignore-duplicates`, `missing=default`, `max-affected=…`, `handling=strict|lenient`,
   * `tx=commit|rollback`.
   */
  prefer?: string;
  /** The rows to answer with, such as `0-9`, in place of `limit` and `offset`. */
  range?: string;
  /** The unit of `Range`, `items`. Only clients of PostgREST send it. */
  rangeUnit?: string;
  /** The client library. Only clients of PostgREST send it. */
  clientInfo?: string;
  /** The version of the API that the caller is written for; the newest one unless sent. */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. The answer repeats it, and our logs have it; unless sent, it is one of ours. */
  correlationId?: string;
}

/**
 * Query rows as PostgREST does.
 *
 * The rows of a table, as a bare array. Stock clients of PostgREST work with the URL up to `rest` and an `Authorization` header.
 * `HEAD` answers with the same headers and no body.
 *
 * Scope: `postgres:read`.
 */
export function restRead(client: Client, workspaceId: models.WorkspaceId, table: string, params?: RestReadParams, options?: RestReadOptions): APIPromise<models.RowArray> {
  return client.request({ method: 'GET', path: `/v1/postgres/${segment('workspaceId', workspaceId)}/rest/${segment('table', table)}`, query: params, headers: { Prefer: options?.prefer, Range: options?.range, "Range-Unit": options?.rangeUnit, "X-Client-Info": options?.clientInfo, "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId } }, options);
}

/** Parameters of `restPut`. */
export interface RestPutParams {
  /** What the operation takes by other names, such as filters by the names of columns or members. */
  [name: string]: unknown;
}

/** Options of `restPut`. */
export interface RestPutOptions extends RequestOptions {
  /**
   * What PostgREST's clients may wish: `return=representation|minimal|headers-only`, `count=exact|planned|estimated`,
   * `resolution=merge-duplicates|ignore-duplicates`, `missing=default`, `max-affected=…`, `handling=strict|lenient`,
   * `tx=commit|rollback`.
   */
  prefer?: string;
  /** The client library. Only clients of PostgREST send it. */
  clientInfo?: string;
  /** The version of the API that the caller is written for; the newest one unless sent. */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. The answer repeats it, and our logs have it; unless sent, it is one of ours. */
  correlationId?: string;
}

/**
 * Upsert a row as PostgREST does.
 *
 * Inserts the row whose primary key the filters name, or replaces it.
 *
 * Scope: `postgres:write`.
 */
export function restPut(client: Client, workspaceId: models.WorkspaceId, table: string, body?: NonNullable<models.RestPutData['body']>, params?: RestPutParams, options?: RestPutOptions): APIPromise<models.RowArray> {
  return client.request({ method: 'PUT', path: `/v1/postgres/${segment('workspaceId', workspaceId)}/rest/${segment('table', table)}`, query: params, headers: { Prefer: options?.prefer, "X-Client-Info": options?.clientInfo, "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId }, body, type: '*/*', keyed: true }, options);
}

/** Parameters of `restInsert`. */
export interface RestInsertParams {
  /** What the operation takes by other names, such as filters by the names of columns or members. */
  [name: string]: unknown;
}

/** Options of `restInsert`. */
export interface RestInsertOptions extends RequestOptions {
  /**
   * What PostgREST's clients may wish: `return=representation|minimal|headers-only`, `count=exact|planned|estimated`,
   * `resolution=merge-duplicates|ignore-duplicates`, `missing=default`, `max-affected=…`, `handling=strict|lenient`,
   * `tx=commit|rollback`.
   */
  prefer?: string;
  /** The client library. Only clients of PostgREST send it. */
  clientInfo?: string;
  /** The version of the API that the caller is written for; the newest one unless sent. */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. The answer repeats it, and our logs have it; unless sent, it is one of ours. */
  correlationId?: string;
}

/**
 * Insert rows as PostgREST does.
 *
 * Inserts rows, or merges them with those that are there (`Prefer: resolution=…`).
 *
 * Scope: `postgres:write`.
 */
export function restInsert(client: Client, workspaceId: models.WorkspaceId, table: string, body?: NonNullable<models.RestInsertData['body']>, params?: RestInsertParams, options?: RestInsertOptions): APIPromise<models.RowArray> {
  return client.request({ method: 'POST', path: `/v1/postgres/${segment('workspaceId', workspaceId)}/rest/${segment('table', table)}`, query: params, headers: { Prefer: options?.prefer, "X-Client-Info": options?.clientInfo, "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId }, body, type: '*/*', keyed: true }, options);
}

/** Parameters of `restDelete`. */
export interface RestDeleteParams {
  /** What the operation takes by other names, such as filters by the names of columns or members. */
  [name: string]: unknown;
}

/** Options of `restDelete`. */
export interface RestDeleteOptions extends RequestOptions {
  /**
   * What PostgREST's clients may wish: `return=representation|minimal|headers-only`, `count=exact|planned|estimated`,
   * `resolution=merge-duplicates|ignore-duplicates`, `missing=default`, `max-affected=…`, `handling=strict|lenient`,
   * `tx=commit|rollback`.
   */
  prefer?: string;
  /** The client library. Only clients of PostgREST send it. */
  clientInfo?: string;
  /** The version of the API that the caller is written for; the newest one unless sent. */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. The answer repeats it, and our logs have it; unless sent, it is one of ours. */
  correlationId?: string;
}

/**
 * Delete rows as PostgREST does.
 *
 * Deletes the rows that meet the filters. Without a filter the answer is 400, unless `all=true`.
 *
 * Scope: `postgres:write`.
 */
export function restDelete(client: Client, workspaceId: models.WorkspaceId, table: string, params?: RestDeleteParams, options?: RestDeleteOptions): APIPromise<models.RowArray> {
  return client.request({ method: 'DELETE', path: `/v1/postgres/${segment('workspaceId', workspaceId)}/rest/${segment('table', table)}`, query: params, headers: { Prefer: options?.prefer, "X-Client-Info": options?.clientInfo, "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId }, keyed: true }, options);
}

/** Parameters of `restUpdate`. */
export interface RestUpdateParams {
  /** What the operation takes by other names, such as filters by the names of columns or members. */
  [name: string]: unknown;
}

/** Options of `restUpdate`. */
export interface RestUpdateOptions extends RequestOptions {
  /**
   * What PostgREST's clients may wish: `return=representation|minimal|headers-only`, `count=exact|planned|estimated`,
   * `resolution=merge-duplicates|ignore-duplicates`, `missing=default`, `max-affected=…`, `handling=strict|lenient`,
   * `tx=commit|rollback`.
   */
  prefer?: string;
  /** The client library. Only clients of PostgREST send it. */
  clientInfo?: string;
  /** The version of the API that the caller is written for; the newest one unless sent. */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. The answer repeats it, and our logs have it; unless sent, it is one of ours. */
  correlationId?: string;
}

/**
 * Update rows as PostgREST does.
 *
 * Sets columns of the rows that meet the filters. Without a filter the answer is 400, unless `all=true`.
 *
 * Scope: `postgres:write`.
 */
export function restUpdate(client: Client, workspaceId: models.WorkspaceId, table: string, body?: NonNullable<models.RestUpdateData['body']>, params?: RestUpdateParams, options?: RestUpdateOptions): APIPromise<models.RowArray> {
  return client.request({ method: 'PATCH', path: `/v1/postgres/${segment('workspaceId', workspaceId)}/rest/${segment('table', table)}`, query: params, headers: { Prefer: options?.prefer, "X-Client-Info": options?.clientInfo, "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId }, body, type: '*/*', keyed: true }, options);
}

/** Options of `publishEvents`. */
export interface PublishEventsOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Publish events.
 *
 * Stores an event, or all of an array: all or none. The answer comes when they are durable. A topic that does not exist is made by
 * its first event, with one partition. Events with the same key are in one partition and keep their order; those without a key take
 * turns through the partitions. A payload has 256 KB at most. It is delivered at least once.
 *
 * Scope: `events:publish`.
 */
export function publishEvents(client: Client, workspaceId: models.WorkspaceId, body: models.EventPublish, options?: PublishEventsOptions): APIPromise<models.Publication> {
  return client.request({ method: 'POST', path: `/v1/events/${segment('workspaceId', workspaceId)}/publish`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, body, keyed: true }, options);
}

/** Parameters of `listTopics`. */
export interface ListTopicsParams {
  /** How many items a page may have. The last page, and only that, may have fewer. */
  limit?: number;
  /**
   * `nextCursor` of the page before. Opaque, and bound to this list and its filters: one that was altered or comes from
   * elsewhere is refused with 400 and the code `INVALID_CURSOR`. Absent: the first page.
   */
  cursor?: string;
}

/** Options of `listTopics`. */
export interface ListTopicsOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * List topics.
 *
 * The topics of a workspace, in the order of the bytes of their names.
 *
 * Scope: `events:read`.
 */
export function listTopics(client: Client, workspaceId: models.WorkspaceId, params?: ListTopicsParams, options?: ListTopicsOptions): PagePromise<models.Topic, models.TopicList> {
  return new PagePromise(client, { method: 'GET', path: `/v1/events/${segment('workspaceId', workspaceId)}/topics`, query: params, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() } }, options, { items: 'items', cursor: 'page.nextCursor' });
}

/** Options of `createTopic`. */
export interface CreateTopicOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Create a topic.
 *
 * Makes a topic. One with the name is refused with 409.
 *
 * Scope: `events:write`.
 */
export function createTopic(client: Client, workspaceId: models.WorkspaceId, body: models.TopicCreate, options?: CreateTopicOptions): APIPromise<models.Topic> {
  return client.request({ method: 'POST', path: `/v1/events/${segment('workspaceId', workspaceId)}/topics`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, body, keyed: true }, options);
}

/** Options of `getTopic`. */
export interface GetTopicOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Get a topic.
 *
 * A topic, with how much is in it.
 *
 * Scope: `events:read`.
 */
export function getTopic(client: Client, workspaceId: models.WorkspaceId, topic: models.TopicName, options?: GetTopicOptions): APIPromise<models.Topic> {
  return client.request({ method: 'GET', path: `/v1/events/${segment('workspaceId', workspaceId)}/topics/${segment('topic', topic)}`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() } }, options);
}

/** Options of `deleteTopic`. */
export interface DeleteTopicOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Delete a topic.
 *
 * Deletes a topic with its events. A topic that is made later with the name begins again at the offset 0.
 *
 * Scope: `events:write`.
 */
export function deleteTopic(client: Client, workspaceId: models.WorkspaceId, topic: models.TopicName, options?: DeleteTopicOptions): APIPromise<void> {
  return client.request({ method: 'DELETE', path: `/v1/events/${segment('workspaceId', workspaceId)}/topics/${segment('topic', topic)}`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, keyed: true }, options);
}

/** Options of `updateTopic`. */
export interface UpdateTopicOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Update a topic.
 *
 * Changes the members that are sent. Partitions can be added and not taken away: fewer are refused with 422. When there are more, a
 * key may belong to another partition than before, so that events with the key are in order from then on only.
 *
 * Scope: `events:write`.
 */
export function updateTopic(client: Client, workspaceId: models.WorkspaceId, topic: models.TopicName, body: models.TopicUpdate, options?: UpdateTopicOptions): APIPromise<models.Topic> {
  return client.request({ method: 'PATCH', path: `/v1/events/${segment('workspaceId', workspaceId)}/topics/${segment('topic', topic)}`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, body, keyed: true }, options);
}

/** Parameters of `listMessages`. */
export interface ListMessagesParams {
  /** Only messages of one partition. Absent, those of all. */
  partition?: number;
  /**
   * Where to begin: an offset, in each partition, or a time in the form of RFC 3339, which stands for the first event that was accepted
   * then or later. Absent, at the oldest that is kept.
   */
  from?: string;
  /** How many items a page may have. The last page, and only that, may have fewer. */
  limit?: number;
  /**
   * `nextCursor` of the page before. Opaque, and bound to this list and its filters: one that was altered or comes from
   * elsewhere is refused with 400 and the code `INVALID_CURSOR`. Absent: the first page.
   */
  cursor?: string;
}

/** Options of `listMessages`. */
export interface ListMessagesOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * List messages.
 *
 * The events of a topic that are still kept, the oldest first. With `partition` those of one; otherwise those of all partitions, merged
 * by the time at which they were accepted, and in the order of each partition. A page has `limit` events at most, and fewer when
 * they are large.
 *
 * Scope: `events:read`.
 */
export function listMessages(client: Client, workspaceId: models.WorkspaceId, topic: models.TopicName, params?: ListMessagesParams, options?: ListMessagesOptions): PagePromise<models.Message, models.MessageList> {
  return new PagePromise(client, { method: 'GET', path: `/v1/events/${segment('workspaceId', workspaceId)}/topics/${segment('topic', topic)}/messages`, query: params, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() } }, options, { items: 'items', cursor: 'page.nextCursor' });
}

/** Options of `listGroups`. */
export interface ListGroupsOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * List groups.
 *
 * The groups of consumers of a topic, at most 32, in the order of the bytes of their names.
 *
 * Scope: `events:read`.
 */
export function listGroups(client: Client, workspaceId: models.WorkspaceId, topic: models.TopicName, options?: ListGroupsOptions): APIPromise<models.GroupList> {
  return client.request({ method: 'GET', path: `/v1/events/${segment('workspaceId', workspaceId)}/topics/${segment('topic', topic)}/groups`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() } }, options);
}

/** Options of `getGroup`. */
export interface GetGroupOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Get a group.
 *
 * Where a group stands in each partition, its members, and how many events wait for it.
 *
 * Scope: `events:read`.
 */
export function getGroup(client: Client, workspaceId: models.WorkspaceId, topic: models.TopicName, group: models.GroupName, options?: GetGroupOptions): APIPromise<models.Group> {
  return client.request({ method: 'GET', path: `/v1/events/${segment('workspaceId', workspaceId)}/topics/${segment('topic', topic)}/groups/${segment('group', group)}`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() } }, options);
}

/** Options of `deleteGroup`. */
export interface DeleteGroupOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Delete a group.
 *
 * Forgets where a group stands. When a member polls again, the group begins with the oldest event that is kept.
 *
 * Scope: `events:write`.
 */
export function deleteGroup(client: Client, workspaceId: models.WorkspaceId, topic: models.TopicName, group: models.GroupName, options?: DeleteGroupOptions): APIPromise<void> {
  return client.request({ method: 'DELETE', path: `/v1/events/${segment('workspaceId', workspaceId)}/topics/${segment('topic', topic)}/groups/${segment('group', group)}`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, keyed: true }, options);
}

/** Options of `pollGroup`. */
export interface PollGroupOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Poll for events.
 *
 * Gives a member of a group events of the partitions that are its own, from the first that is not committed. The partitions are
 * divided among the members that were heard of in the last 30 seconds; a member that is silent for longer loses its own to the others.
 * What is not committed is delivered again, to the same member with its next poll. With `waitSeconds` the answer waits for
 * an event. A group that does not exist is made, and begins with the oldest event that is kept. A topic has 32 groups at most, a
 * group 64 members; more are refused with 409.
 *
 * Scope: `events:read`.
 */
export function pollGroup(client: Client, workspaceId: models.WorkspaceId, topic: models.TopicName, group: models.GroupName, body: models.GroupPoll, options?: PollGroupOptions): APIPromise<models.GroupPolled> {
  return client.request({ method: 'POST', path: `/v1/events/${segment('workspaceId', workspaceId)}/topics/${segment('topic', topic)}/groups/${segment('group', group)}/poll`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, body, keyed: true }, options);
}

/** Options of `commitGroup`. */
export interface CommitGroupOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Commit offsets.
 *
 * Says that a member is done with the events in front of the offsets: all of them or none. A partition that is another member's by now is
 * refused with 409 and `PARTITION_LOST`, an offset beyond what the member was given with 422 and `OFFSET_NOT_DELIVERED`. An
 * offset that the group has passed changes nothing.
 *
 * Scope: `events:read`.
 */
export function commitGroup(client: Client, workspaceId: models.WorkspaceId, topic: models.TopicName, group: models.GroupName, body: models.GroupCommit, options?: CommitGroupOptions): APIPromise<void> {
  return client.request({ method: 'POST', path: `/v1/events/${segment('workspaceId', workspaceId)}/topics/${segment('topic', topic)}/groups/${segment('group', group)}/commit`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, body, keyed: true }, options);
}

/** Parameters of `listRealms`. */
export interface ListRealmsParams {
  /** How many items a page may have. The last page, and only that, may have fewer. */
  limit?: number;
  /**
   * `nextCursor` of the page before. Opaque, and bound to this list and its filters: one that was altered or comes from
   * elsewhere is refused with 400 and the code `INVALID_CURSOR`. Absent: the first page.
   */
  cursor?: string;
}

/** Options of `listRealms`. */
export interface ListRealmsOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * List realms.
 *
 * The realms of your tenant. A realm is where the people and programs of a tenant prove who they are: every tenant has
 * one, named by its slug. Its issuer serves OpenID Connect below `issuer`.
 *
 * Scope: `iam:read`.
 */
export function listRealms(client: Client, params?: ListRealmsParams, options?: ListRealmsOptions): PagePromise<models.Realm, models.RealmList> {
  return new PagePromise(client, { method: 'GET', path: '/v1/iam/realms', query: params, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() } }, options, { items: 'items', cursor: 'page.nextCursor' });
}

/** Parameters of `listRealmClients`. */
export interface ListRealmClientsParams {
  /** How many items a page may have. The last page, and only that, may have fewer. */
  limit?: number;
  /**
   * `nextCursor` of the page before. Opaque, and bound to this list and its filters: one that was altered or comes from
   * elsewhere is refused with 400 and the code `INVALID_CURSOR`. Absent: the first page.
   */
  cursor?: string;
}

/** Options of `listRealmClients`. */
export interface ListRealmClientsOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * List clients of a realm.
 *
 * The OAuth 2.0 clients of a realm, the newest first, without their secrets.
 *
 * Scope: `iam:read`.
 */
export function listRealmClients(client: Client, realmId: string, params?: ListRealmClientsParams, options?: ListRealmClientsOptions): PagePromise<models.RealmClient, models.RealmClientList> {
  return new PagePromise(client, { method: 'GET', path: `/v1/iam/realms/${segment('realmId', realmId)}/clients`, query: params, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() } }, options, { items: 'items', cursor: 'page.nextCursor' });
}

/** Options of `createRealmClient`. */
export interface CreateRealmClientOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Create a client of a realm.
 *
 * Creates an OAuth 2.0 client. A `confidential` client has a secret, which is shown in this answer only; a `bearer_only` one
 * asks for no tokens. A realm can have 200 clients. Roles of a service account that allow more than you may are refused with 403.
 *
 * Scope: `iam:write`.
 */
export function createRealmClient(client: Client, realmId: string, body: models.RealmClientCreate, options?: CreateRealmClientOptions): APIPromise<models.RealmClientCreated> {
  return client.request({ method: 'POST', path: `/v1/iam/realms/${segment('realmId', realmId)}/clients`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, body, keyed: true }, options);
}

/** Options of `getRealmClient`. */
export interface GetRealmClientOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Get a client of a realm.
 *
 * One client, without its secret.
 *
 * Scope: `iam:read`.
 */
export function getRealmClient(client: Client, realmId: string, realmClientId: models.RealmClientId, options?: GetRealmClientOptions): APIPromise<models.RealmClient> {
  return client.request({ method: 'GET', path: `/v1/iam/realms/${segment('realmId', realmId)}/clients/${segment('realmClientId', realmClientId)}`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() } }, options);
}

/** Options of `deleteRealmClient`. */
export interface DeleteRealmClientOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Delete a client of a realm.
 *
 * Ends a client with its service account and all sessions that came through it. The client `console`, which every realm has,
 * stays: 409.
 *
 * Scope: `iam:write`.
 */
export function deleteRealmClient(client: Client, realmId: string, realmClientId: models.RealmClientId, options?: DeleteRealmClientOptions): APIPromise<void> {
  return client.request({ method: 'DELETE', path: `/v1/iam/realms/${segment('realmId', realmId)}/clients/${segment('realmClientId', realmClientId)}`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, keyed: true }, options);
}

/** Options of `rotateRealmClientSecret`. */
export interface RotateRealmClientSecretOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Rotate the secret of a client.
 *
 * Makes a new secret, which is shown in this answer only. The former one is refused from then on; tokens that it got go on
 * until they end. A client without a secret is refused with 409.
 *
 * Scope: `iam:write`.
 */
export function rotateRealmClientSecret(client: Client, realmId: string, realmClientId: models.RealmClientId, options?: RotateRealmClientSecretOptions): APIPromise<models.RealmClientCreated> {
  return client.request({ method: 'POST', path: `/v1/iam/realms/${segment('realmId', realmId)}/clients/${segment('realmClientId', realmClientId)}/rotate-secret`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, keyed: true }, options);
}

/** Parameters of `listRealmRoles`. */
export interface ListRealmRolesParams {
  /** How many items a page may have. The last page, and only that, may have fewer. */
  limit?: number;
  /**
   * `nextCursor` of the page before. Opaque, and bound to this list and its filters: one that was altered or comes from
   * elsewhere is refused with 400 and the code `INVALID_CURSOR`. Absent: the first page.
   */
  cursor?: string;
}

/** Options of `listRealmRoles`. */
export interface ListRealmRolesOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * List roles of a realm.
 *
 * The roles that users of a realm can have: those that allow something in this API (`tenant_admin`, …), and those that were
 * made for your own applications.
 *
 * Scope: `iam:read`.
 */
export function listRealmRoles(client: Client, realmId: string, params?: ListRealmRolesParams, options?: ListRealmRolesOptions): PagePromise<models.RealmRole, models.RealmRoleList> {
  return new PagePromise(client, { method: 'GET', path: `/v1/iam/realms/${segment('realmId', realmId)}/roles`, query: params, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() } }, options, { items: 'items', cursor: 'page.nextCursor' });
}

/** Options of `createRealmRole`. */
export interface CreateRealmRoleOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Create a role of a realm.
 *
 * Creates a role for your own applications, which find it in `realm_access.roles` of a token. It allows nothing in this API. A
 * realm can have 200 roles.
 *
 * Scope: `iam:write`.
 */
export function createRealmRole(client: Client, realmId: string, body: models.RealmRoleCreate, options?: CreateRealmRoleOptions): APIPromise<models.RealmRole> {
  return client.request({ method: 'POST', path: `/v1/iam/realms/${segment('realmId', realmId)}/roles`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, body, keyed: true }, options);
}

/** Options of `deleteRealmRole`. */
export interface DeleteRealmRoleOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Delete a role of a realm.
 *
 * Deletes a role and takes it from those who have it. The roles that allow something in this API stay: 409.
 *
 * Scope: `iam:write`.
 */
export function deleteRealmRole(client: Client, realmId: string, roleName: string, options?: DeleteRealmRoleOptions): APIPromise<void> {
  return client.request({ method: 'DELETE', path: `/v1/iam/realms/${segment('realmId', realmId)}/roles/${segment('roleName', roleName)}`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, keyed: true }, options);
}

/** Parameters of `listRealmUsers`. */
export interface ListRealmUsersParams {
  /** Only the user with this e-mail address, in lower case. */
  email?: string;
  /** Only the user with this name, in lower case. */
  username?: string;
  /** Only users with this status. */
  status?: models.RealmUserStatus;
  /** How many items a page may have. The last page, and only that, may have fewer. */
  limit?: number;
  /**
   * `nextCursor` of the page before. Opaque, and bound to this list and its filters: one that was altered or comes from
   * elsewhere is refused with 400 and the code `INVALID_CURSOR`. Absent: the first page.
   */
  cursor?: string;
}

/** Options of `listRealmUsers`. */
export interface ListRealmUsersOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * List users of a realm.
 *
 * The people of a realm, without the service accounts of clients: the newest first. Where a Keycloak server keeps the realms
 * they are by name.
 *
 * Scope: `iam:read`.
 */
export function listRealmUsers(client: Client, realmId: string, params?: ListRealmUsersParams, options?: ListRealmUsersOptions): PagePromise<models.RealmUser, models.RealmUserList> {
  return new PagePromise(client, { method: 'GET', path: `/v1/iam/realms/${segment('realmId', realmId)}/users`, query: params, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() } }, options, { items: 'items', cursor: 'page.nextCursor' });
}

/** Options of `createRealmUser`. */
export interface CreateRealmUserOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Create a user of a realm.
 *
 * Creates a person. With a password they can sign in at once; without one the answer has an invitation, whose link is shown once.
 * Roles that allow more than you may are refused with 403. The plan says how many users a tenant can have.
 *
 * Scope: `iam:write`.
 */
export function createRealmUser(client: Client, realmId: string, body: models.RealmUserCreate, options?: CreateRealmUserOptions): APIPromise<models.RealmUserCreated> {
  return client.request({ method: 'POST', path: `/v1/iam/realms/${segment('realmId', realmId)}/users`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, body, keyed: true }, options);
}

/** Options of `getRealmUser`. */
export interface GetRealmUserOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Get a user of a realm.
 *
 * One person of a realm.
 *
 * Scope: `iam:read`.
 */
export function getRealmUser(client: Client, realmId: string, userId: models.UserId, options?: GetRealmUserOptions): APIPromise<models.RealmUser> {
  return client.request({ method: 'GET', path: `/v1/iam/realms/${segment('realmId', realmId)}/users/${segment('userId', userId)}`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() } }, options);
}

/** Options of `deleteRealmUser`. */
export interface DeleteRealmUserOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Delete a user of a realm.
 *
 * Deletes a user with all sessions, and ends the membership in the tenant. Nobody deletes themselves.
 *
 * Scope: `iam:write`.
 */
export function deleteRealmUser(client: Client, realmId: string, userId: models.UserId, options?: DeleteRealmUserOptions): APIPromise<void> {
  return client.request({ method: 'DELETE', path: `/v1/iam/realms/${segment('realmId', realmId)}/users/${segment('userId', userId)}`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, keyed: true }, options);
}

/** Options of `updateRealmUser`. */
export interface UpdateRealmUserOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Change a user of a realm.
 *
 * Changes the name, or disables or enables the user. Who is disabled has no sessions left: tokens are refused at once by the
 * process that answers, within 60 seconds by others. Nobody disables themselves.
 *
 * Scope: `iam:write`.
 */
export function updateRealmUser(client: Client, realmId: string, userId: models.UserId, body: models.RealmUserUpdate, options?: UpdateRealmUserOptions): APIPromise<models.RealmUser> {
  return client.request({ method: 'PATCH', path: `/v1/iam/realms/${segment('realmId', realmId)}/users/${segment('userId', userId)}`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, body, keyed: true }, options);
}

/** Options of `setRealmUserPassword`. */
export interface SetRealmUserPasswordOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Set the password of a user.
 *
 * Sets the password of a user, who can sign in from then on. Sessions go on; disable the user to end them.
 *
 * Scope: `iam:write`.
 */
export function setRealmUserPassword(client: Client, realmId: string, userId: models.UserId, body: models.RealmPassword, options?: SetRealmUserPasswordOptions): APIPromise<void> {
  return client.request({ method: 'PUT', path: `/v1/iam/realms/${segment('realmId', realmId)}/users/${segment('userId', userId)}/password`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, body, keyed: true }, options);
}

/** Options of `assignRealmUserRoles`. */
export interface AssignRealmUserRolesOptions extends RequestOptions {
  /**
   * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
   * lists the versions that are supported.
   */
  apiVersion?: models.ApiVersion;
  /** Identifies the request. Every answer repeats it, and our logs and the audit trail have it. */
  correlationId?: string;
}

/**
 * Set the roles of a user.
 *
 * Sets the roles of a user, in the place of all that the user has. Roles of a workspace come with `workspaceId`, and the user
 * is bound to it then. Roles that allow more than you may are refused with 403.
 *
 * Scope: `iam:write`.
 */
export function assignRealmUserRoles(client: Client, realmId: string, userId: models.UserId, body: models.RealmUserRoles, options?: AssignRealmUserRolesOptions): APIPromise<models.RealmUser> {
  return client.request({ method: 'PUT', path: `/v1/iam/realms/${segment('realmId', realmId)}/users/${segment('userId', userId)}/roles`, headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() }, body, keyed: true }, options);
}

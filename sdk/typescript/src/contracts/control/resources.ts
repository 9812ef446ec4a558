// Generated from the OpenAPI bundle by scripts/generate.mjs. Do not edit: run `make generate`.

import type { Client } from '../../client.js';
import { ControlBuilders } from '../../builders/control.js';
import type { PagePromise } from '../../pagination.js';
import type { APIPromise } from '../../promise.js';
import type * as models from './models.js';
import * as operations from './operations.js';
import type {
  GetPlatformHealthOptions,
  GetPlatformInfoOptions,
  CreateTokenOptions,
  RefreshTokenOptions,
  GetSignupPolicyOptions,
  AcceptInvitationOptions,
  ListTenantsParams,
  ListTenantsOptions,
  CreateTenantOptions,
  GetTenantOptions,
  DeleteTenantOptions,
  UpdateTenantOptions,
  ListWorkspacesParams,
  ListWorkspacesOptions,
  CreateWorkspaceOptions,
  GetWorkspaceOptions,
  DeleteWorkspaceOptions,
  UpdateWorkspaceOptions,
  ListServiceAccountsParams,
  ListServiceAccountsOptions,
  CreateServiceAccountOptions,
  GetServiceAccountOptions,
  DeleteServiceAccountOptions,
  RotateServiceAccountSecretOptions,
  ListApplicationsParams,
  ListApplicationsOptions,
  CreateApplicationOptions,
  GetApplicationOptions,
  DeleteApplicationOptions,
  RotateApplicationSecretOptions,
  ListObjectsParams,
  ListObjectsOptions,
  GetObjectParams,
  GetObjectOptions,
  PutObjectOptions,
  DeleteObjectOptions,
  CopyObjectOptions,
  CreateObjectLinkOptions,
  GetLinkedObjectParams,
  GetLinkedObjectOptions,
  PutLinkedObjectParams,
  PutLinkedObjectOptions,
  ListUploadsParams,
  ListUploadsOptions,
  CreateUploadOptions,
  GetUploadOptions,
  AbortUploadOptions,
  PutUploadPartOptions,
  CompleteUploadOptions,
  ListCollectionsParams,
  ListCollectionsOptions,
  DeleteCollectionOptions,
  ListDocumentsParams,
  ListDocumentsOptions,
  InsertDocumentsOptions,
  GetDocumentParams,
  GetDocumentOptions,
  ReplaceDocumentParams,
  ReplaceDocumentOptions,
  DeleteDocumentOptions,
  UpdateDocumentParams,
  UpdateDocumentOptions,
  BulkDocumentsOptions,
  AggregateDocumentsOptions,
  ListDocumentIndexesOptions,
  CreateDocumentIndexOptions,
  DeleteDocumentIndexOptions,
  ExplainQueryParams,
  ExplainQueryOptions,
  ExplainPipelineOptions,
  ListTablesParams,
  ListTablesOptions,
  CreateTableOptions,
  GetTableOptions,
  DeleteTableOptions,
  UpdateTableOptions,
  ListRowsParams,
  ListRowsOptions,
  InsertRowsParams,
  InsertRowsOptions,
  DeleteRowsParams,
  DeleteRowsOptions,
  UpdateRowsParams,
  UpdateRowsOptions,
  GetRowParams,
  GetRowOptions,
  DeleteRowParams,
  DeleteRowOptions,
  UpdateRowParams,
  UpdateRowOptions,
  RestReadParams,
  RestReadOptions,
  RestPutParams,
  RestPutOptions,
  RestInsertParams,
  RestInsertOptions,
  RestDeleteParams,
  RestDeleteOptions,
  RestUpdateParams,
  RestUpdateOptions,
  PublishEventsOptions,
  ListTopicsParams,
  ListTopicsOptions,
  CreateTopicOptions,
  GetTopicOptions,
  DeleteTopicOptions,
  UpdateTopicOptions,
  ListMessagesParams,
  ListMessagesOptions,
  ListGroupsOptions,
  GetGroupOptions,
  DeleteGroupOptions,
  PollGroupOptions,
  CommitGroupOptions,
  ListRealmsParams,
  ListRealmsOptions,
  ListRealmClientsParams,
  ListRealmClientsOptions,
  CreateRealmClientOptions,
  GetRealmClientOptions,
  DeleteRealmClientOptions,
  RotateRealmClientSecretOptions,
  ListRealmRolesParams,
  ListRealmRolesOptions,
  CreateRealmRoleOptions,
  DeleteRealmRoleOptions,
  ListRealmUsersParams,
  ListRealmUsersOptions,
  CreateRealmUserOptions,
  GetRealmUserOptions,
  DeleteRealmUserOptions,
  UpdateRealmUserOptions,
  SetRealmUserPasswordOptions,
  AssignRealmUserRolesOptions,
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
   * engine behind each. Only those who administer the platform see it.
   *
   * Scope: `platform:read`.
   */
  getInfo(options?: GetPlatformInfoOptions): APIPromise<models.PlatformInfo> {
    return operations.getPlatformInfo(this.#client, options);
  }
}

/** Tokens for people and programs, and the invitations of new users. */
export class AuthResource {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
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
  createToken(body: models.TokenRequest, options?: CreateTokenOptions): APIPromise<models.Token> {
    return operations.createToken(this.#client, body, options);
  }

  /**
   * Refresh an access token.
   *
   * Continues a session that was begun with a password and without a `client_id`. The refresh token is replaced by the one in the
   * answer; the use of an old one ends the session. Requests are limited per client address.
   */
  refreshToken(body: models.TokenRefresh, options?: RefreshTokenOptions): APIPromise<models.Token> {
    return operations.refreshToken(this.#client, body, options);
  }

  /**
   * Get the signup policy.
   *
   * How one becomes a user of this server, and what a password must be.
   */
  getSignupPolicy(options?: GetSignupPolicyOptions): APIPromise<models.SignupPolicy> {
    return operations.getSignupPolicy(this.#client, options);
  }

  /**
   * Accept an invitation.
   *
   * Sets the password of an invited user, who can sign in from then on. An invitation can be accepted once, within seven days;
   * afterwards, and for a token that is unknown, the answer is 404. Requests are limited per client address.
   */
  acceptInvitation(token: string, body: models.InvitationAccept, options?: AcceptInvitationOptions): APIPromise<models.InvitationAccepted> {
    return operations.acceptInvitation(this.#client, token, body, options);
  }
}

/** The organizations that use the platform. */
export class TenantsResource {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * List tenants.
   *
   * The tenants that you may see, the newest first: all of them with a role of the platform, otherwise your own.
   *
   * Scope: `tenants:read`.
   */
  list(params?: ListTenantsParams, options?: ListTenantsOptions): PagePromise<models.Tenant, models.TenantList> {
    return operations.listTenants(this.#client, params, options);
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
  create(body: models.TenantCreate, options?: CreateTenantOptions): APIPromise<models.TenantCreated> {
    return operations.createTenant(this.#client, body, options);
  }

  /**
   * Get a tenant.
   *
   * One tenant. Without a role of the platform, every tenant but your own is not found.
   *
   * Scope: `tenants:read`.
   */
  get(tenantId: models.TenantId, options?: GetTenantOptions): APIPromise<models.Tenant> {
    return operations.getTenant(this.#client, tenantId, options);
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
  delete(tenantId: models.TenantId, options?: DeleteTenantOptions): APIPromise<void> {
    return operations.deleteTenant(this.#client, tenantId, options);
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
  update(tenantId: models.TenantId, body: models.TenantUpdate, options?: UpdateTenantOptions): APIPromise<models.Tenant> {
    return operations.updateTenant(this.#client, tenantId, body, options);
  }
}

/** Where the data of a tenant is, and what it offers. */
export class WorkspacesResource {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * List workspaces.
   *
   * The workspaces of the tenant of your credentials, the newest first.
   *
   * Scope: `workspaces:read`.
   */
  list(params?: ListWorkspacesParams, options?: ListWorkspacesOptions): PagePromise<models.Workspace, models.WorkspaceList> {
    return operations.listWorkspaces(this.#client, params, options);
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
  create(body: models.WorkspaceCreate, options?: CreateWorkspaceOptions): APIPromise<models.Workspace> {
    return operations.createWorkspace(this.#client, body, options);
  }

  /**
   * Get a workspace.
   *
   * One workspace.
   *
   * Scope: `workspaces:read`.
   */
  get(workspaceId: models.WorkspaceId, options?: GetWorkspaceOptions): APIPromise<models.Workspace> {
    return operations.getWorkspace(this.#client, workspaceId, options);
  }

  /**
   * Delete a workspace.
   *
   * Deletes a workspace with what is in it: its keys, service accounts and applications end at once, its data is deleted in the
   * background. A tenant always has a workspace: the last one is refused with 409 and `LAST_WORKSPACE`.
   *
   * Scope: `workspaces:write`.
   */
  delete(workspaceId: models.WorkspaceId, options?: DeleteWorkspaceOptions): APIPromise<void> {
    return operations.deleteWorkspace(this.#client, workspaceId, options);
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
  update(workspaceId: models.WorkspaceId, body: models.WorkspaceUpdate, options?: UpdateWorkspaceOptions): APIPromise<models.Workspace> {
    return operations.updateWorkspace(this.#client, workspaceId, body, options);
  }
}

/** Identities of programs in a workspace. */
export class ServiceAccountsResource {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * List service accounts.
   *
   * The service accounts of a workspace, the newest first, without their secrets.
   *
   * Scope: `service-accounts:read`.
   */
  list(workspaceId: models.WorkspaceId, params?: ListServiceAccountsParams, options?: ListServiceAccountsOptions): PagePromise<models.ServiceAccount, models.ServiceAccountList> {
    return operations.listServiceAccounts(this.#client, workspaceId, params, options);
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
  create(workspaceId: models.WorkspaceId, body: models.ServiceAccountCreate, options?: CreateServiceAccountOptions): APIPromise<models.ServiceAccountCreated> {
    return operations.createServiceAccount(this.#client, workspaceId, body, options);
  }

  /**
   * Get a service account.
   *
   * One service account, without its secret.
   *
   * Scope: `service-accounts:read`.
   */
  get(workspaceId: models.WorkspaceId, serviceAccountId: models.ServiceAccountId, options?: GetServiceAccountOptions): APIPromise<models.ServiceAccount> {
    return operations.getServiceAccount(this.#client, workspaceId, serviceAccountId, options);
  }

  /**
   * Delete a service account.
   *
   * Ends a service account and its tokens: at once in the process that answers, within 30 seconds in others.
   *
   * Scope: `service-accounts:write`.
   */
  delete(workspaceId: models.WorkspaceId, serviceAccountId: models.ServiceAccountId, options?: DeleteServiceAccountOptions): APIPromise<void> {
    return operations.deleteServiceAccount(this.#client, workspaceId, serviceAccountId, options);
  }

  /**
   * Rotate the secret of a service account.
   *
   * Makes a new secret, which is shown in this answer only. The former one is refused from then on; tokens that it got go on
   * until they end.
   *
   * Scope: `service-accounts:write`.
   */
  rotateSecret(workspaceId: models.WorkspaceId, serviceAccountId: models.ServiceAccountId, options?: RotateServiceAccountSecretOptions): APIPromise<models.ServiceAccountCreated> {
    return operations.rotateServiceAccountSecret(this.#client, workspaceId, serviceAccountId, options);
  }
}

/** Programs that people of a workspace sign in with. */
export class ApplicationsResource {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * List applications.
   *
   * The applications of a workspace, the newest first, without their secrets.
   *
   * Scope: `applications:read`.
   */
  list(workspaceId: models.WorkspaceId, params?: ListApplicationsParams, options?: ListApplicationsOptions): PagePromise<models.Application, models.ApplicationList> {
    return operations.listApplications(this.#client, workspaceId, params, options);
  }

  /**
   * Create an application.
   *
   * Registers a program that people sign in with. A `confidential` one, such as a server, has a secret, which is shown in this
   * answer only; a `public` one, such as a page in a browser, has none. A workspace can have 100 applications.
   *
   * Scope: `applications:write`.
   */
  create(workspaceId: models.WorkspaceId, body: models.ApplicationCreate, options?: CreateApplicationOptions): APIPromise<models.ApplicationCreated> {
    return operations.createApplication(this.#client, workspaceId, body, options);
  }

  /**
   * Get an application.
   *
   * One application, without its secret.
   *
   * Scope: `applications:read`.
   */
  get(workspaceId: models.WorkspaceId, applicationId: models.ApplicationId, options?: GetApplicationOptions): APIPromise<models.Application> {
    return operations.getApplication(this.#client, workspaceId, applicationId, options);
  }

  /**
   * Delete an application.
   *
   * Ends an application.
   *
   * Scope: `applications:write`.
   */
  delete(workspaceId: models.WorkspaceId, applicationId: models.ApplicationId, options?: DeleteApplicationOptions): APIPromise<void> {
    return operations.deleteApplication(this.#client, workspaceId, applicationId, options);
  }

  /**
   * Rotate the secret of an application.
   *
   * Makes a new secret, which is shown in this answer only. The former one is refused from then on. A public application has no
   * secret: 422 and `APPLICATION_IS_PUBLIC`.
   *
   * Scope: `applications:write`.
   */
  rotateSecret(workspaceId: models.WorkspaceId, applicationId: models.ApplicationId, options?: RotateApplicationSecretOptions): APIPromise<models.ApplicationCreated> {
    return operations.rotateApplicationSecret(this.#client, workspaceId, applicationId, options);
  }
}

/** Objects of workspaces, which are bytes of any length under a key; uploads in parts, and links. */
export class StorageResource {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
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
  list(workspaceId: models.WorkspaceId, params?: ListObjectsParams, options?: ListObjectsOptions): PagePromise<models.Object, models.ObjectList> {
    return operations.listObjects(this.#client, workspaceId, params, options);
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
  get(workspaceId: models.WorkspaceId, path: string, params?: GetObjectParams, options?: GetObjectOptions): APIPromise<ReadableStream<Uint8Array>> {
    return operations.getObject(this.#client, workspaceId, path, params, options);
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
  put(workspaceId: models.WorkspaceId, path: string, body?: Blob | ReadableStream<Uint8Array>, options?: PutObjectOptions): APIPromise<models.Object> {
    return operations.putObject(this.#client, workspaceId, path, body, options);
  }

  /**
   * Delete an object.
   *
   * Deletes an object. Its bytes are gone from the storage a minute or two later.
   *
   * Scope: `storage:write`.
   */
  delete(workspaceId: models.WorkspaceId, path: string, options?: DeleteObjectOptions): APIPromise<void> {
    return operations.deleteObject(this.#client, workspaceId, path, options);
  }

  /**
   * Copy an object.
   *
   * Makes the object `to` have the bytes of the object `from`, at once and however large it is. The copy counts in the plan like any
   * other object. An object can be copied onto itself to change its content type. The conditions are those of `to`.
   *
   * Scope: `storage:write`.
   */
  copy(workspaceId: models.WorkspaceId, body: models.ObjectCopy, options?: CopyObjectOptions): APIPromise<models.Object> {
    return operations.copyObject(this.#client, workspaceId, body, options);
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
  createLink(workspaceId: models.WorkspaceId, body: models.ObjectLinkCreate, options?: CreateObjectLinkOptions): APIPromise<models.ObjectLink> {
    return operations.createObjectLink(this.#client, workspaceId, body, options);
  }

  /**
   * Download an object by a link.
   *
   * The bytes of the object of a link that `createObjectLink` made for `GET`. It is the URL of that link; nothing else is needed.
   * It answers as `getObject` does.
   */
  getLinked(workspaceId: models.WorkspaceId, path: string, params: GetLinkedObjectParams, options?: GetLinkedObjectOptions): APIPromise<ReadableStream<Uint8Array>> {
    return operations.getLinkedObject(this.#client, workspaceId, path, params, options);
  }

  /**
   * Upload an object by a link.
   *
   * Stores the bytes of the body as the object of a link that `createObjectLink` made for `PUT`. It is the URL of that link;
   * nothing else is needed. It answers as `putObject` does, and what it stores counts in the plan of the workspace.
   */
  putLinked(workspaceId: models.WorkspaceId, path: string, body: Blob | ReadableStream<Uint8Array> | undefined, params: PutLinkedObjectParams, options?: PutLinkedObjectOptions): APIPromise<models.Object> {
    return operations.putLinkedObject(this.#client, workspaceId, path, body, params, options);
  }

  /**
   * List open uploads.
   *
   * The uploads in parts that are neither completed nor aborted, the oldest first.
   *
   * Scope: `storage:read`.
   */
  listUploads(workspaceId: models.WorkspaceId, params?: ListUploadsParams, options?: ListUploadsOptions): PagePromise<models.Upload, models.UploadList> {
    return operations.listUploads(this.#client, workspaceId, params, options);
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
  createUpload(workspaceId: models.WorkspaceId, body: models.UploadCreate, options?: CreateUploadOptions): APIPromise<models.Upload> {
    return operations.createUpload(this.#client, workspaceId, body, options);
  }

  /**
   * Get an open upload with its parts.
   *
   * An upload in parts that is open, with all parts that were written.
   *
   * Scope: `storage:read`.
   */
  getUpload(workspaceId: models.WorkspaceId, uploadId: models.UploadId, options?: GetUploadOptions): APIPromise<models.UploadWithParts> {
    return operations.getUpload(this.#client, workspaceId, uploadId, options);
  }

  /**
   * Abort an upload.
   *
   * Ends an upload in parts and deletes its parts.
   *
   * Scope: `storage:write`.
   */
  abortUpload(workspaceId: models.WorkspaceId, uploadId: models.UploadId, options?: AbortUploadOptions): APIPromise<void> {
    return operations.abortUpload(this.#client, workspaceId, uploadId, options);
  }

  /**
   * Upload a part.
   *
   * Stores the bytes of the body as a part, in the place of the one that has the number. Parts may have any size, come in
   * any order and be written at the same time. They count in the plan.
   *
   * Scope: `storage:write`.
   */
  putPart(workspaceId: models.WorkspaceId, uploadId: models.UploadId, partNumber: number, body?: Blob | ReadableStream<Uint8Array>, options?: PutUploadPartOptions): APIPromise<models.UploadPart> {
    return operations.putUploadPart(this.#client, workspaceId, uploadId, partNumber, body, options);
  }

  /**
   * Complete an upload.
   *
   * Makes an object of the parts of an upload, in one step and in the order of their numbers. With `parts`, it has these and the others
   * are deleted; without, it has all.
   *
   * Scope: `storage:write`.
   */
  completeUpload(workspaceId: models.WorkspaceId, uploadId: models.UploadId, body: models.UploadComplete, options?: CompleteUploadOptions): APIPromise<models.Object> {
    return operations.completeUpload(this.#client, workspaceId, uploadId, body, options);
  }
}

/** Collections of documents in MongoDB's manner, with indexes and aggregations. */
export class DocumentsResource {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * List collections.
   *
   * The collections of a workspace, in the order of the bytes of their names. A collection comes into being with its first document.
   *
   * Scope: `mongo:read`.
   */
  listCollections(workspaceId: models.WorkspaceId, params?: ListCollectionsParams, options?: ListCollectionsOptions): PagePromise<models.Collection, models.CollectionList> {
    return operations.listCollections(this.#client, workspaceId, params, options);
  }

  /**
   * Delete a collection.
   *
   * Deletes a collection with all its documents and indexes.
   *
   * Scope: `mongo:write`.
   */
  deleteCollection(workspaceId: models.WorkspaceId, collection: models.CollectionName, options?: DeleteCollectionOptions): APIPromise<void> {
    return operations.deleteCollection(this.#client, workspaceId, collection, options);
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
  list(workspaceId: models.WorkspaceId, collection: models.CollectionName, params?: ListDocumentsParams, options?: ListDocumentsOptions): APIPromise<models.DocumentPage> {
    return operations.listDocuments(this.#client, workspaceId, collection, params, options);
  }

  /**
   * Insert documents.
   *
   * Inserts one document, or all of an array: all or none. A document without `_id` gets an ObjectId. An `_id` that is taken,
   * and a value that a unique index has already, is refused with 409.
   *
   * Scope: `mongo:write`.
   */
  insert(workspaceId: models.WorkspaceId, collection: models.CollectionName, body: models.DocumentInsert, options?: InsertDocumentsOptions): APIPromise<models.DocumentsInserted> {
    return operations.insertDocuments(this.#client, workspaceId, collection, body, options);
  }

  /**
   * Get a document.
   *
   * The document with an id. An id of 24 hexadecimal digits is an ObjectId, any other one a string.
   *
   * Scope: `mongo:read`.
   */
  get(workspaceId: models.WorkspaceId, collection: models.CollectionName, documentId: string, params?: GetDocumentParams, options?: GetDocumentOptions): APIPromise<models.DocumentResult> {
    return operations.getDocument(this.#client, workspaceId, collection, documentId, params, options);
  }

  /**
   * Replace a document.
   *
   * Puts another document in the place of the one with an id. `_id` stays; when the body has one, it must be the same.
   *
   * Scope: `mongo:write`.
   */
  replace(workspaceId: models.WorkspaceId, collection: models.CollectionName, documentId: string, body: models.Document, params?: ReplaceDocumentParams, options?: ReplaceDocumentOptions): APIPromise<models.DocumentResult> {
    return operations.replaceDocument(this.#client, workspaceId, collection, documentId, body, params, options);
  }

  /**
   * Delete a document.
   *
   * Deletes the document with an id.
   *
   * Scope: `mongo:write`.
   */
  delete(workspaceId: models.WorkspaceId, collection: models.CollectionName, documentId: string, options?: DeleteDocumentOptions): APIPromise<void> {
    return operations.deleteDocument(this.#client, workspaceId, collection, documentId, options);
  }

  /**
   * Update a document.
   *
   * Changes the document with an id by update operators of MongoDB, such as `$set`, `$inc` and `$push`, or by a pipeline of them in
   * an array. It is one step: nobody sees half of it, and two that `$inc` both count. `_id` stays.
   *
   * Scope: `mongo:write`.
   */
  update(workspaceId: models.WorkspaceId, collection: models.CollectionName, documentId: string, body: models.DocumentUpdate, params?: UpdateDocumentParams, options?: UpdateDocumentOptions): APIPromise<models.DocumentResult> {
    return operations.updateDocument(this.#client, workspaceId, collection, documentId, body, params, options);
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
  bulk(workspaceId: models.WorkspaceId, collection: models.CollectionName, body: models.DocumentBulk, options?: BulkDocumentsOptions): APIPromise<models.DocumentBulkResult> {
    return operations.bulkDocuments(this.#client, workspaceId, collection, body, options);
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
  aggregate(workspaceId: models.WorkspaceId, collection: models.CollectionName, body: models.DocumentPipeline, options?: AggregateDocumentsOptions): APIPromise<models.DocumentResults> {
    return operations.aggregateDocuments(this.#client, workspaceId, collection, body, options);
  }

  /**
   * List indexes.
   *
   * All indexes of a collection, in the order in which they were made. That of `_id` is not among them; every collection has it.
   *
   * Scope: `mongo:read`.
   */
  listIndexes(workspaceId: models.WorkspaceId, collection: models.CollectionName, options?: ListDocumentIndexesOptions): APIPromise<models.DocumentIndexList> {
    return operations.listDocumentIndexes(this.#client, workspaceId, collection, options);
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
  createIndex(workspaceId: models.WorkspaceId, collection: models.CollectionName, body: models.DocumentIndexCreate, options?: CreateDocumentIndexOptions): APIPromise<models.DocumentIndex> {
    return operations.createDocumentIndex(this.#client, workspaceId, collection, body, options);
  }

  /**
   * Delete an index.
   *
   * Deletes an index by its name.
   *
   * Scope: `mongo:write`.
   */
  deleteIndex(workspaceId: models.WorkspaceId, collection: models.CollectionName, index: models.IndexName, options?: DeleteDocumentIndexOptions): APIPromise<void> {
    return operations.deleteDocumentIndex(this.#client, workspaceId, collection, index, options);
  }

  /**
   * Explain a query.
   *
   * How `listDocuments` would read what it is asked for with the same parameters. No document is read.
   *
   * Scope: `mongo:read`.
   */
  explainQuery(workspaceId: models.WorkspaceId, collection: models.CollectionName, params?: ExplainQueryParams, options?: ExplainQueryOptions): APIPromise<models.DocumentPlan> {
    return operations.explainQuery(this.#client, workspaceId, collection, params, options);
  }

  /**
   * Explain a pipeline.
   *
   * How `aggregateDocuments` would read the documents of the collection for a pipeline. No document is read.
   *
   * Scope: `mongo:read`.
   */
  explainPipeline(workspaceId: models.WorkspaceId, collection: models.CollectionName, body: models.DocumentPipeline, options?: ExplainPipelineOptions): APIPromise<models.DocumentPlan> {
    return operations.explainPipeline(this.#client, workspaceId, collection, body, options);
  }
}

/** Tables of workspaces, with their columns, keys and indexes. */
export class TablesResource {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * List tables.
   *
   * The tables of a workspace with their columns, keys and indexes, in the order of their names.
   *
   * Scope: `postgres:read`.
   */
  list(workspaceId: models.WorkspaceId, params?: ListTablesParams, options?: ListTablesOptions): PagePromise<models.Table, models.TableList> {
    return operations.listTables(this.#client, workspaceId, params, options);
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
  create(workspaceId: models.WorkspaceId, body: models.TableCreate, options?: CreateTableOptions): APIPromise<models.Table> {
    return operations.createTable(this.#client, workspaceId, body, options);
  }

  /**
   * Get a table.
   *
   * A table with its columns, keys and indexes.
   *
   * Scope: `postgres:read`.
   */
  get(workspaceId: models.WorkspaceId, table: string, options?: GetTableOptions): APIPromise<models.Table> {
    return operations.getTable(this.#client, workspaceId, table, options);
  }

  /**
   * Delete a table.
   *
   * Deletes a table with its rows. A table that another one refers to stays, and the answer is 422.
   *
   * Scope: `postgres:write`.
   */
  delete(workspaceId: models.WorkspaceId, table: string, options?: DeleteTableOptions): APIPromise<void> {
    return operations.deleteTable(this.#client, workspaceId, table, options);
  }

  /**
   * Change a table.
   *
   * Renames a table and its columns, adds and drops columns and indexes: all of it or nothing. What is renamed is renamed first, what is
   * dropped goes next, and what is added comes last.
   *
   * Scope: `postgres:write`.
   */
  update(workspaceId: models.WorkspaceId, table: string, body: models.TableUpdate, options?: UpdateTableOptions): APIPromise<models.Table> {
    return operations.updateTable(this.#client, workspaceId, table, body, options);
  }
}

/** Rows of these tables, queried with filters, embedded tables and aggregates, and changed. */
export class RowsResource {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
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
  list(workspaceId: models.WorkspaceId, table: string, params?: ListRowsParams, options?: ListRowsOptions): APIPromise<models.RowPage> {
    return operations.listRows(this.#client, workspaceId, table, params, options);
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
  insert(workspaceId: models.WorkspaceId, table: string, body: models.RowsIn, params?: InsertRowsParams, options?: InsertRowsOptions): APIPromise<models.RowsInserted> {
    return operations.insertRows(this.#client, workspaceId, table, body, params, options);
  }

  /**
   * Delete rows.
   *
   * Deletes all rows that meet the filters. Without a filter nothing is deleted and the answer is 400, unless `all=true` says that every row
   * is meant.
   *
   * Scope: `postgres:write`.
   */
  deleteAll(workspaceId: models.WorkspaceId, table: string, params?: DeleteRowsParams, options?: DeleteRowsOptions): APIPromise<models.RowsDeleted> {
    return operations.deleteRows(this.#client, workspaceId, table, params, options);
  }

  /**
   * Update rows.
   *
   * Sets columns of all rows that meet the filters. Without a filter nothing is changed and the answer is 400, unless `all=true` says that
   * every row is meant.
   *
   * Scope: `postgres:write`.
   */
  updateAll(workspaceId: models.WorkspaceId, table: string, body: models.Row, params?: UpdateRowsParams, options?: UpdateRowsOptions): APIPromise<models.RowsUpdated> {
    return operations.updateRows(this.#client, workspaceId, table, body, params, options);
  }

  /**
   * Get a row.
   *
   * The row with a primary key.
   *
   * Scope: `postgres:read`.
   */
  get(workspaceId: models.WorkspaceId, table: string, primaryKey: string, params?: GetRowParams, options?: GetRowOptions): APIPromise<models.RowAnswer> {
    return operations.getRow(this.#client, workspaceId, table, primaryKey, params, options);
  }

  /**
   * Delete a row.
   *
   * Deletes the row with a primary key.
   *
   * Scope: `postgres:write`.
   */
  delete(workspaceId: models.WorkspaceId, table: string, primaryKey: string, params?: DeleteRowParams, options?: DeleteRowOptions): APIPromise<models.RowsDeleted> {
    return operations.deleteRow(this.#client, workspaceId, table, primaryKey, params, options);
  }

  /**
   * Update a row.
   *
   * Sets columns of the row with a primary key.
   *
   * Scope: `postgres:write`.
   */
  update(workspaceId: models.WorkspaceId, table: string, primaryKey: string, body: models.Row, params?: UpdateRowParams, options?: UpdateRowOptions): APIPromise<models.RowAnswer> {
    return operations.updateRow(this.#client, workspaceId, table, primaryKey, body, params, options);
  }
}

/** The same rows in the form of PostgREST, for its clients. */
export class PostgrestResource {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * Query rows as PostgREST does.
   *
   * The rows of a table, as a bare array. Stock clients of PostgREST work with the URL up to `rest` and an `Authorization` header.
   * `HEAD` answers with the same headers and no body.
   *
   * Scope: `postgres:read`.
   */
  read(workspaceId: models.WorkspaceId, table: string, params?: RestReadParams, options?: RestReadOptions): APIPromise<models.RowArray> {
    return operations.restRead(this.#client, workspaceId, table, params, options);
  }

  /**
   * Upsert a row as PostgREST does.
   *
   * Inserts the row whose primary key the filters name, or replaces it.
   *
   * Scope: `postgres:write`.
   */
  put(workspaceId: models.WorkspaceId, table: string, body?: NonNullable<models.RestPutData['body']>, params?: RestPutParams, options?: RestPutOptions): APIPromise<models.RowArray> {
    return operations.restPut(this.#client, workspaceId, table, body, params, options);
  }

  /**
   * Insert rows as PostgREST does.
   *
   * Inserts rows, or merges them with those that are there (`Prefer: resolution=…`).
   *
   * Scope: `postgres:write`.
   */
  insert(workspaceId: models.WorkspaceId, table: string, body?: NonNullable<models.RestInsertData['body']>, params?: RestInsertParams, options?: RestInsertOptions): APIPromise<models.RowArray> {
    return operations.restInsert(this.#client, workspaceId, table, body, params, options);
  }

  /**
   * Delete rows as PostgREST does.
   *
   * Deletes the rows that meet the filters. Without a filter the answer is 400, unless `all=true`.
   *
   * Scope: `postgres:write`.
   */
  delete(workspaceId: models.WorkspaceId, table: string, params?: RestDeleteParams, options?: RestDeleteOptions): APIPromise<models.RowArray> {
    return operations.restDelete(this.#client, workspaceId, table, params, options);
  }

  /**
   * Update rows as PostgREST does.
   *
   * Sets columns of the rows that meet the filters. Without a filter the answer is 400, unless `all=true`.
   *
   * Scope: `postgres:write`.
   */
  update(workspaceId: models.WorkspaceId, table: string, body?: NonNullable<models.RestUpdateData['body']>, params?: RestUpdateParams, options?: RestUpdateOptions): APIPromise<models.RowArray> {
    return operations.restUpdate(this.#client, workspaceId, table, body, params, options);
  }
}

/** Topics of workspaces, what is published to them, and what they keep. */
export class EventsResource {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
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
  publish(workspaceId: models.WorkspaceId, body: models.EventPublish, options?: PublishEventsOptions): APIPromise<models.Publication> {
    return operations.publishEvents(this.#client, workspaceId, body, options);
  }

  /**
   * List topics.
   *
   * The topics of a workspace, in the order of the bytes of their names.
   *
   * Scope: `events:read`.
   */
  listTopics(workspaceId: models.WorkspaceId, params?: ListTopicsParams, options?: ListTopicsOptions): PagePromise<models.Topic, models.TopicList> {
    return operations.listTopics(this.#client, workspaceId, params, options);
  }

  /**
   * Create a topic.
   *
   * Makes a topic. One with the name is refused with 409.
   *
   * Scope: `events:write`.
   */
  createTopic(workspaceId: models.WorkspaceId, body: models.TopicCreate, options?: CreateTopicOptions): APIPromise<models.Topic> {
    return operations.createTopic(this.#client, workspaceId, body, options);
  }

  /**
   * Get a topic.
   *
   * A topic, with how much is in it.
   *
   * Scope: `events:read`.
   */
  getTopic(workspaceId: models.WorkspaceId, topic: models.TopicName, options?: GetTopicOptions): APIPromise<models.Topic> {
    return operations.getTopic(this.#client, workspaceId, topic, options);
  }

  /**
   * Delete a topic.
   *
   * Deletes a topic with its events. A topic that is made later with the name begins again at the offset 0.
   *
   * Scope: `events:write`.
   */
  deleteTopic(workspaceId: models.WorkspaceId, topic: models.TopicName, options?: DeleteTopicOptions): APIPromise<void> {
    return operations.deleteTopic(this.#client, workspaceId, topic, options);
  }

  /**
   * Update a topic.
   *
   * Changes the members that are sent. Partitions can be added and not taken away: fewer are refused with 422. When there are more, a
   * key may belong to another partition than before, so that events with the key are in order from then on only.
   *
   * Scope: `events:write`.
   */
  updateTopic(workspaceId: models.WorkspaceId, topic: models.TopicName, body: models.TopicUpdate, options?: UpdateTopicOptions): APIPromise<models.Topic> {
    return operations.updateTopic(this.#client, workspaceId, topic, body, options);
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
  listMessages(workspaceId: models.WorkspaceId, topic: models.TopicName, params?: ListMessagesParams, options?: ListMessagesOptions): PagePromise<models.Message, models.MessageList> {
    return operations.listMessages(this.#client, workspaceId, topic, params, options);
  }

  /**
   * List groups.
   *
   * The groups of consumers of a topic, at most 32, in the order of the bytes of their names.
   *
   * Scope: `events:read`.
   */
  listGroups(workspaceId: models.WorkspaceId, topic: models.TopicName, options?: ListGroupsOptions): APIPromise<models.GroupList> {
    return operations.listGroups(this.#client, workspaceId, topic, options);
  }

  /**
   * Get a group.
   *
   * Where a group stands in each partition, its members, and how many events wait for it.
   *
   * Scope: `events:read`.
   */
  getGroup(workspaceId: models.WorkspaceId, topic: models.TopicName, group: models.GroupName, options?: GetGroupOptions): APIPromise<models.Group> {
    return operations.getGroup(this.#client, workspaceId, topic, group, options);
  }

  /**
   * Delete a group.
   *
   * Forgets where a group stands. When a member polls again, the group begins with the oldest event that is kept.
   *
   * Scope: `events:write`.
   */
  deleteGroup(workspaceId: models.WorkspaceId, topic: models.TopicName, group: models.GroupName, options?: DeleteGroupOptions): APIPromise<void> {
    return operations.deleteGroup(this.#client, workspaceId, topic, group, options);
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
  poll(workspaceId: models.WorkspaceId, topic: models.TopicName, group: models.GroupName, body: models.GroupPoll, options?: PollGroupOptions): APIPromise<models.GroupPolled> {
    return operations.pollGroup(this.#client, workspaceId, topic, group, body, options);
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
  commit(workspaceId: models.WorkspaceId, topic: models.TopicName, group: models.GroupName, body: models.GroupCommit, options?: CommitGroupOptions): APIPromise<void> {
    return operations.commitGroup(this.#client, workspaceId, topic, group, body, options);
  }
}

/**
 * The realm of a tenant, where its people and programs prove who they are, with its clients, roles and users. From the plan
 * pro on.
 */
export class RealmsResource {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * List realms.
   *
   * The realms of your tenant. A realm is where the people and programs of a tenant prove who they are: every tenant has
   * one, named by its slug. Its issuer serves OpenID Connect below `issuer`.
   *
   * Scope: `iam:read`.
   */
  list(params?: ListRealmsParams, options?: ListRealmsOptions): PagePromise<models.Realm, models.RealmList> {
    return operations.listRealms(this.#client, params, options);
  }
}

/**
 * The realm of a tenant, where its people and programs prove who they are, with its clients, roles and users. From the plan
 * pro on.
 */
export class RealmClientsResource {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * List clients of a realm.
   *
   * The OAuth 2.0 clients of a realm, the newest first, without their secrets.
   *
   * Scope: `iam:read`.
   */
  list(realmId: string, params?: ListRealmClientsParams, options?: ListRealmClientsOptions): PagePromise<models.RealmClient, models.RealmClientList> {
    return operations.listRealmClients(this.#client, realmId, params, options);
  }

  /**
   * Create a client of a realm.
   *
   * Creates an OAuth 2.0 client. A `confidential` client has a secret, which is shown in this answer only; a `bearer_only` one
   * asks for no tokens. A realm can have 200 clients. Roles of a service account that allow more than you may are refused with 403.
   *
   * Scope: `iam:write`.
   */
  create(realmId: string, body: models.RealmClientCreate, options?: CreateRealmClientOptions): APIPromise<models.RealmClientCreated> {
    return operations.createRealmClient(this.#client, realmId, body, options);
  }

  /**
   * Get a client of a realm.
   *
   * One client, without its secret.
   *
   * Scope: `iam:read`.
   */
  get(realmId: string, realmClientId: models.RealmClientId, options?: GetRealmClientOptions): APIPromise<models.RealmClient> {
    return operations.getRealmClient(this.#client, realmId, realmClientId, options);
  }

  /**
   * Delete a client of a realm.
   *
   * Ends a client with its service account and all sessions that came through it. The client `console`, which every realm has,
   * stays: 409.
   *
   * Scope: `iam:write`.
   */
  delete(realmId: string, realmClientId: models.RealmClientId, options?: DeleteRealmClientOptions): APIPromise<void> {
    return operations.deleteRealmClient(this.#client, realmId, realmClientId, options);
  }

  /**
   * Rotate the secret of a client.
   *
   * Makes a new secret, which is shown in this answer only. The former one is refused from then on; tokens that it got go on
   * until they end. A client without a secret is refused with 409.
   *
   * Scope: `iam:write`.
   */
  rotateSecret(realmId: string, realmClientId: models.RealmClientId, options?: RotateRealmClientSecretOptions): APIPromise<models.RealmClientCreated> {
    return operations.rotateRealmClientSecret(this.#client, realmId, realmClientId, options);
  }
}

/**
 * The realm of a tenant, where its people and programs prove who they are, with its clients, roles and users. From the plan
 * pro on.
 */
export class RealmRolesResource {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * List roles of a realm.
   *
   * The roles that users of a realm can have: those that allow something in this API (`tenant_admin`, …), and those that were
   * made for your own applications.
   *
   * Scope: `iam:read`.
   */
  list(realmId: string, params?: ListRealmRolesParams, options?: ListRealmRolesOptions): PagePromise<models.RealmRole, models.RealmRoleList> {
    return operations.listRealmRoles(this.#client, realmId, params, options);
  }

  /**
   * Create a role of a realm.
   *
   * Creates a role for your own applications, which find it in `realm_access.roles` of a token. It allows nothing in this API. A
   * realm can have 200 roles.
   *
   * Scope: `iam:write`.
   */
  create(realmId: string, body: models.RealmRoleCreate, options?: CreateRealmRoleOptions): APIPromise<models.RealmRole> {
    return operations.createRealmRole(this.#client, realmId, body, options);
  }

  /**
   * Delete a role of a realm.
   *
   * Deletes a role and takes it from those who have it. The roles that allow something in this API stay: 409.
   *
   * Scope: `iam:write`.
   */
  delete(realmId: string, roleName: string, options?: DeleteRealmRoleOptions): APIPromise<void> {
    return operations.deleteRealmRole(this.#client, realmId, roleName, options);
  }
}

/**
 * The realm of a tenant, where its people and programs prove who they are, with its clients, roles and users. From the plan
 * pro on.
 */
export class RealmUsersResource {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * List users of a realm.
   *
   * The people of a realm, without the service accounts of clients: the newest first. Where a Keycloak server keeps the realms
   * they are by name.
   *
   * Scope: `iam:read`.
   */
  list(realmId: string, params?: ListRealmUsersParams, options?: ListRealmUsersOptions): PagePromise<models.RealmUser, models.RealmUserList> {
    return operations.listRealmUsers(this.#client, realmId, params, options);
  }

  /**
   * Create a user of a realm.
   *
   * Creates a person. With a password they can sign in at once; without one the answer has an invitation, whose link is shown once.
   * Roles that allow more than you may are refused with 403. The plan says how many users a tenant can have.
   *
   * Scope: `iam:write`.
   */
  create(realmId: string, body: models.RealmUserCreate, options?: CreateRealmUserOptions): APIPromise<models.RealmUserCreated> {
    return operations.createRealmUser(this.#client, realmId, body, options);
  }

  /**
   * Get a user of a realm.
   *
   * One person of a realm.
   *
   * Scope: `iam:read`.
   */
  get(realmId: string, userId: models.UserId, options?: GetRealmUserOptions): APIPromise<models.RealmUser> {
    return operations.getRealmUser(this.#client, realmId, userId, options);
  }

  /**
   * Delete a user of a realm.
   *
   * Deletes a user with all sessions, and ends the membership in the tenant. Nobody deletes themselves.
   *
   * Scope: `iam:write`.
   */
  delete(realmId: string, userId: models.UserId, options?: DeleteRealmUserOptions): APIPromise<void> {
    return operations.deleteRealmUser(this.#client, realmId, userId, options);
  }

  /**
   * Change a user of a realm.
   *
   * Changes the name, or disables or enables the user. Who is disabled has no sessions left: tokens are refused at once by the
   * process that answers, within 60 seconds by others. Nobody disables themselves.
   *
   * Scope: `iam:write`.
   */
  update(realmId: string, userId: models.UserId, body: models.RealmUserUpdate, options?: UpdateRealmUserOptions): APIPromise<models.RealmUser> {
    return operations.updateRealmUser(this.#client, realmId, userId, body, options);
  }

  /**
   * Set the password of a user.
   *
   * Sets the password of a user, who can sign in from then on. Sessions go on; disable the user to end them.
   *
   * Scope: `iam:write`.
   */
  setPassword(realmId: string, userId: models.UserId, body: models.RealmPassword, options?: SetRealmUserPasswordOptions): APIPromise<void> {
    return operations.setRealmUserPassword(this.#client, realmId, userId, body, options);
  }

  /**
   * Set the roles of a user.
   *
   * Sets the roles of a user, in the place of all that the user has. Roles of a workspace come with `workspaceId`, and the user
   * is bound to it then. Roles that allow more than you may are refused with 403.
   *
   * Scope: `iam:write`.
   */
  assignRoles(realmId: string, userId: models.UserId, body: models.RealmUserRoles, options?: AssignRealmUserRolesOptions): APIPromise<models.RealmUser> {
    return operations.assignRealmUserRoles(this.#client, realmId, userId, body, options);
  }
}

/** Tenants, workspaces and the capabilities that they provide, for those who run a platform on Alania. */
export class ControlContract extends ControlBuilders {
  readonly platform: PlatformResource;
  readonly auth: AuthResource;
  readonly tenants: TenantsResource;
  readonly workspaces: WorkspacesResource;
  readonly serviceAccounts: ServiceAccountsResource;
  readonly applications: ApplicationsResource;
  readonly storage: StorageResource;
  readonly documents: DocumentsResource;
  readonly tables: TablesResource;
  readonly rows: RowsResource;
  readonly postgrest: PostgrestResource;
  readonly events: EventsResource;
  readonly realms: RealmsResource;
  readonly realmClients: RealmClientsResource;
  readonly realmRoles: RealmRolesResource;
  readonly realmUsers: RealmUsersResource;

  constructor(client: Client) {
    super(client);
    this.platform = new PlatformResource(client);
    this.auth = new AuthResource(client);
    this.tenants = new TenantsResource(client);
    this.workspaces = new WorkspacesResource(client);
    this.serviceAccounts = new ServiceAccountsResource(client);
    this.applications = new ApplicationsResource(client);
    this.storage = new StorageResource(client);
    this.documents = new DocumentsResource(client);
    this.tables = new TablesResource(client);
    this.rows = new RowsResource(client);
    this.postgrest = new PostgrestResource(client);
    this.events = new EventsResource(client);
    this.realms = new RealmsResource(client);
    this.realmClients = new RealmClientsResource(client);
    this.realmRoles = new RealmRolesResource(client);
    this.realmUsers = new RealmUsersResource(client);
  }
}

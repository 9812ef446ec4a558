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
 * engine behind each.
 *
 * Scope: `platform:read`.
 */
export function getPlatformInfo(client: Client, options?: GetPlatformInfoOptions): APIPromise<models.PlatformInfo> {
  return client.request({ method: 'GET', path: '/v1/platform/info', headers: { "X-API-Version": options?.apiVersion ?? "2024-01-01", "X-Correlation-Id": options?.correlationId ?? randomUUID() } }, options);
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

// Generated from the OpenAPI bundle by scripts/generate.mjs. Do not edit: run `make generate`.

import type { Client } from '../../client.js';
import type { PagePromise } from '../../pagination.js';
import type { APIPromise } from '../../promise.js';
import type * as models from './models.js';
import * as operations from './operations.js';
import type {
  GetPlatformHealthOptions,
  GetPlatformInfoOptions,
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
   * engine behind each.
   *
   * Scope: `platform:read`.
   */
  getInfo(options?: GetPlatformInfoOptions): APIPromise<models.PlatformInfo> {
    return operations.getPlatformInfo(this.#client, options);
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

/** Tenants, workspaces and the capabilities that they provide, for those who run a platform on Alania. */
export class ControlContract {
  readonly platform: PlatformResource;
  readonly storage: StorageResource;

  constructor(client: Client) {
    this.platform = new PlatformResource(client);
    this.storage = new StorageResource(client);
  }
}

// Generated from the OpenAPI bundle by scripts/generate.mjs. Do not edit: run `make generate`.

export type ClientOptions = {
    baseUrl: `${string}://${string}` | 'https://api.alania-go.ru' | (string & {});
};

/**
 * A version of this API, by the day of its publication.
 */
export type ApiVersion = '2024-01-01';

/**
 * A moment in UTC, with milliseconds.
 */
export type Timestamp = string;

/**
 * State of one dependency.
 */
export type PlatformDependency = {
    /**
     * What it is for. New ones may appear.
     */
    name: string;
    /**
     * `degraded` when it works but slowly or in part.
     */
    state: 'up' | 'degraded' | 'down' | (string & {});
    /**
     * Milliseconds that the check took.
     */
    latencyMs: number;
    /**
     * Why the state is not `up`.
     */
    message?: string;
};

/**
 * State of the platform and of each thing it depends on.
 */
export type PlatformHealth = {
    /**
     * `down` when a dependency is down (with 503), `degraded` when one is slow or limited, else `ok`.
     */
    status: 'ok' | 'degraded' | 'down' | (string & {});
    /**
     * Version of the server.
     */
    version: string;
    timestamp: Timestamp;
    /**
     * Each dependency, by name.
     */
    dependencies: Array<PlatformDependency>;
};

/**
 * One value that breaks one rule.
 */
export type Violation = {
    /**
     * Where the value is.
     */
    in: 'body' | 'query' | 'path' | 'header' | (string & {});
    /**
     * JSON pointer (RFC 6901) into the body, or `/` and the name of the parameter.
     */
    pointer: string;
    /**
     * The rule that was broken, such as `required`, `type`, `enum`, `pattern`, `maximum` or `unknown_field`.
     */
    code: string;
    /**
     * What would be accepted, for a person.
     */
    message: string;
};

/**
 * What went wrong.
 */
export type ErrorBody = {
    /**
     * Stable name of the error, for programs. New codes may appear; treat one you do not know as its status.
     */
    code: string;
    /**
     * What happened this time and what to do about it, for a person.
     */
    message: string;
    /**
     * The same as the `X-Correlation-Id` header.
     */
    correlationId: string;
    timestamp: Timestamp;
    /**
     * For `VALIDATION_FAILED`, every violation that was found. For other errors an object with what a program may need, such as
     * the versions that are supported; absent where there is nothing.
     */
    details?: Array<Violation> | {
        [key: string]: unknown;
    };
};

/**
 * What went wrong.
 */
export type Error = {
    error: ErrorBody;
};

/**
 * How the program was built.
 */
export type PlatformBuild = {
    /**
     * Version of the Go toolchain.
     */
    goVersion: string;
    /**
     * The operating system that it was built for.
     */
    os: string;
    /**
     * The architecture that it was built for.
     */
    arch: string;
};

/**
 * A capability of workspaces.
 */
export type PlatformCapability = {
    /**
     * Name of the capability, as workspaces have it. New ones may appear.
     */
    name: string;
    /**
     * The kind of system that it runs on. New ones may appear.
     */
    engine: string;
};

/**
 * What the platform is made of.
 */
export type PlatformInfo = {
    /**
     * Version of the server.
     */
    version: string;
    build: PlatformBuild;
    /**
     * Values of `X-API-Version` that are supported, the newest last.
     */
    apiVersions: Array<string>;
    /**
     * Each capability that a workspace can have, and what it runs on.
     */
    capabilities: Array<PlatformCapability>;
};

/**
 * Id of a workspace.
 */
export type WorkspaceId = string;

/**
 * Key of an object: 1 to 1,024 bytes in UTF-8, any characters but U+0000, slashes among them. No segment between slashes is
 * `..`.
 */
export type ObjectKey = string;

/**
 * An object of a workspace.
 */
export type Object = {
    key: ObjectKey;
    /**
     * Length in bytes.
     */
    size: number;
    /**
     * Entity tag, as the header `ETag` has it. It changes with the bytes.
     */
    etag: string;
    /**
     * Media type that the object was uploaded with.
     */
    contentType: string;
    /**
     * SHA-256 of the bytes in base64. Of an object that was uploaded in parts, that of the digests of the parts one after
     * the other, with a hyphen and their number after it.
     */
    checksum: string;
    createdAt: Timestamp;
    updatedAt: Timestamp;
};

/**
 * Where a page of a list stands.
 */
export type Page = {
    /**
     * How many items a page may have.
     */
    limit: number;
    /**
     * Send it as `cursor` for the next page; `null` on the last.
     */
    nextCursor: string | null;
};

/**
 * A page of objects.
 */
export type ObjectList = {
    items: Array<Object>;
    /**
     * What keys begin with that are not listed one by one, because they have the delimiter. Empty without a delimiter.
     */
    commonPrefixes: Array<string>;
    page: Page;
};

/**
 * What a copy is made of.
 */
export type ObjectCopy = {
    from: ObjectKey;
    to: ObjectKey;
    /**
     * Media type of the copy. Absent, that of the object that is copied.
     */
    contentType?: string;
};

/**
 * What a link is made of.
 */
export type ObjectLinkCreate = {
    /**
     * `GET` to download the object, `PUT` to upload it.
     */
    method: 'GET' | 'PUT' | (string & {});
    key: ObjectKey;
    /**
     * For how many seconds the link works.
     */
    expiresIn?: number;
    /**
     * For `PUT`, the media type that the object gets whatever is sent. Absent, it is what is sent.
     */
    contentType?: string;
    /**
     * For `GET`, whether browsers save the object or show it.
     */
    disposition?: 'attachment' | 'inline' | (string & {});
};

/**
 * A link to an object. Whoever has it needs no credentials.
 */
export type ObjectLink = {
    /**
     * What the link is good for.
     */
    method: 'GET' | 'PUT' | (string & {});
    /**
     * The link.
     */
    url: string;
    expiresAt: Timestamp;
};

/**
 * Id of an upload in parts.
 */
export type UploadId = string;

/**
 * An upload in parts that is open.
 */
export type Upload = {
    id: UploadId;
    key: ObjectKey;
    /**
     * Media type that the object will have.
     */
    contentType: string;
    createdAt: Timestamp;
    expiresAt: Timestamp;
};

/**
 * A page of uploads.
 */
export type UploadList = {
    items: Array<Upload>;
    page: Page;
};

/**
 * What an upload in parts is for.
 */
export type UploadCreate = {
    key: ObjectKey;
    /**
     * Media type that the object will have.
     */
    contentType?: string;
};

/**
 * A part of an upload.
 */
export type UploadPart = {
    /**
     * Where the part stands in the object.
     */
    partNumber: number;
    /**
     * Length in bytes.
     */
    size: number;
    /**
     * Entity tag of the part, as the header `ETag` has it.
     */
    etag: string;
    /**
     * SHA-256 of the bytes in base64.
     */
    checksum: string;
};

/**
 * An upload in parts that is open, with the parts that were written.
 */
export type UploadWithParts = {
    id: UploadId;
    key: ObjectKey;
    /**
     * Media type that the object will have.
     */
    contentType: string;
    createdAt: Timestamp;
    expiresAt: Timestamp;
    /**
     * The parts, in the order of their numbers.
     */
    parts: Array<UploadPart>;
};

/**
 * A part that the object has.
 */
export type UploadChosenPart = {
    /**
     * Number of the part.
     */
    partNumber: number;
    /**
     * Entity tag of the part. When another was written under the number since, the upload is not completed.
     */
    etag?: string;
};

/**
 * What the object is made of.
 */
export type UploadComplete = {
    /**
     * The parts of the object, their numbers growing. Absent, all of them.
     */
    parts?: Array<UploadChosenPart>;
};

/**
 * The version of the API that the caller is written for; the newest one unless sent.
 */
export type XApiVersionOptional = ApiVersion;

/**
 * Identifies the request. The answer repeats it, and our logs have it; unless sent, it is one of ours.
 */
export type XCorrelationIdOptional = string;

/**
 * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
 * lists the versions that are supported.
 */
export type XApiVersion = ApiVersion;

/**
 * Identifies the request. Every answer repeats it, and our logs and the audit trail have it.
 */
export type XCorrelationId = string;

/**
 * Id of the workspace.
 */
export type PathWorkspaceId = WorkspaceId;

/**
 * Key of the object. It may have slashes.
 */
export type PathObject = string;

/**
 * Whether browsers save the object or show it.
 */
export type Disposition = 'attachment' | 'inline' | (string & {});

/**
 * Which bytes to answer with, such as `bytes=0-1023`, `bytes=1024-` or `bytes=-512`. What has another form is not regarded.
 */
export type Range = string;

/**
 * Entity tag or date of the object that `Range` is meant for. When the object is another by now, the answer is the whole object.
 */
export type IfRange = string;

/**
 * Answer only when the object has one of these entity tags, `*` being any; otherwise 412.
 */
export type ReadIfMatch = string;

/**
 * Answer 304 without a body when the object has one of these entity tags.
 */
export type ReadIfNoneMatch = string;

/**
 * Answer 304 without a body when the object was not changed since. Not regarded next to `If-None-Match`, or when it is no date of HTTP.
 */
export type IfModifiedSince = string;

/**
 * Answer only when the object was not changed since; otherwise 412. Not regarded next to `If-Match`, or when it is no date of HTTP.
 */
export type IfUnmodifiedSince = string;

/**
 * Change the object only when it has one of these entity tags, `*` being any. Otherwise, and when there is no object, the answer
 * is 412.
 */
export type WriteIfMatch = string;

/**
 * With `*`, write only when there is no object with the key. Otherwise the answer is 412.
 */
export type WriteIfNoneMatch = string;

/**
 * MD5 of the body in base64. A body that has another is refused with 400, and nothing is stored.
 */
export type ContentMd5 = string;

/**
 * SHA-256 of the body in base64 or in hexadecimal. A body that has another is refused with 400, and nothing is stored.
 */
export type ChecksumSha256 = string;

/**
 * Makes the request safe to repeat: a value of your own, unique to the change that you intend, such as a UUID. For 24
 * hours the same key with the same request returns the first answer again. With another request it is refused with 409
 * (`IDEMPOTENCY_MISMATCH`), and so it is while the first request still runs (`IDEMPOTENCY_IN_FLIGHT`). Requests refused
 * by validation are not remembered.
 */
export type IdempotencyKey = string;

/**
 * When the link ends, in seconds since 1970.
 */
export type LinkExpires = number;

/**
 * Signature of the link.
 */
export type LinkSignature = string;

/**
 * How many items a page may have. The last page, and only that, may have fewer.
 */
export type Limit = number;

/**
 * `nextCursor` of the page before. Opaque, and bound to this list and its filters: one that was altered or comes from
 * elsewhere is refused with 400 and the code `INVALID_CURSOR`. Absent: the first page.
 */
export type Cursor = string;

/**
 * Id of the upload.
 */
export type PathUploadId = UploadId;

export type GetPlatformHealthData = {
    body?: never;
    headers?: {
        /**
         * The version of the API that the caller is written for; the newest one unless sent.
         */
        'X-API-Version'?: ApiVersion;
        /**
         * Identifies the request. The answer repeats it, and our logs have it; unless sent, it is one of ours.
         */
        'X-Correlation-Id'?: string;
    };
    path?: never;
    query?: never;
    url: '/v1/platform/health';
};

export type GetPlatformHealthResponses = {
    /**
     * Everything is up, or degraded.
     */
    200: PlatformHealth;
};

export type GetPlatformHealthResponse = GetPlatformHealthResponses[keyof GetPlatformHealthResponses];

export type GetPlatformInfoData = {
    body?: never;
    headers: {
        /**
         * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
         * lists the versions that are supported.
         */
        'X-API-Version': ApiVersion;
        /**
         * Identifies the request. Every answer repeats it, and our logs and the audit trail have it.
         */
        'X-Correlation-Id': string;
    };
    path?: never;
    query?: never;
    url: '/v1/platform/info';
};

export type GetPlatformInfoResponses = {
    /**
     * What the platform is made of.
     */
    200: PlatformInfo;
};

export type GetPlatformInfoResponse = GetPlatformInfoResponses[keyof GetPlatformInfoResponses];

export type ListObjectsData = {
    body?: never;
    headers: {
        /**
         * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
         * lists the versions that are supported.
         */
        'X-API-Version': ApiVersion;
        /**
         * Identifies the request. Every answer repeats it, and our logs and the audit trail have it.
         */
        'X-Correlation-Id': string;
    };
    path: {
        /**
         * Id of the workspace.
         */
        workspaceId: WorkspaceId;
    };
    query?: {
        /**
         * What the keys begin with. Without it, all keys.
         */
        prefix?: string;
        /**
         * What divides a key into levels, mostly `/`. It has 32 bytes in UTF-8 at most.
         */
        delimiter?: string;
        /**
         * How many objects and common prefixes a page may have.
         */
        limit?: number;
        /**
         * `nextCursor` of the page before. It belongs to one workspace, prefix and delimiter: one that was altered or comes from
         * elsewhere is refused with 400 and the code `INVALID_CURSOR`. Absent: the first page.
         */
        cursor?: string;
    };
    url: '/v1/storage/{workspaceId}/objects';
};

export type ListObjectsResponses = {
    /**
     * A page of objects.
     */
    200: ObjectList;
};

export type ListObjectsResponse = ListObjectsResponses[keyof ListObjectsResponses];

export type DeleteObjectData = {
    body?: never;
    headers: {
        /**
         * Change the object only when it has one of these entity tags, `*` being any. Otherwise, and when there is no object, the answer
         * is 412.
         */
        'If-Match'?: string;
        /**
         * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
         * lists the versions that are supported.
         */
        'X-API-Version': ApiVersion;
        /**
         * Identifies the request. Every answer repeats it, and our logs and the audit trail have it.
         */
        'X-Correlation-Id': string;
        /**
         * Makes the request safe to repeat: a value of your own, unique to the change that you intend, such as a UUID. For 24
         * hours the same key with the same request returns the first answer again. With another request it is refused with 409
         * (`IDEMPOTENCY_MISMATCH`), and so it is while the first request still runs (`IDEMPOTENCY_IN_FLIGHT`). Requests refused
         * by validation are not remembered.
         */
        'Idempotency-Key': string;
    };
    path: {
        /**
         * Id of the workspace.
         */
        workspaceId: WorkspaceId;
        /**
         * Key of the object. It may have slashes.
         */
        path: string;
    };
    query?: never;
    url: '/v1/storage/{workspaceId}/objects/{path}';
};

export type DeleteObjectResponses = {
    /**
     * The object is deleted.
     */
    204: void;
};

export type DeleteObjectResponse = DeleteObjectResponses[keyof DeleteObjectResponses];

export type GetObjectData = {
    body?: never;
    headers: {
        /**
         * Which bytes to answer with, such as `bytes=0-1023`, `bytes=1024-` or `bytes=-512`. What has another form is not regarded.
         */
        Range?: string;
        /**
         * Entity tag or date of the object that `Range` is meant for. When the object is another by now, the answer is the whole object.
         */
        'If-Range'?: string;
        /**
         * Answer only when the object has one of these entity tags, `*` being any; otherwise 412.
         */
        'If-Match'?: string;
        /**
         * Answer 304 without a body when the object has one of these entity tags.
         */
        'If-None-Match'?: string;
        /**
         * Answer 304 without a body when the object was not changed since. Not regarded next to `If-None-Match`, or when it is no date of HTTP.
         */
        'If-Modified-Since'?: string;
        /**
         * Answer only when the object was not changed since; otherwise 412. Not regarded next to `If-Match`, or when it is no date of HTTP.
         */
        'If-Unmodified-Since'?: string;
        /**
         * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
         * lists the versions that are supported.
         */
        'X-API-Version': ApiVersion;
        /**
         * Identifies the request. Every answer repeats it, and our logs and the audit trail have it.
         */
        'X-Correlation-Id': string;
    };
    path: {
        /**
         * Id of the workspace.
         */
        workspaceId: WorkspaceId;
        /**
         * Key of the object. It may have slashes.
         */
        path: string;
    };
    query?: {
        /**
         * Whether browsers save the object or show it.
         */
        disposition?: 'attachment' | 'inline' | (string & {});
    };
    url: '/v1/storage/{workspaceId}/objects/{path}';
};

export type GetObjectResponses = {
    /**
     * The object.
     */
    200: string;
    /**
     * The bytes that `Range` asks for.
     */
    206: string;
};

export type GetObjectResponse = GetObjectResponses[keyof GetObjectResponses];

export type PutObjectData = {
    /**
     * The bytes, as they are. `Content-Type` is kept with an object, `application/octet-stream` unless sent.
     */
    body?: string;
    headers: {
        /**
         * Change the object only when it has one of these entity tags, `*` being any. Otherwise, and when there is no object, the answer
         * is 412.
         */
        'If-Match'?: string;
        /**
         * With `*`, write only when there is no object with the key. Otherwise the answer is 412.
         */
        'If-None-Match'?: string;
        /**
         * MD5 of the body in base64. A body that has another is refused with 400, and nothing is stored.
         */
        'Content-MD5'?: string;
        /**
         * SHA-256 of the body in base64 or in hexadecimal. A body that has another is refused with 400, and nothing is stored.
         */
        'x-checksum-sha256'?: string;
        /**
         * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
         * lists the versions that are supported.
         */
        'X-API-Version': ApiVersion;
        /**
         * Identifies the request. Every answer repeats it, and our logs and the audit trail have it.
         */
        'X-Correlation-Id': string;
        /**
         * Makes the request safe to repeat: a value of your own, unique to the change that you intend, such as a UUID. For 24
         * hours the same key with the same request returns the first answer again. With another request it is refused with 409
         * (`IDEMPOTENCY_MISMATCH`), and so it is while the first request still runs (`IDEMPOTENCY_IN_FLIGHT`). Requests refused
         * by validation are not remembered.
         */
        'Idempotency-Key': string;
    };
    path: {
        /**
         * Id of the workspace.
         */
        workspaceId: WorkspaceId;
        /**
         * Key of the object. It may have slashes.
         */
        path: string;
    };
    query?: never;
    url: '/v1/storage/{workspaceId}/objects/{path}';
};

export type PutObjectResponses = {
    /**
     * The object is stored in the place of another.
     */
    200: Object;
    /**
     * The object is stored. There was none with the key.
     */
    201: Object;
};

export type PutObjectResponse = PutObjectResponses[keyof PutObjectResponses];

export type CopyObjectData = {
    body: ObjectCopy;
    headers: {
        /**
         * Change the object only when it has one of these entity tags, `*` being any. Otherwise, and when there is no object, the answer
         * is 412.
         */
        'If-Match'?: string;
        /**
         * With `*`, write only when there is no object with the key. Otherwise the answer is 412.
         */
        'If-None-Match'?: string;
        /**
         * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
         * lists the versions that are supported.
         */
        'X-API-Version': ApiVersion;
        /**
         * Identifies the request. Every answer repeats it, and our logs and the audit trail have it.
         */
        'X-Correlation-Id': string;
        /**
         * Makes the request safe to repeat: a value of your own, unique to the change that you intend, such as a UUID. For 24
         * hours the same key with the same request returns the first answer again. With another request it is refused with 409
         * (`IDEMPOTENCY_MISMATCH`), and so it is while the first request still runs (`IDEMPOTENCY_IN_FLIGHT`). Requests refused
         * by validation are not remembered.
         */
        'Idempotency-Key': string;
    };
    path: {
        /**
         * Id of the workspace.
         */
        workspaceId: WorkspaceId;
    };
    query?: never;
    url: '/v1/storage/{workspaceId}/copies';
};

export type CopyObjectResponses = {
    /**
     * The object is stored in the place of another.
     */
    200: Object;
    /**
     * The object is stored. There was none with the key.
     */
    201: Object;
};

export type CopyObjectResponse = CopyObjectResponses[keyof CopyObjectResponses];

export type CreateObjectLinkData = {
    body: ObjectLinkCreate;
    headers: {
        /**
         * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
         * lists the versions that are supported.
         */
        'X-API-Version': ApiVersion;
        /**
         * Identifies the request. Every answer repeats it, and our logs and the audit trail have it.
         */
        'X-Correlation-Id': string;
        /**
         * Makes the request safe to repeat: a value of your own, unique to the change that you intend, such as a UUID. For 24
         * hours the same key with the same request returns the first answer again. With another request it is refused with 409
         * (`IDEMPOTENCY_MISMATCH`), and so it is while the first request still runs (`IDEMPOTENCY_IN_FLIGHT`). Requests refused
         * by validation are not remembered.
         */
        'Idempotency-Key': string;
    };
    path: {
        /**
         * Id of the workspace.
         */
        workspaceId: WorkspaceId;
    };
    query?: never;
    url: '/v1/storage/{workspaceId}/links';
};

export type CreateObjectLinkResponses = {
    /**
     * The link.
     */
    201: ObjectLink;
};

export type CreateObjectLinkResponse = CreateObjectLinkResponses[keyof CreateObjectLinkResponses];

export type GetLinkedObjectData = {
    body?: never;
    headers?: {
        /**
         * Which bytes to answer with, such as `bytes=0-1023`, `bytes=1024-` or `bytes=-512`. What has another form is not regarded.
         */
        Range?: string;
        /**
         * Entity tag or date of the object that `Range` is meant for. When the object is another by now, the answer is the whole object.
         */
        'If-Range'?: string;
        /**
         * Answer only when the object has one of these entity tags, `*` being any; otherwise 412.
         */
        'If-Match'?: string;
        /**
         * Answer 304 without a body when the object has one of these entity tags.
         */
        'If-None-Match'?: string;
        /**
         * Answer 304 without a body when the object was not changed since. Not regarded next to `If-None-Match`, or when it is no date of HTTP.
         */
        'If-Modified-Since'?: string;
        /**
         * Answer only when the object was not changed since; otherwise 412. Not regarded next to `If-Match`, or when it is no date of HTTP.
         */
        'If-Unmodified-Since'?: string;
    };
    path: {
        /**
         * Id of the workspace.
         */
        workspaceId: WorkspaceId;
        /**
         * Key of the object. It may have slashes.
         */
        path: string;
    };
    query: {
        /**
         * When the link ends, in seconds since 1970.
         */
        expires: number;
        /**
         * Signature of the link.
         */
        signature: string;
        /**
         * Whether browsers save the object or show it.
         */
        disposition?: 'attachment' | 'inline' | (string & {});
    };
    url: '/v1/storage/{workspaceId}/links/{path}';
};

export type GetLinkedObjectResponses = {
    /**
     * The object.
     */
    200: string;
    /**
     * The bytes that `Range` asks for.
     */
    206: string;
};

export type GetLinkedObjectResponse = GetLinkedObjectResponses[keyof GetLinkedObjectResponses];

export type PutLinkedObjectData = {
    /**
     * The bytes, as they are. `Content-Type` is kept with an object, `application/octet-stream` unless sent.
     */
    body?: string;
    headers?: {
        /**
         * Change the object only when it has one of these entity tags, `*` being any. Otherwise, and when there is no object, the answer
         * is 412.
         */
        'If-Match'?: string;
        /**
         * With `*`, write only when there is no object with the key. Otherwise the answer is 412.
         */
        'If-None-Match'?: string;
        /**
         * MD5 of the body in base64. A body that has another is refused with 400, and nothing is stored.
         */
        'Content-MD5'?: string;
        /**
         * SHA-256 of the body in base64 or in hexadecimal. A body that has another is refused with 400, and nothing is stored.
         */
        'x-checksum-sha256'?: string;
    };
    path: {
        /**
         * Id of the workspace.
         */
        workspaceId: WorkspaceId;
        /**
         * Key of the object. It may have slashes.
         */
        path: string;
    };
    query: {
        /**
         * When the link ends, in seconds since 1970.
         */
        expires: number;
        /**
         * Signature of the link.
         */
        signature: string;
        /**
         * The content type that the link was made for; absent when it was made for any.
         */
        contentType?: string;
    };
    url: '/v1/storage/{workspaceId}/links/{path}';
};

export type PutLinkedObjectResponses = {
    /**
     * The object is stored in the place of another.
     */
    200: Object;
    /**
     * The object is stored. There was none with the key.
     */
    201: Object;
};

export type PutLinkedObjectResponse = PutLinkedObjectResponses[keyof PutLinkedObjectResponses];

export type ListUploadsData = {
    body?: never;
    headers: {
        /**
         * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
         * lists the versions that are supported.
         */
        'X-API-Version': ApiVersion;
        /**
         * Identifies the request. Every answer repeats it, and our logs and the audit trail have it.
         */
        'X-Correlation-Id': string;
    };
    path: {
        /**
         * Id of the workspace.
         */
        workspaceId: WorkspaceId;
    };
    query?: {
        /**
         * How many items a page may have. The last page, and only that, may have fewer.
         */
        limit?: number;
        /**
         * `nextCursor` of the page before. Opaque, and bound to this list and its filters: one that was altered or comes from
         * elsewhere is refused with 400 and the code `INVALID_CURSOR`. Absent: the first page.
         */
        cursor?: string;
    };
    url: '/v1/storage/{workspaceId}/uploads';
};

export type ListUploadsResponses = {
    /**
     * A page of uploads.
     */
    200: UploadList;
};

export type ListUploadsResponse = ListUploadsResponses[keyof ListUploadsResponses];

export type CreateUploadData = {
    body: UploadCreate;
    headers: {
        /**
         * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
         * lists the versions that are supported.
         */
        'X-API-Version': ApiVersion;
        /**
         * Identifies the request. Every answer repeats it, and our logs and the audit trail have it.
         */
        'X-Correlation-Id': string;
        /**
         * Makes the request safe to repeat: a value of your own, unique to the change that you intend, such as a UUID. For 24
         * hours the same key with the same request returns the first answer again. With another request it is refused with 409
         * (`IDEMPOTENCY_MISMATCH`), and so it is while the first request still runs (`IDEMPOTENCY_IN_FLIGHT`). Requests refused
         * by validation are not remembered.
         */
        'Idempotency-Key': string;
    };
    path: {
        /**
         * Id of the workspace.
         */
        workspaceId: WorkspaceId;
    };
    query?: never;
    url: '/v1/storage/{workspaceId}/uploads';
};

export type CreateUploadResponses = {
    /**
     * The upload is open.
     */
    201: Upload;
};

export type CreateUploadResponse = CreateUploadResponses[keyof CreateUploadResponses];

export type AbortUploadData = {
    body?: never;
    headers: {
        /**
         * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
         * lists the versions that are supported.
         */
        'X-API-Version': ApiVersion;
        /**
         * Identifies the request. Every answer repeats it, and our logs and the audit trail have it.
         */
        'X-Correlation-Id': string;
        /**
         * Makes the request safe to repeat: a value of your own, unique to the change that you intend, such as a UUID. For 24
         * hours the same key with the same request returns the first answer again. With another request it is refused with 409
         * (`IDEMPOTENCY_MISMATCH`), and so it is while the first request still runs (`IDEMPOTENCY_IN_FLIGHT`). Requests refused
         * by validation are not remembered.
         */
        'Idempotency-Key': string;
    };
    path: {
        /**
         * Id of the workspace.
         */
        workspaceId: WorkspaceId;
        /**
         * Id of the upload.
         */
        uploadId: UploadId;
    };
    query?: never;
    url: '/v1/storage/{workspaceId}/uploads/{uploadId}';
};

export type AbortUploadResponses = {
    /**
     * The upload has ended.
     */
    204: void;
};

export type AbortUploadResponse = AbortUploadResponses[keyof AbortUploadResponses];

export type GetUploadData = {
    body?: never;
    headers: {
        /**
         * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
         * lists the versions that are supported.
         */
        'X-API-Version': ApiVersion;
        /**
         * Identifies the request. Every answer repeats it, and our logs and the audit trail have it.
         */
        'X-Correlation-Id': string;
    };
    path: {
        /**
         * Id of the workspace.
         */
        workspaceId: WorkspaceId;
        /**
         * Id of the upload.
         */
        uploadId: UploadId;
    };
    query?: never;
    url: '/v1/storage/{workspaceId}/uploads/{uploadId}';
};

export type GetUploadResponses = {
    /**
     * The upload.
     */
    200: UploadWithParts;
};

export type GetUploadResponse = GetUploadResponses[keyof GetUploadResponses];

export type PutUploadPartData = {
    /**
     * The bytes, as they are. `Content-Type` is kept with an object, `application/octet-stream` unless sent.
     */
    body?: string;
    headers: {
        /**
         * MD5 of the body in base64. A body that has another is refused with 400, and nothing is stored.
         */
        'Content-MD5'?: string;
        /**
         * SHA-256 of the body in base64 or in hexadecimal. A body that has another is refused with 400, and nothing is stored.
         */
        'x-checksum-sha256'?: string;
        /**
         * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
         * lists the versions that are supported.
         */
        'X-API-Version': ApiVersion;
        /**
         * Identifies the request. Every answer repeats it, and our logs and the audit trail have it.
         */
        'X-Correlation-Id': string;
        /**
         * Makes the request safe to repeat: a value of your own, unique to the change that you intend, such as a UUID. For 24
         * hours the same key with the same request returns the first answer again. With another request it is refused with 409
         * (`IDEMPOTENCY_MISMATCH`), and so it is while the first request still runs (`IDEMPOTENCY_IN_FLIGHT`). Requests refused
         * by validation are not remembered.
         */
        'Idempotency-Key': string;
    };
    path: {
        /**
         * Id of the workspace.
         */
        workspaceId: WorkspaceId;
        /**
         * Id of the upload.
         */
        uploadId: UploadId;
        /**
         * Where the part stands in the object.
         */
        partNumber: number;
    };
    query?: never;
    url: '/v1/storage/{workspaceId}/uploads/{uploadId}/parts/{partNumber}';
};

export type PutUploadPartResponses = {
    /**
     * The part is stored.
     */
    200: UploadPart;
};

export type PutUploadPartResponse = PutUploadPartResponses[keyof PutUploadPartResponses];

export type CompleteUploadData = {
    body: UploadComplete;
    headers: {
        /**
         * Change the object only when it has one of these entity tags, `*` being any. Otherwise, and when there is no object, the answer
         * is 412.
         */
        'If-Match'?: string;
        /**
         * With `*`, write only when there is no object with the key. Otherwise the answer is 412.
         */
        'If-None-Match'?: string;
        /**
         * The version of the API that the caller is written for. Missing, unknown or sent twice, it is refused with 400; `details`
         * lists the versions that are supported.
         */
        'X-API-Version': ApiVersion;
        /**
         * Identifies the request. Every answer repeats it, and our logs and the audit trail have it.
         */
        'X-Correlation-Id': string;
        /**
         * Makes the request safe to repeat: a value of your own, unique to the change that you intend, such as a UUID. For 24
         * hours the same key with the same request returns the first answer again. With another request it is refused with 409
         * (`IDEMPOTENCY_MISMATCH`), and so it is while the first request still runs (`IDEMPOTENCY_IN_FLIGHT`). Requests refused
         * by validation are not remembered.
         */
        'Idempotency-Key': string;
    };
    path: {
        /**
         * Id of the workspace.
         */
        workspaceId: WorkspaceId;
        /**
         * Id of the upload.
         */
        uploadId: UploadId;
    };
    query?: never;
    url: '/v1/storage/{workspaceId}/uploads/{uploadId}/complete';
};

export type CompleteUploadResponses = {
    /**
     * The object is stored in the place of another.
     */
    200: Object;
    /**
     * The object is stored. There was none with the key.
     */
    201: Object;
};

export type CompleteUploadResponse = CompleteUploadResponses[keyof CompleteUploadResponses];

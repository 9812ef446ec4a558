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
 * Id of a tenant, that is of an organization.
 */
export type TenantId = string;

/**
 * A grant, with the names of RFC 6749.
 */
export type TokenRequest = {
    /**
     * What the tokens are asked for with.
     */
    grant_type: 'password' | 'client_credentials' | 'refresh_token' | (string & {});
    /**
     * The client. Without it, `password` and `refresh_token` are for the public client `console`, which every realm has.
     */
    client_id?: string;
    /**
     * The secret of a confidential client.
     */
    client_secret?: string;
    /**
     * The name or the e-mail address of the user, for `password`.
     */
    username?: string;
    /**
     * The password, for `password`.
     */
    password?: string;
    /**
     * The newest refresh token of a session, for `refresh_token`.
     */
    refresh_token?: string;
    /**
     * Scopes with spaces between them; `openid` asks for an ID token.
     */
    scope?: string;
    /**
     * Which tenant, where a user name or a client stands for several.
     */
    tenantId?: TenantId;
};

/**
 * The tokens of a grant, with the names of RFC 6749 and of Keycloak.
 */
export type Token = {
    /**
     * Send it as `Authorization: Bearer …`.
     */
    access_token: string;
    /**
     * How it is sent.
     */
    token_type: 'Bearer';
    /**
     * Seconds until the access token ends.
     */
    expires_in: number;
    /**
     * Works once, for `grant_type=refresh_token`. Absent for `client_credentials`.
     */
    refresh_token?: string;
    /**
     * Seconds until the refresh token ends; 0 without one.
     */
    refresh_expires_in: number;
    /**
     * Who has signed in (OpenID Connect). Absent unless `openid` was asked for.
     */
    id_token?: string;
    /**
     * Id of the session. Absent for `client_credentials`.
     */
    session_state?: string;
    /**
     * Tokens from before this second since 1970 have ended; 0 for none.
     */
    'not-before-policy': number;
    /**
     * The scopes that were granted.
     */
    scope: string;
};

/**
 * A session to continue.
 */
export type TokenRefresh = {
    /**
     * The newest refresh token of the session.
     */
    refreshToken: string;
};

/**
 * What a password must be.
 */
export type PasswordPolicy = {
    /**
     * How many characters a password has at least.
     */
    minLength: number;
};

/**
 * How one becomes a user.
 */
export type SignupPolicy = {
    /**
     * Whether people can make an account themselves.
     */
    selfServiceEnabled: boolean;
    /**
     * How an account comes to be.
     */
    mode: 'self_service' | 'invitation' | (string & {});
    passwordPolicy: PasswordPolicy;
    /**
     * For people who want an account.
     */
    message: string;
};

/**
 * What an invited user chooses.
 */
export type InvitationAccept = {
    /**
     * The password, by the policy of `GET /v1/auth/signups/policy`.
     */
    password: string;
    /**
     * Name for people.
     */
    name?: string;
};

/**
 * Id of a person.
 */
export type UserId = string;

/**
 * Who can sign in now, and where.
 */
export type InvitationAccepted = {
    userId: UserId;
    tenantId: TenantId;
    /**
     * The realm in which the user signs in.
     */
    realmId: string;
    /**
     * The name to sign in with.
     */
    username: string;
};

/**
 * `deactivated` is a tenant that was deleted, until it is purged.
 */
export type TenantStatus = 'active' | 'suspended' | 'deactivated' | (string & {});

/**
 * The plan, from the smallest.
 */
export type Plan = 'free' | 'starter' | 'pro' | 'agency' | 'enterprise' | (string & {});

/**
 * A tenant, that is an organization.
 */
export type Tenant = {
    id: TenantId;
    /**
     * Short name, unique on this server.
     */
    slug: string;
    /**
     * Name for people.
     */
    displayName: string;
    plan: Plan;
    status: TenantStatus;
    /**
     * When it was created.
     */
    createdAt: Timestamp;
    /**
     * When it was last changed.
     */
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
 * A page of tenants.
 */
export type TenantList = {
    items: Array<Tenant>;
    page: Page;
};

/**
 * Short name of lower-case letters, digits and inner hyphens.
 */
export type NewSlug = string;

/**
 * Name for people, with at least one character that is not white space.
 */
export type DisplayName = string;

/**
 * A tenant to create.
 */
export type TenantCreate = {
    slug: NewSlug;
    displayName: DisplayName;
    plan: Plan;
    /**
     * Address of the person who becomes the owner.
     */
    adminEmail: string;
};

/**
 * The invitation of an owner, which is shown once.
 */
export type TenantInvitation = {
    /**
     * Where to send `POST` with a password to accept it, once.
     */
    url: string;
    /**
     * The token that the link has.
     */
    token: string;
    /**
     * Until when it can be accepted.
     */
    expiresAt: Timestamp;
};

/**
 * A new tenant, with the invitation of its owner.
 */
export type TenantCreated = {
    id: TenantId;
    /**
     * Short name, unique on this server.
     */
    slug: string;
    /**
     * Name for people.
     */
    displayName: string;
    plan: Plan;
    status: TenantStatus;
    /**
     * When it was created.
     */
    createdAt: Timestamp;
    /**
     * When it was last changed.
     */
    updatedAt: Timestamp;
    /**
     * With which the owner accepts; `null` where people sign in elsewhere.
     */
    invitation: TenantInvitation | null;
};

/**
 * What to change.
 */
export type TenantUpdate = {
    displayName?: DisplayName;
    plan?: Plan;
    status?: TenantStatus;
};

/**
 * `provisioning` while something that a capability needs is being prepared.
 */
export type WorkspaceStatus = 'provisioning' | 'active' | 'suspended' | (string & {});

/**
 * Id of a workspace.
 */
export type WorkspaceId = string;

/**
 * Something that a workspace offers. `identity` is included from the plan `pro` on, the others in every plan.
 */
export type Capability = 'identity' | 'postgres' | 'mongo' | 'kafka' | 'storage' | 'functions' | 'observability' | 'audit' | (string & {});

/**
 * What the workspace offers.
 */
export type Capabilities = Array<Capability>;

/**
 * A workspace.
 */
export type Workspace = {
    id: WorkspaceId;
    tenantId: TenantId;
    /**
     * Short name, unique in the tenant.
     */
    slug: string;
    /**
     * Name for people.
     */
    displayName: string;
    capabilities: Capabilities;
    status: WorkspaceStatus;
    /**
     * When it was created.
     */
    createdAt: Timestamp;
    /**
     * When it was last changed.
     */
    updatedAt: Timestamp;
};

/**
 * A page of workspaces.
 */
export type WorkspaceList = {
    items: Array<Workspace>;
    page: Page;
};

/**
 * A workspace to create.
 */
export type WorkspaceCreate = {
    tenantId: TenantId;
    slug: NewSlug;
    displayName: DisplayName;
    capabilities?: Capabilities;
};

/**
 * What to change.
 */
export type WorkspaceUpdate = {
    displayName?: DisplayName;
    capabilities?: Capabilities;
    /**
     * Whether its capabilities can be used.
     */
    status?: 'active' | 'suspended' | (string & {});
};

/**
 * Id of a service account.
 */
export type ServiceAccountId = string;

/**
 * A service account.
 */
export type ServiceAccount = {
    id: ServiceAccountId;
    workspaceId: WorkspaceId;
    /**
     * Short name, unique among the service accounts of the workspace.
     */
    slug: string;
    /**
     * Name for people.
     */
    displayName: string;
    /**
     * What its tokens may do.
     */
    scopes: Array<string>;
    /**
     * What it sends as `client_id`.
     */
    clientId: string;
    /**
     * When it was last used; `null` before.
     */
    lastUsedAt: string | null;
    /**
     * When it was created.
     */
    createdAt: Timestamp;
};

/**
 * A page of service accounts.
 */
export type ServiceAccountList = {
    items: Array<ServiceAccount>;
    page: Page;
};

/**
 * A service account to create.
 */
export type ServiceAccountCreate = {
    slug: NewSlug;
    displayName: DisplayName;
    /**
     * What its tokens may do: `resource:action`, `resource:*`, `*:action` or `*`.
     */
    scopes: Array<string>;
};

/**
 * A service account with its secret, which is shown once.
 */
export type ServiceAccountCreated = {
    id: ServiceAccountId;
    workspaceId: WorkspaceId;
    /**
     * Short name, unique among the service accounts of the workspace.
     */
    slug: string;
    /**
     * Name for people.
     */
    displayName: string;
    /**
     * What its tokens may do.
     */
    scopes: Array<string>;
    /**
     * What it sends as `client_id`.
     */
    clientId: string;
    /**
     * What it sends as `client_secret`. Keep it, it cannot be shown again.
     */
    clientSecret: string;
    /**
     * When it was last used; `null` before.
     */
    lastUsedAt: string | null;
    /**
     * When it was created.
     */
    createdAt: Timestamp;
};

/**
 * Id of an application.
 */
export type ApplicationId = string;

/**
 * A `confidential` application keeps a secret, a `public` one cannot.
 */
export type ApplicationAccessType = 'public' | 'confidential' | (string & {});

/**
 * An application.
 */
export type Application = {
    id: ApplicationId;
    workspaceId: WorkspaceId;
    /**
     * Short name, unique among the applications of the workspace.
     */
    slug: string;
    /**
     * Name for people.
     */
    displayName: string;
    accessType: ApplicationAccessType;
    /**
     * Where people may be sent back to.
     */
    redirectUris: Array<string>;
    /**
     * Pages that may call the token endpoint.
     */
    allowedOrigins: Array<string>;
    /**
     * What it sends as `client_id`.
     */
    clientId: string;
    /**
     * When it was created.
     */
    createdAt: Timestamp;
};

/**
 * A page of applications.
 */
export type ApplicationList = {
    items: Array<Application>;
    page: Page;
};

/**
 * An application to create.
 */
export type ApplicationCreate = {
    slug: NewSlug;
    displayName: DisplayName;
    /**
     * A `confidential` application keeps a secret, a `public` one cannot.
     */
    accessType?: 'public' | 'confidential' | (string & {});
    /**
     * Where people may be sent back to, each an absolute URI without a fragment.
     */
    redirectUris: Array<string>;
    /**
     * Pages that may call the token endpoint, each a scheme and a host, with a port where it has one.
     */
    allowedOrigins?: Array<string>;
};

/**
 * An application with its secret, which is shown once.
 */
export type ApplicationCreated = {
    id: ApplicationId;
    workspaceId: WorkspaceId;
    /**
     * Short name, unique among the applications of the workspace.
     */
    slug: string;
    /**
     * Name for people.
     */
    displayName: string;
    accessType: ApplicationAccessType;
    /**
     * Where people may be sent back to.
     */
    redirectUris: Array<string>;
    /**
     * Pages that may call the token endpoint.
     */
    allowedOrigins: Array<string>;
    /**
     * What it sends as `client_id`.
     */
    clientId: string;
    /**
     * What it sends as `client_secret`; `null` for a public one. Keep it, it cannot be shown again.
     */
    clientSecret: string | null;
    /**
     * When it was created.
     */
    createdAt: Timestamp;
};

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
 * Name of a collection: 1 to 120 letters, digits, `_`, `-` and dots of ASCII, of which the first is a letter or `_`. Names that begin
 * with `system.` are MongoDB's own.
 */
export type CollectionName = string;

/**
 * A collection of a workspace.
 */
export type Collection = {
    name: CollectionName;
    /**
     * How many documents it has.
     */
    documents: number;
    /**
     * How long all documents are as JSON.
     */
    bytes: number;
    createdAt: Timestamp;
};

/**
 * A page of collections.
 */
export type CollectionList = {
    items: Array<Collection>;
    page: Page;
};

/**
 * A document. Values that JSON does not have are Extended JSON: `{"$oid": "…"}`, `{"$date": "…"}`, `{"$numberLong": "…"}`,
 * `{"$numberDecimal": "…"}`. `_id` identifies it in its collection.
 */
export type Document = {
    [key: string]: unknown;
};

/**
 * Where a page stands among all documents that match.
 */
export type DocumentPagination = {
    /**
     * How many documents a page may have.
     */
    limit: number;
    /**
     * How many documents come before the page.
     */
    skip: number;
    /**
     * How many documents match.
     */
    total: number;
    /**
     * Whether documents come after the page.
     */
    hasMore: boolean;
};

/**
 * A page of documents.
 */
export type DocumentPage = {
    data: Array<Document>;
    pagination: DocumentPagination;
};

/**
 * A document, or an array of up to 1,000.
 */
export type DocumentInsert = unknown;

/**
 * What was inserted.
 */
export type DocumentsInserted = {
    /**
     * The document, or the documents in the order of the request, as they are stored.
     */
    data: Document | Array<Document>;
    /**
     * How many documents were inserted.
     */
    inserted: number;
};

/**
 * A document.
 */
export type DocumentResult = {
    data: Document;
};

/**
 * Update operators, or a pipeline of stages such as `$set` and `$unset`.
 */
export type DocumentUpdate = unknown;

/**
 * The operations of a bulk.
 */
export type DocumentBulk = {
    /**
     * `{insertOne: {document}}`, `{updateOne: {filter, update}}`, `{updateMany: {filter, update}}`, `{replaceOne: {filter, replacement}}`,
     * `{deleteOne: {filter}}` or `{deleteMany: {filter}}`. Updates may have `arrayFilters` and `upsert`, a replacement `upsert`.
     */
    operations: Array<{
        [key: string]: unknown;
    }>;
};

/**
 * What all operations of a bulk together did.
 */
export type DocumentBulkResult = {
    /**
     * How many documents `insertOne` has inserted.
     */
    inserted: number;
    /**
     * How many documents updates and replacements were for.
     */
    matched: number;
    /**
     * How many of them have changed.
     */
    modified: number;
    /**
     * How many documents were deleted.
     */
    deleted: number;
    /**
     * How many documents `upsert` has made.
     */
    upserted: number;
    /**
     * The `_id` of each document that was inserted, by the place of its operation.
     */
    insertedIds: {
        [key: string]: unknown;
    };
    /**
     * The `_id` of each document that `upsert` has made, by the place of its operation.
     */
    upsertedIds: {
        [key: string]: unknown;
    };
};

/**
 * A pipeline.
 */
export type DocumentPipeline = {
    /**
     * The stages, in order.
     */
    pipeline: Array<{
        [key: string]: unknown;
    }>;
};

/**
 * Documents.
 */
export type DocumentResults = {
    data: Array<Document>;
};

/**
 * Name of an index, unique in its collection.
 */
export type IndexName = string;

/**
 * An index of a collection.
 */
export type DocumentIndex = {
    name: IndexName;
    /**
     * The fields in their order, each with 1 for ascending or -1 for descending.
     */
    keys: {
        [key: string]: unknown;
    };
    /**
     * Whether two documents may not have the same values.
     */
    unique: boolean;
    /**
     * The index has only the documents that this filter matches; absent, all.
     */
    partialFilterExpression?: {
        [key: string]: unknown;
    };
    createdAt: Timestamp;
};

/**
 * The indexes of a collection.
 */
export type DocumentIndexList = {
    items: Array<DocumentIndex>;
};

/**
 * What an index is made of.
 */
export type DocumentIndexCreate = {
    /**
     * The fields in their order, each with 1 for ascending or -1 for descending.
     */
    keys: {
        [key: string]: unknown;
    };
    name?: IndexName;
    /**
     * Whether two documents may not have the same values. A field that is absent counts as null.
     */
    unique?: boolean;
    /**
     * The index has only the documents that this filter matches.
     */
    partialFilterExpression?: {
        [key: string]: unknown;
    };
};

/**
 * How documents are read.
 */
export type DocumentPlan = {
    /**
     * What keeps the documents: `sqlite`, `postgres` or `mongodb`.
     */
    engine: string;
    /**
     * `id` when one document is looked up by its `_id`, `index` when an index is used, `collection` when each document is looked at.
     */
    stage: 'id' | 'index' | 'collection' | (string & {});
    /**
     * Name of the index that is used.
     */
    index: string | null;
    /**
     * What the database itself looks for before the rest of the filter is applied.
     */
    conditions: Array<string>;
    /**
     * How the order comes about: `none` was asked for, `index` has it, or it is made in `memory`.
     */
    sort: 'none' | 'index' | 'memory' | (string & {});
};

/**
 * A name.
 */
export type AnyName = string;

/**
 * What happens to a row when the one that it refers to is deleted.
 */
export type ForeignAction = 'no action' | 'restrict' | 'cascade' | 'set null' | 'set default' | (string & {});

/**
 * The column of another table whose values the column has.
 */
export type ReadReference = {
    table: AnyName;
    column: AnyName;
    onDelete: ForeignAction;
};

/**
 * A column of a table.
 */
export type Column = {
    name: AnyName;
    /**
     * The type as PostgreSQL writes it.
     */
    type: string;
    /**
     * Whether the column is of the primary key.
     */
    primaryKey: boolean;
    /**
     * Whether the column may be null.
     */
    nullable: boolean;
    /**
     * The expression of the default as the database has it. Absent when there is none.
     */
    default?: string;
    /**
     * Whether no two rows have the same value.
     */
    unique: boolean;
    /**
     * Whether the database numbers the rows.
     */
    identity?: boolean;
    references?: ReadReference;
};

/**
 * Names of columns, in order.
 */
export type ReadNames = Array<AnyName>;

/**
 * Columns whose values together no two rows have in common.
 */
export type Key = {
    name: AnyName;
    columns: ReadNames;
};

/**
 * Columns that have the values of a key of another table.
 */
export type ForeignKey = {
    name: AnyName;
    columns: ReadNames;
    table: AnyName;
    references: ReadNames;
    onDelete: ForeignAction;
};

/**
 * A condition that every row meets.
 */
export type Check = {
    name: AnyName;
    /**
     * The condition as the database has it.
     */
    expression: string;
};

/**
 * An index over columns.
 */
export type Index = {
    name: AnyName;
    columns: ReadNames;
    /**
     * Whether no two rows have the same values.
     */
    unique: boolean;
};

/**
 * A table of a workspace.
 */
export type Table = {
    name: AnyName;
    /**
     * The columns, in order.
     */
    columns: Array<Column>;
    primaryKey: ReadNames;
    /**
     * Keys besides the primary key.
     */
    unique: Array<Key>;
    /**
     * References to other tables.
     */
    foreignKeys: Array<ForeignKey>;
    /**
     * Conditions that every row meets.
     */
    checks: Array<Check>;
    /**
     * Indexes that are no keys.
     */
    indexes: Array<Index>;
};

/**
 * A page of tables.
 */
export type TableList = {
    items: Array<Table>;
    page: Page;
};

/**
 * Name of a table, a column, a key or an index. Names that begin with `_alania` or `sqlite_` are reserved.
 */
export type Identifier = string;

/**
 * A type of PostgreSQL: `smallint`, `integer`, `bigint`, `numeric`, `numeric(10,2)`, `real`, `double precision`, `boolean`, `text`,
 * `varchar(20)`, `char(2)`, `uuid`, `date`, `time`, `timestamp`, `timestamptz`, `interval`, `jsonb`, `json`, `bytea`, or `serial` and
 * `bigserial`, which the database numbers. On PostgreSQL any of them may be an array, such as `text[]`.
 */
export type ColumnType = string;

/**
 * The column of another table whose values the column has.
 */
export type ColumnReference = {
    table: Identifier;
    column: Identifier;
    onDelete?: ForeignAction;
};

/**
 * A column.
 */
export type ColumnCreate = {
    name: Identifier;
    type: ColumnType;
    /**
     * Whether the column is the primary key. When several columns are, they are the key together.
     */
    primaryKey?: boolean;
    /**
     * Whether the column may be null. True unless the column is of the primary key.
     */
    nullable?: boolean;
    /**
     * Value of a row that has none: a value of the column's type, or one of `now()`, `current_date` and `gen_random_uuid()`.
     */
    default?: unknown;
    /**
     * Whether no two rows have the same value.
     */
    unique?: boolean;
    references?: ColumnReference;
};

/**
 * Names of columns, in order.
 */
export type Names = Array<Identifier>;

/**
 * Columns whose values together no two rows have in common.
 */
export type KeyCreate = {
    name?: Identifier;
    columns: Names;
};

/**
 * Columns that have the values of a key of another table.
 */
export type ForeignKeyCreate = {
    name?: Identifier;
    columns: Names;
    table: Identifier;
    references: Names;
    onDelete?: ForeignAction;
};

/**
 * A condition that every row meets.
 */
export type CheckCreate = {
    name?: Identifier;
    /**
     * Conditions by column, which all hold: `{"price": {"gte": 0}}`. Operators are `eq`, `neq`, `gt`, `gte`, `lt`, `lte`, `in`, `is`
     * (`null` or `not_null`), and `minLength` and `maxLength` of texts. `and` and `or` are lists of such objects, `not` is one.
     */
    where: {
        [key: string]: unknown;
    };
};

/**
 * An index over columns.
 */
export type IndexCreate = {
    name?: Identifier;
    columns: Names;
    /**
     * Whether no two rows have the same values.
     */
    unique?: boolean;
};

/**
 * A table to make.
 */
export type TableCreate = {
    name: Identifier;
    /**
     * The columns, in order.
     */
    columns: Array<ColumnCreate>;
    primaryKey?: Names;
    /**
     * Keys besides the primary key.
     */
    unique?: Array<KeyCreate>;
    /**
     * References of several columns. One of a single column can stand with it.
     */
    foreignKeys?: Array<ForeignKeyCreate>;
    /**
     * Conditions that every row meets.
     */
    checks?: Array<CheckCreate>;
    /**
     * Indexes.
     */
    indexes?: Array<IndexCreate>;
};

/**
 * A column and its new name.
 */
export type Rename = {
    from: Identifier;
    to: Identifier;
};

/**
 * Changes of a table.
 */
export type TableUpdate = {
    name?: Identifier;
    /**
     * Columns to rename.
     */
    renameColumns?: Array<Rename>;
    /**
     * Columns to drop, by their new names. Keys, checks and indexes that have one are dropped with it.
     */
    dropColumns?: Array<Identifier>;
    /**
     * Indexes to drop.
     */
    dropIndexes?: Array<Identifier>;
    /**
     * Columns to add. Where there are rows, a column that is not nullable needs a default.
     */
    addColumns?: Array<ColumnCreate>;
    /**
     * Indexes to add.
     */
    addIndexes?: Array<IndexCreate>;
};

/**
 * A row, by the names of the columns.
 */
export type Row = {
    [key: string]: unknown;
};

/**
 * Rows.
 */
export type RowArray = Array<Row>;

/**
 * Where the page stands.
 */
export type Pagination = {
    /**
     * How many rows the page may have.
     */
    limit: number;
    /**
     * How many rows are before it.
     */
    offset: number;
    /**
     * How many rows meet the filters.
     */
    total: number;
    /**
     * Whether there are rows after it.
     */
    hasMore: boolean;
};

/**
 * A page of rows.
 */
export type RowPage = {
    data: RowArray;
    pagination: Pagination;
};

/**
 * What went wrong, as PostgREST says it.
 */
export type RestError = {
    /**
     * A code of PostgREST (`PGRST…`) or of PostgreSQL (five characters), or one of this API.
     */
    code: string;
    /**
     * What happened.
     */
    message: string;
    /**
     * More of it, a text or a list; `null` when there is nothing.
     */
    details: unknown;
    /**
     * What to do about it.
     */
    hint: string | null;
};

/**
 * A row, or an array of rows.
 */
export type RowsIn = unknown;

/**
 * Rows that were inserted.
 */
export type RowsInserted = {
    data: RowArray;
    /**
     * How many.
     */
    inserted: number;
};

/**
 * How many rows were deleted.
 */
export type RowsDeleted = {
    /**
     * How many.
     */
    deleted: number;
};

/**
 * How many rows were changed.
 */
export type RowsUpdated = {
    /**
     * How many.
     */
    updated: number;
};

/**
 * A row.
 */
export type RowAnswer = {
    data: Row;
};

/**
 * Name of a topic, unique in the workspace: 1 to 120 letters, digits, `_`, `-` and dots of ASCII, of which the first is a letter, a
 * digit or `_`.
 */
export type TopicName = string;

/**
 * Events with the same key keep their order. Without one, or with null, the order is that of a partition.
 */
export type EventKey = string | null;

/**
 * An event to publish.
 */
export type Event = {
    topic: TopicName;
    key?: EventKey;
    /**
     * Any JSON of 256 KB at most.
     */
    payload: unknown;
};

/**
 * An event, or an array of up to 100.
 */
export type EventPublish = Event | Array<Event>;

/**
 * Number of a partition, from 0.
 */
export type PartitionNumber = number;

/**
 * Place of an event in its partition. The first one has 0, each one more than the one before.
 */
export type EventOffset = number;

/**
 * Where an event is stored.
 */
export type StoredEvent = {
    topic: TopicName;
    partition: PartitionNumber;
    offset: EventOffset;
    acceptedAt: Timestamp;
};

/**
 * What was published. Of one event it has the topic, the partition and the offset; of an array `items`, in the order of the request.
 */
export type Publication = {
    /**
     * Id of the publication.
     */
    publicationId: string;
    topic?: TopicName;
    partition?: PartitionNumber;
    offset?: EventOffset;
    acceptedAt: Timestamp;
    items?: Array<StoredEvent>;
};

/**
 * How many partitions the topic has.
 */
export type Partitions = number;

/**
 * For how many seconds events are kept, 604800 (a week) where nothing else is said. They are deleted some minutes later.
 */
export type RetentionSeconds = number;

/**
 * How many bytes of keys and payloads the topic keeps, the newest; each partition keeps its share. null: only the time and the plan
 * bound them.
 */
export type RetentionBytes = number | null;

/**
 * A topic of a workspace.
 */
export type Topic = {
    name: TopicName;
    partitions: Partitions;
    retentionSeconds: RetentionSeconds;
    retentionBytes: RetentionBytes;
    /**
     * How many events it keeps.
     */
    events: number;
    /**
     * How many bytes their keys and payloads have.
     */
    bytes: number;
    createdAt: Timestamp;
    updatedAt: Timestamp;
};

/**
 * A page of topics.
 */
export type TopicList = {
    items: Array<Topic>;
    page: Page;
};

/**
 * A topic to make.
 */
export type TopicCreate = {
    name: TopicName;
    partitions?: Partitions;
    retentionSeconds?: RetentionSeconds;
    retentionBytes?: RetentionBytes;
};

/**
 * What to change.
 */
export type TopicUpdate = {
    partitions?: Partitions;
    retentionSeconds?: RetentionSeconds;
    retentionBytes?: RetentionBytes;
};

/**
 * The payload, as it was published.
 */
export type Payload = unknown;

/**
 * An event of a topic.
 */
export type Message = {
    partition: PartitionNumber;
    offset: EventOffset;
    key: EventKey;
    payload: Payload;
    acceptedAt: Timestamp;
};

/**
 * A page of messages.
 */
export type MessageList = {
    items: Array<Message>;
    page: Page;
};

/**
 * Name of a group of consumers, unique in its topic. It has the form of the name of a topic.
 */
export type GroupName = string;

/**
 * Name of a member, of your own, unique in its group.
 */
export type MemberName = string;

/**
 * A member that was heard of in the last 30 seconds.
 */
export type GroupMember = {
    member: MemberName;
    seenAt: Timestamp;
    /**
     * The partitions that are its own.
     */
    partitions: Array<PartitionNumber>;
};

/**
 * Where a group stands in a partition.
 */
export type GroupPartition = {
    partition: PartitionNumber;
    /**
     * Whose the partition is.
     */
    member: string | null;
    /**
     * Offset of the first event that is not committed.
     */
    committed: number;
    /**
     * Offset that the next event will have.
     */
    end: number;
    /**
     * How many events wait for the group.
     */
    lag: number;
};

/**
 * A group of consumers.
 */
export type Group = {
    group: GroupName;
    /**
     * How many events of all partitions wait for the group.
     */
    lag: number;
    members: Array<GroupMember>;
    partitions: Array<GroupPartition>;
    createdAt: Timestamp;
};

/**
 * The groups of a topic.
 */
export type GroupList = {
    items: Array<Group>;
};

/**
 * What a member asks for.
 */
export type GroupPoll = {
    member: MemberName;
    /**
     * How many events the answer may have, 20 where nothing else is said. There are fewer when they are large.
     */
    max?: number;
    /**
     * For how long the answer waits for an event when there is none, 0 where nothing else is said.
     */
    waitSeconds?: number;
};

/**
 * A place in a partition.
 */
export type GroupOffset = {
    partition: PartitionNumber;
    /**
     * Offset after the last event that is done with.
     */
    offset: number;
};

/**
 * Events for a member.
 */
export type GroupPolled = {
    items: Array<Message>;
    /**
     * The partitions that are the member's own, with what to commit when it is done with the events.
     */
    offsets: Array<GroupOffset>;
};

/**
 * What to commit.
 */
export type GroupCommit = {
    member: MemberName;
    offsets: Array<GroupOffset>;
};

/**
 * Where people and programs of a tenant prove who they are.
 */
export type Realm = {
    /**
     * The name of the realm, which is the slug of the tenant.
     */
    realmId: string;
    /**
     * Name for people.
     */
    displayName: string;
    /**
     * Whether it issues tokens. It does not while the tenant is suspended.
     */
    enabled: boolean;
    /**
     * The issuer of its tokens (OpenID Connect Discovery).
     */
    issuer: string;
    /**
     * Whether people may sign in with their e-mail address.
     */
    loginWithEmailAllowed: boolean;
    /**
     * When it was created.
     */
    createdAt: Timestamp;
};

/**
 * A page of realms.
 */
export type RealmList = {
    items: Array<Realm>;
    page: Page;
};

/**
 * Id of a client of a realm.
 */
export type RealmClientId = string;

/**
 * How a client proves itself: not at all, with a secret, or it asks for no tokens.
 */
export type RealmAccessType = 'public' | 'confidential' | 'bearer_only' | (string & {});

/**
 * An OAuth 2.0 client of a realm.
 */
export type RealmClient = {
    id: RealmClientId;
    /**
     * What it calls itself; unique in the realm.
     */
    clientId: string;
    /**
     * Name for people.
     */
    displayName: string;
    /**
     * What it speaks.
     */
    protocol: 'openid-connect';
    accessType: RealmAccessType;
    /**
     * Whether it gets tokens.
     */
    enabled: boolean;
    /**
     * Where people may be sent back to.
     */
    redirectUris: Array<string>;
    /**
     * Origins whose pages may read the answers of the token endpoint.
     */
    webOrigins: Array<string>;
    /**
     * Scopes of OpenID Connect that it may ask for, besides `openid`.
     */
    scopes: Array<string>;
    /**
     * Whether it may send the passwords of users.
     */
    directAccessGrantsEnabled: boolean;
    /**
     * Whether it may act for itself.
     */
    serviceAccountsEnabled: boolean;
    /**
     * The roles that it has when it acts for itself.
     */
    serviceAccountRoles: Array<string>;
    /**
     * When it was created.
     */
    createdAt: Timestamp;
};

/**
 * A page of clients.
 */
export type RealmClientList = {
    items: Array<RealmClient>;
    page: Page;
};

/**
 * A client to create.
 */
export type RealmClientCreate = {
    /**
     * What it calls itself; unique in the realm.
     */
    clientId: string;
    displayName?: DisplayName;
    /**
     * What it speaks.
     */
    protocol?: 'openid-connect';
    /**
     * How it proves itself: not at all, with a secret, or it asks for no tokens.
     */
    accessType?: 'public' | 'confidential' | 'bearer_only' | (string & {});
    /**
     * Where people may be sent back to.
     */
    redirectUris?: Array<string>;
    /**
     * Origins whose pages may read the answers of the token endpoint.
     */
    webOrigins?: Array<string>;
    /**
     * Scopes of OpenID Connect that it may ask for, besides `openid`; all of them unless given.
     */
    scopes?: Array<string>;
    /**
     * Whether it may send the passwords of users.
     */
    directAccessGrantsEnabled?: boolean;
    /**
     * Whether it may act for itself (`client_credentials`). Only a confidential client may.
     */
    serviceAccountsEnabled?: boolean;
    /**
     * The roles that it has when it acts for itself.
     */
    serviceAccountRoles?: Array<string>;
};

/**
 * An OAuth 2.0 client with its secret, which is shown once.
 */
export type RealmClientCreated = {
    id: RealmClientId;
    /**
     * What it calls itself; unique in the realm.
     */
    clientId: string;
    /**
     * Name for people.
     */
    displayName: string;
    /**
     * What it speaks.
     */
    protocol: 'openid-connect';
    accessType: RealmAccessType;
    /**
     * Whether it gets tokens.
     */
    enabled: boolean;
    /**
     * Where people may be sent back to.
     */
    redirectUris: Array<string>;
    /**
     * Origins whose pages may read the answers of the token endpoint.
     */
    webOrigins: Array<string>;
    /**
     * Scopes of OpenID Connect that it may ask for, besides `openid`.
     */
    scopes: Array<string>;
    /**
     * Whether it may send the passwords of users.
     */
    directAccessGrantsEnabled: boolean;
    /**
     * Whether it may act for itself.
     */
    serviceAccountsEnabled: boolean;
    /**
     * The roles that it has when it acts for itself.
     */
    serviceAccountRoles: Array<string>;
    /**
     * What it sends as `client_secret`; `null` for a client that has none. Keep it, it cannot be shown again.
     */
    clientSecret: string | null;
    /**
     * When it was created.
     */
    createdAt: Timestamp;
};

/**
 * A role of a realm.
 */
export type RealmRole = {
    /**
     * The name, as tokens have it in `realm_access.roles`.
     */
    roleName: string;
    /**
     * What it is for.
     */
    description: string;
    /**
     * Whether it contains other roles.
     */
    composite: boolean;
    /**
     * The roles that it contains.
     */
    composites: Array<string>;
    /**
     * Whether it allows something in this API. Such a role is in every realm.
     */
    builtIn: boolean;
};

/**
 * A page of roles.
 */
export type RealmRoleList = {
    items: Array<RealmRole>;
    page: Page;
};

/**
 * A role to create.
 */
export type RealmRoleCreate = {
    /**
     * The name.
     */
    roleName: string;
    /**
     * What it is for.
     */
    description?: string;
    /**
     * Roles of the realm that it contains.
     */
    composites?: Array<string>;
};

/**
 * `invited` has no password yet; `disabled` neither signs in nor refreshes.
 */
export type RealmUserStatus = 'invited' | 'active' | 'disabled' | (string & {});

/**
 * A person of a realm.
 */
export type RealmUser = {
    id: UserId;
    /**
     * The name to sign in with, in lower case; unique in the realm.
     */
    username: string;
    /**
     * The e-mail address, with which the user can sign in as well.
     */
    email: string | null;
    /**
     * Name for people.
     */
    displayName: string;
    status: RealmUserStatus;
    /**
     * The roles that the user was given.
     */
    roles: Array<string>;
    /**
     * The one workspace to which the roles are bound; `null` for none.
     */
    workspaceId: string | null;
    /**
     * When the user was created.
     */
    createdAt: Timestamp;
    /**
     * When the user was last changed.
     */
    updatedAt: Timestamp;
};

/**
 * A page of users.
 */
export type RealmUserList = {
    items: Array<RealmUser>;
    page: Page;
};

/**
 * A user to create.
 */
export type RealmUserCreate = {
    /**
     * The name to sign in with; the e-mail address unless given.
     */
    username?: string;
    /**
     * The e-mail address.
     */
    email: string;
    displayName?: DisplayName;
    /**
     * The roles of the user.
     */
    roles?: Array<string>;
    workspaceId?: WorkspaceId;
};

/**
 * An invitation, which is shown once.
 */
export type RealmInvitation = {
    /**
     * Where it is accepted with a POST that has a password.
     */
    url: string;
    /**
     * The last segment of the URL.
     */
    token: string;
    /**
     * When it expires.
     */
    expiresAt: Timestamp;
};

/**
 * A new person of a realm.
 */
export type RealmUserCreated = {
    id: UserId;
    /**
     * The name to sign in with, in lower case; unique in the realm.
     */
    username: string;
    /**
     * The e-mail address, with which the user can sign in as well.
     */
    email: string | null;
    /**
     * Name for people.
     */
    displayName: string;
    status: RealmUserStatus;
    /**
     * The roles that the user was given.
     */
    roles: Array<string>;
    /**
     * The one workspace to which the roles are bound; `null` for none.
     */
    workspaceId: string | null;
    /**
     * When the user was created.
     */
    createdAt: Timestamp;
    /**
     * When the user was last changed.
     */
    updatedAt: Timestamp;
    /**
     * With which the user chooses a password; `null` when the request had one.
     */
    invitation: RealmInvitation | null;
};

/**
 * What to change of a user.
 */
export type RealmUserUpdate = {
    displayName?: DisplayName;
    /**
     * Whether the user may sign in.
     */
    enabled?: boolean;
};

/**
 * A password.
 */
export type RealmPassword = {
    /**
     * The password, by the policy of `GET /v1/auth/signups/policy`.
     */
    password: string;
};

/**
 * The roles of a user.
 */
export type RealmUserRoles = {
    /**
     * All roles of the user.
     */
    roles: Array<string>;
    workspaceId?: WorkspaceId;
};

/**
 * What the workspace offers.
 */
export type CapabilitiesWritable = Array<Capability>;

/**
 * Names of columns, in order.
 */
export type ReadNamesWritable = Array<AnyName>;

/**
 * Names of columns, in order.
 */
export type NamesWritable = Array<Identifier>;

/**
 * Rows.
 */
export type RowArrayWritable = Array<Row>;

/**
 * A user to create.
 */
export type RealmUserCreateWritable = {
    /**
     * The name to sign in with; the e-mail address unless given.
     */
    username?: string;
    /**
     * The e-mail address.
     */
    email: string;
    displayName?: DisplayName;
    /**
     * The password, by the policy of `GET /v1/auth/signups/policy`. Without one the user is invited.
     */
    password?: string;
    /**
     * The roles of the user.
     */
    roles?: Array<string>;
    workspaceId?: WorkspaceId;
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
 * The token of the invitation.
 */
export type PathInvitationToken = string;

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
 * Makes the request safe to repeat: a value of your own, unique to the change that you intend, such as a UUID. For 24
 * hours the same key with the same request returns the first answer again. With another request it is refused with 409
 * (`IDEMPOTENCY_MISMATCH`), and so it is while the first request still runs (`IDEMPOTENCY_IN_FLIGHT`). Requests refused
 * by validation are not remembered.
 */
export type IdempotencyKey = string;

/**
 * Id of the tenant.
 */
export type PathTenantId = TenantId;

/**
 * Id of the workspace.
 */
export type PathWorkspaceId = WorkspaceId;

/**
 * Id of the service account.
 */
export type PathServiceAccountId = ServiceAccountId;

/**
 * Id of the application.
 */
export type PathApplicationId = ApplicationId;

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
 * When the link ends, in seconds since 1970.
 */
export type LinkExpires = number;

/**
 * Signature of the link.
 */
export type LinkSignature = string;

/**
 * Id of the upload.
 */
export type PathUploadId = UploadId;

/**
 * Name of the collection.
 */
export type PathCollection = CollectionName;

/**
 * Which documents, as a filter of MongoDB in JSON. Absent, all.
 */
export type DocumentFilter = string;

/**
 * What to show of each document: fields separated by commas, with a hyphen before each that is left out, or a projection of
 * MongoDB in JSON.
 */
export type DocumentProjection = string;

/**
 * The order: fields separated by commas, with a hyphen before each that descends, or an object in JSON. Values of different types
 * are in MongoDB's order.
 */
export type DocumentSort = string;

/**
 * How many documents a page may have.
 */
export type DocumentLimit = number;

/**
 * How many documents that match come before the page.
 */
export type DocumentSkip = number;

/**
 * The `_id` of the document. 24 hexadecimal digits are an ObjectId, anything else is a string.
 */
export type PathDocumentId = string;

/**
 * Whether a document is made when there is none with the id.
 */
export type DocumentUpsert = boolean;

/**
 * Makes the request safe to repeat, as everywhere else. This operation does without it.
 */
export type IdempotencyKeyOptional = string;

/**
 * Name of the table.
 */
export type PathTable = string;

/**
 * Columns, members of JSON, aggregates and embedded tables to answer with, separated by commas. Absent, all columns.
 */
export type Select = string;

/**
 * Columns to order by, each with `.asc` or `.desc` and `.nullsfirst` or `.nullslast`.
 */
export type Order = string;

/**
 * How many rows a page may have, 20 unless sent.
 */
export type RowLimit = number;

/**
 * How many rows to leave out before the first, none unless sent.
 */
export type Offset = number;

/**
 * Conditions that all hold, in parentheses.
 */
export type And = string;

/**
 * Conditions of which one holds, in parentheses.
 */
export type Or = string;

/**
 * What PostgREST's clients may wish: `return=representation|minimal|headers-only`, `count=exact|planned|estimated`,
 * `resolution=merge-duplicates|ignore-duplicates`, `missing=default`, `max-affected=…`, `handling=strict|lenient`,
 * `tx=commit|rollback`.
 */
export type Prefer = string;

/**
 * The rows to answer with, such as `0-9`, in place of `limit` and `offset`.
 */
export type RangeRows = string;

/**
 * The unit of `Range`, `items`. Only clients of PostgREST send it.
 */
export type RangeUnit = string;

/**
 * The client library. Only clients of PostgREST send it.
 */
export type XClientInfo = string;

/**
 * The columns to write, separated by commas. Other members of a row are not regarded.
 */
export type Columns = string;

/**
 * Columns of the unique key by which an upsert finds the rows that are there. Absent, the primary key.
 */
export type OnConflict = string;

/**
 * With `true`, a request without a filter means every row.
 */
export type All = boolean;

/**
 * Value of the primary key. Of a key of several columns the values are in the order of the columns, with commas between them; a value
 * that has a comma itself stands in double quotes.
 */
export type PathPrimaryKey = string;

/**
 * Name of the topic.
 */
export type PathTopic = TopicName;

/**
 * Only messages of one partition. Absent, those of all.
 */
export type EventPartition = number;

/**
 * Where to begin: an offset, in each partition, or a time in the form of RFC 3339, which stands for the first event that was accepted
 * then or later. Absent, at the oldest that is kept.
 */
export type EventFrom = string;

/**
 * Name of the group.
 */
export type PathGroup = GroupName;

/**
 * Name of the realm.
 */
export type PathRealmId = string;

/**
 * Id of the client, not its `clientId`.
 */
export type PathRealmClientId = RealmClientId;

/**
 * Name of the role.
 */
export type PathRoleName = string;

/**
 * Id of the user.
 */
export type PathUserId = UserId;

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

export type CreateTokenData = {
    body: TokenRequest;
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
    url: '/v1/auth/token';
};

export type CreateTokenResponses = {
    /**
     * The tokens.
     */
    200: Token;
};

export type CreateTokenResponse = CreateTokenResponses[keyof CreateTokenResponses];

export type RefreshTokenData = {
    body: TokenRefresh;
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
    url: '/v1/auth/refresh';
};

export type RefreshTokenResponses = {
    /**
     * The tokens.
     */
    200: Token;
};

export type RefreshTokenResponse = RefreshTokenResponses[keyof RefreshTokenResponses];

export type GetSignupPolicyData = {
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
    url: '/v1/auth/signups/policy';
};

export type GetSignupPolicyResponses = {
    /**
     * The policy.
     */
    200: SignupPolicy;
};

export type GetSignupPolicyResponse = GetSignupPolicyResponses[keyof GetSignupPolicyResponses];

export type AcceptInvitationData = {
    body: InvitationAccept;
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
    path: {
        /**
         * The token of the invitation.
         */
        token: string;
    };
    query?: never;
    url: '/v1/auth/invitations/{token}';
};

export type AcceptInvitationResponses = {
    /**
     * Who can sign in now, and where.
     */
    200: InvitationAccepted;
};

export type AcceptInvitationResponse = AcceptInvitationResponses[keyof AcceptInvitationResponses];

export type ListTenantsData = {
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
    query?: {
        /**
         * Only tenants with this status.
         */
        status?: TenantStatus;
        /**
         * Only tenants on this plan.
         */
        plan?: Plan;
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
    url: '/v1/tenants';
};

export type ListTenantsResponses = {
    /**
     * A page of tenants.
     */
    200: TenantList;
};

export type ListTenantsResponse = ListTenantsResponses[keyof ListTenantsResponses];

export type CreateTenantData = {
    body: TenantCreate;
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
    path?: never;
    query?: never;
    url: '/v1/tenants';
};

export type CreateTenantResponses = {
    /**
     * The new tenant.
     */
    201: TenantCreated;
};

export type CreateTenantResponse = CreateTenantResponses[keyof CreateTenantResponses];

export type DeleteTenantData = {
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
         * Id of the tenant.
         */
        tenantId: TenantId;
    };
    query?: never;
    url: '/v1/tenants/{tenantId}';
};

export type DeleteTenantResponses = {
    /**
     * Done.
     */
    204: void;
};

export type DeleteTenantResponse = DeleteTenantResponses[keyof DeleteTenantResponses];

export type GetTenantData = {
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
         * Id of the tenant.
         */
        tenantId: TenantId;
    };
    query?: never;
    url: '/v1/tenants/{tenantId}';
};

export type GetTenantResponses = {
    /**
     * The tenant.
     */
    200: Tenant;
};

export type GetTenantResponse = GetTenantResponses[keyof GetTenantResponses];

export type UpdateTenantData = {
    body: TenantUpdate;
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
         * Id of the tenant.
         */
        tenantId: TenantId;
    };
    query?: never;
    url: '/v1/tenants/{tenantId}';
};

export type UpdateTenantResponses = {
    /**
     * The tenant after the change.
     */
    200: Tenant;
};

export type UpdateTenantResponse = UpdateTenantResponses[keyof UpdateTenantResponses];

export type ListWorkspacesData = {
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
    query?: {
        /**
         * Only workspaces with this status.
         */
        status?: WorkspaceStatus;
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
    url: '/v1/workspaces';
};

export type ListWorkspacesResponses = {
    /**
     * A page of workspaces.
     */
    200: WorkspaceList;
};

export type ListWorkspacesResponse = ListWorkspacesResponses[keyof ListWorkspacesResponses];

export type CreateWorkspaceData = {
    body: WorkspaceCreate;
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
    path?: never;
    query?: never;
    url: '/v1/workspaces';
};

export type CreateWorkspaceResponses = {
    /**
     * The new workspace.
     */
    201: Workspace;
};

export type CreateWorkspaceResponse = CreateWorkspaceResponses[keyof CreateWorkspaceResponses];

export type DeleteWorkspaceData = {
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
    };
    query?: never;
    url: '/v1/workspaces/{workspaceId}';
};

export type DeleteWorkspaceResponses = {
    /**
     * Done.
     */
    204: void;
};

export type DeleteWorkspaceResponse = DeleteWorkspaceResponses[keyof DeleteWorkspaceResponses];

export type GetWorkspaceData = {
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
    query?: never;
    url: '/v1/workspaces/{workspaceId}';
};

export type GetWorkspaceResponses = {
    /**
     * The workspace.
     */
    200: Workspace;
};

export type GetWorkspaceResponse = GetWorkspaceResponses[keyof GetWorkspaceResponses];

export type UpdateWorkspaceData = {
    body: WorkspaceUpdate;
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
    url: '/v1/workspaces/{workspaceId}';
};

export type UpdateWorkspaceResponses = {
    /**
     * The workspace after the change.
     */
    200: Workspace;
};

export type UpdateWorkspaceResponse = UpdateWorkspaceResponses[keyof UpdateWorkspaceResponses];

export type ListServiceAccountsData = {
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
    url: '/v1/workspaces/{workspaceId}/service-accounts';
};

export type ListServiceAccountsResponses = {
    /**
     * A page of service accounts.
     */
    200: ServiceAccountList;
};

export type ListServiceAccountsResponse = ListServiceAccountsResponses[keyof ListServiceAccountsResponses];

export type CreateServiceAccountData = {
    body: ServiceAccountCreate;
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
    url: '/v1/workspaces/{workspaceId}/service-accounts';
};

export type CreateServiceAccountResponses = {
    /**
     * The new service account, with its secret.
     */
    201: ServiceAccountCreated;
};

export type CreateServiceAccountResponse = CreateServiceAccountResponses[keyof CreateServiceAccountResponses];

export type DeleteServiceAccountData = {
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
         * Id of the service account.
         */
        serviceAccountId: ServiceAccountId;
    };
    query?: never;
    url: '/v1/workspaces/{workspaceId}/service-accounts/{serviceAccountId}';
};

export type DeleteServiceAccountResponses = {
    /**
     * Done.
     */
    204: void;
};

export type DeleteServiceAccountResponse = DeleteServiceAccountResponses[keyof DeleteServiceAccountResponses];

export type GetServiceAccountData = {
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
         * Id of the service account.
         */
        serviceAccountId: ServiceAccountId;
    };
    query?: never;
    url: '/v1/workspaces/{workspaceId}/service-accounts/{serviceAccountId}';
};

export type GetServiceAccountResponses = {
    /**
     * The service account.
     */
    200: ServiceAccount;
};

export type GetServiceAccountResponse = GetServiceAccountResponses[keyof GetServiceAccountResponses];

export type RotateServiceAccountSecretData = {
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
         * Id of the service account.
         */
        serviceAccountId: ServiceAccountId;
    };
    query?: never;
    url: '/v1/workspaces/{workspaceId}/service-accounts/{serviceAccountId}/rotate-secret';
};

export type RotateServiceAccountSecretResponses = {
    /**
     * The service account, with its new secret.
     */
    200: ServiceAccountCreated;
};

export type RotateServiceAccountSecretResponse = RotateServiceAccountSecretResponses[keyof RotateServiceAccountSecretResponses];

export type ListApplicationsData = {
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
    url: '/v1/workspaces/{workspaceId}/applications';
};

export type ListApplicationsResponses = {
    /**
     * A page of applications.
     */
    200: ApplicationList;
};

export type ListApplicationsResponse = ListApplicationsResponses[keyof ListApplicationsResponses];

export type CreateApplicationData = {
    body: ApplicationCreate;
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
    url: '/v1/workspaces/{workspaceId}/applications';
};

export type CreateApplicationResponses = {
    /**
     * The new application.
     */
    201: ApplicationCreated;
};

export type CreateApplicationResponse = CreateApplicationResponses[keyof CreateApplicationResponses];

export type DeleteApplicationData = {
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
         * Id of the application.
         */
        applicationId: ApplicationId;
    };
    query?: never;
    url: '/v1/workspaces/{workspaceId}/applications/{applicationId}';
};

export type DeleteApplicationResponses = {
    /**
     * Done.
     */
    204: void;
};

export type DeleteApplicationResponse = DeleteApplicationResponses[keyof DeleteApplicationResponses];

export type GetApplicationData = {
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
         * Id of the application.
         */
        applicationId: ApplicationId;
    };
    query?: never;
    url: '/v1/workspaces/{workspaceId}/applications/{applicationId}';
};

export type GetApplicationResponses = {
    /**
     * The application.
     */
    200: Application;
};

export type GetApplicationResponse = GetApplicationResponses[keyof GetApplicationResponses];

export type RotateApplicationSecretData = {
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
         * Id of the application.
         */
        applicationId: ApplicationId;
    };
    query?: never;
    url: '/v1/workspaces/{workspaceId}/applications/{applicationId}/rotate-secret';
};

export type RotateApplicationSecretResponses = {
    /**
     * The application, with its new secret.
     */
    200: ApplicationCreated;
};

export type RotateApplicationSecretResponse = RotateApplicationSecretResponses[keyof RotateApplicationSecretResponses];

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

export type ListCollectionsData = {
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
    url: '/v1/mongo/{workspaceId}/collections';
};

export type ListCollectionsResponses = {
    /**
     * A page of collections.
     */
    200: CollectionList;
};

export type ListCollectionsResponse = ListCollectionsResponses[keyof ListCollectionsResponses];

export type DeleteCollectionData = {
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
         * Name of the collection.
         */
        collection: CollectionName;
    };
    query?: never;
    url: '/v1/mongo/{workspaceId}/collections/{collection}';
};

export type DeleteCollectionResponses = {
    /**
     * The collection is deleted.
     */
    204: void;
};

export type DeleteCollectionResponse = DeleteCollectionResponses[keyof DeleteCollectionResponses];

export type ListDocumentsData = {
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
         * Name of the collection.
         */
        collection: CollectionName;
    };
    query?: {
        /**
         * Which documents, as a filter of MongoDB in JSON. Absent, all.
         */
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
        /**
         * How many documents a page may have.
         */
        limit?: number;
        /**
         * How many documents that match come before the page.
         */
        skip?: number;
    };
    url: '/v1/mongo/{workspaceId}/collections/{collection}/documents';
};

export type ListDocumentsResponses = {
    /**
     * A page of documents.
     */
    200: DocumentPage;
};

export type ListDocumentsResponse = ListDocumentsResponses[keyof ListDocumentsResponses];

export type InsertDocumentsData = {
    body: DocumentInsert;
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
         * Name of the collection.
         */
        collection: CollectionName;
    };
    query?: never;
    url: '/v1/mongo/{workspaceId}/collections/{collection}/documents';
};

export type InsertDocumentsResponses = {
    /**
     * The documents are stored.
     */
    201: DocumentsInserted;
};

export type InsertDocumentsResponse = InsertDocumentsResponses[keyof InsertDocumentsResponses];

export type DeleteDocumentData = {
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
         * Name of the collection.
         */
        collection: CollectionName;
        /**
         * The `_id` of the document. 24 hexadecimal digits are an ObjectId, anything else is a string.
         */
        documentId: string;
    };
    query?: never;
    url: '/v1/mongo/{workspaceId}/collections/{collection}/documents/{documentId}';
};

export type DeleteDocumentResponses = {
    /**
     * The document is deleted.
     */
    204: void;
};

export type DeleteDocumentResponse = DeleteDocumentResponses[keyof DeleteDocumentResponses];

export type GetDocumentData = {
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
         * Name of the collection.
         */
        collection: CollectionName;
        /**
         * The `_id` of the document. 24 hexadecimal digits are an ObjectId, anything else is a string.
         */
        documentId: string;
    };
    query?: {
        /**
         * What to show of each document: fields separated by commas, with a hyphen before each that is left out, or a projection of
         * MongoDB in JSON.
         */
        projection?: string;
    };
    url: '/v1/mongo/{workspaceId}/collections/{collection}/documents/{documentId}';
};

export type GetDocumentResponses = {
    /**
     * The document.
     */
    200: DocumentResult;
};

export type GetDocumentResponse = GetDocumentResponses[keyof GetDocumentResponses];

export type UpdateDocumentData = {
    body: DocumentUpdate;
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
         * Name of the collection.
         */
        collection: CollectionName;
        /**
         * The `_id` of the document. 24 hexadecimal digits are an ObjectId, anything else is a string.
         */
        documentId: string;
    };
    query?: {
        /**
         * Whether a document is made when there is none with the id.
         */
        upsert?: boolean;
        /**
         * Which elements of arrays the placeholders of the update mean: an array of filters in JSON.
         */
        arrayFilters?: string;
    };
    url: '/v1/mongo/{workspaceId}/collections/{collection}/documents/{documentId}';
};

export type UpdateDocumentResponses = {
    /**
     * The document as it is now.
     */
    200: DocumentResult;
    /**
     * There was none with the id, and `upsert` has made it.
     */
    201: DocumentResult;
};

export type UpdateDocumentResponse = UpdateDocumentResponses[keyof UpdateDocumentResponses];

export type ReplaceDocumentData = {
    body: Document;
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
         * Name of the collection.
         */
        collection: CollectionName;
        /**
         * The `_id` of the document. 24 hexadecimal digits are an ObjectId, anything else is a string.
         */
        documentId: string;
    };
    query?: {
        /**
         * Whether a document is made when there is none with the id.
         */
        upsert?: boolean;
    };
    url: '/v1/mongo/{workspaceId}/collections/{collection}/documents/{documentId}';
};

export type ReplaceDocumentResponses = {
    /**
     * The document as it is now.
     */
    200: DocumentResult;
    /**
     * There was none with the id, and `upsert` has made it.
     */
    201: DocumentResult;
};

export type ReplaceDocumentResponse = ReplaceDocumentResponses[keyof ReplaceDocumentResponses];

export type BulkDocumentsData = {
    body: DocumentBulk;
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
         * Name of the collection.
         */
        collection: CollectionName;
    };
    query?: never;
    url: '/v1/mongo/{workspaceId}/collections/{collection}/bulk';
};

export type BulkDocumentsResponses = {
    /**
     * What all operations together did.
     */
    200: DocumentBulkResult;
};

export type BulkDocumentsResponse = BulkDocumentsResponses[keyof BulkDocumentsResponses];

export type AggregateDocumentsData = {
    body: DocumentPipeline;
    headers: {
        /**
         * Makes the request safe to repeat, as everywhere else. This operation does without it.
         */
        'Idempotency-Key'?: string;
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
         * Name of the collection.
         */
        collection: CollectionName;
    };
    query?: never;
    url: '/v1/mongo/{workspaceId}/collections/{collection}/aggregate';
};

export type AggregateDocumentsResponses = {
    /**
     * The documents that come out of the last stage.
     */
    200: DocumentResults;
};

export type AggregateDocumentsResponse = AggregateDocumentsResponses[keyof AggregateDocumentsResponses];

export type ListDocumentIndexesData = {
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
         * Name of the collection.
         */
        collection: CollectionName;
    };
    query?: never;
    url: '/v1/mongo/{workspaceId}/collections/{collection}/indexes';
};

export type ListDocumentIndexesResponses = {
    /**
     * The indexes.
     */
    200: DocumentIndexList;
};

export type ListDocumentIndexesResponse = ListDocumentIndexesResponses[keyof ListDocumentIndexesResponses];

export type CreateDocumentIndexData = {
    body: DocumentIndexCreate;
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
         * Name of the collection.
         */
        collection: CollectionName;
    };
    query?: never;
    url: '/v1/mongo/{workspaceId}/collections/{collection}/indexes';
};

export type CreateDocumentIndexResponses = {
    /**
     * The index.
     */
    201: DocumentIndex;
};

export type CreateDocumentIndexResponse = CreateDocumentIndexResponses[keyof CreateDocumentIndexResponses];

export type DeleteDocumentIndexData = {
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
         * Name of the collection.
         */
        collection: CollectionName;
        /**
         * Name of the index.
         */
        index: IndexName;
    };
    query?: never;
    url: '/v1/mongo/{workspaceId}/collections/{collection}/indexes/{index}';
};

export type DeleteDocumentIndexResponses = {
    /**
     * The index is deleted.
     */
    204: void;
};

export type DeleteDocumentIndexResponse = DeleteDocumentIndexResponses[keyof DeleteDocumentIndexResponses];

export type ExplainQueryData = {
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
         * Name of the collection.
         */
        collection: CollectionName;
    };
    query?: {
        /**
         * Which documents, as a filter of MongoDB in JSON. Absent, all.
         */
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
        /**
         * How many documents a page may have.
         */
        limit?: number;
        /**
         * How many documents that match come before the page.
         */
        skip?: number;
    };
    url: '/v1/mongo/{workspaceId}/collections/{collection}/explain';
};

export type ExplainQueryResponses = {
    /**
     * How the documents would be read.
     */
    200: DocumentPlan;
};

export type ExplainQueryResponse = ExplainQueryResponses[keyof ExplainQueryResponses];

export type ExplainPipelineData = {
    body: DocumentPipeline;
    headers: {
        /**
         * Makes the request safe to repeat, as everywhere else. This operation does without it.
         */
        'Idempotency-Key'?: string;
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
         * Name of the collection.
         */
        collection: CollectionName;
    };
    query?: never;
    url: '/v1/mongo/{workspaceId}/collections/{collection}/explain';
};

export type ExplainPipelineResponses = {
    /**
     * How the documents would be read.
     */
    200: DocumentPlan;
};

export type ExplainPipelineResponse = ExplainPipelineResponses[keyof ExplainPipelineResponses];

export type ListTablesData = {
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
    url: '/v1/postgres/{workspaceId}/tables';
};

export type ListTablesResponses = {
    /**
     * A page of tables.
     */
    200: TableList;
};

export type ListTablesResponse = ListTablesResponses[keyof ListTablesResponses];

export type CreateTableData = {
    body: TableCreate;
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
    url: '/v1/postgres/{workspaceId}/tables';
};

export type CreateTableResponses = {
    /**
     * The table is there.
     */
    201: Table;
};

export type CreateTableResponse = CreateTableResponses[keyof CreateTableResponses];

export type DeleteTableData = {
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
         * Name of the table.
         */
        table: string;
    };
    query?: never;
    url: '/v1/postgres/{workspaceId}/tables/{table}';
};

export type DeleteTableResponses = {
    /**
     * The table is deleted.
     */
    204: void;
};

export type DeleteTableResponse = DeleteTableResponses[keyof DeleteTableResponses];

export type GetTableData = {
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
         * Name of the table.
         */
        table: string;
    };
    query?: never;
    url: '/v1/postgres/{workspaceId}/tables/{table}';
};

export type GetTableResponses = {
    /**
     * The table.
     */
    200: Table;
};

export type GetTableResponse = GetTableResponses[keyof GetTableResponses];

export type UpdateTableData = {
    body: TableUpdate;
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
         * Name of the table.
         */
        table: string;
    };
    query?: never;
    url: '/v1/postgres/{workspaceId}/tables/{table}';
};

export type UpdateTableResponses = {
    /**
     * The table as it is now.
     */
    200: Table;
};

export type UpdateTableResponse = UpdateTableResponses[keyof UpdateTableResponses];

export type DeleteRowsData = {
    body?: never;
    headers: {
        /**
         * What PostgREST's clients may wish: `return=representation|minimal|headers-only`, `count=exact|planned|estimated`,
         * `resolution=merge-duplicates|ignore-duplicates`, `missing=default`, `max-affected=…`, `handling=strict|lenient`,
         * `tx=commit|rollback`.
         */
        Prefer?: string;
        /**
         * The client library. Only clients of PostgREST send it.
         */
        'X-Client-Info'?: string;
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
         * Name of the table.
         */
        table: string;
    };
    query?: {
        /**
         * With `true`, a request without a filter means every row.
         */
        all?: boolean;
        /**
         * Columns, members of JSON, aggregates and embedded tables to answer with, separated by commas. Absent, all columns.
         */
        select?: string;
        /**
         * Columns to order by, each with `.asc` or `.desc` and `.nullsfirst` or `.nullslast`.
         */
        order?: string;
        /**
         * How many rows a page may have, 20 unless sent.
         */
        limit?: number;
    };
    url: '/v1/postgres/{workspaceId}/rows/{table}';
};

export type DeleteRowsResponses = {
    /**
     * How many rows were deleted.
     */
    200: RowsDeleted;
    /**
     * The rows are deleted, to a client of PostgREST.
     */
    204: void;
};

export type DeleteRowsResponse = DeleteRowsResponses[keyof DeleteRowsResponses];

export type ListRowsData = {
    body?: never;
    headers: {
        /**
         * What PostgREST's clients may wish: `return=representation|minimal|headers-only`, `count=exact|planned|estimated`,
         * `resolution=merge-duplicates|ignore-duplicates`, `missing=default`, `max-affected=…`, `handling=strict|lenient`,
         * `tx=commit|rollback`.
         */
        Prefer?: string;
        /**
         * The rows to answer with, such as `0-9`, in place of `limit` and `offset`.
         */
        Range?: string;
        /**
         * The unit of `Range`, `items`. Only clients of PostgREST send it.
         */
        'Range-Unit'?: string;
        /**
         * The client library. Only clients of PostgREST send it.
         */
        'X-Client-Info'?: string;
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
         * Name of the table.
         */
        table: string;
    };
    query?: {
        /**
         * Columns, members of JSON, aggregates and embedded tables to answer with, separated by commas. Absent, all columns.
         */
        select?: string;
        /**
         * Columns to order by, each with `.asc` or `.desc` and `.nullsfirst` or `.nullslast`.
         */
        order?: string;
        /**
         * How many rows a page may have, 20 unless sent.
         */
        limit?: number;
        /**
         * How many rows to leave out before the first, none unless sent.
         */
        offset?: number;
        /**
         * Conditions that all hold, in parentheses.
         */
        and?: string;
        /**
         * Conditions of which one holds, in parentheses.
         */
        or?: string;
    };
    url: '/v1/postgres/{workspaceId}/rows/{table}';
};

export type ListRowsResponses = {
    /**
     * A page of rows.
     */
    200: RowPage;
    /**
     * A part of the rows, to a client of PostgREST that asked for their number.
     */
    206: RowArray;
};

export type ListRowsResponse = ListRowsResponses[keyof ListRowsResponses];

export type UpdateRowsData = {
    body: Row;
    headers: {
        /**
         * What PostgREST's clients may wish: `return=representation|minimal|headers-only`, `count=exact|planned|estimated`,
         * `resolution=merge-duplicates|ignore-duplicates`, `missing=default`, `max-affected=…`, `handling=strict|lenient`,
         * `tx=commit|rollback`.
         */
        Prefer?: string;
        /**
         * The client library. Only clients of PostgREST send it.
         */
        'X-Client-Info'?: string;
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
         * Name of the table.
         */
        table: string;
    };
    query?: {
        /**
         * With `true`, a request without a filter means every row.
         */
        all?: boolean;
        /**
         * Columns, members of JSON, aggregates and embedded tables to answer with, separated by commas. Absent, all columns.
         */
        select?: string;
        /**
         * Columns to order by, each with `.asc` or `.desc` and `.nullsfirst` or `.nullslast`.
         */
        order?: string;
        /**
         * How many rows a page may have, 20 unless sent.
         */
        limit?: number;
        /**
         * The columns to write, separated by commas. Other members of a row are not regarded.
         */
        columns?: string;
    };
    url: '/v1/postgres/{workspaceId}/rows/{table}';
};

export type UpdateRowsResponses = {
    /**
     * How many rows were changed.
     */
    200: RowsUpdated;
    /**
     * The rows are changed, to a client of PostgREST.
     */
    204: void;
};

export type UpdateRowsResponse = UpdateRowsResponses[keyof UpdateRowsResponses];

export type InsertRowsData = {
    body: RowsIn;
    headers: {
        /**
         * What PostgREST's clients may wish: `return=representation|minimal|headers-only`, `count=exact|planned|estimated`,
         * `resolution=merge-duplicates|ignore-duplicates`, `missing=default`, `max-affected=…`, `handling=strict|lenient`,
         * `tx=commit|rollback`.
         */
        Prefer?: string;
        /**
         * The client library. Only clients of PostgREST send it.
         */
        'X-Client-Info'?: string;
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
         * Name of the table.
         */
        table: string;
    };
    query?: {
        /**
         * Columns, members of JSON, aggregates and embedded tables to answer with, separated by commas. Absent, all columns.
         */
        select?: string;
        /**
         * The columns to write, separated by commas. Other members of a row are not regarded.
         */
        columns?: string;
        /**
         * Columns of the unique key by which an upsert finds the rows that are there. Absent, the primary key.
         */
        on_conflict?: string;
    };
    url: '/v1/postgres/{workspaceId}/rows/{table}';
};

export type InsertRowsResponses = {
    /**
     * Rows that were there were merged, to a client of PostgREST.
     */
    200: RowArray;
    /**
     * The rows are inserted.
     */
    201: RowsInserted;
};

export type InsertRowsResponse = InsertRowsResponses[keyof InsertRowsResponses];

export type DeleteRowData = {
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
         * Name of the table.
         */
        table: string;
        /**
         * Value of the primary key. Of a key of several columns the values are in the order of the columns, with commas between them; a value
         * that has a comma itself stands in double quotes.
         */
        primaryKey: string;
    };
    query?: never;
    url: '/v1/postgres/{workspaceId}/rows/{table}/{primaryKey}';
};

export type DeleteRowResponses = {
    /**
     * The row is deleted.
     */
    200: RowsDeleted;
};

export type DeleteRowResponse = DeleteRowResponses[keyof DeleteRowResponses];

export type GetRowData = {
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
         * Name of the table.
         */
        table: string;
        /**
         * Value of the primary key. Of a key of several columns the values are in the order of the columns, with commas between them; a value
         * that has a comma itself stands in double quotes.
         */
        primaryKey: string;
    };
    query?: {
        /**
         * Columns, members of JSON, aggregates and embedded tables to answer with, separated by commas. Absent, all columns.
         */
        select?: string;
    };
    url: '/v1/postgres/{workspaceId}/rows/{table}/{primaryKey}';
};

export type GetRowResponses = {
    /**
     * The row.
     */
    200: RowAnswer;
};

export type GetRowResponse = GetRowResponses[keyof GetRowResponses];

export type UpdateRowData = {
    body: Row;
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
         * Name of the table.
         */
        table: string;
        /**
         * Value of the primary key. Of a key of several columns the values are in the order of the columns, with commas between them; a value
         * that has a comma itself stands in double quotes.
         */
        primaryKey: string;
    };
    query?: {
        /**
         * Columns, members of JSON, aggregates and embedded tables to answer with, separated by commas. Absent, all columns.
         */
        select?: string;
    };
    url: '/v1/postgres/{workspaceId}/rows/{table}/{primaryKey}';
};

export type UpdateRowResponses = {
    /**
     * The row as it is now.
     */
    200: RowAnswer;
};

export type UpdateRowResponse = UpdateRowResponses[keyof UpdateRowResponses];

export type RestDeleteData = {
    body?: never;
    headers?: {
        /**
         * What PostgREST's clients may wish: `return=representation|minimal|headers-only`, `count=exact|planned|estimated`,
         * `resolution=merge-duplicates|ignore-duplicates`, `missing=default`, `max-affected=…`, `handling=strict|lenient`,
         * `tx=commit|rollback`.
         */
        Prefer?: string;
        /**
         * The client library. Only clients of PostgREST send it.
         */
        'X-Client-Info'?: string;
        /**
         * The version of the API that the caller is written for; the newest one unless sent.
         */
        'X-API-Version'?: ApiVersion;
        /**
         * Identifies the request. The answer repeats it, and our logs have it; unless sent, it is one of ours.
         */
        'X-Correlation-Id'?: string;
        /**
         * Makes the request safe to repeat, as everywhere else. This operation does without it.
         */
        'Idempotency-Key'?: string;
    };
    path: {
        /**
         * Id of the workspace.
         */
        workspaceId: WorkspaceId;
        /**
         * Name of the table.
         */
        table: string;
    };
    query?: never;
    url: '/v1/postgres/{workspaceId}/rest/{table}';
};

export type RestDeleteResponses = {
    /**
     * The deleted rows.
     */
    200: RowArray;
    /**
     * The rows are deleted.
     */
    204: void;
};

export type RestDeleteResponse = RestDeleteResponses[keyof RestDeleteResponses];

export type RestReadData = {
    body?: never;
    headers?: {
        /**
         * What PostgREST's clients may wish: `return=representation|minimal|headers-only`, `count=exact|planned|estimated`,
         * `resolution=merge-duplicates|ignore-duplicates`, `missing=default`, `max-affected=…`, `handling=strict|lenient`,
         * `tx=commit|rollback`.
         */
        Prefer?: string;
        /**
         * The rows to answer with, such as `0-9`, in place of `limit` and `offset`.
         */
        Range?: string;
        /**
         * The unit of `Range`, `items`. Only clients of PostgREST send it.
         */
        'Range-Unit'?: string;
        /**
         * The client library. Only clients of PostgREST send it.
         */
        'X-Client-Info'?: string;
        /**
         * The version of the API that the caller is written for; the newest one unless sent.
         */
        'X-API-Version'?: ApiVersion;
        /**
         * Identifies the request. The answer repeats it, and our logs have it; unless sent, it is one of ours.
         */
        'X-Correlation-Id'?: string;
    };
    path: {
        /**
         * Id of the workspace.
         */
        workspaceId: WorkspaceId;
        /**
         * Name of the table.
         */
        table: string;
    };
    query?: never;
    url: '/v1/postgres/{workspaceId}/rest/{table}';
};

export type RestReadResponses = {
    /**
     * The rows.
     */
    200: RowArray;
    /**
     * A part of the rows, and how many there are.
     */
    206: RowArray;
};

export type RestReadResponse = RestReadResponses[keyof RestReadResponses];

export type RestUpdateData = {
    /**
     * JSON, CSV (`text/csv`) or a form, as PostgREST takes them.
     */
    body?: string;
    headers?: {
        /**
         * What PostgREST's clients may wish: `return=representation|minimal|headers-only`, `count=exact|planned|estimated`,
         * `resolution=merge-duplicates|ignore-duplicates`, `missing=default`, `max-affected=…`, `handling=strict|lenient`,
         * `tx=commit|rollback`.
         */
        Prefer?: string;
        /**
         * The client library. Only clients of PostgREST send it.
         */
        'X-Client-Info'?: string;
        /**
         * The version of the API that the caller is written for; the newest one unless sent.
         */
        'X-API-Version'?: ApiVersion;
        /**
         * Identifies the request. The answer repeats it, and our logs have it; unless sent, it is one of ours.
         */
        'X-Correlation-Id'?: string;
        /**
         * Makes the request safe to repeat, as everywhere else. This operation does without it.
         */
        'Idempotency-Key'?: string;
    };
    path: {
        /**
         * Id of the workspace.
         */
        workspaceId: WorkspaceId;
        /**
         * Name of the table.
         */
        table: string;
    };
    query?: never;
    url: '/v1/postgres/{workspaceId}/rest/{table}';
};

export type RestUpdateResponses = {
    /**
     * The changed rows.
     */
    200: RowArray;
    /**
     * The rows are changed.
     */
    204: void;
};

export type RestUpdateResponse = RestUpdateResponses[keyof RestUpdateResponses];

export type RestInsertData = {
    /**
     * JSON, CSV (`text/csv`) or a form, as PostgREST takes them.
     */
    body?: string;
    headers?: {
        /**
         * What PostgREST's clients may wish: `return=representation|minimal|headers-only`, `count=exact|planned|estimated`,
         * `resolution=merge-duplicates|ignore-duplicates`, `missing=default`, `max-affected=…`, `handling=strict|lenient`,
         * `tx=commit|rollback`.
         */
        Prefer?: string;
        /**
         * The client library. Only clients of PostgREST send it.
         */
        'X-Client-Info'?: string;
        /**
         * The version of the API that the caller is written for; the newest one unless sent.
         */
        'X-API-Version'?: ApiVersion;
        /**
         * Identifies the request. The answer repeats it, and our logs have it; unless sent, it is one of ours.
         */
        'X-Correlation-Id'?: string;
        /**
         * Makes the request safe to repeat, as everywhere else. This operation does without it.
         */
        'Idempotency-Key'?: string;
    };
    path: {
        /**
         * Id of the workspace.
         */
        workspaceId: WorkspaceId;
        /**
         * Name of the table.
         */
        table: string;
    };
    query?: never;
    url: '/v1/postgres/{workspaceId}/rest/{table}';
};

export type RestInsertResponses = {
    /**
     * Rows that were there were merged.
     */
    200: RowArray;
    /**
     * The rows are inserted.
     */
    201: RowArray;
};

export type RestInsertResponse = RestInsertResponses[keyof RestInsertResponses];

export type RestPutData = {
    /**
     * JSON, CSV (`text/csv`) or a form, as PostgREST takes them.
     */
    body?: string;
    headers?: {
        /**
         * What PostgREST's clients may wish: `return=representation|minimal|headers-only`, `count=exact|planned|estimated`,
         * `resolution=merge-duplicates|ignore-duplicates`, `missing=default`, `max-affected=…`, `handling=strict|lenient`,
         * `tx=commit|rollback`.
         */
        Prefer?: string;
        /**
         * The client library. Only clients of PostgREST send it.
         */
        'X-Client-Info'?: string;
        /**
         * The version of the API that the caller is written for; the newest one unless sent.
         */
        'X-API-Version'?: ApiVersion;
        /**
         * Identifies the request. The answer repeats it, and our logs have it; unless sent, it is one of ours.
         */
        'X-Correlation-Id'?: string;
        /**
         * Makes the request safe to repeat, as everywhere else. This operation does without it.
         */
        'Idempotency-Key'?: string;
    };
    path: {
        /**
         * Id of the workspace.
         */
        workspaceId: WorkspaceId;
        /**
         * Name of the table.
         */
        table: string;
    };
    query?: never;
    url: '/v1/postgres/{workspaceId}/rest/{table}';
};

export type RestPutResponses = {
    /**
     * The row is replaced.
     */
    200: RowArray;
    /**
     * The row is inserted.
     */
    201: RowArray;
    /**
     * The row is replaced.
     */
    204: void;
};

export type RestPutResponse = RestPutResponses[keyof RestPutResponses];

export type PublishEventsData = {
    body: EventPublish;
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
    url: '/v1/events/{workspaceId}/publish';
};

export type PublishEventsResponses = {
    /**
     * The events are stored.
     */
    202: Publication;
};

export type PublishEventsResponse = PublishEventsResponses[keyof PublishEventsResponses];

export type ListTopicsData = {
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
    url: '/v1/events/{workspaceId}/topics';
};

export type ListTopicsResponses = {
    /**
     * A page of topics.
     */
    200: TopicList;
};

export type ListTopicsResponse = ListTopicsResponses[keyof ListTopicsResponses];

export type CreateTopicData = {
    body: TopicCreate;
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
    url: '/v1/events/{workspaceId}/topics';
};

export type CreateTopicResponses = {
    /**
     * The topic.
     */
    201: Topic;
};

export type CreateTopicResponse = CreateTopicResponses[keyof CreateTopicResponses];

export type DeleteTopicData = {
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
         * Name of the topic.
         */
        topic: TopicName;
    };
    query?: never;
    url: '/v1/events/{workspaceId}/topics/{topic}';
};

export type DeleteTopicResponses = {
    /**
     * The topic is deleted.
     */
    204: void;
};

export type DeleteTopicResponse = DeleteTopicResponses[keyof DeleteTopicResponses];

export type GetTopicData = {
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
         * Name of the topic.
         */
        topic: TopicName;
    };
    query?: never;
    url: '/v1/events/{workspaceId}/topics/{topic}';
};

export type GetTopicResponses = {
    /**
     * The topic.
     */
    200: Topic;
};

export type GetTopicResponse = GetTopicResponses[keyof GetTopicResponses];

export type UpdateTopicData = {
    body: TopicUpdate;
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
         * Name of the topic.
         */
        topic: TopicName;
    };
    query?: never;
    url: '/v1/events/{workspaceId}/topics/{topic}';
};

export type UpdateTopicResponses = {
    /**
     * The topic after the change.
     */
    200: Topic;
};

export type UpdateTopicResponse = UpdateTopicResponses[keyof UpdateTopicResponses];

export type ListMessagesData = {
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
         * Name of the topic.
         */
        topic: TopicName;
    };
    query?: {
        /**
         * Only messages of one partition. Absent, those of all.
         */
        partition?: number;
        /**
         * Where to begin: an offset, in each partition, or a time in the form of RFC 3339, which stands for the first event that was accepted
         * then or later. Absent, at the oldest that is kept.
         */
        from?: string;
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
    url: '/v1/events/{workspaceId}/topics/{topic}/messages';
};

export type ListMessagesResponses = {
    /**
     * A page of messages.
     */
    200: MessageList;
};

export type ListMessagesResponse = ListMessagesResponses[keyof ListMessagesResponses];

export type ListGroupsData = {
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
         * Name of the topic.
         */
        topic: TopicName;
    };
    query?: never;
    url: '/v1/events/{workspaceId}/topics/{topic}/groups';
};

export type ListGroupsResponses = {
    /**
     * The groups.
     */
    200: GroupList;
};

export type ListGroupsResponse = ListGroupsResponses[keyof ListGroupsResponses];

export type DeleteGroupData = {
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
         * Name of the topic.
         */
        topic: TopicName;
        /**
         * Name of the group.
         */
        group: GroupName;
    };
    query?: never;
    url: '/v1/events/{workspaceId}/topics/{topic}/groups/{group}';
};

export type DeleteGroupResponses = {
    /**
     * The group is deleted.
     */
    204: void;
};

export type DeleteGroupResponse = DeleteGroupResponses[keyof DeleteGroupResponses];

export type GetGroupData = {
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
         * Name of the topic.
         */
        topic: TopicName;
        /**
         * Name of the group.
         */
        group: GroupName;
    };
    query?: never;
    url: '/v1/events/{workspaceId}/topics/{topic}/groups/{group}';
};

export type GetGroupResponses = {
    /**
     * The group.
     */
    200: Group;
};

export type GetGroupResponse = GetGroupResponses[keyof GetGroupResponses];

export type PollGroupData = {
    body: GroupPoll;
    headers: {
        /**
         * Makes the request safe to repeat, as everywhere else. This operation does without it.
         */
        'Idempotency-Key'?: string;
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
         * Name of the topic.
         */
        topic: TopicName;
        /**
         * Name of the group.
         */
        group: GroupName;
    };
    query?: never;
    url: '/v1/events/{workspaceId}/topics/{topic}/groups/{group}/poll';
};

export type PollGroupResponses = {
    /**
     * The events.
     */
    200: GroupPolled;
};

export type PollGroupResponse = PollGroupResponses[keyof PollGroupResponses];

export type CommitGroupData = {
    body: GroupCommit;
    headers: {
        /**
         * Makes the request safe to repeat, as everywhere else. This operation does without it.
         */
        'Idempotency-Key'?: string;
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
         * Name of the topic.
         */
        topic: TopicName;
        /**
         * Name of the group.
         */
        group: GroupName;
    };
    query?: never;
    url: '/v1/events/{workspaceId}/topics/{topic}/groups/{group}/commit';
};

export type CommitGroupResponses = {
    /**
     * The offsets are committed.
     */
    204: void;
};

export type CommitGroupResponse = CommitGroupResponses[keyof CommitGroupResponses];

export type ListRealmsData = {
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
    url: '/v1/iam/realms';
};

export type ListRealmsResponses = {
    /**
     * A page of realms.
     */
    200: RealmList;
};

export type ListRealmsResponse = ListRealmsResponses[keyof ListRealmsResponses];

export type ListRealmClientsData = {
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
         * Name of the realm.
         */
        realmId: string;
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
    url: '/v1/iam/realms/{realmId}/clients';
};

export type ListRealmClientsResponses = {
    /**
     * A page of clients.
     */
    200: RealmClientList;
};

export type ListRealmClientsResponse = ListRealmClientsResponses[keyof ListRealmClientsResponses];

export type CreateRealmClientData = {
    body: RealmClientCreate;
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
         * Name of the realm.
         */
        realmId: string;
    };
    query?: never;
    url: '/v1/iam/realms/{realmId}/clients';
};

export type CreateRealmClientResponses = {
    /**
     * The new client, with its secret.
     */
    201: RealmClientCreated;
};

export type CreateRealmClientResponse = CreateRealmClientResponses[keyof CreateRealmClientResponses];

export type DeleteRealmClientData = {
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
         * Name of the realm.
         */
        realmId: string;
        /**
         * Id of the client, not its `clientId`.
         */
        realmClientId: RealmClientId;
    };
    query?: never;
    url: '/v1/iam/realms/{realmId}/clients/{realmClientId}';
};

export type DeleteRealmClientResponses = {
    /**
     * Done.
     */
    204: void;
};

export type DeleteRealmClientResponse = DeleteRealmClientResponses[keyof DeleteRealmClientResponses];

export type GetRealmClientData = {
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
         * Name of the realm.
         */
        realmId: string;
        /**
         * Id of the client, not its `clientId`.
         */
        realmClientId: RealmClientId;
    };
    query?: never;
    url: '/v1/iam/realms/{realmId}/clients/{realmClientId}';
};

export type GetRealmClientResponses = {
    /**
     * The client.
     */
    200: RealmClient;
};

export type GetRealmClientResponse = GetRealmClientResponses[keyof GetRealmClientResponses];

export type RotateRealmClientSecretData = {
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
         * Name of the realm.
         */
        realmId: string;
        /**
         * Id of the client, not its `clientId`.
         */
        realmClientId: RealmClientId;
    };
    query?: never;
    url: '/v1/iam/realms/{realmId}/clients/{realmClientId}/rotate-secret';
};

export type RotateRealmClientSecretResponses = {
    /**
     * The client, with its new secret.
     */
    200: RealmClientCreated;
};

export type RotateRealmClientSecretResponse = RotateRealmClientSecretResponses[keyof RotateRealmClientSecretResponses];

export type ListRealmRolesData = {
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
         * Name of the realm.
         */
        realmId: string;
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
    url: '/v1/iam/realms/{realmId}/roles';
};

export type ListRealmRolesResponses = {
    /**
     * A page of roles, by name.
     */
    200: RealmRoleList;
};

export type ListRealmRolesResponse = ListRealmRolesResponses[keyof ListRealmRolesResponses];

export type CreateRealmRoleData = {
    body: RealmRoleCreate;
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
         * Name of the realm.
         */
        realmId: string;
    };
    query?: never;
    url: '/v1/iam/realms/{realmId}/roles';
};

export type CreateRealmRoleResponses = {
    /**
     * The new role.
     */
    201: RealmRole;
};

export type CreateRealmRoleResponse = CreateRealmRoleResponses[keyof CreateRealmRoleResponses];

export type DeleteRealmRoleData = {
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
         * Name of the realm.
         */
        realmId: string;
        /**
         * Name of the role.
         */
        roleName: string;
    };
    query?: never;
    url: '/v1/iam/realms/{realmId}/roles/{roleName}';
};

export type DeleteRealmRoleResponses = {
    /**
     * Done.
     */
    204: void;
};

export type DeleteRealmRoleResponse = DeleteRealmRoleResponses[keyof DeleteRealmRoleResponses];

export type ListRealmUsersData = {
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
         * Name of the realm.
         */
        realmId: string;
    };
    query?: {
        /**
         * Only the user with this e-mail address, in lower case.
         */
        email?: string;
        /**
         * Only the user with this name, in lower case.
         */
        username?: string;
        /**
         * Only users with this status.
         */
        status?: RealmUserStatus;
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
    url: '/v1/iam/realms/{realmId}/users';
};

export type ListRealmUsersResponses = {
    /**
     * A page of users.
     */
    200: RealmUserList;
};

export type ListRealmUsersResponse = ListRealmUsersResponses[keyof ListRealmUsersResponses];

export type CreateRealmUserData = {
    body: RealmUserCreateWritable;
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
         * Name of the realm.
         */
        realmId: string;
    };
    query?: never;
    url: '/v1/iam/realms/{realmId}/users';
};

export type CreateRealmUserResponses = {
    /**
     * The new user.
     */
    201: RealmUserCreated;
};

export type CreateRealmUserResponse = CreateRealmUserResponses[keyof CreateRealmUserResponses];

export type DeleteRealmUserData = {
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
         * Name of the realm.
         */
        realmId: string;
        /**
         * Id of the user.
         */
        userId: UserId;
    };
    query?: never;
    url: '/v1/iam/realms/{realmId}/users/{userId}';
};

export type DeleteRealmUserResponses = {
    /**
     * Done.
     */
    204: void;
};

export type DeleteRealmUserResponse = DeleteRealmUserResponses[keyof DeleteRealmUserResponses];

export type GetRealmUserData = {
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
         * Name of the realm.
         */
        realmId: string;
        /**
         * Id of the user.
         */
        userId: UserId;
    };
    query?: never;
    url: '/v1/iam/realms/{realmId}/users/{userId}';
};

export type GetRealmUserResponses = {
    /**
     * The user.
     */
    200: RealmUser;
};

export type GetRealmUserResponse = GetRealmUserResponses[keyof GetRealmUserResponses];

export type UpdateRealmUserData = {
    body: RealmUserUpdate;
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
         * Name of the realm.
         */
        realmId: string;
        /**
         * Id of the user.
         */
        userId: UserId;
    };
    query?: never;
    url: '/v1/iam/realms/{realmId}/users/{userId}';
};

export type UpdateRealmUserResponses = {
    /**
     * The user.
     */
    200: RealmUser;
};

export type UpdateRealmUserResponse = UpdateRealmUserResponses[keyof UpdateRealmUserResponses];

export type SetRealmUserPasswordData = {
    body: RealmPassword;
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
         * Name of the realm.
         */
        realmId: string;
        /**
         * Id of the user.
         */
        userId: UserId;
    };
    query?: never;
    url: '/v1/iam/realms/{realmId}/users/{userId}/password';
};

export type SetRealmUserPasswordResponses = {
    /**
     * Done.
     */
    204: void;
};

export type SetRealmUserPasswordResponse = SetRealmUserPasswordResponses[keyof SetRealmUserPasswordResponses];

export type AssignRealmUserRolesData = {
    body: RealmUserRoles;
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
         * Name of the realm.
         */
        realmId: string;
        /**
         * Id of the user.
         */
        userId: UserId;
    };
    query?: never;
    url: '/v1/iam/realms/{realmId}/users/{userId}/roles';
};

export type AssignRealmUserRolesResponses = {
    /**
     * The user, with the roles.
     */
    200: RealmUser;
};

export type AssignRealmUserRolesResponse = AssignRealmUserRolesResponses[keyof AssignRealmUserRolesResponses];

// Generated from the OpenAPI bundle by scripts/generate.mjs. Do not edit: run `make generate`.

export type ClientOptions = {
    baseUrl: `${string}://${string}` | 'https://api.alania-go.ru' | (string & {});
};

export type Webhooks = OnOrgCreatedWebhookRequest | OnOrgUpdatedWebhookRequest | OnOrgSuspendedWebhookRequest | OnOrgResumedWebhookRequest | OnOrgDeletedWebhookRequest | OnWorkspaceCreatedWebhookRequest | OnWorkspaceUpdatedWebhookRequest | OnWorkspaceDeletedWebhookRequest | OnMemberInvitedWebhookRequest | OnMemberRoleChangedWebhookRequest | OnMemberRemovedWebhookRequest | OnKeyCreatedWebhookRequest | OnKeyRevokedWebhookRequest | OnBindingCreatedWebhookRequest | OnBindingUpdatedWebhookRequest | OnBindingValidatedWebhookRequest | OnBindingInvalidWebhookRequest | OnBindingDeletedWebhookRequest | OnSyncRunStartedWebhookRequest | OnSyncRunSucceededWebhookRequest | OnSyncRunFailedWebhookRequest | OnSyncRunCancelledWebhookRequest | OnWebhookEndpointDisabledWebhookRequest | OnWebhookTestWebhookRequest;

/**
 * The form of RFC 6749 section 4.4.2. Parameters that are not listed are ignored.
 */
export type TokenRequest = {
    /**
     * `client_credentials`; any other value is refused as `unsupported_grant_type`.
     */
    grant_type: string;
    /**
     * Id of the client, unless sent in the `Authorization` header (Basic). Never send both.
     */
    client_id?: string;
    /**
     * Secret of the client, unless sent in the `Authorization` header (Basic).
     */
    client_secret?: string;
    /**
     * The scopes you want, separated by spaces. Absent, all scopes of the client. One that the client does not hold is refused, unless
     * `resource` is given: then the token has those of them that the client holds.
     */
    scope?: string;
    /**
     * URL that the token is for (RFC 8707): that of this API or one below it, such as that of the MCP server. Another is refused as
     * `invalid_target`.
     */
    resource?: string;
};

/**
 * A short-lived bearer token.
 */
export type Token = {
    /**
     * Send it as `Authorization Bearer`. A signed JWT; treat it as opaque.
     */
    access_token: string;
    /**
     * How to send it.
     */
    token_type: 'Bearer';
    /**
     * Seconds that the token is good for, from now.
     */
    expires_in: number;
    /**
     * The scopes granted, separated by spaces.
     */
    scope: string;
};

/**
 * What went wrong with a token request, in the form of RFC 6749 section 5.2.
 */
export type OAuthError = {
    /**
     * `invalid_request`, `invalid_client`, `invalid_scope`, `unauthorized_client`, `unsupported_grant_type`;
     * by RFC 8707 `invalid_target`; beyond the RFCs `rate_limited`, `server_error` and `temporarily_unavailable`.
     */
    error: string;
    /**
     * What happened and what to do about it, for a person.
     */
    error_description: string;
    /**
     * A page about the error.
     */
    error_uri?: string;
};

/**
 * The form of RFC 7009 section 2.1. Parameters that are not listed are ignored.
 */
export type RevocationRequest = {
    /**
     * The access token to revoke.
     */
    token: string;
    /**
     * `access_token`; a hint that may be left out, and is ignored when it is wrong.
     */
    token_type_hint?: string;
    /**
     * Id of the client that got the token, unless sent in the `Authorization` header (Basic).
     */
    client_id?: string;
    /**
     * Secret of the client, unless sent in the `Authorization` header (Basic).
     */
    client_secret?: string;
};

/**
 * One Ed25519 public key (RFC 8037).
 */
export type Jwk = {
    /**
     * Key type.
     */
    kty: 'OKP';
    /**
     * Curve.
     */
    crv: 'Ed25519';
    /**
     * The public key, base64url.
     */
    x: string;
    /**
     * Key id, as in the header of the tokens.
     */
    kid: string;
    /**
     * The key verifies signatures.
     */
    use: 'sig';
    /**
     * Signature algorithm.
     */
    alg: 'EdDSA';
};

/**
 * A JSON Web Key Set (RFC 7517).
 */
export type Jwks = {
    /**
     * Public keys that tokens in circulation may be signed with.
     */
    keys: Array<Jwk>;
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
    detail: string;
};

/**
 * What went wrong, as an RFC 9457 problem.
 */
export type Problem = {
    /**
     * Identifies the kind of problem, as a reference relative to this server. It ends in `code`.
     */
    type: string;
    /**
     * The kind of problem in a few words; the same for every occurrence.
     */
    title: string;
    /**
     * The HTTP status of this answer.
     */
    status: number;
    /**
     * What happened this time and what to do about it, for a person. Never repeats a value you sent.
     */
    detail: string;
    /**
     * Path of the request.
     */
    instance: string;
    /**
     * Stable name of the problem, for programs. New codes may appear; treat one you do not know as its status.
     */
    code: string;
    /**
     * The same as the `X-Request-ID` header.
     */
    request_id: string;
    /**
     * Every violation that was found, with a 422 that is about values.
     */
    errors?: Array<Violation>;
};

/**
 * Authorization server metadata (RFC 8414).
 */
export type OAuthServerMetadata = {
    /**
     * The `iss` of every token.
     */
    issuer: string;
    /**
     * This member is here because clients require it. There is no such endpoint yet; `grant_types_supported` lists the grants that the server supports.
     */
    authorization_endpoint: string;
    /**
     * Where tokens are issued.
     */
    token_endpoint: string;
    /**
     * Where tokens are revoked.
     */
    revocation_endpoint: string;
    /**
     * Where the public keys are.
     */
    jwks_uri: string;
    /**
     * Every scope that an operation may need.
     */
    scopes_supported: Array<string>;
    /**
     * Empty, as there is no authorization endpoint.
     */
    response_types_supported: Array<string>;
    /**
     * The grants that the token endpoint takes.
     */
    grant_types_supported: Array<string>;
    /**
     * How a client may authenticate at the token endpoint.
     */
    token_endpoint_auth_methods_supported: Array<string>;
    /**
     * How a client may authenticate at the revocation endpoint.
     */
    revocation_endpoint_auth_methods_supported: Array<string>;
    /**
     * Documentation for developers.
     */
    service_documentation?: string;
};

/**
 * State of one dependency.
 */
export type HealthCheck = {
    /**
     * `degraded` when it works but slowly or in part.
     */
    state: 'up' | 'degraded' | 'down' | (string & {});
    /**
     * Milliseconds that the check took.
     */
    latency_ms: number;
    /**
     * Why the state is not `up`.
     */
    message?: string;
};

/**
 * One check for each dependency.
 */
export type HealthChecks = {
    database: HealthCheck;
    queue: HealthCheck;
    object_storage: HealthCheck;
};

/**
 * State of the service and of each thing it depends on.
 */
export type Health = {
    /**
     * `down` when a dependency is down (with 503), `degraded` when one is slow or limited, else `ok`.
     */
    status: 'ok' | 'degraded' | 'down' | (string & {});
    /**
     * Version of the server.
     */
    version: string;
    /**
     * When the checks ran.
     */
    time: string;
    checks: HealthChecks;
};

/**
 * The process answers.
 */
export type Liveness = {
    /**
     * Always `ok`; a process that is not well does not answer.
     */
    status: 'ok';
};

/**
 * Whether this process should be sent requests.
 */
export type Readiness = {
    /**
     * `unavailable` when a dependency is down, `draining` when the process is about to stop; both with 503.
     */
    status: 'ok' | 'unavailable' | 'draining' | (string & {});
    checks: HealthChecks;
};

/**
 * Order of the list; a leading `-` is descending.
 */
export type OrgSort = 'created_at' | '-created_at' | 'name' | '-name' | (string & {});

/**
 * Id of an organization.
 */
export type OrgId = string;

/**
 * Plan of an organization, or rate-limit class of a key.
 */
export type Tier = 'free' | 'starter' | 'pro' | 'agency' | 'enterprise' | (string & {});

/**
 * An organization, that is one tenant.
 */
export type Org = {
    id: OrgId;
    /**
     * Display name.
     */
    name: string;
    /**
     * Short name, unique on this server.
     */
    slug: string;
    tier: Tier;
    /**
     * When it was created.
     */
    created_at: string;
    /**
     * When it was last changed.
     */
    updated_at: string;
};

/**
 * A page of organizations.
 */
export type OrgList = {
    /**
     * The page, in the order asked for.
     */
    data: Array<Org>;
    /**
     * Send it as `cursor` for the next page; `null` on the last.
     */
    next_cursor: string | null;
};

/**
 * A `suspended` workspace can be read but not used. Nothing suspends a workspace yet.
 */
export type WorkspaceStatus = 'active' | 'suspended' | (string & {});

/**
 * Short name for URLs, unique among the workspaces of its organization. Lower-case letters, digits and inner hyphens.
 */
export type Slug = string;

/**
 * Order of the list; a leading `-` is descending.
 */
export type WorkspaceSort = 'created_at' | '-created_at' | 'name' | '-name' | (string & {});

/**
 * Id of a workspace.
 */
export type WorkspaceId = string;

/**
 * Where the data of a workspace is kept.
 */
export type Region = 'eu-central' | 'eu-west' | 'us-east' | 'us-west' | 'ap-south' | 'ap-northeast' | 'ru-central' | (string & {});

/**
 * Settings of a workspace.
 */
export type WorkspaceSettings = {
    /**
     * How many days data of the workspace is kept. At present this applies to pixel events only.
     */
    retention_days: number;
    /**
     * Regions for the data of the workspace, the primary region first. At present the setting has no effect on where data is kept.
     */
    regions: Array<Region>;
    /**
     * Switches for features, by name.
     */
    feature_flags: {
        [key: string]: boolean;
    };
};

/**
 * What a person may do in an organization. `owner` everything; `admin` everything but changing owners;
 * `member` works in workspaces; `viewer` only reads.
 */
export type Role = 'owner' | 'admin' | 'member' | 'viewer' | (string & {});

/**
 * What the caller may do here, for a user interface that hides what would be refused. A hint: every request is
 * checked again.
 */
export type RoleHints = {
    role: Role;
    /**
     * Scopes that the caller has on this workspace.
     */
    can: Array<string>;
};

/**
 * A workspace of an organization.
 */
export type Workspace = {
    id: WorkspaceId;
    org_id: OrgId;
    /**
     * Display name.
     */
    name: string;
    slug: Slug;
    status: WorkspaceStatus;
    settings: WorkspaceSettings;
    role_hints: RoleHints;
    /**
     * When it was created.
     */
    created_at: string;
    /**
     * When it, or its settings, last changed.
     */
    updated_at: string;
};

/**
 * A page of workspaces.
 */
export type WorkspaceList = {
    /**
     * The page, in the order asked for.
     */
    data: Array<Workspace>;
    /**
     * Send it as `cursor` for the next page; `null` on the last.
     */
    next_cursor: string | null;
};

/**
 * Settings to start with. What is left out has its default.
 */
export type WorkspaceSettingsCreate = {
    /**
     * How many days data of the workspace is kept. At present this applies to pixel events only.
     */
    retention_days?: number;
    /**
     * Regions for the data of the workspace, the primary region first. At present the setting has no effect on where data is kept.
     */
    regions?: Array<Region>;
    /**
     * Switches for features, by name (lower-case letters, digits and underscores).
     */
    feature_flags?: {
        [key: string]: boolean;
    };
};

/**
 * A workspace to be.
 */
export type WorkspaceCreate = {
    /**
     * Display name.
     */
    name: string;
    slug?: Slug;
    settings?: WorkspaceSettingsCreate;
};

/**
 * A merge patch (RFC 7396): members that are left out stay as they are, `null` resets one to its default.
 */
export type WorkspaceSettingsUpdate = {
    /**
     * Days that data of the workspace is kept; `null` for 30.
     */
    retention_days?: number | null;
    /**
     * Where its data is kept, the first being the primary region. Replaces the whole list; `null` for `eu-central` alone.
     */
    regions?: Array<Region> | null;
    /**
     * Flags to set; a flag with `null` is removed, `null` for the whole removes all. At most 100 flags may remain.
     */
    feature_flags?: {
        [key: string]: boolean | null;
    } | null;
};

/**
 * `invited` until the person signs in for the first time. There is no sign-in yet: an invitation stays one.
 */
export type MemberStatus = 'invited' | 'active' | (string & {});

/**
 * Order of the list; a leading `-` is descending.
 */
export type MemberSort = 'created_at' | '-created_at' | 'name' | '-name' | (string & {});

/**
 * Id of a membership, that is of one user in one organization.
 */
export type MemberId = string;

/**
 * Id of a user. One user may be a member of several organizations.
 */
export type UserId = string;

/**
 * A person in an organization.
 */
export type Member = {
    id: MemberId;
    user_id: UserId;
    /**
     * Address of the person.
     */
    email: string;
    /**
     * Name of the person; empty until it is known.
     */
    name: string;
    role: Role;
    status: MemberStatus;
    /**
     * When the person last did something here, to about a minute; `null` if never.
     */
    last_active_at: string | null;
    /**
     * When the person was invited.
     */
    created_at: string;
    /**
     * When the membership last changed.
     */
    updated_at: string;
};

/**
 * A page of members.
 */
export type MemberList = {
    /**
     * The page, in the order asked for.
     */
    data: Array<Member>;
    /**
     * Send it as `cursor` for the next page; `null` on the last.
     */
    next_cursor: string | null;
};

/**
 * A person to invite.
 */
export type MemberInvite = {
    /**
     * Address of the person. Upper and lower case are the same.
     */
    email: string;
    /**
     * Name of the person.
     */
    name?: string;
    role: Role;
};

/**
 * The new role of a member.
 */
export type MemberUpdate = {
    role: Role;
};

/**
 * Only an `active` key is accepted.
 */
export type KeyStatus = 'active' | 'expired' | 'revoked' | (string & {});

/**
 * Order of the list; a leading `-` is descending.
 */
export type KeySort = 'created_at' | '-created_at' | 'name' | '-name' | (string & {});

/**
 * Id of an API key. It is no secret.
 */
export type KeyId = string;

/**
 * A scope such as `workspaces:read`, or a wildcard `workspaces:*`, `*:read` or `*`.
 */
export type Scope = string;

/**
 * An API key without its secret.
 */
export type Key = {
    id: KeyId;
    org_id: OrgId;
    /**
     * What the key is for.
     */
    name: string;
    /**
     * The public start of the key, to recognize it by.
     */
    prefix: string;
    /**
     * What the key may do.
     */
    scopes: Array<Scope>;
    tier: Tier;
    status: KeyStatus;
    /**
     * Addresses and networks that the key is accepted from; empty for anywhere.
     */
    allowed_ips: Array<string>;
    /**
     * When the key stops being accepted; `null` for never.
     */
    expires_at: string | null;
    /**
     * When the key was last used, to about a minute; `null` if never.
     */
    last_used_at: string | null;
    /**
     * When the key was revoked; `null` if it was not.
     */
    revoked_at: string | null;
    /**
     * When the key was created.
     */
    created_at: string;
    /**
     * Id of the user (`usr_…`), client (`cli_…`) or key (`key_…`) that created it; `null` for one made by the system.
     */
    created_by: string | null;
};

/**
 * A page of API keys.
 */
export type KeyList = {
    /**
     * The page, in the order asked for.
     */
    data: Array<Key>;
    /**
     * Send it as `cursor` for the next page; `null` on the last.
     */
    next_cursor: string | null;
};

/**
 * A key to be.
 */
export type KeyCreate = {
    /**
     * What the key is for.
     */
    name: string;
    /**
     * What the key may do; nothing that you may not do yourself.
     */
    scopes: Array<Scope>;
    /**
     * Rate-limit tier of the key, at most the tier of the organization, which is the default.
     */
    tier?: Tier;
    /**
     * When the key stops being accepted, in the future; absent or `null` for never.
     */
    expires_at?: string | null;
    /**
     * Addresses (IPv4 or IPv6) and networks (CIDR) that the key is accepted from; absent or empty for anywhere.
     */
    allowed_ips?: Array<string>;
};

/**
 * A new key with its secret, which is shown this once.
 */
export type KeyCreated = {
    id: KeyId;
    org_id: OrgId;
    /**
     * What the key is for.
     */
    name: string;
    /**
     * The public start of the key, to recognize it by.
     */
    prefix: string;
    /**
     * What the key may do.
     */
    scopes: Array<Scope>;
    tier: Tier;
    status: KeyStatus;
    /**
     * Addresses and networks that the key is accepted from; empty for anywhere.
     */
    allowed_ips: Array<string>;
    /**
     * When the key stops being accepted; `null` for never.
     */
    expires_at: string | null;
    /**
     * When the key was last used, to about a minute; `null` if never.
     */
    last_used_at: string | null;
    /**
     * When the key was revoked; `null` if it was not.
     */
    revoked_at: string | null;
    /**
     * When the key was created.
     */
    created_at: string;
    /**
     * Id of the user (`usr_…`), client (`cli_…`) or key (`key_…`) that created it; `null` for one made by the system.
     */
    created_by: string | null;
    /**
     * The key itself. Keep it safe, it cannot be shown again.
     */
    key: string;
};

/**
 * Order of the list; a leading `-` is descending.
 */
export type AuditSort = 'created_at' | '-created_at' | (string & {});

/**
 * Id of an audit entry.
 */
export type AuditEntryId = string;

/**
 * Who did it.
 */
export type AuditActor = {
    /**
     * What kind of caller it was.
     */
    type: 'client' | 'key' | 'user' | 'system' | (string & {});
    /**
     * Id of the client (`cli_…`), key (`key_…`) or user (`usr_…`); `system` for the system.
     */
    id: string;
    /**
     * Its name at the time.
     */
    name: string;
};

/**
 * What it was done to.
 */
export type AuditTarget = {
    /**
     * Kind of the resource, as in `action`.
     */
    type: string;
    /**
     * Id of the resource.
     */
    id: string;
};

/**
 * One thing that was done. Entries are never changed.
 */
export type AuditEntry = {
    id: AuditEntryId;
    org_id: OrgId;
    /**
     * What was done, as `resource.verb`.
     */
    action: string;
    actor: AuditActor;
    target: AuditTarget;
    /**
     * The target before, secrets left out; `null` when it did not exist.
     */
    before: {
        [key: string]: unknown;
    } | null;
    /**
     * The target after, secrets left out; `null` when it no longer exists.
     */
    after: {
        [key: string]: unknown;
    } | null;
    /**
     * The `X-Request-ID` of the request that did it; `null` when no request did.
     */
    request_id: string | null;
    /**
     * When it was done.
     */
    created_at: string;
};

/**
 * A page of audit entries.
 */
export type AuditEntryList = {
    /**
     * The page, in the order asked for.
     */
    data: Array<AuditEntry>;
    /**
     * Send it as `cursor` for the next page; `null` on the last.
     */
    next_cursor: string | null;
};

/**
 * The type of an event.
 */
export type WebhookEventTypeName = string;

/**
 * Something that endpoints can be told of.
 */
export type WebhookEventType = {
    type: WebhookEventTypeName;
    /**
     * When it is sent.
     */
    description: string;
};

/**
 * Every event type. New ones may appear; a receiver ignores what it does not know.
 */
export type WebhookEventTypeList = {
    /**
     * The event types.
     */
    data: Array<WebhookEventType>;
    /**
     * Always `null`, as there is one page.
     */
    next_cursor: string | null;
};

/**
 * A `disabled` endpoint gets no events.
 */
export type WebhookEndpointStatus = 'enabled' | 'disabled' | (string & {});

/**
 * Order of the list; a leading `-` is descending.
 */
export type WebhookEndpointSort = 'created_at' | '-created_at' | (string & {});

/**
 * Id of a webhook endpoint.
 */
export type WebhookEndpointId = string;

/**
 * The type of an event, all types with a prefix (`workspace.*`), or every event (`*`).
 */
export type WebhookEventGlob = string;

/**
 * `closed` when deliveries flow, `open` while they are held back because the endpoint keeps failing, `half_open` while one is let through to try.
 */
export type WebhookBreakerState = 'closed' | 'open' | 'half_open' | (string & {});

/**
 * The circuit breaker between an endpoint and its deliveries.
 */
export type WebhookBreaker = {
    state: WebhookBreakerState;
};

/**
 * Where events are sent, without the signing secret.
 */
export type WebhookEndpoint = {
    id: WebhookEndpointId;
    /**
     * Where events are sent.
     */
    url: string;
    /**
     * The events that are sent to it.
     */
    events: Array<WebhookEventGlob>;
    /**
     * What the endpoint is for; empty when nothing was said.
     */
    description: string;
    status: WebhookEndpointStatus;
    /**
     * Why it is disabled: `manual` when somebody said so, `gone` when it answered 410, `failing` when it accepted nothing
     * for five days; `null` when it is enabled. New reasons may appear.
     */
    disabled_reason: string | null;
    /**
     * Id of the workspace whose events are sent; `null` for those of the whole organization.
     */
    workspace_id: string | null;
    /**
     * Since when every attempt has failed; `null` when the last one succeeded, or there was none.
     */
    failing_since: string | null;
    breaker: WebhookBreaker;
    /**
     * When it was created.
     */
    created_at: string;
    /**
     * When it was last changed.
     */
    updated_at: string;
};

/**
 * A page of webhook endpoints.
 */
export type WebhookEndpointList = {
    /**
     * The page, in the order asked for.
     */
    data: Array<WebhookEndpoint>;
    /**
     * Send it as `cursor` for the next page; `null` on the last.
     */
    next_cursor: string | null;
};

/**
 * An endpoint to be.
 */
export type WebhookEndpointCreate = {
    /**
     * Where to send events, an absolute https URL without credentials and fragment.
     */
    url: string;
    /**
     * The events to send.
     */
    events: Array<WebhookEventGlob>;
    /**
     * What the endpoint is for.
     */
    description?: string;
    /**
     * Only events of this workspace; absent, those of the whole organization.
     */
    workspace_id?: WorkspaceId;
};

/**
 * Signs the deliveries: `whsec_` and the base64 of the HMAC-SHA256 key, as Standard Webhooks libraries take it. Keep it
 * safe, it cannot be shown again.
 */
export type WebhookSecret = string;

/**
 * A new endpoint with its signing secret, which is shown this once.
 */
export type WebhookEndpointCreated = {
    id: WebhookEndpointId;
    /**
     * Where events are sent.
     */
    url: string;
    /**
     * The events that are sent to it.
     */
    events: Array<WebhookEventGlob>;
    /**
     * What the endpoint is for; empty when nothing was said.
     */
    description: string;
    status: WebhookEndpointStatus;
    /**
     * Why it is disabled: `manual` when somebody said so, `gone` when it answered 410, `failing` when it accepted nothing
     * for five days; `null` when it is enabled. New reasons may appear.
     */
    disabled_reason: string | null;
    /**
     * Id of the workspace whose events are sent; `null` for those of the whole organization.
     */
    workspace_id: string | null;
    /**
     * Since when every attempt has failed; `null` when the last one succeeded, or there was none.
     */
    failing_since: string | null;
    breaker: WebhookBreaker;
    /**
     * When it was created.
     */
    created_at: string;
    /**
     * When it was last changed.
     */
    updated_at: string;
    signing_secret: WebhookSecret;
};

/**
 * What to change. Members that are left out stay as they are.
 */
export type WebhookEndpointUpdate = {
    /**
     * Where to send events, an absolute https URL without credentials and fragment.
     */
    url?: string;
    /**
     * The events to send. Replaces the whole list.
     */
    events?: Array<WebhookEventGlob>;
    /**
     * What the endpoint is for; may be empty.
     */
    description?: string;
    /**
     * Disable the endpoint, or enable it again.
     */
    status?: WebhookEndpointStatus;
};

/**
 * A new signing secret, which is shown this once.
 */
export type WebhookSecretRotated = {
    signing_secret: WebhookSecret;
    /**
     * Until when deliveries are signed with the former secret as well.
     */
    previous_valid_until: string;
};

/**
 * Id of a delivery, that is of one event on its way to one endpoint.
 */
export type WebhookDeliveryId = string;

/**
 * Id of an event.
 */
export type EventId = string;

/**
 * `pending` while attempts are to come, `succeeded` after one that was accepted, `failed` when all of them were made or the
 * endpoint answered 410, `cancelled` when the endpoint was disabled or deleted.
 */
export type WebhookDeliveryState = 'pending' | 'succeeded' | 'failed' | 'cancelled' | (string & {});

/**
 * `succeeded` with a 2xx, `failed` with another status or without a connection, `refused` when the address is one that we do
 * not send to, `timed_out` without an answer in 15 seconds.
 */
export type WebhookAttemptOutcome = 'succeeded' | 'failed' | 'refused' | 'timed_out' | (string & {});

/**
 * One request of a delivery.
 */
export type WebhookAttempt = {
    /**
     * Counts the attempts of the delivery.
     */
    number: number;
    /**
     * When it was made.
     */
    attempted_at: string;
    /**
     * Id of the attempt, sent with it as `X-Request-ID`.
     */
    request_id: string;
    /**
     * Status of the answer; `null` when there was none.
     */
    status_code: number | null;
    /**
     * Milliseconds until the answer, or until it was given up.
     */
    latency_ms: number;
    outcome: WebhookAttemptOutcome;
    /**
     * What went wrong, for a person; `null` when it succeeded.
     */
    error: string | null;
    /**
     * Start of the answer's body, at most 1,024 bytes; `null` when there was none.
     */
    response_excerpt: string | null;
};

/**
 * One event on its way to one endpoint.
 */
export type WebhookDelivery = {
    id: WebhookDeliveryId;
    event_id: EventId;
    event_type: WebhookEventTypeName;
    endpoint_id: WebhookEndpointId;
    state: WebhookDeliveryState;
    /**
     * Attempts made so far.
     */
    attempt_count: number;
    /**
     * When the next attempt is due; `null` when there is none.
     */
    next_attempt_at: string | null;
    /**
     * Status of the last answer; `null` when there was none.
     */
    last_status_code: number | null;
    /**
     * When the event happened and the delivery began.
     */
    created_at: string;
    /**
     * When the delivery ended; `null` while it is `pending`.
     */
    finished_at: string | null;
    /**
     * The attempts, oldest first.
     */
    attempts: Array<WebhookAttempt>;
};

/**
 * Which failed deliveries to send again, by the time they were created.
 */
export type WebhookRecover = {
    /**
     * Those of this time or later.
     */
    since: string;
    /**
     * Those before this time; absent, up to now.
     */
    until?: string;
};

/**
 * What a recovery started.
 */
export type WebhookRecovered = {
    /**
     * Deliveries that start again.
     */
    recovered: number;
};

/**
 * Order of the list; a leading `-` is descending.
 */
export type WebhookDeliverySort = 'created_at' | '-created_at' | (string & {});

/**
 * A page of deliveries.
 */
export type WebhookDeliveryList = {
    /**
     * The page, in the order asked for.
     */
    data: Array<WebhookDelivery>;
    /**
     * Send it as `cursor` for the next page; `null` on the last.
     */
    next_cursor: string | null;
};

/**
 * A delivery with the event as it was sent.
 */
export type WebhookDeliveryDetail = {
    id: WebhookDeliveryId;
    event_id: EventId;
    event_type: WebhookEventTypeName;
    endpoint_id: WebhookEndpointId;
    state: WebhookDeliveryState;
    /**
     * Attempts made so far.
     */
    attempt_count: number;
    /**
     * When the next attempt is due; `null` when there is none.
     */
    next_attempt_at: string | null;
    /**
     * Status of the last answer; `null` when there was none.
     */
    last_status_code: number | null;
    /**
     * When the event happened and the delivery began.
     */
    created_at: string;
    /**
     * When the delivery ended; `null` while it is `pending`.
     */
    finished_at: string | null;
    /**
     * The attempts, oldest first.
     */
    attempts: Array<WebhookAttempt>;
    /**
     * The event, as under `webhooks` in this document.
     */
    payload: {
        [key: string]: unknown;
    };
};

/**
 * Id of a connector, as the catalog lists it.
 */
export type ConnectorId = string;

/**
 * Semantic version of a connector's configuration schema.
 */
export type SchemaVersion = string;

/**
 * A kind of system that can be attached to workspaces.
 */
export type Connector = {
    id: ConnectorId;
    /**
     * Display name.
     */
    name: string;
    /**
     * What it reads, and how.
     */
    description: string;
    schema_version: SchemaVersion;
    /**
     * Scopes that a caller's credentials must hold to attach it.
     */
    required_oauth_scopes: Array<string>;
    /**
     * JSON Schema (2020-12) of a binding's `config`. Members that are `writeOnly` are secrets.
     */
    config_schema: {
        [key: string]: unknown;
    };
};

/**
 * Every connector.
 */
export type ConnectorList = {
    /**
     * The connectors.
     */
    data: Array<Connector>;
    /**
     * Always `null`, as there is one page.
     */
    next_cursor: string | null;
};

/**
 * A binding to be.
 */
export type BindingCreate = {
    /**
     * Workspace to attach the connector to.
     */
    workspace_id: WorkspaceId;
    /**
     * Display name, unique in the workspace.
     */
    name: string;
    /**
     * The configuration, secrets included, as the connector's `config_schema` says.
     */
    config: {
        [key: string]: unknown;
    };
    /**
     * When to start sync runs, as a cron expression of five fields in UTC; absent or `null` for only when asked for.
     */
    schedule?: string | null;
};

/**
 * Id of a binding, that is of a connector attached to a workspace.
 */
export type BindingId = string;

/**
 * `validating` while a job tries the configuration, `ready` when it works, `invalid` when it does not. Only a `ready` binding
 * is synced.
 */
export type BindingState = 'validating' | 'ready' | 'invalid' | (string & {});

/**
 * A connector attached to a workspace.
 */
export type Binding = {
    id: BindingId;
    workspace_id: WorkspaceId;
    connector_id: ConnectorId;
    /**
     * Version of the connector's configuration schema that `config` was checked against.
     */
    schema_version: SchemaVersion;
    /**
     * Display name, unique in the workspace.
     */
    name: string;
    /**
     * The configuration, secrets left out.
     */
    config: {
        [key: string]: unknown;
    };
    /**
     * When sync runs start, as a cron expression in UTC; `null` for only when asked for.
     */
    schedule: string | null;
    /**
     * When the next run starts by the schedule; `null` when none will, for want of a schedule or while paused or not `ready`.
     */
    next_run_at: string | null;
    /**
     * Whether the schedule is held.
     */
    paused: boolean;
    state: BindingState;
    /**
     * Why the binding is `invalid`, for programs: `unreachable`, `refused_address`, `unauthorized`, `not_found`,
     * `invalid_config`, `bad_response`, `rate_limited`, `timed_out`; `null` otherwise. New codes may appear.
     */
    problem_code: string | null;
    /**
     * What is wrong and what to do about it, for a person; `null` when nothing is.
     */
    problem_message: string | null;
    /**
     * Id of the job that is validating the binding; `null` when none is.
     */
    validation_job_id: string | null;
    /**
     * Id of the latest sync run; `null` when there was none.
     */
    last_run_id: string | null;
    /**
     * When it was created.
     */
    created_at: string;
    /**
     * When it last changed.
     */
    updated_at: string;
};

/**
 * Id of a job.
 */
export type JobId = string;

/**
 * What a job does.
 */
export type JobType = 'binding.validation' | 'sync.run' | (string & {});

/**
 * The last three are final.
 */
export type JobState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled' | (string & {});

/**
 * Kind of the resource that a job works on.
 */
export type JobResourceType = 'binding' | 'sync_run' | (string & {});

/**
 * What a job works on.
 */
export type JobResource = {
    type: JobResourceType;
    /**
     * Id of the resource.
     */
    id: string;
};

/**
 * Background work that an operation has started.
 */
export type Job = {
    id: JobId;
    type: JobType;
    state: JobState;
    resource: JobResource;
    /**
     * Stable name of what went wrong, for programs; `null` when nothing did. New codes may appear.
     */
    problem_code: string | null;
    /**
     * What went wrong and what to do about it, for a person; `null` when nothing did.
     */
    problem_message: string | null;
    /**
     * How often the job was begun. More than once after a restart, or when the other system was briefly down.
     */
    attempts: number;
    /**
     * When it was asked for.
     */
    created_at: string;
    /**
     * When it was first begun; `null` while it waits.
     */
    started_at: string | null;
    /**
     * When it ended; `null` until then.
     */
    finished_at: string | null;
};

/**
 * A new binding, and the job that validates it.
 */
export type BindingCreated = {
    binding: Binding;
    job: Job;
};

/**
 * Order of the list; a leading `-` is descending.
 */
export type BindingSort = 'created_at' | '-created_at' | 'name' | '-name' | (string & {});

/**
 * A page of bindings.
 */
export type BindingList = {
    /**
     * The page, in the order asked for.
     */
    data: Array<Binding>;
    /**
     * Send it as `cursor` for the next page; `null` on the last.
     */
    next_cursor: string | null;
};

/**
 * What to change. Members that are left out stay as they are.
 */
export type BindingUpdate = {
    /**
     * Display name, unique in the workspace.
     */
    name?: string;
    /**
     * The whole configuration, as the connector's `config_schema` says. A secret that is left out keeps its value.
     */
    config?: {
        [key: string]: unknown;
    };
    /**
     * When to start sync runs, as a cron expression of five fields in UTC; `null` for only when asked for.
     */
    schedule?: string | null;
    /**
     * Hold the schedule, or let it go on.
     */
    paused?: boolean;
};

/**
 * How to run.
 */
export type SyncRunStart = {
    /**
     * Read everything again, not only what changed since the last run.
     */
    full?: boolean;
};

/**
 * Id of a sync run.
 */
export type SyncRunId = string;

/**
 * What started a run, somebody or the schedule.
 */
export type SyncRunTrigger = 'manual' | 'schedule' | (string & {});

/**
 * The last three are final.
 */
export type SyncRunState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled' | (string & {});

/**
 * Whether the entity is yet to be read, being read, or read to its end.
 */
export type SyncEntityState = 'pending' | 'running' | 'done' | (string & {});

/**
 * One thing that was wrong with some rows.
 */
export type SyncError = {
    /**
     * Stable name of what was wrong, for programs.
     */
    code: string;
    /**
     * What was wrong, for a person. Never repeats a value of a row.
     */
    message: string;
    /**
     * Rows that it was wrong with.
     */
    count: number;
    /**
     * Ids, in the other system, of some of them; empty when they have none.
     */
    sample_ids: Array<string>;
};

/**
 * How far a run is with one entity, such as a table.
 */
export type SyncEntity = {
    /**
     * Name of the entity.
     */
    entity: string;
    state: SyncEntityState;
    /**
     * Rows that the other system gave.
     */
    read: number;
    /**
     * Rows that became new records.
     */
    created: number;
    /**
     * Rows that changed a record.
     */
    updated: number;
    /**
     * Rows that were the same as their record.
     */
    skipped: number;
    /**
     * Rows that could not be taken; `errors` says why.
     */
    failed: number;
    /**
     * The rows that failed, by what was wrong with them.
     */
    errors: Array<SyncError>;
};

/**
 * The sum over all entities.
 */
export type SyncTotals = {
    /**
     * Rows that the other system gave.
     */
    read: number;
    /**
     * Rows that became new records.
     */
    created: number;
    /**
     * Rows that changed a record.
     */
    updated: number;
    /**
     * Rows that were the same as their record.
     */
    skipped: number;
    /**
     * Rows that could not be taken.
     */
    failed: number;
};

/**
 * One time that a binding was synced.
 */
export type SyncRun = {
    id: SyncRunId;
    binding_id: BindingId;
    workspace_id: WorkspaceId;
    connector_id: ConnectorId;
    trigger: SyncRunTrigger;
    /**
     * Whether everything is read again.
     */
    full: boolean;
    state: SyncRunState;
    job_id: JobId;
    /**
     * How far each entity is, in the order they are read.
     */
    entities: Array<SyncEntity>;
    totals: SyncTotals;
    /**
     * Why the run failed, for programs, with the same codes as a binding's `problem_code`; `null` otherwise. New codes may
     * appear.
     */
    problem_code: string | null;
    /**
     * Why the run failed and what to do about it, for a person; `null` when it did not.
     */
    problem_message: string | null;
    /**
     * When it was asked for, or due.
     */
    created_at: string;
    /**
     * When it began; `null` while it is `queued`.
     */
    started_at: string | null;
    /**
     * When it ended; `null` until then.
     */
    finished_at: string | null;
};

/**
 * Order of the list; a leading `-` is descending.
 */
export type SyncRunSort = 'created_at' | '-created_at' | (string & {});

/**
 * A page of sync runs.
 */
export type SyncRunList = {
    /**
     * The page, in the order asked for.
     */
    data: Array<SyncRun>;
    /**
     * Send it as `cursor` for the next page; `null` on the last.
     */
    next_cursor: string | null;
};

/**
 * Order of the list; a leading `-` is descending.
 */
export type RecordSort = 'updated_at' | '-updated_at' | 'created_at' | '-created_at' | (string & {});

/**
 * Id of a record.
 */
export type RecordId = string;

/**
 * One row or object of another system, as of the last sync run that read it.
 */
export type Record = {
    id: RecordId;
    workspace_id: WorkspaceId;
    binding_id: BindingId;
    /**
     * What it is one of, such as the name of a table.
     */
    entity: string;
    /**
     * Its id in the other system, unique for its binding and entity.
     */
    external_id: string;
    /**
     * The row or object, as the other system gave it.
     */
    data: {
        [key: string]: unknown;
    };
    /**
     * When the other system last changed it; `null` when it does not say.
     */
    source_updated_at: string | null;
    run_id: SyncRunId;
    /**
     * When it was first synced.
     */
    created_at: string;
    /**
     * When a sync run last changed it here.
     */
    updated_at: string;
};

/**
 * A page of records.
 */
export type RecordList = {
    /**
     * The page, in the order asked for.
     */
    data: Array<Record>;
    /**
     * Send it as `cursor` for the next page; `null` on the last.
     */
    next_cursor: string | null;
};

/**
 * An organization.
 */
export type EventOrg = {
    id: OrgId;
    /**
     * Display name.
     */
    name: string;
    /**
     * Short name, unique on this server.
     */
    slug: string;
    tier: Tier;
    /**
     * Whether it may use the platform; `deactivated` when it was deleted.
     */
    status: 'active' | 'suspended' | 'deactivated' | (string & {});
    /**
     * When it was created.
     */
    created_at: string;
    /**
     * When it was last changed.
     */
    updated_at: string;
};

/**
 * An organization was created. The organization of who created it is told.
 */
export type OrgCreatedEvent = {
    /**
     * Id of the event, the same as `webhook-id`, at every endpoint and on every attempt.
     */
    id: EventId;
    /**
     * What happened.
     */
    type: 'org.created';
    /**
     * When it happened.
     */
    timestamp: string;
    /**
     * The organization that is told.
     */
    org_id: OrgId;
    /**
     * Id of the workspace that it happened in; `null` for the organization as a whole.
     */
    workspace_id: string | null;
    /**
     * The new organization.
     */
    data: EventOrg;
};

/**
 * The name or the plan of an organization changed.
 */
export type OrgUpdatedEvent = {
    /**
     * Id of the event, the same as `webhook-id`, at every endpoint and on every attempt.
     */
    id: EventId;
    /**
     * What happened.
     */
    type: 'org.updated';
    /**
     * When it happened.
     */
    timestamp: string;
    /**
     * The organization that is told.
     */
    org_id: OrgId;
    /**
     * Id of the workspace that it happened in; `null` for the organization as a whole.
     */
    workspace_id: string | null;
    /**
     * The organization after the change.
     */
    data: EventOrg;
};

/**
 * An organization was suspended. Its own endpoints are told when it is resumed.
 */
export type OrgSuspendedEvent = {
    /**
     * Id of the event, the same as `webhook-id`, at every endpoint and on every attempt.
     */
    id: EventId;
    /**
     * What happened.
     */
    type: 'org.suspended';
    /**
     * When it happened.
     */
    timestamp: string;
    /**
     * The organization that is told.
     */
    org_id: OrgId;
    /**
     * Id of the workspace that it happened in; `null` for the organization as a whole.
     */
    workspace_id: string | null;
    /**
     * The organization after the change.
     */
    data: EventOrg;
};

/**
 * The suspension of an organization ended.
 */
export type OrgResumedEvent = {
    /**
     * Id of the event, the same as `webhook-id`, at every endpoint and on every attempt.
     */
    id: EventId;
    /**
     * What happened.
     */
    type: 'org.resumed';
    /**
     * When it happened.
     */
    timestamp: string;
    /**
     * The organization that is told.
     */
    org_id: OrgId;
    /**
     * Id of the workspace that it happened in; `null` for the organization as a whole.
     */
    workspace_id: string | null;
    /**
     * The organization after the change.
     */
    data: EventOrg;
};

/**
 * An organization was deleted. The organization of who deleted it is told.
 */
export type OrgDeletedEvent = {
    /**
     * Id of the event, the same as `webhook-id`, at every endpoint and on every attempt.
     */
    id: EventId;
    /**
     * What happened.
     */
    type: 'org.deleted';
    /**
     * When it happened.
     */
    timestamp: string;
    /**
     * The organization that is told.
     */
    org_id: OrgId;
    /**
     * Id of the workspace that it happened in; `null` for the organization as a whole.
     */
    workspace_id: string | null;
    /**
     * The organization as it was left.
     */
    data: EventOrg;
};

/**
 * A workspace, without the hints that depend on who reads it.
 */
export type EventWorkspace = {
    id: WorkspaceId;
    org_id: OrgId;
    /**
     * Display name.
     */
    name: string;
    slug: Slug;
    status: WorkspaceStatus;
    settings: WorkspaceSettings;
    /**
     * When it was created.
     */
    created_at: string;
    /**
     * When it, or its settings, last changed.
     */
    updated_at: string;
};

/**
 * A workspace was created.
 */
export type WorkspaceCreatedEvent = {
    /**
     * Id of the event, the same as `webhook-id`, at every endpoint and on every attempt.
     */
    id: EventId;
    /**
     * What happened.
     */
    type: 'workspace.created';
    /**
     * When it happened.
     */
    timestamp: string;
    org_id: OrgId;
    /**
     * Id of the workspace that it happened in; `null` for the organization as a whole.
     */
    workspace_id: string | null;
    /**
     * The new workspace.
     */
    data: EventWorkspace;
};

/**
 * A workspace or its settings changed.
 */
export type WorkspaceUpdatedEvent = {
    /**
     * Id of the event, the same as `webhook-id`, at every endpoint and on every attempt.
     */
    id: EventId;
    /**
     * What happened.
     */
    type: 'workspace.updated';
    /**
     * When it happened.
     */
    timestamp: string;
    org_id: OrgId;
    /**
     * Id of the workspace that it happened in; `null` for the organization as a whole.
     */
    workspace_id: string | null;
    /**
     * The workspace after the change.
     */
    data: EventWorkspace;
};

/**
 * A workspace was deleted.
 */
export type WorkspaceDeletedEvent = {
    /**
     * Id of the event, the same as `webhook-id`, at every endpoint and on every attempt.
     */
    id: EventId;
    /**
     * What happened.
     */
    type: 'workspace.deleted';
    /**
     * When it happened.
     */
    timestamp: string;
    org_id: OrgId;
    /**
     * Id of the workspace that it happened in; `null` for the organization as a whole.
     */
    workspace_id: string | null;
    /**
     * The workspace as it was.
     */
    data: EventWorkspace;
};

/**
 * A person was invited to the organization.
 */
export type MemberInvitedEvent = {
    /**
     * Id of the event, the same as `webhook-id`, at every endpoint and on every attempt.
     */
    id: EventId;
    /**
     * What happened.
     */
    type: 'member.invited';
    /**
     * When it happened.
     */
    timestamp: string;
    org_id: OrgId;
    /**
     * Id of the workspace that it happened in; `null` for the organization as a whole.
     */
    workspace_id: string | null;
    /**
     * The new member.
     */
    data: Member;
};

/**
 * A member was given another role.
 */
export type MemberRoleChangedEvent = {
    /**
     * Id of the event, the same as `webhook-id`, at every endpoint and on every attempt.
     */
    id: EventId;
    /**
     * What happened.
     */
    type: 'member.role_changed';
    /**
     * When it happened.
     */
    timestamp: string;
    org_id: OrgId;
    /**
     * Id of the workspace that it happened in; `null` for the organization as a whole.
     */
    workspace_id: string | null;
    /**
     * The member with the new role.
     */
    data: Member;
};

/**
 * A member was removed from the organization.
 */
export type MemberRemovedEvent = {
    /**
     * Id of the event, the same as `webhook-id`, at every endpoint and on every attempt.
     */
    id: EventId;
    /**
     * What happened.
     */
    type: 'member.removed';
    /**
     * When it happened.
     */
    timestamp: string;
    org_id: OrgId;
    /**
     * Id of the workspace that it happened in; `null` for the organization as a whole.
     */
    workspace_id: string | null;
    /**
     * The member as of the removal.
     */
    data: Member;
};

/**
 * An API key, never with its secret.
 */
export type EventKey = {
    id: KeyId;
    org_id: OrgId;
    /**
     * What the key is for.
     */
    name: string;
    /**
     * The public start of the key, to recognize it by.
     */
    prefix: string;
    /**
     * What the key may do.
     */
    scopes: Array<Scope>;
    tier: Tier;
    /**
     * When the key stops being accepted; `null` for never.
     */
    expires_at: string | null;
    /**
     * When the key was revoked; `null` if it was not.
     */
    revoked_at: string | null;
    /**
     * When the key was created.
     */
    created_at: string;
};

/**
 * An API key was created. The event never carries the key itself.
 */
export type KeyCreatedEvent = {
    /**
     * Id of the event, the same as `webhook-id`, at every endpoint and on every attempt.
     */
    id: EventId;
    /**
     * What happened.
     */
    type: 'key.created';
    /**
     * When it happened.
     */
    timestamp: string;
    org_id: OrgId;
    /**
     * Id of the workspace that it happened in; `null` for the organization as a whole.
     */
    workspace_id: string | null;
    /**
     * The new key.
     */
    data: EventKey;
};

/**
 * An API key was revoked.
 */
export type KeyRevokedEvent = {
    /**
     * Id of the event, the same as `webhook-id`, at every endpoint and on every attempt.
     */
    id: EventId;
    /**
     * What happened.
     */
    type: 'key.revoked';
    /**
     * When it happened.
     */
    timestamp: string;
    org_id: OrgId;
    /**
     * Id of the workspace that it happened in; `null` for the organization as a whole.
     */
    workspace_id: string | null;
    /**
     * The revoked key.
     */
    data: EventKey;
};

/**
 * A connector was attached to a workspace; its configuration is yet to be validated.
 */
export type BindingCreatedEvent = {
    /**
     * Id of the event, the same as `webhook-id`, at every endpoint and on every attempt.
     */
    id: EventId;
    /**
     * What happened.
     */
    type: 'binding.created';
    /**
     * When it happened.
     */
    timestamp: string;
    org_id: OrgId;
    /**
     * Id of the workspace that it happened in; `null` for the organization as a whole.
     */
    workspace_id: string | null;
    /**
     * The new binding.
     */
    data: Binding;
};

/**
 * The name, configuration or schedule of a binding changed, or it was paused or resumed.
 */
export type BindingUpdatedEvent = {
    /**
     * Id of the event, the same as `webhook-id`, at every endpoint and on every attempt.
     */
    id: EventId;
    /**
     * What happened.
     */
    type: 'binding.updated';
    /**
     * When it happened.
     */
    timestamp: string;
    org_id: OrgId;
    /**
     * Id of the workspace that it happened in; `null` for the organization as a whole.
     */
    workspace_id: string | null;
    /**
     * The binding after the change.
     */
    data: Binding;
};

/**
 * A binding's configuration was tried and works.
 */
export type BindingValidatedEvent = {
    /**
     * Id of the event, the same as `webhook-id`, at every endpoint and on every attempt.
     */
    id: EventId;
    /**
     * What happened.
     */
    type: 'binding.validated';
    /**
     * When it happened.
     */
    timestamp: string;
    org_id: OrgId;
    /**
     * Id of the workspace that it happened in; `null` for the organization as a whole.
     */
    workspace_id: string | null;
    /**
     * The binding, `ready`.
     */
    data: Binding;
};

/**
 * A binding's configuration was tried and does not work.
 */
export type BindingInvalidEvent = {
    /**
     * Id of the event, the same as `webhook-id`, at every endpoint and on every attempt.
     */
    id: EventId;
    /**
     * What happened.
     */
    type: 'binding.invalid';
    /**
     * When it happened.
     */
    timestamp: string;
    org_id: OrgId;
    /**
     * Id of the workspace that it happened in; `null` for the organization as a whole.
     */
    workspace_id: string | null;
    /**
     * The binding, `invalid`, with what is wrong.
     */
    data: Binding;
};

/**
 * A binding was deleted.
 */
export type BindingDeletedEvent = {
    /**
     * Id of the event, the same as `webhook-id`, at every endpoint and on every attempt.
     */
    id: EventId;
    /**
     * What happened.
     */
    type: 'binding.deleted';
    /**
     * When it happened.
     */
    timestamp: string;
    org_id: OrgId;
    /**
     * Id of the workspace that it happened in; `null` for the organization as a whole.
     */
    workspace_id: string | null;
    /**
     * The binding as of its deletion.
     */
    data: Binding;
};

/**
 * A sync run started.
 */
export type SyncRunStartedEvent = {
    /**
     * Id of the event, the same as `webhook-id`, at every endpoint and on every attempt.
     */
    id: EventId;
    /**
     * What happened.
     */
    type: 'sync_run.started';
    /**
     * When it happened.
     */
    timestamp: string;
    org_id: OrgId;
    /**
     * Id of the workspace that it happened in; `null` for the organization as a whole.
     */
    workspace_id: string | null;
    /**
     * The run.
     */
    data: SyncRun;
};

/**
 * A sync run came to its end. Single rows may have failed all the same: see `totals.failed`.
 */
export type SyncRunSucceededEvent = {
    /**
     * Id of the event, the same as `webhook-id`, at every endpoint and on every attempt.
     */
    id: EventId;
    /**
     * What happened.
     */
    type: 'sync_run.succeeded';
    /**
     * When it happened.
     */
    timestamp: string;
    org_id: OrgId;
    /**
     * Id of the workspace that it happened in; `null` for the organization as a whole.
     */
    workspace_id: string | null;
    /**
     * The run, with its counts.
     */
    data: SyncRun;
};

/**
 * A sync run could not go on. What was synced until then stays.
 */
export type SyncRunFailedEvent = {
    /**
     * Id of the event, the same as `webhook-id`, at every endpoint and on every attempt.
     */
    id: EventId;
    /**
     * What happened.
     */
    type: 'sync_run.failed';
    /**
     * When it happened.
     */
    timestamp: string;
    org_id: OrgId;
    /**
     * Id of the workspace that it happened in; `null` for the organization as a whole.
     */
    workspace_id: string | null;
    /**
     * The run, with what went wrong.
     */
    data: SyncRun;
};

/**
 * A sync run was cancelled. What was synced until then stays.
 */
export type SyncRunCancelledEvent = {
    /**
     * Id of the event, the same as `webhook-id`, at every endpoint and on every attempt.
     */
    id: EventId;
    /**
     * What happened.
     */
    type: 'sync_run.cancelled';
    /**
     * When it happened.
     */
    timestamp: string;
    org_id: OrgId;
    /**
     * Id of the workspace that it happened in; `null` for the organization as a whole.
     */
    workspace_id: string | null;
    /**
     * The run, with its counts.
     */
    data: SyncRun;
};

/**
 * A webhook endpoint, without the state of its circuit breaker.
 */
export type EventWebhookEndpoint = {
    id: WebhookEndpointId;
    /**
     * Where events are sent.
     */
    url: string;
    /**
     * The events that are sent to it.
     */
    events: Array<WebhookEventGlob>;
    /**
     * What the endpoint is for; empty when nothing was said.
     */
    description: string;
    status: WebhookEndpointStatus;
    /**
     * Why it is disabled: `manual` when somebody said so, `gone` when it answered 410, `failing` when it accepted nothing
     * for five days; `null` when it is enabled. New reasons may appear.
     */
    disabled_reason: string | null;
    /**
     * Id of the workspace whose events are sent; `null` for those of the whole organization.
     */
    workspace_id: string | null;
    /**
     * Since when every attempt has failed; `null` when the last one succeeded, or there was none.
     */
    failing_since: string | null;
    /**
     * When it was created.
     */
    created_at: string;
    /**
     * When it was last changed.
     */
    updated_at: string;
};

/**
 * An endpoint that was disabled, and why.
 */
export type EventEndpointDisabled = {
    endpoint: EventWebhookEndpoint;
    /**
     * `gone` when it answered 410, `failing` when it accepted nothing for five days. New reasons may appear.
     */
    reason: string;
};

/**
 * An endpoint was disabled because it did not accept events: it answered 410, or failed for five days. Sent to the
 * other endpoints of the organization.
 */
export type WebhookEndpointDisabledEvent = {
    /**
     * Id of the event, the same as `webhook-id`, at every endpoint and on every attempt.
     */
    id: EventId;
    /**
     * What happened.
     */
    type: 'webhook.endpoint_disabled';
    /**
     * When it happened.
     */
    timestamp: string;
    org_id: OrgId;
    /**
     * Id of the workspace that it happened in; `null` for the organization as a whole.
     */
    workspace_id: string | null;
    /**
     * The endpoint, and why.
     */
    data: EventEndpointDisabled;
};

/**
 * What a test event carries.
 */
export type EventTest = {
    /**
     * A sentence for whoever looks at the receiver.
     */
    message: string;
};

/**
 * A test that was asked for with `POST /v2/webhooks/endpoints/{endpoint_id}/test`. Nothing happened.
 */
export type WebhookTestEvent = {
    /**
     * Id of the event, the same as `webhook-id`, at every endpoint and on every attempt.
     */
    id: EventId;
    /**
     * What happened.
     */
    type: 'webhook.test';
    /**
     * When it happened.
     */
    timestamp: string;
    org_id: OrgId;
    /**
     * Id of the workspace that it happened in; `null` for the organization as a whole.
     */
    workspace_id: string | null;
    /**
     * A message.
     */
    data: EventTest;
};

/**
 * `next_cursor` of the page before. Opaque, and bound to this list, its filters and its sort: one that was
 * altered or comes from elsewhere is refused with 422 and the code `invalid_cursor`. Absent: the first page.
 */
export type Cursor = string;

/**
 * How many items a page may have. The last page, and only that, may have fewer.
 */
export type Limit = number;

/**
 * Id of the organization, as `GET /v2/orgs` lists it.
 */
export type PathOrgId = OrgId;

/**
 * Makes the request safe to repeat: a value of your own, unique to the operation you intend, such as a UUID.
 * For 24 hours the same key with the same payload returns the first answer again. With another payload it is
 * refused with 422 (`idempotency_mismatch`); while the first request still runs, with 409
 * (`idempotency_in_flight`). Requests refused by validation are not remembered.
 */
export type IdempotencyKey = string;

/**
 * Id of the workspace.
 */
export type PathWorkspaceId = WorkspaceId;

/**
 * Answer 304 without a body when the version still carries this `ETag` (several are separated by commas, `*` is any).
 */
export type IfNoneMatch = string;

/**
 * Change only the version that carries this `ETag` (several are separated by commas, `*` is any). Another
 * version is refused with 412. Absent: the last writer wins.
 */
export type IfMatch = string;

/**
 * Id of the membership (not of the user).
 */
export type PathMemberId = MemberId;

/**
 * Id of the key (not its prefix or secret).
 */
export type PathKeyId = KeyId;

/**
 * Id of the webhook endpoint.
 */
export type PathEndpointId = WebhookEndpointId;

/**
 * Id of the delivery (not of the event).
 */
export type PathDeliveryId = WebhookDeliveryId;

/**
 * Id of the connector, as `GET /v2/integrations/catalog` lists it.
 */
export type PathConnectorId = ConnectorId;

/**
 * Id of the binding.
 */
export type PathBindingId = BindingId;

/**
 * Id of the sync run (not of its job).
 */
export type PathRunId = SyncRunId;

/**
 * Id of the job.
 */
export type PathJobId = JobId;

/**
 * Id of the event, the same as `id` in the body, at every endpoint and on every attempt. An event may arrive more than once:
 * do what it asks for once for each id.
 */
export type WebhookId = EventId;

/**
 * When this attempt was made, in seconds since 1970. Refuse one that is more than five minutes off.
 */
export type WebhookTimestamp = number;

/**
 * `v1,` and the base64 of the HMAC-SHA256 of `<webhook-id>.<webhook-timestamp>.<body>`, with the bytes after `whsec_` as the
 * key. While a secret is rotated there is one for each secret, with a space between them: accept the request if one is right.
 */
export type WebhookSignature = string;

export type CreateTokenData = {
    body: TokenRequest;
    path?: never;
    query?: never;
    url: '/v2/auth/token';
};

export type CreateTokenResponses = {
    /**
     * The token.
     */
    200: Token;
};

export type CreateTokenResponse = CreateTokenResponses[keyof CreateTokenResponses];

export type RevokeTokenData = {
    body: RevocationRequest;
    path?: never;
    query?: never;
    url: '/v2/auth/token/revoke';
};

export type RevokeTokenResponses = {
    /**
     * The token is not, or no longer, good. The body is empty.
     */
    200: unknown;
};

export type GetJwksData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/.well-known/jwks.json';
};

export type GetJwksResponses = {
    /**
     * The key set.
     */
    200: Jwks;
};

export type GetJwksResponse = GetJwksResponses[keyof GetJwksResponses];

export type GetOAuthServerMetadataData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/.well-known/oauth-authorization-server';
};

export type GetOAuthServerMetadataResponses = {
    /**
     * The metadata.
     */
    200: OAuthServerMetadata;
};

export type GetOAuthServerMetadataResponse = GetOAuthServerMetadataResponses[keyof GetOAuthServerMetadataResponses];

export type GetHealthData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/v2/health';
};

export type GetHealthResponses = {
    /**
     * Everything is up, or degraded.
     */
    200: Health;
};

export type GetHealthResponse = GetHealthResponses[keyof GetHealthResponses];

export type GetLivenessData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/livez';
};

export type GetLivenessResponses = {
    /**
     * The process is alive.
     */
    200: Liveness;
};

export type GetLivenessResponse = GetLivenessResponses[keyof GetLivenessResponses];

export type GetReadinessData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/readyz';
};

export type GetReadinessResponses = {
    /**
     * Send requests.
     */
    200: Readiness;
};

export type GetReadinessResponse = GetReadinessResponses[keyof GetReadinessResponses];

export type ListOrgsData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * `next_cursor` of the page before. Opaque, and bound to this list, its filters and its sort: one that was
         * altered or comes from elsewhere is refused with 422 and the code `invalid_cursor`. Absent: the first page.
         */
        cursor?: string;
        /**
         * How many items a page may have. The last page, and only that, may have fewer.
         */
        limit?: number;
        /**
         * Order of the list; a leading `-` is descending.
         */
        sort?: OrgSort;
    };
    url: '/v2/orgs';
};

export type ListOrgsResponses = {
    /**
     * A page of organizations.
     */
    200: OrgList;
};

export type ListOrgsResponse = ListOrgsResponses[keyof ListOrgsResponses];

export type ListWorkspacesData = {
    body?: never;
    path: {
        /**
         * Id of the organization, as `GET /v2/orgs` lists it.
         */
        org_id: OrgId;
    };
    query?: {
        /**
         * Only workspaces in this state.
         */
        'filter[status]'?: WorkspaceStatus;
        /**
         * Only the workspace with this slug.
         */
        'filter[slug]'?: Slug;
        /**
         * Only workspaces with exactly this name.
         */
        'filter[name]'?: string;
        /**
         * `next_cursor` of the page before. Opaque, and bound to this list, its filters and its sort: one that was
         * altered or comes from elsewhere is refused with 422 and the code `invalid_cursor`. Absent: the first page.
         */
        cursor?: string;
        /**
         * How many items a page may have. The last page, and only that, may have fewer.
         */
        limit?: number;
        /**
         * Order of the list; a leading `-` is descending.
         */
        sort?: WorkspaceSort;
    };
    url: '/v2/orgs/{org_id}/workspaces';
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
    headers?: {
        /**
         * Makes the request safe to repeat: a value of your own, unique to the operation you intend, such as a UUID.
         * For 24 hours the same key with the same payload returns the first answer again. With another payload it is
         * refused with 422 (`idempotency_mismatch`); while the first request still runs, with 409
         * (`idempotency_in_flight`). Requests refused by validation are not remembered.
         */
        'Idempotency-Key'?: string;
    };
    path: {
        /**
         * Id of the organization, as `GET /v2/orgs` lists it.
         */
        org_id: OrgId;
    };
    query?: never;
    url: '/v2/orgs/{org_id}/workspaces';
};

export type CreateWorkspaceResponses = {
    /**
     * The new workspace.
     */
    201: Workspace;
};

export type CreateWorkspaceResponse = CreateWorkspaceResponses[keyof CreateWorkspaceResponses];

export type GetWorkspaceData = {
    body?: never;
    headers?: {
        /**
         * Answer 304 without a body when the version still carries this `ETag` (several are separated by commas, `*` is any).
         */
        'If-None-Match'?: string;
    };
    path: {
        /**
         * Id of the workspace.
         */
        workspace_id: WorkspaceId;
    };
    query?: never;
    url: '/v2/workspaces/{workspace_id}';
};

export type GetWorkspaceResponses = {
    /**
     * The workspace.
     */
    200: Workspace;
};

export type GetWorkspaceResponse = GetWorkspaceResponses[keyof GetWorkspaceResponses];

export type GetWorkspaceSettingsData = {
    body?: never;
    headers?: {
        /**
         * Answer 304 without a body when the version still carries this `ETag` (several are separated by commas, `*` is any).
         */
        'If-None-Match'?: string;
    };
    path: {
        /**
         * Id of the workspace.
         */
        workspace_id: WorkspaceId;
    };
    query?: never;
    url: '/v2/workspaces/{workspace_id}/settings';
};

export type GetWorkspaceSettingsResponses = {
    /**
     * The settings.
     */
    200: WorkspaceSettings;
};

export type GetWorkspaceSettingsResponse = GetWorkspaceSettingsResponses[keyof GetWorkspaceSettingsResponses];

export type UpdateWorkspaceSettingsData = {
    body: WorkspaceSettingsUpdate;
    headers?: {
        /**
         * Change only the version that carries this `ETag` (several are separated by commas, `*` is any). Another
         * version is refused with 412. Absent: the last writer wins.
         */
        'If-Match'?: string;
    };
    path: {
        /**
         * Id of the workspace.
         */
        workspace_id: WorkspaceId;
    };
    query?: never;
    url: '/v2/workspaces/{workspace_id}/settings';
};

export type UpdateWorkspaceSettingsResponses = {
    /**
     * The settings after the change.
     */
    200: WorkspaceSettings;
};

export type UpdateWorkspaceSettingsResponse = UpdateWorkspaceSettingsResponses[keyof UpdateWorkspaceSettingsResponses];

export type ListMembersData = {
    body?: never;
    path: {
        /**
         * Id of the organization, as `GET /v2/orgs` lists it.
         */
        org_id: OrgId;
    };
    query?: {
        /**
         * Only members with this role.
         */
        'filter[role]'?: Role;
        /**
         * Only members in this state.
         */
        'filter[status]'?: MemberStatus;
        /**
         * Only the member with this address, whatever its case.
         */
        'filter[email]'?: string;
        /**
         * `next_cursor` of the page before. Opaque, and bound to this list, its filters and its sort: one that was
         * altered or comes from elsewhere is refused with 422 and the code `invalid_cursor`. Absent: the first page.
         */
        cursor?: string;
        /**
         * How many items a page may have. The last page, and only that, may have fewer.
         */
        limit?: number;
        /**
         * Order of the list; a leading `-` is descending.
         */
        sort?: MemberSort;
    };
    url: '/v2/orgs/{org_id}/members';
};

export type ListMembersResponses = {
    /**
     * A page of members.
     */
    200: MemberList;
};

export type ListMembersResponse = ListMembersResponses[keyof ListMembersResponses];

export type InviteMemberData = {
    body: MemberInvite;
    headers?: {
        /**
         * Makes the request safe to repeat: a value of your own, unique to the operation you intend, such as a UUID.
         * For 24 hours the same key with the same payload returns the first answer again. With another payload it is
         * refused with 422 (`idempotency_mismatch`); while the first request still runs, with 409
         * (`idempotency_in_flight`). Requests refused by validation are not remembered.
         */
        'Idempotency-Key'?: string;
    };
    path: {
        /**
         * Id of the organization, as `GET /v2/orgs` lists it.
         */
        org_id: OrgId;
    };
    query?: never;
    url: '/v2/orgs/{org_id}/members';
};

export type InviteMemberResponses = {
    /**
     * The new member.
     */
    201: Member;
};

export type InviteMemberResponse = InviteMemberResponses[keyof InviteMemberResponses];

export type RemoveMemberData = {
    body?: never;
    path: {
        /**
         * Id of the organization, as `GET /v2/orgs` lists it.
         */
        org_id: OrgId;
        /**
         * Id of the membership (not of the user).
         */
        member_id: MemberId;
    };
    query?: never;
    url: '/v2/orgs/{org_id}/members/{member_id}';
};

export type RemoveMemberResponses = {
    /**
     * The member is removed.
     */
    204: void;
};

export type RemoveMemberResponse = RemoveMemberResponses[keyof RemoveMemberResponses];

export type GetMemberData = {
    body?: never;
    path: {
        /**
         * Id of the organization, as `GET /v2/orgs` lists it.
         */
        org_id: OrgId;
        /**
         * Id of the membership (not of the user).
         */
        member_id: MemberId;
    };
    query?: never;
    url: '/v2/orgs/{org_id}/members/{member_id}';
};

export type GetMemberResponses = {
    /**
     * The member.
     */
    200: Member;
};

export type GetMemberResponse = GetMemberResponses[keyof GetMemberResponses];

export type ChangeMemberRoleData = {
    body: MemberUpdate;
    path: {
        /**
         * Id of the organization, as `GET /v2/orgs` lists it.
         */
        org_id: OrgId;
        /**
         * Id of the membership (not of the user).
         */
        member_id: MemberId;
    };
    query?: never;
    url: '/v2/orgs/{org_id}/members/{member_id}';
};

export type ChangeMemberRoleResponses = {
    /**
     * The member with the new role.
     */
    200: Member;
};

export type ChangeMemberRoleResponse = ChangeMemberRoleResponses[keyof ChangeMemberRoleResponses];

export type ListKeysData = {
    body?: never;
    path: {
        /**
         * Id of the organization, as `GET /v2/orgs` lists it.
         */
        org_id: OrgId;
    };
    query?: {
        /**
         * Only keys in this state.
         */
        'filter[status]'?: KeyStatus;
        /**
         * Only keys of this tier.
         */
        'filter[tier]'?: Tier;
        /**
         * `next_cursor` of the page before. Opaque, and bound to this list, its filters and its sort: one that was
         * altered or comes from elsewhere is refused with 422 and the code `invalid_cursor`. Absent: the first page.
         */
        cursor?: string;
        /**
         * How many items a page may have. The last page, and only that, may have fewer.
         */
        limit?: number;
        /**
         * Order of the list; a leading `-` is descending.
         */
        sort?: KeySort;
    };
    url: '/v2/orgs/{org_id}/keys';
};

export type ListKeysResponses = {
    /**
     * A page of keys.
     */
    200: KeyList;
};

export type ListKeysResponse = ListKeysResponses[keyof ListKeysResponses];

export type CreateKeyData = {
    body: KeyCreate;
    headers?: {
        /**
         * Makes the request safe to repeat: a value of your own, unique to the operation you intend, such as a UUID.
         * For 24 hours the same key with the same payload returns the first answer again. With another payload it is
         * refused with 422 (`idempotency_mismatch`); while the first request still runs, with 409
         * (`idempotency_in_flight`). Requests refused by validation are not remembered.
         */
        'Idempotency-Key'?: string;
    };
    path: {
        /**
         * Id of the organization, as `GET /v2/orgs` lists it.
         */
        org_id: OrgId;
    };
    query?: never;
    url: '/v2/orgs/{org_id}/keys';
};

export type CreateKeyResponses = {
    /**
     * The new key, with its secret.
     */
    201: KeyCreated;
};

export type CreateKeyResponse = CreateKeyResponses[keyof CreateKeyResponses];

export type RevokeKeyData = {
    body?: never;
    path: {
        /**
         * Id of the organization, as `GET /v2/orgs` lists it.
         */
        org_id: OrgId;
        /**
         * Id of the key (not its prefix or secret).
         */
        key_id: KeyId;
    };
    query?: never;
    url: '/v2/orgs/{org_id}/keys/{key_id}';
};

export type RevokeKeyResponses = {
    /**
     * The key is revoked.
     */
    204: void;
};

export type RevokeKeyResponse = RevokeKeyResponses[keyof RevokeKeyResponses];

export type GetKeyData = {
    body?: never;
    path: {
        /**
         * Id of the organization, as `GET /v2/orgs` lists it.
         */
        org_id: OrgId;
        /**
         * Id of the key (not its prefix or secret).
         */
        key_id: KeyId;
    };
    query?: never;
    url: '/v2/orgs/{org_id}/keys/{key_id}';
};

export type GetKeyResponses = {
    /**
     * The key.
     */
    200: Key;
};

export type GetKeyResponse = GetKeyResponses[keyof GetKeyResponses];

export type ListAuditEntriesData = {
    body?: never;
    path: {
        /**
         * Id of the organization, as `GET /v2/orgs` lists it.
         */
        org_id: OrgId;
    };
    query?: {
        /**
         * Only entries of this action.
         */
        'filter[action]'?: string;
        /**
         * Only what this client, key or user did.
         */
        'filter[actor_id]'?: string;
        /**
         * Only what was done to this resource.
         */
        'filter[target_id]'?: string;
        /**
         * Only entries of this time or later.
         */
        'filter[since]'?: string;
        /**
         * Only entries before this time.
         */
        'filter[until]'?: string;
        /**
         * `next_cursor` of the page before. Opaque, and bound to this list, its filters and its sort: one that was
         * altered or comes from elsewhere is refused with 422 and the code `invalid_cursor`. Absent: the first page.
         */
        cursor?: string;
        /**
         * How many items a page may have. The last page, and only that, may have fewer.
         */
        limit?: number;
        /**
         * Order of the list; a leading `-` is descending.
         */
        sort?: AuditSort;
    };
    url: '/v2/orgs/{org_id}/audit';
};

export type ListAuditEntriesResponses = {
    /**
     * A page of audit entries.
     */
    200: AuditEntryList;
};

export type ListAuditEntriesResponse = ListAuditEntriesResponses[keyof ListAuditEntriesResponses];

export type ListWebhookEventTypesData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/v2/webhooks/event-types';
};

export type ListWebhookEventTypesResponses = {
    /**
     * Every event type.
     */
    200: WebhookEventTypeList;
};

export type ListWebhookEventTypesResponse = ListWebhookEventTypesResponses[keyof ListWebhookEventTypesResponses];

export type ListWebhookEndpointsData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Only endpoints in this state.
         */
        'filter[status]'?: WebhookEndpointStatus;
        /**
         * `next_cursor` of the page before. Opaque, and bound to this list, its filters and its sort: one that was
         * altered or comes from elsewhere is refused with 422 and the code `invalid_cursor`. Absent: the first page.
         */
        cursor?: string;
        /**
         * How many items a page may have. The last page, and only that, may have fewer.
         */
        limit?: number;
        /**
         * Order of the list; a leading `-` is descending.
         */
        sort?: WebhookEndpointSort;
    };
    url: '/v2/webhooks/endpoints';
};

export type ListWebhookEndpointsResponses = {
    /**
     * A page of endpoints.
     */
    200: WebhookEndpointList;
};

export type ListWebhookEndpointsResponse = ListWebhookEndpointsResponses[keyof ListWebhookEndpointsResponses];

export type CreateWebhookEndpointData = {
    body: WebhookEndpointCreate;
    headers?: {
        /**
         * Makes the request safe to repeat: a value of your own, unique to the operation you intend, such as a UUID.
         * For 24 hours the same key with the same payload returns the first answer again. With another payload it is
         * refused with 422 (`idempotency_mismatch`); while the first request still runs, with 409
         * (`idempotency_in_flight`). Requests refused by validation are not remembered.
         */
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: never;
    url: '/v2/webhooks/endpoints';
};

export type CreateWebhookEndpointResponses = {
    /**
     * The new endpoint, with its signing secret.
     */
    201: WebhookEndpointCreated;
};

export type CreateWebhookEndpointResponse = CreateWebhookEndpointResponses[keyof CreateWebhookEndpointResponses];

export type DeleteWebhookEndpointData = {
    body?: never;
    path: {
        /**
         * Id of the webhook endpoint.
         */
        endpoint_id: WebhookEndpointId;
    };
    query?: never;
    url: '/v2/webhooks/endpoints/{endpoint_id}';
};

export type DeleteWebhookEndpointResponses = {
    /**
     * The endpoint is deleted.
     */
    204: void;
};

export type DeleteWebhookEndpointResponse = DeleteWebhookEndpointResponses[keyof DeleteWebhookEndpointResponses];

export type GetWebhookEndpointData = {
    body?: never;
    path: {
        /**
         * Id of the webhook endpoint.
         */
        endpoint_id: WebhookEndpointId;
    };
    query?: never;
    url: '/v2/webhooks/endpoints/{endpoint_id}';
};

export type GetWebhookEndpointResponses = {
    /**
     * The endpoint.
     */
    200: WebhookEndpoint;
};

export type GetWebhookEndpointResponse = GetWebhookEndpointResponses[keyof GetWebhookEndpointResponses];

export type UpdateWebhookEndpointData = {
    body: WebhookEndpointUpdate;
    path: {
        /**
         * Id of the webhook endpoint.
         */
        endpoint_id: WebhookEndpointId;
    };
    query?: never;
    url: '/v2/webhooks/endpoints/{endpoint_id}';
};

export type UpdateWebhookEndpointResponses = {
    /**
     * The endpoint after the change.
     */
    200: WebhookEndpoint;
};

export type UpdateWebhookEndpointResponse = UpdateWebhookEndpointResponses[keyof UpdateWebhookEndpointResponses];

export type RotateWebhookSecretData = {
    body?: never;
    path: {
        /**
         * Id of the webhook endpoint.
         */
        endpoint_id: WebhookEndpointId;
    };
    query?: never;
    url: '/v2/webhooks/endpoints/{endpoint_id}/rotate-secret';
};

export type RotateWebhookSecretResponses = {
    /**
     * The new signing secret.
     */
    200: WebhookSecretRotated;
};

export type RotateWebhookSecretResponse = RotateWebhookSecretResponses[keyof RotateWebhookSecretResponses];

export type TestWebhookEndpointData = {
    body?: never;
    path: {
        /**
         * Id of the webhook endpoint.
         */
        endpoint_id: WebhookEndpointId;
    };
    query?: never;
    url: '/v2/webhooks/endpoints/{endpoint_id}/test';
};

export type TestWebhookEndpointResponses = {
    /**
     * The delivery of the test event.
     */
    202: WebhookDelivery;
};

export type TestWebhookEndpointResponse = TestWebhookEndpointResponses[keyof TestWebhookEndpointResponses];

export type RecoverWebhookDeliveriesData = {
    body: WebhookRecover;
    path: {
        /**
         * Id of the webhook endpoint.
         */
        endpoint_id: WebhookEndpointId;
    };
    query?: never;
    url: '/v2/webhooks/endpoints/{endpoint_id}/recover';
};

export type RecoverWebhookDeliveriesResponses = {
    /**
     * How many deliveries start again.
     */
    202: WebhookRecovered;
};

export type RecoverWebhookDeliveriesResponse = RecoverWebhookDeliveriesResponses[keyof RecoverWebhookDeliveriesResponses];

export type ListWebhookDeliveriesData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Only deliveries whose last attempt was answered with this status.
         */
        'filter[status_code]'?: number;
        /**
         * Only deliveries of this type of event.
         */
        'filter[event_type]'?: WebhookEventTypeName;
        /**
         * Only deliveries to this endpoint.
         */
        'filter[endpoint_id]'?: WebhookEndpointId;
        /**
         * Only deliveries in this state.
         */
        'filter[state]'?: WebhookDeliveryState;
        /**
         * Only deliveries created at this time or later.
         */
        'filter[since]'?: string;
        /**
         * Only deliveries created before this time.
         */
        'filter[until]'?: string;
        /**
         * `next_cursor` of the page before. Opaque, and bound to this list, its filters and its sort: one that was
         * altered or comes from elsewhere is refused with 422 and the code `invalid_cursor`. Absent: the first page.
         */
        cursor?: string;
        /**
         * How many items a page may have. The last page, and only that, may have fewer.
         */
        limit?: number;
        /**
         * Order of the list; a leading `-` is descending.
         */
        sort?: WebhookDeliverySort;
    };
    url: '/v2/webhooks/deliveries';
};

export type ListWebhookDeliveriesResponses = {
    /**
     * A page of deliveries.
     */
    200: WebhookDeliveryList;
};

export type ListWebhookDeliveriesResponse = ListWebhookDeliveriesResponses[keyof ListWebhookDeliveriesResponses];

export type GetWebhookDeliveryData = {
    body?: never;
    path: {
        /**
         * Id of the delivery (not of the event).
         */
        delivery_id: WebhookDeliveryId;
    };
    query?: never;
    url: '/v2/webhooks/deliveries/{delivery_id}';
};

export type GetWebhookDeliveryResponses = {
    /**
     * The delivery.
     */
    200: WebhookDeliveryDetail;
};

export type GetWebhookDeliveryResponse = GetWebhookDeliveryResponses[keyof GetWebhookDeliveryResponses];

export type RetryWebhookDeliveryData = {
    body?: never;
    path: {
        /**
         * Id of the delivery (not of the event).
         */
        delivery_id: WebhookDeliveryId;
    };
    query?: never;
    url: '/v2/webhooks/deliveries/{delivery_id}/retry';
};

export type RetryWebhookDeliveryResponses = {
    /**
     * The delivery, under way again.
     */
    202: WebhookDelivery;
};

export type RetryWebhookDeliveryResponse = RetryWebhookDeliveryResponses[keyof RetryWebhookDeliveryResponses];

export type ListConnectorsData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/v2/integrations/catalog';
};

export type ListConnectorsResponses = {
    /**
     * Every connector.
     */
    200: ConnectorList;
};

export type ListConnectorsResponse = ListConnectorsResponses[keyof ListConnectorsResponses];

export type CreateBindingData = {
    body: BindingCreate;
    headers?: {
        /**
         * Makes the request safe to repeat: a value of your own, unique to the operation you intend, such as a UUID.
         * For 24 hours the same key with the same payload returns the first answer again. With another payload it is
         * refused with 422 (`idempotency_mismatch`); while the first request still runs, with 409
         * (`idempotency_in_flight`). Requests refused by validation are not remembered.
         */
        'Idempotency-Key'?: string;
    };
    path: {
        /**
         * Id of the connector, as `GET /v2/integrations/catalog` lists it.
         */
        connector_id: ConnectorId;
    };
    query?: never;
    url: '/v2/integrations/{connector_id}/bindings';
};

export type CreateBindingResponses = {
    /**
     * The new binding, and the job that validates it.
     */
    202: BindingCreated;
};

export type CreateBindingResponse = CreateBindingResponses[keyof CreateBindingResponses];

export type ListBindingsData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Only bindings of this workspace.
         */
        'filter[workspace_id]'?: WorkspaceId;
        /**
         * Only bindings of this connector.
         */
        'filter[connector_id]'?: ConnectorId;
        /**
         * Only bindings in this state.
         */
        'filter[state]'?: BindingState;
        /**
         * `next_cursor` of the page before. Opaque, and bound to this list, its filters and its sort: one that was
         * altered or comes from elsewhere is refused with 422 and the code `invalid_cursor`. Absent: the first page.
         */
        cursor?: string;
        /**
         * How many items a page may have. The last page, and only that, may have fewer.
         */
        limit?: number;
        /**
         * Order of the list; a leading `-` is descending.
         */
        sort?: BindingSort;
    };
    url: '/v2/bindings';
};

export type ListBindingsResponses = {
    /**
     * A page of bindings.
     */
    200: BindingList;
};

export type ListBindingsResponse = ListBindingsResponses[keyof ListBindingsResponses];

export type DeleteBindingData = {
    body?: never;
    path: {
        /**
         * Id of the binding.
         */
        binding_id: BindingId;
    };
    query?: never;
    url: '/v2/bindings/{binding_id}';
};

export type DeleteBindingResponses = {
    /**
     * The binding is deleted.
     */
    204: void;
};

export type DeleteBindingResponse = DeleteBindingResponses[keyof DeleteBindingResponses];

export type GetBindingData = {
    body?: never;
    path: {
        /**
         * Id of the binding.
         */
        binding_id: BindingId;
    };
    query?: never;
    url: '/v2/bindings/{binding_id}';
};

export type GetBindingResponses = {
    /**
     * The binding.
     */
    200: Binding;
};

export type GetBindingResponse = GetBindingResponses[keyof GetBindingResponses];

export type UpdateBindingData = {
    body: BindingUpdate;
    path: {
        /**
         * Id of the binding.
         */
        binding_id: BindingId;
    };
    query?: never;
    url: '/v2/bindings/{binding_id}';
};

export type UpdateBindingResponses = {
    /**
     * The binding after the change.
     */
    200: Binding;
};

export type UpdateBindingResponse = UpdateBindingResponses[keyof UpdateBindingResponses];

export type ValidateBindingData = {
    body?: never;
    path: {
        /**
         * Id of the binding.
         */
        binding_id: BindingId;
    };
    query?: never;
    url: '/v2/bindings/{binding_id}/validate';
};

export type ValidateBindingResponses = {
    /**
     * The job that validates the binding.
     */
    202: Job;
};

export type ValidateBindingResponse = ValidateBindingResponses[keyof ValidateBindingResponses];

export type StartSyncRunData = {
    body?: SyncRunStart;
    headers?: {
        /**
         * Makes the request safe to repeat: a value of your own, unique to the operation you intend, such as a UUID.
         * For 24 hours the same key with the same payload returns the first answer again. With another payload it is
         * refused with 422 (`idempotency_mismatch`); while the first request still runs, with 409
         * (`idempotency_in_flight`). Requests refused by validation are not remembered.
         */
        'Idempotency-Key'?: string;
    };
    path: {
        /**
         * Id of the binding.
         */
        binding_id: BindingId;
    };
    query?: never;
    url: '/v2/bindings/{binding_id}/sync-runs';
};

export type StartSyncRunResponses = {
    /**
     * The new run.
     */
    202: SyncRun;
};

export type StartSyncRunResponse = StartSyncRunResponses[keyof StartSyncRunResponses];

export type ListSyncRunsData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Only runs of this binding.
         */
        'filter[binding_id]'?: BindingId;
        /**
         * Only runs of bindings of this workspace.
         */
        'filter[workspace_id]'?: WorkspaceId;
        /**
         * Only runs in this state.
         */
        'filter[state]'?: SyncRunState;
        /**
         * `next_cursor` of the page before. Opaque, and bound to this list, its filters and its sort: one that was
         * altered or comes from elsewhere is refused with 422 and the code `invalid_cursor`. Absent: the first page.
         */
        cursor?: string;
        /**
         * How many items a page may have. The last page, and only that, may have fewer.
         */
        limit?: number;
        /**
         * Order of the list; a leading `-` is descending.
         */
        sort?: SyncRunSort;
    };
    url: '/v2/integrations/sync/runs';
};

export type ListSyncRunsResponses = {
    /**
     * A page of sync runs.
     */
    200: SyncRunList;
};

export type ListSyncRunsResponse = ListSyncRunsResponses[keyof ListSyncRunsResponses];

export type GetSyncRunData = {
    body?: never;
    path: {
        /**
         * Id of the sync run (not of its job).
         */
        run_id: SyncRunId;
    };
    query?: never;
    url: '/v2/integrations/sync/runs/{run_id}';
};

export type GetSyncRunResponses = {
    /**
     * The sync run.
     */
    200: SyncRun;
};

export type GetSyncRunResponse = GetSyncRunResponses[keyof GetSyncRunResponses];

export type CancelSyncRunData = {
    body?: never;
    path: {
        /**
         * Id of the sync run (not of its job).
         */
        run_id: SyncRunId;
    };
    query?: never;
    url: '/v2/integrations/sync/runs/{run_id}/cancel';
};

export type CancelSyncRunResponses = {
    /**
     * The run, cancelled or about to be.
     */
    202: SyncRun;
};

export type CancelSyncRunResponse = CancelSyncRunResponses[keyof CancelSyncRunResponses];

export type GetSyncRunV1Data = {
    body?: never;
    path: {
        /**
         * Id of the sync run (not of its job).
         */
        run_id: SyncRunId;
    };
    query?: never;
    url: '/v1/integrations/sync/runs/{run_id}';
};

export type GetSyncRunV1Responses = {
    /**
     * The sync run.
     */
    200: SyncRun;
};

export type GetSyncRunV1Response = GetSyncRunV1Responses[keyof GetSyncRunV1Responses];

export type GetJobData = {
    body?: never;
    path: {
        /**
         * Id of the job.
         */
        job_id: JobId;
    };
    query?: never;
    url: '/v2/jobs/{job_id}';
};

export type GetJobResponses = {
    /**
     * The job.
     */
    200: Job;
};

export type GetJobResponse = GetJobResponses[keyof GetJobResponses];

export type CancelJobData = {
    body?: never;
    path: {
        /**
         * Id of the job.
         */
        job_id: JobId;
    };
    query?: never;
    url: '/v2/jobs/{job_id}/cancel';
};

export type CancelJobResponses = {
    /**
     * The job, cancelled or about to be.
     */
    202: Job;
};

export type CancelJobResponse = CancelJobResponses[keyof CancelJobResponses];

export type ListRecordsData = {
    body?: never;
    path: {
        /**
         * Id of the workspace.
         */
        workspace_id: WorkspaceId;
    };
    query?: {
        /**
         * Only records of this entity.
         */
        'filter[entity]'?: string;
        /**
         * Only records that this binding brought.
         */
        'filter[binding_id]'?: BindingId;
        /**
         * Only records with this id in the other system.
         */
        'filter[external_id]'?: string;
        /**
         * Only records that were updated here at this time or later.
         */
        'filter[since]'?: string;
        /**
         * `next_cursor` of the page before. Opaque, and bound to this list, its filters and its sort: one that was
         * altered or comes from elsewhere is refused with 422 and the code `invalid_cursor`. Absent: the first page.
         */
        cursor?: string;
        /**
         * How many items a page may have. The last page, and only that, may have fewer.
         */
        limit?: number;
        /**
         * Order of the list; a leading `-` is descending.
         */
        sort?: RecordSort;
    };
    url: '/v2/workspaces/{workspace_id}/records';
};

export type ListRecordsResponses = {
    /**
     * A page of records.
     */
    200: RecordList;
};

export type ListRecordsResponse = ListRecordsResponses[keyof ListRecordsResponses];

export type OnOrgCreatedWebhookPayload = OrgCreatedEvent;

export type OnOrgCreatedWebhookRequest = {
    body: OnOrgCreatedWebhookPayload;
    key: 'org.created';
    path?: never;
    query?: never;
};

export type OnOrgUpdatedWebhookPayload = OrgUpdatedEvent;

export type OnOrgUpdatedWebhookRequest = {
    body: OnOrgUpdatedWebhookPayload;
    key: 'org.updated';
    path?: never;
    query?: never;
};

export type OnOrgSuspendedWebhookPayload = OrgSuspendedEvent;

export type OnOrgSuspendedWebhookRequest = {
    body: OnOrgSuspendedWebhookPayload;
    key: 'org.suspended';
    path?: never;
    query?: never;
};

export type OnOrgResumedWebhookPayload = OrgResumedEvent;

export type OnOrgResumedWebhookRequest = {
    body: OnOrgResumedWebhookPayload;
    key: 'org.resumed';
    path?: never;
    query?: never;
};

export type OnOrgDeletedWebhookPayload = OrgDeletedEvent;

export type OnOrgDeletedWebhookRequest = {
    body: OnOrgDeletedWebhookPayload;
    key: 'org.deleted';
    path?: never;
    query?: never;
};

export type OnWorkspaceCreatedWebhookPayload = WorkspaceCreatedEvent;

export type OnWorkspaceCreatedWebhookRequest = {
    body: OnWorkspaceCreatedWebhookPayload;
    key: 'workspace.created';
    path?: never;
    query?: never;
};

export type OnWorkspaceUpdatedWebhookPayload = WorkspaceUpdatedEvent;

export type OnWorkspaceUpdatedWebhookRequest = {
    body: OnWorkspaceUpdatedWebhookPayload;
    key: 'workspace.updated';
    path?: never;
    query?: never;
};

export type OnWorkspaceDeletedWebhookPayload = WorkspaceDeletedEvent;

export type OnWorkspaceDeletedWebhookRequest = {
    body: OnWorkspaceDeletedWebhookPayload;
    key: 'workspace.deleted';
    path?: never;
    query?: never;
};

export type OnMemberInvitedWebhookPayload = MemberInvitedEvent;

export type OnMemberInvitedWebhookRequest = {
    body: OnMemberInvitedWebhookPayload;
    key: 'member.invited';
    path?: never;
    query?: never;
};

export type OnMemberRoleChangedWebhookPayload = MemberRoleChangedEvent;

export type OnMemberRoleChangedWebhookRequest = {
    body: OnMemberRoleChangedWebhookPayload;
    key: 'member.role_changed';
    path?: never;
    query?: never;
};

export type OnMemberRemovedWebhookPayload = MemberRemovedEvent;

export type OnMemberRemovedWebhookRequest = {
    body: OnMemberRemovedWebhookPayload;
    key: 'member.removed';
    path?: never;
    query?: never;
};

export type OnKeyCreatedWebhookPayload = KeyCreatedEvent;

export type OnKeyCreatedWebhookRequest = {
    body: OnKeyCreatedWebhookPayload;
    key: 'key.created';
    path?: never;
    query?: never;
};

export type OnKeyRevokedWebhookPayload = KeyRevokedEvent;

export type OnKeyRevokedWebhookRequest = {
    body: OnKeyRevokedWebhookPayload;
    key: 'key.revoked';
    path?: never;
    query?: never;
};

export type OnBindingCreatedWebhookPayload = BindingCreatedEvent;

export type OnBindingCreatedWebhookRequest = {
    body: OnBindingCreatedWebhookPayload;
    key: 'binding.created';
    path?: never;
    query?: never;
};

export type OnBindingUpdatedWebhookPayload = BindingUpdatedEvent;

export type OnBindingUpdatedWebhookRequest = {
    body: OnBindingUpdatedWebhookPayload;
    key: 'binding.updated';
    path?: never;
    query?: never;
};

export type OnBindingValidatedWebhookPayload = BindingValidatedEvent;

export type OnBindingValidatedWebhookRequest = {
    body: OnBindingValidatedWebhookPayload;
    key: 'binding.validated';
    path?: never;
    query?: never;
};

export type OnBindingInvalidWebhookPayload = BindingInvalidEvent;

export type OnBindingInvalidWebhookRequest = {
    body: OnBindingInvalidWebhookPayload;
    key: 'binding.invalid';
    path?: never;
    query?: never;
};

export type OnBindingDeletedWebhookPayload = BindingDeletedEvent;

export type OnBindingDeletedWebhookRequest = {
    body: OnBindingDeletedWebhookPayload;
    key: 'binding.deleted';
    path?: never;
    query?: never;
};

export type OnSyncRunStartedWebhookPayload = SyncRunStartedEvent;

export type OnSyncRunStartedWebhookRequest = {
    body: OnSyncRunStartedWebhookPayload;
    key: 'sync_run.started';
    path?: never;
    query?: never;
};

export type OnSyncRunSucceededWebhookPayload = SyncRunSucceededEvent;

export type OnSyncRunSucceededWebhookRequest = {
    body: OnSyncRunSucceededWebhookPayload;
    key: 'sync_run.succeeded';
    path?: never;
    query?: never;
};

export type OnSyncRunFailedWebhookPayload = SyncRunFailedEvent;

export type OnSyncRunFailedWebhookRequest = {
    body: OnSyncRunFailedWebhookPayload;
    key: 'sync_run.failed';
    path?: never;
    query?: never;
};

export type OnSyncRunCancelledWebhookPayload = SyncRunCancelledEvent;

export type OnSyncRunCancelledWebhookRequest = {
    body: OnSyncRunCancelledWebhookPayload;
    key: 'sync_run.cancelled';
    path?: never;
    query?: never;
};

export type OnWebhookEndpointDisabledWebhookPayload = WebhookEndpointDisabledEvent;

export type OnWebhookEndpointDisabledWebhookRequest = {
    body: OnWebhookEndpointDisabledWebhookPayload;
    key: 'webhook.endpoint_disabled';
    path?: never;
    query?: never;
};

export type OnWebhookTestWebhookPayload = WebhookTestEvent;

export type OnWebhookTestWebhookRequest = {
    body: OnWebhookTestWebhookPayload;
    key: 'webhook.test';
    path?: never;
    query?: never;
};

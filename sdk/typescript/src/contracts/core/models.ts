// Generated from the OpenAPI bundle by scripts/generate.mjs. Do not edit: run `make generate`.

export type ClientOptions = {
    baseUrl: `${string}://${string}` | 'https://api.alania-go.ru' | (string & {});
};

export type Webhooks = OnWorkspaceCreatedWebhookRequest | OnWorkspaceUpdatedWebhookRequest | OnWorkspaceDeletedWebhookRequest | OnKeyCreatedWebhookRequest | OnKeyRevokedWebhookRequest | OnWebhookTestWebhookRequest;

/**
 * A `suspended` workspace can be read but not used. Nothing suspends a workspace yet.
 */
export type WorkspaceStatus = 'active' | 'suspended' | (string & {});

/**
 * An ISO 8601 date (midnight UTC), or a date and time with its offset. A `+` in a URL is written `%2B`.
 */
export type DateOrTime = string;

/**
 * Id of a workspace.
 */
export type WorkspaceId = number;

/**
 * URL-friendly identifier, unique among the workspaces of an organization. Lower-case letters, digits and inner hyphens.
 */
export type Slug = string;

/**
 * Plan of a workspace, or rate-limit class of a key.
 */
export type Tier = 'free' | 'starter' | 'pro' | 'agency' | 'enterprise' | (string & {});

/**
 * Settings of a workspace.
 */
export type WorkspaceSettings = {
    /**
     * Name of a time zone of the IANA database.
     */
    timezone: string;
    /**
     * Language and country.
     */
    locale: string;
};

/**
 * A person, an OAuth client, or an API key.
 */
export type OwnerType = 'user' | 'client' | 'key' | (string & {});

/**
 * Id of an owner, unique for its `type`.
 */
export type OwnerId = number;

/**
 * Whom something belongs to.
 */
export type Owner = {
    type: OwnerType;
    id: OwnerId;
    /**
     * Display name.
     */
    name: string;
    /**
     * Address of a person; absent for others.
     */
    email?: string;
};

/**
 * A project of a workspace.
 */
export type Project = {
    /**
     * Id of the project.
     */
    id: string;
    /**
     * Display name.
     */
    name: string;
};

/**
 * A workspace in a list, with the members that `fields` asks for.
 */
export type WorkspaceItem = {
    id: WorkspaceId;
    /**
     * Display name.
     */
    name?: string;
    slug?: Slug;
    tier?: Tier;
    status?: WorkspaceStatus;
    settings?: WorkspaceSettings;
    /**
     * When it was created.
     */
    created_at?: string;
    /**
     * When it, or its settings, last changed.
     */
    updated_at?: string;
    /**
     * Its owner, when `include` asks for it; absent when it has none.
     */
    owner?: Owner;
    /**
     * Its projects, when `include` asks for them.
     */
    projects?: Array<Project>;
};

/**
 * Where the page stands in the list.
 */
export type Meta = {
    /**
     * The page that was asked for.
     */
    current_page: number;
    /**
     * Number of the first item of the page in the list, from 1; `null` on an empty page.
     */
    from: number | null;
    /**
     * The last page; 1 for an empty list.
     */
    last_page: number;
    /**
     * Items per page.
     */
    per_page: number;
    /**
     * Number of the last item of the page in the list; `null` on an empty page.
     */
    to: number | null;
    /**
     * Items in the list.
     */
    total: number;
};

/**
 * Other pages of the list, with the same filters.
 */
export type Links = {
    /**
     * The first page.
     */
    first: string;
    /**
     * The last page.
     */
    last: string;
    /**
     * The page before; `null` on the first.
     */
    prev: string | null;
    /**
     * The next page; `null` on the last.
     */
    next: string | null;
};

/**
 * A page of workspaces.
 */
export type WorkspaceList = {
    /**
     * The page, in the order asked for.
     */
    data: Array<WorkspaceItem>;
    meta: Meta;
    links: Links;
};

/**
 * What went wrong.
 */
export type Error = {
    /**
     * Stable name of the error, for programs. New ones may appear; treat one you do not know as its status.
     */
    error: string;
    /**
     * What happened and what to do about it, for a person. Never repeats a value you sent.
     */
    message: string;
    /**
     * What is wrong with the values, with a 422 that is about values: sentences by member or parameter. Members of
     * members are written with a dot, `settings.timezone` or `events.0`.
     */
    errors?: {
        [key: string]: Array<string>;
    };
    /**
     * The feature whose limit is reached.
     */
    feature?: string;
    /**
     * Where a larger plan can be had.
     */
    upgrade_url?: string;
    /**
     * Seconds to wait before you try again, as in `Retry-After`.
     */
    retry_after?: number;
    /**
     * Requests that the limit allows in one window.
     */
    limit?: number;
    /**
     * Requests left in the window.
     */
    remaining?: number;
    /**
     * When the full limit is available again.
     */
    reset_at?: string;
    /**
     * The same as the `X-Request-ID` header.
     */
    request_id?: string;
};

/**
 * A workspace to be.
 */
export type WorkspaceCreate = {
    /**
     * Workspace name (max 255 chars)
     */
    name: string;
    /**
     * URL-friendly identifier (auto-generated if not provided). One in use is refused with 422.
     */
    slug?: Slug;
    /**
     * Subscription tier; absent, `free`.
     */
    tier?: Tier;
};

/**
 * A workspace.
 */
export type Workspace = {
    id: WorkspaceId;
    /**
     * Display name.
     */
    name: string;
    slug: Slug;
    tier: Tier;
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
    /**
     * Its owner, when `include` asks for it; absent when it has none.
     */
    owner?: Owner;
    /**
     * Its projects, when `include` asks for them.
     */
    projects?: Array<Project>;
};

/**
 * A workspace that was created or changed.
 */
export type WorkspaceSaved = {
    /**
     * What was done, for a person.
     */
    message: string;
    data: Workspace;
};

/**
 * One workspace.
 */
export type WorkspaceResult = {
    data: Workspace;
};

/**
 * Settings to change. Members that are left out stay as they are, `null` resets one to its default.
 */
export type WorkspaceSettingsUpdate = {
    /**
     * Name of a time zone of the IANA database; `null` for `UTC`.
     */
    timezone?: string | null;
    /**
     * Language and country, such as `en_GB`; `null` for `en_GB`.
     */
    locale?: string | null;
};

/**
 * What to change. Members that are left out stay as they are.
 */
export type WorkspaceUpdate = {
    /**
     * Workspace name (max 255 chars)
     */
    name?: string;
    /**
     * URL-friendly identifier. One in use is refused with 422.
     */
    slug?: Slug;
    /**
     * Subscription tier.
     */
    tier?: Tier;
    settings?: WorkspaceSettingsUpdate;
};

/**
 * Only an `active` key is accepted.
 */
export type ApiKeyStatus = 'active' | 'expired' | 'revoked' | (string & {});

/**
 * Id of an API key.
 */
export type ApiKeyId = number;

/**
 * A scope such as `posts:read`, or a wildcard `posts:*`, `*:read` or `*`.
 */
export type Scope = string;

/**
 * An API key in a list, with the members that `fields` asks for.
 */
export type ApiKeyItem = {
    id: ApiKeyId;
    /**
     * What the key is for.
     */
    name?: string;
    /**
     * The public start of the key, to recognize it by.
     */
    prefix?: string;
    /**
     * What the key may do.
     */
    scopes?: Array<Scope>;
    rate_limit_tier?: Tier;
    status?: ApiKeyStatus;
    /**
     * Addresses and networks that the key is accepted from; empty for anywhere.
     */
    allowed_ips?: Array<string>;
    /**
     * Id of the project that the key is limited to; `null` for none.
     */
    project_id?: string | null;
    /**
     * When the key was last used, to about a minute; `null` if never.
     */
    last_used_at?: string | null;
    /**
     * When the key stops being accepted; `null` for never.
     */
    expires_at?: string | null;
    /**
     * When the key was created.
     */
    created_at?: string;
    /**
     * Who created it, when `include` asks for it; absent for one made by the system.
     */
    owner?: Owner;
};

/**
 * A page of API keys.
 */
export type ApiKeyList = {
    /**
     * The page, in the order asked for.
     */
    data: Array<ApiKeyItem>;
    meta: Meta;
    links: Links;
};

/**
 * A key to be.
 */
export type ApiKeyCreate = {
    /**
     * Key name (max 255 chars)
     */
    name: string;
    /**
     * Permission scopes; nothing that you may not do yourself.
     */
    scopes?: Array<Scope>;
    /**
     * Rate limit tier; absent, that of the workspace, which is also the most.
     */
    rate_limit_tier?: Tier;
    /**
     * Expiration date, in the future; absent or `null` for never.
     */
    expires_at?: string | null;
    /**
     * Addresses (IPv4 or IPv6) and networks (CIDR) that the key is accepted from; absent or empty for anywhere.
     */
    allowed_ips?: Array<string>;
    /**
     * Project to limit the key to; such a key begins with `ak_`. One that does not exist is refused with 422.
     */
    project_id?: string;
};

/**
 * A new key with its secret, which is shown this once.
 */
export type ApiKeyWithSecret = {
    id: ApiKeyId;
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
    rate_limit_tier: Tier;
    status: ApiKeyStatus;
    /**
     * Addresses and networks that the key is accepted from; empty for anywhere.
     */
    allowed_ips: Array<string>;
    /**
     * Id of the project that the key is limited to; `null` for none.
     */
    project_id: string | null;
    /**
     * When the key was last used, to about a minute; `null` if never.
     */
    last_used_at: string | null;
    /**
     * When the key stops being accepted; `null` for never.
     */
    expires_at: string | null;
    /**
     * When the key was created.
     */
    created_at: string;
    /**
     * Who created it, when `include` asks for it; absent for one made by the system.
     */
    owner?: Owner;
    /**
     * The key itself. Keep it safe, it cannot be shown again.
     */
    key: string;
};

/**
 * A key that was created.
 */
export type ApiKeyCreatedResult = {
    /**
     * What was done, for a person.
     */
    message: string;
    data: ApiKeyWithSecret;
};

/**
 * An API key without its secret.
 */
export type ApiKey = {
    id: ApiKeyId;
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
    rate_limit_tier: Tier;
    status: ApiKeyStatus;
    /**
     * Addresses and networks that the key is accepted from; empty for anywhere.
     */
    allowed_ips: Array<string>;
    /**
     * Id of the project that the key is limited to; `null` for none.
     */
    project_id: string | null;
    /**
     * When the key was last used, to about a minute; `null` if never.
     */
    last_used_at: string | null;
    /**
     * When the key stops being accepted; `null` for never.
     */
    expires_at: string | null;
    /**
     * When the key was created.
     */
    created_at: string;
    /**
     * Who created it, when `include` asks for it; absent for one made by the system.
     */
    owner?: Owner;
};

/**
 * One API key.
 */
export type ApiKeyResult = {
    data: ApiKey;
};

/**
 * How to rotate a key.
 */
export type ApiKeyRotate = {
    /**
     * Hours both keys work; 0 ends the former key at once.
     */
    grace_period_hours?: number;
};

/**
 * The key that takes the place of another, with its secret, which is shown this once.
 */
export type ApiKeyRotated = {
    id: ApiKeyId;
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
    rate_limit_tier: Tier;
    status: ApiKeyStatus;
    /**
     * Addresses and networks that the key is accepted from; empty for anywhere.
     */
    allowed_ips: Array<string>;
    /**
     * Id of the project that the key is limited to; `null` for none.
     */
    project_id: string | null;
    /**
     * When the key was last used, to about a minute; `null` if never.
     */
    last_used_at: string | null;
    /**
     * When the key stops being accepted; `null` for never.
     */
    expires_at: string | null;
    /**
     * When the key was created.
     */
    created_at: string;
    /**
     * Who created it, when `include` asks for it; absent for one made by the system.
     */
    owner?: Owner;
    /**
     * The key itself. Keep it safe, it cannot be shown again.
     */
    key: string;
    /**
     * When the former key stops being accepted.
     */
    grace_period_ends_at: string;
};

/**
 * A key that was rotated.
 */
export type ApiKeyRotatedResult = {
    /**
     * What was done, for a person.
     */
    message: string;
    data: ApiKeyRotated;
};

/**
 * A `disabled` endpoint gets no events; its `is_active` is false.
 */
export type WebhookStatus = 'active' | 'disabled' | (string & {});

/**
 * Id of a webhook endpoint.
 */
export type WebhookEndpointId = number;

/**
 * The type of an event, all types with a prefix (`post.*`), or every event (`*`).
 */
export type WebhookEventPattern = string;

/**
 * A workspace in a few words.
 */
export type WorkspaceSummary = {
    id: WorkspaceId;
    /**
     * Display name.
     */
    name: string;
    slug: Slug;
};

/**
 * A webhook endpoint in a list, with the members that `fields` asks for.
 */
export type WebhookItem = {
    id: WebhookEndpointId;
    /**
     * Where events are sent.
     */
    url?: string;
    /**
     * The events that are sent to it.
     */
    events?: Array<WebhookEventPattern>;
    /**
     * What the endpoint is for; empty when nothing was said.
     */
    description?: string;
    /**
     * Whether it gets events.
     */
    is_active?: boolean;
    /**
     * Attempts that it accepted.
     */
    success_count?: number;
    /**
     * Attempts that failed.
     */
    failure_count?: number;
    /**
     * Attempts that failed since the last one that succeeded.
     */
    consecutive_failures?: number;
    /**
     * When the last attempt was made; `null` if there was none.
     */
    last_delivery_at?: string | null;
    /**
     * When it was created.
     */
    created_at?: string;
    /**
     * When it was last changed.
     */
    updated_at?: string;
    /**
     * Its workspace, when `include` asks for it; absent for an endpoint of the whole organization.
     */
    workspace?: WorkspaceSummary;
};

/**
 * A page of webhook endpoints.
 */
export type WebhookList = {
    /**
     * The page, in the order asked for.
     */
    data: Array<WebhookItem>;
    meta: Meta;
    links: Links;
};

/**
 * Signs the deliveries: `whsec_` and the base64 of the HMAC-SHA256 key of 24 bytes or more, as Standard Webhooks libraries
 * take it.
 */
export type WebhookSecret = string;

/**
 * A webhook endpoint to be.
 */
export type WebhookCreate = {
    /**
     * Webhook endpoint URL (HTTPS required), without credentials and fragment.
     */
    url: string;
    /**
     * Events to subscribe to.
     */
    events: Array<WebhookEventPattern>;
    /**
     * Signing secret (auto-generated if not provided).
     */
    secret?: WebhookSecret;
    /**
     * What the endpoint is for.
     */
    description?: string;
};

/**
 * A new webhook endpoint with its signing secret, which is shown this once.
 */
export type WebhookWithSecret = {
    id: WebhookEndpointId;
    /**
     * Where events are sent.
     */
    url: string;
    /**
     * The events that are sent to it.
     */
    events: Array<WebhookEventPattern>;
    /**
     * What the endpoint is for; empty when nothing was said.
     */
    description: string;
    /**
     * Whether it gets events.
     */
    is_active: boolean;
    /**
     * Attempts that it accepted.
     */
    success_count: number;
    /**
     * Attempts that failed.
     */
    failure_count: number;
    /**
     * Attempts that failed since the last one that succeeded.
     */
    consecutive_failures: number;
    /**
     * When the last attempt was made; `null` if there was none.
     */
    last_delivery_at: string | null;
    /**
     * When it was created.
     */
    created_at: string;
    /**
     * When it was last changed.
     */
    updated_at: string;
    /**
     * Its workspace, when `include` asks for it; absent for an endpoint of the whole organization.
     */
    workspace?: WorkspaceSummary;
    secret: WebhookSecret;
};

/**
 * A webhook endpoint that was created.
 */
export type WebhookCreatedResult = {
    /**
     * What was done, for a person.
     */
    message: string;
    data: WebhookWithSecret;
};

/**
 * A webhook endpoint, without its signing secret.
 */
export type Webhook = {
    id: WebhookEndpointId;
    /**
     * Where events are sent.
     */
    url: string;
    /**
     * The events that are sent to it.
     */
    events: Array<WebhookEventPattern>;
    /**
     * What the endpoint is for; empty when nothing was said.
     */
    description: string;
    /**
     * Whether it gets events.
     */
    is_active: boolean;
    /**
     * Attempts that it accepted.
     */
    success_count: number;
    /**
     * Attempts that failed.
     */
    failure_count: number;
    /**
     * Attempts that failed since the last one that succeeded.
     */
    consecutive_failures: number;
    /**
     * When the last attempt was made; `null` if there was none.
     */
    last_delivery_at: string | null;
    /**
     * When it was created.
     */
    created_at: string;
    /**
     * When it was last changed.
     */
    updated_at: string;
    /**
     * Its workspace, when `include` asks for it; absent for an endpoint of the whole organization.
     */
    workspace?: WorkspaceSummary;
};

/**
 * One webhook endpoint.
 */
export type WebhookResult = {
    data: Webhook;
};

/**
 * What to change. Members that are left out stay as they are.
 */
export type WebhookUpdate = {
    /**
     * Webhook endpoint URL (HTTPS required), without credentials and fragment.
     */
    url?: string;
    /**
     * Events to subscribe to. Replaces the whole list.
     */
    events?: Array<WebhookEventPattern>;
    /**
     * What the endpoint is for; may be empty.
     */
    description?: string;
    /**
     * Whether it gets events.
     */
    is_active?: boolean;
};

/**
 * A webhook endpoint that was changed.
 */
export type WebhookSaved = {
    /**
     * What was done, for a person.
     */
    message: string;
    data: Webhook;
};

/**
 * What became of a test event.
 */
export type WebhookTestResult = {
    /**
     * Whether the endpoint accepted it.
     */
    success: boolean;
    /**
     * Status of the answer; `null` when there was none.
     */
    status_code: number | null;
    /**
     * Milliseconds until the answer, or until it was given up.
     */
    response_time_ms: number;
    /**
     * Start of the answer's body, at most 1,024 bytes; absent when there was none.
     */
    response_body?: string;
    /**
     * What went wrong, for a person; absent when it succeeded.
     */
    error?: string;
};

/**
 * A new signing secret, which is shown this once.
 */
export type WebhookSecretRotated = {
    id: WebhookEndpointId;
    secret: WebhookSecret;
    /**
     * Until when deliveries are signed with the former secret as well.
     */
    previous_secret_expires_at: string;
};

/**
 * A signing secret that was rotated.
 */
export type WebhookSecretRotatedResult = {
    /**
     * What was done, for a person.
     */
    message: string;
    data: WebhookSecretRotated;
};

/**
 * `pending` before the first attempt, `retrying` when one failed and another will be made, `success` after one that was
 * accepted, `failed` when all of them were made, or the endpoint answered 410, was disabled or deleted.
 */
export type WebhookDeliveryStatus = 'pending' | 'success' | 'failed' | 'retrying' | (string & {});

/**
 * Id of a delivery, that is of one event on its way to one endpoint.
 */
export type WebhookDeliveryId = number;

/**
 * Id of an event, the same in every delivery and attempt.
 */
export type EventId = string;

/**
 * One request of a delivery.
 */
export type WebhookAttempt = {
    /**
     * Counts the attempts of the delivery.
     */
    attempt: number;
    /**
     * When it was made.
     */
    attempted_at: string;
    /**
     * Status of the answer; `null` when there was none.
     */
    response_code: number | null;
    /**
     * Milliseconds until the answer, or until it was given up.
     */
    response_time_ms: number;
    /**
     * Start of the answer's body, at most 1,024 bytes; absent when there was none.
     */
    response_body?: string;
    /**
     * What went wrong, for a person; absent when it succeeded.
     */
    error?: string;
};

/**
 * One event on its way to one endpoint, with the members that `fields` asks for.
 */
export type WebhookDeliveryItem = {
    id: WebhookDeliveryId;
    event_id?: EventId;
    /**
     * The type of the event.
     */
    event_type?: string;
    status?: WebhookDeliveryStatus;
    /**
     * Status of the last answer; absent when there was none.
     */
    response_code?: number;
    /**
     * Attempts made so far.
     */
    attempt?: number;
    /**
     * When the endpoint accepted it; absent while it has not.
     */
    delivered_at?: string;
    /**
     * When the next attempt is due; absent when there is none.
     */
    next_retry_at?: string;
    /**
     * When the event happened and the delivery began.
     */
    created_at?: string;
    /**
     * The attempts, oldest first, when `include` asks for them.
     */
    attempts?: Array<WebhookAttempt>;
};

/**
 * A page of deliveries.
 */
export type WebhookDeliveryList = {
    /**
     * The page, in the order asked for.
     */
    data: Array<WebhookDeliveryItem>;
    meta: Meta;
    links: Links;
};

/**
 * A delivery that will be tried again.
 */
export type WebhookDeliveryRetried = {
    id: WebhookDeliveryId;
    status: WebhookDeliveryStatus;
    /**
     * Number of the attempt to come.
     */
    attempt: number;
};

/**
 * A delivery that was queued again.
 */
export type WebhookDeliveryRetriedResult = {
    /**
     * What was done, for a person.
     */
    message: string;
    data: WebhookDeliveryRetried;
};

/**
 * Key of a feature.
 */
export type FeatureKey = string;

/**
 * Why a feature may not be used: less is left than was asked for, the plan does not include it, or there is no such feature.
 */
export type EntitlementReason = 'LIMIT_EXCEEDED' | 'NOT_INCLUDED' | 'UNKNOWN_FEATURE' | (string & {});

/**
 * Whether a feature may be used.
 */
export type EntitlementCheck = {
    /**
     * Whether the amount may be used.
     */
    allowed: boolean;
    feature: FeatureKey;
    reason?: EntitlementReason;
    /**
     * Why not, for a person; absent when it is allowed.
     */
    message?: string;
    /**
     * Amount used since the last reset; 0 for a feature that is only on or off.
     */
    current_usage: number;
    /**
     * Amount that may be used; `null` without a limit, and for a feature that is only on or off.
     */
    limit: number | null;
    /**
     * Amount that is left; `null` without a limit, and for a feature that is only on or off.
     */
    available: number | null;
    /**
     * Where a larger plan can be had; absent when it is allowed.
     */
    upgrade_url?: string;
};

/**
 * Usage to record.
 */
export type UsageRecord = {
    /**
     * Key of the feature. One that does not exist is refused with 422.
     */
    feature: FeatureKey;
    /**
     * Amount used.
     */
    quantity?: number;
    /**
     * Whatever helps to understand the usage later; kept as it is.
     */
    metadata?: {
        [key: string]: unknown;
    };
};

/**
 * Usage that was recorded.
 */
export type UsageRecorded = {
    /**
     * Always `true`.
     */
    recorded: boolean;
    feature: FeatureKey;
    /**
     * Amount used since the last reset, this usage included; 0 for a feature that is only on or off.
     */
    current_usage: number;
    /**
     * Amount that may be used; `null` without a limit, and for a feature that is only on or off.
     */
    limit: number | null;
};

/**
 * Whether a feature is only on or off, has a limit, or has none.
 */
export type EntitlementType = 'boolean' | 'limit' | 'unlimited' | (string & {});

/**
 * One feature of a workspace.
 */
export type EntitlementUsage = {
    /**
     * Amount used since the last reset; 0 for a feature that is only on or off.
     */
    used: number;
    /**
     * Amount that may be used; `null` without a limit, and for a feature that is only on or off.
     */
    limit: number | null;
    /**
     * Amount that is left; `null` without a limit, and for a feature that is only on or off.
     */
    available: number | null;
    /**
     * Part of the limit that is used, in percent, with two decimals; 0 without a limit.
     */
    percentage: number;
    /**
     * When the amount used is 0 again; absent when that never happens.
     */
    reset_at?: string;
    /**
     * What the amounts count; absent for things.
     */
    unit?: string;
    /**
     * Day on which the feature, or its limit, leaves the plans; until then nothing enforces it. Absent for what is enforced.
     */
    sunset?: string;
    type: EntitlementType;
    /**
     * Whether the plan includes the feature.
     */
    enabled: boolean;
};

/**
 * What a workspace may use and has used.
 */
export type UsageSummary = {
    workspace_id: WorkspaceId;
    tier: Tier;
    /**
     * Every feature, by its key.
     */
    entitlements: {
        [key: string]: EntitlementUsage;
    };
};

/**
 * What a workspace may use and has used.
 */
export type UsageSummaryResult = {
    data: UsageSummary;
};

/**
 * Scores of the page, from 0 to 100. What was not measured is left out.
 */
export type SeoScoresInput = {
    /**
     * Score of performance.
     */
    performance?: number;
    /**
     * Score of accessibility.
     */
    accessibility?: number;
    /**
     * Score of best practices.
     */
    best_practices?: number;
    /**
     * Score of search engine optimization.
     */
    seo?: number;
};

/**
 * How bad an issue is.
 */
export type SeoSeverity = 'info' | 'warning' | 'error' | 'critical' | (string & {});

/**
 * An issue in the page.
 */
export type SeoIssueInput = {
    /**
     * What is wrong, in a word.
     */
    type: string;
    severity: SeoSeverity;
    /**
     * Where in the page, for example as a CSS selector.
     */
    element?: string;
    /**
     * Whatever else is known; kept as it is.
     */
    details?: {
        [key: string]: unknown;
    };
};

/**
 * A report about one page.
 */
export type SeoReportSubmit = {
    /**
     * The page: an absolute http or https URL as browsers write it in `location.href` (WHATWG URL Standard), so that `[`,
     * `]`, `{`, `}`, `|`, `^`, a backtick, a lone `%` and a second `#` may stand in it.
     */
    url: string;
    scores?: SeoScoresInput;
    /**
     * Issues in the page.
     */
    issues?: Array<SeoIssueInput>;
};

/**
 * Id of an SEO report.
 */
export type SeoReportId = number;

/**
 * Scores of the page, from 0 to 100. What was not measured is left out.
 */
export type SeoScores = {
    /**
     * Score of performance.
     */
    performance?: number;
    /**
     * Score of accessibility.
     */
    accessibility?: number;
    /**
     * Score of best practices.
     */
    best_practices?: number;
    /**
     * Score of search engine optimization.
     */
    seo?: number;
};

/**
 * A report that was taken.
 */
export type SeoReport = {
    id: SeoReportId;
    /**
     * The page; what a URI (RFC 3986) cannot have is percent-encoded.
     */
    url: string;
    scores: SeoScores;
    /**
     * Issues in the report.
     */
    issues_count: number;
    /**
     * When it was taken.
     */
    created_at: string;
};

/**
 * A report that was taken.
 */
export type SeoReportSaved = {
    /**
     * What was done, for a person.
     */
    message: string;
    data: SeoReport;
};

/**
 * Id of an issue in an SEO report.
 */
export type SeoIssueId = number;

/**
 * An issue of a report, with the members that `fields` asks for.
 */
export type SeoIssueItem = {
    id: SeoIssueId;
    /**
     * The page; what a URI (RFC 3986) cannot have is percent-encoded.
     */
    url?: string;
    /**
     * What is wrong, in a word.
     */
    issue_type?: string;
    severity?: SeoSeverity;
    /**
     * Where in the page; absent when the report does not say.
     */
    element?: string;
    /**
     * Whatever else the report says; empty when that is nothing.
     */
    details?: {
        [key: string]: unknown;
    };
    /**
     * When the report was taken.
     */
    created_at?: string;
};

/**
 * A page of issues.
 */
export type SeoIssueList = {
    /**
     * The page, in the order asked for.
     */
    data: Array<SeoIssueItem>;
    meta: Meta;
    links: Links;
};

/**
 * A domain, in lower case and without scheme, port and path.
 */
export type Domain = string;

/**
 * What the pixel collects.
 */
export type PixelFeatures = {
    /**
     * Whether page views are counted.
     */
    pageviews: boolean;
    /**
     * Whether other events are taken.
     */
    events: boolean;
    /**
     * Whether events are tied to sessions.
     */
    sessions: boolean;
};

/**
 * What the pixel does on a domain.
 */
export type PixelConfig = {
    /**
     * Whether the pixel does anything; `false` for a domain that is not known.
     */
    enabled: boolean;
    features: PixelFeatures;
    /**
     * Part of the visits that send events.
     */
    sample_rate: number;
};

/**
 * An event in a page.
 */
export type PixelTrack = {
    /**
     * What happened.
     */
    event: string;
    /**
     * The page; its domain says whose event it is. An absolute http or https URL as browsers write it in `location.href`
     * (WHATWG URL Standard): `[`, `]`, `{`, `}`, `|`, `^`, a backtick, a lone `%` and a second `#` may stand in it.
     */
    url: string;
    /**
     * The page before, as browsers write it in `document.referrer`; may be empty.
     */
    referrer?: string;
    /**
     * The browser.
     */
    user_agent?: string;
    /**
     * Whatever else is known about the event; kept as it is.
     */
    properties?: {
        [key: string]: unknown;
    };
    /**
     * Ties the events of one visit together; kept where the domain has sessions.
     */
    session_id?: string;
};

/**
 * The event as JSON, with the members that it has as `application/json`.
 */
export type PixelTrackText = string;

/**
 * What became of an event.
 */
export type PixelTracked = {
    /**
     * Whether the event was kept; `false` for a domain that is not known, not enabled or, where the platform requires it, not verified, and an event that it does not collect, that is not in the sample, or that the plan has no room for.
     */
    tracked: boolean;
};

/**
 * Id of a domain of the tracking pixel.
 */
export type PixelDomainId = number;

/**
 * Whether the workspace has proven that the domain is its own, and what its owner publishes for that: the TXT record or the
 * file, either is enough.
 */
export type PixelVerification = {
    /**
     * Whether it is proven. Another workspace can take a domain that is not, by proving it.
     */
    status: 'unverified' | 'verified' | (string & {});
    /**
     * The name of the TXT record.
     */
    dns_name: string;
    /**
     * The value of the TXT record.
     */
    dns_value: string;
    /**
     * Where the file is. A redirect is not followed.
     */
    file_url: string;
    /**
     * The text that the file consists of.
     */
    file_content: string;
    /**
     * When it was proven; `null` as long as it is not.
     */
    verified_at: string | null;
};

/**
 * A domain in a list, with the members that `fields` asks for.
 */
export type PixelDomainItem = {
    id: PixelDomainId;
    domain?: Domain;
    /**
     * Whether the pixel does anything.
     */
    enabled?: boolean;
    features?: PixelFeatures;
    /**
     * Part of the visits that send events.
     */
    sample_rate?: number;
    verification?: PixelVerification;
    /**
     * When it was added.
     */
    created_at?: string;
    /**
     * When it was last changed.
     */
    updated_at?: string;
};

/**
 * A page of domains.
 */
export type PixelDomainList = {
    /**
     * The page, in the order asked for.
     */
    data: Array<PixelDomainItem>;
    meta: Meta;
    links: Links;
};

/**
 * What the pixel collects.
 */
export type PixelFeaturesInput = {
    /**
     * Whether page views are counted.
     */
    pageviews?: boolean;
    /**
     * Whether other events are taken.
     */
    events?: boolean;
    /**
     * Whether events are tied to sessions.
     */
    sessions?: boolean;
};

/**
 * What the pixel does on the domain. What is left out has its default, also when the domain was there before.
 */
export type PixelDomainPut = {
    /**
     * Whether the pixel does anything.
     */
    enabled?: boolean;
    features?: PixelFeaturesInput;
    /**
     * Part of the visits that send events.
     */
    sample_rate?: number;
};

/**
 * A domain that events may come from.
 */
export type PixelDomain = {
    id: PixelDomainId;
    domain: Domain;
    /**
     * Whether the pixel does anything.
     */
    enabled: boolean;
    features: PixelFeatures;
    /**
     * Part of the visits that send events.
     */
    sample_rate: number;
    verification?: PixelVerification;
    /**
     * When it was added.
     */
    created_at: string;
    /**
     * When it was last changed.
     */
    updated_at: string;
};

/**
 * A domain that was added or changed.
 */
export type PixelDomainSaved = {
    /**
     * What was done, for a person.
     */
    message: string;
    data: PixelDomain;
};

/**
 * A domain that is proven.
 */
export type PixelDomainVerified = {
    /**
     * What was done, for a person.
     */
    message: string;
    data: PixelDomain;
};

/**
 * Id of an event of the tracking pixel.
 */
export type PixelEventId = number;

/**
 * An event that was kept, with the members that `fields` asks for.
 */
export type PixelEventItem = {
    id: PixelEventId;
    domain?: Domain;
    /**
     * What happened.
     */
    event?: string;
    /**
     * The page; what a URI (RFC 3986) cannot have is percent-encoded.
     */
    url?: string;
    /**
     * The page before; `null` when that is not known.
     */
    referrer?: string | null;
    /**
     * The browser; `null` when that is not known.
     */
    user_agent?: string | null;
    /**
     * Ties the events of one visit together; `null` without sessions.
     */
    session_id?: string | null;
    /**
     * Whatever else is known about the event.
     */
    properties?: {
        [key: string]: unknown;
    };
    /**
     * When it arrived.
     */
    created_at?: string;
};

/**
 * A page of events.
 */
export type PixelEventList = {
    /**
     * The page, in the order asked for.
     */
    data: Array<PixelEventItem>;
    meta: Meta;
    links: Links;
};

/**
 * Id of an MCP server.
 */
export type McpServerId = string;

/**
 * How the API reaches the server; a `builtin` one is part of this API and in every workspace.
 */
export type McpServerTransport = 'streamable_http' | 'stdio' | 'builtin' | (string & {});

/**
 * An MCP server.
 */
export type McpServer = {
    id: McpServerId;
    /**
     * Display name.
     */
    name: string;
    /**
     * What it is for; empty when nothing was said.
     */
    description: string;
    transport: McpServerTransport;
    /**
     * Names of its tools; empty when it cannot be reached.
     */
    tools: Array<string>;
    /**
     * Whether it answered.
     */
    reachable: boolean;
    /**
     * When the server was added; absent for one that the operator provides.
     */
    created_at?: string;
};

/**
 * The MCP servers of a workspace.
 */
export type McpServerList = {
    /**
     * The servers, by id.
     */
    data: Array<McpServer>;
};

/**
 * How the API reaches the server, over HTTP or as a program that it starts.
 */
export type McpTransport = 'streamable_http' | 'stdio' | (string & {});

/**
 * An MCP server to add. `streamable_http` needs `url`, `stdio` needs `command`; the other is refused.
 */
export type McpServerCreate = {
    /**
     * Id of the server, unique in the workspace. One in use is refused with 422.
     */
    id: McpServerId;
    /**
     * Display name.
     */
    name: string;
    /**
     * What it is for.
     */
    description?: string;
    transport: McpTransport;
    /**
     * Where the server is (HTTPS required), for `streamable_http`.
     */
    url?: string;
    /**
     * Name of a command that the operator allows, for `stdio`.
     */
    command?: string;
    /**
     * Headers to send to the server, such as credentials, for `streamable_http`. They are secrets and never shown.
     */
    headers?: {
        [key: string]: string;
    };
};

/**
 * An MCP server that was added.
 */
export type McpServerSaved = {
    /**
     * What was done, for a person.
     */
    message: string;
    data: McpServer;
};

/**
 * One MCP server.
 */
export type McpServerResult = {
    data: McpServer;
};

/**
 * A parameter of a tool, with whatever else its schema says.
 */
export type McpToolParameter = {
    /**
     * Type of the value; `any` when the tool does not say.
     */
    type: string;
    /**
     * What the value is for.
     */
    description?: string;
    /**
     * Whether it must be given.
     */
    required: boolean;
    [key: string]: unknown;
};

/**
 * A tool of an MCP server.
 */
export type McpTool = {
    /**
     * Name of the tool.
     */
    name: string;
    /**
     * What it does; empty when the server does not say.
     */
    description: string;
    /**
     * Its parameters, by name.
     */
    parameters: {
        [key: string]: McpToolParameter;
    };
    /**
     * JSON Schema of its arguments, as the server gave it.
     */
    input_schema: {
        [key: string]: unknown;
    };
};

/**
 * The tools of an MCP server.
 */
export type McpToolList = {
    /**
     * The tools, in the order of the server.
     */
    data: Array<McpTool>;
};

/**
 * A call of a tool.
 */
export type McpToolCall = {
    server: McpServerId;
    /**
     * Name of the tool.
     */
    tool: string;
    /**
     * Arguments of the tool, as its `input_schema` says; others are refused with 422.
     */
    arguments: {
        [key: string]: unknown;
    };
};

/**
 * What a tool answered.
 */
export type McpToolResult = {
    /**
     * The result, as the tool gave it.
     */
    result: {
        [key: string]: unknown;
    };
    /**
     * `true` when the tool says that it failed; absent otherwise.
     */
    is_error?: boolean;
};

/**
 * `error` when the tool says that it failed, or the server did not answer.
 */
export type McpCallStatus = 'success' | 'error' | (string & {});

/**
 * Id of a call in the log of MCP calls.
 */
export type McpCallId = number;

/**
 * A call of a tool, with the members that `fields` asks for. Arguments and results are not kept.
 */
export type McpCallItem = {
    id: McpCallId;
    server?: McpServerId;
    /**
     * Name of the tool.
     */
    tool?: string;
    status?: McpCallStatus;
    /**
     * Milliseconds until the answer, or until it was given up.
     */
    duration_ms?: number;
    /**
     * What went wrong, for a person; absent when it succeeded.
     */
    error?: string;
    /**
     * When the call was made.
     */
    created_at?: string;
};

/**
 * A page of calls.
 */
export type McpCallList = {
    /**
     * The page, in the order asked for.
     */
    data: Array<McpCallItem>;
    meta: Meta;
    links: Links;
};

/**
 * One part of a resource, as text or as bytes.
 */
export type McpResourceContent = {
    /**
     * URI of the part.
     */
    uri: string;
    /**
     * Media type of the part; absent when the server does not say.
     */
    mime_type?: string;
    /**
     * The part, when it is text.
     */
    text?: string;
    /**
     * The part in base64, when it is not text.
     */
    blob?: string;
};

/**
 * A resource of an MCP server.
 */
export type McpResource = {
    /**
     * Its parts.
     */
    contents: Array<McpResourceContent>;
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
    created_at: string;
    /**
     * Id of the workspace that it happened in; `null` for the organization as a whole.
     */
    workspace_id: number | null;
    /**
     * The workspace.
     */
    data: Workspace;
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
    created_at: string;
    /**
     * Id of the workspace that it happened in; `null` for the organization as a whole.
     */
    workspace_id: number | null;
    /**
     * The workspace after the change.
     */
    data: Workspace;
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
    created_at: string;
    /**
     * Id of the workspace that it happened in; `null` for the organization as a whole.
     */
    workspace_id: number | null;
    /**
     * The workspace as it was.
     */
    data: Workspace;
};

/**
 * An API key was created, or took the place of another that was rotated.
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
    created_at: string;
    /**
     * Id of the workspace that it happened in; `null` for the organization as a whole.
     */
    workspace_id: number | null;
    /**
     * The key, never with its secret.
     */
    data: ApiKey;
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
    created_at: string;
    /**
     * Id of the workspace that it happened in; `null` for the organization as a whole.
     */
    workspace_id: number | null;
    /**
     * The key, never with its secret.
     */
    data: ApiKey;
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
 * A test that was asked for with `POST /api/v1/webhooks/{id}/test`. Nothing happened.
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
    created_at: string;
    /**
     * Id of the workspace that it happened in; `null` for the organization as a whole.
     */
    workspace_id: number | null;
    /**
     * A message.
     */
    data: EventTest;
};

/**
 * Page number, from 1. A page after the last one is empty.
 */
export type Page = number;

/**
 * Items per page.
 */
export type PerPage = number;

/**
 * Only what was created at this time or later. A date without a time is midnight UTC.
 */
export type CreatedAfter = DateOrTime;

/**
 * Only what was created before this time. A date without a time is midnight UTC.
 */
export type CreatedBefore = DateOrTime;

/**
 * Only what was last changed at this time or later. A date without a time is midnight UTC.
 */
export type UpdatedAfter = DateOrTime;

/**
 * Only what was last changed before this time. A date without a time is midnight UTC.
 */
export type UpdatedBefore = DateOrTime;

/**
 * Only what contains this text, in upper or lower case. The operation says in which members it looks.
 */
export type Search = string;

/**
 * Makes the request safe to repeat: a value of your own, unique to the operation you intend, such as a UUID.
 * For 24 hours the same key with the same payload returns the first answer again. With another payload it is
 * refused with 422 (`idempotency_mismatch`); while the first request still runs, with 409
 * (`idempotency_in_flight`). Requests refused by validation are not remembered.
 */
export type IdempotencyKey = string;

/**
 * Workspace ID
 */
export type PathWorkspaceId = WorkspaceId;

/**
 * Id of the key (not its prefix or secret).
 */
export type PathApiKeyId = ApiKeyId;

/**
 * Id of the workspace to act in. Absent: the workspace that the key belongs to, or the oldest one of your organization. One
 * that you may not see is 404.
 */
export type WorkspaceContext = WorkspaceId;

/**
 * Id of the webhook endpoint.
 */
export type PathWebhookId = WebhookEndpointId;

/**
 * Id of the webhook endpoint that the delivery goes to.
 */
export type PathDeliveryWebhookId = WebhookEndpointId;

/**
 * Id of the delivery (not of the event).
 */
export type PathDeliveryId = WebhookDeliveryId;

/**
 * Id of the workspace whose issues are meant.
 */
export type PathIssuesWorkspaceId = WorkspaceId;

/**
 * The domain, in lower case and without scheme, port and path.
 */
export type PathDomain = Domain;

/**
 * Id of the MCP server.
 */
export type PathMcpServerId = McpServerId;

/**
 * URI of the resource. It can include slashes and is URL-decoded, so that `file:///notes/today.md` can be sent as it is or
 * as `file%3A%2F%2F%2Fnotes%2Ftoday.md`.
 */
export type PathResourceUri = string;

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

export type ListWorkspacesData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Page number, from 1. A page after the last one is empty.
         */
        page?: number;
        /**
         * Items per page.
         */
        per_page?: number;
        /**
         * Only workspaces in this state.
         */
        status?: WorkspaceStatus;
        /**
         * Only what was created at this time or later. A date without a time is midnight UTC.
         */
        created_after?: DateOrTime;
        /**
         * Only what was created before this time. A date without a time is midnight UTC.
         */
        created_before?: DateOrTime;
        /**
         * Only what was last changed at this time or later. A date without a time is midnight UTC.
         */
        updated_after?: DateOrTime;
        /**
         * Only what was last changed before this time. A date without a time is midnight UTC.
         */
        updated_before?: DateOrTime;
        /**
         * Only what contains this text, in upper or lower case. The operation says in which members it looks.
         */
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
        /**
         * Related resources to show as well, separated by commas: `owner`, `projects`.
         */
        include?: string;
    };
    url: '/api/v1/workspaces';
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
    path?: never;
    query?: never;
    url: '/api/v1/workspaces';
};

export type CreateWorkspaceResponses = {
    /**
     * The new workspace.
     */
    201: WorkspaceSaved;
};

export type CreateWorkspaceResponse = CreateWorkspaceResponses[keyof CreateWorkspaceResponses];

export type DeleteWorkspaceData = {
    body?: never;
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
         * Workspace ID
         */
        id: WorkspaceId;
    };
    query?: never;
    url: '/api/v1/workspaces/{id}';
};

export type DeleteWorkspaceResponses = {
    /**
     * The workspace is deleted.
     */
    204: void;
};

export type DeleteWorkspaceResponse = DeleteWorkspaceResponses[keyof DeleteWorkspaceResponses];

export type GetWorkspaceData = {
    body?: never;
    path: {
        /**
         * Workspace ID
         */
        id: WorkspaceId;
    };
    query?: {
        /**
         * Related resources to show as well, separated by commas: `owner`, `projects`.
         */
        include?: string;
    };
    url: '/api/v1/workspaces/{id}';
};

export type GetWorkspaceResponses = {
    /**
     * The workspace.
     */
    200: WorkspaceResult;
};

export type GetWorkspaceResponse = GetWorkspaceResponses[keyof GetWorkspaceResponses];

export type UpdateWorkspaceData = {
    body: WorkspaceUpdate;
    path: {
        /**
         * Workspace ID
         */
        id: WorkspaceId;
    };
    query?: never;
    url: '/api/v1/workspaces/{id}';
};

export type UpdateWorkspaceResponses = {
    /**
     * The workspace after the change.
     */
    200: WorkspaceSaved;
};

export type UpdateWorkspaceResponse = UpdateWorkspaceResponses[keyof UpdateWorkspaceResponses];

export type ListApiKeysData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Page number, from 1. A page after the last one is empty.
         */
        page?: number;
        /**
         * Items per page.
         */
        per_page?: number;
        /**
         * Only keys in this state.
         */
        status?: ApiKeyStatus;
        /**
         * Only what was created at this time or later. A date without a time is midnight UTC.
         */
        created_after?: DateOrTime;
        /**
         * Only what was created before this time. A date without a time is midnight UTC.
         */
        created_before?: DateOrTime;
        /**
         * Only what contains this text, in upper or lower case. The operation says in which members it looks.
         */
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
        /**
         * Related resources to show as well, separated by commas: `owner`.
         */
        include?: string;
    };
    url: '/api/v1/api-keys';
};

export type ListApiKeysResponses = {
    /**
     * A page of keys.
     */
    200: ApiKeyList;
};

export type ListApiKeysResponse = ListApiKeysResponses[keyof ListApiKeysResponses];

export type CreateApiKeyData = {
    body: ApiKeyCreate;
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
    url: '/api/v1/api-keys';
};

export type CreateApiKeyResponses = {
    /**
     * The new key, with its secret.
     */
    201: ApiKeyCreatedResult;
};

export type CreateApiKeyResponse = CreateApiKeyResponses[keyof CreateApiKeyResponses];

export type RevokeApiKeyData = {
    body?: never;
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
         * Id of the key (not its prefix or secret).
         */
        id: ApiKeyId;
    };
    query?: never;
    url: '/api/v1/api-keys/{id}';
};

export type RevokeApiKeyResponses = {
    /**
     * The key is revoked.
     */
    204: void;
};

export type RevokeApiKeyResponse = RevokeApiKeyResponses[keyof RevokeApiKeyResponses];

export type GetApiKeyData = {
    body?: never;
    path: {
        /**
         * Id of the key (not its prefix or secret).
         */
        id: ApiKeyId;
    };
    query?: {
        /**
         * Related resources to show as well, separated by commas: `owner`.
         */
        include?: string;
    };
    url: '/api/v1/api-keys/{id}';
};

export type GetApiKeyResponses = {
    /**
     * The key.
     */
    200: ApiKeyResult;
};

export type GetApiKeyResponse = GetApiKeyResponses[keyof GetApiKeyResponses];

export type RotateApiKeyData = {
    body?: ApiKeyRotate;
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
         * Id of the key (not its prefix or secret).
         */
        id: ApiKeyId;
    };
    query?: never;
    url: '/api/v1/api-keys/{id}/rotate';
};

export type RotateApiKeyResponses = {
    /**
     * The new key, with its secret.
     */
    200: ApiKeyRotatedResult;
};

export type RotateApiKeyResponse = RotateApiKeyResponses[keyof RotateApiKeyResponses];

export type ListWebhooksData = {
    body?: never;
    headers?: {
        /**
         * Id of the workspace to act in. Absent: the workspace that the key belongs to, or the oldest one of your organization. One
         * that you may not see is 404.
         */
        'X-Workspace-ID'?: WorkspaceId;
    };
    path?: never;
    query?: {
        /**
         * Page number, from 1. A page after the last one is empty.
         */
        page?: number;
        /**
         * Items per page.
         */
        per_page?: number;
        /**
         * Only endpoints in this state.
         */
        status?: WebhookStatus;
        /**
         * Only what was created at this time or later. A date without a time is midnight UTC.
         */
        created_after?: DateOrTime;
        /**
         * Only what was created before this time. A date without a time is midnight UTC.
         */
        created_before?: DateOrTime;
        /**
         * Only what was last changed at this time or later. A date without a time is midnight UTC.
         */
        updated_after?: DateOrTime;
        /**
         * Only what was last changed before this time. A date without a time is midnight UTC.
         */
        updated_before?: DateOrTime;
        /**
         * Only what contains this text, in upper or lower case. The operation says in which members it looks.
         */
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
        /**
         * Related resources to show as well, separated by commas: `workspace`.
         */
        include?: string;
    };
    url: '/api/v1/webhooks';
};

export type ListWebhooksResponses = {
    /**
     * A page of endpoints.
     */
    200: WebhookList;
};

export type ListWebhooksResponse = ListWebhooksResponses[keyof ListWebhooksResponses];

export type CreateWebhookData = {
    body: WebhookCreate;
    headers?: {
        /**
         * Id of the workspace to act in. Absent: the workspace that the key belongs to, or the oldest one of your organization. One
         * that you may not see is 404.
         */
        'X-Workspace-ID'?: WorkspaceId;
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
    url: '/api/v1/webhooks';
};

export type CreateWebhookResponses = {
    /**
     * The new endpoint, with its signing secret.
     */
    201: WebhookCreatedResult;
};

export type CreateWebhookResponse = CreateWebhookResponses[keyof CreateWebhookResponses];

export type DeleteWebhookData = {
    body?: never;
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
         * Id of the webhook endpoint.
         */
        id: WebhookEndpointId;
    };
    query?: never;
    url: '/api/v1/webhooks/{id}';
};

export type DeleteWebhookResponses = {
    /**
     * The endpoint is deleted.
     */
    204: void;
};

export type DeleteWebhookResponse = DeleteWebhookResponses[keyof DeleteWebhookResponses];

export type GetWebhookData = {
    body?: never;
    path: {
        /**
         * Id of the webhook endpoint.
         */
        id: WebhookEndpointId;
    };
    query?: {
        /**
         * Related resources to show as well, separated by commas: `workspace`.
         */
        include?: string;
    };
    url: '/api/v1/webhooks/{id}';
};

export type GetWebhookResponses = {
    /**
     * The endpoint.
     */
    200: WebhookResult;
};

export type GetWebhookResponse = GetWebhookResponses[keyof GetWebhookResponses];

export type UpdateWebhookData = {
    body: WebhookUpdate;
    path: {
        /**
         * Id of the webhook endpoint.
         */
        id: WebhookEndpointId;
    };
    query?: never;
    url: '/api/v1/webhooks/{id}';
};

export type UpdateWebhookResponses = {
    /**
     * The endpoint after the change.
     */
    200: WebhookSaved;
};

export type UpdateWebhookResponse = UpdateWebhookResponses[keyof UpdateWebhookResponses];

export type TestWebhookData = {
    body?: never;
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
         * Id of the webhook endpoint.
         */
        id: WebhookEndpointId;
    };
    query?: never;
    url: '/api/v1/webhooks/{id}/test';
};

export type TestWebhookResponses = {
    /**
     * What became of the test event.
     */
    200: WebhookTestResult;
};

export type TestWebhookResponse = TestWebhookResponses[keyof TestWebhookResponses];

export type RotateWebhookSecretData = {
    body?: never;
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
         * Id of the webhook endpoint.
         */
        id: WebhookEndpointId;
    };
    query?: never;
    url: '/api/v1/webhooks/{id}/rotate-secret';
};

export type RotateWebhookSecretResponses = {
    /**
     * The new signing secret.
     */
    200: WebhookSecretRotatedResult;
};

export type RotateWebhookSecretResponse = RotateWebhookSecretResponses[keyof RotateWebhookSecretResponses];

export type ListWebhookDeliveriesData = {
    body?: never;
    path: {
        /**
         * Id of the webhook endpoint.
         */
        id: WebhookEndpointId;
    };
    query?: {
        /**
         * Page number, from 1. A page after the last one is empty.
         */
        page?: number;
        /**
         * Items per page.
         */
        per_page?: number;
        /**
         * Only deliveries in this state.
         */
        status?: WebhookDeliveryStatus;
        /**
         * Only what was created at this time or later. A date without a time is midnight UTC.
         */
        created_after?: DateOrTime;
        /**
         * Only what was created before this time. A date without a time is midnight UTC.
         */
        created_before?: DateOrTime;
        /**
         * Only what contains this text, in upper or lower case. The operation says in which members it looks.
         */
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
        /**
         * Related resources to show as well, separated by commas: `attempts`.
         */
        include?: string;
    };
    url: '/api/v1/webhooks/{id}/deliveries';
};

export type ListWebhookDeliveriesResponses = {
    /**
     * A page of deliveries.
     */
    200: WebhookDeliveryList;
};

export type ListWebhookDeliveriesResponse = ListWebhookDeliveriesResponses[keyof ListWebhookDeliveriesResponses];

export type RetryWebhookDeliveryData = {
    body?: never;
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
         * Id of the webhook endpoint that the delivery goes to.
         */
        webhook_id: WebhookEndpointId;
        /**
         * Id of the delivery (not of the event).
         */
        delivery_id: WebhookDeliveryId;
    };
    query?: never;
    url: '/api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/retry';
};

export type RetryWebhookDeliveryResponses = {
    /**
     * The delivery, which will be tried again.
     */
    200: WebhookDeliveryRetriedResult;
};

export type RetryWebhookDeliveryResponse = RetryWebhookDeliveryResponses[keyof RetryWebhookDeliveryResponses];

export type CheckEntitlementData = {
    body?: never;
    headers?: {
        /**
         * Id of the workspace to act in. Absent: the workspace that the key belongs to, or the oldest one of your organization. One
         * that you may not see is 404.
         */
        'X-Workspace-ID'?: WorkspaceId;
    };
    path?: never;
    query: {
        /**
         * Feature key to check.
         */
        feature: FeatureKey;
        /**
         * Amount to check.
         */
        quantity?: number;
    };
    url: '/api/v1/entitlements/check';
};

export type CheckEntitlementResponses = {
    /**
     * Whether it is allowed, and why not.
     */
    200: EntitlementCheck;
};

export type CheckEntitlementResponse = CheckEntitlementResponses[keyof CheckEntitlementResponses];

export type RecordUsageData = {
    body: UsageRecord;
    headers?: {
        /**
         * Id of the workspace to act in. Absent: the workspace that the key belongs to, or the oldest one of your organization. One
         * that you may not see is 404.
         */
        'X-Workspace-ID'?: WorkspaceId;
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
    url: '/api/v1/entitlements/usage';
};

export type RecordUsageResponses = {
    /**
     * The usage is recorded.
     */
    200: UsageRecorded;
};

export type RecordUsageResponse = RecordUsageResponses[keyof RecordUsageResponses];

export type GetUsageSummaryData = {
    body?: never;
    headers?: {
        /**
         * Id of the workspace to act in. Absent: the workspace that the key belongs to, or the oldest one of your organization. One
         * that you may not see is 404.
         */
        'X-Workspace-ID'?: WorkspaceId;
    };
    path?: never;
    query?: never;
    url: '/api/v1/entitlements/summary';
};

export type GetUsageSummaryResponses = {
    /**
     * Every feature, with what is used of it.
     */
    200: UsageSummaryResult;
};

export type GetUsageSummaryResponse = GetUsageSummaryResponses[keyof GetUsageSummaryResponses];

export type SubmitSeoReportData = {
    body: SeoReportSubmit;
    headers?: {
        /**
         * Id of the workspace to act in. Absent: the workspace that the key belongs to, or the oldest one of your organization. One
         * that you may not see is 404.
         */
        'X-Workspace-ID'?: WorkspaceId;
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
    url: '/api/v1/seo/report';
};

export type SubmitSeoReportResponses = {
    /**
     * The report was taken.
     */
    201: SeoReportSaved;
};

export type SubmitSeoReportResponse = SubmitSeoReportResponses[keyof SubmitSeoReportResponses];

export type ListSeoIssuesData = {
    body?: never;
    path: {
        /**
         * Id of the workspace whose issues are meant.
         */
        workspace_id: WorkspaceId;
    };
    query?: {
        /**
         * Page number, from 1. A page after the last one is empty.
         */
        page?: number;
        /**
         * Items per page.
         */
        per_page?: number;
        /**
         * Only issues that are this bad.
         */
        severity?: SeoSeverity;
        /**
         * Only issues of this type.
         */
        issue_type?: string;
        /**
         * Only what was created at this time or later. A date without a time is midnight UTC.
         */
        created_after?: DateOrTime;
        /**
         * Only what was created before this time. A date without a time is midnight UTC.
         */
        created_before?: DateOrTime;
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
    };
    url: '/api/v1/seo/issues/{workspace_id}';
};

export type ListSeoIssuesResponses = {
    /**
     * A page of issues.
     */
    200: SeoIssueList;
};

export type ListSeoIssuesResponse = ListSeoIssuesResponses[keyof ListSeoIssuesResponses];

export type GetPixelConfigData = {
    body?: never;
    headers?: {
        /**
         * Origin of the page, which a browser sends by itself.
         */
        Origin?: string;
        /**
         * URL of the page, which a browser sends by itself; as browsers write it.
         */
        Referer?: string;
    };
    path?: never;
    query?: {
        /**
         * The domain to ask for.
         */
        domain?: Domain;
    };
    url: '/api/v1/pixel/config';
};

export type GetPixelConfigResponses = {
    /**
     * What the pixel does on the domain.
     */
    200: PixelConfig;
};

export type GetPixelConfigResponse = GetPixelConfigResponses[keyof GetPixelConfigResponses];

export type TrackPixelEventData = {
    body: PixelTrack;
    path?: never;
    query?: never;
    url: '/api/v1/pixel/track';
};

export type TrackPixelEventResponses = {
    /**
     * Whether the event was kept.
     */
    200: PixelTracked;
};

export type TrackPixelEventResponse = TrackPixelEventResponses[keyof TrackPixelEventResponses];

export type ListPixelDomainsData = {
    body?: never;
    headers?: {
        /**
         * Id of the workspace to act in. Absent: the workspace that the key belongs to, or the oldest one of your organization. One
         * that you may not see is 404.
         */
        'X-Workspace-ID'?: WorkspaceId;
    };
    path?: never;
    query?: {
        /**
         * Page number, from 1. A page after the last one is empty.
         */
        page?: number;
        /**
         * Items per page.
         */
        per_page?: number;
        /**
         * Only what was created at this time or later. A date without a time is midnight UTC.
         */
        created_after?: DateOrTime;
        /**
         * Only what was created before this time. A date without a time is midnight UTC.
         */
        created_before?: DateOrTime;
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
    };
    url: '/api/v1/pixel/domains';
};

export type ListPixelDomainsResponses = {
    /**
     * A page of domains.
     */
    200: PixelDomainList;
};

export type ListPixelDomainsResponse = ListPixelDomainsResponses[keyof ListPixelDomainsResponses];

export type DeletePixelDomainData = {
    body?: never;
    headers?: {
        /**
         * Id of the workspace to act in. Absent: the workspace that the key belongs to, or the oldest one of your organization. One
         * that you may not see is 404.
         */
        'X-Workspace-ID'?: WorkspaceId;
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
         * The domain, in lower case and without scheme, port and path.
         */
        domain: Domain;
    };
    query?: never;
    url: '/api/v1/pixel/domains/{domain}';
};

export type DeletePixelDomainResponses = {
    /**
     * The domain is deleted.
     */
    204: void;
};

export type DeletePixelDomainResponse = DeletePixelDomainResponses[keyof DeletePixelDomainResponses];

export type PutPixelDomainData = {
    body: PixelDomainPut;
    headers?: {
        /**
         * Id of the workspace to act in. Absent: the workspace that the key belongs to, or the oldest one of your organization. One
         * that you may not see is 404.
         */
        'X-Workspace-ID'?: WorkspaceId;
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
         * The domain, in lower case and without scheme, port and path.
         */
        domain: Domain;
    };
    query?: never;
    url: '/api/v1/pixel/domains/{domain}';
};

export type PutPixelDomainResponses = {
    /**
     * The domain.
     */
    200: PixelDomainSaved;
};

export type PutPixelDomainResponse = PutPixelDomainResponses[keyof PutPixelDomainResponses];

export type VerifyPixelDomainData = {
    body?: never;
    headers?: {
        /**
         * Id of the workspace to act in. Absent: the workspace that the key belongs to, or the oldest one of your organization. One
         * that you may not see is 404.
         */
        'X-Workspace-ID'?: WorkspaceId;
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
         * The domain, in lower case and without scheme, port and path.
         */
        domain: Domain;
    };
    query?: never;
    url: '/api/v1/pixel/domains/{domain}/verify';
};

export type VerifyPixelDomainResponses = {
    /**
     * The domain is proven.
     */
    200: PixelDomainVerified;
};

export type VerifyPixelDomainResponse = VerifyPixelDomainResponses[keyof VerifyPixelDomainResponses];

export type ListPixelEventsData = {
    body?: never;
    headers?: {
        /**
         * Id of the workspace to act in. Absent: the workspace that the key belongs to, or the oldest one of your organization. One
         * that you may not see is 404.
         */
        'X-Workspace-ID'?: WorkspaceId;
    };
    path?: never;
    query?: {
        /**
         * Page number, from 1. A page after the last one is empty.
         */
        page?: number;
        /**
         * Items per page.
         */
        per_page?: number;
        /**
         * Only events of this domain.
         */
        domain?: Domain;
        /**
         * Only these events.
         */
        event?: string;
        /**
         * Only what was created at this time or later. A date without a time is midnight UTC.
         */
        created_after?: DateOrTime;
        /**
         * Only what was created before this time. A date without a time is midnight UTC.
         */
        created_before?: DateOrTime;
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
    };
    url: '/api/v1/pixel/events';
};

export type ListPixelEventsResponses = {
    /**
     * A page of events.
     */
    200: PixelEventList;
};

export type ListPixelEventsResponse = ListPixelEventsResponses[keyof ListPixelEventsResponses];

export type ListMcpServersData = {
    body?: never;
    headers?: {
        /**
         * Id of the workspace to act in. Absent: the workspace that the key belongs to, or the oldest one of your organization. One
         * that you may not see is 404.
         */
        'X-Workspace-ID'?: WorkspaceId;
    };
    path?: never;
    query?: never;
    url: '/api/v1/mcp/servers';
};

export type ListMcpServersResponses = {
    /**
     * Every server.
     */
    200: McpServerList;
};

export type ListMcpServersResponse = ListMcpServersResponses[keyof ListMcpServersResponses];

export type CreateMcpServerData = {
    body: McpServerCreate;
    headers?: {
        /**
         * Id of the workspace to act in. Absent: the workspace that the key belongs to, or the oldest one of your organization. One
         * that you may not see is 404.
         */
        'X-Workspace-ID'?: WorkspaceId;
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
    url: '/api/v1/mcp/servers';
};

export type CreateMcpServerResponses = {
    /**
     * The new server.
     */
    201: McpServerSaved;
};

export type CreateMcpServerResponse = CreateMcpServerResponses[keyof CreateMcpServerResponses];

export type DeleteMcpServerData = {
    body?: never;
    headers?: {
        /**
         * Id of the workspace to act in. Absent: the workspace that the key belongs to, or the oldest one of your organization. One
         * that you may not see is 404.
         */
        'X-Workspace-ID'?: WorkspaceId;
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
         * Id of the MCP server.
         */
        id: McpServerId;
    };
    query?: never;
    url: '/api/v1/mcp/servers/{id}';
};

export type DeleteMcpServerResponses = {
    /**
     * The server is deleted.
     */
    204: void;
};

export type DeleteMcpServerResponse = DeleteMcpServerResponses[keyof DeleteMcpServerResponses];

export type GetMcpServerData = {
    body?: never;
    headers?: {
        /**
         * Id of the workspace to act in. Absent: the workspace that the key belongs to, or the oldest one of your organization. One
         * that you may not see is 404.
         */
        'X-Workspace-ID'?: WorkspaceId;
    };
    path: {
        /**
         * Id of the MCP server.
         */
        id: McpServerId;
    };
    query?: never;
    url: '/api/v1/mcp/servers/{id}';
};

export type GetMcpServerResponses = {
    /**
     * The server.
     */
    200: McpServerResult;
};

export type GetMcpServerResponse = GetMcpServerResponses[keyof GetMcpServerResponses];

export type ListMcpServerToolsData = {
    body?: never;
    headers?: {
        /**
         * Id of the workspace to act in. Absent: the workspace that the key belongs to, or the oldest one of your organization. One
         * that you may not see is 404.
         */
        'X-Workspace-ID'?: WorkspaceId;
    };
    path: {
        /**
         * Id of the MCP server.
         */
        id: McpServerId;
    };
    query?: never;
    url: '/api/v1/mcp/servers/{id}/tools';
};

export type ListMcpServerToolsResponses = {
    /**
     * Every tool of the server.
     */
    200: McpToolList;
};

export type ListMcpServerToolsResponse = ListMcpServerToolsResponses[keyof ListMcpServerToolsResponses];

export type CallMcpToolData = {
    body: McpToolCall;
    headers?: {
        /**
         * Id of the workspace to act in. Absent: the workspace that the key belongs to, or the oldest one of your organization. One
         * that you may not see is 404.
         */
        'X-Workspace-ID'?: WorkspaceId;
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
    url: '/api/v1/mcp/tools/call';
};

export type CallMcpToolResponses = {
    /**
     * What the tool answered.
     */
    200: McpToolResult;
};

export type CallMcpToolResponse = CallMcpToolResponses[keyof CallMcpToolResponses];

export type ListMcpCallsData = {
    body?: never;
    headers?: {
        /**
         * Id of the workspace to act in. Absent: the workspace that the key belongs to, or the oldest one of your organization. One
         * that you may not see is 404.
         */
        'X-Workspace-ID'?: WorkspaceId;
    };
    path?: never;
    query?: {
        /**
         * Page number, from 1. A page after the last one is empty.
         */
        page?: number;
        /**
         * Items per page.
         */
        per_page?: number;
        /**
         * Only calls in this state.
         */
        status?: McpCallStatus;
        /**
         * Only what was created at this time or later. A date without a time is midnight UTC.
         */
        created_after?: DateOrTime;
        /**
         * Only what was created before this time. A date without a time is midnight UTC.
         */
        created_before?: DateOrTime;
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
    };
    url: '/api/v1/mcp/calls';
};

export type ListMcpCallsResponses = {
    /**
     * A page of calls.
     */
    200: McpCallList;
};

export type ListMcpCallsResponse = ListMcpCallsResponses[keyof ListMcpCallsResponses];

export type GetMcpResourceData = {
    body?: never;
    headers?: {
        /**
         * Id of the workspace to act in. Absent: the workspace that the key belongs to, or the oldest one of your organization. One
         * that you may not see is 404.
         */
        'X-Workspace-ID'?: WorkspaceId;
    };
    path: {
        /**
         * URI of the resource. It can include slashes and is URL-decoded, so that `file:///notes/today.md` can be sent as it is or
         * as `file%3A%2F%2F%2Fnotes%2Ftoday.md`.
         */
        uri: string;
    };
    query?: never;
    url: '/api/v1/mcp/resources/{uri}';
};

export type GetMcpResourceResponses = {
    /**
     * The resource.
     */
    200: McpResource;
};

export type GetMcpResourceResponse = GetMcpResourceResponses[keyof GetMcpResourceResponses];

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

export type OnWebhookTestWebhookPayload = WebhookTestEvent;

export type OnWebhookTestWebhookRequest = {
    body: OnWebhookTestWebhookPayload;
    key: 'webhook.test';
    path?: never;
    query?: never;
};

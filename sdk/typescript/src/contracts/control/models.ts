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

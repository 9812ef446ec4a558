// Generated from the OpenAPI bundle by scripts/generate.mjs. Do not edit: run `make generate`.

/** The version of this package. */
export const version = '1.0.0';

/** The production gateway. */
export const defaultBaseURL = 'https://api.alania-go.ru';

/** Where clients get tokens. */
export const tokenPath = '/v2/auth/token';

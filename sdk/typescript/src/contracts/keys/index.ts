// Generated from the OpenAPI bundle by scripts/generate.mjs. Do not edit: run `make generate`.

/**
 * Alania Keys API. API keys of users, with fine-grained permissions.
 *
 * @module
 */
export type * from './models.js';
export * from './operations.js';
export { KeysContract } from './resources.js';

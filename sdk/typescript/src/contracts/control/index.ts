// Generated from the OpenAPI bundle by scripts/generate.mjs. Do not edit: run `make generate`.

/**
 * Alania Control API. Tenants, workspaces and the capabilities that they provide, for those who run a platform on Alania.
 *
 * @module
 */
export type * from './models.js';
export * from './operations.js';
export { ControlContract } from './resources.js';
export * from '../../builders/control.js';

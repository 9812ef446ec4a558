// Generated from the OpenAPI bundle by scripts/generate.mjs. Do not edit: run `make generate`.

import type { Client } from '../client.js';
import { ControlContract } from './control/resources.js';
import { CoreContract } from './core/resources.js';
import { KeysContract } from './keys/resources.js';
import { PlatformContract } from './platform/resources.js';

/** The published contracts. */
export interface Contracts {
  /** Tenants, workspaces and the capabilities that they provide, for those who run a platform on Alania. */
  readonly control: ControlContract;
  /** Workspaces, API keys, webhooks, entitlements, SEO reports, pixel tracking and MCP. */
  readonly core: CoreContract;
  /** API keys of users, with fine-grained permissions. */
  readonly keys: KeysContract;
  /** Programmatic access to organizations, workspaces, members, API keys, the audit trail, connectors and webhooks. */
  readonly platform: PlatformContract;
}

/** Makes the contracts of a client. */
export function contracts(client: Client): Contracts {
  return {
    control: new ControlContract(client),
    core: new CoreContract(client),
    keys: new KeysContract(client),
    platform: new PlatformContract(client),
  };
}

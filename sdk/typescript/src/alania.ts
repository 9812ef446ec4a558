import { Client, type ClientConfig } from './client.js';
import { contracts, type Contracts } from './contracts/index.js';

/** Every operation as a method: `client.platform.workspaces.list(orgId)`. It is a client for standalone operations as well. */
export class Alania extends Client {
  constructor(config: ClientConfig = {}) {
    super(config);
    Object.assign(this, contracts(this));
  }
}

export interface Alania extends Contracts {}

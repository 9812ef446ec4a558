// What is written by hand beside the contract of control: scripts/generate.mjs makes its class from this one.
import type { Client } from '../client.js';
import type { Document, Row } from '../contracts/control/models.js';
import { collection, type CollectionQuery } from './collection.js';
import { table, type TableQuery } from './table.js';

export * from './collection.js';
export { QueryPage } from './query.js';
export * from './table.js';

/** Builders of queries. */
export class ControlBuilders {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Begins a query of a table whose rows have the type that is given: `table<Product>(workspaceId, 'products').where('price', 'gte', 10)`. */
  table<R extends object = Row>(workspaceId: string, name: string): TableQuery<R> {
    return table<R>(this.#client, workspaceId, name);
  }

  /** Begins a query of a collection whose documents have the type that is given: `collection<Order>(workspaceId, 'orders').sort('-total')`. */
  collection<D extends object = Document>(workspaceId: string, name: string): CollectionQuery<D> {
    return collection<D>(this.#client, workspaceId, name);
  }
}

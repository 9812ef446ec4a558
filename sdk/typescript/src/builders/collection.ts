import type { Client } from '../client.js';
import type { InsertDocumentsOptions, BulkDocumentsOptions, ListDocumentsOptions } from '../contracts/control/operations.js';
import { bulkDocuments, insertDocuments, listDocuments } from '../contracts/control/operations.js';
import type { Document, DocumentBulkResult, DocumentsInserted } from '../contracts/control/models.js';
import { AlaniaError } from '../errors.js';
import type { APIPromise } from '../promise.js';
import { changeable, Query, type QueryAnswer } from './query.js';

/** The name of a field, or a path into it, such as `address.city`. */
export type FieldOf<D> = (keyof D & string) | `${keyof D & string}.${string}`;

type FieldValue<V> = V extends readonly (infer Item)[] ? V | Item : V;

/** What a field is compared with: a value, or operators of MongoDB. */
export type FieldFilter<V> =
  | FieldValue<V>
  | null
  | RegExp
  | {
      $eq?: FieldValue<V> | null;
      $ne?: FieldValue<V> | null;
      $gt?: FieldValue<V>;
      $gte?: FieldValue<V>;
      $lt?: FieldValue<V>;
      $lte?: FieldValue<V>;
      $in?: readonly (FieldValue<V> | null)[];
      $nin?: readonly (FieldValue<V> | null)[];
      $all?: readonly unknown[];
      $elemMatch?: Record<string, unknown>;
      $exists?: boolean;
      $mod?: readonly [number, number];
      $not?: FieldFilter<V>;
      $options?: string;
      $regex?: string;
      $size?: number;
      $type?: string | number | readonly (string | number)[];
    };

/** A filter of MongoDB. Dates, regular expressions and bigints become what documents have for them. */
export type FilterOf<D> = { [F in keyof D & string]?: FieldFilter<D[F]> } & { [P in `${keyof D & string}.${string}`]?: unknown } & {
  $and?: readonly FilterOf<D>[];
  $or?: readonly FilterOf<D>[];
  $nor?: readonly FilterOf<D>[];
  $expr?: unknown;
};

/** What inserting documents answers with. */
export type Inserted<D> = Omit<DocumentsInserted, 'data'> & { data: D[] };

interface State {
  readonly filters: readonly unknown[];
  readonly projection?: string;
  readonly sort?: string;
  readonly limit?: number;
  readonly skip: number;
}

/**
 * A query of a collection. Its methods return another query, so that one may be kept and used for several. Awaited, it is the
 * first page; `for await` goes over the documents of all pages.
 */
export class CollectionQuery<D extends object, Answer = D, Filtered extends boolean = false> extends Query<Answer, ListDocumentsOptions> {
  /** Whether there is a filter, without which update and delete do not compile. @internal */
  declare readonly filtered: Filtered;
  readonly #client: Client;
  readonly #workspaceId: string;
  readonly #collection: string;
  readonly #state: State;

  /** @internal */
  constructor(client: Client, workspaceId: string, collection: string, state: State = { filters: [], skip: 0 }) {
    super();
    this.#client = client;
    this.#workspaceId = workspaceId;
    this.#collection = collection;
    this.#state = state;
  }

  #with<A, F extends boolean>(state: Partial<State>): CollectionQuery<D, A, F> {
    return new CollectionQuery<D, A, F>(this.#client, this.#workspaceId, this.#collection, { ...this.#state, ...state });
  }

  /**
   * Reads only documents that match this filter, and those that were given before. Do not put into it what a request has sent
   * before you know its type: an object there is an operator.
   */
  where(filter: FilterOf<D>): CollectionQuery<D, Answer, true> {
    return this.#with({ filters: [...this.#state.filters, extended(filter)] });
  }

  /** Reads only these fields, and `_id`. */
  select<F extends keyof D & string>(...fields: [F, ...F[]]): CollectionQuery<D, Pick<D, F | ('_id' & keyof D)>, Filtered> {
    return this.#with({ projection: ordered(fields.map((field) => [field, 1])) });
  }

  /** Orders by fields, with a hyphen before each that descends. */
  sort(...fields: [FieldOf<D> | `-${FieldOf<D>}`, ...(FieldOf<D> | `-${FieldOf<D>}`)[]]): CollectionQuery<D, Answer, Filtered> {
    return this.#with({ sort: ordered(fields.map((field) => (field.startsWith('-') ? [field.slice(1), -1] : [field, 1]))) });
  }

  /** How many documents a page may have, 20 unless given. */
  limit(limit: number): CollectionQuery<D, Answer, Filtered> {
    return this.#with({ limit });
  }

  /** How many documents to leave out before the first. */
  skip(skip: number): CollectionQuery<D, Answer, Filtered> {
    return this.#with({ skip });
  }

  /** Inserts documents, all or none, and answers with them as they are stored. */
  insert(documents: Partial<D> | readonly Partial<D>[], options?: InsertDocumentsOptions): APIPromise<Inserted<D>> {
    const body = extended(Array.isArray(documents) ? documents : [documents]) as Document[];
    return insertDocuments(this.#client, this.#workspaceId, this.#collection, body, options) as APIPromise<Inserted<D>>;
  }

  /** Changes the documents that match by update operators of MongoDB. There must be a filter. */
  update(this: CollectionQuery<D, Answer, true>, update: object, options?: BulkDocumentsOptions): APIPromise<DocumentBulkResult> {
    return this.#bulk('updateMany', { update: extended(update) }, false, options);
  }

  /** Changes all documents that match, and every document without a filter. */
  updateAll(update: object, options?: BulkDocumentsOptions): APIPromise<DocumentBulkResult> {
    return this.#bulk('updateMany', { update: extended(update) }, true, options);
  }

  /** Deletes the documents that match. There must be a filter. */
  delete(this: CollectionQuery<D, Answer, true>, options?: BulkDocumentsOptions): APIPromise<DocumentBulkResult> {
    return this.#bulk('deleteMany', {}, false, options);
  }

  /** Deletes all documents that match, and every document without a filter. */
  deleteAll(options?: BulkDocumentsOptions): APIPromise<DocumentBulkResult> {
    return this.#bulk('deleteMany', {}, true, options);
  }

  #bulk(name: string, operation: object, all: boolean, options?: BulkDocumentsOptions): APIPromise<DocumentBulkResult> {
    const { filters, sort, limit, skip } = this.#state;
    changeable(filters.length > 0, all, sort !== undefined || limit !== undefined || skip > 0);
    const operations = [{ [name]: { filter: this.#filter() ?? {}, ...operation } }];
    return bulkDocuments(this.#client, this.#workspaceId, this.#collection, { operations }, options);
  }

  #filter(): unknown {
    const { filters } = this.#state;
    return filters.length > 1 ? { $and: filters } : filters[0];
  }

  /** @internal */
  protected override read(skipped: number, options: ListDocumentsOptions | undefined): APIPromise<QueryAnswer<Answer>> {
    const { projection, sort, limit, skip } = this.#state;
    const filter = this.#filter();
    const params = { filter: filter === undefined ? undefined : JSON.stringify(filter), projection, sort, limit, skip: skip + skipped || undefined };
    return listDocuments(this.#client, this.#workspaceId, this.#collection, params, options) as unknown as APIPromise<QueryAnswer<Answer>>;
  }
}

/** Begins a query of a collection whose documents have the type that is given. */
export function collection<D extends object = Document>(client: Client, workspaceId: string, name: string): CollectionQuery<D> {
  return new CollectionQuery<D>(client, workspaceId, name);
}

/** An object in JSON, with its members in order, which an object with numbers as names has not. */
const ordered = (members: (readonly [string, number])[]): string => `{${members.map(([name, n]) => `${JSON.stringify(name)}:${n}`).join(',')}}`;

/** A value in Extended JSON. */
function extended(value: unknown, name = 'The filter'): unknown {
  // Left out, it would be no condition.
  if (value === undefined) throw new AlaniaError(`${name} is undefined.`);
  if (typeof value === 'bigint') return { $numberLong: String(value) };
  if (value instanceof Date) return { $date: value.toISOString() };
  if (value instanceof RegExp) return { $regex: value.source, $options: value.flags.replace(/[^imsx]/g, '') };
  if (Array.isArray(value)) return value.map((item) => extended(item, name));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([member, v]) => [member, extended(v, member)]));
}

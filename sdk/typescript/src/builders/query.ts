import type { APIPromise } from '../promise.js';
import { AlaniaError } from '../errors.js';

/** What an answer with a page has. */
export interface QueryAnswer<Item> {
  data: Item[];
  pagination: { total: number; hasMore: boolean };
}

type Read<Item> = (skipped: number) => APIPromise<QueryAnswer<Item>>;

/** One page of a query. `for await` goes over its items and those of every page behind it. */
export class QueryPage<Item> implements AsyncIterable<Item> {
  readonly items: Item[];
  /** How many there are on all pages. */
  readonly total: number;
  readonly #answer: QueryAnswer<Item>;
  readonly #read: Read<Item>;
  readonly #skipped: number;

  /** @internal */
  constructor(answer: QueryAnswer<Item>, read: Read<Item>, skipped: number) {
    this.items = answer.data;
    this.total = answer.pagination.total;
    this.#answer = answer;
    this.#read = read;
    this.#skipped = skipped;
  }

  /** Whether there is a page behind this one. */
  hasNextPage(): boolean {
    return this.#answer.pagination.hasMore && this.items.length > 0;
  }

  /** The page behind this one. */
  async getNextPage(): Promise<QueryPage<Item>> {
    if (!this.hasNextPage()) throw new AlaniaError('There is no next page.');
    const skipped = this.#skipped + this.items.length;
    return new QueryPage(await this.#read(skipped), this.#read, skipped);
  }

  /** This page and every page behind it. */
  async *pages(): AsyncGenerator<QueryPage<Item>, void, undefined> {
    for (let page: QueryPage<Item> = this; ; page = await page.getNextPage()) {
      yield page;
      if (!page.hasNextPage()) return;
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    for await (const page of this.pages()) yield* page.items;
  }
}

/** A query that can be read. Awaited, it is the first page; `for await` goes over the items of all pages. Nothing is sent before. */
export abstract class Query<Item, Options> implements AsyncIterable<Item>, PromiseLike<QueryPage<Item>> {
  /** Reads what is behind so many items. @internal */
  protected abstract read(skipped: number, options: Options | undefined): APIPromise<QueryAnswer<Item>>;

  /** The first page, with options for the call and those that read further pages. */
  async page(options?: Options): Promise<QueryPage<Item>> {
    const read: Read<Item> = (skipped) => this.read(skipped, options);
    return new QueryPage(await read(0), read, 0);
  }

  /** Every page. */
  async *pages(options?: Options): AsyncGenerator<QueryPage<Item>, void, undefined> {
    yield* (await this.page(options)).pages();
  }

  then<A = QueryPage<Item>, B = never>(
    fulfilled?: ((page: QueryPage<Item>) => A | PromiseLike<A>) | null,
    rejected?: ((reason: any) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.page().then(fulfilled, rejected);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    yield* await this.page();
  }
}

/** What refuses a change that nobody can have meant. */
export function changeable(filtered: boolean, all: boolean, part: boolean): void {
  if (!filtered && !all) throw new AlaniaError('There is no filter: say which with where, or use the method whose name ends in All.');
  if (part) throw new AlaniaError('Only reading knows pages and an order.');
}

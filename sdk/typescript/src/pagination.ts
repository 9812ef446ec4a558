import type { APIRequest, Client, RequestOptions } from './client.js';
import { AlaniaError } from './errors.js';
import { APIPromise } from './promise.js';

/** How a list says what its items are and where it goes on. Paths of members are written with a dot. */
export interface Pager {
  items: string;
  /** Where the cursor of the next page is; without one the list has numbered pages. */
  cursor?: string;
}

/** One page of a list. `for await` goes over its items and those of every page behind it. */
export class Page<Item, Body = unknown> implements AsyncIterable<Item> {
  /** The items of this page. */
  readonly items: Item[];
  readonly #client: Client;
  readonly #request: APIRequest;
  readonly #options: RequestOptions | undefined;
  readonly #pager: Pager;
  readonly #seen: ReadonlySet<string>;

  /** @internal */
  constructor(
    /** The answer as it came, with `meta`, `links` and the like where a contract has them. */
    readonly body: Body,
    client: Client,
    request: APIRequest,
    options: RequestOptions | undefined,
    pager: Pager,
    seen: ReadonlySet<string> = new Set(),
  ) {
    this.#client = client;
    this.#request = request;
    this.#options = options;
    this.#pager = pager;
    this.#seen = seen;
    const items = member(body, pager.items);
    if (!Array.isArray(items)) throw new AlaniaError(`The answer is not a page: ${pager.items} is not a list.`);
    this.items = items as Item[];
  }

  /** Whether there is a page behind this one. */
  hasNextPage(): boolean {
    return this.#next() !== undefined;
  }

  /** The page behind this one. */
  getNextPage(): PagePromise<Item, Body> {
    const next = this.#next();
    if (next === undefined) throw new AlaniaError('There is no next page.');
    const name = this.#pager.cursor ? 'cursor' : 'page';
    // A list that leads back to where it was would go on for ever.
    if (this.#seen.has(String(next))) throw new AlaniaError(`The list repeats itself: ${name} ${next} has been there before.`);
    const request = { ...this.#request, query: { ...this.#request.query, [name]: next } };
    return new PagePromise(this.#client, request, this.#options, this.#pager, new Set([...this.#seen, String(next)]));
  }

  /** This page and every page behind it. */
  async *pages(): AsyncGenerator<Page<Item, Body>, void, undefined> {
    for (let page: Page<Item, Body> = this; ; page = await page.getNextPage()) {
      yield page;
      if (!page.hasNextPage()) return;
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    for await (const page of this.pages()) yield* page.items;
  }

  #next(): string | number | undefined {
    const { body } = this;
    if (this.#pager.cursor) {
      const cursor = member(body, this.#pager.cursor);
      return typeof cursor === 'string' && cursor !== '' ? cursor : undefined;
    }
    const asked = Number((this.#request.query as { page?: number } | undefined)?.page ?? 1);
    const current = Number(member(body, 'meta.current_page') ?? member(body, 'page') ?? asked);
    if (current !== asked) throw new AlaniaError(`The list repeats itself: page ${asked} was asked for, and page ${current} came.`);
    const size = Number(member(body, 'page_size') ?? this.items.length);
    const last = Number(member(body, 'meta.last_page') ?? Math.ceil(Number(member(body, 'total') ?? 0) / (size || 1)));
    return this.items.length > 0 && current < last ? current + 1 : undefined;
  }
}

/** A list: awaited, it is the first page; `for await` goes over the items of all pages, which are fetched as they are needed. */
export class PagePromise<Item, Body = unknown> extends APIPromise<Page<Item, Body>> implements AsyncIterable<Item> {
  constructor(client: Client, request: APIRequest, options: RequestOptions | undefined, pager: Pager, seen?: ReadonlySet<string>) {
    const answer = client.request<Body>(request, options);
    super(answer.asResponse(), async () => new Page<Item, Body>(await answer, client, request, options, pager, seen));
  }

  /** The first page, as awaiting gives it. */
  page(): Promise<Page<Item, Body>> {
    return this.then();
  }

  /** Every page. */
  async *pages(): AsyncGenerator<Page<Item, Body>, void, undefined> {
    yield* (await this).pages();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    yield* await this;
  }
}

function member(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((v, name) => (v as Record<string, unknown> | null | undefined)?.[name], value);
}

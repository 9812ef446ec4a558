/**
 * The answer of a call. Awaited, it is the parsed body; `asResponse` and `withResponse` give the HTTP response. The call
 * is under way from the start.
 */
export class APIPromise<T> extends Promise<T> {
  readonly #response: Promise<Response>;
  readonly #parse: (response: Response) => T | Promise<T>;
  readonly #stream: boolean;
  #parsed: Promise<T> | undefined;

  /** The body of a stream is handed on as it is: it can be read once, and no copy of it is kept. */
  constructor(response: Promise<Response>, parse: (response: Response) => T | Promise<T>, stream = false) {
    super(() => {}); // never settles: every way to wait for it is overridden
    this.#stream = stream;
    this.#response = response;
    this.#parse = parse;
  }

  /** What `then` and the like make are ordinary promises. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  /** The response, with its body unread. */
  asResponse(): Promise<Response> {
    return this.#response;
  }

  /** The parsed body, and the response with its status and headers. */
  async withResponse(): Promise<{ data: T; response: Response }> {
    return { data: await this.#read(), response: await this.#response };
  }

  #read(): Promise<T> {
    // A copy is parsed, so that the body of what withResponse gives can still be read.
    return (this.#parsed ??= this.#response.then((response) => this.#parse(this.#stream ? response : response.clone())));
  }

  override then<A = T, B = never>(
    fulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    rejected?: ((reason: any) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#read().then(fulfilled, rejected);
  }

  override catch<B = never>(rejected?: ((reason: any) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.#read().catch(rejected);
  }

  override finally(done?: (() => void) | null): Promise<T> {
    return this.#read().finally(done);
  }
}

import { webcrypto } from '#crypto';
import { basic, TokenSource, type ClientCredentials, type KeyCredentials, type Token } from './auth.js';
import { AlaniaError, APIConnectionError, APIError, APITimeoutError } from './errors.js';
import { APIPromise } from './promise.js';
import { defaultBaseURL, tokenPath, version } from './version.js';

/** Headers of a request; a null removes what the client would send. */
export type HeaderValues = Record<string, string | null | undefined>;

/** What a client is made with. Without credentials it can call the public operations. */
export type ClientConfig = ClientSettings &
  (Partial<KeyCredentials> & { [K in keyof ClientCredentials]?: never } | (ClientCredentials & { apiKey?: never }));

export interface ClientSettings {
  /** Where the API is; the production gateway unless given. A path is kept as a prefix. */
  baseURL?: string;
  /** How often a call is repeated after a failure that may pass; 2 unless given. */
  maxRetries?: number;
  /** Milliseconds that one attempt may take, its body included; 60,000 unless given. */
  timeout?: number;
  /** Called instead of the global `fetch`. */
  fetch?: typeof globalThis.fetch;
  /** Sent with every request. */
  headers?: HeaderValues;
}

/** What a single call can be told. */
export interface RequestOptions {
  /** Aborts the call, its retries and its waiting. The call then rejects with the signal's reason. */
  signal?: AbortSignal;
  /** As in the client, for this call. */
  timeout?: number;
  /** As in the client, for this call. */
  maxRetries?: number;
  /** As in the client, for this call; they win. */
  headers?: HeaderValues;
  /**
   * For operations that document the `Idempotency-Key`: makes the call safe to repeat, by you as well, after a restart for example. A random
   * one unless given.
   */
  idempotencyKey?: string;
}

/** A request that an operation makes. */
export interface APIRequest {
  method: string;
  /** Path, with its parameters in place. */
  path: string;
  /** Query parameters. Objects become `name[member]`, arrays are repeated, undefined is left out. */
  query?: object;
  /** Arrays of the query that are one value with commas. */
  commas?: readonly string[];
  headers?: Record<string, string | number | boolean | undefined>;
  body?: unknown;
  /** Media type of the body; JSON unless given. */
  type?: string;
  /** Credentials that the operation takes; bearer unless given. */
  auth?: 'bearer' | 'basic' | 'none';
  /** Whether the operation documents the `Idempotency-Key` header. */
  keyed?: boolean;
  /** Whether it may be repeated without one, although it is a POST or PATCH. */
  repeatable?: boolean;
  /** What is made of the body; JSON unless given. */
  response?: 'json' | 'text' | 'blob' | 'stream';
  /** Whether the body takes as long as it takes: the timeout does not count. */
  sends?: boolean;
}

/** What tests replace. @internal */
export interface Runtime {
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  random(): number;
  now(): number;
}

// A longer wait than this is the caller's decision, who finds it in the error's retryAfter.
const longestWait = 60_000;

/** Sends requests: credentials, retries, timeouts, errors. Operations are functions of it, or methods of `Alania`. */
export class Client {
  readonly baseURL: string;
  readonly maxRetries: number;
  readonly timeout: number;
  readonly #config: ClientConfig;
  readonly #runtime: Runtime;
  readonly #fetch: typeof globalThis.fetch;
  readonly #tokens: TokenSource | undefined;

  constructor(config: ClientConfig = {}, runtime: Partial<Runtime> = {}) {
    this.baseURL = (config.baseURL ?? defaultBaseURL).replace(/\/+$/, '');
    if (!/^https?:\/\//.test(this.baseURL)) throw new AlaniaError('baseURL must begin with https:// or http://.');
    this.maxRetries = config.maxRetries ?? 2;
    this.timeout = config.timeout ?? 60_000;
    this.#config = config;
    this.#runtime = { sleep, random: Math.random, now: Date.now, ...runtime };
    const fetch = config.fetch ?? globalThis.fetch;
    if (!fetch) throw new AlaniaError('This runtime has no fetch: pass one as `fetch`.');
    this.#fetch = (...args) => fetch(...args); // a browser's fetch insists on its own `this`
    if (config.clientId !== undefined) {
      const { clientId, clientSecret, scopes } = config;
      if (!clientId || !clientSecret) throw new AlaniaError('clientId and clientSecret must not be empty.');
      const body = { grant_type: 'client_credentials', ...(scopes?.length && { scope: scopes.join(' ') }) };
      const type = 'application/x-www-form-urlencoded';
      const fetchToken = (): Promise<Token> => this.request<Token>({ method: 'POST', path: tokenPath, body, type, auth: 'basic', repeatable: true });
      this.#tokens = new TokenSource(fetchToken, this.#runtime.now);
    }
  }

  /** Sends a request that no operation makes, with all that operations have. */
  request<T = unknown>(request: APIRequest, options: RequestOptions = {}): APIPromise<T> {
    return new APIPromise<T>(this.#send(request, options), (response) => parse<T>(response, request.response), request.response === 'stream');
  }

  /** Waits between two connections. @internal */
  pause(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#runtime.sleep(ms / 2 + this.#runtime.random() * ms, signal);
  }

  async #send(request: APIRequest, options: RequestOptions): Promise<Response> {
    const { method } = request;
    // Without the slash, the path would change the host that the credentials are sent to.
    if (!request.path.startsWith('/')) throw new AlaniaError('The path of a request must begin with a slash.');
    const { signal, maxRetries = this.maxRetries } = options;
    const { body, type } = encode(request);
    const headers = this.#headers(request, options, type);
    const repeatable =
      (request.repeatable || headers.has('idempotency-key') || /^(GET|HEAD|OPTIONS|PUT|DELETE)$/.test(method)) && !(body instanceof ReadableStream);
    const url = this.baseURL + request.path + encodeQuery(request);
    const auth = headers.has('authorization') ? 'none' : request.auth; // the caller's own comes first

    for (let attempt = 0, renewed = false; ; ) {
      signal?.throwIfAborted();
      // Not within the attempt: its failures have had their retries.
      const token = await this.#authorize(headers, auth, request.body, signal);
      let failure: APIError | APIConnectionError;
      try {
        const response = await this.#attempt(url, { method, headers, body }, request, options);
        if (response.ok) return response;
        failure = APIError.of(response.status, response.headers, await response.text(), this.#runtime.now());
      } catch (cause) {
        signal?.throwIfAborted();
        if (!(cause instanceof APIConnectionError)) throw cause;
        failure = cause;
      }
      if (token && failure instanceof APIError && failure.status === 401 && !renewed) {
        renewed = true; // the token ended early, revoked perhaps: once more with a new one
        await this.#tokens!.drop(token);
        continue;
      }
      const wait = repeatable && attempt < maxRetries && mayPass(failure) ? this.#wait(failure, attempt) : Infinity;
      if (wait > longestWait) throw failure;
      attempt++;
      await this.#runtime.sleep(wait, signal);
    }
  }

  #headers(request: APIRequest, options: RequestOptions, type: string | undefined): Headers {
    const headers = new Headers({ accept: request.response && request.response !== 'json' ? '*/*' : 'application/json, application/problem+json' });
    // Browsers have a User-Agent of their own, and ask first when a page adds to the headers.
    if (typeof (globalThis as { document?: unknown }).document === 'undefined') headers.set('user-agent', `alania-node/${version}`);
    for (const [name, value] of Object.entries(request.headers ?? {})) if (value !== undefined) headers.set(name, String(value));
    if (type) headers.set('content-type', type === '*/*' ? mediaType(request.body) : type);
    for (const values of [this.#config.headers, options.headers]) {
      for (const [name, value] of Object.entries(values ?? {})) {
        if (value === null) headers.delete(name);
        else if (value !== undefined) headers.set(name, value);
      }
    }
    if (request.keyed) {
      if (options.idempotencyKey !== undefined) headers.set('idempotency-key', options.idempotencyKey);
      else if (!headers.has('idempotency-key')) headers.set('idempotency-key', randomUUID());
    } else {
      if (options.idempotencyKey !== undefined) throw new AlaniaError(`${request.method} ${request.path} takes no idempotencyKey.`);
      headers.delete('idempotency-key'); // it would make nothing safe here
    }
    return headers;
  }

  /** Sets the credentials, and gives the token when it is one that can be renewed. */
  async #authorize(headers: Headers, auth: APIRequest['auth'] = 'bearer', body?: unknown, signal?: AbortSignal): Promise<string | undefined> {
    const { apiKey, clientId } = this.#config;
    if (auth === 'none') return undefined;
    if (auth === 'basic') {
      // Never both: a body that names its client is sent as it is, and so is a grant of a person.
      const { client_id: named, grant_type: grant = 'client_credentials' } = (body ?? {}) as Record<string, unknown>;
      if (clientId !== undefined && named === undefined && grant === 'client_credentials') headers.set('authorization', basic(this.#config as ClientCredentials));
      return undefined;
    }
    if (this.#tokens) {
      const token = await unlessAborted(this.#tokens.get(), signal);
      headers.set('authorization', `Bearer ${token}`);
      return token;
    }
    const key = typeof apiKey === 'function' ? await unlessAborted(Promise.resolve(apiKey()), signal) : apiKey;
    if (!key) throw new AlaniaError('This operation needs credentials: make the client with an apiKey, or a clientId and a clientSecret.');
    headers.set('authorization', `Bearer ${key}`);
    return undefined;
  }

  /** One request and its answer, within the timeout. Bodies that end up in memory anyway are read here, so that a cut is a failed attempt. */
  async #attempt(url: string, init: RequestInit, request: APIRequest, options: RequestOptions): Promise<Response> {
    const { signal, timeout = this.timeout } = options;
    const controller = new AbortController();
    const abort = () => controller.abort(signal!.reason);
    signal?.addEventListener('abort', abort, { once: true });
    let late = false;
    const timer = request.sends ? undefined : setTimeout(() => {
      late = true;
      controller.abort();
    }, timeout);
    let open = false;
    try {
      const duplex = init.body instanceof ReadableStream ? { duplex: 'half' } : {};
      const response = await this.#fetch(url, { ...init, ...duplex, signal: controller.signal });
      open = response.ok && request.response === 'stream'; // it may be aborted while it is read
      if (open || (response.ok && request.response === 'blob')) return response;
      const bytes = await response.arrayBuffer();
      const { status, statusText, headers } = response;
      const read = new Response(bytes.byteLength > 0 ? bytes : null, { status, statusText, headers });
      return Object.defineProperty(read, 'url', { value: response.url || url });
    } catch (cause) {
      if (late) throw new APITimeoutError(`No answer within ${timeout} ms.`, { cause });
      throw new APIConnectionError(`The connection failed: ${reason(cause)}`, { cause });
    } finally {
      clearTimeout(timer);
      if (!open) signal?.removeEventListener('abort', abort);
    }
  }

  /** Milliseconds until the next attempt: what the API asks for, else exponential with full jitter. */
  #wait(failure: APIError | APIConnectionError, attempt: number): number {
    if (failure instanceof APIError && failure.retryAfter !== undefined) return failure.retryAfter * 1000;
    return this.#runtime.random() * Math.min(8000, 500 * 2 ** attempt);
  }
}

/** Makes a client for standalone operations, `listWorkspaces(client, …)`: a bundle then has only those in it that are used. */
export function createClient(config: ClientConfig = {}): Client {
  return new Client(config);
}

/** A value as one segment of a path. */
export function segment(name: string, value: string | number): string {
  const text = String(value ?? '');
  // A URL parser would take these for something else than a segment, and another resource would be meant.
  if (text === '' || text === '.' || text === '..') throw new AlaniaError(`${name} must not be ${text ? `'${text}'` : 'empty'}.`);
  return encodeURIComponent(text);
}

/** The type of a body that may have any. `headers` of the options can say another. */
function mediaType(body: unknown): string {
  return (body instanceof Blob && body.type) || 'application/octet-stream';
}

/** A random UUID. crypto.randomUUID is missing on pages without https. */
export function randomUUID(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return Array.from(bytes, (b, i) => (/^(4|6|8|10)$/.test(`${i}`) ? '-' : '') + b.toString(16).padStart(2, '0')).join('');
}

function mayPass(failure: APIError | APIConnectionError): boolean {
  if (!(failure instanceof APIError)) return !lasting(failure);
  const { status, code } = failure;
  return status === 408 || status === 429 || status >= 500 || (status === 409 && code?.toLowerCase() === 'idempotency_in_flight');
}

// What Node's TLS says of the other end: another attempt would meet the same.
const lasting = ({ cause }: APIConnectionError): boolean => {
  const { code, cause: deeper } = (cause ?? {}) as { code?: unknown; cause?: { code?: unknown } };
  return /^(ERR_SSL_|ERR_TLS_|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|EPROTO$)/.test(
    String(deeper?.code ?? code),
  );
};

const reason = (cause: unknown): string => {
  const { message, cause: deeper } = (cause ?? {}) as { message?: string; cause?: { message?: string } };
  return deeper?.message || message || String(cause);
};

async function parse<T>(response: Response, as: APIRequest['response']): Promise<T> {
  if (as === 'stream') return (response.body ?? new Blob([]).stream()) as T;
  if (as === 'blob') return (await response.blob()) as T;
  const text = await response.text();
  if (as === 'text') return text as T;
  if (text === '') return undefined as T;
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new AlaniaError(`The answer with the status ${response.status} is not JSON.`, { cause });
  }
}

function encode({ body, type }: APIRequest): { body?: BodyInit; type?: string } {
  if (body === undefined) return {};
  if (type === 'application/x-www-form-urlencoded') return { body: new URLSearchParams(pairs('', body, [])).toString(), type };
  if (type === 'multipart/form-data') return { body: body as FormData }; // fetch knows the boundary
  if (!type || /[/+]json$/.test(type)) return { body: JSON.stringify(body), type: type ?? 'application/json' };
  return { body: body as BodyInit, type };
}

function encodeQuery({ query, commas = [] }: APIRequest): string {
  const text = new URLSearchParams(pairs('', query, commas)).toString();
  return text && `?${text}`;
}

function pairs(name: string, value: unknown, commas: readonly string[]): [string, string][] {
  if (value === undefined || value === null) return [];
  if (value instanceof Date) return [[name, value.toISOString()]];
  if (Array.isArray(value)) return commas.includes(name) ? [[name, value.join(',')]] : value.flatMap((v) => pairs(name, v, commas));
  if (typeof value === 'object') return Object.entries(value).flatMap(([member, v]) => pairs(name ? `${name}[${member}]` : member, v, commas));
  return [[name, String(value)]];
}

function unlessAborted<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout>;
  return unlessAborted(new Promise<void>((resolve) => (timer = setTimeout(resolve, ms))), signal).finally(() => clearTimeout(timer));
}

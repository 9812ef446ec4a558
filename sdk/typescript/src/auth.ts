import { AlaniaError } from './errors.js';

/** An API key, fixed or asked for before each request. */
export interface KeyCredentials {
  /** An API key (`sk_live_…`, `sk_test_…`, `ak_…`) or an access token; a function is asked before each request. */
  apiKey: string | (() => string | Promise<string>);
}

/** An OAuth client, whose tokens are fetched, kept and renewed. Not for browsers: a page cannot keep a secret. */
export interface ClientCredentials {
  clientId: string;
  clientSecret: string;
  /** What tokens are asked for; all that the client has when absent. */
  scopes?: readonly string[];
}

/** The answer of the token endpoint. */
export interface Token {
  access_token: string;
  /** Seconds. */
  expires_in?: number;
}

/** `Basic` credentials of an OAuth client (RFC 6749, section 2.3.1: both are form-encoded first). */
export function basic(c: ClientCredentials): string {
  const encode = (s: string) => new URLSearchParams({ '': s }).toString().slice(1);
  return `Basic ${btoa(`${encode(c.clientId)}:${encode(c.clientSecret)}`)}`;
}

/** Access tokens of one client: one fetch at a time, kept until shortly before they expire. */
export class TokenSource {
  #token: Promise<string> | undefined;
  #expires = 0;

  constructor(
    private readonly fetch: () => Promise<Token>,
    private readonly now: () => number,
  ) {}

  /** The current token, fetched when there is none or it is about to expire. */
  get(): Promise<string> {
    if (this.#token && this.now() < this.#expires) return this.#token;
    this.#expires = Infinity; // whoever comes while it is fetched waits for the same
    const token = this.#fetch();
    this.#token = token;
    token.catch(() => {
      if (this.#token === token) this.#token = undefined; // the next caller tries again
    });
    return token;
  }

  async #fetch(): Promise<string> {
    const asked = this.now();
    const { access_token, expires_in = 300 } = await this.fetch();
    if (typeof access_token !== 'string') throw new AlaniaError('The token endpoint answered without a token.');
    // Early enough that it does not expire on its way.
    this.#expires = asked + 1000 * (expires_in - Math.min(30, expires_in / 10));
    return access_token;
  }

  /** Forgets a token that was refused; not the one that replaced it meanwhile. */
  async drop(token: string): Promise<void> {
    const current = this.#token;
    if (current && (await current.catch(() => '')) === token && this.#token === current) this.#token = undefined;
  }
}

/** Verifies webhooks, which are signed by the rules of Standard Webhooks. @module */
import { webcrypto } from '#crypto';
import { WebhookVerificationError } from './errors.js';

export { WebhookVerificationError };

/** Headers of a request, in any of the forms that servers have them. Names are compared without case. */
export type WebhookHeaders = Headers | Record<string, string | string[] | undefined>;

/** The headers of a signed webhook. */
export type SignedHeaders = Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>;

/** What every event has. The events of a contract are its type `WebhookEvent`. */
export interface Event {
  id: string;
  type: string;
}

export interface WebhookOptions {
  /** Seconds that the timestamp may be off, either way; 300 unless given. */
  tolerance?: number;
  /** The current time in milliseconds; `Date.now` unless given. */
  now?: () => number;
}

/** Verifies and signs with the secrets of one endpoint. */
export class Webhook {
  readonly #keys: Promise<CryptoKey>[];
  readonly #tolerance: number;
  readonly #now: () => number;

  /** Takes the secret (`whsec_…`), or several while one replaces the other: what any of them signed is accepted. */
  constructor(secrets: string | readonly string[], options: WebhookOptions = {}) {
    const all = typeof secrets === 'string' ? [secrets] : secrets;
    if (all.length === 0) throw new WebhookVerificationError('A webhook needs a secret.');
    this.#keys = all.map((secret) => {
      const bytes = decode(secret.replace(/^whsec_/, ''));
      if (!bytes || bytes.length < 16) throw new WebhookVerificationError('A webhook secret is whsec_ and base64.');
      return webcrypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
    });
    for (const key of this.#keys) key.catch(() => {}); // whoever uses it hears of it
    this.#tolerance = options.tolerance ?? 300;
    this.#now = options.now ?? Date.now;
  }

  /**
   * Gives the event when the body, exactly as it was received, is signed with one of the secrets and not too old; rejects
   * with a WebhookVerificationError otherwise. An event may come more than once: keep the ids you have seen.
   */
  async verify<E extends Event = Event>(body: string | Uint8Array | ArrayBuffer, headers: WebhookHeaders): Promise<E> {
    const id = header(headers, 'webhook-id');
    const timestamp = header(headers, 'webhook-timestamp');
    const signatures = header(headers, 'webhook-signature');
    if (!id || !timestamp || !signatures) throw new WebhookVerificationError('webhook-id, webhook-timestamp or webhook-signature is missing.');
    if (!/^\d+$/.test(timestamp)) throw new WebhookVerificationError('webhook-timestamp is not a number of seconds.');
    const age = this.#now() / 1000 - Number(timestamp);
    if (Math.abs(age) > this.#tolerance) throw new WebhookVerificationError(`The timestamp is ${age > 0 ? 'too old' : 'in the future'}.`);

    const signed = content(id, timestamp, body);
    const given = signatures.split(' ').flatMap((s) => (s.startsWith('v1,') ? (decode(s.slice(3)) ?? []) : []));
    let valid = false;
    for (const key of this.#keys) {
      for (const signature of given) {
        // WebCrypto compares in constant time, and all are tried, whichever fits.
        if (await webcrypto.subtle.verify('HMAC', await key, signature, signed)) valid = true;
      }
    }
    if (!valid) throw new WebhookVerificationError('No signature fits.');
    try {
      return JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body)) as E;
    } catch (cause) {
      throw new WebhookVerificationError('The body is not JSON.', { cause });
    }
  }

  /** Signs a body as the platform does, with every secret, for tests of a receiver. */
  async sign(id: string, body: string | Uint8Array | ArrayBuffer, at: Date = new Date(this.#now())): Promise<SignedHeaders> {
    const timestamp = String(Math.floor(at.getTime() / 1000));
    const signed = content(id, timestamp, body);
    const signatures = this.#keys.map(async (key) => `v1,${encode(new Uint8Array(await webcrypto.subtle.sign('HMAC', await key, signed)))}`);
    return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': (await Promise.all(signatures)).join(' ') };
  }
}

function header(headers: WebhookHeaders, name: string): string | undefined {
  if (typeof (headers as Headers).get === 'function') return (headers as Headers).get(name) ?? undefined;
  const entry = Object.entries(headers as Record<string, string | string[] | undefined>).find(([key]) => key.toLowerCase() === name);
  return Array.isArray(entry?.[1]) ? entry[1].join(' ') : entry?.[1];
}

function content(id: string, timestamp: string, body: string | Uint8Array | ArrayBuffer): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(`${id}.${timestamp}.`);
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : new Uint8Array(body);
  const all = new Uint8Array(head.length + bytes.length);
  all.set(head);
  all.set(bytes, head.length);
  return all;
}

function decode(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function encode(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

import type { APIRequest, Client, RequestOptions } from './client.js';

/** One of server-sent events. */
export interface ServerSentEvent {
  /** Of this event or, when it has none, of the last one that had. */
  id: string;
  /** `message`, when the server names none. */
  type: string;
  data: string;
}

// How long nothing may come, not even a comment, and the pause before the next connection when the server names none.
const silence = 60_000;
const reconnect = 1_000;

/**
 * The events that an operation answers with. It connects again when the stream ends, and goes on after the last event that had an
 * id, until the server has no more (204), a request fails for good, or the loop is left.
 */
export async function* events(client: Client, request: APIRequest, options: RequestOptions = {}): AsyncGenerator<ServerSentEvent, void, undefined> {
  let last = '';
  let pause = reconnect;
  for (;;) {
    const controller = new AbortController();
    const abort = () => controller.abort(options.signal!.reason);
    options.signal?.throwIfAborted();
    options.signal?.addEventListener('abort', abort, { once: true });
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      const headers = last ? { ...request.headers, 'Last-Event-ID': last } : request.headers;
      const response = await client.request({ ...request, ...(headers && { headers }), response: 'stream' }, { ...options, signal: controller.signal }).asResponse();
      if (response.status === 204 || !response.body) return;
      const reader = response.body.getReader();
      const parser = new EventParser();
      const listen = () => {
        clearTimeout(timer);
        timer = setTimeout(() => controller.abort(), silence);
      };
      try {
        for (;;) {
          listen();
          const { done, value } = await reader.read();
          if (done) break;
          for (const event of parser.push(value)) {
            last = event.id || last;
            yield event;
          }
        }
      } catch (cause) {
        options.signal?.throwIfAborted();
        if (!(cause instanceof Error)) throw cause; // a cut connection is connected again
      } finally {
        pause = parser.retry ?? pause;
        controller.abort(); // also when the loop is left
      }
    } finally {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', abort);
    }
    await client.pause(pause, options.signal);
  }
}

/** Reads the format of server-sent events (WHATWG HTML, 9.2). */
class EventParser {
  /** Milliseconds that the server asks to wait before connecting again. */
  retry: number | undefined;
  readonly #decoder = new TextDecoder();
  #text = '';
  #id = '';
  #type = '';
  #data: string[] = [];

  /** The events that are complete with these bytes. */
  *push(bytes: Uint8Array): Generator<ServerSentEvent> {
    this.#text += this.#decoder.decode(bytes, { stream: true });
    for (;;) {
      const end = /\r\n|\n|\r/.exec(this.#text);
      // A CR at the end may be half of a CRLF.
      if (!end || (end[0] === '\r' && end.index === this.#text.length - 1)) return;
      const line = this.#text.slice(0, end.index);
      this.#text = this.#text.slice(end.index + end[0].length);
      if (line !== '') this.#field(line);
      else if (this.#data.length > 0) {
        const event = { id: this.#id, type: this.#type || 'message', data: this.#data.join('\n') };
        this.#type = '';
        this.#data = [];
        yield event;
      } else this.#type = '';
    }
  }

  #field(line: string): void {
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') this.#data.push(value);
    else if (name === 'event') this.#type = value;
    else if (name === 'id' && !value.includes('\0')) this.#id = value;
    else if (name === 'retry' && /^\d{1,9}$/.test(value)) this.retry = Number(value);
  }
}

/** What every error of this package is. */
export class AlaniaError extends Error {
  override name = 'AlaniaError';
}

/** The form that an error body had, named after what speaks it. `unknown` is anything else, such as a proxy's HTML. */
export type Dialect = 'problem' | 'core' | 'keys' | 'oauth' | 'control' | 'dataops' | 'unknown';

/** One value that breaks one rule. */
export interface Violation {
  /** Where the value is (`body`, `query`, `path`, `header`), when the API says so. */
  in?: string;
  /** JSON pointer (RFC 6901) into the body, or `/` and the name of the parameter. */
  pointer: string;
  /** The rule that was broken, such as `required` or `maximum`, when the API says so. */
  code?: string;
  /** What would be accepted, for a person. */
  detail: string;
}

/** What an error body says, whatever its dialect. */
interface Said {
  dialect: Dialect;
  code?: string;
  detail?: string;
  violations?: Violation[];
  requestId?: string;
}

/** The API answered with another status than one of success. */
export class APIError extends AlaniaError {
  override name = 'APIError';
  /** The HTTP status. */
  readonly status: number;
  /** Stable name of the error, for programs; undefined where the dialect has none. New ones may appear. */
  readonly code: string | undefined;
  /** What happened, for a person: the message without status and code. */
  readonly detail: string;
  /** Every violation that was found, when the error is about values; otherwise empty. */
  readonly violations: Violation[];
  /** Quote it to support. */
  readonly requestId: string | undefined;
  /** Seconds that the API asks to wait, of `Retry-After`. */
  readonly retryAfter: number | undefined;
  readonly headers: Headers;
  readonly dialect: Dialect;
  /** The body: parsed when it is JSON, otherwise its text. */
  readonly body: unknown;

  constructor(status: number, headers: Headers, text: string, now = Date.now()) {
    const body = parse(text);
    const said = read(body);
    const detail = said.detail || `The answer has the status ${status}.`;
    super(`${status}${said.code ? ` ${said.code}` : ''}: ${detail}`);
    this.status = status;
    this.headers = headers;
    this.body = body;
    this.dialect = said.dialect;
    this.code = said.code;
    this.detail = detail;
    this.violations = said.violations ?? [];
    this.requestId = headers.get('x-request-id') ?? said.requestId;
    this.retryAfter = retryAfter(headers.get('retry-after'), now);
  }

  /** The error of an answer: one class for each status that programs tell apart. */
  static of(status: number, headers: Headers, text: string, now?: number): APIError {
    const Class = status >= 500 ? InternalServerError : (classes()[status] ?? APIError);
    return new Class(status, headers, text, now);
  }
}

/** 304: what you have, as told by `ifNoneMatch`, is current. */
export class NotModifiedError extends APIError {
  override name = 'NotModifiedError';
}
/** 400: the request is not well-formed. */
export class BadRequestError extends APIError {
  override name = 'BadRequestError';
}
/** 401: no credentials, or credentials that are not accepted. */
export class AuthenticationError extends APIError {
  override name = 'AuthenticationError';
}
/** 403: the credentials lack a scope, or this caller may not do this. */
export class PermissionDeniedError extends APIError {
  override name = 'PermissionDeniedError';
}
/** 404: the resource does not exist, or is not yours to see. */
export class NotFoundError extends APIError {
  override name = 'NotFoundError';
}
/** 409: the state of the resource does not allow it. */
export class ConflictError extends APIError {
  override name = 'ConflictError';
}
/** 422: values break the documented schema or rules; see `violations`. */
export class UnprocessableEntityError extends APIError {
  override name = 'UnprocessableEntityError';
}
/** 429: a rate limit is used up; see `retryAfter`. */
export class RateLimitError extends APIError {
  override name = 'RateLimitError';
}
/** 5xx: the fault is the server's. */
export class InternalServerError extends APIError {
  override name = 'InternalServerError';
}

/** No answer: the connection could not be made or was cut; `cause` says more. */
export class APIConnectionError extends AlaniaError {
  override name = 'APIConnectionError';
}
/** No complete answer within the timeout. */
export class APITimeoutError extends APIConnectionError {
  override name = 'APITimeoutError';
}

/** A webhook is not one of ours, or too old. */
export class WebhookVerificationError extends AlaniaError {
  override name = 'WebhookVerificationError';
}

// A function, because a table at the top of a module would keep what it names in every bundle.
const classes = (): Record<number, typeof APIError> => ({
  304: NotModifiedError,
  400: BadRequestError,
  401: AuthenticationError,
  403: PermissionDeniedError,
  404: NotFoundError,
  409: ConflictError,
  422: UnprocessableEntityError,
  429: RateLimitError,
});

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const object = (v: unknown): Record<string, unknown> | undefined =>
  typeof v === 'object' && v !== null && !Array.isArray(v) ? (v as Record<string, unknown>) : undefined;
const string = (v: unknown): string | undefined => (typeof v === 'string' ? v : undefined);
const list = (v: unknown): unknown[] => (Array.isArray(v) ? v : []);
const pointer = (parts: unknown[]) => parts.map((p) => `/${String(p).replace(/~/g, '~0').replace(/\//g, '~1')}`).join('');

/** Reads a body by its members rather than by where it came from: a gateway may answer in another dialect. */
function read(body: unknown): Said {
  const b = object(body);
  if (!b) return { dialect: 'unknown' };
  const error = object(b.error);
  if (error) {
    return { dialect: 'control', code: string(error.code), detail: string(error.message), requestId: string(error.correlationId) };
  }
  if (typeof b.error === 'string' && typeof b.message === 'string') {
    const violations = Object.entries(object(b.errors) ?? {}).flatMap(([name, details]) =>
      list(details).map((detail) => ({ pointer: pointer(name.split('.')), detail: String(detail) })),
    );
    return { dialect: 'core', code: b.error, detail: b.message, violations, requestId: string(b.request_id) };
  }
  if (typeof b.error === 'string') return { dialect: 'oauth', code: b.error, detail: string(b.error_description) };
  if (typeof b.code === 'string' && typeof b.status === 'number') {
    const violations = list(b.errors).flatMap((v) => {
      const o = object(v);
      return o ? [{ in: string(o.in), pointer: string(o.pointer) ?? '', code: string(o.code), detail: string(o.detail) ?? '' }] : [];
    });
    return { dialect: 'problem', code: b.code, detail: string(b.detail) ?? string(b.title), violations, requestId: string(b.request_id) };
  }
  if (typeof b.title === 'string' && typeof b.time === 'string') return { dialect: 'keys', detail: string(b.detail) ?? b.title };
  if (typeof b.detail === 'string') return { dialect: 'dataops', detail: b.detail };
  if (Array.isArray(b.detail)) {
    const violations = b.detail.flatMap((v) => {
      const o = object(v);
      const [where, ...path] = list(o?.loc);
      return o ? [{ in: string(where), pointer: pointer(path), code: string(o.type), detail: string(o.msg) ?? '' }] : [];
    });
    return { dialect: 'dataops', detail: violations.map((v) => `${v.pointer} ${v.detail}`).join('; '), violations };
  }
  return { dialect: 'unknown' };
}

/** Reads `Retry-After`, seconds or a date, as seconds. */
function retryAfter(value: string | null, now: number): number | undefined {
  if (value === null) return undefined;
  if (/^\s*\d+(\.\d+)?\s*$/.test(value)) return Number(value);
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, (at - now) / 1000);
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as sdk from '@alania/sdk';
import { APIError } from '@alania/sdk';

const of = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  APIError.of(status, new Headers(headers), typeof body === 'string' ? body : JSON.stringify(body), Date.parse('2026-03-02T09:30:00Z'));

test('there is a class for each status', () => {
  const classes: Record<number, typeof APIError> = {
    304: sdk.NotModifiedError, 400: sdk.BadRequestError, 401: sdk.AuthenticationError, 403: sdk.PermissionDeniedError, 404: sdk.NotFoundError,
    409: sdk.ConflictError, 422: sdk.UnprocessableEntityError, 429: sdk.RateLimitError, 500: sdk.InternalServerError, 503: sdk.InternalServerError,
    405: APIError, 412: APIError, 413: APIError, 415: APIError,
  };
  for (const [status, Class] of Object.entries(classes)) {
    const error = of(Number(status), '');
    assert.equal(error.constructor, Class);
    assert.equal(error.name, Class.name);
    assert.ok(error instanceof APIError && error instanceof sdk.AlaniaError && error instanceof Error);
    assert.equal(error.status, Number(status));
  }
});

test('a problem', () => {
  const errors = [{ in: 'body', pointer: '/settings/retention_days', code: 'maximum', detail: 'must be at most 3650' }];
  const error = of(422, { type: '/errors/validation_failed', title: 'Validation failed', status: 422, detail: 'It does not fit.', instance: '/v2/x', code: 'validation_failed', request_id: 'r1', errors, future: 1 });
  assert.deepEqual(
    [error.dialect, error.code, error.detail, error.message, error.requestId, error.violations],
    ['problem', 'validation_failed', 'It does not fit.', '422 validation_failed: It does not fit.', 'r1', errors],
  );
  assert.equal((error.body as { future: number }).future, 1);
});

test('an error of core', () => {
  const error = of(422, { error: 'validation_failed', message: 'Invalid.', errors: { 'settings.time/zone': ['No such zone.', 'Too long.'], name: ['Required.'] } }, { 'X-Request-ID': 'r2' });
  assert.deepEqual([error.dialect, error.code, error.detail, error.requestId], ['core', 'validation_failed', 'Invalid.', 'r2']);
  assert.deepEqual(error.violations, [
    { pointer: '/settings/time~1zone', detail: 'No such zone.' },
    { pointer: '/settings/time~1zone', detail: 'Too long.' },
    { pointer: '/name', detail: 'Required.' },
  ]);
});

test('an error of keys', () => {
  const error = of(404, { title: 'Not found', detail: 'No such key.', time: '2026-03-02T09:30:00Z' });
  assert.deepEqual([error.dialect, error.code, error.detail, error.message], ['keys', undefined, 'No such key.', '404: No such key.']);
});

test('an error of OAuth', () => {
  const error = of(401, { error: 'invalid_client', error_description: 'Unknown.' });
  assert.deepEqual([error.dialect, error.code, error.detail], ['oauth', 'invalid_client', 'Unknown.']);
});

test('errors of contracts that are to come', () => {
  const control = of(409, { error: { code: 'CONFLICT', message: 'Taken.', correlationId: 'c1', timestamp: '2026-03-02T09:30:00Z' } });
  assert.deepEqual([control.dialect, control.code, control.detail, control.requestId], ['control', 'CONFLICT', 'Taken.', 'c1']);
  assert.deepEqual([of(404, { detail: 'Not here' }).dialect, of(404, { detail: 'Not here' }).detail], ['dataops', 'Not here']);
  const fields = of(422, { detail: [{ loc: ['body', 'steps', 0, 'name'], msg: 'field required', type: 'value_error.missing' }] });
  assert.deepEqual(fields.violations, [{ in: 'body', pointer: '/steps/0/name', code: 'value_error.missing', detail: 'field required' }]);
  assert.equal(fields.detail, '/steps/0/name field required');
});

test('garbage', () => {
  const bodies = ['', '<html>502</html>', '{"error":', 'null', '[]', '7', '{}', '{"error":null}', '{"detail":7}', '{"error":{"code":7}}', '{"error":"x","message":"m","errors":[1]}',
    '{"code":"c","status":400,"errors":[null,7,{"pointer":7}]}', '{"detail":[null,7,{}]}', '{"title":"t","time":"t"}'];
  for (const body of bodies) {
    const error = of(502, body, { 'retry-after': 'later' });
    assert.equal(error.status, 502);
    assert.notEqual(error.detail, '', body);
    assert.equal(error.retryAfter, undefined);
    assert.ok(error.violations.every((v) => typeof v.pointer === 'string' && typeof v.detail === 'string'), body);
  }
  assert.deepEqual([of(502, '<html>').dialect, of(502, '<html>').body], ['unknown', '<html>']);
});

test('Retry-After', () => {
  assert.equal(of(429, '', { 'retry-after': '30' }).retryAfter, 30);
  assert.equal(of(429, '', { 'retry-after': 'Mon, 02 Mar 2026 09:31:00 GMT' }).retryAfter, 60);
  assert.equal(of(429, '').retryAfter, undefined);
});

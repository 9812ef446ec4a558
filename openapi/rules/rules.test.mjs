import assert from 'node:assert/strict';
import { test } from 'node:test';

import { complete, responses } from './rules.mjs';

const rules = {
  responses: {
    always: { 400: 'BadRequest', 500: 'InternalError' },
    limited: { 429: 'TooManyRequests' },
    security: { 401: 'Unauthorized' },
    scopes: { 403: 'Forbidden' },
    resource: { 404: 'NotFound' },
    body: { 413: 'PayloadTooLarge' },
    idempotency: { 409: 'Conflict' },
    added: { 412: 'PreconditionFailed' },
  },
  formats: { oauth: { 400: 'OAuthBadRequest', 401: 'OAuthUnauthorized' } },
  resourceHeaders: ['WorkspaceContext'],
  headers: { always: ['X-Request-ID'], limited: ['RateLimit'], idempotency: ['X-Idempotency-Replayed'], deprecated: ['Sunset'] },
};
const public_ = { security: [] };
const known = { security: [{ oauth2: [] }, { apiKey: [] }] };
const scoped = { security: [{ oauth2: ['things:read'] }, { apiKey: [] }] };

test('statuses by what an operation is', () => {
  for (const [url, operation, want] of [
    ['/things', public_, '400 429 500'],
    ['/things', { ...public_, 'x-rate-limit': 'none' }, '400 500'],
    ['/things', { ...public_, 'x-rate-limit': 'address' }, '400 429 500'],
    ['/things', known, '400 401 429 500'],
    ['/things', scoped, '400 401 403 429 500'],
    ['/things/{id}', scoped, '400 401 403 404 429 500'],
    ['/things', { ...scoped, parameters: [{ $ref: '../parameters.yaml#/WorkspaceContext' }] }, '400 401 403 404 429 500'],
    ['/things', { ...scoped, requestBody: {} }, '400 401 403 413 429 500'],
    ['/things', { ...scoped, parameters: [{ $ref: '../parameters.yaml#/IdempotencyKey' }] }, '400 401 403 409 429 500'],
    ['/things/{id}', { ...scoped, 'x-responses': { add: ['409', '412'], omit: ['404'] } }, '400 401 403 409 412 429 500'],
    ['/token', { ...scoped, 'x-error-format': 'oauth' }, '400 401'],
  ]) {
    assert.equal(Object.keys(responses(url, operation, rules)).join(' '), want, `${url} ${JSON.stringify(operation)}`);
  }
  assert.equal(responses('/token', { ...scoped, 'x-error-format': 'oauth' }, rules)['400'], 'OAuthBadRequest');
});

test('an exception that is none is refused', () => {
  for (const [exception, message] of [
    [{ add: ['404'] }, /adds 404, which the operation has by rule/],
    [{ add: ['418'] }, /adds 418, which rules.yaml has no response for/],
    [{ omit: ['409'] }, /omits 409, which the operation does not have by rule/],
    [{ remove: ['404'] }, /x-responses has no remove/],
  ]) {
    assert.throws(() => responses('/things/{id}', { ...scoped, 'x-responses': exception }, rules), message);
  }
  assert.throws(() => responses('/things', { ...known, 'x-error-format': 'xml' }, rules), /no format xml/);
});

test('an operation is completed, and what it says itself is left alone', () => {
  const examples = { Thing: { id: 1, owner: { $ref: '#/Owner' } }, Owner: { name: 'Ann' }, ThingCreate: { size: 1 } };
  const operation = {
    ...known,
    deprecated: true,
    parameters: [{ $ref: '../parameters.yaml#/IdempotencyKey' }],
    requestBody: { content: { 'application/json': { schema: { $ref: '../schemas/things.yaml#/ThingCreate' } } } },
    'x-responses': { omit: ['429'] },
    responses: {
      201: {
        description: 'The thing.',
        headers: { Location: { $ref: '../headers.yaml#/Location' }, Sunset: { description: 'Its own.' } },
        content: { 'application/json': { schema: { $ref: '../schemas/things.yaml#/Thing' } } },
      },
      202: { description: 'Another.', content: { 'application/json': { schema: { $ref: '../schemas/things.yaml#/Thing' }, example: { id: 2 } } } },
      400: { $ref: '../responses.yaml#/CannotRetry' },
      500: { description: 'Of its own.' },
    },
  };
  complete('/things', operation, '../', { rules, examples });
  const header = (name) => ({ $ref: `../headers.yaml#/${name}` });
  assert.deepEqual(operation.responses, {
    201: {
      description: 'The thing.',
      headers: {
        'X-Request-ID': header('X-Request-ID'), RateLimit: header('RateLimit'), 'X-Idempotency-Replayed': header('X-Idempotency-Replayed'),
        Sunset: { description: 'Its own.' }, Location: header('Location'),
      },
      content: { 'application/json': { schema: { $ref: '../schemas/things.yaml#/Thing' }, example: { id: 1, owner: { name: 'Ann' } } } },
    },
    202: {
      description: 'Another.',
      headers: {
        'X-Request-ID': header('X-Request-ID'), RateLimit: header('RateLimit'), 'X-Idempotency-Replayed': header('X-Idempotency-Replayed'), Sunset: header('Sunset'),
      },
      content: { 'application/json': { schema: { $ref: '../schemas/things.yaml#/Thing' }, example: { id: 2 } } },
    },
    400: { $ref: '../responses.yaml#/CannotRetry' },
    401: { $ref: '../responses.yaml#/Unauthorized' },
    409: { $ref: '../responses.yaml#/Conflict' },
    413: { $ref: '../responses.yaml#/PayloadTooLarge' },
    500: {
      description: 'Of its own.',
      headers: {
        'X-Request-ID': header('X-Request-ID'), RateLimit: header('RateLimit'), 'X-Idempotency-Replayed': header('X-Idempotency-Replayed'), Sunset: header('Sunset'),
      },
    },
  });
  assert.deepEqual(Object.keys(operation.responses[201]), ['description', 'headers', 'content']);
  assert.deepEqual(operation.requestBody.content['application/json'].example, { size: 1 });
  assert.ok(!('x-responses' in operation));
});

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { complete, list, parameters, responses } from './rules.mjs';

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
    ['/things', { ...known, 'x-capability': 'sso' }, '400 401 403 429 500'],
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

test('parameters by what an operation is', () => {
  const own = { ...rules, parameters: { caller: ['Version'], public: ['VersionOptional'], mutation: ['IdempotencyKey'] } };
  for (const [operation, method, want] of [
    [public_, 'get', 'VersionOptional'],
    [public_, 'post', 'VersionOptional'],
    [{ security: [{ basic: [] }, {}] }, 'post', 'VersionOptional'],
    [known, 'get', 'Version'],
    [known, 'post', 'Version IdempotencyKey'],
    [{ ...known, 'x-parameters': { omit: ['IdempotencyKey'] } }, 'delete', 'Version'],
  ]) {
    assert.equal(parameters('/things', operation, own, method).join(' '), want, `${method} ${JSON.stringify(operation)}`);
  }
  assert.deepEqual(parameters('/things', known, rules, 'post'), []);
  assert.throws(() => parameters('/things', { ...known, 'x-parameters': { omit: ['Cursor'] } }, own, 'get'), /omits Cursor/);
  assert.throws(() => parameters('/things', { ...known, 'x-parameters': { add: ['Cursor'] } }, own, 'get'), /no add/);
  const operation = { ...known, parameters: [{ $ref: '../parameters.yaml#/Path' }], 'x-parameters': { omit: ['Version'] }, responses: { 204: { description: 'Done.' } } };
  complete('/things', operation, '../', { rules: own, examples: {} }, undefined, 'put');
  assert.deepEqual(operation.parameters, [{ $ref: '../parameters.yaml#/Path' }, { $ref: '../parameters.yaml#/IdempotencyKey' }]);
  assert.ok(operation.responses[409] && !('x-parameters' in operation)); // what is added counts for what follows
});

test('security by scopes', () => {
  const own = { ...rules, access: ['oauth2', 'apiKey'] };
  const operation = { 'x-scopes': ['things:read'] };
  complete('/things', operation, '../', { rules: own, examples: {} });
  assert.deepEqual(operation.security, scoped.security);
  assert.ok(operation.responses[403] && !('x-scopes' in operation));
  assert.throws(() => complete('/things', { ...known, 'x-scopes': [] }, '../', { rules: own, examples: {} }), /stands for the security/);
  assert.throws(() => complete('/things', { 'x-scopes': [] }, '../', { rules, examples: {} }), /stands for the security/);
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

test('parameters of every list', () => {
  const own = { lists: [{ parameters: ['Limit', 'Cursor'] }] };
  assert.deepEqual(list({ 'x-list': {} }, '../', own).parameters, [{ $ref: '../parameters.yaml#/Limit' }, { $ref: '../parameters.yaml#/Cursor' }]);
});

test('parameters of lists', () => {
  const lists = {
    lists: [
      { for: 'sort', parameters: ['Page'] },
      { for: 'filter', name: 'filter[{key}]' },
      { for: 'common', parameters: { created_at: ['CreatedAfter', 'CreatedBefore'], search: ['Search'] } },
      { for: 'sort', parameter: { name: 'sort', in: 'query', description: 'Keys: {keys}.', schema: { type: 'string' }, example: '-created_at' } },
      { for: 'fields', with: 'include', parameter: { name: 'fields', in: 'query', description: 'And more: {keys}.', schema: { type: 'string' }, example: '{example}' } },
      { for: 'fields', without: 'include', parameter: { name: 'fields', in: 'query', description: '{keys}.', schema: { type: 'string' }, example: '{example}' } },
      { for: 'include', parameter: { name: 'include', in: 'query', description: '{keys}.', schema: { type: 'string' }, example: '{example}' } },
    ],
  };
  const shared = (name) => ({ $ref: `../parameters.yaml#/${name}` });
  const text = { type: 'string' };
  const made = (said) => list({ 'x-list': said }, '../', lists, (ref) => ({ '../schemas/things.yaml#/ThingSort': { enum: ['name', '-name', 'size'] } })[ref.$ref]);

  assert.deepEqual(made({
    filter: { state: { description: 'In this state.', schema: text, example: 'new' }, since: { field: 'created_at', description: 'Since.', schema: text } },
    common: ['created_at', 'search'],
    sort: ['name', 'size'],
    fields: ['id', 'name'],
    include: ['owner', 'parent'],
    examples: { include: 'owner' },
  }), {
    parameters: [
      shared('Page'),
      { name: 'filter[state]', in: 'query', description: 'In this state.', schema: text, example: 'new' },
      { name: 'filter[since]', in: 'query', description: 'Since.', schema: text },
      shared('CreatedAfter'), shared('CreatedBefore'), shared('Search'),
      { name: 'sort', in: 'query', description: 'Keys: `name`, `size`.', schema: text, example: '-created_at' },
      { name: 'fields', in: 'query', description: 'And more: `id`, `name`.', schema: text, example: 'id,name' },
      { name: 'include', in: 'query', description: '`owner`, `parent`.', schema: text, example: 'owner' },
    ],
    checked: { sort: ['name', 'size'], filter: ['state', 'created_at', 'search'], fields: ['id', 'name'], include: ['owner', 'parent'] },
  });
  assert.deepEqual(made({ include: ['owner'] }), {
    parameters: [{ name: 'include', in: 'query', description: '`owner`.', schema: text, example: 'owner' }],
    checked: { include: ['owner'] },
  });
  const sort = { $ref: '../schemas/things.yaml#/ThingSort' };
  assert.deepEqual(made({ sort, fields: ['id'] }), {
    parameters: [
      shared('Page'),
      { name: 'sort', in: 'query', description: 'Keys: `name`, `size`.', schema: sort, example: '-created_at' },
      { name: 'fields', in: 'query', description: '`id`.', schema: text, example: 'id' },
    ],
    checked: { sort: ['name', 'size'], fields: ['id'] },
  });
  assert.throws(() => made({ order: ['name'] }), /x-list has no order/);
  assert.throws(() => made({ common: ['updated_at'] }), /x-list.common has updated_at, which rules.yaml does not know/);

  const operation = { ...known, parameters: [shared('PathThingID')], responses: { 200: { description: 'Things.' } }, 'x-list': { include: ['owner'] } };
  complete('/things', operation, '../', { rules: { ...rules, ...lists }, examples: {} });
  assert.deepEqual(Object.keys(operation), ['security', 'x-list', 'parameters', 'responses']);
  assert.deepEqual(operation.parameters.map((p) => p.name ?? p.$ref), ['../parameters.yaml#/PathThingID', 'include']);
  assert.deepEqual(operation['x-list'], { include: ['owner'] });
});

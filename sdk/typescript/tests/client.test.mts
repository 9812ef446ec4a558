import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Alania, APIConnectionError, APIError, APITimeoutError, AuthenticationError, AlaniaError, Client, ConflictError, createClient, NotModifiedError, RateLimitError, version } from '@alania/sdk';
import { createToken, createWorkspace, getHealth, getWorkspace, inviteMember, listWorkspaces, removeMember, updateWorkspaceSettings } from '@alania/sdk/platform';
import { createWebhook, putPixelDomain } from '@alania/sdk/core';
import { json, serve } from './http.mjs';

/** A client that does not really wait, and says how long it would have. */
function patient(baseURL: string, settings: object = {}): { client: Client; waits: number[] } {
  const waits: number[] = [];
  const sleep = async (ms: number) => void waits.push(ms);
  return { client: new Client({ baseURL, apiKey: 'sk_test_1', ...settings }, { sleep, random: () => 0.5 }), waits };
}

const problem = (status: number, code: string) => ({ type: `/errors/${code}`, title: code, status, detail: 'No.', instance: '/', code, request_id: 'r1' });

test('a request has the credentials, the version and the parameters in their places', async (t) => {
  const { url, requests } = await serve(t, (_, res) => json(res, 200, { data: [], next_cursor: null }));
  const client = createClient({ baseURL: `${url}/`, apiKey: async () => 'sk_live_1', headers: { 'X-Team': 'a', 'X-Gone': 'b' } });
  const filter = { status: 'active', name: 'a & b/ä' };
  await listWorkspaces(client, 'org/1?', { filter, limit: 5, cursor: undefined }, { headers: { 'X-Team': 'c', 'x-gone': null } });
  const [r] = requests;
  assert.equal(r!.url, '/v2/orgs/org%2F1%3F/workspaces?filter%5Bstatus%5D=active&filter%5Bname%5D=a+%26+b%2F%C3%A4&limit=5');
  assert.equal(r!.headers.authorization, 'Bearer sk_live_1');
  assert.equal(r!.headers['user-agent'], `alania-node/${version}`);
  assert.equal(r!.headers['x-team'], 'c');
  assert.equal(r!.headers['x-gone'], undefined);
  assert.equal(r!.headers['content-type'], undefined);
  assert.equal(r!.headers['idempotency-key'], undefined);
});

test('a segment of a path cannot change which resource is meant', () => {
  const client = createClient({ apiKey: 'k' });
  for (const id of ['', '.', '..']) assert.throws(() => getWorkspace(client, id), AlaniaError);
});

test('bodies are JSON, merge patches or forms, as the operation documents', async (t) => {
  const { url, requests } = await serve(t, (_, res) => json(res, 200, {}));
  const client = createClient({ baseURL: url, apiKey: 'k' });
  await createWebhook(client, { url: 'https://example.com', events: ['*'] }, { workspaceId: 7 });
  await updateWorkspaceSettings(client, 'wks_1', { retention_days: null }, { ifMatch: '"3"' });
  await createToken(client, { grant_type: 'client_credentials', client_id: 'c', client_secret: 's&s' });
  await removeMember(client, 'org_1', 'mem_1');
  assert.deepEqual(
    requests.map((r) => [r.headers['content-type'], r.body]),
    [
      ['application/json', '{"url":"https://example.com","events":["*"]}'],
      ['application/merge-patch+json', '{"retention_days":null}'],
      ['application/x-www-form-urlencoded', 'grant_type=client_credentials&client_id=c&client_secret=s%26s'],
      [undefined, ''],
    ],
  );
  assert.equal(requests[0]!.headers['x-workspace-id'], '7');
  assert.equal(requests[1]!.headers['if-match'], '"3"');
  assert.equal(requests[2]!.headers.authorization, undefined);
});

test('the path of a request cannot change the host', async () => {
  const client = createClient({ baseURL: 'https://example.com', apiKey: 'k', fetch: async () => new Response('{}') });
  for (const path of ['', '@example.net/', '.example.net/']) await assert.rejects(async () => client.request({ method: 'GET', path }), AlaniaError);
});

test('what TLS says of the other end is not tried again', async () => {
  for (const [code, attempts] of [['CERT_HAS_EXPIRED', 1], ['DEPTH_ZERO_SELF_SIGNED_CERT', 1], ['ERR_SSL_WRONG_VERSION_NUMBER', 1], ['ECONNRESET', 3]] as const) {
    let seen = 0;
    const fetch = async () => {
      seen++;
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('the reason'), { code }) });
    };
    const { client } = patient('https://example.com', { fetch });
    await assert.rejects(async () => getHealth(client), APIConnectionError);
    assert.equal(seen, attempts, code);
  }
});

test('an answer without a body is undefined, one with other than JSON is an error', async (t) => {
  const { url } = await serve(t, (_, res, n) => (n === 1 ? res.writeHead(204).end() : res.writeHead(200).end('<html>')));
  const client = createClient({ baseURL: url, apiKey: 'k' });
  assert.equal(await removeMember(client, 'org_1', 'mem_1'), undefined);
  await assert.rejects(async () => getHealth(client), /not JSON/);
});

test('unknown members and values of enums are kept', async (t) => {
  const { url } = await serve(t, (_, res) => json(res, 200, { id: 'wks_1', status: 'frozen', brand_new: 1 }));
  const workspace = await getWorkspace(createClient({ baseURL: url, apiKey: 'k' }), 'wks_1');
  assert.equal(workspace.status, 'frozen');
  assert.equal((workspace as unknown as { brand_new: number }).brand_new, 1);
});

test('the response can be had beside the data, or instead of it', async (t) => {
  const { url } = await serve(t, (_, res) => json(res, 200, { id: 'wks_1' }, { etag: '"1"' }));
  const client = new Alania({ baseURL: url, apiKey: 'k' });
  const { data, response } = await client.platform.workspaces.get('wks_1').withResponse();
  assert.equal(data.id, 'wks_1');
  assert.equal(response.headers.get('etag'), '"1"');
  assert.equal(await response.text(), '{"id":"wks_1"}');
  const raw = await client.platform.workspaces.get('wks_1').asResponse();
  assert.deepEqual([raw.status, raw.url, await raw.json()], [200, `${url}/v2/workspaces/wks_1`, { id: 'wks_1' }]);
});

test('an answer is a promise in every way', async (t) => {
  const { url } = await serve(t, (r, res) => (r.url.endsWith('bad') ? json(res, 404, problem(404, 'not_found')) : json(res, 200, { id: 'wks_1' })));
  const client = createClient({ baseURL: url, apiKey: 'k' });
  const promise = getWorkspace(client, 'wks_1');
  assert.ok(promise instanceof Promise);
  let done = 0;
  const all = await Promise.all([promise, promise.then((w) => w.id), promise.finally(() => done++), getWorkspace(client, 'bad').catch((e: APIError) => e.status)]);
  assert.deepEqual([all.map((v) => (typeof v === 'object' ? v.id : v)), done], [['wks_1', 'wks_1', 'wks_1', 404], 1]);
});

test('304 says that what one has is current', async (t) => {
  const { url, requests } = await serve(t, (_, res) => res.writeHead(304).end());
  await assert.rejects(async () => getWorkspace(createClient({ baseURL: url, apiKey: 'k' }), 'wks_1', { ifNoneMatch: '"1"' }), NotModifiedError);
  assert.equal(requests[0]!.headers['if-none-match'], '"1"');
});

test('failures that may pass are repeated, with full jitter, as often as said', async (t) => {
  for (const [status, code] of [[408, 'timeout'], [409, 'idempotency_in_flight'], [429, 'rate_limited'], [500, 'internal'], [503, 'unavailable']] as const) {
    const { url, requests } = await serve(t, (_, res, n) => (n < 3 ? json(res, status, problem(status, code)) : json(res, 200, { id: 'wks_1' })));
    const { client, waits } = patient(url);
    assert.equal((await getWorkspace(client, 'wks_1')).id, 'wks_1');
    assert.deepEqual([requests.length, waits], [3, [250, 500]], code);
  }
  const { url, requests } = await serve(t, (_, res) => json(res, 503, problem(503, 'unavailable')));
  await assert.rejects(async () => getWorkspace(patient(url).client, 'wks_1'), { status: 503, code: 'unavailable' });
  assert.equal(requests.length, 3);
  await assert.rejects(async () => getWorkspace(patient(url, { maxRetries: 0 }).client, 'wks_1'), { status: 503 });
  assert.equal(requests.length, 4);
  await assert.rejects(async () => getWorkspace(patient(url).client, 'wks_1', { maxRetries: 1 }), { status: 503 });
  assert.equal(requests.length, 6);
});

test('the wait between attempts grows, up to eight seconds', async (t) => {
  const { url } = await serve(t, (_, res) => json(res, 500, problem(500, 'internal')));
  const { client, waits } = patient(url, { maxRetries: 7 });
  await assert.rejects(async () => getWorkspace(client, 'wks_1'));
  assert.deepEqual(waits, [250, 500, 1000, 2000, 4000, 4000, 4000]);
});

test('other failures are not repeated', async (t) => {
  for (const [status, code] of [[400, 'malformed'], [404, 'not_found'], [409, 'conflict'], [422, 'validation_failed']] as const) {
    const { url, requests } = await serve(t, (_, res) => json(res, status, problem(status, code)));
    await assert.rejects(async () => getWorkspace(patient(url).client, 'wks_1'), { status, code });
    assert.equal(requests.length, 1);
  }
});

test('Retry-After is obeyed, in seconds and as a date; a wait of more than a minute is left to the caller', async (t) => {
  const now = Date.parse('2026-03-02T09:30:00Z');
  const after = async (value: string) => {
    const { url, requests } = await serve(t, (_, res, n) => (n === 1 ? json(res, 429, problem(429, 'rate_limited'), { 'retry-after': value }) : json(res, 200, {})));
    const waits: number[] = [];
    const client = new Client({ baseURL: url, apiKey: 'k' }, { sleep: async (ms) => void waits.push(ms), now: () => now, random: () => 0.5 });
    const error = await getWorkspace(client, 'wks_1').then(() => undefined, (e: RateLimitError) => e);
    return { waits, requests: requests.length, retryAfter: error?.retryAfter };
  };
  assert.deepEqual(await after('7'), { waits: [7000], requests: 2, retryAfter: undefined });
  assert.deepEqual(await after('0'), { waits: [0], requests: 2, retryAfter: undefined });
  assert.deepEqual(await after('Mon, 02 Mar 2026 09:30:09 GMT'), { waits: [9000], requests: 2, retryAfter: undefined });
  assert.deepEqual(await after('Mon, 02 Mar 2026 09:29:00 GMT'), { waits: [0], requests: 2, retryAfter: undefined });
  assert.deepEqual(await after('soon'), { waits: [250], requests: 2, retryAfter: undefined });
  assert.deepEqual(await after('3600'), { waits: [], requests: 1, retryAfter: 3600 });
});

test('a call that must not run twice is not repeated without a key', async (t) => {
  const { url, requests } = await serve(t, (r, res) => (r.headers['x-cut'] ? res.destroy() : json(res, 503, problem(503, 'unavailable'))));
  const { client } = patient(url);
  const settings = () => updateWorkspaceSettings(client, 'wks_1', {});
  await assert.rejects(async () => settings(), { status: 503 });
  await assert.rejects(async () => updateWorkspaceSettings(client, 'wks_1', {}, { headers: { 'x-cut': '1' } }), APIConnectionError);
  await assert.rejects(async () => createToken(client, { grant_type: 'client_credentials' }), { status: 503 });
  assert.equal(requests.length, 3);
  // The header alone makes nothing safe where it is not documented.
  await assert.rejects(async () => updateWorkspaceSettings(client, 'wks_1', {}, { headers: { 'idempotency-key': 'k' } }), { status: 503 });
  assert.equal(requests[3]!.headers['idempotency-key'], undefined);
  await assert.rejects(async () => updateWorkspaceSettings(client, 'wks_1', {}, { idempotencyKey: 'k' }), /takes no idempotencyKey/);
  assert.equal(requests.length, 4);
  await assert.rejects(async () => removeMember(client, 'org_1', 'mem_1'), { status: 503 });
  assert.equal(requests.length, 7);
});

test('a documented key is sent, the same with every attempt, another with every call', async (t) => {
  const { url, requests } = await serve(t, (_, res, n) => (n % 2 === 1 ? res.destroy() : json(res, 201, {})));
  const { client } = patient(url);
  await createWorkspace(client, 'org_1', { name: 'a' });
  await inviteMember(client, 'org_1', { email: 'a@example.com', role: 'member' });
  await putPixelDomain(client, 'example.com', {}, { idempotencyKey: 'mine' });
  const keys = requests.map((r) => r.headers['idempotency-key']);
  assert.equal(keys[0], keys[1]);
  assert.equal(keys[2], keys[3]);
  assert.notEqual(keys[0], keys[2]);
  assert.match(String(keys[0]), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.deepEqual(keys.slice(4), ['mine', 'mine']);
});

test('a connection that is cut is an APIConnectionError with its cause, in the middle of a body as well', async (t) => {
  const { url, requests } = await serve(t, (_, res, n) => {
    if (n === 1) return res.destroy();
    res.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' }).write('{"id":');
    return res.socket!.end();
  });
  const { client } = patient(url);
  const error = await getWorkspace(client, 'wks_1').then(() => assert.fail('it succeeded'), (e: Error) => e);
  assert.ok(error instanceof APIConnectionError && !(error instanceof APITimeoutError), String(error));
  assert.ok(error.cause);
  assert.equal(requests.length, 3);
});

test('an answer that takes too long is an APITimeoutError, be it the head or the body', async (t) => {
  const { url } = await serve(t, (r, res) => (r.url.includes('body') ? res.writeHead(200).write('{') : undefined));
  for (const id of ['head', 'body']) {
    await assert.rejects(async () => getWorkspace(createClient({ baseURL: url, apiKey: 'k', maxRetries: 0 }), id, { timeout: 20 }), APITimeoutError);
  }
});

test('a signal ends a call before, during and between attempts, with its reason', async (t) => {
  const reason = new Error('enough');
  const during = new AbortController();
  const { url, requests } = await serve(t, () => during.abort(reason));
  const call = (signal: AbortSignal) => getWorkspace(createClient({ baseURL: url, apiKey: 'k' }), 'wks_1', { signal });
  await assert.rejects(async () => call(AbortSignal.abort(reason)), reason);
  assert.equal(requests.length, 0);
  await assert.rejects(async () => call(during.signal), reason);
  assert.equal(requests.length, 1);

  const between = new AbortController();
  const failing = await serve(t, (_, res) => json(res, 503, problem(503, 'unavailable'), { 'retry-after': '50' }));
  const fetch = async (...args: Parameters<typeof globalThis.fetch>) => {
    const response = await globalThis.fetch(...args);
    setImmediate(() => setImmediate(() => between.abort(reason)));
    return response;
  };
  await assert.rejects(async () => getWorkspace(createClient({ baseURL: failing.url, apiKey: 'k', fetch }), 'wks_1', { signal: between.signal }), reason);
  assert.equal(failing.requests.length, 1);
});

/** A server with a token endpoint; it accepts the tokens that `valid` has. */
async function withTokens(t: Parameters<typeof serve>[0], expires = 3600) {
  const valid = new Set<string>();
  let issued = 0;
  const server = await serve(t, (r, res) => {
    if (r.url === '/v2/auth/token') {
      const token = `token-${++issued}`;
      valid.add(token);
      return json(res, 200, { access_token: token, token_type: 'Bearer', expires_in: expires });
    }
    if (!valid.has(String(r.headers.authorization).replace('Bearer ', ''))) return json(res, 401, problem(401, 'unauthenticated'));
    return json(res, 200, { id: 'wks_1' });
  });
  const tokens = () => server.requests.filter((r) => r.url === '/v2/auth/token');
  return { ...server, valid, tokens };
}

test('a token is fetched once for many calls, with Basic credentials and the scopes', async (t) => {
  const { url, tokens, requests } = await withTokens(t);
  const client = createClient({ baseURL: url, clientId: 'cli 1', clientSecret: 's:é%', scopes: ['a:read', 'b:*'] });
  await Promise.all([1, 2, 3].map(() => getWorkspace(client, 'wks_1')));
  await getWorkspace(client, 'wks_1');
  assert.equal(tokens().length, 1);
  assert.equal(requests.length, 5);
  assert.equal(tokens()[0]!.body, 'grant_type=client_credentials&scope=a%3Aread+b%3A*');
  assert.equal(tokens()[0]!.headers.authorization, `Basic ${Buffer.from('cli+1:s%3A%C3%A9%25').toString('base64')}`);
});

test('a token is renewed before it expires', async (t) => {
  const { url, tokens } = await withTokens(t, 3600);
  let now = 0;
  const client = new Client({ baseURL: url, clientId: 'c', clientSecret: 's' }, { now: () => now });
  const at = async (seconds: number) => {
    now = seconds * 1000;
    await getWorkspace(client, 'wks_1');
    return tokens().length;
  };
  assert.deepEqual([await at(0), await at(3569), await at(3571), await at(3600)], [1, 1, 2, 2]);
});

test('a token that is refused is replaced, once', async (t) => {
  const { url, tokens, valid, requests } = await withTokens(t);
  const client = createClient({ baseURL: url, clientId: 'c', clientSecret: 's', maxRetries: 0 });
  await getWorkspace(client, 'wks_1');
  valid.clear();
  // Of calls that all meet the refusal, one fetches the new token. A call that may not be repeated is: it was refused.
  await Promise.all([getWorkspace(client, 'wks_1'), updateWorkspaceSettings(client, 'wks_1', {})]);
  assert.equal(tokens().length, 2);
  const dead = await serve(t, (r, res) => (r.url === '/v2/auth/token' ? json(res, 200, { access_token: 'x', expires_in: 60 }) : json(res, 401, problem(401, 'unauthenticated'))));
  await assert.rejects(async () => getWorkspace(createClient({ baseURL: dead.url, clientId: 'c', clientSecret: 's' }), 'wks_1'), AuthenticationError);
  assert.equal(dead.requests.length, 4);
  assert.equal(requests.length, 1 + 1 + 2 + 1 + 2);
});

test('a failing token endpoint fails the call with its error, and is asked again by the next', async (t) => {
  const { url, requests } = await serve(t, (r, res, n) => {
    if (n === 1) return json(res, 503, { error: 'temporarily_unavailable', error_description: 'Later.' });
    if (n === 2) return json(res, 401, { error: 'invalid_client', error_description: 'No.' }, { 'x-request-id': 'r9' });
    return json(res, 200, r.url === '/v2/auth/token' ? { access_token: 't', expires_in: 60 } : { id: 'wks_1' });
  });
  const client = new Client({ baseURL: url, clientId: 'c', clientSecret: 's' }, { sleep: async () => {} });
  await assert.rejects(async () => getWorkspace(client, 'wks_1'), { name: 'AuthenticationError', dialect: 'oauth', code: 'invalid_client', requestId: 'r9' });
  assert.equal(requests.length, 2);
  assert.equal((await getWorkspace(client, 'wks_1')).id, 'wks_1');
});

test('an API key that is refused is an error at once', async (t) => {
  const { url, requests } = await serve(t, (_, res) => json(res, 401, problem(401, 'unauthenticated')));
  await assert.rejects(async () => getWorkspace(createClient({ baseURL: url, apiKey: 'k' }), 'wks_1'), AuthenticationError);
  assert.equal(requests.length, 1);
});

test('without credentials public operations can be called, and no others', async (t) => {
  const { url, requests } = await serve(t, (_, res) => json(res, 200, { status: 'ok' }));
  const client = createClient({ baseURL: url });
  assert.equal((await getHealth(client)).status, 'ok');
  assert.equal(requests[0]!.headers.authorization, undefined);
  await assert.rejects(async () => getWorkspace(client, 'wks_1'), /needs credentials/);
  await getWorkspace(client, 'wks_1', { headers: { Authorization: 'Bearer mine' } });
  assert.equal(requests[1]!.headers.authorization, 'Bearer mine');
});

test('settings that cannot work are refused at once', () => {
  assert.throws(() => createClient({ baseURL: 'api.example.com' }), /baseURL/);
  assert.throws(() => createClient({ clientId: 'c', clientSecret: '' }), /clientSecret/);
  assert.equal(createClient().baseURL, 'https://api.alania-go.ru');
});

test('a request that no operation makes has the same machinery', async (t) => {
  const { url, requests } = await serve(t, (_, res, n) => (n === 1 ? res.destroy() : json(res, 200, { ok: true })));
  const { client } = patient(url);
  const at = new Date('2026-03-02T09:30:00Z');
  assert.deepEqual(await client.request({ method: 'POST', path: '/next', query: { a: [1, 2], b: [3, 4], at }, commas: ['b'], body: {}, keyed: true }), { ok: true });
  assert.deepEqual(requests.map((r) => r.url), Array(2).fill('/next?a=1&a=2&b=3%2C4&at=2026-03-02T09%3A30%3A00.000Z'));
});

test('409 is repeated only while the first request runs', async (t) => {
  const { url, requests } = await serve(t, (_, res, n) => json(res, 409, n === 1 ? { error: 'idempotency_in_flight', message: 'Wait.' } : { error: 'conflict', message: 'No.' }));
  const { client } = patient(url);
  await assert.rejects(async () => createWebhook(client, { url: 'https://example.com', events: ['*'] }), ConflictError);
  assert.equal(requests.length, 2);
});

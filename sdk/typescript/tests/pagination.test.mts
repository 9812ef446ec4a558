import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Alania, createClient, Page } from '@alania/sdk';
import { listPixelEvents, listWorkspaces as listByPage } from '@alania/sdk/core';
import { listWorkspaces } from '@alania/sdk/platform';
import { json, serve } from './http.mjs';

const page = (current: number, last: number, ids: number[]) => ({
  data: ids.map((id) => ({ id })),
  meta: { current_page: current, from: 1, last_page: last, per_page: 2, to: 2, total: 9 },
  links: {},
});

async function ids(list: AsyncIterable<{ id: unknown }>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const item of list) all.push(item.id);
  return all;
}

test('a list with cursors is followed to its end, with its filters, over an empty page', async (t) => {
  const answers = [{ data: [{ id: 1 }, { id: 2 }], next_cursor: 'c1' }, { data: [], next_cursor: 'c2' }, { data: [{ id: 3 }], next_cursor: null }];
  const { url, requests } = await serve(t, (_, res, n) => json(res, 200, answers[n - 1]));
  const client = new Alania({ baseURL: url, apiKey: 'k' });
  assert.deepEqual(await ids(client.platform.workspaces.list('org_1', { limit: 2, filter: { slug: 's' } })), [1, 2, 3]);
  const query = (cursor: string) => `/v2/orgs/org_1/workspaces?limit=2&filter%5Bslug%5D=s${cursor}`;
  assert.deepEqual(requests.map((r) => r.url), [query(''), query('&cursor=c1'), query('&cursor=c2')]);
});

test('a list with numbered pages is followed to the last, from where it was asked for', async (t) => {
  const { url, requests } = await serve(t, (r, res) => {
    const n = Number(new URL(r.url, 'http://x').searchParams.get('page') ?? 1);
    json(res, 200, page(n, 3, n < 3 ? [n * 10, n * 10 + 1] : [30]));
  });
  const client = createClient({ baseURL: url, apiKey: 'k' });
  assert.deepEqual(await ids(listByPage(client)), [10, 11, 20, 21, 30]);
  assert.deepEqual(await ids(listByPage(client, { page: 3 })), [30]);
  assert.equal(requests.length, 4);
  await ids(listPixelEvents(client, { page: 3 }, { workspaceId: 5 }));
  assert.equal(requests[4]!.headers['x-workspace-id'], '5');
});

test('the first page can be had alone, and the next when it is wanted', async (t) => {
  const { url, requests } = await serve(t, (_, res, n) => json(res, 200, { data: [{ id: n }], next_cursor: n < 2 ? 'c1' : null }));
  const list = listWorkspaces(createClient({ baseURL: url, apiKey: 'k' }), 'org_1');
  const first = await list;
  assert.ok(first instanceof Page);
  assert.equal(await list.page(), first);
  assert.equal((await list.withResponse()).response.status, 200);
  assert.deepEqual([first.items.map((w) => w.id), first.hasNextPage(), first.body.next_cursor, requests.length], [[1], true, 'c1', 1]);
  const second = await first.getNextPage();
  assert.deepEqual([second.items.map((w) => w.id), second.hasNextPage(), requests.length], [[2], false, 2]);
  assert.throws(() => second.getNextPage(), /no next page/);
});

test('pages are fetched when they are needed', async (t) => {
  const { url, requests } = await serve(t, (_, res, n) => json(res, 200, { data: [{ id: n }, { id: -n }], next_cursor: `c${n}` }));
  const client = createClient({ baseURL: url, apiKey: 'k' });
  let last: unknown;
  for await (const { id } of listWorkspaces(client, 'org_1')) {
    last = id;
    if (Number(id) === 3) break;
  }
  assert.deepEqual([last, requests.length], [3, 3]);
  const sizes: number[] = [];
  for await (const p of listWorkspaces(client, 'org_1').pages()) if (sizes.push(p.items.length) === 2) break;
  assert.deepEqual([sizes, requests.length], [[2, 2], 5]);
});

test('a list that leads back to itself ends with an error', async (t) => {
  const circle = await serve(t, (_, res, n) => json(res, 200, { data: [{ id: n }], next_cursor: n % 2 ? 'a' : 'b' }));
  await assert.rejects(ids(listWorkspaces(createClient({ baseURL: circle.url, apiKey: 'k' }), 'org_1')), /repeats itself: cursor a/);
  assert.equal(circle.requests.length, 3);
  const stuck = await serve(t, (_, res) => json(res, 200, page(1, 5, [1])));
  await assert.rejects(ids(listByPage(createClient({ baseURL: stuck.url, apiKey: 'k' }))), /repeats itself: page 2/);
  assert.equal(stuck.requests.length, 2);
  const hollow = await serve(t, (r, res) => json(res, 200, page(Number(new URL(r.url, 'http://x').searchParams.get('page') ?? 1), 1e9, [])));
  assert.deepEqual(await ids(listByPage(createClient({ baseURL: hollow.url, apiKey: 'k' }))), []);
  assert.equal(hollow.requests.length, 1);
});

test('errors of any page reach the loop', async (t) => {
  const { url } = await serve(t, (_, res, n) => (n === 1 ? json(res, 200, { data: [{ id: 1 }], next_cursor: 'c' }) : json(res, 422, { error: 'invalid_cursor', message: 'No.' })));
  await assert.rejects(ids(listWorkspaces(createClient({ baseURL: url, apiKey: 'k' }), 'org_1')), { status: 422 });
  const other = await serve(t, (_, res) => json(res, 200, { items: 'none' }));
  await assert.rejects(ids(listWorkspaces(createClient({ baseURL: other.url, apiKey: 'k' }), 'org_1')), /not a page/);
});

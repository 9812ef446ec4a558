// The builders of queries against the real server: every value is found as itself, and a change is for what it names.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Alania, createClient } from '@alania/sdk';
import { table } from '@alania/sdk/control';
import { json, serve } from './http.mjs';
import { credentials, start, type Server } from './server.mjs';

interface Word {
  id: number;
  text: string | null;
  rank: number;
  fine: boolean;
  seen: string;
  data: { text: string; list: string[] } | null;
}

interface Note {
  _id: string;
  text: string;
  total: number;
}

/** Texts that mean something in a URL, in a filter or in a pattern. */
const hostile = [
  '', ' ', 'null', 'true', '10', 'a,b', '"', '"a"', 'a"b', '(', ')', 'a)b(c', '\\', 'a\\', '\\"', 'a\\"),b', '{1,2}', '{', '*', 'a*b', '%', 'a%b', '_',
  'eq.1', 'not.is.null', '","', 'ü', '日本', '😀', 'a&b=c', 'a+b', '#', 'line\nbreak', '\t', "'", '--', '$', '.*', '[a]', '?', 'a->b', '::int',
  ')),or(id.gt.0', '$ne', '{"$gt":""}', 'undefined',
];

let server: Server;
let worker: Alania;
let workspaceId: string;

before(async () => {
  server = await start();
  const at = { baseURL: server.url };
  const open = new Alania({ ...at, apiKey: 'none' }).control;
  const signIn = async (username: string) => new Alania({ ...at, apiKey: (await open.auth.createToken({ grant_type: 'password', username, password: credentials.password })).access_token }).control;
  const admin = await signIn(credentials.email);
  const adminEmail = 'owner@queries.example.com';
  const made = await admin.tenants.create({ slug: 'queries', displayName: 'Queries', plan: 'pro', adminEmail });
  await open.auth.acceptInvitation(made.invitation!.token, { password: credentials.password });
  const own = await signIn(adminEmail);
  workspaceId = (await own.workspaces.create({ tenantId: made.id, slug: 'queries', displayName: 'Queries', capabilities: ['postgres', 'mongo'] })).id;
  const account = await own.serviceAccounts.create(workspaceId, { slug: 'worker', displayName: 'Worker', scopes: ['postgres:*', 'mongo:*'] });
  worker = new Alania({ ...at, clientId: account.clientId, clientSecret: account.clientSecret });
});
after(async () => server?.stop());

test('rows are found by values that are nothing else', async () => {
  await worker.control.tables.create(workspaceId, {
    name: 'words',
    columns: [
      { name: 'id', type: 'integer', primaryKey: true }, { name: 'text', type: 'text' }, { name: 'rank', type: 'integer' }, { name: 'fine', type: 'boolean' },
      { name: 'seen', type: 'timestamptz' }, { name: 'data', type: 'jsonb' },
    ],
  });
  const words = worker.control.table<Word>(workspaceId, 'words');
  const day = (n: number) => new Date(Date.UTC(2026, 0, n));
  const rows = [...hostile, null].map((text, i) => ({ id: i + 1, text, rank: i % 3, fine: i % 2 === 0, seen: day(i + 1).toISOString(), data: text === null ? null : { text, list: [text] } }));
  const made = await words.insert(rows);
  assert.equal(made.inserted, rows.length);
  assert.deepEqual(made.data[7]!.data, rows[7]!.data);

  for (const [i, text] of hostile.entries()) {
    const query = words.where('text', 'eq', text).where('text', 'in', [text]).where('text', 'in', [text, 'no such text']).where('data->>text', 'eq', text)
      .where('data->list->>0', 'eq', text).not(['text', 'neq', text]).and(['text', 'gte', text], ['text', 'lte', text]);
    const parts = query.and(['text', 'startsWith', text], ['text', 'endsWith', text], ['text', 'includes', text]);
    assert.deepEqual((await (text.includes('*') ? query : parts)).items.map(({ id }) => id), [i + 1], text);
  }
  // Only PostgreSQL can look for an asterisk as it is. What cannot says so, and finds nothing else.
  const starred = words.where('text', 'startsWith', 'a*').where('text', 'endsWith', '*b').where('text', 'includes', '*');
  await starred.then(({ items }) => assert.deepEqual(items.map(({ text }) => text), ['a*b']), ({ code }) => assert.equal(code, 'OPERATOR_NOT_SUPPORTED'));
  const count = async (query: PromiseLike<{ total: number }>) => (await query).total;
  assert.equal(await count(words.where('text', 'eq', null)), 1);
  assert.equal(await count(words.where('text', 'neq', null)), hostile.length);
  assert.equal(await count(words.where('text', 'in', ['null', null])), 2);
  assert.equal(await count(words.where('text', 'in', [])), 0);
  assert.equal(await count(words.where('text', 'in', hostile)), hostile.length);
  assert.equal(await count(words.where('fine', 'eq', true)), Math.ceil(rows.length / 2));
  assert.equal(await count(words.where('seen', 'lt', day(4))), 3);
  assert.equal(await count(words.where('seen', 'eq', day(4))), 1);
  assert.equal(await count(words.or(['id', 'eq', 1], { and: [['id', 'eq', 2], ['rank', 'eq', 1]] }, { not: ['id', 'lt', rows.length] })), 3);
  assert.equal(await count(words.where('text', 'like', 'a%c').where('rank', 'gte', 0)), 2);
});

test('rows of all pages are iterated, in an order', async () => {
  const words = worker.control.table<Word>(workspaceId, 'words');
  const query = words.select('id', 'text').where('id', 'gt', 3).order('rank', { descending: true, nulls: 'last' }).order('id').limit(7);
  const ids: number[] = [];
  for await (const row of query) {
    assert.deepEqual(Object.keys(row).sort(), ['id', 'text']);
    ids.push(row.id);
  }
  assert.equal(ids.length, hostile.length - 2);
  assert.equal(new Set(ids).size, ids.length);
  assert.deepEqual(ids.slice(0, 2), [6, 9]);

  const first = await query;
  assert.deepEqual([first.items.length, first.total, first.hasNextPage()], [7, ids.length, true]);
  assert.equal((await first.getNextPage()).items[0]!.id, ids[7]);
  const sizes: number[] = [];
  for await (const page of query.offset(30).pages({ maxRetries: 0 })) sizes.push(page.items.length);
  assert.equal(sizes.reduce((a, b) => a + b), ids.length - 30);
  await assert.rejects(async () => (await words.offset(1000)).getNextPage(), /no next page/);
  assert.deepEqual((await words.selectRaw<{ n: number }>('n:id.count()')).items, [{ n: hostile.length + 1 }]);
});

test('rows are changed by a filter, and never all of them by accident', async () => {
  const words = worker.control.table<Word>(workspaceId, 'words');
  // @ts-expect-error there is no filter
  assert.throws(() => words.delete(), /no filter/);
  // @ts-expect-error there is no filter
  assert.throws(() => words.update({ rank: 1 }), /no filter/);
  assert.throws(() => words.where('id', 'eq', 1).limit(1).delete(), /Only reading/);
  assert.throws(() => words.where('id', 'eq', undefined as unknown as number), /no value/);
  assert.throws(() => words.where('id', 'gt', null as unknown as number), /does not compare with null/);
  assert.throws(() => words.where('id', 'eq.1),or(id' as 'eq', 1), /no operator/);
  assert.throws(() => words.or(...([] as unknown as [['id', 'eq', 1]])), /needs conditions/);
  // @ts-expect-error there is no such column
  words.where('colour', 'eq', 'red');
  // @ts-expect-error the column has numbers
  words.where('id', 'eq', 'red');
  // @ts-expect-error there is no such column
  words.select('colour');

  assert.equal((await words.where('text', 'eq', 'a\\"),b').update({ text: 'b,"(' })).updated, 1);
  assert.equal((await words.where('text', 'eq', 'b,"(').delete()).deleted, 1);
  assert.equal((await words.updateAll({ rank: 9 })).updated, hostile.length);
  assert.equal((await words.deleteAll()).deleted, hostile.length);
});

test('documents are found, iterated and changed', async () => {
  const notes = worker.control.collection<Note>(workspaceId, 'notes');
  const all = hostile.map((text, total) => ({ _id: `n${total}`, text, total }));
  assert.equal((await notes.insert(all)).inserted, all.length);
  for (const [i, text] of hostile.entries()) assert.deepEqual((await notes.where({ text })).items, [all[i]], text);
  assert.equal((await notes.where({ text: { $in: ['null', '"'] } })).total, 2);
  assert.equal((await notes.where({ text: /^A,/i })).total, 1);

  const totals: number[] = [];
  for await (const note of notes.where({ total: { $gte: 5 } }).where({ total: { $lt: 30 } }).select('total').sort('-total', 'text').limit(7)) {
    assert.deepEqual(Object.keys(note).sort(), ['_id', 'total']);
    totals.push(note.total);
  }
  assert.deepEqual(totals, Array.from({ length: 25 }, (_, i) => 29 - i));

  // @ts-expect-error there is no filter
  assert.throws(() => notes.delete(), /no filter/);
  assert.throws(() => notes.where({ text: undefined }), /text is undefined/);
  assert.throws(() => notes.where({ total: 1 }).limit(1).delete(), /Only reading/);
  // @ts-expect-error the field has numbers
  notes.where({ total: 'many' });
  assert.equal((await notes.where({ text: 'a\\"),b' }).update({ $set: { total: 99 } })).modified, 1);
  assert.equal((await notes.where({ total: 99 }).delete()).deleted, 1);
  assert.equal((await notes.deleteAll()).deleted, hostile.length - 1);

  const dates = worker.control.collection<{ at: Date; n: bigint }>(workspaceId, 'dates');
  const at = new Date('2026-03-02T09:30:00Z');
  await dates.insert({ at, n: 9007199254740993n });
  assert.equal((await dates.where({ at: { $lte: at }, n: 9007199254740993n })).total, 1);
  assert.equal((await dates.where({ at: { $lt: at } })).total, 0);
});

test('nothing is sent before a query is awaited, and the parts of one are not shared', async (t) => {
  const { url, requests } = await serve(t, (_, res) => json(res, 200, { data: [], pagination: { limit: 20, offset: 0, total: 0, hasMore: false } }));
  const words = table<Word>(createClient({ baseURL: url, apiKey: 'k' }), 'w', 'words');
  const low = words.where('rank', 'lt', 2);
  const lowAndFine = low.where('fine', 'eq', true);
  assert.equal(requests.length, 0);
  await low;
  await lowAndFine.select('id').order('id', { nulls: 'first' });
  assert.deepEqual(requests.map((r) => new URL(r.url, url).searchParams.toString()), [
    new URLSearchParams({ and: '("rank".lt."2")' }).toString(),
    new URLSearchParams({ and: '("rank".lt."2","fine".eq."true")', select: '"id"', order: '"id".asc.nullsfirst' }).toString(),
  ]);
});

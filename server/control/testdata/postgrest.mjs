// Forty calls of @supabase/postgrest-js, with nothing but its URL and an Authorization header. The tables are those of
// TestPostgRESTClient.
import assert from 'node:assert/strict';
import { PostgrestClient } from '@supabase/postgrest-js';

const { url, authorization, countries, cities } = JSON.parse(process.argv[2]);
const client = new PostgrestClient(url, { headers: { Authorization: authorization } });
let calls = 0;

/** The answer of a call that succeeds. */
async function good(call, status) {
  calls++;
  const res = await call;
  assert.equal(res.error, null, `call ${calls}: ${JSON.stringify(res.error)}`);
  if (status) assert.equal(res.status, status, `call ${calls}`);
  return res;
}

/** The error of a call that is refused. */
async function bad(call, status, code) {
  calls++;
  const res = await call;
  assert.equal(res.status, status, `call ${calls}: ${JSON.stringify(res)}`);
  assert.equal(res.error?.code, code, `call ${calls}`);
  return res.error;
}

const names = (res) => res.data.map((row) => row.name).join();
const all = () => client.from(countries).select('name').order('id');

await good(client.from(countries).insert({ id: 1, name: 'Chile', area: 756.1, tags: ['long', 'south'] }), 201);
const many = await good(client.from(countries).insert([
  { id: 2, name: 'Peru', area: 1285.2, tags: ['high'] }, { id: 3, name: 'a,b', area: 10, tags: null }, { id: 4, name: 'c"d', area: 20.5, tags: [] },
]).select(), 201);
assert.equal(many.data.length, 3);
const one = await good(client.from(cities).insert({ name: 'Lima', country: 2, info: { mayor: { age: 50 }, port: true } }).select().single(), 201);
assert.equal(one.data.info.mayor.age, 50);
await good(client.from(cities).insert([{ name: 'Cusco', country: 2 }, { name: 'Arica', country: 1 }], { defaultToNull: false }), 201);
assert.equal((await good(client.from(countries).select('*'))).data.length, 4);
assert.equal(names(await good(all())), 'Chile,Peru,a,b,c"d');
assert.equal(names(await good(all().eq('name', 'a,b'))), 'a,b');
assert.equal(names(await good(all().neq('id', 1).gt('area', 10).lt('area', 1000))), 'c"d');
assert.equal(names(await good(all().gte('area', 20.5).lte('area', 756.1))), 'Chile,c"d');
assert.equal(names(await good(all().like('name', '%e%'))), 'Chile,Peru');
assert.equal(names(await good(all().ilike('name', 'P%'))), 'Peru');
assert.equal(names(await good(all().in('name', ['a,b', 'Chile']))), 'Chile,a,b');
assert.equal(names(await good(all().in('name', ['c"d', 'x']))), 'c"d');
assert.equal(names(await good(all().is('tags', null))), 'a,b');
assert.equal(names(await good(all().not('tags', 'is', null).limit(1))), 'Chile');
assert.equal(names(await good(all().or('id.eq.1,and(area.gt.15,area.lt.30)'))), 'Chile,c"d');
assert.equal(names(await good(all().filter('id', 'not.in', '(1,2)'))), 'a,b,c"d');
assert.equal(names(await good(all().match({ id: 2, name: 'Peru' }))), 'Peru');
assert.equal(names(await good(all().range(1, 2))), 'Peru,a,b');
assert.equal(names(await good(client.from(countries).select('name').order('area', { ascending: false }).limit(2))), 'Peru,Chile');
assert.equal((await good(client.from(countries).select('*', { count: 'exact' }).range(0, 1), 206)).count, 4);
const head = await good(client.from(countries).select('*', { count: 'exact', head: true }));
assert.equal(head.count, 4);
assert.equal(head.data, null);
assert.equal((await good(client.from(countries).select().eq('id', 2).single())).data.name, 'Peru');
assert.equal((await good(client.from(countries).select().eq('id', 99).maybeSingle())).data, null);
await bad(client.from(countries).select().single(), 406, 'PGRST116');
const embedded = await good(client.from(cities).select(`name, of:${countries}(name)`).eq('name', 'Lima').single());
assert.deepEqual(embedded.data, { name: 'Lima', of: { name: 'Peru' } });
const within = await good(client.from(countries).select(`name, ${cities}(name)`).eq('id', 2).order('name', { referencedTable: cities }));
assert.deepEqual(within.data[0][cities].map((c) => c.name), ['Cusco', 'Lima']);
assert.equal(names(await good(all().select(`name, ${cities}!inner(name)`).eq(`${cities}.name`, 'Arica'))), 'Chile');
assert.equal((await good(client.from(cities).select('age:info->mayor->>age').eq('name', 'Lima').single())).data.age, '50');
assert.equal((await good(client.from(cities).select('count()').single())).data.count, 3);
assert.match((await good(client.from(countries).select('id,name').eq('id', 1).csv())).data, /^id,name\n1,Chile/);
await good(client.from(countries).update({ area: 1 }).eq('id', 3), 204);
assert.equal((await good(client.from(countries).update({ area: 2 }).eq('id', 3).select('area').single(), 200)).data.area, 2);
const merged = await good(client.from(countries).upsert({ id: 3, name: 'merged', area: 3 }).select().single());
assert.equal(merged.data.name, 'merged');
await good(client.from(countries).upsert([{ id: 3, name: 'left' }, { id: 5, name: 'New' }], { onConflict: 'id', ignoreDuplicates: true }));
assert.equal(names(await good(all().gte('id', 3))), 'merged,c"d,New');
await bad(client.from(countries).insert({ id: 1, name: 'twice' }), 409, '23505');
await bad(client.from(cities).insert({ name: 'nowhere', country: 99 }), 409, '23503');
await bad(client.from(countries).delete(), 400, '21000');
assert.equal((await good(client.from(countries).delete({ count: 'exact' }).gte('id', 3))).count, 3);
await bad(client.from('nothing').select(), 404, 'PGRST205');
assert.ok(calls >= 40, `${calls} calls`);

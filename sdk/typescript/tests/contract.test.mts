// A contract that nobody has seen before: its own headers, lists, media types and errors. The generator and the client take it as it is.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { json, serve } from './http.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

const string = { type: 'string' };
const header = (name: string, schema: object) => ({ name, in: 'header', required: true, schema });
const ok = (schema: object, type = 'application/json') => ({ 200: { description: 'Yes.', content: { [type]: { schema } } } });
const security = [{ oidc: [] }];
const always = [header('X-API-Version', { type: 'string', const: '2026-01' }), header('X-Correlation-Id', { type: 'string', format: 'uuid' })];

const bundle = {
  openapi: '3.1.0',
  info: { title: 'Fleet API', version: '0.1.0', 'x-contract': 'fleet-ops' },
  servers: [{ url: 'https://fleet.example.com' }],
  tags: [{ name: 'Space Ships', description: 'Ships.' }],
  paths: {
    '/v1/ships': {
      get: {
        operationId: 'listSpaceShips', 'x-sdk': { resource: 'spaceShips', method: 'list' }, tags: ['Space Ships'], summary: 'List ships', security,
        parameters: [...always, { name: 'cursor', in: 'query', schema: string }, { name: 'kinds', in: 'query', explode: false, schema: { type: 'array', items: string } }],
        responses: ok({ type: 'object', required: ['items', 'pagination'], properties: { items: { type: 'array', items: { $ref: '#/components/schemas/Ship' } }, pagination: { type: 'object', properties: { nextCursor: { type: ['string', 'null'] } } } } }),
      },
      post: {
        operationId: 'createSpaceShip', 'x-sdk': { resource: 'spaceShips', method: 'create' }, tags: ['Space Ships'], summary: 'Create a ship', security,
        parameters: [...always, header('Idempotency-Key', string)],
        requestBody: { required: true, content: { 'application/json': { schema: { $ref: '#/components/schemas/Ship' } } } },
        responses: ok({ $ref: '#/components/schemas/Ship' }),
      },
    },
    '/v1/crews/{crew_id}/members': {
      get: {
        operationId: 'listCrewMembers', 'x-sdk': { resource: 'crews', method: 'listMembers' }, tags: ['Crews'], summary: 'List members', security,
        parameters: [{ name: 'crew_id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } }, { name: 'page', in: 'query', schema: { type: 'integer' } }, { name: 'page_size', in: 'query', schema: { type: 'integer' } }],
        responses: ok({ type: 'object', required: ['items', 'total', 'page', 'page_size'], properties: { items: { type: 'array', items: string }, total: { type: 'integer' }, page: { type: 'integer' }, page_size: { type: 'integer' } } }),
      },
    },
    '/v1/log': { get: { operationId: 'getLog', 'x-sdk': { resource: 'crews', method: 'getLog' }, tags: ['Crews'], summary: 'Get the log', security: [], responses: ok(string, 'text/plain') } },
    '/v1/film': {
      put: {
        operationId: 'putFilm', 'x-sdk': { resource: 'crews', method: 'putFilm' }, tags: ['Crews'], summary: 'Put the film', security: [], 'x-stream': 'request',
        requestBody: { required: true, content: { 'video/mp4': { schema: { type: 'string', format: 'binary' } } } },
        responses: { 204: { description: 'Kept.' } },
      },
      get: {
        operationId: 'getFilm', 'x-sdk': { resource: 'crews', method: 'getFilm' }, tags: ['Crews'], summary: 'Get the film', security: [], 'x-stream': 'response',
        responses: ok({ type: 'string', format: 'binary' }, 'video/mp4'),
      },
    },
    '/v1/news': {
      get: {
        operationId: 'readNews', 'x-sdk': { resource: 'crews', method: 'readNews' }, tags: ['Crews'], summary: 'Read the news', security: [], 'x-stream': 'events',
        responses: ok(string, 'text/event-stream'),
      },
    },
    '/v1/photo': {
      put: {
        operationId: 'putPhoto', 'x-sdk': { resource: 'crews', method: 'putPhoto' }, tags: ['Crews'], summary: 'Put the photo', security: [{ cookie: [] }],
        requestBody: { required: true, content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } } },
        responses: ok({ type: 'string', format: 'binary' }, 'application/octet-stream'),
      },
    },
  },
  components: {
    schemas: { Ship: { type: 'object', required: ['name'], properties: { name: string, class: { type: 'string', enum: ['scout', 'freighter'] } } } },
    securitySchemes: {
      oidc: { type: 'openIdConnect', openIdConnectUrl: 'https://id.example.com' },
      cookie: { type: 'apiKey', in: 'cookie', name: 'session' },
      oauth2: { type: 'oauth2', flows: { clientCredentials: { tokenUrl: '/v2/auth/token', scopes: {} } } },
    },
  },
};

test('a new contract needs nothing but its bundle', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'alania-sdk-contract-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    assert.equal(status, 0, `${args.join(' ')}\n${stdout}\n${stderr}`);
  };
  mkdirSync(join(folder, 'bundles'));
  writeFileSync(join(folder, 'bundles/fleet-ops.json'), JSON.stringify(bundle));
  cpSync(join(root, 'src'), join(folder, 'src'), { recursive: true });
  rmSync(join(folder, 'src/builders'), { recursive: true }); // they are of a contract that is not there
  cpSync(join(root, 'tsconfig.json'), join(folder, 'tsconfig.json'));
  run(join(root, 'scripts/generate.mjs'), join(folder, 'bundles'), folder);
  run(tsc, '-p', '.');
  writeFileSync(join(folder, 'dist/esm/package.json'), JSON.stringify({ type: 'module', imports: { '#crypto': './crypto-node.js' } }));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));

  const { url, requests } = await serve(t, (r, res, n) => {
    if (r.url.startsWith('/v1/ships') && r.method === 'GET') return json(res, 200, { items: [{ name: `s${n}` }], pagination: { nextCursor: n === 1 ? 'c1' : null } });
    if (r.url.includes('page=2')) return json(res, 200, { items: ['c'], total: 3, page: 2, page_size: 2 });
    if (r.url.startsWith('/v1/crews')) return json(res, 200, { items: ['a', 'b'], total: 3, page: 1, page_size: 2 });
    if (r.url === '/v1/log') return res.writeHead(200, { 'content-type': 'text/plain' }).end('7 bells');
    if (r.url === '/v1/film') return res.writeHead(r.method === 'PUT' ? 204 : 200).end(r.method === 'PUT' ? undefined : 'frames');
    if (r.url === '/v1/news') {
      const news = ['retry: 1\n: hello\n\nid: 1\nevent: a\ndata: x\ndata: y\n\n', 'data: cut', 'id: 2\r\ndata:z\r\n\r\n'][requests.filter((q) => q.url === r.url).length - 1];
      return news ? res.writeHead(200, { 'content-type': 'text/event-stream' }).end(news) : res.writeHead(204).end();
    }
    if (r.url === '/v1/photo') return res.writeHead(200, { 'content-type': 'application/octet-stream' }).end(r.body);
    return json(res, 409, { error: { code: 'NAME_TAKEN', message: 'No.', correlationId: 'c-1', timestamp: '2026-03-02T09:30:00Z' } });
  });
  const { Alania } = (await import(pathToFileURL(join(folder, 'dist/esm/index.js')).href)) as { Alania: new (config: object) => any };
  const { spaceShips, crews } = new Alania({ baseURL: url, apiKey: 'k' }).fleetOps;
  const all = async (list: AsyncIterable<unknown>) => {
    const items: unknown[] = [];
    for await (const item of list) items.push(item);
    return items;
  };
  assert.deepEqual(await all(spaceShips.list({ kinds: ['scout', 'tug'] })), [{ name: 's1' }, { name: 's2' }]);
  assert.equal(requests[1]!.url, '/v1/ships?kinds=scout%2Ctug&cursor=c1');
  assert.equal(requests[0]!.headers['x-api-version'], '2026-01');
  assert.match(String(requests[0]!.headers['x-correlation-id']), /^[0-9a-f-]{36}$/);
  await assert.rejects(async () => spaceShips.create({ name: 'x', class: 'new' }, { correlationId: 'mine' }), { status: 409, dialect: 'control', code: 'NAME_TAKEN' });
  assert.equal(requests[2]!.headers['x-correlation-id'], 'mine');
  assert.ok(requests[2]!.headers['idempotency-key']);
  assert.deepEqual(await all(crews.listMembers('1')), ['a', 'b', 'c']);
  assert.equal(await crews.getLog(), '7 bells');
  const photo = (await crews.putPhoto(new Blob(['pixels']))) as Blob;
  assert.equal(await photo.text(), 'pixels');
  await crews.putFilm(new Blob(['a film']).stream());
  assert.deepEqual([requests.at(-1)!.body, requests.at(-1)!.headers['content-type']], ['a film', 'video/mp4']);
  assert.equal(await new Response(await crews.getFilm()).text(), 'frames');
  assert.deepEqual(await all(crews.readNews()), [{ id: '1', type: 'a', data: 'x\ny' }, { id: '2', type: 'message', data: 'z' }]);
  const asked = requests.filter((q) => q.url === '/v1/news').map((q) => q.headers['last-event-id']);
  assert.deepEqual(asked, [undefined, '1', '1', '2']);
});

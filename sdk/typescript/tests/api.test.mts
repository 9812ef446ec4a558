// The SDK against the real server: the operations of the published contracts, and what is hard about the network.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { request as forward } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Alania, createClient, UnprocessableEntityError, NotFoundError, PermissionDeniedError, Webhook, WebhookVerificationError } from '@alania/sdk';
import { createWorkspace, listWorkspaces, type WebhookEvent } from '@alania/sdk/platform';
import { json, listen, serve, text, type Received } from './http.mjs';
import { credentials, start, until, type Server } from './server.mjs';

const { apiKey, clientId, clientSecret, email, password } = credentials;
let server: Server;
before(async () => void (server = await start()));
after(async () => server?.stop());

const dist = fileURLToPath(new URL('../../../../openapi/dist/', import.meta.url));

/** Every operation of the published contracts, with what its URLs look like. */
const operations = readdirSync(dist)
  .filter((file) => file.endsWith('.json') && file !== 'openapi.json')
  .flatMap((file) => {
    const bundle = JSON.parse(readFileSync(dist + file, 'utf8')) as { paths: Record<string, Record<string, { operationId?: string }>> };
    return Object.entries(bundle.paths).flatMap(([path, item]) =>
      Object.entries(item).flatMap(([method, { operationId }]) => {
        const pattern = path.split(/\{[^}]+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('([^/]+)');
        const fixed = path.replace(/\{[^}]+\}/g, '').length;
        return operationId ? [{ id: `${file.slice(0, -5)}.${operationId}`, method: method.toUpperCase(), pattern: new RegExp(`^${pattern}$`), fixed }] : [];
      }),
    );
  });

/** A fetch that notes which operations succeeded. */
function recording(): { fetch: typeof fetch; succeeded: Set<string> } {
  const succeeded = new Set<string>();
  const recorded = async (...[input, init]: Parameters<typeof fetch>) => {
    const response = await fetch(input, init);
    const { pathname } = new URL(String(input));
    const [operation] = operations.filter((o) => o.method === init?.method && o.pattern.test(pathname)).sort((a, b) => b.fixed - a.fixed);
    assert.ok(operation, `${init?.method} ${pathname} is no operation of a bundle`);
    if (response.ok) succeeded.add(operation.id);
    return response;
  };
  return { fetch: recorded, succeeded };
}

/** A system of a tenant's: items for a connector, and a webhook receiver that keeps what it got. */
async function tenantSystem(t: { after(fn: () => void): void }) {
  const hooks: Received[] = [];
  let hang = false;
  let got = () => {};
  const { url } = await serve(t, (r, res) => {
    if (r.url.startsWith('/items')) return hang ? undefined : json(res, 200, { items: [{ id: '1', name: 'One' }, { id: '2', name: 'Two' }] });
    hooks.push(r);
    got();
    return res.writeHead(r.url === '/refused' ? 500 : 204).end();
  });
  return {
    url,
    hooks,
    hang: (on: boolean) => void (hang = on),
    /** Waits until a webhook came that is wanted. */
    hook: async (wanted: (r: Received) => boolean) => {
      for (;;) {
        const found = hooks.find(wanted);
        if (found) return found;
        await new Promise<void>((resolve) => (got = resolve));
      }
    },
  };
}

/** The first org, with a workspace of its own for the test. */
async function home(client: Alania, name: string) {
  const org = (await client.platform.organizations.list()).items[0]!;
  const workspace = await client.platform.workspaces.create(org.id, { name });
  return { orgId: org.id, workspaceId: workspace.id };
}

describe('operations', { timeout: 120_000 }, () => {
  const { fetch, succeeded } = recording();
  const make = () => new Alania({ baseURL: server.url, clientId, clientSecret, fetch });

  test('of the platform: authentication, health, organizations', async () => {
    const { platform } = make();
    const token = await platform.authentication.createToken({ grant_type: 'client_credentials', scope: 'orgs:read' });
    const own = new Alania({ baseURL: server.url, apiKey: token.access_token, fetch }).platform;
    assert.equal((await own.organizations.list({ limit: 1 })).items.length, 1);
    await platform.authentication.revokeToken({ token: token.access_token });
    await assert.rejects(async () => own.organizations.list(), { status: 401, dialect: 'problem', code: 'unauthenticated' });
    assert.equal((await platform.authentication.getJwks()).keys.length > 0, true);
    assert.equal((await platform.authentication.getOAuthServerMetadata()).issuer, server.url);
    assert.equal((await platform.health.getLiveness()).status.length > 0, true);
    assert.equal((await platform.health.getReadiness()).status.length > 0, true);
    assert.equal((await platform.health.get()).status, 'ok');
  });

  test('of the platform: workspaces, members, keys, audit', async () => {
    const client = make();
    const { platform } = client;
    const { orgId, workspaceId } = await home(client, 'Platform');
    assert.equal((await platform.workspaces.list(orgId, { filter: { name: 'Platform' } })).items[0]!.id, workspaceId);
    const { response } = await platform.workspaces.get(workspaceId).withResponse();
    const etag = response.headers.get('etag')!;
    await assert.rejects(async () => platform.workspaces.get(workspaceId, { ifNoneMatch: etag }), { status: 304 });
    assert.equal((await platform.workspaces.updateSettings(workspaceId, { retention_days: 30 }, { ifMatch: etag })).retention_days, 30);
    await assert.rejects(async () => platform.workspaces.updateSettings(workspaceId, { retention_days: 31 }, { ifMatch: etag }), { status: 412 });
    assert.equal((await platform.workspaces.getSettings(workspaceId)).retention_days, 30);

    const member = await platform.members.invite(orgId, { email: 'ada@example.com', role: 'member' });
    assert.equal((await platform.members.get(orgId, member.id)).email, 'ada@example.com');
    assert.equal((await platform.members.changeRole(orgId, member.id, { role: 'admin' })).role, 'admin');
    assert.equal((await platform.members.list(orgId, { filter: { email: 'ada@example.com' } })).items.length, 1);
    await platform.members.remove(orgId, member.id);

    const key = await platform.apiKeys.create(orgId, { name: 'CI', scopes: ['orgs:read'] });
    assert.equal((await platform.apiKeys.get(orgId, key.id)).name, 'CI');
    assert.ok((await platform.apiKeys.list(orgId)).items.some((k) => k.id === key.id));
    await platform.apiKeys.revoke(orgId, key.id);
    assert.ok((await platform.audit.listEntries(orgId, { filter: { action: 'key.revoked', since: new Date(0) } })).items.length > 0);
  });

  test('of control: storage, as streams', async () => {
    const client = make();
    const { storage } = client.control;
    const { workspaceId } = await home(client, 'Storage');
    const lines = 'a line\n'.repeat(200_000);
    const stored = await storage.put(workspaceId, 'größe/a b.txt', new Blob([lines], { type: 'text/plain' }));
    assert.deepEqual([stored.size, stored.contentType], [lines.length, 'text/plain']);
    const typed = await storage.put(workspaceId, 'b', new Blob([lines]).stream(), { headers: { 'content-type': 'text/csv' } });
    assert.deepEqual([typed.size, typed.contentType], [lines.length, 'text/csv']);
    assert.equal(await new Response(await storage.get(workspaceId, 'größe/a b.txt')).text(), lines);
    assert.equal(await new Response(await storage.get(workspaceId, 'b', {}, { range: 'bytes=2-5' })).text(), 'line');
    const upload = await storage.createUpload(workspaceId, { key: 'parts' });
    await storage.putPart(workspaceId, upload.id, 1, new Blob(['one']));
    assert.equal((await storage.completeUpload(workspaceId, upload.id, {})).size, 3);
    assert.equal((await storage.list(workspaceId, { prefix: 'größe/' })).items[0]!.etag, stored.etag);
    await storage.delete(workspaceId, 'b');
    await assert.rejects(async () => storage.get(workspaceId, 'b'), { status: 404 });
  });

  /** A client with the token of a person. */
  const signIn = async (username: string, word: string) => {
    const { auth } = new Alania({ baseURL: server.url, apiKey: 'none', fetch }).control;
    const first = await auth.createToken({ grant_type: 'password', username, password: word });
    const next = await auth.refreshToken({ refreshToken: first.refresh_token! });
    return new Alania({ baseURL: server.url, apiKey: next.access_token, fetch }).control;
  };

  test('of control: the platform, tenants, workspaces and what is in them', async () => {
    const { auth, platform, tenants } = await signIn(email, password);
    assert.equal((await platform.getHealth()).status, 'ok');
    assert.ok((await platform.getInfo()).apiVersions.length > 0);
    assert.equal((await auth.getSignupPolicy()).mode, 'invitation');
    const made = await tenants.create({ slug: 'acme-corp', displayName: 'Acme', plan: 'pro', adminEmail: 'owner@acme.example.com' });
    assert.equal((await auth.acceptInvitation((made.invitation as { token: string }).token, { password, name: 'Ada' })).realmId, 'acme-corp');
    const own = await signIn('owner@acme.example.com', password);
    assert.deepEqual((await own.tenants.list()).items.map((tenant) => tenant.id), [made.id]);
    await tenants.update(made.id, { displayName: 'Acme Corporation' });
    assert.equal((await own.tenants.get(made.id)).displayName, 'Acme Corporation');

    const workspace = await own.workspaces.create({ tenantId: made.id, slug: 'dev-environment', displayName: 'Development', capabilities: ['postgres', 'mongo', 'storage', 'kafka'] });
    assert.equal((await own.workspaces.update(workspace.id, { displayName: 'Dev' })).displayName, 'Dev');
    assert.equal((await own.workspaces.get(workspace.id)).tenantId, made.id);
    assert.ok((await own.workspaces.list({ limit: 1 })).items.length === 1);

    const account = await own.serviceAccounts.create(workspace.id, { slug: 'worker', displayName: 'Worker', scopes: ['storage:*', 'postgres:*', 'mongo:*', 'events:*'] });
    assert.equal((await own.serviceAccounts.get(workspace.id, account.id)).slug, 'worker');
    const { clientSecret: secret } = await own.serviceAccounts.rotateSecret(workspace.id, account.id);
    const { storage, tables, rows, postgrest, documents, events } = new Alania({ baseURL: server.url, clientId: account.clientId, clientSecret: secret, fetch }).control;
    await storage.put(workspace.id, 'a', new Blob(['text']));
    await storage.copy(workspace.id, { from: 'a', to: 'c' });
    const link = async (method: 'GET' | 'PUT') => {
      const { searchParams } = new URL((await storage.createLink(workspace.id, { key: 'c', method })).url);
      return { expires: Number(searchParams.get('expires')), signature: searchParams.get('signature')! };
    };
    await storage.putLinked(workspace.id, 'c', new Blob(['linked']), await link('PUT'));
    assert.equal(await new Response(await storage.getLinked(workspace.id, 'c', await link('GET'))).text(), 'linked');
    const upload = await storage.createUpload(workspace.id, { key: 'd' });
    assert.deepEqual((await storage.getUpload(workspace.id, upload.id)).parts, []);
    assert.equal((await storage.listUploads(workspace.id)).items.length, 1);
    await storage.abortUpload(workspace.id, upload.id);
    for (const key of ['a', 'c']) await storage.delete(workspace.id, key);

    await tables.create(workspace.id, { name: 'products', columns: [{ name: 'id', type: 'bigserial', primaryKey: true }, { name: 'name', type: 'text' }, { name: 'price', type: 'integer' }] });
    await tables.update(workspace.id, 'products', { addColumns: [{ name: 'stock', type: 'integer' }] });
    assert.equal((await tables.get(workspace.id, 'products')).columns.length, 4);
    assert.equal((await tables.list(workspace.id)).items.length, 1);
    assert.equal((await rows.insert(workspace.id, 'products', [{ name: 'Chair', price: 49 }, { name: 'Desk', price: 199 }])).inserted, 2);
    const dear = { price: 'gt.100' };
    assert.deepEqual((await rows.list(workspace.id, 'products', { ...dear, select: 'name' })).data, [{ name: 'Desk' }]);
    assert.equal((await rows.updateAll(workspace.id, 'products', { stock: 3 }, dear)).updated, 1);
    await rows.update(workspace.id, 'products', '1', { stock: 4 });
    assert.equal((await rows.get(workspace.id, 'products', '1')).data.stock, 4);
    await rows.delete(workspace.id, 'products', '1');
    assert.equal((await rows.deleteAll(workspace.id, 'products', dear)).deleted, 1);
    const whole = { prefer: 'return=representation', headers: { 'content-type': 'application/json' } };
    const lamp = { id: 'eq.7' };
    await postgrest.insert(workspace.id, 'products', JSON.stringify([{ id: 7, name: 'Lamp' }]), {}, whole);
    await postgrest.put(workspace.id, 'products', JSON.stringify([{ id: 7, name: 'Lamp', price: 9 }]), lamp, whole);
    await postgrest.update(workspace.id, 'products', JSON.stringify({ price: 8 }), lamp, whole);
    assert.deepEqual(await postgrest.read(workspace.id, 'products', { ...lamp, select: 'price' }), [{ price: 8 }]);
    await postgrest.delete(workspace.id, 'products', lamp, whole);
    await tables.delete(workspace.id, 'products');

    await documents.insert(workspace.id, 'orders', { _id: 'a', status: 'paid', total: 10 });
    await documents.insert(workspace.id, 'orders', [{ _id: 'b', status: 'paid', total: 20 }, { _id: 'c', status: 'new' }]);
    assert.equal((await documents.list(workspace.id, 'orders', { 'filter.status': 'paid' })).data.length, 2);
    await documents.update(workspace.id, 'orders', 'a', { $inc: { total: 5 } });
    assert.equal((await documents.get(workspace.id, 'orders', 'a')).data.total, 15);
    await documents.replace(workspace.id, 'orders', 'b', { status: 'new' });
    assert.equal((await documents.bulk(workspace.id, 'orders', { operations: [{ insertOne: { document: { _id: 'd', status: 'paid' } } }] })).inserted, 1);
    const pipeline = [{ $group: { _id: '$status', n: { $sum: 1 } } }];
    assert.equal((await documents.aggregate(workspace.id, 'orders', { pipeline })).data.length, 2);
    const index = await documents.createIndex(workspace.id, 'orders', { keys: { status: 1 } });
    assert.ok((await documents.listIndexes(workspace.id, 'orders')).items.some((i) => i.name === index.name));
    await documents.explainQuery(workspace.id, 'orders', { 'filter.status': 'paid' });
    await documents.explainPipeline(workspace.id, 'orders', { pipeline });
    await documents.deleteIndex(workspace.id, 'orders', index.name);
    await documents.delete(workspace.id, 'orders', 'a');
    assert.equal((await documents.listCollections(workspace.id)).items.length, 1);
    await documents.deleteCollection(workspace.id, 'orders');

    await events.createTopic(workspace.id, { name: 'user.actions', partitions: 2 });
    await events.publish(workspace.id, { topic: 'user.actions', key: 'usr_123', payload: { amount: 198.95 } });
    assert.equal((await events.publish(workspace.id, [{ topic: 'user.actions', payload: 2 }, { topic: 'user.actions', payload: 3 }])).items?.length, 2);
    assert.equal((await events.updateTopic(workspace.id, 'user.actions', { retentionSeconds: 3600 })).events, 3);
    await events.getTopic(workspace.id, 'user.actions');
    assert.equal((await events.listMessages(workspace.id, 'user.actions')).items.length, 3);
    assert.equal((await events.listTopics(workspace.id)).items.length, 1);
    const polled = await events.poll(workspace.id, 'user.actions', 'mailer', { member: 'worker-1' });
    assert.equal(polled.items.length, 3);
    await events.commit(workspace.id, 'user.actions', 'mailer', { member: 'worker-1', offsets: polled.offsets });
    assert.equal((await events.getGroup(workspace.id, 'user.actions', 'mailer')).lag, 0);
    assert.equal((await events.listGroups(workspace.id, 'user.actions')).items.length, 1);
    await events.deleteGroup(workspace.id, 'user.actions', 'mailer');
    await events.deleteTopic(workspace.id, 'user.actions');
    assert.equal((await own.serviceAccounts.list(workspace.id)).items.length, 1);
    await own.serviceAccounts.delete(workspace.id, account.id);

    const application = await own.applications.create(workspace.id, { slug: 'shop', displayName: 'Shop', accessType: 'confidential', redirectUris: ['https://shop.example.com/callback'] });
    assert.equal((await own.applications.get(workspace.id, application.id)).slug, 'shop');
    assert.notEqual((await own.applications.rotateSecret(workspace.id, application.id)).clientSecret, application.clientSecret);
    assert.equal((await own.applications.list(workspace.id)).items.length, 1);
    await own.applications.delete(workspace.id, application.id);
    await own.workspaces.delete(workspace.id);

    const realm = (await own.realms.list()).items[0]!.realmId;
    await own.realmRoles.create(realm, { roleName: 'bookkeeper' });
    assert.ok((await own.realmRoles.list(realm)).items.some((role) => role.roleName === 'bookkeeper'));
    await own.realmRoles.delete(realm, 'bookkeeper');
    const client = await own.realmClients.create(realm, { clientId: 'storefront' });
    assert.equal((await own.realmClients.get(realm, client.id)).clientId, 'storefront');
    assert.notEqual((await own.realmClients.rotateSecret(realm, client.id)).clientSecret, client.clientSecret);
    assert.equal((await own.realmClients.list(realm)).items.length, 2); // console is there from the start
    await own.realmClients.delete(realm, client.id);
    const user = await own.realmUsers.create(realm, { email: 'grace@acme.example.com' });
    assert.equal((await own.realmUsers.get(realm, user.id)).status, 'invited');
    await own.realmUsers.setPassword(realm, user.id, { password });
    assert.deepEqual((await own.realmUsers.assignRoles(realm, user.id, { roles: ['tenant_operator'] })).roles, ['tenant_operator']);
    assert.equal((await own.realmUsers.update(realm, user.id, { displayName: 'Grace' })).displayName, 'Grace');
    assert.equal((await own.realmUsers.list(realm)).items.length, 2);
    await own.realmUsers.delete(realm, user.id);
    await tenants.delete(made.id);
    await assert.rejects(async () => own.tenants.get(made.id), { status: 401 });
  });

  test('of the platform: webhooks', async (t) => {
    const { webhooks } = make().platform;
    const system = await tenantSystem(t);
    assert.ok((await webhooks.listEventTypes()).data.length > 0);
    const endpoint = await webhooks.createEndpoint({ url: `${system.url}/hook`, events: ['webhook.test'] });
    assert.equal((await webhooks.getEndpoint(endpoint.id)).url, `${system.url}/hook`);
    assert.equal((await webhooks.updateEndpoint(endpoint.id, { description: 'Ours' })).description, 'Ours');
    assert.ok((await webhooks.listEndpoints()).items.some((e) => e.id === endpoint.id));
    assert.notEqual((await webhooks.rotateSecret(endpoint.id)).signing_secret, endpoint.signing_secret);
    const delivery = await webhooks.testEndpoint(endpoint.id);
    await until(() => webhooks.getDelivery(delivery.id), (d) => d.state === 'succeeded');
    assert.ok((await webhooks.listDeliveries({ filter: { endpoint_id: endpoint.id } })).items.some((d) => d.id === delivery.id));
    await webhooks.retryDelivery(delivery.id);
    await webhooks.recoverDeliveries(endpoint.id, { since: '2026-01-01T00:00:00Z' });
    await webhooks.deleteEndpoint(endpoint.id);
  });

  test('of the platform: integrations, jobs, records', async (t) => {
    const client = make();
    const { integrations, jobs, records } = client.platform;
    const { workspaceId } = await home(client, 'Integrations');
    const system = await tenantSystem(t);
    assert.ok((await integrations.listConnectors()).data.some((c) => c.id === 'http_json'));
    const config = { url: `${system.url}/items`, entity: 'items', items_path: '/items' };
    const { binding, job } = await integrations.createBinding('http_json', { workspace_id: workspaceId, name: 'Items', config });
    await until(() => jobs.get(job.id), (j) => j.finished_at !== null);
    assert.equal((await integrations.getBinding(binding.id)).state, 'ready');
    const validation = await integrations.validateBinding(binding.id);
    await until(() => jobs.get(validation.id), (j) => j.finished_at !== null);
    await until(() => integrations.getBinding(binding.id), (b) => b.state === 'ready');
    assert.equal((await integrations.updateBinding(binding.id, { name: 'Things' })).name, 'Things');
    const run = await integrations.startSyncRun(binding.id, { full: true });
    await until(() => integrations.getSyncRun(run.id), (r) => r.state === 'succeeded');
    assert.equal((await integrations.getSyncRunV1(run.id)).id, run.id);
    assert.equal((await records.list(workspaceId, { filter: { binding_id: binding.id } })).items.length, 2);
    assert.ok((await integrations.listBindings({ filter: { workspace_id: workspaceId } })).items.length > 0);
    assert.ok((await integrations.listSyncRuns({ filter: { binding_id: binding.id } })).items.length > 0);

    system.hang(true);
    const stuck = await integrations.startSyncRun(binding.id);
    await integrations.cancelSyncRun(stuck.id);
    await until(() => integrations.getSyncRun(stuck.id), (r) => r.state === 'cancelled');
    const again = await integrations.startSyncRun(binding.id, {});
    await jobs.cancel(again.job_id);
    await until(() => integrations.getSyncRun(again.id), (r) => r.state === 'cancelled');
    await integrations.deleteBinding(binding.id);
  });

  test('of core: workspaces, keys, webhooks', async (t) => {
    const { core } = make();
    const { data: workspace } = await core.workspaces.create({ name: 'Core', tier: 'pro' });
    assert.equal((await core.workspaces.get(workspace.id, { include: 'owner' })).data.name, 'Core');
    assert.equal((await core.workspaces.update(workspace.id, { settings: { timezone: 'Europe/London' } })).data.id, workspace.id);
    assert.ok((await core.workspaces.list({ search: 'Core' })).items.length > 0);

    const { data: key } = await core.apiKeys.create({ name: 'App', scopes: ['orgs:read'] });
    assert.equal((await core.apiKeys.get(key.id)).data.name, 'App');
    const { data: rotated } = await core.apiKeys.rotate(key.id, { grace_period_hours: 1 });
    assert.ok((await core.apiKeys.list()).items.length > 1);
    await core.apiKeys.revoke(rotated.id);

    const system = await tenantSystem(t);
    const options = { workspaceId: workspace.id };
    const { data: webhook } = await core.webhooks.create({ url: `${system.url}/core`, events: ['webhook.test'] }, options);
    assert.equal((await core.webhooks.get(webhook.id)).data.url, `${system.url}/core`);
    await core.webhooks.update(webhook.id, { is_active: true });
    assert.equal((await core.webhooks.list({}, options)).items.length, 1);
    await core.webhooks.rotateSecret(webhook.id);
    await core.webhooks.test(webhook.id);
    await system.hook((r) => r.url === '/core');
    await core.webhooks.update(webhook.id, { url: `${system.url}/refused` });
    await core.webhooks.test(webhook.id); // answers when it was tried
    const { items: deliveries } = await core.webhooks.listDeliveries(webhook.id, { status: 'failed' });
    await core.webhooks.retryDelivery(webhook.id, deliveries[0]!.id);
    await core.webhooks.delete(webhook.id);
    await core.workspaces.delete(workspace.id);
  });

  test('of core: entitlements, SEO, pixel, MCP', async (t) => {
    const { core } = make();
    const { data: workspace } = await core.workspaces.create({ name: 'Usage', tier: 'pro' });
    const options = { workspaceId: workspace.id };
    await core.entitlements.recordUsage({ feature: 'posts', quantity: 2 }, options);
    assert.equal((await core.entitlements.check({ feature: 'posts' }, options)).allowed, true);
    assert.ok((await core.entitlements.getUsageSummary(options)).data);

    const issue = { type: 'missing_alt', severity: 'warning', element: 'img.hero' };
    await core.seoReports.submit({ url: 'https://example.com/page', scores: { seo: 95 }, issues: [issue] }, options);
    assert.equal((await core.seoReports.listIssues(workspace.id)).items.length, 1);

    await core.pixelTracking.putDomain('sdk.example.com', { enabled: true }, options);
    assert.equal((await core.pixelTracking.getConfig({ domain: 'sdk.example.com' })).enabled, true);
    assert.equal((await core.pixelTracking.trackEvent({ event: 'pageview', url: 'https://sdk.example.com/' })).tracked, true);
    assert.equal((await core.pixelTracking.listDomains({}, options)).items.length, 1);
    assert.equal((await core.pixelTracking.listEvents({}, options)).items.length, 1);
    await core.pixelTracking.deleteDomain('sdk.example.com', options);

    const system = await tenantSystem(t);
    assert.equal((await core.mcp.getServer('filesystem', options)).data.id, 'filesystem');
    await core.mcp.createServer({ id: 'docs', name: 'Docs', transport: 'streamable_http', url: `${system.url}/mcp` }, options);
    assert.deepEqual((await core.mcp.listServers(options)).data.map((s) => s.id).sort(), ['docs', 'filesystem']);
    await core.mcp.deleteServer('docs', options);
    assert.ok((await core.mcp.listServerTools('filesystem', options)).data.some((tool) => tool.name === 'write_file'));
    await core.mcp.callTool({ server: 'filesystem', tool: 'write_file', arguments: { path: 'notes/today.md', content: 'Hello' } }, options);
    assert.ok(await core.mcp.getResource('file:///notes/today.md', options));
    assert.ok((await core.mcp.listCalls({}, options)).items.length > 0);
  });

  test('of keys', async () => {
    const { platform, keys } = make();
    const org = (await platform.organizations.list()).items[0]!;
    const member = await platform.members.invite(org.id, { email: 'grace@example.com', role: 'admin' });
    const made = await keys.apiKey.createUserApiKey({ daysTillExpiration: 1, permissions: { crmPermissions: ['READ_LEADS'] } });
    const listed = (await keys.apiKey.listMyApiKeys()).find((k) => k.truncatedKey === made.truncatedKey)!;
    await keys.apiKey.rename(listed.id, { name: 'CI deploys' });
    assert.equal((await keys.apiKey.listMyApiKeys()).find((k) => k.id === listed.id)!.name, 'CI deploys');
    assert.ok(await keys.apiKey.getValidPermissions());
    await keys.apiKey.delete(listed.id);
    await keys.apiKey.listUserApiKeys(member.user_id);
    await keys.apiKey.deleteUserApiKeys(member.user_id);
  });

  // What is not called here is called with the examples of its bundle, in examples.test.mts.
  test('that was called succeeded', () => {
    assert.ok(succeeded.size >= 95, `only ${succeeded.size} operations succeeded`);
    assert.deepEqual(operations.map(({ id }) => id).filter((id) => id.startsWith('control.') && !succeeded.has(id)), []);
  });
});

test('pagination across pages, of both kinds', async () => {
  const client = new Alania({ baseURL: server.url, apiKey });
  const { orgId } = await home(client, 'Page 0');
  for (let n = 1; n <= 4; n++) await client.platform.workspaces.create(orgId, { name: `Page ${n}` });
  const ids = new Set<string>();
  let pages = 0;
  for await (const page of client.platform.workspaces.list(orgId, { limit: 2, sort: 'name' }).pages()) {
    pages++;
    for (const w of page.items) ids.add(w.id);
  }
  assert.ok(pages >= 3 && ids.size >= 5, `${pages} pages, ${ids.size} workspaces`);
  const numbers = new Set<number>();
  let total = 0;
  for await (const page of client.core.workspaces.list({ per_page: 2 }).pages()) {
    total = page.body.meta.total;
    for (const w of page.items) numbers.add(w.id);
  }
  assert.equal(numbers.size, total);
  assert.equal(numbers.size, ids.size);
});

/** Something in front of the server that can spoil an exchange. `before` ends a request itself when it gives true; `after` may drop the answer. */
async function proxy(t: { after(fn: () => void): void }, spoil: { before?: (n: number) => [number, object, Record<string, string>?] | undefined; drop?: (n: number) => boolean }) {
  const requests: { method: string; url: string; key: string | undefined }[] = [];
  const url = await listen(t, async (req, res) => {
    const body = await text(req);
    requests.push({ method: req.method!, url: req.url!, key: req.headers['idempotency-key'] as string | undefined });
    const n = requests.length;
    const answer = spoil.before?.(n);
    if (answer) return json(res, ...answer);
    const out = forward(server.url + req.url, { method: req.method!, headers: req.headers }, async (back) => {
      const answered = await text(back);
      if (spoil.drop?.(n)) return res.destroy();
      return res.writeHead(back.statusCode!, back.headers).end(answered);
    });
    return out.end(body);
  });
  return { url, requests };
}

test('a 429 and a 503 are retried', async (t) => {
  const problem = (status: number, code: string) => ({ type: `/errors/${code}`, title: code, status, detail: 'Later.', instance: '/', code, request_id: 'r' });
  const { url, requests } = await proxy(t, {
    before: (n) => (n === 1 ? [429, problem(429, 'rate_limited'), { 'retry-after': '0' }] : n === 2 ? [503, problem(503, 'unavailable'), { 'retry-after': '0' }] : undefined),
  });
  const client = new Alania({ baseURL: url, apiKey });
  assert.equal((await client.platform.organizations.list()).items.length, 1);
  assert.equal(requests.length, 3);
});

test('a call whose answer was lost is repeated, and makes one row', async (t) => {
  const direct = new Alania({ baseURL: server.url, apiKey });
  const orgId = (await direct.platform.organizations.list()).items[0]!.id;
  const { url, requests } = await proxy(t, { drop: (n) => n === 1 });
  const { data, response } = await createWorkspace(createClient({ baseURL: url, apiKey }), orgId, { name: 'Made once' }).withResponse();
  assert.equal(response.headers.get('x-idempotency-replayed'), 'true');
  assert.equal(requests.length, 2);
  assert.ok(requests[0]!.key);
  assert.equal(requests[0]!.key, requests[1]!.key);
  assert.deepEqual((await listWorkspaces(direct, orgId, { filter: { name: 'Made once' } })).items.map((w) => w.id), [data.id]);
});

test('webhooks are verified while their secret is rotated', { timeout: 60_000 }, async (t) => {
  const client = new Alania({ baseURL: server.url, clientId, clientSecret });
  const system = await tenantSystem(t);
  const endpoint = await client.platform.webhooks.createEndpoint({ url: `${system.url}/rotating`, events: ['workspace.created'] });
  const { orgId } = await home(client, 'Before the rotation');
  const hook = (name: string) => system.hook((r) => r.url === '/rotating' && r.body.includes(name));
  const first = await hook('Before the rotation');
  const event = await new Webhook(endpoint.signing_secret).verify<WebhookEvent>(first.body, first.headers);
  assert.equal(event.type === 'workspace.created' && event.data.name, 'Before the rotation');
  assert.equal(event.id, first.headers['webhook-id']);

  const { signing_secret: secret } = await client.platform.webhooks.rotateSecret(endpoint.id);
  await client.platform.workspaces.create(orgId, { name: 'During the rotation' });
  const second = await hook('During the rotation');
  // Receivers that have the old secret, the new one, or both.
  for (const secrets of [endpoint.signing_secret, secret, [endpoint.signing_secret, secret]]) {
    assert.equal((await new Webhook(secrets).verify(second.body, second.headers)).type, 'workspace.created');
  }
  await assert.rejects(new Webhook(secret).verify(first.body, first.headers), WebhookVerificationError);
  await client.platform.webhooks.deleteEndpoint(endpoint.id);
});

test('errors of each dialect have their class, code and violations', async () => {
  const client = new Alania({ baseURL: server.url, apiKey });
  const caught = (promise: PromiseLike<unknown>) => Promise.resolve(promise).then(() => assert.fail('it succeeded'), (e: unknown) => e);
  const { orgId } = await home(client, 'Errors');
  const problem = await caught(client.platform.workspaces.create(orgId, { name: '' }));
  assert.ok(problem instanceof UnprocessableEntityError);
  assert.deepEqual([problem.dialect, problem.code, problem.violations[0]?.pointer], ['problem', 'validation_failed', '/name']);
  assert.equal(problem.requestId, problem.headers.get('x-request-id'));
  const core = await caught(client.core.workspaces.create({ name: '' }));
  assert.ok(core instanceof UnprocessableEntityError);
  assert.deepEqual([core.dialect, core.code, core.violations[0]?.pointer], ['core', 'validation_failed', '/name']);
  const keys = await caught(client.keys.apiKey.delete('key_01KA8XTG5N7Z1Y3X5W9V2T4R6P'));
  assert.ok(keys instanceof NotFoundError);
  assert.equal(keys.dialect, 'keys');
  const oauth = await caught(new Alania({ baseURL: server.url, clientId, clientSecret: 'w'.repeat(32) }).platform.organizations.list());
  assert.ok(oauth instanceof Error);
  assert.deepEqual([(oauth as { dialect?: string }).dialect, (oauth as { code?: string }).code], ['oauth', 'invalid_client']);
  const narrow = new Alania({ baseURL: server.url, clientId, clientSecret, scopes: ['orgs:read'] });
  assert.equal((await narrow.platform.organizations.list()).items.length, 1);
  const denied = await caught(narrow.platform.workspaces.list(orgId));
  assert.ok(denied instanceof PermissionDeniedError);
  assert.equal(denied.code, 'insufficient_scope');
});

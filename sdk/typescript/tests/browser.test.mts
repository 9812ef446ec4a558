// The SDK in a real browser, against a server that is the page's own.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { json, serve } from './http.mjs';

const candidates = [process.env.ALANIA_TEST_CHROMIUM, 'chromium', 'chromium-browser', 'google-chrome'];
const chromium = candidates.find((name) => name && spawnSync(name, ['--version']).status === 0);
const skip = !chromium && !process.env.ALANIA_TEST_REQUIRE_BROWSER && 'there is no Chromium';

const program = `
import { Alania, Webhook } from '@alania/sdk';
const client = new Alania({ baseURL: location.origin, apiKey: async () => 'short-lived' });
const names = [];
try {
  for await (const w of client.platform.workspaces.list('org_1')) names.push(w.name);
  await client.platform.workspaces.create('org_1', { name: 'New' });
  const error = await client.core.webhooks.get(7).catch((e) => e);
  const webhook = new Webhook('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
  const event = await webhook.verify('{"id":"evt_1","type":"t"}', await webhook.sign('evt_1', '{"id":"evt_1","type":"t"}'));
  await fetch('/result', { method: 'POST', body: JSON.stringify({ names, error: error.name, code: error.code, event: event.id }) });
} catch (e) {
  await fetch('/result', { method: 'POST', body: JSON.stringify(String(e.stack)) });
}`;

test('it runs in a browser', { skip, timeout: 60_000 }, async (t) => {
  assert.ok(chromium, 'there is no Chromium');
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const stdin = { contents: program, resolveDir: root };
  const { outputFiles } = await build({ stdin, bundle: true, format: 'esm', platform: 'browser', target: 'es2022', write: false });
  let finish: (result: string) => void;
  const result = new Promise<string>((resolve) => (finish = resolve));
  let cut = true;
  const { url, requests } = await serve(t, (r, res) => {
    if (r.url === '/') return res.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>t</title><script type="module" src="/program.js"></script>');
    if (r.url === '/program.js') return res.writeHead(200, { 'content-type': 'text/javascript' }).end(outputFiles[0]!.text);
    if (r.url === '/result') return finish(r.body), res.writeHead(204).end();
    if (r.url.startsWith('/api/v1/webhooks/7')) return json(res, 404, { error: 'not_found', message: 'No.' });
    if (r.method === 'POST' && cut) return (cut = false), json(res, 503, {}, { 'retry-after': '0' });
    if (r.method === 'POST') return json(res, 201, { id: 'wks_3' });
    return json(res, 200, r.url.includes('cursor=c1') ? { data: [{ name: 'b' }], next_cursor: null } : { data: [{ name: 'a' }], next_cursor: 'c1' });
  });
  const folder = mkdtempSync(join(tmpdir(), 'alania-sdk-browser-'));
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'];
  const browser = spawn(chromium, [...flags, `--user-data-dir=${folder}`, '--remote-debugging-port=0', url], { stdio: 'ignore', detached: true });
  const ended = once(browser, 'exit');
  try {
    const failed = ended.then(([code]) => JSON.stringify(`the browser ended with ${code}`));
    assert.deepEqual(JSON.parse(await Promise.race([result, failed])), { names: ['a', 'b'], error: 'NotFoundError', code: 'not_found', event: 'evt_1' });
    const made = requests.filter((r) => r.method === 'POST' && r.url === '/v2/orgs/org_1/workspaces');
    assert.equal(made.length, 2);
    assert.equal(made[0]!.headers['idempotency-key'], made[1]!.headers['idempotency-key']);
    assert.match(String(made[0]!.headers['user-agent']), /Mozilla/);
  } finally {
    browser.kill();
    await ended;
    await endGroup(browser.pid!);
    await remove(folder);
  }
});

/** endGroup ends what is left of the browser's process group: its helpers may outlive it, and write to its folder. */
async function endGroup(pid: number) {
  for (const end = Date.now() + 10_000; Date.now() < end; await setTimeout(50)) {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      return; // there is none
    }
  }
}

/** remove deletes a folder. It starts afresh when a file is made meanwhile, which rmSync with maxRetries does not. */
async function remove(folder: string) {
  for (const end = Date.now() + 10_000; ; await setTimeout(100)) {
    try {
      return rmSync(folder, { recursive: true, force: true });
    } catch (e) {
      if (Date.now() > end) throw e;
    }
  }
}

// What is published: the tarball, its types, its size in a bundle, and the words about it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
let folder: string; // a project that has the package installed
let tarball: Buffer;

function run(command: string, args: string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  assert.equal(status, 0, `${command} ${args.join(' ')}: ${error ?? ''}\n${stdout}\n${stderr}`);
  return stdout;
}

/** Packs what is built, and gives the tarball. */
function pack(to: string): Buffer {
  mkdirSync(to, { recursive: true });
  const file = run(process.execPath, [join(root, 'scripts/pack.mjs'), to], root).trim().split('\n').pop()!;
  return readFileSync(file);
}

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'alania-sdk-package-'));
  tarball = pack(join(folder, 'first'));
  const installed = join(folder, 'node_modules/@alania/sdk');
  mkdirSync(installed, { recursive: true });
  writeFileSync(join(folder, 'sdk.tgz'), tarball);
  run('tar', ['-xzf', join(folder, 'sdk.tgz'), '-C', installed, '--strip-components=1'], folder);
  symlinkSync(join(root, 'node_modules/@types'), join(folder, 'node_modules/@types'));
  symlinkSync(join(root, 'node_modules/undici-types'), join(folder, 'node_modules/undici-types'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

test('the tarball has the same bytes each time, and nothing that is not for users', () => {
  assert.ok(pack(join(folder, 'second')).equals(tarball));
  const files = run('tar', ['-tzf', 'sdk.tgz'], folder).trim().split('\n');
  assert.deepEqual(files.filter((f) => !/^package\/(dist\/(esm|cjs)\/.*\.(js|d\.ts|json)|package\.json|README\.md|api\.md|LICENSE)$/.test(f)), []);
  for (const file of ['dist/esm/index.js', 'dist/cjs/index.d.ts', 'dist/esm/contracts/platform/index.js', 'LICENSE', 'api.md']) assert.ok(files.includes(`package/${file}`), file);
});

test('the version is the same everywhere', async () => {
  const version = readFileSync(join(root, '../VERSION'), 'utf8').trim();
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string; dependencies?: object };
  assert.equal(manifest.version, version);
  assert.equal(manifest.dependencies, undefined);
  assert.equal((await import('@alania/sdk')).version, version);
});

test('it can be imported and required', () => {
  const program = `console.log(typeof sdk.Alania, typeof platform.listWorkspaces, typeof webhooks.Webhook, new sdk.Alania({ apiKey: 'k' }).core.webhooks.list.length);`;
  writeFileSync(join(folder, 'a.mjs'), `import * as sdk from '@alania/sdk'; import * as platform from '@alania/sdk/platform'; import * as webhooks from '@alania/sdk/webhooks'; ${program}`);
  writeFileSync(join(folder, 'a.cjs'), `const sdk = require('@alania/sdk'), platform = require('@alania/sdk/platform'), webhooks = require('@alania/sdk/webhooks'); ${program}`);
  for (const file of ['a.mjs', 'a.cjs']) assert.equal(run(process.execPath, [file], folder), 'function function function 2\n');
});

test('its types fit every module system, with the types of browsers or of Node alone', () => {
  const source = `import { Alania } from '@alania/sdk';\nimport { listWorkspaces, type Workspace } from '@alania/sdk/platform';\nimport { Webhook } from '@alania/sdk/webhooks';
export async function first(): Promise<Workspace | undefined> { const c = new Alania({ apiKey: 'k' }); return (await listWorkspaces(c, 'org')).items[0]; }
export const hook = new Webhook('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');\n`;
  for (const name of ['b.mts', 'b.cts', 'b.ts']) writeFileSync(join(folder, name), source);
  const flags = ['--noEmit', '--strict', '--target', 'es2022'];
  const browser = ['--lib', 'es2022,dom,dom.iterable'];
  const empty = ['--typeRoots', join(folder, 'first')];
  run(process.execPath, [tsc, ...flags, ...browser, ...empty, '--module', 'nodenext', 'b.mts', 'b.cts'], folder);
  run(process.execPath, [tsc, ...flags, ...browser, ...empty, '--module', 'esnext', '--moduleResolution', 'bundler', 'b.ts'], folder);
  run(process.execPath, [tsc, ...flags, ...browser, ...empty, '--module', 'commonjs', '--moduleResolution', 'node10', 'b.ts'], folder);
  run(process.execPath, [tsc, ...flags, '--lib', 'es2022', '--types', 'node', '--skipLibCheck', '--module', 'nodenext', 'b.mts'], folder);
});

test('a program that makes one call is less than 12 KB, and runs in browsers', async () => {
  const entry = join(folder, 'one.mjs');
  writeFileSync(entry, `import { createClient } from '@alania/sdk';\nimport { listWorkspaces } from '@alania/sdk/platform';\nconst client = createClient({ apiKey: 'sk_live_1' });\nfor await (const w of listWorkspaces(client, 'org_1')) console.log(w.name);\n`);
  const bundle = async (file: string) => {
    const { outputFiles } = await build({ entryPoints: [file], bundle: true, minify: true, format: 'esm', platform: 'browser', write: false, absWorkingDir: folder });
    return outputFiles[0]!.text;
  };
  const one = await bundle(entry);
  assert.ok(Buffer.byteLength(one) < 12 * 1024, `${Buffer.byteLength(one)} bytes`);
  assert.ok(one.includes('/v2/orgs/'));
  assert.ok(!/\/api\/v1\/|whsec|node:/.test(one), 'it has in it what it does not use');
  writeFileSync(join(folder, 'all.mjs'), `import { Alania } from '@alania/sdk';\nconsole.log(new Alania({ apiKey: 'k' }));\n`);
  const all = await bundle(join(folder, 'all.mjs'));
  assert.ok(all.includes('/api/v1/') && !all.includes('node:'));
});

test('the examples of the README compile', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const blocks = [...readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((m) => m[1]!);
  assert.ok(blocks.length >= 12);
  const files = blocks.map((block, i) => {
    // What an earlier example of the page has made.
    const given = [
      !/import \{[^}]*\bAlania\b/.test(block) && /\bAlania\b|\bclient\b/.test(block) && `import { Alania } from '@alania/sdk';`,
      !/const client\b/.test(block) && /\bclient\b/.test(block) && 'declare const client: Alania;',
      /\borgId\b/.test(block) && 'declare const orgId: string;',
    ].filter(Boolean);
    const name = `readme-${i}.mts`;
    writeFileSync(join(folder, name), `${given.join('\n')}\n${block}\nexport {};\n`);
    return name;
  });
  run(process.execPath, [tsc, '--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022', '--module', 'nodenext', '--types', 'node', '--lib', 'es2022,dom,dom.iterable', ...files], folder);
});

test('every operation and event is in the reference', () => {
  const reference = readFileSync(join(root, 'api.md'), 'utf8');
  const bundle = JSON.parse(readFileSync(join(root, '../../openapi/dist/openapi.json'), 'utf8')) as { paths: Record<string, Record<string, { operationId: string; summary: string }>> };
  for (const [path, item] of Object.entries(bundle.paths)) {
    for (const [method, { operationId, summary }] of Object.entries(item)) {
      assert.ok(reference.includes(`\`${method.toUpperCase()} ${path}\`, function \`${operationId.replace(/^[^_]*_/, '')}\``), operationId);
      assert.ok(reference.includes(`${summary}.`), summary);
    }
  }
});

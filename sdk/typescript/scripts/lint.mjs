// Gives the joined bundle to the generators that partners use, and compiles what they make of it.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bundle = join(root, '../../openapi/dist/openapi.json');
const folder = mkdtempSync(join(tmpdir(), 'alania-generators-'));

function run(program, ...args) {
  const { status, stdout, stderr, error } = spawnSync(join(root, 'node_modules/.bin', program), args, { cwd: root, encoding: 'utf8' });
  if (status === 0) return;
  console.error(`${program} ${args.join(' ')}: ${error ?? `status ${status}`}\n${stdout}\n${stderr}`);
  process.exit(1);
}

function compile(file) {
  const none = join(folder, 'none');
  mkdirSync(none, { recursive: true });
  run('tsc', '--noEmit', '--strict', '--target', 'es2022', '--module', 'esnext', '--moduleResolution', 'bundler', '--lib', 'es2022,dom,dom.iterable', '--typeRoots', none, file);
}

process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

run('openapi-typescript', bundle, '-o', join(folder, 'openapi.ts'));
compile(join(folder, 'openapi.ts'));
console.log('openapi-typescript: its types compile');

// Its program comes from Maven Central (the version is in openapitools.json) on the first run, which some networks do not
// let through: that says nothing of the bundle.
const generator = (...args) => spawnSync(join(root, 'node_modules/.bin/openapi-generator-cli'), args, { cwd: root, encoding: 'utf8' });
if (spawnSync('java', ['-version']).status !== 0) {
  console.log('openapi-generator typescript-fetch: not tried, it needs Java');
} else if (generator('version').status !== 0) {
  console.log('openapi-generator typescript-fetch: not tried, its program could not be fetched');
} else {
  run('openapi-generator-cli', 'generate', '-g', 'typescript-fetch', '-i', bundle, '-o', join(folder, 'fetch'));
  compile(join(folder, 'fetch/index.ts'));
  console.log('openapi-generator typescript-fetch: its client compiles');
}

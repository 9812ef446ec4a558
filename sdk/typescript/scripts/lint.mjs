// Gives the joined bundle to the generators that partners use, and compiles what they make of it.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bundle = join(root, '../../openapi/dist/openapi.json');
const folder = mkdtempSync(join(tmpdir(), 'alania-generators-'));

function start(program, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: root, encoding: 'utf8', ...options });
  if (status === 0) return stdout;
  console.error(`${program} ${args.join(' ')}: ${error ?? `status ${status}`}\n${stdout}\n${stderr}`);
  process.exit(1);
}

const run = (program, ...args) => start(join(root, 'node_modules/.bin', program), args);

function compile(file) {
  const none = join(folder, 'none');
  mkdirSync(none, { recursive: true });
  run('tsc', '--noEmit', '--strict', '--target', 'es2022', '--module', 'esnext', '--moduleResolution', 'bundler', '--lib', 'es2022,dom,dom.iterable', '--typeRoots', none, file);
}

process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

run('openapi-typescript', bundle, '-o', join(folder, 'openapi.ts'));
compile(join(folder, 'openapi.ts'));
console.log('openapi-typescript: its types compile');

/** The python of a virtual environment with what the client in the folder needs; undefined, with the reason told, without. */
function pythonFor(client) {
  const attempt = (program, ...args) => spawnSync(program, args, { encoding: 'utf8' });
  const environment = join(folder, 'venv');
  if (attempt('python3', '--version').status !== 0) {
    console.log('openapi-generator python: not tried, it needs Python 3');
  } else if (attempt('python3', '-m', 'venv', environment).status !== 0) {
    console.log('openapi-generator python: not tried, it needs the venv module (Debian: python3-venv)');
  } else if (attempt(join(environment, 'bin/pip'), 'install', '--quiet', '-r', join(client, 'requirements.txt')).status !== 0) {
    console.log('openapi-generator python: not tried, the packages of its client could not be fetched');
  } else {
    return join(environment, 'bin/python');
  }
}

// Its program comes from Maven Central (the version is in openapitools.json) on the first run, which some networks do not
// let through: that says nothing of the bundle.
const generator = (...args) => spawnSync(join(root, 'node_modules/.bin/openapi-generator-cli'), args, { cwd: root, encoding: 'utf8' });
if (spawnSync('java', ['-version']).status !== 0) {
  console.log('openapi-generator typescript-fetch, python: not tried, it needs Java');
} else if (generator('version').status !== 0) {
  console.log('openapi-generator typescript-fetch, python: not tried, its program could not be fetched');
} else {
  run('openapi-generator-cli', 'generate', '-g', 'typescript-fetch', '-i', bundle, '-o', join(folder, 'fetch'));
  compile(join(folder, 'fetch/index.ts'));
  console.log('openapi-generator typescript-fetch: its client compiles');

  const client = join(folder, 'python');
  run('openapi-generator-cli', 'generate', '-g', 'python', '-i', bundle, '-o', client, '--package-name', 'alania');
  const python = pythonFor(client);
  if (python) {
    // It writes methods without types for webhooks, into files of the tag that the events have. Its client imports none of them.
    start(python, ['-m', 'compileall', '-q', '-x', String.raw`_events_api\.py$`, join(client, 'alania')]);
    process.stdout.write(start(python, [join(root, 'scripts/lint.py'), bundle, 'alania'], { env: { ...process.env, PYTHONPATH: client } }));
  }
}

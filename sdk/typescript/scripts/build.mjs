// Compiles src/ to dist/esm and dist/cjs, from nothing, so that no file of an earlier build is packed.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const formats = { esm: ['tsconfig.json', 'module'], cjs: ['tsconfig.cjs.json', 'commonjs'] };

rmSync(`${root}/dist`, { recursive: true, force: true });
for (const [format, [config, type]] of Object.entries(formats)) {
  const { status } = spawnSync(process.execPath, [tsc, '-p', config], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  mkdirSync(`${root}/dist/${format}`, { recursive: true });
  // What the files of the folder are, whatever the package as a whole is, and which WebCrypto they use where.
  const imports = { '#crypto': { node: './crypto-node.js', default: './crypto-web.js' } };
  writeFileSync(`${root}/dist/${format}/package.json`, `${JSON.stringify({ type, sideEffects: false, imports })}\n`);
}

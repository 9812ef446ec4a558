// Packs what is built into the folder that is named (dist/sdk/npm of the repository unless given), and prints the file's path. npm
// gives every file the same time, owner and mode, so that the same source is the same bytes.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = resolve(process.argv[2] ?? join(root, '../../dist/sdk/npm'));
if (!existsSync(join(root, 'dist/esm/index.js'))) throw new Error('nothing is built: run `npm run build`');
mkdirSync(folder, { recursive: true });
const { status, stdout, stderr } = spawnSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], { cwd: root, encoding: 'utf8' });
if (status !== 0) throw new Error(`npm pack: ${stderr}`);
console.log(join(folder, JSON.parse(stdout)[0].filename));

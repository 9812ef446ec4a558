// The real server, built from this repository and run for one test file on a database of its own.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const credentials = {
  apiKey: 'sk_live_sdktest12_0123456789abcdef0123456789abcdef',
  clientId: 'cli_sdk_test',
  clientSecret: 'a-client-secret-of-32-characters-or-more',
  email: 'admin@sdk.example.com',
  password: 'correct horse battery',
};

export interface Server {
  url: string;
  stop(): Promise<void>;
}

/** Starts the server; ALANIA_SDK_TEST_SERVER names a program that is built already. */
export async function start(): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'alania-sdk-test-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const program = process.env.ALANIA_SDK_TEST_SERVER || join(folder, 'alania');
  if (!process.env.ALANIA_SDK_TEST_SERVER) {
    // The flags are those of `make build`, so that the build cache serves both.
    const build = spawnSync('go', ['build', '-buildvcs=false', '-trimpath', '-gcflags=all=-dwarf=false', '-ldflags', '-s -w -X main.version=v0.0.0-test', '-o', program, './cmd/alania'], {
      cwd: fileURLToPath(new URL('../../../..', import.meta.url)),
      env: { ...process.env, CGO_ENABLED: '0' },
      encoding: 'utf8',
    });
    if (build.status !== 0) {
      remove();
      throw new Error(`go build: ${build.error ?? build.stderr}`);
    }
  }
  const server = spawn(program, ['serve'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      ALANIA_ADDR: '127.0.0.1:0',
      ALANIA_METRICS_ADDR: '127.0.0.1:0',
      ALANIA_LOG_LEVEL: 'warn',
      ALANIA_DRAIN_DELAY: '0s',
      ALANIA_DATABASE_URL: `sqlite://${join(folder, 'a.db')}`,
      ALANIA_OBJECTS_URL: `file://${join(folder, 'objects')}`,
      ALANIA_MCP_ROOT: join(folder, 'mcp'),
      ALANIA_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
      ALANIA_BOOTSTRAP_API_KEY: credentials.apiKey,
      ALANIA_BOOTSTRAP_CLIENT_ID: credentials.clientId,
      ALANIA_BOOTSTRAP_CLIENT_SECRET: credentials.clientSecret,
      ALANIA_BOOTSTRAP_EMAIL: credentials.email,
      ALANIA_BOOTSTRAP_PASSWORD: credentials.password,
      ALANIA_WEBHOOK_ALLOW_NETS: '127.0.0.0/8',
      ALANIA_WEBHOOK_ALLOW_HTTP: 'true',
      ALANIA_CONNECTOR_ALLOW_NETS: '127.0.0.0/8',
      ALANIA_CONNECTOR_ALLOW_HTTP: 'true',
    },
  });
  const ended = once(server, 'exit');
  let log = '';
  server.stderr.on('data', (chunk: Buffer) => (log += chunk));
  const stop = async () => {
    server.kill('SIGTERM');
    await ended;
    remove();
  };
  try {
    const url = await Promise.race([
      (async () => {
        for await (const line of createInterface(server.stdout)) {
          log += `${line}\n`;
          const [, at] = / serves (\S+)/.exec(line) ?? [];
          if (at) return at;
        }
        return undefined;
      })(),
      ended.then(() => undefined),
    ]);
    if (!url) throw new Error(`the server did not start:\n${log}`);
    server.stdout.resume();
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Asks until the answer is what is waited for. Each question is a request, so that nothing spins; the runner's timeout ends it. */
export async function until<T>(ask: () => PromiseLike<T>, done: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await ask();
    if (done(value)) return value;
  }
}

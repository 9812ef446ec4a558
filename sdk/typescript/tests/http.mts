// An HTTP server for one test, which says what it was sent.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

export interface Received {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

export type Answer = (request: Received, response: ServerResponse, n: number) => unknown;

/** Listens until the test ends. `requests` has what came, in order. */
export async function serve(t: Pick<TestContext, 'after'>, answer: Answer): Promise<{ url: string; requests: Received[] }> {
  const requests: Received[] = [];
  const url = await listen(t, async (req, res) => {
    const request: Received = { method: req.method!, url: req.url!, headers: req.headers, body: await text(req) };
    requests.push(request);
    await answer(request, res, requests.length);
  });
  return { url, requests };
}

export async function listen(t: Pick<TestContext, 'after'>, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export async function text(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

export function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

// Every operation of every published contract, called with the examples of its bundle: the request is the one that the
// bundle describes, and its answer is read. So a new operation needs no call of its own; api.test.mts calls the real server.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Alania } from '@alania/sdk';

const dist = fileURLToPath(new URL('../../../../openapi/dist/', import.meta.url));

type Node = Record<string, any>;

/** What an example shows, of a body or a parameter. */
const exampleOf = (node: Node) => ('example' in node ? node.example : (Object.values(node.examples ?? {}) as Node[])[0]?.value);

for (const file of readdirSync(dist).filter((name) => name.endsWith('.json') && name !== 'openapi.json')) {
  const bundle = JSON.parse(readFileSync(dist + file, 'utf8')) as Node;
  const resolve = (node: Node | undefined): Node | undefined =>
    node?.$ref ? resolve(node.$ref.split('/').slice(1).reduce((n: Node, key: string) => n[key.replace(/~1/g, '/').replace(/~0/g, '~')], bundle)) : node;

  describe(`the examples of ${bundle.info.title}`, () => {
    for (const [path, item] of Object.entries(bundle.paths as Record<string, Node>)) {
      for (const [method, operation] of Object.entries(item)) {
        if (!operation.operationId) continue;
        const { resource, method: name } = operation['x-sdk'];
        test(`${resource}.${name}`, async () => {
          const parameters: Node[] = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((p) => resolve(p)!);
          const byPlace = (place: string) => parameters.filter((p) => p.in === place);
          const values = [...path.matchAll(/\{([^}]+)\}/g)].map(([, key]) => exampleOf(byPlace('path').find((p) => p.name === key)!));
          const [contentType, content] = Object.entries((resolve(operation.requestBody)?.content ?? {}) as Record<string, Node>)[0] ?? [];
          const successes = Object.entries(operation.responses as Record<string, Node>).filter(([code]) => code.startsWith('2'));
          const [status, success] = successes.find(([code]) => method === 'post' && code === '201') ?? successes[0]!;
          const [answerType, answer] = Object.entries((resolve(success)!.content ?? {}) as Record<string, Node>)[0] ?? [];
          const expected = answer && exampleOf(answer);

          let sent: { url: URL; init: RequestInit } | undefined;
          const basic = operation.security.some((alternative: Node) => 'clientBasic' in alternative);
          const client = new Alania({
            baseURL: 'https://api.example.com', maxRetries: 0, ...(basic ? { clientId: 'id', clientSecret: 'secret' } : { apiKey: 'sk_test_example' }),
            fetch: async (input, init) => {
              sent = { url: new URL(String(input)), init: init! };
              return new Response(answer ? JSON.stringify(expected) : null, { status: Number(status), headers: answerType ? { 'content-type': answerType } : {} });
            },
          });
          const query = byPlace('query').filter((p) => p.required).map((p) => [p.name, exampleOf(p)]);
          const streamed = content && operation['x-stream'] === 'request';
          const body = content ? [streamed ? new Blob([exampleOf(content)]) : exampleOf(content)] : [];
          const args = [...values, ...body, ...(byPlace('query').length > 0 || operation['x-query'] !== undefined ? [Object.fromEntries(query)] : [])];
          const result = await (client as Node)[file.slice(0, -5).replace(/-(.)/g, (_, c) => c.toUpperCase())][resource][name](...args);

          assert.ok(sent, 'nothing was sent');
          const headers = new Headers(sent.init.headers);
          assert.equal(sent.init.method, method.toUpperCase());
          assert.equal(decodeURIComponent(sent.url.pathname), path.replace(/\{[^}]+\}/g, () => String(values.shift())));
          assert.deepEqual([...sent.url.searchParams], query.map(([key, value]) => [key, String(value)]));
          if (contentType === 'application/json') assert.deepEqual(JSON.parse(String(sent.init.body)), exampleOf(content!));
          if (contentType) assert.equal(headers.get('content-type')?.split(';')[0], contentType === '*/*' ? 'application/octet-stream' : contentType);
          if (streamed) assert.equal(await new Response(sent.init.body).text(), exampleOf(content));
          // A client's own credentials do not go with the grant of a person.
          const ofPerson = basic && (body[0] as Node | undefined)?.grant_type === 'password';
          assert.equal(headers.has('authorization'), operation.security.length > 0 && !ofPerson);
          assert.equal(headers.has('idempotency-key'), byPlace('header').some((p) => p.name === 'Idempotency-Key'));
          // The SDK sends by itself what every call of a contract must have.
          for (const p of byPlace('header')) if (p.required) assert.ok(headers.has(p.name), p.name);
          if (result instanceof ReadableStream) assert.deepEqual(JSON.parse(await new Response(result).text()), expected);
          else if (Array.isArray(result?.items)) assert.deepEqual(result.items, Object.values(expected).find(Array.isArray));
          else assert.deepEqual(result, answer ? expected : undefined);
        });
      }
    }
  });
}

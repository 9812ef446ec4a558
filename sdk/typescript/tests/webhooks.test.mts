import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import type { WebhookEvent as CoreEvent } from '@alania/sdk/core';
import type { WebhookEvent } from '@alania/sdk/platform';
import { Webhook, WebhookVerificationError } from '@alania/sdk/webhooks';

const secret = (n: number) => `whsec_${Buffer.alloc(24, n).toString('base64')}`;
const now = () => 1_772_444_000_000;
const body = '{"id":"evt_1","type":"workspace.created","data":{"name":"Größe 😀"}}';

/** Signs by the words of Standard Webhooks, with nothing of ours. */
function signed(key: string, id = 'evt_1', seconds = now() / 1000, payload: string | Buffer = body): Record<string, string> {
  const hmac = createHmac('sha256', Buffer.from(key.slice(6), 'base64')).update(`${id}.${seconds}.`).update(payload).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': `v1,${hmac}` };
}

const refused = (promise: Promise<unknown>, message?: RegExp) => assert.rejects(promise, (e: Error) => e instanceof WebhookVerificationError && (!message || message.test(e.message)));

test('what is signed is accepted, in every form of body and headers', async () => {
  const webhook = new Webhook(secret(1), { now });
  const headers = signed(secret(1));
  const upper = Object.fromEntries(Object.entries(headers).map(([k, v]) => [k.toUpperCase(), [v]]));
  for (const b of [body, Buffer.from(body), new TextEncoder().encode(body).buffer]) {
    for (const h of [headers, new Headers(headers), upper]) assert.equal((await webhook.verify(b, h)).id, 'evt_1');
  }
});

test('what is not signed is refused', async () => {
  const webhook = new Webhook(secret(1), { now });
  const headers = signed(secret(1));
  await refused(webhook.verify(`${body} `, headers), /No signature/);
  await refused(webhook.verify(body, { ...headers, 'webhook-id': 'evt_2' }), /No signature/);
  await refused(webhook.verify(body, { ...headers, 'webhook-timestamp': String(now() / 1000 + 1) }), /No signature/);
  await refused(webhook.verify(body, signed(secret(2))), /No signature/);
  for (const signature of ['', 'v1,', 'v1,%%', headers['webhook-signature']!.replace('v1,', 'v2,'), headers['webhook-signature']!.slice(0, -5), 'v1a,x']) {
    await refused(webhook.verify(body, { ...headers, 'webhook-signature': signature }));
  }
  for (const name of Object.keys(headers)) await refused(webhook.verify(body, { ...headers, [name]: undefined } as Record<string, string>), /missing/);
  await refused(webhook.verify('nonsense', signed(secret(1), 'evt_1', now() / 1000, 'nonsense')), /not JSON/);
});

test('the timestamp may be five minutes off, or what one says', async () => {
  const at = (seconds: number, options = {}) => new Webhook(secret(1), { now, ...options }).verify(body, signed(secret(1), 'evt_1', now() / 1000 + seconds));
  await at(-300);
  await at(300);
  await refused(at(-301), /too old/);
  await refused(at(301), /future/);
  await at(-301, { tolerance: 600 });
  await refused(new Webhook(secret(1), { now }).verify(body, { ...signed(secret(1)), 'webhook-timestamp': '1e9' }), /number/);
});

test('during a rotation either secret is accepted, on either side', async () => {
  const both = new Webhook([secret(1), secret(2)], { now });
  for (const n of [1, 2]) assert.equal((await both.verify(body, signed(secret(n)))).id, 'evt_1');
  await refused(both.verify(body, signed(secret(3))));
  const headers = signed(secret(1));
  headers['webhook-signature'] += ` v1a,whatever ${signed(secret(2))['webhook-signature']}`;
  for (const n of [1, 2]) await new Webhook(secret(n), { now }).verify(body, headers);
  await refused(new Webhook(secret(3), { now }).verify(body, headers));
});

test('the signer of tests signs as the platform does', async () => {
  assert.deepEqual(await new Webhook(secret(1), { now }).sign('evt_1', body), signed(secret(1)));
  const headers = await new Webhook([secret(1), secret(2)], { now }).sign('evt_9', body, new Date(now() - 1000));
  for (const n of [1, 2]) await new Webhook(secret(n), { now }).verify(body, headers);
});

test('a secret that is none is refused', () => {
  for (const bad of ['', 'whsec_', 'whsec_%%%', 'whsec_c2hvcnQ=']) assert.throws(() => new Webhook(bad), WebhookVerificationError);
  assert.throws(() => new Webhook([]), WebhookVerificationError);
});

test('events are told apart by their type', async () => {
  const webhook = new Webhook(secret(1), { now });
  const event = await webhook.verify<WebhookEvent>(body, await webhook.sign('evt_1', body));
  switch (event.type) {
    case 'workspace.created':
      assert.equal(event.data.name satisfies string, 'Größe 😀');
      break;
    default:
      assert.fail();
  }
  // The same event in the words of another contract has a type of its own.
  const core = (e: CoreEvent) => (e.type === 'webhook.test' ? e.type : undefined);
  assert.equal(core({ ...event, type: 'webhook.test' } as unknown as CoreEvent), 'webhook.test');
});

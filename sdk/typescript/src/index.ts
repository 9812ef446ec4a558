/** Client of the Alania API. The operations of a contract are in `@alania/sdk/<contract>`. @module */
export { Alania } from './alania.js';
export { createClient, Client, type APIRequest, type ClientConfig, type ClientSettings, type HeaderValues, type RequestOptions } from './client.js';
export type { ClientCredentials, KeyCredentials } from './auth.js';
export * from './errors.js';
export type { ServerSentEvent } from './events.js';
export { Page, PagePromise } from './pagination.js';
export { APIPromise } from './promise.js';
export { Webhook, type Event, type SignedHeaders, type WebhookHeaders, type WebhookOptions } from './webhooks.js';
export { version } from './version.js';

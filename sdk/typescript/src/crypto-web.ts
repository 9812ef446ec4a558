/** WebCrypto, as browsers and other web-like runtimes have it. */
export const webcrypto: Crypto = globalThis.crypto;

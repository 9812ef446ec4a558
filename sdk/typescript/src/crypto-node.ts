// Node 18 has WebCrypto, but not as a global.
// @ts-ignore: the sources are compiled without Node's types, which a browser's program need not have.
import { webcrypto as crypto } from 'node:crypto';

/** WebCrypto, as Node has it. */
export const webcrypto: Crypto = crypto;

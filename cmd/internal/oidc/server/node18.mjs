// The library is made for Node 22. Debian 12 has Node 18, which has all but these three. Import this first.
import * as crypto from 'node:crypto';
import { register } from 'node:module';

globalThis.crypto ??= crypto.webcrypto;
URL.parse ??= (text, base) => {
  try {
    return new URL(text, base);
  } catch {
    return null;
  }
};

const script = (text) => `data:text/javascript,${encodeURIComponent(text)}`;
const complete = script(`
  import { createHash } from 'node:crypto';
  export * from 'node:crypto';
  export const hash = (name, data, form) => createHash(name).update(data).digest(form === 'buffer' ? undefined : form);
`);
if (!crypto.hash) {
  register(script(`
    export const resolve = (name, context, next) => name === 'node:crypto' && !context.parentURL.startsWith('data:')
      ? { url: ${JSON.stringify(complete)}, shortCircuit: true }
      : next(name, context);
  `));
}

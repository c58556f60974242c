/** What would end in a word of OpenSSL's is said so that an administrator knows what to do. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Credentials } from './create-server.ts';

/** Returns them, or throws: they were opened by supervise, one after the other, and may be of different times. */
export function checkCredentials(credentials: Credentials): Credentials {
  const { certificate, key } = credentials;
  const leaf = parse(() => new X509Certificate(certificate), 'the certificate', 'a certificate');
  const secret = parse(() => createPrivateKey(key), "the certificate's key", 'an unencrypted key');
  if (!leaf.checkPrivateKey(secret))
    throw new Error('the certificate wanted its own key, came another: do they belong together?');
  return credentials;
}

function parse<T>(make: () => T, what: string, wanted: string): T {
  try {
    return make();
  } catch {
    throw new Error(`${what} wanted ${wanted} in PEM form, came something else`);
  }
}

/** Whether a certificate and its key can be served: for the server that does, for set-up, and for `config check`. */
import { createPrivateKey, X509Certificate } from 'node:crypto';

export interface PairFault {
  readonly at: 'certificate' | 'key';
  /** What was wanted, and what came. */
  readonly text: string;
  /** How to mend it where both are an administrator's own. */
  readonly mend: string;
}
type Pem = string | Buffer;

export function findPairFault(certificate: Pem, key: Pem): PairFault | null {
  const leaf = parse(() => new X509Certificate(certificate));
  if (leaf === null)
    return {
      at: 'certificate',
      text: 'wanted a certificate in PEM form, came something else',
      mend: 'name a file with a line -----BEGIN CERTIFICATE-----',
    };
  const secret = parse(() => createPrivateKey(key));
  if (secret === null)
    return {
      at: 'key',
      text: 'wanted a private key in PEM form without a passphrase, came something else',
      mend: 'openssl pkey writes it so',
    };
  if (leaf.checkPrivateKey(secret)) return null;
  return {
    at: 'key',
    text: 'wanted the key that the certificate was made for, came another key',
    mend: 'name that key',
  };
}

function parse<T>(make: () => T): T | null {
  try {
    return make();
  } catch {
    return null;
  }
}

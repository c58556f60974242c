/** Finds out whether a server can use a certificate and its key: for the gateway, for set-up and for `config check`. */
import { createPrivateKey, X509Certificate } from 'node:crypto';

export interface PairFault {
  readonly at: 'certificate' | 'key';
  /** What was wanted, and what was found. */
  readonly text: string;
  /** What to do, if the certificate is a configured one. */
  readonly remedy: string;
}
type Pem = string | Buffer;

export function findPairFault(certificate: Pem, key: Pem): PairFault | null {
  const leaf = parse(() => new X509Certificate(certificate));
  if (leaf === null)
    return {
      at: 'certificate',
      text: 'wanted a certificate in PEM form, got something else',
      remedy: 'use a file with a line -----BEGIN CERTIFICATE-----',
    };
  const secret = parse(() => createPrivateKey(key));
  if (secret === null)
    return {
      at: 'key',
      text: 'wanted a private key in PEM form without a passphrase, got something else',
      remedy: "convert it with 'openssl pkey'",
    };
  if (leaf.checkPrivateKey(secret)) return null;
  return {
    at: 'key',
    text: 'wanted the key that belongs to the certificate, got another key',
    remedy: 'set that key',
  };
}

function parse<T>(make: () => T): T | null {
  try {
    return make();
  } catch {
    return null;
  }
}

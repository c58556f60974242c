/** Checks the administrator's own certificate and key. Only root can: the key is nobody else's business. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { reads } from '../lib/reads.ts';
import type { Finding } from './finding.ts';
import type { Configuration } from './load.ts';

export function checkCertificate(values: Configuration, now = Date.now()): Finding[] {
  const certificate = values['ssl-certificate'];
  const key = values['ssl-certificate-key'];
  if (certificate === '' || key === '') return [];
  const found = [...checkFile(certificate), ...checkFile(key), ...checkMode(key)];
  return found.length > 0 ? found : checkPair(certificate, key, now);
}

function problem(file: string, text: string): Finding {
  return { level: 'error', file, line: 1, text };
}

function checkFile(file: string): Finding[] {
  reads.publish(file);
  try {
    if (statSync(file).isFile()) {
      readFileSync(file);
      return [];
    }
    return [problem(file, 'wanted a regular file, came another kind; name the file itself')];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return [problem(file, `wanted to read it, came ${code}; correct the path or the file's mode`)];
  }
}

/** A group may read it (Debian's ssl-cert), everybody may not. */
function checkMode(key: string): Finding[] {
  const about = statSync(key, { throwIfNoEntry: false });
  if (about === undefined || (about.mode & 0o027) === 0) return [];
  const mode = (about.mode & 0o7777).toString(8).padStart(4, '0');
  return [problem(key, `wanted a key that others cannot read, came mode ${mode}; chmod 0600 it`)];
}

function checkPair(certificate: string, key: string, now: number): Finding[] {
  let leaf: X509Certificate;
  try {
    leaf = new X509Certificate(readFileSync(certificate));
  } catch {
    return [
      problem(
        certificate,
        'wanted a certificate in PEM form, came something else; name a file with a line -----BEGIN CERTIFICATE-----',
      ),
    ];
  }
  try {
    if (!leaf.checkPrivateKey(createPrivateKey(readFileSync(key))))
      return [
        problem(
          key,
          `wanted the key of '${certificate}', came another key; name the key that the certificate was made for`,
        ),
      ];
  } catch {
    return [
      problem(
        key,
        'wanted a private key in PEM form without a passphrase, came something else; openssl pkey writes it so',
      ),
    ];
  }
  if (leaf.validToDate.getTime() > now) return [];
  const text = `wanted a valid certificate, came one that ended on ${leaf.validToDate.toISOString()}; renew it`;
  return [{ ...problem(certificate, text), level: 'warning' }];
}

/** Checks the configured certificate and key. Only root can do this, since only root can read the key. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
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
  try {
    if (statSync(file).isFile()) {
      readFileSync(file);
      return [];
    }
    return [problem(file, 'wanted a regular file, came another kind; set the path of a file')];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return [problem(file, `wanted to read it, came ${code}; correct the path or the file's mode`)];
  }
}

/** A group may have read access (Debian's ssl-cert), others may not. */
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
        'wanted a certificate in PEM form, came something else; use a file with a line -----BEGIN CERTIFICATE-----',
      ),
    ];
  }
  try {
    if (!leaf.checkPrivateKey(createPrivateKey(readFileSync(key))))
      return [
        problem(
          key,
          `wanted the key of '${certificate}', came another key; set the key that belongs to the certificate`,
        ),
      ];
  } catch {
    return [
      problem(
        key,
        "wanted a private key in PEM form without a passphrase, came something else; convert it with 'openssl pkey'",
      ),
    ];
  }
  if (leaf.validToDate.getTime() > now) return [];
  const text = `wanted a valid certificate, came one that expired on ${leaf.validToDate.toISOString()}; renew it`;
  return [{ ...problem(certificate, text), level: 'warning' }];
}

/** Checks the certificate and its key, configured or generated. Only root can do this, since only root can read the key. */
import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { reads } from '../lib/reads.ts';
import { PATHS } from '../protocol/broker-leader.ts';
import { findPairFault } from './find-pair-fault.ts';
import type { Finding } from './finding.ts';
import type { Configuration } from './load.ts';

/** npm start makes a new one. */
const ANEW = 'start the server again: it makes a new one';

interface Pair {
  readonly certificate: string;
  readonly key: string;
  readonly isOwn: boolean;
}

/** generated, now: set by tests. */
export function checkCertificate(
  values: Configuration,
  { generated = PATHS.certificate as string, now = Date.now() } = {},
): Finding[] {
  const [certificate, key] = [values['ssl-certificate'], values['ssl-certificate-key']];
  if (certificate !== '' && key !== '') return checkPair({ certificate, key, isOwn: true }, now);
  // Before the first start there is none.
  if (certificate !== '' || key !== '' || !isThere(generated)) return [];
  return checkPair({ certificate: generated, key: generated, isOwn: false }, now);
}

function isThere(file: string): boolean {
  reads.publish(file);
  return existsSync(file);
}

function checkPair({ certificate, key, isOwn }: Pair, now: number): Finding[] {
  const pem = readPem(certificate);
  const keyPem = isOwn ? readPem(key) : pem;
  const found = [...(isOwn ? [pem, keyPem] : [pem]).filter(isFinding), ...checkMode(key)];
  if (found.length > 0 || isFinding(pem) || isFinding(keyPem)) return found;
  const fault = findPairFault(pem, keyPem);
  if (fault !== null) {
    const file = fault.at === 'key' ? key : certificate;
    return [problem(file, `${fault.text}; ${isOwn ? fault.remedy : ANEW}`)];
  }
  const end = new X509Certificate(pem).validToDate;
  if (end.getTime() > now) return [];
  const text = `wanted a valid certificate, got one that expired on ${end.toISOString()}`;
  const finding = problem(certificate, `${text}; ${isOwn ? 'renew it' : ANEW}`);
  return [{ ...finding, level: 'warning' }];
}

function problem(file: string, text: string): Finding {
  return { level: 'error', file, line: 1, text };
}

function isFinding(read: Buffer | Finding): read is Finding {
  return !Buffer.isBuffer(read);
}

function readPem(file: string): Buffer | Finding {
  reads.publish(file);
  try {
    if (statSync(file).isFile()) return readFileSync(file);
    return problem(file, 'wanted a regular file, got another kind; set the path of a file');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const text = `wanted to read it, got ${code}; correct the path or the file's mode`;
    return { ...problem(file, text), ...(code === 'ENOENT' && { line: null }) };
  }
}

/** A group may have read access (Debian's ssl-cert), others may not. */
function checkMode(key: string): Finding[] {
  const about = statSync(key, { throwIfNoEntry: false });
  if (about === undefined || (about.mode & 0o027) === 0) return [];
  const mode = (about.mode & 0o7777).toString(8).padStart(4, '0');
  return [problem(key, `wanted a key that others cannot read, got mode ${mode}; chmod 0600 it`)];
}

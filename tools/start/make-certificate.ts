/** Makes the certificate of the HTTPS server and its key, for the names and addresses of this machine. */
import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { findPairFault } from '../../src/config/find-pair-fault.ts';
import { PATHS } from '../../src/protocol/broker-leader.ts';
import { recordChange } from './changes.mjs';
import type { Settings } from './read-settings.ts';
import { putInPlace } from './replace-file.mjs';
import { runProgram, SetupError } from './report.mjs';
import { addressForOthers } from './urls.ts';

const DAYS = 397;
const DAYS_BEFORE_RENEWAL = 30;

/** Returns the certificate that the server will use: the configured one, or a generated one, which is made if missing or old. */
export function makeCertificate(settings: Settings): X509Certificate {
  if (settings.certificate !== '') return readCertificate(settings.certificate);
  if (!isGood()) generate(settings.address);
  return readCertificate(PATHS.certificate);
}

function isGood(): boolean {
  if (!existsSync(PATHS.certificate)) return false;
  const pem = readFileSync(PATHS.certificate);
  try {
    const certificate = new X509Certificate(pem);
    const left = certificate.validToDate.getTime() - Date.now();
    const coversHost = certificate.checkHost(hostname()) !== undefined || !isDnsName(hostname());
    const isWhole = findPairFault(pem, pem) === null;
    return isWhole && coversHost && left > DAYS_BEFORE_RENEWAL * 86_400_000;
  } catch {
    return false;
  }
}

function generate(address: string): void {
  const host = isDnsName(hostname()) ? [`DNS:${hostname()}`] : [];
  const network = addressForOthers(address);
  if (network !== null) host.push(`IP:${network}`);
  const names = ['DNS:localhost', 'IP:127.0.0.1', 'IP:::1', ...host].join(',');
  const file = `${PATHS.certificate}.new`;
  rmSync(file, { force: true });
  // openssl writes the key to the file, with mode 0600, and appends the certificate.
  runProgram('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc'],
    ...['-days', String(DAYS), '-subj', '/CN=Vestibule', '-addext', `subjectAltName=${names}`],
    ...['-addext', 'basicConstraints=critical,CA:FALSE'],
    ...['-addext', 'keyUsage=critical,digitalSignature', '-addext', 'extendedKeyUsage=serverAuth'],
    ...['-keyout', file, '-out', file],
  ]);
  putInPlace(file, PATHS.certificate, 0o600);
  recordChange('files', [PATHS.certificate]);
}

/** Whether a name can be a DNS name in a certificate. */
function isDnsName(name: string): boolean {
  return /^(?!-)[A-Za-z0-9-]{1,63}(\.(?!-)[A-Za-z0-9-]{1,63})*$/.test(name);
}

function readCertificate(file: string): X509Certificate {
  try {
    return new X509Certificate(readFileSync(file));
  } catch (error) {
    throw new SetupError(`${file} wanted a certificate in PEM, got: ${(error as Error).message}`);
  }
}

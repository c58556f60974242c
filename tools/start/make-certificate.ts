/** The generated certificate of the HTTPS server, for the names that this machine goes by. */
import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { hostname } from 'node:os';
import { PATHS } from '../../src/protocol/broker-leader.ts';
import { recordChange } from './changes.mjs';
import type { Settings } from './read-settings.ts';
import { runProgram, SetupError } from './report.mjs';

const DAYS = 397;
const DAYS_BEFORE_RENEWAL = 30;

/** The one that will be served: the configured one, or the generated one, made when missing or old. */
export function makeCertificate(settings: Settings): X509Certificate {
  if (settings.certificate !== '') return readCertificate(settings.certificate);
  if (!isGood()) generate();
  return readCertificate(PATHS.certificate);
}

function isGood(): boolean {
  if (!existsSync(PATHS.certificate) || !existsSync(PATHS.certificateKey)) return false;
  const certificate = readCertificate(PATHS.certificate);
  const left = certificate.validToDate.getTime() - Date.now();
  const coversHost = certificate.checkHost(hostname()) !== undefined || !isDnsName(hostname());
  return coversHost && left > DAYS_BEFORE_RENEWAL * 86_400_000;
}

function generate(): void {
  const host = isDnsName(hostname()) ? [`DNS:${hostname()}`] : [];
  const names = ['DNS:localhost', 'IP:127.0.0.1', 'IP:::1', ...host].join(',');
  const [key, certificate] = [`${PATHS.certificateKey}.new`, `${PATHS.certificate}.new`];
  runProgram('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc'],
    ...['-days', String(DAYS), '-subj', '/CN=Vestibule', '-addext', `subjectAltName=${names}`],
    ...['-addext', 'basicConstraints=critical,CA:FALSE'],
    ...['-addext', 'keyUsage=critical,digitalSignature', '-addext', 'extendedKeyUsage=serverAuth'],
    ...['-keyout', key, '-out', certificate],
  ]);
  renameSync(key, PATHS.certificateKey);
  renameSync(certificate, PATHS.certificate);
  recordChange('files', [PATHS.certificate, PATHS.certificateKey]);
}

/** What may stand in a certificate as a DNS name. */
function isDnsName(name: string): boolean {
  return /^(?!-)[A-Za-z0-9-]{1,63}(\.(?!-)[A-Za-z0-9-]{1,63})*$/.test(name);
}

function readCertificate(file: string): X509Certificate {
  try {
    return new X509Certificate(readFileSync(file));
  } catch (error) {
    throw new SetupError(`${file} wanted a certificate in PEM, came: ${(error as Error).message}`);
  }
}

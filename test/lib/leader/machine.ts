/** The machine as supervise makes it before it starts rootd; its configuration and PAM profiles. */
import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { PATHS } from '../../../src/protocol/broker-leader.ts';

export function idOf(database: 'passwd' | 'group', name: string): number {
  return Number(execFileSync('getent', [database, name], { encoding: 'utf8' }).split(':')[2]);
}

function makeDirectory(path: string, uid: number, gid: number, mode: number): void {
  mkdirSync(path, { recursive: true });
  chownSync(path, uid, gid);
  chmodSync(path, mode);
}

function makeKeys(): void {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const [secret, open] = [
    privateKey.export({ format: 'jwk' }),
    publicKey.export({ format: 'jwk' }),
  ];
  const raw = (text: string | undefined): Buffer => Buffer.from(text!, 'base64url');
  writeFileSync(PATHS.hostSecretKey, Buffer.concat([raw(secret.d), raw(open.x)]), { mode: 0o600 });
  writeFileSync(PATHS.hostPublicKey, raw(open.x), { mode: 0o644 });
  writeFileSync(PATHS.grantKey, randomBytes(32), { mode: 0o600 });
}

export function prepareMachine(): void {
  for (const name of ['vestibule', 'vestibule-web']) {
    if (spawnSync('id', [name]).status !== 0) execFileSync('useradd', ['-r', '-U', '-M', name]);
  }
  const [broker, web] = [idOf('group', 'vestibule'), idOf('group', 'vestibule-web')];
  makeDirectory(PATHS.run, 0, 0, 0o711);
  makeDirectory(`${PATHS.run}/rootd`, 0, broker, 0o750);
  makeDirectory(`${PATHS.run}/pam-test`, 0, 0, 0o700);
  makeDirectory(PATHS.leaders, 0, broker, 0o750);
  makeDirectory(PATHS.sessions, 0, 0, 0o711);
  makeDirectory(`${PATHS.run}/broker`, 0, web, 0o750);
  makeDirectory(`${PATHS.state}/root`, 0, 0, 0o700);
  makeKeys();
  for (const path of ['/run/utmp', '/var/log/wtmp']) writeFileSync(path, '', { flag: 'a' });
}

/** The whole configuration, as KEY=VALUE lines. */
export function configure(lines: readonly string[]): void {
  mkdirSync(dirname(PATHS.configuration), { recursive: true });
  writeFileSync(PATHS.configuration, `${lines.join('\n')}\n`, { mode: 0o644 });
}

/** A PAM profile of the tests. %FAKE% stands for the fake module's path (test/fakes/pam_fake.c). */
export function makeProfile(name: string, lines: readonly string[]): void {
  const fake = `${process.cwd()}/build/test-c/pam_fake.so`;
  writeFileSync(`/etc/pam.d/${name}`, `${lines.join('\n')}\n`.replaceAll('%FAKE%', fake));
}

/**
 * The temporary account of npm start -- --demo. It is removed when the server ends, even if it was killed: a root process
 * waits for the lock of the server and then removes the account. If that process is killed, too, the next npm start
 * removes it; the account also expires.
 */
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readChanges, recordChange } from './changes.mjs';
import { LOCK } from './lock.mjs';
import { findUid, homeOf, removeAccount } from './remove-account.mjs';
import { replaceFile } from './replace-file.mjs';
import { runProgram, SetupError } from './report.mjs';

export const DEMO_USER = 'vestibule-demo';
/** File with the pid of the process that waits for the end of the server. */
export const DEMO_WATCH = '/run/vestibule/demo-watch';
const DAYS = 2;
/** Without characters that look alike. */
const ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789';
const LENGTH = 16;

export interface DemoAccount {
  readonly user: string;
  readonly password: string;
}

/** Removes the account of a server that was killed together with the waiting process. */
export async function removeOldDemo(): Promise<void> {
  if (readChanges().users.includes(DEMO_USER)) await removeAccount(DEMO_USER);
}

/** installed: the directory of the installed version. */
export function makeDemoAccount(installed: string): DemoAccount {
  const home = homeOf(DEMO_USER);
  for (const [what, isThere] of [
    [`account '${DEMO_USER}'`, findUid(DEMO_USER) !== null],
    [`'${home}'`, existsSync(home)],
  ] as const)
    if (isThere)
      throw new SetupError(`${what} exists and set-up did not make it: rename or remove it`);
  const expires = new Date(Date.now() + DAYS * 86_400_000).toISOString().slice(0, 10);
  runProgram('useradd', [
    ...['--create-home', '--home-dir', home, '--user-group', '--shell', '/bin/bash'],
    ...['--expiredate', expires, DEMO_USER],
  ]);
  for (const kind of ['users', 'groups'] as const) recordChange(kind, [DEMO_USER]);
  recordChange('homes', [home]);
  const password = Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join(
    '',
  );
  watchForEnd(installed);
  // With --crypt-method chpasswd does not call PAM, so the password rules of the machine do not apply.
  runProgram('chpasswd', ['--crypt-method', 'SHA512'], { input: `${DEMO_USER}:${password}\n` });
  return { user: DEMO_USER, password };
}

/** Runs finish.ts once the lock of the server is free. Detached, so that Ctrl-C does not reach it. */
function watchForEnd(installed: string): void {
  const finish = [`${installed}/bin/node`, `${installed}/dist/finish.js`];
  const watch = spawn('flock', ['--no-fork', LOCK, ...finish], {
    cwd: '/',
    detached: true,
    stdio: 'ignore',
  });
  watch.unref();
  if (watch.pid === undefined)
    throw new SetupError('flock could not be started: is util-linux installed?');
  replaceFile(DEMO_WATCH, `${watch.pid}\n`, 0o600);
}

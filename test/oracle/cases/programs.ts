/** Modules that run programs or only say something, and those whose daemon is not there. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Account } from '../../lib/accounts.ts';
import { type Case, stackOf } from '../case.ts';
import { type Items, parseDump } from '../items.ts';
import { ORACLE, SHELL } from '../machine.ts';

const HOOKS = `${ORACLE}/hooks`;
const SCRIPTS = `${ORACLE}/scripts`;

export const programCases: readonly Case[] = [
  {
    name: 'pam_exec',
    stack: stackOf({ session: [`required pam_exec.so stdout ${HOOKS}/exec`] }),
    prepare: () => writeHook(`${HOOKS}/exec`, 'exec-$PAM_TYPE', 'echo "Read the house rules."'),
    reset: () => forgetHooks('exec'),
    during: (account) => hookItems('open', 'exec-open_session', account),
    afterwards: (account) => hookItems('close', 'exec-close_session', account),
    shows: {
      'PAM says': 'Read the house rules.',
      'program at open: uid': '0 0 0',
      'program at open: environment PAM_TYPE': 'open_session',
      'program at close: uid': '0 0 0',
      'program at close: environment PAM_TYPE': 'close_session',
    },
  },
  {
    name: 'pam_script',
    stack: stackOf({ session: [`required pam_script.so dir=${SCRIPTS} onerr=fail`] }),
    prepare: () => {
      writeHook(`${SCRIPTS}/pam_script_ses_open`, 'script-open_session');
      writeHook(`${SCRIPTS}/pam_script_ses_close`, 'script-close_session');
    },
    reset: () => forgetHooks('script'),
    during: (account) => hookItems('open', 'script-open_session', account),
    afterwards: (account) => hookItems('close', 'script-close_session', account),
    shows: {
      'program at open: uid': '0 0 0',
      'program at open: environment PAM_USER': 'USER',
      'program at close: uid': '0 0 0',
      'program at close: environment PAM_USER': 'USER',
    },
  },
  {
    name: 'pam_lastlog',
    stack: stackOf({ session: ['required pam_lastlog.so'] }),
    reset: ({ name }) => {
      forgetLastLogins();
      writeFileSync('/etc/pam.d/oracle-lastlog', 'session required pam_lastlog.so silent\n');
      const earlier = ['-I', 'rhost=192.0.2.1', '-I', 'tty=pts/9', 'oracle-lastlog', name];
      execFileSync('pamtester', [...earlier, 'open_session'], { stdio: 'ignore' });
    },
    afterwards: ({ name }) => new Map([['after the end: lastlog', lastlogOf(name)]]),
    shows: {
      'PAM says': /^Last login: TIME from 192\.0\.2\.1 on pts\/N$/,
      'after the end: lastlog': /^(pts\/N|vestibul) /,
    },
  },
  {
    name: 'pam_motd and pam_mail',
    stack: stackOf({
      session: [`optional pam_motd.so noupdate motd=${ORACLE}/motd`, 'optional pam_mail.so'],
    }),
    prepare: ({ name }) => {
      writeFileSync(`${ORACLE}/motd`, 'Disks are swapped on Friday.\n');
      mkdirSync('/var/mail', { recursive: true });
      writeFileSync(`/var/mail/${name}`, 'From nobody Mon Jan  1 00:00:00 2024\n\nHello\n');
    },
    shows: {
      'PAM says': /Disks are swapped on Friday\..*You have old mail/,
      'environment MAIL': '/var/mail/o-pam-motd-and-pam-mail',
    },
  },
  {
    name: 'pam_systemd, without a bus',
    stack: stackOf({ session: ['optional pam_systemd.so'] }),
    shows: { outcome: 'let in', 'environment XDG_SESSION_ID': 'not there' },
  },
];

export function forgetLastLogins(): void {
  writeFileSync('/var/log/lastlog', '');
}

/** A program that says what it is, in a file of this name. */
function writeHook(path: string, name: string, more = ''): void {
  mkdirSync(path.replace(/\/[^/]+$/, ''), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${more}\n${SHELL} once >"${HOOKS}/${name}.dump"\n`);
  chmodSync(path, 0o755);
}

function forgetHooks(name: string): void {
  mkdirSync(HOOKS, { recursive: true });
  for (const type of ['open_session', 'close_session']) {
    rmSync(`${HOOKS}/${name}-${type}.dump`, { force: true });
  }
}

/** What may matter to a program that a module runs. */
const OF_HOOKS =
  /^(uid|gid|groups|umask|nice|cwd|signals|environment (PAM_|HOME|USER|PATH|SHELL)|loginuid|limit)/;

function hookItems(when: string, file: string, { name }: Account): Items {
  const path = `${HOOKS}/${file}.dump`;
  if (!existsSync(path)) return new Map([[`program at ${when}`, 'did not run']]);
  const dump = parseDump(readFileSync(path, 'utf8').replaceAll(/@(begin|end)\n/g, ''));
  const entries = [...dump].filter(([item]) => OF_HOOKS.test(item));
  return new Map(
    entries.map(([item, value]) => [`program at ${when}: ${item}`, plain(value, name)]),
  );
}

/** The service file's name is the program's, the stack in it the same. */
function plain(value: string, name: string): string {
  if (/^(su|su-l|sshd|vestibule-session)$/.test(value)) return 'PROFILE';
  return value.replaceAll(/pts\/\d+/g, 'pts/N').replace(name, 'USER');
}

function lastlogOf(name: string): string {
  const line = execFileSync('lastlog', ['-u', name], { encoding: 'utf8' }).split('\n')[1] ?? '';
  return line
    .replace(name, '')
    .replaceAll(/pts\/\d+/g, 'pts/N')
    .replace(/\w{3} \w{3} +\d+ .*/, 'TIME')
    .trim()
    .replaceAll(/ +/g, ' ');
}

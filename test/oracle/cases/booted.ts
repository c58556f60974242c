/** Modules that need a machine that has booted: pam_systemd before a logind, alone and in the profiles that have it. */
import { execFileSync, spawnSync } from 'node:child_process';
import type { Account } from '../../lib/accounts.ts';
import { type Case, stackOf } from '../case.ts';
import type { Items } from '../items.ts';
import { readProfiles } from './profiles.ts';

const logind: Case = {
  name: 'pam_systemd, with logind',
  stack: stackOf({ session: ['required pam_systemd.so'] }),
  second: true,
  during: (_, items) => describeSession(items),
  afterwards: ({ name }) =>
    new Map([['after the end: logind’s session', isKnown(name) ? 'still there' : 'gone']]),
  shows: {
    'environment XDG_SESSION_ID': 'N',
    'environment XDG_RUNTIME_DIR': /^\/run\/user\/\d+$/,
    'cgroup v2': /^\/user\.slice\/user-\d+\.slice\/session-N\.scope/,
    'logind: Name': 'o-pam-systemd-with-logind',
    'after the end: logind’s session': 'gone',
  },
};

export function readBootedCases(): Case[] {
  const profiles = readProfiles().map((one) => ({ ...one, name: `booted: ${one.name}` }));
  return [logind, ...profiles];
}

function describeSession(items: Items): Items {
  const id = items.get('environment XDG_SESSION_ID') ?? 'none';
  const wanted = ['Name', 'User', 'Type', 'Class', 'Remote', 'RemoteHost', 'TTY', 'State', 'Seat'];
  const shown = spawnSync(
    'loginctl',
    ['show-session', id, ...wanted.flatMap((name) => ['-p', name])],
    {
      encoding: 'utf8',
    },
  ).stdout;
  const lines = shown.split('\n').filter((line) => line !== '');
  return new Map(
    lines.map((line) => {
      const [, name, value] = /^([^=]+)=(.*)$/.exec(line)!;
      return [`logind: ${name}`, value!.replace(/pts\/\d+/, 'pts/N')];
    }),
  );
}

/** Closing takes logind a moment. */
function isKnown(name: Account['name']): boolean {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const list = execFileSync('loginctl', ['list-sessions', '--no-legend'], { encoding: 'utf8' });
    const lines = list.split('\n').filter((line) => line.split(/\s+/).includes(name));
    if (lines.length === 0) return false;
    if (performance.now() > deadline) return true;
    spawnSync('sleep', ['0.1']);
  }
}

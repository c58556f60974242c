/** What sessions leave that died unclean, and the way to take it away. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { PATHS } from '../../src/protocol/broker-leader.ts';
import type { ActiveSession } from '../../src/protocol/cli-broker.ts';
import type { Account } from './accounts.ts';
import { ownCgroup } from './read-machine.ts';
import { listUtmp } from './utmp.ts';

const MOUNTS = '/run/mounts';
const SCRIPT = `#!/bin/sh
case $PAM_TYPE in
  open_session) exec mount -t tmpfs session "${MOUNTS}/$PAM_USER" ;;
  close_session) exec umount "${MOUNTS}/$PAM_USER" ;;
esac
`;

/** Each session mounts something and, when it is closed in order, unmounts it. */
export class SessionMounts {
  /** For the PAM profile of sessions. */
  readonly line = `session required pam_exec.so quiet ${MOUNTS}.sh`;
  private left: readonly string[] = [];

  constructor(accounts: readonly Account[]) {
    for (const { name } of accounts) mkdirSync(`${MOUNTS}/${name}`, { recursive: true });
    writeFileSync(`${MOUNTS}.sh`, SCRIPT, { mode: 0o755 });
  }

  wanted(rows: readonly ActiveSession[]): readonly string[] {
    return [...rows.map(({ user }) => user as string), ...this.left].map(
      (user) => `${MOUNTS}/${user} tmpfs session`,
    );
  }

  /** Its leader died: nobody is left who could close it. */
  leave({ user }: ActiveSession): void {
    this.left = [...this.left, user];
  }

  clear(): void {
    this.left = [];
    for (const name of readdirSync(MOUNTS)) {
      while (isMounted(`${MOUNTS}/${name}`)) execFileSync('umount', [`${MOUNTS}/${name}`]);
    }
  }
}

function isMounted(path: string): boolean {
  return readFileSync('/proc/self/mountinfo', 'utf8').includes(` ${path} `);
}

/** Of a session without a leader and a watch. */
export function removeFiles({ id, tty }: Pick<ActiveSession, 'id' | 'tty'>): void {
  for (const path of [`${PATHS.leaders}/${id}`, `${PATHS.sessions}/${id}`]) {
    rmSync(path, { recursive: true, force: true });
  }
  removeCgroup(`vestibule-${id}`);
  if (tty !== null) clearUtmp(tty.slice('/dev/'.length));
}

export function removeCgroup(name: string): void {
  const path = `${ownCgroup()}/${name}`;
  if (existsSync(path)) rmdirSync(path);
}

function clearUtmp(line: string): void {
  const file = readFileSync('/run/utmp');
  for (const row of listUtmp(file)) if (row.line === line) file.fill(0, row.at, row.at + row.size);
  writeFileSync('/run/utmp', file);
}

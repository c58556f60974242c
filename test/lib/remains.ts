/** What sessions leave that died unclean, and the way to take it away. */
import { spawnSync } from 'node:child_process';
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
import { ownCgroup } from './read-machine.ts';
import { listUtmp } from './utmp.ts';

const MOUNTS = '/run/mounts';
/** Its parent is the leader, whose pid is its session's and no other's. */
const SCRIPT = `#!/bin/sh
case $PAM_TYPE in
  open_session) mkdir "${MOUNTS}/$PPID" && exec mount -t tmpfs session "${MOUNTS}/$PPID" ;;
  close_session) umount "${MOUNTS}/$PPID" && exec rmdir "${MOUNTS}/$PPID" ;;
esac
`;

/** Each session mounts something and, when it is closed in order, unmounts it. */
export class SessionMounts {
  /** For the PAM profile of sessions. */
  readonly line = `session required pam_exec.so quiet ${MOUNTS}.sh`;
  /** Leaders that died: nobody is left who could close their sessions. */
  private left: readonly number[] = [];

  constructor() {
    mkdirSync(MOUNTS, { recursive: true });
    writeFileSync(`${MOUNTS}.sh`, SCRIPT, { mode: 0o755 });
  }

  wanted(leaders: readonly number[]): readonly string[] {
    return [...leaders, ...this.left].map((pid) => `${MOUNTS}/${pid} tmpfs session`);
  }

  leave(leader: number): void {
    this.left = [...this.left, leader];
  }

  clear(): void {
    this.left = [];
    for (const name of readdirSync(MOUNTS)) {
      spawnSync('umount', ['-q', `${MOUNTS}/${name}`]);
      rmdirSync(`${MOUNTS}/${name}`);
    }
  }
}

/** Of a session without a leader and a watch. */
export function removeFiles({
  id,
  pamSession,
  tty,
}: Pick<ActiveSession, 'id' | 'pamSession' | 'tty'>): void {
  for (const path of [`${PATHS.leaders}/${pamSession}`, `${PATHS.sessions}/${id}`]) {
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

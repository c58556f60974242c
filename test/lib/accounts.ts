/** Accounts of the sandbox, made with the machine's own tools. */
import { execFileSync, spawnSync } from 'node:child_process';

let nextUid = 61_000;

/** What stands before the argv of a program that `nobody` runs. */
export const NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--'];

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly password: string;
}

/** groups are made when they are missing. */
export function makeAccount(name: string, groups: readonly string[] = []): Account {
  // Test files are processes of their own in one sandbox.
  while (spawnSync('getent', ['passwd', String(nextUid)]).status === 0) nextUid++;
  const uid = nextUid++;
  const password = `pw-${name}-${uid}-Zx9`;
  for (const group of groups) execFileSync('groupadd', ['-f', group]);
  execFileSync('useradd', [
    ...['-K', 'UID_MAX=65000', '-u', String(uid), '-m', '-s', '/bin/bash'],
    ...(groups.length > 0 ? ['-G', groups.join(',')] : []),
    name,
  ]);
  execFileSync('chpasswd', { input: `${name}:${password}\n` });
  return { name, uid, password };
}

/** A real rootd, on a socket as supervise makes it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, copyFileSync, mkdirSync, renameSync } from 'node:fs';
import { createServer } from 'node:net';
import { PATHS } from '../../../src/protocol/broker-leader.ts';
import { collectLog } from './log.ts';
import { idOf } from './machine.ts';

/** Users execute session-host, and the clone may lie where only root may enter. */
const bin = '/usr/local/lib/vestibule-test';
const rootds: ChildProcess[] = [];

function installPrograms(): void {
  mkdirSync(bin, { recursive: true });
  for (const name of ['vestibule-rootd', 'vestibule-leader', 'vestibule-session-host'])
    copyFileSync(`${process.env.VESTIBULE_BIN ?? 'build/bin'}/${name}`, `${bin}/${name}`);
}

/** through: a program that runs it. */
export async function startRootd(...through: readonly string[]): Promise<ChildProcess> {
  if (rootds.length === 0) installPrograms();
  const server = createServer();
  server.listen(`${PATHS.rootd}.new`);
  await once(server, 'listening');
  // Closing our copy removes the name it was bound to: not this one.
  renameSync(`${PATHS.rootd}.new`, PATHS.rootd);
  chownSync(PATHS.rootd, 0, idOf('group', 'vestibule'));
  chmodSync(PATHS.rootd, 0o660);
  const { fd } = (server as unknown as { _handle: { fd: number } })._handle;
  const [program, ...args] = [...through, `${bin}/vestibule-rootd`];
  const rootd = spawn(program!, args, {
    stdio: ['ignore', 'ignore', 'pipe', fd],
    env: {},
  });
  rootds.push(rootd);
  collectLog(rootd.stderr!);
  server.close();
  await once(rootd, 'spawn');
  return rootd;
}

/** With every one that was started. */
export function stopRootd(): void {
  for (const rootd of rootds) {
    rootd.kill('SIGKILL');
    rootd.stderr!.destroy();
  }
}

/** A real rootd, on sockets as supervise makes them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, copyFileSync, mkdirSync, renameSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { PATHS } from '../../../src/protocol/broker-leader.ts';
import { collectLog } from './log.ts';
import { idOf } from './machine.ts';

/** Users execute session-host, and the clone may lie where only root may enter. */
const bin = '/usr/local/lib/vestibule-test';
const rootds: ChildProcess[] = [];

function installPrograms(): void {
  mkdirSync(bin, { recursive: true });
  for (const name of ['rootd', 'leader', 'pam-test', 'session-host'].map((it) => `vestibule-${it}`))
    copyFileSync(`${process.env.VESTIBULE_BIN ?? 'build/bin'}/${name}`, `${bin}/${name}`);
}

async function listen(path: string, gid: number, mode: number): Promise<Server> {
  const server = createServer();
  server.listen(`${path}.new`);
  await once(server, 'listening');
  // Closing our copy removes the name it was bound to: not this one.
  renameSync(`${path}.new`, path);
  chownSync(path, 0, gid);
  chmodSync(path, mode);
  return server;
}

/** through: a program that runs it. */
export async function startRootd(...through: readonly string[]): Promise<ChildProcess> {
  if (rootds.length === 0) installPrograms();
  const servers = [
    await listen(PATHS.rootd, idOf('group', 'vestibule'), 0o660),
    await listen(PATHS.pamTest, 0, 0o600),
  ];
  const fds = servers.map(
    (server) => (server as unknown as { _handle: { fd: number } })._handle.fd,
  );
  const [program, ...args] = [...through, `${bin}/vestibule-rootd`];
  const rootd = spawn(program!, args, {
    stdio: ['ignore', 'ignore', 'pipe', ...fds],
    env: {},
  });
  rootds.push(rootd);
  collectLog(rootd.stderr!);
  for (const server of servers) server.close();
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

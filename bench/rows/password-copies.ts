/** Copies of the password in the memory of all processes after a sign-in, in any shape. */
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { makeAccount } from '../../test/lib/accounts.ts';
import { ownProcesses } from '../../test/lib/intruder.ts';
import { scanProcess, shapesOf } from '../../test/lib/memory.ts';
import type { Lab } from '../lib/lab.ts';
import { findFamily } from '../lib/memory.ts';
import { makeRow, type Row } from '../lib/row.ts';
import { sum } from '../lib/statistics.ts';
import { Cockpit } from '../peers/cockpit.ts';
import { JupyterHub } from '../peers/jupyterhub.ts';
import { Sshd } from '../peers/ssh.ts';

export async function passwordCopies(lab: Lab): Promise<Row[]> {
  const { name } = makeAccount('bench-secret');
  const password = randomBytes(36).toString('base64url');
  execFileSync('chpasswd', { input: `${name}:${password}\n` });
  const count = (pids: readonly number[]): number =>
    sum(pids.map((pid) => scanProcess(pid, shapesOf(password)).found.length));
  const mine = await lab.serve(async () => {
    // A process of its own, so that the client's copy is not the server's.
    const args = ['test/lib/visitor.ts', 'https://127.0.0.1:8787', name];
    const visitor = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    visitor.stdin.write(password);
    await once(visitor.stdout, 'data');
    const copies = count(ownProcesses().map(({ pid }) => pid));
    visitor.stdin.end();
    await once(visitor, 'exit');
    return copies;
  });
  const common = {
    name: 'copies of the password in all processes after a sign-in',
    ...{ unit: '', ours: { value: mine }, tls: 'both' as const },
    note: 'halves count; password retention is not there yet',
  };
  const goal = { text: '0', value: 0 };
  const row = (peer: string, value: number | null, judged: boolean): Row =>
    makeRow({
      ...common,
      goal: judged ? goal : null,
      peer,
      theirs: value === null ? null : { value },
    });
  if (!lab.peers) return [row('JupyterHub', null, true)];
  return [
    row('JupyterHub', await inHub(name, password, count), true),
    row('Cockpit', await inCockpit(name, password, count), false),
    row('sshd', await inSshd(name, password, count), false),
  ];
}

type Count = (pids: readonly number[]) => number;
const family = (pid: number): number[] => findFamily([pid]).map((process) => process.pid);

async function inHub(name: string, password: string, count: Count): Promise<number> {
  const [hub] = await JupyterHub.start();
  await hub.signIn(await hub.visit(), name, password);
  const copies = count(family(hub.child.pid!));
  await hub.stop();
  return copies;
}

async function inCockpit(name: string, password: string, count: Count): Promise<number> {
  const [cockpit] = await Cockpit.start();
  const browser = await cockpit.visit();
  await cockpit.signIn(browser, name, password);
  const shell = await cockpit.openShell(browser);
  await shell.answer();
  const copies = count(family(cockpit.child.pid!));
  await shell.close();
  await cockpit.stop();
  return copies;
}

async function inSshd(name: string, password: string, count: Count): Promise<number> {
  const sshd = await Sshd.start();
  const shell = sshd.openShell(name, password);
  await shell.answer();
  const copies = count(family(sshd.child.pid!));
  await shell.close();
  await sshd.stop();
  return copies;
}

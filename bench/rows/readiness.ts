/** How long after its program is ready a page hears that a session is. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { LiveMessage } from '../../src/protocol/page-gateway.ts';
import type { Account } from '../../test/lib/accounts.ts';
import type { Lab } from '../lib/lab.ts';
import { makeRow, type Row } from '../lib/row.ts';
import { JupyterHub } from '../peers/jupyterhub.ts';

export async function readiness(lab: Lab): Promise<Row[]> {
  const [person] = lab.people(1);
  const mine = await lab.serve(() => ours(lab, person!));
  const hub = lab.peers ? await throughHub(person!) : null;
  return [
    makeRow({
      name: 'a page hears that a session is ready',
      unit: 'ms',
      goal: { text: '≤ 10 ms after', value: 10 },
      ours: mine,
      peer: 'JupyterHub (polls)',
      theirs: hub,
      tls: 'both',
      note: 'ours: after the first line that the login shell runs (below 0: before it); JupyterHub: after its server says that it listens',
    }),
  ];
}

async function ours(lab: Lab, person: Account): Promise<number[]> {
  const [profile, stamp] = ['.bash_profile', 'ready'].map((name) => `/home/${person.name}/${name}`);
  // Of bash itself: no process that would take its time.
  writeFileSync(profile!, `echo "$EPOCHREALTIME" >${stamp}\n`);
  const client = await lab.signIn(person);
  const live = client.socket(new URL('/api/live', client.url));
  lab.later(() => live.terminate());
  const told = new Map<string, number>();
  live.on('message', (payload: Buffer) => {
    const message = JSON.parse(payload.toString('utf8')) as LiveMessage;
    if (!('sessions' in message)) return;
    for (const { id, state } of message.sessions) {
      if (state === 'running' && !told.has(id)) told.set(id, Date.now() + (performance.now() % 1));
    }
  });
  const taken: number[] = [];
  for (let round = 0; round < lab.count(20, 2); round++) {
    const { id } = await client.startTerminal();
    const terminal = await client.openTerminal(id, await client.enter(id));
    await terminal.run('true');
    taken.push(told.get(id)! - Number(readFileSync(stamp!, 'utf8').replace(',', '.')) * 1000);
    await client.endSession(id);
    terminal.ws.terminate();
  }
  writeFileSync(profile!, '. ~/.profile\n');
  return taken;
}

async function throughHub({ name, password }: Account): Promise<number[]> {
  const [hub] = await JupyterHub.start();
  const taken: number[] = [];
  for (let round = 0; round < 5; round++) {
    const browser = await hub.visit();
    await hub.signIn(browser, name, password);
    await hub.spawn(browser, name);
    taken.push(performance.now() - hub.listening);
    await (await hub.openShell(browser, name)).close();
  }
  await hub.stop();
  return taken;
}

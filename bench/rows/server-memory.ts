/** Memory of the server when nothing happens, and what each session adds to it. */
import { atOnce } from '../lib/at-once.ts';
import { BrokerLink, ticketOf } from '../lib/broker-link.ts';
import type { Lab } from '../lib/lab.ts';
import { findFamily, findPrograms, totalPss } from '../lib/memory.ts';
import { makeRow, type Row } from '../lib/row.ts';
import { firstAnswer } from '../peers/browser.ts';
import { Cockpit } from '../peers/cockpit.ts';
import { JupyterHub } from '../peers/jupyterhub.ts';

const PROGRAMS = [
  '/vestibule-supervise',
  '/vestibule-rootd',
  '/dist/broker.js',
  '/dist/gateway.js',
];

/** MiB. */
function serverPss(): number {
  return totalPss(findPrograms(...PROGRAMS)) / 1024;
}

export async function serverMemory(lab: Lab): Promise<Row[]> {
  const idle: number[] = [];
  for (let round = 0; round < lab.count(5, 1); round++) {
    idle.push(
      await lab.serve(async () => {
        await firstAnswer('https://127.0.0.1:8787/');
        return serverPss();
      }),
    );
  }
  const name = 'memory of the idle server, all its processes';
  const common = { name, unit: 'MiB', ours: idle, note: 'PSS after the first page' };
  const goal = { text: '≤ 90 MiB', value: 90 };
  const [hub, cockpit] = lab.peers ? await peerMemory() : [null, null];
  return [
    makeRow({ ...common, goal, peer: 'JupyterHub (hub and proxy)', theirs: hub }),
    makeRow({ ...common, goal, peer: 'Cockpit', theirs: cockpit }),
    await perSession(lab),
  ];
}

async function perSession(lab: Lab): Promise<Row> {
  const people = lab.people(lab.count(30, 2));
  const [few, many] = [lab.count(100, 2), lab.count(300, 4)];
  return await lab.serve(async () => {
    const tickets = await atOnce(4, people, async (person) => ticketOf(await lab.signIn(person)));
    const broker = await BrokerLink.connect();
    lab.later(() => broker.close());
    // What the first ones make Node allocate is no session's.
    for (let n = 0; n < few; n++) await broker.start(tickets[n % tickets.length]!);
    const before = serverPss();
    for (let n = few; n < many; n++) await broker.start(tickets[n % tickets.length]!);
    return makeRow({
      name: 'memory that a session adds to the server',
      unit: 'KiB',
      goal: { text: '≤ 30 KiB', value: 30 },
      ours: { value: ((serverPss() - before) / (many - few)) * 1024 },
      note: `PSS, from session ${few} to ${many} of ${people.length} people`,
    });
  });
}

async function peerMemory(): Promise<[{ value: number }, { value: number }]> {
  const [hub] = await JupyterHub.start();
  const ofHub = totalPss(findFamily([hub.child.pid!])) / 1024;
  await hub.stop();
  const [cockpit] = await Cockpit.start();
  const ofCockpit = totalPss(findFamily([cockpit.child.pid!])) / 1024;
  await cockpit.stop();
  return [{ value: ofHub }, { value: ofCockpit }];
}

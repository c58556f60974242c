/** From a sign-in to a shell that has answered, against what else gives a shell. */
import type { Account } from '../../test/lib/accounts.ts';
import type { Lab } from '../lib/lab.ts';
import { openShell } from '../lib/our-shell.ts';
import { makeRow, type Row } from '../lib/row.ts';
import { alternate, time } from '../lib/statistics.ts';
import { Cockpit } from '../peers/cockpit.ts';
import { JupyterHub } from '../peers/jupyterhub.ts';
import { Sshd } from '../peers/ssh.ts';

const NAME = 'sign-in to a shell that answered';

export async function answerInShell(lab: Lab): Promise<Row[]> {
  const [person] = lab.people(1);
  return await lab.serve(async () => {
    const [[cockpit], sshd] = lab.peers
      ? [await Cockpit.start(), await Sshd.start()]
      : [[null], null];
    const [mine, theirs, ssh] = await alternate(lab.count(30, 2), [
      () => ours(lab, person!),
      cockpit && (() => throughCockpit(cockpit, person!)),
      sshd && (() => throughSsh(sshd, person!)),
    ]);
    await cockpit?.stop();
    await sshd?.stop();
    const hub = lab.peers ? await throughHub(person!, lab.count(5, 1)) : null;
    const common = { name: NAME, unit: 'ms', ours: mine!, tls: 'both' as const };
    const goal = { text: '≤ 0.5 × Cockpit', ratio: 0.5 };
    return [
      makeRow({ ...common, goal, peer: 'Cockpit', theirs: theirs ?? null }),
      makeRow({
        ...common,
        goal: null,
        peer: 'ssh (its client as a program)',
        theirs: ssh ?? null,
      }),
      makeRow({ ...common, goal: null, peer: 'JupyterHub (terminal of a notebook)', theirs: hub }),
    ];
  });
}

async function ours(lab: Lab, { name, password }: Account): Promise<number> {
  const client = await lab.visit();
  return await time(async () => {
    await client.signIn(name, Buffer.from(password));
    await (await openShell(client)).answer();
  });
}

async function throughCockpit(cockpit: Cockpit, { name, password }: Account): Promise<number> {
  const browser = await cockpit.visit();
  const from = performance.now();
  await cockpit.signIn(browser, name, password);
  const shell = await cockpit.openShell(browser);
  await shell.answer();
  const took = performance.now() - from;
  await shell.close();
  return took;
}

async function throughSsh(sshd: Sshd, { name, password }: Account): Promise<number> {
  const from = performance.now();
  const shell = sshd.openShell(name, password);
  await shell.answer();
  const took = performance.now() - from;
  await shell.close();
  return took;
}

async function throughHub({ name, password }: Account, rounds: number): Promise<number[]> {
  const [hub] = await JupyterHub.start();
  const taken: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const browser = await hub.visit();
    const from = performance.now();
    await hub.signIn(browser, name, password);
    await hub.spawn(browser, name);
    const shell = await hub.openShell(browser, name);
    await shell.answer();
    taken.push(performance.now() - from);
    await shell.close();
  }
  await hub.stop();
  return taken;
}

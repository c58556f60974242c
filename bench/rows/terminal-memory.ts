/** Memory of a whole terminal session without its shell, with somebody looking at it. */
import type { Account } from '../../test/lib/accounts.ts';
import type { Lab } from '../lib/lab.ts';
import { findFamily, findPrograms, totalPss } from '../lib/memory.ts';
import { openShell } from '../lib/our-shell.ts';
import { makeRow, type Row } from '../lib/row.ts';
import { Cockpit } from '../peers/cockpit.ts';
import type { Shell } from '../peers/shell.ts';
import { Sshd } from '../peers/ssh.ts';

const SHELLS = ['bash', '-bash'];

export async function terminalMemory(lab: Lab): Promise<Row[]> {
  const [person] = lab.people(1);
  const count = lab.count(100, 3);
  const mine = await lab.serve(async () => {
    const client = await lab.signIn(person!);
    for (let n = 0; n < count; n++) await (await openShell(client)).answer();
    return totalPss(findPrograms('/vestibule-leader', '/vestibule-session-host')) / count;
  });
  const common = {
    name: `memory of a terminal session without its shell (each of ${count})`,
    unit: 'MiB',
    ours: { value: mine / 1024 },
    note: 'PSS',
    tls: 'both' as const,
  };
  const value = (kib: number | null) => (kib === null ? null : { value: kib / 1024 });
  const cockpit = lab.peers ? await throughCockpit(person!, count) : null;
  const sshd = lab.peers ? await throughSsh(person!, count) : null;
  const goal = { text: '≤ 1.2 MiB', value: 1.2 };
  return [
    makeRow({ ...common, goal, peer: 'sshd', theirs: value(sshd) }),
    makeRow({ ...common, goal, peer: 'Cockpit', theirs: value(cockpit) }),
  ];
}

/** KiB of what descends from the server, shells and the server itself left out. */
function measure(server: number, count: number): number {
  const family = findFamily([server]).filter(
    ({ pid, argv }) => pid !== server && !SHELLS.includes(argv[0]!.split('/').at(-1)!),
  );
  return totalPss(family) / count;
}

async function throughCockpit({ name, password }: Account, count: number): Promise<number> {
  const [cockpit] = await Cockpit.start();
  const shells: Shell[] = [];
  for (let n = 0; n < count; n++) {
    const browser = await cockpit.visit();
    await cockpit.signIn(browser, name, password);
    const shell = await cockpit.openShell(browser);
    await shell.answer();
    shells.push(shell);
  }
  const pss = measure(cockpit.child.pid!, count);
  for (const shell of shells) await shell.close();
  await cockpit.stop();
  return pss;
}

async function throughSsh({ name, password }: Account, count: number): Promise<number> {
  const sshd = await Sshd.start();
  const shells: Shell[] = [];
  for (let n = 0; n < count; n++) {
    const shell = sshd.openShell(name, password);
    await shell.answer();
    shells.push(shell);
  }
  const pss = measure(sshd.child.pid!, count);
  for (const shell of shells) await shell.close();
  await sshd.stop();
  return pss;
}

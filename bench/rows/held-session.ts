/** Memory of a PAM session that is held open, against the least program that holds one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSession } from '../../test/lib/leader/sessions.ts';
import { type Lab, withoutBroker } from '../lib/lab.ts';
import { findPrograms, totalPss } from '../lib/memory.ts';
import { makeRow, type Row } from '../lib/row.ts';

export async function heldSession(lab: Lab): Promise<Row[]> {
  const [person] = lab.people(1);
  const count = lab.count(100, 3);
  const bare = await bareLeaders(person!.name, count);
  const [mine, watches] = await lab.serve(() =>
    withoutBroker(lab, async () => {
      for (let n = 0; n < count; n++) await openSession({ user: person!.name });
      const processes = findPrograms('/vestibule-leader');
      const parents = new Set(processes.map(({ parent }) => parent));
      const twins = processes.filter(({ pid }) => parents.has(pid));
      return [totalPss(processes), totalPss(twins)];
    }),
  );
  return [
    makeRow({
      name: `memory of a held PAM session (each of ${count})`,
      unit: 'MiB',
      goal: { text: '≤ 1.3 ×', ratio: 1.3 },
      ours: { value: mine! / count / 1024 },
      peer: 'a bare C leader',
      theirs: { value: bare / count / 1024 },
      note: `PSS; ours with its watch, which is ${((watches! / count) | 0).toString()} KiB of it`,
    }),
  ];
}

/** KiB of all. */
async function bareLeaders(user: string, count: number): Promise<number> {
  const children: ChildProcess[] = [];
  for (let n = 0; n < count; n++) {
    const child = spawn('build/bench/bare-leader', ['su', user], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(child.stdout!, 'data');
    children.push(child);
  }
  const pss = totalPss(findPrograms('/bare-leader'));
  for (const child of children) child.stdin!.end();
  await Promise.all(children.map((child) => once(child, 'exit')));
  return pss;
}

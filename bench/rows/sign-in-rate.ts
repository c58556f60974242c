/** Sign-ins per second, eight at a time, against what the CPU can check: pam_unix computes each password twice. */
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { atOnce, numbers } from '../lib/at-once.ts';
import type { Lab } from '../lib/lab.ts';
import { makeRow, type Row } from '../lib/row.ts';
import { time } from '../lib/statistics.ts';
import { openWire, signInOn } from '../lib/wire-sign-in.ts';

const CHECKS = 2;
const WORKERS = 8;

export async function signInRate(lab: Lab): Promise<Row[]> {
  const accounts = lab.people(WORKERS);
  const count = lab.count(160, 8);
  const [ours, cpu]: [number[], number[]] = [[], []];
  await lab.serve(async () => {
    for (let round = 0; round < lab.count(5, 1); round++) {
      cpu.push(yescryptRate(lab.count(3, 0.2)) / CHECKS);
      const wires = await atOnce(WORKERS, numbers(count), openWire);
      const took = await time(() =>
        atOnce(WORKERS, wires, (wire, index) => signInOn(wire, accounts[index % WORKERS]!)),
      );
      for (const wire of wires) wire.close();
      ours.push((count / took) * 1000);
    }
  });
  return [
    makeRow({
      ...{ name: 'sign-ins per second, 8 at a time', unit: '/s', ours, tls: 'ours' },
      goal: { text: '≥ 0.85 ×', ratio: 0.85, atLeast: true },
      peer: "half of the CPU's yescrypt rate",
      theirs: cpu,
      note: 'the clients take their share of the same cores',
    }),
  ];
}

function yescryptRate(seconds: number): number {
  const args = [String(availableParallelism()), String(seconds)];
  return Number(execFileSync('build/bench/yescrypt-rate', args));
}

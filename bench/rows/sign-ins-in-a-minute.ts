/** Everybody comes at nine: 300 people sign in within a minute. */
import { setTimeout as delay } from 'node:timers/promises';
import { numbers } from '../lib/at-once.ts';
import type { Lab } from '../lib/lab.ts';
import { makeRow, type Row } from '../lib/row.ts';
import { percentile, time } from '../lib/statistics.ts';

export async function signInsInAMinute(lab: Lab): Promise<Row[]> {
  const people = lab.people(lab.count(30, 5));
  const [count, minute] = [lab.count(300, 10), lab.count(60_000, 2000)];
  const taken = await lab.serve(async () => {
    const from = performance.now();
    return await Promise.all(
      // Anywhere within the minute, whoever came before.
      numbers(count).map(async (index) => {
        await delay(from + Math.random() * minute - performance.now());
        const { name, password } = people[index % people.length]!;
        const client = await lab.visit();
        return await time(() => client.signIn(name, Buffer.from(password)));
      }),
    );
  });
  return [50, 99].map((percent) =>
    makeRow({
      name: `${count} sign-ins in ${minute / 1000} s, p${percent}`,
      ...{ unit: 'ms', goal: null, tls: 'ours' as const },
      ours: { value: percentile(taken, percent), of: taken },
      note: 'at moments drawn by chance; each on a new connection, whose making is not counted',
    }),
  );
}

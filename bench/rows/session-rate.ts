/** PAM sessions opened and closed per second, eight at a time: through the broker, and the same leaders without it. */
import { execFileSync } from 'node:child_process';
import type { Account } from '../../test/lib/accounts.ts';
import { openSession } from '../../test/lib/leader/sessions.ts';
import { atOnce, numbers } from '../lib/at-once.ts';
import { BrokerLink, ticketOf } from '../lib/broker-link.ts';
import { type Lab, withoutBroker } from '../lib/lab.ts';
import { makeRow, type Row } from '../lib/row.ts';
import { alternate, time } from '../lib/statistics.ts';

const WORKERS = 8;

export async function sessionRate(lab: Lab): Promise<Row[]> {
  const accounts = lab.people(WORKERS);
  // bash may overlook a SIGHUP that comes while it starts, and is then killed two seconds later.
  setShells(accounts, '/bin/sh');
  const sessions = numbers(lab.count(160, 8));
  const rate = (took: number): number => (sessions.length / took) * 1000;
  return await lab.serve(async () => {
    const broker = await BrokerLink.connect();
    lab.later(() => broker.close());
    const tickets = await atOnce(2, accounts, async (person) => ticketOf(await lab.signIn(person)));
    const ours = (): Promise<number> =>
      time(() =>
        atOnce(WORKERS, sessions, async (_, index) => {
          const ticket = tickets[index % WORKERS]!;
          await broker.end(ticket, await broker.start(ticket));
        }),
      );
    const leaders = (): Promise<number> =>
      time(() =>
        atOnce(WORKERS, sessions, async (_, index) => {
          const client = await openSession({ user: accounts[index % WORKERS]!.name, pty: true });
          client.spawn();
          await client.expect('spawned');
          await client.end();
        }),
      );
    const [mine, theirs] = await alternate(lab.count(5, 1), [
      ours,
      () => withoutBroker(lab, leaders),
    ]);
    setShells(accounts, '/bin/bash');
    return [
      makeRow({
        name: 'PAM sessions opened and closed per second, 8 at a time',
        ...{ unit: '/s', ours: mine!.map(rate), theirs: theirs!.map(rate) },
        peer: 'the same leaders without broker and database',
        goal: { text: '≥ 0.7 ×', ratio: 0.7, atLeast: true },
        note: 'each with a login shell (sh) on a terminal',
      }),
    ];
  });
}

function setShells(accounts: readonly Account[], shell: string): void {
  for (const { name } of accounts) execFileSync('usermod', ['-s', shell, name]);
}

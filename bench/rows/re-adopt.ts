/** kill -9 of the broker with many sessions open, until the next broker has all of them. */

import { setTimeout as delay } from 'node:timers/promises';
import type { ActiveSession } from '../../src/protocol/cli-broker.ts';
import { askBroker } from '../../test/lib/product.ts';
import { atOnce, numbers } from '../lib/at-once.ts';
import { BrokerLink, ticketOf } from '../lib/broker-link.ts';
import type { Lab } from '../lib/lab.ts';
import { emptyRow, makeRow, type Row } from '../lib/row.ts';

const PEOPLE = 10;
/** A service that ends before it has run for so long is not started again at once: that is for one that cannot run. */
const SETTLED_MS = 10_000;

export async function reAdopt(lab: Lab): Promise<Row[]> {
  const people = lab.people(lab.count(PEOPLE, 2));
  const count = lab.count(1000, 6);
  const name = `re-adopt ${count} sessions after kill -9 of the broker`;
  return await lab.serve(async () => {
    const tickets = await atOnce(2, people, async (person) => ticketOf(await lab.signIn(person)));
    const broker = await BrokerLink.connect();
    await atOnce(8, numbers(count), (index) => broker.start(tickets[index % tickets.length]!));
    broker.close();
    const before = describe(await activeSessions());
    const taken: number[] = [];
    for (let round = 0; round < lab.count(5, 1); round++) {
      await delay(lab.count(SETTLED_MS, 0));
      const from = performance.now();
      const log = lab.product.strike(['broker']);
      // It answers when it has connected to all leaders, or after 2 s.
      const { sessions } = await askBroker('status', {});
      taken.push(performance.now() - from);
      const after = describe(await activeSessions());
      if (sessions !== count || after !== before) {
        return [emptyRow(name, 'ms', '≤ 1 s', 'sessions were lost')];
      }
      await lab.product.serving(log, ['broker']);
    }
    const goal = { text: '≤ 1 s, nothing lost', value: 1000 };
    const note =
      'from the kill, until the next broker, connected to all leaders, answers; then all run with the same programs';
    return [makeRow({ name, unit: 'ms', goal, ours: taken, note })];
  });
}

async function activeSessions(): Promise<readonly ActiveSession[]> {
  return (await askBroker('active-sessions', {})).sessions;
}

function describe(sessions: readonly ActiveSession[]): string {
  return sessions.map(({ id, state, pid }) => `${id} ${state} ${pid}`).join('\n');
}

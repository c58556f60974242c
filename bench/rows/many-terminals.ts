/** 300 terminals of 30 people at once, each with somebody looking and a line every second. */
import { atOnce, numbers } from '../lib/at-once.ts';
import { echoKeys } from '../lib/echo.ts';
import type { Lab } from '../lib/lab.ts';
import { findPrograms, totalPss } from '../lib/memory.ts';
import { openShell } from '../lib/our-shell.ts';
import { makeRow, type Row } from '../lib/row.ts';
import { percentile } from '../lib/statistics.ts';

const SERVER = ['/vestibule-supervise', '/vestibule-rootd', '/dist/broker.js', '/dist/gateway.js'];
const SESSION = ['/vestibule-leader', '/vestibule-session-host'];
/** Of bash alone: it reads its terminal, where nobody types, for a second. */
const LINES = 'while :; do echo "$SECONDS"; read -rt 1; done\r';

export async function manyTerminals(lab: Lab): Promise<Row[]> {
  const people = lab.people(lab.count(30, 2));
  const count = lab.count(300, 4);
  return await lab.serve(async () => {
    const idle = totalPss(findPrograms(...SERVER));
    const clients = await atOnce(4, people, (person) => lab.signIn(person));
    await atOnce(8, numbers(count), async (index) => {
      const shell = await openShell(clients[index % clients.length]!);
      await shell.answer();
      shell.type(LINES);
    });
    const shell = await openShell(clients[0]!);
    await shell.answer();
    const keys = await echoKeys(shell, lab.count(2000, 26));
    const session = totalPss(findPrograms(...SESSION)) / (count + 1);
    const server = (totalPss(findPrograms(...SERVER)) - idle) / (count + 1);
    const what = `${count} terminals of ${people.length} people`;
    const common = { goal: null, tls: 'ours' as const };
    const note = 'PSS; each with a viewer and a line a second';
    return [
      makeRow({
        ...common,
        name: `${what}: memory of each, without its shell`,
        unit: 'MiB',
        ours: { value: session / 1024 },
        note,
      }),
      makeRow({
        ...common,
        name: `${what}: what each adds to the server`,
        unit: 'KiB',
        ours: { value: server },
        note,
      }),
      ...[50, 99].map((percent) =>
        makeRow({
          ...{ ...common, name: `${what}: key echo p${percent} in one more`, unit: 'µs' },
          ours: { value: percentile(keys, percent), of: keys },
        }),
      ),
    ];
  });
}

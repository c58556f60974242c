/** A key pressed in a terminal, until its echo is there. */

import { echoKeys } from '../lib/echo.ts';
import type { Lab } from '../lib/lab.ts';
import { openShell } from '../lib/our-shell.ts';
import { makeRow, type Row } from '../lib/row.ts';
import { percentile, type Samples } from '../lib/statistics.ts';
import { Cockpit } from '../peers/cockpit.ts';
import { JupyterHub } from '../peers/jupyterhub.ts';
import type { Shell } from '../peers/shell.ts';

const BLOCK = 130;
/** Keys until V8 compiles no more of what echoes them are about 10,000, on our side and in the client of all. */
const BLOCKS = { first: 20, warming: 80, later: 40 };

export async function keyEcho(lab: Lab): Promise<Row[]> {
  const [person] = lab.people(1);
  const { name, password } = person!;
  return await lab.serve(async () => {
    const shells = [await openShell(await lab.signIn(person!))];
    const [cockpit, hub] = lab.peers
      ? [(await Cockpit.start())[0], (await JupyterHub.start())[0]]
      : [null, null];
    if (cockpit !== null && hub !== null) {
      const visitor = await cockpit.visit();
      await cockpit.signIn(visitor, name, password);
      shells.push(await cockpit.openShell(visitor));
      const browser = await hub.visit();
      await hub.signIn(browser, name, password);
      await hub.spawn(browser, name);
      shells.push(await hub.openShell(browser, name));
    }
    for (const shell of shells) await shell.answer();
    await inTurns(shells, 1);
    const first = await inTurns(shells, lab.count(BLOCKS.first, 1));
    await inTurns(shells, lab.count(BLOCKS.warming, 1));
    const later = await inTurns(shells, lab.count(BLOCKS.later, 1));
    await cockpit?.stop();
    await hub?.stop();
    return [
      ...rowsOf('terminal key echo', later),
      ...rowsOf('terminal key echo, the first keys of a server', first),
    ];
  });
}

/** Blocks of keys in turn. */
async function inTurns(shells: readonly Shell[], rounds: number): Promise<Samples[]> {
  const taken = shells.map(() => [] as number[]);
  for (let round = 0; round < rounds; round++) {
    for (const [at, shell] of shells.entries()) taken[at]!.push(...(await echoKeys(shell, BLOCK)));
  }
  return taken;
}

function rowsOf(what: string, [ours, ...theirs]: readonly Samples[]): Row[] {
  return ['Cockpit', 'JupyterHub'].flatMap((peer, at) =>
    [50, 99].map((percent) => {
      const value = (of: Samples) => ({ value: percentile(of, percent), of });
      return makeRow({
        name: `${what} p${percent}`,
        ...{ unit: 'µs', peer, tls: 'both' as const, ours: value(ours!) },
        theirs: theirs[at] === undefined ? null : value(theirs[at]),
        goal: at === 0 ? { text: '≤ Cockpit', ratio: 1 } : null,
        note: 'bash at its prompt',
      });
    }),
  );
}

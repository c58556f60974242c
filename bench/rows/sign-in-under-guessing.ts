/** Whether four who guess passwords make somebody wait who knows theirs. */
import type { Account } from '../../test/lib/accounts.ts';
import type { Lab } from '../lib/lab.ts';
import { makeRow, type Row } from '../lib/row.ts';
import { time } from '../lib/statistics.ts';
import { Cockpit } from '../peers/cockpit.ts';
import { JupyterHub } from '../peers/jupyterhub.ts';

const NAME = 'good sign-in while 4 clients send wrong passwords';
const GUESSERS = 4;

interface Side {
  /** Milliseconds. */
  readonly good: (person: Account) => Promise<number>;
  readonly wrong: (person: Account) => Promise<unknown>;
}

export async function signInUnderGuessing(lab: Lab): Promise<Row[]> {
  const accounts = lab.people(1 + GUESSERS);
  const row = (peer: string, [quiet, busy]: readonly number[][], goal: boolean): Row =>
    makeRow({
      name: goal ? NAME : `${NAME}: ${peer}`,
      ...{ unit: 'ms', ours: busy!, peer: `the same server, quiet`, theirs: quiet!, tls: 'both' },
      goal: goal ? { text: '≤ 1.1 ×', ratio: 1.1 } : null,
    });
  const rows = [
    await lab.serve(async () =>
      row('', await compare(ourSide(lab), accounts, lab.count(30, 2)), true),
    ),
  ];
  if (!lab.peers) return rows;
  const [cockpit] = await Cockpit.start();
  rows.push(row('Cockpit', await compare(webSide(cockpit), accounts, 10), false));
  await cockpit.stop();
  const [hub] = await JupyterHub.start();
  rows.push(row('JupyterHub', await compare(webSide(hub), accounts, 3), false));
  await hub.stop();
  return rows;
}

async function compare(side: Side, accounts: readonly Account[], rounds: number) {
  const [person, ...others] = accounts;
  await side.good(person!);
  const quiet = await repeat(rounds, () => side.good(person!));
  let stopped = false;
  const guesses = others.map(async (other) => {
    while (!stopped) await side.wrong(other);
  });
  const busy = await repeat(rounds, () => side.good(person!));
  stopped = true;
  await Promise.all(guesses);
  return [quiet, busy];
}

async function repeat(rounds: number, work: () => Promise<number>): Promise<number[]> {
  const taken: number[] = [];
  while (taken.length < rounds) taken.push(await work());
  return taken;
}

function ourSide(lab: Lab): Side {
  return {
    good: async ({ name, password }) => {
      const client = await lab.visit();
      return await time(() => client.signIn(name, Buffer.from(password)));
    },
    // From an address of its own each time: one that has failed often is not asked for long.
    wrong: async ({ name }) => {
      const client = await lab.visit();
      await client.signIn(name, Buffer.from('wrong')).catch(() => {});
    },
  };
}

function webSide(server: Cockpit | JupyterHub): Side {
  const attempt = async (name: string, password: string): Promise<number> => {
    const browser = await server.visit();
    const took = await time(() => server.signIn(browser, name, password));
    browser.close();
    return took;
  };
  return {
    good: ({ name, password }) => attempt(name, password),
    wrong: ({ name }) => attempt(name, 'wrong'),
  };
}

/** From the start of the server to its first page, and until the broker behind it takes sign-ins. */
import type { Lab } from '../lib/lab.ts';
import { makeRow, type Row } from '../lib/row.ts';
import { alternate } from '../lib/statistics.ts';
import { firstAnswer } from '../peers/browser.ts';
import { Cockpit } from '../peers/cockpit.ts';
import { JupyterHub } from '../peers/jupyterhub.ts';

export async function start(lab: Lab): Promise<Row[]> {
  const ours = async (): Promise<number> => {
    const answered = firstAnswer('https://127.0.0.1:8787/');
    const from = performance.now();
    // The page could be there before somebody can sign in.
    await Promise.all([answered, lab.product.start()]);
    const took = performance.now() - from;
    await lab.product.stop();
    return took;
  };
  const peer = (kind: typeof Cockpit | typeof JupyterHub) => async (): Promise<number> => {
    const [server, took] = await kind.start();
    await server.stop();
    return took;
  };
  const [mine, cockpit, hub] = await alternate(lab.count(10, 1), [
    ours,
    lab.peers ? peer(Cockpit) : null,
    lab.peers ? peer(JupyterHub) : null,
  ]);
  const common = { name: 'start to ready', unit: 'ms', ours: mine!, tls: 'both' as const };
  const goal = { text: '≤ 400 ms', value: 400 };
  return [
    makeRow({ ...common, goal, peer: 'JupyterHub', theirs: hub ?? null }),
    makeRow({ ...common, goal, peer: 'Cockpit', theirs: cockpit ?? null }),
  ];
}

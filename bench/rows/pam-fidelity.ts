/** How many of the 13 points of PAM fidelity hold, by the oracle tests: sessions by su, ssh and the product, compared. */
import { spawnSync } from 'node:child_process';
import { emptyRow, makeRow, type Row } from '../lib/row.ts';

const NAME = 'PAM fidelity';
const GOAL = { text: '13', value: 13, atLeast: true };
/** What the oracle said, for the process in the sandbox: it needs a sandbox of its own. */
const VARIABLE = 'BENCH_PAM_POINTS';

/** Before the sandbox is entered. */
export function askOracle(): void {
  const { stdout } = spawnSync(
    'sh',
    ['tools/test/prepared.sh', '--build', 'test/oracle/main.ts', '--json'],
    {
      encoding: 'utf8',
      maxBuffer: 64 << 20,
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  try {
    const { points } = JSON.parse(stdout) as { points: readonly { holds: boolean }[] };
    process.env[VARIABLE] = String(points.filter(({ holds }) => holds).length);
  } catch {
    // It did not come to its end: the row says so.
  }
}

export async function pamFidelity(): Promise<Row[]> {
  const points = process.env[VARIABLE];
  if (points === undefined)
    return [emptyRow(NAME, 'of 13', GOAL.text, 'not yet: the oracle was not asked')];
  const note = 'npm run oracle';
  return [
    makeRow({ name: NAME, unit: 'of 13', goal: GOAL, ours: { value: Number(points) }, note }),
  ];
}

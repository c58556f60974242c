/** npm run bench [-- [--json] [--quick] ROW…]: measures inside the sandbox and prints the table. */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { runProgram } from '../tools/start/report.mjs';
import { Lab } from './lib/lab.ts';
import { printTable } from './lib/print-table.ts';
import { emptyRow, type Row } from './lib/row.ts';
import { askOracle } from './rows/pam-fidelity.ts';
import { benches } from './rows.ts';

/** Of one file of rows. */
const LONGEST_MS = 600_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean' }, quick: { type: 'boolean' } },
});
const unknown = positionals.filter((name) => !(name in benches));
if (unknown.length > 0) {
  console.error(`wanted rows of: ${Object.keys(benches).join(' ')}; got: ${unknown.join(' ')}`);
  process.exit(2);
}
runProgram('make', ['-s', 'bench']);
if (process.env.VESTIBULE_IN_SANDBOX === undefined) enterSandbox();
else await measure();

function isWanted(name: string): boolean {
  return positionals.length === 0 || positionals.includes(name);
}

function enterSandbox(): void {
  if (isWanted('pam-fidelity') && values.quick !== true) askOracle();
  const command = [process.execPath, ...process.argv.slice(1)];
  const { status } = spawnSync('tools/sandbox.sh', command, { stdio: 'inherit' });
  process.exitCode = status ?? 1;
}

async function measure(): Promise<void> {
  const lab = await Lab.open(values.quick === true);
  const rows: Row[] = [];
  for (const [name, bench] of Object.entries(benches)) {
    if (!isWanted(name)) continue;
    const from = performance.now();
    rows.push(...(await tryBench(name, () => bench(lab))));
    console.error(`${name}: ${((performance.now() - from) / 1000).toFixed(1)} s`);
  }
  console.log(values.json ? JSON.stringify({ rows }) : printTable(rows));
  // Whatever a peer's client still holds open.
  process.exit();
}

/** One that fails, or does not come to an end, takes no other with it. */
async function tryBench(name: string, work: () => Promise<Row[]>): Promise<Row[]> {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error(`no end within ${LONGEST_MS / 60_000} minutes`)), LONGEST_MS);
  });
  try {
    return await Promise.race([work(), late]);
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
    return [emptyRow(name, '', 'none', `failed: ${(error as Error).message.split('\n')[0]}`)];
  }
}

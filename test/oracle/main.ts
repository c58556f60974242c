/**
 * npm run oracle [-- --json | --all | --brief] [NAME…]: the same user's session by su, by ssh and by Vestibule, item by item, in one
 * stack for all, module after module. Exits with 1 when there is a difference that explained.ts does not explain.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { compareAll } from './compare-all.ts';
import { printReport } from './print-table.ts';

const { values: flags, positionals } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
    brief: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
if (process.env.VESTIBULE_IN_SANDBOX === undefined) process.exit(enterSandbox());
const report = await compareAll(positionals);
if (process.env.ORACLE_BOOTED !== undefined)
  writeFileSync(process.env.ORACLE_BOOTED, JSON.stringify(report));
if (flags.json) console.log(JSON.stringify(report));
else printReport(report, flags);
process.exitCode = report.unexplained > 0 ? 1 : 0;

/** Descriptors of the caller's must not reach a session by su. */
function enterSandbox(): number {
  const close =
    'for fd in /proc/$$/fd/*; do fd=$(basename $fd); ((fd > 2)) && eval "exec $fd>&-"; done; exec "$@"';
  const again = ['bash', '-c', close, 'bash', process.execPath, ...process.argv.slice(1)];
  return spawnSync('tools/sandbox.sh', again, { stdio: 'inherit' }).status ?? 1;
}

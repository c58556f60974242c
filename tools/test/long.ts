/** npm run test:long [SEQUENCES]: the property test with as many random sequences as nobody waits for in npm test. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { runCheck } from './run-check.ts';

const [sequences = '2000'] = process.argv.slice(2);
for (const [program, ...args] of [
  [process.execPath, 'tools/build.ts'],
  ['make', '-s', 'fakes'],
] as const) {
  const { failed } = await runCheck(program, args);
  if (failed > 0) process.exit(1);
}
const test = 'test/system/property.test.ts';
const child = spawn('tools/sandbox.sh', [process.execPath, test], {
  stdio: 'inherit',
  env: { ...process.env, PROPERTY_RUNS: sequences },
});
const [status] = (await once(child, 'exit')) as [number | null];
process.exitCode = status ?? 1;

/** npm run test:long [SEQUENCES [PAIRS]]: runs some tests of npm test with more repetitions than npm test has time for. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const [sequences = '2000', pairs = '500'] = process.argv.slice(2);
/** The variables from which the tests read how much to do. */
const env = {
  ...process.env,
  PROPERTY_RUNS: sequences,
  PAIRS: pairs,
  FLOOD_MB: '75',
  CONNECTIONS: '6000',
  SIGN_INS: '1700',
  ADDRESSES: '1000',
  NAMES: '2000',
};
for (const test of [
  'property',
  'two-users',
  'attacks/unread-answers',
  'attacks/connections',
  'attacks/sign-in-floods',
]) {
  const file = `test/system/${test}.test.ts`;
  const child = spawn('tools/sandbox.sh', [process.execPath, file], { stdio: 'inherit', env });
  const [status] = (await once(child, 'exit')) as [number | null];
  if (status !== 0) process.exitCode = status ?? 1;
}

/** npm run fuzz -- SECONDS: runs each harness of test/fuzz for so many seconds. */
import { runFuzzers } from './run-fuzzers.ts';

const each = Number(process.argv[2] ?? 60);
if (!Number.isInteger(each) || each < 1) {
  console.error(`wanted a whole number of seconds, got '${process.argv[2]}'`);
  process.exit(2);
}
const { failures } = await runFuzzers({ each });
process.exitCode = failures.length > 0 ? 1 : 0;

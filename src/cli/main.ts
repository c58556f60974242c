/** The command line: runs as whoever calls it. */
import { processContext } from './context.ts';
import { runCli } from './run-cli.ts';

process.exitCode = await runCli(process.argv.slice(2), processContext());

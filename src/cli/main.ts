/** The command line: runs as whoever calls it. */
import { processContext } from './context.ts';
import { answerReading, READER } from './reading/answer-reading.ts';
import { runCli } from './run-cli.ts';

const args = process.argv.slice(2);
if (args[0] === READER) answerReading();
else process.exitCode = await runCli(args, processContext());

/** The command line; runs as its caller. A command and its reader each import only what they need. */
import { READER } from './reading/told.ts';

const args = process.argv.slice(2);
if (args[0] === READER) {
  const { answerReading } = await import('./reading/answer-reading.ts');
  await answerReading();
} else {
  const { processContext } = await import('./context.ts');
  const { runCli } = await import('./run-cli.ts');
  const { endWithoutReader, rethrowOther } = await import('./lost-reader.ts');
  const context = processContext();
  endWithoutReader(args[0] === 'run', context);
  process.exitCode = await runCli(args, context).catch(rethrowOther);
}

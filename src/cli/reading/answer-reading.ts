/**
 * The process that reads files for a command (read-files.ts): it gets a question on stdin, reports each file before it
 * reads it, and then writes the answer.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { reads } from '../../lib/reads.ts';
import { CliError, processContext } from '../context.ts';
import { READINGS } from './readings.ts';
import type { ReadingName, Told } from './told.ts';

interface Question {
  readonly name: ReadingName;
  readonly ask: never;
  /** The process of the command. */
  readonly command: number;
}

export async function answerReading(): Promise<void> {
  process.title = 'vestibule reads'; // the name in messages about this process if it is stuck
  const question = JSON.parse(readFileSync(0, 'utf8')) as Question;
  const { name, ask } = question;
  // The command ended before PR_SET_PDEATHSIG was set for us.
  if (process.ppid !== question.command) return;
  reads.subscribe((reading) => tell({ reading: String(reading) }));
  try {
    tell({ answer: await READINGS[name](processContext(), ask) });
  } catch (error) {
    if (error instanceof CliError) tell({ refusal: error.message, status: error.status });
    else tell({ failure: (error as Error).stack ?? String(error) });
  }
}

/** Synchronous, because the next call may not return. */
function tell(told: Told): void {
  writeFileSync(1, `${JSON.stringify(told)}\n`);
}

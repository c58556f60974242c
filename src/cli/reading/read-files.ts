/**
 * Reads files for a command, in a process of its own: a process that waits in the kernel for a file system that does
 * not respond cannot be interrupted, and often not be killed. Such a reader is left alone, and a message names it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { readProcessState } from '../../lib/process-state.ts';
import { CliError, type Context } from '../context.ts';
import { explainStuck } from '../run/patience.ts';
import { READER, type ReadingName, type Readings, type Told } from './told.ts';

/** For one file. */
const LIMIT_MS = 10_000;
/** A reader that is running, not waiting, gets LIMIT_MS so many times for a file and for processing it. */
const MOST_LOOKS = 6;
/** How long a reader that was killed may take to end. */
const END_MS = 1000;

const WITH_US = ['--pdeathsig', 'KILL', '--'];

type Answer<K extends ReadingName> = Awaited<ReturnType<Readings[K]>>;
type Ask<K extends ReadingName> = Parameters<Readings[K]> extends [unknown, infer A] ? [A] : [];

export async function readFiles<K extends ReadingName>(
  context: Context,
  name: K,
  ...[ask]: Ask<K>
): Promise<Answer<K>> {
  if (context.reader === null) return readHere(context, name, ask);
  // A reader that waits for a file is killed when we end, however we end (PR_SET_PDEATHSIG(2const)).
  const argv = [...WITH_US, process.execPath, ...process.execArgv, context.reader, READER];
  // It gets none of our descriptors: who reads our output to its end must not wait for a reader that is left.
  const child = spawn('setpriv', argv, { stdio: ['pipe', 'pipe', 'ignore'] });
  // Errors are ignored: if the reader ends before it has read this, its end is noticed anyway.
  child.stdin.on('error', () => {}).end(JSON.stringify({ name, ask, command: process.pid }));
  try {
    return (await hearAnswer(child, child.stdout)) as Answer<K>;
  } finally {
    child.stdin.destroy();
    child.stdout.destroy();
    child.unref();
  }
}

async function readHere<K extends ReadingName>(
  context: Context,
  name: K,
  ask: unknown,
): Promise<Answer<K>> {
  const { READINGS } = await import('./readings.ts');
  type Read = (machine: Context, ask: unknown) => Answer<K> | Promise<Answer<K>>;
  return (READINGS[name] as Read)(context, ask);
}

async function hearAnswer(child: ChildProcess, output: Readable): Promise<unknown> {
  const heard = Promise.withResolvers<Exclude<Told, { reading: string }> | null>();
  let reading = '';
  let timer: NodeJS.Timeout | undefined;
  let looks = 0;
  const look = (): void => {
    // Running, so it is only slow.
    const isSlow = readProcessState(child.pid ?? 0)?.state === 'R' && ++looks < MOST_LOOKS;
    if (isSlow) timer?.refresh();
    else heard.resolve(null);
  };
  child.once('error', heard.reject);
  createInterface({ input: output })
    .on('line', (line) => {
      const told = JSON.parse(line) as Told;
      if (!('reading' in told)) return heard.resolve(told);
      reading = told.reading;
      looks = 0;
      timer = timer?.refresh() ?? setTimeout(look, LIMIT_MS);
    })
    .on('close', () => heard.reject(new Error('the process that reads files ended too early')));
  const told = await heard.promise.finally(() => clearTimeout(timer));
  if (told === null) throw await silence(child, reading);
  if ('answer' in told) return told.answer;
  if ('refusal' in told) throw new CliError(told.refusal, told.status);
  throw new Error(`the process that reads files failed: ${told.failure}`);
}

async function silence(child: ChildProcess, reading: string): Promise<CliError> {
  const before = explainStuck(process.pid);
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await Promise.race([ended, wait(END_MS, undefined, { ref: false })]);
  const stuck = before ?? explainStuck(process.pid);
  const words = `wanted to read '${reading}' within ${LIMIT_MS / 1000} s, got nothing`;
  return new CliError(stuck === null ? words : `${words}. ${stuck}`);
}

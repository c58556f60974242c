/** One request to the running broker, on the socket that only root can reach. */
import { createConnection, type Socket } from 'node:net';
import type { CliRequestName, CliRequests } from '../protocol/cli-broker.ts';
import { greet, parseJson, sendJson } from '../protocol/json-frame.ts';
import type { Problem } from '../protocol/problems.ts';
import { CliError, type Context, requireRoot } from './context.ts';

/** The exit status of LSB init scripts for a program that is not running. */
export const NOT_RUNNING = 3;

/** The broker answers at once. If a session does not end, it says after 60 s what that waits for (watch-step.ts). */
const ANSWER_SECONDS = 15;
const END_SECONDS = 75;
const ENDING: readonly CliRequestName[] = [
  'kill-session',
  'force-suspend-session',
  'force-suspend-all',
  'close-pam-session',
];

/** seconds: timeout of the answer. */
export async function askBroker<K extends CliRequestName>(
  context: Context,
  type: K,
  ask: CliRequests[K]['ask'],
  seconds = context.answerSeconds ?? (ENDING.includes(type) ? END_SECONDS : ANSWER_SECONDS),
): Promise<CliRequests[K]['answer']> {
  requireRoot(context);
  const socket = await connect(context.brokerSocket);
  const late = new Error(`it was given ${seconds} s`);
  const timer = setTimeout(() => socket.destroy(late), seconds * 1000);
  try {
    const frames = await greet(socket);
    sendJson(frames, { id: 1, type, ...ask });
    const frame = await frames.next();
    if (frame === null) throw new Error('it closed the connection');
    const answer = parseJson(frame);
    if (answer.problem !== undefined) throw refusal(answer.problem as Problem);
    if (answer.id !== 1 || answer.ok === undefined) throw new Error('it sent something else');
    return answer.ok as CliRequests[K]['answer'];
  } catch (error) {
    if (error instanceof CliError) throw error;
    const why = (error as Error).message;
    throw new CliError(`wanted an answer from the broker, got none: ${why}; ${adviceTo(type)}`);
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

function adviceTo(type: CliRequestName): string {
  if (type === 'status') return 'if this goes on, restart the server';
  return "'vestibule status' shows the state of the server";
}

function refusal({ text, reference }: Problem): CliError {
  return new CliError(`${text} (reference ${reference} in the log)`);
}

function connect(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path });
    socket.once('connect', () => resolve(socket));
    socket.once('error', ({ code }: NodeJS.ErrnoException) => {
      const text = `wanted the server at '${path}', got ${code}; is it running? (npm start)`;
      reject(new CliError(text, NOT_RUNNING));
    });
  });
}

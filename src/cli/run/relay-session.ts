/** Relays input, output, signals and the window size between our terminal and the program, with back-pressure. */
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { decode, encode, type MessageOf } from '../../protocol/codec.ts';
import type { FrameStream } from '../../protocol/frame.ts';
import { fromSession, MAX_SESSION_FRAME, toSession } from '../../protocol/gateway-session.ts';
import { RunError } from './run-error.ts';
import type { Terminal } from './terminal.ts';

export interface RelayEnd {
  /** As from wait(2); null: the session-host did not report it. */
  readonly status: number | null;
  /** Our output is not read any more. */
  readonly abandoned: boolean;
  /** Why the connection broke; null: it was closed. */
  readonly error: Error | null;
}
/** explain is called ms after a signal: it says whether the program is stuck in a wait that no signal ends. */
export interface Signalled {
  readonly ms: number;
  readonly explain: () => string | null;
}
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
/** The type byte is part of a frame. */
const MAX_INPUT = MAX_SESSION_FRAME - 1;

export function relaySession(
  frames: FrameStream,
  terminal: Terminal,
  signalled: Signalled,
): Promise<RelayEnd> {
  const stopping: (() => void)[] = [];
  return new Promise<RelayEnd>((resolve, reject) => {
    let status: number | null = null;
    const abandon = (): void => {
      resolve({ status: null, abandoned: true, error: null });
      frames.destroy();
    };
    const output = relayOutput(frames, terminal, abandon);
    const input = relayInput(frames, terminal);
    stopping.push(input.stop, relaySignals(frames, terminal));
    stopping.push(
      afterSignal(signalled.ms, () => {
        const stuck = signalled.explain();
        if (stuck === null) return;
        reject(new RunError(`wanted the program's end, got none. ${stuck}`));
        frames.destroy();
      }),
    );
    frames.listen({
      frame: (payload) => {
        const message = decode(fromSession, payload);
        if (message.name === 'output') output.write(terminal.stdout, message.data);
        else if (message.name === 'errors') output.write(terminal.stderr, message.data);
        else if (message.name === 'exit') status = message.status;
      },
      drain: input.resume,
      close: (error) => output.flush(() => resolve({ status, abandoned: false, error })),
    });
  }).finally(() => {
    for (const undo of stopping) undo();
  });
}

function send(frames: FrameStream, message: MessageOf<typeof toSession>): boolean {
  return frames.send(encode(toSession, message));
}

function relayInput(
  frames: FrameStream,
  { stdin, pty, setRaw }: Terminal,
): { resume: () => void; stop: () => void } {
  const input = stdin();
  const take = (chunk: Buffer): void => {
    let more = true;
    for (let at = 0; at < chunk.length; at += MAX_INPUT)
      more = send(frames, { name: 'input', data: chunk.subarray(at, at + MAX_INPUT) });
    if (!more) input.pause();
  };
  // The end of input of a terminal is a hang-up.
  const end = (): void => {
    if (pty) send(frames, { name: 'signal', number: constants.signals.SIGHUP });
    else send(frames, { name: 'eof' });
  };
  input.on('data', take).once('end', end).once('error', end);
  if (pty) setRaw(true);
  return {
    resume: () => input.resume(),
    stop: () => {
      input.off('data', take).off('end', end).off('error', end);
      if (pty) setRaw(false);
      release(input);
    },
  };
}

/** An input that is not read any more must not keep this process running. */
function release(input: Readable): void {
  input.on('error', () => {});
  input.destroy();
}

function relayOutput(frames: FrameStream, { stdout, stderr }: Terminal, abandon: () => void) {
  const full = new Set<Writable>();
  const drained = (stream: Writable): void => {
    if (full.delete(stream) && full.size === 0) frames.resume();
  };
  stdout.on('error', abandon);
  // An error of stderr does not end the program.
  stderr.on('error', () => drained(stderr));
  return {
    write: (stream: Writable, data: Uint8Array): void => {
      if (stream.destroyed || stream.write(data) || full.has(stream)) return;
      if (full.size === 0) frames.pause();
      full.add(stream);
      stream.once('drain', () => drained(stream));
    },
    /** Calls `then` once all is written. */
    flush: (then: () => void): void => {
      stdout.write('', () => stderr.write('', then));
    },
  };
}

function relaySignals(frames: FrameStream, { pty, stdout }: Terminal): () => void {
  const forward = (signal: NodeJS.Signals): void => {
    send(frames, { name: 'signal', number: constants.signals[signal] });
  };
  const resize = (): void => {
    const { rows = 0, columns = 0 } = stdout;
    send(frames, { name: 'resize', rows, columns });
  };
  for (const signal of FORWARDED) process.on(signal, forward);
  if (pty) stdout.on('resize', resize);
  return () => {
    for (const signal of FORWARDED) process.off(signal, forward);
    if (pty) stdout.off('resize', resize);
  };
}

function afterSignal(ms: number, look: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const wait = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      look();
    }, ms);
  };
  for (const signal of FORWARDED) process.on(signal, wait);
  return () => {
    for (const signal of FORWARDED) process.off(signal, wait);
    clearTimeout(timer);
  };
}

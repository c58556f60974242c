/** All that rootd, leaders and watches write to stderr. */
import { EventEmitter, once } from 'node:events';
import type { Readable } from 'node:stream';

let log = '';
const grew = new EventEmitter();

export function collectLog(stderr: Readable): void {
  stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
    grew.emit('text');
  });
}

/** So far. */
export function readLog(): string {
  return log;
}

/** For the text of an error. */
export function readLastLines(): string {
  return log.split('\n').slice(-15).join('\n');
}

/** Waits until the log has it, behind its first `from` characters. */
export async function logged(pattern: RegExp, from = 0): Promise<RegExpExecArray> {
  for (;;) {
    const match = pattern.exec(log.slice(from));
    if (match !== null) return match;
    await once(grew, 'text');
  }
}

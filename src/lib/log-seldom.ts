/**
 * A log that limits repeated lines: of one kind of event from one network it writes a few lines, and then how many more
 * there were. A client that sends a thousand requests a second cannot fill the disk or hide the lines of others.
 */
import type { LogFields, LogLevel, log } from './log.ts';
import { networkOf } from './network-of.ts';
import { Repeats } from './repeats.ts';

export interface SeldomLog {
  readonly log: typeof log;
  /** Writes the counts that are not written yet. */
  readonly end: () => void;
}

export function logSeldom(logger: typeof log): SeldomLog {
  const repeats = new Repeats((kind, more) => logger.info('lines left out', { kind, more }));
  const write =
    (level: LogLevel) =>
    (event: string, fields: LogFields = {}) => {
      if (repeats.note(kindOf(event, fields))) logger[level](event, fields);
    };
  return {
    log: { info: write('info'), warning: write('warning'), error: write('error') },
    end: () => repeats.endPeriod(),
  };
}

function kindOf(event: string, { code = '', address = '' }: LogFields): string {
  return [event, code, networkOf(String(address))].filter((part) => part !== '').join(' ');
}

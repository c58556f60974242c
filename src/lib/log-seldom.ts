/**
 * A log in which what one network has written again and again is a few lines, and then a number: who knocks a thousand
 * times a second fills no disk, and hides nobody else's lines.
 */
import type { LogFields, LogLevel, log } from './log.ts';
import { networkOf } from './network-of.ts';
import { Repeats } from './repeats.ts';

export interface SeldomLog {
  readonly log: typeof log;
  /** Writes the numbers that are still to be written. */
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

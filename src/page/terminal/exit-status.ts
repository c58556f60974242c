/** A wait(2) status in words: status << 8 for an exit, else the signal in the low seven bits. */
import { texts } from '../texts.ts';

export function describeExit(status: number): string {
  const signal = status & 0x7f;
  return signal === 0 ? texts.terminal.exited((status >> 8) & 0xff) : texts.terminal.killed(signal);
}

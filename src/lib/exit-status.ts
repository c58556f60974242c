/** A wait(2) status as a shell reports it: the exit code, or 128 + the signal number. */
export function exitStatus(status: number): number {
  const signal = status & 0x7f;
  return signal === 0 ? (status >> 8) & 0xff : 128 + signal;
}

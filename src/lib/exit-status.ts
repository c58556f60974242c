/** A wait(2) status as a shell gives it: the exit code, or 128 and the signal. */
export function exitStatus(status: number): number {
  const signal = status & 0x7f;
  return signal === 0 ? (status >> 8) & 0xff : 128 + signal;
}

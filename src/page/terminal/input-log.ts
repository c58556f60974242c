/**
 * Input that may not have reached the program: sent again on the next connection, from the offset that the session-host
 * says.
 */

/** Most bytes kept while there is no connection: nobody should type more without seeing the result. */
export const MOST_WAITING = 4096;

export class InputLog {
  /** The program has read all input before this offset. */
  private base = 0n;
  private kept = new Uint8Array();

  /** Offset of the next byte to be typed. */
  get end(): bigint {
    return this.base + BigInt(this.kept.length);
  }

  add(data: Uint8Array): void {
    const all = new Uint8Array(this.kept.length + data.length);
    all.set(this.kept);
    all.set(data, this.kept.length);
    this.kept = all;
  }

  /** taken: bytes that the program has read in all. False: that does not fit what was sent; the log is cleared. */
  forget(taken: bigint): boolean {
    const known = taken >= this.base && taken <= this.end;
    this.kept = known ? this.kept.subarray(Number(taken - this.base)) : new Uint8Array();
    this.base = taken;
    return known;
  }

  /** Input that the program may not have read. */
  get rest(): Uint8Array {
    return this.kept;
  }
}

/** What was typed and may not have reached the program: sent again on the next connection, from where the session-host says. */

/** Bytes kept while there is no connection: more would be typing blindly. */
export const MOST_WAITING = 4096;

export class InputLog {
  /** The program has had all input before this offset. */
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

  /** The program has had so many bytes in all. False: that cannot be, and what is kept is worth nothing. */
  forget(taken: bigint): boolean {
    const known = taken >= this.base && taken <= this.end;
    this.kept = known ? this.kept.subarray(Number(taken - this.base)) : new Uint8Array();
    this.base = taken;
    return known;
  }

  /** What the program has not had. */
  get rest(): Uint8Array {
    return this.kept;
  }
}

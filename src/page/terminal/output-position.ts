/** The offset up to which this page has the output, so that a new connection repeats nothing and shows what is lost. */
export interface Jump {
  /** Bytes that left the scroll-back before this page received them. */
  readonly lost: bigint;
  /** The output starts anew: the screen shows another stream. */
  readonly reset: boolean;
}

export class OutputPosition {
  /** Offset of the next output byte. */
  received = 0n;

  /** offset: of the next output byte, from the session-host's hello.from or gap.to. */
  moveTo(offset: bigint): Jump {
    const lost = offset > this.received ? offset - this.received : 0n;
    const reset = offset < this.received;
    this.received = offset;
    return { lost, reset };
  }

  take(bytes: number): void {
    this.received += BigInt(bytes);
  }
}

/** Which output bytes this page has: so that a new connection doubles nothing and says what is lost. */
export interface Jump {
  /** Bytes that fell out of the scroll-back before they came here. */
  readonly lost: bigint;
  /** The output starts anew: what stands on the screen is not of this stream. */
  readonly reset: boolean;
}

export class OutputPosition {
  /** Offset of the next output byte: hello.from of the next connection. */
  received = 0n;

  /** hello.from and gap.to of the session-host: the next output byte has this offset. */
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

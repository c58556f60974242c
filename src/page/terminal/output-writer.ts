/** Writes output to the terminal, tracks how far that has come, and tells old output from new. */
export const MOST_WAITING = 8_388_608;
const FEW_WAITING = 262_144;

export interface OutputWriterOptions {
  readonly write: (data: Uint8Array, done: () => void) => void;
  /** Too much waits: the terminal drops output beyond 50 MB. */
  readonly onBehind: () => void;
  readonly onCaughtUp: () => void;
}

export class OutputWriter {
  private readonly options: OutputWriterOptions;
  private waiting = 0;
  private behind = false;
  /** Output before this offset is old: it was shown before, here or elsewhere. */
  oldEnd = 0n;
  /** Whether this page answers the program's queries. */
  answers = false;
  private isPast = false;
  /** Offset of the next byte that the terminal processes. */
  shown = 0n;

  constructor(options: OutputWriterOptions) {
    this.options = options;
  }

  isOld = (): boolean => this.isPast || this.shown < this.oldEnd;
  /** Queries in the output being processed are not answered. */
  isMuted = (): boolean => this.isPast || !this.answers;

  /** offset: of the first byte. Data is split where old output ends, so that the first new bell rings. */
  write(offset: bigint, data: Uint8Array): void {
    const old = Number(this.oldEnd - offset);
    if (old > 0 && old < data.length) {
      this.pass(offset, data.subarray(0, old));
      this.pass(offset + BigInt(old), data.subarray(old));
    } else {
      this.pass(offset, data);
    }
    if (this.behind || this.waiting <= MOST_WAITING) return;
    this.behind = true;
    this.options.onBehind();
  }

  /** Sets the offset of the next output, once the terminal has processed what waits. */
  moveTo(offset: bigint): void {
    this.queue(() => {
      this.shown = offset;
    });
  }

  /** Applies to the next output, once the terminal has processed what waits. */
  setAnswers(on: boolean): void {
    this.queue(() => {
      this.answers = on;
    });
  }

  /** Runs act when the terminal has processed what waits. */
  private queue(act: () => void): void {
    this.options.write(new Uint8Array(), act);
  }

  /**
   * Writes a snapshot of the screen. It is not the program's output: it has no offsets, and no query in it is answered.
   */
  writePast(data: Uint8Array): void {
    this.queue(() => {
      this.isPast = true;
    });
    this.options.write(data, () => {
      this.isPast = false;
    });
  }

  private pass(offset: bigint, data: Uint8Array): void {
    this.waiting += data.length;
    this.options.write(data, () => {
      this.waiting -= data.length;
      this.shown = offset + BigInt(data.length);
      if (!this.behind || this.waiting > FEW_WAITING) return;
      this.behind = false;
      this.options.onCaughtUp();
    });
  }
}

/** Hands output to the terminal and knows how far it has come: which bytes are old ones, and when too much waits. */
export const MOST_WAITING = 8_388_608;
const FEW_WAITING = 262_144;

export interface OutputWriterOptions {
  readonly write: (data: Uint8Array, done: () => void) => void;
  /** More waits than the terminal should be given (it drops output beyond 50 MB). */
  readonly onBehind: () => void;
  readonly onCaughtUp: () => void;
}

export class OutputWriter {
  private readonly options: OutputWriterOptions;
  private waiting = 0;
  private behind = false;
  /** Output before this offset has been shown before, here or elsewhere. */
  oldEnd = 0n;
  /** Whether this page answers what the program asks. */
  answers = false;
  private isPast = false;
  /** Offset of the byte that the terminal takes next. */
  shown = 0n;

  constructor(options: OutputWriterOptions) {
    this.options = options;
  }

  isOld = (): boolean => this.isPast || this.shown < this.oldEnd;
  /** What the terminal takes now is not answered. */
  isMuted = (): boolean => this.isPast || !this.answers;

  /** data: the output from this offset on. Split where old output ends, so that a bell right there rings. */
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

  /** The next output has this offset. Takes its turn behind what waits. */
  moveTo(offset: bigint): void {
    this.queue(() => {
      this.shown = offset;
    });
  }

  /** From the next output on. Takes its turn behind what waits. */
  setAnswers(on: boolean): void {
    this.queue(() => {
      this.answers = on;
    });
  }

  /** Done when the terminal has taken what waits. */
  private queue(act: () => void): void {
    this.options.write(new Uint8Array(), act);
  }

  /** What makes the screen as it was: nothing in it is the program's, and nothing in it is answered. */
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

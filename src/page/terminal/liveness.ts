/** Whether the other side still hears us: a network that was cut says nothing, and a browser waits for minutes. */

/** Without a word after ours; then it is asked. */
export const QUIET_MS = 3000;
/** Without an answer: the connection is dead. */
export const DEAD_MS = 5000;

export interface LivenessOptions {
  readonly ask: () => void;
  readonly dead: () => void;
  readonly later?: (run: () => void, ms: number) => ReturnType<typeof setTimeout>;
}

export class Liveness {
  private readonly options: LivenessOptions;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked = false;

  constructor(options: LivenessOptions) {
    this.options = options;
  }

  /** Something was sent. */
  said(): void {
    if (this.timer === undefined) this.wait(this.ask, QUIET_MS);
  }

  /** Something came. */
  heard(): void {
    this.stop();
  }

  /** At once: a person is back, and the connection may have died meanwhile. */
  ask = (): void => {
    if (this.asked) return;
    this.stop();
    this.asked = true;
    this.options.ask();
    this.wait(this.options.dead, DEAD_MS);
  };

  /** There is no connection. */
  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.asked = false;
  }

  private wait(run: () => void, ms: number): void {
    const later = this.options.later ?? setTimeout;
    this.timer = later(() => {
      this.timer = undefined;
      run();
    }, ms);
  }
}

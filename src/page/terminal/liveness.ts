/** Finds dead connections: when the network is cut nothing is signalled, and the browser's timeout takes minutes. */

/** Silence after a message of ours until the gateway is asked. */
export const QUIET_MS = 3000;
/** Timeout of its answer. */
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

  /** A message was sent. */
  said(): void {
    if (this.timer === undefined) this.wait(this.ask, QUIET_MS);
  }

  /** A message was received. */
  heard(): void {
    this.stop();
  }

  /** Asks at once: the person is back, and the connection may have died meanwhile. */
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

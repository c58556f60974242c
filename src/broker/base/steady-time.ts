/** Unix ms that go on evenly: lifetimes run by them, whatever the wall clock does meanwhile. */
import type { Clock } from './clock.ts';

/** Less is the usual drift, and following it moves nobody's times by anything that a person sees. */
const JUMP_MS = 1_000;

export class SteadyTime {
  private readonly wall: () => number;
  private readonly clock: Pick<Clock, 'monotonic'>;
  /** Unix ms when the monotonic clock was 0. */
  private began: number;

  /** wall: Unix ms. */
  constructor(wall: () => number, clock: Pick<Clock, 'monotonic'>) {
    this.wall = wall;
    this.clock = clock;
    this.began = wall() - clock.monotonic();
  }

  readonly now = (): number => Math.round(this.began + this.clock.monotonic());

  /** By how much the wall clock has jumped since (ms, 0: not at all). From here on now() is with it. */
  follow(): number {
    const jump = Math.round(this.wall() - this.now());
    if (Math.abs(jump) < JUMP_MS) return 0;
    this.began += jump;
    return jump;
  }
}

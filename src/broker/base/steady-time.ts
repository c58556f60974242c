/** Unix ms that advance with the monotonic clock, so that a change of the wall clock changes no lifetime. */
import type { Clock } from './clock.ts';

/** Smaller differences are ordinary drift. Ignoring them shifts no time by an amount that users notice. */
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

  /** Makes now() agree with the wall clock again. Returns by how many ms the wall clock has jumped (0: not at all). */
  follow(): number {
    const jump = Math.round(this.wall() - this.now());
    if (Math.abs(jump) < JUMP_MS) return 0;
    this.began += jump;
    return jump;
  }
}

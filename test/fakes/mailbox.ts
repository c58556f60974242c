/** What comes, in order, for a test to wait for. */
import { inspect } from 'node:util';

/** Longer than a machine stands still: it is there to say what came instead. */
const PATIENCE_MS = 60_000;

export class Mailbox<T> {
  private readonly kept: T[] = [];
  private look: () => void = () => {};

  put(item: T): void {
    this.kept.push(item);
    this.look();
  }

  /** Everything that has come and was not taken. */
  get all(): readonly T[] {
    return this.kept;
  }

  /** Takes the first item that fits, now or when it comes. */
  take(fits: (item: T) => boolean = () => true): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`waited in vain; there is ${inspect(this.kept)}`)),
        PATIENCE_MS,
      );
      this.look = () => {
        const index = this.kept.findIndex(fits);
        if (index < 0) return;
        clearTimeout(timer);
        this.look = () => {};
        resolve(this.kept.splice(index, 1)[0]!);
      };
      this.look();
    });
  }
}

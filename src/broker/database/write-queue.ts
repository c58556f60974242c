/** Changes of rows that are not on the disk yet: statements with their values, in the order of their execution. */
import type { DatabaseFile } from './open-file.ts';

export type Value = null | number | bigint | string | Uint8Array;

interface Write {
  readonly sql: string;
  readonly values: readonly Value[];
}

export class WriteQueue {
  private writes: Write[] = [];

  get isEmpty(): boolean {
    return this.writes.length === 0;
  }

  add(write: Write): void {
    this.writes.push(write);
  }

  /** A position for dropSince(). */
  mark(): number {
    return this.writes.length;
  }

  /** Drops the writes since `mark`, because their transaction was rolled back. */
  dropSince(mark: number): void {
    this.writes.length = Math.min(this.writes.length, mark);
  }

  /** Executes them on the file, in the transaction of the caller, which calls clear() after the commit. */
  write(file: DatabaseFile): void {
    for (const { sql, values } of this.writes) file.prepare(sql).run(...values);
  }

  clear(): void {
    this.writes = [];
  }
}

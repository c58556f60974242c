/** Corrects rows that were written when the clock was wrong: no time is in the future, and no ticket lasts too long. */
import type { DatabaseSync } from 'node:sqlite';

/** The longest lifetimes of a ticket: without use, and in total. */
export interface Longest {
  readonly idleMs: number;
  readonly absoluteMs: number;
}

/** now: Unix ms. */
export function boundTimes(database: DatabaseSync, now: number, longest: Longest): void {
  const { idleMs, absoluteMs } = longest;
  database
    .prepare(
      `UPDATE tickets SET issued = min(issued, ?1), used = min(used, ?1), idle_end = min(idle_end, ?1 + ?2),
         absolute_end = min(absolute_end, min(issued, ?1) + ?3)
       WHERE issued > ?1 OR used > ?1 OR idle_end > ?1 + ?2 OR absolute_end > issued + ?3`,
    )
    .run(now, idleMs, absoluteMs);
  for (const table of ['pam_sessions', 'sessions']) {
    database
      .prepare(
        `UPDATE ${table} SET started = min(started, ?1), ended = min(ended, ?1)
         WHERE started > ?1 OR ended > ?1`,
      )
      .run(now);
  }
}

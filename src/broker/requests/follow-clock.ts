/** If the wall clock was set, all stored times are moved by the same amount, so that no lifetime changes. */
import { log } from '../../lib/log.ts';
import type { Broker } from '../state/context.ts';

/** Columns with Unix ms. Sessions and PAM sessions are not here: moveTimes() also updates their rows in Maps. */
const TIMES = {
  tickets: ['issued', 'used', 'idle_end', 'absolute_end'],
  throttle: ['at'],
} as const;

export function followClock(broker: Broker): void {
  const jump = broker.time.follow();
  if (jump === 0) return;
  const detail = `${jump > 0 ? 'forward' : 'back'} by ${Math.abs(jump / 1000)} s`;
  log.warning('clock-set', { detail });
  const { store } = broker;
  store.transact(() => {
    for (const [table, columns] of Object.entries(TIMES)) {
      const moves = columns.map((column) => `${column} = ${column} + ?1`);
      store.prepareWrite(`UPDATE ${table} SET ${moves.join(', ')}`)(jump);
    }
    broker.pamSessions.moveTimes(jump);
    broker.sessions.moveTimes(jump);
    broker.audit({ event: 'clock-set', detail });
  });
}

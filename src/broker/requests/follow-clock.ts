/** A wall clock that was set: all that is written down by it moves with it, so that nothing lasts longer or shorter. */
import { log } from '../../lib/log.ts';
import type { Broker } from '../state/context.ts';

/** Unix ms, in each table of which nothing is kept elsewhere. */
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

/** Finds all leaders that run when the broker starts, and those that root's CLI starts later. */
import { inBackground } from '../../lib/in-background.ts';
import type { PamSessionId, Place } from '../../protocol/ids.ts';
import type { Broker } from '../state/context.ts';
import { findLeader } from './find-leader.ts';
import { giveUpWaiting } from './give-up-waiting.ts';

/**
 * Adopts the running leaders, and watches for new ones until the returned object is closed. Does not wait for a leader
 * that does not answer at once, because it may be dead.
 */
export async function watchLeaders(broker: Broker): Promise<{ readonly close: () => void }> {
  giveUpWaiting(broker);
  const places = Object.keys(broker.launchers) as Place[];
  const watchers = await Promise.all(places.map((place) => watchPlace(broker, place)));
  return {
    close: () => {
      for (const watcher of watchers) watcher.close();
    },
  };
}

async function watchPlace(broker: Broker, place: Place) {
  const launcher = broker.launchers[place];
  // Watch before listing, so that no leader is missed in between.
  const watcher = launcher.watch((id) =>
    inBackground('find-leader', findLeader(broker, id, place)),
  );
  const live = broker.pamSessions.listLive().filter((row) => row.place === place);
  const ids = new Set([...(await launcher.list()), ...live.map(({ id }) => id)]);
  const once = (id: PamSessionId) =>
    new Promise<void>((done, failed) => {
      findLeader(broker, id, place, done).then(done, failed);
    });
  await Promise.all([...ids].map(once));
  return watcher;
}

/** Searches again for leaders that did not answer: they may answer now, or have ended. */
export function lookAgain(broker: Broker): void {
  for (const { id, place, state } of broker.pamSessions.listLive()) {
    if (state !== 'stuck' || broker.links.has(id)) continue;
    inBackground('find-leader', findLeader(broker, id, place));
  }
}

/** All leaders that run when the broker starts, and those that root's CLI starts later. */
import { inBackground } from '../../lib/in-background.ts';
import type { PamSessionId, Place } from '../../protocol/ids.ts';
import type { Broker } from '../state/context.ts';
import { findLeader } from './find-leader.ts';
import { giveUpWaiting } from './give-up-waiting.ts';

/**
 * Adopts what is there; goes on watching until that is closed. A leader that does not answer at once may be dead: nobody
 * waits for what comes of it.
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
  // Watching before reading: nothing can slip through between.
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

/** PAM sessions whose leader did not answer when it was looked for: it may have come to itself, or to its end. */
export function lookAgain(broker: Broker): void {
  for (const { id, place, state } of broker.pamSessions.listLive()) {
    if (state !== 'stuck' || broker.links.has(id)) continue;
    inBackground('find-leader', findLeader(broker, id, place));
  }
}

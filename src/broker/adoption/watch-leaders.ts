/** All leaders that run when the broker starts, and those that root's CLI starts later. */
import { existsSync, type FSWatcher, watch } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { inBackground } from '../../lib/in-background.ts';
import { log } from '../../lib/log.ts';
import { ID_PATTERN, type SessionId } from '../../protocol/ids.ts';
import type { Broker } from '../state/context.ts';
import { findLeader } from './find-leader.ts';

/**
 * Adopts what is there; goes on watching until the watcher is closed. A leader that does not answer at once may be
 * dead: nobody waits for what comes of it.
 */
export async function watchLeaders(broker: Broker): Promise<FSWatcher> {
  // Watching before reading: nothing can slip through between.
  const watcher = watch(broker.paths.leaders, (_event, name) => {
    if (name === null || !ID_PATTERN.test(name)) return;
    // The socket's removal is an event, too.
    if (!existsSync(join(broker.paths.leaders, name))) return;
    inBackground('find-leader', findLeader(broker, name as SessionId));
  });
  watcher.on('error', (error) => log.error('leaders-not-watched', { error }));
  const names = await readdir(broker.paths.leaders);
  const listed = names.filter((name) => ID_PATTERN.test(name)) as SessionId[];
  const live = broker.sessions.listLive().map(({ pamSession }) => pamSession);
  const once = (id: SessionId) =>
    new Promise<void>((done, failed) => {
      findLeader(broker, id, done).then(done, failed);
    });
  await Promise.all([...new Set([...listed, ...live])].map(once));
  return watcher;
}

/** Sessions whose leader did not answer when it was looked for: it may have come to itself, or to its end. */
export function lookAgain(broker: Broker): void {
  for (const { pamSession, state } of broker.sessions.listLive()) {
    if (state !== 'stuck' || broker.links.has(pamSession)) continue;
    inBackground('find-leader', findLeader(broker, pamSession));
  }
}

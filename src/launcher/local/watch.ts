/** Leaders that come to listen: of root's command line, or one that made its socket again. */
import { existsSync, type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import { log } from '../../lib/log.ts';
import { ID_PATTERN, type PamSessionId } from '../../protocol/ids.ts';

export function watchLeaders(leaders: string, found: (id: PamSessionId) => void): FSWatcher {
  const watcher = watch(leaders, (_event, name) => {
    if (name === null || !ID_PATTERN.test(name)) return;
    // The socket's removal is an event, too.
    if (existsSync(join(leaders, name))) found(name as PamSessionId);
  });
  return watcher.on('error', (error) => log.error('leaders-not-watched', { error }));
}

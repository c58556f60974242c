/** Removes versions that nothing runs from. A session keeps its own: its leader starts programs from there. */
import { readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { INSTALLED, rootProcessesUnder } from '../start/processes.mjs';

export function removeOldVersions(installed: string): void {
  for (const name of readdirSync(INSTALLED)) {
    const version = join(INSTALLED, name);
    if (name === 'current' || name === basename(installed)) continue;
    if (rootProcessesUnder(version).length === 0) rmSync(version, { recursive: true, force: true });
  }
}

/** Removes installed versions from which nothing runs. A version with a session stays: its leader starts programs from it. */
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

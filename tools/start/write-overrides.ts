/** Writes the flags of npm start as configuration, for as long as the server runs. */
import { rmSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { PATHS } from '../../src/protocol/broker-leader.ts';
import { makeDirectory } from './changes.mjs';
import { replaceFile } from './replace-file.mjs';
import { runProgram, SetupError } from './report.mjs';

/** statfs(2) */
const TMPFS = 0x0102_1994;

/** Mounted as supervise does it, but already now: otherwise the mount of supervise would hide the overrides. */
export function mountRunDirectory(): void {
  if (isMounted()) return;
  makeDirectory(PATHS.run, 0o711);
  const options = 'mode=0711,size=64m,nosuid,nodev,noexec';
  runProgram('mount', ['-t', 'tmpfs', '-o', options, 'vestibule', PATHS.run]);
}

/** Also removes the overrides of a server that was killed. */
export function writeOverrides(overrides: Readonly<Record<string, string>>): void {
  const lines = Object.entries(overrides).map(([key, value]) => `${key}=${value}\n`);
  if (lines.length === 0) {
    rmSync(PATHS.overrides, { force: true });
    return;
  }
  const text = ['# written by npm start, removed when it stops\n', ...lines].join('');
  replaceFile(PATHS.overrides, text, 0o644);
}

/** Looks at the directory itself: a list of mounts also has mounts that are covered by others. */
function isMounted(): boolean {
  const here = statSync(PATHS.run, { throwIfNoEntry: false });
  if (here === undefined || here.dev === statSync(dirname(PATHS.run)).dev) return false;
  if (statfsSync(PATHS.run).type === TMPFS && here.uid === 0 && (here.mode & 0o022) === 0)
    return true;
  throw new SetupError(
    `'${PATHS.run}' wanted a tmpfs that only root can write to, got another mount: unmount it`,
  );
}

/** The flags of npm start as configuration, for as long as this server runs. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { PATHS } from '../../src/protocol/broker-leader.ts';
import { makeDirectory } from './changes.mjs';
import { runProgram } from './report.mjs';

/** As supervise mounts it: done here already, or the overrides would vanish below its mount. */
export function mountRunDirectory(): void {
  if (isMounted()) return;
  makeDirectory(PATHS.run, 0o711);
  const options = 'mode=0711,size=64m,nosuid,nodev,noexec';
  runProgram('mount', ['-t', 'tmpfs', '-o', options, 'vestibule', PATHS.run]);
}

/** Whatever a server that was killed left there goes. */
export function writeOverrides(overrides: Readonly<Record<string, string>>): void {
  const lines = Object.entries(overrides).map(([key, value]) => `${key}=${value}\n`);
  if (lines.length === 0) {
    rmSync(PATHS.overrides, { force: true });
    return;
  }
  const text = ['# written by npm start, removed when it stops\n', ...lines].join('');
  writeFileSync(`${PATHS.overrides}.new`, text, { mode: 0o644 });
  renameSync(`${PATHS.overrides}.new`, PATHS.overrides);
}

function isMounted(): boolean {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .some((line) => line.split(' ')[4] === PATHS.run && line.includes(' - tmpfs '));
}

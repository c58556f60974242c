/**
 * The peers as Debian installs them, in a layer of their own that only the sandbox of a benchmark ever mounts: the
 * machine gets none of them. npm run bench:peers makes it.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';

const LAYER = resolve('build/peers');
const DIRECTORIES = ['etc', 'usr', 'var'] as const;
/** Written last. */
export const STAMP = `${LAYER}/names.txt`;

export function isLayerThere(): boolean {
  return existsSync(STAMP);
}

/** What is written then goes into memory, not into the layer. */
export function mountLayer(): void {
  for (const name of DIRECTORIES) {
    const [upper, work] = ['upper', 'work'].map((kind) => `/run/peers/${kind}/${name}`);
    for (const path of [upper!, work!]) mkdirSync(path, { recursive: true });
    mountOverlay(name, `${LAYER}/${name}:/${name}`, upper!, work!);
  }
}

/** What is written then goes into the layer. */
export function mountLayerForWriting(): void {
  for (const name of DIRECTORIES) {
    const work = `${LAYER}/.work/${name}`;
    for (const path of [`${LAYER}/${name}`, work]) mkdirSync(path, { recursive: true });
    mountOverlay(name, `/${name}`, `${LAYER}/${name}`, work);
  }
}

function mountOverlay(name: string, lower: string, upper: string, work: string): void {
  const options = `lowerdir=${lower},upperdir=${upper},workdir=${work}`;
  execFileSync('mount', ['-t', 'overlay', '-o', options, 'peers', `/${name}`]);
}

/** build/stamp.json: hashes of the inputs and of the results of the last build. */
import { createHash, type Hash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { buildDirectory, OUTPUTS, root } from './paths.ts';

export interface Stamp {
  readonly inputs: string;
  readonly outputs: string;
}
const file = join(buildDirectory, 'stamp.json');
const INPUTS = [
  'Makefile',
  'package-lock.json',
  'bin',
  'src',
  'tools/build-steps',
  'tools/build.ts',
  'tools/start',
];
/** Length of a hash: short enough for a path, long enough to avoid collisions. */
const DIGITS = 16;

/** undefined: there is no complete build. */
export function readStamp(): Stamp | undefined {
  const isWhole = OUTPUTS.every((name) => existsSync(join(buildDirectory, name)));
  return isWhole && existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

export function writeStamp(inputs: string, outputs: string): string {
  writeFileSync(file, `${JSON.stringify({ inputs, outputs })}\n`);
  return outputs;
}

export function hashInputs(): string {
  return hashTrees(root, INPUTS, (name) => !name.endsWith('.test.ts'));
}

export function hashOutputs(): string {
  return hashTrees(buildDirectory, OUTPUTS, () => true);
}

function hashTrees(
  base: string,
  names: readonly string[],
  isWanted: (name: string) => boolean,
): string {
  const hash = createHash('sha256');
  for (const name of names) {
    for (const path of listFiles(join(base, name)).filter(isWanted)) addFile(hash, base, path);
  }
  return hash.digest('hex').slice(0, DIGITS);
}

function listFiles(path: string): string[] {
  try {
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return [path];
    throw error;
  }
}

function addFile(hash: Hash, base: string, path: string): void {
  const data = readFileSync(path);
  hash.update(`${relative(base, path)}\0${data.length}\0`).update(data);
}

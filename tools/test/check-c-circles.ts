/**
 * Checks that the files of the leader have no circular dependencies. The symbols that each file defines and uses are read
 * from its object file. Prints which file needs which.
 */
import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const scratch = mkdtempSync(join(tmpdir(), 'vestibule-circles-'));
process.on('exit', () => rmSync(scratch, { recursive: true }));

interface File {
  readonly name: string;
  readonly defined: readonly string[];
  readonly used: readonly string[];
}

function readFile(source: string): File {
  const name = basename(source, '.c');
  const object = join(scratch, `${name}.o`);
  const flags = ['-std=c17', '-D_GNU_SOURCE', '-O0', '-Isrc/root/lib'];
  execFileSync('cc', [...flags, '-c', '-o', object, source]);
  const symbols = execFileSync('nm', ['-g', object], { encoding: 'utf8' }).trim().split('\n');
  const rows = symbols.map((line) => line.trim().split(/\s+/));
  return {
    name,
    defined: rows.flatMap(([, , symbol]) => symbol ?? []),
    used: rows.flatMap(([kind, symbol]) => (kind === 'U' ? symbol! : [])),
  };
}

const files = globSync('src/root/leader/*.c').sort().map(readFile);
const owners = new Map(files.flatMap(({ name, defined }) => defined.map((it) => [it, name])));
const needs = new Map(
  files.map(({ name, used }) => [
    name,
    [...new Set(used.flatMap((symbol) => owners.get(symbol) ?? []))].sort(),
  ]),
);

/** The way from a file back to itself; null: there is none. */
function findCircle(name: string, way: readonly string[], seen: Set<string>): string[] | null {
  if (way.includes(name)) return [...way.slice(way.indexOf(name)), name];
  if (seen.has(name)) return null;
  for (const needed of needs.get(name) ?? []) {
    const circle = findCircle(needed, [...way, name], seen);
    if (circle !== null) return circle;
  }
  seen.add(name);
  return null;
}

for (const [name, needed] of needs) console.log(`${name}: ${needed.join(' ') || '-'}`);
const seen = new Set<string>();
const circle = [...needs.keys()].map((name) => findCircle(name, [], seen)).find(Boolean);
if (circle) console.error(`src/root/leader: wanted no circle of files, got ${circle.join(' > ')}`);
process.exitCode = circle ? 1 : 0;

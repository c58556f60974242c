/**
 * Checks that the files of the leader, and of vestibule-pam-test, have no circular dependencies. The symbols that each file
 * defines and uses are read from its object file. Prints which file needs which.
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

const cache = new Map<string, File>();
function readOnce(source: string): File {
  const file = cache.get(source) ?? readFile(source);
  cache.set(source, file);
  return file;
}

type Needs = ReadonlyMap<string, readonly string[]>;

function listNeeds(sources: readonly string[]): Needs {
  const files = sources.map(readOnce);
  const owners = new Map(files.flatMap(({ name, defined }) => defined.map((it) => [it, name])));
  return new Map(
    files.map(({ name, used }) => [
      name,
      [...new Set(used.flatMap((symbol) => owners.get(symbol) ?? []))].sort(),
    ]),
  );
}

/** The way from a file back to itself; null: there is none. */
function findCircle(
  needs: Needs,
  name: string,
  way: readonly string[],
  seen: Set<string>,
): string[] | null {
  if (way.includes(name)) return [...way.slice(way.indexOf(name)), name];
  if (seen.has(name)) return null;
  for (const needed of needs.get(name) ?? []) {
    const circle = findCircle(needs, needed, [...way, name], seen);
    if (circle !== null) return circle;
  }
  seen.add(name);
  return null;
}

const leader = globSync('src/root/leader/*.c').sort();
const ofBoth = leader.filter((source) => basename(source) !== 'requests.c');
const programs = {
  'vestibule-leader': leader,
  'vestibule-pam-test': [...ofBoth, ...globSync('src/root/pam-test/*.c').sort()],
};
for (const [program, sources] of Object.entries(programs)) {
  const needs = listNeeds(sources);
  console.log(`# ${program}`);
  for (const [name, needed] of needs) console.log(`${name}: ${needed.join(' ') || '-'}`);
  const seen = new Set<string>();
  const circle = [...needs.keys()].map((name) => findCircle(needs, name, [], seen)).find(Boolean);
  if (!circle) continue;
  console.error(`${program}: wanted no circle of files, got ${circle.join(' > ')}`);
  process.exitCode = 1;
}

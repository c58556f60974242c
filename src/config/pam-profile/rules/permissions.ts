/** Profiles and modules that users other than root can write to. */
import type { RootFiles } from '../root-files.ts';
import { type Defect, type Rule, type Situation, usedFacilities } from '../rule.ts';
import { type Module, modulesOf, type Origin } from '../stack.ts';

const TRIAL = 'permissions.test.ts';

export const fileWritable: Rule = {
  code: 'file-writable',
  level: 'error',
  why: 'libpam does not check who can write to a profile or a module. Whoever can decides who signs in, and runs code as root.',
  remedy:
    'make root the owner, and let nobody else write to the file or to a directory in its path',
  trial: TRIAL,
  unsafe: true,
  find: (situation) => [...profileDefects(situation), ...moduleDefects(situation)],
};

function profileDefects({ profile, files }: Situation): Defect[] {
  const borrowed = profile.borrowed.length > 0 ? (profile.other?.files ?? []) : [];
  const paths = new Set([...(profile.own?.files ?? []), ...borrowed]);
  return [...paths].flatMap((path) => writable(files, path, { file: path, line: 1 }));
}

function moduleDefects({ profile, purpose, facts, files }: Situation): Defect[] {
  const modules = usedFacilities(purpose).flatMap((facility) => modulesOf(profile, facility));
  const seen = new Set<string>();
  return modules.flatMap((module) => {
    const path = pathOf(module, facts.modules_dir);
    if (path === null || seen.has(path)) return [];
    seen.add(path);
    return writable(files, path, module.origin);
  });
}

function pathOf({ path, broken }: Module, directory: string | null): string | null {
  if (broken || path.includes('$ISA')) return null;
  if (path.startsWith('/')) return path;
  return directory === null ? null : `${directory}/${path}`;
}

/** At most one defect: the first on the way to the file. */
function writable(files: RootFiles, path: string, origin: Origin): Defect[] {
  for (const met of wayTo(files, path)) {
    const problem = refuse(files, met);
    if (problem === null) continue;
    const what = met === path ? 'it' : met;
    const message = `wanted ${what} to be writable only by root, got ${problem}`;
    return [{ origin, message, fix: `chown root:root ${met} && chmod go-w ${met}` }];
  }
  return [];
}

function wayTo(files: RootFiles, path: string): readonly string[] {
  try {
    return files.locate(path)?.met ?? [];
  } catch {
    return [];
  }
}

/** An image may be unpacked by a user who is not root: the owner of its root directory then counts as root. */
function refuse(files: RootFiles, path: string): string | null {
  const about = files.look(path);
  const owner = files.look('/')?.uid;
  if (about === undefined || path === '/') return null;
  if (about.uid !== 0 && about.uid !== owner) return `uid ${about.uid} as owner`;
  const others = about.mode & (about.gid === 0 ? 0o002 : 0o022);
  if (about.isSymbolicLink() || others === 0) return null;
  return `mode ${(about.mode & 0o7777).toString(8).padStart(4, '0')} of group ${about.gid}`;
}

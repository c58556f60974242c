/** Loads the profile of a service: its own file, and for missing types the fallback (pam.d(5)). */
import { type Directories, loadFile, PAM_CONF } from './load-file.ts';
import type { RootFiles } from './root-files.ts';
import { FACILITIES, type LoadedFile, type Profile, type Stacks } from './stack.ts';

export const FALLBACK = 'other';

export function loadProfile(files: RootFiles, directories: Directories, service: string): Profile {
  // libpam turns the names of services into lower case.
  const name = service.toLowerCase();
  const own = loadFile(files, directories, name);
  const other = loadFile(files, directories, FALLBACK);
  const isThere = own !== null && own.file !== PAM_CONF;
  const file = isThere ? own.file : `${directories[0]}/${name}`;
  const borrowed = FACILITIES.filter((facility) => (own?.stacks[facility].length ?? 0) === 0);
  const stacks = Object.fromEntries(
    FACILITIES.map((facility) => {
      const from: LoadedFile | null = borrowed.includes(facility) ? other : own;
      return [facility, from?.stacks[facility] ?? []];
    }),
  ) as unknown as Stacks;
  return { service: name, file, own, other, stacks, borrowed };
}

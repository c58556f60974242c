/** Records what set-up changed on this machine, so that it can be listed and undone. */
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { replaceFile } from './replace-file.mjs';

const STATE = '/var/lib/vestibule';
const FILE = `${STATE}/root/changes.json`;
const KINDS = ['packages', 'users', 'groups', 'homes', 'directories', 'files'];

export function readChanges() {
  const none = Object.fromEntries(KINDS.map((kind) => [kind, []]));
  try {
    return { ...none, ...JSON.parse(readFileSync(FILE, 'utf8')) };
  } catch (error) {
    if (error.code === 'ENOENT') return none;
    throw error;
  }
}

export function recordChange(kind, names) {
  if (names.length === 0) return;
  makeState();
  const changes = readChanges();
  changes[kind] = [...new Set([...changes[kind], ...names])].sort();
  write(changes);
}

/** For changes that set-up has undone itself. */
export function forgetChange(kind, name) {
  const changes = readChanges();
  changes[kind] = changes[kind].filter((other) => other !== name);
  write(changes);
}

/** Makes a directory with exactly this mode and owner, and records it if it is new. */
export function makeDirectory(path, mode, [uid, gid] = [0, 0]) {
  const isNew = !existsSync(path);
  mkdirSync(path, { recursive: true, mode: 0o755 });
  // A setgid /usr/local would pass on its group.
  chownSync(path, uid, gid);
  chmodSync(path, mode);
  if (isNew) recordChange('directories', [path]);
}

function makeState() {
  const isNew = !existsSync(STATE);
  mkdirSync(`${STATE}/root`, { recursive: true, mode: 0o755 });
  chmodSync(`${STATE}/root`, 0o700);
  if (isNew) write({ ...readChanges(), directories: [STATE] });
}

function write(changes) {
  replaceFile(FILE, `${JSON.stringify(changes, null, 2)}\n`, 0o600);
}

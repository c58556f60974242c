/** Copies programs that are not built here: Node, and the script that starts the CLI. */
import { constants, copyFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from '../start/report.mjs';
import { buildDirectory, root } from './paths.ts';

export function copyPrograms(): void {
  copy(projectNode(), 'node');
  copy(join(root, 'bin/vestibule'), 'vestibule');
}

/** The services run with the Node of package.json, not with the one that is installed on the machine. */
function projectNode(): string {
  const node = realpathSync(process.execPath);
  if (node.startsWith(realpathSync(join(root, 'node_modules')))) return node;
  throw new SetupError(
    `wanted Node from node_modules, got ${node}: run node_modules/.bin/node, or npm run`,
  );
}

/** The file is removed first, since the file of a running program cannot be overwritten. */
function copy(from: string, name: string): void {
  const to = join(buildDirectory, 'bin', name);
  rmSync(to, { force: true });
  copyFileSync(from, to, constants.COPYFILE_FICLONE);
}

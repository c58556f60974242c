/** /usr/local/bin/vestibule leads to the command of the installed version. Another program there is left alone. */
import { lstatSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { recordChange } from './changes.mjs';
import { INSTALLED } from './processes.mjs';
import { say } from './report.mjs';

export const COMMAND = '/usr/local/bin/vestibule';
const TARGET = `${INSTALLED}/current/bin/vestibule`;

export function linkCommand() {
  const found = lstatSync(COMMAND, { throwIfNoEntry: false });
  if (found === undefined) {
    recordChange('files', [COMMAND]);
    symlinkSync(TARGET, COMMAND);
  } else if (!isOurs()) say(`${COMMAND} is another program; ours is ${TARGET}`);
}

/** Whatever has taken its place since then is not ours to remove. */
export function unlinkCommand() {
  if (isOurs()) rmSync(COMMAND);
}

function isOurs() {
  const found = lstatSync(COMMAND, { throwIfNoEntry: false });
  return found?.isSymbolicLink() === true && readlinkSync(COMMAND) === TARGET;
}

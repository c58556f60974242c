/** Makes the directories that survive a reboot, and records files that the server will create elsewhere. */
import { existsSync } from 'node:fs';
import { makeDirectory, recordChange } from './changes.mjs';
import { INSTALLED } from './processes.mjs';

export function makeDirectories(): void {
  makeDirectory('/etc/vestibule', 0o755);
  makeDirectory('/var/lib/vestibule', 0o755);
  makeDirectory('/var/lib/vestibule/root', 0o700);
  makeDirectory('/var/log/vestibule', 0o700);
  makeDirectory(INSTALLED, 0o755);
}

/** supervise creates these two files if the system does not have them. */
export function noteLoginRecords(): void {
  recordChange(
    'files',
    ['/run/utmp', '/var/log/wtmp'].filter((file) => !existsSync(file)),
  );
}

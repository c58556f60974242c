/**
 * The second step of npm start: build, install, accounts, certificate, demo. Writes the limit of open files for the
 * server to stdout; start.sh reads it and then executes the server.
 */

import { buildWhenStale } from '../build.ts';
import { installBuild } from '../install/install-build.ts';
import { removeOldVersions } from '../install/remove-old-versions.ts';
import { writeAnnouncement } from './announce.ts';
import { checkPorts } from './check-ports.mjs';
import { readFlags } from './flags.mjs';
import { linkCommand } from './link-command.mjs';
import { makeCertificate } from './make-certificate.ts';
import { makeDemoAccount, removeOldDemo } from './make-demo-account.ts';
import { makeDirectories, noteLoginRecords } from './make-directories.ts';
import { makeServiceUsers } from './make-service-users.ts';
import { openFilesLimit } from './open-files-limit.ts';
import { readSettings } from './read-settings.ts';
import { runSetup } from './report.mjs';
import { mountRunDirectory, writeOverrides } from './write-overrides.ts';

await runSetup(async () => {
  process.umask(0o022);
  const flags = readFlags(process.argv.slice(2));
  const settings = readSettings(flags);
  await checkPorts(settings.address, [settings.port, settings.sessionPort]);
  const content = await buildWhenStale();
  makeDirectories();
  await removeOldDemo();
  const installed = installBuild(content);
  removeOldVersions(installed);
  linkCommand();
  makeServiceUsers();
  noteLoginRecords();
  const certificate = makeCertificate(settings);
  mountRunDirectory();
  writeOverrides(settings.overrides);
  const demo = flags.demo ? makeDemoAccount(installed) : null;
  writeAnnouncement({ flags, settings, certificate, demo });
  console.log(openFilesLimit());
});

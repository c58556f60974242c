/** Writes what npm start prints when the server is ready: supervise copies this file to stdout, then removes it. */
import type { X509Certificate } from 'node:crypto';
import { PATHS } from '../../src/protocol/broker-leader.ts';
import { type Changes, readChanges } from './changes.mjs';
import type { Flags } from './flags.mjs';
import type { DemoAccount } from './make-demo-account.ts';
import type { Settings } from './read-settings.ts';
import { replaceFile } from './replace-file.mjs';
import { say } from './report.mjs';
import { findUrls, type Urls } from './urls.ts';

export interface Announcement {
  readonly flags: Flags;
  readonly settings: Settings;
  readonly certificate: X509Certificate;
  readonly demo: DemoAccount | null;
}

export function writeAnnouncement(announcement: Announcement): void {
  const { flags, demo, settings, certificate } = announcement;
  const urls = findUrls(settings.address, settings.port);
  for (const line of [...settings.warnings, ...describeChanges(readChanges())]) say(line);
  const json = {
    url: urls.here,
    urlForOthers: urls.others,
    fingerprint: certificate.fingerprint256,
    user: demo?.user ?? null,
    password: demo?.password ?? null,
  };
  const text = flags.json ? `${JSON.stringify(json)}\n` : describe(urls, announcement);
  replaceFile(`${PATHS.run}/announcement`, text, 0o600);
}

function describe({ here, others }: Urls, { certificate, demo }: Announcement): string {
  const lines = ['', `Vestibule is ready: ${others ?? here}`];
  if (others !== null && others !== here) lines.push(`  on this machine: ${here}`);
  lines.push(`  certificate (SHA-256): ${certificate.fingerprint256}`);
  if (demo !== null)
    lines.push(
      `  sign in as ${demo.user} with ${demo.password} (the account is removed when the server stops, and expires in two days)`,
    );
  const ends = demo === null ? '' : ` and ends the sessions of ${demo.user}`;
  lines.push(
    `  Ctrl-C stops the server${ends}; ${demo === null ? '' : 'other '}sessions keep running`,
    '',
  );
  return `${lines.join('\n')}\n`;
}

function describeChanges(changes: Changes): string[] {
  const kinds = Object.entries(changes).filter(([, names]) => names.length > 0);
  return [
    'changed on this machine (npm run uninstall undoes it; -- --packages also removes the packages):',
    ...kinds.map(([kind, names]) => `  ${kind}: ${names.join(' ')}`),
  ];
}

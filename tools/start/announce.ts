/** What npm start prints when the server is ready: supervise copies this file to stdout, then removes it. */
import type { X509Certificate } from 'node:crypto';
import { PATHS } from '../../src/protocol/broker-leader.ts';
import { type Changes, readChanges } from './changes.mjs';
import type { Flags } from './flags.mjs';
import type { DemoAccount } from './make-demo-account.ts';
import type { Settings } from './read-settings.ts';
import { replaceFile } from './replace-file.mjs';
import { say } from './report.mjs';

export interface Announcement {
  readonly flags: Flags;
  readonly settings: Settings;
  readonly certificate: X509Certificate;
  readonly demo: DemoAccount | null;
}

export function writeAnnouncement(announcement: Announcement): void {
  const { flags, demo } = announcement;
  const fingerprint = announcement.certificate.fingerprint256;
  const url = serverUrl(announcement.settings);
  for (const line of [...announcement.settings.warnings, ...describeChanges(readChanges())])
    say(line);
  const text = flags.json
    ? `${JSON.stringify({ url, fingerprint, user: demo?.user ?? null, password: demo?.password ?? null })}\n`
    : describe(url, announcement);
  replaceFile(`${PATHS.run}/announcement`, text, 0o600);
}

function serverUrl({ address, port }: Settings): string {
  const isLocal = ['0.0.0.0', '::', '127.0.0.1', '::1'].includes(address);
  const host = isLocal ? 'localhost' : address.includes(':') ? `[${address}]` : address;
  return `https://${host}:${port}`;
}

function describe(url: string, { certificate, demo }: Announcement): string {
  const lines = ['', `Vestibule is ready: ${url}`];
  lines.push(`  certificate (SHA-256): ${certificate.fingerprint256}`);
  if (demo !== null)
    lines.push(
      `  sign in as ${demo.user} with ${demo.password} (the account goes when the server stops)`,
    );
  lines.push('  Ctrl-C stops the server; sessions that run go on', '');
  return `${lines.join('\n')}\n`;
}

function describeChanges(changes: Changes): string[] {
  const kinds = Object.entries(changes).filter(([, names]) => names.length > 0);
  return [
    'changed on this machine (npm run uninstall undoes it):',
    ...kinds.map(([kind, names]) => `  ${kind}: ${names.join(' ')}`),
  ];
}

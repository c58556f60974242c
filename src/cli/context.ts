/** What commands are given: where to write, who calls, where the server is. */

import { type LoadedConfiguration, loadConfiguration, parseConfiguration } from '../config/load.ts';
import { RootFiles } from '../config/pam-profile/root-files.ts';
import { escapeJson, escapeText } from '../lib/escape-text.ts';
import { PATHS } from '../protocol/broker-leader.ts';
import { isHostName } from '../protocol/names.ts';

export interface Context {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly uid: number;
  readonly brokerSocket: string;
  /** What supervise writes about its services. */
  readonly servicesFile: string;
  /** What grants are made and checked with. */
  readonly grantKey: string;
  /** root: the directory that is read as if it were /; '' is the machine itself. */
  readonly load: (root?: string) => LoadedConfiguration;
  /** The program that reads files for us (reading/read-files.ts); null: this process reads them, in tests. */
  readonly reader: string | null;
  /** How long the broker may take for an answer; undefined: as long as the question deserves. */
  readonly answerSeconds?: number;
  /** What the program will exit with. */
  exitStatus: number;
}

/** Ends the program with one line and this status. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly status: number;

  constructor(message: string, status = 1) {
    super(message);
    this.status = status;
  }
}

export function processContext(): Context {
  return {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    uid: process.geteuid?.() ?? -1,
    brokerSocket: PATHS.brokerForCli,
    servicesFile: PATHS.services,
    grantKey: PATHS.grantKey,
    load: loadOf,
    reader: process.argv[1] ?? null,
    exitStatus: 0,
  };
}

/** Another directory's belongs to whoever made it. */
function loadOf(root = ''): LoadedConfiguration {
  if (root === '') return loadConfiguration();
  const found = new RootFiles(root).read(PATHS.configuration);
  if (found.kind !== 'text') return parseConfiguration([]);
  return parseConfiguration([
    { name: PATHS.configuration, data: Buffer.from(found.text, 'latin1') },
  ]);
}

export function requireRoot({ uid }: Context): void {
  if (uid !== 0) throw new CliError(`wanted uid 0, got uid ${uid}; run it as root`);
}

/** What names a file of /etc/pam.d; a path would have libpam read another one. The leader has the same rule. */
export function checkedName(profile: string): string {
  if (isHostName(profile) && !['', '.', '..'].includes(profile)) return profile;
  throw new CliError(`wanted the name of a file in /etc/pam.d, got '${profile}'; name one`, 2);
}

/** One line that cannot drive the terminal of the one who reads it. */
export function printLine(write: (text: string) => void, text: string): void {
  write(`${escapeText(text)}\n`);
}

export function printJson({ out }: Context, value: unknown): void {
  out(`${escapeJson(JSON.stringify(value))}\n`);
}

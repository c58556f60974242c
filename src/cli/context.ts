/** What every command gets: where to write, the caller, the paths of the server. */

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
  /** The file in which supervise reports its services. */
  readonly servicesFile: string;
  /** The file of the key with which grants are made and checked. */
  readonly grantKey: string;
  /** root: the directory that is read as if it were /; '' means / itself. */
  readonly load: (root?: string) => LoadedConfiguration;
  /** The program that reads files for us (reading/read-files.ts); null, in tests: this process reads them. */
  readonly reader: string | null;
  /** Timeout of an answer from the broker; undefined: the default of the request. */
  readonly answerSeconds?: number;
  /** The exit status of the program. */
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

/** The files of another root directory may have any owner, so the owner is not checked there. */
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

/** Checks the name of a file in /etc/pam.d: for a path libpam would read another file. The leader has this rule too. */
export function checkedName(profile: string): string {
  if (isHostName(profile) && !['', '.', '..'].includes(profile)) return profile;
  throw new CliError(`wanted the name of a file in /etc/pam.d, got '${profile}'; name one`, 2);
}

/** Writes one line, with control characters escaped. */
export function printLine(write: (text: string) => void, text: string): void {
  write(`${escapeText(text)}\n`);
}

export function printJson({ out }: Context, value: unknown): void {
  out(`${escapeJson(JSON.stringify(value))}\n`);
}

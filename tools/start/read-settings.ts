/** Reads the settings of the server from the configuration and the flags of npm start, which take precedence. */
import { checkFiles, findingLine } from '../../src/config/check.ts';
import { checkGroups } from '../../src/config/check-groups.ts';
import { type LoadedConfiguration, loadConfiguration, problemLine } from '../../src/config/load.ts';
import { PATHS } from '../../src/protocol/broker-leader.ts';
import type { Flags } from './flags.mjs';
import { SetupError } from './report.mjs';

export interface Settings {
  readonly address: string;
  readonly port: number;
  readonly sessionPort: number;
  /** Empty: the generated one. */
  readonly certificate: string;
  readonly overrides: Readonly<Record<string, string>>;
  /** Findings that do not keep the server from starting. */
  readonly warnings: readonly string[];
}

export function readSettings({ demo, port }: Flags): Settings {
  const loaded = loadConfiguration({ files: [PATHS.configuration] });
  const { values, problems } = loaded;
  if (problems.length > 0)
    throw new SetupError(
      `the configuration has problems:\n  ${problems.map(problemLine).join('\n  ')}`,
    );
  const overrides: Record<string, string> = {};
  // The password of the demo is shown on a screen, so the server must not be reachable from the network.
  if (demo) overrides['www-address'] = '127.0.0.1';
  if (port !== null) {
    overrides['www-port'] = String(port);
    overrides['www-session-port'] = String(port + 1);
  }
  return {
    address: overrides['www-address'] ?? values['www-address'],
    port: port ?? values['www-port'],
    sessionPort: port === null ? values['www-session-port'] : port + 1,
    certificate: values['ssl-certificate'],
    overrides,
    warnings: findWarnings(loaded),
  };
}

/** Refuses what the broker would refuse later, before anything is changed on the machine. */
function findWarnings(loaded: LoadedConfiguration): string[] {
  const { values } = loaded;
  // A generated certificate is made later.
  const findings = checkFiles(loaded, values['ssl-certificate'] !== '');
  const errors = findings.filter(({ level }) => level === 'error').map(findingLine);
  if (errors.length > 0) throw new SetupError(`the server cannot start: ${errors.join('; ')}`);
  return [...findings, ...checkGroups(loaded)].map(findingLine);
}

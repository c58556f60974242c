/** What commands read on this machine, each as a function whose result can be written as JSON. */
import { checkMachine, type Finding } from '../../config/check.ts';
import type { LoadedConfiguration, Problem } from '../../config/load.ts';
import { openProfile } from '../../config/pam-profile/check.ts';
import { awaitEntry, type Entry } from '../../lib/find-entry.ts';
import { type Context, checkedName } from '../context.ts';
import { checkPam, explainPam } from './read-profile.ts';

/** Timeout for a directory service (LDAP, AD) that does not respond. */
const NAME_MS = 5000;

export type Machine = Pick<Context, 'load' | 'uid'>;

export const READINGS = {
  configuration: ({ load }: Machine): LoadedConfiguration => load(),
  'configuration-check': checkConfiguration,
  'pam-check': checkPam,
  'pam-explain': explainPam,
  use: readUse,
  person: (_: Machine, { name }: { readonly name: string }): Promise<Entry> =>
    awaitEntry('passwd', name, NAME_MS),
};

interface ConfigurationCheck {
  readonly problems: readonly Problem[];
  readonly findings: readonly Finding[];
}

function checkConfiguration({ load, uid }: Machine): ConfigurationCheck {
  const loaded = load();
  const { values, problems } = loaded;
  const findings = checkMachine(loaded, uid === 0);
  if (uid !== 0 && values['ssl-certificate'] !== '') {
    const text = 'not checked: only root can read the key; run it as root';
    findings.push({ level: 'warning', file: values['ssl-certificate'], line: 1, text });
  }
  return { problems, findings };
}

/** What a command needs that calls PAM with a profile. */
export interface ProfileUse {
  readonly loaded: LoadedConfiguration;
  readonly profile: string;
  readonly isThere: boolean;
}

/** profile null: that of sessions. */
function readUse({ load }: Machine, wish: { readonly profile: string | null }): ProfileUse {
  const loaded = load();
  const profile = checkedName(wish.profile ?? loaded.values['auth-pam-sessions-profile']);
  const { own } = openProfile({ service: profile, root: '', facts: {} });
  return { loaded, profile, isThere: own !== null };
}

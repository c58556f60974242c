/** Reads and checks profiles for `pam check` and `pam explain`. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { checkProfile, openProfile, type ProfileFinding } from '../../config/pam-profile/check.ts';
import { type Explanation, explainProfile } from '../../config/pam-profile/explain.ts';
import { type Facts, FactsError, parseFacts } from '../../config/pam-profile/facts.ts';
import { findFacts } from '../../config/pam-profile/find-facts.ts';
import { RootFiles } from '../../config/pam-profile/root-files.ts';
import { PURPOSES, type Purpose } from '../../config/pam-profile/rule.ts';
import { reads } from '../../lib/reads.ts';
import { CliError, type Context, checkedName } from '../context.ts';

export interface FactsFile {
  readonly file: string;
  /** null: it has not been read yet. */
  readonly text: string | null;
}
interface CheckAsk {
  readonly profile: string;
  readonly root: string;
  readonly purpose: Purpose | null;
  readonly facts: FactsFile | null;
}

export function checkPam({ load }: Pick<Context, 'load'>, ask: CheckAsk): ProfileFinding[] {
  const root = checkedRoot(ask.root);
  const service = checkedName(ask.profile);
  const facts = ask.facts === null ? {} : readFacts(ask.facts);
  const purpose = ask.purpose ?? configuredPurpose(load, service, root);
  return checkProfile({ service, purpose, root, facts });
}

export interface ExplainedProfile {
  readonly explained: Explanation;
  readonly found: boolean;
}

export function explainPam(
  _: unknown,
  ask: { readonly profile: string; readonly root: string },
): ExplainedProfile {
  const root = checkedRoot(ask.root);
  const profile = openProfile({ service: checkedName(ask.profile), root, facts: {} });
  const explained = explainProfile(profile, findFacts(new RootFiles(root)));
  return { explained, found: profile.own !== null };
}

function configuredPurpose(load: Context['load'], service: string, root: string): Purpose {
  const { values } = load(root);
  if (service === values['auth-pam-profile']) return 'login';
  if (service === values['auth-pam-sessions-profile']) return 'session';
  const used = `'${values['auth-pam-profile']}' (login) and '${values['auth-pam-sessions-profile']}' (session)`;
  throw new CliError(
    `wanted --for ${PURPOSES.join(' or ')}, got none, and the configuration uses ${used}, not '${service}'; say what it is for`,
    2,
  );
}

/** '' means / itself. */
function checkedRoot(directory: string): string {
  const root = resolve(directory);
  reads.publish(root);
  const got = kindOf(root);
  if (got === null) return root === '/' ? '' : root;
  throw new CliError(`wanted a directory for --root, got '${directory}', ${got}; name one`, 2);
}

/** null: it is a directory. */
function kindOf(path: string): string | null {
  try {
    return statSync(path).isDirectory() ? null : 'which is not a directory';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

function readFacts({ file, text }: FactsFile): Partial<Facts> {
  try {
    return parseFacts(file, text ?? readText(file));
  } catch (error) {
    if (error instanceof FactsError) throw new CliError(error.message, 2);
    throw error;
  }
}

function readText(file: string): string {
  const found = new RootFiles('').read(resolve(file));
  if (found.kind === 'text') return Buffer.from(found.text, 'latin1').toString();
  const got = found.kind === 'missing' ? 'no such file' : found.reason;
  throw new CliError(`${file}: wanted a facts file, got ${got}; name one that can be read`, 2);
}

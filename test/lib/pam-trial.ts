/** Trials of what a rule of `pam check` warns of: the profile as it is warned of, then as it is mended, in real PAM. */
import assert from 'node:assert/strict';
import type { Outcome } from '../../src/cli/pam/outcome.ts';
import { type Operation, testProfile } from '../../src/cli/pam/test-profile.ts';
import { limitsOf } from '../../src/cli/run/patience.ts';
import { loadConfiguration } from '../../src/config/load.ts';
import { checkProfile } from '../../src/config/pam-profile/check.ts';
import type { Facts } from '../../src/config/pam-profile/facts.ts';
import type { Purpose } from '../../src/config/pam-profile/rule.ts';
import { makeProfile } from './leader/machine.ts';

export interface Attempt {
  readonly profile: string;
  readonly user: string;
  readonly operations: readonly Operation[];
  /** To hidden prompts, in order; then nobody answers. */
  readonly answers?: readonly string[];
}

/** What each call returned: `authenticate PAM_SUCCESS`. Or `crash`: the leader died; `no start`: pam_start failed. */
export async function callPam(attempt: Attempt): Promise<readonly string[]> {
  const outcomes = await outcomesOf(attempt);
  if (typeof outcomes === 'string') return [outcomes];
  return outcomes.map(({ operation, name }) => `${operation} ${name}`);
}

export async function outcomesOf(
  attempt: Attempt,
): Promise<readonly Outcome[] | 'crash' | 'no start'> {
  const answers = [...(attempt.answers ?? [])];
  const ask = (): Buffer | null => {
    const answer = answers.shift();
    return answer === undefined ? null : Buffer.from(answer);
  };
  const { profile, user, operations } = attempt;
  const limits = limitsOf(loadConfiguration());
  try {
    return await testProfile({ profile, user, operations, rhost: '', ask, tell: () => {}, limits });
  } catch (error) {
    const { message } = error as Error;
    if (message.includes('got the end of the connection')) return 'crash';
    if (message.includes('pam_start: error')) return 'no start';
    throw error;
  }
}

/** The codes of what is found in a profile of this machine. */
export function findCodes(
  service: string,
  purpose: Purpose,
  facts: Partial<Facts> = {},
): readonly string[] {
  return checkProfile({ service, purpose, root: '', facts }).map(({ code }) => code);
}

export interface Trial extends Omit<Attempt, 'profile'> {
  readonly code: string;
  readonly purpose: Purpose;
  readonly facts?: Partial<Facts>;
  readonly broken: readonly string[];
  readonly mended: readonly string[];
  /** What the last call returns with either. */
  readonly shows: readonly [broken: string, mended: string];
}

/** The rule finds the first profile and not the second, and PAM shows why. */
export async function showTrial(trial: Trial): Promise<void> {
  const { code, purpose, facts, shows } = trial;
  for (const [index, lines] of [trial.broken, trial.mended].entries()) {
    makeProfile('trial', lines);
    const isFound = findCodes('trial', purpose, facts).includes(code);
    assert.equal(isFound, index === 0, `${code} in ${lines.join(' / ')}`);
    const came = await callPam({ ...trial, profile: 'trial' });
    assert.equal(came.at(-1), shows[index], lines.join(' / '));
  }
}

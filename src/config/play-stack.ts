/** Plays a PAM stack through (pam.d(5), "control"), given what each module would say. */
import type { PamRule } from './pam-stack.ts';

export type ModuleResult = 'success' | 'ignore' | 'perm_denied' | 'fail';
export interface Outcome {
  readonly allowed: boolean;
  /** The rule that decided, null when none did. */
  readonly rule: PamRule | null;
}

const KEYWORDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  required: { success: 'ok', ignore: 'ignore', default: 'bad' },
  requisite: { success: 'ok', ignore: 'ignore', default: 'die' },
  sufficient: { success: 'done', default: 'ignore' },
  optional: { success: 'ok', default: 'ignore' },
};

export function playStack(
  rules: readonly PamRule[],
  resultOf: (rule: PamRule) => ModuleResult,
): Outcome {
  const { state, rule } = play(rules, resultOf, { state: 'none', rule: null });
  return { allowed: state === 'ok', rule };
}

interface Position {
  readonly state: 'none' | 'ok' | 'failed';
  readonly rule: PamRule | null;
}

function play(
  rules: readonly PamRule[],
  resultOf: (rule: PamRule) => ModuleResult,
  from: Position,
): Position {
  let position = from;
  for (let index = 0; index < rules.length; index++) {
    const rule = rules[index]!;
    if (rule.substack !== undefined) {
      position = play(rule.substack, resultOf, position);
      continue;
    }
    const action = actionOf(rule.control, resultOf(rule));
    if (/^\d+$/.test(action)) index += Number(action);
    if (action === 'reset') position = { state: 'none', rule: null };
    if ((action === 'ok' || action === 'done') && position.state !== 'failed')
      position = { state: 'ok', rule };
    if ((action === 'bad' || action === 'die') && position.state !== 'failed')
      position = { state: 'failed', rule };
    if (action === 'die' || (action === 'done' && position.state === 'ok')) break;
  }
  return position;
}

/** A module that fails does so with auth_err. */
function actionOf(control: string, result: ModuleResult): string {
  const actions = KEYWORDS[control] ?? parseActions(control);
  const code = result === 'fail' ? 'auth_err' : result;
  return actions[code] ?? actions.default ?? 'bad';
}

function parseActions(control: string): Record<string, string> {
  const pairs = control.replace(/^\[|\]$/g, '').split(/\s+/);
  return Object.fromEntries(pairs.map((pair) => pair.split('=', 2)));
}

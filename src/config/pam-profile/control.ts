/** The control field of a line: what libpam does with each result of the module (pam.conf(5)). */

/** In the order of libpam's numbers. */
export const RESULTS = [
  'success',
  'open_err',
  'symbol_err',
  'service_err',
  'system_err',
  'buf_err',
  'perm_denied',
  'auth_err',
  'cred_insufficient',
  'authinfo_unavail',
  'user_unknown',
  'maxtries',
  'new_authtok_reqd',
  'acct_expired',
  'session_err',
  'cred_unavail',
  'cred_expired',
  'cred_err',
  'no_module_data',
  'conv_err',
  'authtok_err',
  'authtok_recover_err',
  'authtok_lock_busy',
  'authtok_disable_aging',
  'try_again',
  'ignore',
  'abort',
  'authtok_expired',
  'module_unknown',
  'bad_item',
  'conv_again',
  'incomplete',
] as const;
export type Result = (typeof RESULTS)[number];
const WORDS = ['ignore', 'ok', 'done', 'bad', 'die', 'reset'] as const;
/** A number: jump over so many modules. */
export type Action = (typeof WORDS)[number] | number;
export type Actions = Readonly<Record<Result, Action>>;

export type Control =
  | { readonly kind: 'actions'; readonly actions: Actions; readonly problem: string | null }
  | { readonly kind: 'include' | 'substack' };

const good = { success: 'ok', new_authtok_reqd: 'ok' } as const;
const KEYWORDS: Readonly<Record<string, Control>> = {
  required: actions({ ...good, ignore: 'ignore' }, 'bad'),
  requisite: actions({ ...good, ignore: 'ignore' }, 'die'),
  sufficient: actions({ success: 'done', new_authtok_reqd: 'done' }, 'ignore'),
  optional: actions(good, 'ignore'),
  include: { kind: 'include' },
  substack: { kind: 'substack' },
};

/** For a line whose module cannot be called: it counts as a failure. */
export const ALL_BAD = actions({}, 'bad').actions;

export function parseControl(word: string): Control {
  return KEYWORDS[word.toLowerCase()] ?? parseActions(word);
}

function actions(
  some: Partial<Record<Result, Action>>,
  rest: Action,
  problem: string | null = null,
): Extract<Control, { kind: 'actions' }> {
  const all = RESULTS.map((result) => [result, some[result] ?? rest]);
  return { kind: 'actions', actions: Object.fromEntries(all) as Actions, problem };
}

const PAIR = /^\s*([a-z_]*)\s*(=?)\s*([a-z]*)(\d*)/;

/** When libpam cannot parse a control, every result counts as a failure. */
function parseActions(text: string): Control {
  const some: Partial<Record<Result, Action>> = {};
  let rest = text;
  while (rest.trim() !== '') {
    const [all, name = '', sign, word = '', digits = ''] = PAIR.exec(rest)!;
    const action = digits === '' ? WORDS.find((known) => known === word) : jump(word, digits);
    const result = RESULTS.find((known) => known === name);
    if (result === undefined && name !== 'default')
      return actions({}, 'bad', `no result of a module: '${name || rest.trim()}'`);
    if (sign === '' || action === undefined)
      return actions({}, 'bad', `no action of '${name}': '${word}${digits}'`);
    if (result !== undefined) some[result] = action;
    else for (const unset of RESULTS) some[unset] ??= action;
    rest = rest.slice(all.length);
  }
  return actions(some, 'bad');
}

/** A jump over 0 modules is not a jump. */
function jump(word: string, digits: string): number | undefined {
  return word === '' && Number(digits) > 0 ? Number(digits) : undefined;
}

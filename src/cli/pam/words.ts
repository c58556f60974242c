/** Texts for the administrator: names of PAM codes, the sentences of pamtester, lines for syslog. */
import { type Event, type LoggedLine, type Outcome, SEVERITIES } from './outcome.ts';

/** By number, as in _pam_types.h of Linux-PAM. */
const CODE_NAMES = [
  ...['SUCCESS', 'OPEN_ERR', 'SYMBOL_ERR', 'SERVICE_ERR', 'SYSTEM_ERR', 'BUF_ERR', 'PERM_DENIED'],
  ...['AUTH_ERR', 'CRED_INSUFFICIENT', 'AUTHINFO_UNAVAIL', 'USER_UNKNOWN', 'MAXTRIES'],
  ...['NEW_AUTHTOK_REQD', 'ACCT_EXPIRED', 'SESSION_ERR', 'CRED_UNAVAIL', 'CRED_EXPIRED'],
  ...['CRED_ERR', 'NO_MODULE_DATA', 'CONV_ERR', 'AUTHTOK_ERR', 'AUTHTOK_RECOVERY_ERR'],
  ...['AUTHTOK_LOCK_BUSY', 'AUTHTOK_DISABLE_AGING', 'TRY_AGAIN', 'IGNORE', 'ABORT'],
  ...['AUTHTOK_EXPIRED', 'MODULE_UNKNOWN', 'BAD_ITEM', 'CONV_AGAIN', 'INCOMPLETE'],
] as const;
const DONE: Readonly<Record<string, string>> = {
  authenticate: 'successfully authenticated',
  acct_mgmt: 'account management done',
  setcred: 'credential info has successfully been set',
  open_session: 'successfully opened a session',
  close_session: 'session has successfully been closed',
  chauthtok: 'authentication token altered successfully',
};
export function codeName(code: number): string {
  const name = CODE_NAMES[code];
  return name === undefined ? `code ${code}` : `PAM_${name}`;
}

/** A line for syslog begins with a number (facility and severity) and a time, which is always the current time. */
export function readLogged(line: string): LoggedLine {
  const match = /^<(\d{1,3})>(?:\w{3} [ \d]\d \d\d:\d\d:\d\d )?(.*)$/s.exec(line);
  if (match === null) return { severity: null, text: line };
  return { severity: SEVERITIES[Number(match[1]) % 8] ?? null, text: match[2] ?? '' };
}

export function describeEvent(event: Event): string[] {
  if (event.kind === 'calling') return [`${event.operation}:`];
  if (event.kind === 'returned') return [`  ${describeOutcome(event.outcome)}`];
  if (event.kind === 'said') return indent(event.said.style, event.said.text);
  const { severity, text } = event.logged;
  return indent(severity === null ? 'syslog' : `syslog ${severity}`, text);
}

function indent(label: string, text: string): string[] {
  const lines = text.trimEnd().split('\n');
  return lines.map((line) => `  ${label}: ${line}`);
}

function describeOutcome({ operation, code, name, text, microseconds }: Outcome): string {
  const took = `${(microseconds / 1e6).toFixed(3)} s`;
  const done = code === 0 ? (DONE[operation] ?? 'done') : 'failed';
  return `${done}: ${name} (${text}), ${took}`;
}

/** The id of a session or PAM session as an argument, and the words for one that has ended already. */
import { ID_PATTERN, type PamSessionId, type SessionId } from '../protocol/ids.ts';
import { CliError } from './context.ts';

export function readSessionId(text: string): SessionId {
  return readId(text, 'session', 'active-sessions') as SessionId;
}

export function readPamSessionId(text: string): PamSessionId {
  return readId(text, 'PAM session', 'pam sessions') as PamSessionId;
}

/** list: the command that lists them. */
function readId(text: string, what: string, list: string): string {
  if (ID_PATTERN.test(text)) return text;
  throw new CliError(
    `wanted a ${what}'s 32 hexadecimal digits, got '${text}'; 'vestibule ${list}' lists them`,
    2,
  );
}

/** state: the last one. ended: Unix ms. */
export function describeEarlier(state: string, ended: number): string {
  const when = new Date(ended).toISOString();
  if (state === 'failed') return `had failed already, at ${when}`;
  if (state === 'unclean') return `had ended already, at ${when}: its leader died`;
  return `${state === 'closed' ? 'was closed' : 'had ended'} already, at ${when}`;
}

/** The id of a session, or of a PAM session, as an argument. */
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

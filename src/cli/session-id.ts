/** A session id as an argument. */
import { ID_PATTERN, type SessionId } from '../protocol/ids.ts';
import { CliError } from './context.ts';

export function readSessionId(text: string): SessionId {
  if (!ID_PATTERN.test(text)) {
    throw new CliError(
      `wanted a session's 32 hexadecimal digits, came '${text}'; 'vestibule active-sessions' lists them`,
    );
  }
  return text as SessionId;
}

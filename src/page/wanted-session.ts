/**
 * The session that the page waits for. The person has just started it, or came by its link before they were signed in
 * or before it ran. Its id is kept in the address, so that the page still waits after a reload.
 */
import { ID_PATTERN, type SessionId } from '../protocol/ids.ts';

const NAME = 'session';

export function readWanted(): SessionId | null {
  const id = new URLSearchParams(location.search).get(NAME) ?? '';
  return ID_PATTERN.test(id) ? (id as SessionId) : null;
}

export function writeWanted(id: SessionId | null): void {
  history.replaceState(null, '', id === null ? './' : `./?${NAME}=${id}`);
}

/**
 * The session that a page waits for: whose link brought the person here before they had signed in, or before it ran,
 * or which they have just asked for. It stands in the address, so that the page still waits after it was loaded again.
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

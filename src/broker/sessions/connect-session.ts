/** Ties a session to a connection of its leader. */
import { log } from '../../lib/log.ts';
import type { Broker, Link } from '../context.ts';
import type { LeaderConnection } from '../leader-client.ts';
import { forgetLink, takeMessage } from './follow-leader.ts';
import type { SessionRow } from './session-store.ts';

/** lost: called when the connection has ended before the session did. */
export function connectSession(
  broker: Broker,
  { id }: SessionRow,
  leader: LeaderConnection,
  lost: (link: Link) => void,
): Link {
  const link: Link = {
    session: id,
    leader,
    key: null,
    opened: false,
    texts: [],
    stuckTimer: null,
  };
  broker.links.set(id, link);
  leader.listen({
    message: (message) => takeMessage(broker, link, message),
    close: (error) => {
      log.warning('leader-lost', { session: id, error: error ?? 'it ended the connection' });
      forgetLink(broker, link);
      lost(link);
    },
  });
  return link;
}

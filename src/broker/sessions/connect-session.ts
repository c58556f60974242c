/** Ties sessions to the connection to their leader. */
import { log } from '../../lib/log.ts';
import type { SessionId } from '../../protocol/ids.ts';
import type { Broker, Link } from '../context.ts';
import type { LeaderConnection } from '../leader-client.ts';
import { TextRoom } from '../text-room.ts';
import { forgetLeader, takeMessage } from './follow-leader.ts';
import type { SessionRow } from './session-store.ts';

/** The session whose PAM session it is. lost: called when the connection has ended before the session did. */
export function connectSession(
  broker: Broker,
  { id }: SessionRow,
  leader: LeaderConnection,
  lost: (link: Link) => void,
): Link {
  const link = addLink(broker, id, id, leader);
  leader.listen({
    message: (message) => takeMessage(broker, link, message),
    close: (error) => {
      log.warning('leader-lost', { session: id, error: error ?? 'it ended the connection' });
      forgetLeader(broker, link);
      lost(link);
    },
  });
  return link;
}

/** A session in the PAM session of another, which is open. */
export function joinLeader(broker: Broker, { id }: SessionRow, home: Link): Link {
  const link = addLink(broker, id, home.session, home.leader);
  link.opened = true;
  return link;
}

function addLink(
  broker: Broker,
  session: SessionId,
  pamSession: SessionId,
  leader: LeaderConnection,
): Link {
  const state = { key: null, opened: false, texts: [], asked: false };
  const room = new TextRoom();
  const link: Link = { session, pamSession, leader, room, ...state };
  broker.links.set(session, link);
  return link;
}

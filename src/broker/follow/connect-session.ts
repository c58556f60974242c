/** Ties sessions to the connection to their leader. */

import type { LeaderConnection } from '../../launcher/leader-connection.ts';
import { log } from '../../lib/log.ts';
import type { SessionRow } from '../rows/session-store.ts';
import type { Broker, Link } from '../state/context.ts';
import type { StartTalk } from '../talks/start-talk.ts';
import { forgetLeader, takeMessage } from './follow-leader.ts';

/** The session whose PAM session it is. talk: of one that opens. lost: called when the connection has ended before the session did. */
export function connectSession(
  broker: Broker,
  { id }: SessionRow,
  leader: LeaderConnection,
  lost: (link: Link) => void,
  talk: StartTalk | null = null,
): Link {
  const link = addLink(broker, { session: id, pamSession: id, leader, talk });
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
  const link = addLink(broker, {
    session: id,
    pamSession: home.session,
    leader: home.leader,
    talk: null,
  });
  link.opened = true;
  return link;
}

function addLink(
  broker: Broker,
  parts: Pick<Link, 'session' | 'pamSession' | 'leader' | 'talk'>,
): Link {
  const link: Link = { ...parts, key: null, opened: false };
  broker.links.set(link.session, link);
  return link;
}
